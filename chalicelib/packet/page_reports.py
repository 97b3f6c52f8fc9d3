"""Hears from WeasyPrint which page it is laying out."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
            self._report(f"page {found[1]}")


@contextmanager
def page_reports(report: Callable[[str], None]) -> Iterator[None]:
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
