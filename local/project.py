"""What the local server runs, by the names under which Lambda would be given it.

Names, not imports: each child loads only what it runs. The tests of the local server put
a module of their own in this one's place, with GROUNDSWELL_PROJECT.
"""

import importlib
import os
import pkgutil
from collections.abc import Callable
from typing import Any

APP = "app:app"
CREATE_TABLE = "chalicelib.storage.dynamo:create_table"
LOAD_DEMO = "local.demo:load"
SIGN_IN_HELP = "local.demo:sign_in_help"
QUEUE_HANDLERS = {
    "mail": "chalicelib.jobs.mail:send_letters",
    "packets": "chalicelib.jobs.packets:render_packets",
    "feedback": "chalicelib.jobs.feedback:feedback",
    "webhooks": "chalicelib.jobs.webhooks:send_webhooks",
}
SWEEP = "chalicelib.jobs.sweep:sweep"
NIGHTLY = "chalicelib.jobs.nightly:nightly"


def part(name: str) -> Any:
    """Return the object that a constant of the project module names, imported now."""
    return pkgutil.resolve_name(getattr(_module(), name))


def queue_handler(queue: str) -> Callable[[dict[str, Any], Any], Any]:
    """Return the handler of one queue, as `handler(event, context)`."""
    handler: Callable[[dict[str, Any], Any], Any] = pkgutil.resolve_name(
        _module().QUEUE_HANDLERS[queue]
    )
    return handler


def _module() -> Any:
    return importlib.import_module(os.environ.get("GROUNDSWELL_PROJECT", __name__))
