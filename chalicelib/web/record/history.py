"""The steps of a record, in words for a page."""

from datetime import date
from typing import Any

from chalicelib.domain.documents.document import Kind
from chalicelib.domain.people.people import Seat
from chalicelib.domain.people.seats import term_in_words
from chalicelib.domain.record.events import Event
from chalicelib.web.templating import moment

_PETITION = {
    "draft": "Drafting began",
    "publish": "Opened for signatures",
    "reach-threshold": "Threshold reached",
    "correct": "Corrected by staff",
    "pause": "Signing paused by staff",
    "resume": "Signing went on",
    "submit": "Submitted to staff",
    "verify": "Signatures verified",
    "schedule": "Put on the Board’s docket",
    "approve": "Approved by the Board",
    "decline": "Declined by the Board",
    "return": "Returned for changes",
    "revise": "Withdrawn for revision",
    "withdraw": "Withdrawn by its conveners",
    "expire": "Expired",
    "reject": "Ended by staff",
    "mend-count": "Count corrected by staff",
    "erase": "A signatory’s data erased at their request",
    "anonymise": "Signatories’ personal data deleted",
}


# After the vote that this follows from.
APPROVED = _PETITION["approve"]


def petition_steps(events: list[Event]) -> list[dict[str, Any]]:
    """How a petition came to where it is. Single edits of a draft are left out."""
    return [
        step(event, _PETITION[event.command], _petition_detail(event))
        for event in events
        if event.command in _PETITION
    ]


def _petition_detail(event: Event) -> str:  # noqa: PLR0911, PLR0912 - one line for each kind of step
    data = event.data
    match event.command:
        case "reach-threshold":
            return f"{data['needed']} signatures were found on the membership roster."
        case "pause" | "correct" | "withdraw":
            return str(data["reason"])
        case "submit":
            return f"With {data['verified']} verified signatures; {data['needed']} were needed."
        case "verify":
            return (
                f"{data['verified']} signatures, checked against roster version "
                f"{data['roster_version']} by {event.actor_name}."
            )
        case "schedule":
            return f"{data['meeting_title']}, Doc {data['document']}."
        case "return":
            return str(data["comments"])
        case "approve" | "decline":
            return f"{data.get('vote', '')}.".removeprefix(".").capitalize()
        case "reject":
            return f"{data['title']}. {data['explanation']}"
        case "mend-count":
            before, after = data["before"], data["after"]
            return (
                f"Kept were {before['verified']} verified and {before['confirmed']} confirmed "
                f"signatures; counted were {after['verified']} and {after['confirmed']}."
            )
        case "erase":
            return f"The roster until then has the digest {data['roster_digest']}."
        case "anonymise":
            return (
                f"{sum(data['signatures'].values())} signatures stay without names, "
                f"{data['verified']} of them verified. Their roster had the digest "
                f"{data['roster_digest']}."
            )
        case "expire":
            return f"{data['verified']} of {data['needed']} signatures were verified."
    return ""


_MOTION = {
    "move": "Moved",
    "second": "Seconded",
    "open": "Vote opened",
    "close": "Vote closed",
    "announce": "Result announced",
    "call-virtual": "Vote without a meeting called",
    "extend-vote": "Time extended",
    "recuse": "A member was recused",
    "rejoin": "A recusal was withdrawn",
    "remind": "Reminder to those who had not voted",
    "void": "Vote declared void",
    "hold-anew": "Vote held again",
    "begin-anew": "Started again, after a void vote",
    "confirm": "Confirmed by a meeting",
    "refuse-confirmation": "Confirmation refused by a meeting",
    "withdraw": "Withdrawn",
    "postpone": "Postponed",
    "amend": "Amended",
    "accept-amendment": "Accepted without a vote",
    "divide": "Divided into its actions",
    "divide-off": "Came from a motion that was divided",
}


