"""What goes wrong between the application, its table, its mail and its queues, by a throw of dice.

The faults are put in at the table: each is one that no retry overcame.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.storage.table import TableError, UnavailableError
from tests.services.aws import WRITES, Crash, calling

# How often a call meets each kind. Those of the second row meet writes alone, and the last of them
# only a worker.
OF_ALL = {"throttled": 0.012, "internal_error": 0.012, "time_out_before": 0.012}
OF_WRITES = {"time_out_after": 0.03}
OF_WORKERS = {"killed": 0.06}
OF_MAIL = {"mail_refused": 0.06, "killed_after_the_mail_took_it": 0.02}
OF_DELIVERY = {"delivered_twice": 0.15, "lost": 0.1}


class Faults:
    """Faults, repeatable from a seed, and how many there were of each kind."""

    def __init__(self, seed: int) -> None:
        self._luck = random.Random(seed)
        self.counted: Counter[str] = Counter()
        self._met = self._working = False
        # The mail has taken a letter, and nobody has noted so yet.
        self.in_the_moment = False

    def drawn(self, kinds: dict[str, float]) -> str:
        """The kind that is met now, or nothing."""
        at = self._luck.random()
        for kind, share in kinds.items():
            if at < share:
                self.counted[kind] += 1
                return kind
            at -= share
        return ""

    def shuffled(self, work: list[Any]) -> list[Any]:
        """The same in another order, counted where it differs."""
        mixed = self._luck.sample(work, len(work))
        self.counted["reordered"] += mixed != work
        return mixed

    @contextmanager
    def met(self, working: bool = False) -> Iterator[None]:
        """Calls to the table inside meet them; a worker's may be its last."""
        self._met, self._working = True, working
        try:
            yield
        finally:
            self._met = self._working = self.in_the_moment = False

    @contextmanager
    def installed(self) -> Iterator["Faults"]:
        """Puts them in the way of every request to the table."""
        with calling(self._call):
            yield self

    def _call(self, operation: str, really: Callable[[], Any]) -> Any:
        if not self._met:
            return really()
        kinds = dict(OF_ALL)
        if operation in WRITES:
            kinds |= OF_WRITES | (OF_WORKERS if self._working else {})
        match self.drawn(kinds):
            case "throttled" | "time_out_before":
                raise UnavailableError
            case "internal_error":
                raise TableError
            case "killed":
                self.counted["killed_after_the_mail_took_it"] += self.in_the_moment
                raise Crash
            case "time_out_after":
                really()
                raise UnavailableError
        return really()
