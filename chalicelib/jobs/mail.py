"""The worker of the mail queue."""

import json

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import bootstrap, logs
from chalicelib.jobs import PREFIX
from chalicelib.services.outbox import letters

bp = Blueprint(__name__)


@bp.on_sqs_message(queue=f"{PREFIX}-mail", batch_size=1)
def send_letters(event: SQSEvent) -> None:
    """Sends the letters that the messages speak of; an error leaves the message in the queue."""
    for message in event:
        key = json.loads(message.body)
        with logs.work("send_letters", key.get("request", "")):
            letters.deliver(bootstrap.services(), key["pk"], key["sk"])
