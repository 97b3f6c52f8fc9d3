"""Binds runs of pages into one PDF: pages, structure tree, outline and links.

Every run is a PDF of its own. Its tags become one part of the bound file's structure tree, its
outline one branch of the outline, and its place is known by the number of its first page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from chalicelib.packet.metadata import Facts, describe

# Links with such an address lead to a document of the same file, by its anchor.
INTERNAL = "packet:"


@dataclass
class Mark:
    """An entry of the outline: its words, its page (counted from 0) and how far down it points."""

    title: str
    page: int
    top: float | None = None
    below: list["Mark"] = field(default_factory=list)


class Binding:
    """A PDF that grows by one run of pages after the other."""

    def __init__(self, language: str) -> None:
        """An empty file in a language (BCP 47)."""
        self.pdf = Pdf.new()
        self._numbers: list[Any] = []  # Of the parent tree: key, value, key, value.
        self._next = 0  # Key of the parent tree.
        self._marks: list[Mark] = []
        self._roles: dict[str, Any] = {}
        self._language = language
        self._tree = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._document = self.pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, P=self._tree, K=Array())
        )

    @property
    def pages(self) -> int:
        """How many pages there are by now."""
        return len(self.pdf.pages)

    def add(self, run: Pdf) -> range:
        """Append a run with its tags and outline; the numbers of its pages, counted from 0."""
        first = self.pages
        marks = list(outline(run, first))
        self.pdf.pages.extend(run.pages)
        added = range(first, self.pages)
        self._marks += marks
        if Name.StructTreeRoot in run.Root:
            self._add_tags(self.pdf.copy_foreign(run.Root.StructTreeRoot), added)
        return added

    def _add_tags(self, tree: Any, pages: range) -> None:
        for number in pages:
            page: Any = self.pdf.pages[number].obj
            if Name.StructParents in page:
                page.StructParents = int(page.StructParents) + self._next
            notes: Any = page.get(Name.Annots, [])
            for note in notes:
                if Name.StructParent in note:
                    note.StructParent = int(note.StructParent) + self._next
        last = self._next
        for key, value in tree_numbers(tree.get(Name.ParentTree)):
            last = max(last, key + self._next + 1)
            self._numbers += [key + self._next, value]
        self._next = last
        for name, role in tree.get(Name.RoleMap, {}).items():
            self._roles.setdefault(name, role)
        tops = tree.get(Name.K, [])
        for top in tops if isinstance(tops, Array) else [tops]:
            if top.get(Name.S) == Name.Document:
                top.S = Name.Part
            top.P = self._document
            self._document.K.append(top)

    def tag_page(self, number: int, kind: str, **attributes: Any) -> Any:
        """Make a page's only marked content (MCID 0) an element of the structure tree."""
        page = self.pdf.pages[number].obj
        element = self.pdf.make_indirect(
            Dictionary(
                Type=Name.StructElem,
                S=Name(f"/{kind}"),
                P=self._document,
                Pg=page,
                K=Array([0]),
                **attributes,
            )
        )
        page.StructParents = self._next
        self._numbers += [self._next, Array([element])]
        self._next += 1
        self._document.K.append(element)
        return element

    def tag_link(self, number: int, note: Any) -> None:
        """Give a link annotation its element in the structure tree."""
        page = self.pdf.pages[number].obj
        reference = Dictionary(Type=Name.OBJR, Obj=note, Pg=page)
        element = self.pdf.make_indirect(
            Dictionary(
                Type=Name.StructElem,
                S=Name.Link,
                P=self._document,
                Pg=page,
                K=Array([self.pdf.make_indirect(reference)]),
                Alt=note.Contents,
            )
        )
        note.StructParent = self._next
        self._numbers += [self._next, element]
        self._next += 1
        self._document.K.append(element)

    def mark(self, title: str, page: int) -> None:
        """Put an entry of the outline above all those that stand from this page on."""
        below = [mark for mark in self._marks if mark.page >= page]
        self._marks = [mark for mark in self._marks if mark.page < page]
        self._marks.append(Mark(title, page, None, below))

    def outline_below(self, marks: list[Mark]) -> None:
        """Put entries below the last one of the outline, or beside it where there is none."""
        (self._marks[-1].below if self._marks else self._marks).extend(marks)

    def lead(self, starts: dict[str, int]) -> None:
        """Let the links to anchors lead to the pages (counted from 0) on which these begin."""
        for page in self.pdf.pages:
            for note in page.obj.get(Name.Annots, []):
                address = str(note.A.get(Name.URI, "")) if Name.A in note else ""
                if address.startswith(INTERNAL):
                    note.Dest = self._place(starts[address.removeprefix(INTERNAL)], None)
                    del note["/A"]

    def finished(self, facts: Facts) -> bytes:
        """The bytes of the whole file; the same ones for the same runs and facts."""
        self._tree.K = Array([self._document])
        self._tree.ParentTree = self.pdf.make_indirect(Dictionary(Nums=Array(self._numbers)))
        self._tree.ParentTreeNextKey = self._next
        if self._roles:
            self._tree.RoleMap = Dictionary(self._roles)
        root = self.pdf.Root
        root.StructTreeRoot = self._tree
        root.MarkInfo = Dictionary(Marked=True)
        root.Lang = String(self._language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.PageMode = Name.UseOutlines
        with self.pdf.open_outline() as tree:
            tree.root.extend(self._item(mark) for mark in self._marks)
        describe(self.pdf, facts)
        made = BytesIO()
        self.pdf.save(
            made,
            deterministic_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return made.getvalue()

    def _item(self, mark: Mark) -> pikepdf.OutlineItem:
        item = pikepdf.OutlineItem(mark.title, self._place(mark.page, mark.top))
        item.children.extend(self._item(one) for one in mark.below)
        return item

    def _place(self, number: int, top: float | None) -> Array:
        page = self.pdf.pages[number]
        height = float(page.mediabox[3])
        return Array([page.obj, Name.XYZ, None, height if top is None else top, None])


def outline(pdf: Pdf, first: int) -> Iterator[Mark]:
    """The outline of a run whose pages begin at a number; entries that lead nowhere point to its
    beginning.
    """
    places = {page.obj.objgen: number for number, page in enumerate(pdf.pages, first)}
    with pdf.open_outline() as tree:
        yield from _marks(tree.root, places, first)


def _marks(items: Any, places: dict[tuple[int, int], int], first: int) -> Iterator[Mark]:
    for item in items:
        target = item.destination
        page, top = first, None
        if isinstance(target, Array) and len(target) and isinstance(target[0], Dictionary):
            page = places.get(target[0].objgen, first)
            if len(target) > 3 and target[1] == Name.XYZ and target[3] is not None:
                top = float(target[3])
        yield Mark(str(item.title), page, top, list(_marks(item.children, places, first)))


def tree_numbers(tree: Any) -> Iterator[tuple[int, Any]]:
    """The entries of a number tree, however it is laid out."""
    left = [tree]
    while left:
        here = left.pop()
        if not isinstance(here, Dictionary):
            continue
        numbers: Any = here.get(Name.Nums, [])
        for at in range(0, len(numbers) - 1, 2):
            yield int(numbers[at]), numbers[at + 1]
        left += list(here.get(Name.Kids, []))
