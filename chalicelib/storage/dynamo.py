"""The table in DynamoDB, by PynamoDB's connection. The only module that knows PynamoDB."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from uuid import uuid4

from pynamodb.connection import TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.exceptions import TableError as TableOperationError
from pynamodb.expressions.condition import Comparison
from pynamodb.expressions.condition import Condition as Expression
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.storage.conditions import Both, Compares, Condition, Exists, Range
from chalicelib.storage.item import INDEXES, Index, Item, Key, Stored, encoded, loaded, stored
from chalicelib.storage.table import (
    BATCH_READS,
    Check,
    ConditionFailedError,
    Delete,
    Put,
    RefusedError,
    TableError,
    TransactionCanceledError,
    UnavailableError,
    Update,
    Write,
    batches,
    changes_of,
)

# DynamoDB's codes for what is malformed or too large; of a transaction's reasons the names are
# without the ending.
_REFUSED = {"ValidationException", "ValidationError", "ItemCollectionSizeLimitExceeded"}
_CONDITION_FAILED = "ConditionalCheckFailedException"
_CANCELED = "TransactionCanceledException"
# DynamoDB's codes for when another request touched the same item at the same moment, or it has too
# much to do; no code is no answer.
_UNAVAILABLE = {
    "",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}
# A transaction without an answer is sent this many times in all.
TRIES_WITHOUT_ANSWER = 3
# How long a batch waits before it sends again what DynamoDB did not process.
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


_KEY_SCHEMA = _schema("pk", "sk")
_KEY_NAMES = ["pk", "sk", *(name for i in INDEXES for name in (i.partition, i.sort))]
_DEFINITIONS = [{"AttributeName": name, "AttributeType": "S"} for name in _KEY_NAMES]


class DynamoTable:
    """Implements table.Table on a table of DynamoDB, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _table(self) -> TableConnection:
        meta = MetaTable(
            {
                "TableName": self._name,
                "KeySchema": _KEY_SCHEMA,
                "AttributeDefinitions": _DEFINITIONS,
                "GlobalSecondaryIndexes": [
                    {"IndexName": index.name, "KeySchema": _schema(index.partition, index.sort)}
                    for index in INDEXES
                ],
            }
        )
        return TableConnection(self._name, meta_table=meta)

    def create(self) -> None:
        """Implements Table.create. Returns when the table can be used."""
        try:
            self._table.create_table(
                attribute_definitions=_DEFINITIONS,
                key_schema=_KEY_SCHEMA,
                global_secondary_indexes=[
                    {
                        "index_name": index.name,
                        "key_schema": _schema(index.partition, index.sort),
                        "projection": {
                            "ProjectionType": "INCLUDE",
                            "NonKeyAttributes": list(index.projects),
                        }
                        if index.projects
                        else {"ProjectionType": "KEYS_ONLY"},
                    }
                    for index in INDEXES
                ],
                billing_mode="PAY_PER_REQUEST",
            )
        except TableOperationError as error:
            if error.cause_response_code != "ResourceInUseException":
                raise
            return
        while (self._table.describe_table() or {}).get("TableStatus") != "ACTIVE":
            time.sleep(0.5)

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        """Implements Table.get."""
        with _translated():
            answer = self._table.get_item(*key, consistent_read=consistent)
        return loaded(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key]) -> Iterator[Item]:
        """Implements Table.get_many."""
        for start in range(0, len(keys), BATCH_READS):
            wanted: Any = [{"pk": pk, "sk": sk} for pk, sk in keys[start : start + BATCH_READS]]
            pauses = iter(_PAUSES)
            while wanted:
                with _translated():
                    answer = self._table.batch_get_item(wanted, consistent_read=True)
                yield from map(loaded, answer["Responses"].get(self._name, []))
                wanted = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys")
                if wanted:
                    _wait(pauses)

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
        """Implements Table.query."""
        more = {"consistent_read": consistent}
        return self._query(partition, "sk", sort, newest_first, limit, page, more)

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
        more = {"index_name": index.name}
        return self._query(partition, index.sort, sort, newest_first, limit, None, more)

    def _query(  # noqa: PLR0913
        self,
        partition: str,
        name: str,
        sort: Range | None,
        newest_first: bool,
        limit: int | None,
        page: int | None,
        more: dict[str, Any],
    ) -> Iterator[Item]:
        def ask(start: Any, most: int | None) -> Any:
            return self._table.query(
                partition,
                _range(name, sort) if sort else None,
                scan_index_forward=False if newest_first else None,
                limit=most,
                exclusive_start_key=start,
                **more,
            )

        for count, item in enumerate(_paged(ask, limit, page), 1):
            yield loaded(item)
            if count == limit:
                return

    def write(self, write: Put | Update | Delete) -> Item | None:
        """Implements Table.write."""
        condition = _condition(write.condition) if write.condition else None
        with _translated():
            if isinstance(write, Put):
                whole = stored(write.item)
                self._table.put_item(*write.key, attributes=whole, condition=condition)
            elif isinstance(write, Delete):
                self._table.delete_item(*write.key, condition=condition)
            else:
                answer = self._table.update_item(
                    *write.key,
                    actions=_actions(write),
                    condition=condition,
                    return_values="ALL_NEW",
                )
                return loaded(answer["Attributes"])
        return None

    def transact(self, writes: Sequence[Write]) -> None:
        """Implements Table.transact. A transaction whose answer was lost is sent again under its
        own token: the table then does not carry it out twice.
        """
        kinds: dict[type, list[Any]] = {kind: [] for kind in (Check, Delete, Put, Update)}
        for write in writes:
            kinds[type(write)].append((write, self._operation(write)))
        ordered = [write for kind in kinds.values() for write, _ in kind]
        checks, deletes, puts, updates = (
            [operation for _, operation in kind] for kind in kinds.values()
        )
        token = uuid4().hex
        for left in reversed(range(TRIES_WITHOUT_ANSWER)):
            try:
                with _translated(lambda reasons: _as_given(writes, ordered, reasons)):
                    self._table.connection.transact_write_items(
                        checks, deletes, puts, updates, client_request_token=token
                    )
            except UnavailableError as error:
                if left and not _code(error.__cause__):
                    continue
                raise
            return

    def _operation(self, write: Write) -> dict[str, Any]:
        condition = _condition(write.condition) if write.condition else None
        if isinstance(write, Put):
            whole = stored(write.item)
            operation = self._table.get_operation_kwargs(
                *write.key, key="Item", attributes=whole, condition=condition
            )
        elif isinstance(write, Update):
            operation = self._table.get_operation_kwargs(
                *write.key, actions=_actions(write), condition=condition
            )
        else:
            operation = self._table.get_operation_kwargs(*write.key, condition=condition)
        return dict(operation)

    def write_many(self, puts: Iterable[Item] = (), deletes: Iterable[Key] = ()) -> None:
        """Implements Table.write_many."""
        for batch in batches(puts, deletes):
            items: Any = [stored(write.item) for write in batch if isinstance(write, Put)]
            gone: Any = [_key(write.key) for write in batch if isinstance(write, Delete)]
            pauses = iter(_PAUSES)
            while items or gone:
                with _translated():
                    answer = self._table.batch_write_item(
                        put_items=items or None, delete_items=gone or None
                    )
                left = answer.get("UnprocessedItems", {}).get(self._name, [])
                items = [one["PutRequest"]["Item"] for one in left if "PutRequest" in one]
                gone = [one["DeleteRequest"]["Key"] for one in left if "DeleteRequest" in one]
                if left:
                    _wait(pauses)

    def lying(self, partition: str | None = None) -> Iterator[Stored]:
        """Implements Table.lying. Of the whole table it is a Scan: for a command at a terminal,
        never for a page or a job.
        """

        def ask(start: Any, most: int | None) -> Any:
            if partition is None:
                return self._table.scan(exclusive_start_key=start, consistent_read=True, limit=most)
            return self._table.query(
                partition, exclusive_start_key=start, consistent_read=True, limit=most
            )

        yield from _paged(ask, None, None)


