"""The seal of the record: one digest over everything that it says up to a moment.

Whoever rewrites a whole chain consistently, state and all, leaves nothing in the chain that tells
of it. What tells is a seal that was written down before: it cannot be had of the altered record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.record.events import Event, sha256_of

# The beginning of a seal that is long enough to be told from any other.
SHORTEST = 16


@dataclass(frozen=True)
class Head:
    """How far a thing's record went: its last step, and that step's digest."""

    step: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A night's seal: of every step up to the moment `until`. `things` is how many things had a
    record by then, and `heads` the digest over all of their last steps. `previous` is the digest
    of the seal before, so that the latest vouches for all.
    """

    number: int
    at: datetime
    until: datetime
    things: int
    heads: str
    previous: str = ""
    digest: str = ""


def digest_of_heads(heads: Mapping[str, Head]) -> str:
    """SHA-256 (hex) over all heads, whatever order they came in."""
    return sha256_of([[name, head.step, head.digest] for name, head in sorted(heads.items())])


def digest_of_seal(seal: Seal) -> str:
    """SHA-256 (hex) of everything in a seal but its own digest."""
    return sha256_of(
        {
            "number": seal.number,
            "at": seal.at.isoformat(),
            "until": seal.until.isoformat(),
            "things": seal.things,
            "heads": seal.heads,
            "previous": seal.previous,
        }
    )


def make(previous: Seal | None, heads: Mapping[str, Head], until: datetime, at: datetime) -> Seal:
    """The next seal after `previous`."""
    blank = Seal(
        number=previous.number + 1 if previous else 1,
        at=at,
        until=until,
        things=len(heads),
        heads=digest_of_heads(heads),
        previous=previous.digest if previous else "",
    )
    return Seal(**{**vars(blank), "digest": digest_of_seal(blank)})


def head_until(events: Iterable[Event], until: datetime, *, opened: bool = False) -> Head | None:
    """How far a thing's record went at a moment; None where it had none yet, or was a draft that
    nobody but its conveners sees. `opened` says that a petition is known to have been opened,
    where its whole record is not at hand.
    """
    known = [event for event in events if event.at <= until]
    if not known:
        return None
    if known[-1].subject.startswith("petition/"):
        opened = opened or any(event.command == "publish" for event in known)
        if not opened or known[-1].after == "draft":
            return None
    return Head(known[-1].sequence, known[-1].digest)


def check(seals: Iterable[Seal], records: Mapping[str, Iterable[Event]]) -> list[str]:
    """What is wrong with the seals themselves, or with the record as each of them knew it."""
    problems: list[str] = []
    before: Seal | None = None
    for seal in seals:
        name = f"seal {seal.number} of {seal.until.date().isoformat()}"
        if seal.digest != digest_of_seal(seal):
            problems.append(f"{name}: it was altered, for its digest does not fit what it says.")
        if seal.number != (before.number + 1 if before else 1):
            problems.append(f"{name}: one before it is missing, or it was moved.")
        elif seal.previous != (before.digest if before else ""):
            problems.append(f"{name}: it does not follow the one before it.")
        heads = heads_until(records, seal.until)
        if digest_of_heads(heads) != seal.heads:
            problems.append(
                f"{name}: the record of that day is not the one that was sealed: "
                f"{_difference(seal, heads)}"
            )
        before = seal
    return problems


def _difference(seal: Seal, heads: Mapping[str, Head]) -> str:
    if len(heads) != seal.things:
        return f"it had {seal.things} things, and has {len(heads)} now."
    return "a step of that day or before was altered, removed or added, and its chain rewritten."


def heads_until(records: Mapping[str, Iterable[Event]], until: datetime) -> dict[str, Head]:
    """Every thing's head at a moment."""
    found = {name: head_until(events, until) for name, events in records.items()}
    return {name: head for name, head in found.items() if head}


def still_there(
    earlier: Mapping[str, Head], records: Mapping[str, Iterable[Event]]
) -> list[tuple[str, Head, bool]]:
    """Which heads of an earlier list are in the record no more: the thing, the head, and whether
    the thing itself is there.
    """
    gone = []
    for name, head in sorted(earlier.items()):
        steps = {(e.sequence, e.digest) for e in records.get(name, ())}
        if (head.step, head.digest) not in steps:
            gone.append((name, head, bool(steps)))
    return gone
