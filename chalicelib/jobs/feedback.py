"""stub"""

import os

from chalice import Blueprint
from chalice.app import SQSEvent

bp = Blueprint(__name__)
PREFIX = os.environ.get("GROUNDSWELL_QUEUE_PREFIX", "groundswell")


@bp.on_sqs_message(queue=f"{PREFIX}-feedback", batch_size=1)
def feedback(event: SQSEvent) -> None:
    """stub"""
