"""Other ways to set a long roster, and what each costs: processor seconds for so many rows, with
the packet's own style sheet and tags.
"""

import gc
import time
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from benchmarks.support import packet_content
from chalicelib.packet import leaf

Row = dict[str, Any]
PER_PAGE, STRETCH = 40, 1000
HEADS = "<thead><tr><th>No.</th><th>Name</th><th>Institution</th><th>Signed</th></tr></thead>"


def _cells(row: Row) -> str:
    return "".join(f"<td>{escape(str(cell))}</td>" for cell in row.values())


def _table(rows: list[Row], kind: str = "list roster") -> str:
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f"<table class='{kind} roster-next'>{HEADS}<tbody>{body}</tbody></table>"


def _line(row: Row, name: str = "{}") -> str:
    number, *rest = (escape(str(cell)) for cell in row.values())
    rest[0] = name.format(rest[0])
    return f"<li>{number}. \t{', '.join(rest)}</li>"


def _list(rows: list[Row], style: str = "", name: str = "{}") -> str:
    body = "".join(_line(row, name) for row in rows)
    return f"<ol class='signed roster-next' style='{style}'>{body}</ol>"


def _pages(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[at : at + PER_PAGE] for at in range(0, len(rows), PER_PAGE))


# How a stretch of rows becomes HTML, by what it is called in the docs.
WAYS: dict[str, Callable[[list[Row]], str]] = {
    "one table with rules between its rows": _table,
    "a table for each page": lambda rows: "".join(map(_table, _pages(rows))),
    "a table for each page, borders apart": lambda rows: (
        "<style>.apart { border-collapse: separate !important; border-spacing: 0 }</style>"
        + "".join(_table(page, "list roster apart") for page in _pages(rows))
    ),
    "a list, a line each (chosen)": lambda rows: "".join(map(_list, _pages(rows))),
    "the list with names in bold": lambda rows: "".join(
        _list(page, name="<b>{}</b>") for page in _pages(rows)
    ),
    "the list in two columns": lambda rows: _list(rows, "columns: 2; column-fill: auto"),
}


def measure(size: int) -> dict[str, float]:
    """Seconds by the way of setting."""
    rows = packet_content.signatories(size)
    _set(rows[:50], WAYS["a table for each page"])
    return {name: _seconds(rows, way) for name, way in WAYS.items()}


def _seconds(rows: list[Row], way: Callable[[list[Row]], str]) -> float:
    gc.collect()
    start = time.process_time()
    for at in range(0, len(rows), STRETCH):
        _set(rows[at : at + STRETCH], way)
    return time.process_time() - start


def _set(rows: list[Row], way: Callable[[list[Row]], str]) -> None:
    html = f"<html lang='en'><title>Roster</title><body><h2>Roster</h2>{way(rows)}</body></html>"
    with leaf.laid_out(leaf.Leaf(html, "Roster", {}), "Letter", lambda _: None) as (_, write):
        write()
