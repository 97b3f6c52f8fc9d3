"""The server as a person starts and stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import urlopen

from local import lifeline, ports, resources
from local.environment import NAME, build
from local.stack import Stack, running_stack

TOY = {"GROUNDSWELL_PROJECT": "toy_project", "PYTHONPATH": str(Path(__file__).parent)}


@contextmanager
def toy_stack(data: Path) -> Iterator[Stack]:
    with running_stack(data, extra=TOY) as stack:
        yield stack


def group(leader: int) -> dict[int, str]:
    """Return the living processes of a process group, with their command lines."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,pgid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 3) for line in listing.splitlines()]
    return {int(pid): args for pid, of, stat, args in rows if int(of) == leader and stat[0] != "Z"}


def child(stack: Stack, name: str) -> int:
    (pid,) = [pid for pid, args in group(stack.process.pid).items() if f"local.{name}" in args]
    return pid


def eventually(holds: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def listening_addresses(pids: set[int]) -> set[str]:
    """Return the addresses, as the kernel writes them, on which these processes listen."""
    sockets = set()
    for pid in pids:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                sockets.add(os.readlink(entry))
            except FileNotFoundError:
                continue
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            part = line.split()
            bound = part[3] == "0A" or table.startswith("udp")
            if bound and f"socket:[{part[9]}]" in sockets:
                found.add(part[1].split(":")[0])
    return found


def test_a_whole_day(tmp_path: Path) -> None:
    with toy_stack(tmp_path) as stack:
        with urlopen(f"{stack.base_url}/healthz") as answer:
            assert answer.status == 200
        assert eventually(lambda: f"Groundswell is at {stack.base_url}" in stack.output())
        assert "Sign in as anyone." in stack.output()
        if sys.platform == "linux":
            loopback = "0100007F"
            assert listening_addresses(set(group(stack.process.pid))) == {loopback}

        with (
            closing(resources.client("sqs", stack.environ)) as sqs,
            closing(resources.client("dynamodb", stack.environ)) as dynamodb,
        ):
            url = sqs.get_queue_url(QueueName=f"{NAME}-mail")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="one")

            def keys() -> set[str]:
                return {item["pk"]["S"] for item in dynamodb.scan(TableName=NAME)["Items"]}

            assert eventually(lambda: keys() == {"demo", "sweep", "letter one"})

        assert stack.stop() == 0
        assert not group(stack.process.pid)
        assert oct((tmp_path / "secret").stat().st_mode)[-3:] == "600"


def test_a_child_that_ends_takes_the_server_with_it(tmp_path: Path) -> None:
    with toy_stack(tmp_path) as stack:
        os.kill(child(stack, "worker"), signal.SIGKILL)
        assert stack.process.wait(30) == 1
        assert "The worker process ended unexpectedly (status -9)" in stack.output()
        assert not group(stack.process.pid)


def test_children_end_when_the_server_is_killed(tmp_path: Path) -> None:
    with toy_stack(tmp_path) as stack:
        with closing(resources.client("ses", stack.environ)) as ses:
            ses.verify_email_identity(EmailAddress="late@example.org")
        os.kill(stack.process.pid, signal.SIGKILL)
        # A child may use all of its grace to put down what it holds.
        within = lifeline.GRACE_SECONDS + 10
        assert eventually(lambda: not group(stack.process.pid), within)
        # They were told to stop, not killed: the last write is there.
        assert "late@example.org" in (tmp_path / "aws" / "state.json").read_text()


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        port = ports.find_free()
        taken.bind(("127.0.0.1", port))
        taken.listen()
        environ = build(port, port + 1, tmp_path, os.environ) | {"PORT": str(port - 1)}
        result = subprocess.run(
            [sys.executable, "-m", "local.server"],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert f"Port {port}, for the local AWS, PORT + 1, is taken" in result.stderr
    assert f"PORT={port + 99} script/server" in result.stderr


def test_no_account_of_the_users_is_within_reach(tmp_path: Path) -> None:
    base = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "real", "AWS_ENDPOINT_URL_S3": "x"}
    environ = build(8000, 8001, tmp_path, base)
    assert not set(base) & set(environ)
    assert environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert build(8000, 8001, tmp_path, {})["GROUNDSWELL_SECRET"] == environ["GROUNDSWELL_SECRET"]
