"""A renewal: opened, answered, before the Board, and what becomes of the group."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups.group import Answer, Stage, State, Why
from chalicelib.domain.renewals import outcome as renewal_outcome
from chalicelib.domain.renewals import renewal
from tests.domain.builders import (
    ANSWER,
    CHARGE_ENDS,
    POLICY,
    TEXT,
    act,
    answered,
    before_board,
    chicago,
    ended,
    in_renewal,
    living,
    on,
    staff,
    system,
)

OPENS = date(2026, 7, 29)  # 180 days before the charge's last day
LAPSES = date(2027, 4, 25)  # 90 days after it
CHANGED = replace(ANSWER, outcome="changed", name="Open Records", charge="To open records.")
WITH = {"other": "open-maps", "other_name": "Open Maps", "agreement": "Their conveners wrote so."}


def asked(day=date(2025, 3, 3)):
    """A group whose conveners asked for a change long before its charge ends."""
    return renewal.open_(living(), (), POLICY, act(at=on(day)))[0]


def revival(day=date(2027, 3, 1), outcome="dissolved"):
    """A group that has ended, and is to be revived."""
    return renewal.open_(ended(outcome), (), POLICY, act(at=on(day)))[0]


# ------------------------------------------------------------------ Opening


@pytest.mark.parametrize(
    ("ends", "opens"),
    [
        (CHARGE_ENDS, OPENS),
        (date(2027, 6, 30), date(2027, 1, 1)),
        (date(2028, 8, 27), date(2028, 2, 29)),
        (None, None),
    ],
)
def test_a_renewal_opens_half_a_year_before_the_charges_last_day(ends, opens):
    group = living()
    assert renewal.opens_on(replace(group, charge=replace(group.charge, ends_on=ends)), POLICY) == (
        opens
    )


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2024, 2, 1), Why.ASKED),
        (date(2026, 7, 28), Why.ASKED),
        (OPENS, Why.END),
        (date(2027, 3, 1), Why.END),
    ],
)
def test_why_a_renewal_is_opened_follows_from_the_day(day, why):
    group, event = renewal.open_(living(), (), POLICY, act(at=on(day)))
    found = group.renewal
    assert (found.why, found.number, found.opened_on, found.stage) == (why, 1, day, Stage.OPEN)
    ends = (CHARGE_ENDS, LAPSES) if why == Why.END else (None, None)
    assert (found.ends_on, found.lapses_on) == ends
    assert (group.state, group.renewals) == (State.IN_RENEWAL, 1)
    assert (event.command, event.before, event.after) == ("open-renewal", "active", "in renewal")
    assert event.data["lapses_on"] == ("2027-04-25" if why == Why.END else "")


def test_the_day_is_that_of_the_associations_zone():
    late = act(at=chicago(2026, 7, 28, 23, 59, 59))
    assert renewal.open_(living(), (), POLICY, late)[0].renewal.why == Why.ASKED


def test_there_is_one_renewal_at_a_time():
    with pytest.raises(ConflictError, match="open already"):
        renewal.open_(in_renewal(), (), POLICY, staff(on(date(2026, 9, 1))))
    with pytest.raises(ConflictError, match="open already"):
        renewal.open_(asked(), (), POLICY, staff(on(date(2025, 9, 1))))


def test_one_that_was_asked_for_goes_on_as_that_of_the_charges_end():
    group = renewal.save(asked(), CHANGED, POLICY, act(at=on(date(2026, 7, 1))))[0]
    found = renewal.open_(group, ("renewal-1:end-180",), POLICY, system(on(OPENS)))[0]
    assert (found.renewal.why, found.renewal.number, found.renewals) == (Why.END, 1, 1)
    assert (found.renewal.ends_on, found.renewal.lapses_on) == (CHARGE_ENDS, LAPSES)
    assert (found.renewal.answer, found.told) == (CHANGED, ("renewal-1:end-180",))


def test_what_the_board_has_before_it_is_decided_as_it_was_put():
    """A motion that changes a charge must not come to renew it while it is before the Board."""
    group = before_board(answered(asked(), CHANGED, date(2026, 7, 1)), date(2026, 7, 2))
    with pytest.raises(ConflictError, match="open already"):
        renewal.open_(group, (), POLICY, system(on(OPENS)))
    decided, _ = renewal_outcome.renew(group, {"name": "Open Records"}, POLICY, system(on(OPENS)))
    assert decided.charge.ends_on == CHARGE_ENDS
    opened, _ = renewal.open_(decided, (), POLICY, system(on(OPENS)))
    assert (opened.renewal.why, opened.renewal.number) == (Why.END, 2)


@pytest.mark.parametrize("outcome", ["dissolved", "lapsed"])
def test_a_group_that_ended_is_revived_within_two_years(outcome):
    group = ended(outcome, date(2026, 11, 2))
    assert renewal.revivable_until(group, POLICY) == date(2028, 11, 1)
    assert renewal.why_not_open(group, date(2028, 11, 1), POLICY) == ""
    assert "Too much time" in renewal.why_not_open(group, date(2028, 11, 2), POLICY)
    opened, event = renewal.open_(group, (), POLICY, act(at=on(date(2028, 11, 1))))
    assert (opened.renewal.why, opened.renewal.number) == (Why.REVIVAL, 2)
    assert (opened.renewal.ends_on, opened.renewal.lapses_on) == (None, None)
    assert (event.before, event.after) == (group.state, group.state)
    with pytest.raises(ConflictError, match="Too much time"):
        renewal.open_(group, (), POLICY, act(at=on(date(2028, 11, 2))))


@pytest.mark.parametrize("outcome", ["succeeded", "merged"])
def test_a_group_whose_work_goes_on_elsewhere_is_not_revived(outcome):
    group = ended(outcome)
    assert renewal.revivable_until(group, POLICY) is None
    with pytest.raises(ConflictError, match="Another group carries on"):
        renewal.open_(group, (), POLICY, act(at=on(date(2026, 12, 1))))


def test_a_living_group_is_not_revived():
    assert renewal.revivable_until(living(), POLICY) is None


def test_a_renewal_that_was_asked_for_is_dropped():
    group, event = renewal.drop(asked(), POLICY, act(at=on(date(2025, 4, 1))))
    assert (group.state, group.renewal) == (State.ACTIVE, None)
    assert (group.last_renewal.result, group.last_renewal.closed_on) == (
        "dropped",
        date(2025, 4, 1),
    )
    assert (event.command, list(event.data["kept"])) == ("drop-renewal", ["renewal/1"])
    again, _ = renewal.open_(group, (), POLICY, act(at=on(date(2025, 5, 1))))
    assert again.renewal.number == 2


def test_a_dropped_revival_leaves_the_group_ended():
    group, _ = renewal.drop(revival(), POLICY, act(at=on(date(2027, 3, 2))))
    assert (group.state, group.ended_on) == (State.DISSOLVED, date(2026, 11, 2))


def test_what_wants_an_answer_is_not_dropped():
    by = act(at=on(date(2026, 10, 1)))
    with pytest.raises(ConflictError, match="wants an answer"):
        renewal.drop(in_renewal(), POLICY, by)
    with pytest.raises(ConflictError, match="before the Board"):
        renewal.drop(before_board(answered(asked(), CHANGED)), POLICY, by)
    with pytest.raises(ConflictError, match="No renewal"):
        renewal.drop(living(), POLICY, by)


# ------------------------------------------------------------------ Answering


@pytest.mark.parametrize(
    ("changes", "by_petition", "missing"),
    [
        ({}, False, []),
        ({"report": ""}, False, ["report"]),
        ({"outcome": ""}, False, ["outcome"]),
        ({"outcome": "lapsed"}, False, ["outcome"]),
        ({"outcome": "gone"}, False, ["outcome"]),
        ({}, True, ["outcome"]),
        ({"outcome": "changed", "name": "Open Records", "charge": "To read."}, True, ["outcome"]),
        ({"outcome": "dissolved"}, True, []),
        ({"outcome": "changed", "name": "Open Records", "charge": "To read."}, False, []),
        ({"outcome": "changed", "name": "Open Metadata", "charge": TEXT.charge}, False, ["charge"]),
        ({"outcome": "changed", "name": "Open Records", "charge": TEXT.charge}, False, []),
        ({"outcome": "changed", "name": "Maps", "charge": "To read."}, False, ["name"]),
        ({"outcome": "changed", "name": "Open Records"}, False, ["charge"]),
        ({"outcome": "changed", "name": "Open Records", "charge": "Read."}, False, ["charge"]),
        ({"outcome": "changed"}, False, ["name", "charge"]),
        ({"outcome": "dissolved", "report": ""}, False, ["report"]),
        ({"outcome": "succeeded", **WITH}, False, []),
        ({"outcome": "succeeded", **WITH, "other": ""}, False, ["other"]),
        ({"outcome": "succeeded", **WITH, "other": "open-metadata"}, False, ["other"]),
        ({"outcome": "succeeded"}, False, ["other", "agreement"]),
        ({"outcome": "merged", **WITH, "name": "Open Maps", "charge": "To map."}, False, []),
        ({"outcome": "merged", **WITH}, False, ["name", "charge"]),
        ({"report": "x" * 4001}, False, ["report"]),
        ({"outcome": "succeeded", **WITH, "agreement": "x" * 601}, False, ["agreement"]),
        (
            {"outcome": "changed", "name": "x" * 121, "charge": "To " + "x" * 1198},
            False,
            ["name", "charge"],
        ),
    ],
)
def test_an_answer_has_what_its_outcome_needs(changes, by_petition, missing):
    answer = replace(ANSWER, **changes)
    assert list(renewal.problems(answer, in_renewal(), by_petition, POLICY)) == missing
    by = act(at=on(date(2026, 9, 1)))
    if missing:
        with pytest.raises(ValidationError) as refused:
            renewal.submit(in_renewal(), answer, by_petition, POLICY, by)
        assert list(refused.value.errors) == missing
    else:
        group, event = renewal.submit(in_renewal(), answer, by_petition, POLICY, by)
        assert group.renewal.stage == Stage.SUBMITTED
        assert event.data["outcome"] == answer.outcome


@pytest.mark.parametrize("outcome", ["dissolved", "succeeded", "merged"])
def test_what_has_ended_is_not_ended_again(outcome):
    answer = replace(ANSWER, **WITH, outcome=outcome, name="Open Maps", charge="To map.")
    assert list(renewal.problems(answer, revival(), False, POLICY)) == ["outcome"]
    assert renewal.problems(ANSWER, revival(), False, POLICY) == {}


def test_a_draft_may_be_unfinished_and_not_too_long():
    by = act(at=on(date(2026, 9, 1)))
    group, event = renewal.save(in_renewal(), Answer(report="We met"), POLICY, by)
    assert (group.renewal.answer.report, group.renewal.saved_at) == ("We met", by.at)
    assert (group.renewal.stage, event.command) == (Stage.OPEN, "save-renewal")
    with pytest.raises(ValidationError, match="another look") as refused:
        renewal.save(group, Answer(report="x" * 4003), POLICY, by)
    assert refused.value.errors == {"report": "Shorten this by 3 characters; 4000 fit."}


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        ("same", ("Open Metadata", TEXT.charge, "", "")),
        ("changed", ("Open Records", "To open records.", "", "")),
        ("succeeded", ("", "", "open-maps", "Their conveners wrote so.")),
        ("merged", ("Open Records", "To open records.", "open-maps", "Their conveners wrote so.")),
        ("dissolved", ("", "", "", "")),
    ],
)
def test_what_another_outcome_would_need_is_not_kept(outcome, kept):
    answer = replace(CHANGED, **WITH, outcome=outcome)
    found = answered(answer=answer).renewal.answer
    assert (found.name, found.charge, found.other, found.agreement) == kept
    assert found.report == ANSWER.report


def test_an_answer_that_was_sent_is_not_sent_or_saved_again():
    by = act(at=on(date(2026, 9, 2)))
    for group, words in ((answered(), "with staff"), (before_board(), "before the Board")):
        with pytest.raises(ConflictError, match=words):
            renewal.submit(group, ANSWER, False, POLICY, by)
        with pytest.raises(ConflictError, match=words):
            renewal.save(group, ANSWER, POLICY, by)
    with pytest.raises(ConflictError, match="No renewal"):
        renewal.save(living(), ANSWER, POLICY, by)


def test_an_answer_is_taken_back_until_the_board_has_it():
    by = act(at=on(date(2026, 9, 5)))
    group, event = renewal.take_back(answered(), by)
    found = group.renewal
    assert (found.stage, found.submitted_at, found.submitted_by) == (Stage.OPEN, None, "")
    assert (found.answer.outcome, event.command) == ("same", "take-back-renewal")
    with pytest.raises(ConflictError, match="before the Board"):
        renewal.take_back(before_board(), by)
    with pytest.raises(ConflictError, match="waiting for its conveners"):
        renewal.take_back(in_renewal(), by)


# ------------------------------------------------------------------ Sent back, with time


@pytest.mark.parametrize("step", ["return", "decline"])
@pytest.mark.parametrize(
    ("day", "lapses"),
    [
        (date(2026, 11, 2), LAPSES),
        (date(2027, 1, 25), LAPSES),
        (date(2027, 1, 26), date(2027, 4, 26)),
        (date(2027, 3, 1), date(2027, 5, 30)),
        (date(2027, 6, 1), date(2027, 8, 30)),
    ],
)
def test_an_answer_that_comes_back_has_the_whole_time_of_grace(step, day, lapses):
    group = before_board()
    told = replace(group.renewal, noticed_on=date(2027, 3, 26))
    group = replace(group, renewal=told)
    if step == "return":
        back, event = renewal.send_back(group, "Say what you read.", POLICY, staff(on(day)))
    else:
        back, event = renewal_outcome.turn_down(
            group, "Say what you read.", POLICY, system(on(day))
        )
    found = back.renewal
    assert (found.stage, found.comments) == (Stage.OPEN, "Say what you read.")
    assert (found.meeting_id, found.document_id, found.document_number) == ("", "", "")
    assert found.lapses_on == lapses
    # Told of another day, they have to be told of this one.
    assert found.noticed_on == (date(2027, 3, 26) if lapses == LAPSES else None)
    assert event.command == f"{step}-renewal"
    assert (back.state, found.answer.outcome) == (State.IN_RENEWAL, "same")


def test_staff_say_why_they_send_an_answer_back():
    by = staff(on(date(2026, 10, 1)))
    with pytest.raises(ValidationError) as refused:
        renewal.send_back(answered(), "", POLICY, by)
    assert list(refused.value.errors) == ["comments"]
    assert renewal.send_back(answered(), "More, please.", POLICY, by)[0].renewal.comments
    with pytest.raises(ConflictError, match="waiting for its conveners"):
        renewal.send_back(in_renewal(), "More, please.", POLICY, by)


def test_a_new_answer_leaves_the_comments_behind():
    by = staff(on(date(2026, 10, 1)))
    group, _ = renewal.send_back(answered(), "More, please.", POLICY, by)
    assert answered(group).renewal.comments == ""


def test_what_was_asked_for_comes_back_without_a_day_on_which_it_lapses():
    group = before_board(answered(asked(), CHANGED))
    back, _ = renewal_outcome.turn_down(group, "No.", POLICY, system(on(date(2026, 3, 1))))
    assert (back.renewal.lapses_on, back.renewal.why) == (None, Why.ASKED)


# ------------------------------------------------------------------ Nobody answered


def test_that_a_group_lapses_is_proposed_and_may_still_be_answered():
    group, event = renewal.propose_lapse(in_renewal(), system(on(date(2027, 4, 26))))
    found = group.renewal
    assert (found.stage, found.answer.outcome) == (Stage.SUBMITTED, "lapsed")
    assert (event.command, event.data["outcome"], group.living) == ("propose-lapse", "lapsed", True)
    by = act(at=on(date(2027, 4, 28)))
    back, _ = renewal.take_back(group, by)
    assert (back.renewal.stage, back.renewal.answer.outcome) == (Stage.OPEN, "")
    assert renewal.submit(back, ANSWER, False, POLICY, by)[0].renewal.answer.outcome == "same"
    with pytest.raises(ConflictError):
        renewal.propose_lapse(answered(), system(on(date(2027, 4, 26))))


def test_the_board_may_let_a_group_that_lapses_live():
    group, _ = renewal.propose_lapse(in_renewal(), system(on(date(2027, 4, 26))))
    group = before_board(group, date(2027, 4, 28))
    back, _ = renewal_outcome.turn_down(
        group, "Ask them again.", POLICY, system(on(date(2027, 6, 1)))
    )
    assert (back.renewal.answer.outcome, back.renewal.lapses_on) == ("", date(2027, 8, 30))


# ------------------------------------------------------------------ By petition, and scheduled


def test_a_petition_is_attached_and_comes_to_nothing():
    by = act(at=on(date(2026, 9, 1)))
    group, event = renewal.attach_petition(in_renewal(kind="interest-group"), "p7", by)
    assert (group.renewal.petition_id, event.command) == ("p7", "petition-renewal")
    late = system(on(date(2027, 3, 1)))
    gone, event = renewal.detach_petition(group, "It expired.", POLICY, late)
    found = gone.renewal
    assert (found.petition_id, found.comments, found.stage) == ("", "It expired.", Stage.OPEN)
    assert found.lapses_on == date(2027, 5, 30)
    assert event.command == "end-renewal-petition"
    with pytest.raises(ConflictError, match="with staff"):
        renewal.attach_petition(answered(), "p7", by)


def test_an_answer_is_scheduled_as_a_document():
    group, event = renewal.schedule(
        answered(), "m1", "Board I", "7.0", "d1", staff(on(date(2026, 10, 1)))
    )
    found = group.renewal
    assert (found.stage, found.meeting_id, found.document_id, found.document_number) == (
        Stage.SCHEDULED,
        "m1",
        "d1",
        "7.0",
    )
    assert event.data == {
        "renewal": 1,
        "outcome": "same",
        "meeting": "m1",
        "meeting_title": "Board I",
        "document": "7.0",
    }
    with pytest.raises(ConflictError, match="waiting for its conveners"):
        before_board(in_renewal())
