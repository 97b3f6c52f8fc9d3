"""The seam between the stores and a database: one table, its items, conditions and writes.

`dynamo.py` implements `Table` with DynamoDB, `memory.py` in memory. Both keep items in DynamoDB's
own form (`Stored`), so that both encode, measure and compare them alike.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.storage import migrations
from chalicelib.storage.conditions import Condition, Range
from chalicelib.storage.item import NUMBERS, Index, Item, Key, Stored

BATCH_WRITES = 25
BATCH_READS = 100


class TableError(Exception):
    """The table did not do what it was asked."""


class ConditionFailedError(TableError):
    """A condition does not hold, and nothing was written."""


class TransactionCanceledError(TableError):
    """Nothing of a transaction was written. `reasons` has for each of its writes, in their order,
    DynamoDB's code, such as `ConditionalCheckFailed`, or None where the write was not at fault.
    """

    def __init__(self, reasons: Sequence[str | None]) -> None:
        super().__init__(f"The transaction was canceled: {', '.join(map(str, reasons))}")
        self.reasons = tuple(reasons)


class UnavailableError(TableError):
    """The table is busy or gave no answer. A write may have happened; asking again is in order."""


class RefusedError(TableError):
    """The request can never work: it is malformed, or over one of DynamoDB's limits."""


@dataclass(frozen=True)
class Put:
    """Writes an item in the place of what was there."""

    item: Item
    condition: Condition | None = None

    @property
    def key(self) -> Key:
        """What it writes."""
        return self.item.key


@dataclass(frozen=True)
class Update:
    """Changes attributes of an item in place, and makes the item where there is none. An attribute
    that is set to None is removed; `add` counts up, from nothing where there is no number yet.
    """

    key: Key
    changes: Mapping[str, Any]
    add: Mapping[str, int]
    condition: Condition | None = None

    def __post_init__(self) -> None:
        names = [*self.changes, *self.add]
        if not names or len(set(names)) < len(names) or {"pk", "sk"} & set(names):
            raise RefusedError("An update changes something, once, and not the key.")
        if self.add.keys() - NUMBERS:
            raise RefusedError("Only numbers can be added to.")


@dataclass(frozen=True)
class Delete:
    """Removes an item; one that is not there is no error."""

    key: Key
    condition: Condition | None = None


@dataclass(frozen=True)
class Check:
    """Requires something of an item that the transaction does not write."""

    key: Key
    condition: Condition


Write = Put | Update | Delete | Check


def changes_of(update: Update) -> dict[str, Any]:
    """What an update sets and removes. A new body comes with the schema that it is in."""
    if "body" in update.changes:
        return {**update.changes, "schema": migrations.SCHEMA}
    return dict(update.changes)


def batches(puts: Iterable[Item], deletes: Iterable[Key]) -> Iterator[list[Put | Delete]]:
    """Writes without conditions, as many at a time as DynamoDB takes."""
    batch: list[Put | Delete] = []
    writes: Iterable[Put | Delete] = (*map(Put, puts), *map(Delete, deletes))
    for write in writes:
        batch.append(write)
        if len(batch) == BATCH_WRITES:
            yield batch
            batch = []
    if batch:
        yield batch


class Table(Protocol):
    """A table of items, with a key of two parts and the sparse indexes in `INDEXES`.

    Every method raises TableError, and those that write ConditionFailedError.
    """

    def create(self) -> None:
        """Creates the table with its indexes; a table that exists is left as it is."""

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        """The item under a key, or None. Without `consistent` it may be a moment old, at half the
        cost.
        """

    def get_many(self, keys: Sequence[Key]) -> Iterator[Item]:
        """Those of the items under some different keys that exist, in no order."""

    def query(
        self,
        partition: str,
        sort: Range | None = None,
        *,
        consistent: bool = True,
        newest_first: bool = False,
        limit: int | None = None,
        page: int | None = None,
    ) -> Iterator[Item]:
        """The items of a partition, ordered by sort key. They are read page by page as they are
        asked for: `page` items at a time, or as many as DynamoDB gives at once.
        """

    def query_index(
        self,
        index: Index,
        partition: str,
        sort: Range | None = None,
        *,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """The same of a partition of an index."""

    def write(self, write: Put | Update | Delete) -> Item | None:
        """Does one write. Returns the item as an update left it."""

    def transact(self, writes: Sequence[Write]) -> None:
        """Does up to 100 writes, each of another item: all of them, or none and
        TransactionCanceledError.
        """

    def write_many(self, puts: Iterable[Item] = (), deletes: Iterable[Key] = ()) -> None:
        """Does any number of writes without conditions, 25 at a time and not as one."""

    def lying(self, partition: str | None = None) -> Iterator[Stored]:
        """Every item of a partition or of the whole table as it is stored, read consistently."""
