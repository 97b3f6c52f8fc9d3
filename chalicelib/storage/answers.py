"""What was answered to requests that named themselves, so that none is carried out twice."""

from datetime import datetime

from chalicelib.services.ports import Answered
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


class DynamoAnswers:
    """Implements services.ports.Answers."""

    def get(self, key: str, now: datetime) -> Answered | None:
        """What was answered, unless it is long enough ago: items are deleted some time later."""
        record = reading.get(keys.answered(key))
        found = from_body(Answered, record.body) if record else None
        return found if found and found.until > now else None

    def add(self, unit: Writes, key: str, answered: Answered, now: datetime) -> None:
        """Keeps an answer in the transaction that it tells of: of two at once, one is Stale."""
        forgotten = Record.pk.does_not_exist() | (Record.ttl <= int(now.timestamp()))
        ttl = int(answered.until.timestamp())
        unit.put(Record(*keys.answered(key), body=to_body(answered), ttl=ttl), forgotten)
