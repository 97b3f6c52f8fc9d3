"""Calendar files, read by another program's parser."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from chalicelib.domain.ics import LINE_OCTETS, Entry, calendar_file
from chalicelib.domain.meetings import lifecycle as meeting_lifecycle
from chalicelib.domain.meetings.meeting import Kind
from chalicelib.services.meetings.calendars import calendar_of
from tests.domain.builders import DAY, NOW, POLICY, chicago, meeting, staff

PAGE = "https://groundswell.example.org/board/meetings/m1"


def event_of(text):
    """The one event of a calendar file, and the calendar."""
    found = Calendar.from_ical(text)
    (event,) = found.walk("VEVENT")
    assert not found.errors
    assert not event.errors
    return event


def read(found):
    return event_of(calendar_of(found, PAGE, POLICY))


def test_a_meeting_with_its_hours_place_and_page():
    found = replace(meeting(), starts_at=chicago(2024, 7, 5, 13), link="https://meet.example.org/1")
    event = read(found)
    assert event["UID"] == "meeting-m1@groundswell"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert event["DTSTART"].dt == datetime(2024, 7, 5, 18, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2024, 7, 5, 18, 25, tzinfo=UTC)  # as long as its docket
    assert event["DTSTAMP"].dt == NOW
    assert (event["SUMMARY"], event["LOCATION"]) == ("ACRL Board I", "Room 1")
    assert event["URL"] == PAGE
    assert "Join: https://meet.example.org/1" in event["DESCRIPTION"]
    assert event["DESCRIPTION"].startswith("ACRL MW 24. Virtual.\nWhen: Friday, July 5, 2024")


def test_the_same_meeting_is_the_same_file():
    assert calendar_of(meeting(), PAGE, POLICY) == calendar_of(meeting(), PAGE, POLICY)


def test_a_moved_meeting_keeps_its_uid_and_counts_on():
    first = read(meeting())
    later = replace(meeting(), starts_at=meeting().starts_at + DAY)
    moved, _ = meeting_lifecycle.change(meeting(), later, POLICY, staff(NOW + DAY))
    event = read(moved)
    assert event["UID"] == first["UID"]
    assert event["SEQUENCE"] == 1
    assert event["DTSTAMP"].dt == NOW + DAY
    assert event["DTSTART"].dt - first["DTSTART"].dt == DAY


def test_a_cancelled_meeting_says_so_with_a_higher_sequence():
    cancelled, _ = meeting_lifecycle.cancel(meeting(), "A storm; nobody can travel, alas.", staff())
    event = read(cancelled)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert "Cancelled: A storm; nobody can travel, alas." in event["DESCRIPTION"]


def test_an_asynchronous_action_takes_whole_days():
    found = replace(
        meeting(),
        kind=Kind.ASYNCHRONOUS,
        starts_at=chicago(2024, 7, 5),
        until=date(2024, 7, 18),
        place="",
    )
    event = read(found)
    assert event["DTSTART"].dt == date(2024, 7, 5)
    assert event["DTEND"].dt == date(2024, 7, 19)  # the first day on which it is over
    assert event["TRANSP"] == "TRANSPARENT"
    assert "LOCATION" not in event


def test_a_meeting_of_an_earlier_release_has_a_stamp_too():
    old = replace(meeting(), changed_at=None)
    assert read(old)["DTSTAMP"].dt == old.starts_at


@pytest.mark.parametrize(
    "text",
    ["a, b; c \\ d", "two\nlines", "BEGIN:VEVENT\r\nUID:x", "ü" * 80, "\N{DOVE OF PEACE}" * 40],
)
def test_whatever_was_typed_stays_text(text):
    found = replace(meeting(), title=text, place=text)
    event = read(found)
    lines = "\n".join(text.splitlines())
    assert event["SUMMARY"] == f"ACRL {lines}"
    assert event["LOCATION"] == lines


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=300))
def test_lines_are_folded_and_read_back_whole(text):
    entry = Entry(
        uid="u",
        sequence=0,
        stamp=NOW,
        title=text,
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=1),
    )
    file = calendar_file(entry, "ACRL")
    assert all(len(line.encode()) <= LINE_OCTETS for line in file.split("\r\n"))
    assert file.endswith("END:VCALENDAR\r\n")
    assert str(event_of(file)["SUMMARY"]) == "\n".join(text.splitlines())
