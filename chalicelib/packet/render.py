"""Turns the facts of a meeting's packet into one tagged PDF.

Pure: no clock, no AWS, no network. The same context gives the same bytes. Each document is set by
itself and kept, so that a packet published again costs what changed; a packet is its front and its
documents, bound together with packet page numbers written in.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pikepdf import Pdf

from chalicelib.packet.binding import INTERNAL, Binding
from chalicelib.packet.documents import Parts, code, digest, leaf_of, set_document
from chalicelib.packet.leaf import TemplateFault, fill, laid_out
from chalicelib.packet.metadata import PDF_A, PDF_UA, Facts
from chalicelib.packet.placing import PAPER
from chalicelib.packet.stamp import Stamps
from chalicelib.packet.text import cleaned, short
from chalicelib.packet.uploads import FileFault

Progress = Callable[[int, int, str], None]

# Editions that open with a cover, an inventory and a docket.
_WITH_FRONT = {"board", "public"}
_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


class RenderError(Exception):
    """A packet could not be made; the message names the document and the reason, and `document`
    is the number of the one that is at fault, if one is.
    """

    def __init__(self, message: str, document: str = "") -> None:
        super().__init__(message)
        self.document = document


@dataclass(frozen=True)
class RenderedDocument:
    """One document alone: its number, its bytes, how many pages they hold, their SHA-256, and the
    standards that it keeps.
    """

    number: str
    pdf: bytes
    pages: int
    sha256: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class RenderedPacket:
    """A finished packet: its bytes, how many pages they hold, their SHA-256 in hex, each of its
    documents alone, and the standards that it keeps.
    """

    pdf: bytes
    pages: int
    sha256: str
    documents: tuple[RenderedDocument, ...] = ()
    claims: tuple[str, ...] = (PDF_UA, PDF_A)


class _Surroundings:
    """Keeps and reports what `render_packet` was given for that, and remembers an error of it, lest
    a document be blamed: nothing is wrong with the packet then.
    """

    def __init__(self, progress: Progress | None, parts: Parts | None) -> None:
        self._progress, self._parts = progress, parts
        self._error: Exception | None = None

    def report(self, done: int, total: int, what: str) -> None:
        """Say how far the work is."""
        if self._progress:
            with self._remembered():
                self._progress(done, total, what)

    def get(self, key: str) -> bytes | None:
        """What was kept."""
        with self._remembered():
            return self._parts.get(key) if self._parts else None

    def put(self, key: str, pdf: bytes) -> None:
        """Keep it."""
        with self._remembered():
            if self._parts:
                self._parts.put(key, pdf)

    def upload(self, key: str) -> bytes | None:
        """An uploaded file."""
        with self._remembered():
            return self._parts.upload(key) if self._parts else None

    @contextmanager
    def _remembered(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._error = error
            raise

    def blamed(self, error: Exception, what: str, document: str = "") -> Exception:
        """What to raise for an error: one of the surroundings, or one that names the fault."""
        if error is self._error:
            return error
        if isinstance(error, FileFault | TemplateFault):
            return RenderError(f"{what}: {error}", document)
        return RenderError(f"{what}: {type(error).__name__}: {short(error, 200)}", document)


def render_packet(
    context: dict[str, Any], progress: Progress | None = None, parts: Parts | None = None
) -> RenderedPacket:
    """Return the packet for `context`, as `tests/packet/packet_sample.py` shows one.

    Every text in the context is taken as plain text. `progress(done, total, what)` is called
    as the work goes on; what it raises comes through unchanged. `parts` keeps what was set, and
    has the uploaded files. RenderError says which document could not be set, and why.
    """
    around = _Surroundings(progress, parts)
    report = around.report
    facts = {"edition": "board", "left_out": [], **cleaned(context)}
    _check(facts)
    total = len(facts["documents"]) + 2
    documents = [_document(facts, at, around, total) for at in range(total - 2)]
    opens = facts["edition"] in _WITH_FRONT
    if len(documents) == 1 and not opens:
        (alone,) = documents
        report(total, total, _ready(alone.pages))
        return RenderedPacket(alone.pdf, alone.pages, alone.sha256, (alone,), alone.claims)
    binding = Binding(facts["association"]["language"])
    starts: dict[str, int] = {}
    if opens:
        report(total - 2, total, "Setting the docket")
        try:
            front = _front(facts, documents, around, lambda what: report(total - 2, total, what))
        except Exception as error:
            raise around.blamed(error, "The front of the packet") from error
        with Pdf.open(BytesIO(front)) as run:
            binding.add(run)
    report(total - 1, total, "Binding the packet")
    claims = _bind(binding, facts, documents, starts)
    pdf = binding.finished(_said(facts, claims))
    report(total, total, _ready(binding.pages))
    sha256 = hashlib.sha256(pdf).hexdigest()
    return RenderedPacket(pdf, binding.pages, sha256, tuple(documents), claims)


def claims_of(pdf: Pdf) -> tuple[str, ...]:
    """The standards that a file of ours says it keeps."""
    said = pdf.Root.Metadata.read_bytes()
    signs = {PDF_UA: b"<pdfuaid:part>1<", PDF_A: b"<pdfaid:part>3<"}
    return tuple(name for name, sign in signs.items() if sign in said)


def _ready(pages: int) -> str:
    return f"{pages} page{'' if pages == 1 else 's'}: ready"


def _check(facts: dict[str, Any]) -> None:
    """Refuse what would give a packet whose links or page numbers are wrong."""
    try:
        size = facts["association"]["page_size"]
        anchors = [document["anchor"] for document in facts["documents"]]
        facts["supplement"], facts["version"], facts["meeting"]["title"]  # noqa: B018
    except (KeyError, TypeError) as error:
        raise RenderError(f"The packet: {error} is missing from its facts") from error
    if size not in PAPER:
        raise RenderError(f"The packet: page size {size!r} is none of {', '.join(PAPER)}")
    seen: set[str] = set()
    for document, anchor in zip(facts["documents"], anchors, strict=True):
        if not _ANCHOR.fullmatch(anchor):
            raise RenderError(f"{code(document)}: its anchor {short(anchor)!r} is no plain name")
        if anchor in seen:
            raise RenderError(f"{code(document)}: its anchor {anchor!r} is another document's")
        seen.add(anchor)


def _document(
    facts: dict[str, Any], at: int, around: _Surroundings, total: int
) -> RenderedDocument:
    document = facts["documents"][at]
    name = code(document)
    around.report(at, total, f"Setting {name}")

    def page(what: str) -> None:
        around.report(at, total, f"{name}, {what}")

    try:
        pdf = set_document(facts, at, around, page)
        with Pdf.open(BytesIO(pdf)) as made:
            pages, claims = len(made.pages), claims_of(made)
    except Exception as error:
        raise around.blamed(error, name, str(document.get("number", ""))) from error
    sha256 = hashlib.sha256(pdf).hexdigest()
    return RenderedDocument(str(document["number"]), pdf, pages, sha256, claims)


def _front(
    facts: dict[str, Any],
    documents: list[RenderedDocument],
    parts: Parts,
    report: Callable[[str], None],
) -> bytes:
    """Cover, inventory, docket and consent agenda, which name the page of each document.

    How many pages that takes moves the documents behind it, so it is laid out with a guess, and
    again until the guess is right.
    """
    anchors = [document["anchor"] for document in facts["documents"]]
    links = {
        INTERNAL + document["anchor"]: f"{code(document)}, {short(document['title'], 200)}"
        for document in facts["documents"]
    }
    rows = [len(facts["inventory"]), len(facts["docket"])]
    # Another front of as many rows has mostly as many pages: a cover, and some 20 rows a page.
    hint = digest(["front", facts["association"], rows])
    guess = int(parts.get(hint) or 1 + sum(-(-count // 20) for count in rows))
    for _ in range(5):
        starts, page = {}, guess + 1
        for anchor, document in zip(anchors, documents, strict=True):
            starts[anchor] = page
            page += document.pages
        body = fill("front.html", {**facts, "starts": starts})
        leaf = leaf_of(facts, title(facts), body, links)
        with laid_out(leaf, facts["association"]["page_size"], report) as (pages, write):
            if pages == guess:
                parts.put(hint, str(pages).encode())
                return write()
            guess = pages
    raise RuntimeError("its length changes with the page numbers that it names")


def _bind(
    binding: Binding,
    facts: dict[str, Any],
    documents: list[RenderedDocument],
    starts: dict[str, int],
) -> tuple[str, ...]:
    """Add the documents behind the front, with packet page numbers on all pages but the cover."""
    claims = {PDF_UA, PDF_A}
    for about, document in zip(facts["documents"], documents, strict=True):
        with Pdf.open(BytesIO(document.pdf)) as run:
            claims &= set(document.claims)
            starts[about["anchor"]] = binding.add(run)[0]
    binding.lead(starts)
    stamps, total = Stamps(binding.pdf, document=False, packet=True), binding.pages
    for number, page in enumerate(binding.pdf.pages, 1):
        if number > 1 or facts["edition"] not in _WITH_FRONT:
            stamps.number(page, packet=f"Packet p. {number} of {total}")
    return tuple(sorted(claims, reverse=True))


def title(facts: dict[str, Any]) -> str:
    """What a packet is called in a reader's title bar."""
    meeting = facts["meeting"]
    kind = "Supplement" if facts["supplement"] else "Packet"
    edition = {"public": ", public edition", "annex": ", staff annex"}.get(facts["edition"], "")
    board = facts["association"]["board"]
    name = f"{board}, {meeting['title']} ({meeting['code']}): {kind} {facts['version']}{edition}"
    return short(name, 200)


def _said(facts: dict[str, Any], claims: tuple[str, ...]) -> Facts:
    return Facts(
        title=title(facts),
        author=short(facts["association"]["name"], 200),
        language=facts["association"]["language"],
        published=facts["published_iso"],
        claims=claims,
    )
