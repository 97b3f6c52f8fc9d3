"""The Board's seats and the staff: who sits where until when, who comes next, and who decides."""

from datetime import date
from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.people import seating
from chalicelib.domain.people.people import Seat
from chalicelib.domain.people.roles import authorize, may
from chalicelib.services.people import seats
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.record.history import seat_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

HISTORY = 20
SEAT_FIELDS = ("office", "since", "until", "voting", "presiding", "anyway")
INVITE_FIELDS = ("name", "email", *SEAT_FIELDS)
END_FIELDS = ("last", "reason", "silent")
STAFF_FIELDS = ("name", "email", "role")
NO_STAFF = Form({"name": "", "email": "", "role": seats.STAFF})


@pages.get("/staff/board")
def show(request: Request) -> Answer:
    """The Board today, what comes next, and the record of every change."""
    return _page(request, NO_STAFF)


def _page(request: Request, staff_form: Form, status: int = 200) -> Answer:
    authorize(request.actor, "staff.read")
    services = request.services
    known = services.store.seats.register()
    before = whole_number(request.query.get("before", "")) or 0
    events = services.store.seats.history(before, HISTORY)
    return html(
        request,
        "staff/board.html",
        status,
        view=seating.overview(seats.everyone(services, known), services.policy, services.today()),
        today=services.today(),
        rule=services.policy.board(services.today()),
        ending_days=services.policy.terms.ending_days,
        steps=seat_steps(events),
        earlier=events[-1].sequence if events and events[-1].sequence > 1 else 0,
        before=before,
        staff=sorted(services.store.people.staff(), key=lambda person: person.name),
        may_grant=may(request.actor, "staff.grant"),
        staff_form=staff_form,
    )


@pages.get("/staff/board/invite")
def invite_form(request: Request) -> Answer:
    """The form to give somebody a seat, begun for the office that the address names."""
    services = request.services
    authorize(request.actor, "seat.invite")
    office = request.query.get("office", "")
    office = office if office in _titles(request) else ""
    everyone = services.store.people.seated()
    begin = seating.suggested(office, everyone, services.policy, services.today())
    values = {
        **dict.fromkeys(INVITE_FIELDS, ""),
        "office": office,
        "since": begin.since,
        "until": begin.until,
        "voting": "office",
        "presiding": "office",
    }
    return _invite_page(request, Form(values))


def _invite_page(request: Request, form: Form, status: int = 200) -> Answer:
    authorize(request.actor, "seat.invite")
    return html(request, "staff/invite.html", status, form=form, titles=_titles(request))


@pages.form("/staff/board/invite")
def invite(request: Request) -> Answer:
    """Gives somebody a seat."""
    fields = _sent(request, INVITE_FIELDS)
    try:
        request.perform("seat.invite", data=_ticked(fields, "anyway"))
    except ValidationError as error:
        return _invite_page(request, Form(fields, error.errors), 422)
    return redirect("/staff/board?done=seat-given")


@pages.get("/staff/board/people/{person_id}/seats/{seat_id}")
def seat(request: Request, person_id: str, seat_id: str) -> Answer:
    """One seat, with the forms to change it and to end it."""
    return _seat_page(request, f"{person_id}/{seat_id}")


def _seat_page(
    request: Request,
    target: str,
    change: Form | None = None,
    end: Form | None = None,
    status: int = 200,
) -> Answer:
    authorize(request.actor, "seat.change")
    found = seats.place(request.services, target)
    today = request.services.today()
    as_it_is = {
        "office": found.seat.office,
        "since": found.seat.since or "",
        "until": found.seat.until or "",
        "voting": _yes_or_no(found.seat.voting),
        "presiding": _yes_or_no(found.seat.presiding),
        "anyway": "",
    }
    titles = _titles(request)
    return html(
        request,
        "staff/seat.html",
        status,
        person=found.person,
        seat=found.seat,
        is_over=found.seat.over_on(today),
        is_held=found.seat.held_on(today),
        titles=titles if found.seat.office in titles else [*titles, found.seat.office],
        change_form=change or Form(as_it_is),
        end_form=end or Form({"last": _last_day(found.seat, today), "reason": "", "silent": ""}),
    )


def _last_day(seat: Seat, today: date) -> date:
    """The last day that a form to end a seat begins with."""
    return min(today, seat.until) if seat.until else today


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


@pages.form("/staff/board/people/{person_id}/seats/{seat_id}/change")
def change(request: Request, person_id: str, seat_id: str) -> Answer:
    """Changes a seat's office, vote or term."""
    fields, target = _sent(request, SEAT_FIELDS), f"{person_id}/{seat_id}"
    try:
        request.perform("seat.change", target, _ticked(fields, "anyway"))
    except ValidationError as error:
        form = Form(fields, error.errors)
        return _seat_page(request, target, change=form, status=422)
    return redirect("/staff/board?done=seat-changed")


@pages.form("/staff/board/people/{person_id}/seats/{seat_id}/end")
def end(request: Request, person_id: str, seat_id: str) -> Answer:
    """Ends a seat by a day."""
    fields, target = _sent(request, END_FIELDS), f"{person_id}/{seat_id}"
    try:
        request.perform("seat.end", target, _ticked(fields, "silent"))
    except ValidationError as error:
        return _seat_page(request, target, end=Form(fields, error.errors), status=422)
    return redirect("/staff/board?done=seat-ended")


@pages.form("/staff/board/staff")
def grant(request: Request) -> Answer:
    """Puts somebody on the staff."""
    fields = _sent(request, STAFF_FIELDS)
    try:
        request.perform("staff.grant", data=fields)
    except ValidationError as error:
        return _page(request, Form(fields, error.errors), 422)
    return redirect("/staff/board?done=staff-granted")


@pages.form("/staff/board/staff/{person_id}/revoke")
def revoke(request: Request, person_id: str) -> Answer:
    """Takes somebody off the staff."""
    request.perform("staff.revoke", person_id)
    if person_id == request.actor.id:
        # They see this page no more.
        return redirect("/account?done=staff-revoked")
    return redirect("/staff/board?done=staff-revoked")


def _titles(request: Request) -> list[str]:
    services = request.services
    offices = services.policy.offices(services.today())
    return [title for office in offices for title in office.titles]


def _sent(request: Request, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in names}


def _ticked(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """The fields with a box that was ticked or not as an answer."""
    return {**fields, name: bool(fields[name])}