def _paged(
    ask: Callable[[Any, int | None], Any], limit: int | None, page: int | None
) -> Iterator[Stored]:
    """The items of a query, page by page."""
    start, left = None, limit
    while True:
        most = min((n for n in (page, left) if n is not None), default=None)
        with _translated():
            answer = ask(start, most)
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return
        left = None if left is None else left - len(answer["Items"])


def _wait(pauses: Iterator[float]) -> None:
    """Waits before what was not processed is sent again; not for ever."""
    pause = next(pauses, None)
    if pause is None:
        raise UnavailableError("DynamoDB does not process a batch.")
    time.sleep(pause)


def _key(key: Key) -> Stored:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


# ------------------------------------------------------------------ Expressions


def _condition(condition: Condition) -> Expression:
    if isinstance(condition, Both):
        left, right = _condition(condition.left), _condition(condition.right)
        both: Expression = (left & right) if condition.operator == "and" else (left | right)
        return both
    if isinstance(condition, Exists):
        path = Path([condition.name])
        exists: Expression = path.exists() if condition.exists else path.does_not_exist()
        return exists
    assert isinstance(condition, Compares)
    path = Path([condition.name])
    return Comparison(condition.operator, path, path._to_value(condition.encoded))  # type: ignore[no-untyped-call]


