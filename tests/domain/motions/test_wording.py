"""The wording of motions: one sentence, or numbered ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.motions.wording import (
    check,
    condition_lines,
    establishing,
    numbered,
    sentences,
)

BOARD = "Board of Directors"


def test_a_group_without_conditions_is_established_in_one_sentence():
    assert establishing(BOARD, "Open Metadata", "Discussion group", "To share.") == (
        "That the Board of Directors establish the Open Metadata discussion group with the "
        "charge: “To share.”"
    )


def test_one_condition_ends_the_sentence_and_several_are_numbered():
    one = establishing(BOARD, "X", "Discussion group", "To share.", "Report after a year.")
    assert one.endswith("charge: “To share,” on this condition: Report after a year.")
    two = establishing(BOARD, "X", "Discussion group", "To share", "1. Report.\n- Meet twice.\n\n")
    assert two.endswith("charge: “To share,” on these conditions:\n1. Report.\n2. Meet twice.")
    assert sentences(two) == [two], "conditions are not actions"


def test_the_signs_that_number_conditions_are_not_part_of_them():
    typed = "1. One\n2) Two\n- Three\n• Four\n  Five  \n\n24 hours' notice is given."
    assert condition_lines(typed) == [
        "One",
        "Two",
        "Three",
        "Four",
        "Five",
        "24 hours' notice is given.",
    ]


_line = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).map("That {}".format)


@given(st.lists(_line, min_size=1, max_size=12))
def test_what_was_numbered_is_read_as_what_it_was(lines):
    assert sentences(numbered(lines)) == lines


@pytest.mark.parametrize(
    "wording",
    [
        "1. That we act.",
        "1. That we act.\n3. That we wait.",
        "2. That we act.\n1. That we wait.",
        "1. That we act.\nThat we wait.",
        "1. That we act.\n2. We wait.",
        "That we act:\n1. That way.\n2. That one.",
    ],
)
def test_anything_else_is_one_motion(wording):
    assert sentences(wording) == [wording]


def test_each_sentence_has_to_begin_with_that_and_all_of_it_has_to_fit():
    check("That we act.", 12)
    check("1. That we act.\n2. That we wait.", 100)
    for wrong in ("", "We act.", "1. That we act.\n2. Wait.", "that we act."):
        with pytest.raises(ValidationError) as refused:
            check(wrong, 100)
        assert "That" in refused.value.errors["wording"]
    with pytest.raises(ValidationError) as refused:
        check("That we act.", 10)
    assert refused.value.errors == {"wording": "Shorten this by 2 characters; 10 fit."}
