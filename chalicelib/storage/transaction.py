"""One command's writes as one transaction: all of them, or none and an error."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import ConcurrentChangeError
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, kinds
from chalicelib.storage.conditions import NO_ITEM, Condition, where
from chalicelib.storage.item import Item, Key
from chalicelib.storage.table import (
    Check,
    ConditionFailedError,
    Delete,
    Put,
    Table,
    TransactionCanceledError,
    UnavailableError,
    Update,
    Write,
)

# Letters that the sweep sends within a minute. A thanks says what the page has said already, and
# the person who confirms does not wait for a queue; of staff's decisions the first minute is for
# taking them back.
UNHURRIED = {"thanks", "verified", "invalidated"}


class Transaction:
    """Collects the writes of one command. Nothing is sent before `commit`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._writes: list[Write] = []
        # What a queue should hear of once the transaction is through: queue and key of each.
        self.nudges: list[tuple[str, str, str]] = []
        # The events that it adds to records.
        self.events: list[Event] = []

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self._writes

    def insert(self, item: Item, hurried: bool = True) -> None:
        """Adds an item that must not exist yet. No queue is told of one that is not `hurried`."""
        self.put(item, NO_ITEM, hurried)

    def replace(self, item: Item, version: int, also: Condition | None = None) -> None:
        """Replaces an item that must still be at `version`, and of which `also` holds."""
        at_version = where.version == version
        self.put(item, at_version if also is None else at_version & also)

    def succeed(self, item: Item, version: int) -> None:
        """Replaces an item that must still be at `version`; 0 is where there is none yet."""
        if version:
            self.replace(item, version)
        else:
            self.insert(item)

    def put(self, item: Item, condition: Condition | None = None, hurried: bool = True) -> None:
        """Writes an item whatever was there, or only where a condition holds."""
        self._writes.append(Put(item, condition))
        if hurried and item.due == keys.DUE_OUTBOX and item.letter not in UNHURRIED:
            self.nudges.append((kinds.queue_of(item.pk, item.sk), item.pk, item.sk))

    def update(
        self,
        key: Key,
        changes: Mapping[str, Any],
        condition: Condition | None,
        add: Mapping[str, int] | None = None,
    ) -> None:
        """Changes attributes of an item in place, and adds to counters."""
        self._writes.append(Update(key, changes, add or {}, condition))

    def delete(self, key: Key, condition: Condition | None = None) -> None:
        """Removes an item."""
        self._writes.append(Delete(key, condition))

    def check(self, key: Key, condition: Condition) -> None:
        """Requires something of an item that the command does not write."""
        self._writes.append(Check(key, condition))

    def commit(self) -> None:
        """Sends everything. Raises ConcurrentChangeError when a condition does not hold any more,
        or when the table could not take it just now: deciding anew is safe then.
        """
        try:
            match self._writes:
                # One write needs no transaction, and costs half without.
                case [Put() | Update() as write]:
                    self._table.write(write)
                case writes:
                    self._table.transact(writes)
        except (ConditionFailedError, TransactionCanceledError, UnavailableError) as error:
            raise ConcurrentChangeError from error
