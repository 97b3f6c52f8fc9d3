"""How a petition comes along: days, what lies ahead, and the words to share it with."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.petitions.petition import State
from chalicelib.domain.petitions.progress import (
    Phase,
    by_day,
    first_sentence,
    growth,
    invitation_to_sign,
    outlook,
    without_gaps,
)
from chalicelib.domain.times import local_date
from tests.domain.builders import DAY, HOUR, NOW, POLICY, SECOND, TEXT, chicago, collecting

ZONE = "America/Chicago"
moments = st.integers(0, 366 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


# Days


def test_a_day_ends_at_midnight_in_the_association_s_zone_and_empty_days_are_there():
    found = by_day(
        [chicago(2024, 3, 2, 23, 59), chicago(2024, 3, 3, 0, 1), chicago(2024, 3, 5, 12)],
        ZONE,
        chicago(2024, 3, 6, 9),
    )
    assert found == [
        (date(2024, 3, 2), 1),
        (date(2024, 3, 3), 1),
        (date(2024, 3, 4), 0),
        (date(2024, 3, 5), 1),
        (date(2024, 3, 6), 0),
    ]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        # 23 and 25 hours long: the clocks change on these Sundays.
        (chicago(2024, 3, 9, 12), chicago(2024, 3, 11, 12), 3),
        (chicago(2024, 11, 2, 12), chicago(2024, 11, 4, 12), 3),
        (chicago(2024, 2, 28, 12), chicago(2024, 3, 1, 12), 3),
    ],
)
def test_days_are_those_of_the_calendar_whatever_the_clocks_do(first, last, days):
    found = by_day([first], ZONE, last)
    assert [day for day, _ in found] == [local_date(first, ZONE) + n * DAY for n in range(days)]


def test_without_signatures_there_are_no_days():
    assert by_day([], ZONE, NOW) == []
    assert growth([]) == []


@given(st.lists(moments, min_size=1, max_size=40), moments)
def test_nothing_is_lost_or_doubled_and_no_day_is_left_out(at, until):
    found = by_day(at, ZONE, until)
    assert sum(n for _, n in found) == len(at)
    days = [day for day, _ in found]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert {day: n for day, n in found if n} == Counter(local_date(m, ZONE) for m in at)
    rows = growth(found)
    assert rows[-1].total == len(at)
    assert all(b.total - a.total == b.new for a, b in zip(rows, rows[1:], strict=False))


def test_stored_days_are_filled_up_as_well():
    stored = {date(2024, 3, 4): 2, date(2024, 3, 2): 1}
    assert [n for _, n in without_gaps(stored, date(2024, 3, 5))] == [1, 0, 2, 0]
    # A day after the one it was counted on is not cut off.
    assert [n for _, n in without_gaps(stored, date(2024, 3, 1))] == [1, 0, 2]


# What lies ahead

CLOSES = collecting().closes_at
LATE = CLOSES + 24 * HOUR


@pytest.mark.parametrize(
    ("verified", "confirmed", "now", "phase"),
    [
        (0, 0, NOW, Phase.OPEN),
        (25, 0, NOW, Phase.OPEN),
        (0, 0, CLOSES, Phase.OPEN),
        (25, 0, CLOSES + SECOND, Phase.LATE),
        (24, 0, LATE, Phase.LATE),
        (24, 0, LATE + SECOND, Phase.RUN_OUT),
        (24, 1, LATE + SECOND, Phase.UNDECIDED),
        (25, 0, LATE + SECOND, Phase.ENOUGH),
        (25, 9, LATE + 90 * DAY, Phase.ENOUGH),
    ],
)
def test_where_a_petition_stands_in_its_window(verified, confirmed, now, phase):
    found = outlook(collecting(verified, confirmed), POLICY, now)
    assert found.phase == phase
    assert (found.needed, found.missing) == (25, max(0, 25 - verified))
    assert (found.closes_at, found.confirm_until, found.late_hours) == (CLOSES, LATE, 24)


@pytest.mark.parametrize("state", sorted(set(State) - {State.COLLECTING}))
def test_what_collects_no_more_is_closed(state):
    assert outlook(replace(collecting(25), state=state), POLICY, NOW).phase == Phase.CLOSED


@pytest.mark.parametrize("now", [NOW, CLOSES + SECOND, LATE + DAY])
def test_a_paused_petition_is_paused_and_does_not_run_out(now):
    paused = replace(collecting(3), paused_at=NOW)
    assert outlook(paused, POLICY, now).phase == Phase.PAUSED


@pytest.mark.parametrize(
    ("now", "days"),
    [(CLOSES, 0), (CLOSES - 23 * HOUR, 0), (CLOSES - 25 * HOUR, 1), (NOW, 180), (LATE, 0)],
)
def test_days_left_are_those_after_today(now, days):
    assert outlook(collecting(), POLICY, now).days_left == days


# Words to share


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("To meet. And to write.", "To meet."),
        ("To meet", "To meet"),
        ("To use v2.0 of it. Then more.", "To use v2.0 of it."),
        ("To ask: why? And how.", "To ask: why?"),
        ("To meet\n\nand talk.", "To meet and talk."),
        ("集まる。話す。", "集まる。話す。"),
        ("", ""),
    ],
)
def test_the_first_sentence_of_a_charge(text, first):
    assert first_sentence(text) == first


@given(st.text(max_size=600), st.integers(2, 300))
def test_a_quotation_is_one_line_within_its_length(text, most):
    found = first_sentence(text, most)
    assert len(found) <= most
    assert "\n" not in found


def test_a_long_charge_is_cut_between_words():
    assert first_sentence("To discuss, and share, ways of working", 21) == "To discuss, and…"


def test_the_message_has_name_purpose_address_and_deadline():
    petition = collecting()
    words = invitation_to_sign(petition, POLICY, "https://example.org/petitions/p1")
    assert "“Open Metadata”" in words
    assert TEXT.charge in words
    assert "\nhttps://example.org/petitions/p1\n" in words
    assert "until July 24, 2024, 11:59 p.m. CDT" in words
    assert "@" not in words


def test_while_it_is_rewritten_the_message_quotes_what_others_see():
    petition = replace(
        collecting(), published=TEXT, text=replace(TEXT, name="Other", charge="To differ.")
    )
    words = invitation_to_sign(petition, POLICY, "https://example.org/p")
    assert "Open Metadata" in words
    assert "To differ." not in words
