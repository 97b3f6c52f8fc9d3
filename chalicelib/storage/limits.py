"""Counts how often something was asked for within a window of time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from chalicelib.storage import keys
from chalicelib.storage.tables import Record


class DynamoLimits:
    """Implements services.ports.Limits. Counts are exact, and delete themselves."""

    def count(
        self, what: str, now: datetime, seconds: int, keep: int = 0, held: bool = False
    ) -> int:
        """How often `what` was counted in the present window of so many seconds, this included.

        What is `held` is counted beside the rest and not among it. The window stays readable for
        `keep` seconds at least.
        """
        window = int(now.timestamp()) // seconds
        record = Record(*keys.limit(what, window))
        counter = Record.held if held else Record.attempts
        ttl = max((window + 2) * seconds, (window + 1) * seconds + keep)
        record.update(actions=[counter.add(1), Record.ttl.set(ttl)])
        return int(record.held if held else record.attempts)

    def windows(
        self, what: str, since: datetime, seconds: int
    ) -> Iterator[tuple[datetime, int, int]]:
        """The windows of `what` from `since` on in which something was counted, oldest first: when
        each began, how much was counted, and how much was held.
        """
        first = int(since.timestamp()) // seconds
        pk, sk = keys.limit(what, first)
        for record in Record.query(pk, Record.sk >= sk):
            began = datetime.fromtimestamp(int(record.sk) * seconds, UTC)
            yield began, int(record.attempts or 0), int(record.held or 0)
