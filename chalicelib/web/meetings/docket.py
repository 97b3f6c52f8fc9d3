"""The docket's pages: arranged by staff; an item pulled from the consent agenda."""

from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.meetings import docket as rules
from chalicelib.domain.meetings.meeting import TRANSITIONS, Kind, next_number
from chalicelib.domain.people.roles import authorize, may
from chalicelib.services.meetings.docket import arranged
from chalicelib.services.meetings.words import when
from chalicelib.services.motions.confirming import to_put
from chalicelib.services.packets.content import docket_rows
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

BLANK = {
    "title": "",
    "number": "",
    "minutes": "",
    "action": "",
    "presenter": "",
    "section": "",
    "closed": "",
    "consent": "",
}


@pages.get("/board/meetings/{meeting_id}/docket")
def show(request: Request, meeting_id: str) -> Answer:
    """The docket as staff arrange it."""
    return _page(request, meeting_id)


def _page(
    request: Request,
    meeting_id: str,
    form: Form | None = None,
    section_form: Form | None = None,
    status: int = 200,
) -> Answer:
    authorize(request.actor, "docket.move")
    policy = request.services.policy
    meeting = arranged(request.services, meeting_id)
    rows = docket_rows(meeting, policy.association.zone)
    for at, row in enumerate(rows, 1):
        row["position"] = at
    minutes = policy.meeting(request.services.today()).item_minutes
    blank = {**BLANK, "minutes": minutes}
    return html(
        request,
        "board/docket.html",
        status,
        meeting=meeting,
        when=when(meeting, policy),
        rows=rows,
        groups=[(name, [r for r in rows if r["section"] == name]) for name in meeting.sections],
        needed={meeting.documents_in, meeting.consent_in},
        total=sum(item.minutes for item in meeting.docket),
        free=next_number(meeting),
        form=form or Form(blank),
        section_form=section_form or Form({"name": ""}),
        asked=rules.ASKED,
        limits=policy.limits,
        unconfirmed=to_put(request.services, meeting) if meeting.kind != Kind.ASYNCHRONOUS else [],
        editable=meeting.state in TRANSITIONS["edit-docket"][0],
        may_set=may(request.actor, "meeting.set-agenda")
        and meeting.state in TRANSITIONS["set-agenda"][0],
    )


@pages.form("/board/meetings/{meeting_id}/docket")
def add(request: Request, meeting_id: str) -> Answer:
    """Adds an item."""
    fields = dict(request.form)
    try:
        made = request.perform("docket.add", meeting_id, fields)
    except ValidationError as error:
        return _page(request, meeting_id, Form({**BLANK, **fields}, error.errors), status=422)
    return redirect(_at(meeting_id, f"i{made.made_items}", "item-added"))


@pages.form("/board/meetings/{meeting_id}/docket/sections")
def change_section(request: Request, meeting_id: str) -> Answer:
    """Adds, renames, moves or removes a section."""
    fields = dict(request.form)
    try:
        request.perform("docket.change-section", meeting_id, fields)
    except ValidationError as error:
        form = Form({"name": "", **fields}, error.errors)
        return _page(request, meeting_id, section_form=form, status=422)
    return redirect(f"/board/meetings/{meeting_id}/docket?done=docket")


@pages.form("/board/meetings/{meeting_id}/docket/{item_id}/move")
def move(request: Request, meeting_id: str, item_id: str) -> Answer:
    """Moves an item up or down, or to a position."""
    fields: dict[str, Any] = dict(request.form)
    position = whole_number(fields.pop("position", "") or "")
    if position is not None:
        fields["position"] = position
    request.perform("docket.move", meeting_id, {**fields, "item": item_id})
    return redirect(_at(meeting_id, item_id, "item-moved"))


@pages.form("/board/meetings/{meeting_id}/docket/{item_id}/remove")
def remove(request: Request, meeting_id: str, item_id: str) -> Answer:
    """Takes an item off the docket."""
    request.perform("docket.remove", meeting_id, {"item": item_id})
    return redirect(f"/board/meetings/{meeting_id}/docket?done=item-removed")


@pages.form("/board/meetings/{meeting_id}/docket/{item_id}/pull")
def pull(request: Request, meeting_id: str, item_id: str) -> Answer:
    """Pulls an item from the consent agenda."""
    request.perform("docket.pull", meeting_id, {"item": item_id})
    return redirect(f"/board/meetings/{meeting_id}?done=pulled#docket")


@pages.get("/board/meetings/{meeting_id}/docket/{item_id}/edit")
def edit_form(request: Request, meeting_id: str, item_id: str) -> Answer:
    """An item's own page, to change its words, times and flags."""
    return _item_page(request, meeting_id, item_id)


def _item_page(
    request: Request, meeting_id: str, item_id: str, form: Form | None = None, status: int = 200
) -> Answer:
    authorize(request.actor, "docket.edit")
    meeting = arranged(request.services, meeting_id)
    item = rules.found(meeting, item_id)
    held = {
        "title": item.title,
        "number": item.number,
        "minutes": item.minutes,
        "action": item.action,
        "presenter": item.presenter,
        "section": item.section,
        "closed": "yes" if item.closed else "",
        "consent": "yes" if item.consent else "",
    }
    return html(
        request,
        "board/docket_item.html",
        status,
        meeting=meeting,
        item=item,
        form=form or Form(held),
        asked=rules.ASKED,
        limits=request.services.policy.limits,
    )


@pages.form("/board/meetings/{meeting_id}/docket/{item_id}/edit")
def edit_submit(request: Request, meeting_id: str, item_id: str) -> Answer:
    """Stores the item."""
    fields = dict(request.form)
    try:
        request.perform("docket.edit", meeting_id, {**fields, "item": item_id})
    except ValidationError as error:
        form = Form({**BLANK, **fields}, error.errors)
        return _item_page(request, meeting_id, item_id, form, 422)
    return redirect(_at(meeting_id, item_id, "item-saved"))


def _at(meeting_id: str, item_id: str, done: str) -> str:
    return f"/board/meetings/{meeting_id}/docket?done={done}#item-{item_id}"
