"""docs/security.md names tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_each_requirement_names_a_test_that_there_is():
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"def (test_\w+)\(", sources))
    named = set(re.findall(r"`(test_\w+)`", text))
    assert len(named) > 50
    assert named - there == set()
    for path in re.findall(r"`(tests/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path
    rows = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    assert all(row.count("|") == 5 and "test" in row.split("|")[4] for row in rows)
