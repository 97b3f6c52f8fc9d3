"""The addresses that get no letters, for staff, and trying one again."""

from chalicelib.domain.people.roles import authorize
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

SHOWN = 100


@pages.get("/staff/undelivered")
def show(request: Request) -> Answer:
    """Bounced addresses, and those whose owners complained."""
    authorize(request.actor, "signature.read-private")
    services = request.services
    found = services.store.mailboxes.without_letters(SHOWN + 1)
    people = {one.key: services.store.people.by_email(one.email) for one in found[:SHOWN]}
    return html(
        request,
        "staff/undelivered.html",
        mailboxes=found[:SHOWN],
        people=people,
        more=len(found) > SHOWN,
    )


@pages.form("/staff/undelivered/{key}/try-again")
def try_again(request: Request, key: str) -> Answer:
    """Sends letters to an address again."""
    request.perform("mailbox.try-again", key)
    return redirect("/staff/undelivered?done=mailbox-open")
