"""What staff take along from a petition: signatures as CSV, and a roster to print."""

from chalicelib.services.signing import exports
from chalicelib.web.forms import whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html

pages = Pages(__name__)

PARTS_SHOWN = 10


@pages.get("/staff/petitions/{petition_id}/signatures.csv")
def signatures_csv(request: Request, petition_id: str) -> Answer:
    """One part of a petition's signatures, as a file."""
    services = request.services
    petition = exports.petition_for(services, request.actor, petition_id)
    part = exports.csv_part(services, petition, request.query.get("after", ""))
    number = whole_number(request.query.get("part", "")) or 1
    several = number > 1 or bool(part.after)
    name = exports.file_name(petition, services.clock(), number if several else 0)
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Answer(part.text, 200, headers)


@pages.get("/staff/petitions/{petition_id}/parts")
def parts(request: Request, petition_id: str) -> Answer:
    """The parts of a petition's signatures, where they do not fit in one file."""
    services = request.services
    petition = exports.petition_for(services, request.actor, petition_id)
    first = whole_number(request.query.get("part", "")) or 1
    after = request.query.get("after", "")
    starts, further = exports.part_starts(services, petition, after, PARTS_SHOWN)
    return html(
        request,
        "staff/csv_parts.html",
        petition=petition,
        parts=list(enumerate(starts, first)),
        further=further,
        next_part=first + len(starts),
        rows=exports.PART_ROWS,
    )


@pages.get("/staff/petitions/{petition_id}/roster")
def roster(request: Request, petition_id: str) -> Answer:
    """The verified signatures, made to be printed."""
    services = request.services
    petition = exports.petition_for(services, request.actor, petition_id)
    return html(
        request,
        "staff/print_roster.html",
        petition=petition,
        now=services.clock(),
        in_force=services.store.rosters.current(),
        **exports.roster(services, petition),
    )
