"""A meeting in words, for letters, calendars and pages."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.meetings import docket
from chalicelib.domain.meetings.meeting import Kind, Meeting
from chalicelib.domain.meetings.zones import city
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import clock_time, local_date, long_date, long_moment

KINDS = {
    Kind.IN_PERSON: "In person",
    Kind.VIRTUAL: "Virtual",
    Kind.ASYNCHRONOUS: "Asynchronous action",
}


def zone_of(meeting: Meeting, policy: Policy) -> str:
    """The zone in which the meeting's clock runs."""
    return meeting.zone or policy.association.zone


def when(meeting: Meeting, policy: Policy) -> str:
    """`Friday, June 26, 2026, 1:00 to 3:30 p.m. CDT`, or the days of an asynchronous action."""
    zone = zone_of(meeting, policy)
    first = local_date(meeting.starts_at, zone)
    if meeting.kind == Kind.ASYNCHRONOUS:
        last = meeting.until or first
        return long_date(first) if last == first else f"{long_date(first)} to {long_date(last)}"
    begins = f"{first:%A}, {long_moment(meeting.starts_at, zone)}"
    minutes = docket.minutes_planned(meeting)
    if not minutes:
        return begins
    ends = (meeting.starts_at + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    return f"{begins}, until {clock_time(ends)}"


def elsewhere(meeting: Meeting, policy: Policy) -> str:
    """The same start in the association's zone, where the meeting has another; else nothing."""
    if not meeting.zone or meeting.kind == Kind.ASYNCHRONOUS:
        return ""
    own = policy.association.zone
    return f"{long_moment(meeting.starts_at, own)} in {city(own)}"


def change_lines(old: Meeting, new: Meeting, policy: Policy) -> list[str]:
    """What changed between two plans of a meeting, a line for each thing."""
    parts = [
        ("Title", old.title, new.title),
        ("Code", old.code, new.code),
        ("How the Board meets", KINDS[old.kind], KINDS[new.kind]),
        ("When", when(old, policy), when(new, policy)),
        ("Where", old.place, new.place),
        ("Link", old.link, new.link),
    ]
    return [
        f"{label}: {before or 'none'} became {after or 'none'}"
        for label, before, after in parts
        if before != after
    ]
