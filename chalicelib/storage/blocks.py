"""The blocks and allowances that staff keep: one partition, those in force ahead of the rest."""

from chalicelib.domain.signing.abuse import Entry
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


class DynamoBlocks:
    """Implements services.ports.Blocks."""

    def in_force(self) -> list[Entry]:
        """Those that were not lifted, by one Query, perhaps a moment old. Some may have run out."""
        return self._read(keys.BLOCK_IN_FORCE, fresh=False)

    def all(self) -> list[Entry]:
        """Every one that there ever was, by one Query: those not lifted first."""
        return self._read("", fresh=True)

    def _read(self, prefix: str, fresh: bool) -> list[Entry]:
        found = reading.query(keys.BLOCKS, prefix, fresh) if prefix else _everything(fresh)
        return [from_body(Entry, record.body) for record in found]

    def get(self, entry_id: str) -> Entry | None:
        """The entry with this id that was not lifted, or None."""
        record = reading.get(keys.block(entry_id))
        return from_body(Entry, record.body) if record else None

    def add(self, unit: Writes, entry: Entry, instead_of: Entry | None = None) -> None:
        """Stores a new entry, beside which none with its id may be; one that has run out is put
        among those that are over.
        """
        record = Record(*keys.block(entry.id), version=1, body=to_body(entry))
        if instead_of is None:
            unit.insert(record)
            return
        self._put_away(unit, instead_of)
        unit.replace(record, 1)

    def lift(self, unit: Writes, entry: Entry) -> None:
        """Puts a lifted entry among those that are over. Of two at once, the second is Stale."""
        unit.delete(keys.block(entry.id), Record.pk.exists())
        self._put_away(unit, entry)

    def _put_away(self, unit: Writes, entry: Entry) -> None:
        unit.insert(Record(*keys.block_over(entry.id, entry.at.isoformat()), body=to_body(entry)))


def _everything(fresh: bool) -> list[Record]:
    return list(Record.query(keys.BLOCKS, consistent_read=fresh))
