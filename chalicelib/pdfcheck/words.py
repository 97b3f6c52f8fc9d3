"""What the checker says about a file, and how it reads objects that may be anything."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from chalicelib.packet.metadata import PDF_A, PDF_UA

# An object's number and generation; a number of our own for one that stands inside another.
Key = tuple[Any, ...]


class Problem(NamedTuple):
    """What a standard asks for and the file does not keep: in words, with the clauses of PDF/UA-1
    and PDF/A-3u that ask for it, the page (from 1) and the object.
    """

    words: str
    ua: str = ""
    a: str = ""
    page: int = 0
    thing: str = ""

    @property
    def clauses(self) -> dict[str, str]:
        """The clauses that are not kept, by standard."""
        return {name: at for name, at in ((PDF_UA, self.ua), (PDF_A, self.a)) if at}

    def said(self, standards: tuple[str, ...]) -> str:
        """One line for those who asked for these standards."""
        clauses = [f"{name}, {at}" for name, at in self.clauses.items() if name in standards]
        where = [f"page {self.page}"] if self.page else []
        where += [self.thing] if self.thing else []
        return ": ".join(["; ".join(clauses), ", ".join(where) or "the file", self.words])


def thing(kind: str, item: Any) -> str:
    """An object's name in words: `Figure (object 12)`."""
    number = key_of(item)[0]
    return f"{kind} (object {number})" if number else kind


def key_of(item: Any) -> Key:
    """The number by which other objects refer to one; `(0, 0)` for what stands inside another."""
    return tuple(item.objgen) if hasattr(item, "objgen") else (0, 0)


def mapping(value: Any) -> Any:
    """A dictionary or a stream's dictionary; an empty one for anything else."""
    return value if isinstance(value, (Dictionary, Stream)) else {}


def several(value: Any) -> list[Any]:
    """What an entry holds that may be one thing or an array of things."""
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def text(value: Any) -> str:
    """A string's or a name's text without blanks around; empty for anything else."""
    return str(value).strip() if isinstance(value, (String, Name, str)) else ""


def number(value: Any, default: int = -1) -> int:
    """A whole number; the default for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def dictionaries(pdf: Pdf) -> Iterator[Any]:
    """Every dictionary and stream of a file, those within others too."""
    left: list[Any] = [
        item for item in pdf.objects if isinstance(item, (Array, Dictionary, Stream))
    ]
    while left:
        here = left.pop()
        inner = list(here) if isinstance(here, Array) else [item for _, item in here.items()]
        left += [
            item for item in inner if isinstance(item, (Array, Dictionary)) and not item.is_indirect
        ]
        if not isinstance(here, Array):
            yield here
