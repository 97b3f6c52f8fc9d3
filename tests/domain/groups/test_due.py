"""What falls due for groups, from what a list shows of them."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.groups.due import (
    Gathering,
    What,
    as_listed,
    by_month,
    due_rows,
    ends_within,
    year_from,
)
from chalicelib.domain.groups.group import State
from tests.domain.builders import POLICY

TODAY = date(2026, 3, 2)
MAY_31 = date(2026, 5, 31)  # Check-ins for the year to June 30 are due.
# What an earlier release wrote of a group, and all that there is of it.
OLD = {
    "slug": "open-metadata",
    "name": "Open Metadata",
    "kind": "discussion-group",
    "state": "active",
    "charge": "To meet.",
    "conveners": ["Ada Fell"],
    "ends_on": "2026-11-30",
    "motion": "",
    "since": "",
}
NEW = {**OLD, "effective_on": "2023-12-01", "checked_in": "2026-06-30"}
BOARD_III = Gathering("m3", "Board III", date(2026, 6, 26), date(2026, 6, 8))
BOARD_IV = Gathering("m4", "Board IV", date(2026, 11, 6), date(2026, 10, 19))


def listed(**more):
    return {**NEW, **more}


def renewing(stage="open", why="end", **more):
    given = {"state": "in renewal", "renewal": stage, "why": why, "lapses_on": "2027-02-28"}
    return listed(**{**given, **more})


def due(row, today=TODAY, meetings=(), petitions=None):
    found = due_rows([row], today, POLICY, meetings, petitions)
    return [(one.what, one.day, one.overdue) for one in found]


def only(what, rows):
    return [row for row in rows if row[0] == what]


def test_a_charge_that_ends_and_its_renewal_that_opens_before():
    assert due(NEW) == [
        (What.OPENS, date(2026, 6, 3), False),
        (What.ENDS, date(2026, 11, 30), False),
    ]


def test_what_an_earlier_release_wrote_is_read_with_the_rest_empty():
    assert due(OLD) == [
        (What.CHECK_IN, MAY_31, False),
        (What.OPENS, date(2026, 6, 3), False),
        (What.ENDS, date(2026, 11, 30), False),
    ]
    bare = {"slug": "x", "name": "X", "kind": "interest-group"}
    assert due(bare) == [(What.CHECK_IN, MAY_31, False)]
    group = as_listed(OLD)
    assert (group.living, group.renewal, group.checked_in, group.since) == (True, None, None, None)


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ("2027-03-02", True),  # The last day of the twelve months.
        ("2027-03-03", False),
        ("2026-03-02", True),  # Today.
        ("2026-03-01", True),  # Overdue, and a group all the same.
        ("", False),
    ],
)
def test_twelve_months_are_looked_at(ends, shown):
    found = only(What.ENDS, due(listed(ends_on=ends)))
    assert bool(found) == shown
    assert all(late == (day < TODAY) for _, day, late in found)


def test_twelve_months_from_a_leap_day_and_a_month_end():
    assert year_from(date(2028, 2, 29)) == date(2029, 2, 28)
    assert year_from(date(2027, 1, 31)) == date(2028, 1, 31)


def test_a_renewal_waits_for_conveners_until_the_last_deadline_before_the_end():
    early = Gathering("m2", "Board II", date(2026, 5, 1), date(2026, 4, 13))
    late = Gathering("m5", "Board V", date(2027, 1, 22), date(2027, 1, 4))
    meetings = [late, BOARD_III, early, BOARD_IV]
    (row, *_) = due_rows([renewing()], TODAY, POLICY, meetings)
    assert (row.what, row.day, row.meeting) == (What.CONVENERS, date(2026, 10, 19), BOARD_IV)
    # Once that deadline is over, the charge's end is what counts.
    found = only(What.CONVENERS, due(renewing(), date(2026, 10, 20), meetings))
    assert found == [(What.CONVENERS, date(2026, 11, 30), False)]
    assert only(What.CONVENERS, due(renewing())) == found


def test_a_group_in_grace_is_overdue_and_about_to_lapse():
    assert due(renewing(), date(2026, 12, 15)) == [
        (What.ENDS, date(2026, 11, 30), True),
        (What.CONVENERS, date(2026, 11, 30), True),
        (What.LAPSES, date(2027, 2, 28), False),
        (What.CHECK_IN, date(2027, 5, 31), False),
    ]
    assert only(What.LAPSES, due(renewing(), date(2027, 3, 1)))[0][2] is True


def test_an_open_renewal_opens_no_more_and_one_that_was_answered_does_not_lapse():
    whats = {row[0] for row in due(renewing())}
    assert What.OPENS not in whats
    assert What.LAPSES in whats
    for stage in ("submitted", "scheduled"):
        assert not only(What.LAPSES, due(renewing(stage)))


def test_an_answer_waits_for_staff_and_then_for_the_day_of_its_meeting():
    staff = due(renewing("submitted"), meetings=[BOARD_III, BOARD_IV])
    assert (What.STAFF, date(2026, 10, 19), False) in staff
    board = due(renewing("scheduled", meeting="m3"), meetings=[BOARD_III, BOARD_IV])
    assert (What.BOARD, date(2026, 6, 26), False) in board
    # A meeting that is not known any more sets no day, and what has none comes last.
    assert due(renewing("scheduled", meeting="gone"))[-1] == (What.BOARD, None, False)


def test_a_change_that_was_asked_for_has_no_day_until_it_is_answered():
    asked = renewing(why="asked", lapses_on="")
    assert only(What.CONVENERS, due(asked)) == [(What.CONVENERS, None, False)]
    # The charge's own renewal still opens.
    assert only(What.OPENS, due(asked)) == [(What.OPENS, date(2026, 6, 3), False)]
    answered = due({**asked, "renewal": "submitted"}, meetings=[BOARD_IV, BOARD_III])
    assert (What.STAFF, date(2026, 6, 8), False) in answered
    assert only(What.STAFF, due({**asked, "renewal": "submitted"})) == [(What.STAFF, None, False)]


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("", What.CONVENERS),  # Collecting, or not known here.
        ("submitted", What.STAFF),
        ("verified", What.STAFF),
        ("scheduled", What.BOARD),
    ],
)
def test_a_renewal_by_petition_waits_for_whoever_has_the_petition(state, what):
    found = due(renewing(petition="p1"), petitions={"p1": state} if state else {})
    assert only(what, found)
    assert bool(only(What.LAPSES, found)) == (what == What.CONVENERS)


@pytest.mark.parametrize(
    ("more", "today", "expected"),
    [
        ({"checked_in": "2025-06-30"}, TODAY, [(MAY_31, False)]),
        ({"checked_in": ""}, TODAY, [(MAY_31, False)]),
        # Answered: only the next year's is to come, once it is within the twelve months.
        ({"checked_in": "2026-06-30"}, date(2026, 6, 20), [(date(2027, 5, 31), False)]),
        # Missing, until the association's year is over; then the next year is asked about.
        (
            {"checked_in": ""},
            date(2026, 6, 30),
            [(MAY_31, True), (date(2027, 5, 31), False)],
        ),
        ({"checked_in": ""}, date(2026, 7, 1), [(date(2027, 5, 31), False)]),
        # Too young for this year's: the question is put on May 1, to those there since January 1.
        ({"checked_in": "", "effective_on": "2026-01-02"}, TODAY, []),
        ({"checked_in": "", "effective_on": "2026-01-01"}, TODAY, [(MAY_31, False)]),
        ({"checked_in": "", "since": "2026-01-02T05:59:00+00:00"}, TODAY, [(MAY_31, False)]),
    ],
)
def test_check_ins(more, today, expected):
    found = only(What.CHECK_IN, due(listed(**more), today))
    assert [(day, late) for _, day, late in found] == expected


def test_a_vacancy_is_to_be_filled_within_the_policys_days():
    since = date(2026, 2, 1)
    days = POLICY.convener_terms.vacancy_days
    row = listed(vacant_since=since.isoformat())
    assert (What.VACANCY, since + timedelta(days), False) in due(row)
    assert (What.VACANCY, since + timedelta(days), True) in due(row, since + timedelta(days + 1))


@pytest.mark.parametrize("state", ["dissolved", "lapsed", "succeeded"])
def test_nothing_is_due_of_a_group_that_ended_but_its_revival(state):
    ended = listed(state=state, vacant_since="2026-01-01", checked_in="")
    assert due(ended) == []
    revived = {**ended, "renewal": "submitted", "why": "revival"}
    assert due(revived, meetings=[BOARD_III]) == [(What.STAFF, date(2026, 6, 8), False)]


def test_rows_are_in_order_and_by_month():
    rows = due_rows(
        [
            listed(slug="b", name="Bees", ends_on="2026-11-30"),
            listed(slug="a", name="Ants", ends_on="2026-11-30"),
            listed(slug="c", name="Cats", ends_on="2026-02-28"),
            renewing(slug="d", name="Dogs", why="asked", ends_on="", lapses_on=""),
        ],
        TODAY,
        POLICY,
    )
    assert [(r.slug, r.what) for r in rows] == [
        ("c", What.OPENS),
        ("c", What.ENDS),
        ("a", What.OPENS),
        ("b", What.OPENS),
        ("a", What.ENDS),
        ("b", What.ENDS),
        ("d", What.CONVENERS),
    ]
    months = by_month(rows)
    assert [month for month, _ in months] == [date(2026, 6, 1), date(2026, 11, 1)]
    assert [row.slug for row in months[1][1]] == ["a", "b"]


@pytest.mark.parametrize(
    ("ends", "due", "found"),
    [
        ("2026-06-02", "3", True),
        ("2026-06-03", "3", False),
        ("2026-09-02", "6", True),
        ("2027-03-02", "12", True),
        ("2027-03-03", "12", False),
        ("2026-03-02", "3", True),
        ("2026-03-01", "3", False),
        ("2026-03-01", "overdue", True),
        ("2026-03-02", "overdue", False),
        ("", "12", False),
        ("", "", True),
        ("2040-01-01", "240", True),  # Nobody can choose that: it asks for nothing.
    ],
)
def test_charges_that_end_soon(ends, due, found):
    assert ends_within(as_listed(listed(ends_on=ends)), due, TODAY) == found


def test_a_group_that_ended_has_no_charge_that_ends():
    group = as_listed(listed(ends_on="2026-04-01", state=State.LAPSED.value))
    assert not ends_within(group, "3", TODAY)
    assert not ends_within(group, "overdue", date(2026, 5, 1))
