"""What happens to a meeting before it begins: changed, moved, cancelled, its agenda set, posted."""

import hashlib
import re
from dataclasses import replace
from datetime import date, datetime

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings import milestones
from chalicelib.domain.meetings.meeting import TRANSITIONS, Extension, Kind, Meeting
from chalicelib.domain.meetings.zones import ZONES
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event, canonical_json
from chalicelib.domain.record.record import advance, require
from chalicelib.domain.times import local_date, long_date

_LINK = re.compile(r"https://[^\s<>\"]{3,500}")
# A change of one of these moves the entry in everybody's calendar.
MOVES = ("starts_at", "zone", "place", "link", "kind", "minutes", "until")
PLANNED = ("title", "code", *MOVES)


def edition(meeting: Meeting) -> str:
    """A short digest of what is planned: a form filled in from another plan has another one."""
    planned = [_text(getattr(meeting, name)) for name in PLANNED]
    return hashlib.sha256(canonical_json(planned)).hexdigest()[:16]


def check_plan(wanted: Meeting, first_day: date, policy: Policy) -> None:
    """Raises ValidationError for what does not fit together in a meeting that is to begin on
    `first_day`: a field for each mistake, named as the form names it.
    """
    errors: dict[str, str] = {}
    if wanted.zone and wanted.zone not in {*ZONES, policy.association.zone}:
        errors["zone"] = "Choose one of the time zones listed."
    if wanted.link and not _LINK.fullmatch(wanted.link):
        errors["link"] = "Enter an address that begins with https://, without blanks."
    if not 0 <= wanted.minutes <= policy.limits.meeting_minutes:
        errors["minutes"] = f"Enter minutes from 0 to {policy.limits.meeting_minutes}."
    if wanted.kind == Kind.IN_PERSON and not wanted.place:
        errors["place"] = "Say where the meeting is."
    if wanted.kind == Kind.VIRTUAL and not (wanted.place or wanted.link):
        errors["place"] = "Say where the meeting is, or give its link."
    if wanted.kind == Kind.ASYNCHRONOUS:
        if wanted.until is None:
            errors["until"] = "Enter the last day of the action."
        elif wanted.until < first_day:
            errors["until"] = "Choose a last day that is not before the first."
    if errors:
        raise ValidationError(errors)


def change(
    meeting: Meeting, wanted: Meeting, policy: Policy, by: Act
) -> tuple[Meeting, Event | None]:
    """The meeting as `wanted` plans it. It is moved when a calendar has to change. Without an
    event nothing is different.
    """
    require(TRANSITIONS, "meeting", meeting.state, "change")
    changed = [name for name in PLANNED if getattr(wanted, name) != getattr(meeting, name)]
    if not changed:
        return meeting, None
    if "starts_at" in changed and wanted.starts_at <= by.at:
        raise ValidationError({"day": "Choose a day that is still to come."})
    planned = replace(meeting, **{name: getattr(wanted, name) for name in PLANNED})
    moved = is_moved(meeting, planned)
    if "starts_at" in changed:
        # What had passed by then is known; of what is to come again, staff are reminded again.
        planned = replace(planned, reminded=(), dated_at=by.at)
    return advance(
        planned,
        "meeting",
        "change",
        by,
        before=meeting.state,
        data={"changes": [list(row) for row in changes(meeting, planned)]},
        sequence=meeting.sequence + moved,
        changed_at=by.at,
        remind_at=milestones.next_reminder(planned, by.at, policy),
    )


def is_moved(old: Meeting, new: Meeting) -> bool:
    """Whether a meeting's entry in a calendar has to move."""
    return any(getattr(new, name) != getattr(old, name) for name in MOVES)


def changes(old: Meeting, new: Meeting) -> list[tuple[str, str, str]]:
    """What changed from one plan to the next: field, old value, new value, as stored."""
    return [
        (name, _text(getattr(old, name)), _text(getattr(new, name)))
        for name in PLANNED
        if getattr(new, name) != getattr(old, name)
    ]


