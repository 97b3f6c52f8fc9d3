"""Votes without a meeting: called, extended, and kept in time by the sweep."""

from dataclasses import replace

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.motions import ballots as votes
from chalicelib.domain.motions import virtual as rules
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.times import local_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.motions import vote_inputs
from chalicelib.services.motions.motions import motion
from chalicelib.services.motions.participation import require_presiding
from chalicelib.services.motions.votes import (
    close_now,
    is_secret,
    open_now,
    tell_members,
    voting_members,
)


@command("motion.call-virtual", vote_inputs.CallVirtual, motion)
def call(step: Step[Motion, vote_inputs.CallVirtual]) -> Motion:
    """A vote without a meeting called; every voting member is told its dates."""
    services, form = step.services, step.form
    require_presiding(step, step.subject)
    inputs.keep_within(services.policy.limits.comment, no_discussion=form.no_discussion)
    secret = is_secret(step, form.ballot)
    new, event = rules.call(step.subject, form.no_discussion, secret, services.policy, step.by)
    services.store.board.save_motion(step.unit, new, event)
    tell_members(
        step,
        event,
        "vote-called",
        new,
        voting_members(services),
        voting_from=new.voting_from.isoformat() if new.voting_from else "",
        no_discussion=new.no_discussion,
    )
    return new


@command("motion.extend-vote", vote_inputs.Extend, motion)
def extend(step: Step[Motion, vote_inputs.Extend]) -> Motion:
    """A window made longer before its end; every voting member is told."""
    services, form = step.services, step.form
    require_presiding(step, step.subject)
    inputs.keep_within(services.policy.limits.comment, reason=form.reason)
    if form.until is None:
        raise ValidationError({"until": "Choose the new last day."})
    try:
        new, event = rules.extend(step.subject, form.until, form.reason, services.policy, step.by)
    except OverflowError:
        raise ValidationError({"until": "Choose a day that people can count on."}) from None
    services.store.board.save_motion(step.unit, new, event)
    tell_members(
        step,
        event,
        "vote-extended",
        new,
        voting_members(services),
        voting_from=new.voting_from.isoformat() if new.voting_from else "",
        window=event.data["window"],
        reason=form.reason,
    )
    return new


@command("motion.keep-time", load=motion)
def keep_time(step: Step[Motion, inputs.Nothing]) -> Motion:
    """What a vote's time asks for now: it opens, closes, or reminds those who have not voted.
    Nothing where it was done already, or the index that named it lags behind.
    """
    services, found, now = step.services, step.subject, step.by.at
    board, policy = services.store.board, services.policy
    if rules.to_open(found, now):
        if board.pending_amendment(found.id):
            # Its own vote comes first; the sweep looks again until it is disposed of.
            return found
        late = replace(step, subject=rules.opened_late(found, policy, now))
        return open_now(late, found.secret, None)
    if rules.over(found, now):
        return close_now(step)
    moment = rules.to_remind(found, policy, now)
    if moment is not None:
        new, event, missing = rules.remind(found, moment, board.ballots(found.id), step.by)
        board.save_motion(step.unit, new, event)
        ids = {elector.person_id for elector in missing}
        people = [person for person in voting_members(services) if person.id in ids]
        tell_members(step, event, "vote-reminder", new, people)
        return new
    by_itself = found.state == "open" and votes.closes_by_itself(found, policy, now)
    if by_itself:
        sitting = {person.id for person in voting_members(services)}
        if votes.complete(found, board.ballots(found.id), sitting):
            return close_now(step)
    return found


def due(services: Services) -> list[str]:
    """Ids of the motions whose time asks for something."""
    return services.store.board.votes(rules.VOTES, services.clock())


def under_vote(services: Services) -> list[Motion]:
    """The motions whose vote is called or open, those that need something first in front."""
    board = services.store.board
    found = [board.motion(motion_id) for motion_id in board.votes(rules.VOTES)]
    # The index may lag behind by a moment.
    return [m for m in found if m and rules.due_of(m, services.policy, services.clock())]


def last_days(found: Motion, zone: str) -> dict[str, str]:
    """The last day of the discussion and of the voting, as ISO dates; empty where there is none."""
    days = {}
    if found.voting_from and not found.no_discussion:
        days["discussion"] = local_date(found.voting_from - rules.SECOND, zone).isoformat()
    if found.voting_until:
        days["voting"] = local_date(found.voting_until, zone).isoformat()
    return days
