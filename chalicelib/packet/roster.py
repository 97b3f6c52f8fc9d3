"""Splits a roster into tables of about a page each.

WeasyPrint's time for one table grows faster than its rows; a table a page keeps it in step
with them, and puts the column heads at the top of every page.
"""

from typing import Any

from .text import cell

ROW_POINTS = 18.0  # One line of text with its padding and rule, as print.css sets it.
LINE_POINTS = 13.0  # Each further line of the same row.
HEAD_POINTS = 26.0
OPENING_POINTS = 75.0  # The heading and the lead line above the first table.
TITLE_POINTS = 110.0  # The title, where the roster is all that a document holds.
MARGIN_POINTS = 147.0  # Top and bottom of the page together.
PAGE_POINTS = {"Letter": 792.0, "A4": 842.0}

# Characters that surely fit on one line of the column; guessing low costs a little white space,
# guessing high would spill a row or two onto a page of their own.
_COLUMNS = {"name": 32, "institution": 40}


def row_points(row: dict[str, Any]) -> float:
    """Return the height to reserve for a row, from the length of its texts."""
    lines = max(-(-len(cell(row.get(key, ""))) // width) for key, width in _COLUMNS.items())
    return ROW_POINTS + LINE_POINTS * max(0, lines - 1)


def page_tables(
    rows: list[dict[str, Any]], page_size: str, below_title: bool = False
) -> list[list[dict[str, Any]]]:
    """Return the rows in order, in lists that each fill at most one page.

    `below_title` says that the first of them shares its page with the document's title.
    """
    page = PAGE_POINTS[page_size] - MARGIN_POINTS - HEAD_POINTS
    room = page - OPENING_POINTS - (TITLE_POINTS if below_title else 0)
    tables: list[list[dict[str, Any]]] = []
    current: list[dict[str, Any]] = []
    for row in rows:
        height = row_points(row)
        if current and height > room:
            tables.append(current)
            current, room = [], page
        current.append(row)
        room -= height
    if current:
        tables.append(current)
    return tables
