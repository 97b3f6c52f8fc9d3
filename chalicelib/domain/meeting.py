"""A Board meeting: its docket, its numbered documents and the packets made from them."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import Conflict, Invalid
from chalicelib.domain.events import Event
from chalicelib.domain.people import Act
from chalicelib.domain.policy import Policy
from chalicelib.domain.record import advance

# No zero before another digit: 5.0 and 5.00 would be one number under two spellings.
_NUMBER = re.compile(r"[1-9][0-9]?\.(?:0|[1-9][0-9]?)")


class Kind(StrEnum):
    """How the Board meets. An asynchronous action has a discussion and then a vote, and no hour
    at which everybody is there.
    """

    IN_PERSON = "in-person"
    VIRTUAL = "virtual"
    ASYNCHRONOUS = "asynchronous"


class State(StrEnum):
    """Where a meeting stands, from its planning to its approved minutes."""

    PLANNED = "planned"
    AGENDA_SET = "agenda-set"
    POSTED = "posted"
    IN_SESSION = "in-session"
    ADJOURNED = "adjourned"
    MINUTES_APPROVED = "minutes-approved"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class DocketItem:
    """A line of the docket. `minutes` is its time allowance.

    `id` stays when the item moves. `closed` items are for the Board alone, `consent` items are
    adopted together unless `pulled_by` names who took the item out. `confirms` is the motion of a
    virtual vote that the item confirms.
    """

    number: str
    title: str
    minutes: int
    action: str = ""
    presenter: str = ""
    document: str = ""
    id: str = ""
    section: str = ""
    closed: bool = False
    consent: bool = False
    pulled_by: str = ""
    confirms: str = ""


@dataclass(frozen=True)
class DocumentEntry:
    """A document of the meeting under the association's number, which is never used again.

    The document itself is kept apart, under `document_id`, and empty in what an earlier release
    stored. `revision` counts from 1, and `late` documents go to a supplement. `text` is which of
    the document's texts is in force, and `packet` the first packet that was asked for with this
    revision, 0 if there was none.
    """

    number: str
    title: str
    kind: str
    petition_id: str
    added_at: datetime
    withdrawn: bool = False
    document_id: str = ""
    revision: int = 1
    late: bool = False
    closed: bool = False
    text: int = 1
    packet: int = 0


@dataclass(frozen=True)
class Extension:
    """That somebody may send a document in after the deadline: until when, and who said so."""

    name: str
    until: datetime
    granted_by: str
    granted_at: datetime


@dataclass(frozen=True)
class Attendee:
    """Somebody who was there, as the minutes name them."""

    person_id: str
    name: str
    office: str
    voting: bool = True


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One meeting. `code` is the association's short name for it, as in `ACRL MW 24`.

    `zone` is where the clock on the wall hangs, empty for the association's own; `sequence` counts
    how often the meeting was moved, as calendars want it.
    """

    id: str
    title: str
    code: str
    starts_at: datetime
    place: str
    version: int = 0
    head: str = ""
    docket: tuple[DocketItem, ...] = ()
    documents: tuple[DocumentEntry, ...] = ()
    packets: int = 0
    state: State = State.PLANNED
    kind: Kind = Kind.VIRTUAL
    zone: str = ""
    link: str = ""
    sequence: int = 0
    extensions: tuple[Extension, ...] = ()
    present: tuple[Attendee, ...] = ()
    called_at: datetime | None = None
    adjourned_at: datetime | None = None
    consent_adopted_at: datetime | None = None

    @property
    def current_documents(self) -> tuple[DocumentEntry, ...]:
        """The documents that are still before the Board, by number."""
        kept = [d for d in self.documents if not d.withdrawn]
        return tuple(sorted(kept, key=lambda d: _order(d.number)))

    @property
    def ordered_docket(self) -> tuple[DocketItem, ...]:
        """The docket by number."""
        return tuple(sorted(self.docket, key=lambda item: _order(item.number)))

    def document(self, number: str) -> DocumentEntry | None:
        """The current document with this number."""
        return next((d for d in self.current_documents if d.number == number), None)


class PacketState(StrEnum):
    """Where a packet's rendering stands."""

    QUEUED = "queued"
    RENDERING = "rendering"
    PUBLISHED = "published"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Packet:
    """One version of a meeting's packet, of the documents that it had when it was asked for.

    While it is rendered, `done` of `total` and `doing` tell how far it is.
    """

    meeting_id: str
    number: int
    state: PacketState
    asked_at: datetime
    asked_by: str
    version: int = 1
    documents: tuple[str, ...] = ()
    attempts: int = 0
    done: int = 0
    total: int = 0
    doing: str = ""
    file: str = ""
    sha256: str = ""
    pages: int = 0
    size: int = 0
    published_at: datetime | None = None
    problem: str = ""


