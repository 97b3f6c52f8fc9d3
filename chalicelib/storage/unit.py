"""One command's writes as one transaction: all of them, or none and a Conflict."""

from collections.abc import Sequence
from uuid import uuid4

from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import Stale
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys
from chalicelib.storage.tables import Record

# Letters that the sweep sends within a minute. A thanks says what the page has said already, and
# the person who confirms does not wait for a queue; of staff's decisions the first minute is for
# taking them back.
UNHURRIED = {"thanks", "verified", "invalidated"}

NO_ANSWER = "no answer"
# What the table says when a condition no longer holds, when another transaction touched the same
# item at the same moment, or when it has too much to do. Of a transaction's reasons the names are
# without the ending.
_STALE = {
    "ConditionalCheckFailed",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "ConditionalCheckFailedException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    NO_ANSWER,
}
TRIES_WITHOUT_ANSWER = 3


def queue_of(sk: str) -> str:
    """Which queue works on an item that is due: what takes long is kept apart from letters."""
    if sk.startswith(keys.DELIVERY):
        return "webhooks"
    return "packets" if sk.startswith(keys.PACKET) or sk in {"IMPORT", "BULK"} else "mail"


class Writes:
    """Collects the writes of one command. Nothing is sent before `commit`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # What a queue should hear of once the transaction is through.
        self.nudges: list[tuple[str, str, str]] = []
        # The steps that it adds to records.
        self.events: list[Event] = []
        self._checks: list[tuple[Record, Condition]] = []
        self._deletes: list[tuple[Record, Condition | None]] = []
        self._puts: list[tuple[Record, Condition | None]] = []
        self._updates: list[tuple[Record, list[Action], Condition | None]] = []

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self._checks or self._deletes or self._puts or self._updates)

    def insert(self, record: Record, hurried: bool = True) -> None:
        """Adds an item that must not exist yet. No queue is told of one that is not `hurried`."""
        self._put(record, Record.pk.does_not_exist(), hurried)

    def replace(self, record: Record, version: int, also: Condition | None = None) -> None:
        """Replaces an item that must still be at `version`, and of which `also` holds."""
        at_version = Record.version == version
        self._put(record, at_version if also is None else at_version & also)

    def put(self, record: Record, condition: Condition | None = None) -> None:
        """Writes an item whatever was there, or only where a condition holds."""
        self._put(record, condition)

    def _put(self, record: Record, condition: Condition | None, hurried: bool = True) -> None:
        self._puts.append((record, condition))
        if hurried and record.due == keys.DUE_OUTBOX and record.letter not in UNHURRIED:
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
        """Sends everything. Raises Stale when a condition does not hold any more, or when the
        table could not take it just now: deciding anew is safe then.
        """
        try:
            if self._is_single():
                self._commit_single()
            else:
                self._commit_transaction()
        except TransactWriteError as error:
            reasons = {r.code for r in error.cancellation_reasons if r is not None}
            if reasons & _STALE or code_of(error) in _STALE:
                raise Stale() from error
            raise
        except (PutError, UpdateError) as error:
            if code_of(error) in _STALE:
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
        # A transaction whose answer was lost is sent again under its own name: the table then
        # does not carry it out twice.
        token = uuid4().hex
        for left in reversed(range(TRIES_WITHOUT_ANSWER)):
            try:
                self._send_transaction(token)
            except TransactWriteError as error:
                if left and code_of(error) == NO_ANSWER:
                    continue
                raise
            return

    def _send_transaction(self, token: str) -> None:
        with TransactWrite(connection=self._connection, client_request_token=token) as transaction:
            for record, condition in self._checks:
                transaction.condition_check(Record, record.pk, record.sk, condition)
            for record, maybe in self._deletes:
                transaction.delete(record, condition=maybe)
            for record, maybe in self._puts:
                transaction.save(record, condition=maybe)
            for record, actions, maybe in self._updates:
                transaction.update(record, actions=actions, condition=maybe)


def code_of(error: PynamoDBException) -> str:
    """The table's code for what went wrong; `NO_ANSWER` where none came."""
    response = getattr(error.cause, "response", None) or {}
    return str(response.get("Error", {}).get("Code") or NO_ANSWER)
