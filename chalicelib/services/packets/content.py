"""What a packet says: gathered from the store as plain words, ready to be laid out."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.documents import form_text
from chalicelib.domain.documents.document import Kind, Revision
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.meetings import docket
from chalicelib.domain.meetings.meeting import DocumentEntry, Meeting
from chalicelib.domain.packets.packet import Packet
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.form import form_of, kind_label
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.privacy.retention import printed_roster
from chalicelib.domain.signing.signature import Signature, State, stands_for
from chalicelib.domain.times import clock_time, local_date, long_date, long_moment
from chalicelib.services.context import Services
from chalicelib.services.packets.before import changes_of, held_before, marks
from chalicelib.services.packets.charts import signature_progress
from chalicelib.services.packets.forms import file_content, form_content, paragraphs
from chalicelib.services.packets.petition import corrections, since_returned
from chalicelib.services.packets.questions import questions_answered
from chalicelib.services.packets.votes import amended_motions, closed_items, votes_to_confirm


def packet_content(services: Services, meeting: Meeting, packet: Packet) -> dict[str, Any]:
    """The content of a packet as text, numbers and lists; no email address among them.

    Raises ConflictError when a document of the packet was taken off the docket meanwhile.
    """
    policy = services.policy
    zone = policy.association.zone
    before = held_before(services, packet)
    marked = marks(packet, before)
    shut = closed_items(services, meeting)
    amended = amended_motions(services, meeting, packet.asked_at)
    documents = []
    for at, number in enumerate(packet.documents):
        entry = meeting.document(number)
        if entry is None:
            raise ConflictError(f"Doc {number} was taken off the docket. Publish a new packet.")
        # A packet is of the texts that there were when it was asked for.
        text = packet.texts[at] if packet.texts else entry.text
        document = _document(services, meeting, packet, entry, text)
        held = (before or {}).get(number)
        document["changes"] = changes_of(services, entry, text, held, packet.asked_at)
        document["amended"] = amended.get(entry.document_id, [])
        documents.append(document)
    association = policy.association
    return {
        "association": {
            "name": association.name,
            "short": association.short,
            "board": association.board,
            "language": association.language,
            "page_size": association.page_size,
        },
        "meeting": {
            "title": meeting.title,
            "code": meeting.code,
            "when": _weekday(meeting.starts_at, zone),
            "place": meeting.place,
        },
        "version": packet.supplement or packet.issue or packet.number,
        "published": long_date(local_date(packet.asked_at, zone)),
        "published_iso": packet.asked_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "supplement": packet.supplement > 0,
        "inventory": [
            {
                "number": d["number"],
                "code": d["code"],
                "title": d["title"],
                "kind": d["heading"],
                "mark": marked.get(d["number"], ""),
                "anchor": d["anchor"],
                "closed": d["closed"],
                "pages": d["file"]["pages"] if "file" in d else 0,
            }
            for d in documents
        ],
        "votes": votes_to_confirm(services, meeting, packet, shut),
        "left_out": _left_out(services, meeting, packet),
        "docket": [
            {**row, "closed": row["id"] in shut if row["id"] else row["closed"]}
            for row in docket_rows(meeting, zone)
        ],
        "documents": documents,
    }


def _left_out(services: Services, meeting: Meeting, packet: Packet) -> list[dict[str, Any]]:
    """What staff left out of a packet, and why: mostly as it could not be set the last time."""
    tried = {p.at_fault: p.problem for p in services.store.board.packets(meeting.id) if p.at_fault}
    found = []
    for number in packet.without:
        entry = meeting.document(number)
        if entry:
            why = tried.get(number, "")
            reason = f"It could not be set. {why}" if why else "Staff left it out."
            found.append(
                {
                    "number": number,
                    "title": entry.title,
                    "reason": reason,
                    "closed": _is_closed(meeting, entry),
                }
            )
    return found


def _is_closed(meeting: Meeting, entry: DocumentEntry) -> bool:
    return entry.closed or any(i.closed for i in meeting.docket if i.document == entry.number)


def docket_rows(meeting: Meeting, zone: str) -> list[dict[str, Any]]:
    """The docket with running clock times in the meeting's zone, or else in `zone`."""
    here = ZoneInfo(meeting.zone or zone)
    return [
        {
            "id": item.id,
            "section": item.section,
            "number": item.number,
            "title": item.title,
            "presenter": item.presenter,
            "action": item.action,
            "minutes": item.minutes,
            "starts": clock_time(row.starts.astimezone(here)),
            "starts_at": row.starts.isoformat(),
            "ends_at": row.ends.isoformat(),
            "anchor": _anchor(item.document) if item.document else "",
            "closed": item.closed,
            "consent": item.consent and not item.pulled_by,
            "pulled_by": item.pulled_by,
            "confirms": item.confirms,
            "adopted": item.id in meeting.consent_adopted,
        }
        for row in docket.timed(meeting)
        for item in [row.item]
    ]


