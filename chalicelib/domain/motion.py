"""A motion on a document: moved, seconded, voted on, closed, announced."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import Conflict, Invalid, NotAllowed
from chalicelib.domain.events import Event
from chalicelib.domain.people import Act, Actor, Person
from chalicelib.domain.policy import BoardRule, Policy
from chalicelib.domain.record import Transitions, advance, require
from chalicelib.domain.tally import CHOICES, Tally, count
from chalicelib.domain.times import local_date


class State(StrEnum):
    """Where a motion stands. `closed` has its ballots counted but not yet announced."""

    MOVED = "moved"
    SECONDED = "seconded"
    OPEN = "open"
    CLOSED = "closed"
    CARRIED = "carried"
    LOST = "lost"
    POSTPONED = "postponed"
    WITHDRAWN = "withdrawn"
    # Its numbered actions are motions of their own.
    DIVIDED = "divided"
    # A mistaken vote, with its reason; it is held anew as another motion.
    VOID = "void"


class Effect(StrEnum):
    """What a carried motion brings about by itself."""

    NONE = ""
    ESTABLISH = "establish"  # its petition is approved and its group chartered
    AMEND = "amend"  # the motion that it amends reads as it says
    CONFIRM = "confirm"  # the result of a virtual vote is confirmed


_S = State

TRANSITIONS: Transitions = {
    "second": (frozenset({_S.MOVED}), _S.SECONDED),
    "open": (frozenset({_S.SECONDED}), _S.OPEN),
    "vote": (frozenset({_S.OPEN}), None),
    "close": (frozenset({_S.OPEN}), _S.CLOSED),
    "announce": (frozenset({_S.CLOSED}), None),
    "postpone": (frozenset({_S.MOVED, _S.SECONDED}), _S.POSTPONED),
    "withdraw": (frozenset({_S.MOVED, _S.SECONDED}), _S.WITHDRAWN),
}

# While a motion on a document is in one of these, no other can be moved on it.
PENDING = frozenset({_S.MOVED, _S.SECONDED, _S.OPEN, _S.CLOSED})


@dataclass(frozen=True)
class Elector:
    """A voting seat as it was when the vote opened."""

    person_id: str
    name: str
    office: str


@dataclass(frozen=True, kw_only=True)
class Motion:
    """One motion.

    `document_id` and `action` say which numbered action of which document is moved (0: all of
    it); `charge` and `conditions` are what an `establish` motion gives the group. `amends` is the
    motion that an amendment changes, or whose result a `confirm` motion confirms.

    A `virtual` vote has its discussion from `discussion_from` until `voting_from`, and its vote
    from then until `voting_until`; a result of it stays unconfirmed until `confirmed_at`.
    `replaces` and `replaced_by` join a void vote with the one that was held anew.
    """

    id: str
    meeting_id: str
    document_number: str
    petition_id: str
    title: str
    wording: str
    document_id: str = ""
    action: int = 0
    effect: Effect = Effect.NONE
    charge: str = ""
    conditions: str = ""
    amends: str = ""
    divided_from: str = ""
    secret: bool = False
    virtual: bool = False
    discussion_from: datetime | None = None
    voting_from: datetime | None = None
    voting_until: datetime | None = None
    confirmed_at: datetime | None = None
    confirmation_refused_at: datetime | None = None
    confirmed_in: str = ""
    void_reason: str = ""
    replaces: str = ""
    replaced_by: str = ""
    state: State = State.MOVED
    version: int = 0
    head: str = ""
    moved_at: datetime | None = None
    mover_id: str = ""
    mover: str = ""
    seconder_id: str = ""
    seconder: str = ""
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    announced_at: datetime | None = None
    electorate: tuple[Elector, ...] = ()
    tally: Tally | None = None


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


def move(
    motion_id: str,
    meeting_id: str,
    document_number: str,
    petition_id: str,
    title: str,
    wording: str,
    by: Act,
) -> tuple[Motion, Event]:
    """A new motion on a document. Raises Invalid without a wording."""
    if not wording:
        raise Invalid({"wording": "Write the motion in full, beginning with “That”."})
    if not wording.startswith("That "):
        raise Invalid({"wording": "Begin the motion with “That”, as in “That the Board …”."})
    blank = Motion(
        id=motion_id,
        meeting_id=meeting_id,
        document_number=document_number,
        petition_id=petition_id,
        title=title,
        wording=wording,
    )
    return advance(
        blank,
        "motion",
        "move",
        by,
        before="",
        data={"wording": wording, "document": document_number},
        state=State.MOVED,
        moved_at=by.at,
        mover_id=by.actor.id,
        mover=by.actor.name,
    )


def second(motion: Motion, by: Act) -> tuple[Motion, Event]:
    """The motion seconded. Raises NotAllowed for its own mover."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "second")
    if by.actor.id == motion.mover_id:
        raise NotAllowed("You moved this motion; another voting member has to second it.")
    return advance(
        motion,
        "motion",
        "second",
        by,
        before=motion.state,
        state=leads_to,
        seconder_id=by.actor.id,
        seconder=by.actor.name,
    )


def withdraw(motion: Motion, by: Act) -> tuple[Motion, Event]:
    """The motion taken back. Raises NotAllowed for anybody but its mover."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "withdraw")
    if by.actor.id != motion.mover_id:
        raise NotAllowed("Only the member who moved this motion can withdraw it.")
    return advance(motion, "motion", "withdraw", by, before=motion.state, state=leads_to)


def postpone(motion: Motion, by: Act) -> tuple[Motion, Event]:
    """The motion put off; it can be moved again."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "postpone")
    return advance(motion, "motion", "postpone", by, before=motion.state, state=leads_to)


def open_vote(motion: Motion, members: Iterable[Person], by: Act) -> tuple[Motion, Event]:
    """The vote opened, with its electorate frozen: the voting seats as they are now."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "open")
    electorate = tuple(
        Elector(p.id, p.name, p.seat.office) for p in members if p.seat and p.seat.voting
    )
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


def close(motion: Motion, members: Iterable[Person], by: Act) -> tuple[Motion, Event]:
    """The vote closed: from here on no ballot is taken. The result waits to be announced.

    Who holds a voting seat now is recorded beside the electorate that was frozen at the opening,
    so that a change in between shows.
    """
    leads_to = require(TRANSITIONS, "motion", motion.state, "close")
    return advance(
        motion,
        "motion",
        "close",
        by,
        before=motion.state,
        data={"seats_at_close": [[p.id, p.name, p.seat.office] for p in members if p.seat]},
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
