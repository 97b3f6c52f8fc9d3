"""What other software is told: messages to webhooks, in the transaction of what they tell of."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from chalicelib.domain.outbox import webhooks as rules
from chalicelib.domain.outbox.webhooks import Delivery, Webhook
from chalicelib.domain.record.events import Event
from chalicelib.services.context import Services
from chalicelib.services.people.tokens import new_id
from chalicelib.storage.transaction import Transaction

PURPOSE = "webhook"
API = "/api/v1"


def tell(services: Services, unit: Transaction, events: list[Event], now: datetime) -> None:
    """Puts a message for each webhook that wants one of these steps into the same transaction."""
    wanted = [(event, name) for event in events if (name := rules.event_of(event))]
    if not wanted:
        return
    for one in services.store.webhooks.all():
        for event, name in wanted:
            if name in one.events:
                thing, path = rules.place_of(event)
                about = {"id": thing, "url": f"{services.base_url}{API}{path}"}
                send(services, unit, one, name, about, now, f"{thing}-{event.sequence}")


def send(
    services: Services,
    unit: Transaction,
    to: Webhook,
    event: str,
    about: dict[str, Any],
    now: datetime,
    step: str = "",
) -> Delivery:
    """Puts one message in the outbox, as part of what is written."""
    # Sorts by its moment. The same step under the same id: decided anew, it is told once.
    message = f"{now.strftime('%Y%m%dT%H%M%S')}-{step or new_id()}"
    body = {"type": event, "timestamp": now.isoformat(), "data": about}
    made = Delivery(
        id=message,
        webhook_id=to.id,
        event=event,
        at=now,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    )
    services.store.webhooks.send(unit, made, now)
    return made


def secret_of(services: Services, of: Webhook) -> str:
    """The secret with which the messages to an address are signed, as its owner stores it."""
    return f"whsec_{base64.b64encode(services.tokens.derived(PURPOSE, of.id)[0]).decode()}"


def signatures(services: Services, webhook_id: str, sent: Delivery, at: int) -> str:
    """The signatures of a message: by the present secret and, after a rotation, by the former."""
    signed = f"{sent.id}.{at}.{sent.body}".encode()
    found = [
        base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for key in services.tokens.derived(PURPOSE, webhook_id)
    ]
    return " ".join(f"v1,{one}" for one in found)
