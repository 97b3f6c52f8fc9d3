"""Whether a record is what it was: nothing altered, removed, reordered or added.

Pure: what the table holds comes in as `Kept`, what is wrong comes out in plain words.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.record.events import Event, digest_of
from chalicelib.domain.record.record import digest_of_row, digest_of_state

# Rows of which each one has an event that vouches for it, and those that one event vouches for
# all together.
ONE_BY_ONE = ("charge", "packet", "revision")
TOGETHER = ("ballot", "slip")


@dataclass(frozen=True)
class Problem:
    """Something wrong with a thing. `step` is the number of the event that it is about, or 0."""

    thing: str
    step: int
    what: str

    def __str__(self) -> str:
        """`motion/7f3a, step 3: …`, as the command prints it."""
        where = f"{self.thing}, step {self.step}" if self.step else self.thing
        return f"{where}: {self.what}"


@dataclass(frozen=True)
class Placed:
    """An event as it was found. `at` is the number that its key gives it, `command` the command
    that its key fits, and `whole` whether its item holds the event and nothing besides.
    """

    at: int
    event: Event
    whole: bool = True


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A thing as the table holds it: its events by their keys, its state, and the rows beside it
    by name (`charge/1`). `flaws` are what could not even be read, or contradicts itself. `listed`
    says whether seals know of it.
    """

    subject: str
    events: tuple[Placed, ...] = ()
    state: Mapping[str, Any] | None = None
    version: int = 0
    rows: Mapping[str, Any] = field(default_factory=dict)
    flaws: tuple[Problem, ...] = ()
    listed: bool = True

    @property
    def steps(self) -> tuple[Event, ...]:
        """Its events, in the order of their keys."""
        return tuple(placed.event for placed in self.events)

    @property
    def what(self) -> str:
        """The kind of thing."""
        return self.subject.partition("/")[0]


def check(kept: Kept) -> list[Problem]:
    """Everything that is wrong with a thing and its record."""
    return [*kept.flaws, *_chain(kept), *_state(kept), *_rows(kept)]


def _chain(kept: Kept) -> Iterator[Problem]:
    last: Event | None = None
    for placed in kept.events:
        event = placed.event
        expected = last.sequence + 1 if last else 1
        for what in _wrong(kept, placed, expected, last):
            yield Problem(kept.subject, placed.at, what)
        last = event


def _wrong(kept: Kept, placed: Placed, expected: int, last: Event | None) -> Iterator[str]:
    event, named = placed.event, f"“{placed.event.command}”"
    if placed.at != event.sequence:
        yield f"{named} says that it is step {event.sequence}: it was moved or altered."
    if placed.at > expected:
        missing = f"step {expected}" if placed.at - expected == 1 else f"{expected} and more"
        yield f"{missing} before it is missing: it was removed."
    if placed.at < expected:
        yield f"there are two of this number; {named} was added."
    if event.subject != kept.subject:
        yield f"{named} belongs to {event.subject}: it was moved here or altered."
    if not placed.whole or event.digest != digest_of(event):
        yield f"{named} was altered: its digest does not fit what it says."
    if event.previous != (last.digest if last else ""):
        yield (
            f"{named} does not follow the step before it: one of the two was altered, moved or "
            "added."
        )


def _state(kept: Kept) -> Iterator[Problem]:
    if kept.state is None:
        if kept.events:
            yield Problem(kept.subject, 0, "its state is missing: it was removed.")
        return
    if not kept.events:
        yield Problem(kept.subject, 0, "it has no record: its steps were removed, or it was added.")
        return
    last = kept.events[-1].event
    if kept.version != last.sequence or kept.state.get("head", "") != last.digest:
        yield Problem(
            kept.subject,
            last.sequence,
            f"its state stands at step {kept.version}, and its record ends with step "
            f"{last.sequence}, “{last.command}”, or with another of that number: steps were "
            "removed, added or put in the place of others.",
        )
    vouched = last.state_digest
    if vouched and vouched != digest_of_state(kept.what, kept.state):
        yield Problem(
            kept.subject,
            last.sequence,
            f"its state is not what “{last.command}” left: it was altered.",
        )


def vouched_rows(events: Iterable[Event]) -> dict[str, tuple[int, str]]:
    """What the events vouch for beside the state: by name, the step that did last, and the
    digest that it gave.
    """
    found = {}
    for event in events:
        for name, digest in event.data.get("kept", {}).items():
            found[name] = (event.sequence, digest)
    return found


def _rows(kept: Kept) -> Iterator[Problem]:
    vouched = vouched_rows(kept.steps)
    for name, (step, digest) in vouched.items():
        body = _row(kept, name)
        if body is None:
            yield Problem(kept.subject, step, f"{_named(name)} is missing: it was removed.")
        elif digest_of_row(body) != digest:
            yield Problem(kept.subject, step, f"{_named(name)} was altered.")
    if "ballot" not in vouched:
        yield from _announced(kept)
    for name in kept.rows:
        kind = name.partition("/")[0]
        if kind in ONE_BY_ONE and name not in vouched and _is_final(kept, name):
            yield Problem(kept.subject, 0, f"{_named(name)} is in no step: it was added.")


def _announced(kept: Kept) -> Iterator[Problem]:
    """Where no step vouches for the ballots as they lie there: whether they say what was
    announced.
    """
    told = [event for event in kept.steps if "ballots" in event.data]
    if not told:
        return
    said = {row[0]: row[1:] for row in told[-1].data["ballots"]}
    fields = ("name", "office", "choice", "reason")
    lies = {
        person: [body.get(field, "") for field in fields]
        for person, body in _row(kept, "ballot").items()
    }
    for person in sorted(said.keys() | lies.keys()):
        if said.get(person) != lies.get(person):
            yield Problem(
                kept.subject,
                told[-1].sequence,
                f"the ballot of {(said.get(person) or lies[person])[0]} is not the one that was "
                "announced: it was altered, removed or added.",
            )


def _row(kept: Kept, name: str) -> Any:
    if name not in TOGETHER:
        return kept.rows.get(name)
    begin = f"{name}/"
    return {k.removeprefix(begin): body for k, body in kept.rows.items() if k.startswith(begin)}


def _is_final(kept: Kept, name: str) -> bool:
    """Whether a step should vouch for a row by now. A packet is vouched for once it is there; what
    an earlier release wrote has no such step.
    """
    if not any(placed.event.state_digest for placed in kept.events):
        return False
    return not name.startswith("packet/") or kept.rows[name].get("state") == "published"


_NAMES = {"ballot": "a ballot", "slip": "a slip of the secret vote"}


def _named(name: str) -> str:
    return _NAMES.get(name, name.replace("/", " "))


def vouches(kept: Kept) -> bool:
    """Whether the last step vouches for the state; those of earlier releases do not."""
    return bool(kept.events and kept.events[-1].event.state_digest)
