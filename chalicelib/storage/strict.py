"""DynamoDB's limits, conditions and updates, as a table in memory keeps them."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from chalicelib.storage.conditions import Both, Compares, Condition, Exists, Range
from chalicelib.storage.item import INDEXES, Key, Stored, encoded
from chalicelib.storage.table import RefusedError, Update, changes_of

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
ITEM_BYTES = 400 * 1024
TRANSACTION_BYTES = 4 * 1024 * 1024
TRANSACTION_WRITES = 100
PARTITION_KEY_BYTES = 2048
SORT_KEY_BYTES = 1024
NUMBER_DIGITS = 38


def refuse(why: str) -> NoReturn:
    raise RefusedError(why)


def check_key(key: Key) -> None:
    check_key_part(key[0], PARTITION_KEY_BYTES)
    check_key_part(key[1], SORT_KEY_BYTES)


def check_key_part(part: str, most: int) -> None:
    if not part:
        refuse("The AttributeValue for a key attribute cannot contain an empty string value")
    if len(part) > most // 4 and len(part.encode()) > most:
        refuse(f"Size of a key has exceeded the maximum size limit of {most} bytes")


def check_range(sort: Range) -> None:
    check_key_part(sort.low, SORT_KEY_BYTES)
    if sort.operator == "between":
        check_key_part(sort.high, SORT_KEY_BYTES)
        if sort.high < sort.low:
            refuse("The BETWEEN operator requires upper bound to be greater than lower bound")


def checked(item: Stored) -> Stored:
    """The item, if DynamoDB would store it."""
    for index in INDEXES:
        for name, most in ((index.partition, PARTITION_KEY_BYTES), (index.sort, SORT_KEY_BYTES)):
            if name in item:
                check_key_part(item[name]["S"], most)
    if item_bytes(item) > ITEM_BYTES:
        refuse("Item size has exceeded the maximum allowed size")
    return item


def item_bytes(item: Stored) -> int:
    """The size of an item: its attributes' names and values."""
    return sum(len(name) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "N":
        digits = content.lstrip("-").strip("0")
        if len(digits) > NUMBER_DIGITS:
            refuse("Attempting to store more than 38 significant digits in a Number")
        size: int = (len(digits) + 1) // 2 + 1 + content.startswith("-")
        return size
    # An index key of another type is refused by `_checked`; nobody else stores other types.
    text: str = content
    try:
        return len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        refuse("The text is no UTF-8")


def holds(condition: Condition, item: Stored | None) -> bool:
    """Whether a condition holds of an item, or of none."""
    item = item or {}
    if isinstance(condition, Both):
        left = holds(condition.left, item)
        right = holds(condition.right, item)
        return (left and right) if condition.operator == "and" else (left or right)
    if isinstance(condition, Exists):
        return (condition.name in item) == condition.exists
    assert isinstance(condition, Compares)
    ((kind, value),) = condition.encoded.items()
    here = item.get(condition.name, {})
    if kind not in here:
        return condition.operator == "<>"
    read: Callable[[str], Any] = int if kind == "N" else str
    return _OPERATORS[condition.operator](read(here[kind]), read(value))


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def updated(before: Stored | None, update: Update) -> Stored:
    changes = changes_of(update)
    pk, sk = update.key
    after = dict(before or {"pk": {"S": pk}, "sk": {"S": sk}})
    for name, value in changes.items():
        if value is None:
            after.pop(name, None)
        else:
            after[name] = encoded(name, value)
    for name, number in update.add.items():
        after[name] = {"N": str(int(after.get(name, {"N": "0"})["N"]) + number)}
    return after
