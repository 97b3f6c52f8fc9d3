"""Every setting of an installation: read from the environment once, and checked as a whole.

Local, test and deployed differ by these alone. docs/settings.md lists them.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

LOCAL = "local"
# A value that begins so is read from there, once in a process.
SECRETS_MANAGER, PARAMETER_STORE = "secretsmanager:", "ssm:"
SECRET_LENGTH = 32
_STAGE = re.compile("[a-z][a-z0-9-]{0,15}")
_ON_THIS_MACHINE = ("http://127.0.0.1", "http://localhost")


class ConfigError(Exception):
    """The settings are wrong; the message has a line for each thing to mend."""


@dataclass(frozen=True)
class Settings:
    """One installation. `base_url` is where people reach it, without a slash at the end."""

    stage: str
    table: str
    bucket: str
    queue_prefix: str
    sender: str
    base_url: str
    secret: str = field(repr=False)
    # The secret before the last rotation, whose tokens are still read; empty before the first.
    former_secret: str = field(default="", repr=False)
    # Whoever first signs in at this address becomes the first administrator.
    administrator: str = ""
    # What the CDN in front says to prove that a request came by it; empty where there is none.
    edge: str = field(default="", repr=False)
    # A local server's own folder, with its clock; never set elsewhere.
    data: Path | None = None

    @property
    def local(self) -> bool:
        """Whether this runs on somebody's own machine, with its mailbox and demo people."""
        return self.stage == LOCAL


NAMES = {
    "stage": "GROUNDSWELL_STAGE",
    "table": "GROUNDSWELL_TABLE",
    "bucket": "GROUNDSWELL_BUCKET",
    "queue_prefix": "GROUNDSWELL_QUEUE_PREFIX",
    "sender": "GROUNDSWELL_SENDER",
    "base_url": "GROUNDSWELL_BASE_URL",
    "secret": "GROUNDSWELL_SECRET",
    "administrator": "GROUNDSWELL_ADMINISTRATOR",
    "edge": "GROUNDSWELL_EDGE",
    "data": "GROUNDSWELL_DATA",
}
OPTIONAL = {"administrator", "edge", "data"}

# Gives a client of an AWS service by its name.
Clients = Callable[[str], Any]


def _no_clients(service: str) -> Any:
    raise ConfigError(f"{service} cannot be asked for settings here.")


def on_aws(environ: Mapping[str, str]) -> bool:
    """Whether a process with this environment is a function on AWS, whatever else it is told."""
    return "AWS_LAMBDA_FUNCTION_NAME" in environ


def stage_of(environ: Mapping[str, str]) -> str:
    """The stage alone, for what has to be known before the rest can be read. A function on AWS is
    never local, whatever it is told.
    """
    stage = environ.get(NAMES["stage"], "")
    return "" if stage == LOCAL and on_aws(environ) else stage


def read(environ: Mapping[str, str], clients: Clients = _no_clients) -> Settings:
    """The settings in an environment. Raises ConfigError naming everything that is wrong.

    `clients` is asked only for values that are kept elsewhere.
    """
    given = {name: environ.get(variable, "") for name, variable in NAMES.items()}
    problems = [
        f"{NAMES[name]} is not set." for name in NAMES if not given[name] and name not in OPTIONAL
    ]
    former = ""
    for name, value in given.items():
        try:
            given[name], before = _looked_up(value, clients)
        except Exception as error:
            problems.append(f"{NAMES[name]}: {value} could not be read ({error}).")
            continue
        former = before if name == "secret" else former
    problems += _wrong(given, environ)
    if problems:
        raise ConfigError("\n".join(problems))
    data = given.pop("data")
    given["base_url"] = given["base_url"].rstrip("/")
    return Settings(**given, former_secret=former, data=Path(data) if data else None)


def _looked_up(value: str, clients: Clients) -> tuple[str, str]:
    """A setting's value from where it is kept, and what a secret was before its last rotation."""
    if value.startswith(PARAMETER_STORE):
        name = value.removeprefix(PARAMETER_STORE)
        answer = clients("ssm").get_parameter(Name=name, WithDecryption=True)
        return str(answer["Parameter"]["Value"]), ""
    if value.startswith(SECRETS_MANAGER):
        manager = clients("secretsmanager")
        name = value.removeprefix(SECRETS_MANAGER)
        now = str(manager.get_secret_value(SecretId=name)["SecretString"])
        try:
            before = manager.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
        except manager.exceptions.ResourceNotFoundException:
            return now, ""
        return now, str(before["SecretString"])
    return value, ""


def _wrong(given: Mapping[str, str], environ: Mapping[str, str]) -> list[str]:
    """What is set and cannot be so."""
    stage, url = given["stage"], given["base_url"]
    problems = []
    if stage and not _STAGE.fullmatch(stage):
        problems.append(
            "GROUNDSWELL_STAGE must be up to 16 lowercase letters, digits and hyphens, such as "
            "prod."
        )
    if given["secret"] and len(given["secret"]) < SECRET_LENGTH:
        problems.append(f"GROUNDSWELL_SECRET is shorter than {SECRET_LENGTH} characters.")
    if url and not url.startswith(("https://", *(_ON_THIS_MACHINE if stage == LOCAL else ()))):
        problems.append("GROUNDSWELL_BASE_URL has to begin with https:// away from this machine.")
    for name in ("sender", "administrator"):
        if given[name] and "@" not in parseaddr(given[name])[1]:
            problems.append(f"{NAMES[name]} is no email address.")
    if stage == LOCAL and on_aws(environ):
        problems.append("GROUNDSWELL_STAGE is local, and this is a function on AWS.")
    if given["data"] and stage != LOCAL:
        problems.append("GROUNDSWELL_DATA belongs to a local server: take it away from this stage.")
    return problems


def check_at_start() -> None:
    """Has a function on AWS refuse to start with wrong settings. Raises ConfigError."""
    if on_aws(os.environ):
        settings()


def _client(service: str) -> Any:
    import boto3  # noqa: PLC0415 - most processes are told everything directly

    return boto3.client(service)


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read(os.environ, _client)
