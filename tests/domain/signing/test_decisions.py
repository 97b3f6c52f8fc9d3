"""What staff decide about a signature, and that each decision can be looked up and undone."""

from dataclasses import replace
from itertools import product

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.signing import decisions as rules
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing import signing
from chalicelib.domain.signing.signature import Found, Match, Signature, State
from tests.domain.builders import NOW, POLICY, TEXT, act, collecting, new_signature, returned

PETITION = collecting()
BY = "Sam Ostrow"
LINK = Match("staff", 4, BY, "Found as C. Holm", seat="seat", member_number="7")
ON_ROSTER = Match("email", 1, seat="own")


def in_state(state: State, **changes) -> Signature:
    """A signature in the state, with no letter due."""
    first = signing.sign(PETITION, None, new_signature(PETITION), POLICY, NOW)
    early = state in {State.PENDING, State.HELD}
    base = {
        "state": state,
        "match": ON_ROSTER if state == State.VERIFIED else None,
        "confirmed_at": None if early else NOW,
        "hold": "blocked" if state == State.HELD else "",
        "letter": "",
    }
    return replace(first, **(base | changes))


def with_other_text():
    draft = replace(returned(), text=replace(TEXT, charge="To do something else."))
    return petitions.publish(draft, POLICY, act())[0]


DO = {
    "accept": lambda p, s: rules.accept(p, s, LINK, BY, NOW),
    "set aside": lambda p, s: rules.set_aside(p, s, "No member.", BY, NOW),
    "release": lambda p, s: rules.release(p, s, "Nothing wrong.", BY, NOW, POLICY),
    "ask": lambda p, s: rules.ask(p, s, "Who are you?", BY, NOW),
    "undo": lambda p, s: rules.undo(p, s, BY, NOW),
}
# Written out from the design: what each state allows, and where it leads.
BECOMES = {
    ("accept", State.CONFIRMED): State.VERIFIED,
    ("accept", State.INVALIDATED): State.VERIFIED,
    ("set aside", State.PENDING): State.INVALIDATED,
    ("set aside", State.HELD): State.INVALIDATED,
    ("set aside", State.CONFIRMED): State.INVALIDATED,
    ("set aside", State.VERIFIED): State.INVALIDATED,
    ("release", State.HELD): State.PENDING,
    ("ask", State.CONFIRMED): State.CONFIRMED,
}


def test_what_staff_can_decide(record_property):
    cases = list(product(DO, State, PetitionState))
    for what, state, petition_state in cases:
        petition, was = replace(PETITION, state=petition_state), in_state(state)
        becomes = BECOMES.get((what, state))
        # Nobody can confirm any more what is let through after it was handed in.
        open_in = {"collecting"} if what == "release" else {"collecting", "submitted"}
        if petition_state not in open_in or becomes is None:
            with pytest.raises(ConflictError):
                DO[what](petition, was)
            continue
        done = DO[what](petition, was)
        assert (done.state, done.version) == (becomes, was.version + 1), (what, petition_state)
        step = done.decisions[-1]
        assert (step.by, step.at, step.before, step.match) == (BY, NOW, state, was.match)
    record_property("summary", f"{len(cases)} decisions in every state of signature and petition")


def test_an_accepted_signature_says_who_decided_and_its_owner_is_told():
    done = DO["accept"](PETITION, in_state(State.CONFIRMED, rival="another"))
    assert (done.match, done.rival, done.letter) == (LINK, "", "verified")
    assert signatures.counts(done, PETITION) == (0, 1)
    assert done.decisions[-1].reason == "Found as C. Holm"


def test_one_of_two_at_a_mailbox_is_looked_at_once_and_hears_nothing():
    pair = in_state(State.VERIFIED, shares=True)
    assert signatures.waits_for_staff(pair)
    for done in (rules.seen(pair, BY, NOW), DO["accept"](PETITION, pair)):
        assert not signatures.waits_for_staff(done)
        assert (done.state, done.letter) == (State.VERIFIED, "")


def test_a_signature_set_aside_loses_its_match_and_its_owner_is_told():
    done = DO["set aside"](PETITION, in_state(State.VERIFIED))
    assert (done.match, done.reason, done.letter) == (None, "No member.", "invalidated")
    assert signatures.counts(done, PETITION) == (0, 0)


@pytest.mark.parametrize("state", [State.PENDING, State.HELD])
def test_who_never_confirmed_an_address_gets_no_letter_about_it(state):
    done = DO["set aside"](PETITION, in_state(state))
    assert (done.letter, done.decisions[-1].told) == ("", False)
    back = DO["undo"](PETITION, done)
    assert (back.state, back.letter, back.hold) == (state, "", in_state(state).hold)


def test_a_bulk_decision_may_be_silent():
    was = in_state(State.CONFIRMED)
    done = rules.set_aside(PETITION, was, "No member.", BY, NOW, "b1", tell=False)
    assert (done.letter, done.decisions[-1].batch) == ("", "b1")
    assert rules.undo(PETITION, done, BY, NOW, "b1").letter == ""


def test_a_released_signature_gets_the_letter_that_asks_to_confirm_it():
    done = DO["release"](PETITION, in_state(State.HELD, letters=0))
    assert (done.letter, done.letters, done.hold) == ("confirm", 1, "")
    found = Found(ON_ROSTER)
    assert signing.confirm(PETITION, done, found, POLICY, NOW).state == State.VERIFIED


def test_a_question_goes_out_and_clears_the_last_answer():
    done = DO["ask"](PETITION, in_state(State.CONFIRMED, question="What?", answer="That."))
    assert (done.question, done.answer, done.letter) == ("Who are you?", "", "question")


