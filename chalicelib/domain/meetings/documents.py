"""What a meeting knows of its documents: their entries, and the packets that are made of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.domain.documents.document import Document, Kind
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.meetings.meeting import DocumentEntry, Meeting
from chalicelib.domain.packets.packet import Packet, PacketState
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance

# What the docket says that the Board does with a document.
ASKS = {
    Kind.PETITION: "Action",
    Kind.RENEWAL: "Action",
    Kind.ACTION: "Action",
    Kind.DISCUSSION: "Discussion",
    Kind.COVER: "Information",
    Kind.FILE: "Information",
}


def keep_in_step(meeting: Meeting, document: Document, by: Act) -> tuple[Meeting, Event]:
    """The meeting with a document's entry, and its docket item, as the document is now. A new
    revision is in no packet yet.
    """

    def entry_of(entry: DocumentEntry) -> DocumentEntry:
        if entry.document_id != document.id or entry.withdrawn:
            return entry
        return replace(
            entry,
            title=document.title,
            revision=document.revision,
            text=document.texts,
            closed=document.closed,
            packet=entry.packet if entry.revision == document.revision else 0,
        )

    before = meeting.document(document.number)
    old_title = before.title if before else ""
    docket = tuple(
        replace(
            item,
            # A title that somebody gave the item by hand stays.
            title=document.title if item.title == old_title else item.title,
            closed=document.closed,
        )
        if item.document == document.number
        else item
        for item in meeting.docket
    )
    data = {"number": document.number, "revision": document.revision, "text": document.texts}
    return advance(
        meeting,
        "meeting",
        "change-document",
        by,
        before=meeting.state,
        data=data,
        documents=tuple(entry_of(entry) for entry in meeting.documents),
        docket=docket,
    )


def take_out(meeting: Meeting, number: str, by: Act) -> tuple[Meeting, Event]:
    """The meeting without a document that was withdrawn; its number stays used."""
    return advance(
        meeting,
        "meeting",
        "remove-document",
        by,
        before=meeting.state,
        data={"number": number},
        documents=tuple(
            replace(d, withdrawn=True) if d.number == number else d for d in meeting.documents
        ),
        docket=tuple(item for item in meeting.docket if item.document != number),
    )


def is_closed(meeting: Meeting | None, document: Document) -> bool:
    """Whether a document is for the Board in closed session: it says so itself, or its item on the
    docket does.
    """
    items = meeting.docket if meeting and document.number else ()
    return document.closed or any(i.closed for i in items if i.document == document.number)


def holding(entry: DocumentEntry | None, packets: list[Packet]) -> bool:
    """Whether a packet holds a document's present revision, or is being made with it. One that
    failed holds nothing.
    """
    if entry is None:
        return False
    standing = [p for p in packets if p.state != PacketState.FAILED]
    if entry.packet:
        return any(p.number == entry.packet for p in standing)
    # Packets of an earlier release say no more than the numbers of their documents.
    return entry.revision == 1 and any(entry.number in p.documents for p in standing if not p.texts)


def missing(meeting: Meeting, packets: list[Packet]) -> tuple[DocumentEntry, ...]:
    """The documents that are in no packet yet as they are now."""
    return tuple(d for d in meeting.current_documents if not holding(d, packets))


def ask_for_packet(
    meeting: Meeting,
    packets: list[Packet],
    by: Act,
    *,
    supplement: bool = False,
    without: Sequence[str] = (),
) -> tuple[Meeting, Event, Packet]:
    """The next packet of the meeting, to be rendered: of every document, or as a supplement of
    those that no packet holds yet. `packets` are those that were asked for before; `without` are
    the numbers of documents that are left out, as they cannot be set.

    Raises ConflictError without documents, for a supplement to nothing or without anything new, and
    for a number to leave out that is none of them.
    """
    chosen = meeting.current_documents
    if not chosen:
        raise ConflictError("This meeting has no documents yet. Give one a number first.")
    if supplement:
        if not any(p.state == PacketState.PUBLISHED for p in packets):
            raise ConflictError("No packet was published yet, so there is nothing to add to.")
        chosen = missing(meeting, packets)
        if not chosen:
            raise ConflictError("Every document is already in a packet in its current version.")
    known = {d.number for d in chosen}
    if unknown := [number for number in without if number not in known]:
        raise ConflictError(f"This packet has no Doc {unknown[0]} to leave out.")
    chosen = tuple(d for d in chosen if d.number not in without)
    if not chosen:
        raise ConflictError(
            "There is nothing left to publish. Take the document off the docket instead."
        )
    number = meeting.packets + 1
    numbers = tuple(d.number for d in chosen)
    supplements = meeting.supplements + 1 if supplement else meeting.supplements
    in_it = {d.number for d in chosen}

    def noted(entry: DocumentEntry) -> DocumentEntry:
        fresh = entry.number in in_it and not holding(entry, packets)
        return replace(entry, packet=number) if fresh and not entry.withdrawn else entry

    data: dict[str, Any] = {"packet": number, "documents": list(numbers)}
    if supplement:
        data["supplement"] = supplements
    if without:
        data["without"] = list(without)
    changed, event = advance(
        meeting,
        "meeting",
        "publish-packet",
        by,
        before=meeting.state,
        data=data,
        packets=number,
        supplements=supplements,
        documents=tuple(noted(entry) for entry in meeting.documents),
    )
    packet = Packet(
        meeting_id=meeting.id,
        number=number,
        state=PacketState.QUEUED,
        asked_at=by.at,
        asked_by=by.actor.name,
        documents=numbers,
        revisions=tuple(d.revision for d in chosen),
        texts=tuple(d.text for d in chosen),
        without=tuple(without),
        supplement=supplements if supplement else 0,
        issue=0 if supplement else number - supplements,
    )
    return changed, event, packet