def _order(number: str) -> tuple[int, int]:
    whole, _, part = number.partition(".")
    return int(whole), int(part or 0)


def plan(
    meeting_id: str,
    title: str,
    code: str,
    starts_at: datetime,
    place: str,
    policy: Policy,
    by: Act,
) -> tuple[Meeting, Event]:
    """A new meeting with the policy's standing docket. Raises Invalid for a past date."""
    if starts_at <= by.at:
        raise Invalid({"day": "Choose a day that is still to come."})
    docket = tuple(DocketItem(d.number, d.title, d.minutes, d.action) for d in policy.docket)
    blank = Meeting(id=meeting_id, title=title, code=code, starts_at=starts_at, place=place)
    return advance(
        blank,
        "meeting",
        "plan",
        by,
        before="",
        data={"title": title, "starts_at": starts_at.isoformat()},
        docket=docket,
    )


def document_deadline(meeting: Meeting, policy: Policy, on_day: datetime) -> datetime:
    """The moment after which a document is late for this meeting."""
    return meeting.starts_at - timedelta(days=policy.meeting(on_day.date()).document_deadline_days)


def next_number(meeting: Meeting) -> str:
    """The first whole number after every one that the docket or a document ever used."""
    used = [_order(number)[0] for number in _used(meeting)]
    return f"{max(used, default=0) + 1}.0"


def _used(meeting: Meeting) -> set[str]:
    docket = {item.number for item in meeting.docket}
    return docket | {document.number for document in meeting.documents}


def add_document(
    meeting: Meeting,
    number: str,
    title: str,
    petition_id: str,
    presenter: str,
    minutes: int,
    by: Act,
    *,
    document_id: str = "",
    text: int = 1,
) -> tuple[Meeting, Event]:
    """The meeting with a numbered document and its docket item. `text` is which of the document's
    texts is in force.

    Raises Invalid for a number that is malformed or was ever used, Conflict once the meeting
    has begun.
    """
    if by.at >= meeting.starts_at:
        raise Conflict("This meeting has begun. Choose a later one.")
    if not _NUMBER.fullmatch(number):
        raise Invalid({"number": "Write the number as 5.0 or 5.1."})
    if number in _used(meeting):
        raise Invalid({"number": f"{number} was used already; {next_number(meeting)} is free."})
    document = DocumentEntry(
        number, title, "petition", petition_id, by.at, document_id=document_id, text=text
    )
    item = DocketItem(number, title, minutes, "Action", presenter, number)
    return advance(
        meeting,
        "meeting",
        "add-document",
        by,
        before="",
        data={"number": number, "title": title, "petition": petition_id},
        documents=(*meeting.documents, document),
        docket=(*meeting.docket, item),
    )


def remove_document(meeting: Meeting, petition_id: str, by: Act) -> tuple[Meeting, Event]:
    """The meeting without a petition that was withdrawn or returned; its number stays used."""
    numbers = {d.number for d in meeting.documents if d.petition_id == petition_id}
    return advance(
        meeting,
        "meeting",
        "remove-document",
        by,
        before="",
        data={"petition": petition_id},
        documents=tuple(
            replace(d, withdrawn=True) if d.number in numbers else d for d in meeting.documents
        ),
        docket=tuple(item for item in meeting.docket if item.document not in numbers),
    )


def ask_for_packet(meeting: Meeting, by: Act) -> tuple[Meeting, Event, Packet]:
    """The next packet version of the meeting, to be rendered. Raises Conflict without documents."""
    if not meeting.current_documents:
        raise Conflict("This meeting has no documents yet. Schedule a petition for it first.")
    number = meeting.packets + 1
    numbers = tuple(d.number for d in meeting.current_documents)
    meeting, event = advance(
        meeting,
        "meeting",
        "publish-packet",
        by,
        before="",
        data={"packet": number, "documents": list(numbers)},
        packets=number,
    )
    packet = Packet(
        meeting_id=meeting.id,
        number=number,
        state=PacketState.QUEUED,
        asked_at=by.at,
        asked_by=by.actor.name,
        documents=numbers,
    )
    return meeting, event, packet


def packet_published(meeting: Meeting, packet: Packet, by: Act) -> tuple[Meeting, Event]:
    """The record that a packet's file exists, with its digest."""
    return advance(
        meeting,
        "meeting",
        "packet-published",
        by,
        before="",
        data={"packet": packet.number, "sha256": packet.sha256, "pages": packet.pages},
    )
