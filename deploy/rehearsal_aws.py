"""The local AWS of a rehearsal: empty, asking for rights as AWS does, gone when the block ends."""

import contextlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from local.stack import running_aws

ACCOUNT, REGION = "000000000000", "us-east-1"


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
    rights = folder / "rights"
    rights.touch()
    # Workers' folders go where the rest goes.
    extra = {"LD_LIBRARY_PATH": str(folder / "opt" / "lib"), "TMPDIR": str(folder)}
    with running_aws(folder, durable=False, rights=rights, extra=extra) as aws:
        yield LocalAws(aws.aws_endpoint, rights)
