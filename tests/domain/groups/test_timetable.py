"""What falls due for a group: each thing once, in time, and none skipped."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups import timetable
from chalicelib.domain.groups.group import Answer, Stage, State, Why
from chalicelib.domain.groups.timetable import NOTHING_KNOWN, Calendar, What
from chalicelib.domain.renewals import outcome as renewal_outcome
from chalicelib.domain.renewals import renewal
from tests.domain.builders import (
    ANSWER,
    CHARGE_ENDS,
    DAY,
    POLICY,
    act,
    answered,
    before_board,
    convener,
    ended,
    in_renewal,
    living,
    on,
    staff,
    system,
)

OPENS = date(2026, 7, 29)
LAPSES = date(2027, 4, 25)
EVERYBODY = ("conveners", "staff", "liaison")


def days_before(count, day=CHARGE_ENDS):
    """So many days before a day."""
    return day - timedelta(days=count)


def due_on(group, day, calendar=NOTHING_KNOWN):
    """What the job does on a day, one after the other, and the group afterwards."""
    done = []
    while due := timetable.first_due(group, day, calendar, POLICY):
        group, _ = timetable.take(group, due, calendar, POLICY, system(on(day)))
        done.append(due)
        assert len(done) < 9
    return done, group


def of(done, what):
    """Those of a kind."""
    return [due for due in done if due.what == what]


def told_between(group, first, last, calendar=NOTHING_KNOWN, what=What.REMINDER):
    """Days on which the job, run daily, told of something of a kind, with names and audience."""
    found, day = [], first
    while day <= last:
        done, group = due_on(group, day, calendar)
        found += [(day, due.names, due.to) for due in of(done, what)]
        day += DAY
    return found, group


# ------------------------------------------------------------------ Opening


def test_a_renewal_opens_on_its_day_and_its_letter_is_the_first_reminder():
    assert of(due_on(living(), OPENS - DAY)[0], What.OPENING) == []
    done, group = due_on(living(), OPENS)
    (opening,) = of(done, What.OPENING)
    assert (opening.to, of(done, What.REMINDER)) == (("conveners",), [])
    assert (group.renewal.why, group.renewal.lapses_on) == (Why.END, LAPSES)
    assert "renewal-1:end-180" in group.told
    assert of(due_on(group, OPENS)[0], What.OPENING) == []


@pytest.mark.parametrize(
    ("day", "to", "told"),
    [
        (days_before(91), ("conveners",), {"end-180"}),
        (days_before(90), ("conveners",), {"end-180", "end-90"}),
        (days_before(20), ("conveners", "staff"), {"end-180", "end-90", "end-30"}),
        (days_before(5), EVERYBODY, {"end-180", "end-90", "end-30", "end-7"}),
        (days_before(-3), EVERYBODY, {"end-180", "end-90", "end-30", "end-7", "end--1"}),
    ],
)
def test_a_late_opening_speaks_for_every_reminder_before_it(day, to, told):
    """Such as that of a group that was imported shortly before its charge ends: whoever would have
    had a reminder by now gets the letter about the opening.
    """
    done, group = due_on(living(), day)
    (opening,) = of(done, What.OPENING)
    assert opening.to == to
    assert of(done, What.REMINDER) == []
    assert {name for name in group.told if name.startswith("renewal")} == {
        f"renewal-1:{name}" for name in told
    }


def test_a_group_whose_charge_ended_long_ago_is_opened_and_noticed_before_it_lapses():
    day = date(2027, 9, 1)
    done, group = due_on(living(), day)
    assert [due.what for due in done if due.what in {What.OPENING, What.REMINDER}] == [
        What.OPENING,
        What.REMINDER,
    ]
    assert done[-1].notice or of(done, What.REMINDER)[0].notice
    assert (group.renewal.noticed_on, group.renewal.stage) == (day, Stage.OPEN)
    assert due_on(group, day + timedelta(days=9))[1].renewal.stage == Stage.OPEN
    assert due_on(group, day + timedelta(days=10))[1].renewal.answer.outcome == "lapsed"


def test_a_renewal_that_was_asked_for_becomes_that_of_the_end():
    group, _ = renewal.open_(living(), (), POLICY, act(at=on(date(2026, 7, 1))))
    done, group = due_on(group, OPENS)
    assert len(of(done, What.OPENING)) == 1
    assert (group.renewal.why, group.renewal.number) == (Why.END, 1)


def test_what_the_board_has_before_it_opens_nothing_until_it_is_decided():
    group, _ = renewal.open_(living(), (), POLICY, act(at=on(date(2026, 6, 1))))
    answer = Answer(outcome="changed", name="Maps on", charge="To map.", report="We met.")
    group = before_board(answered(group, answer, date(2026, 6, 2)), date(2026, 6, 3))
    assert of(due_on(group, OPENS)[0], What.OPENING) == []
    group, _ = renewal_outcome.renew(
        group, {"charge": "To map."}, POLICY, system(on(OPENS + 5 * DAY))
    )
    assert len(of(due_on(group, OPENS + 5 * DAY)[0], What.OPENING)) == 1


def test_where_a_charge_has_no_end_nothing_opens():
    group = living()
    group = replace(group, charge=replace(group.charge, ends_on=None))
    assert of(timetable.agenda(group, date(2040, 1, 1), NOTHING_KNOWN, POLICY), What.OPENING) == []


def test_a_group_that_ended_has_nothing_to_do():
    for outcome in ("dissolved", "lapsed", "succeeded"):
        group = ended(outcome)
        assert timetable.agenda(group, date(2027, 6, 1), NOTHING_KNOWN, POLICY) == []
        assert timetable.next_on(group, date(2027, 6, 1), NOTHING_KNOWN, POLICY) is None


# ------------------------------------------------------------------ Reminders


def test_who_is_reminded_when_and_of_what():
    told, group = told_between(due_on(living(), OPENS)[1], OPENS, LAPSES)
    assert told == [
        (days_before(90), ("renewal-1:end-90",), ("conveners",)),
        (days_before(30), ("renewal-1:end-30",), ("conveners", "staff")),
        (days_before(7), ("renewal-1:end-7",), EVERYBODY),
        (CHARGE_ENDS + DAY, ("renewal-1:end--1",), EVERYBODY),
        (days_before(30, LAPSES), ("renewal-1:lapse-30:2027-04-25",), EVERYBODY),
    ]
    assert group.renewal.noticed_on == days_before(30, LAPSES)


def test_reminders_count_back_from_the_last_deadline_before_the_end_as_well():
    deadline = date(2026, 11, 2)
    opened = due_on(living(), OPENS, Calendar(deadline=deadline))[1]
    told, _ = told_between(opened, OPENS, CHARGE_ENDS - 31 * DAY, Calendar(deadline=deadline))
    assert told == [
        (days_before(42, deadline), ("renewal-1:deadline-42:2026-11-02",), ("conveners",)),
        (days_before(14, deadline), ("renewal-1:deadline-14:2026-11-02",), ("conveners", "staff")),
        (days_before(90), ("renewal-1:end-90",), ("conveners",)),
        (days_before(3, deadline), ("renewal-1:deadline-3:2026-11-02",), EVERYBODY),
    ]


def test_another_meeting_is_another_deadline():
    """A later meeting before the end is planned: its deadline is told of as the first one was."""
    first, second = Calendar(deadline=date(2026, 9, 1)), Calendar(deadline=date(2026, 12, 14))
    opened = due_on(living(), OPENS, first)[1]
    _, group = told_between(opened, OPENS, date(2026, 9, 1), first)
    told, group = told_between(group, date(2026, 9, 2), date(2026, 12, 14), second)
    assert [names[0] for _, names, _ in told if "deadline" in names[0]] == [
        "renewal-1:deadline-42:2026-12-14",
        "renewal-1:deadline-14:2026-12-14",
        "renewal-1:deadline-3:2026-12-14",
    ]
    # It is cancelled: of the first one they know.
    assert told_between(group, date(2026, 12, 15), date(2026, 12, 20), first)[0] == []


def test_a_deadline_that_had_passed_before_the_opening_is_no_matter():
    """That of the last meeting so far must not use up the reminders of the next one."""
    passed = Calendar(deadline=OPENS - DAY)
    done, group = due_on(living(), OPENS, passed)
    assert of(done, What.OPENING)[0].to == ("conveners",)
    assert [name for name in group.told if "deadline" in name] == []
    assert of(due_on(group, OPENS + DAY, passed)[0], What.REMINDER) == []


def test_of_several_that_are_due_the_last_speaks_for_all_to_everybody_concerned():
    group = due_on(living(), OPENS)[1]
    day = days_before(6)
    done, group = due_on(group, day)
    (reminder,) = of(done, What.REMINDER)
    assert reminder.names == ("renewal-1:end-90", "renewal-1:end-30", "renewal-1:end-7")
    assert (reminder.to, reminder.on) == (EVERYBODY, days_before(7))
    assert of(due_on(group, day)[0], What.REMINDER) == []


def test_the_last_of_several_tells_staff_though_it_is_for_conveners_alone():
    deadline = Calendar(deadline=date(2026, 11, 2))
    group = due_on(living(), OPENS, deadline)[1]
    done, _ = due_on(group, days_before(89), deadline)
    (reminder,) = of(done, What.REMINDER)
    assert reminder.names[-1] == "renewal-1:end-90"
    assert reminder.to == ("conveners", "staff")


def test_the_notice_is_given_with_a_reminder_that_is_due_with_it():
    group = due_on(living(), OPENS)[1]
    done, group = due_on(group, LAPSES)
    (reminder,) = of(done, What.REMINDER)
    assert (reminder.notice, len(reminder.names)) == (True, 5)
    assert group.renewal.noticed_on == LAPSES


def test_nobody_is_reminded_of_what_they_answered():
    group = answered(due_on(living(), OPENS)[1], day=OPENS + DAY)
    told, _ = told_between(group, OPENS + DAY, LAPSES + 30 * DAY)
    assert told == []
    told, _ = told_between(before_board(group, OPENS + DAY), OPENS + DAY, LAPSES + 30 * DAY)
    assert told == []


def test_with_staff_they_alone_are_reminded_and_of_the_deadline_alone():
    deadline = date(2026, 11, 2)
    calendar = Calendar(deadline=deadline)
    group = answered(due_on(living(), OPENS, calendar)[1], day=date(2026, 9, 1))
    told, group = told_between(group, date(2026, 9, 1), LAPSES + 30 * DAY, calendar)
    assert told == [
        (days_before(14, deadline), ("renewal-1:deadline-14:2026-11-02:staff",), ("staff",)),
        (days_before(3, deadline), ("renewal-1:deadline-3:2026-11-02:staff",), ("staff",)),
    ]
    scheduled = before_board(answered(due_on(living(), OPENS, calendar)[1], day=OPENS), OPENS)
    assert told_between(scheduled, OPENS, LAPSES, calendar)[0] == []


def test_staff_are_not_reminded_of_a_deadline_that_passed_before_they_had_the_answer():
    calendar = Calendar(deadline=date(2026, 11, 2))
    group = due_on(living(), OPENS, calendar)[1]
    group = answered(group, day=date(2027, 2, 1))
    assert told_between(group, date(2027, 2, 1), date(2027, 3, 1), calendar)[0] == []


def test_a_petition_that_is_with_others_is_waited_for():
    waiting = Calendar(deadline=date(2026, 11, 2), waits_for_others=True)
    group = due_on(living(), OPENS)[1]
    told, group = told_between(group, OPENS, LAPSES + 30 * DAY, waiting)
    assert (told, group.renewal.stage) == ([], Stage.OPEN)


def test_a_group_does_not_lapse_while_its_petition_collects_signatures():
    collecting = Calendar(petition_open=True)
    group = due_on(living(), OPENS)[1]
    told, group = told_between(group, OPENS, LAPSES + 30 * DAY, collecting)
    assert told[-1][1] == ("renewal-1:lapse-30:2027-04-25",)
    assert group.renewal.stage == Stage.OPEN
    assert due_on(group, LAPSES + 31 * DAY)[1].renewal.stage == Stage.SUBMITTED


@pytest.mark.parametrize("wait", ["petition", "staff"])
def test_an_opening_speaks_for_its_reminders_wherever_the_answer_is(wait):
    """A change was asked for before: once that comes to nothing, nobody is told that the renewal
    has opened, as they were.
    """
    group, _ = renewal.open_(living(), (), POLICY, act(at=on(date(2026, 7, 1))))
    waiting = Calendar(waits_for_others=wait == "petition")
    if wait == "staff":
        group = answered(group, day=date(2026, 7, 2))
    group = due_on(group, OPENS, waiting)[1]
    assert group.renewal.why == Why.END
    if wait == "staff":
        group, _ = renewal.take_back(group, act(at=on(OPENS + DAY)))
    assert of(due_on(group, OPENS + DAY)[0], What.REMINDER) == []


def test_a_reminder_by_hand_is_in_the_record():
    group, event = renewal.note_reminder(in_renewal(), POLICY, staff(on(OPENS)))
    assert group.told[-1].endswith(OPENS.isoformat())
    with pytest.raises(ConflictError, match="reminded today already"):
        renewal.note_reminder(group, POLICY, staff(on(OPENS)))
    renewal.note_reminder(group, POLICY, staff(on(OPENS + DAY)))
    assert (event.command, event.data["to"]) == ("remind", ["conveners"])


def test_a_change_that_was_asked_for_is_not_urged():
    group, _ = renewal.open_(living(), (), POLICY, act(at=on(date(2025, 3, 3))))
    calendar = Calendar(deadline=date(2025, 6, 1))
    told, _ = told_between(group, date(2025, 3, 3), date(2025, 7, 1), calendar)
    assert told == []
    told, _ = told_between(answered(group, day=date(2025, 3, 4)), date(2025, 3, 4), OPENS, calendar)
    assert told == []


def test_the_next_renewal_is_reminded_of_anew():
    group = before_board(answered(due_on(living(), OPENS)[1]))
    group, _ = renewal_outcome.renew(group, {}, POLICY, system(on(date(2026, 11, 2))))
    opens = renewal.opens_on(group, POLICY)
    told, _ = told_between(group, opens, group.charge.ends_on)
    assert [names for _, names, _ in told] == [
        ("renewal-2:end-90",),
        ("renewal-2:end-30",),
        ("renewal-2:end-7",),
    ]


# ------------------------------------------------------------------ Lapse


def test_a_group_lapses_on_the_day_after_its_time_of_grace():
    group = due_on(living(), OPENS)[1]
    _, group = told_between(group, OPENS, LAPSES)
    assert group.renewal.stage == Stage.OPEN
    done, group = due_on(group, LAPSES + DAY)
    (lapse,) = of(done, What.LAPSE)
    assert (lapse.to, group.state) == (EVERYBODY, State.IN_RENEWAL)
    # The Board has to agree; until it has, staff are asked for nothing twice.
    assert (group.renewal.stage, group.renewal.answer.outcome) == (Stage.SUBMITTED, "lapsed")
    assert of(due_on(group, LAPSES + 2 * DAY)[0], What.LAPSE) == []


def test_where_the_policy_asks_for_no_step_it_lapses_at_once():
    rule = replace(POLICY.renewals[0], lapsed="none")
    policy = replace(POLICY, renewals=(rule,))
    _, group = told_between(due_on(living(), OPENS)[1], OPENS, LAPSES)
    due = timetable.first_due(group, LAPSES + DAY, NOTHING_KNOWN, policy)
    gone, event = timetable.take(group, due, NOTHING_KNOWN, policy, system(on(LAPSES + DAY)))
    assert (gone.state, gone.ended_on, event.command) == (State.LAPSED, LAPSES + DAY, "end")
    assert gone.last_renewal.result == "lapsed"


@pytest.mark.parametrize("late", [0, 1, 5, 20, 21, 29, 30, 31, 60, 400])
def test_a_group_never_lapses_sooner_than_ten_days_after_its_notice(late):
    """Days that the job misses shift the notice, and with it the day on which the group lapses."""
    group = due_on(living(), OPENS)[1]
    noticed = days_before(30, LAPSES) + timedelta(days=late)
    group = due_on(group, noticed)[1]
    assert group.renewal.noticed_on == noticed
    day = noticed
    while group.renewal.stage == Stage.OPEN:
        day += DAY
        group = due_on(group, day)[1]
    assert day == max(LAPSES + DAY, noticed + timedelta(days=10))


def test_without_a_notice_nothing_lapses():
    found = in_renewal()
    agenda = timetable.agenda(found, date(2030, 1, 1), NOTHING_KNOWN, POLICY)
    assert [due for due in agenda if due.what == What.LAPSE] == []


def test_another_day_on_which_it_lapses_is_told_as_well():
    group = due_on(living(), OPENS)[1]
    group = due_on(group, LAPSES)[1]
    group = before_board(answered(group, day=LAPSES), LAPSES)
    group, _ = renewal_outcome.turn_down(group, "Say more.", POLICY, system(on(LAPSES + DAY)))
    lapses = group.renewal.lapses_on
    assert lapses == LAPSES + 91 * DAY
    told, group = told_between(group, LAPSES + DAY, lapses)
    assert [(day, names) for day, names, _ in told] == [
        (days_before(30, lapses), (f"renewal-1:lapse-30:{lapses.isoformat()}",))
    ]
    assert due_on(group, lapses + DAY)[1].renewal.answer.outcome == "lapsed"


def test_nobodys_draft_is_ended_under_their_hands():
    _, group = told_between(due_on(living(), OPENS)[1], OPENS, LAPSES)
    saved, _ = renewal.save(group, ANSWER, POLICY, act(at=on(LAPSES)))
    assert due_on(saved, LAPSES + 9 * DAY)[1].renewal.stage == Stage.OPEN
    assert due_on(saved, LAPSES + 10 * DAY)[1].renewal.stage == Stage.SUBMITTED
    # What was written stays, should they take it up again.
    assert due_on(saved, LAPSES + 10 * DAY)[1].renewal.answer.report == ANSWER.report


def test_who_takes_back_a_lapse_has_time_to_answer():
    _, group = told_between(due_on(living(), OPENS)[1], OPENS, LAPSES + DAY)
    day = LAPSES + 5 * DAY
    back, _ = renewal.take_back(group, act(at=on(day)))
    assert of(due_on(back, day + 9 * DAY)[0], What.LAPSE) == []
    again = of(due_on(back, day + 10 * DAY)[0], What.LAPSE)
    assert len(again) == 1


# ------------------------------------------------------------------ Check-ins


def asked_between(group, first, last):
    """As `told_between`, of check-ins."""
    return told_between(group, first, last, what=What.CHECK_IN)


def test_a_group_is_asked_once_a_year_and_reminded_until_it_answers():
    told, group = asked_between(living(), date(2025, 1, 1), date(2026, 4, 30))
    assert told == [
        (date(2025, 5, 1), ("check-in-2025-06-30:open",), ("conveners",)),
        (date(2025, 5, 24), ("check-in-2025-06-30:7",), ("conveners",)),
        (date(2025, 6, 7), ("check-in-2025-06-30:-7",), ("conveners", "staff")),
        (date(2025, 6, 21), ("check-in-2025-06-30:-21",), ("conveners", "staff")),
    ]
    # The record does not grow with the years.
    told, group = asked_between(group, date(2026, 5, 1), date(2026, 5, 2))
    assert [name for name in group.told if "2025" in name] == []


def test_a_check_in_that_was_missed_is_caught_up_within_its_year():
    done, _ = due_on(living(), date(2025, 6, 10))
    (asked,) = of(done, What.CHECK_IN)
    assert asked.names == (
        "check-in-2025-06-30:open",
        "check-in-2025-06-30:7",
        "check-in-2025-06-30:-7",
    )
    assert asked.to == ("conveners", "staff")
    assert of(due_on(living(), date(2025, 7, 1))[0], What.CHECK_IN) == []


def test_a_young_group_is_asked_first_in_the_next_year():
    young = living(since=on(date(2025, 2, 1)))
    told, _ = asked_between(young, date(2025, 4, 1), date(2026, 5, 1))
    assert told == [(date(2026, 5, 1), ("check-in-2026-06-30:open",), ("conveners",))]


# ------------------------------------------------------------------ Terms and vacancies

JUNE = date(2025, 6, 30)


def test_conveners_are_reminded_of_the_end_of_a_term_that_leaves_a_vacancy():
    group = living(conveners=(convener(1, JUNE),))
    told, group = told_between(group, date(2025, 3, 1), JUNE, what=What.TERM)
    assert told == [
        (date(2025, 5, 1), ("term-2025-06-30:60",), ("conveners",)),
        (date(2025, 6, 16), ("term-2025-06-30:14",), ("conveners",)),
    ]
    group = due_on(group, date(2025, 7, 1))[1]
    assert [name for name in group.told if name.startswith("term")] == []


@pytest.mark.parametrize(
    ("kind", "untils"),
    [
        ("discussion-group", [JUNE, None]),
        ("discussion-group", [JUNE, date(2026, 6, 30)]),
        ("interest-group", [JUNE, None, None, None]),
    ],
)
def test_where_enough_go_on_nobody_is_reminded_of_a_term(kind, untils):
    group = living(kind, conveners=tuple(convener(n, u) for n, u in enumerate(untils, 1)))
    assert told_between(group, date(2025, 3, 1), date(2025, 7, 2), what=What.TERM)[0] == []
    assert due_on(group, date(2025, 7, 1))[1].vacant_since is None


def test_a_vacancy_is_told_when_it_opens_and_when_it_is_over_its_time():
    group = living(conveners=(convener(1, JUNE),))
    told, group = told_between(group, date(2025, 6, 1), date(2025, 12, 1), what=What.VACANCY)
    assert told == [
        (date(2025, 7, 1), ("vacancy-2025-07-01:open",), ("conveners", "staff")),
        (date(2025, 8, 31), ("vacancy-2025-07-01:over",), EVERYBODY),
    ]
    assert group.vacant_since == date(2025, 7, 1)
    assert group_conveners.fill_by(group, POLICY) == date(2025, 8, 30)


def test_a_vacancy_that_was_filled_is_forgotten_and_the_next_one_told():
    group = living(conveners=(convener(1, JUNE),))
    _, group = told_between(group, date(2025, 6, 1), date(2025, 7, 5), what=What.VACANCY)
    by = staff(on(date(2025, 7, 6)))
    group, _ = group_conveners.extend(group, ("c1",), date(2026, 6, 30), POLICY, by)
    assert (group.vacant_since, [n for n in group.told if "vacancy" in n]) == (None, [])
    told, group = told_between(group, date(2025, 7, 7), date(2026, 7, 1), what=What.VACANCY)
    assert [names for _, names, _ in told] == [("vacancy-2026-07-01:open",)]


def test_who_steps_down_leaves_a_vacancy_from_that_day():
    group, _ = group_conveners.step_down(living(), POLICY, act(at=on(date(2024, 9, 2))))
    (vacancy,) = of(due_on(group, date(2024, 9, 3))[0], What.VACANCY)
    assert (vacancy.names, vacancy.on) == (("vacancy-2024-09-02:open",), date(2024, 9, 2))


# ------------------------------------------------------------------ When to look again


@pytest.mark.parametrize(
    ("group", "today", "next_on"),
    [
        (living(), date(2024, 2, 1), date(2025, 5, 1)),  # too young for the check-in of 2024
        (living(since=on(date(2024, 1, 2))), date(2024, 2, 1), date(2024, 5, 1)),
        (before_board(), date(2026, 10, 2), date(2027, 5, 1)),
        (in_renewal(), date(2026, 8, 1), date(2026, 8, 2)),
        (answered(), date(2026, 9, 1), date(2026, 9, 2)),
        (living(conveners=(convener(1, date(2024, 3, 31)),)), date(2024, 3, 20), date(2024, 4, 1)),
    ],
)
def test_the_job_looks_again_on_the_day_of_the_next_thing(group, today, next_on):
    group = due_on(group, today)[1]
    assert timetable.next_on(group, today, NOTHING_KNOWN, POLICY) == next_on


@pytest.mark.parametrize(
    ("meetings", "ends", "deadline"),
    [
        ([], CHARGE_ENDS, None),
        ([(date(2026, 11, 20), date(2026, 11, 2))], CHARGE_ENDS, date(2026, 11, 2)),
        ([(CHARGE_ENDS, date(2027, 1, 7))], CHARGE_ENDS, date(2027, 1, 7)),
        ([(CHARGE_ENDS + DAY, date(2027, 1, 8))], CHARGE_ENDS, None),
        (
            [
                (date(2026, 11, 20), date(2026, 11, 2)),
                (date(2027, 2, 1), date(2027, 1, 14)),
                (date(2026, 6, 20), date(2026, 6, 2)),
            ],
            CHARGE_ENDS,
            date(2026, 11, 2),
        ),
        ([(date(2026, 11, 20), date(2026, 11, 2))], None, None),
    ],
)
def test_the_last_deadline_before_a_charge_ends(meetings, ends, deadline):
    assert timetable.last_deadline(meetings, ends) == deadline


def test_a_reminder_is_in_the_record_with_whom_it_went_to():
    group = due_on(living(), OPENS)[1]
    day = days_before(90)
    due = timetable.first_due(group, day, NOTHING_KNOWN, POLICY)
    after, event = timetable.take(group, due, NOTHING_KNOWN, POLICY, system(on(day)))
    assert (event.command, event.data) == (
        "remind",
        {"what": "renewal reminder", "names": ["renewal-1:end-90"], "to": ["conveners"]},
    )
    assert after.version == group.version + 1
