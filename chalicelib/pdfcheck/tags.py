"""How tags are used: headings, figures, tables, lists and notes (PDF/UA-1, 7.2 to 7.9)."""

from collections.abc import Iterator
from typing import Any

from pikepdf import Name

from chalicelib.pdfcheck.tree import Element, Tree
from chalicelib.pdfcheck.words import Problem, mapping, number, several, text

# What an element may hold, where the standard has a say in that.
_HOLDS = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "L": {"L", "LI", "Caption"},
    "LI": {"Lbl", "LBody"},
    "TOC": {"TOC", "TOCI", "Caption"},
}
# Where alone an element may be.
_WITHIN = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
    "LI": {"L"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
}
_WIDEST = 1000


def tags(tree: Tree) -> Iterator[Problem]:
    """Where tags are used in another way than the standard says."""
    yield from _headings(tree)
    ids: set[str] = set()
    for element in tree.order:
        yield from _nesting(element)
        if element.kind in ("Figure", "Formula"):
            words = text(element.item.get(Name.Alt)) or text(element.item.get(Name.ActualText))
            clause = "7.3" if element.kind == "Figure" else "7.7"
            if not words:
                yield _of(element, clause, "it has no alternative text")
        elif element.kind == "Table":
            yield from _table(element)
        elif element.kind == "Note":
            name = text(element.item.get(Name.ID))
            if not name or name in ids:
                yield _of(element, "7.9", "its ID is missing or another note's")
            ids.add(name)


def _of(element: Element, clause: str, words: str) -> Problem:
    return Problem(words, clause, "", element.page, element.name)


def _headings(tree: Tree) -> Iterator[Problem]:
    above = 0
    plain = False
    for element in tree.order:
        if element.kind == "H":
            plain = True
        elif element.kind[0:1] == "H" and element.kind[1:].isdigit():
            level = int(element.kind[1:])
            if not above and level != 1:
                yield _of(element, "7.4.2", "the first heading is not H1")
            elif level > above + 1:
                yield _of(element, "7.4.2", f"it follows H{above}, so it skips a level")
            above = level
    if plain and above:
        yield Problem("it has both H and numbered headings", ua="7.4.4")


def _nesting(element: Element) -> Iterator[Problem]:
    parent = element.parent.kind if element.parent else ""
    if parent not in _WITHIN.get(element.kind, {parent}):
        yield _of(element, "7.2", f"it stands in {parent or 'no element'}")
    allowed = _HOLDS.get(element.kind)
    if allowed is None:
        return
    for kind in sorted({below.kind for below in element.elements} - allowed):
        yield _of(element, "7.2", f"it holds {kind}")
    if element.marks:
        yield _of(element, "7.2", "it holds content that is in none of its parts")


def _table(table: Element) -> Iterator[Problem]:
    kinds = [below.kind for below in table.elements]
    if kinds.count("THead") > 1 or kinds.count("TFoot") > 1:
        yield _of(table, "7.2", "it has more than one THead or TFoot")
    rows = list(_rows(table))
    cells = [cell for row in rows for cell in row.elements if cell.kind in ("TH", "TD")]
    named = {name for cell in cells for name in map(text, several(attribute(cell, Name.Headers)))}
    for cell in cells:
        scope = str(attribute(cell, Name.Scope) or "")
        by_name = text(cell.item.get(Name.ID)) in named
        if cell.kind == "TH" and scope not in ("/Row", "/Column", "/Both") and not by_name:
            yield _of(cell, "7.5", "it has no Scope")
    yield from _grid(table, rows)


def _rows(table: Element) -> Iterator[Element]:
    for below in table.elements:
        if below.kind == "TR":
            yield below
        elif below.kind in ("THead", "TBody", "TFoot"):
            yield from (row for row in below.elements if row.kind == "TR")


def _grid(table: Element, rows: list[Element]) -> Iterator[Problem]:
    """Every row is as wide as the first one, and no cell lies over another."""
    taken: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        here = taken.setdefault(at, set())
        column = 0
        for cell in row.elements:
            while column in here:
                column += 1
            wide = min(max(number(attribute(cell, Name.ColSpan), 1), 1), _WIDEST)
            high = min(max(number(attribute(cell, Name.RowSpan), 1), 1), len(rows) - at)
            spots = set(range(column, column + wide))
            for below in range(at, at + high):
                there = taken.setdefault(below, set())
                if there & spots:
                    yield _of(cell, "7.2", "it lies over another cell of its table")
                    return
                there |= spots
    widths = {at: len(spots) for at, spots in taken.items() if at < len(rows)}
    for at, row in enumerate(rows):
        if widths[at] != widths[0] or taken[at] != set(range(widths[at])):
            words = f"it has {widths[at]} columns, and the first row of its table {widths[0]}"
            yield _of(row, "7.2", words)
            return


def attribute(element: Element, name: Name) -> Any:
    """An attribute of an element; of a class of attributes, none is read."""
    for found in several(element.item.get(Name.A)):
        value = mapping(found).get(name)
        if value is not None:
            return value
    return None
