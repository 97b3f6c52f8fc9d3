"""Webhooks, for staff: which addresses are told of events, and what became of each message."""

from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.outbox.webhooks import EVENTS
from chalicelib.domain.people.roles import authorize
from chalicelib.services.outbox.webhook_events import secret_of
from chalicelib.services.outbox.webhooks import webhook
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

SHOWN = 50
NO_WEBHOOK: dict[str, Any] = {"url": "", "about": "", "events": []}


@pages.get("/staff/webhooks")
def show(request: Request) -> Answer:
    """Every webhook, and the form for another."""
    return _page(request, Form(NO_WEBHOOK))


def _page(request: Request, form: Form, status: int = 200) -> Answer:
    authorize(request.actor, "webhook.read")
    return html(
        request,
        "staff/webhooks.html",
        status,
        form=form,
        webhooks=request.services.store.webhooks.all(),
        events=EVENTS,
    )


@pages.form("/staff/webhooks")
def add(request: Request) -> Answer:
    """Has an address told of events."""
    sent = request.form
    chosen = sent.get("events", [])
    typed = {
        "url": str(sent.get("url", "")),
        "about": str(sent.get("about", "")),
        "events": [str(one) for one in chosen] if isinstance(chosen, list) else [],
    }
    try:
        made = request.perform("webhook.add", data=typed)
    except ValidationError as error:
        return _page(request, Form(typed, error.errors), 422)
    return redirect(f"/staff/webhooks/{made.id}?done=webhook-added")


@pages.get("/staff/webhooks/{webhook_id}")
def one(request: Request, webhook_id: str) -> Answer:
    """A webhook: its secret, and what was sent to it."""
    authorize(request.actor, "webhook.read")
    services = request.services
    found = webhook(services, webhook_id)
    after = request.query.get("after", "")[:100]
    page = services.store.webhooks.deliveries(webhook_id, SHOWN, after)
    return html(
        request,
        "staff/webhook.html",
        webhook=found,
        secret=secret_of(services, found),
        events=EVENTS,
        deliveries=page.rows,
        next_page=page.next,
    )


@pages.form("/staff/webhooks/{webhook_id}/test")
def test(request: Request, webhook_id: str) -> Answer:
    """Sends a message that says nothing."""
    request.perform("webhook.test", webhook_id)
    return redirect(f"/staff/webhooks/{webhook_id}?done=webhook-tested")


@pages.form("/staff/webhooks/{webhook_id}/end")
def end(request: Request, webhook_id: str) -> Answer:
    """Ends a webhook."""
    request.perform("webhook.end", webhook_id)
    return redirect("/staff/webhooks?done=webhook-ended")


@pages.form("/staff/webhooks/{webhook_id}/deliveries/{delivery_id}/send-again")
def send_again(request: Request, webhook_id: str, delivery_id: str) -> Answer:
    """Sends a message once more."""
    request.perform("webhook.send-again", f"{webhook_id}/{delivery_id}")
    return redirect(f"/staff/webhooks/{webhook_id}?done=webhook-again")
