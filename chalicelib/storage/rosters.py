"""Roster versions and their entries."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pynamodb.exceptions import PutError

from chalicelib.domain.roster import Entry, Import, ImportState, Roster
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

    def finish_import(self, claimed: Any, state: ImportState, told: str) -> None:
        """Notes what came of an import, unless another worker has taken it over."""
        job = replace(claimed.work, state=state, told=told)
        record = Record(*keys.ROSTER_IMPORT, version=job.revision, body=to_body(job))
        with suppress(PutError):
            record.save(condition=Record.lease == claimed.lease)

    def has(self, version: int, key: str) -> bool:
        """Whether a roster version knows an address (by its key)."""
        return reading.get(keys.roster_entry(version, key), fresh=False) is not None

    def store(self, roster: Roster, entries: Iterable[Entry]) -> None:
        """Stores a roster version: the entries first, then the one write that puts it in force.

        A crash in the middle leaves the roster that was in force, and the version's number is
        written over by the next import.
        """
        with Record.batch_write() as batch:
            for entry in {entry.key: entry for entry in entries}.values():
                batch.save(
                    Record(*keys.roster_entry(roster.version, entry.key), body=to_body(entry))
                )
        Record(*keys.roster(roster.version), body=to_body(roster)).save()
        current = Record(*keys.ROSTER_CURRENT, version=roster.version, body=to_body(roster))
        expected = Record.pk.does_not_exist() | (Record.version == roster.version - 1)
        current.save(condition=expected)
