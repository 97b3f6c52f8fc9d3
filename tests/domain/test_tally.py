"""Counting a vote, against worked cases and against a count made in another way."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from chalicelib.domain.tally import count

from .builders import POLICY

RULE = POLICY.board(date(2024, 1, 26))
BASES = ("present", "cast", "all_members")


def tally(yes=0, no=0, abstain=0, recused=0, electorate=13, **changes):
    """The tally of that many ballots of each kind."""
    choices = ["yes"] * yes + ["no"] * no + ["abstain"] * abstain + ["recused"] * recused
    return count(choices, electorate, replace(RULE, **changes))


def test_the_real_rule_is_thirteen_seats_members_present_and_recusals_out_of_quorum():
    assert (RULE.seats, RULE.majority_base, RULE.recused_count_in_quorum) == (13, "present", False)


# yes, no, abstain, recused; then whether it carries of those present, of votes cast, of all seats.
@pytest.mark.parametrize(
    ("ballots", "present", "cast", "all_members"),
    [
        ((6, 5, 2, 0), False, True, False),  # 6 of 13 present; 6 of 11 cast
        ((7, 6, 0, 0), True, True, True),
        ((6, 6, 1, 0), False, False, False),
        ((6, 6, 0, 0), False, False, False),  # a tie
        ((7, 0, 0, 0), True, True, True),
        ((6, 0, 0, 0), False, False, False),  # six of thirteen are no quorum
        ((6, 0, 1, 0), True, True, False),
        ((4, 3, 0, 0), True, True, False),
        ((4, 2, 2, 0), False, True, False),  # half of those present
        ((1, 0, 6, 0), False, True, False),  # a quorum of abstentions
        ((0, 0, 13, 0), False, False, False),
        ((0, 0, 0, 0), False, False, False),
        ((6, 0, 0, 7), False, False, False),  # recusals do not make a quorum
        ((7, 0, 0, 6), True, True, True),
        ((13, 0, 0, 0), True, True, True),
    ],
)
def test_worked_cases(ballots, present, cast, all_members):
    expected = {"present": present, "cast": cast, "all_members": all_members}
    for base in BASES:
        result = tally(*ballots, majority_base=base)
        assert result.carried is expected[base], base
        # The result page says what the other bases would have said.
        assert result.under == expected


@pytest.mark.parametrize(
    ("base", "measured", "needed"), [("present", 13, 7), ("cast", 11, 6), ("all_members", 13, 7)]
)
def test_six_to_five_with_two_abstentions_shows_its_arithmetic(base, measured, needed):
    result = tally(6, 5, 2, majority_base=base)
    assert (result.yes, result.no, result.abstain) == (6, 5, 2)
    assert (result.base, result.needed) == (measured, needed)
    assert result.majority_base == base


def test_quorum_is_seven_of_thirteen():
    assert tally(0, 0, 6).quorate is False
    assert tally(0, 0, 7).quorate is True
    assert tally(0, 0, 7).quorum == 7


@pytest.mark.parametrize(("seats", "quorum"), [(1, 1), (2, 2), (3, 2), (12, 7), (13, 7), (14, 8)])
def test_quorum_is_more_than_half_of_the_seats(seats, quorum):
    assert tally(seats=seats, electorate=seats).quorum == quorum


def test_a_vacant_seat_makes_neither_quorum_nor_all_members_smaller():
    result = tally(6, 0, 0, electorate=11, majority_base="all_members")
    assert (result.quorum, result.base, result.silent) == (7, 13, 5)
    assert not result.quorate


def test_recused_members_count_to_the_quorum_only_where_the_rule_says_so():
    out = tally(4, 2, 0, 3, recused_count_in_quorum=False)
    within = tally(4, 2, 0, 3, recused_count_in_quorum=True)
    assert (out.present, out.quorate, out.carried) == (6, False, False)
    assert (within.present, within.quorate, within.carried) == (9, True, True)
    # Either way a recusal is neither a yes nor a no, nor a part of the majority's base.
    assert out.base == within.base == 6


def test_those_who_are_silent_are_counted_as_such():
    assert tally(5, 2, 1, 1).silent == 4


def expected_by_hand(yes, no, abstain, recused, base, recused_in_quorum):
    """Whether a motion carries, from the rule's words: one list entry for each person."""
    ballots = [
        c for c, n in zip("ynar", (yes, no, abstain, recused), strict=True) for _ in range(n)
    ]
    attending = [b for b in ballots if b != "r" or recused_in_quorum]
    enough = next(n for n in range(14) if Fraction(n, 13) > Fraction(1, 2))
    measured = {
        "present": [b for b in ballots if b in "yna"],
        "cast": [b for b in ballots if b in "yn"],
        "all_members": ["seat"] * 13,
    }[base]
    if len(attending) < enough or not measured:
        return False
    return Fraction(ballots.count("y"), len(measured)) > Fraction(1, 2)


@pytest.mark.parametrize("recused_in_quorum", [False, True])
@pytest.mark.parametrize("base", BASES)
def test_every_count_of_thirteen_seats(base, recused_in_quorum):
    walked = 0
    for ballots in product(range(14), repeat=4):
        if sum(ballots) > 13:
            continue
        walked += 1
        result = tally(*ballots, majority_base=base, recused_count_in_quorum=recused_in_quorum)
        assert result.carried is expected_by_hand(*ballots, base, recused_in_quorum), ballots
        # What is printed agrees with what was decided.
        assert result.carried is (result.quorate and result.yes >= result.needed), ballots
        assert result.under[base] is result.carried
        assert sum(ballots) + result.silent == 13
    assert walked == 2380  # 17 choose 4
