"""Domain values from plain JSON, by their type hints."""

import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from chalicelib.domain.record.serialize import to_body

__all__ = ["from_body", "to_body"]

Value = TypeVar("Value")


def from_body(kind: type[Value], body: dict[str, Any], **given: Any) -> Value:
    """The domain value of a JSON form; `given` are the fields that were kept elsewhere.

    Fields that the body lacks take the value that `to_body` left out, or their default.
    """
    values = dict(given)
    for name, hint in _hints(kind).items():  # type: ignore[arg-type]
        if name in values:
            continue
        if name in body:
            values[name] = _read(hint, body[name])
        elif hint is str:
            values[name] = ""
        elif get_origin(hint) is tuple:
            values[name] = ()
        elif types.NoneType in get_args(hint):
            values[name] = None
    return kind(**values)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(hint: Any, value: Any) -> Any:  # noqa: PLR0911
    origin = get_origin(hint)
    if origin in {types.UnionType, Union}:
        if value is None:
            return None
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
        origin = get_origin(hint)
    if origin is tuple:
        inner = get_args(hint)[0]
        return tuple(_read(inner, item) for item in value)
    if origin in {dict, list} or hint is Any:
        return value
    if is_dataclass(hint) and isinstance(hint, type):
        return from_body(hint, value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value
