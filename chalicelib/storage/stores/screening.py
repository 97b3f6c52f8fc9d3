"""Blocks and allowances that staff keep, and bulk actions on signatures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.signing.abuse import Entry
from chalicelib.domain.signing.bulk import Bulk, Stage
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import ITEM_EXISTS, begins_with
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import to_body
from chalicelib.storage.reading import Page
from chalicelib.storage.transaction import Transaction


class BlockStore(reading.TableStore):
    """"""

    def in_force(self) -> list[Entry]:
        """Those that were not lifted, by one Query, perhaps a moment old. Some may have run out."""
        in_force = begins_with(keys.BLOCK_IN_FORCE)
        items = self._table.query(keys.BLOCKS, in_force, consistent=False)
        return [kinds.BLOCK.value(item) for item in items]

    def all(self) -> list[Entry]:
        """Every one that there ever was, by one Query: those not lifted first."""
        return [kinds.BLOCK.value(item) for item in self._table.query(keys.BLOCKS)]

    def get(self, entry_id: str) -> Entry | None:
        """The entry with this id that was not lifted, or None."""
        item = self._table.get(keys.block(entry_id))
        return kinds.BLOCK.value(item) if item else None

    def add(self, transaction: Transaction, entry: Entry, instead_of: Entry | None = None) -> None:
        """Stores a new entry, beside which none with its id may be; one that has run out is put
        among those that are over.
        """
        item = Item(*keys.block(entry.id), version=1, body=to_body(entry))
        if instead_of is None:
            transaction.insert(item)
            return
        self._put_away(transaction, instead_of)
        transaction.replace(item, 1)

    def lift(self, transaction: Transaction, entry: Entry) -> None:
        """Puts a lifted entry among those that are over. Of two at once, the second is
        ConcurrentChangeError.
        """
        transaction.delete(keys.block(entry.id), ITEM_EXISTS)
        self._put_away(transaction, entry)

    def _put_away(self, transaction: Transaction, entry: Entry) -> None:
        transaction.insert(
            Item(*keys.block_over(entry.id, entry.at.isoformat()), body=to_body(entry))
        )


# So many keys take some 20 KB; a transaction bears a hundred such items.
IN_ONE_PART = 400


class BulkStore(reading.TableStore):
    """"""

    def get(self, bulk_id: str) -> Bulk | None:
        """A bulk action as far as it is, or None."""
        item = self._table.get(keys.bulk(bulk_id))
        return kinds.BULK.value(item) if item else None

    def listed(self, limit: int = 20, after: str = "") -> Page:
        """Past bulk actions, the latest first."""
        return reading.listing(self._table, keys.BULKS, limit=limit, after=after, newest_first=True)

    def add(self, transaction: Transaction, bulk: Bulk, targets: Sequence[str]) -> None:
        """Puts an action in line, with the signatures (`petition/key`) that it is to hit."""
        transaction.insert(_due(_record(bulk), bulk.at))
        for number, start in enumerate(range(0, len(targets), IN_ONE_PART)):
            part = _parted(targets[start : start + IN_ONE_PART])
            transaction.insert(Item(*keys.bulk_part(bulk.id, number), body=part))

    def begin_undoing(self, transaction: Transaction, bulk: Bulk, now: datetime) -> None:
        """Puts taking it back in line; of two who ask at once, the second is
        ConcurrentChangeError.
        """
        transaction.replace(_due(_record(bulk), now), bulk.revision - 1)

    def targets(self, bulk_id: str) -> Iterator[str]:
        """The signatures that the action was to hit, in the order of the preview."""
        pk, prefix = keys.bulk_part(bulk_id, None)
        for item in self._table.query(pk, begins_with(prefix)):
            for petition_id, found in item.body:
                yield from (f"{petition_id}/{key}" for key in found)

    def keep(self, claimed: Any, bulk: Bulk, now: datetime, seconds: int) -> Any:
        """Notes how far a job is, and keeps it for this worker for some seconds more. Returns the
        claim as it is then, or None when another worker has taken the job over.
        """
        lease = (now + timedelta(seconds=seconds)).isoformat()
        changes: dict[str, Any] = {"body": to_body(bulk)}
        if bulk.stage in {Stage.DONE, Stage.UNDONE}:
            changes |= {"listing": _listing(bulk), "due": None, "due_at": None}
            changes |= {"lease": None, "attempts": None}
        else:
            changes |= {"lease": lease, "due_at": lease}
        still_ours = reading.update_claimed(self._table, claimed, changes)
        return replace(claimed, lease=lease) if still_ours else None


def _record(bulk: Bulk) -> Item:
    return Item(
        *keys.bulk(bulk.id),
        version=bulk.revision,
        body=to_body(bulk),
        listing_pk=keys.BULKS,
        listing_sk=f"{bulk.at.isoformat()}#{bulk.id}",
        listing=_listing(bulk),
    )


def _listing(bulk: Bulk) -> dict[str, Any]:
    return {
        "id": bulk.id,
        "action": bulk.action.value,
        "pattern": to_body(bulk.pattern),
        "by": bulk.by,
        "at": bulk.at.isoformat(),
        "stage": bulk.stage.value,
        "hit": bulk.hit,
        "done": bulk.done,
    }


def _due(item: Item, now: datetime) -> Item:
    item.due = keys.DUE_OUTBOX
    item.due_at = now.isoformat()
    return item


def _parted(targets: Sequence[str]) -> list[list[Any]]:
    """The targets as [petition, [key, …]] in their order, so that a petition is written once."""
    part: list[list[Any]] = []
    for target in targets:
        petition_id, _, key = target.partition("/")
        if not part or part[-1][0] != petition_id:
            part.append([petition_id, []])
        part[-1][1].append(key)
    return part
