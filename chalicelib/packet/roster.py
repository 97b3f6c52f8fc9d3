"""Lays a roster out page by page: a table of up to 200 signatures, beyond that a list.

WeasyPrint's time for a table is four cells a row; a line of text is a quarter of that, so a long
roster is a numbered list, one line each. Each page is a table or list of its own, which puts the
column heads at the top of every page, and lets a long roster be set a stretch at a time.
"""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.packet.text import cell

# Beyond so many signatures a roster is a list.
LONGEST_TABLE = 200
# Pages of a long roster that are set at a time: about 1,000 rows, and 40 MB.
STRETCH = 24

ROW_POINTS = 18.0  # One line of text with its padding and rule, as print.css sets it.
LINE_POINTS = 13.0  # Each further line of the same row.
HEAD_POINTS = 21.0
OPENING_POINTS = 60.0  # The heading and the lead line above the first table.
TITLE_POINTS = 98.0  # The title, where the roster is all that a document holds.
MARGIN_POINTS = 147.0  # Top and bottom of the page together.
PAGE_POINTS = {"Letter": 792.0, "A4": 842.0}

# Characters that surely fit on one line of the column; guessing low costs a little white space,
# guessing high would spill a row or two onto a page of their own.
_COLUMNS = {"name": 32, "institution": 40}
_LIST_COLUMN = 82
_LIST_ROW_POINTS = 15.0

Row = dict[str, Any]


def is_long(rows: list[Row]) -> bool:
    """Whether a roster is set as a list."""
    return len(rows) > LONGEST_TABLE


def row_points(row: Row) -> float:
    """Return the height to reserve for a row of a table, from the length of its texts."""
    lines = max(-(-_width(cell(row.get(key, ""))) // width) for key, width in _COLUMNS.items())
    return ROW_POINTS + LINE_POINTS * max(0, lines - 1)


def list_points(row: Row) -> float:
    """Return the height to reserve for a row of a list."""
    text = ", ".join(cell(row.get(key, "")) for key in ("name", "institution", "signed"))
    return _LIST_ROW_POINTS + LINE_POINTS * max(0, -(-_width(text) // _LIST_COLUMN) - 1)


def roster_pages(rows: list[Row], page_size: str, below_title: bool = False) -> list[list[Row]]:
    """Return the rows in order, in lists that each fill at most one page.

    `below_title` says that the first of them shares its page with the document's title.
    """
    if is_long(rows):
        return list(_filled(rows, list_points, PAGE_POINTS[page_size], 0.0, below_title))
    return list(_filled(rows, row_points, PAGE_POINTS[page_size], HEAD_POINTS, below_title))


def stretches(pages: list[list[Row]]) -> list[list[list[Row]]]:
    """Return a long roster's pages in stretches that are set one at a time."""
    return [pages[at : at + STRETCH] for at in range(0, len(pages), STRETCH)]


def _filled(
    rows: list[Row], points: Callable[[Row], float], page: float, head: float, below_title: bool
) -> Iterator[list[Row]]:
    whole = page - MARGIN_POINTS - head
    room = whole - OPENING_POINTS - (TITLE_POINTS if below_title else 0)
    current: list[Row] = []
    for row in rows:
        height = points(row)
        if current and height > room:
            yield current
            current, room = [], whole
        current.append(row)
        room -= height
    if current:
        yield current


def _width(text: str) -> int:
    """How many Latin letters take as much room as a text."""
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text)
