"""The environment that the local server and its children run in."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

NAME = "groundswell-local"
SENDER = "Groundswell <groundswell@example.org>"
HOST = "127.0.0.1"


def build(port: int, aws_port: int, data: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return a whole environment: `base` without its AWS settings, and ours.

    Whatever account, profile or endpoint the user has set for AWS is taken out, so that
    nothing done locally can reach a real account. The session secret is made on the first
    call for a data folder and stays the same afterwards.
    """
    environ = {name: value for name, value in base.items() if not name.startswith("AWS_")}
    environ.update(
        AWS_ENDPOINT_URL=f"http://{HOST}:{aws_port}",
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
        # Files in ~/.aws may set endpoints and profiles too.
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        GROUNDSWELL_STAGE="local",
        GROUNDSWELL_TABLE=NAME,
        GROUNDSWELL_BUCKET=NAME,
        GROUNDSWELL_QUEUE_PREFIX=NAME,
        GROUNDSWELL_SENDER=SENDER,
        GROUNDSWELL_BASE_URL=f"http://{HOST}:{port}",
        GROUNDSWELL_SECRET=secret(data),
        GROUNDSWELL_DATA=str(data),
        PORT=str(port),
        PYTHONUNBUFFERED="1",
    )
    # A proxy for the internet must not be asked for addresses on this machine.
    for name in ("NO_PROXY", "no_proxy"):
        others = [part for part in environ.get(name, "").split(",") if part]
        environ[name] = ",".join(dict.fromkeys([*others, HOST, "localhost"]))
    return environ


def secret(data: Path) -> str:
    """Return the secret kept in the data folder, made on first use, readable by its owner only."""
    path = data / "secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        fresh = data / f"secret.{os.getpid()}"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # A link fails where the file exists already: the first of two starts wins.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
