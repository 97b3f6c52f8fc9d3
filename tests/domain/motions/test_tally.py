"""Counting a vote, against worked cases and against a count made in another way."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from chalicelib.domain.motions.tally import arithmetic, count
from tests.domain.builders import POLICY

RULE = POLICY.board(date(2024, 1, 26))
BASES = ("present", "cast", "all_members")


def tally(yes=0, no=0, abstain=0, recused=0, electorate=13, **changes):
    """The tally of that many ballots of each kind."""
    choices = ["yes"] * yes + ["no"] * no + ["abstain"] * abstain + ["recused"] * recused
    return count(choices, electorate, replace(RULE, **changes))


def test_the_real_rule_is_thirteen_seats_members_present_and_recusals_out_of_quorum():
    assert (RULE.seats, RULE.majority_base, RULE.recused_count_in_quorum) == (13, "present", False)


def worked() -> list[tuple[str, ...]]:
    """The lines of the table of worked votes, each as its cells."""
    text = (Path(__file__).parent / "worked_votes.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [tuple(cell.strip() for cell in row) for row in rows[2:]]


@pytest.mark.parametrize("row", worked(), ids=lambda row: row[-1])
def test_worked_votes(row):
    seats, recused_in_quorum, *ballots, quorum, present, cast, all_members, _ = row
    expected = {"present": present, "cast": cast, "all_members": all_members}
    changes = {"seats": int(seats), "recused_count_in_quorum": recused_in_quorum == "yes"}
    for base in BASES:
        counts = [int(number) for number in ballots]
        result = tally(*counts, electorate=int(seats), majority_base=base, **changes)
        assert result.quorate is (quorum == "yes")
        assert result.carried is (expected[base] == "carries"), base
        # The result page says what the other bases would have said.
        assert result.under == {name: said == "carries" for name, said in expected.items()}


def test_the_worked_votes_have_every_boundary_of_thirteen_seats():
    """For each base the last losing and the first carrying count, and the quorum at 6 and 7."""
    found = {tuple(int(n) for n in row[2:6]): row for row in worked() if row[0] == "13"}
    for losing, carrying, column in [
        ((6, 7, 0, 0), (7, 6, 0, 0), 7),
        ((4, 4, 0, 0), (5, 4, 0, 0), 8),
        ((6, 1, 0, 0), (7, 0, 0, 0), 9),
    ]:
        assert (found[losing][column], found[carrying][column]) == ("fails", "carries")
    assert (found[6, 0, 0, 0][6], found[6, 0, 1, 0][6]) == ("no", "yes")


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


def expected_by_hand(yes, no, abstain, recused, base, recused_in_quorum, seats=13):
    """Whether a motion carries, from the rule's words: one list entry for each person."""
    ballots = [
        c for c, n in zip("ynar", (yes, no, abstain, recused), strict=True) for _ in range(n)
    ]
    attending = [b for b in ballots if b != "r" or recused_in_quorum]
    enough = next(n for n in range(seats + 1) if Fraction(n, seats) > Fraction(1, 2))
    measured = {
        "present": [b for b in ballots if b in "yna"],
        "cast": [b for b in ballots if b in "yn"],
        "all_members": ["seat"] * seats,
    }[base]
    if len(attending) < enough or not measured:
        return False
    return Fraction(ballots.count("y"), len(measured)) > Fraction(1, 2)


@pytest.mark.parametrize(
    ("seats", "counts"),
    # The ways to share so many seats among five: yes, no, abstain, recused, silent.
    [(13, 2380), (12, 1820), (7, 330), (2, 15), (1, 5)],
)
@pytest.mark.parametrize("recused_in_quorum", [False, True])
@pytest.mark.parametrize("base", BASES)
def test_every_count_of_so_many_seats(base, recused_in_quorum, seats, counts):
    walked = 0
    changes = {"recused_count_in_quorum": recused_in_quorum, "seats": seats}
    for ballots in product(range(seats + 1), repeat=4):
        if sum(ballots) > seats:
            continue
        walked += 1
        result = tally(*ballots, electorate=seats, majority_base=base, **changes)
        expected = expected_by_hand(*ballots, base, recused_in_quorum, seats)
        assert result.carried is expected, ballots
        # What is printed agrees with what was decided.
        assert result.carried is (result.quorate and result.yes >= result.needed), ballots
        assert result.under[base] is result.carried
        assert sum(ballots) + result.silent == seats
    assert walked == counts


@pytest.mark.parametrize("base", BASES)
def test_the_arithmetic_in_words_says_what_was_counted(base):
    said = " ".join(arithmetic(tally(6, 5, 2, majority_base=base)))
    assert "Quorum: 7 of 13 voting seats. 13 were present, so there was a quorum." in said
    assert f"{7 if base != 'cast' else 6} or more of {11 if base == 'cast' else 13}" in said
    assert said.endswith("So the motion carries." if base == "cast" else "So the motion is lost.")


def test_the_words_tell_a_tie_a_recusal_and_a_vote_without_a_meeting():
    assert arithmetic(tally(6, 6, 0))[-1] == "So the motion is lost. A tie does not carry."
    few = arithmetic(tally(4, 1, 0, 2))
    assert "2 recused members are left out of that number." in few
    assert few[-1] == "Without a quorum nothing is decided, however the ballots fell."
    virtual = count(["yes"] * 7, 13, RULE, virtual=True)
    assert "7 returned a ballot, so there was a quorum." in arithmetic(virtual)[0]
