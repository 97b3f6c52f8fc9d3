"""Starts everything that Groundswell needs on one machine, and stops it again.

    python -m local.server

A child that ends of itself ends the whole server, with an error. It is not restarted: a
server that heals itself in silence hides the fault from the person who should see it, and
starting again takes two seconds and loses nothing.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from local import environment, lifeline, ports, project, resources

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
STOP_SECONDS = 20
LOG_LIMIT = 1024 * 1024


class Failed(Exception):  # noqa: N818
    """The server cannot go on; the text says why and what to do."""


class Child:
    """A process of ours, with its own log, which ends when this process does."""

    def __init__(
        self, name: str, arguments: list[str], environ: dict[str, str], data: Path
    ) -> None:
        self.name = name
        self.log = data / "logs" / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"local.{name}", *arguments],
                cwd=ROOT,
                env=lifeline.given(environ),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def check(self) -> None:
        """Raise if the process has ended."""
        if self.process.poll() is not None:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise Failed(
                f"The {self.name} process ended unexpectedly (status "
                f"{self.process.returncode}). The end of {self.log}:\n\n{tail}"
            )

    def ask_to_stop(self) -> None:
        """Tell the process to end, without waiting for it."""
        if self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait until the process is gone, and end it with force if that takes long."""
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


def main() -> None:
    """Run until Ctrl-C or SIGTERM (status 0), or until something fails (status 1)."""
    lifeline.watch()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    data = Path(os.environ.get("GROUNDSWELL_DATA") or ROOT / ".local").resolve()
    children: list[Child] = []
    status = 0
    try:
        _run(data, children)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr, flush=True)
        status = 1
    finally:
        # A second Ctrl-C must not leave children behind; each is given limited time.
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        # The local AWS last: the others write to it up to their end.
        for group in (children[1:], children[:1]):
            for child in group:
                child.ask_to_stop()
            for child in group:
                child.stop()
    sys.exit(status)


def _run(data: Path, children: list[Child]) -> NoReturn:
    port, aws_port = _ports()
    # The letters kept here hold sign-in links: they are for the owner only.
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    environ = environment.build(port, aws_port, data, os.environ)
    _adopt(environ)

    print("Starting the local AWS.", flush=True)
    aws = Child("aws", ["--port", str(aws_port), "--data", str(data)], environ, data)
    children.append(aws)
    _wait_for(f"{environ['AWS_ENDPOINT_URL']}/_ministack/health", aws)
    resources.create(environ)
    print("Looking for the demo association; the first time, it is loaded.", flush=True)
    project.part("LOAD_DEMO")()

    children.append(Child("worker", [], environ, data))
    web = Child("web", [], environ, data)
    children.append(web)
    _wait_for(f"{environ['GROUNDSWELL_BASE_URL']}/healthz", web)
    print(f"\n{project.part('SIGN_IN_HELP')()}\n", flush=True)
    print(f"Groundswell is at {environ['GROUNDSWELL_BASE_URL']}", flush=True)
    print(f"Its data and logs are in {data}. Ctrl-C stops it.", flush=True)
    while True:
        for child in children:
            child.check()
        time.sleep(0.3)


def _ports() -> tuple[int, int]:
    try:
        port = int(os.environ.get("PORT") or 8000)
        aws_port = int(os.environ.get("GROUNDSWELL_AWS_PORT") or port + 1)
    except ValueError:
        raise Failed("PORT must be a number, such as 8000.") from None
    for number, purpose in ((port, "the site"), (aws_port, "the local AWS, PORT + 1")):
        if not 0 < number < 65536:
            raise Failed(f"Port {number}, for {purpose}, is not between 1 and 65535.")
        if not ports.is_free(number):
            raise Failed(
                f"Port {number}, for {purpose}, is taken by another program. Stop that one, "
                f"or choose two free ports in a row: PORT={port + 100} script/server"
            )
    return port, aws_port


def _adopt(environ: dict[str, str]) -> None:
    """Make `environ` this process's own: the demo is loaded from within it."""
    for name in set(os.environ) - set(environ):
        del os.environ[name]
    os.environ.update(environ)


def _wait_for(url: str, child: Child) -> None:
    """Wait until `url` answers well; raise if its process ends, or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while (fault := ports.fault(url)) and time.monotonic() < deadline:
        child.check()
        time.sleep(0.05)
    if fault:
        raise Failed(
            f"{url} did not answer well within {START_SECONDS} seconds ({fault}). See {child.log}."
        )


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
