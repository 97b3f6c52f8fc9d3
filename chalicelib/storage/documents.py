"""Documents before the Board: their state, every text of them, and their record."""

from datetime import datetime
from typing import Any

from chalicelib.domain.documents.document import Document, Revision
from chalicelib.domain.record.events import Event
from chalicelib.services.ports import DocumentRead
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_VERSIONED = frozenset({"version"})


class DynamoDocuments:
    """Implements services.ports.Documents."""

    def get(self, document_id: str) -> Document | None:
        """The document, or None."""
        record = reading.get((keys.document(document_id), keys.STATE))
        return document_of(record) if record else None

    def read(self, document_id: str) -> DocumentRead | None:
        """The document with its record, its texts and who is recused from it, by one Query."""
        records = list(reading.query(keys.document(document_id), keys.PAGE))
        state = next((r for r in records if r.sk == keys.STATE), None)
        if state is None:
            return None
        return DocumentRead(
            document_of(state),
            reading.events(records),
            [revision_of(r) for r in records if r.sk.startswith(keys.REVISION)],
            frozenset(
                r.sk.removeprefix(keys.RECUSED) for r in records if r.sk.startswith(keys.RECUSED)
            ),
        )

    def revisions(self, document_id: str) -> list[Revision]:
        """Every text of a document, the first one first."""
        found = reading.query(keys.document(document_id), keys.REVISION)
        return [revision_of(record) for record in found]

    def revision(self, document_id: str, number: int) -> Revision | None:
        """One text of a document by its count from 1, or None."""
        record = reading.get((keys.document(document_id), keys.revision(number)))
        return revision_of(record) if record else None

    def recused(self, document_id: str, person_id: str) -> bool:
        """Whether somebody took themselves out of the ballot on a document."""
        key = keys.document(document_id), f"{keys.RECUSED}{person_id}"
        return bool(person_id) and reading.get(key) is not None

    def add(self, unit: Writes, document: Document, event: Event, text: Revision) -> None:
        """Stores a new document with its first text, and beside its sender."""
        unit.insert(self._document(document))
        reading.add_event(unit, keys.document(document.id), event)
        self._keep(unit, document, text)
        if document.sender_id and document.received_at:
            key = keys.sent(document.sender_id, document.received_at.isoformat(), document.id)
            unit.insert(Record(*key))

    def save(
        self, unit: Writes, document: Document, event: Event, text: Revision | None = None
    ) -> None:
        """Stores a document's next version, with its new text where that changed. A text that is
        kept is never written over.
        """
        reading.advance_state(unit, self._document(document), document.version)
        reading.add_event(unit, keys.document(document.id), event)
        if text:
            self._keep(unit, document, text)

    def _keep(self, unit: Writes, document: Document, text: Revision) -> None:
        key = keys.document(document.id), keys.revision(text.number)
        unit.insert(Record(*key, body=to_body(text)))

    def received(self) -> list[dict[str, Any]]:
        """What waits for staff to be acknowledged or numbered, the oldest first."""
        return reading.listing(keys.DOCUMENTS_RECEIVED, limit=500).rows

    def of_meeting(self, meeting_id: str) -> list[dict[str, Any]]:
        """The documents of a meeting that wait for staff no more, the oldest first."""
        return reading.listing(keys.documents_of(meeting_id), limit=500).rows

    def sent_by(self, person_id: str, limit: int | None = 50) -> list[str]:
        """Ids of the documents that a person sent, the newest first; all without a limit."""
        pk, _ = keys.person(person_id)
        found = Record.query(
            pk, Record.sk.startswith(keys.SENT), scan_index_forward=False, limit=limit
        )
        return [record.sk.rpartition("#")[2] for record in found]

    def due(self, now: datetime, limit: int = 100) -> list[str]:
        """Ids of documents that should have been acknowledged by now, and staff were not told."""
        found = Record.due_index.query(
            keys.DUE_DOCUMENT, Record.due_at <= now.isoformat(), limit=limit
        )
        return [record.pk.removeprefix(keys.document("")) for record in found]

    def _document(self, document: Document) -> Record:
        received = document.received_at.isoformat() if document.received_at else ""
        by = document.acknowledge_by
        record = Record(
            keys.document(document.id),
            keys.STATE,
            version=document.version,
            state=document.state,
            body=to_body(document, _VERSIONED),
            listing_pk=keys.DOCUMENTS_RECEIVED
            if document.waits_for_staff
            else keys.documents_of(document.meeting_id),
            listing_sk=f"{received}#{document.id}",
            listing={
                "id": document.id,
                "meeting": document.meeting_id,
                "kind": document.kind.value,
                "title": document.title,
                "state": document.state.value,
                "number": document.number,
                "revision": document.revision,
                "sender": document.sender,
                "received_at": received,
                "acknowledge_by": by.isoformat() if by else "",
                "acknowledged": document.acknowledged_at is not None,
                "complete": document.complete,
                "late": document.late,
                "closed": document.closed,
                "goal_area": document.form.goal_area,
            },
        )
        if (
            by
            and document.waits_for_staff
            and not (document.acknowledged_at or document.told_late_at)
        ):
            record.due = keys.DUE_DOCUMENT
            record.due_at = by.isoformat()
        return record


def document_of(record: Record) -> Document:
    """The document that an item holds."""
    return from_body(Document, record.body, version=int(record.version))


def revision_of(record: Record) -> Revision:
    """The text of a document that an item holds."""
    return from_body(Revision, record.body)
