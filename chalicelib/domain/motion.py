"""A motion on a document: moved, seconded, withdrawn, postponed. Votes on it are in `ballots`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import Invalid, NotAllowed
from chalicelib.domain.events import Event
from chalicelib.domain.people import Act
from chalicelib.domain.record import Transitions, advance, require
from chalicelib.domain.tally import Tally


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