def _range(name: str, sort: Range) -> Expression:
    path = Path([name])
    if sort.operator == "begins_with":
        return path.startswith(sort.low)
    if sort.operator == "between":
        return path.between(sort.low, sort.high)
    return Comparison(sort.operator, path, path._to_value({"S": sort.low}))  # type: ignore[no-untyped-call]


def _actions(update: Update) -> list[Action]:
    return [
        Path([name]).remove() if value is None else Path([name]).set(encoded(name, value))
        for name, value in changes_of(update).items()
    ] + [Path([name]).add(encoded(name, number)) for name, number in update.add.items()]


# ------------------------------------------------------------------ Errors


@contextmanager
def _translated(order: Callable[[list[str | None]], list[str | None]] = list) -> Iterator[None]:
    """PynamoDB's errors as those of the table."""
    try:
        yield
    except TransactWriteError as error:
        if _code(error) == _CANCELED:
            reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
            if _REFUSED & set(reasons):
                raise RefusedError(str(error)) from error
            raise TransactionCanceledError(order(reasons)) from error
        raise _table_error(error) from error
    except PynamoDBException as error:
        raise _table_error(error) from error


def _table_error(error: PynamoDBException) -> Exception:
    code = _code(error)
    if code == _CONDITION_FAILED:
        return ConditionFailedError(str(error))
    if code in _REFUSED:
        return RefusedError(str(error))
    return (UnavailableError if code in _UNAVAILABLE else TableError)(str(error))


def _code(error: BaseException | None) -> str:
    """DynamoDB's code for what went wrong; empty where no answer came."""
    response = getattr(getattr(error, "cause", None), "response", None) or {}
    return str(response.get("Error", {}).get("Code") or "")


def _as_given(
    writes: Sequence[Write], ordered: Sequence[Write], reasons: list[str | None]
) -> list[str | None]:
    """Reasons in the order of the caller's writes: PynamoDB sends them sorted by kind."""
    of = {write.key: reason for write, reason in zip(ordered, reasons, strict=True)}
    return [of[write.key] for write in writes]


def create_table() -> None:
    """Creates the table that GROUNDSWELL_TABLE names, once: for a local AWS."""
    DynamoTable(os.environ["GROUNDSWELL_TABLE"]).create()
