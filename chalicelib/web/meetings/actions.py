"""What the Board did within a time: by goal area, as a page and as a file."""

import csv
import io
from datetime import date

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.meetings import actions as rules
from chalicelib.domain.meetings.actions import Action
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.people.roles import may
from chalicelib.domain.times import local_date
from chalicelib.services.meetings import actions
from chalicelib.services.signing.exports import defused
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html

pages = Pages(__name__)

# A time longer than this is asked for in parts: each meeting in it is read.
MOST_DAYS = 3 * 366
HEADER = (
    "date,meeting,document,goal area,action,mover,seconder,vote,number of groups,owner,next step,"
    "session"
).split(",")


@pages.get("/board/actions")
def index(request: Request) -> Answer:
    """The digest; closed items for the Board and staff alone."""
    inside = may(request.actor, "board.read")
    form, first, last = _asked(request)
    found: list[Action] = []
    meetings: dict[str, Meeting] = {}
    if not form.errors:
        found, meetings = actions.between(request.services, first, last, inside)
    years = [actions.year_of(request.services, ago) for ago in range(3)]
    areas = request.services.policy.goal_areas
    return html(
        request,
        "board/actions.html",
        422 if form.errors else 200,
        form=form,
        first=first,
        last=last,
        areas=rules.by_area(found, areas),
        meetings=meetings,
        years=years,
        inside=inside,
        total=len(found),
    )


def _asked(request: Request) -> tuple[Form, date, date]:
    """The days that were asked for; without any, the association's year so far."""
    first, last = actions.year_of(request.services)
    values = {
        "from": request.query.get("from", first.isoformat()),
        "to": request.query.get("to", last.isoformat()),
    }
    errors = {}
    days: dict[str, date] = {}
    for name, text in values.items():
        try:
            days[name] = date.fromisoformat(text)
        except ValueError:
            errors[name] = "Enter a day, as in 2024-01-26."
    if not errors and days["to"] < days["from"]:
        errors["to"] = "Choose a last day that is not before the first."
    elif not errors and (days["to"] - days["from"]).days > MOST_DAYS:
        errors["to"] = "Choose three years at most."
    if errors:
        return Form(values, errors), first, last
    return Form(values), days["from"], days["to"]


@pages.get("/board/actions.csv")
def as_file(request: Request) -> Answer:
    """The same as a CSV file, in which no spreadsheet finds a formula."""
    inside = may(request.actor, "board.read")
    form, first, last = _asked(request)
    if form.errors:
        raise ValidationError(dict(form.errors))
    found, meetings = actions.between(request.services, first, last, inside)
    zone = request.services.policy.association.zone
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for one in found:
        meeting = meetings.get(one.meeting_id)
        cells = [
            local_date(one.at, zone).isoformat(),
            meeting.title if meeting else "",
            one.number,
            one.goal_area,
            one.digest,
            one.mover,
            one.seconder,
            one.tally,
            str(one.groups or ""),
            one.owner,
            one.next_step,
            "closed" if one.closed else "open",
        ]
        writer.writerow([defused(cell) for cell in cells])
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="board-actions-{first}-to-{last}.csv"',
    }
    return Answer("\ufeff" + out.getvalue(), 200, headers)
