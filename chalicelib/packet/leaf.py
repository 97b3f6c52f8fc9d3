"""Sets a run of pages with WeasyPrint: the front of a packet, a document, a stretch of a roster.

Pure: no clock, no AWS, no network. The same text gives the same bytes.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from chalicelib.packet.charts import signature_chart, tally_chart
from chalicelib.packet.page_reports import page_reports
from chalicelib.packet.placing import PAPER
from chalicelib.packet.text import cell, grouped, short

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FOLDER = TEMPLATES / "packet"

# Pango's fonts are shared by all packets of a process and are not made for several threads.
_ONE_AT_A_TIME = threading.RLock()


class TemplateFault(Exception):  # noqa: N818
    """What a packet says does not fit its templates."""


@dataclass(frozen=True)
class Leaf:
    """A run of pages as HTML: its title, the words of its links by address, and whether its
    headings are to begin at the first level though they stand at the second.
    """

    html: str
    title: str
    links: dict[str, str]
    raise_headings: bool = True


@cache
def environment() -> Environment:
    """The templates of the packet. On for every file name, whatever its ending: nothing here is
    ever trusted markup.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(short=short, cell=cell, grouped=grouped)
    made.globals.update(signature_chart=signature_chart, tally_chart=tally_chart)
    return made


def fill(name: str, values: dict[str, Any]) -> Markup:
    """A filled template as markup. Raises TemplateFault."""
    try:
        text = environment().get_template(f"packet/{name}").render(values)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise TemplateFault(str(error)) from error
    return Markup(text)  # noqa: S704  It comes out of an environment that escapes everything.


@contextmanager
def laid_out(
    leaf: Leaf, page_size: str, report: Callable[[str], None]
) -> Iterator[tuple[int, Callable[[], bytes]]]:
    """How many pages a leaf has, and what writes them as a PDF; the two take about the same time,
    and a front is laid out again when its own length moves the pages that it names.
    """
    # Imported here, as it loads Pango: the web function, which imports this package's types,
    # must start fast and runs where Pango is not installed.
    from weasyprint import HTML  # noqa: PLC0415

    with _ONE_AT_A_TIME, page_reports(report):
        fonts, fetcher, sheets = _styles(page_size)
        source = HTML(string=leaf.html, base_url=_base(), url_fetcher=fetcher)
        made = source.render(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")

        def write() -> bytes:
            from chalicelib.packet.mend import mend  # noqa: PLC0415

            paper, _, wide = page_size.partition(" ")
            height = PAPER[paper][0 if wide else 1]
            pdf: bytes = made.write_pdf(
                finisher=lambda _, pdf: mend(pdf, height, leaf.raise_headings, leaf.links),
                pdf_variant="pdf/ua-1",
                # The identifier follows from the text alone, whatever the library would choose.
                pdf_identifier=hashlib.sha256(leaf.html.encode()).digest()[:16],
            )
            return pdf

        yield len(made.pages), write


def _base() -> str:
    return (FOLDER / "leaf.html").as_uri()


@cache
def _styles(page_size: str) -> tuple[Any, Any, list[Any]]:
    """Fonts, fetcher and style sheets, read once: they cost more than a short document."""
    # A function on AWS has no fonts and no place to keep what Fontconfig finds of them.
    if "LAMBDA_TASK_ROOT" in os.environ:
        os.environ.setdefault("FONTCONFIG_FILE", str(FOLDER / "fonts" / "fonts.conf"))
    from weasyprint import CSS  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    from chalicelib.packet.fetcher import PacketFetcher  # noqa: PLC0415

    fonts, fetcher = FontConfiguration(), PacketFetcher(FOLDER)
    common = {"font_config": fonts, "url_fetcher": fetcher, "base_url": _base()}
    own = CSS(filename=str(FOLDER / "print.css"), font_config=fonts, url_fetcher=fetcher)
    size = CSS(string=f"@page {{ size: {page_size} }}", **common)
    return fonts, fetcher, [own, size]
