"""One decision on many signatures: what was asked for, and how far it is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.signing import decisions
from chalicelib.domain.signing.patterns import Pattern, matches
from chalicelib.domain.signing.signature import Match, Signature, State


class Action(StrEnum):
    """What is done to each signature."""

    SET_ASIDE = "set-aside"
    RELEASE = "release"
    ACCEPT = "accept"


class Stage(StrEnum):
    """How far a bulk action is."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


# The states that staff may choose from.
STATES = (State.PENDING, State.HELD, State.CONFIRMED, State.VERIFIED)
CHANGED = "It changed after the preview and no longer matches."
ONE_OF_TWO = "Another signature counts for this member. Decide the two by hand."
LETTER_OUT = "The email asking for confirmation has gone out."


@dataclass(frozen=True)
class Count:
    """How many signatures were left as they were, and why."""

    why: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """A bulk action. `hit` is how many signatures the preview showed; `place` how many of them
    were gone through by the job that runs or ran last, `done` and `skipped` what came of that,
    and `undone` and `kept` what came of taking it back. `petition_id` is empty for all that are
    open. `tell` says whether signatories are written to about being set aside.
    """

    id: str
    action: Action
    pattern: Pattern
    states: tuple[str, ...]
    reason: str
    by: str
    at: datetime
    hit: int
    petition_id: str = ""
    tell: bool = False
    stage: Stage = Stage.RUNNING
    revision: int = 1
    place: int = 0
    done: int = 0
    skipped: tuple[Count, ...] = ()
    finished_at: datetime | None = None
    undone_by: str = ""
    undone_at: datetime | None = None
    undone: int = 0
    kept: tuple[Count, ...] = ()


def fits(bulk: Bulk, signature: Signature) -> bool:
    """Whether a signature is one that the action is about, as it stands."""
    chosen = signature.state in bulk.states and signature.created_at <= bulk.at
    return chosen and matches(bulk.pattern, signature)


def decided_by(bulk: Bulk, signature: Signature) -> bool:
    """Whether the action has decided a signature already, whatever became of it since."""
    return any(one.batch == bulk.id and one.what != "undo" for one in signature.decisions)


def match_for(bulk: Bulk, signature: Signature, version: int) -> Match:
    """How a signature counts that the action accepts, with the roster version in force. One that
    was found on the roster stays what it was found to be.
    """
    known = signature.match if signature.state == State.VERIFIED else None
    return Match(
        "staff",
        version,
        by=bulk.by,
        reason=bulk.reason,
        seat=known.seat if known else "",
        member_number=known.member_number if known else "",
    )


def decide(
    bulk: Bulk,
    petition: Petition,
    signature: Signature,
    match: Match,
    policy: Policy,
    at: datetime,
) -> Signature:
    """The signature as the action leaves it; `match` is what one that is accepted counts by.

    Raises ConflictError, with the reason in words, where it cannot be or is not to be.
    """
    if not fits(bulk, signature):
        raise ConflictError(CHANGED)
    if bulk.action == Action.RELEASE:
        return decisions.release(petition, signature, bulk.reason, bulk.by, at, policy, bulk.id)
    if bulk.action == Action.SET_ASIDE:
        return decisions.set_aside(
            petition, signature, bulk.reason, bulk.by, at, bulk.id, bulk.tell
        )
    if signature.rival:
        raise ConflictError(ONE_OF_TWO)
    return decisions.accept(petition, signature, match, bulk.by, at, bulk.id)


def undo(bulk: Bulk, petition: Petition, signature: Signature, at: datetime) -> Signature:
    """The signature as it stood before the action. Raises ConflictError where staff, the signatory
    or a roster changed it since.
    """
    if bulk.action == Action.RELEASE:
        raise ConflictError(LETTER_OUT)
    return decisions.undo(petition, signature, bulk.undone_by, at, bulk.id)


def undone_by(bulk: Bulk, signature: Signature) -> bool:
    """Whether the action was taken back on a signature already."""
    return any(one.batch == bulk.id and one.what == "undo" for one in signature.decisions)


def added(counts: Iterable[Count], more: Counter[str]) -> tuple[Count, ...]:
    """The counts with some more, the most frequent reason first."""
    total = Counter({one.why: one.number for one in counts}) + more
    return tuple(Count(why, n) for why, n in sorted(total.items(), key=lambda p: (-p[1], p[0])))
