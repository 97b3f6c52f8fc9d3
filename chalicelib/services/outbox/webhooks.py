"""Webhooks: kept by staff, told of events, and what became of each message."""

import logging

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.outbox import webhooks as rules
from chalicelib.domain.outbox.webhooks import Attempt, Delivery, Webhook
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.outbox.webhook_events import send, signatures
from chalicelib.services.people.tokens import new_id
from chalicelib.services.ports import PostFailed

log = logging.getLogger(__name__)

LEASE_SECONDS = 60


class AddWebhook(inputs.Input):
    """Where to send messages, of which kinds of events, and what it is for."""

    url: inputs.Line = ""
    events: list[inputs.Line] = []
    about: inputs.Line = ""


@command("webhook.add", AddWebhook)
def add(step: Step[None, AddWebhook]) -> Webhook:
    """Has an address told of events from now on."""
    services, form = step.services, step.form
    held = len(services.store.webhooks.all())
    local = services.base_url.startswith("http://")
    events = rules.checked(form.url, form.events, form.about, held, local)
    made = Webhook(
        id=new_id(),
        url=form.url,
        events=events,
        about=form.about,
        by=step.by.actor.name,
        at=step.by.at,
    )
    services.store.webhooks.add(step.unit, made)
    return made


def webhook(services: Services, target: str) -> Webhook:
    """A webhook. Raises NotFoundError."""
    found = services.store.webhooks.get(target)
    if found is None:
        raise NotFoundError("There is no such webhook. It may have been ended.")
    return found


@command("webhook.end", load=webhook)
def end(step: Step[Webhook, inputs.Nothing]) -> None:
    """Tells an address of nothing any more."""
    step.services.store.webhooks.end(step.unit, step.subject)


@command("webhook.test", load=webhook)
def test(step: Step[Webhook, inputs.Nothing]) -> Delivery:
    """Sends a message that says nothing but that messages come through."""
    return send(step.services, step.unit, step.subject, rules.PING, {}, step.by.at)


def _delivery(services: Services, target: str) -> Delivery:
    webhook_id, _, delivery_id = target.partition("/")
    found = services.store.webhooks.delivery(webhook_id, delivery_id)
    if found is None:
        raise NotFoundError("This message no longer exists.")
    return found


@command("webhook.send-again", load=_delivery)
def send_again(step: Step[Delivery, inputs.Nothing]) -> Delivery:
    """Sends a message once more that was taken, or given up. Raises ConflictError."""
    if not step.subject.over:
        raise ConflictError(
            "This message is still being sent. Wait until it is delivered or given up."
        )
    again = rules.sent_again(step.subject)
    step.services.store.webhooks.send(step.unit, again, step.by.at)
    return again


def deliver(services: Services, pk: str, sk: str) -> None:
    """Sends one message, and notes what came of it. Whoever comes second finds it claimed."""
    claimed = services.store.outbox.claim(pk, sk, services.clock(), LEASE_SECONDS)
    if claimed is None:
        return
    message = claimed.work
    if not isinstance(message, Delivery):
        log.error("an item that is no message came by the webhooks queue; it is left as it is")
        return
    to = services.store.webhooks.get(message.webhook_id)
    now = services.clock()
    if to is None:
        attempt, again = Attempt(at=now, problem="The webhook was ended."), None
        over = rules.tried(message, attempt)[0]
        services.store.webhooks.note(claimed, over, again)
        return
    attempt = _attempt(services, to, message)
    tried, again = rules.tried(message, attempt)
    services.store.webhooks.note(claimed, tried, again)
    facts = {"event": message.event, "status": attempt.status, "over": tried.over}
    failed = tried.over and not tried.taken
    metrics = {"WebhooksGivenUp": 1} if failed else {"WebhooksSent": 1} if tried.taken else {}
    log.info("webhook tried", extra={"facts": facts, "metrics": metrics})


def _attempt(services: Services, to: Webhook, message: Delivery) -> Attempt:
    now = services.clock()
    at = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Groundswell",
        "webhook-id": message.id,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures(services, to.id, message, at),
    }
    try:
        status = services.poster.post(to.url, message.body.encode(), headers)
    except PostFailed as error:
        return Attempt(at=now, problem=str(error))
    return Attempt(at=now, status=status)
