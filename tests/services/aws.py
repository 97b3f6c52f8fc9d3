"""moto, made to behave as DynamoDB does under threads, and ways to watch and stop its requests."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import botocore.handlers
import pytest
from moto.core.botocore_stubber import BotocoreStubber
from moto.dynamodb.models import dynamodb_backends

from chalicelib.storage.tables import Record
from tests.services import quick_moto, short_road
from tests.services.short_road import one_request_at_a_time

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})

_answer = BotocoreStubber.__call__


def _answer_alone(self: Any, event_name: str, request: Any, **given: Any) -> Any:
    """Each request is atomic, as on DynamoDB; moto's rollback would undo another thread's."""
    with one_request_at_a_time:
        return _answer(self, event_name, request, **given)


BotocoreStubber.__call__ = _answer_alone
short_road.open_up()
quick_moto.install()

Watcher = Callable[[str, dict[str, Any]], None]
_watchers: list[Watcher] = []


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
    """The whole table, item by item, to compare; nobody changes it. How often the API was asked is
    counted in it and left out here: it changes nothing.
    """
    return {
        (pk.value, sk.value): _shown(item)
        for pk, partition in table().items.items()
        for sk, item in partition.items()
        if not pk.value.startswith("LIMIT#api#")
    }


def _shown(item: Any) -> dict[str, Any]:
    """An item is replaced and never changed: it is written out once."""
    if not hasattr(item, "shown"):
        # `to_json` shares nothing with the item.
        item.shown = item.to_json()["Attributes"]
    shown: dict[str, Any] = item.shown
    return shown
