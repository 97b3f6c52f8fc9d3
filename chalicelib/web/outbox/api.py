"""Reading webhooks, their secrets, and the log of what was sent to them."""

from typing import Any

from chalicelib.domain.outbox.webhooks import EVENTS
from chalicelib.services.outbox.webhook_events import secret_of
from chalicelib.services.outbox.webhooks import webhook
from chalicelib.web.api import shapes
from chalicelib.web.api.operations import Listed, Shape, reads
from chalicelib.web.request import Request

TAG = "webhooks"
READ = "webhook.read"


class Webhooks(Shape):
    """Every webhook, and the kinds of events that there are, in words."""

    webhooks: list[shapes.Webhook]
    events: dict[str, str]


class Secret(Shape):
    """With what a webhook's messages are signed: HMAC-SHA256, as standardwebhooks.com has it."""

    secret: str


@reads("/webhooks", Webhooks, tag=TAG, command=READ)
def webhooks_list(request: Request) -> dict[str, Any]:
    """The addresses that are told of events."""
    return {"webhooks": request.services.store.webhooks.all(), "events": EVENTS}


@reads("/webhooks/{webhook_id}", shapes.Webhook, tag=TAG, command=READ)
def webhook_read(request: Request, webhook_id: str) -> Any:
    """One of them."""
    return webhook(request.services, webhook_id)


@reads("/webhooks/{webhook_id}/secret", Secret, tag=TAG, command="webhook.add")
def webhook_secret(request: Request, webhook_id: str) -> dict[str, str]:
    """The secret with which its messages are signed."""
    return {"secret": secret_of(request.services, webhook(request.services, webhook_id))}


@reads("/webhooks/{webhook_id}/deliveries", shapes.Delivery, tag=TAG, command=READ, paged=True)
def webhook_deliveries(request: Request, webhook_id: str, limit: int, after: str) -> Listed:
    """What was sent to a webhook within a month, the newest first."""
    webhook(request.services, webhook_id)
    page = request.services.store.webhooks.deliveries(webhook_id, limit, after)
    return Listed(page.rows, page.next)
