"""Roster versions and their entries."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from chalicelib.domain.roster.members import plain_number
from chalicelib.domain.roster.roster import Entry, Import, Roster
from chalicelib.domain.signing.signature import mailbox_of
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import NO_ITEM, begins_with, where
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.table import ConditionFailedError, Put
from chalicelib.storage.transaction import Transaction


class RosterStore(reading.TableStore):
    """"""

    def current(self) -> Roster:
        """The roster in force; version 0 before the first import."""
        item = self._table.get(keys.ROSTER_CURRENT)
        return kinds.ROSTER.value(item) if item else Roster()

    def get(self, version: int) -> Roster:
        """A roster version without its entries; an empty one if there is none."""
        item = self._table.get(keys.roster(version))
        return kinds.ROSTER.value(item) if item else Roster()

    def last_import(self) -> Import | None:
        """The import that was asked for last, finished or not."""
        item = self._table.get(keys.ROSTER_IMPORT)
        return kinds.ROSTER_IMPORT.value(item) if item else None

    def save_import(self, transaction: Transaction, job: Import) -> None:
        """Puts an import in line; of two at once, the second raises ConcurrentChangeError."""
        item = Item(
            *keys.ROSTER_IMPORT,
            version=job.revision,
            body=to_body(job),
            due=keys.DUE_OUTBOX,
            due_at=job.asked_at.isoformat(),
        )
        transaction.succeed(item, job.revision - 1)

    def finish_import(self, claimed: Any, job: Import) -> None:
        """Notes what came of an import, unless another worker has taken it over."""
        item = Item(*keys.ROSTER_IMPORT, version=job.revision, body=to_body(job))
        with suppress(ConditionFailedError):
            self._table.write(Put(item, where.lease == claimed.lease))

    def note_look(self, job: Import) -> None:
        """Notes that signatures were matched once more, unless a newer import was asked for."""
        item = Item(*keys.ROSTER_IMPORT, version=job.revision, body=to_body(job))
        with suppress(ConditionFailedError):
            self._table.write(Put(item, (where.version == job.revision) & where.due.missing))

    def at_mailbox(self, version: int, mailbox: str) -> list[Entry]:
        """The members at an address (by its key); none, one, or those who share it."""
        item = self._table.get(keys.roster_mailbox(version, mailbox), consistent=False)
        if item is None:
            return []
        return [from_body(Entry, row) for row in item.body["entries"]]

    def by_number(self, version: int, number: str) -> Entry | None:
        """The member with a number, in its plain form."""
        if not number:
            return None
        item = self._table.get(keys.roster_number(version, number), consistent=False)
        return kinds.ROSTER_NUMBER.value(item) if item else None

    def by_seat(self, version: int, seat: str) -> Entry | None:
        """The member with a seat."""
        here = self.at_mailbox(version, mailbox_of(seat))
        return next((entry for entry in here if entry.seat == seat), None)

    def by_name(self, version: int, word: str, limit: int = 100) -> list[Entry]:
        """Members whose name begins or ends with a word, in its plain form."""
        pk, _ = keys.roster_name(version, word, "")
        found = self._table.query(pk, begins_with("SEAT#"), consistent=False, limit=limit)
        return [kinds.ROSTER_NUMBER.value(item) for item in found]

    def store(self, roster: Roster, entries: Iterable[Entry]) -> None:
        """Stores a roster version: the entries first, then the one write that puts it in force.

        A crash in the middle leaves the roster that was in force, and the version's number is
        written over by the next import.
        """
        self._table.write_many(_records(roster.version, entries))
        self._table.write(Put(Item(*keys.roster(roster.version), body=to_body(roster))))
        current = Item(*keys.ROSTER_CURRENT, version=roster.version, body=to_body(roster))
        expected = NO_ITEM | (where.version == roster.version - 1)
        self._table.write(Put(current, expected))


def _records(version: int, entries: Iterable[Entry]) -> Iterator[Item]:
    """The items of a roster's entries: by address, by number, and by name."""
    mailboxes: dict[str, dict[str, Entry]] = {}
    numbers: dict[str, Entry] = {}
    for entry in entries:
        mailboxes.setdefault(entry.mailbox, {})[entry.seat] = entry
        if plain_number(entry.member_number):
            numbers[plain_number(entry.member_number)] = entry
    for mailbox, here in mailboxes.items():
        body = {"entries": [to_body(entry) for entry in here.values()]}
        yield Item(*keys.roster_mailbox(version, mailbox), body=body)
        for seat, entry in here.items():
            for word in entry.names:
                yield Item(*keys.roster_name(version, word, seat), body=to_body(entry))
    for number, entry in numbers.items():
        yield Item(*keys.roster_number(version, number), body=to_body(entry))
