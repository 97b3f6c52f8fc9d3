"""A meeting's calendar counted back, reminders, extensions and business days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.meetings import lifecycle
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.meetings import milestones as rules
from chalicelib.domain.meetings.meeting import State
from chalicelib.domain.meetings.milestones import Lateness, Name, Status
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.policy.rules import Holiday
from tests.domain.builders import ADA, DAY, NOW, POLICY, SECOND, chicago, meeting, staff


def at(starts_at, **more):
    """A meeting that starts then."""
    return replace(meeting(), starts_at=starts_at, **{"dated_at": NOW, **more})


# The meeting's start in Chicago; then the days on which the call opens and ends, the agenda is
# set, documents are due, and everything is posted.
COUNTED = [
    # A common month: 26 January 2024 is a Friday.
    ((2024, 1, 26, 13), ["2023-12-01", "2023-12-15", "2023-12-29", "2024-01-08", "2024-01-19"]),
    # Over the end of a year, and a month's last day.
    ((2024, 1, 31, 9), ["2023-12-06", "2023-12-20", "2024-01-03", "2024-01-13", "2024-01-24"]),
    ((2025, 1, 1, 12), ["2024-11-06", "2024-11-20", "2024-12-04", "2024-12-14", "2024-12-25"]),
    # Through 29 February, and in a year without one.
    ((2024, 3, 18, 13), ["2024-01-22", "2024-02-05", "2024-02-19", "2024-02-29", "2024-03-11"]),
    ((2025, 3, 18, 13), ["2025-01-21", "2025-02-04", "2025-02-18", "2025-02-28", "2025-03-11"]),
    # Counted in days of the calendar, whatever the clocks do between: forward on 10 March 2024,
    # back on 3 November.
    ((2024, 3, 12, 1), ["2024-01-16", "2024-01-30", "2024-02-13", "2024-02-23", "2024-03-05"]),
    ((2024, 11, 5, 0), ["2024-09-10", "2024-09-24", "2024-10-08", "2024-10-18", "2024-10-29"]),
    # Late in the evening it is the next day in UTC already.
    ((2024, 6, 30, 23), ["2024-05-05", "2024-05-19", "2024-06-02", "2024-06-12", "2024-06-23"]),
]


@pytest.mark.parametrize(("starts", "days"), COUNTED)
def test_the_calendar_counts_back_in_days_of_the_associations_zone(starts, days):
    found = rules.calendar(at(chicago(*starts)), NOW - 400 * DAY, POLICY)
    assert [m.name for m in found] == [Name.CALL, Name.AGENDA, Name.DOCUMENTS, Name.POSTING]
    assert [str(d) for d in (found[0].opens, *(m.day for m in found))] == days


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        # 18 days before, to the last second of the day in Chicago: in winter, and in summer.
        (chicago(2024, 1, 26, 13), datetime(2024, 1, 9, 5, 59, 59, tzinfo=UTC)),
        (chicago(2024, 7, 26, 13), datetime(2024, 7, 9, 4, 59, 59, tzinfo=UTC)),
        # The meeting is on summer time, its deadline is not; and the other way round.
        (chicago(2024, 3, 20, 13), datetime(2024, 3, 3, 5, 59, 59, tzinfo=UTC)),
        (chicago(2024, 11, 10, 13), datetime(2024, 10, 24, 4, 59, 59, tzinfo=UTC)),
        # The day of the deadline is the one on which the clocks change.
        (chicago(2024, 3, 28, 13), datetime(2024, 3, 11, 4, 59, 59, tzinfo=UTC)),
        (chicago(2024, 11, 21, 13), datetime(2024, 11, 4, 5, 59, 59, tzinfo=UTC)),
    ],
)
def test_documents_are_due_at_the_end_of_a_day(starts, due):
    assert rules.document_deadline(at(starts), POLICY) == due
    assert rules.calendar(at(starts), NOW, POLICY)[2].due == due


def test_deadlines_are_the_associations_wherever_the_meeting_is():
    tokyo = at(datetime(2024, 6, 30, 23, 0, tzinfo=UTC), zone="Asia/Tokyo")  # 1 July there
    assert rules.calendar(tokyo, NOW, POLICY)[3].day == date(2024, 6, 23)


def statuses(found, now):
    return {str(m.name): str(m.status) for m in rules.calendar(found, now, POLICY)}


def test_what_is_ahead_due_overdue_and_done():
    planned = at(chicago(2024, 6, 28, 13))
    long_before = chicago(2024, 5, 2, 12)
    assert set(statuses(planned, long_before).values()) == {"ahead"}
    # The window for the call opens with 3 May.
    assert statuses(planned, chicago(2024, 5, 3))["call"] == "due"
    last = chicago(2024, 5, 17, 23, 59, 59)
    assert statuses(planned, last)["call"] == "due"
    assert statuses(planned, last + SECOND)["call"] == "overdue"
    called, _ = lifecycle.call_for_items(planned, POLICY, staff(last))
    assert statuses(called, last + SECOND)["call"] == "done"
    agenda, _ = lifecycle.set_agenda(called, staff(last))
    assert statuses(agenda, chicago(2024, 6, 1)) == {
        "call": "done",
        "agenda": "done",
        "documents": "due",
        "posting": "ahead",
    }
    # Nobody has to do anything about a deadline: it passes.
    assert statuses(agenda, chicago(2024, 6, 11))["documents"] == "done"
    posted, _ = lifecycle.post(agenda, staff(last))
    assert statuses(posted, chicago(2024, 6, 22))["posting"] == "done"


def test_what_was_not_done_in_time_is_missed_once_the_meeting_has_begun():
    planned = at(chicago(2024, 6, 28, 13))
    assert statuses(planned, planned.starts_at - SECOND)["posting"] == "overdue"
    assert statuses(planned, planned.starts_at)["posting"] == "missed"
    cancelled, _ = lifecycle.cancel(planned, "Nobody can come.", staff())
    assert statuses(cancelled, chicago(2024, 6, 25))["agenda"] == "missed"


def test_staff_see_what_is_due_within_two_weeks():
    planned = at(chicago(2024, 6, 28, 13))
    rule = POLICY.meeting(date(2024, 6, 28))

    def shown(now):
        found = rules.calendar(planned, now, POLICY)
        return [m.name for m in rules.waiting(found, now, rule)]

    assert shown(chicago(2024, 5, 3)) == []
    assert shown(chicago(2024, 5, 4)) == [Name.CALL]
    assert shown(chicago(2024, 5, 18)) == [Name.CALL, Name.AGENDA]  # one of them is overdue
    assert shown(planned.starts_at) == []


# Reminders


def remind(found, now):
    """The meeting after the sweep looked at it, and what staff were reminded of."""
    due = rules.to_remind(found, now, POLICY)
    told, _ = lifecycle.note_reminded(found, due, POLICY, staff(now)) if due else (found, None)
    return told, [str(m.name) for m in due]


def test_each_reminder_comes_once_however_often_the_sweep_looks():
    planned = at(chicago(2024, 6, 28, 13))
    told, every = planned, []
    for hours in range(0, 24 * 70, 6):
        now = chicago(2024, 4, 25) + timedelta(hours=hours)
        for _ in range(2):
            told, names = remind(told, now)
            every += names
    assert every == ["call", "agenda", "documents", "posting"]
    assert rules.next_reminder(told, planned.starts_at, POLICY) is None


def test_a_sweep_that_was_away_for_weeks_reminds_of_all_that_is_left_at_once():
    planned = at(chicago(2024, 6, 28, 13))
    told, names = remind(planned, chicago(2024, 6, 20))
    assert names == ["call", "agenda", "posting"]  # the documents' deadline has passed
    assert remind(told, chicago(2024, 6, 21))[1] == []


def test_nobody_is_reminded_of_what_is_done():
    planned = at(chicago(2024, 6, 28, 13), items_called_at=NOW, state=State.POSTED)
    assert remind(planned, chicago(2024, 6, 7))[1] == ["documents"]
    assert remind(planned, chicago(2024, 6, 20))[1] == []


def test_the_sweep_looks_again_three_days_before_each_date():
    planned = at(chicago(2024, 6, 28, 13))
    assert rules.next_reminder(planned, NOW, POLICY) == chicago(2024, 5, 14)
    told = replace(planned, reminded=("call", "agenda", "documents"))
    assert rules.next_reminder(told, NOW, POLICY) == chicago(2024, 6, 18)
    assert rules.next_reminder(planned, planned.starts_at, POLICY) is None


def test_a_moved_meeting_reminds_anew_of_what_is_to_come_again():
    told = at(chicago(2024, 6, 28, 13), reminded=("call", "agenda"))
    later = replace(told, starts_at=chicago(2024, 7, 12, 13))
    by = staff(chicago(2024, 6, 2))
    moved, _ = lifecycle.change(told, later, POLICY, by)
    # The call for items would have ended on 31 May; the agenda is due on 14 June now.
    assert moved.remind_at == chicago(2024, 6, 11)
    assert remind(moved, chicago(2024, 6, 11))[1] == ["agenda"]


def test_a_meeting_planned_late_reminds_of_nothing_that_has_passed():
    planned = at(chicago(2024, 6, 28, 13), dated_at=chicago(2024, 6, 5))
    assert remind(planned, chicago(2024, 6, 7))[1] == ["documents"]
    first = rules.first_reminder(planned.starts_at, chicago(2024, 6, 5), POLICY)
    assert first == rules.next_reminder(planned, NOW, POLICY) == chicago(2024, 6, 7)


# Documents


def extended(name="Ada Fell", mailbox=""):
    until = chicago(2024, 6, 15, 23, 59, 59)
    granted, event = lifecycle.grant_extension(
        at(chicago(2024, 6, 28, 13)),
        name,
        mailbox,
        until,
        date(2024, 5, 30),
        POLICY,
        staff(chicago(2024, 6, 1)),
    )
    return granted, event


DEADLINE = chicago(2024, 6, 10, 23, 59, 59)


@pytest.mark.parametrize(
    ("now", "lateness"),
    [
        (DEADLINE, Lateness.ON_TIME),
        (DEADLINE + SECOND, Lateness.EXTENDED),
        (chicago(2024, 6, 15, 23, 59, 59), Lateness.EXTENDED),
        (chicago(2024, 6, 16), Lateness.LATE),
    ],
)
def test_an_extension_holds_through_its_last_day(now, lateness):
    assert rules.may_send(extended()[0], ADA, now, POLICY) == lateness


@pytest.mark.parametrize(
    ("name", "mailbox", "lateness"),
    [
        ("ada  fell", "", Lateness.EXTENDED),
        ("Bo Grand", "", Lateness.LATE),
        # The address decides where there is one, whatever the name.
        ("A. Fell", "ada@example.org", Lateness.EXTENDED),
        ("Ada Fell", "other@example.org", Lateness.LATE),
    ],
)
def test_an_extension_is_for_whom_it_names(name, mailbox, lateness):
    granted, _ = extended(name, key_of(mailbox) if mailbox else "")
    assert rules.may_send(granted, ADA, DEADLINE + SECOND, POLICY) == lateness
    assert rules.may_send(granted, None, DEADLINE + SECOND, POLICY) == Lateness.LATE


def test_a_nameless_person_has_no_extension_by_name():
    granted, _ = extended()
    nobody = replace(ADA, name="")
    assert rules.may_send(granted, nobody, DEADLINE + SECOND, POLICY) == Lateness.LATE


def test_the_record_of_an_extension_has_the_name_and_no_address():
    granted, event = extended(mailbox=key_of("ada@example.org"))
    assert event.data == {
        "name": "Ada Fell",
        "until": "2024-06-16T04:59:59+00:00",
        "asked_on": "2024-05-30",
    }
    assert granted.extensions[0].granted_by == "Sam Ostrow"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"asked_on": date(2024, 6, 11)}, "asked_on"),  # after the deadline
        ({"until": DEADLINE}, "until"),
        ({"until": chicago(2024, 6, 28, 13)}, "until"),
        ({"by": staff(chicago(2024, 6, 5)), "asked_on": date(2024, 6, 6)}, "asked_on"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(changes, field):
    wanted = {
        "name": "Ada Fell",
        "mailbox": "",
        "until": chicago(2024, 6, 15, 23, 59, 59),
        "asked_on": date(2024, 6, 10),
        "policy": POLICY,
        "by": staff(chicago(2024, 6, 12)),
    }
    planned = at(chicago(2024, 6, 28, 13))
    assert lifecycle.grant_extension(planned, **wanted)[0].extensions
    with pytest.raises(meetings.ValidationError) as refused:
        lifecycle.grant_extension(planned, **{**wanted, **changes})
    assert set(refused.value.errors) == {field}


# Business days: Thanksgiving is Thursday 26 November 2026, Christmas Friday 25 December.


@pytest.mark.parametrize(
    ("day", "days", "later"),
    [
        ("2026-06-01", 2, "2026-06-03"),  # Monday
        ("2026-06-04", 2, "2026-06-08"),  # Thursday
        ("2026-06-05", 2, "2026-06-09"),  # Friday
        ("2026-06-06", 2, "2026-06-09"),  # Saturday
        ("2026-06-07", 2, "2026-06-09"),  # Sunday
        ("2026-06-05", 0, "2026-06-05"),
        ("2026-06-06", 0, "2026-06-08"),
        ("2026-11-25", 0, "2026-11-25"),
        ("2026-11-26", 0, "2026-11-27"),
        ("2026-11-25", 2, "2026-11-30"),
        ("2026-11-24", 2, "2026-11-27"),
        ("2026-12-31", 2, "2027-01-05"),  # over the year's end, New Year's Day and a weekend
        ("2026-12-24", 1, "2026-12-28"),
        ("2028-02-28", 2, "2028-03-01"),  # through a leap day
    ],
)
def test_business_days(day, days, later):
    assert str(rules.add_business_days(date.fromisoformat(day), days, POLICY)) == later


def test_a_receipt_is_due_at_the_end_of_the_second_business_day():
    # Friday noon in Chicago, and Friday at eleven in the evening, when it is Saturday in UTC.
    for hour in (12, 23):
        due = rules.acknowledge_by(chicago(2026, 6, 5, hour), POLICY)
        assert due == chicago(2026, 6, 9, 23, 59, 59)


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(0, 15),
    st.sets(st.integers(0, 40), max_size=6),
)
def test_business_days_are_counted_one_by_one(day, days, closed):
    holidays = tuple(Holiday(day + timedelta(days=n), "Closed") for n in closed)
    policy = replace(POLICY, holidays=holidays)
    off = {holiday.day for holiday in holidays}
    later = rules.add_business_days(day, days, policy)

    def is_open(on):
        return on.weekday() < 5 and on not in off

    assert is_open(later)
    between = [day + timedelta(days=n) for n in range(1, (later - day).days + 1)]
    skipped = sum(is_open(on) for on in between)
    assert skipped == days or (days == 0 and not is_open(day) and skipped == 1)


def test_the_statuses_of_a_list_are_those_of_the_meeting():
    planned = at(chicago(2024, 6, 28, 13))
    now = chicago(2024, 6, 1)
    assert rules.dates(planned.starts_at, "planned", False, now, POLICY) == (
        rules.calendar(planned, now, POLICY)
    )
    assert Status("missed") in set(Status)