def _text(value: str | int | datetime | date | None) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def cancel(meeting: Meeting, reason: str, by: Act) -> tuple[Meeting, Event]:
    """The meeting cancelled. Raises ValidationError without a reason."""
    leads_to = require(TRANSITIONS, "meeting", meeting.state, "cancel")
    if not reason:
        raise ValidationError({"reason": "Give the reason for canceling: the Board is notified."})
    return advance(
        meeting,
        "meeting",
        "cancel",
        by,
        before=meeting.state,
        data={"reason": reason},
        state=leads_to,
        cancel_reason=reason,
        sequence=meeting.sequence + 1,
        changed_at=by.at,
        remind_at=None,
    )


def set_agenda(meeting: Meeting, by: Act) -> tuple[Meeting, Event]:
    """The meeting with its agenda set: the docket is no draft any more."""
    leads_to = require(TRANSITIONS, "meeting", meeting.state, "set-agenda")
    return advance(meeting, "meeting", "set-agenda", by, before=meeting.state, state=leads_to)


def post(meeting: Meeting, by: Act) -> tuple[Meeting, Event]:
    """The meeting posted: its agenda and documents are out."""
    leads_to = require(TRANSITIONS, "meeting", meeting.state, "post")
    return advance(meeting, "meeting", "post", by, before=meeting.state, state=leads_to)


def call_for_items(meeting: Meeting, policy: Policy, by: Act) -> tuple[Meeting, Event]:
    """The meeting with its items called for, once."""
    require(TRANSITIONS, "meeting", meeting.state, "call-for-items")
    if meeting.items_called_at:
        day = local_date(meeting.items_called_at, policy.association.zone)
        raise ConflictError(f"Items were called for on {long_date(day)} already.")
    return advance(
        meeting,
        "meeting",
        "call-for-items",
        by,
        before=meeting.state,
        items_called_at=by.at,
    )


def note_reminded(
    meeting: Meeting, now: list[milestones.Milestone], policy: Policy, by: Act
) -> tuple[Meeting, Event]:
    """The meeting of which staff are reminded that something falls due."""
    names = tuple(str(milestone.name) for milestone in now)
    told = replace(meeting, reminded=(*meeting.reminded, *names))
    return advance(
        told,
        "meeting",
        "remind",
        by,
        before=meeting.state,
        data={"milestones": list(names)},
        remind_at=milestones.next_reminder(told, by.at, policy),
    )


def grant_extension(
    meeting: Meeting,
    name: str,
    mailbox: str,
    until: datetime,
    asked_on: date,
    policy: Policy,
    by: Act,
) -> tuple[Meeting, Event]:
    """The meeting with one more day for somebody's document. It has to be asked for before the
    deadline, so that there is room on the agenda (Board notices, 2021).
    """
    require(TRANSITIONS, "meeting", meeting.state, "grant-extension")
    deadline = milestones.document_deadline(meeting, policy)
    zone = policy.association.zone
    errors = {}
    if not name:
        errors["name"] = "Enter who asked for it."
    if asked_on > min(local_date(deadline, zone), local_date(by.at, zone)):
        errors["asked_on"] = (
            f"It has to be asked for before the deadline, {long_date(local_date(deadline, zone))}."
            if asked_on <= local_date(by.at, zone)
            else "Choose a day that has come."
        )
    if until <= max(deadline, by.at):
        errors["until"] = "Choose a day after the deadline that is still to come."
    elif until >= meeting.starts_at:
        errors["until"] = "Choose a day before the meeting."
    if errors:
        raise ValidationError(errors)
    granted = Extension(name, until, by.actor.name, by.at, mailbox, asked_on)
    return advance(
        meeting,
        "meeting",
        "grant-extension",
        by,
        before=meeting.state,
        data={"name": name, "until": until.isoformat(), "asked_on": asked_on.isoformat()},
        extensions=(*meeting.extensions, granted),
    )
