"""The schedule that calls again for what a crash left undone, and ends what has run out."""

import dataclasses
import logging

from chalice import Blueprint, Rate
from chalice.app import CloudWatchEvent

from chalicelib import bootstrap, logs
from chalicelib.services import sweep as sweeping

log = logging.getLogger(__name__)
bp = Blueprint(__name__)


@bp.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(_event: CloudWatchEvent) -> None:
    """Runs the sweep and logs what it found. What is overdue was left lying by a queue."""
    with logs.work("sweep", logs.new_id()):
        found = sweeping.sweep(bootstrap.services())
        facts, metrics = dataclasses.asdict(found), {"SweptOverdue": found.nudged}
        log.info("swept", extra={"facts": facts, "metrics": metrics if found.nudged else {}})
