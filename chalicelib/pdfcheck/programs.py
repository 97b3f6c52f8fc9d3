"""Embedded font programs: which glyph a font's code or name means, and how wide that is."""

import struct
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Protocol

from fontTools.agl import UV2AGL, toUnicode
from fontTools.cffLib import CFFFontSet
from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.misc.psCharStrings import T1CharString
from fontTools.pens.basePen import NullPen
from fontTools.t1Lib import T1Font, decryptType1
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name

from chalicelib.pdfcheck.words import mapping

MISSING = 0  # The glyph `.notdef`, which stands for all that a font does not have.


class Program(Protocol):
    """A font program. Glyphs are counted from 0; None is for what it does not have."""

    def of_cid(self, cid: int) -> int | None:
        """The glyph of a composite font's number, where no table of the PDF says it."""

    def of_code(self, code: int, names: Mapping[int, str] | None) -> int | None:
        """The glyph of a simple font's code; `names` are those that the PDF gives its codes."""

    def width(self, glyph: int) -> float:
        """How wide a glyph is, in thousandths of the font's size."""


def program_of(described: object) -> Program | None:
    """The program in a font's descriptor; None where there is none. Raises what fontTools raises
    where it is broken.
    """
    found = mapping(described)
    if Name.FontFile2 in found:
        return _TrueType(TTFont(BytesIO(found.FontFile2.read_bytes()), lazy=True))
    if Name.FontFile3 in found:
        data = found.FontFile3.read_bytes()
        if found.FontFile3.get(Name.Subtype) != Name.OpenType:
            return _Compact(data)
        whole = TTFont(BytesIO(data), lazy=True)
        return _Compact(whole.reader["CFF "]) if "CFF " in whole else _TrueType(whole)
    if Name.FontFile in found:
        return _TypeOne(found.FontFile.read_bytes())
    return None


class _TrueType:
    def __init__(self, font: TTFont) -> None:
        self._font = font
        self._count = int(font["maxp"].numGlyphs)
        self._wide = int(font["hhea"].numberOfHMetrics)
        self._unit = int(font["head"].unitsPerEm)
        self._widths: bytes = font.reader["hmtx"]

    def of_cid(self, cid: int) -> int | None:
        return cid if cid < self._count else None

    def of_code(self, code: int, names: Mapping[int, str] | None) -> int | None:
        tables = {}
        if "cmap" in self._font:
            tables = {(t.platformID, t.platEncID): t.cmap for t in self._font["cmap"].tables}
        found = None
        if names is None:
            symbols = tables.get((3, 0), {})
            for first in (0, 0xF000, 0xF100, 0xF200):
                found = found or symbols.get(first + code)
            found = found or tables.get((1, 0), {}).get(code)
        else:
            name = names.get(code, "")
            if (3, 1) in tables and len(toUnicode(name)) == 1:
                found = tables[3, 1].get(ord(toUnicode(name)))
            if found is None and name in MacRoman:
                found = tables.get((1, 0), {}).get(MacRoman.index(name))
        glyph = self._font.getGlyphID(found) if found else MISSING
        return self.of_cid(glyph)

    def width(self, glyph: int) -> float:
        at = 4 * min(glyph, self._wide - 1)
        (wide,) = struct.unpack(">H", self._widths[at : at + 2])
        return float(wide * 1000 / self._unit)


class _Compact:
    """The Compact Font Format."""

    def __init__(self, data: bytes) -> None:
        fonts = CFFFontSet()
        fonts.decompile(BytesIO(data), None)
        self._top = fonts[0]
        self._names = {name: at for at, name in enumerate(self._top.charset)}
        self._order = list(self._top.charset)
        self._strings = self._top.CharStrings

    def of_cid(self, cid: int) -> int | None:
        if hasattr(self._top, "ROS"):
            return MISSING if cid == 0 else self._names.get(f"cid{cid:05d}")
        return cid if cid < len(self._order) else None

    def of_code(self, code: int, names: Mapping[int, str] | None) -> int | None:
        name = (names or {}).get(code) or _built_in(self._top.Encoding, code)
        return self._names.get(name)

    def width(self, glyph: int) -> float:
        drawn, chosen = self._strings.getItemAndSelector(self._order[glyph])
        drawn.draw(NullPen())
        scale = getattr(self._top, "FontMatrix", None) or [0.001]
        if (
            chosen is not None
            and hasattr(self._top, "FDArray")
            and "FontMatrix" not in vars(self._top)
        ):
            scale = getattr(self._top.FDArray[chosen], "FontMatrix", scale)
        return float(drawn.width * scale[0] * 1000)


class _TypeOne:
    def __init__(self, data: bytes) -> None:
        # Its own constructor reads files only.
        font = T1Font.__new__(T1Font)
        font.encoding, font.data = "ascii", decryptType1(data)
        self._font = font
        self._strings: dict[str, T1CharString] = font["CharStrings"]
        # Type 1 has no order of its own but that of its dictionary; `.notdef` is the first here.
        rest = [name for name in self._strings if name != ".notdef"]
        self._order = [".notdef", *rest]
        self._names = {name: at for at, name in enumerate(self._order)}

    def of_cid(self, cid: int) -> int | None:
        return None

    def of_code(self, code: int, names: Mapping[int, str] | None) -> int | None:
        name = (names or {}).get(code) or _built_in(self._font["Encoding"], code)
        return self._names.get(name)

    def width(self, glyph: int) -> float:
        drawn = self._strings[self._order[glyph]]
        drawn.draw(NullPen())
        return float(drawn.width * self._font["FontMatrix"][0] * 1000)


def _built_in(encoding: object, code: int) -> str:
    if isinstance(encoding, list) and code < len(encoding):
        return str(encoding[code])
    return str(StandardEncoding[code])


def names_of(font: object) -> dict[int, str] | None:
    """The names that a simple font's `Encoding` gives its codes; None where it has none."""
    encoding = mapping(font).get(Name.Encoding)
    base = encoding.get(Name.BaseEncoding) if isinstance(encoding, Dictionary) else encoding
    if encoding is None:
        return None
    names: dict[int, str] = {}
    if base == Name.WinAnsiEncoding:
        names = {code: UV2AGL.get(ord(char), "") for code, char in _windows()}
    elif base == Name.MacRomanEncoding:
        names = dict(enumerate(MacRoman))
    elif mapping(font).get(Name.Subtype) == Name.TrueType:
        names = dict(enumerate(StandardEncoding))
    code = 0
    for item in list(mapping(encoding).get(Name.Differences, [])):
        if isinstance(item, Name):
            names[code] = str(item).removeprefix("/")
            code += 1
        else:
            code = int(item)
    return names


def _windows() -> list[tuple[int, str]]:
    # A hard space and a soft hyphen look like the plain ones.
    alike = {"\xa0": " ", "\xad": "-"}
    found = [(code, bytes([code]).decode("cp1252", "replace")) for code in range(32, 256)]
    return [(code, alike.get(char, char)) for code, char in found]


def meaning(name: str) -> str:
    """The text that a glyph's name stands for; empty for a name that means nothing to others."""
    return str(toUnicode(name)) if name and name != ".notdef" else ""


def cid_font_program(descendant: Any) -> Program | None:
    """The program of a composite font."""
    return program_of(mapping(descendant).get(Name.FontDescriptor))
