"""Documents before the Board with every text of them, and the discussion of each."""

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.domain.documents.discussion import Discussion
from chalicelib.domain.documents.document import Document, Revision, State
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import NO_ITEM, begins_with, where
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import to_body
from chalicelib.storage.transaction import Transaction


class DocumentRead(NamedTuple):
    """A document with its record, every text of it, and the ids of those who are recused."""

    document: Document
    events: list[Event]
    revisions: list[Revision]
    recused: frozenset[str]


class DocumentStore(reading.TableStore):
    """"""

    def get(self, document_id: str) -> Document | None:
        """The document, or None."""
        item = self._table.get((keys.document(document_id), keys.STATE))
        return kinds.DOCUMENT.value(item) if item else None

    def read(self, document_id: str) -> DocumentRead | None:
        """The document with its record, its texts and who is recused from it, by one Query."""
        items = list(self._table.query(keys.document(document_id), begins_with(keys.PAGE)))
        state = reading.state_of(items)
        if state is None:
            return None
        return DocumentRead(
            kinds.DOCUMENT.value(state),
            reading.events(items),
            [
                kinds.DOCUMENT_TEXT.value(item)
                for item in items
                if item.sk.startswith(keys.REVISION)
            ],
            frozenset(
                item.sk.removeprefix(keys.RECUSED)
                for item in items
                if item.sk.startswith(keys.RECUSED)
            ),
        )

    def revisions(self, document_id: str) -> list[Revision]:
        """Every text of a document, the first one first."""
        found = self._table.query(keys.document(document_id), begins_with(keys.REVISION))
        return [kinds.DOCUMENT_TEXT.value(item) for item in found]

    def revision(self, document_id: str, number: int) -> Revision | None:
        """One text of a document by its count from 1, or None."""
        item = self._table.get((keys.document(document_id), keys.revision(number)))
        return kinds.DOCUMENT_TEXT.value(item) if item else None

    def recused(self, document_id: str, person_id: str) -> bool:
        """Whether somebody took themselves out of the ballot on a document."""
        key = keys.document(document_id), f"{keys.RECUSED}{person_id}"
        return bool(person_id) and self._table.get(key) is not None

    def add(
        self, transaction: Transaction, document: Document, event: Event, text: Revision
    ) -> None:
        """Stores a new document with its first text, and beside its sender."""
        transaction.insert(self._document(document))
        reading.add_event(transaction, keys.document(document.id), event)
        self._keep(transaction, document, text)
        if document.sender_id and document.received_at:
            key = keys.sent(document.sender_id, document.received_at.isoformat(), document.id)
            transaction.insert(Item(*key))

    def save(
        self,
        transaction: Transaction,
        document: Document,
        event: Event,
        text: Revision | None = None,
    ) -> None:
        """Stores a document's next version, with its new text where that changed. A text that is
        kept is never written over.
        """
        reading.advance_state(transaction, self._document(document), document.version)
        reading.add_event(transaction, keys.document(document.id), event)
        if text:
            self._keep(transaction, document, text)

    def _keep(self, transaction: Transaction, document: Document, text: Revision) -> None:
        key = keys.document(document.id), keys.revision(text.number)
        transaction.insert(Item(*key, body=to_body(text)))

    def received(self) -> list[dict[str, Any]]:
        """What waits for staff to be acknowledged or numbered, the oldest first."""
        return reading.listing(self._table, keys.DOCUMENTS_RECEIVED, limit=500).rows

    def of_meeting(self, meeting_id: str) -> list[dict[str, Any]]:
        """The documents of a meeting that wait for staff no more, the oldest first."""
        return reading.listing(self._table, keys.documents_of(meeting_id), limit=500).rows

    def sent_by(self, person_id: str, limit: int | None = 50) -> list[str]:
        """Ids of the documents that a person sent, the newest first; all without a limit."""
        pk, _ = keys.person(person_id)
        found = self._table.query(pk, begins_with(keys.SENT), newest_first=True, limit=limit)
        return [item.sk.rpartition("#")[2] for item in found]

    def due(self, now: datetime, limit: int = 100) -> list[str]:
        """Ids of documents that should have been acknowledged by now, and staff were not told."""
        return reading.due_ids(self._table, keys.DUE_DOCUMENT, keys.document(""), now, limit)

    def _document(self, document: Document) -> Item:
        received = document.received_at.isoformat() if document.received_at else ""
        by = document.acknowledge_by
        item = Item(
            keys.document(document.id),
            keys.STATE,
            version=document.version,
            state=document.state,
            body=kinds.DOCUMENT.body(document),
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
            item.due = keys.DUE_DOCUMENT
            item.due_at = by.isoformat()
        return item


class DiscussionStore(reading.TableStore):
    """"""

    def read(self, document_id: str) -> tuple[Discussion, list[Event]]:
        """The discussion with all that was written, by one Query; one that nobody has begun is
        blank.
        """
        items = list(self._table.query(keys.discussion(document_id), begins_with(keys.PAGE)))
        state = reading.state_of(items)
        if state is None:
            return Discussion(id=document_id), []
        found = kinds.DISCUSSION.value(state)
        return found, reading.events(items)

    def save(self, transaction: Transaction, discussion: Discussion, event: Event) -> None:
        """Stores what was said. Of two who write at once, one raises ConcurrentChangeError and
        decided anew.
        """
        pk = keys.discussion(discussion.id)
        item = Item(pk, keys.STATE, body=kinds.DISCUSSION.body(discussion))
        reading.advance_state(transaction, item, discussion.version)
        reading.add_event(transaction, pk, event)

    def require_part(self, transaction: Transaction, document_id: str, person_id: str) -> None:
        """Lets the command through only if the document stands, and the person has not been
        recused from it meanwhile.
        """
        self.require_standing(transaction, document_id)
        recused = keys.document(document_id), f"{keys.RECUSED}{person_id}"
        transaction.check(recused, NO_ITEM)

    def require_standing(self, transaction: Transaction, document_id: str) -> None:
        """Lets the command through only if the document has not been withdrawn meanwhile."""
        key = keys.document(document_id), keys.STATE
        transaction.check(key, where.state != State.WITHDRAWN)

    def note_asked(
        self, transaction: Transaction, petition_id: str, document_id: str, at: datetime
    ) -> None:
        """Notes beside a petition that its conveners were asked about a document."""
        key = keys.asked(petition_id, document_id)
        transaction.put(Item(*key, body={"document": document_id, "at": at.isoformat()}))

    def asked(self, petition_id: str) -> list[str]:
        """Ids of the documents about which a petition's conveners were asked, the one that they
        were asked about last first.
        """
        found = [
            item.body
            for item in self._table.query(keys.petition(petition_id), begins_with(keys.ASKED))
        ]
        return [body["document"] for body in sorted(found, key=lambda b: b["at"], reverse=True)]

    def note_wrote(self, transaction: Transaction, person_id: str, document_id: str) -> None:
        """Notes beside a person that they wrote about a document."""
        transaction.put(Item(*keys.wrote(person_id, document_id)))

    def written_by(self, person_id: str) -> list[str]:
        """Ids of the documents about which a person wrote anything."""
        pk, _ = keys.person(person_id)
        return [
            item.sk.removeprefix(keys.WROTE)
            for item in self._table.query(pk, begins_with(keys.WROTE))
        ]

    def read_upto(self, document_id: str, person_id: str) -> int:
        """The number of the last event that somebody has read, 0 where they read none."""
        item = self._table.get(keys.read_mark(document_id, person_id))
        return item.version or 0 if item else 0

    def note_read(
        self, transaction: Transaction, document_id: str, person_id: str, upto: int
    ) -> None:
        """Notes how far somebody has read. It never goes back."""
        item = Item(*keys.read_mark(document_id, person_id), version=upto)
        transaction.put(item, NO_ITEM | (where.version < upto))
