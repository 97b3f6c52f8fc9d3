"""Writes numbers into the margins of pages that are laid out already.

How many pages a document and its packet have is known only when all of them are there. What is
written is an artifact: it is on the page, and is not read aloud with its text.
"""

import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from pikepdf import Dictionary, Name, Page, Pdf

from chalicelib.packet.leaf import Leaf, laid_out

# Every character that a number in the margin may have.
_CHARACTERS = "Packet Doc rev. p. of \u00b7 0123456789"
_SIZE = 8.0
_MARGIN = 65.0
# Where print.css puts the lines of text in its margin boxes.
TOP, BOTTOM = 45.1, 35.9
_DEEP, _QUIET = "0.0902 0.2471 0.2902 rg", "0.3333 0.3569 0.3765 rg"
_CODE = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")


@dataclass(frozen=True)
class _Face:
    """A font for the margins: the code and the width (in thousandths of its size) by character."""

    codes: dict[str, str]
    widths: dict[str, float]


class Stamps:
    """Writes into the margins of one file's pages."""

    def __init__(self, pdf: Pdf, document: bool, packet: bool) -> None:
        """For numbers within a document, within a packet, or both."""
        self._pdf = pdf
        wanted = [name for name, used in (("Bold", document), ("Regular", packet)) if used]
        with Pdf.open(BytesIO(_source())) as source:
            fonts = source.pages[0].Resources.Font
            self._fonts = {
                name: pdf.copy_foreign(_font(fonts, bold=name == "Bold")) for name in wanted
            }

    def number(self, page: Page, document: str = "", packet: str = "") -> None:
        """Write `document` at the top right and `packet` at the bottom right of a page."""
        width, height = float(page.mediabox[2]), float(page.mediabox[3])
        lines = []
        for text, name, base in (
            (document, "Bold", height - TOP),
            (packet, "Regular", BOTTOM),
        ):
            if text:
                self._give(page, name)
                lines.append(_line(text, name, width - _MARGIN, base))
        page.contents_add("\n".join(lines).encode())

    def _give(self, page: Page, name: str) -> None:
        """Let a page know the font; the pages of a run share what they know."""
        resources = page.obj.Resources
        fonts = resources.get(Name.Font)
        if fonts is None:
            fonts = resources.Font = Dictionary()
        key = Name(f"/Margin{name}")
        if key not in fonts:
            fonts[key] = self._fonts[name]


def _line(text: str, name: str, right: float, base: float) -> str:
    face = _faces()[name]
    known = [char for char in text if char in face.codes]
    width = sum(face.widths[char] for char in known) * _SIZE / 1000
    codes = "".join(face.codes[char] for char in known)
    color = _DEEP if name == "Bold" else _QUIET
    return (
        f"/Artifact <</Type /Pagination>> BDC q BT {color} /Margin{name} {_SIZE:g} Tf "
        f"{right - width:.2f} {base:.2f} Td <{codes}> Tj ET Q EMC"
    )


@cache
def _source() -> bytes:
    """A page that has every character of both fonts once."""
    html = (
        "<html lang='en'><title>Numbers</title>"
        "<style>p { font: 8pt/12pt var(--sans); font-variant-ligatures: none }"
        " p + p { font-weight: 700 }</style>"
        f"<p>{_CHARACTERS}</p><p>{_CHARACTERS}</p></html>"
    )
    with laid_out(Leaf(html, "Numbers", {}), "Letter", lambda _: None) as (_, write):
        return write()


@cache
def _faces() -> dict[str, _Face]:
    with Pdf.open(BytesIO(_source())) as source:
        fonts = source.pages[0].Resources.Font
        return {name: _face(_font(fonts, bold=name == "Bold")) for name in ("Bold", "Regular")}


def _font(fonts: Any, *, bold: bool) -> Any:
    return next(font for font in fonts.values() if ("Bold" in str(font.BaseFont)) == bold)


def _face(font: Any) -> _Face:
    widths: dict[int, float] = {}
    runs = list(font.DescendantFonts[0].W)
    for first, run in zip(runs[::2], runs[1::2], strict=True):
        widths |= {int(first) + at: float(width) for at, width in enumerate(run)}
    codes = {
        chr(int(text, 16)): code.decode()
        for code, text in _CODE.findall(font.ToUnicode.read_bytes())
        if int(code, 16) in widths
    }
    return _Face(codes, {char: widths[int(code, 16)] for char, code in codes.items()})
