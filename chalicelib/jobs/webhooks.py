"""The worker of the webhooks queue, apart from letters: other software may be slow to answer."""

import json

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import bootstrap, logs
from chalicelib.jobs import PREFIX
from chalicelib.services.outbox import webhooks

bp = Blueprint(__name__)


@bp.on_sqs_message(queue=f"{PREFIX}-webhooks", batch_size=1)
def send_webhooks(event: SQSEvent) -> None:
    """Sends the messages that the queue speaks of."""
    for message in event:
        key = json.loads(message.body)
        with logs.work("send_webhooks", key.get("request", "")):
            webhooks.deliver(bootstrap.services(), key["pk"], key["sk"])
