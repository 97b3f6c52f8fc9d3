"""The record's seals, and how anybody at the table can check them."""

from chalicelib.domain.people.roles import authorize
from chalicelib.domain.record.seal import SHORTEST
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html

pages = Pages(__name__)

# About two months of nights.
SHOWN = 60


@pages.get("/board/record")
def record(request: Request) -> Answer:
    """The nightly seals, the latest first."""
    authorize(request.actor, "board.read")
    seals = request.services.store.record.seals(limit=SHOWN, newest_first=True)
    return html(
        request,
        "board/record.html",
        seals=[(seal, in_groups(seal.digest[:SHORTEST])) for seal in seals],
        whole=in_groups(seals[0].digest) if seals else "",
    )


def in_groups(digest: str) -> str:
    """A digest as it is written down by hand: in groups of four."""
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))
