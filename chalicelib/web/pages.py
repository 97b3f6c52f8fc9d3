"""The front page, static files, health, and what is not there."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.petitions.petition import State
from chalicelib.web.assets import TYPES, files
from chalicelib.web.guard import Pages, View
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, as_json, html, redirect

pages = Pages(__name__)

_BEFORE_THE_BOARD = (State.SUBMITTED, State.VERIFIED, State.SCHEDULED)


@pages.get("/")
def home(request: Request) -> Answer:
    """Petitions that collect now, those with staff and the Board, and the living groups."""
    store, policy = request.services.store, request.services.policy
    wanted = request.query.get("q", "").strip()[:100]
    found = wanted.casefold()

    def matches(row: dict[str, str]) -> bool:
        return found in f"{row['name']} {row['charge']}".casefold()

    labels = {unit.kind: unit.label for unit in policy.units}
    return html(
        request,
        "home.html",
        wanted=wanted,
        labels=labels,
        collecting=[r for r in store.petitions.in_state(State.COLLECTING).rows if matches(r)],
        under_way=[
            r
            for state in _BEFORE_THE_BOARD
            for r in store.petitions.in_state(state).rows
            if matches(r)
        ],
        groups=[r for r in store.groups.listed() if matches(r)],
        kinds=policy.kinds(request.services.today()),
    )


@pages.get("/static/{name}")
def static_file(_request: Request, name: str) -> Answer:
    """A static file under its hashed name, which a browser may keep for a year."""
    asset = files().get(name)
    if asset is None:
        raise NotFoundError("There is no such file.")
    headers = {
        "Content-Type": TYPES[asset.path.suffix],
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Answer(asset.text, 200, headers)


@pages.api("/healthz")
def health(request: Request) -> Answer:
    """Alive, with the store's answer."""
    alive = request.services.store.alive()
    return as_json({"web": "ok", "store": "ok" if alive else "down"}, 200 if alive else 503)


@pages.get("/{proxy+}")
def nothing(_request: Request, **_path: str) -> Answer:
    """Every address that is no page."""
    raise NotFoundError("There is no page at this address. It may have been copied incompletely.")


def ways_back(routes: Mapping[str, Iterable[str]]) -> Pages:
    """Pages for the addresses that only take a form, such as that of a button.

    Who opens one (after signing in, or by reloading) comes to the nearest page above it.
    """
    made = Pages(f"{__name__}.ways_back")
    with_page = {path for path, methods in routes.items() if "GET" in methods}
    for path, methods in routes.items():
        if "POST" in methods and path not in with_page and not path.startswith("/api/"):
            made.get(path)(_way_back(path, with_page))
    return made


def _way_back(path: str, with_page: set[str]) -> View:
    parts = path.split("/")
    depth = next((n for n in range(len(parts) - 1, 1, -1) if "/".join(parts[:n]) in with_page), 1)

    def way_back(request: Request, **_path: str) -> Answer:
        above = request.path.split("/")[1:depth]
        return redirect("/" + "/".join(quote(part) for part in above))

    return way_back
