"""The vote on a motion: opened, ballots cast, closed, announced."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.errors import Conflict, Invalid, NotAllowed
from chalicelib.domain.events import Event
from chalicelib.domain.motion import TRANSITIONS, Elector, Motion, State
from chalicelib.domain.people import Act, Actor, Person
from chalicelib.domain.policy import BoardRule, Policy
from chalicelib.domain.record import advance, require
from chalicelib.domain.tally import CHOICES, Tally, count
from chalicelib.domain.times import local_date


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """A member's ballot on a motion; one each. `earlier` keeps what it said before a change."""

    motion_id: str
    person_id: str
    name: str
    office: str
    choice: str
    cast_at: datetime
    reason: str = ""
    version: int = 1
    earlier: tuple[str, ...] = ()


def electors(members: Iterable[Person], on: date) -> tuple[Elector, ...]:
    """Those of some people who hold a voting seat on a day, with the office that they hold."""
    seated = [(person, person.seat_on(on)) for person in members]
    return tuple(Elector(p.id, p.name, seat.office) for p, seat in seated if seat and seat.voting)


def open_vote(motion: Motion, members: Iterable[Person], on: date, by: Act) -> tuple[Motion, Event]:
    """The vote opened, with its electorate frozen: the voting seats as they are on the day `on`."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "open")
    electorate = electors(members, on)
    if not electorate:
        raise Conflict("No voting seat of the Board is filled, so nobody could vote.")
    return advance(
        motion,
        "motion",
        "open",
        by,
        before=motion.state,
        data={"electorate": [[e.person_id, e.name, e.office] for e in electorate]},
        state=leads_to,
        opened_at=by.at,
        electorate=electorate,
    )


def vote(
    motion: Motion,
    existing: Ballot | None,
    choice: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Ballot | None:
    """The member's ballot, new or changed; None when it says what it said before.

    Raises NotAllowed outside the electorate, Invalid for an unknown choice or a recusal
    without its reason, IllegalTransition unless the vote is open.
    """
    require(TRANSITIONS, "motion", motion.state, "vote")
    elector = next((e for e in motion.electorate if e.person_id == actor.id), None)
    if elector is None:
        raise NotAllowed("You were not a voting member when this vote opened.")
    if choice not in CHOICES:
        raise Invalid({"choice": "Choose yes, no, abstain, or recuse yourself."})
    if choice == "recused" and not reason:
        raise Invalid({"reason": "State the conflict of interest: the minutes record it."})
    reason = reason if choice == "recused" else ""
    if existing is None:
        return Ballot(
            motion_id=motion.id,
            person_id=actor.id,
            name=elector.name,
            office=elector.office,
            choice=choice,
            cast_at=now,
            reason=reason,
        )
    if (existing.choice, existing.reason) == (choice, reason):
        return None
    why = f" ({existing.reason})" if existing.reason else ""
    was = f"{existing.choice}{why} at {existing.cast_at.isoformat()}"
    return replace(
        existing,
        choice=choice,
        reason=reason,
        cast_at=now,
        version=existing.version + 1,
        earlier=(*existing.earlier, was),
    )


def close(motion: Motion, members: Iterable[Person], on: date, by: Act) -> tuple[Motion, Event]:
    """The vote closed: from here on no ballot is taken. The result waits to be announced.

    Who holds a voting seat on the day `on` is recorded beside the electorate that was frozen at
    the opening, so that a change in between shows.
    """
    leads_to = require(TRANSITIONS, "motion", motion.state, "close")
    return advance(
        motion,
        "motion",
        "close",
        by,
        before=motion.state,
        data={"seats_at_close": [[e.person_id, e.name, e.office] for e in electors(members, on)]},
        state=leads_to,
        closed_at=by.at,
    )


def rule_of(motion: Motion, policy: Policy, now: datetime) -> BoardRule:
    """The Board rule that held on the day when the vote opened (today, before that)."""
    return policy.board(local_date(motion.opened_at or now, policy.association.zone))


def tally_of(motion: Motion, ballots: Iterable[Ballot], policy: Policy, now: datetime) -> Tally:
    """The count of these ballots under the motion's rule."""
    rule = rule_of(motion, policy, now)
    return count([b.choice for b in ballots], len(motion.electorate), rule)


def _result(tally: Tally) -> State:
    if not tally.quorate:
        return State.POSTPONED
    return State.CARRIED if tally.carried else State.LOST


def announce(
    motion: Motion,
    ballots: Iterable[Ballot],
    policy: Policy,
    by: Act,
) -> tuple[Motion, Event]:
    """The result declared. The event holds each member's ballot: who voted how.

    Without a quorum nothing was decided (Robert's Rules: no business but to adjourn): the motion
    is postponed, and can be moved again.
    """
    require(TRANSITIONS, "motion", motion.state, "announce")
    cast = sorted(ballots, key=lambda b: b.name)
    tally = tally_of(motion, cast, policy, by.at)
    return advance(
        motion,
        "motion",
        "announce",
        by,
        before=motion.state,
        data={
            "ballots": [[b.person_id, b.name, b.office, b.choice, b.reason] for b in cast],
            "yes": tally.yes,
            "no": tally.no,
            "abstain": tally.abstain,
            "recused": tally.recused,
            "quorum": tally.quorum,
            "majority_base": tally.majority_base,
        },
        state=_result(tally),
        announced_at=by.at,
        tally=tally,
    )
