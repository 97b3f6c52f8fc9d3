"""Roster versions and their entries."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from pynamodb.exceptions import PutError

from chalicelib.domain.roster.members import plain_number
from chalicelib.domain.roster.roster import Entry, Import, Roster
from chalicelib.domain.signing.signature import mailbox_of
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


class DynamoRosters:
    """Implements services.ports.Rosters."""

    def current(self) -> Roster:
        """The roster in force; version 0 before the first import."""
        record = reading.get(keys.ROSTER_CURRENT)
        return from_body(Roster, record.body) if record else Roster()

    def get(self, version: int) -> Roster:
        """A roster version without its entries; an empty one if there is none."""
        record = reading.get(keys.roster(version))
        return from_body(Roster, record.body) if record else Roster()

    def last_import(self) -> Import | None:
        """The import that was asked for last, finished or not."""
        record = reading.get(keys.ROSTER_IMPORT)
        return from_body(Import, record.body) if record else None

    def save_import(self, unit: Writes, job: Import) -> None:
        """Puts an import in line; of two at once, the second is Stale."""
        record = Record(
            *keys.ROSTER_IMPORT,
            version=job.revision,
            body=to_body(job),
            due=keys.DUE_OUTBOX,
            due_at=job.asked_at.isoformat(),
        )
        if job.revision == 1:
            unit.insert(record)
        else:
            unit.replace(record, job.revision - 1)

    def finish_import(self, claimed: Any, job: Import) -> None:
        """Notes what came of an import, unless another worker has taken it over."""
        record = Record(*keys.ROSTER_IMPORT, version=job.revision, body=to_body(job))
        with suppress(PutError):
            record.save(condition=Record.lease == claimed.lease)

    def note_look(self, job: Import) -> None:
        """Notes that signatures were matched once more, unless a newer import was asked for."""
        record = Record(*keys.ROSTER_IMPORT, version=job.revision, body=to_body(job))
        with suppress(PutError):
            record.save(condition=(Record.version == job.revision) & Record.due.does_not_exist())

    def at_mailbox(self, version: int, mailbox: str) -> list[Entry]:
        """The members at an address (by its key); none, one, or those who share it."""
        record = reading.get(keys.roster_mailbox(version, mailbox), fresh=False)
        if record is None:
            return []
        # A roster that an earlier release imported has one entry, as it is.
        return [from_body(Entry, row) for row in record.body.get("entries", [record.body])]

    def by_number(self, version: int, number: str) -> Entry | None:
        """The member with a number, in its plain form."""
        if not number:
            return None
        record = reading.get(keys.roster_number(version, number), fresh=False)
        return from_body(Entry, record.body) if record else None

    def by_seat(self, version: int, seat: str) -> Entry | None:
        """The member with a seat."""
        here = self.at_mailbox(version, mailbox_of(seat))
        return next((entry for entry in here if entry.seat == seat), None)

    def by_name(self, version: int, word: str, limit: int = 100) -> list[Entry]:
        """Members whose name begins or ends with a word, in its plain form."""
        pk, _ = keys.roster_name(version, word, "")
        found = reading.query(pk, "SEAT#", fresh=False, limit=limit)
        return [from_body(Entry, record.body) for record in found]

    def store(self, roster: Roster, entries: Iterable[Entry]) -> None:
        """Stores a roster version: the entries first, then the one write that puts it in force.

        A crash in the middle leaves the roster that was in force, and the version's number is
        written over by the next import.
        """
        with Record.batch_write() as batch:
            for record in _records(roster.version, entries):
                batch.save(record)
        Record(*keys.roster(roster.version), body=to_body(roster)).save()
        current = Record(*keys.ROSTER_CURRENT, version=roster.version, body=to_body(roster))
        expected = Record.pk.does_not_exist() | (Record.version == roster.version - 1)
        current.save(condition=expected)


def _records(version: int, entries: Iterable[Entry]) -> Iterator[Record]:
    """The items of a roster's entries: by address, by number, and by name."""
    mailboxes: dict[str, dict[str, Entry]] = {}
    numbers: dict[str, Entry] = {}
    for entry in entries:
        mailboxes.setdefault(entry.mailbox, {})[entry.seat] = entry
        if plain_number(entry.member_number):
            numbers[plain_number(entry.member_number)] = entry
    for mailbox, here in mailboxes.items():
        body = {"entries": [to_body(entry) for entry in here.values()]}
        yield Record(*keys.roster_mailbox(version, mailbox), body=body)
        for seat, entry in here.items():
            for word in entry.names:
                yield Record(*keys.roster_name(version, word, seat), body=to_body(entry))
    for number, entry in numbers.items():
        yield Record(*keys.roster_number(version, number), body=to_body(entry))
