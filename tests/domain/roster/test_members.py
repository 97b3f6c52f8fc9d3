"""Member numbers and names as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.roster.members import (
    likeness,
    names_agree,
    number_key,
    plain_number,
    same_name,
    words_of,
)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("0012345", "12345"),
        ("12-345", "12345"),
        (" 12 345 ", "12345"),
        ("ab-007", "AB007"),
        ("00AB7", "AB7"),
        ("１２３", "123"),
        ("000", ""),
        ("", ""),
        ("--", ""),
    ],
)
def test_a_number_as_it_is_compared(typed, plain):
    assert plain_number(typed) == plain


@given(st.text(max_size=40))
def test_a_plain_number_stays_as_it_is(text):
    plain = plain_number(text)
    assert plain_number(plain) == plain
    assert number_key(plain) == number_key(text)
    assert len(number_key(text)) == 12


@pytest.mark.parametrize(
    ("one", "other", "same", "agree"),
    [
        ("Zoë Lindqvist", "ZOE LINDQVIST", True, True),
        ("Lindqvist, Zoë", "Zoë Lindqvist", True, True),
        ("Ann Lee", "Ann M. Lee", True, True),
        ("Ann Lee", "Ann Maria Lee", True, True),
        ("Ann Lee", "Bob Lee", False, True),
        ("Maria Lopez Garcia", "Juan Lopez Garcia", False, True),
        ("Ann Lee", "Lee", False, True),
        ("Ann M", "Bob M", False, False),
        ("A. B.", "A. B.", True, False),
        ("A. B.", "C. D.", False, False),
        ("王 伟", "王 伟", True, True),
        ("王 伟", "王 芳", False, True),
        ("Ренат", "Ренат", True, True),
        ("", "", True, False),
    ],
)
def test_whether_two_names_are_one_persons(one, other, same, agree):
    assert same_name(one, other) is same
    assert names_agree(one, other) is agree


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_are_compared_both_ways_alike(one, other):
    assert names_agree(one, other) == names_agree(other, one)
    assert same_name(one, other) == same_name(other, one)
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1 if words_of(one) else 0)
