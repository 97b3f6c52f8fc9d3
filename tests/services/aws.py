"""moto, made to behave as DynamoDB does under threads and to waste less time, and ways to watch and
stop its requests.
"""

import copy
import functools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import botocore.handlers
import moto.core.models
import moto.core.responses
import pytest
from botocore.useragent import UserAgentString
from moto import backend_index
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.serialize import JSONSerializer, ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from pynamodb.connection.base import Connection

from chalicelib.storage.tables import Record

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})

_one_request_at_a_time = threading.RLock()
_answer = BotocoreStubber.__call__
_update_item = DynamoDBBackend.update_item
_query_all = Table.query
_value_to_regular_json = DynamoType.to_regular_json
_get_value_by_any_name = ResponseSerializer.get_value
_serialize_any_structure = JSONSerializer._serialize_type_structure


def _answer_alone(self: Any, event_name: str, request: Any, **given: Any) -> Any:
    """Each request is atomic, as on DynamoDB; moto's rollback would undo another thread's."""
    with _one_request_at_a_time:
        return _answer(self, event_name, request, **given)


def _snapshot(self: Table, _memo: dict[int, Any]) -> Table:
    """moto copies every item of the table for every item of a transaction. Items are replaced
    and never changed (see `_update_a_copy`), so the copy may share them.
    """
    new = copy.copy(self)
    new.items = copy.copy(self.items)
    for pk, partition in self.items.items():
        new.items[pk] = dict(partition)
    return new


def _update_a_copy(
    self: DynamoDBBackend, table_name: str, key: Any, *rest: Any, **more: Any
) -> Any:
    table = self.get_table(table_name)
    partition, sort = self.get_keys_value(table, key)
    item = table.get_item(partition, sort)
    if item is not None:
        table.items[partition][sort] = copy.deepcopy(item)
    return _update_item(self, table_name, key, *rest, **more)


def _sorted_items(self: Table) -> list[Any]:
    """Every key of the table is text, which sorts faster as such than as moto's own type."""
    items = [item for partition in self.items.values() for item in partition.values()]
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


def _query_narrowly(
    self: Table,
    hash_key: Any,
    comparison: Any,
    objects: Any,
    limit: Any,
    start: Any,
    forward: Any,
    projection: Any,
    index_name: Any = None,
    *rest: Any,
    **more: Any,
) -> Any:
    """moto sorts every item of the table before it looks for those that were asked for."""
    seen = copy.copy(self)
    if index_name:
        wanted = more["hash_key_conditions"]
        seen.items = {
            pk: {
                sk: item
                for sk, item in partition.items()
                if all(name in item.attrs and item.attrs[name] == value for name, value in wanted)
            }
            for pk, partition in self.items.items()
        }
    else:
        seen.items = {hash_key: self.items[hash_key]} if hash_key in self.items else {}
    given = (hash_key, comparison, objects, limit, start, forward, projection, index_name)
    return _query_all(seen, *given, *rest, **more)


def _to_regular_json(self: DynamoType) -> dict[str, Any]:
    """moto copies the whole value at each of its levels, and then makes it anew."""
    value = self.value
    if self.is_map() or self.is_list():
        plain = [
            one.to_regular_json() if isinstance(one, DynamoType) else copy.deepcopy(one)
            for one in (value.values() if self.is_map() else value)
        ]
        return {self.type: dict(zip(value, plain, strict=True)) if self.is_map() else plain}
    return _value_to_regular_json(self)


