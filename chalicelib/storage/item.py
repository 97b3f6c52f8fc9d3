"""An item of the table, and the form in which it is stored: DynamoDB's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from chalicelib.storage import migrations

Key = tuple[str, str]
# An item as DynamoDB has it: {"pk": {"S": "PERSON#1"}, "version": {"N": "3"}}.
Stored = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Index:
    """A sparse index: it holds an item while the item has both of the index's key attributes. A
    read of it may be a moment old, and gives keys and what the index `projects`, nothing else.
    """

    name: str
    partition: str
    sort: str
    projects: tuple[str, ...] = ()


# What lists on pages show, and no more, so that a list costs little.
LISTINGS = Index("listings", "listing_pk", "listing_sk", ("listing",))
# What a job has to look at, and from when on.
DUE = Index("due", "due", "due_at")
INDEXES = (LISTINGS, DUE)


@dataclass(slots=True)
class Item:
    """An item of the table. `body` is the domain value as plain JSON; the attributes beside it are
    those that conditions, counters and indexes need. An attribute that is None is not stored.
    """

    pk: str
    sk: str
    # Which release's form the body has. An item that came from an index has none.
    schema: int | None = None
    version: int | None = None
    state: str | None = None
    body: Any = None
    listing_pk: str | None = None
    listing_sk: str | None = None
    listing: Any = None
    due: str | None = None
    due_at: str | None = None
    letter: str | None = None
    lease: str | None = None
    attempts: int | None = None
    held: int | None = None
    # A petition's tally.
    text_digest: str | None = None
    edition: int | None = None
    until: str | None = None
    confirmed: int | None = None
    verified: int | None = None
    # Seconds since the epoch after which the table deletes the item by itself.
    ttl: int | None = None

    @property
    def key(self) -> Key:
        """The item's key."""
        return self.pk, self.sk


ATTRIBUTES = tuple(field.name for field in fields(Item))
_JSON = frozenset({"body", "listing"})
NUMBERS = frozenset(field.name for field in fields(Item) if field.type == int | None)


def encoded(name: str, value: Any) -> dict[str, Any]:
    """An attribute's value as the table stores it. JSON is stored as text in UTF-8 without blanks:
    a Cyrillic name in escapes would take three times the room, and room is what a write costs.
    """
    if name in _JSON:
        return {"S": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}
    return {"N": str(value)} if name in NUMBERS else {"S": str(value)}


def stored(item: Item) -> Stored:
    """An item as the table stores it, in the present schema unless it says another."""
    values = {name: getattr(item, name) for name in ATTRIBUTES}
    if item.schema is None:
        values["schema"] = migrations.SCHEMA
    return {name: encoded(name, value) for name, value in values.items() if value is not None}


def loaded(stored: Mapping[str, Mapping[str, Any]]) -> Item:
    """The item of a stored form, its body migrated to the present schema. Raises an error of
    whatever type where somebody else has written what is no item.
    """
    values: dict[str, Any] = {}
    for name, value in stored.items():
        if name in _JSON:
            values[name] = json.loads(value["S"])
        elif name in NUMBERS:
            values[name] = int(value["N"])
        elif name in ATTRIBUTES:
            values[name] = value["S"]
    item = Item(**values)
    # What an index projects has neither schema nor body.
    if item.body is not None or item.schema is not None:
        item.body = migrations.migrated(item.pk, item.sk, item.schema or 1, item.body)
    return item
