"""The fonts that a PDF's pages use: their programs, widths, and what their codes mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pikepdf import Array, Dictionary, Name, Stream

from chalicelib.pdfcheck.cmap import cid_map, unicode_map
from chalicelib.pdfcheck.content import Contents, FontUse
from chalicelib.pdfcheck.programs import MISSING, Program, meaning, names_of, program_of
from chalicelib.pdfcheck.words import Problem, mapping, number, several, thing

_IDENTITY = {"/Identity-H", "/Identity-V"}
_NOT_TEXT = "\0\ufeff\ufffe"
# A width may be rounded.
_NEAR = 1.0


@dataclass(frozen=True)
class _Face:
    """A font as it is used: its codes, each with its glyph (None: it has none) and its width."""

    glyph: Callable[[int], int | None]
    width: Callable[[int], float]
    named: Callable[[int], str]
    length: int


def fonts(contents: Contents) -> Iterator[Problem]:
    """What is wrong with the fonts in which text is drawn."""
    for use in contents.fonts.values():
        if use.strings:
            yield from _font(use)


def _font(use: FontUse) -> Iterator[Problem]:
    font = use.font
    name = thing(f"font {str(font.get(Name.BaseFont, 'of Type 3')).removeprefix('/')}", font)

    def say(words: str, ua: str, a: str, page: int = use.page) -> Problem:
        return Problem(words, ua, a, page, name)

    kind = str(font.get(Name.Subtype, ""))
    program: Program | None = None
    try:
        if kind != "/Type3":
            program = program_of(_descriptor(font))
            if program is None and use.visible:
                yield say("it is not embedded", "7.21.4.1", "6.2.11.4.1")
        face = _composite(font, program) if kind == "/Type0" else _simple(font, program)
        codes = _codes(use, face.length)
        yield from (say(*found) for found in _layout(font, kind))
        for words, ua, a, page in _glyphs(codes, face, program):
            yield say(words, ua, a, page)
    except Exception as error:  # noqa: BLE001 - fontTools raises anything at what is broken
        words = f"it cannot be read ({type(error).__name__}: {error})"
        yield say(words, "7.21.4.1", "6.2.11.4.1")
        codes, face = {}, None
    yield from _meanings(use, codes, face, say)


def _descriptor(font: Any) -> Any:
    inner = several(font.get(Name.DescendantFonts))
    return mapping(inner[0] if inner else font).get(Name.FontDescriptor)


def _codes(use: FontUse, length: int) -> dict[int, int]:
    """The codes of all strings, with the page of the first of each."""
    found: dict[int, int] = {}
    for string, page in use.strings.items():
        for at in range(0, len(string), length):
            found.setdefault(int.from_bytes(string[at : at + length], "big"), page)
    return found


def _composite(font: Any, program: Program | None) -> _Face:
    inner = font.DescendantFonts[0]
    encoding, length = font.get(Name.Encoding), 2
    cids: dict[int, int] | None = None
    if isinstance(encoding, Stream):
        cids, lengths = cid_map(encoding.read_bytes())
        if len(lengths) != 1:
            raise ValueError("its codes have several lengths, which this checker does not read")
        (length,) = lengths
    elif str(encoding) not in _IDENTITY:
        raise ValueError(f"its encoding {encoding} is none that this checker reads")
    table = inner.get(Name.CIDToGIDMap)
    places = table.read_bytes() if isinstance(table, Stream) else None
    widths, default = _wide(inner), float(inner.get(Name.DW, 1000))

    def cid(code: int) -> int:
        return code if cids is None else cids.get(code, 0)

    def glyph(code: int) -> int | None:
        at = cid(code)
        if places is not None:
            at = int.from_bytes(places[2 * at : 2 * at + 2], "big")
        return program.of_cid(at) if program else at

    return _Face(glyph, lambda code: widths.get(cid(code), default), lambda _: "", length)


def _wide(font: Any) -> dict[int, float]:
    found: dict[int, float] = {}
    items = list(font.get(Name.W, []))
    while items:
        first, then = int(items.pop(0)), items.pop(0)
        if isinstance(then, Array):
            found |= {first + at: float(width) for at, width in enumerate(then)}
        else:
            width = float(items.pop(0))
            found |= dict.fromkeys(range(first, min(int(then), 0xFFFF) + 1), width)
    return found


def _simple(font: Any, program: Program | None) -> _Face:
    names = names_of(font)
    widths = [float(width) for width in font.get(Name.Widths, [])]
    first = number(font.get(Name.FirstChar), 0)
    default = float(mapping(font.get(Name.FontDescriptor)).get(Name.MissingWidth, 0))

    def width(code: int) -> float:
        at = code - first
        return widths[at] if 0 <= at < len(widths) else default

    def glyph(code: int) -> int | None:
        return program.of_code(code, names) if program else code

    return _Face(glyph, width, lambda code: meaning((names or {}).get(code, "")), 1)


def _layout(font: Any, kind: str) -> Iterator[tuple[str, str, str]]:
    """How the dictionaries of a font fit together."""
    described = mapping(font.get(Name.FontDescriptor))
    if kind == "/TrueType":
        symbolic = bool(number(described.get(Name.Flags), 0) & 4)
        encoding = font.get(Name.Encoding)
        base = encoding.get(Name.BaseEncoding) if isinstance(encoding, Dictionary) else encoding
        if symbolic and encoding is not None:
            yield "it is symbolic and has an encoding", "7.21.6", "6.2.11.6"
        elif not symbolic and str(base) not in ("/WinAnsiEncoding", "/MacRomanEncoding"):
            yield "it is not symbolic and has no known encoding", "7.21.6", "6.2.11.6"
    elif kind == "/Type0":
        inner = font.DescendantFonts[0]
        embedded = Name.FontFile2 in mapping(inner.get(Name.FontDescriptor))
        table = inner.get(Name.CIDToGIDMap)
        is_map = isinstance(table, Stream) or table == Name.Identity
        if inner.get(Name.Subtype) == Name.CIDFontType2 and embedded and not is_map:
            yield "it does not say which glyph a number means", "7.21.3.2", "6.2.11.3.2"
        if Name.CIDSystemInfo not in inner:
            yield "it does not name its characters' collection", "7.21.3.1", "6.2.11.3.1"


def _glyphs(
    codes: dict[int, int], face: _Face, program: Program | None
) -> Iterator[tuple[str, str, str, int]]:
    if program is None:
        return
    for code, page in codes.items():
        glyph = face.glyph(code)
        if glyph is None:
            yield f"it has no glyph for code {code}", "7.21.4.1", "6.2.11.4.1", page
        elif glyph == MISSING:
            yield f"code {code} shows no character (.notdef)", "7.21.8", "6.2.11.8", page
        elif abs(face.width(code) - program.width(glyph)) > _NEAR:
            said, real = face.width(code), program.width(glyph)
            words = f"code {code} is {said:g} wide by the PDF and {real:g} by the font"
            yield words, "7.21.5", "6.2.11.5", page
        else:
            continue
        return  # One code is enough to find the fault.


def _meanings(
    use: FontUse, codes: dict[int, int], face: _Face | None, say: Callable[..., Problem]
) -> Iterator[Problem]:
    """Every code means a text, by the font's table or by a name that all know."""
    clauses = ("7.21.7", "6.2.11.7.2")
    table = use.font.get(Name.ToUnicode)
    texts: dict[int, str] = {}
    if isinstance(table, Stream):
        try:
            texts = unicode_map(table.read_bytes())
        except ValueError as error:
            yield say(f"its ToUnicode cannot be read ({error})", *clauses)
            return
    elif face is None or not any(face.named(code) for code in codes):
        yield say("it does not say which text its codes mean (ToUnicode)", *clauses)
        return
    for code, page in codes.items():
        said = texts.get(code) or (face.named(code) if face else "")
        if not said or any(char in _NOT_TEXT for char in said):
            yield say(f"code {code} means no text (ToUnicode)", *clauses, page)
            return
