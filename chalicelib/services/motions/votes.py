"""Votes: opened, ballots cast, closed, announced. Those without a meeting are in `virtual_votes`,
recusals in `recusing`, mistaken votes in `voiding`, confirmations in `confirming`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.motions import ballots as rules
from chalicelib.domain.motions.ballots import RECUSED, Ballot, Slip
from chalicelib.domain.motions.motion import Motion, State, ends_at
from chalicelib.domain.people.people import SYSTEM, Person, Role, actor_for
from chalicelib.domain.record.events import Event
from chalicelib.domain.times import from_local
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services
from chalicelib.services.motions import confirming, effects, receipts, recusing, vote_inputs
from chalicelib.services.motions.motions import motion, require_no_amendment
from chalicelib.services.motions.participation import require_presiding
from chalicelib.services.motions.postponed import tell_conveners
from chalicelib.services.motions.receipts import Receipt
from chalicelib.services.outbox.email_queue import write
from chalicelib.services.people import seats


@command("motion.open", vote_inputs.Open, motion)
def open_vote(step: Step[Motion, vote_inputs.Open]) -> Motion:
    """The vote opened to the seats that are voting today; each of them is told."""
    form = step.form
    require_presiding(step, step.subject)
    secret = is_secret(step, form.ballot)
    return open_now(step, secret, _closes_at(step, form))


def is_secret(step: Step[Motion, Any], ballot: str) -> bool:
    """Whether the vote is to be secret: as those who preside chose, or as the policy has it."""
    ballot = ballot or rules.rule_of(step.subject, step.services.policy, step.by.at).ballot
    if ballot not in {"named", "secret"}:
        raise ValidationError({"ballot": "Choose a named or a secret vote."})
    return ballot == "secret"


def _closes_at(step: Step[Any, Any], form: vote_inputs.Open) -> datetime | None:
    if form.closes_day is None and form.closes_time is None:
        return None
    if form.closes_day is None:
        raise ValidationError({"closes_day": "Choose the day too, or leave both empty."})
    if form.closes_time is None:
        raise ValidationError({"closes_time": "Choose the time too, or leave both empty."})
    zone = step.services.policy.association.zone
    try:
        return from_local(form.closes_day, form.closes_time, zone)
    except OverflowError:
        raise ValidationError({"closes_day": "Choose a day that people can count on."}) from None


def open_now(step: Step[Motion, Any], secret: bool, closes_at: datetime | None) -> Motion:
    """Opens the vote and writes to its electors."""
    services = step.services
    require_no_amendment(step, step.subject, "the vote can be opened")
    today = services.today()
    # Where a seat is given or taken at the same moment, it opens to those who sit after that.
    electors = [p for p in seats.electorate(step, today) if _has(p, Role.VOTING, today)]
    new, event = rules.open_vote(
        step.subject, electors, today, step.by, secret=secret, closes_at=closes_at
    )
    services.store.board.save_motion(step.unit, new, event)
    tell_members(step, event, "vote-open", new, electors)
    return new


def tell_members(
    step: Step[Any, Any], event: Event, kind: str, about: Motion, to: Sequence[Person], **more: Any
) -> None:
    """A letter about a vote to each of some people."""
    until = ends_at(about)
    data = {
        "motion_id": about.id,
        "title": about.title,
        "wording": about.wording,
        "closes_at": until.isoformat() if until else "",
        "secret": about.secret,
        **more,
    }
    for person in to:
        write(step, event, kind, person.email, person.name, data)


def voting_members(services: Services) -> list[Person]:
    """Everybody whose seat votes today."""
    return _seated(services, Role.VOTING)


def _seated(services: Services, role: Role) -> list[Person]:
    today = services.today()
    board = services.store.people.board(today)
    return [person for person in board if _has(person, role, today)]


def _has(person: Person, role: Role, on: date) -> bool:
    return role in actor_for(person, on).roles


@command("motion.vote", vote_inputs.Vote, motion)
def vote(step: Step[Motion, vote_inputs.Vote]) -> Ballot | Receipt:
    """The member's one ballot, cast or changed. Who was recused takes that back by voting."""
    store, found = step.services.store.board, step.subject
    existing = store.ballot(found.id, step.by.actor.id)
    cast = _vote_secretly(step, existing) if found.secret else _vote_named(step, existing)
    if step.unit.empty:
        return cast
    if existing and existing.choice == RECUSED:
        recusing.take_back(step, existing)
    else:
        store.require_open(step.unit, found)
    return cast


