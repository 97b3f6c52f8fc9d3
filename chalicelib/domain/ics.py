"""A meeting as a calendar file (RFC 5545). One meeting is one event, with the same UID for ever."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

# RFC 5545, 3.1: a line has at most 75 octets, its end left out.
LINE_OCTETS = 75


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a calendar shows of a meeting. `days` are the first and the last day of one without
    an hour; otherwise it goes from `starts_at` to `ends_at`. `stamp` is when it was last changed.
    """

    uid: str
    sequence: int
    stamp: datetime
    title: str
    starts_at: datetime
    ends_at: datetime
    days: tuple[date, date] | None = None
    cancelled: bool = False
    place: str = ""
    url: str = ""
    description: str = ""


def calendar_file(entry: Entry, producer: str) -> str:
    """The text of an .ics file with one event. Times are in UTC, which every calendar shows in its
    reader's own zone, so that no description of zones has to come along.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(producer)}//Groundswell//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_utc(entry.stamp)}",
        f"LAST-MODIFIED:{_utc(entry.stamp)}",
        *_span(entry),
        f"SUMMARY:{_text(entry.title)}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
    ]
    if entry.place:
        lines.append(f"LOCATION:{_text(entry.place)}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    if entry.description:
        lines.append(f"DESCRIPTION:{_text(entry.description)}")
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _span(entry: Entry) -> list[str]:
    if entry.days is None:
        return [f"DTSTART:{_utc(entry.starts_at)}", f"DTEND:{_utc(entry.ends_at)}"]
    first, last = entry.days
    # The end is the first day on which it is over. Nobody is busy all that time.
    return [
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        "TRANSP:TRANSPARENT",
    ]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A value as TEXT (3.3.11): what has a meaning there is escaped, and line ends are `\\n`."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(escaped.splitlines())


def _folded(line: str) -> Iterable[str]:
    """The line in parts of at most 75 octets, each but the first behind a blank. No character is
    cut in two.
    """
    part, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part += character
        octets += size
    yield part
