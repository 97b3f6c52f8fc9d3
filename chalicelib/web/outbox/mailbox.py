"""The letters that the local SES holds, so that a newcomer can follow every link.

Only on somebody's own machine: `app.py` does not register these pages anywhere else, and they
check once more by themselves.
"""

import json
import os
import re
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.clock import OwnClock
from chalicelib.config import settings
from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)


def letters() -> list[dict[str, Any]]:
    """The letters sent so far, the newest first. Raises NotFoundError away from a local machine."""
    if not settings().local:
        raise NotFoundError("There is no page at this address.")
    address = f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - the local AWS
        held = json.load(answer)
    found = [
        {
            "id": letter["MessageId"].partition("@")[0],
            "to": ", ".join(letter["To"]),
            "subject": letter["Subject"],
            "text": letter["BodyText"],
            "sent": datetime.fromtimestamp(letter["Timestamp"], UTC).isoformat(),
        }
        for account in held["messages"].values()
        for letter in account
    ]
    return found[::-1]


@pages.get("/mailbox")
def index(request: Request) -> Answer:
    """All letters, or those to one address."""
    to = request.query.get("to", "").strip().casefold()
    found = [x for x in letters() if not to or to in x["to"].casefold()]
    clock = request.services.clock
    own = clock if isinstance(clock, OwnClock) else None
    return html(
        request,
        "mailbox/index.html",
        letters=found[:200],
        to=to,
        more=len(found) > 200,
        clock={"now": own(), "ahead": own.ahead() // timedelta(days=1)} if own else None,
        forward=FORWARD,
    )


# For how many days the clock of one's own machine can be put forward at once.
FORWARD = {"1": "Forward a day", "7": "Forward a week"}


@pages.form("/mailbox/clock")
def put_forward(request: Request) -> Answer:
    """Puts the clock of somebody's own machine forward."""
    clock, days = request.services.clock, request.form.get("days", "")
    if not isinstance(clock, OwnClock):
        raise NotFoundError("There is no page at this address.")
    if days not in FORWARD:
        raise ValidationError({"days": "Choose a day or a week."})
    clock.forward(int(days))
    return redirect("/mailbox?done=clock")


@pages.get("/mailbox/{number}")
def show(request: Request, number: str) -> Answer:
    """One letter as text, its links ready to follow."""
    found = letters()
    wanted = [x for x in found if x["id"] == number]
    if not wanted:
        raise NotFoundError("This email is gone: the mailbox keeps the emails of this data folder.")
    return html(request, "mailbox/show.html", letter=wanted[0], pieces=pieces(wanted[0]["text"]))


_URL = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]])")


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address on this site, to be a link.

    Addresses elsewhere stay text: somebody may have typed them into a petition.
    """
    base = settings().base_url
    parts = enumerate(_URL.split(text))
    return [
        (part, number % 2 == 1 and (part == base or part.startswith(f"{base}/")))
        for number, part in parts
        if part
    ]
