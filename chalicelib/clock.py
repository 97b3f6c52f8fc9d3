"""The clock. On somebody's own machine it can be put forward, to see what time brings about."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.config import Settings


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class OwnClock:
    """A clock that goes ahead of the real one by the seconds in a file. Every process of a local
    server reads the same file; where there is none, it shows the real time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        return now() + self.ahead()

    def ahead(self) -> timedelta:
        """How far this clock was put forward."""
        try:
            return timedelta(seconds=int(self._path.read_text("ascii")))
        except FileNotFoundError:
            return timedelta(0)

    def forward(self, days: int) -> None:
        """Puts the clock forward; it cannot be put back, since what was written stays written."""
        ahead = self.ahead() + timedelta(days=days)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(str(int(ahead.total_seconds())), "ascii")
        os.replace(fresh, self._path)


def clock_for(given: Settings) -> "OwnClock | None":
    """The clock that can be put forward, where these are the settings of somebody's own machine
    with a data folder; anywhere else None.
    """
    return OwnClock(given.data / "clock") if given.local and given.data else None
