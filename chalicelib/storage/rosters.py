"""Roster versions and their entries."""

from collections.abc import Iterable

from chalicelib.domain.roster import Entry, Roster
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record


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
