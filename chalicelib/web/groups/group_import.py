"""Staff bring in the groups that were there before this software."""

import csv
import io

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.groups import rows as group_rows
from chalicelib.domain.people.roles import authorize
from chalicelib.services.groups import group_import
from chalicelib.web.forms import Form, Upload
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

NOTHING = Form({"file": "", "tell": ""})
EXAMPLE = (
    "Open Textbooks",
    "Discussion group",
    "To share what it takes to keep openly licensed textbooks up to date.",
    "2024-01-26",
    "",
    "Ada Fell <ada@example.org>; Bo Grand <bo@example.org>",
    "Fernwood College; Lakeshore University",
    "Every second Thursday, by video",
    "https://connect.example.org/open",
    "open-l@example.org",
    "",
)


@pages.get("/staff/groups/import")
def show(request: Request) -> Answer:
    """The form for a file, and what has to be in it."""
    return _page(request, NOTHING)


def _page(request: Request, form: Form, status: int = 200) -> Answer:
    authorize(request.actor, "group.import")
    return html(
        request,
        "staff/group_import.html",
        status,
        form=form,
        limits=request.services.policy.groups,
        heads=group_rows.TEMPLATE,
        kinds=[unit.label for unit in request.services.policy.kinds(request.services.today())],
    )


@pages.get("/staff/groups/import.csv")
def template(request: Request) -> Answer:
    """A file to fill in, with a made-up group in its first row."""
    authorize(request.actor, "group.import")
    made = io.StringIO()
    csv.writer(made).writerows([group_rows.TEMPLATE, EXAMPLE])
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="groups.csv"',
    }
    return Answer(made.getvalue(), 200, headers)


@pages.upload("/staff/groups/import")
def upload(request: Request) -> Answer:
    """Reads the file and shows what it would bring in. Nothing has changed yet."""
    file = request.form.get("file")
    try:
        if not isinstance(file, Upload) or not file.name:
            raise ValidationError({"file": "Choose a CSV file."})
        return _preview(request, file.content)
    except ValidationError as error:
        return _page(request, Form(NOTHING.values, error.errors), 422)


def _preview(request: Request, content: bytes) -> Answer:
    found = group_import.preview(request.services, request.actor, content)
    today = request.services.today()
    new = [one for one in found if one.group]
    return html(
        request,
        "staff/group_import_preview.html",
        new=new,
        past=[one for one in new if one.ended_before(today)],
        here=[one for one in found if one.here],
        wrong=[one for one in found if one.wrong],
        not_used=group_import.not_used(request.services, content),
        text=group_import.text_of(content),
        form=NOTHING,
        limits=request.services.policy.groups,
    )


@pages.form("/staff/groups/import/run")
def run(request: Request) -> Answer:
    """Brings in what the preview showed, as much as is done at once."""
    content = request.form.get("text", "").encode()
    tell = request.form.get("tell") == "yes"
    if not content:
        return redirect("/staff/groups/import")
    try:
        found = group_import.preview(request.services, request.actor, content)
        done, left = group_import.carry_out(request.services, request.actor, content, tell)
    except ValidationError as error:
        return _page(request, Form(NOTHING.values, error.errors), 422)
    return html(
        request,
        "staff/group_import_done.html",
        done=done,
        here=[one for one in found if one.here],
        wrong=[one for one in found if one.wrong],
        left=left,
        text=request.form.get("text", ""),
        tell=tell,
    )
