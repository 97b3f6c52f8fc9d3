"""Calendar files (RFC 5545). One meeting is one event, with the same UID for ever; what falls due
on days is a calendar of several.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

# RFC 5545, 3.1: a line has at most 75 octets, its end left out.
LINE_OCTETS = 75


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a calendar shows of a meeting, or of a day. `days` are the first and the last day of one
    without an hour; otherwise it goes from `starts_at` to `ends_at`. `stamp` is when it was last
    changed.
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


def all_day(uid: str, title: str, day: date, stamp: datetime, url: str, description: str) -> Entry:
    """The entry of something that falls due on a day. What moves to another day is another thing:
    its `uid` names the day.
    """
    noon = datetime.combine(day, time(12), UTC)
    return Entry(
        uid=uid,
        sequence=0,
        stamp=stamp,
        title=title,
        starts_at=noon,
        ends_at=noon,
        days=(day, day),
        url=url,
        description=description,
    )


def calendar_file(entry: Entry, producer: str) -> str:
    """The text of an .ics file with one event. Times are in UTC, which every calendar shows in its
    reader's own zone, so that no description of zones has to come along.
    """
    return _file([*_head(producer), *_event(entry)])


def calendar_feed(entries: Iterable[Entry], producer: str, title: str) -> str:
    """The text of a calendar that somebody subscribes to, under a title (RFC 7986, 5.1, and the
    name that calendars knew before it). They are asked to look again once a day.
    """
    name = _text(title)
    lines = [*_head(producer), f"NAME:{name}", f"X-WR-CALNAME:{name}"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:P1D", "X-PUBLISHED-TTL:P1D"]
    return _file([*lines, *(line for entry in entries for line in _event(entry))])


def _head(producer: str) -> list[str]:
    return [
        "VERSION:2.0",
        f"PRODID:-//{_text(producer)}//Groundswell//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]


def _file(lines: list[str]) -> str:
    whole = ["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]
    return "".join(f"{part}\r\n" for line in whole for part in _folded(line))


def _event(entry: Entry) -> list[str]:
    lines = [
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
    return [*lines, "END:VEVENT"]


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
