"""The pages of an uploaded PDF as pages of a packet: on its paper, with its header and numbers.

Links within the file and to the web are kept, and so is its outline; other notes on the pages
become part of what they show. A file's own tags are kept where it has them. Where it has none,
each page is tagged as a whole, so that a screen reader comes past it.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Page, Pdf, String

from chalicelib.packet.binding import Binding, Mark, outline
from chalicelib.packet.file_links import Link, links_of
from chalicelib.packet.placing import Placed, placed
from chalicelib.packet.text import short

# A page with the margins of the document's other pages and nothing else; wide, or not.
Sheet = Callable[[bool], bytes]
_DEEPEST = 3
_MOST_MARKS = 400


class FileFault(Exception):  # noqa: N818
    """An uploaded file cannot be joined to the packet; the message says why."""


def append_file(binding: Binding, content: bytes, name: str, page_size: str, sheet: Sheet) -> None:
    """Add the pages of an uploaded file of this name. Raises FileFault."""
    try:
        with Pdf.open(BytesIO(content)) as source:
            if source.is_encrypted:
                raise FileFault("the file is encrypted")
            _append(binding, source, name, page_size, _Sheets(binding.pdf, sheet))
    except (pikepdf.PdfError, RecursionError) as error:
        raise FileFault(f"the file is damaged ({short(error, 120)})") from error


class _Sheets:
    """The margins of pages, drawn once and used on every page of a file."""

    def __init__(self, pdf: Pdf, sheet: Sheet) -> None:
        self._pdf, self._sheet = pdf, sheet
        self._made: dict[bool, Any] = {}

    def over(self, page: Page, wide: bool) -> None:
        """Draw the margins over a page."""
        if wide not in self._made:
            with Pdf.open(BytesIO(self._sheet(wide))) as source:
                self._made[wide] = self._pdf.copy_foreign(source.pages[0].as_form_xobject())
        name = page.add_resource(self._made[wide], Name.XObject, Name.Margins)
        page.contents_add(f"q {name} Do Q".encode())


def _append(binding: Binding, source: Pdf, name: str, page_size: str, sheets: _Sheets) -> None:
    marks = _outline(source, binding.pages)
    links = [links_of(source, page) for page in source.pages]
    form: Any = source.Root.get(Name.AcroForm, Dictionary())
    if form.get(Name.NeedAppearances):
        # What was typed is in the fields, and no program has drawn it yet.
        source.generate_appearance_streams()
    source.flatten_annotations("screen")
    places = [placed(page, page_size) for page in source.pages]
    total = len(places)
    tagged = is_tagged(source)
    if tagged:
        pages = _inline(binding, source, places, links)
    else:
        pages = range(binding.pages, binding.pages + total)
        for number, (page, place) in enumerate(zip(source.pages, places, strict=True), 1):
            _draw(binding, page, place, f"Page {number} of {total} of {name}: a picture")
    binding.outline_below(marks)
    for number, place, found in zip(pages, places, links, strict=True):
        page = binding.pdf.pages[number]
        sheets.over(page, place.landscape)
        if not tagged and found:
            page.obj.Annots = Array(
                [binding.pdf.make_indirect(_note(place, link)) for link in found]
            )
        for note, link in zip(page.obj.get(Name.Annots, []), found, strict=False):
            if not link.address:
                note.Dest = Array([binding.pdf.pages[pages[link.page]].obj, Name.Fit])
            if Name.StructParent not in note:
                binding.tag_link(number, note)


def is_tagged(source: Pdf) -> bool:
    """Whether a file has tags that can be taken over as they are."""
    said: Any = source.Root.get(Name.MarkInfo, Dictionary())
    if Name.StructTreeRoot not in source.Root or not said.get(Name.Marked):
        return False
    # A page that leaves more open than it closes would take the numbers in its margins along.
    return all(_is_balanced(page) for page in source.pages)


def _is_balanced(page: Page) -> bool:
    depth = 0
    for instruction in pikepdf.parse_content_stream(page, "q Q"):
        depth += 1 if str(instruction.operator) == "q" else -1
        if depth < 0:
            return False
    return depth == 0


def _inline(binding: Binding, source: Pdf, places: list[Placed], links: list[list[Link]]) -> range:
    """Add tagged pages as they are, moved to where they are to be; their links stay the notes that
    the file's tags speak of.
    """
    for page, place, found in zip(source.pages, places, links, strict=True):
        page.contents_add(place.opening.encode(), prepend=True)
        page.contents_add(b"Q")
        # What a page inherits is lost as it is copied.
        resources = page.resources
        for key in (Name.CropBox, Name.TrimBox, Name.BleedBox, Name.ArtBox, Name.UserUnit):
            if key in page.obj:
                del page.obj[key]
        page.obj.Resources = resources
        page.obj.MediaBox = Array([0, 0, place.width, place.height])
        page.obj.Rotate = 0
        page.obj.Tabs = Name.S
        page.obj.Annots = Array([link.note for link in found])
        for link in found:
            fresh = _note(place, link)
            for key in list(link.note.keys()):
                if key != Name.StructParent:
                    del link.note[key]
            for key, value in fresh.items():
                link.note[key] = value
    if Name.Outlines in source.Root:
        del source.Root.Outlines
    return binding.add(source)


def _draw(binding: Binding, page: Page, place: Placed, words: str) -> None:
    """Add a page without tags: what it shows is one thing, named if it has no text."""
    shown = page.as_form_xobject(handle_transformations=False)
    shown.BBox = Array(list(place.box))
    added = binding.pdf.add_blank_page(page_size=(place.width, place.height))
    added.obj.Tabs = Name.S
    copy = binding.pdf.copy_foreign(shown)
    name = added.add_resource(copy, Name.XObject, Name.File)
    has_text = _has_text(copy)
    kind = "P" if has_text else "Figure"
    added.contents_add(f"/{kind} <</MCID 0>> BDC {place.opening} {name} Do Q EMC".encode())
    attributes: dict[str, Any] = {}
    if not has_text:
        attributes["Alt"] = String(words)
        box = Array(place.rectangle(place.box))
        attributes["A"] = Dictionary(O=Name.Layout, BBox=box, Placement=Name.Block)
    binding.tag_page(binding.pages - 1, kind, **attributes)


def _has_text(shown: Any, depth: int = 3) -> bool:
    resources = shown.get(Name.Resources, {})
    if len(resources.get(Name.Font, {})):
        return True
    inner = resources.get(Name.XObject, {})
    return depth > 0 and any(
        _has_text(item, depth - 1)
        for _, item in inner.items()
        if item.get(Name.Subtype) == Name.Form
    )


def _note(place: Placed, link: Link) -> Any:
    """A link as a note on the page where it lies now."""
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array(place.rectangle(link.corners)),
        Border=Array([0, 0, 0]),
        F=4,
        Contents=String(link.words),
    )
    if link.address:
        note.A = Dictionary(Type=Name.Action, S=Name.URI, URI=String(link.address))
    return note


def _outline(source: Pdf, first: int) -> list[Mark]:
    """The file's outline, as far down as helps; none where it is broken."""
    try:
        marks = list(outline(source, first))
    except (pikepdf.PdfError, pikepdf.models.outlines.OutlineStructureError, ValueError):
        return []
    left = [_MOST_MARKS]

    def cut(found: list[Mark], depth: int) -> list[Mark]:
        kept = []
        for mark in found:
            if left[0] == 0:
                break
            left[0] -= 1
            below = cut(mark.below, depth - 1) if depth else []
            kept.append(Mark(short(mark.title, 160), mark.page, None, below))
        return kept

    return cut(marks, _DEEPEST)
