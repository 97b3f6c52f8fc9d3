"""What keeps requests in bounds: counts in windows of time, and answers given once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.storage import keys, reading
from chalicelib.storage.conditions import NO_ITEM, at_least, where
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.table import Update
from chalicelib.storage.transaction import Transaction


class LimitStore(reading.TableStore):
    """Counts are exact, and delete themselves."""

    def count(
        self, what: str, now: datetime, seconds: int, keep: int = 0, held: bool = False
    ) -> int:
        """How often `what` was counted in the present window of so many seconds, this included.

        What is `held` is counted beside the rest and not among it. The window stays readable for
        `keep` seconds at least.
        """
        window = int(now.timestamp()) // seconds
        counter = "held" if held else "attempts"
        ttl = max((window + 2) * seconds, (window + 1) * seconds + keep)
        item = self._table.write(Update(keys.limit(what, window), {"ttl": ttl}, {counter: 1}))
        assert item is not None
        count: int = getattr(item, counter)
        return count

    def windows(
        self, what: str, since: datetime, seconds: int
    ) -> Iterator[tuple[datetime, int, int]]:
        """The windows of `what` from `since` on in which something was counted, oldest first: when
        each began, how much was counted, and how much was held.
        """
        first = int(since.timestamp()) // seconds
        pk, sk = keys.limit(what, first)
        for item in self._table.query(pk, at_least(sk), consistent=False):
            began = datetime.fromtimestamp(int(item.sk) * seconds, UTC)
            yield began, int(item.attempts or 0), int(item.held or 0)


@dataclass(frozen=True)
class Answered:
    """What was answered to a request that had an idempotency key. `asked` is the digest of what
    it asked for, and `until` when it is forgotten.
    """

    asked: str
    status: int
    body: str
    tag: str
    until: datetime


class AnswerStore(reading.TableStore):
    """"""

    def get(self, key: str, now: datetime) -> Answered | None:
        """What was answered, unless it is long enough ago: items are deleted some time later."""
        item = self._table.get(keys.answered(key))
        found = from_body(Answered, item.body) if item else None
        return found if found and found.until > now else None

    def add(self, transaction: Transaction, key: str, answered: Answered, now: datetime) -> None:
        """Keeps an answer in the transaction that it tells of: of two at once, one is
        ConcurrentChangeError.
        """
        forgotten = NO_ITEM | (where.ttl <= int(now.timestamp()))
        ttl = int(answered.until.timestamp())
        transaction.put(Item(*keys.answered(key), body=to_body(answered), ttl=ttl), forgotten)
