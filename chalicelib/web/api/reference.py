"""The reference page: the OpenAPI document as people read it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from chalicelib.domain.people.access_tokens import SCOPES
from chalicelib.web.api.openapi import TAGS, Schemas, scopes_words
from chalicelib.web.api.operations import BASE, OPERATIONS, Operation
from chalicelib.web.api.problems import KINDS


@dataclass(frozen=True)
class Field:
    """A field of what is sent or answered: its name, its kind in words, and whether it must be."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Entry:
    """An operation as the page has it."""

    operation: Operation
    who: str
    sent: tuple[Field, ...]
    answered: tuple[Field, ...]


@cache
def context(base_url: str) -> dict[str, Any]:
    """What the page shows; the same until the next release."""
    schemas = Schemas(OPERATIONS.values())
    ordered = sorted(OPERATIONS.values(), key=lambda one: (one.path, one.method))
    entries = [_entry(one, schemas) for one in ordered]
    tags = [
        (name, words, [one for one in entries if one.operation.tag == name])
        for name, words in TAGS.items()
    ]
    return {
        "base": f"{base_url}{BASE}",
        "path": BASE,
        "tags": [tag for tag in tags if tag[2]],
        "total": len(entries),
        "kinds": list(KINDS.values()),
        "scopes": SCOPES,
    }


def _entry(operation: Operation, schemas: Schemas) -> Entry:
    takes = operation.takes if operation.method == "POST" else operation.query
    return Entry(
        operation,
        scopes_words(operation).replace("`", ""),
        _fields(schemas.of(takes, "validation")) if takes else (),
        _fields(schemas.of(operation.answers, "serialization")) if operation.answers else (),
    )


def _fields(schema: dict[str, Any]) -> tuple[Field, ...]:
    required = schema.get("required", [])
    return tuple(
        Field(field, _kind(about), field in required)
        for field, about in schema.get("properties", {}).items()
    )


def _kind(about: dict[str, Any]) -> str:
    """A field's kind in words."""
    if "$ref" in about:
        return str(about["$ref"].rpartition("/")[2])
    if "anyOf" in about:
        return " or ".join(_kind(one) for one in about["anyOf"])
    if about.get("type") == "array":
        return f"list of {_kind(about.get('items', {}))}"
    if about.get("type") == "null":
        return "nothing"
    return str(about.get("format") or about.get("type") or "anything")
