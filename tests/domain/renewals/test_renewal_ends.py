"""What becomes of a group whose renewal was decided: renewed, revived, ended, or taken over."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.groups.group import Outcome, State
from chalicelib.domain.record.record import digest_of_row, row
from chalicelib.domain.renewals import outcome as renewal_outcome
from chalicelib.domain.renewals import renewal
from tests.domain.builders import (
    ANSWER,
    CHARGE_ENDS,
    POLICY,
    TEXT,
    answered,
    before_board,
    convener,
    ended,
    in_renewal,
    living,
    on,
    system,
)

DAY = date(2026, 11, 2)
NEW = {"name": "Open Records", "charge": "To open records."}
CHANGED = replace(ANSWER, outcome="changed", **NEW)


def asked(day=date(2025, 3, 3)):
    """A group whose conveners asked for a change long before its charge ends."""
    return renewal.open_(living(), (), POLICY, system(on(day)))[0]


def revival(day=date(2027, 3, 1)):
    """A group that has ended, and is to be revived."""
    return renewal.open_(ended(), (), POLICY, system(on(day)))[0]


def decided(group, given=None, day=DAY, **where):
    """The group and the event once its renewal was granted."""
    return renewal_outcome.renew(group, given or {}, POLICY, system(on(day)), **where)


def charge_of(group, **changes):
    """The group with a charge that differs in something."""
    return replace(group, charge=replace(group.charge, **changes))


@pytest.mark.parametrize(
    ("group", "outcome", "today", "ends"),
    [
        # An early answer loses nothing: the new term joins the old one.
        (in_renewal(), "same", date(2026, 8, 1), date(2030, 1, 25)),
        (in_renewal(), "changed", date(2026, 8, 1), date(2030, 1, 25)),
        (in_renewal(), "same", CHARGE_ENDS, date(2030, 1, 25)),
        # Answered in the time of grace, or long after: no day is given twice.
        (in_renewal(), "same", date(2027, 3, 1), date(2030, 1, 25)),
        (in_renewal(), "same", date(2027, 12, 1), date(2030, 1, 25)),
        # So late that the next renewal would be open at once: the term begins anew.
        (in_renewal(), "same", date(2029, 7, 28), date(2030, 1, 25)),
        (in_renewal(), "same", date(2029, 7, 29), date(2032, 7, 28)),
        (in_renewal(), "same", date(2030, 1, 25), date(2033, 1, 24)),
        (in_renewal(), "same", date(2031, 5, 5), date(2034, 5, 4)),
        # A change long before the end leaves the end; renewed as it is, it lasts longer.
        (asked(), "changed", date(2025, 4, 1), CHARGE_ENDS),
        (asked(), "same", date(2025, 4, 1), date(2030, 1, 25)),
        # A revived group begins anew, changed or not.
        (revival(), "same", date(2027, 5, 3), date(2030, 5, 2)),
        (revival(), "changed", date(2028, 2, 29), date(2031, 2, 28)),
        # It had no end when it was made, and has one now.
        (charge_of(asked(), ends_on=None), "same", date(2025, 4, 1), date(2028, 3, 31)),
        (charge_of(asked(), ends_on=None), "changed", date(2025, 4, 1), None),
    ],
)
def test_the_last_day_of_the_next_charge(group, outcome, today, ends):
    assert renewal_outcome.next_end(group, Outcome(outcome), today, POLICY) == ends


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (date(2027, 2, 28), date(2030, 2, 28)),
        (date(2028, 2, 28), date(2031, 2, 28)),  # from a leap day: it lasts a day less
        (date(2028, 2, 29), date(2031, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 29)),
        (date(2027, 6, 30), date(2030, 6, 30)),
        (date(2026, 12, 31), date(2029, 12, 31)),
    ],
)
def test_a_term_joins_the_one_before_at_the_ends_of_months(before, after):
    group = charge_of(in_renewal(), ends_on=before)
    assert renewal_outcome.next_end(group, Outcome.SAME, before, POLICY) == after


@pytest.mark.parametrize("group", [in_renewal(), revival()])
def test_where_the_policy_sets_no_end_the_next_charge_has_none(group):
    endless = replace(POLICY, units=tuple(replace(u, charge_years=None) for u in POLICY.units))
    assert renewal_outcome.next_end(group, Outcome.SAME, date(2027, 5, 3), endless) is None


# ------------------------------------------------------------------ Renewed


def test_a_group_is_renewed_as_it_is_with_the_consent_agenda():
    told = ("renewal-1:end-180", "term-2027-06-30:60")
    group, event = decided(replace(before_board(), told=told), meeting_id="m1")
    charge = group.charge
    assert (group.state, group.renewal, group.told) == (State.ACTIVE, None, ("term-2027-06-30:60",))
    assert (charge.number, charge.text, charge.name) == (2, TEXT.charge, "Open Metadata")
    assert (charge.effective_on, charge.ends_on) == (DAY, date(2030, 1, 25))
    assert (charge.motion_id, charge.meeting_id) == ("", "m1")
    closed = group.last_renewal
    assert (closed.result, closed.closed_on, closed.number) == ("same", DAY, 1)
    assert (event.command, event.before, event.after) == ("renew", "in renewal", "active")
    assert event.data["kept"] == {
        "charge/2": digest_of_row(row(charge)),
        "renewal/1": digest_of_row(row(closed)),
    }


def test_a_group_is_renewed_with_another_name_charge_and_conditions_by_a_motion():
    given = {**NEW, "conditions": "Report each year."}
    group, event = decided(before_board(answered(answer=CHANGED)), given, motion_id="v7")
    assert (group.name, group.charge.text) == ("Open Records", "To open records.")
    assert (group.charge.conditions, group.charge.motion_id) == ("Report each year.", "v7")
    assert (group.last_renewal.result, event.data["outcome"]) == ("changed", "changed")
    assert event.data["motion"] == "v7"


def test_a_meeting_is_named_only_where_there_was_no_motion():
    group, _ = decided(before_board(), motion_id="v7", meeting_id="m1")
    assert (group.charge.motion_id, group.charge.meeting_id) == ("v7", "")


def test_the_result_is_what_the_board_made_of_the_answer():
    group, _ = decided(before_board(answered(answer=CHANGED)), {"name": "Open Metadata"})
    assert (group.last_renewal.result, group.charge.text) == ("same", TEXT.charge)
    group, _ = decided(before_board(), NEW)
    assert group.last_renewal.result == "changed"


def test_an_amendment_makes_no_longer_term_of_a_change():
    """The motion was to change a charge in its midst; that an amendment takes back the words, and
    leaves a condition, gives nobody three more years.
    """
    group = before_board(answered(asked(), CHANGED, date(2025, 4, 1)), date(2025, 4, 2))
    kept = {"name": "Open Metadata", "charge": TEXT.charge, "conditions": "Report each year."}
    new, _ = decided(group, kept, date(2025, 6, 2), motion_id="v7")
    assert (new.charge.ends_on, new.charge.conditions) == (CHARGE_ENDS, "Report each year.")
    assert new.last_renewal.result == "same"


def test_each_renewal_of_a_group_has_its_number():
    first, _ = decided(before_board())
    again, _ = renewal.open_(first, (), POLICY, system(on(date(2029, 8, 1))))
    assert (again.renewal.number, again.charge.number) == (2, 2)
    assert again.renewal.ends_on == date(2030, 1, 25)


@pytest.mark.parametrize("outcome", ["dissolved", "lapsed"])
def test_a_group_that_ended_is_revived_with_a_term_of_its_own(outcome):
    gone = ended(outcome)
    group, _ = renewal.open_(gone, (), POLICY, system(on(date(2027, 3, 1))))
    group = before_board(answered(group, CHANGED, date(2027, 3, 2)), date(2027, 3, 3))
    new, event = decided(group, NEW, date(2027, 5, 3), motion_id="v9")
    assert (new.state, new.name, new.charge.ends_on) == (
        State.ACTIVE,
        "Open Records",
        date(2030, 5, 2),
    )
    assert (new.ended_on, new.ended_at, new.ended_by, new.ended_in) == (None, None, "", "")
    assert (event.before, event.after) == (gone.state, "active")
    assert new.renewals == 2


# ------------------------------------------------------------------ Ended


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("dissolved", State.DISSOLVED),
        ("lapsed", State.LAPSED),
        ("succeeded", State.SUCCEEDED),
        ("merged", State.SUCCEEDED),
    ],
)
def test_a_group_ends_as_its_renewal_says_and_stays_readable(outcome, state):
    group = ended(outcome, DAY)
    assert (group.state, group.living, group.renewal) == (state, False, None)
    assert (group.ended_on, group.ended_at, group.ended_by) == (DAY, on(DAY), "v2")
    with_other = outcome in {"succeeded", "merged"}
    assert group.successor == ("open-maps" if with_other else "")
    assert group.successor_name == ("Open Maps" if with_other else "")
    assert (group.last_renewal.result, group.last_renewal.closed_on) == (outcome, DAY)
    # What it was, it stays: its name, its charge and who convened it.
    assert (group.name, group.charge, group.acting) == (
        "Open Metadata",
        living().charge,
        living().acting,
    )


def test_the_record_says_how_a_group_ended_and_where():
    group = before_board(answered(answer=replace(ANSWER, outcome="dissolved")))
    by = system(on(DAY))
    gone, event = renewal_outcome.end(group, POLICY, by, meeting_id="m1")
    assert (gone.ended_by, gone.ended_in, event.command) == ("", "m1", "end")
    assert event.data["outcome"] == "dissolved"
    assert event.data["meeting"] == "m1"
    assert list(event.data["kept"]) == ["renewal/1"]
    voted, _ = renewal_outcome.end(group, POLICY, by, motion_id="v2", meeting_id="m1")
    assert (voted.ended_by, voted.ended_in) == ("v2", "")


def test_a_group_that_ends_has_no_vacancy_any_more():
    group = in_renewal(conveners=(), vacant_since=date(2026, 7, 1))
    group = before_board(answered(group, replace(ANSWER, outcome="dissolved")))
    assert renewal_outcome.end(group, POLICY, system(on(DAY)))[0].vacant_since is None


# ------------------------------------------------------------------ Taken over


def other_group(**others):
    """The group that goes on."""
    charge = replace(living().charge, text="To discuss maps.", name="Open Maps")
    given = {"id": "open-maps", "name": "Open Maps", "charge": charge}
    given["conveners"] = (convener(2, id="c1"),)
    return living(**(given | others))


def test_who_carries_on_the_work_stays_as_it_is():
    new, event = renewal_outcome.take_over(
        other_group(), ended("succeeded"), {}, False, POLICY, system(on(DAY))
    )
    assert new.predecessors == ("open-metadata",)
    assert (new.charge, new.conveners) == (other_group().charge, other_group().conveners)
    assert (event.command, event.data) == (
        "take-over",
        {"from": "open-metadata", "from_name": "Open Metadata", "merged": False, "charge": 0},
    )


def test_after_a_merger_a_group_has_the_charge_and_the_conveners_of_both():
    given = {"name": "Open Maps and Metadata", "charge": "To share both.", "motion": "v2"}
    new, event = renewal_outcome.take_over(
        other_group(), ended("merged"), given, True, POLICY, system(on(DAY))
    )
    assert (new.name, new.charge.text, new.charge.number) == (
        "Open Maps and Metadata",
        "To share both.",
        2,
    )
    # It ends when that of the group that goes on ends.
    assert (new.charge.effective_on, new.charge.ends_on) == (DAY, CHARGE_ENDS)
    assert new.charge.motion_id == "v2"
    assert [(c.id, c.name) for c in new.conveners] == [("c1", "Bo Grand"), ("c2", "Ada Fell")]
    assert new.made_conveners == 2
    assert event.data["charge"] == 2
    assert event.data["kept"] == {"charge/2": digest_of_row(row(new.charge))}


def test_nobody_convenes_a_merged_group_twice():
    both = (convener(1), convener(3))
    invited = convener(3, id="c2", accepted=False)
    into = other_group(conveners=(convener(1, id="c1"), invited), made_conveners=2)
    new, _ = renewal_outcome.take_over(
        into, ended("merged", conveners=both), {}, True, POLICY, system(on(DAY))
    )
    assert [c.name for c in new.conveners] == ["Ada Fell", "Cy Holm"]


def test_a_merger_that_changes_no_word_makes_no_charge():
    new, event = renewal_outcome.take_over(
        other_group(), ended("merged"), {}, True, POLICY, system(on(DAY))
    )
    assert (new.charge.number, event.data["charge"]) == (1, 0)


def test_a_merger_fills_a_vacancy():
    told = ("vacancy-2026-07-01:open",)
    into = other_group(conveners=(), vacant_since=date(2026, 7, 1), told=told)
    new, _ = renewal_outcome.take_over(into, ended("merged"), {}, True, POLICY, system(on(DAY)))
    assert (new.vacant_since, new.told) == (None, ())
