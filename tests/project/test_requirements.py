"""The locked requirements belong to the ones that people write, and have their hashes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = sorted(ROOT.glob("requirements*.in"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    text = path.read_text()
    found = {re.sub(r"[._-]+", "-", name).lower(): version for name, version in PIN.findall(text)}
    for other in re.findall(r"^-r (\S+)", text, re.MULTILINE):
        found |= pins(ROOT / other)
    return found


def test_there_is_a_locked_list_for_each() -> None:
    assert [path.with_suffix(".txt") for path in LISTS] == sorted(ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("source", LISTS, ids=lambda path: path.stem)
def test_the_locked_list_has_every_version_that_was_asked_for(source: Path) -> None:
    assert pins(source).items() <= pins(source.with_suffix(".txt")).items()


@pytest.mark.parametrize("source", LISTS, ids=lambda path: path.stem)
def test_all_that_is_locked_has_hashes_and_no_place(source: Path) -> None:
    text = source.with_suffix(".txt").read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) == len(pins(source.with_suffix(".txt")))
    for entry in entries:
        assert PIN.match(entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text


def test_the_lists_agree_with_each_other() -> None:
    known: dict[str, str] = {}
    for path in sorted(ROOT.glob("requirements*.txt")):
        for name, version in pins(path).items():
            assert known.setdefault(name, version) == version, f"{name} in {path.name}"
