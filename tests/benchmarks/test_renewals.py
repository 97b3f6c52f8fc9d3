"""The benchmark of living groups at a small size: flat, and all that is due is done."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.renewals import EACH, FEW, held

ROOT = Path(__file__).resolve().parents[2]


def test_a_day_costs_the_same_among_more_groups():
    # In a process of its own: the product reads its environment once.
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.renewals", "--json", "--many", "150"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert figures["groups_due"] == figures["things_done"] == 3 * EACH
    assert figures[f"daily_read_units_ratio_150_to_{FEW}"] == 1.0
    assert figures["daily_write_units_150"] == figures[f"daily_write_units_{FEW}"] > 0
    assert figures["read_units_of_a_day_with_nothing_due"] == 0.5
    assert figures["scans"] == 0


def test_a_day_that_grows_with_the_groups_is_a_miss():
    assert held({"daily_read_units_ratio_60000_to_60": 1.0})
    assert not held({"daily_read_units_ratio_60000_to_60": 1.2})
