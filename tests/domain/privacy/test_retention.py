"""How long data are kept, what stays of a signature, and what stands in the way of an erasure."""

import hashlib
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.people import Seat
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.privacy import privacy, retention
from chalicelib.domain.record.events import Event
from chalicelib.domain.signing import recount
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing.recount import Count
from chalicelib.domain.signing.signature import Decision, Match, State
from chalicelib.domain.times import local_date
from tests.domain.builders import (
    ADA,
    DAY,
    NOW,
    OTHER_CONVENER,
    POLICY,
    SECOND,
    STAFF,
    act,
    chicago,
    collecting,
    new_signature,
    petition_in,
    staff,
    system,
)

ZONE = POLICY.association.zone


def event(after, at, before=""):
    return Event(
        subject="petition/p1",
        sequence=1,
        at=at,
        command="x",
        actor_id="",
        actor_name="",
        actor_role="",
        before=before,
        after=after,
    )


def test_what_is_kept_for_days_is_kept_through_the_last_of_them():
    since = chicago(2026, 3, 1, 13)
    last = chicago(2026, 8, 31, 23, 59, 59)
    assert last.date() - since.date() >= timedelta(days=183)
    assert not retention.over(since, 183, ZONE, last)
    assert retention.over(since, 183, ZONE, last + SECOND)


def test_a_petition_ended_with_the_step_that_ended_it():
    steps = [event("collecting", NOW), event("withdrawn", NOW + DAY)]
    assert retention.ended_at(steps) == NOW + DAY
    # What happens to it afterwards does not begin the days anew.
    assert retention.ended_at([*steps, event("withdrawn", NOW + 9 * DAY)]) == NOW + DAY
    assert retention.ended_at(steps[:1]) is None
    assert retention.ended_at([]) is None


def full(petition):
    """A signature with every field filled in."""
    match = Match("number", 3, "Sam Ostrow", "Cy's number", "seat-of-cy", "M-77")
    decision = Decision(at=NOW, by="Sam", what="accept", reason="Cy wrote", before=State.CONFIRMED)
    return replace(
        new_signature(petition),
        member_number="M-77",
        state=State.VERIFIED,
        confirmed_at=NOW + SECOND,
        match=match,
        reason="Cy wrote to us",
        letter="thanks",
        letters=2,
        version=7,
        network="cafe",
        hold="network",
        shares=True,
        rival="key-of-another",
        question="Is it you, Cy?",
        answer="It is Cy",
        decisions=(decision,),
    )


def test_an_anonymous_signature_holds_what_counts_and_nothing_else():
    petition = collecting()
    was = full(petition)
    now = retention.anonymous(was, "random", ZONE, NOW + 200 * DAY)
    kept = {"petition_id", "text_digest", "edition", "state"}
    changed = {"key", "created_at", "confirmed_at", "match", "version", "anonymised_at"}
    for field in fields(was):
        value = getattr(now, field.name)
        if field.name in kept:
            assert value == getattr(was, field.name)
        elif field.name not in changed:
            assert not value, field.name
    assert now.match == Match("number", 3)
    assert "Cy" not in repr(now)
    assert signatures.counts(now, petition) == signatures.counts(was, petition)


@given(st.integers(0, 24 * 60 * 60 - 1), st.integers(1, 365))
def test_days_stay_the_same_and_moments_do_not(seconds, day):
    moment = chicago(2026, 1, 1) + timedelta(days=day, seconds=seconds)
    signature = replace(new_signature(collecting()), created_at=moment, confirmed_at=moment)
    now = retention.anonymous(signature, "random", ZONE, NOW)
    assert local_date(now.created_at, ZONE) == local_date(moment, ZONE)
    assert now.created_at == now.confirmed_at
    other = replace(signature, created_at=chicago(2026, 1, 1, 12) + timedelta(days=day))
    if local_date(other.created_at, ZONE) == local_date(moment, ZONE):
        assert retention.anonymous(other, "r", ZONE, NOW).created_at == now.created_at


def test_the_proof_tells_rosters_apart_and_knows_them_again():
    petition = collecting()
    two = [replace(new_signature(petition), name=name, confirmed_at=NOW) for name in ("Ana", "Ben")]
    rows = retention.printed_roster(two, ZONE)
    assert [(row["number"], row["name"]) for row in rows] == [(1, "Ana"), (2, "Ben")]
    proof = retention.roster_proof(rows)
    assert proof == retention.roster_proof(retention.printed_roster(two, ZONE))
    for other in (two[::-1], two[:1], [replace(two[0], institution="Elsewhere"), two[1]]):
        assert retention.roster_proof(retention.printed_roster(other, ZONE)) != proof
    # As docs/privacy.md says it can be made again from a packet.
    typed = '[[1,"Ana","Holm Library","January 26, 2024"],[2,"Ben","Holm Library",'
    typed += '"January 26, 2024"]]'
    assert hashlib.sha256(typed.encode()).hexdigest() == proof
    erased = retention.printed_roster([replace(two[0], name="")], ZONE)
    assert erased[0]["name"] == retention.ERASED


