"""The schedule for what is done once a night."""

import logging

from chalice import Blueprint, Cron
from chalice.app import CloudWatchEvent

from chalicelib import bootstrap
from chalicelib.services import nightly as work

log = logging.getLogger(__name__)
bp = Blueprint(__name__)


# 08:00 UTC: the small hours in the association's zone.
@bp.schedule(Cron(0, 8, "*", "*", "?", "*"))
def nightly(_event: CloudWatchEvent) -> None:
    """Counts anew, deletes what was kept long enough, and logs how much that was."""
    log.info("nightly: %s", work.nightly(bootstrap.services()))
