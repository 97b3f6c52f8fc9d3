"""Domain values as plain JSON: what an item of the table holds, and what a digest is taken of."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any


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
