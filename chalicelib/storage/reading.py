"""Reads and writes that several stores share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, kinds
from chalicelib.storage.conditions import (
    Condition,
    at_most,
    begins_with,
    less_than,
    more_than,
    where,
)
from chalicelib.storage.item import DUE, LISTINGS, Item
from chalicelib.storage.mapping import to_body
from chalicelib.storage.table import ConditionFailedError, Table, Update
from chalicelib.storage.transaction import Transaction


@dataclass(frozen=True)
class Page:
    """Rows of a list, and where the next page begins (empty at the end)."""

    rows: list[Any]
    next: str = ""


def listing(
    table: Table, partition: str, *, limit: int = 200, after: str = "", newest_first: bool = False
) -> Page:
    """A page of a list. `after` is the sort key where the page before ended."""
    beyond = (less_than if newest_first else more_than)(after) if after else None
    items = list(
        table.query_index(LISTINGS, partition, beyond, limit=limit + 1, newest_first=newest_first)
    )
    more = str(items[limit - 1].listing_sk) if len(items) > limit else ""
    return Page([item.listing for item in items[:limit]], more)


def rows(table: Table, partition: str) -> Iterator[dict[str, Any]]:
    """Every row of a list."""
    return (item.listing for item in table.query_index(LISTINGS, partition))


def due_ids(
    table: Table, partition: str, prefix: str, until: datetime | None, limit: int
) -> list[str]:
    """Ids of the things that are due by then, or at all, those due first: what follows `prefix` in
    the partitions of their items.
    """
    sort = at_most(until.isoformat()) if until else None
    items = table.query_index(DUE, partition, sort, limit=limit)
    return [item.pk.removeprefix(prefix) for item in items]


def add_event(transaction: Transaction, pk: str, event: Event) -> None:
    """Appends an event to a record. One that exists is never written over.

    The event with which a thing comes into the record of the Board is listed, so that the nightly
    seal finds every thing by one list, whatever kind it is of: the first, or for a petition, whose
    draft is its conveners' alone, that it was opened.
    """
    # Of a petition's draft there are edits by the hundred, and of a group reminders; of anything
    # else each step is shown.
    apart = event.command if event.subject.startswith(("petition/", "group/")) else ""
    item = Item(pk, keys.event(event.sequence, apart), body=to_body(event))
    first = event.sequence == 1 and not event.subject.startswith("petition/")
    if first or event.command == "publish":
        item.listing_pk, item.listing_sk = keys.THINGS, pk
        item.listing = {"pk": pk}
    transaction.insert(item)
    transaction.events.append(event)


def state_of(items: Iterable[Item]) -> Item | None:
    """The state item of a thing among a partition's items."""
    return next((item for item in items if item.sk == keys.STATE), None)


def events(items: Iterable[Item]) -> list[Event]:
    """The events among a partition's items, oldest first."""
    found = [item for item in items if item.sk.startswith(keys.EVENT)]
    return [kinds.EVENT.value(item) for item in sorted(found, key=lambda item: item.sk)]


def record(table: Table, pk: str) -> list[Event]:
    """The whole record of a thing, the edits of its draft included, in order."""
    items = [
        item for prefix in (keys.EVENT, keys.EDIT) for item in table.query(pk, begins_with(prefix))
    ]
    return sorted((kinds.EVENT.value(item) for item in items), key=lambda e: e.sequence)


def advance_state(transaction: Transaction, item: Item, version: int) -> None:
    """Stores a thing's state item at `version`; it must be at the version before, or not exist
    where this is the first.
    """
    item.version = version
    transaction.succeed(item, version - 1)


class Claim(Protocol):
    """The key of an item that a worker has claimed, and until when."""

    @property
    def pk(self) -> str: ...
    @property
    def sk(self) -> str: ...
    @property
    def lease(self) -> str: ...


class TableStore:
    """A feature's store: what it keeps in the table, and how it is read."""

    def __init__(self, table: Table) -> None:
        self._table = table


def update_claimed(
    table: Table,
    claimed: Claim,
    changes: Mapping[str, Any],
    also: Condition | None = None,
    **add: int,
) -> bool:
    """Changes an item that a worker has claimed. False where another has taken it over, or where
    `also` does not hold of it; then nothing was changed.
    """
    claim = where.lease == claimed.lease
    update = Update((claimed.pk, claimed.sk), changes, add, claim & also if also else claim)
    try:
        table.write(update)
    except ConditionFailedError:
        return False
    return True
