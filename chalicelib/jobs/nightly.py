"""The schedule for what is done once a night."""

import logging

from chalice import Blueprint, Cron
from chalice.app import CloudWatchEvent

from chalicelib import bootstrap, logs
from chalicelib.services import nightly as work

log = logging.getLogger(__name__)
bp = Blueprint(__name__)


# 08:00 UTC: the small hours in the association's zone.
@bp.schedule(Cron(0, 8, "*", "*", "?", "*"))
def nightly(_event: CloudWatchEvent) -> None:
    """Counts anew, deletes what was kept long enough, and logs how much that was."""
    with logs.work("nightly", logs.new_id()):
        done = work.nightly(bootstrap.services())
        failed = [name for name, what in done.items() if what is None]
        facts = {name: str(what) for name, what in done.items()}
        log.info("night", extra={"facts": facts, "metrics": {"NightTasksFailed": len(failed)}})
