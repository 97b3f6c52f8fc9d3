"""A form that comes only to be looked at: a check's button was pressed, without JavaScript."""

import hashlib
import json
import re
import unicodedata
from typing import Any

from chalicelib.web.request import Request

_ROW = re.compile(r"^([a-z_]+)-([0-9]{1,3})-([a-z_]+)$")


def digest_of_typed(text: str) -> str:
    """A short digest of a text as it was typed, the same whichever line ends it came with."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:16]


def look(request: Request) -> None:
    """Where the button was one of a check's, puts the fix into what was typed and sees to it that
    nothing is saved: the view shows the form again, as it does when an answer was wrong.
    """
    asked, pressed = request.form.pop("check", None), request.form.pop("fix", None)
    if asked is None and pressed is None:
        return
    request.looking = True
    try:
        press = json.loads(pressed) if isinstance(pressed, str) else {}
        name, was, fix = str(press["field"]), str(press["was"]), str(press["fix"])
    except (ValueError, KeyError, TypeError):
        return
    row = _ROW.match(name)
    holder: Any = request.form
    key: Any = name
    if row:
        rows, number = request.form.get(row[1]), int(row[2])
        if not isinstance(rows, list) or number >= len(rows):
            return
        plain = isinstance(rows[number], str)
        holder, key = (rows, number) if plain else (rows[number], row[3])
    typed = holder[key] if row or key in holder else None
    if isinstance(typed, str) and digest_of_typed(typed) == was:
        holder[key] = fix
        request.fixed = name
