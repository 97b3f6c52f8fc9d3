"""One command's writes as one transaction: all of them, or none and a Conflict."""

from collections.abc import Sequence

from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import Stale
from chalicelib.storage import keys
from chalicelib.storage.tables import Record

# Another transaction touched the same item at the same moment; the same command may simply
# be tried again.
_BUSY = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


def queue_of(sk: str) -> str:
    """Which queue works on an item that is due: what takes long is kept apart from letters."""
    return "packets" if sk.startswith(keys.PACKET) or sk == "IMPORT" else "mail"


class Writes:
    """Collects the writes of one command. Nothing is sent before `commit`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # What a queue should hear of once the transaction is through.
        self.nudges: list[tuple[str, str, str]] = []
        self._checks: list[tuple[Record, Condition]] = []
        self._deletes: list[tuple[Record, Condition | None]] = []
        self._puts: list[tuple[Record, Condition | None]] = []
        self._updates: list[tuple[Record, list[Action], Condition | None]] = []

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self._checks or self._deletes or self._puts or self._updates)

    def insert(self, record: Record) -> None:
        """Adds an item that must not exist yet."""
        self._put(record, Record.pk.does_not_exist())

    def replace(self, record: Record, version: int) -> None:
        """Replaces an item that must still be at `version`."""
        self._put(record, Record.version == version)

    def put(self, record: Record) -> None:
        """Writes an item whatever was there."""
        self._put(record, None)

    def _put(self, record: Record, condition: Condition | None) -> None:
        self._puts.append((record, condition))
        if record.due == keys.DUE_OUTBOX:
            self.nudges.append((queue_of(record.sk), record.pk, record.sk))

    def update(
        self, key: tuple[str, str], actions: Sequence[Action], condition: Condition | None
    ) -> None:
        """Changes attributes of an item in place."""
        self._updates.append((Record(*key), list(actions), condition))

    def delete(self, key: tuple[str, str], condition: Condition | None = None) -> None:
        """Removes an item."""
        self._deletes.append((Record(*key), condition))

    def check(self, key: tuple[str, str], condition: Condition) -> None:
        """Requires something of an item that the command does not write."""
        self._checks.append((Record(*key), condition))

    def commit(self) -> None:
        """Sends everything. Raises Stale when a condition does not hold any more."""
        try:
            if self._is_single():
                self._commit_single()
            else:
                self._commit_transaction()
        except TransactWriteError as error:
            reasons = {r.code for r in error.cancellation_reasons if r is not None}
            if "ConditionalCheckFailed" in reasons or reasons & _BUSY:
                raise Stale() from error
            if error.cause_response_code in {"TransactionConflictException", *_BUSY}:
                raise Stale() from error
            raise
        except (PutError, UpdateError) as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                raise Stale() from error
            if error.cause_response_code == "TransactionConflictException":
                raise Stale() from error
            raise

    def _is_single(self) -> bool:
        # One write needs no transaction, and costs half without.
        return not self._checks and not self._deletes and len(self._puts) + len(self._updates) == 1

    def _commit_single(self) -> None:
        for record, condition in self._puts:
            record.save(condition=condition)
        for record, actions, condition in self._updates:
            record.update(actions=actions, condition=condition)

    def _commit_transaction(self) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            for record, condition in self._checks:
                transaction.condition_check(Record, record.pk, record.sk, condition)
            for record, maybe in self._deletes:
                transaction.delete(record, condition=maybe)
            for record, maybe in self._puts:
                transaction.save(record, condition=maybe)
            for record, actions, maybe in self._updates:
                transaction.update(record, actions=actions, condition=maybe)
