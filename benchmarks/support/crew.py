"""Several processes with several threads each, that do what they are told and report.

One Python process is bound by its own interpreter, and on Lambda every request has one to
itself: so the callers are spread over processes. Each is a new interpreter, which sees the local
AWS by its environment, and ends when this one ends, however it ends.
"""

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from threading import Barrier
from types import TracebackType
from typing import Any, Protocol

STOP_SECONDS = 10
FEWEST_THREADS = 2


class Job(Protocol):
    """What one process does in one go; it travels there by pickle, and so does its answer."""

    def run(self, hands: "Hands") -> Any:
        """Does it."""


class Hands:
    """The threads of one process."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads)

    def each(self, do: Callable[[], Any]) -> list[Any]:
        """Runs a function on every thread at once, and returns what each came to."""
        together = Barrier(self.threads)

        def one() -> Any:
            # No thread may take two turns: all wait until each has one.
            together.wait()
            return do()

        return [done.result() for done in [self._pool.submit(one) for _ in range(self.threads)]]


class Crew:
    """The processes, from entering the block to its end."""

    def __init__(self, processes: int, threads: int) -> None:
        """`threads` are those of all processes together. Raises ValueError for too few."""
        if threads % processes or threads // processes < FEWEST_THREADS:
            raise ValueError(f"{threads} threads cannot be shared out to {processes} processes.")
        self.processes, self.threads = processes, threads
        self._workers: list[tuple[Any, Connection]] = []

    def __enter__(self) -> "Crew":
        context = multiprocessing.get_context("spawn")
        try:
            for _ in range(self.processes):
                ours, theirs = context.Pipe()
                worker = context.Process(
                    target=_serve, args=(theirs, self.threads // self.processes), daemon=True
                )
                # Ctrl-C reaches the whole group; this process alone answers it.
                answer = signal.signal(signal.SIGINT, signal.SIG_IGN)
                try:
                    worker.start()
                finally:
                    signal.signal(signal.SIGINT, answer)
                theirs.close()
                self._workers.append((worker, ours))
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stop()

    def do(self, jobs: Sequence[Job]) -> list[Any]:
        """Gives each process its job at once, and returns their answers in order.

        Raises RuntimeError with what a job raised.
        """
        assert len(jobs) == len(self._workers)
        for (_, pipe), job in zip(self._workers, jobs, strict=True):
            pipe.send(job)
        answers = []
        for worker, pipe in self._workers:
            try:
                fault, answer = pipe.recv()
            except EOFError:
                raise RuntimeError(f"A process ended with {worker.exitcode}.") from None
            if fault:
                raise RuntimeError(f"A job failed in its process:\n{fault}")
            answers.append(answer)
        return answers

    def _stop(self) -> None:
        for worker, pipe in self._workers:
            pipe.close()
            worker.terminate()
        for worker, _ in self._workers:
            worker.join(STOP_SECONDS)
            if worker.is_alive():
                worker.kill()
                worker.join()
        self._workers.clear()


def _serve(pipe: Connection, threads: int) -> None:
    """A process of the crew: answers jobs until the other end of the pipe is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    hands = Hands(threads)
    while True:
        try:
            job: Job = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = ("", job.run(hands))
        except Exception:  # noqa: BLE001
            answer = (traceback.format_exc(), None)
        try:
            pipe.send(answer)
        except OSError:
            return


def _end_with_parent() -> None:
    """Ends this process in the middle of its work when the one that started it was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
