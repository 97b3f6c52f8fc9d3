"""Votes without a meeting, votes that close by time, void ones, and confirmations."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.motions.motion import State
from chalicelib.services.motions.confirming import unconfirmed
from chalicelib.services.motions.virtual_votes import under_vote
from chalicelib.services.sweep import sweep
from tests.services.aws import at_once
from tests.services.world import VOTERS, World


def call(world: World, **more: Any) -> World:
    world.at("seconded")
    world.do("president", "motion.call-virtual", world.motion_id, **more)
    world.deliver_all()
    world.forget_letters()
    return world


def to(world: World, moment: Any, **more: float) -> None:
    """The clock at a moment of the motion, and so much further."""
    world.clock.now = moment + timedelta(**more)


def commands(world: World) -> list[str]:
    return world.commands("motion", world.motion_id)


def test_a_vote_without_a_meeting_from_its_call_to_its_end(world: World) -> None:
    call(world)
    motion = world.motion
    with pytest.raises(ConflictError):
        world.vote("director1", "yes")
    with pytest.raises(ConflictError, match="opens automatically"):
        world.do("president", "motion.open", world.motion_id)
    to(world, motion.voting_from, seconds=-1)
    world.keep_time()
    assert world.motion.state == State.SECONDED
    to(world, motion.voting_from)
    for _ in range(3):
        sweep(world.services)
    assert world.motion.state == State.OPEN
    world.deliver_all()
    assert len(world.letters("vote-open")) == 13
    for who in VOTERS[:9]:
        world.vote(who, "yes")
    with pytest.raises(ConflictError, match="until the end of the voting time"):
        world.do("president", "motion.close", world.motion_id)
    to(world, motion.voting_until)
    world.vote("director8", "no")
    # The moment decides, and not the job that closes the vote.
    to(world, motion.voting_until, seconds=1)
    assert world.motion.state == State.OPEN
    with pytest.raises(ConflictError, match="time for this vote is over"):
        world.vote("director7", "no")
    with pytest.raises(ConflictError, match="time for this vote is over"):
        world.recuse("director7")
    for _ in range(3):
        sweep(world.services)
    assert world.motion.state == State.CLOSED
    assert commands(world).count("open") == commands(world).count("close") == 1
    world.deliver_all()
    assert {to for _, to in world.told("vote-closed")} >= {"president", "staff"}
    world.do("president", "motion.announce", world.motion_id)
    assert world.motion.state == State.CARRIED
    assert world.motion.tally.virtual
    assert [m.id for m, _ in unconfirmed(world.services)] == [world.motion_id]


def test_two_sweeps_at_once_open_and_close_a_vote_once(world: World) -> None:
    call(world)
    to(world, world.motion.voting_from)
    at_once(world.keep_time, world.keep_time)
    to(world, world.motion.voting_until, seconds=1)
    at_once(world.keep_time, world.keep_time)
    assert commands(world).count("open") == commands(world).count("close") == 1
    world.deliver_all()
    assert len(world.letters("vote-open")) == 13


def test_those_who_have_not_voted_are_reminded_once_each_time(world: World) -> None:
    call(world)
    to(world, world.motion.voting_from)
    world.keep_time()
    for who in VOTERS[:10]:
        world.vote(who, "yes")
    world.recuse(VOTERS[10])
    world.deliver_all()
    world.forget_letters()
    until = world.motion.voting_until
    to(world, until, days=-3, seconds=-1)
    world.keep_time()
    assert world.deliver_all() == 0
    to(world, until, days=-3)
    for _ in range(3):
        world.keep_time()
    world.deliver_all()
    assert sorted(who for _, who in world.told("vote-reminder")) == sorted(VOTERS[11:])
    world.vote(VOTERS[11], "no")
    to(world, until, days=-1)
    for _ in range(3):
        world.keep_time()
    world.deliver_all()
    assert sorted(who for _, who in world.told("vote-reminder")) == sorted(
        [VOTERS[11], VOTERS[12], VOTERS[12]]
    )


def test_a_sweep_that_was_away_sends_one_reminder_and_not_two(world: World) -> None:
    call(world)
    to(world, world.motion.voting_from)
    world.keep_time()
    world.deliver_all()
    world.forget_letters()
    to(world, world.motion.voting_until, hours=-2)
    for _ in range(3):
        world.keep_time()
    world.deliver_all()
    assert len(world.letters("vote-reminder")) == 13


def test_a_discussion_that_was_held_is_waived_with_its_reason(world: World) -> None:
    call(world, no_discussion="It was discussed at Board I.")
    world.keep_time()
    assert world.motion.state == State.OPEN
    assert world.motion.no_discussion == "It was discussed at Board I."


def test_a_window_is_extended_before_its_end_with_a_reason(world: World) -> None:
    call(world)
    before = world.motion
    day = (before.voting_from + timedelta(days=3)).date()
    with pytest.raises(ValidationError) as refused:
        world.do("staff", "motion.extend-vote", world.motion_id, until="2026-01-01", reason="")
    assert set(refused.value.errors) == {"until", "reason"}
    world.do("staff", "motion.extend-vote", world.motion_id, until=str(day), reason="Ill.")
    assert world.motion.voting_from > before.voting_from
    assert world.motion.voting_until - world.motion.voting_from > timedelta(days=6, hours=22)
    to(world, world.motion.voting_from)
    world.keep_time()
    until = world.motion.voting_until
    day = (until + timedelta(days=2)).date()
    world.do("staff", "motion.extend-vote", world.motion_id, until=str(day), reason="Ill.")
    to(world, until, seconds=1)
    world.keep_time()
    assert world.motion.state == State.OPEN
    world.vote("director1", "yes")
    to(world, world.motion.voting_until, seconds=1)
    with pytest.raises(ConflictError, match="too late to extend"):
        world.do("staff", "motion.extend-vote", world.motion_id, until="2030-01-01", reason="Ill.")


def test_when_all_have_voted_who_presides_may_close_it_early(world: World) -> None:
    call(world)
    to(world, world.motion.voting_from)
    world.keep_time()
    for who in VOTERS[:12]:
        world.vote(who, "yes")
    world.recuse(VOTERS[12])
    world.keep_time()
    assert world.motion.state == State.OPEN, "a vote may be changed until it closes"
    world.do("president", "motion.close", world.motion_id)
    assert world.motion.state == State.CLOSED


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_vote_closes_by_itself_when_all_have_voted_where_the_policy_says_so(
    world: World, by_itself: bool
) -> None:
    world.at("seconded")
    policy = world.services.policy
    boards = tuple(replace(b, close_when_all_voted=by_itself) for b in policy.boards)
    changed = replace(policy, boards=boards)
    world.services = replace(world.services, policy=changed)
    world.services.store.board._policy = changed
    try:
        world.do("president", "motion.open", world.motion_id)
        for who in VOTERS[:12]:
            world.vote(who, "yes")
        world.keep_time()
        assert world.motion.state == State.OPEN
        world.vote(VOTERS[12], "no")
        world.keep_time()
        assert world.motion.state == (State.CLOSED if by_itself else State.OPEN)
    finally:
        world.services.store.board._policy = policy


def test_a_vote_in_a_meeting_closes_at_the_time_chosen_at_its_opening(world: World) -> None:
    world.at("seconded")
    day = world.services.today() + timedelta(days=1)
    chosen = {"closes_day": str(day), "closes_time": "12:00"}
    world.do("president", "motion.open", world.motion_id, **chosen)
    to(world, world.motion.closes_at)
    world.vote("director1", "yes")
    to(world, world.motion.closes_at, seconds=1)
    with pytest.raises(ConflictError, match="time for this vote is over"):
        world.vote("director2", "yes")
    assert [m.id for m in under_vote(world.services)] == [world.motion_id]
    world.keep_time()
    assert world.motion.state == State.CLOSED


# Confirmation


def put(world: World) -> World:
    world.at("seconded").carry_virtually()
    world.ids["virtual"] = world.motion_id
    world.ids["meeting"] = world.plan_meeting()
    world.do("staff", "motion.put-for-confirmation", world.motion_id, meeting=world.meeting_id)
    return world


def virtual(world: World) -> Any:
    return world.services.store.board.motion(world.ids["virtual"])


def begin(world: World) -> None:
    world.clock.now = world.meeting.starts_at
    present = [person.id for person in world.services.store.people.board(world.services.today())]
    world.do("staff", "meeting.begin", world.meeting_id, present=present[:9])


def test_a_result_is_confirmed_with_the_consent_agenda(world: World) -> None:
    put(world)
    assert world.group.state == "active", "it is there from the announcement"
    with pytest.raises(ConflictError, match="already"):
        world.do("staff", "motion.put-for-confirmation", world.motion_id, meeting=world.meeting_id)
    world.clock.forward(days=3)
    ((_, days),) = unconfirmed(world.services)
    assert days == 3
    begin(world)
    world.do("president", "consent.adopt", world.meeting_id)
    assert virtual(world).confirmed_in == world.meeting_id
    assert unconfirmed(world.services) == []
    assert commands(world)[-1] == "confirm"


@pytest.mark.parametrize(("choice", "confirmed"), [("yes", True), ("no", False)])
def test_a_pulled_confirmation_is_decided_by_a_motion(
    world: World, choice: str, confirmed: bool
) -> None:
    put(world)
    item = next(i for i in world.meeting.docket if i.confirms)
    with pytest.raises(ConflictError, match="Pull it first"):
        world.do("director1", "motion.move-confirmation", world.meeting_id, item=item.number)
    begin(world)
    world.do("director3", "docket.pull", world.meeting_id, item=item.id)
    moved = world.do("director1", "motion.move-confirmation", world.meeting_id, item=item.number)
    with pytest.raises(ConflictError, match="before the Board already"):
        world.do("director2", "motion.move-confirmation", world.meeting_id, item=item.number)
    world.ids["motion"] = moved.id
    world.do("director2", "motion.second", moved.id)
    world.do("president", "motion.open", moved.id)
    world.forget_letters()
    world.decide(*[choice] * 9)
    world.deliver_all()
    found = virtual(world)
    assert (found.confirmed_at is not None) is confirmed
    assert (found.confirmation_refused_at is not None) is not confirmed
    assert unconfirmed(world.services) == []
    assert bool(world.letters("confirmation-refused")) is not confirmed
    assert world.group.state == "active", "nothing is undone by itself"


# Mistaken votes


def test_a_mistaken_vote_is_void_and_held_anew_and_nothing_is_lost(world: World) -> None:
    world.at("open")
    world.vote("director1", "yes")
    world.recuse("director2")
    before = set(world.dump())
    world.do("president", "motion.void", world.motion_id, reason="The wrong text.")
    world.deliver_all()
    assert len(world.letters("vote-void")) == 13
    with pytest.raises(ConflictError):
        world.vote("director3", "yes")
    new = world.do("president", "motion.hold-anew", world.motion_id)
    assert before <= set(world.dump())
    old = world.motion
    assert (old.state, old.void_reason) == (State.VOID, "The wrong text.")
    assert (old.replaced_by, new.replaces) == (new.id, old.id)
    with pytest.raises(ConflictError, match="already"):
        world.do("staff", "motion.hold-anew", old.id)
    world.ids["motion"] = new.id
    world.do("president", "motion.open", new.id)
    (carried_over,) = world.services.store.board.ballots(new.id)
    assert (carried_over.choice, carried_over.person_id) == (
        "recused",
        world.person("director2").id,
    )
    world.decide("yes", "yes", "yes", "yes", "yes", "yes", "", "yes", "yes")
    assert world.motion.state == State.CARRIED


def test_two_who_hold_a_vote_anew_at_once_make_one_motion(world: World) -> None:
    world.at("open")
    world.do("president", "motion.void", world.motion_id, reason="The wrong text.")
    results = at_once(
        lambda: world.do("president", "motion.hold-anew", world.motion_id),
        lambda: world.do("staff", "motion.hold-anew", world.motion_id),
    )
    assert sum(isinstance(r, ConflictError) for r in results) == 1
    assert len(world.services.store.board.motions(world.meeting_id)) == 2


def test_a_result_that_chartered_a_group_is_not_undone_in_silence(world: World) -> None:
    world.at("carried")
    before = world.dump()
    with pytest.raises(ConflictError, match="rescind"):
        world.do("president", "motion.void", world.motion_id, reason="Oh.")
    assert world.dump() == before


# Recusal


def test_a_recusal_keeps_the_member_out_of_the_documents_discussion(world: World) -> None:
    world.at("moved")
    world.recuse("director5")
    document, who = world.motion.document_id, world.person("director5").id
    assert world.services.store.documents.recused(document, who)
    world.do("director5", "motion.rejoin", world.motion_id)
    assert not world.services.store.documents.recused(document, who)
    assert commands(world)[-2:] == ["recuse", "rejoin"]
    with pytest.raises(ConflictError, match="not recused"):
        world.do("director5", "motion.rejoin", world.motion_id)


def test_who_votes_after_all_takes_the_recusal_back(world: World) -> None:
    world.at("open")
    world.recuse("director5")
    world.vote("director5", "yes")
    assert commands(world)[-2:] == ["recuse", "rejoin"]
    (ballot,) = world.services.store.board.ballots(world.motion_id)
    assert ballot.choice == "yes"
    assert ballot.earlier[0].startswith("recused (I convene it.)")
