"""A meeting's minutes and its action list."""

from typing import Any

from chalicelib.domain.checks.diffs import FieldChange, changed_words, diff, readable
from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.meetings import minutes as rules
from chalicelib.domain.meetings.minutes import Minutes, Section, State
from chalicelib.domain.people.roles import authorize, may
from chalicelib.services.meetings import actions
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.meetings.minutes import approvable_at, minutes
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

_NO_MINUTES = "No minutes of this meeting can be read yet."


@pages.get("/board/meetings/{meeting_id}/minutes")
def show(request: Request, meeting_id: str) -> Answer:
    """The minutes; approved ones are everybody's, without what was done in closed session."""
    return _page(request, meeting_id, Form({"meeting": ""}))


def _page(request: Request, meeting_id: str, form: Form, status: int = 200) -> Answer:
    services, actor = request.services, request.actor
    found = services.store.minutes.get(meeting_id)
    inside = may(actor, "board.read")
    if not inside and (found is None or found.state != State.APPROVED):
        authorize(actor, "board.read")
        raise NotFoundError(_NO_MINUTES)
    meeting = load_meeting(services, meeting_id)
    writes = may(actor, "minutes.edit")
    # A draft is staff's own work until it is distributed.
    hidden = found is not None and found.state == State.DRAFT and not writes
    done = [one for one in actions.of_one(services, meeting) if inside or not one.closed]
    return html(
        request,
        "board/minutes.html",
        status,
        meeting=meeting,
        minutes=None if hidden else found,
        sections=_sections(found, inside) if found and not hidden else [],
        actions=done if inside or found else [],
        may_write=writes and meeting.is_over,
        may_approve=may(actor, "minutes.approve"),
        meetings=approvable_at(services, meeting) if inside else [],
        inside=inside,
        form=form,
    )


def _sections(found: Minutes, inside: bool) -> list[Section]:
    return list(found.sections) if inside else rules.public(found.sections)


@pages.form("/board/meetings/{meeting_id}/minutes/write")
def write(request: Request, meeting_id: str) -> Answer:
    """Writes the minutes from the record."""
    request.perform("minutes.write", meeting_id)
    return redirect(f"/board/meetings/{meeting_id}/minutes?done=minutes-written")


@pages.get("/board/meetings/{meeting_id}/minutes/edit")
def edit_form(request: Request, meeting_id: str) -> Answer:
    """The minutes, section by section, to be put into other words."""
    authorize(request.actor, "minutes.edit")
    return _edit_page(request, meeting_id, {}, Form())


def _edit_page(
    request: Request, meeting_id: str, typed: dict[str, Any], form: Form, status: int = 200
) -> Answer:
    meeting = load_meeting(request.services, meeting_id)
    found = minutes(request.services, meeting_id)
    if found.state == State.APPROVED:
        return redirect(f"/board/meetings/{meeting_id}/minutes")
    texts = {row.get("key"): row.get("text", "") for row in _rows(typed)}
    values: dict[str, Any] = {"why": typed.get("why", "")}
    for number, section in enumerate(found.sections):
        values[f"texts-{number}-text"] = texts.get(section.key, section.text)
    return html(
        request,
        "board/minutes_edit.html",
        status,
        meeting=meeting,
        minutes=found,
        version=typed.get("version", found.version),
        form=Form(values, form.errors),
    )


def _rows(typed: dict[str, Any]) -> list[dict[str, str]]:
    rows = typed.get("texts", [])
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


@pages.form("/board/meetings/{meeting_id}/minutes/edit")
def edit(request: Request, meeting_id: str) -> Answer:
    """Keeps the other words."""
    typed = dict(request.form)
    try:
        request.perform("minutes.edit", meeting_id, typed)
    except ValidationError as error:
        return _edit_page(request, meeting_id, typed, Form({}, error.errors), 422)
    return redirect(f"/board/meetings/{meeting_id}/minutes?done=minutes-saved")


@pages.form("/board/meetings/{meeting_id}/minutes/distribute")
def distribute(request: Request, meeting_id: str) -> Answer:
    """Puts the draft before the Board."""
    request.perform("minutes.distribute", meeting_id)
    return redirect(f"/board/meetings/{meeting_id}/minutes?done=minutes-distributed")


@pages.form("/board/meetings/{meeting_id}/minutes/approve")
def approve(request: Request, meeting_id: str) -> Answer:
    """Notes that the Board approved them."""
    typed = dict(request.form)
    try:
        request.perform("minutes.approve", meeting_id, typed)
    except ValidationError as error:
        return _page(request, meeting_id, Form({"meeting": "", **typed}, error.errors), 422)
    return redirect(f"/board/meetings/{meeting_id}/minutes?done=minutes-approved")


@pages.get("/board/meetings/{meeting_id}/minutes/changes")
def changes(request: Request, meeting_id: str) -> Answer:
    """What people changed: from the text that the record wrote to the present one, or between two
    texts that follow each other.
    """
    authorize(request.actor, "board.read")
    services = request.services
    meeting, found = load_meeting(services, meeting_id), minutes(services, meeting_id)
    if found.state == State.DRAFT:
        authorize(request.actor, "minutes.edit")
    texts = services.store.minutes.texts(meeting_id)
    number = whole_number(request.query.get("text", "")) or 0
    step = next((text for text in texts if text.number == number and number > 1), None)
    generated = [text for text in texts if text.generated]
    was = texts[number - 2] if step else generated[-1]
    now = step or texts[-1]
    return html(
        request,
        "board/minutes_changes.html",
        meeting=meeting,
        texts=texts,
        step=step,
        changes=section_changes(was.sections, now.sections),
    )


def section_changes(was: tuple[Section, ...], now: tuple[Section, ...]) -> list[FieldChange]:
    """What differs between two texts of the minutes, section by section."""
    before = {section.key: section for section in was}
    after = {section.key: section for section in now}
    found = []
    for key in dict.fromkeys([*before, *after]):
        old = before[key].text if key in before else ""
        new = after[key].text if key in after else ""
        if old != new:
            label = (after.get(key) or before[key]).heading
            found.append(FieldChange(key, label, readable(diff(old, new)), changed_words(old, new)))
    return found
