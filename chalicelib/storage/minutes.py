"""Minutes: their state, every text of them, and their record."""

from chalicelib.domain.meetings.minutes import Minutes, Revision
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_VERSIONED = frozenset({"version"})


class DynamoMinutes:
    """Implements services.ports.Minutes."""

    def get(self, meeting_id: str) -> Minutes | None:
        """The minutes of a meeting, or None."""
        record = reading.get((keys.minutes(meeting_id), keys.STATE))
        return from_body(Minutes, record.body, version=int(record.version)) if record else None

    def texts(self, meeting_id: str) -> list[Revision]:
        """Every text of them, the first one first."""
        found = reading.query(keys.minutes(meeting_id), keys.REVISION)
        return [from_body(Revision, record.body) for record in found]

    def save(
        self, unit: Writes, minutes: Minutes, event: Event, text: Revision | None = None
    ) -> None:
        """Stores the next version, with its text where that changed. A text that is kept is never
        written over, and of two who begin minutes at once the second is Stale.
        """
        pk = keys.minutes(minutes.id)
        record = Record(pk, keys.STATE, version=minutes.version, body=to_body(minutes, _VERSIONED))
        if minutes.version == 1:
            unit.insert(record)
        else:
            reading.advance_state(unit, record, minutes.version)
        if text:
            unit.insert(Record(pk, keys.revision(text.number), body=to_body(text)))
        reading.add_event(unit, pk, event)
