"""A bar that says how far something is, on a terminal; nothing where there is none."""

import shutil
import sys


class Bar:
    """How far `what` is. To be used in a `with`; it ends its line by itself."""

    def __init__(self, what: str) -> None:
        self._what, self._shown = what, sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        return self

    def at(self, done: int, total: int, words: str = "") -> None:
        """Shows `done` of `total` (0: not known)."""
        if not self._shown:
            return
        width = max(10, min(40, shutil.get_terminal_size().columns - 50))
        full = width * min(done, total) // total if total else 0
        share = f"{100 * min(done, total) // total:3d} %" if total else "     "
        bar = "#" * full + "." * (width - full)
        sys.stderr.write(f"\r{self._what} [{bar}] {share} {words[:30]:30}")
        sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\n")
