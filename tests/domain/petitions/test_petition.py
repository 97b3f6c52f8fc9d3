"""A petition's life: which command each state has, and what each one demands."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.domain.errors import ConflictError, IllegalTransitionError, ValidationError
from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.petitions.corrections import correct
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.policy import rules as policies
from tests.domain.builders import (
    DAY,
    HOUR,
    LEAD,
    NOW,
    OTHER_CONVENER,
    POLICY,
    SECOND,
    TEXT,
    act,
    begun,
    chicago,
    collecting,
    petition_in,
    returned,
    staff,
    system,
)

# Each command with arguments that are right, so that only the state can refuse it.
LATE = NOW + 400 * DAY
RUN = {
    "edit": lambda p: rules.edit(p, TEXT, (LEAD,), POLICY, act()),
    "publish": lambda p: rules.publish(p, POLICY, act()),
    "reach-threshold": lambda p: rules.reach_threshold(p, POLICY, system()),
    "pause": lambda p: rules.pause(p, "Many came at once.", staff()),
    "resume": lambda p: rules.resume(replace(p, paused_at=NOW), POLICY, staff(NOW + DAY)),
    "submit": lambda p: rules.submit(p, POLICY, act()),
    "verify": lambda p: rules.verify(p, 1, "digest", POLICY, staff()),
    "schedule": lambda p: rules.schedule(p, "m1", "Board I", "5.0", staff()),
    "approve": lambda p: rules.approve(p, "open-metadata", "v1", "9 yes, 2 no", staff()),
    "decline": lambda p: rules.decline(p, "v1", "2 yes, 9 no", staff()),
    "return": lambda p: rules.send_back(p, "Say who it is for.", POLICY, staff()),
    "revise": lambda p: rules.revise(p, act()),
    "correct": lambda p: correct(
        p, replace(p.text, background=p.text.background + " So."), "Lost.", POLICY, staff()
    ),
    "withdraw": lambda p: rules.withdraw(p, "", act()),
    "expire": lambda p: rules.expire(replace(p, verified=0), POLICY, system(LATE)),
    "reject": lambda p: rules.reject(p, "duplicate", "See Open Records.", POLICY, staff()),
}

# Written out from the design, not from the code: what each state allows and where it leads.
LEADS_TO = {
    "draft": {"edit": "draft", "publish": "collecting", "withdraw": "withdrawn"},
    "collecting": {
        "reach-threshold": "collecting",
        "pause": "collecting",
        "resume": "collecting",
        "submit": "submitted",
        "correct": "collecting",
        "withdraw": "withdrawn",
        "expire": "expired",
        "reject": "rejected",
    },
    "submitted": {
        "verify": "verified",
        "correct": "submitted",
        "return": "returned",
        "withdraw": "withdrawn",
        "reject": "rejected",
    },
    "verified": {
        "correct": "verified",
        "schedule": "scheduled",
        "return": "returned",
        "withdraw": "withdrawn",
        "reject": "rejected",
    },
    "scheduled": {
        "schedule": "scheduled",
        "approve": "approved",
        "decline": "declined",
        "return": "returned",
        "withdraw": "withdrawn",
    },
    "returned": {"revise": "draft", "withdraw": "withdrawn"},
    "approved": {},
    "declined": {},
    "withdrawn": {},
    "expired": {},
    "rejected": {},
}


def test_the_table_walked_here_is_complete():
    assert set(RUN) == set(rules.TRANSITIONS)
    assert set(LEADS_TO) == {str(s) for s in State}


@pytest.mark.parametrize("command", RUN)
@pytest.mark.parametrize("state", [str(s) for s in State])
def test_every_state_with_every_command(state, command):
    before = petition_in(State(state))
    if command in LEADS_TO[state]:
        after, event = RUN[command](before)
        assert after.state == LEADS_TO[state][command]
        assert (event.command, event.before, event.after) == (command, state, after.state)
        assert after.version == before.version + 1
        return
    with pytest.raises(IllegalTransitionError) as refused:
        RUN[command](before)
    assert (refused.value.state, refused.value.command) == (state, command)
    # What jobs do by themselves, or a vote brings about, is no advice to a person.
    advice = set(LEADS_TO[state]) - {"expire", "reach-threshold", "approve", "decline"}
    assert set(refused.value.possible) == advice
    # In words, without the names that the code gives its commands.
    assert f"is {state} by now" in refused.value.message


# Publishing


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Open"),
        ("charge", ""),
        ("charge", "Discussing records."),
        ("charge", "to discuss records."),
        ("charge", "Together, we discuss records."),
        ("charge", "To"),
        ("background", ""),
        ("background", "x" * 39),
        ("goal_area", ""),
    ],
)
def test_publish_names_what_is_missing(field, value):
    draft = replace(begun(), text=replace(TEXT, **{field: value}))
    with pytest.raises(ValidationError) as refused:
        rules.publish(draft, POLICY, act())
    assert set(refused.value.errors) == {field}


def test_publish_names_everything_missing_at_once():
    blank, _ = rules.begin("p1", "discussion-group", replace(LEAD, name=""), POLICY, act())
    with pytest.raises(ValidationError) as refused:
        rules.publish(blank, POLICY, act())
    assert set(refused.value.errors) == {"name", "charge", "background", "goal_area", "conveners"}


def test_a_charge_that_does_not_begin_with_to_is_told_how():
    draft = replace(begun(), text=replace(TEXT, charge="Discuss records."))
    with pytest.raises(ValidationError) as refused:
        rules.publish(draft, POLICY, act())
    assert "“To”" in refused.value.errors["charge"]


def test_the_shortest_text_that_may_be_published():
    text = replace(TEXT, name="Maps!", charge="To map.", background="x" * 40, questions=())
    published, _ = rules.publish(replace(begun(), text=text), POLICY, act())
    assert published.state == State.COLLECTING


@pytest.mark.parametrize(
    ("opened", "closes"),
    [
        # 180 days later, at the end of the day in Chicago: UTC-5 in summer, UTC-6 in winter.
        pytest.param(
            chicago(2024, 1, 26, 13), datetime(2024, 7, 25, 4, 59, 59, tzinfo=UTC), id="into-summer"
        ),
        pytest.param(
            chicago(2024, 7, 1, 9), datetime(2024, 12, 29, 5, 59, 59, tzinfo=UTC), id="into-winter"
        ),
        pytest.param(
            chicago(2024, 3, 20, 9), datetime(2024, 9, 17, 4, 59, 59, tzinfo=UTC), id="no-change"
        ),
        # The window's last day is the day on which the clocks change.
        pytest.param(
            chicago(2023, 9, 12, 9), datetime(2024, 3, 11, 4, 59, 59, tzinfo=UTC), id="last-day"
        ),
        # Late in the evening in Chicago it is the next day in UTC already.
        pytest.param(
            chicago(2024, 1, 26, 23, 30), datetime(2024, 7, 25, 4, 59, 59, tzinfo=UTC), id="evening"
        ),
    ],
)
def test_the_window_closes_at_the_end_of_a_day_in_the_zone(opened, closes):
    published, _ = rules.publish(begun(at=opened), POLICY, act(at=opened))
    assert published.closes_at == closes
    assert published.opened_at == opened


def test_signing_is_open_to_the_last_second_and_confirming_a_day_longer():
    petition = collecting()
    closes = petition.closes_at
    assert rules.open_for_signing(petition, closes)
    assert not rules.open_for_signing(petition, closes + SECOND)
    assert rules.open_for_confirming(petition, POLICY, closes + 24 * HOUR)
    assert not rules.open_for_confirming(petition, POLICY, closes + 24 * HOUR + SECOND)


@pytest.mark.parametrize("state", [s for s in State if s != State.COLLECTING])
def test_only_a_collecting_petition_takes_signatures(state):
    petition = petition_in(state)
    assert not rules.open_for_signing(petition, NOW)
    assert not rules.open_for_confirming(petition, POLICY, NOW)


# Beginning and editing


def test_a_kind_that_the_policy_does_not_have_cannot_be_begun():
    with pytest.raises(ValidationError) as refused:
        rules.begin("p1", "committee", LEAD, POLICY, act())
    assert set(refused.value.errors) == {"kind"}


def test_a_petition_begins_on_the_day_that_it_is_in_the_zone():
    petition, _ = rules.begin(
        "p1", "discussion-group", LEAD, POLICY, act(at=datetime(2024, 1, 27, 2, 0, tzinfo=UTC))
    )
    assert petition.begun_on == date(2024, 1, 26)


def test_an_unfinished_draft_can_be_saved():
    petition, _ = rules.edit(begun(), replace(TEXT, charge="", name="O"), (LEAD,), POLICY, act())
    assert (petition.text.charge, petition.text.name) == ("", "O")


@pytest.mark.parametrize(
    "field", ["name", "charge", "background", "stakeholders", "fiscal_impact", "goal_area"]
)
def test_an_answer_over_its_limit_is_named_with_by_how_much(field):
    most = getattr(POLICY.limits, field, 0)
    if most:
        fits, _ = rules.edit(begun(), replace(TEXT, **{field: "x" * most}), (LEAD,), POLICY, act())
        assert getattr(fits.text, field) == "x" * most
    with pytest.raises(ValidationError) as refused:
        rules.edit(begun(), replace(TEXT, **{field: "x" * (most + 7)}), (LEAD,), POLICY, act())
    assert set(refused.value.errors) == {field}
    if most:
        assert "by 7 characters" in refused.value.errors[field]


def test_too_many_or_too_long_questions_and_conveners_are_named():
    limits = POLICY.limits
    questions = ("ok?", "x" * (limits.question + 1), *["more?"] * (limits.questions - 1))
    conveners = (LEAD,) * (limits.conveners + 1)
    with pytest.raises(ValidationError) as refused:
        rules.edit(begun(), replace(TEXT, questions=questions), conveners, POLICY, act())
    assert set(refused.value.errors) == {"questions", "questions-1", "conveners"}
    allowed, _ = rules.edit(
        begun(),
        replace(TEXT, questions=("x" * limits.question,) * limits.questions),
        (LEAD,) * limits.conveners,
        POLICY,
        act(),
    )
    assert len(allowed.text.questions) == limits.questions


@pytest.mark.parametrize("spelling", ["ada@example.org", "ADA@Example.ORG", " Ada@example.org "])
def test_a_convener_is_known_however_the_address_is_spelled(spelling):
    assert begun().convened_by(spelling)
    assert not begun().convened_by("bo@example.org")


# The threshold


@pytest.mark.parametrize(("kind", "needed"), [("discussion-group", 25), ("interest-group", 75)])
def test_submit_needs_the_number_of_its_kind(kind, needed):
    petition, _ = rules.publish(begun(kind), POLICY, act())
    short = replace(petition, verified=needed - 1, confirmed=500)
    with pytest.raises(ConflictError) as refused:
        rules.submit(short, POLICY, act())
    assert f"{needed} verified signatures are needed" in refused.value.message
    assert f"there are {needed - 1}" in refused.value.message
    assert "1 more" in refused.value.message
    submitted, _ = rules.submit(replace(petition, verified=needed), POLICY, act())
    assert submitted.state == State.SUBMITTED


def test_submit_after_the_window_is_allowed_once_the_number_is_reached():
    petition = collecting(verified=25)
    submitted, _ = rules.submit(petition, POLICY, act(at=petition.closes_at + 90 * DAY))
    assert submitted.state == State.SUBMITTED


def later_rule(holds_from: str, signatures: int) -> policies.Policy:
    """The real policy with another entry for discussion groups added below."""
    text = (Path(policies.__file__).parents[2] / "policy.toml").read_text("utf-8")
    return policies.parse(
        text
        + f"""
