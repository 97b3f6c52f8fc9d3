"""What planning, moving and holding a meeting costs, measured beside the lifecycle.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from benchmarks.support.recorder import Recorder
from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.domain.people.people import SYSTEM

STAFF = "staff@example.org"
MEMBER = "director3@example.org"
WEEKS = timedelta(days=50)


def run(do: Recorder) -> None:
    """Measures a meeting that takes place, and one that is cancelled."""
    staff = do.actor(STAFF)
    earlier = do.services.clock() - WEEKS
    # It was planned weeks ago and is held today.
    then = replace(bootstrap.build(settings(), lambda: earlier), queue=do.queue)
    plan: dict[str, Any] = {
        "title": "Board III",
        "code": "ACRL BIII",
        "day": (do.services.today() - timedelta(days=1)).isoformat(),
        "time": "13:00",
        "place": "Online",
    }
    held = do.run(staff, "meeting.plan", data=plan, services=then).id
    _arranged(do, held)
    _before(do, held)
    _held(do, held)
    coming = (do.services.today() + timedelta(days=20)).isoformat()
    cancelled = do.run(staff, "meeting.plan", data={**plan, "day": coming}).id
    extension = {"name": "Ada Fell", "email": MEMBER, "until": _day(do, 10)}
    extension["asked_on"] = do.services.today().isoformat()
    do.command(staff, "meeting.grant-extension", cancelled, extension)
    # Documents are due within days: staff are reminded of that and of what comes next.
    do.run(SYSTEM, "meeting.remind", cancelled)
    do.command(staff, "meeting.change", cancelled, {**plan, "day": coming, "place": "Room 1"})
    do.command(staff, "meeting.cancel", cancelled, {"reason": "Too few can come."})


def _day(do: Recorder, days: int) -> str:
    return (do.services.today() + timedelta(days=days)).isoformat()


def _arranged(do: Recorder, meeting: str) -> None:
    staff = do.actor(STAFF)
    minutes = {"title": "Minutes of the last meeting", "consent": True}
    do.command(staff, "docket.add", meeting, minutes)
    do.run(staff, "docket.add", meeting, {"title": "Roster", "consent": True})
    do.run(staff, "docket.add", meeting, {"title": "Open microphone", "section": "Closing"})
    do.command(staff, "docket.move", meeting, {"item": "i7", "direction": "up"})
    do.command(staff, "docket.edit", meeting, {"item": "i2", "title": "Welcome", "minutes": 5})
    do.command(staff, "docket.remove", meeting, {"item": "i3"})
    do.command(staff, "docket.change-section", meeting, {"do": "add", "name": "Lunch"})
    do.page("docket", "/board/meetings/{meeting_id}/docket", STAFF, meeting_id=meeting)
    item = "/board/meetings/{meeting_id}/docket/{item_id}/edit"
    do.page("docket_item", item, STAFF, meeting_id=meeting, item_id="i2")


def _before(do: Recorder, meeting: str) -> None:
    staff = do.actor(STAFF)
    do.command(SYSTEM, "meeting.remind", meeting)
    do.command(staff, "meeting.call-for-items", meeting)
    do.command(staff, "meeting.set-agenda", meeting)
    do.command(staff, "meeting.post", meeting)
    do.page("meeting_edit", "/board/meetings/{meeting_id}/edit", STAFF, meeting_id=meeting)
    file = "/board/meetings/{meeting_id}/calendar.ics"
    do.page("meeting_calendar", file, MEMBER, meeting_id=meeting)
    do.command(do.actor(MEMBER), "docket.pull", meeting, {"item": "i6"})


def _held(do: Recorder, meeting: str) -> None:
    staff = do.actor(STAFF)
    table = do.services.store.people.board(do.services.today())
    present = {"present": [person.id for person in table[:12]]}
    show = "/board/meetings/{meeting_id}"
    do.page("meeting_roll", show, STAFF, meeting_id=meeting)
    do.command(staff, "meeting.begin", meeting, present)
    arrived = {"person": table[12].id, "what": "arrived"}
    do.command(staff, "meeting.note-attendance", meeting, arrived)
    do.page("meeting_in_session", show, STAFF, meeting_id=meeting)
    do.command(staff, "consent.adopt", meeting)
    do.command(staff, "meeting.adjourn", meeting)
