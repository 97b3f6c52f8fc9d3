"""Turns the facts of a meeting's packet into one tagged PDF.

Pure: no clock, no AWS, no network. The same context gives the same bytes.
"""

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from .roster import PAGE_POINTS, page_tables
from .text import cell, cleaned, grouped, short

Progress = Callable[[int, int, str], None]

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FOLDER = TEMPLATES / "packet"

# A document has any of these parts; what it lacks is left out of the packet.
_PARTS: dict[str, Any] = {
    "action_form": None,
    "file": None,
    "revision": 1,
    "sections": [],
    "petition": None,
    "roster": [],
    "verification": None,
}
_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


class RenderError(Exception):
    """A packet could not be made; the message names the document and the reason."""


@dataclass(frozen=True)
class RenderedPacket:
    """A finished packet: its bytes, how many pages they hold, and their SHA-256 in hex."""

    pdf: bytes
    pages: int
    sha256: str


def render_packet(context: dict[str, Any], progress: Progress | None = None) -> RenderedPacket:
    """Return the packet for `context`, as `tests/packet/packet_sample.py` shows one.

    Every text in the context is taken as plain text. `progress(done, total, what)` is called
    as the work goes on; what it raises comes through unchanged. RenderError says which document
    could not be set, and why.
    """
    report = _Reporter(progress or _silent)
    facts = cleaned(context)
    _check(facts)
    documents = facts["documents"]
    total = len(documents) + 3
    environment = _environment()

    report(0, total, "Reading the docket")
    front = _fill(environment, "front.html", "The front of the packet", facts)
    bodies = []
    for index, document in enumerate(documents):
        name = _name(document)
        report(index + 1, total, f"Setting {name}")
        bodies.append(_document(environment, facts, index))
    title = _title(facts)
    shell = {**facts, "title": title, "front": front, "bodies": bodies}
    html = _fill(environment, "packet.html", "The packet", shell)

    done = len(documents) + 1
    with _page_reports(lambda what: report(done, total, what)):
        try:
            pdf, pages = _to_pdf(html, lambda what: report(done + 1, total, what))
        except Exception as error:
            if error is report.error:
                raise
            raise RenderError(_culprit(environment, facts, error)) from error
    report(total, total, f"Packet of {pages} pages is ready")
    return RenderedPacket(pdf=pdf, pages=pages, sha256=hashlib.sha256(pdf).hexdigest())


def _silent(done: int, total: int, what: str) -> None:
    """Report to nobody."""


class _Reporter:
    """Calls `progress` and remembers its error, lest a document be blamed for it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.error: Exception | None = None

    def __call__(self, done: int, total: int, what: str) -> None:
        try:
            self._progress(done, total, what)
        except Exception as error:
            self.error = error
            raise


def _name(document: dict[str, Any]) -> str:
    return f"Doc {short(document.get('number', '?'), 20)}"


def _title(facts: dict[str, Any]) -> str:
    meeting = facts["meeting"]
    kind = "Supplement" if facts["supplement"] else "Packet"
    board = facts["association"]["board"]
    return short(f"{board}, {meeting['title']} ({meeting['code']}): {kind} {facts['version']}", 200)


def _check(facts: dict[str, Any]) -> None:
    """Refuse what would give a packet whose links or page numbers are wrong."""
    try:
        size = facts["association"]["page_size"]
        anchors = [document["anchor"] for document in facts["documents"]]
        facts["supplement"], facts["version"], facts["meeting"]["title"]  # noqa: B018
    except (KeyError, TypeError) as error:
        raise RenderError(f"The packet: {error} is missing from its facts") from error
    if size not in PAGE_POINTS:
        raise RenderError(f"The packet: page size {size!r} is none of {', '.join(PAGE_POINTS)}")
    seen: set[str] = set()
    for document, anchor in zip(facts["documents"], anchors, strict=True):
        if not _ANCHOR.fullmatch(anchor):
            raise RenderError(f"{_name(document)}: its anchor {short(anchor)!r} is no plain name")
        if anchor in seen:
            raise RenderError(f"{_name(document)}: its anchor {anchor!r} is another document's")
        seen.add(anchor)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # On for every file name, whatever its ending: nothing here is ever trusted markup.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(short=short, cell=cell, grouped=grouped)
    return environment


def _fill(environment: Environment, name: str, what: str, values: dict[str, Any]) -> Markup:
    """Return a filled template as markup; `what` names it in an error."""
    anchors = {document["anchor"] for document in values.get("documents", ())}
    try:
        text = environment.get_template(f"packet/{name}").render(values, anchors=anchors)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise RenderError(f"{what}: {error}") from error
    return Markup(text)  # noqa: S704  It comes out of an environment that escapes everything.


def _document(environment: Environment, facts: dict[str, Any], index: int) -> Markup:
    document = {**_PARTS, **facts["documents"][index]}
    size = facts["association"]["page_size"]
    before = ("action_form", "file", "sections", "petition")
    alone = not any(document[part] for part in before)
    values = {
        "association": facts["association"],
        "document": document,
        "index": index,
        "tables": page_tables(document["roster"], size, below_title=alone),
    }
    return _fill(environment, "document.html", _name(document), values)


def _to_pdf(html: str, report: Callable[[str], None]) -> tuple[bytes, int]:
    """Lay the markup out and return the PDF with its number of pages."""
    # Imported here, as it loads Pango: the web function, which imports this module's types,
    # must start fast and runs where Pango is not installed.
    from weasyprint import HTML  # noqa: PLC0415

    from .fetcher import PacketFetcher  # noqa: PLC0415

    source = HTML(
        string=html,
        base_url=(FOLDER / "packet.html").as_uri(),
        url_fetcher=PacketFetcher(FOLDER),
    )
    options = {
        "pdf_variant": "pdf/ua-1",
        # The identifier follows from the facts alone, whatever the library would choose.
        "pdf_identifier": hashlib.sha256(html.encode()).digest()[:16],
    }
    laid_out = source.render(**options)
    report(f"Writing {len(laid_out.pages)} pages")
    return laid_out.write_pdf(**options), len(laid_out.pages)


def _culprit(environment: Environment, facts: dict[str, Any], error: Exception) -> str:
    """Return a message that names the document which cannot be laid out.

    WeasyPrint does not say where it failed, so each document is tried alone. That is slow, but
    happens only where there is no packet to deliver anyway.
    """
    reason = f"{type(error).__name__}: {short(error, 200)}"
    for document in facts["documents"]:
        alone = {**facts, "documents": [document], "docket": [], "inventory": []}
        shell = {
            **alone,
            "title": _name(document),
            "front": "",
            "bodies": [_document(environment, alone, 0)],
        }
        try:
            _to_pdf(_fill(environment, "packet.html", _name(document), shell), lambda what: None)
        except Exception as own:
            return f"{_name(document)}: {type(own).__name__}: {short(own, 200)}"
    return f"The packet as a whole: {reason}"


class _PageHandler(logging.Handler):
    """Passes on the renderer's own word about the page that it is laying out."""

    def __init__(self, report: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._report = report
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        found = re.search(r"Creating layout - Page (\d+)", record.getMessage())
        # Another thread's packet is another packet.
        if found and record.thread == self._thread:
            self._report(f"Laying out page {found[1]}")


@contextmanager
def _page_reports(report: Callable[[str], None]) -> Iterator[None]:
    """Report each page as it is laid out; long rosters would otherwise seem to stand still."""
    log = logging.getLogger("weasyprint.progress")
    handler = _PageHandler(report)
    level, propagate = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = propagate