def test_no_decision_without_a_reason():
    with pytest.raises(ValidationError) as refused:
        rules.set_aside(PETITION, in_state(State.CONFIRMED), "", BY, NOW)
    assert set(refused.value.errors) == {"reason"}
    with pytest.raises(ValidationError) as refused:
        rules.release(PETITION, in_state(State.HELD), "", BY, NOW, POLICY)
    assert set(refused.value.errors) == {"reason"}
    with pytest.raises(ValidationError):
        rules.accept(PETITION, in_state(State.CONFIRMED), replace(LINK, reason=""), BY, NOW)
    with pytest.raises(ValidationError):
        rules.ask(PETITION, in_state(State.CONFIRMED), "", BY, NOW)


def test_nobody_is_accepted_for_a_text_that_they_did_not_sign():
    petition = with_other_text()
    with pytest.raises(ConflictError, match="has not confirmed the current text"):
        DO["accept"](petition, in_state(State.CONFIRMED))
    with pytest.raises(ConflictError, match="was confirmed"):
        DO["accept"](PETITION, DO["set aside"](PETITION, in_state(State.PENDING)))


# Undoing


@pytest.mark.parametrize(
    ("what", "state", "letter"),
    [
        ("accept", State.CONFIRMED, "reopened"),
        ("set aside", State.CONFIRMED, "restored"),
        ("set aside", State.VERIFIED, "restored"),
    ],
)
def test_a_decision_taken_back_leaves_what_stood_before(what, state, letter):
    was = in_state(state)
    decided = replace(DO[what](PETITION, was), letter="")
    back = DO["undo"](PETITION, decided)
    assert (back.state, back.match, back.letter) == (was.state, was.match, letter)
    assert [d.what for d in back.decisions] == [decided.decisions[0].what, "undo"]
    with pytest.raises(ConflictError, match="There is nothing to undo"):
        DO["undo"](PETITION, back)


def test_whose_letter_was_not_sent_yet_is_told_nothing_by_a_decision_taken_back():
    decided = DO["set aside"](PETITION, in_state(State.VERIFIED))
    assert DO["undo"](PETITION, decided).letter == ""


def test_a_decision_is_not_taken_back_twice_even_if_the_roster_decided_alike():
    accepted = DO["accept"](PETITION, in_state(State.CONFIRMED))
    back = DO["undo"](PETITION, accepted)
    found = rules.rematch(PETITION, back, Found(ON_ROSTER))
    assert found.state == State.VERIFIED
    with pytest.raises(ConflictError):
        DO["undo"](PETITION, found)


def test_a_bulk_decision_is_taken_back_only_where_it_was_the_last():
    first = rules.set_aside(PETITION, in_state(State.VERIFIED), "Spam.", BY, NOW, "b1")
    by_hand = rules.accept(PETITION, first, LINK, BY, NOW)
    with pytest.raises(ConflictError):
        rules.undo(PETITION, by_hand, BY, NOW, "b1")
    with pytest.raises(ConflictError):
        rules.undo(PETITION, first, BY, NOW, "b2")
    assert rules.undo(PETITION, first, BY, NOW, "b1").state == State.VERIFIED


# A new roster

NUMBER = Match("number", 2, seat="seat", member_number="7")


def test_who_is_found_now_is_verified_and_told():
    done = rules.rematch(PETITION, in_state(State.CONFIRMED), Found(NUMBER))
    assert (done.state, done.match, done.letter) == (State.VERIFIED, NUMBER, "verified")


def test_who_is_gone_waits_for_staff_and_is_not_told():
    done = rules.rematch(PETITION, in_state(State.VERIFIED), Found())
    assert (done.state, done.match, done.letter) == (State.CONFIRMED, None, "")
    assert signatures.waits_for_staff(done)


def test_a_rival_keeps_a_member_from_counting_twice():
    done = rules.rematch(PETITION, in_state(State.CONFIRMED), Found(NUMBER, "another"))
    assert (done.state, done.rival, done.match) == (State.CONFIRMED, "another", None)
    assert rules.rematch(PETITION, done, Found(NUMBER, "another")) is None
    assert rules.rematch(PETITION, done, Found(NUMBER)).state == State.VERIFIED


def test_nothing_changes_for_who_is_found_as_before():
    was = in_state(State.VERIFIED)
    assert rules.rematch(PETITION, was, Found(replace(ON_ROSTER, roster_version=9))) is None


def test_another_entry_for_the_same_person_is_noted_in_silence():
    done = rules.rematch(PETITION, in_state(State.VERIFIED), Found(NUMBER))
    assert (done.state, done.match, done.letter) == (State.VERIFIED, NUMBER, "")


@pytest.mark.parametrize("found", [Found(), Found(NUMBER), Found(NUMBER, "another")])
def test_what_staff_decided_is_undone_by_no_roster(found):
    accepted = DO["accept"](PETITION, in_state(State.CONFIRMED))
    assert rules.rematch(PETITION, accepted, found) is None
    aside = DO["set aside"](PETITION, in_state(State.VERIFIED))
    assert rules.rematch(PETITION, aside, found) is None


@pytest.mark.parametrize("state", [State.PENDING, State.HELD, State.WITHDRAWN, State.INVALIDATED])
def test_a_roster_changes_only_what_was_confirmed(state):
    assert rules.rematch(PETITION, in_state(state), Found(NUMBER)) is None


def test_a_roster_changes_nothing_on_another_text_or_a_petition_that_stands():
    was = in_state(State.CONFIRMED)
    assert rules.rematch(with_other_text(), was, Found(NUMBER)) is None
    for state in ("draft", "returned", "verified", "scheduled", "approved"):
        petition = replace(PETITION, state=PetitionState(state))
        assert rules.rematch(petition, was, Found(NUMBER)) is None
