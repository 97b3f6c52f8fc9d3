"""The tests' table, files and queues in memory, and ways to watch and stop their requests."""

import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.aws.queue import message
from chalicelib.storage.memory import MemoryTable

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
# What DynamoDB calls each request to a table.
_OPERATIONS = {
    "get": "GetItem",
    "get_many": "BatchGetItem",
    "query": "Query",
    "query_index": "Query",
    "write": "{}Item",
    "write_many": "BatchWriteItem",
    "transact": "TransactWriteItems",
    "lying": "Scan",
}

# Called with the operation's name and arguments before each request to a table.
Watcher = Callable[[str, Any], None]
# Called in the place of a request, with the operation's name and what would do it.
Around = Callable[[str, Callable[[], Any]], Any]
_watchers: list[Watcher] = []
_around: list[Around] = []


def tell_watchers(operation: str, given: Any) -> None:
    """Calls everybody who watches before a request is made."""
    for watcher in list(_watchers):
        watcher(operation, given)


class WatchedTable(MemoryTable):
    """A table in memory whose requests can be watched, stopped and failed."""


def _watched(name: str) -> Callable[..., Any]:
    really = getattr(MemoryTable, name)

    @functools.wraps(really)
    def request(self: WatchedTable, *given: Any, **more: Any) -> Any:
        # A partition as it lies is read by a Query.
        operation = _OPERATIONS[name] if name != "lying" or not given else "Query"
        if name == "write":
            operation = operation.format(type(given[0]).__name__)
        tell_watchers(operation, {"arguments": given, **more})
        call = functools.partial(really, self, *given, **more)
        for around in _around:
            # An iterator would be read outside.
            call = functools.partial(around, operation, lambda done=call: _whole(done()))
        return call()

    return request


for _name in _OPERATIONS:
    setattr(WatchedTable, _name, _watched(_name))


def _whole(answer: Any) -> Any:
    return iter(list(answer)) if isinstance(answer, Iterator) else answer


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Lets `watcher` see (and stop, by raising) every request to a table."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


@contextmanager
def calling(around: Around) -> Iterator[None]:
    """Has `around` do every request to a table, or fail it."""
    _around.append(around)
    try:
        yield
    finally:
        _around.remove(around)


class MemoryFiles:
    """Implements services.ports.Files in memory."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, datetime]] = {}

    def put(self, key: str, content: bytes, content_type: str) -> None:  # noqa: ARG002
        self._files[key] = content, datetime.now(UTC)

    def get(self, key: str) -> bytes | None:
        return self._files[key][0] if key in self._files else None

    def has(self, key: str) -> bool:
        return key in self._files

    def delete(self, key: str) -> None:
        self._files.pop(key, None)

    def old(self, prefix: str, before: datetime | None = None) -> list[str]:
        return [
            key
            for key, (_, at) in sorted(self._files.items())
            if key.startswith(prefix) and (before is None or at < before)
        ]

    def link(self, key: str, filename: str, seconds: int = 300) -> str:
        said = {"response-content-disposition": f'inline; filename="{filename}"'}
        query = urlencode({**said, "X-Amz-Expires": seconds, "X-Amz-Signature": "0"})
        return f"https://groundswell-test.s3.amazonaws.com/{key}?{query}"


class MemoryQueue:
    """Implements services.ports.Queue in memory: the messages of each queue, as SQS gets them."""

    def __init__(self) -> None:
        self._messages: dict[str, list[str]] = {}

    def nudge(self, queue: str, pk: str, sk: str) -> None:
        self._messages.setdefault(queue, []).append(message(pk, sk))

    def nudge_all(self, work: Iterable[tuple[str, str, str]]) -> None:
        for one in work:
            self.nudge(*one)

    def take(self, queue: str) -> list[str]:
        """The messages of a queue, which it forgets."""
        return self._messages.pop(queue, [])


class Crash(BaseException):
    """The process ends here. No `except Exception` may hold it up."""


@contextmanager
def crash_before(nth_write: int) -> Iterator[None]:
    """Ends the process before its nth write from now on (1 is the next)."""
    count = 0

    def watcher(name: str, _given: Any) -> None:
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

    def watcher(name: str, _given: Any) -> None:
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
