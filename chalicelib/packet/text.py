"""Makes text that people typed fit to be set in type, without changing what it says.

Escaping is Jinja's work; this module deals with what escaping leaves alone: characters that a
PDF cannot hold, and invisible ones that make a line read in another order than it was written.
"""

import re
from typing import Any

# Overrides, embeddings and isolates. Hebrew and Arabic names need none of them (letters carry
# their own direction); a typed one can only make the rest of the line read backwards.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Not allowed in XML, or not a character at all (a lone half of a surrogate pair).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
# A stack of accents higher than any language uses climbs over the lines above it.
_STACKED = re.compile("([\u0300-\u036f]{4})[\u0300-\u036f]+")
# A "word" that no language has. Finding where to break it costs the renderer the square of its
# length, so it is told; scripts written without spaces are left out, as they break by themselves.
_ENDLESS = re.compile(
    "[^\\s\u0e00-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\uffef\U00020000-\U0003ffff]{200,}"
)
_PIECE = 24
_BREAK_HERE = "\u200b"
CELL_LENGTH = 400


def _break_up(found: re.Match[str]) -> str:
    return _BREAK_HERE.join(grouped(found[0], _PIECE))


def clean(text: str) -> str:
    """Return `text` with line ends made one kind, and unprintable characters shown as U+FFFD.

    A run of more than 200 characters without a space gets places (U+200B) to break at.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _DIRECTION.sub("", text)
    text = _STACKED.sub(r"\1", text)
    text = _UNPRINTABLE.sub("\ufffd", text)
    return _ENDLESS.sub(_break_up, text)


def cleaned(value: Any) -> Any:
    """Return a copy of a context (dicts, lists, plain values) with every text in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    return value


def short(text: object, length: int = 60) -> str:
    """Return `text` on one line, cut at a word where it is longer than `length`."""
    line = " ".join(str(text).split())
    if len(line) <= length:
        return line
    cut = line[:length]
    head, space, _ = cut.rpartition(" ")
    # A cut at a word must keep most of the line; one endless word is cut where it stands.
    return (head if space and len(head) > length // 2 else cut).rstrip(" ,;:.") + "\u2026"


def cell(text: object) -> str:
    """Return `text` for a table's cell: a row stays whole on its page, so it has a limit."""
    return short(text, CELL_LENGTH)


def grouped(text: object, size: int = 8) -> list[str]:
    """Return `text` in pieces of `size` characters, so that a digest can be compared by eye."""
    whole = str(text)
    return [whole[start : start + size] for start in range(0, len(whole), size)]
