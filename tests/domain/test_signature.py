"""A signature: signed, confirmed, taken back, decided by staff, and what it counts."""

from dataclasses import replace

import pytest

from chalicelib.domain import petition as petitions
from chalicelib.domain import signature as rules
from chalicelib.domain.errors import Conflict, Invalid
from chalicelib.domain.petition import State as PetitionState
from chalicelib.domain.signature import Match, State

from .builders import (
    HOUR,
    NOW,
    POLICY,
    SECOND,
    TEXT,
    act,
    collecting,
    new_signature,
    petition_in,
    returned,
)

PETITION = collecting()
LIMIT = POLICY.limits.letters_per_signature


def signed(**changes):
    """A pending signature as the store holds it after the form was sent."""
    first = rules.sign(PETITION, None, new_signature(PETITION), POLICY, NOW)
    return replace(first, **changes)


def in_state(state: State, **changes):
    """A signature in the state."""
    match = Match("email", 1) if state == State.VERIFIED else None
    confirmed_at = None if state == State.PENDING else NOW
    base = {"state": state, "match": match, "confirmed_at": confirmed_at, "letter": ""}
    return signed(**(base | changes))


def sign_again(existing, now=NOW, **answers):
    """Somebody sends the form once more."""
    return rules.sign(PETITION, existing, new_signature(PETITION, **answers), POLICY, now)


def confirm(signature, petition=PETITION, on_roster=True, now=NOW, roster_version=1):
    """Somebody opens the link and presses the button."""
    return rules.confirm(petition, signature, on_roster, roster_version, POLICY, now)


def with_other_text(petition=None):
    """The petition back before members with a charge that nobody signed yet."""
    draft = petition or returned()
    changed = replace(draft, text=replace(TEXT, charge="To do something else."))
    return petitions.publish(changed, POLICY, act())[0]


# Signing


def test_a_first_signature_waits_for_its_confirmation():
    stored = signed()
    assert stored.state == State.PENDING
    assert (stored.letter, stored.letters, stored.version) == ("confirm", 1, 1)
    assert rules.counts(stored, PETITION) == (0, 0)


def test_a_pending_signature_asks_again_up_to_the_limit_and_then_is_silent():
    stored = signed()
    for letters in range(2, LIMIT + 1):
        stored = sign_again(stored)
        assert (stored.letter, stored.letters, stored.state) == ("confirm", letters, State.PENDING)
        assert stored.version == letters  # so that two at once are told apart
    assert LIMIT == 5
    assert sign_again(stored) is None


@pytest.mark.parametrize("state", [State.CONFIRMED, State.VERIFIED])
def test_signing_twice_changes_nothing_and_tells_the_owner_of_the_address(state):
    existing = in_state(state)
    again = sign_again(existing, name="Somebody Else", institution="Elsewhere", named=False)
    assert again.letter == "already"
    assert (again.letters, again.version) == (existing.letters + 1, existing.version + 1)
    same = replace(
        again, letter=existing.letter, letters=existing.letters, version=existing.version
    )
    assert same == existing


def test_the_owner_of_an_address_is_not_flooded_with_letters():
    assert sign_again(in_state(State.VERIFIED, letters=LIMIT)) is None
    assert sign_again(in_state(State.VERIFIED, letters=LIMIT - 1)).letters == LIMIT


def test_a_signature_that_staff_set_aside_does_not_come_back_by_signing_again():
    assert sign_again(in_state(State.INVALIDATED)) is None


def test_somebody_who_withdrew_can_sign_again_with_new_answers():
    existing = in_state(State.WITHDRAWN, version=4, letters=2)
    again = sign_again(existing, name="Cy Holm-Reyes", named=False)
    assert (again.state, again.letter, again.name) == (State.PENDING, "confirm", "Cy Holm-Reyes")
    assert again.named is False
    assert again.confirmed_at is None
    assert again.match is None
    # The next version of the same row: never a second signature beside it.
    assert (again.key, again.version, again.letters) == (existing.key, 5, 3)


def test_withdrawing_and_signing_over_and_over_does_not_lift_the_limit_on_letters():
    assert sign_again(in_state(State.WITHDRAWN, letters=LIMIT)) is None


def test_the_last_second_of_the_window_is_in_time_to_sign():
    closes = PETITION.closes_at
    assert rules.sign(PETITION, None, new_signature(PETITION), POLICY, closes) is not None
    with pytest.raises(Conflict) as refused:
        rules.sign(PETITION, None, new_signature(PETITION), POLICY, closes + SECOND)
    assert refused.value.message == (
        "Signing closed on July 24, 2024, 11:59 p.m. CDT. Nothing was added."
    )


@pytest.mark.parametrize("state", [s for s in PetitionState if s != PetitionState.COLLECTING])
def test_no_other_state_takes_a_signature_and_says_why(state):
    petition = petition_in(state)
    with pytest.raises(Conflict) as refused:
        rules.sign(petition, None, new_signature(PETITION), POLICY, NOW)
    word = "revising" if state in {"draft", "returned"} else state
    assert word in refused.value.message


