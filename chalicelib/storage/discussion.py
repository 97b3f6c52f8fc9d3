"""The discussion of each document: its events, who is its liaison, and how far people have read."""

from datetime import datetime

from chalicelib.domain.documents.discussion import Discussion
from chalicelib.domain.documents.document import State
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_VERSIONED = frozenset({"version"})


class DynamoDiscussions:
    """Implements services.ports.Discussions."""

    def read(self, document_id: str) -> tuple[Discussion, list[Event]]:
        """The discussion with all that was written, by one Query; one that nobody has begun is
        blank.
        """
        records = list(reading.query(keys.discussion(document_id), keys.PAGE))
        state = next((r for r in records if r.sk == keys.STATE), None)
        if state is None:
            return Discussion(id=document_id), []
        found = from_body(Discussion, state.body, version=int(state.version))
        return found, reading.events(records)

    def save(self, unit: Writes, discussion: Discussion, event: Event) -> None:
        """Stores what was said. Of two who write at once, one is Stale and decided anew."""
        pk = keys.discussion(discussion.id)
        record = Record(pk, keys.STATE, body=to_body(discussion, _VERSIONED))
        if discussion.version == 1:
            record.version = 1
            unit.insert(record)
        else:
            reading.advance_state(unit, record, discussion.version)
        reading.add_event(unit, pk, event)

    def require_part(self, unit: Writes, document_id: str, person_id: str) -> None:
        """Lets the command through only if the document stands, and the person has not been
        recused from it meanwhile.
        """
        self.require_standing(unit, document_id)
        recused = keys.document(document_id), f"{keys.RECUSED}{person_id}"
        unit.check(recused, Record.pk.does_not_exist())

    def require_standing(self, unit: Writes, document_id: str) -> None:
        """Lets the command through only if the document has not been withdrawn meanwhile."""
        key = keys.document(document_id), keys.STATE
        unit.check(key, Record.state != State.WITHDRAWN)

    def note_asked(self, unit: Writes, petition_id: str, document_id: str, at: datetime) -> None:
        """Notes beside a petition that its conveners were asked about a document."""
        key = keys.asked(petition_id, document_id)
        unit.put(Record(*key, body={"document": document_id, "at": at.isoformat()}))

    def asked(self, petition_id: str) -> list[str]:
        """Ids of the documents about which a petition's conveners were asked, the one that they
        were asked about last first.
        """
        found = [r.body for r in reading.query(keys.petition(petition_id), keys.ASKED)]
        return [body["document"] for body in sorted(found, key=lambda b: b["at"], reverse=True)]

    def note_wrote(self, unit: Writes, person_id: str, document_id: str) -> None:
        """Notes beside a person that they wrote about a document."""
        unit.put(Record(*keys.wrote(person_id, document_id)))

    def written_by(self, person_id: str) -> list[str]:
        """Ids of the documents about which a person wrote anything."""
        pk, _ = keys.person(person_id)
        return [r.sk.removeprefix(keys.WROTE) for r in reading.query(pk, keys.WROTE)]

    def read_upto(self, document_id: str, person_id: str) -> int:
        """The number of the last event that somebody has read, 0 where they read none."""
        record = reading.get(keys.read_mark(document_id, person_id))
        return int(record.version) if record else 0

    def note_read(self, unit: Writes, document_id: str, person_id: str, upto: int) -> None:
        """Notes how far somebody has read. It never goes back."""
        record = Record(*keys.read_mark(document_id, person_id), version=upto)
        unit.put(record, Record.pk.does_not_exist() | (Record.version < upto))
