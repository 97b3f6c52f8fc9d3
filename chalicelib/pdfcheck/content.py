"""What the pages of a PDF draw: whether all of it is tagged or an artifact, and what it is drawn
with. Each content stream is read once, and so is each form that it draws.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from chalicelib.pdfcheck.color import GRAY, devices, of_picture, of_shading
from chalicelib.pdfcheck.words import Key, Problem, key_of, mapping, number

# Beyond that, a file is not checked: some ten seconds.
MOST_INSTRUCTIONS = 3_000_000
_DEEPEST = 20

_FILLS = set("f F f* B B* b b*".split())
_STROKES = set("S s B B* b b*".split())
_TEXT = set("Tj TJ ' \"".split())
_COLOURS = set("g G k K rg RG cs CS sc SC scn SCN".split())
_KNOWN = (
    _FILLS
    | _STROKES
    | _TEXT
    | _COLOURS
    | set(
        "BDC BMC BT BX c cm d d0 d1 Do DP EMC ET EX gs h i j J l m M MP n q Q re ri sh T* Tc Td TD "
        "Tf TL Tm Tr Ts Tw Tz v w W W* y".split()
    )
    | {"INLINE IMAGE"}
)
_SET = {"g": GRAY, "rg": "DeviceRGB", "k": "DeviceCMYK"}

NOTHING, ARTIFACT, TAGGED, NOTE = "", "an artifact", "tagged", "a note's own look"


@dataclass
class FontUse:
    """A font with the strings that are drawn in it, each with the first page on which it is."""

    font: Any
    page: int
    strings: dict[bytes, int] = field(default_factory=dict)
    visible: bool = False


@dataclass(frozen=True)
class _Pen:
    """What a stream draws with at a time."""

    font: Key | None = None
    invisible: bool = False
    fill: frozenset[str] = frozenset({GRAY})
    stroke: frozenset[str] = frozenset({GRAY})


@dataclass
class Contents:
    """What the pages draw. `marks` are the tagged pieces: the stream that owns them and their
    number there, with their page; `owners` are those pages and forms.
    """

    problems: list[Problem] = field(default_factory=list)
    marks: dict[tuple[Key, int], int] = field(default_factory=dict)
    owners: dict[Key, Any] = field(default_factory=dict)
    fonts: dict[Key, FontUse] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    states: dict[Key, tuple[Any, int]] = field(default_factory=dict)


def read_contents(pdf: Pdf) -> Contents:
    """Everything that a file draws."""
    reader = _Reader()
    for at, page in enumerate(pdf.pages, 1):
        reader.page(at, page)
    return reader.contents


@dataclass
class _Place:
    """A content stream: its page, its names, whose marks its tagged pieces are, and what it is
    drawn as.
    """

    page: int
    resources: Any
    owner: Key
    drawn_as: str
    depth: int = 0


class _Reader:
    def __init__(self) -> None:
        self.contents = Contents()
        self._left = MOST_INSTRUCTIONS
        self._seen: set[tuple[Any, ...]] = set()
        self._said: set[tuple[Any, ...]] = set()
        self._own_marks: set[Key] = set()

    def page(self, at: int, page: pikepdf.Page) -> None:
        key = key_of(page.obj)
        self.contents.owners[key] = page.obj
        # What a page inherits is its own as well.
        self._stream(page, _Place(at, mapping(page.resources), key, NOTHING), _Pen())
        for note in page.obj.get(Name.Annots, []):
            look = mapping(mapping(note).get(Name.AP)).get(Name.N)
            looks = [look] if isinstance(look, Stream) else [v for _, v in mapping(look).items()]
            for one in looks:
                if isinstance(one, Stream):
                    self._form(one, _Place(at, {}, key, NOTE), _Pen(), NOTE)

    def _say(self, place: _Place, words: str, ua: str = "", a: str = "") -> None:
        """Once for each page is enough."""
        if (place.page, words) not in self._said:
            self._said.add((place.page, words))
            self.contents.problems.append(Problem(words, ua, a, place.page))

    def _stream(self, content: Any, place: _Place, pen: _Pen) -> None:
        try:
            found = pikepdf.parse_content_stream(content)
        except (pikepdf.PdfError, ValueError, TypeError) as error:
            self._say(place, f"its content cannot be read ({error})", "7.1", "6.2.2")
            return
        self._left -= len(found)
        if self._left < 0:
            raise ValueError("it draws more than can be checked in time")
        _Stream(self, place, pen).run(found)

    def _form(self, form: Any, place: _Place, pen: _Pen, drawn_as: str) -> None:
        """What a form draws, once for each way in which it is drawn."""
        key = key_of(form)
        if key in self._own_marks:
            self._say(place, "a form with tags of its own is drawn twice", ua="7.20")
        way = (key, drawn_as, pen)
        if way in self._seen:
            return
        self._seen.add(way)
        if place.depth >= _DEEPEST:
            self._say(place, "its forms stand too deep in each other", "7.1", "6.2.2")
            return
        resources = form.get(Name.Resources)
        within = _Place(place.page, mapping(resources), key, drawn_as, place.depth + 1)
        before = len(self.contents.marks)
        self._stream(form, within, pen)
        if len(self.contents.marks) > before:
            self._own_marks.add(key)
            self.contents.owners[key] = form


class _Stream:
    """One content stream as it is read."""

    def __init__(self, reader: _Reader, place: _Place, pen: _Pen) -> None:
        self._reader, self._place, self._pen = reader, place, pen
        self._pens: list[_Pen] = []
        self._marks: list[str] = [place.drawn_as]
        self._out = reader.contents

    def _say(self, words: str, ua: str = "", a: str = "") -> None:
        self._reader._say(self._place, words, ua, a)

    def run(self, found: list[Any]) -> None:
        for instruction in found:
            name, operands = str(instruction.operator), list(instruction.operands)
            if name not in _KNOWN:
                self._say(f"it has an operator {name} that no PDF has", a="6.2.2")
            elif name == "q":
                self._pens.append(self._pen)
                if len(self._pens) > 28:
                    self._say("it saves its state more than 28 times", a="6.1.13")
            elif name == "Q":
                self._restore()
            elif name in ("BMC", "BDC"):
                self._open(operands)
            elif name == "EMC":
                self._close()
            elif name in _COLOURS:
                self._colour(name, operands)
            else:
                self._other(name, operands)
        if len(self._marks) > 1:
            self._say("it opens marked content that it does not close", "7.1", "6.2.2")
        if self._pens:
            self._say("it saves its state (q) more often than it restores it (Q)", a="6.2.2")

    def _restore(self) -> None:
        if self._pens:
            self._pen = self._pens.pop()
        else:
            self._say("it restores its state (Q) more often than it saves it (q)", a="6.2.2")

    def _open(self, operands: list[Any]) -> None:
        here = self._marks[-1]
        kind = str(operands[0]) if operands else ""
        says = operands[1] if len(operands) > 1 else None
        if isinstance(says, Name):
            says = self._resource("Properties", says)
        mcid = number(mapping(says).get(Name.MCID))
        if kind == "/Artifact":
            if here == TAGGED:
                self._say("an artifact stands inside tagged content", ua="7.1")
            self._marks.append(ARTIFACT)
        elif mcid >= 0:
            if here == ARTIFACT:
                self._say("tagged content stands inside an artifact", ua="7.1")
            if self._place.drawn_as == TAGGED:
                self._say("a form with tags of its own is drawn as tagged content", ua="7.20")
            mark = (self._place.owner, mcid)
            if mark in self._out.marks:
                self._say(f"MCID {mcid} is used twice", ua="7.1")
            self._out.marks.setdefault(mark, self._place.page)
            self._marks.append(TAGGED)
        else:
            self._marks.append(here)

    def _close(self) -> None:
        if len(self._marks) > 1:
            self._marks.pop()
        else:
            self._say("it closes marked content that it did not open", "7.1", "6.2.2")

    def _resource(self, kind: str, name: Any) -> Any:
        found = mapping(mapping(self._place.resources).get(Name(f"/{kind}"))).get(name)
        if found is None:
            self._say(f"{name} is not in its resources", a="6.2.2")
        return found

    def _paint(self, what: str, colours: frozenset[str]) -> None:
        if self._marks[-1] == NOTHING:
            self._say(f"{what} is neither tagged nor an artifact", ua="7.1")
        for name in colours:
            self._out.devices.setdefault(name, self._place.page)

    def _colour(self, name: str, operands: list[Any]) -> None:
        low = name.lower()
        if low in _SET:
            space = devices(Name(f"/{_SET[low]}"), self._place.resources)
        elif low == "cs":
            space = devices(operands[0], self._place.resources) if operands else frozenset()
        else:
            if operands and isinstance(operands[-1], Name):
                self._pattern(self._resource("Pattern", operands[-1]))
            return
        if name[0].isupper():
            self._pen = replace(self._pen, stroke=space)
        else:
            self._pen = replace(self._pen, fill=space)

    def _pattern(self, pattern: Any) -> None:
        if isinstance(pattern, Stream):
            self._reader._form(pattern, self._place, _Pen(), self._marks[-1] or ARTIFACT)
        elif isinstance(pattern, Dictionary):
            for name in of_shading(pattern.get(Name.Shading), self._place.resources):
                self._out.devices.setdefault(name, self._place.page)

    def _other(self, name: str, operands: list[Any]) -> None:
        if name in _TEXT:
            self._text(operands)
        elif name in _FILLS or name in _STROKES:
            used = self._pen.fill if name in _FILLS else frozenset()
            self._paint("a line or area", used | (self._pen.stroke if name in _STROKES else used))
        elif name == "INLINE IMAGE":
            self._inline(operands[0].obj)
        elif not operands:
            return
        elif name == "Tf":
            self._font(self._resource("Font", operands[0]), str(operands[0]))
        elif name == "Tr":
            self._pen = replace(self._pen, invisible=number(operands[0]) in (3, 7))
        elif name == "sh":
            shading = self._resource("Shading", operands[0])
            self._paint("a shading", of_shading(shading, self._place.resources))
        elif name == "Do":
            self._draw(self._resource("XObject", operands[0]))
        elif name == "gs":
            self._state(self._resource("ExtGState", operands[0]))

    def _text(self, operands: list[Any]) -> None:
        last = operands[-1] if operands else None
        parts = list(last) if isinstance(last, Array) else [last]
        strings = [bytes(part) for part in parts if isinstance(part, String)]
        if not any(strings):
            return
        self._paint("text", frozenset() if self._pen.invisible else self._pen.fill)
        if self._pen.font is None:
            self._say("text has no font", a="6.2.2")
            return
        use = self._out.fonts[self._pen.font]
        use.visible |= not self._pen.invisible
        for string in strings:
            use.strings.setdefault(string, self._place.page)

    def _font(self, font: Any, name: str) -> None:
        if not isinstance(font, Dictionary):
            self._pen = replace(self._pen, font=None)
            return
        key = key_of(font)
        if key == (0, 0):
            key = (*self._place.owner, name)
        if key not in self._out.fonts:
            self._out.fonts[key] = FontUse(font, self._place.page)
            if font.get(Name.Subtype) == Name.Type3:
                self._glyphs(font)
        self._pen = replace(self._pen, font=key)

    def _glyphs(self, font: Any) -> None:
        """The glyphs of a font that is made of little drawings."""
        place = replace(self._place, drawn_as=NOTE, depth=self._place.depth + 1)
        place.resources = mapping(font.get(Name.Resources, self._place.resources))
        for glyph in _streams(font.get(Name.CharProcs)):
            if place.depth < _DEEPEST:
                self._reader._stream(glyph, place, _Pen())

    def _inline(self, picture: Any) -> None:
        self._paint("a picture", of_picture(picture, self._place.resources))
        if "LZW" in str(picture.get(Name.Filter, "")):
            self._say("a picture is packed with LZW", a="6.1.7.2")
        if picture.get(Name.Interpolate):
            self._say("a picture is to be smoothed (Interpolate)", a="6.2.8")

    def _draw(self, thing: Any) -> None:
        kind = mapping(thing).get(Name.Subtype)
        if kind == Name.Image:
            self._paint("a picture", of_picture(thing, self._place.resources))
        elif kind == Name.Form:
            self._reader._form(thing, self._place, self._pen, self._marks[-1])

    def _state(self, state: Any) -> None:
        if not isinstance(state, Dictionary):
            return
        key = key_of(state)
        key = (*self._place.owner, len(self._out.states)) if key == (0, 0) else key
        self._out.states.setdefault(key, (state, self._place.page))
        font = state.get(Name.Font)
        if isinstance(font, Array) and len(font):
            self._font(font[0], "gs")
        mask = mapping(mapping(state.get(Name.SMask)).get(Name.G))
        if isinstance(mask, Stream):
            self._reader._form(mask, self._place, _Pen(), self._marks[-1] or ARTIFACT)


def _streams(found: Any) -> Iterator[Any]:
    return (item for _, item in mapping(found).items() if isinstance(item, Stream))