def test_one_person_is_one_key_however_the_address_is_typed():
    keys = {rules.signatory_key(a) for a in ("cy@example.org", "CY@Example.org", " cy@EXAMPLE.ORG")}
    assert len(keys) == 1
    assert rules.signatory_key("di@example.org") not in keys


# Confirming


def test_confirming_is_verified_at_once_where_the_roster_knows_the_address():
    done = confirm(signed(), on_roster=True, roster_version=7)
    assert (done.state, done.match, done.letter) == (State.VERIFIED, Match("email", 7), "thanks")
    assert done.confirmed_at == NOW
    assert rules.counts(done, PETITION) == (0, 1)


def test_confirming_waits_for_staff_where_it_does_not():
    done = confirm(signed(), on_roster=False)
    assert (done.state, done.match) == (State.CONFIRMED, None)
    assert rules.counts(done, PETITION) == (1, 0)


@pytest.mark.parametrize("on_roster", [True, False])
def test_confirming_twice_changes_nothing_and_sends_nothing(on_roster):
    done = confirm(signed(), on_roster=on_roster)
    assert confirm(done, on_roster=True) is None
    # Also long after the window: the thanks page shows, not an error.
    assert confirm(done, now=PETITION.closes_at + 900 * HOUR) is None


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.INVALIDATED])
def test_an_old_link_does_not_bring_an_ended_signature_back(state):
    with pytest.raises(Conflict) as refused:
        confirm(in_state(state))
    told = {State.WITHDRAWN: "fill in the form", State.INVALIDATED: "Staff"}
    assert told[state] in refused.value.message


@pytest.mark.parametrize("after", [0 * SECOND, SECOND, 24 * HOUR])
def test_a_late_confirmation_counts_for_a_day(after):
    assert confirm(signed(), now=PETITION.closes_at + after).state == State.VERIFIED


def test_a_later_one_is_refused_in_plain_words():
    with pytest.raises(Conflict) as refused:
        confirm(signed(), now=PETITION.closes_at + 24 * HOUR + SECOND)
    assert refused.value.message.startswith("Signing closed on July 24, 2024, 11:59 p.m. CDT.")


@pytest.mark.parametrize("state", [s for s in PetitionState if s != PetitionState.COLLECTING])
def test_no_other_state_takes_a_confirmation(state):
    with pytest.raises(Conflict):
        confirm(signed(), petition=petition_in(state))


# A text that changed


@pytest.mark.parametrize("state", [State.CONFIRMED, State.VERIFIED])
def test_a_changed_text_has_to_be_confirmed_again(state):
    signature = in_state(state)
    assert not rules.needs_confirming(signature, PETITION)
    petition = with_other_text()
    assert rules.needs_confirming(signature, petition)
    assert rules.counts(signature, petition) == (0, 0)
    done = confirm(signature, petition)
    assert done.text_digest == petition.text_digest
    assert rules.counts(done, petition) == (0, 1)
    assert not rules.needs_confirming(done, petition)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.INVALIDATED])
def test_nobody_is_asked_again_whose_signature_ended(state):
    assert not rules.needs_confirming(in_state(state), with_other_text())


def test_a_member_whom_staff_found_stays_found_when_the_text_changes():
    match = Match("staff", 1, "Sam Ostrow", "Married name")
    done = confirm(in_state(State.VERIFIED, match=match), with_other_text(), on_roster=False)
    assert (done.state, done.match) == (State.VERIFIED, match)


def test_who_decided_is_not_written_over_by_the_roster():
    match = Match("staff", 1, "Sam Ostrow", "Married name")
    done = confirm(in_state(State.VERIFIED, match=match), with_other_text(), on_roster=True)
    assert done.match == match


def test_a_member_who_left_the_roster_is_not_verified_by_the_old_one():
    before = in_state(State.VERIFIED, match=Match("email", 1))
    done = confirm(before, with_other_text(), on_roster=False)
    assert (done.state, done.match) == (State.CONFIRMED, None)


def test_a_text_that_was_changed_and_changed_back_is_signed_anew():
    first = in_state(State.VERIFIED)
    back = replace(with_other_text(), text_digest=PETITION.text_digest, edition=3)
    assert rules.counts(first, back) == (0, 0)
    assert rules.needs_confirming(first, back)
    done = confirm(first, back)
    assert rules.counts(done, back) == (0, 1)
    # To withdraw a signature that was not counted takes nothing away.
    assert rules.counts(rules.withdraw(back, first), back) == (0, 0)


def test_signing_again_after_the_text_changed_asks_to_confirm_it():
    petition = with_other_text()
    again = rules.sign(
        petition, in_state(State.VERIFIED), new_signature(petition), POLICY, NOW + HOUR
    )
    assert again.letter == "confirm"
    # Until then it stands for the text that was seen.
    assert again.text_digest == PETITION.text_digest


