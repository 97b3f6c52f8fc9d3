"""DynamoDB's read units worked out from item sizes, as AWS documents them.

The local AWS answers every read with the figure for one small item, however much was read.
Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
Units: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import base64
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

READ_BYTES = 4096
CONTAINER_BYTES = 3
ELEMENT_BYTES = 1

# An item as the wire has it: {"name": {"S": "Noor"}}.
Item = Mapping[str, Mapping[str, Any]]


def item_bytes(item: Item) -> int:
    """Size of an item: its attribute names and values."""
    return sum(_text_bytes(name) + value_bytes(value) for name, value in item.items())


def value_bytes(value: Mapping[str, Any]) -> int:
    """Size of one typed value without its attribute's name."""
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


def _text_bytes(text: str) -> int:
    return len(text.encode())


def _number_bytes(number: str) -> int:
    """One byte for each two significant digits and one more; one more again below zero.

    AWS calls its own rule approximate; the byte for the sign is not in it, and errs upwards.
    """
    digits = "".join(map(str, Decimal(number).as_tuple().digits)).strip("0")
    return (len(digits) + 1) // 2 + 1 + number.startswith("-")


def _binary_bytes(content: bytes | str) -> int:
    # botocore gives bytes; a recorded wire form has base64.
    return len(content) if isinstance(content, bytes) else len(base64.b64decode(content))


def _list_bytes(elements: Iterable[Mapping[str, Any]]) -> int:
    return CONTAINER_BYTES + sum(ELEMENT_BYTES + value_bytes(element) for element in elements)


def _map_bytes(members: Item) -> int:
    return CONTAINER_BYTES + len(members) * ELEMENT_BYTES + item_bytes(members)


_SIZES = {
    "S": _text_bytes,
    "N": _number_bytes,
    "B": _binary_bytes,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda values: sum(map(_text_bytes, values)),
    "NS": lambda values: sum(map(_number_bytes, values)),
    "BS": lambda values: sum(map(_binary_bytes, values)),
    "L": _list_bytes,
    "M": _map_bytes,
}


def read_units(size: int, *, consistent: bool) -> float:
    """Units of one read: each 4 kB begun costs 1, or half of that where it may be a moment old.

    A read that finds nothing costs as much as one of a small item.
    """
    blocks = max(1, -(-size // READ_BYTES))
    return blocks * (1.0 if consistent else 0.5)


def query_units(items: Iterable[Item], *, consistent: bool) -> float:
    """Units of one Query: the sizes are added up first, and rounded up once."""
    return read_units(sum(map(item_bytes, items)), consistent=consistent)


def batch_units(items: Iterable[Item], asked: int, *, consistent: bool) -> float:
    """Units of one BatchGetItem: every item asked for is rounded up by itself."""
    found = [read_units(item_bytes(item), consistent=consistent) for item in items]
    absent = max(0, asked - len(found))
    return sum(found) + absent * read_units(0, consistent=consistent)


class Projections:
    """What each index holds of an item, from the table's own description."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        keys = {part["AttributeName"] for part in table["KeySchema"]}
        self._kept: dict[str, set[str] | None] = {}
        for index in table.get("GlobalSecondaryIndexes", []):
            projection = index["Projection"]
            names = keys | {part["AttributeName"] for part in index["KeySchema"]}
            names |= set(projection.get("NonKeyAttributes", []))
            whole = projection["ProjectionType"] == "ALL"
            self._kept[index["IndexName"]] = None if whole else names

    def seen(self, index: str, item: Item) -> Item:
        """The part of an item that the index holds."""
        kept = self._kept[index]
        return item if kept is None else {k: v for k, v in item.items() if k in kept}
