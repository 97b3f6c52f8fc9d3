"""The sections of a docket: added, renamed, moved, taken away."""

from dataclasses import replace

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.meetings.docket import DOWN, UP
from chalicelib.domain.meetings.meeting import TRANSITIONS, Meeting
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require


def add(meeting: Meeting, name: str, by: Act) -> tuple[Meeting, Event]:
    """The meeting with one more section, at the end."""
    _require_new(meeting, name)
    return _told(meeting, f"added {name}", by, sections=(*meeting.sections, name))


def rename(meeting: Meeting, section: str, name: str, by: Act) -> tuple[Meeting, Event | None]:
    """The meeting with a section under another name. Without an event it has that name already."""
    _require(meeting, section)
    if name == section:
        return meeting, None
    _require_new(meeting, name)
    return _told(
        meeting,
        f"{section} became {name}",
        by,
        sections=tuple(name if other == section else other for other in meeting.sections),
        docket=tuple(
            replace(item, section=name) if item.section == section else item
            for item in meeting.docket
        ),
        documents_in=name if meeting.documents_in == section else meeting.documents_in,
        consent_in=name if meeting.consent_in == section else meeting.consent_in,
    )


def move(meeting: Meeting, section: str, direction: str, by: Act) -> tuple[Meeting, Event | None]:
    """The meeting with a section up or down by one, with its items. At the end it stays."""
    at = _require(meeting, section)
    if direction not in {UP, DOWN}:
        raise ValidationError({"direction": "Say whether it goes up or down."})
    to = at + (-1 if direction == UP else 1)
    if not 0 <= to < len(meeting.sections):
        return meeting, None
    order = list(meeting.sections)
    order[at], order[to] = order[to], order[at]
    return _told(meeting, f"moved {section} {direction}", by, sections=tuple(order))


def remove(meeting: Meeting, section: str, by: Act) -> tuple[Meeting, Event]:
    """The meeting without a section. Raises ConflictError while it has items or is needed for
    others.
    """
    _require(meeting, section)
    if any(item.section == section for item in meeting.docket):
        raise ConflictError("Move its items elsewhere first: only an empty section can be removed.")
    if section in {meeting.documents_in, meeting.consent_in}:
        raise ConflictError("Documents or consent items go to this section. Rename it instead.")
    left = tuple(other for other in meeting.sections if other != section)
    return _told(meeting, f"removed {section}", by, sections=left)


def _require(meeting: Meeting, section: str) -> int:
    require(TRANSITIONS, "meeting", meeting.state, "edit-docket")
    if section not in meeting.sections:
        raise NotFoundError("This section is no longer on the docket.")
    return meeting.sections.index(section)


def _require_new(meeting: Meeting, name: str) -> None:
    require(TRANSITIONS, "meeting", meeting.state, "edit-docket")
    if not name:
        raise ValidationError({"name": "Name the section."})
    if name in meeting.sections:
        raise ValidationError({"name": "There is a section of this name already."})


def _told(meeting: Meeting, what: str, by: Act, **changes: object) -> tuple[Meeting, Event]:
    return advance(
        meeting,
        "meeting",
        "change-sections",
        by,
        before=meeting.state,
        data={"what": what},
        **changes,
    )
