"""A launch day over HTTP, beside a Chalice route that does nothing, on the same machine in one run.

    script/bench load [--json] [--rounds 5] [--seconds 6] [--threads 4]

Of a hundred people 90 read the petition's page, 8 sign it and confirm, and 2 save a draft. The
whole local server is at work, its queues and workers too. Rounds of both take turns, so that what
else the machine does meets both.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.support import output
from local import ports
from local.stack import running_stack

if TYPE_CHECKING:
    from benchmarks.support.launch import Connection, Counted

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints, and returns the exit status: 1 when something went wrong."""
    parser = argparse.ArgumentParser(prog="script/bench load", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one flat JSON object last")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each round")
    parser.add_argument("--threads", type=int, default=4, help="connections at once")
    asked = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder)) as stack,
        bare() as port,
    ):
        os.environ.update(stack.environ)
        site = int(stack.base_url.rpartition(":")[2])
        figures = measure(site, port, asked.rounds, asked.seconds, asked.threads)
    said(figures)
    if asked.json:
        output.last_line(figures)
    return 1 if figures["errors"] or figures["signatures_missing"] else 0


@contextlib.contextmanager
def bare() -> Iterator[int]:
    """The peer, on a port of its own."""
    port = ports.find_free()
    command = [sys.executable, "-m", "benchmarks.support.bare", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                    break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def measure(site: int, peer: int, rounds: int, seconds: float, threads: int) -> dict[str, float]:
    """The figures of a run; the first round of each only warms up."""
    from benchmarks.support.launch import Counted, Launch, drive

    launch, ours, theirs = Launch(), Counted(), Counted()

    def nothing(connection: "Connection", _luck: random.Random) -> None:
        connection.ask("bare", "GET", "/")

    for number in range(rounds + 1):
        here, there = (ours, theirs) if number else (Counted(), Counted())
        drive(site, threads, seconds, number, launch.person, here)
        drive(peer, threads, seconds / 2, number, nothing, there)
        ours.errors.update(here.errors if not number else {})
    for what, count in ours.errors.items():
        print(f"{count} times {what}", file=sys.stderr)
    return {
        "requests": len(ours.all()),
        "requests_per_second": round(len(ours.all()) / ours.took, 1),
        "requests_per_second_bare": round(len(theirs.all()) / theirs.took, 1),
        **{
            f"p{percent}_ratio_to_bare": round(at(ours, percent) / at(theirs, percent), 2)
            for percent in (50, 95, 99)
        },
        **{f"{what}s": len(found) for what, found in sorted(ours.seconds.items())},
        "errors": sum(ours.errors.values()),
        "signatures_missing": launch.missing(),
    }


def at(counted: "Counted", percent: int) -> float:
    """The seconds within which so many of a hundred requests were answered."""
    ordered = sorted(counted.all())
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def said(figures: dict[str, float]) -> None:
    """Prints the figures for people."""
    for name, value in figures.items():
        print(f"{name:28} {value}")


if __name__ == "__main__":
    sys.exit(main())
