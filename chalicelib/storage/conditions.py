"""Conditions on an item, and ranges of sort keys."""

from dataclasses import dataclass
from typing import Any

from chalicelib.storage.item import ATTRIBUTES, encoded


class Condition:
    """Something that must hold of an item, as it is before the write. `&` and `|` combine two."""

    def __and__(self, other: "Condition") -> "Condition":
        return Both("and", self, other)

    def __or__(self, other: "Condition") -> "Condition":
        return Both("or", self, other)


@dataclass(frozen=True)
class Both(Condition):
    """Two conditions combined by `and` or `or`."""

    operator: str
    left: Condition
    right: Condition


@dataclass(frozen=True)
class Exists(Condition):
    """Whether an item has an attribute; of an attribute of the key, whether there is the item."""

    name: str
    exists: bool


@dataclass(frozen=True)
class Compares(Condition):
    """An attribute compared with a value. A missing attribute, or one of another type, differs from
    every value: of all operators only `<>` holds for it.
    """

    name: str
    operator: str
    value: Any

    @property
    def encoded(self) -> dict[str, Any]:
        """The value as the attribute is stored."""
        return encoded(self.name, self.value)


class Attribute:
    """An attribute's name, from which conditions are written: `where.version == 3`."""

    __slots__ = ("name",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]
        return Compares(self.name, "=", value)

    def __ne__(self, value: object) -> Condition:  # type: ignore[override]
        return Compares(self.name, "<>", value)

    def __lt__(self, value: str | int) -> Condition:
        return Compares(self.name, "<", value)

    def __le__(self, value: str | int) -> Condition:
        return Compares(self.name, "<=", value)

    def __gt__(self, value: str | int) -> Condition:
        return Compares(self.name, ">", value)

    def __ge__(self, value: str | int) -> Condition:
        return Compares(self.name, ">=", value)

    @property
    def exists(self) -> Condition:
        """The item has the attribute."""
        return Exists(self.name, exists=True)

    @property
    def missing(self) -> Condition:
        """The item does not have the attribute, or there is no item."""
        return Exists(self.name, exists=False)


class _Where:
    def __getattr__(self, name: str) -> Attribute:
        if name not in ATTRIBUTES:
            raise AttributeError(f"An item has no attribute {name}.")
        return Attribute(name)


where = _Where()
NO_ITEM = where.pk.missing
ITEM_EXISTS = where.pk.exists


@dataclass(frozen=True)
class Range:
    """Which sort keys a query wants. They are ordered by their bytes in UTF-8."""

    operator: str
    low: str
    high: str = ""


def begins_with(prefix: str) -> Range:
    """Sort keys that begin with a prefix."""
    return Range("begins_with", prefix)


def between(low: str, high: str) -> Range:
    """Sort keys from `low` to `high`, both included."""
    return Range("between", low, high)


def less_than(key: str) -> Range:
    """Sort keys before this one."""
    return Range("<", key)


def at_most(key: str) -> Range:
    """Sort keys up to this one, itself included."""
    return Range("<=", key)


def more_than(key: str) -> Range:
    """Sort keys after this one."""
    return Range(">", key)


def at_least(key: str) -> Range:
    """Sort keys from this one on, itself included."""
    return Range(">=", key)
