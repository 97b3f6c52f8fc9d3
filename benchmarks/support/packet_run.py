"""One thing to measure, in a process of its own, so that its memory is its own.

    python -m benchmarks.support.packet_run KIND SIZE

prints one JSON object: processor seconds, peak memory in MB, pages, bytes; or what the kind says.
"""

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.support import packet_content, packet_tried
from chalicelib.packet import documents, leaf
from chalicelib.packet.render import render_packet


class Kept:
    """Set pages kept in memory, as a bucket keeps them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """What was kept."""
        return self.kept.get(key)

    def put(self, key: str, pdf: bytes) -> None:
        """Keeps it."""
        self.kept[key] = pdf

    def upload(self, key: str) -> bytes:
        """There are no uploads here."""
        raise KeyError(key)


def signatures(size: int) -> dict[str, float]:
    """A packet with one petition, from nothing."""
    return _packet(packet_content.of_signatures(size))


def meeting(size: int) -> dict[str, float]:
    """A packet of so many documents, from nothing; then again with one of them changed, and again
    with nothing changed.
    """
    kept = Kept()
    made = _packet(packet_content.of_documents(size), kept)
    changed = packet_content.of_documents(size, "Corrected. ")
    again, _ = _seconds(lambda: render_packet(changed, None, kept))
    same, _ = _seconds(lambda: render_packet(changed, None, kept))
    return {**made, "changed_seconds": again, "same_seconds": same}


def _packet(content: dict[str, Any], kept: Kept | None = None) -> dict[str, float]:
    seconds, made = _seconds(lambda: render_packet(content, None, kept))
    return {"seconds": seconds, "peak_mb": _peak(), "pages": made.pages, "bytes": len(made.pdf)}


def naive(size: int) -> dict[str, float]:
    """The same roster as one table, with the renderer's defaults."""
    return _naive(size, {})


def naive_tagged(size: int) -> dict[str, float]:
    """The same with tags, as PDF/UA asks for."""
    return _naive(size, {"pdf_variant": "pdf/ua-1"})


def _naive(size: int, options: dict[str, str]) -> dict[str, float]:
    def make() -> bytes:
        from weasyprint import HTML  # noqa: PLC0415 - its import counts, as ours does

        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row.values()) + "</tr>"
            for row in packet_content.signatories(size)
        )
        heads = "<th>No.</th><th>Name</th><th>Institution</th><th>Signed</th>"
        html = (
            "<html lang='en'><title>Roster</title><h1>Roster of signatories</h1>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></html>"
        )
        pdf: bytes = HTML(string=html).write_pdf(**options)
        return pdf

    seconds, pdf = _seconds(make)
    return {"seconds": seconds, "peak_mb": _peak(), "bytes": len(pdf)}


def tags(size: int) -> dict[str, float]:
    """The pages of a petition set with tags, and without, after one run that nobody counts."""
    leaves = leaves_of(packet_content.of_signatures(size))

    def tagged() -> None:
        for one in leaves:
            with leaf.laid_out(one, "Letter", lambda _: None) as (_, write):
                write()

    def untagged() -> None:
        from weasyprint import HTML  # noqa: PLC0415

        fonts, fetcher, sheets = leaf._styles("Letter")
        for one in leaves:
            source = HTML(string=one.html, base_url=leaf._base(), url_fetcher=fetcher)
            source.render(stylesheets=sheets, font_config=fonts).write_pdf()

    untagged()
    rounds = [(_seconds(tagged)[0], _seconds(untagged)[0]) for _ in range(3)]
    return {"tagged": sum(a for a, _ in rounds), "untagged": sum(b for _, b in rounds)}


def chromium(size: int) -> dict[str, float]:
    """Seconds by the clock in which Chromium prints the petition's HTML, its start left out, and
    in which WeasyPrint sets it, both with tags; the fastest of three each.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    leaves = leaves_of(packet_content.of_signatures(size))
    html = leaves[0].html.replace(
        "</head>",
        "<style>@page { size: Letter }</style><link rel=stylesheet href=print.css></head>",
    )
    bodies = [one.html.partition("<body")[2].partition(">")[2] for one in leaves[1:]]
    whole = html.replace("</body>", "".join(b.partition("</body>")[0] for b in bodies) + "</body>")
    ours, theirs = [], []
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        # Beside its style sheet and its fonts: Chromium takes no font from elsewhere.
        copytree(leaf.FOLDER, folder, dirs_exist_ok=True)
        path = Path(folder) / "printed.html"
        path.write_text(whole, "utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page()
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready")
        for _ in range(3):
            start = time.perf_counter()
            printed = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
            theirs.append(time.perf_counter() - start)
        browser.close()
    for _ in range(3):
        start = time.perf_counter()
        for one in leaves:
            with leaf.laid_out(one, "Letter", lambda _: None) as (_, write):
                write()
        ours.append(time.perf_counter() - start)
    return {"chromium": min(theirs), "weasyprint": min(ours), "chromium_bytes": len(printed)}


def leaves_of(content: dict[str, Any]) -> list[leaf.Leaf]:
    """What WeasyPrint is given for the first document of a packet."""
    facts = {"edition": "board", "left_out": [], **content}
    return list(documents._leaves(facts, {**documents._PARTS, **facts["documents"][0]}))


def _seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    made = work()
    return time.process_time() - start, made


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_WORK = (signatures, meeting, naive, naive_tagged, tags, chromium)
KINDS = {work.__name__: work for work in _WORK} | {"tried": packet_tried.measure}


if __name__ == "__main__":
    print(json.dumps(KINDS[sys.argv[1]](int(sys.argv[2]))))
