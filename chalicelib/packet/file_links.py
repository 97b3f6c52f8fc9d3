"""The links of an uploaded PDF: to the web, and to its own pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pikepdf import Array, Dictionary, Name, NameTree, Page, Pdf, String

from chalicelib.packet.text import short

_MOST = 200  # On one page.
_WEB = ("http://", "https://", "mailto:")


@dataclass(frozen=True)
class Link:
    """A link: its note on the page and the corners of that, with either an address or the index of
    a page.
    """

    note: Any
    corners: tuple[float, float, float, float]
    words: str
    address: str = ""
    page: int = 0


def links_of(pdf: Pdf, page: Page) -> list[Link]:
    """The links of a page that lead somewhere."""
    notes: Any = page.obj.get(Name.Annots, [])
    if not isinstance(notes, Array):
        return []
    return [link for _, link in zip(range(_MOST), _links(pdf, notes), strict=False)]


def _links(pdf: Pdf, notes: Any) -> Iterator[Link]:
    for note in notes:
        if not isinstance(note, Dictionary) or note.get(Name.Subtype) != Name.Link:
            continue
        corners = note.get(Name.Rect)
        if not isinstance(corners, Array) or len(corners) != 4:
            continue
        x0, y0, x1, y1 = (float(n) for n in corners)
        action = note.get(Name.A, Dictionary())
        target = note.get(Name.Dest, action.get(Name.D))
        address = str(action.get(Name.URI, ""))
        said = short(str(note.get(Name.Contents, "")), 200)
        where = (note, (x0, y0, x1, y1))
        if address.lower().startswith(_WEB):
            yield Link(*where, said or short(address, 200), address=address)
        elif (number := _page(pdf, target)) is not None:
            yield Link(*where, said or f"Page {number + 1} of the file", page=number)


def _page(pdf: Pdf, target: Any, depth: int = 0) -> int | None:
    """The index of the page to which a destination leads."""
    if isinstance(target, (String, Name)) and depth == 0:
        return _page(pdf, _named(pdf, str(target)), depth + 1)
    if isinstance(target, Dictionary):
        target = target.get(Name.D)
    if not isinstance(target, Array) or not len(target):
        return None
    here = target[0]
    if not isinstance(here, Dictionary):
        return None
    try:
        return pdf.pages.index(Page(here))
    except ValueError:
        return None


def _named(pdf: Pdf, name: str) -> Any:
    old = pdf.Root.get(Name.Dests, Dictionary())
    if name.startswith("/") and name in old:
        return old[name]
    names = pdf.Root.get(Name.Names, Dictionary()).get(Name.Dests)
    if names is None:
        return None
    return NameTree(names).get(name)
