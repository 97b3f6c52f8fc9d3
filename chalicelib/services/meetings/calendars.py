"""The calendar file of a meeting."""

from datetime import timedelta

from chalicelib.domain.ics import Entry, calendar_file
from chalicelib.domain.meetings import docket
from chalicelib.domain.meetings.meeting import Kind, Meeting, State
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import local_date
from chalicelib.services.meetings.words import KINDS, when, zone_of


def calendar_of(meeting: Meeting, page: str, policy: Policy) -> str:
    """The .ics file of a meeting, whose page is at the address `page`. It follows from the meeting
    alone: what was not changed gives the same file, byte by byte.
    """
    zone = zone_of(meeting, policy)
    first = local_date(meeting.starts_at, zone)
    days = (first, meeting.until or first) if meeting.kind == Kind.ASYNCHRONOUS else None
    minutes = timedelta(minutes=docket.minutes_planned(meeting))
    lines = [
        f"{meeting.code}. {KINDS[meeting.kind]}.",
        f"When: {when(meeting, policy)}",
        *([f"Where: {meeting.place}"] if meeting.place else []),
        *([f"Join: {meeting.link}"] if meeting.link else []),
        *([f"Cancelled: {meeting.cancel_reason}"] if meeting.cancel_reason else []),
        f"Docket, documents and motions: {page}",
    ]
    return calendar_file(
        Entry(
            uid=f"meeting-{meeting.id}@groundswell",
            sequence=meeting.sequence,
            # A meeting of an earlier release does not say when it was planned.
            stamp=meeting.changed_at or meeting.starts_at,
            title=f"{policy.association.short} {meeting.title}",
            starts_at=meeting.starts_at,
            ends_at=meeting.starts_at + minutes,
            days=days,
            cancelled=meeting.state == State.CANCELLED,
            place=meeting.place or meeting.link,
            url=page,
            description="\n".join(lines),
        ),
        policy.association.short,
    )
