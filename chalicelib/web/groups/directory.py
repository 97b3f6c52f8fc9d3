"""The public directory of groups, as a page and as what one takes along or subscribes to."""

from math import ceil
from urllib.parse import urlencode

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.groups.due import ENDS_WITHIN
from chalicelib.services.groups import directory
from chalicelib.services.groups import feeds as group_feeds
from chalicelib.services.groups.directory import STATES, Wanted
from chalicelib.services.groups.groups import group as load_group
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html

pages = Pages(__name__)

SHOWN = 60
LONGEST = 100


@pages.get("/groups")
def index(request: Request) -> Answer:
    """The groups that somebody looks for: those that live, unless they ask for others."""
    wanted = _asked(request)
    rows = directory.found(request.services, wanted)
    last = max(1, ceil(len(rows) / SHOWN))
    number = min(max(1, whole_number(request.query.get("page", "")) or 1), last)
    units = request.services.policy.units
    return html(
        request,
        "groups/directory.html",
        form=Form(
            {"q": wanted.words, "kind": wanted.kind, "state": wanted.state, "due": wanted.due}
        ),
        asked=_query(wanted),
        rows=rows[(number - 1) * SHOWN : number * SHOWN],
        total=len(rows),
        number=number,
        last=last,
        today=request.services.today().isoformat(),
        labels={unit.kind: unit.label for unit in units},
    )


def _asked(request: Request) -> Wanted:
    query, units = request.query, request.services.policy.units

    def one_of(name: str, known: tuple[str, ...]) -> str:
        value = query.get(name, "")
        return value if value in known else ""

    return Wanted(
        words=query.get("q", "").strip()[:LONGEST],
        kind=one_of("kind", tuple(unit.kind for unit in units)),
        state=one_of("state", STATES),
        due=one_of("due", ENDS_WITHIN),
    )


def _query(wanted: Wanted) -> str:
    """What was asked for, as a link carries it on."""
    pairs = {"q": wanted.words, "kind": wanted.kind, "state": wanted.state, "due": wanted.due}
    return urlencode({name: value for name, value in pairs.items() if value})


@pages.get("/groups.csv")
def as_file(request: Request) -> Answer:
    """The groups that somebody looks for, all of them, as a CSV file."""
    rows = directory.found(request.services, _asked(request))
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="groups-{request.services.today()}.csv"',
    }
    return Answer(directory.as_csv(request.services, rows), 200, headers)


@pages.get("/feeds/{name}")
def feed(request: Request, name: str) -> Answer:
    """What somebody subscribes to: `groups.atom` or `groups.ics`."""
    if name == "groups.atom":
        return Answer(
            group_feeds.atom(request.services),
            200,
            {"Content-Type": "application/atom+xml; charset=utf-8"},
        )
    if name == "groups.ics":
        return _calendar(group_feeds.calendar(request.services), name)
    raise NotFoundError("There is no such feed. Those of groups are groups.atom and groups.ics.")


@pages.get("/groups/{slug}/calendar.ics")
def calendar(request: Request, slug: str) -> Answer:
    """What falls due for one group."""
    found = load_group(request.services, slug)
    return _calendar(group_feeds.calendar_of_group(request.services, found), f"{found.id}.ics")


def _calendar(text: str, name: str) -> Answer:
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Answer(text, 200, headers)
