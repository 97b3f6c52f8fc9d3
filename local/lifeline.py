"""Ends a child process when its parent is gone, however the parent went."""

import os
import signal
import threading
import time
from collections.abc import Mapping

VARIABLE = "GROUNDSWELL_LIFELINE"
GRACE_SECONDS = 20


def given(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with the mark that tells a child to watch its standard input."""
    return {**environ, VARIABLE: "1"}


def watch() -> None:
    """Stop this process as by SIGTERM once standard input closes, if the parent asked for it.

    The parent holds the other end of the pipe; the kernel closes it even after a kill -9.
    This works on macOS too, where a process cannot ask for a signal at its parent's death.
    """
    if os.environ.pop(VARIABLE, "") != "1":
        return
    # Ctrl-C and a closed terminal reach the whole group; the parent alone answers them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=_wait_for_end, name="lifeline", daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
