"""The worker of the packet queue: what takes long."""

import json
import os

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import bootstrap
from chalicelib.services import packets, rosters

bp = Blueprint(__name__)
PREFIX = os.environ.get("GROUNDSWELL_QUEUE_PREFIX", "groundswell")


@bp.on_sqs_message(queue=f"{PREFIX}-packets", batch_size=1)
def render_packets(event: SQSEvent) -> None:
    """Renders the packets and imports the rosters that the messages speak of."""
    for message in event:
        key = json.loads(message.body)
        work = rosters.carry_out if key["pk"] == "ROSTER" else packets.render
        work(bootstrap.services(), key["pk"], key["sk"])
