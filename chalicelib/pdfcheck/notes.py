"""Notes on a PDF's pages (annotations): links, fields and others."""

from collections.abc import Iterator
from typing import Any

from pikepdf import Dictionary, Name, Pdf

from chalicelib.pdfcheck.tree import Tree
from chalicelib.pdfcheck.words import Problem, key_of, mapping, number, text, thing

_INVISIBLE, _HIDDEN, _PRINT, _NO_VIEW, _TOGGLE = 1, 2, 4, 32, 256
_ACTIVE = {"/3D", "/Sound", "/Screen", "/Movie", "/RichMedia"}
_WITHOUT_LOOK = {"/Popup", "/Link"}
_ELEMENTS = {"/Link": "Link", "/Widget": "Form"}


def notes(pdf: Pdf, tree: Tree) -> Iterator[Problem]:
    """What is wrong with the notes of a file."""
    for at, page in enumerate(pdf.pages, 1):
        found = [note for note in page.obj.get(Name.Annots, []) if isinstance(note, Dictionary)]
        if found and page.obj.get(Name.Tabs) != Name.S:
            yield Problem(
                "it has notes, and the tab key does not follow its tags", "7.18.3", "", at
            )
        for note in found:
            kind = str(note.get(Name.Subtype, ""))
            name = thing(kind.removeprefix("/") or "note", note)
            yield from _archived(note, kind, at, name)
            if kind != "/Popup" and not number(note.get(Name.F), 0) & _HIDDEN:
                yield from _tagged(note, kind, at, name, tree)


def _tagged(note: Any, kind: str, at: int, name: str, tree: Tree) -> Iterator[Problem]:
    owner = tree.numbers.get(number(note.get(Name.StructParent)))
    element = tree.by_key.get(key_of(owner)) if isinstance(owner, Dictionary) else None
    clause = {"/Link": "7.18.5", "/Widget": "7.18.4"}.get(kind, "7.18.1")
    if kind == "/TrapNet":
        yield Problem("it is a trap network", "7.18.2", "", at, name)
    if element is None:
        yield Problem("it leads to no element of the structure tree", clause, "", at, name)
    elif key_of(note) == (0, 0) or key_of(note) not in element.notes:
        yield Problem(f"{element.name} does not name it back", clause, "", at, name)
    elif element.kind != _ELEMENTS.get(kind, "Annot"):
        yield Problem(f"it stands in {element.name}", clause, "", at, name)
    if kind == "/Link":
        if not text(note.get(Name.Contents)):
            yield Problem("it has no words for those who do not see it", clause, "", at, name)
    elif kind == "/Widget":
        above = mapping(note.get(Name.Parent))
        if not text(note.get(Name.TU)) and not text(above.get(Name.TU)):
            yield Problem("it has no name for those who do not see it (TU)", "7.18.1", "", at, name)
    elif not text(note.get(Name.Contents)) and not (element and text(element.item.get(Name.Alt))):
        yield Problem("it has no words for those who do not see it", clause, "", at, name)


def _archived(note: Any, kind: str, at: int, name: str) -> Iterator[Problem]:
    if kind in _ACTIVE or not kind:
        yield Problem(f"notes of the kind {kind} are not allowed", "", "6.3.1", at, name)
    if kind == "/Popup":
        return
    flags = number(note.get(Name.F), 0)
    if not flags & _PRINT:
        yield Problem("it is not printed (flag Print)", "", "6.3.2", at, name)
    if flags & (_INVISIBLE | _HIDDEN | _NO_VIEW | _TOGGLE):
        yield Problem("it is hidden (flags Invisible, Hidden, NoView)", "", "6.3.2", at, name)
    look = mapping(note.get(Name.AP))
    corners = [float(n) for n in note.get(Name.Rect, [])]
    has_room = len(corners) == 4 and (corners[0] != corners[2] or corners[1] != corners[3])
    if kind not in _WITHOUT_LOOK and has_room and Name.N not in look:
        yield Problem("it does not say how it looks", "", "6.3.3", at, name)
    if set(look.keys()) - {"/N"}:
        yield Problem("it has a second look", "", "6.3.3", at, name)
