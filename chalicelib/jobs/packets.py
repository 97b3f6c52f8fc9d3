"""The worker of the packet queue: what takes long."""

import json

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import bootstrap, logs
from chalicelib.jobs import PREFIX
from chalicelib.services.context import Services
from chalicelib.services.packets import packets
from chalicelib.services.roster import rosters
from chalicelib.services.signing import bulk

bp = Blueprint(__name__)


@bp.on_sqs_message(queue=f"{PREFIX}-packets", batch_size=1)
def render_packets(event: SQSEvent) -> None:
    """Renders the packets, imports the rosters, and carries out the bulk actions that the
    messages speak of.
    """
    for message in event:
        key = json.loads(message.body)
        with logs.work("render_packets", key.get("request", "")):
            work_on(bootstrap.services(), key["pk"], key["sk"])


def work_on(services: Services, pk: str, sk: str) -> None:
    """Does one piece of work, by what its key says that it is."""
    work = {"IMPORT": rosters.carry_out, "BULK": bulk.carry_out}.get(sk, packets.render)
    work(services, pk, sk)
