"""Whole servers for tests and benchmarks, on free ports, gone when the block ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local import environment, lifeline, ports
from local.server import ROOT

START_SECONDS = 120
STOP_SECONDS = 60


@dataclass
class Running:
    """A process group of ours, and how to reach the AWS in it."""

    aws_endpoint: str
    environ: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> int:
        """Stop as Ctrl-C would, and return the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.wait()

    def kill(self) -> None:
        """Kill every process of it at once, as a crash of the machine would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def output(self) -> str:
        """Return what it printed so far."""
        return self.log.read_text(errors="replace")


@dataclass
class Stack(Running):
    """A whole local server."""

    base_url: str = field(default="")


@contextlib.contextmanager
def running_stack(
    data_dir: Path, port: int | None = None, extra: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """Run `python -m local.server` and give it when it is ready; stop it at the end.

    `environ` of what is given is what the server's own processes run with: a test can read
    the table with it. `extra` is added to the environment of the server.
    """
    port = port or ports.find_free()
    aws_port = ports.find_free()
    data = data_dir.resolve()
    environ = environment.build(port, aws_port, data, os.environ) | dict(extra or {})
    environ["GROUNDSWELL_AWS_PORT"] = str(aws_port)
    process, log = _start(["local.server"], environ, data, "server")
    stack = Stack(
        environ["AWS_ENDPOINT_URL"], environ, process, log, environ["GROUNDSWELL_BASE_URL"]
    )
    with _stopping(stack):
        _wait_until_ready(stack, f"{stack.base_url}/healthz")
        yield stack


@contextlib.contextmanager
def running_aws(
    data_dir: Path,
    *,
    durable: bool = True,
    rights: Path | None = None,
    extra: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Run the local AWS alone and give it when it is ready, with no resources made in it.

    Without `durable` it keeps nothing on disk, for measurements that saving would disturb. With
    `rights` it asks for rights and notes in that file who used which. `extra` is added to its
    environment, which the functions that it runs inherit.
    """
    port = ports.find_free()
    data = data_dir.resolve()
    environ = environment.build(ports.find_free(), port, data, os.environ) | dict(extra or {})
    arguments = ["local.aws", "--port", str(port), "--data", str(data)]
    arguments += [] if durable else ["--forget"]
    if rights:
        # What a deployed function is told, its stack alone tells it.
        environ = {k: v for k, v in environ.items() if not k.startswith("GROUNDSWELL_")}
        arguments += ["--rights", str(rights)]
    process, log = _start(arguments, environ, data, "aws-alone")
    running = Running(environ["AWS_ENDPOINT_URL"], environ, process, log)
    with _stopping(running):
        _wait_until_ready(running, f"{running.aws_endpoint}/_ministack/health")
        yield running


def _start(
    arguments: list[str], environ: dict[str, str], data: Path, name: str
) -> tuple[subprocess.Popen[bytes], Path]:
    path = data / "logs" / f"{name}.log"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            # Should the test run itself be killed, the server notices and ends.
            env=lifeline.given(environ),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return process, path


@contextlib.contextmanager
def _stopping(running: Running) -> Iterator[None]:
    try:
        yield
    finally:
        running.stop()
        # Should anything of the group be left after a stop, it must not survive the test.
        running.kill()
        if running.process.stdin is not None:
            running.process.stdin.close()


def _wait_until_ready(running: Running, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while fault := ports.fault(url):
        if running.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The server did not become ready ({fault}):\n{running.output()}")
        time.sleep(0.05)
