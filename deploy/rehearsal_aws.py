"""The local AWS of a rehearsal: empty, asking for rights as AWS does, gone when the block ends."""

import contextlib
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
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

    def used(self) -> dict[str, set[tuple[str, str]]]:
        """By role, each action that was allowed and the resource that it was for."""
        found: dict[str, set[tuple[str, str]]] = {}
        for line in self.rights.read_text().splitlines():
            note = json.loads(line)
            if note["decision"] == "Allow":
                role = note["role"].split("/")[1]
                found.setdefault(role, set()).add((note["action"], note["resource"]))
        return found

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


def allowed(aws: LocalAws) -> dict[str, list[tuple[str, str]]]:
    """By role of a function, each action that its policy allows and the resources it is for."""
    iam, found = aws.client("iam"), {}
    for role in iam.list_roles()["Roles"]:
        pairs: list[tuple[str, str]] = []
        for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)
            for statement in document["PolicyDocument"]["Statement"]:
                resources = statement["Resource"]
                for resource in resources if isinstance(resources, list) else [resources]:
                    pairs += [(action, resource) for action in statement["Action"]]
        found[role["RoleName"]] = pairs
    return found


def unused(aws: LocalAws, spared: Callable[[str], bool]) -> list[str]:
    """What a policy allows and nothing asked for, but for actions that are `spared`."""
    used = aws.used()
    return sorted(
        f"{role.split('-')[2]}: {action} on {resource.rpartition(':')[2]}"
        for role, pairs in allowed(aws).items()
        for action, resource in pairs
        if not spared(action)
        and not any(
            action == asked and fnmatchcase(what, resource) for asked, what in used.get(role, set())
        )
    )
