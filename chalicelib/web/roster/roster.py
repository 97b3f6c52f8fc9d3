"""The membership roster: which one is in force, and putting a newer one in its place."""

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.roster.roster import ImportState
from chalicelib.services.roster import rosters
from chalicelib.web.forms import Form, Upload
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

ROWS_SHOWN = 8
PROBLEMS_SHOWN = 1_000
CHANGES_SHOWN = 200
HEADS_SHOWN = 50
# Characters of each.
HEAD_SHOWN = 80


@pages.get("/staff/roster")
def show(request: Request) -> Answer:
    """The roster in force, how far an import is, and the form for a newer one."""
    authorize(request.actor, "roster.read")
    return _page(request, Form({"file": ""}))


def _page(request: Request, form: Form, status: int = 200) -> Answer:
    store = request.services.store.rosters
    job = store.last_import()
    importing = job is not None and job.state == ImportState.IMPORTING
    if not importing and request.query.get("done") == "roster":
        # The page reloads itself when the import is over; then this is no news any more.
        del request.query["done"]
    return html(
        request,
        "staff/roster.html",
        status,
        roster=store.current(),
        job=job,
        importing=importing,
        limits=request.services.policy.limits,
        form=form,
    )


@pages.upload("/staff/roster")
def upload(request: Request) -> Answer:
    """Reads the file and shows what is in it. Nothing is in force yet."""
    file = request.form.get("file")
    try:
        if not isinstance(file, Upload) or not file.name:
            raise ValidationError({"file": "Choose the CSV file that the membership system made."})
        digest = rosters.upload(request.services, request.actor, file.content)
    except ValidationError as error:
        return _page(request, Form({"file": ""}, error.errors), 422)
    return redirect(f"/staff/roster/{digest}")


@pages.get("/staff/roster/{digest}")
def preview(request: Request, digest: str) -> Answer:
    """What an uploaded roster holds and would change."""
    found = rosters.preview(request.services, request.actor, digest)
    return html(
        request,
        "staff/roster_preview.html",
        digest=digest,
        reading=found.reading,
        not_used=[head[:HEAD_SHOWN] for head in found.reading.not_used[:HEADS_SHOWN]],
        numbered=any(entry.member_number for entry in found.reading.entries),
        rows_read=found.reading.entries[:ROWS_SHOWN],
        problems=found.reading.problems[:PROBLEMS_SHOWN],
        changes=found.changes[:CHANGES_SHOWN],
        changed=len(found.changes),
        current=request.services.store.rosters.current(),
    )


@pages.form("/staff/roster/{digest}")
def confirm(request: Request, digest: str) -> Answer:
    """Puts the roster in line to be imported."""
    request.perform("roster.import", digest)
    return redirect("/staff/roster?done=roster")