def _get_value(self: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
    """An answer of DynamoDB has its members' own names; moto tries six other ways first."""
    service = self.operation_model.service_model.service_name
    if service == "dynamodb" and isinstance(value, dict) and key in value:
        return value[key]
    return _get_value_by_any_name(self, value, key, shape)


def _serialize_structure(
    self: JSONSerializer, serialized: Any, value: Any, shape: Any, key: str
) -> None:
    """An item's value is in its final form already; moto looks for it member by member."""
    if shape.name == "AttributeValue" and isinstance(value, dict):
        serialized[self.get_serialized_name(shape, key)] = value
    else:
        _serialize_any_structure(self, serialized, value, shape, key)


BotocoreStubber.__call__ = _answer_alone
JSONSerializer._serialize_type_structure = _serialize_structure
Table.all_items = _sorted_items
DynamoDBBackend.update_item = _update_a_copy
Table.__deepcopy__ = _snapshot
Table.query = _query_narrowly
DynamoType.to_regular_json = _to_regular_json
ResponseSerializer.get_value = _get_value
# Found out anew for each request, and the same every time.
moto.core.responses.method_names_from_class = functools.cache(
    moto.core.responses.method_names_from_class
)
# Each request is held against these patterns in their order.
backend_index.backend_url_patterns.sort(key=lambda pair: pair[0] != "dynamodb")
# Nobody here asks an AWS by `requests`, for which moto makes hundreds of answers ready each time.
moto.core.models.RESPONSES_METHODS.clear()
# Written anew for each request, and read by nobody.
UserAgentString.to_string = lambda self: "tests"

Watcher = Callable[[str, dict[str, Any]], None]
_watchers: list[Watcher] = []

# Whether a plain GetItem is answered at once. The store's own tests go the whole way.
at_once_allowed = True
_PLAIN = {"TableName", "Key", "ConsistentRead", "ReturnConsumedCapacity"}
_make_api_call = Connection._make_api_call


def _get_at_once(self: Connection, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """Three of four requests get one item by its key. Writing, signing, routing and reading an HTTP
    request takes thirty times as long as moto's own look, which this asks for directly.
    """
    names = [name for key in params.get("Key", {}).values() for name in key.values()]
    plain = (
        operation == "GetItem" and set(params) <= _PLAIN and all(0 < len(n) < 900 for n in names)
    )
    if not plain or not at_once_allowed or not moto.core.models.MockAWS._mocks_active:
        return _make_api_call(self, operation, params)
    for watcher in list(_watchers):
        watcher(operation, params)
    with _one_request_at_a_time:
        backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][self.client.meta.region_name]
        item = backend.get_item(params["TableName"], params["Key"])
        return {"Item": item.to_json()["Attributes"]} if item else {}


Connection._make_api_call = _get_at_once


def _watch(params: dict[str, Any], model: Any, **_: Any) -> None:
    for watcher in list(_watchers):
        watcher(model.name, params)


# botocore has every session that is made from here on call this before each request.
botocore.handlers.BUILTIN_HANDLERS.append(("before-parameter-build.dynamodb", _watch))


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Lets `watcher` see (and stop, by raising) every DynamoDB request."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


class Crash(BaseException):
    """The process ends here. No `except Exception` may hold it up."""


@contextmanager
def crash_before(nth_write: int) -> Iterator[None]:
    """Ends the process before its nth write from now on (1 is the next)."""
    count = 0

    def watcher(name: str, _params: dict[str, Any]) -> None:
        nonlocal count
        if name in WRITES:
            count += 1
            if count == nth_write:
                raise Crash

    with watching(watcher), pytest.raises(Crash):
        yield


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Runs the calls in a thread each, and lets none write before all of them have read.

    The result or the exception of each call, in their order.
    """
    gate = threading.Barrier(len(calls))
    here = threading.local()

    def watcher(name: str, _params: dict[str, Any]) -> None:
        if name in WRITES and getattr(here, "waits", False):
            here.waits = False
            gate.wait(10)

    def run(call: Callable[[], Any]) -> Any:
        here.waits = True
        try:
            return call()
        finally:
            if here.waits:
                # It came to its end without writing: nobody has to wait for it.
                gate.abort()

    def wait_leniently(call: Callable[[], Any]) -> Any:
        try:
            return run(call)
        except threading.BrokenBarrierError:
            raise AssertionError("not every call came to a write of its own") from None

    with watching(watcher), ThreadPoolExecutor(len(calls)) as pool:
        return [_outcome(f) for f in [pool.submit(wait_leniently, call) for call in calls]]


def in_threads(number: int, calls: list[Callable[[], Any]]) -> list[Any]:
    """Runs many calls on so many threads, as they come. Results or exceptions, in order."""
    with ThreadPoolExecutor(number) as pool:
        return [_outcome(f) for f in [pool.submit(call) for call in calls]]


def _outcome(future: "Future[Any]") -> Any:
    error = future.exception()
    if isinstance(error, AssertionError):
        raise error
    return error or future.result()


def table() -> Any:
    """moto's table."""
    return dynamodb_backends["123456789012"]["us-east-1"].tables[Record.Meta.table_name]


def dump() -> dict[tuple[str, str], dict[str, Any]]:
    """The whole table, item by item."""
    return {
        # `to_json` shares nothing with the item.
        (pk.value, sk.value): item.to_json()["Attributes"]
        for pk, partition in table().items.items()
        for sk, item in partition.items()
    }
