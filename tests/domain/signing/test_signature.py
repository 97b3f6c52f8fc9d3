"""A signature: signed, confirmed, taken back, decided by staff, and what it counts."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import ConflictError, PausedError
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.signing import decisions
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing import signing as rules
from chalicelib.domain.signing.signature import Found, Match, State
from chalicelib.domain.signing.signing import Details
from tests.domain.builders import (
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
MATCH = Match("staff", 4, "Sam Ostrow", "Found as C. Holm")


def signed(**changes):
    """A pending signature as the store holds it after the form was sent."""
    first = rules.sign(PETITION, None, new_signature(PETITION), POLICY, NOW)
    return replace(first, **changes)


def in_state(state: State, **changes):
    """A signature in the state."""
    match = Match("email", 1) if state == State.VERIFIED else None
    confirmed_at = None if state in {State.PENDING, State.HELD} else NOW
    base = {"state": state, "match": match, "confirmed_at": confirmed_at, "letter": ""}
    return signed(**(base | changes))


def sign_again(existing, now=NOW, **answers):
    """Somebody sends the form once more."""
    return rules.sign(PETITION, existing, new_signature(PETITION, **answers), POLICY, now)


def confirm(signature, petition=PETITION, on_roster=True, now=NOW, roster_version=1, rival=""):
    """Somebody opens the link and presses the button."""
    match = Match("email", roster_version, seat=signature.key) if on_roster else None
    return rules.confirm(petition, signature, Found(match, rival), POLICY, now)


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
    assert signatures.counts(stored, PETITION) == (0, 0)


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
    with pytest.raises(ConflictError) as refused:
        rules.sign(PETITION, None, new_signature(PETITION), POLICY, closes + SECOND)
    assert refused.value.message == (
        "Signing closed on July 24, 2024, 11:59 p.m. CDT. Nothing was added."
    )


@pytest.mark.parametrize("state", [s for s in PetitionState if s != PetitionState.COLLECTING])
def test_no_other_state_takes_a_signature_and_says_why(state):
    petition = petition_in(state)
    with pytest.raises(ConflictError) as refused:
        rules.sign(petition, None, new_signature(PETITION), POLICY, NOW)
    handed_in = dict.fromkeys(("submitted", "verified", "scheduled"), "submitted this petition")
    words = {"draft": "revising", "returned": "revising", **handed_in}
    word = words.get(state, state)
    assert word in refused.value.message


def test_one_person_is_one_key_however_the_address_is_typed():
    spellings = ("cy@example.org", "CY@Example.org", " cy@EXAMPLE.ORG")
    keys = {signatures.signatory_key(a) for a in spellings}
    assert len(keys) == 1
    assert signatures.signatory_key("di@example.org") not in keys


# Confirming


def test_confirming_is_verified_at_once_where_the_roster_knows_the_address():
    done = confirm(signed(), on_roster=True, roster_version=7)
    match = Match("email", 7, seat=done.key)
    assert (done.state, done.match, done.letter) == (State.VERIFIED, match, "thanks")
    assert done.confirmed_at == NOW
    assert signatures.counts(done, PETITION) == (0, 1)


def test_confirming_waits_for_staff_where_it_does_not():
    done = confirm(signed(), on_roster=False)
    assert (done.state, done.match) == (State.CONFIRMED, None)
    assert signatures.counts(done, PETITION) == (1, 0)


@pytest.mark.parametrize("on_roster", [True, False])
def test_confirming_twice_changes_nothing_and_sends_nothing(on_roster):
    done = confirm(signed(), on_roster=on_roster)
    assert confirm(done, on_roster=True) is None
    # Also long after the window: the thanks page shows, not an error.
    assert confirm(done, now=PETITION.closes_at + 900 * HOUR) is None


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.INVALIDATED, State.HELD])
def test_an_old_link_does_not_bring_an_ended_signature_back(state):
    with pytest.raises(ConflictError) as refused:
        confirm(in_state(state))
    told = {
        State.WITHDRAWN: "fill in the form",
        State.INVALIDATED: "set this signature aside",
        State.HELD: "looking at",
    }
    assert told[state] in refused.value.message


@pytest.mark.parametrize("after", [0 * SECOND, SECOND, 24 * HOUR])
def test_a_late_confirmation_counts_for_a_day(after):
    assert confirm(signed(), now=PETITION.closes_at + after).state == State.VERIFIED


def test_a_later_one_is_refused_in_plain_words():
    with pytest.raises(ConflictError) as refused:
        confirm(signed(), now=PETITION.closes_at + 24 * HOUR + SECOND)
    assert "Signing closed on July 24, 2024, 11:59 p.m. CDT" in refused.value.message
    assert "until July 25, 2024, 11:59 p.m. CDT" in refused.value.message
    assert "does not count" in refused.value.message


@pytest.mark.parametrize("state", [s for s in PetitionState if s != PetitionState.COLLECTING])
def test_no_other_state_takes_a_confirmation(state):
    with pytest.raises(ConflictError):
        confirm(signed(), petition=petition_in(state))


# A text that changed


@pytest.mark.parametrize("state", [State.CONFIRMED, State.VERIFIED])
def test_a_changed_text_has_to_be_confirmed_again(state):
    signature = in_state(state)
    assert not signatures.needs_confirming(signature, PETITION)
    petition = with_other_text()
    assert signatures.needs_confirming(signature, petition)
    assert signatures.counts(signature, petition) == (0, 0)
    done = confirm(signature, petition)
    assert done.text_digest == petition.text_digest
    assert signatures.counts(done, petition) == (0, 1)
    assert not signatures.needs_confirming(done, petition)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.INVALIDATED])
def test_nobody_is_asked_again_whose_signature_ended(state):
    assert not signatures.needs_confirming(in_state(state), with_other_text())


def test_a_member_whom_staff_found_stays_found_when_the_text_changes():
    match = Match("staff", 1, "Sam Ostrow", "Married name")
    done = confirm(in_state(State.VERIFIED, match=match), with_other_text(), on_roster=False)
    assert (done.state, done.match) == (State.VERIFIED, match)


def test_who_decided_is_not_written_over_by_the_roster():
    match = Match("staff", 1, "Sam Ostrow", "Married name")
    done = confirm(in_state(State.VERIFIED, match=match), with_other_text(), on_roster=True)
    assert done.match == match


def test_a_member_who_counts_already_is_confirmed_and_not_counted_again():
    done = confirm(signed(), rival="another")
    assert (done.state, done.match, done.rival) == (State.CONFIRMED, None, "another")
    assert signatures.waits_for_staff(done)


def test_a_member_who_left_the_roster_is_not_verified_by_the_old_one():
    before = in_state(State.VERIFIED, match=Match("email", 1))
    done = confirm(before, with_other_text(), on_roster=False)
    assert (done.state, done.match) == (State.CONFIRMED, None)


def test_a_text_that_was_changed_and_changed_back_is_signed_anew():
    first = in_state(State.VERIFIED)
    back = replace(with_other_text(), text_digest=PETITION.text_digest, edition=3)
    assert signatures.counts(first, back) == (0, 0)
    assert signatures.needs_confirming(first, back)
    done = confirm(first, back)
    assert signatures.counts(done, back) == (0, 1)
    # To withdraw a signature that was not counted takes nothing away.
    assert signatures.counts(rules.withdraw(back, first), back) == (0, 0)


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
    with pytest.raises(ConflictError, match="Signing closed"):
        confirm(in_state(State.VERIFIED), petition, now=petition.closes_at + 25 * HOUR)


# Taking back


@pytest.mark.parametrize("petition_state", ["draft", "collecting", "returned"])
@pytest.mark.parametrize("state", [State.PENDING, State.CONFIRMED, State.VERIFIED])
def test_a_signature_can_be_taken_back_until_the_petition_is_handed_in(state, petition_state):
    petition = replace(PETITION, state=PetitionState(petition_state))
    gone = rules.withdraw(petition, in_state(state))
    assert (gone.state, gone.letter) == (State.WITHDRAWN, "withdrawn")
    assert signatures.counts(gone, petition) == (0, 0)
    assert rules.withdraw(petition, gone) is None


@pytest.mark.parametrize("petition_state", ["submitted", "verified", "scheduled", "approved"])
def test_the_roster_that_went_to_staff_stands(petition_state):
    petition = replace(PETITION, state=PetitionState(petition_state))
    with pytest.raises(ConflictError, match="has been submitted"):
        rules.withdraw(petition, in_state(State.VERIFIED))


def test_a_signature_set_aside_is_not_turned_into_a_withdrawn_one():
    with pytest.raises(ConflictError, match="Staff set this signature aside"):
        rules.withdraw(PETITION, in_state(State.INVALIDATED))


# Counting


@pytest.mark.parametrize(
    ("state", "adds"),
    [
        (State.PENDING, (0, 0)),
        (State.HELD, (0, 0)),
        (State.CONFIRMED, (1, 0)),
        (State.VERIFIED, (0, 1)),
        (State.INVALIDATED, (0, 0)),
        (State.WITHDRAWN, (0, 0)),
    ],
)
def test_what_a_signature_adds_to_the_counts(state, adds):
    assert signatures.counts(in_state(state), PETITION) == adds
    assert signatures.counts(in_state(state), with_other_text()) == (0, 0)
    assert signatures.counts(None, PETITION) == (0, 0)


def test_the_counts_come_out_right_over_a_whole_life():
    """Adding what each step changes gives what the final signature adds."""
    steps = [None, signed()]
    steps.append(confirm(steps[-1], on_roster=False))
    steps.append(decisions.accept(PETITION, steps[-1], MATCH, "Sam Ostrow", NOW))
    steps.append(decisions.set_aside(PETITION, steps[-1], "No member.", "Sam Ostrow", NOW))
    steps.append(decisions.accept(PETITION, steps[-1], MATCH, "Sam Ostrow", NOW))
    steps.append(rules.withdraw(PETITION, steps[-1]))
    steps.append(sign_again(steps[-1]))
    steps.append(confirm(steps[-1], on_roster=True))
    totals = [signatures.counts(step, PETITION) for step in steps]
    assert totals == [(0, 0), (0, 0), (1, 0), (0, 1), (0, 0), (0, 1), (0, 0), (0, 0), (0, 1)]
    # Each step is the next version of one row.
    assert [step.version for step in steps[1:]] == list(range(1, len(steps)))


# Held for staff


def held(existing=None, **answers):
    """Somebody signs in a way that staff look at first."""
    new = new_signature(PETITION, hold="blocked", **answers)
    return rules.sign(PETITION, existing, new, POLICY, NOW)


def test_a_held_signature_has_no_letter_and_waits_for_staff():
    stored = held()
    assert (stored.state, stored.letter, stored.letters) == (State.HELD, "", 0)
    assert signatures.waits_for_staff(stored)


def test_signing_again_while_held_sends_nothing_and_stays_held():
    stored = held()
    assert held(stored) is None
    assert sign_again(stored) is None
    changed = sign_again(stored, name="Cy Holm-Reyes")
    assert (changed.state, changed.letter, changed.name) == (State.HELD, "", "Cy Holm-Reyes")
    assert changed.hold == "blocked"


@pytest.mark.parametrize("state", [State.CONFIRMED, State.VERIFIED])
def test_a_held_repeat_of_a_confirmed_signature_tells_nobody(state):
    assert held(in_state(state)) is None


def test_a_held_repeat_of_a_pending_signature_asks_nobody_again():
    first = signed(letter="")
    assert held(first) is None
    # What looks like abuse does not write over what waits to be confirmed.
    assert held(first, name="Cy Holm-Reyes") is None


# Paused


def test_while_signing_is_paused_nothing_is_signed_or_confirmed():
    paused = replace(PETITION, paused_at=NOW)
    with pytest.raises(PausedError, match="paused"):
        rules.sign(paused, None, new_signature(PETITION), POLICY, NOW)
    with pytest.raises(PausedError, match="work again"):
        confirm(signed(), paused)
    # What was confirmed before stays so, and can be taken back.
    assert confirm(in_state(State.VERIFIED), paused) is None
    assert rules.withdraw(paused, in_state(State.VERIFIED)).state == State.WITHDRAWN


# Putting right


def put_right(signature, petition=PETITION, **changes):
    """The signatory saves their own page."""
    given = {
        "name": signature.name,
        "institution": signature.institution,
        "member_number": signature.member_number,
        "named": signature.named,
    }
    return rules.correct(petition, signature, Details(**(given | changes)), NOW)


def test_saving_an_unchanged_page_changes_nothing():
    assert put_right(in_state(State.VERIFIED)) is None


def test_what_was_put_right_says_what_it_was():
    done = put_right(in_state(State.CONFIRMED), name="Cyril Holm", member_number="17")
    assert (done.name, done.member_number, done.state) == ("Cyril Holm", "17", State.CONFIRMED)
    (step,) = done.decisions
    assert (step.by, step.what) == ("the signatory", "correct")
    assert "Cy Holm, Holm Library" in step.reason


@pytest.mark.parametrize(
    ("how", "state"),
    [("email", State.VERIFIED), ("number", State.CONFIRMED), ("staff", State.CONFIRMED)],
)
def test_another_persons_name_undoes_a_match_that_was_not_made_by_the_address(how, state):
    was = in_state(State.VERIFIED, match=Match(how, 1, seat="seat"))
    assert put_right(was, name="Somebody Else").state == state
    # A name that is spelled otherwise is the same person's.
    assert put_right(was, name="Cyril Holm").state == State.VERIFIED


@pytest.mark.parametrize("state", ["verified", "scheduled", "approved", "declined"])
def test_once_the_roster_stands_only_being_named_is_chosen(state):
    petition = replace(PETITION, state=PetitionState(state))
    signature = in_state(State.VERIFIED)
    with pytest.raises(ConflictError, match="have been verified"):
        put_right(signature, petition, name="Somebody Else")
    assert put_right(signature, petition, named=False).named is False


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.INVALIDATED, State.HELD])
def test_an_ended_signature_is_not_put_right(state):
    with pytest.raises(ConflictError):
        put_right(in_state(state), name="Somebody Else")


# Who it is


def from_mailbox(*signed_before, **answers):
    """Whose signature this is, among those of one mailbox."""
    new = new_signature(PETITION, **answers)
    return rules.person_among(signed_before, new)


def numbered(number, name="Ann Lee", state=State.VERIFIED, key="", **more):
    """A signature with a member number."""
    key = key or signatures.signatory_key("cy@example.org")
    return in_state(state, name=name, member_number=number, key=key, **more)


def test_the_first_at_a_mailbox_has_its_key():
    key, existing = from_mailbox(name="Ann Lee", member_number="1")
    assert (key, existing) == (signatures.signatory_key("cy@example.org"), None)


@pytest.mark.parametrize("state", [State.PENDING, State.CONFIRMED, State.VERIFIED, State.WITHDRAWN])
def test_two_with_one_surname_and_their_own_numbers_are_two(state):
    key, existing = from_mailbox(numbered("1", state=state), name="Bob Lee", member_number="2")
    assert existing is None
    assert key == signatures.signatory_key("cy@example.org", "2")


@pytest.mark.parametrize("typed", ["007-1", "0071", "71", "7 1"])
def test_a_number_is_the_same_however_it_is_written(typed):
    before = numbered("0071")
    assert from_mailbox(before, name="Anne Lea", member_number=typed) == (before.key, before)


@pytest.mark.parametrize("name", ["Ann Lee", "Ann M. Lee", "ann lee", "Anne Lea"])
def test_without_a_number_it_is_whoever_signed_before(name):
    before = numbered("1")
    assert from_mailbox(before, name=name) == (before.key, before)


def test_a_number_typed_wrong_can_be_typed_again_before_it_is_confirmed():
    before = numbered("1", state=State.PENDING)
    assert from_mailbox(before, name="Ann M. Lee", member_number="2") == (before.key, before)
    # Once it was confirmed, another number is somebody else.
    assert from_mailbox(numbered("1"), name="Ann Lee", member_number="2")[1] is None


def test_of_several_the_one_whose_name_is_likest():
    first = numbered("1", "Ann Lee")
    second = numbered("2", "Bob Lee", key=signatures.signatory_key("cy@example.org", "2"))
    assert from_mailbox(first, second, name="Bob Lee")[1] == second
    assert from_mailbox(first, second, name="Cid Roe")[1] == first


def test_at_a_mailbox_that_the_roster_says_is_shared_each_number_is_a_member():
    ann = signed(name="Ann Lee", member_number="")
    new = new_signature(PETITION, name="Bob Lee", member_number="2")
    key, existing = rules.person_among([ann], new, ["1", "2"])
    assert (key, existing) == (signatures.signatory_key("cy@example.org", "2"), None)
    # The roster told who Ann is: her own number leads to her.
    known = replace(ann, match=Match("email", 1, member_number="1"), state=State.VERIFIED)
    mine = new_signature(PETITION, name="A. Leigh", member_number="1")
    assert rules.person_among([known], mine, ["1", "2"]) == (ann.key, known)
