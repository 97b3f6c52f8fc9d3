"""The table in memory, as strict as DynamoDB: for tests of what is built upon the table.

It keeps items in DynamoDB's own form and refuses what DynamoDB refuses. It differs in one way: its
indexes are never behind. `tests/storage/test_contract.py` holds it against the real ones.
"""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.storage.conditions import Range
from chalicelib.storage.item import INDEXES, Index, Item, Key, Stored, loaded, stored
from chalicelib.storage.strict import (
    PARTITION_KEY_BYTES,
    TRANSACTION_BYTES,
    TRANSACTION_WRITES,
    check_key,
    check_key_part,
    check_range,
    checked,
    holds,
    item_bytes,
    refuse,
    updated,
)
from chalicelib.storage.table import (
    BATCH_READS,
    Check,
    ConditionFailedError,
    Delete,
    Put,
    TransactionCanceledError,
    Update,
    Write,
    batches,
)


@dataclass(slots=True)
class _Partition:
    """Items of one partition by sort key, and their sort keys in order. Python orders texts by
    code point, which is the order of their bytes in UTF-8.
    """

    items: dict[str, Stored] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


# In a partition of an index, entries are ordered by sort key and then, for those of one, by key.
_Entry = tuple[str, str, str]


@dataclass(slots=True)
class Snapshot:
    """All that a table held at a moment. An item is replaced and never changed, so that copies of
    the table share them.
    """

    partitions: dict[str, _Partition]
    indexes: dict[str, dict[str, list[_Entry]]]


def _empty() -> Snapshot:
    return Snapshot({}, {index.name: {} for index in INDEXES})


def _copied(held: Snapshot) -> Snapshot:
    return Snapshot(
        {pk: _Partition(dict(p.items), list(p.order)) for pk, p in held.partitions.items()},
        {
            name: {partition: list(entries) for partition, entries in index.items()}
            for name, index in held.indexes.items()
        },
    )


