"""`script/bench load` at a small size: every figure is there and nothing went wrong; none of speed
is asserted.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_small_run_prints_every_figure_without_an_error():
    command = [sys.executable, "-m", "benchmarks.load", "--rounds", "1", "--seconds", "1"]
    ran = subprocess.run(
        [*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = json.loads(ran.stdout.splitlines()[-1])
    named = "requests_per_second p50_ratio_to_bare p95_ratio_to_bare p99_ratio_to_bare"
    assert all(figures[name] > 0 for name in named.split())
    assert figures["errors"] == figures["signatures_missing"] == 0
