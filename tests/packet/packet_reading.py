"""Reads a PDF's text back, page by page, as a copy-and-paste or a screen reader would.

Pure Python: it follows each font's own ToUnicode map, in the order of the content stream.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page, with every run of white space made one space."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [_page_text(page) for page in opened.pages]


def _page_text(page: pikepdf.Page) -> str:
    return " ".join("".join(_pieces(page, page.Resources)).split())


def _pieces(shown: Any, resources: Any) -> Iterator[str]:
    """The text that a page or a form draws, with that of the forms that it draws in turn."""
    fonts = {
        name: _to_unicode(font.ToUnicode.read_bytes()) if "/ToUnicode" in font else None
        for name, font in resources.get("/Font", {}).items()
    }
    glyphs: dict[int, str] | None = {}
    for operands, operator in pikepdf.parse_content_stream(shown):
        name = str(operator)
        if name == "Tf":
            glyphs = fonts[str(operands[0])]
        elif name in ("Tj", "TJ"):
            drawn = operands[0] if name == "TJ" else [operands[0]]
            for part in drawn:
                if isinstance(part, pikepdf.String):
                    yield _decode(bytes(part), glyphs)
        elif name == "ET":
            yield " "
        elif name == "Do":
            form = resources.XObject[str(operands[0])]
            if form.Subtype == "/Form":
                yield from _pieces(form, form.get("/Resources", resources))


def _decode(codes: bytes, glyphs: dict[int, str] | None) -> str:
    if glyphs is None:  # One of the fonts that every reader has, in a filled-in form.
        return codes.decode("latin-1")
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return "".join(glyphs.get(high << 8 | low, "\N{REPLACEMENT CHARACTER}") for high, low in pairs)


def _to_unicode(cmap: bytes) -> dict[int, str]:
    glyphs: dict[int, str] = {}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in _RANGE.findall(block):
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                glyphs[code] = _utf16(int(text, 16) + step, len(text))
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in _CHAR.findall(block):
            glyphs[int(code, 16)] = _utf16(int(text, 16), len(text))
    return glyphs


def _utf16(value: int, digits: int) -> str:
    return value.to_bytes(digits // 2, "big").decode("utf-16-be")
