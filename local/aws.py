"""Runs the local AWS: MiniStack on the loopback address, with its state kept on disk.

    python -m local.aws --port 8001 --data .local

MiniStack is configured by environment variables that it reads on import; they are set here,
and it is imported after that.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import resource
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from local import lifeline
from local.environment import HOST
from local.gate import Gate

LOCK_WAIT_SECONDS = 15
QUEUE_KEY_PORT = "4566"


def main() -> None:
    """Serve until SIGTERM, then save and end."""
    parser = argparse.ArgumentParser(prog="local.aws")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--forget", action="store_true", help="save nothing (for measuring)")
    parser.add_argument("--rights", type=Path, help="ask for rights, and note in this file by whom")
    arguments = parser.parse_args()
    lifeline.watch()
    folder = arguments.data.resolve() / "aws"
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder / "lock")
    configure(arguments.port, folder, keep=not arguments.forget)
    if arguments.rights:
        _ask_for_rights(arguments.rights)
    _allow_many_connections()
    asyncio.run(_serve(arguments.port, folder, lock, keep=not arguments.forget))


def configure(port: int, folder: Path, *, keep: bool) -> None:
    """Set what MiniStack reads from its environment."""
    os.environ.update(
        GATEWAY_PORT=str(port),
        MINISTACK_REGION="us-east-1",
        LOG_LEVEL="WARNING",
        # State is kept by local.snapshot; files in the bucket MiniStack writes as they come.
        PERSIST_STATE="0",
        STATE_DIR=str(folder / "state"),
        S3_PERSIST="1" if keep else "0",
        S3_DATA_DIR=str(folder / "s3"),
        # These would listen on every address of the machine.
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        # On start and stop MiniStack removes its containers: there are none, so let it
        # not talk to the user's Docker at all.
        DOCKER_HOST="unix:///nonexistent/docker.sock",
    )


def _ask_for_rights(path: Path) -> None:
    """Let roles do what their policies allow and no more, as AWS does, and write down what each
    was allowed or refused: a JSON object a line.
    """
    os.environ["AUTH"] = "true"
    from ministack.core import iam_evaluator

    evaluate = iam_evaluator.evaluate
    file = open(path, "a", buffering=1)  # noqa: SIM115 - as long as the process lives

    def evaluate_and_note(asked: Any, *policies: Any) -> Any:
        # AWS asks for the right to one message where several are sent at once, and for that to
        # the sender's identity where MiniStack, which knows none, says "*".
        asked = replace(asked, action=asked.action.replace("MessageBatch", "Message"))
        if asked.action == "ses:SendEmail":
            identity = f"arn:aws:ses:{asked.region}:{asked.principal_account}:identity/sender"
            asked = replace(asked, resource_arn=identity)
        result = evaluate(asked, *policies)
        note = {"role": asked.principal_arn, "action": asked.action}
        note |= {"resource": asked.resource_arn, "decision": result.decision}
        file.write(json.dumps(note) + "\n")
        return result

    iam_evaluator.evaluate = evaluate_and_note
    # Nothing leaves this machine: for policies that ask for TLS, that is as good.
    pin = iam_evaluator.pin_request_origin
    iam_evaluator.pin_request_origin = lambda address, _secure: pin(address, True)


def _keep_queues_apart_from_the_port() -> None:
    """Let queues be found again when the next start is on another port.

    MiniStack keeps its queues under their addresses, with its own port in them, and puts the
    address that the caller used in its answers. So the port that they are kept under can be
    any, as long as it stays the same.
    """
    from ministack.services import sqs

    sqs.DEFAULT_PORT = QUEUE_KEY_PORT
    sqs._CANONICAL_NETLOC = f"{sqs.DEFAULT_HOST}:{QUEUE_KEY_PORT}"


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 16384 if hard == resource.RLIM_INFINITY else min(16384, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(port: int, folder: Path, lock: int, *, keep: bool) -> None:
    # Imported here, after configure().
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as ministack

    from local import snapshot

    _keep_queues_apart_from_the_port()
    path = folder / "state.json"
    saver = snapshot.Saver(path, lambda: collect(ministack), keep_open=lock)
    application: Any = Gate(
        ministack.app,
        on_start=(lambda: restore(ministack, path)) if keep else (lambda: None),
        on_write=saver.mark if keep else (lambda: None),
    )
    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.backlog = 1024
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGINT, stopping.set)

    saving = asyncio.create_task(saver.run())
    try:
        await serve(application, config, shutdown_trigger=stopping.wait)
    finally:
        saving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saving
    # Only after a good start and a good end: a failed restore must not overwrite the file.
    if keep:
        saver.save_now()


def collect(ministack: Any) -> dict[str, Any]:
    """Return the state of every service in use, and the letters sent."""
    from ministack.services import ses

    # A service whose module could not be loaded answers None: it has no state.
    found = {name: get() for name, get in ministack._build_persistence_save_dict().items()}
    state = {name: value for name, value in found.items() if value is not None}
    # MiniStack does not count the letters that were sent as state; /mailbox shows them.
    state["letters"] = ses._sent_emails
    return state


def restore(ministack: Any, path: Path) -> None:
    """Give every service the state it had."""
    from ministack.services import ses

    from local import snapshot

    state = snapshot.read(path)
    if "letters" in state:
        ses._sent_emails.update(state.pop("letters"))
    for name, value in state.items():
        ministack._get_module(ministack._state_map[name]).load_persisted_state(value)


def _lock(path: Path) -> int:
    """Take the data folder for this process; its end gives it back, however it comes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit(
                    f"Another local server is using {path.parent.parent}. "
                    "Stop it, or set GROUNDSWELL_DATA to another folder."
                )
            time.sleep(0.05)
        else:
            return descriptor


if __name__ == "__main__":
    main()
