"""Domain values as plain JSON and back, by their type hints."""

import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def to_body(value: Any, leave_out: frozenset[str] = frozenset()) -> Any:
    """The JSON form of a domain value. Fields that hold their type's empty value, or a yes or no
    that is the default, are left out, so that an item stays small; `leave_out` names fields
    that are kept elsewhere.
    """
    if is_dataclass(value) and not isinstance(value, type):
        body = {}
        for field in fields(value):
            item = getattr(value, field.name)
            by_default = isinstance(item, bool) and item is field.default
            if field.name in leave_out or by_default or _is_empty(item):
                continue
            body[field.name] = to_body(item)
        return body
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [to_body(item) for item in value]
    if isinstance(value, dict):
        return {key: to_body(item) for key, item in value.items()}
    return value


def _is_empty(item: Any) -> bool:
    return item is None or (isinstance(item, (str, tuple)) and not item)


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
