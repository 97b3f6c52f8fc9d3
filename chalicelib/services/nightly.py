"""What is done once a night: ending the erasures that a crash left begun, deleting what was kept
long enough, sealing the record, and counting anew. Each by itself, and safe to repeat.
"""

import logging
from collections.abc import Callable
from typing import Any

from chalicelib.services.context import Services
from chalicelib.services.privacy import privacy, retention
from chalicelib.services.record import record
from chalicelib.services.signing import recount

log = logging.getLogger(__name__)

TASKS: tuple[tuple[str, Callable[[Services], Any]], ...] = (
    ("erasures", privacy.go_on_with_all),
    ("retention", retention.delete_what_is_over),
    ("seal", record.seal_the_night),
    # The last, since it takes the longest: what it has no time for keeps nothing else waiting.
    ("recount", recount.recount_all),
)


def nightly(services: Services) -> dict[str, Any]:
    """Runs the night's tasks; what each did, or None where it failed."""
    done: dict[str, Any] = {}
    for name, task in TASKS:
        try:
            done[name] = task(services)
        except Exception:
            done[name] = None
            log.exception("the nightly task %s failed; it runs again in the next night", name)
    return done