[[unit]]
kind = "discussion-group"
label = "Discussion group"
holds_from = {holds_from}
signatures = {signatures}
collection_days = 90
late_confirm_hours = 1
summary = "Changed."
source = "A decision invented for this test"
"""
    )


def test_a_petition_keeps_the_rule_that_it_was_begun_under():
    policy = later_rule("2024-02-01", 40)
    before = begun(at=chicago(2024, 1, 31, 23, 59, 59), policy=policy)
    since = begun(at=chicago(2024, 2, 1), policy=policy)
    later = act(at=chicago(2024, 3, 1, 12))
    old, _ = rules.publish(before, policy, later)
    new, _ = rules.publish(since, policy, later)

    assert old.closes_at == chicago(2024, 8, 28, 23, 59, 59)  # 180 days
    assert new.closes_at == chicago(2024, 5, 30, 23, 59, 59)  # 90 days
    assert rules.submit(replace(old, verified=25), policy, later)[0].state == State.SUBMITTED
    with pytest.raises(ConflictError, match="40 verified signatures are needed; there are 39"):
        rules.submit(replace(new, verified=39), policy, later)
    assert rules.submit(replace(new, verified=40), policy, later)[0].state == State.SUBMITTED
    assert rules.open_for_confirming(old, policy, old.closes_at + 24 * HOUR)
    assert not rules.open_for_confirming(new, policy, new.closes_at + 2 * HOUR)
    assert not rules.crossed_threshold(replace(new, verified=39), policy)
    assert rules.crossed_threshold(replace(old, verified=25), policy)


def test_a_returned_petition_keeps_its_rule_too():
    policy = later_rule("2024-02-01", 40)
    again, _ = rules.publish(returned(verified=25), policy, act(at=chicago(2024, 6, 1)))
    assert rules.submit(again, policy, act(at=chicago(2024, 6, 2)))[0].state == State.SUBMITTED


def test_the_threshold_is_put_on_record_once():
    petition = collecting(verified=25)
    assert not rules.crossed_threshold(collecting(verified=24, confirmed=10), POLICY)
    reached, event = rules.reach_threshold(petition, POLICY, system())
    assert reached.threshold_at == NOW
    assert event.data == {"needed": 25}
    with pytest.raises(ConflictError):
        rules.reach_threshold(reached, POLICY, system())
    with pytest.raises(ConflictError):
        rules.reach_threshold(replace(reached, verified=30), POLICY, system())
    with pytest.raises(ConflictError):
        rules.reach_threshold(collecting(verified=24), POLICY, system())


@pytest.mark.parametrize(
    ("verified", "after", "expires"),
    [
        (24, -SECOND, False),
        (24, 0 * SECOND, False),
        (24, SECOND, False),
        (24, 24 * HOUR, False),
        (24, 24 * HOUR + SECOND, True),
        (0, 24 * HOUR + SECOND, True),
        (25, 24 * HOUR + SECOND, False),
        (25, 500 * DAY, False),
    ],
)
def test_a_petition_expires_when_even_late_confirmations_are_over(verified, after, expires):
    petition = collecting(verified)
    moment = petition.closes_at + after
    assert rules.should_expire(petition, POLICY, moment) is expires
    if expires:
        ended, event = rules.expire(petition, POLICY, system(moment))
        assert ended.state == State.EXPIRED
        assert event.data == {"verified": verified, "needed": 25}
    else:
        with pytest.raises(ConflictError):
            rules.expire(petition, POLICY, system(moment))


def test_conveners_do_not_lose_by_signatures_that_staff_have_not_decided():
    after = collecting().closes_at + 30 * DAY
    assert not rules.should_expire(collecting(24, confirmed=1), POLICY, after)
    assert rules.should_expire(collecting(23, confirmed=1), POLICY, after)


@pytest.mark.parametrize("state", [s for s in State if s != State.COLLECTING])
def test_nothing_but_a_collecting_petition_expires(state):
    assert not rules.should_expire(petition_in(state, verified=0), POLICY, LATE)


# Staff's checks


def test_verify_waits_for_undecided_signatures_and_for_enough():
    petition = petition_in(State.SUBMITTED)
    with pytest.raises(ConflictError, match="2 confirmed signatures not yet decided"):
        rules.verify(replace(petition, confirmed=2), 3, "digest", POLICY, staff())
    with pytest.raises(ConflictError, match="1 confirmed signature not yet decided"):
        rules.verify(replace(petition, confirmed=1), 3, "digest", POLICY, staff())
    with pytest.raises(ConflictError, match="24 of 25"):
        rules.verify(replace(petition, verified=24), 3, "digest", POLICY, staff())


def test_the_verification_statement_says_who_when_and_against_which_roster():
    petition, event = rules.verify(
        petition_in(State.SUBMITTED), 3, "digest", POLICY, staff(NOW + DAY)
    )
    assert petition.verified_by == "Sam Ostrow"
    assert petition.verified_at == NOW + DAY
    assert (petition.roster_version, petition.roster_digest) == (3, "digest")
    assert event.data == {
        "verified": 25,
        "needed": 25,
        "roster_version": 3,
        "roster_digest": "digest",
    }


def test_returning_needs_comments_of_a_length_that_is_read():
    petition = petition_in(State.SCHEDULED)
    with pytest.raises(ValidationError) as refused:
        rules.send_back(petition, "", POLICY, staff())
    assert set(refused.value.errors) == {"comments"}
    most = POLICY.limits.comment
    with pytest.raises(ValidationError, match="another look") as refused:
        rules.send_back(petition, "x" * (most + 2), POLICY, staff())
    assert "by 2 characters" in refused.value.errors["comments"]
    sent, _ = rules.send_back(petition, "x" * most, POLICY, staff())
    assert sent.comments == "x" * most


def test_a_returned_petition_leaves_its_meeting():
    petition, _ = rules.schedule(petition_in(State.VERIFIED), "m1", "Board I", "5.0", staff())
    assert (petition.meeting_id, petition.document_number) == ("m1", "5.0")
    sent, _ = rules.send_back(petition, "Say who it is for.", POLICY, staff())
    assert (sent.meeting_id, sent.document_number) == ("", "")


def test_rejecting_needs_a_reason_of_the_policy_and_an_explanation():
    petition = petition_in(State.SUBMITTED)
    with pytest.raises(ValidationError) as refused:
        rules.reject(petition, "dislike", "No.", POLICY, staff())
    assert set(refused.value.errors) == {"code"}
    with pytest.raises(ValidationError) as refused:
        rules.reject(petition, "duplicate", "", POLICY, staff())
    assert set(refused.value.errors) == {"explanation"}
    ended, event = rules.reject(petition, "duplicate", "See Open Records.", POLICY, staff())
    assert ended.reason == "A group with this purpose exists already. See Open Records."
    assert event.data["code"] == "duplicate"


# Returned, revised, published again


def republished(text=TEXT, conveners=(LEAD,)):
    """A petition that came back with 25 verified and 3 confirmed, published with this text."""
    petition, _ = rules.edit(returned(25, 3), text, conveners, POLICY, act(at=NOW + DAY))
    return rules.publish(petition, POLICY, act(at=NOW + 2 * DAY))


@pytest.mark.parametrize(
    ("text", "conveners"),
    [
        pytest.param(TEXT, (LEAD,), id="nothing"),
        pytest.param(TEXT, (LEAD, OTHER_CONVENER), id="co-convener"),
        pytest.param(replace(TEXT, goal_area=POLICY.goal_areas[1]), (LEAD,), id="goal-area"),
        pytest.param(replace(TEXT, fiscal_impact="Two hours a month."), (LEAD,), id="fiscal-note"),
    ],
)
def test_signatures_stand_when_what_was_signed_did_not_change(text, conveners):
    petition, event = republished(text, conveners)
    assert (petition.verified, petition.confirmed) == (25, 3)
    assert petition.text_digest == collecting().text_digest
    assert event.data["signatures_kept"] is True
    assert rules.submit(petition, POLICY, act())[0].state == State.SUBMITTED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(replace(TEXT, name="Open Metadata!"), id="name"),
        pytest.param(replace(TEXT, charge=TEXT.charge + " And more."), id="charge"),
        pytest.param(replace(TEXT, background=TEXT.background + " "), id="background"),
        pytest.param(replace(TEXT, questions=()), id="question-gone"),
        pytest.param(replace(TEXT, questions=(*TEXT.questions, "Why?")), id="question-added"),
    ],
)
def test_signatures_do_not_count_when_what_was_signed_changed(text):
    petition, event = republished(text)
    assert (petition.verified, petition.confirmed) == (0, 0)
    assert petition.text_digest != collecting().text_digest
    assert petition.threshold_at is None
    assert event.data["signatures_kept"] is False
    with pytest.raises(ConflictError, match="there are 0"):
        rules.submit(petition, POLICY, act())


def test_the_order_of_questions_is_part_of_what_was_signed():
    two = replace(TEXT, questions=("First?", "Second?"))
    published, _ = rules.publish(replace(begun(), text=two), POLICY, act())
    swapped = replace(TEXT, questions=("Second?", "First?"))
    again, _ = rules.publish(replace(published, state=State.DRAFT, text=swapped), POLICY, act())
    assert again.text_digest != published.text_digest


def test_publishing_again_opens_a_new_window_and_keeps_the_comments():
    petition, _ = republished()
    assert petition.opened_at == NOW + 2 * DAY
    assert petition.closes_at == collecting(at=NOW + 2 * DAY).closes_at
    # Signatories who are asked again read why the text was changed.
    assert petition.comments == "Say who it is for."


def test_a_threshold_reached_before_the_return_is_announced_anew_only_for_a_new_text():
    draft = replace(returned(25), threshold_at=NOW)
    same, _ = rules.publish(draft, POLICY, act())
    assert not rules.crossed_threshold(same, POLICY)
    changed = replace(draft, text=replace(TEXT, name="Open Records"))
    other, _ = rules.publish(changed, POLICY, act())
    assert rules.crossed_threshold(replace(other, verified=25), POLICY)


# The record


def test_a_saved_draft_names_its_conveners_and_the_text_that_was_saved():
    petition, event = rules.edit(begun(), TEXT, (LEAD, OTHER_CONVENER), POLICY, act())
    assert [c.name for c in petition.conveners] == ["Ada Fell", "Bo Grand"]
    assert petition.convened_by("bo@example.org")
    assert event.data == {"text": collecting().text_digest}


def test_submitting_puts_the_count_and_the_text_on_record():
    petition, event = rules.submit(collecting(27), POLICY, act(at=NOW + DAY))
    assert petition.submitted_at == NOW + DAY
    assert event.data == {"verified": 27, "needed": 25, "text": petition.text_digest}
    # The number stays beside the count of now; a petition that goes back begins anew.
    assert petition.submitted_with == 27
    back, _ = rules.send_back(petition, "Say who it is for.", POLICY, staff())
    assert back.submitted_with == 0


def test_the_record_of_a_petition_leads_to_its_meeting_its_motion_and_its_group():
    _, scheduled = rules.schedule(petition_in(State.VERIFIED), "m1", "Board I", "5.0", staff())
    approved, granted = rules.approve(
        petition_in(State.SCHEDULED), "open", "v1", "9 yes, 2 no", staff()
    )
    _, refused = rules.decline(petition_in(State.SCHEDULED), "v1", "2 yes, 9 no", staff())
    assert scheduled.data == {"meeting": "m1", "meeting_title": "Board I", "document": "5.0"}
    assert granted.data == {"motion": "v1", "group": "open", "vote": "9 yes, 2 no"}
    assert refused.data == {"motion": "v1", "vote": "2 yes, 9 no"}
    assert approved.group_slug == "open"


def test_a_withdrawn_petition_keeps_its_reason():
    petition, event = rules.withdraw(collecting(), "We join another group.", act())
    assert petition.reason == event.data["reason"] == "We join another group."
