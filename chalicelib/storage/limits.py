"""Counts how often something was asked for within a window of time."""

from datetime import datetime

from chalicelib.storage import keys
from chalicelib.storage.tables import Record


class DynamoLimits:
    """Implements services.ports.Limits. Counts are exact, and delete themselves."""

    def count(self, what: str, now: datetime, seconds: int) -> int:
        """How often `what` was counted in the present window of so many seconds, this included."""
        window = int(now.timestamp()) // seconds
        record = Record(*keys.limit(what, window))
        record.update(actions=[Record.attempts.add(1), Record.ttl.set((window + 2) * seconds)])
        return int(record.attempts)
