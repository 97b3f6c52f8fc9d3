"""The record as it lies in the table, read to be proved, and the seals of it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.domain.record.events import Event, canonical_json
from chalicelib.domain.record.proof import Kept, Placed, Problem
from chalicelib.domain.record.seal import Head, Seal, head_until
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import begins_with
from chalicelib.storage.item import Item, Stored
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.stores.record_beside import Beside
from chalicelib.storage.table import Table
from chalicelib.storage.transaction import Transaction

# Partitions that never hold a record, by the beginning of their key, and those that always do.
_NEVER = frozenset(
    "BATCH BLOCKS EMAIL LIMIT LINK MAILBOX NIGHTLY OUTBOX ROSTER SEALS SESSION".split()
)
_ALWAYS = frozenset(kind.partition for kind in kinds.THINGS)
_STEPS = (keys.EVENT, keys.EDIT)
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


class RecordStore:
    """"""

    def __init__(self, table: Table, beside: Beside) -> None:
        self._table = table
        self._beside = beside

    def things(self) -> Iterator[Kept]:
        """Everything that has a record, as it lies in the table. Reads the whole table by a Scan:
        for a command at a terminal, never for a page or a job.
        """
        found: dict[str, list[Stored]] = defaultdict(list)
        for item in self._table.lying():
            pk = item["pk"]["S"]
            if _kind(pk) not in _NEVER:
                found[pk].append(item)
        for pk in sorted(found):
            items = found.pop(pk)
            if _has_record(pk, items):
                yield self._kept(pk, items)

    def thing(self, subject: str) -> Kept | None:
        """One thing, read consistently; None where there is nothing of it."""
        pk = _partition(subject)
        items = list(self._table.lying(pk))
        return self._kept(pk, items) if items and _has_record(pk, items) else None

    def steps(self, subject: str) -> list[Event]:
        """A thing's whole record, in order."""
        return reading.record(self._table, _partition(subject))

    def heads(self, until: datetime) -> dict[str, Head]:
        """How far the record of every listed thing went at a moment, by its last steps alone."""
        things = dict.fromkeys(row["pk"] for row in reading.rows(self._table, keys.THINGS))
        heads = {pk: head_until(self._steps_until(pk, until), until, opened=True) for pk in things}
        return {_subject(pk): head for pk, head in heads.items() if head}

    def seals(self, limit: int | None = None, newest_first: bool = False) -> list[Seal]:
        """The seals, the oldest first unless asked otherwise."""
        found = self._table.query(keys.SEALS, limit=limit, newest_first=newest_first)
        return [kinds.SEAL.value(item) for item in found]

    def add_seal(self, transaction: Transaction, seal: Seal) -> None:
        """Stores the next seal, for ever; of two at once the second raises
        ConcurrentChangeError.
        """
        transaction.insert(Item(*keys.seal(seal.number), body=to_body(seal)))

    def _steps_until(self, pk: str, until: datetime) -> list[Event]:
        """The last steps of a thing back to the first that was done by then, in their order."""
        found: list[Event] = []
        # What a petition's conveners did by themselves is kept apart.
        for prefix in _STEPS:
            for item in self._table.query(pk, begins_with(prefix), newest_first=True, page=2):
                event = kinds.EVENT.value(item)
                found.append(event)
                if event.at <= until:
                    break
        return sorted(found, key=lambda event: event.sequence)

    def _kept(self, pk: str, items: list[Stored]) -> Kept:
        subject = _subject(pk)
        flaws: list[Problem] = []
        bodies: dict[str, Any] = {}
        by_key = {item["sk"]["S"]: item for item in items}
        for sk, item in by_key.items():
            try:
                bodies[sk] = json.loads(item["body"]["S"]) if "body" in item else None
            except ValueError:
                flaws.append(Problem(subject, 0, f"{_name(sk)} cannot be read: it was altered."))
        events = []
        for sk, body in bodies.items():
            if sk.startswith(_STEPS):
                placed = _placed(subject, pk, sk, by_key[sk], body)
                if isinstance(placed, Placed):
                    events.append(placed)
                else:
                    flaws.append(placed)
        state = bodies.get(keys.STATE)
        version = 0
        if state is not None:
            version = int(by_key[keys.STATE].get("version", {}).get("N", 0))
            if keys.TEXT in by_key:
                state = {**state, "text": bodies.get(keys.TEXT) or {}}
        rows = {name: body for sk, body in bodies.items() if (name := kinds.vouched_name(sk))}
        flaws += self._beside.flaws(subject, by_key)
        return Kept(
            subject=subject,
            events=tuple(sorted(events, key=lambda placed: placed.at)),
            state=state,
            version=version,
            rows=rows,
            flaws=tuple(flaws),
            listed=any("listing_pk" in by_key[sk] for sk in bodies if sk.startswith(keys.EVENT)),
        )


def _kind(pk: str) -> str:
    return pk.partition("#")[0]


def _has_record(pk: str, items: list[Stored]) -> bool:
    """Whether a partition is that of a thing with a record, whatever is left of it."""
    return _kind(pk) in _ALWAYS or any(item["sk"]["S"].startswith(_STEPS) for item in items)


def _partition(subject: str) -> str:
    what, _, thing_id = subject.partition("/")
    return f"{what.upper()}#{thing_id}"


def _subject(pk: str) -> str:
    what, _, thing_id = pk.partition("#")
    return f"{what.lower()}/{thing_id}"


def _placed(subject: str, pk: str, sk: str, item: Stored, body: Any) -> Placed | Problem:
    tail = sk.rpartition("#")[2]
    number = int(tail) if tail.isdecimal() else 0
    try:
        event = from_body(Event, body)
        # A digest is taken of what was read; what could not be read would change nothing in it.
        whole = canonical_json(to_body(event)) == canonical_json(body)
        whole = whole and sk in {keys.event(number, event.command), keys.event(number, "")}
    except _UNREADABLE:
        return Problem(subject, number, "the step cannot be read: it was altered.")
    listed = item.get("listing_pk", {}).get("S")
    if listed is not None:
        whole = whole and (listed, item.get("listing_sk", {}).get("S")) == (keys.THINGS, pk)
    return Placed(number, event, whole)


def _name(sk: str) -> str:
    return kinds.vouched_name(sk).replace("/", " ") or f"the item {sk}"
