"""Settings from the environment, checked as a whole and read at first use."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


class ConfigError(Exception):
    """The settings are wrong; the message has a line for each thing to mend."""


@dataclass(frozen=True)
class Settings:
    """One installation. `base_url` is where people reach it, without a slash at the end."""

    stage: str
    bucket: str
    queue_prefix: str
    sender: str
    base_url: str
    secret: str

    @property
    def local(self) -> bool:
        """Whether this runs on somebody's own machine, with its mailbox and demo people."""
        return self.stage == "local" and not os.environ.get("AWS_LAMBDA_FUNCTION_NAME")


_NAMES = {
    "stage": "GROUNDSWELL_STAGE",
    "bucket": "GROUNDSWELL_BUCKET",
    "queue_prefix": "GROUNDSWELL_QUEUE_PREFIX",
    "sender": "GROUNDSWELL_SENDER",
    "base_url": "GROUNDSWELL_BASE_URL",
    "secret": "GROUNDSWELL_SECRET",
}


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment. Raises ConfigError naming everything that is wrong."""
    problems = [f"{name} is not set." for name in _NAMES.values() if not environ.get(name)]
    values = {field: environ.get(name, "") for field, name in _NAMES.items()}
    if values["secret"] and len(values["secret"]) < 32:
        problems.append("GROUNDSWELL_SECRET is shorter than 32 characters.")
    url = values["base_url"]
    if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        problems.append("GROUNDSWELL_BASE_URL has to begin with https:// away from this machine.")
    if problems:
        raise ConfigError("\n".join(problems))
    return Settings(**{**values, "base_url": url.rstrip("/")})


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read(os.environ)