def motion_steps(events: list[Event]) -> list[dict[str, Any]]:
    """What happened to a motion, and by whom."""
    return [
        step(event, _MOTION[event.command], _motion_detail(event))
        for event in events
        if event.command in _MOTION
    ]


def _motion_detail(event: Event) -> str:
    by, data = f"By {event.actor_name}.", event.data
    match event.command:
        case "move" if data.get("again"):
            return f"{by} It was postponed before."
        case "withdraw" if data.get("with"):
            return "The motion it amends is no longer before the Board."
        case "postpone" if data.get("meeting_title"):
            return f"To {data['meeting_title']}. {by}"
        case "amend":
            how = "by vote" if data["vote"] else "as its mover and seconder accepted"
            return f"{how.capitalize()}. The amendment was moved by {data['mover']}."
    return by


_SEATS = {
    "give-seat": "Seat given",
    "change-seat": "Seat changed",
    "end-seat": "Seat ended early",
    "grant-staff": "Added to staff",
    "revoke-staff": "Removed from staff",
}


def seat_steps(events: list[Event]) -> list[dict[str, Any]]:
    """Who was given which seat or put on the staff, and by whom, in the order of the events."""
    return [
        step(event, f"{_SEATS[event.command]}: {event.data['name']}", _seat_detail(event))
        for event in events
    ]


def _seat_detail(event: Event) -> str:
    data, by = event.data, f"By {event.actor_name}."
    match event.command:
        case "change-seat":
            return f"{_seat_words(data['from'])} became: {_seat_words(data['to'])}. {by}"
        case "end-seat":
            return f"{_seat_words(data)}. {data['reason']} {by}"
        case "grant-staff":
            return f"As {'an administrator' if data['admin'] else 'staff'}. {by}"
        case "revoke-staff":
            return f"They were {'an administrator' if data['admin'] else 'staff'}. {by}"
    return f"{_seat_words(data)}. {by}"


def _seat_words(data: dict[str, Any]) -> str:
    since, until = (date.fromisoformat(d) if d else None for d in (data["since"], data["until"]))
    term = term_in_words(Seat(data["office"], since=since, until=until))
    presiding = ", presiding" if data["presiding"] else ""
    return f"{data['office']}, {term}, {'with' if data['voting'] else 'without'} a vote{presiding}"


def step(event: Event, title: str, detail: str) -> dict[str, Any]:
    return {
        "title": title,
        "when": moment(event.at),
        "iso": event.at.isoformat(),
        "detail": detail,
    }


_DOCUMENT = {
    "make": "Made from its petition",
    "send": "Sent in",
    "acknowledge": "Its sender was answered",
    "number": "Put on the docket",
    "edit-text": "Edited by staff",
    "revise": "A new version",
    "move": "Moved to another meeting",
    "publish": "Published in a packet",
    "tell-late": "Staff were told that an answer is overdue",
    "withdraw": "Withdrawn",
}


def document_steps(events: list[Event]) -> list[dict[str, Any]]:
    """What happened to a document, in words."""
    return [
        step(event, _document_title(event), _document_detail(event))
        for event in events
        if event.command in _DOCUMENT
    ]


def _document_title(event: Event) -> str:
    if event.command == "make" and event.data["kind"] == Kind.RENEWAL:
        return "Made from its group’s renewal"
    return _DOCUMENT[event.command]


def _document_detail(event: Event) -> str:  # noqa: PLR0911 - one line for each kind of step
    data, by = event.data, f"By {event.actor_name}."
    match event.command:
        case "make" | "number" | "move":
            return f"Doc {data['number']}. {by}"
        case "send":
            return f"{by}{' After the deadline.' if data['late'] else ''}"
        case "acknowledge":
            return f"{'Complete' if data['complete'] else 'Something is missing'}. {by}"
        case "edit-text" | "revise":
            return f"{data['why']} {by}" if data["why"] else by
        case "publish":
            return f"{data['packet']}."
        case "withdraw":
            return f"{data['reason']} {by}" if data["reason"] else by
    return ""