def test_a_signature_on_a_changed_text_cannot_be_confirmed_after_its_window():
    petition = with_other_text()
    with pytest.raises(Conflict, match="Signing closed"):
        confirm(in_state(State.VERIFIED), petition, now=petition.closes_at + 25 * HOUR)


# Taking back


@pytest.mark.parametrize("petition_state", ["draft", "collecting", "returned"])
@pytest.mark.parametrize("state", [State.PENDING, State.CONFIRMED, State.VERIFIED])
def test_a_signature_can_be_taken_back_until_the_petition_is_handed_in(state, petition_state):
    petition = replace(PETITION, state=PetitionState(petition_state))
    gone = rules.withdraw(petition, in_state(state))
    assert (gone.state, gone.letter) == (State.WITHDRAWN, "withdrawn")
    assert rules.counts(gone, petition) == (0, 0)
    assert rules.withdraw(petition, gone) is None


@pytest.mark.parametrize("petition_state", ["submitted", "verified", "scheduled", "approved"])
def test_the_roster_that_went_to_staff_stands(petition_state):
    petition = replace(PETITION, state=PetitionState(petition_state))
    with pytest.raises(Conflict, match="has been submitted"):
        rules.withdraw(petition, in_state(State.VERIFIED))


def test_a_signature_set_aside_is_not_turned_into_a_withdrawn_one():
    with pytest.raises(Conflict, match="Staff set this signature aside"):
        rules.withdraw(PETITION, in_state(State.INVALIDATED))


# Staff's decision


def settle(signature, accept, petition=PETITION, reason="Found as C. Holm"):
    """Staff decide."""
    return rules.settle(petition, signature, accept, reason, "Sam Ostrow", 4)


SETTLED = {
    (State.CONFIRMED, True): State.VERIFIED,
    (State.CONFIRMED, False): State.INVALIDATED,
    (State.VERIFIED, False): State.INVALIDATED,
    (State.INVALIDATED, True): State.VERIFIED,
}


@pytest.mark.parametrize("petition_state", list(PetitionState))
@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("state", list(State))
def test_what_staff_can_decide(state, accept, petition_state):
    petition = replace(PETITION, state=petition_state)
    becomes = SETTLED.get((state, accept))
    if petition_state not in {"collecting", "submitted"} or becomes is None:
        with pytest.raises(Conflict):
            settle(in_state(state), accept, petition)
        return
    assert settle(in_state(state), accept, petition).state == becomes


def test_an_accepted_signature_says_who_decided_and_its_owner_is_told():
    done = settle(in_state(State.CONFIRMED), True)
    assert done.match == Match("staff", 4, "Sam Ostrow", "Found as C. Holm")
    assert rules.counts(done, PETITION) == (0, 1)
    assert done.letter == "verified"


def test_a_signature_set_aside_loses_its_match_and_its_owner_is_told():
    done = settle(in_state(State.VERIFIED), False, reason="Not a member")
    assert (done.match, done.reason, done.letter) == (None, "Not a member", "invalidated")
    assert rules.counts(done, PETITION) == (0, 0)


@pytest.mark.parametrize("accept", [True, False])
def test_no_decision_without_a_reason(accept):
    with pytest.raises(Invalid) as refused:
        settle(in_state(State.CONFIRMED), accept, reason="")
    assert set(refused.value.errors) == {"reason"}


def test_a_decision_does_not_make_an_old_text_count():
    petition = with_other_text()
    done = settle(in_state(State.CONFIRMED), True, petition)
    assert rules.counts(done, petition) == (0, 0)
    assert rules.needs_confirming(done, petition)


# Counting


@pytest.mark.parametrize(
    ("state", "adds"),
    [
        (State.PENDING, (0, 0)),
        (State.CONFIRMED, (1, 0)),
        (State.VERIFIED, (0, 1)),
        (State.INVALIDATED, (0, 0)),
        (State.WITHDRAWN, (0, 0)),
    ],
)
def test_what_a_signature_adds_to_the_counts(state, adds):
    assert rules.counts(in_state(state), PETITION) == adds
    assert rules.counts(in_state(state), with_other_text()) == (0, 0)
    assert rules.counts(None, PETITION) == (0, 0)


def test_the_counts_come_out_right_over_a_whole_life():
    """Adding what each step changes gives what the final signature adds."""
    steps = [None, signed()]
    steps.append(confirm(steps[-1], on_roster=False))
    steps.append(settle(steps[-1], True))
    steps.append(settle(steps[-1], False))
    steps.append(settle(steps[-1], True))
    steps.append(rules.withdraw(PETITION, steps[-1]))
    steps.append(sign_again(steps[-1]))
    steps.append(confirm(steps[-1], on_roster=True))
    totals = [rules.counts(step, PETITION) for step in steps]
    assert totals == [(0, 0), (0, 0), (1, 0), (0, 1), (0, 0), (0, 1), (0, 0), (0, 0), (0, 1)]
    # Each step is the next version of one row.
    assert [step.version for step in steps[1:]] == list(range(1, len(steps)))
