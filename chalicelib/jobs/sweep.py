"""The schedule that calls again for what a crash left undone, and ends what has run out."""

import logging

from chalice import Blueprint, Rate
from chalice.app import CloudWatchEvent

from chalicelib import bootstrap
from chalicelib.services import sweep as sweeping

log = logging.getLogger(__name__)
bp = Blueprint(__name__)


@bp.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(_event: CloudWatchEvent) -> None:
    """Runs the sweep and logs what it found."""
    log.info("swept: %s", sweeping.sweep(bootstrap.services()))
