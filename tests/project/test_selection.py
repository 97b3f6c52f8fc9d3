"""`-k` reads the files that may hold a match, and no fewer."""

from pathlib import Path

import pytest

from tests import selection

PLAIN = """
CASES = ["draft", "open"]
@pytest.mark.parametrize("state", CASES)
def test_a_state(state): ...
@pytest.mark.parametrize(("day", "left"), [(date(2026, 3, 1), 4), pytest.param(2, 3, id="late")])
def test_a_day(day, left): ...
"""
COMPUTED = """
@pytest.mark.parametrize("state", {values})
def test_a_state(state): ...
"""


def matches(folder: Path, source: str, expression: str) -> bool:
    path = folder / "test_states.py"
    path.write_text(source)
    return selection.may_match(path, folder, expression)


@pytest.mark.parametrize(
    "expression",
    ["test_a_state", "a_state", "STATES", "open", "test_a_state[open]", "day0-4", "late"]
    + ["not draft", "nothing or draft", "(nothing and draft)"],
)
def test_a_file_with_the_words_is_read(tmp_path: Path, expression: str) -> None:
    assert matches(tmp_path, PLAIN, expression)


@pytest.mark.parametrize("expression", ["closed", "test_b", "closed or ended"])
def test_a_file_without_them_is_not(tmp_path: Path, expression: str) -> None:
    assert not matches(tmp_path, PLAIN, expression)


@pytest.mark.parametrize(
    "values",
    ["list(State)", "[f'{x}' for x in y]", "[name()]", "OTHER", "[1], ids=lambda n: 'x'"],
)
def test_a_file_whose_parameters_are_computed_is_read(tmp_path: Path, values: str) -> None:
    source = COMPUTED.format(values=values)
    assert matches(tmp_path, source, "closed")
    assert not matches(tmp_path, source, "test_b")
