"""Planning a meeting, changing when and where it is, cancelling it, and its calendar file."""

from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.config import settings
from chalicelib.domain.errors import ValidationError
from chalicelib.domain.meetings.lifecycle import edition
from chalicelib.domain.meetings.meeting import TO_COME, Kind, Meeting
from chalicelib.domain.meetings.zones import ZONES, city
from chalicelib.domain.people.roles import authorize
from chalicelib.services.meetings.calendars import calendar_of
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.meetings.words import zone_of
from chalicelib.web.checks.checks import check, looked_over
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

BLANK = {
    "title": "",
    "code": "",
    "kind": Kind.VIRTUAL.value,
    "day": "",
    "time": "13:00",
    "zone": "",
    "place": "",
    "link": "",
    "minutes": "",
    "until": "",
}


@pages.get("/board/meetings/new")
def plan_form(request: Request) -> Answer:
    """Plans a meeting."""
    authorize(request.actor, "meeting.plan")
    return _page(request, Form(BLANK))


@pages.form("/board/meetings/new")
def plan_submit(request: Request) -> Answer:
    """Stores the meeting."""
    try:
        meeting = request.perform("meeting.plan", data=request.form)
    except ValidationError as error:
        return _page(request, Form({**BLANK, **request.form}, error.errors), 422)
    return redirect(f"/board/meetings/{meeting.id}?done=planned")


@pages.get("/board/meetings/{meeting_id}/edit")
def edit_form(request: Request, meeting_id: str) -> Answer:
    """Changes when and where a meeting is, or cancels it."""
    authorize(request.actor, "meeting.change")
    meeting = load_meeting(request.services, meeting_id)
    return _page(request, Form(_planned(request, meeting)), meeting=meeting)


@pages.form("/board/meetings/{meeting_id}/edit")
def edit_submit(request: Request, meeting_id: str) -> Answer:
    """Stores the change."""
    fields = dict(request.form)
    try:
        request.perform("meeting.change", meeting_id, fields)
    except ValidationError as error:
        meeting = load_meeting(request.services, meeting_id)
        # Without what the form showed, it is as good as filled in from the meeting as it is.
        typed = {**BLANK, "seen": edition(meeting), **fields}
        return _page(request, Form(typed, error.errors), 422, meeting)
    return redirect(f"/board/meetings/{meeting_id}?done=meeting-changed")


@pages.form("/board/meetings/{meeting_id}/cancel")
def cancel(request: Request, meeting_id: str) -> Answer:
    """Cancels the meeting."""
    fields = dict(request.form)
    try:
        request.perform("meeting.cancel", meeting_id, fields)
    except ValidationError as error:
        meeting = load_meeting(request.services, meeting_id)
        form = Form(_planned(request, meeting))
        wrong = Form({"reason": "", **fields}, error.errors)
        return _page(request, form, 422, meeting, wrong)
    return redirect(f"/board/meetings/{meeting_id}?done=meeting-cancelled")


def _planned(request: Request, meeting: Meeting) -> dict[str, Any]:
    """The form as the meeting is planned now."""
    local = meeting.starts_at.astimezone(ZoneInfo(zone_of(meeting, request.services.policy)))
    return {
        "title": meeting.title,
        "code": meeting.code,
        "kind": meeting.kind.value,
        "day": local.date().isoformat(),
        "time": f"{local:%H:%M}",
        "zone": meeting.zone,
        "place": meeting.place,
        "link": meeting.link,
        "minutes": meeting.minutes or "",
        "until": meeting.until.isoformat() if meeting.until else "",
        "seen": edition(meeting),
    }


def _page(
    request: Request,
    form: Form,
    status: int = 200,
    meeting: Meeting | None = None,
    cancel_form: Form | None = None,
) -> Answer:
    form = looked_over(request, form, check("meeting-day", "day"))
    own = request.services.policy.association.zone
    zones = [{"value": "", "label": f"{city(own)} time, the association’s own"}]
    zones += [{"value": name, "label": words} for name, words in ZONES.items() if name != own]
    return html(
        request,
        "board/plan.html",
        status,
        form=form,
        meeting=meeting,
        zones=zones,
        cancel_form=cancel_form or Form({"reason": ""}),
        to_come=meeting is None or meeting.state in TO_COME,
    )


@pages.get("/board/meetings/{meeting_id}/calendar.ics")
def calendar(request: Request, meeting_id: str) -> Answer:
    """The meeting for somebody's own calendar."""
    authorize(request.actor, "board.read")
    meeting = load_meeting(request.services, meeting_id)
    page = f"{settings().base_url.rstrip('/')}/board/meetings/{meeting.id}"
    name = "".join(c if c.isalnum() and c.isascii() else "-" for c in meeting.code)
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.ics"',
    }
    return Answer(calendar_of(meeting, page, request.services.policy), 200, headers)
