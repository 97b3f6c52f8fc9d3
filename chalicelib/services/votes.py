"""Votes: opened, ballots cast, closed, announced."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from chalicelib.domain import ballots as rules
from chalicelib.domain.ballots import Ballot
from chalicelib.domain.meeting import Meeting
from chalicelib.domain.motion import Motion, State
from chalicelib.domain.people import Person, Role, actor_for
from chalicelib.domain.record import advance
from chalicelib.services import effects, inputs, seats
from chalicelib.services.commands import Step, command
from chalicelib.services.motions import motion, require_no_amendment
from chalicelib.services.writing import write


@command("motion.open", load=motion)
def open_vote(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The vote opened to the seats that are voting today; each of them is told. Where a seat is
    given or taken at the same moment, it is opened to those who sit after that.
    """
    services, today = step.services, step.services.today()
    require_no_amendment(step, step.subject, "the vote can be opened")
    electors = _voting(seats.electorate(step, today), today)
    new, event = rules.open_vote(step.subject, electors, today, step.by)
    services.store.board.save_motion(step.unit, new, event)
    for person in electors:
        data = {"motion_id": new.id, "title": new.title, "wording": new.wording}
        write(step, event, "vote-open", person.email, person.name, data)
    return new


def _voting(board: Iterable[Person], on: date) -> list[Person]:
    """Those whose seat votes on a day."""
    return [person for person in board if Role.VOTING in actor_for(person, on).roles]


@command("motion.vote", inputs.Vote, motion)
def vote(step: Step[Motion, inputs.Vote]) -> Ballot | None:
    """The member's one ballot, cast or changed."""
    board, actor = step.services.store.board, step.by.actor
    inputs.keep_within(step.services.policy.limits.comment, reason=step.form.reason)
    existing = board.ballot(step.subject.id, actor.id)
    new = rules.vote(step.subject, existing, step.form.choice, step.form.reason, actor, step.by.at)
    if new is None:
        return existing
    board.save_ballot(step.unit, new)
    return new


@command("motion.close", load=motion)
def close(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The vote closed; its ballots stand from now on."""
    today = step.services.today()
    members = _voting(step.services.store.people.board(today), today)
    new, event = rules.close(step.subject, members, today, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.announce", load=motion)
def announce(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The result declared, and with it, in one transaction, what it decides. Without a quorum
    nothing is decided: the motion is postponed, and its document stays before the Board.
    """
    services, old = step.services, step.subject
    ballots = services.store.board.ballots(old.id)
    new, event = rules.announce(old, ballots, services.policy, step.by)
    services.store.board.save_motion(step.unit, new, event)
    if new.state != State.POSTPONED:
        effects.bring_about(step, new)
    return new


def confirm(step: Step[Any, Any], motion_id: str, at: Meeting) -> Motion | None:
    """Marks a motion as confirmed by a meeting, in the command's own transaction; None where it
    was decided meanwhile. Called for each adopted item that `confirms` a motion.
    """
    board = step.services.store.board
    found = board.motion(motion_id)
    if found is None or found.confirmed_at or found.confirmation_refused_at:
        return None
    new, event = advance(
        found,
        "motion",
        "confirm",
        step.by,
        before=found.state,
        data={"meeting": at.id},
        confirmed_at=step.by.at,
        confirmed_in=at.id,
    )
    board.save_motion(step.unit, new, event)
    return new
