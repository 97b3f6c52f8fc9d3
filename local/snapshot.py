"""Keeps the local AWS's state in one file, written soon after every change.

MiniStack saves on a clean stop only, one file per service. Here a forked copy of the process
writes instead: it holds the state of one instant, however long the writing takes, while the
server goes on answering. All services are in one file, replaced in one step, so that the
table, the queues and the letters found after a crash belong together.
"""

import asyncio
import contextlib
import copy
import gc
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core.persistence import _json_default, _json_object_hook

SETTLE_SECONDS = 0.2  # From the first write to the save, so that a burst is saved once.
REST_SECONDS = 0.5  # Between two saves, at least; see also REST_FACTOR.
REST_FACTOR = 1  # A large state, slow to write, is written less often.
CHILD_LIMIT_SECONDS = 60

State = dict[str, Any]


def read(path: Path) -> State:
    """Return what was saved, or nothing on the first start.

    Raises ValueError for a file that cannot be read: going on would overwrite it.
    """
    if not path.exists():
        return {}
    with open(path) as file:
        services: State = json.load(file, object_hook=_json_object_hook)["services"]
    return services


def write(path: Path, state: State) -> None:
    """Replace the file by `state`, whole or not at all, also if the power fails."""
    text = json.dumps({"services": state}, default=_json_default)
    fresh = path.with_suffix(".new")
    with open(fresh, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Saver:
    """Saves what `collect` returns, after each `mark`, from within one event loop."""

    def __init__(self, path: Path, collect: Callable[[], State], keep_open: int) -> None:
        """`keep_open` is the descriptor of the lock that the writing copy goes on holding."""
        self._path = path
        self._collect = collect
        self._keep_open = keep_open
        self._dirty = asyncio.Event()
        self._child: int | None = None

    def mark(self) -> None:
        """Note that something changed."""
        self._dirty.set()

    async def run(self) -> None:
        """Save after changes, until cancelled."""
        failures = 0
        while True:
            await self._dirty.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            self._dirty.clear()
            started = time.monotonic()
            if await self._save_in_copy():
                failures = 0
            else:
                failures += 1
                self._dirty.set()
                print(f"Saving the state failed ({failures}); trying again.", flush=True)
                if failures > 2:
                    self.save_now()
            await asyncio.sleep(max(REST_SECONDS, REST_FACTOR * (time.monotonic() - started)))

    def save_now(self) -> None:
        """Save in this process, after a copy that is still writing has ended."""
        if self._child is not None:
            _wait(self._child)
            self._child = None
        write(self._path, self._collect())

    async def _save_in_copy(self) -> bool:
        # No request is half done at this point: MiniStack's handlers for table, queues, mail
        # and files run on this same loop, without waiting between their changes.
        self._child = child = os.fork()
        if child == 0:
            self._write_and_exit()
        ended = asyncio.get_running_loop().run_in_executor(None, _wait, child)
        # Shielded: on a cancel the copy still has to be waited for, by save_now().
        succeeded = await asyncio.shield(ended)
        self._child = None
        return succeeded

    def _write_and_exit(self) -> None:
        """In the copy: write and end, touching nothing that it shares with the server."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            # A copy that outlives a killed server must not hold its port; the lock it must
            # hold, so that the next server waits for the file that is being written.
            for descriptor in map(int, os.listdir("/dev/fd")):
                if descriptor > 2 and descriptor != self._keep_open:
                    with contextlib.suppress(OSError):  # The listing's own is closed already.
                        os.close(descriptor)
            gc.disable()
            # Services copy their state for safety from changes. Here nothing else runs, and
            # copying takes ten times as long as writing.
            copy.deepcopy = lambda value, *_: value
            write(self._path, self._collect())
            status = 0
        except BaseException as error:
            os.write(2, f"Saving: {error!r}\n".encode())
        finally:
            os._exit(status)


def _wait(child: int) -> bool:
    """Wait for a copy to end, and end it if it hangs; tell whether it succeeded."""
    deadline = time.monotonic() + CHILD_LIMIT_SECONDS
    pause = 0.005
    while True:
        try:
            pid, status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            return True  # Another waiter was first; it has the answer.
        if pid:
            return status == 0
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
