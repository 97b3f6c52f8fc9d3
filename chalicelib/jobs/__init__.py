"""What runs without a person waiting: queue workers and schedules. One service call each."""

import os
from types import ModuleType

from chalicelib import logs
from chalicelib.config import check_at_start

# What the queues' names begin with: known when the functions are declared.
PREFIX = os.environ.get("GROUNDSWELL_QUEUE_PREFIX", "groundswell")

# Lambda imports a job's own module and nothing of app.py.
logs.start(os.environ)
check_at_start()


def all_of_them() -> tuple[ModuleType, ...]:
    """Every module with a job in it. Each has its blueprint as `bp`."""
    from chalicelib.jobs import feedback, mail, nightly, packets, sweep, webhooks  # noqa: PLC0415

    return feedback, mail, nightly, packets, sweep, webhooks
