"""Ballots and results when several people act at the same moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    NotAllowedError,
    ValidationError,
)
from chalicelib.domain.motions.motion import State
from chalicelib.domain.people.people import Person, Seat
from tests.services.aws import at_once, in_threads, watching
from tests.services.world import SIGNERS, VOTERS


def ballots(world):
    return world.services.store.board.ballots(world.motion_id)


def save(world, person, **changes):
    changed = replace(person, version=person.version + 1, **changes)
    unit = world.services.store.transaction()
    world.services.store.people.save(unit, changed)
    unit.commit()


def test_two_members_voting_at_once_leave_a_ballot_each(world):
    world.at("open")
    at_once(lambda: world.vote("director1", "yes"), lambda: world.vote("director2", "no"))
    assert sorted((b.office, b.choice) for b in ballots(world)) == [
        ("Director-at-Large 1", "yes"),
        ("Director-at-Large 2", "no"),
    ]


def test_one_member_voting_twice_at_once_leaves_one_ballot(world):
    world.at("open")
    results = at_once(
        lambda: world.vote("director1", "yes"),
        lambda: world.vote("director1", "yes"),
        lambda: world.vote("director1", "yes"),
    )
    assert [r.choice for r in results] == ["yes"] * 3
    (ballot,) = ballots(world)
    assert (ballot.version, ballot.earlier) == (1, ())


def test_one_member_of_two_minds_leaves_one_ballot_that_keeps_both(world):
    world.at("open")
    at_once(lambda: world.vote("director1", "yes"), lambda: world.vote("director1", "no"))
    (ballot,) = ballots(world)
    assert ballot.version == 2
    assert {ballot.choice, ballot.earlier[0].split()[0]} == {"yes", "no"}


def test_a_ballot_can_be_changed_until_the_vote_is_closed(world):
    world.at("open")
    world.vote("director1", "yes")
    world.recuse("director1")
    world.do("president", "motion.close", world.motion_id)
    before = world.dump()
    with pytest.raises(IllegalTransitionError):
        world.vote("director1", "no")
    assert world.dump() == before
    (ballot,) = ballots(world)
    assert (ballot.choice, ballot.reason) == ("recused", "I convene it.")


def test_a_vote_at_the_moment_of_closing_is_counted_or_refused(world):
    world.at("open")
    calls = [lambda who=who: world.vote(who, "yes") for who in VOTERS]
    calls.insert(6, lambda: world.do("president", "motion.close", world.motion_id))
    results = in_threads(7, calls)
    refused = [r for r in results if isinstance(r, BaseException)]
    assert all(isinstance(r, ConflictError) for r in refused)
    world.do("president", "motion.announce", world.motion_id)
    assert world.motion.tally.yes == len(VOTERS) - len(refused) == len(ballots(world))


def test_a_vote_that_meets_the_close_head_on_is_counted_or_refused(world):
    world.at("open")
    vote, close = at_once(
        lambda: world.vote("director1", "yes"),
        lambda: world.do("president", "motion.close", world.motion_id),
    )
    assert not isinstance(close, BaseException)
    world.do("president", "motion.announce", world.motion_id)
    assert world.motion.tally.yes == (0 if isinstance(vote, ConflictError) else 1)


def test_two_who_announce_at_once_make_one_group(world):
    world.at("closed").forget_letters()
    results = at_once(
        lambda: world.do("president", "motion.announce", world.motion_id),
        lambda: world.do("staff", "motion.announce", world.motion_id),
    )
    assert sum(isinstance(r, ConflictError) for r in results) == 1
    world.deliver_all()
    assert len(world.services.store.groups.listed()) == 1
    assert world.motion.state == State.CARRIED
    assert len(world.letters("petition-approved")) == 2
    assert len(world.letters("signatory-petition-approved")) == len(SIGNERS)
    assert world.commands("motion", world.motion_id).count("announce") == 1


def test_two_motions_on_one_document_at_once_are_one(world):
    world.at("scheduled")
    results = at_once(lambda: world.move("director1"), lambda: world.move("director2"))
    (refused,) = [r for r in results if isinstance(r, BaseException)]
    assert isinstance(refused, ConflictError)
    assert len(world.services.store.board.motions(world.meeting_id)) == 1


def test_a_motion_and_the_documents_withdrawal_at_once_do_one_or_the_other(world):
    world.at("scheduled")
    move, _ = at_once(
        lambda: world.move("director1"),
        lambda: world.do("rowan", "petition.withdraw", world.petition_id),
    )
    assert world.petition.state == "withdrawn"
    rows = world.services.store.board.motions(world.meeting_id)
    if isinstance(move, BaseException):
        assert isinstance(move, (ConflictError, ValidationError))
        assert rows == []
    else:
        assert [row["state"] for row in rows] == ["postponed"]


def test_a_motion_that_comes_in_just_before_the_withdrawal_writes_is_postponed(world):
    world.at("scheduled")
    moved = []

    def before_it_writes(name, _params):
        if name == "TransactWriteItems" and not moved:
            moved.append(True)
            world.move("director1")

    with watching(before_it_writes):
        world.do("rowan", "petition.withdraw", world.petition_id)
    assert (world.petition.state, world.motion.state) == ("withdrawn", State.POSTPONED)


def test_opening_and_withdrawing_at_once_do_one_or_the_other(world):
    world.at("seconded")
    at_once(
        lambda: world.do("president", "motion.open", world.motion_id),
        lambda: world.do("rowan", "petition.withdraw", world.petition_id),
    )
    both = (world.motion.state, world.petition.state)
    assert both in {(State.OPEN, "scheduled"), (State.POSTPONED, "withdrawn")}


def test_two_who_second_at_once_are_one_seconder(world):
    world.at("moved")
    results = at_once(
        *[lambda who=who: world.do(who, "motion.second", world.motion_id) for who in VOTERS[6:9]]
    )
    assert sum(isinstance(r, ConflictError) for r in results) == 2
    assert world.motion.state == State.SECONDED


def test_the_mover_cannot_second_it(world):
    world.at("moved")
    with pytest.raises(NotAllowedError, match="another"):
        world.do("director1", "motion.second", world.motion_id)


def test_the_electorate_is_frozen_when_the_vote_opens(world):
    world.at("open")
    late = Person(
        id="late", name="Late Comer", email="late@example.org", seats=(Seat("Director-at-Large 9"),)
    )
    unit = world.services.store.transaction()
    world.services.store.people.add(unit, late)
    unit.commit()
    with pytest.raises(NotAllowedError, match="when this vote opened"):
        world.vote("late", "yes")
    assert len(world.motion.electorate) == 13
    assert "executive" not in {e.person_id for e in world.motion.electorate}


def test_a_name_changed_during_the_vote_stays_as_the_electorate_has_it(world):
    world.at("open")
    save(world, world.person("director1"), name="Other Name")
    world.vote("director1", "yes")
    (ballot,) = ballots(world)
    assert ballot.name == "Tomasz Wierzbicki-Hall"


def test_a_seat_whose_term_has_ended_cannot_vote(world):
    world.at("seconded")
    person = world.person("director1")
    today = world.services.today()
    save(world, person, seats=(replace(person.seats[0], until=today),))
    gone = world.person("director2")
    save(world, gone, seats=(replace(gone.seats[0], until=today - timedelta(days=1)),))
    world.do("president", "motion.open", world.motion_id)
    offices = {e.office for e in world.motion.electorate}
    assert "Director-at-Large 1" in offices
    assert "Director-at-Large 2" not in offices
    with pytest.raises(NotAllowedError):
        world.vote("director2", "yes")
    world.clock.forward(days=1)
    with pytest.raises(NotAllowedError):
        world.vote("director1", "yes")
    assert ballots(world) == []


def test_a_motion_withdrawn_or_postponed_can_be_moved_again(world):
    world.at("moved")
    world.do("director1", "motion.withdraw", world.motion_id)
    world.move("director4")
    world.do("president", "motion.postpone", world.motion_id)
    world.move("director5")
    rows = world.services.store.board.motions(world.meeting_id)
    assert sorted(row["state"] for row in rows) == ["moved", "postponed", "withdrawn"]


def test_a_result_names_who_voted_how(world):
    world.at("open").decide("yes", "no", "abstain", "recused", *["yes"] * 5)
    (event,) = [e for e in world.events(f"MOTION#{world.motion_id}") if e.command == "announce"]
    cast = {(row[1], row[3]) for row in event.data["ballots"]}
    assert ("Odalys Brennwick", "yes") in cast
    assert ("Hiroto Pellingham", "recused") in cast
    assert len(cast) == 9
