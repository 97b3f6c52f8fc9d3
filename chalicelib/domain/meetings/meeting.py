"""A Board meeting: its docket, its numbered documents and the packets made from them."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.packets.packet import Face, Packet
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import Transitions, advance, require, row

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


_S = State
# The Board can meet, whatever the office has pressed before.
TO_COME = frozenset({_S.PLANNED, _S.AGENDA_SET, _S.POSTED})

TRANSITIONS: Transitions = {
    "set-agenda": (frozenset({_S.PLANNED}), _S.AGENDA_SET),
    "post": (frozenset({_S.PLANNED, _S.AGENDA_SET}), _S.POSTED),
    "change": (TO_COME, None),
    "cancel": (TO_COME, _S.CANCELLED),
    "call-for-items": (TO_COME, None),
    "grant-extension": (TO_COME, None),
    "edit-docket": (TO_COME | {_S.IN_SESSION}, None),
    "pull": (TO_COME | {_S.IN_SESSION}, None),
    "begin": (TO_COME, _S.IN_SESSION),
    "note-attendance": (frozenset({_S.IN_SESSION}), None),
    "adopt-consent": (frozenset({_S.IN_SESSION}), None),
    "adjourn": (frozenset({_S.IN_SESSION}), _S.ADJOURNED),
    "approve-minutes": (frozenset({_S.ADJOURNED}), _S.MINUTES_APPROVED),
}


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
    """That somebody may send a document in after the deadline: until when, and who said so.

    `mailbox` is the key of their email address, where they gave one, and `asked_on` the day on
    which they asked.
    """

    name: str
    until: datetime
    granted_by: str
    granted_at: datetime
    mailbox: str = ""
    asked_on: date | None = None


@dataclass(frozen=True)
class Attendee:
    """Somebody who was there, as the minutes name them. Without `arrived_at` they answered the
    roll; without `left_at` they are there. Who came back stands there twice.
    """

    person_id: str
    name: str
    office: str
    voting: bool = True
    arrived_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One meeting. `code` is the association's short name for it, as in `ACRL MW 24`.

    `zone` is where the clock on the wall hangs, empty for the association's own; `sequence` counts
    how often the meeting was moved, as calendars want it, and `changed_at` is when it was last
    planned otherwise. An asynchronous action goes on through the day `until`; any other meeting
    takes `minutes`, or as long as its docket where that is 0.

    The docket is in the order of `sections`, and within one as it stands; a meeting without
    sections (of an earlier release) has it by number. New documents go to the section
    `documents_in`, what is to be adopted together to `consent_in`; `made_items` counts every item
    that the docket ever had. `consent_adopted` are the ids of the items that were adopted together.

    `called_at` is when the meeting was called to order, `items_called_at` when items for it were
    called for. At `remind_at` staff are to be reminded of what falls due; `reminded` are the
    milestones of which they were since the meeting has its day, which it was given at `dated_at`.
    `public` counts the packets that have a public edition.
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
    supplements: int = 0
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
    consent_adopted: tuple[str, ...] = ()
    minutes: int = 0
    until: date | None = None
    sections: tuple[str, ...] = ()
    documents_in: str = ""
    consent_in: str = ""
    made_items: int = 0
    changed_at: datetime | None = None
    cancel_reason: str = ""
    items_called_at: datetime | None = None
    remind_at: datetime | None = None
    reminded: tuple[str, ...] = ()
    dated_at: datetime | None = None
    public: int = 0

    @property
    def current_documents(self) -> tuple[DocumentEntry, ...]:
        """The documents that are still before the Board, by number."""
        kept = [d for d in self.documents if not d.withdrawn]
        return tuple(sorted(kept, key=lambda d: number_order(d.number)))

    @property
    def ordered_docket(self) -> tuple[DocketItem, ...]:
        """The docket as it is gone through."""
        if not self.sections:
            return tuple(sorted(self.docket, key=lambda item: number_order(item.number)))
        place = {name: at for at, name in enumerate(self.sections)}
        return tuple(sorted(self.docket, key=lambda item: place.get(item.section, -1)))

    @property
    def in_session(self) -> bool:
        """Whether it was called to order and has not ended."""
        return self.state == State.IN_SESSION

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens at it."""
        return self.state in {State.ADJOURNED, State.MINUTES_APPROVED, State.CANCELLED}

    def item(self, item_id: str) -> DocketItem | None:
        """The docket's item with this id."""
        return next((i for i in self.docket if item_id and i.id == item_id), None)

    def document(self, number: str) -> DocumentEntry | None:
        """The current document with this number."""
        return next((d for d in self.current_documents if d.number == number), None)


