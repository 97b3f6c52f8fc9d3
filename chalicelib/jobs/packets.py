"""The worker of the packet queue."""

import json
import os

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import bootstrap
from chalicelib.services import packets

bp = Blueprint(__name__)
PREFIX = os.environ.get("GROUNDSWELL_QUEUE_PREFIX", "groundswell")


@bp.on_sqs_message(queue=f"{PREFIX}-packets", batch_size=1)
def render_packets(event: SQSEvent) -> None:
    """Renders the packets that the messages speak of."""
    for message in event:
        key = json.loads(message.body)
        packets.render(bootstrap.services(), key["pk"], key["sk"])
