"""The worker of the feedback queue: what the mail service says of the letters it was given."""

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import bootstrap, logs
from chalicelib.jobs import PREFIX
from chalicelib.services.outbox import mailboxes

bp = Blueprint(__name__)


@bp.on_sqs_message(queue=f"{PREFIX}-feedback", batch_size=1)
def feedback(event: SQSEvent) -> None:
    """Notes bounces and complaints; an error leaves the message in the queue."""
    for message in event:
        with logs.work("feedback", logs.new_id()):
            mailboxes.take(bootstrap.services(), message.body)
