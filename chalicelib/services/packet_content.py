"""What a packet says: gathered from the store as plain words, ready to be laid out."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain import docket
from chalicelib.domain import petition as petitions
from chalicelib.domain.errors import Conflict
from chalicelib.domain.meeting import DocumentEntry, Meeting, Packet
from chalicelib.domain.petition import Petition
from chalicelib.domain.petition_form import form_of, kind_label, recommended_motion
from chalicelib.domain.policy import Policy
from chalicelib.domain.retention import printed_roster
from chalicelib.domain.signature import Signature, State, stands_for
from chalicelib.domain.times import clock_time, local_date, long_date, long_moment
from chalicelib.services.context import Services


def packet_content(services: Services, meeting: Meeting, packet: Packet) -> dict[str, Any]:
    """The content of a packet as text, numbers and lists; no e-mail address among them.

    Raises Conflict when a document of the packet was taken off the docket meanwhile.
    """
    policy = services.policy
    zone = policy.association.zone
    earlier = set()
    if packet.number > 1:
        before = services.store.board.packet(meeting.id, packet.number - 1)
        earlier = set(before.documents) if before else set()
    documents = []
    for number in packet.documents:
        document = meeting.document(number)
        if document is None:
            raise Conflict(f"Doc {number} was taken off the docket. Publish a new packet.")
        documents.append(_document(services, meeting, document))
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
        "version": packet.number,
        "published": long_date(local_date(packet.asked_at, zone)),
        "published_iso": packet.asked_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "supplement": False,
        "inventory": [
            {
                "number": d["number"],
                "code": d["code"],
                "title": d["title"],
                "kind": "Action form",
                "mark": "new" if earlier and d["number"] not in earlier else "",
                "anchor": d["anchor"],
            }
            for d in documents
        ],
        "docket": docket_rows(meeting, zone),
        "documents": documents,
    }


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
            "adopted": item.id in meeting.consent_adopted,
        }
        for row in docket.timed(meeting)
        for item in [row.item]
    ]


def _document(services: Services, meeting: Meeting, document: DocumentEntry) -> dict[str, Any]:
    petition = services.store.petitions.get(document.petition_id)
    if petition is None:
        raise Conflict(f"The petition of Doc {document.number} is missing.")
    signed = given(services, petition)
    verified = [s for s in signed if s.state == State.VERIFIED]
    zone = services.policy.association.zone
    return {
        "number": document.number,
        "code": f"{meeting.code} Doc {document.number}",
        "title": document.title,
        "anchor": _anchor(document.number),
        "kind": "petition",
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
        },
        "roster": printed_roster(verified, zone),
        "verification": verification(services, petition, verified, len(signed)),
    }


def action_form(petition: Petition, policy: Policy) -> dict[str, Any]:
    """The Board's action form, written from what the conveners answered."""
    form = form_of(petition, policy)
    submitted = petition.submitted_at
    return {
        "to": policy.association.board,
        "subject": form.subject,
        "submitted_by": list(form.submitted_by),
        "date_submitted": long_date(local_date(submitted, policy.association.zone))
        if submitted
        else "",
        "background": paragraphs(form.background),
        "stakeholders": paragraphs(form.stakeholders) or ["None named."],
        "fiscal_impact": paragraphs(form.fiscal_impact) or ["None stated."],
        "action_recommended": recommended_motion(petition, policy),
        "goal_area": form.goal_area,
        "goal_areas": list(policy.goal_areas),
    }


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: parts between blank lines, line ends within them as spaces."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return [part for part in parts if part]


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