def _vote_named(step: Step[Motion, vote_inputs.Vote], existing: Ballot | None) -> Ballot:
    choice, actor = step.form.choice, step.by.actor
    new = rules.vote(step.subject, existing, choice, actor, step.by.at)
    if new is None:
        assert existing is not None
        return existing
    step.services.store.board.save_ballot(step.unit, new, existing)
    return new


def _vote_secretly(step: Step[Motion, vote_inputs.Vote], existing: Ballot | None) -> Receipt:
    """That somebody voted and what, as two items that nothing joins, in one transaction."""
    form, found, store = step.form, step.subject, step.services.store.board
    receipt = form.receipt or receipts.make(step, form.ballot_token)
    key = receipts.key_of(found.id, receipt)
    if existing is not None and existing.choice != RECUSED:
        slip = store.slip(found.id, key)
        if slip is None:
            _unknown(found, form)
        else:
            changed = rules.change_slip(found, slip, form.choice, step.by.actor, step.by.at)
            if changed is not None:
                store.save_slip(step.unit, changed, slip)
            return _receipt(found, changed or slip, receipt)
    who, slip = rules.vote_secretly(found, key, form.choice, step.by.actor, step.by.at)
    if form.receipt:
        raise ValidationError({"receipt": "You have not voted yet: leave this empty."})
    store.save_ballot(step.unit, who, existing)
    store.save_slip(step.unit, slip)
    return _receipt(found, slip, receipt)


def _unknown(found: Motion, form: vote_inputs.Vote) -> None:
    if form.receipt:
        raise ValidationError(
            {"receipt": "No ballot of this vote has this receipt. Type it again."}
        )
    if found.state == State.OPEN:
        raise ConflictError(
            "You have voted already. To change your vote, enter your receipt. Without it your "
            "vote does not change."
        )


def _receipt(found: Motion, slip: Slip, receipt: str) -> Receipt:
    plain = receipt.replace("-", "").replace(" ", "")
    return Receipt(
        id=found.id, choice=slip.choice, number=slip.number, receipt=receipts.grouped(plain)
    )


@command("motion.close", load=motion)
def close(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The vote closed; its ballots stand from now on."""
    require_presiding(step, step.subject)
    return close_now(step)


def close_now(step: Step[Motion, Any]) -> Motion:
    """Closes the vote; those who announce it are told where nobody of them did so."""
    services, old = step.services, step.subject
    ballots = services.store.board.ballots(old.id)
    members, today = voting_members(services), services.today()
    all_voted = rules.complete(old, ballots, {person.id for person in members})
    new, event = rules.close(old, members, today, step.by, all_voted=all_voted)
    services.store.board.save_motion(step.unit, new, event)
    if step.by.role == Role.SYSTEM:
        presiding = _seated(services, Role.PRESIDING)
        staff = services.store.people.staff()
        told = {person.email: person for person in (*presiding, *staff)}
        counts = {"ballots": len(ballots), "electors": len(new.electorate)}
        tell_members(step, event, "vote-closed", new, list(told.values()), **counts)
    return new


def close_if_complete(services: Services, motion_id: str) -> None:
    """Closes a vote that closes by itself when all have voted, if they have. The sweep does the
    same, so that a process that dies before this loses nothing.
    """
    found = services.store.board.motion(motion_id)
    if found is None or found.state != State.OPEN:
        return
    if rules.closes_by_itself(found, services.policy, services.clock()):
        perform(services, SYSTEM, "motion.keep-time", motion_id)


def counted(services: Services, of: Motion) -> tuple[list[Ballot], list[Slip]]:
    """The ballots of a vote, and the slips if it was secret."""
    board = services.store.board
    return board.ballots(of.id), board.slips(of.id) if of.secret else []


@command("motion.announce", load=motion)
def announce(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The result declared, and with it, in one transaction, what it decides. Without a quorum
    nothing is decided: the motion is postponed, and its document stays before the Board; the
    conveners of its petition are told.
    """
    services, old = step.services, step.subject
    require_presiding(step, old)
    ballots, slips = counted(services, old)
    new, event = rules.announce(old, ballots, services.policy, step.by, slips)
    services.store.board.save_motion(step.unit, new, event)
    if new.state == State.POSTPONED:
        tell_conveners(step, new, event)
    else:
        effects.bring_about(step, new)
    return new


# What the adoption of a consent agenda calls for each of its items that confirms a result.
confirm = confirming.confirm
