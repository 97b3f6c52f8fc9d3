"""Webhooks, and the log of what was sent to them."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.domain.outbox.webhooks import KEEP_DAYS, Delivery, Webhook
from chalicelib.services.ports import Page
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.migrations import SCHEMA
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


class DynamoWebhooks:
    """Implements services.ports.Webhooks."""

    def all(self) -> list[Webhook]:
        """Every webhook: there are few."""
        found = reading.query(keys.WEBHOOKS, keys.WEBHOOK)
        return [from_body(Webhook, record.body) for record in found]

    def get(self, webhook_id: str) -> Webhook | None:
        """A webhook, or None."""
        record = reading.get(keys.webhook(webhook_id))
        return from_body(Webhook, record.body) if record else None

    def add(self, unit: Writes, webhook: Webhook) -> None:
        """Stores a new webhook."""
        unit.insert(Record(*keys.webhook(webhook.id), body=to_body(webhook)))

    def end(self, unit: Writes, webhook: Webhook) -> None:
        """Ends a webhook; what was sent to it stays in the log for its time."""
        unit.delete(keys.webhook(webhook.id), Record.pk.exists())

    def send(self, unit: Writes, delivery: Delivery, now: datetime) -> None:
        """Puts a message in the outbox, once under its id; one that is there is sent anew."""
        ttl = int((delivery.at + timedelta(days=KEEP_DAYS)).timestamp())
        record = Record(
            *keys.delivery(delivery.webhook_id, delivery.id),
            body=to_body(delivery),
            ttl=ttl,
            due=keys.DUE_OUTBOX,
            due_at=now.isoformat(),
        )
        unit.put(record)

    def delivery(self, webhook_id: str, delivery_id: str) -> Delivery | None:
        """A message, or None."""
        record = reading.get(keys.delivery(webhook_id, delivery_id))
        return from_body(Delivery, record.body) if record else None

    def deliveries(self, webhook_id: str, limit: int, after: str = "") -> Page:
        """The messages to a webhook as domain values, the newest first."""
        pk, prefix = keys.delivery(webhook_id, "")
        end = keys.delivery(webhook_id, after)[1] if after else f"{prefix}~"
        found = list(
            Record.query(
                pk, Record.sk.between(prefix, end), limit=limit + 2, scan_index_forward=False
            )
        )
        rows: list[Any] = [from_body(Delivery, r.body) for r in found if r.sk != end]
        return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else "")

    def note(self, claimed: Any, delivery: Delivery, again: datetime | None) -> None:
        """Notes a try, unless another worker has taken the message over meanwhile."""
        actions: list[Action] = [
            Record.body.set(to_body(delivery)),
            Record.schema.set(SCHEMA),
            Record.lease.remove(),
        ]
        if again:
            actions.append(Record.due_at.set(again.isoformat()))
        else:
            actions += [Record.due.remove(), Record.due_at.remove(), Record.attempts.remove()]
        with suppress(UpdateError):
            Record(claimed.pk, claimed.sk).update(
                actions=actions, condition=Record.lease == claimed.lease
            )
