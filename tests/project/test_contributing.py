"""CONTRIBUTING.md names files that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_that_it_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"`((?:chalicelib|docs|script|templates|tests)/[\w./-]+)`", text))
    named |= set(re.findall(r"\]\(((?!http)[\w./-]+)\)", text))
    missing = {path for path in named - {"templates/email/KIND.txt"} if not (ROOT / path).exists()}
    assert len(named) > 20
    assert missing == set()