def _document(
    services: Services,
    meeting: Meeting,
    packet: Packet,
    entry: DocumentEntry,
    number_of_text: int,
) -> dict[str, Any]:
    """One document as a packet prints it."""
    text = _text(services, entry, number_of_text)
    kind, zone = Kind(entry.kind), services.policy.association.zone
    document = services.store.documents.get(entry.document_id) if entry.document_id else None
    received = document.received_at if document else None
    revision = text.revision if text else 1
    content: dict[str, Any] = {
        "number": entry.number,
        "revision": revision,
        "code": f"{meeting.code} Doc {entry.number}"
        + (f" rev. {revision}" if revision > 1 else ""),
        "title": text.title if text else entry.title,
        "anchor": _anchor(entry.number),
        "kind": entry.kind,
        "heading": form_text.HEADINGS[kind],
        "closed": _is_closed(meeting, entry),
    }
    submitted = long_date(local_date(received, zone)) if received else ""
    if text and kind == Kind.FILE and text.file:
        address = f"{services.base_url}/board/documents/{entry.document_id}"
        by = ", ".join(text.form.submitted_by)
        return {**content, "file": {"by": by, **file_content(text.file, address)}}
    if kind == Kind.PETITION:
        content |= _petition(services, entry, packet.asked_at)
    if text:
        # As staff edited it, where they did.
        content["action_form"] = form_content(kind, text.form, submitted, services.policy)
    return content


def _text(services: Services, entry: DocumentEntry, number: int) -> Revision | None:
    """A text of a document; None for what an earlier release scheduled."""
    if not entry.document_id:
        return None
    found = services.store.documents.revision(entry.document_id, number)
    if found is None:
        raise ConflictError(f"The text of Doc {entry.number} is missing.")
    return found


def _petition(services: Services, entry: DocumentEntry, asked_at: datetime) -> dict[str, Any]:
    """What a petition's document has besides its form, which is given as the conveners wrote it."""
    petition = services.store.petitions.get(entry.petition_id)
    if petition is None:
        raise ConflictError(f"The petition of Doc {entry.number} is missing.")
    signed = given(services, petition)
    verified = [s for s in signed if s.state == State.VERIFIED]
    zone = services.policy.association.zone
    progress = signature_progress(petition, verified, services.policy)
    return {
        "action_form": action_form(petition, services.policy),
        "petition": {
            "name": petition.text.name,
            "kind": kind_label(petition, services.policy),
            "charge": petition.text.charge,
            "background": paragraphs(petition.text.background),
            "questions": list(petition.text.questions),
            "conveners": [{"name": c.name, "institution": c.institution} for c in petition.acting],
            "collected": _window(petition, zone),
            "text_digest": petition.text_digest,
            "corrections": corrections(services, petition),
            "returned": since_returned(services, petition, asked_at),
        },
        "roster": printed_roster(verified, zone),
        "verification": verification(services, petition, verified, len(signed)),
        "charts": {"signatures": progress} if progress else {},
        "questions_answered": questions_answered(services, entry.document_id, petition, asked_at)
        if entry.document_id
        else [],
    }


def action_form(petition: Petition, policy: Policy) -> dict[str, Any]:
    """The Board's action form, written from what the conveners answered."""
    submitted = petition.submitted_at
    day = long_date(local_date(submitted, policy.association.zone)) if submitted else ""
    return form_content(Kind.PETITION, form_of(petition, policy), day, policy)


def given(services: Services, petition: Petition) -> list[Signature]:
    """The signatures given to the text as it is now, in the order of signing, without those that
    were never confirmed or were taken back.
    """
    return sorted(
        (s for s in services.store.petitions.signatures(petition.id) if _stands(s, petition)),
        key=lambda s: (s.confirmed_at or s.created_at, s.key),
    )


def verification(
    services: Services, petition: Petition, verified: list[Signature], signed: int
) -> dict[str, Any]:
    """How many of the `signed` were verified, how each was matched, by whom, when, and against
    which roster. What is not known before staff verify the petition is empty.
    """
    zone = services.policy.association.zone
    roster = services.store.rosters.get(petition.roster_version)
    how = [s.match.how if s.match else "" for s in verified]
    return {
        "threshold": petitions.rule_of(petition, services.policy).signatures,
        "verified": len(verified),
        "by_email": how.count("email"),
        "by_member_number": how.count("number"),
        "by_staff": how.count("staff"),
        "not_counted": signed - len(verified),
        "verified_by": petition.verified_by,
        "verified_at": long_moment(petition.verified_at, zone) if petition.verified_at else "",
        "roster_version": str(roster.version),
        "roster_date": long_date(local_date(roster.imported_at, zone))
        if roster.imported_at
        else "",
        "roster_digest": roster.digest,
    }


def _stands(signature: Signature, petition: Petition) -> bool:
    kept = {State.CONFIRMED, State.VERIFIED, State.INVALIDATED}
    return signature.state in kept and stands_for(signature, petition)


def _anchor(number: str) -> str:
    return f"doc-{number.replace('.', '-')}"


def _window(petition: Petition, zone: str) -> str:
    if not petition.opened_at:
        return ""
    until = petition.submitted_at or petition.closes_at
    begin = long_date(local_date(petition.opened_at, zone))
    return f"from {begin} to {long_date(local_date(until, zone))}" if until else f"from {begin}"


def _weekday(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.strftime('%A')}, {long_moment(moment, zone)}"
