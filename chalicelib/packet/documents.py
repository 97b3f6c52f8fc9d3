"""One document of a packet, as a PDF of its own."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from pikepdf import Pdf

from chalicelib.packet.binding import Binding
from chalicelib.packet.leaf import FOLDER, Leaf, fill, laid_out
from chalicelib.packet.metadata import PDF_A, PDF_UA, Facts
from chalicelib.packet.roster import is_long, roster_pages, stretches
from chalicelib.packet.stamp import Stamps
from chalicelib.packet.text import short
from chalicelib.packet.uploads import FileFault, append_file

Report = Callable[[str], None]

# A document has any of these parts; what it lacks is left out of the packet.
_PARTS: dict[str, Any] = {
    "action_form": None,
    "file": None,
    "revision": 1,
    "sections": [],
    "petition": None,
    "roster": [],
    "verification": None,
    "annex": None,
}
# Rows of an annex that are set at a time.
_ANNEX_STRETCH = 800


class Parts(Protocol):
    """Where set pages are kept between packets, under a digest of what they say; and where
    uploaded files are.
    """

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, pdf: bytes) -> None: ...
    def upload(self, key: str) -> bytes | None: ...


def code(document: dict[str, Any]) -> str:
    """`Doc 5.0`, or `Doc 5.0 rev. 2`, as it stands in the margin of the document's pages."""
    revision = document.get("revision", 1)
    name = f"Doc {short(document.get('number', '?'), 20)}"
    return f"{name} rev. {revision}" if revision > 1 else name


def set_document(facts: dict[str, Any], at: int, parts: Parts, report: Report) -> bytes:
    """The document with this index, alone, with its own page numbers.

    Raises TemplateFault and what WeasyPrint and pikepdf raise; so does what `report` raises.
    """
    document = {**_PARTS, **facts["documents"][at]}
    about = {name: facts["meeting"][name] for name in ("title", "code")}
    key = digest(["document", facts["association"], about, document])
    kept = parts.get(key)
    if kept is None:
        kept = _set(facts, document, parts, report)
        parts.put(key, kept)
    return kept


def _set(facts: dict[str, Any], document: dict[str, Any], parts: Parts, report: Report) -> bytes:
    size = facts["association"]["page_size"]
    binding = Binding(facts["association"]["language"])
    claims: tuple[str, ...] = (PDF_UA, PDF_A)
    leaves = list(_leaves(facts, document))
    for leaf in leaves:
        with Pdf.open(BytesIO(_leaf(leaf, size, parts, report, several=len(leaves) > 1))) as run:
            binding.add(run)
    file = document["file"]
    if file and file.get("key"):
        content = parts.upload(file["key"])
        if content is None:
            raise FileFault("the uploaded file is missing")
        append_file(
            binding,
            content,
            short(file["name"], 120),
            size,
            lambda wide: _sheet(facts, document, wide),
        )
        claims = ()
    stamps, total = Stamps(binding.pdf, document=True, packet=False), binding.pages
    for number, page in enumerate(binding.pdf.pages, 1):
        stamps.number(page, document=f"{code(document)} \u00b7 p. {number} of {total}")
    return binding.finished(
        Facts(
            title=f"{short(document['code'], 60)}: {short(document['title'], 200)}",
            author=short(facts["association"]["name"], 200),
            language=facts["association"]["language"],
            claims=claims,
        )
    )


def _leaf(leaf: Leaf, size: str, parts: Parts, report: Report, *, several: bool) -> bytes:
    """A leaf's pages. Those of a long document are kept each, so that its roster alone, or the
    rest after a failure, need not be set again.
    """
    key = digest(["leaf", size, leaf.html])
    kept = parts.get(key) if several else None
    if kept is None:
        with laid_out(leaf, size, report) as (_, write):
            kept = write()
        if several:
            parts.put(key, kept)
    return kept


def _annex_leaves(facts: dict[str, Any], document: dict[str, Any]) -> Iterator[Leaf]:
    """Staff's annex, a stretch at a time."""
    runs = []
    for group in document["annex"]["groups"]:
        for at in range(0, len(group["rows"]), _ANNEX_STRETCH):
            rows = group["rows"][at : at + _ANNEX_STRETCH]
            runs.append({"heading": "" if at else group["heading"], "rows": rows})
    for number, run in enumerate(runs or [{"heading": "", "rows": []}], 1):
        ends = {"begins": number == 1, "ends": number >= len(runs)}
        body = fill("annex.html", {"document": document, "run": run, **ends})
        yield leaf_of(facts, f"{code(document)}, annex {number}", body)


def _leaves(facts: dict[str, Any], document: dict[str, Any]) -> Iterator[Leaf]:
    if document["annex"]:
        yield from _annex_leaves(facts, document)
        return
    size = facts["association"]["page_size"]
    before = ("action_form", "file", "sections", "petition")
    alone = not any(document[part] for part in before)
    pages = roster_pages(document["roster"], size, below_title=alone)
    runs = stretches(pages) if is_long(document["roster"]) else [pages]
    for number, run in enumerate(runs, 1):
        body = fill(
            "document.html",
            {
                "association": facts["association"],
                "document": document,
                "pages": run,
                "long": is_long(document["roster"]),
                "begins": number == 1,
                "ends": number == len(runs),
            },
        )
        yield leaf_of(facts, f"{code(document)}, {number}", body)


def _sheet(facts: dict[str, Any], document: dict[str, Any], wide: bool) -> bytes:
    """A page with a document's margins and nothing else."""
    body = fill("sheet.html", {"document": document})
    size = facts["association"]["page_size"] + (" landscape" if wide else "")
    with laid_out(leaf_of(facts, code(document), body), size, lambda _: None) as (_, write):
        return write()


def leaf_of(
    facts: dict[str, Any], title: str, body: str, links: dict[str, str] | None = None
) -> Leaf:
    """A body as a whole HTML file. `links` as for the front of a packet, which keeps its headings
    where they are.
    """
    html = fill("leaf.html", {**facts, "title": title, "body": body})
    return Leaf(str(html), title, links or {}, raise_headings=links is None)


def digest(what: list[Any]) -> str:
    """The name under which set pages are kept: they are the same as long as it is."""
    said = json.dumps([_fingerprint(), *what], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _fingerprint() -> str:
    """Whatever else pages depend on: templates, fonts, this code, and the libraries."""
    made = hashlib.sha256()
    code_files = sorted(Path(__file__).parent.glob("*.py"))
    for path in [*code_files, *sorted(p for p in FOLDER.rglob("*") if p.is_file())]:
        made.update(hashlib.sha256(path.read_bytes()).digest())
    for library in ("weasyprint", "pydyf", "pikepdf"):
        made.update(f"{library} {version(library)}".encode())
    return made.hexdigest()
