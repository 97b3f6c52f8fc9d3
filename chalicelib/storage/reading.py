"""Reads that every part of the store shares."""

from collections.abc import Iterator

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.record.events import Event
from chalicelib.services.ports import Page
from chalicelib.storage import keys
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


def get(key: keys.Key, fresh: bool = True) -> Record | None:
    """The item under a key, or None."""
    try:
        return Record.get(*key, consistent_read=fresh)
    except DoesNotExist:
        return None


def query(pk: str, prefix: str, fresh: bool = True, limit: int | None = None) -> Iterator[Record]:
    """The items of a partition whose sort key begins with `prefix`, in order."""
    condition = Record.sk.startswith(prefix)
    yield from Record.query(pk, condition, consistent_read=fresh, limit=limit)


def listing(
    partition: str, *, limit: int = 200, after: str = "", newest_first: bool = False
) -> Page:
    """A page of a list. `after` is the sort key where the page before ended."""
    beyond = None
    if after:
        beyond = Record.listing_sk < after if newest_first else Record.listing_sk > after
    found = list(
        Record.listings.query(
            partition, beyond, limit=limit + 1, scan_index_forward=not newest_first
        )
    )
    more = found[limit - 1].listing_sk if len(found) > limit else ""
    return Page([record.listing for record in found[:limit]], more)


def add_event(unit: Writes, pk: str, event: Event) -> None:
    """Appends an event to a record. One that exists is never written over.

    The event with which a thing comes into the record of the Board is listed, so that the nightly
    seal finds every thing by one list, whatever kind it is of: the first, or for a petition, whose
    draft is its conveners' alone, that it was opened.
    """
    # Of a petition's draft there are edits by the hundred, and of a group reminders; of anything
    # else each step is shown.
    apart = event.command if event.subject.startswith(("petition/", "group/")) else ""
    record = Record(pk, keys.event(event.sequence, apart), body=to_body(event))
    first = event.sequence == 1 and not event.subject.startswith("petition/")
    if first or event.command == "publish":
        record.listing_pk, record.listing_sk = keys.THINGS, pk
        record.listing = {"pk": pk}
    unit.insert(record)
    unit.events.append(event)


def events(records: list[Record]) -> list[Event]:
    """The events among a partition's items, oldest first."""
    found = [r for r in records if r.sk.startswith(keys.EVENT)]
    return [from_body(Event, r.body) for r in sorted(found, key=lambda r: r.sk)]


def record(pk: str) -> list[Event]:
    """The whole record of a thing, the edits of its draft included, in order."""
    steps = query(pk, keys.EVENT)
    edits = query(pk, keys.EDIT)
    found = [from_body(Event, r.body) for r in (*steps, *edits)]
    return sorted(found, key=lambda event: event.sequence)


def advance_state(unit: Writes, record: Record, version: int) -> None:
    """Replaces a thing's state item, which must be at the version before `version`."""
    record.version = version
    unit.replace(record, version - 1)
