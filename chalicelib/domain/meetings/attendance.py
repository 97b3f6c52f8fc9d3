"""Who is at a meeting: the roll at its call to order, who comes and who leaves, and the quorum."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings.meeting import TRANSITIONS, Attendee, Meeting
from chalicelib.domain.motions.tally import count
from chalicelib.domain.people.people import Act, Person
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require
from chalicelib.domain.times import local_date, long_date

ARRIVED, LEFT = "arrived", "left"


def begin(
    meeting: Meeting, people: Iterable[Person], policy: Policy, by: Act
) -> tuple[Meeting, Event]:
    """The meeting called to order, with the roll: the seats that are there. Raises ConflictError
    before its day.
    """
    leads_to = require(TRANSITIONS, "meeting", meeting.state, "begin")
    zone = meeting.zone or policy.association.zone
    day = local_date(meeting.starts_at, zone)
    if local_date(by.at, zone) < day:
        raise ConflictError(
            f"This meeting is on {long_date(day)}. Call it to order on that day, or move it first."
        )
    present = tuple(_attendee(person, policy, by) for person in people)
    return advance(
        meeting,
        "meeting",
        "begin",
        by,
        before=meeting.state,
        data={"present": [f"{one.name}, {one.office}" for one in present]},
        state=leads_to,
        called_at=by.at,
        present=present,
        remind_at=None,
    )


def _attendee(person: Person, policy: Policy, by: Act) -> Attendee:
    """A person as the seat that they hold today. Raises ValidationError for somebody
    without one.
    """
    seat = person.seat_on(local_date(by.at, policy.association.zone))
    if seat is None:
        raise ValidationError(
            {"present": f"{person.name} holds no seat at the Board’s table today."}
        )
    return Attendee(person.id, person.name, seat.office, seat.voting)


def note(
    meeting: Meeting, person: Person, what: str, policy: Policy, by: Act
) -> tuple[Meeting, Event]:
    """The meeting with somebody who arrived or left. Raises ConflictError when they did
    so before.
    """
    require(TRANSITIONS, "meeting", meeting.state, "note-attendance")
    there = next((one for one in there_now(meeting) if one.person_id == person.id), None)
    if what == ARRIVED:
        if there:
            raise ConflictError(f"{person.name} is there already.")
        present = (*meeting.present, replace(_attendee(person, policy, by), arrived_at=by.at))
    elif what == LEFT:
        if there is None:
            raise ConflictError(f"{person.name} is not there.")
        gone = replace(there, left_at=by.at)
        present = tuple(gone if one is there else one for one in meeting.present)
    else:
        raise ValidationError({"what": "Say whether they arrived or left."})
    return advance(
        meeting,
        "meeting",
        "note-attendance",
        by,
        before=meeting.state,
        data={"person": person.name, "what": what},
        present=present,
    )


def adjourn(meeting: Meeting, by: Act) -> tuple[Meeting, Event]:
    """The meeting ended."""
    leads_to = require(TRANSITIONS, "meeting", meeting.state, "adjourn")
    return advance(
        meeting,
        "meeting",
        "adjourn",
        by,
        before=meeting.state,
        state=leads_to,
        adjourned_at=by.at,
    )


def there_now(meeting: Meeting) -> tuple[Attendee, ...]:
    """Who is there and has not left."""
    return tuple(one for one in meeting.present if one.left_at is None)


def there_between(meeting: Meeting, since: datetime, until: datetime) -> tuple[Attendee, ...]:
    """Who was there, by the roll, at some moment of a stretch of time; each of them once."""
    begun, ended = meeting.called_at, meeting.adjourned_at
    if begun is None or until < begun or (ended is not None and since > ended):
        return ()
    found = [
        one
        for one in meeting.present
        if (one.arrived_at or begun) <= until and (one.left_at is None or one.left_at >= since)
    ]
    return tuple({one.person_id: one for one in found}.values())


def quorum(meeting: Meeting, policy: Policy) -> int:
    """How many voting members have to be there, by the Board's rule on the meeting's day."""
    day = local_date(meeting.starts_at, policy.association.zone)
    return count([], 0, policy.board(day)).quorum


def has_quorum(meeting: Meeting, policy: Policy) -> bool:
    """Whether enough voting members are there now."""
    return sum(one.voting for one in there_now(meeting)) >= quorum(meeting, policy)
