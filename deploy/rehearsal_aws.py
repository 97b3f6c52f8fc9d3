"""The local AWS of a rehearsal: empty, asking for rights as AWS does, gone when the block ends."""

import contextlib
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from local import lifeline, ports

ROOT = Path(__file__).resolve().parents[1]
ACCOUNT, REGION = "000000000000", "us-east-1"
START_SECONDS = 120


@dataclass(frozen=True)
class LocalAws:
    """Where it listens, and the file in which it notes who asked for which right."""

    url: str
    rights: Path

    def client(self, service: str) -> Any:
        """A client of a service, with every right."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def used(self) -> set[tuple[str, str]]:
        """Each role's name with an action that it asked for and was allowed."""
        notes = [json.loads(line) for line in self.rights.read_text().splitlines()]
        return {
            (note["role"].split("/")[1], note["action"])
            for note in notes
            if note["decision"] == "Allow" and ":assumed-role/" in note["role"]
        }

    def logs(self, last: int = 30) -> list[str]:
        """The last lines that each function wrote."""
        logs = self.client("logs")
        return [
            f"{group['logGroupName'].rpartition('/')[2]}: {event['message'].rstrip()}"
            for group in logs.describe_log_groups()["logGroups"]
            for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"][
                -last:
            ]
        ]


@contextlib.contextmanager
def running(folder: Path, layer: Path) -> Iterator[LocalAws]:
    """Runs it. `layer` is the packet worker's, whose libraries functions find as on Lambda."""
    with zipfile.ZipFile(layer) as packed:
        packed.extractall(folder / "opt")
    port, rights = ports.find_free(), folder / "rights"
    rights.touch()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "GROUNDSWELL_"))}
    environ |= {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "LD_LIBRARY_PATH": str(folder / "opt" / "lib"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        # Workers' folders go where the rest goes.
        "TMPDIR": str(folder),
    }
    command = [sys.executable, "-m", "local.aws", "--port", str(port), "--data", str(folder)]
    with open(folder / "aws.log", "wb") as log:
        process = subprocess.Popen(
            [*command, "--forget", "--rights", str(rights)],
            cwd=ROOT,
            env=lifeline.given(environ),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    aws = LocalAws(f"http://127.0.0.1:{port}", rights)
    try:
        deadline = time.monotonic() + START_SECONDS
        while fault := ports.fault(f"{aws.url}/_ministack/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The local AWS did not start: {fault}")
            time.sleep(0.1)
        yield aws
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()
