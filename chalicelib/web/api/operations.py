"""What the JSON API has: each operation with its address, what it takes, and what it answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.services.inputs import Input, Line

BASE = "/api/v1"
MOST_ROWS = 100


class Shape(BaseModel):
    """What an answer holds. It is read off a domain value by its fields' names: what is not named
    here is told to nobody.
    """

    model_config = ConfigDict(from_attributes=True, defer_build=True, extra="forbid")


class NoQuery(Input):
    """No query: any parameter is refused."""


class Listing(Input):
    """How much of a list, and from where on: `cursor` is the `next` of the part before."""

    limit: int = 50
    cursor: Line = ""


@dataclass(frozen=True)
class Listed:
    """A part of a list. `after` is where the next one begins, empty at the end."""

    rows: Iterable[Any]
    after: str = ""


@dataclass(frozen=True)
class Raw:
    """An answer that is no JSON of a shape: where a file is."""

    location: str


View = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """One method at one address. `command` is what it runs, or what is asked before it reads;
    empty where everybody may, or where it hangs on the thing: `asks` is then what is asked once
    that is found. What is `made` answers 201. `after` is done when the command is through, and
    `target` says what a command is about where that is not the parts of its address.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    view: View
    answers: type[Shape] | None
    takes: type[Input] | None = None
    query: type[Input] = NoQuery
    command: str = ""
    paged: bool = False
    made: bool = False
    after: Callable[..., None] | None = None
    asks: str = ""
    target: Callable[..., str] | None = None

    @property
    def runs(self) -> bool:
        """Whether it runs a command, under an idempotency key where it has one."""
        return self.method == "POST" and bool(self.command)


OPERATIONS: dict[tuple[str, str], Operation] = {}


def add(operation: Operation) -> None:
    """Makes an operation known. Two at one address are a mistake."""
    key = operation.method, operation.path
    assert key not in OPERATIONS, key
    OPERATIONS[key] = operation


def reads(  # noqa: PLR0913 - what the document tells of it, part by part
    path: str,
    answers: type[Shape] | None,
    *,
    tag: str,
    command: str = "",
    query: type[Input] | None = None,
    paged: bool = False,
    asks: str = "",
) -> Callable[[View], View]:
    """Registers a view that reads. It gets the request, the parts of the path, and the query."""
    asked = query or (Listing if paged else NoQuery)
    return _registers(
        "GET", path, answers, tag, query=asked, command=command, paged=paged, asks=asks
    )


def posts(
    path: str,
    answers: type[Shape],
    takes: type[Input],
    *,
    tag: str,
    made: bool = False,
    asks: str = "",
) -> Callable[[View], View]:
    """Registers a view that is sent what it carries by POST, and runs no command."""
    return _registers("POST", path, answers, tag, takes=takes, made=made, asks=asks)


def _registers(
    method: str, path: str, answers: type[Shape] | None, tag: str, **more: Any
) -> Callable[[View], View]:
    """Registers a view under its own name and words."""

    def register(view: View) -> View:
        summary = " ".join((view.__doc__ or "").split())
        add(Operation(method, path, view.__name__, tag, summary, view, answers, **more))
        return view

    return register


def find(method: str, path: str) -> tuple[Operation | None, dict[str, str], set[str]]:
    """The operation at an address, what the address says, and the methods that it has. A literal
    part goes before a name.
    """
    parts = path.split("/")
    methods: set[str] = set()
    best: tuple[list[bool], Operation, dict[str, str]] | None = None
    for operation in OPERATIONS.values():
        pieces = operation.path.split("/")
        if len(pieces) != len(parts):
            continue
        told = _told(pieces, parts)
        if told is None:
            continue
        methods.add(operation.method)
        rank = [piece.startswith("{") for piece in pieces]
        if operation.method == method and (best is None or rank < best[0]):
            best = rank, operation, told
    return (best[1], best[2], methods) if best else (None, {}, methods)


def _told(pieces: list[str], parts: list[str]) -> dict[str, str] | None:
    told = {}
    for piece, part in zip(pieces, parts, strict=True):
        if piece.startswith("{"):
            if not part:
                return None
            told[piece[1:-1]] = part
        elif piece != part:
            return None
    return told