class MemoryTable:
    """Implements table.Table in memory."""

    def __init__(self) -> None:
        self._held = _empty()
        # Each request is atomic, as on DynamoDB.
        self._lock = threading.RLock()

    def create(self) -> None:
        """Implements Table.create."""

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:  # noqa: ARG002
        """Implements Table.get."""
        check_key(key)
        found = self._find(key)
        return loaded(found) if found else None

    def get_many(self, keys: Sequence[Key]) -> Iterator[Item]:
        """Implements Table.get_many."""
        for start in range(0, len(keys), BATCH_READS):
            batch = keys[start : start + BATCH_READS]
            if len(set(batch)) < len(batch):
                refuse("Provided list of item keys contains duplicates")
            for key in batch:
                check_key(key)
            for found in [self._find(key) for key in batch]:
                if found:
                    yield loaded(found)

    def query(
        self,
        partition: str,
        sort: Range | None = None,
        *,
        consistent: bool = True,  # noqa: ARG002
        newest_first: bool = False,
        limit: int | None = None,
        page: int | None = None,
    ) -> Iterator[Item]:
        """Implements Table.query."""
        return self._query(partition, sort, None, newest_first, limit, page)

    def query_index(
        self,
        index: Index,
        partition: str,
        sort: Range | None = None,
        *,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """Implements Table.query_index."""
        return self._query(partition, sort, index, newest_first, limit, None)

    def _query(
        self,
        partition: str,
        sort: Range | None,
        index: Index | None,
        newest_first: bool,
        limit: int | None,
        page: int | None,
    ) -> Iterator[Item]:
        if any(most is not None and most < 1 for most in (limit, page)):
            refuse("Limit must be greater than or equal to 1")
        check_key_part(partition, PARTITION_KEY_BYTES)
        if sort:
            check_range(sort)
        with self._lock:
            seen = list(self._seen(partition, sort, index))
        if newest_first:
            seen.reverse()
        for item in seen[:limit]:
            yield loaded(item)

    def write(self, write: Put | Update | Delete) -> Item | None:
        """Implements Table.write."""
        with self._lock:
            after = self._after(write)
            self._replace(write.key, after)
        return loaded(after) if isinstance(write, Update) and after else None

    def transact(self, writes: Sequence[Write]) -> None:
        """Implements Table.transact."""
        if not 1 <= len(writes) <= TRANSACTION_WRITES:
            refuse("A transaction has 1 to 100 writes")
        if len({write.key for write in writes}) < len(writes):
            refuse("Transaction request cannot include multiple operations on one item")
        with self._lock:
            afters: list[Stored | None] = []
            reasons: list[str | None] = []
            for write in writes:
                try:
                    afters.append(self._after(write))
                    reasons.append(None)
                except ConditionFailedError:
                    reasons.append("ConditionalCheckFailed")
            if any(reasons):
                raise TransactionCanceledError(reasons)
            if sum(item_bytes(after) for after in afters if after) > TRANSACTION_BYTES:
                refuse("A transaction writes 4 MB at most")
            for write, after in zip(writes, afters, strict=True):
                if not isinstance(write, Check):
                    self._replace(write.key, after)

    def write_many(self, puts: Iterable[Item] = (), deletes: Iterable[Key] = ()) -> None:
        """Implements Table.write_many."""
        for batch in batches(puts, deletes):
            if len({write.key for write in batch}) < len(batch):
                refuse("Provided list of item keys contains duplicates")
            with self._lock:
                afters = [self._after(write) for write in batch]
                for write, after in zip(batch, afters, strict=True):
                    self._replace(write.key, after)

    def lying(self, partition: str | None = None) -> Iterator[Stored]:
        """Implements Table.lying."""
        with self._lock:
            wanted = self._held.partitions if partition is None else [partition]
            found = [
                self._held.partitions[pk].items[sk]
                for pk in wanted
                if pk in self._held.partitions
                for sk in self._held.partitions[pk].order
            ]
        yield from (dict(item) for item in found)

    # What only tests do.

    def snapshot(self) -> Snapshot:
        """All that the table holds, to be put back by `restore` any number of times."""
        with self._lock:
            return _copied(self._held)

    def restore(self, snapshot: Snapshot) -> None:
        """Makes the table hold what it held at a snapshot."""
        with self._lock:
            self._held = _copied(snapshot)

    def put_stored(self, item: Stored) -> None:
        """Puts an item as it is stored, whatever somebody has made of it."""
        with self._lock:
            self._replace((item["pk"]["S"], item["sk"]["S"]), checked(dict(item)))

    def dump(self) -> dict[Key, Stored]:
        """Every item by its key. Nobody changes what it returns."""
        with self._lock:
            return {
                (pk, sk): item
                for pk, partition in self._held.partitions.items()
                for sk, item in partition.items.items()
            }

    # Inside.

    def _find(self, key: Key) -> Stored | None:
        partition = self._held.partitions.get(key[0])
        return partition.items.get(key[1]) if partition else None

    def _seen(self, pk: str, sort: Range | None, index: Index | None) -> Iterator[Stored]:
        """The items that a query is answered with, in order."""
        if index is None:
            if partition := self._held.partitions.get(pk):
                for sk in partition.order[_slice(partition.order, sort, _itself)]:
                    yield partition.items[sk]
            return
        names = {"pk", "sk", index.partition, index.sort, *index.projects}
        entries = self._held.indexes[index.name].get(pk, [])
        for _, of, sk in entries[_slice(entries, sort, _sort_key)]:
            item = self._held.partitions[of].items[sk]
            yield {name: value for name, value in item.items() if name in names}

    def _after(self, write: Write) -> Stored | None:
        """The item as a write leaves it. Raises where its condition does not hold."""
        check_key(write.key)
        before = self._find(write.key)
        if write.condition is not None and not holds(write.condition, before):
            raise ConditionFailedError
        if isinstance(write, Put):
            return checked(stored(write.item))
        if isinstance(write, Update):
            return checked(updated(before, write))
        return None if isinstance(write, Delete) else before

    def _replace(self, key: Key, after: Stored | None) -> None:
        pk, sk = key
        partition = self._held.partitions.setdefault(pk, _Partition())
        before = partition.items.pop(sk, None)
        if before is not None and after is None:
            del partition.order[bisect_left(partition.order, sk)]
        if before is None and after is not None:
            insort(partition.order, sk)
        if after is not None:
            partition.items[sk] = after
        if not partition.items:
            del self._held.partitions[pk]
        for index in INDEXES:
            was, becomes = _place(before, index), _place(after, index)
            if was == becomes:
                continue
            entries = self._held.indexes[index.name]
            if was:
                there = entries[was[0]]
                del there[bisect_left(there, (was[1], pk, sk))]
                if not there:
                    del entries[was[0]]
            if becomes:
                insort(entries.setdefault(becomes[0], []), (becomes[1], pk, sk))


def _place(item: Stored | None, index: Index) -> tuple[str, str] | None:
    """Partition and sort key of an item in an index; None where it is not in it."""
    if item is None or index.partition not in item or index.sort not in item:
        return None
    return item[index.partition]["S"], item[index.sort]["S"]


# ------------------------------------------------------------------ Order


def _itself(key: str) -> str:
    return key


def _sort_key(entry: _Entry) -> str:
    return entry[0]


def _slice(  # noqa: PLR0911 - one for each operator
    ordered: Sequence[Any], sort: Range | None, key: Callable[[Any], str]
) -> slice:
    """The part of a partition that a query wants."""
    if sort is None:
        return slice(None)
    first = bisect_left(ordered, sort.low, key=key)
    after = bisect_right(ordered, sort.low, key=key)
    match sort.operator:
        case "<":
            return slice(0, first)
        case "<=":
            return slice(0, after)
        case ">":
            return slice(after, None)
        case ">=":
            return slice(first, None)
        case "between":
            return slice(first, bisect_right(ordered, sort.high, key=key))
        case _:
            end = first
            while end < len(ordered) and key(ordered[end]).startswith(sort.low):
                end += 1
            return slice(first, end)
