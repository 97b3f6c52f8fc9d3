"""Writes a letter of a kind from its data: subject, plain text and HTML from one template.

A template, `templates/email/<kind>.txt`, is plain text:

    Subject: one line

    Paragraphs, with a blank line between them. A line of its own may be

    > What the reader can do: {{ url("petitions", petition_id) }}

    | {{ comments }}

    --

    Why the reader receives this letter.

A line with `>` is a link to act on, one with `|` somebody's words, quoted with their line
breaks. `base.txt` and `base.html` are the frames that every letter is set in.

What people typed never decides how a letter is built: the template's expressions are held
apart while its lines are read, and put in afterwards. A name that looks like a link, a header
or HTML therefore stays a name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2 import pass_context as with_context
from jinja2.runtime import Context

from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import long_moment
from chalicelib.services.ports import Message

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "email"
FRAME = "base"

SUBJECT_LENGTH = 150
GREETED_LENGTH = 80

# Blanks and line ends of every sort, control characters, and those that turn the direction of
# the text after them. Joiners stay: several scripts cannot be written without them.
_GAP = re.compile("[\\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
_LINE_END = re.compile("\r\n|[\r\n\u2028\u2029]")
_HELD = re.compile("\x00([0-9]+)\x00")
# Anybody can have a letter sent to anybody by signing in their place. A name that carries an
# address is therefore not repeated in the greeting.
_ADDRESS = re.compile(r"://|@|\w\.\w{2,}")


@dataclass(frozen=True)
class Paragraph:
    """A few sentences, on one line."""

    text: str
    form: str = "paragraph"


@dataclass(frozen=True)
class Action:
    """A link, and in words what it is for."""

    label: str
    url: str
    form: str = "action"


@dataclass(frozen=True)
class Quotation:
    """Somebody's words as they wrote them, line by line."""

    lines: list[str]
    form: str = "quotation"


Block = Paragraph | Action | Quotation


class LetterComposer:
    """Implements services.ports.Composer. `base_url` is what every link begins with."""

    def __init__(self, base_url: str, policy: Policy) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError(f"Links in letters cannot begin with {base_url!r}: give an https URL.")
        self._base_url = base_url.rstrip("/")
        self._association = policy.association
        self.kinds = frozenset(path.stem for path in FOLDER.glob("*.txt")) - {FRAME}
        self._frames = _environment()
        self._letters = _environment(finalize=_hold)
        self._letters.filters["moment"] = self._moment
        self._letters.globals["url"] = self._url
        for environment in (self._frames, self._letters):
            environment.globals["association"] = self._association
            environment.globals["site"] = self._base_url

    def __call__(self, kind: str, name: str, data: dict[str, Any]) -> Message:
        """The letter. Raises LookupError for an unknown kind, and Jinja's UndefinedError where
        `data` lacks something that the letter says.
        """
        if kind not in self.kinds:
            raise LookupError(
                f"No letter is called {kind!r}: templates/email/{kind}.txt is missing."
            )
        values: list[str] = []
        source = self._letters.get_template(f"{kind}.txt").render({**data, "held": values})
        head, body, why = _parts(kind, source)
        subject = _subject(head, values)
        frame = {
            "subject": subject,
            "name": _greeted(name),
            "blocks": [_block(lines, values) for lines in _groups(body)],
            "why": _folded(_filled(why, values)),
        }
        return Message(
            subject=subject,
            text=self._frames.get_template(f"{FRAME}.txt").render(frame),
            html=self._frames.get_template(f"{FRAME}.html").render(frame),
        )

    def _url(self, *path: str) -> str:
        """The address of a page. Raises ValueError for an empty part: it would lead elsewhere."""
        if not all(path):
            raise ValueError(f"A part of the link {path!r} is empty.")
        return "/".join([self._base_url, *(quote(part, safe="") for part in path)])

    def _moment(self, moment: str) -> str:
        """`January 26, 2024, 11:59 p.m. CST` from a stored moment."""
        when = datetime.fromisoformat(moment)
        if when.tzinfo is None:
            raise ValueError(f"The moment {moment!r} does not say its zone.")
        return long_moment(when, self._association.zone)


def _environment(**options: Any) -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        **options,
    )


@with_context
def _hold(context: Context, value: Any) -> str:
    """Keeps an expression's value apart and leaves its number in the text."""
    values: list[str] = context["held"]
    values.append(str(value))
    return f"\x00{len(values) - 1}\x00"


def _parts(kind: str, source: str) -> tuple[str, str, str]:
    """Subject, body and the reason for the letter, as the template has them."""
    head, _, rest = source.partition("\n\n")
    body, found, why = rest.rpartition("\n--\n")
    if not head.startswith("Subject: ") or "\n" in head or not found or not why.strip():
        raise ValueError(
            f"templates/email/{kind}.txt has to begin with 'Subject: …' and a blank line, and "
            "to end with '--' and why the reader receives it."
        )
    return head.removeprefix("Subject: "), body, why


def _groups(body: str) -> Iterator[list[str]]:
    """The lines of each block. A link or a quotation stands alone, whatever is around it."""
    for group in re.split(r"\n\s*\n", body):
        prose: list[str] = []
        for line in group.splitlines():
            if not line.startswith(("> ", "| ")):
                prose.append(line)
                continue
            if prose:
                yield prose
            prose = []
            yield [line]
        if any(line.strip() for line in prose):
            yield prose


def _block(lines: list[str], values: list[str]) -> Block:
    first = lines[0]
    if first.startswith("> "):
        label, _, url = first[2:].rpartition(": ")
        return Action(_folded(_filled(label, values)), _filled(url, values).strip())
    if first.startswith("| "):
        said = _LINE_END.split(_filled(first[2:], values).strip())
        return Quotation([_folded(line) for line in said])
    return Paragraph(_folded(_filled(" ".join(lines), values)))


def _filled(text: str, values: list[str]) -> str:
    return _HELD.sub(lambda held: values[int(held[1])], text)


def _folded(text: str) -> str:
    """The text on one line, without control characters."""
    return _GAP.sub(" ", text).strip()


def _subject(text: str, values: list[str]) -> str:
    """One line of at most `SUBJECT_LENGTH` characters. What is too long in it is a value, such
    as a petition's name: the longest is shortened first.
    """
    folded = [_folded(value) for value in values]
    used = sorted({int(held[1]) for held in _HELD.finditer(text)}, key=lambda n: -len(folded[n]))
    for number in used:
        excess = len(_folded(_filled(text, folded))) - SUBJECT_LENGTH
        if excess > 0:
            kept = max(len(folded[number]) - excess - 1, 0)
            folded[number] = folded[number][:kept].rstrip() + "…"
    return _folded(_filled(text, folded))


def _greeted(name: str) -> str:
    """The name to greet, or nothing where there is none or it is no name."""
    folded = _folded(name)
    return "" if len(folded) > GREETED_LENGTH or _ADDRESS.search(folded) else folded
