"""Invitations to convene, and reminders to those who have not confirmed."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Person, Role
from chalicelib.domain.petitions import conveners as rules
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.petitions.text import Convener
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing import signing
from chalicelib.domain.signing.signature import State as Signed
from tests.domain.builders import (
    ADA,
    DAY,
    HOUR,
    LEAD,
    NOW,
    OTHER_CONVENER,
    POLICY,
    SECOND,
    TEXT,
    act,
    actor,
    begun,
    collecting,
    new_signature,
    petition_in,
)

BO = Person(id="bo", name="Bo Grand", email="BO@example.org")
ASKED = replace(OTHER_CONVENER, accepted=False)
KEY = key_of(ASKED.email)


def with_bo(state: State = State.DRAFT, **changes):
    return replace(petition_in(state), conveners=(LEAD, replace(ASKED, **changes)))


def as_bo(at=NOW):
    return act(BO, Role.INVITED, at)


# Who convenes


def test_who_has_not_agreed_convenes_nothing_and_is_not_named():
    petition = with_bo()
    assert not petition.convened_by("bo@example.org")
    assert petition.invites("BO@example.org")
    assert petition.acting == (LEAD,)
    assert not petition.invites(LEAD.email)
    assert petition.convened_by(LEAD.email)


def test_rows_from_before_invitations_stay_conveners():
    assert Convener(name="Bo", email="bo@example.org").accepted


# Inviting


@pytest.mark.parametrize("state", list(State))
def test_co_conveners_are_invited_until_the_petition_is_submitted(state):
    petition = with_bo(state)
    if state not in {State.DRAFT, State.COLLECTING, State.RETURNED}:
        with pytest.raises(ConflictError, match="before the petition is submitted"):
            rules.to_invite(petition, {}, POLICY, NOW)
        return
    assert rules.to_invite(petition, {}, POLICY, NOW) == [ASKED]
    new, event = rules.invite(petition, [ASKED], act())
    assert new.conveners == (LEAD, replace(ASKED, invited_at=NOW))
    assert (new.state, new.version) == (state, petition.version + 1)
    assert (event.command, event.data) == ("invite", {"invited": 1})


@pytest.mark.parametrize(
    ("ago", "letters", "goes"),
    [
        (None, 0, True),
        (None, 2, True),
        (None, 3, False),
        (DAY, 1, True),
        (DAY - SECOND, 1, False),
        (DAY, 3, False),
        (30 * DAY, 3, False),
    ],
)
def test_once_a_day_and_three_times_at_most(ago, letters, goes):
    petition = with_bo(invited_at=NOW - ago if ago else None)
    found = rules.invitable(petition, {KEY: letters}, POLICY, NOW)
    assert bool(found) is goes
    if not goes:
        with pytest.raises(ConflictError):
            rules.to_invite(petition, {KEY: letters}, POLICY, NOW)


def test_a_refusal_says_why_and_when_it_is_possible():
    with pytest.raises(ConflictError, match="every co-convener named here has accepted"):
        rules.to_invite(begun(), {}, POLICY, NOW)
    with pytest.raises(ConflictError, match=r"again from January 27, 2024, 12:00 p\.m\. CST"):
        rules.to_invite(with_bo(invited_at=NOW - HOUR), {KEY: 1}, POLICY, NOW)
    with pytest.raises(ConflictError, match="invited 3 times, which is the most"):
        rules.to_invite(with_bo(invited_at=NOW - DAY), {KEY: 3}, POLICY, NOW)


def test_only_those_who_may_be_are_invited():
    cy = Convener(name="Cy", email="cy@example.org", accepted=False, invited_at=NOW - HOUR)
    petition = replace(begun(), conveners=(LEAD, ASKED, cy))
    chosen = rules.to_invite(petition, {}, POLICY, NOW)
    assert chosen == [ASKED]
    new, _ = rules.invite(petition, chosen, act())
    assert new.conveners[2] == cy


# Answering


@pytest.mark.parametrize("state", list(State))
def test_an_invitation_is_answered_while_the_petition_is_not_ended(state):
    petition = with_bo(state, invited_at=NOW - DAY)
    if state in {"approved", "declined", "withdrawn", "expired", "rejected"}:
        for answer in (rules.accept, rules.decline):
            with pytest.raises(ConflictError, match=f"This petition is {state}"):
                answer(petition, as_bo())
        return
    joined, event = rules.accept(petition, as_bo())
    assert joined.convened_by("bo@example.org")
    assert (event.command, event.actor_role) == ("accept-invitation", "invited")
    assert joined.text_digest == petition.text_digest
    left, event = rules.decline(petition, as_bo())
    assert left.conveners == (LEAD,)
    assert event.command == "decline-invitation"


def test_a_record_holds_no_address():
    petition = with_bo()
    events = [
        rules.invite(petition, [ASKED], act())[1],
        rules.accept(petition, as_bo())[1],
        rules.decline(petition, as_bo())[1],
    ]
    assert all("@" not in str(event) for event in events)


def test_case_14_when_only_a_co_convener_changes_signatures_stand():
    petition = replace(collecting(verified=25), conveners=(LEAD, ASKED))
    signature = new_signature(petition)
    joined, _ = rules.accept(petition, as_bo())
    assert signatures.stands_for(signature, joined)
    assert (joined.confirmed, joined.verified) == (0, 25)


def test_nobody_but_the_invited_is_invited():
    assert rules.invited_as(with_bo(), actor(BO)) == ASKED
    assert rules.invited_as(with_bo(), actor(ADA)) is None
    assert rules.invited_as(with_bo(accepted=True), actor(BO)) is None


# Reminding

OPENED = collecting()
CLOSES = OPENED.closes_at


@pytest.mark.parametrize(
    ("reminded", "at", "left", "words"),
    [
        ((), NOW, 2, ""),
        ((DAY,), NOW + 8 * DAY, 1, ""),
        ((DAY,), NOW + 8 * DAY - SECOND, 1, "can be sent from February 3, 2024"),
        ((DAY, 9 * DAY), NOW + 90 * DAY, 0, "reminded 2 times already"),
        ((), CLOSES + 24 * HOUR, 2, ""),
        ((), CLOSES + 24 * HOUR + SECOND, 0, "time to confirm is over"),
        # Before the petition was returned and opened again: another collection.
        ((-60 * DAY, -50 * DAY), NOW, 2, ""),
        ((-60 * DAY, -3 * DAY), NOW, 2, "can be sent from January 30, 2024"),
    ],
)
def test_a_reminder_is_possible_once_a_week_and_twice_in_all(reminded, at, left, words):
    petition = replace(OPENED, reminded_at=tuple(NOW + ago for ago in reminded))
    found = rules.reminders(petition, POLICY, at)
    assert found.left == left
    if words:
        assert words in found.refusal
        with pytest.raises(ConflictError, match=words):
            rules.remind(petition, True, POLICY, act(at=at))
        return
    assert found.refusal == ""
    new, event = rules.remind(petition, True, POLICY, act(at=at))
    assert new.reminded_at == (*petition.reminded_at, at)
    assert (event.command, new.state) == ("remind", State.COLLECTING)


@pytest.mark.parametrize("state", sorted(set(State) - {State.COLLECTING}))
def test_nobody_is_reminded_of_a_petition_that_does_not_collect(state):
    with pytest.raises(ConflictError, match="while the petition is open for signatures"):
        rules.remind(replace(OPENED, state=state), True, POLICY, act())


def test_nobody_is_reminded_of_a_paused_petition_or_in_vain():
    with pytest.raises(ConflictError, match="paused"):
        rules.remind(replace(OPENED, paused_at=NOW), True, POLICY, act())
    with pytest.raises(ConflictError, match="nobody to remind"):
        rules.remind(OPENED, False, POLICY, act())


def waits(**changes):
    signature = new_signature(OPENED, created_at=NOW - DAY)
    return replace(signature, letters=1, version=1, **changes)


ASKING = replace(OPENED, reminded_at=(NOW,))


@pytest.mark.parametrize(
    ("changes", "goes"),
    [
        ({}, True),
        ({"created_at": NOW - DAY + SECOND}, False),
        ({"letter": "confirm"}, False),
        ({"edition": 7}, False),
        ({"text_digest": "another"}, False),
        ({"reminded_at": NOW}, False),
        ({"reminded_at": NOW - 7 * DAY}, True),
        *[({"state": state}, False) for state in Signed if state != Signed.PENDING],
    ],
)
def test_whom_a_reminder_is_for(changes, goes):
    signature = replace(waits(), **changes)
    new = signing.remind(ASKING, signature, POLICY, NOW + HOUR)
    if not goes:
        assert new is None
        return
    assert (new.letter, new.letters, new.version) == ("confirm", 2, 2)
    assert new.reminded_at == NOW
    # The job again, after a crash: this signatory was reminded.
    assert signing.remind(ASKING, replace(new, letter=""), POLICY, NOW + HOUR) is None


def test_the_most_letters_to_one_address_hold_for_reminders_too():
    most = POLICY.limits.letters_per_signature
    full, left = replace(waits(), letters=most), replace(waits(), letters=most - 1)
    assert signing.remind(ASKING, full, POLICY, NOW) is None
    assert signing.remind(ASKING, left, POLICY, NOW).letters == most


@pytest.mark.parametrize(
    "petition",
    [
        OPENED,
        replace(ASKING, state=State.WITHDRAWN),
        replace(ASKING, paused_at=NOW),
        replace(ASKING, closes_at=NOW - 2 * DAY),
    ],
    ids=["nobody asked", "ended", "paused", "too late"],
)
def test_a_reminder_that_came_too_late_is_not_sent(petition):
    assert signing.remind(petition, waits(), POLICY, NOW + HOUR) is None


def test_a_text_written_anew_is_not_reminded_of():
    changed = replace(TEXT, charge="To differ.")
    rewritten, _ = petitions.edit(
        replace(ASKING, state=State.DRAFT), changed, (LEAD,), POLICY, act()
    )
    again, _ = petitions.publish(rewritten, POLICY, act())
    assert signing.remind(again, waits(), POLICY, NOW + HOUR) is None
