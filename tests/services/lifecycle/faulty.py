"""What goes wrong between the application, its table, its mail and its queues, by a throw of dice.

The faults are put in where botocore hands a call on, above its own retries: each is one that these
did not overcome.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.services.aws import WRITES, Crash

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
        """Puts them in the way of every call to the table."""
        really = BaseClient._make_api_call

        def call(client: Any, operation: str, params: dict[str, Any]) -> Any:
            if client._service_model.service_name != "dynamodb" or not self._met:
                return really(client, operation, params)
            return self._call(lambda: really(client, operation, params), operation)

        BaseClient._make_api_call = call
        try:
            yield self
        finally:
            BaseClient._make_api_call = really

    def _call(self, really: Callable[[], Any], operation: str) -> Any:
        kinds = dict(OF_ALL)
        if operation in WRITES:
            kinds |= OF_WRITES | (OF_WORKERS if self._working else {})
        match self.drawn(kinds):
            case "throttled":
                raise _refused("ProvisionedThroughputExceededException", operation)
            case "internal_error":
                raise _refused("InternalServerError", operation)
            case "time_out_before":
                raise ReadTimeoutError(endpoint_url="table")
            case "killed":
                self.counted["killed_after_the_mail_took_it"] += self.in_the_moment
                raise Crash
            case "time_out_after":
                really()
                raise ReadTimeoutError(endpoint_url="table")
        return really()


def _refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "not now"}}, operation)