def number_order(number: str) -> tuple[int, int]:
    """How a document's or an item's number sorts: 5.10 comes after 5.2."""
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
    *,
    kind: Kind = Kind.VIRTUAL,
    zone: str = "",
    link: str = "",
    minutes: int = 0,
    until: date | None = None,
    remind_at: datetime | None = None,
) -> tuple[Meeting, Event]:
    """A new meeting with the policy's standing docket. Raises ValidationError for a past date."""
    if starts_at <= by.at:
        raise ValidationError({"day": "Choose a day that is still to come."})
    docket = tuple(
        DocketItem(d.number, d.title, d.minutes, d.action, id=f"i{n}", section=d.section)
        for n, d in enumerate(policy.docket, 1)
    )
    blank = Meeting(id=meeting_id, title=title, code=code, starts_at=starts_at, place=place)
    return advance(
        blank,
        "meeting",
        "plan",
        by,
        before="",
        data={"title": title, "starts_at": starts_at.isoformat()},
        state=State.PLANNED,
        docket=docket,
        made_items=len(docket),
        sections=tuple(policy.docket_sections.names),
        documents_in=policy.docket_sections.documents,
        consent_in=policy.docket_sections.consent,
        kind=kind,
        zone=zone,
        link=link,
        minutes=minutes,
        until=until,
        changed_at=by.at,
        dated_at=by.at,
        remind_at=remind_at,
    )


def minutes_approved(meeting: Meeting, by: Act) -> tuple[Meeting, Event]:
    """The adjourned meeting with its minutes approved. Raises IllegalTransitionError
    before that.
    """
    leads_to = require(TRANSITIONS, "meeting", meeting.state, "approve-minutes")
    return advance(meeting, "meeting", "approve-minutes", by, before=meeting.state, state=leads_to)


def next_number(meeting: Meeting) -> str:
    """The first whole number after every one that the docket or a document ever used."""
    used = [number_order(number)[0] for number in used_numbers(meeting)]
    return f"{max(used, default=0) + 1}.0"


def used_numbers(meeting: Meeting) -> set[str]:
    """Every number that an item has, or that a document ever had."""
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
    kind: str = "petition",
    action: str = "Action",
    revision: int = 1,
    late: bool = False,
    closed: bool = False,
    consent: bool = False,
) -> tuple[Meeting, Event]:
    """The meeting with a numbered document and its docket item, which may be on the consent
    agenda. `text` is which of the document's texts is in force.

    Raises ValidationError for a number that is malformed or was ever used, ConflictError once the
    meeting has begun.
    """
    if by.at >= meeting.starts_at or meeting.state not in TO_COME:
        raise ConflictError(
            "This meeting was cancelled. Choose another one."
            if meeting.state == State.CANCELLED
            else "This meeting has begun. Choose a later one."
        )
    check_number(meeting, number)
    document = DocumentEntry(
        number,
        title,
        kind,
        petition_id,
        by.at,
        document_id=document_id,
        text=text,
        revision=revision,
        late=late,
        closed=closed,
    )
    item = DocketItem(
        number,
        title,
        minutes,
        action,
        presenter,
        number,
        id=f"i{meeting.made_items + 1}",
        section=meeting.consent_in if consent else meeting.documents_in,
        closed=closed,
        consent=consent,
    )
    if consent and meeting.consent_adopted_at:
        raise ConflictError("The consent agenda is adopted already. Choose a later meeting.")
    return advance(
        meeting,
        "meeting",
        "add-document",
        by,
        before="",
        data={"number": number, "title": title, "petition": petition_id},
        documents=(*meeting.documents, document),
        docket=placed_by_number(meeting.docket, item),
        made_items=meeting.made_items + 1,
    )


def check_number(meeting: Meeting, number: str) -> None:
    """Raises ValidationError for a number that is malformed, on the docket, or was ever a
    document's.
    """
    if not _NUMBER.fullmatch(number):
        raise ValidationError({"number": "Write the number as 5.0 or 5.1."})
    if number in used_numbers(meeting):
        raise ValidationError(
            {"number": f"{number} was used already; {next_number(meeting)} is free."}
        )


def placed_by_number(docket: tuple[DocketItem, ...], item: DocketItem) -> tuple[DocketItem, ...]:
    """The docket with an item before the first of its section that has a greater number."""
    for at, other in enumerate(docket):
        if other.section == item.section and number_order(other.number) > number_order(item.number):
            return (*docket[:at], item, *docket[at:])
    return (*docket, item)


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


def packet_published(meeting: Meeting, packet: Packet, by: Act) -> tuple[Meeting, Event]:
    """The record that a packet's file exists, with its digest. The first one posts the meeting."""
    posted = meeting.state in TRANSITIONS["post"][0]
    return advance(
        meeting,
        "meeting",
        "packet-published",
        by,
        before=meeting.state,
        data={
            "packet": packet.number,
            "sha256": packet.sha256,
            "pages": packet.pages,
            "editions": [[one.slug, one.sha256] for one in packet.editions],
        },
        kept={f"packet/{packet.number}": row(packet, "marking")},
        public=meeting.public + any(one.face == Face.PUBLIC for one in packet.editions),
        state=State.POSTED if posted else meeting.state,
    )