@pytest.mark.parametrize("state", sorted(set(PetitionState) - retention.ENDED))
def test_only_a_petition_that_ended_is_anonymised(state):
    with pytest.raises(ConflictError, match="not ended"):
        retention.anonymise(petition_in(state), [], "", 183, system())


def test_a_petition_is_anonymised_once():
    petition = petition_in(PetitionState.DECLINED)
    new, told = retention.anonymise(petition, [full(petition)], "abc", 183, system())
    assert (told.before, told.after) == ("declined", "declined")
    assert told.data["signatures"] == {"verified": 1}
    assert "Cy" not in str(told.data)
    with pytest.raises(ConflictError, match="before"):
        retention.anonymise(new, [], "", 183, system())


@pytest.mark.parametrize("petition_state", list(PetitionState))
@pytest.mark.parametrize("state", list(State))
def test_what_an_erasure_makes_of_a_signature(petition_state, state):
    petition = petition_in(petition_state)
    new = retention.taken_back(petition, replace(new_signature(petition), state=state)).state
    unsettled = petition_state in {"draft", "collecting", "submitted", "returned"}
    if state == State.VERIFIED:
        assert new == (State.WITHDRAWN if unsettled else State.VERIFIED)
    elif state in {State.INVALIDATED, State.WITHDRAWN} or petition_state in retention.ENDED:
        assert new == state
    else:
        assert new == State.WITHDRAWN


def asked(at=NOW):
    return privacy.ask(None, ADA, POLICY, act(at=at))


def test_a_request_is_answered_within_its_days():
    request = asked()
    assert request.due_on == local_date(NOW, ZONE) + timedelta(days=30)
    assert not request.overdue(request.due_on)
    assert request.overdue(request.due_on + timedelta(days=1))
    refused = privacy.refuse(request, "Not you.", staff())
    assert not refused.overdue(request.due_on + timedelta(days=99))
    assert privacy.ask(refused, ADA, POLICY, act()).version == 3


def test_a_request_takes_its_steps_in_order():
    request = asked()
    with pytest.raises(ConflictError, match="for this already"):
        privacy.ask(request, ADA, POLICY, act())
    with pytest.raises(ValidationError):
        privacy.refuse(request, "", staff())
    with pytest.raises(ConflictError, match="was not begun"):
        privacy.finish(request, NOW)
    with pytest.raises(ConflictError, match="Term first"):
        privacy.begin(request, ["Term first."], staff())
    begun = privacy.begin(request, [], staff())
    assert (begun.state, begun.decided_by) == ("erasing", STAFF.name)
    assert privacy.begin(begun, ["Whatever came up since."], staff()) == begun
    with pytest.raises(ConflictError, match="answered already"):
        privacy.refuse(begun, "Too late.", staff())
    done = privacy.finish(begun, NOW)
    assert not done.waiting
    with pytest.raises(ConflictError):
        privacy.finish(done, NOW)


def test_what_stands_in_the_way():
    today = date(2026, 3, 2)
    assert privacy.obstacles(ADA, [], today) == []
    assert len(privacy.obstacles(replace(ADA, staff=True), [], today)) == 1
    seat = Seat("Director", until=today)
    assert len(privacy.obstacles(replace(ADA, seats=(seat,)), [], today)) == 1
    assert privacy.obstacles(replace(ADA, seats=(seat,)), [], today + timedelta(days=1)) == []
    assert len(privacy.obstacles(ADA, [collecting()], today)) == 1
    assert privacy.obstacles(ADA, [petition_in(PetitionState.EXPIRED)], today) == []
    led = replace(collecting(), conveners=(OTHER_CONVENER, *collecting().conveners))
    assert privacy.obstacles(ADA, [led], today) == []


@pytest.mark.parametrize("state", list(PetitionState))
def test_who_was_asked_to_convene_and_never_agreed_is_named_nowhere(state):
    asked = replace(OTHER_CONVENER, email="invited@example.org", accepted=False)
    petition = replace(petition_in(state), conveners=(*collecting().conveners, asked))
    assert privacy.without_convener(petition, asked.email) == collecting().conveners


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_count_is_put_right_with_both_numbers_on_record(confirmed, verified):
    petition = replace(collecting(), confirmed=2, verified=3)
    wanted = Count(confirmed, verified)
    if wanted == Count(2, 3):
        with pytest.raises(ConflictError, match="is right"):
            recount.mend(petition, wanted, staff())
        return
    new, told = recount.mend(petition, wanted, staff())
    assert recount.kept(new) == wanted
    assert told.data["before"] == {"confirmed": 2, "verified": 3}
    assert told.data["after"] == {"confirmed": confirmed, "verified": verified}


def test_signatures_of_another_text_are_not_counted():
    petition = collecting()
    mine = replace(new_signature(petition), state=State.VERIFIED, confirmed_at=NOW)
    other = replace(mine, key="other", edition=petition.edition + 1)
    counted = recount.count(petition, [mine, other], ZONE)
    assert counted.count == Count(0, 1)
    assert counted.days == {"2024-01-26": 1}
    assert counted.read == 2
