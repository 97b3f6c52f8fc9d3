"""The record: each event carries the digest of the one before, so a later change shows."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """One step in the life of a petition, meeting, motion or group.

    `data` holds what the step decided; never an email address, since an event cannot be
    altered when a person asks to be forgotten. `state_digest` is the digest of the thing as the
    step left it (see `record.digest_of_state`); events from before there was one have none.
    """

    subject: str
    sequence: int
    at: datetime
    command: str
    actor_id: str
    actor_name: str
    actor_role: str
    before: str
    after: str
    data: dict[str, Any] = field(default_factory=dict)
    previous: str = ""
    digest: str = ""
    state_digest: str = ""


def digest_of(event: Event) -> str:
    """SHA-256 (hex) of everything in the event but its own digest, in canonical JSON."""
    content: dict[str, Any] = {
        "subject": event.subject,
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "command": event.command,
        "actor": [event.actor_id, event.actor_name, event.actor_role],
        "before": event.before,
        "after": event.after,
        "data": event.data,
        "previous": event.previous,
    }
    # Where there is none it is left out, so that the digests of earlier events stay what they are.
    if event.state_digest:
        content["state_digest"] = event.state_digest
    return sha256_of(content)


def sha256_of(value: Any) -> str:
    """SHA-256 (hex) of a JSON value in its one byte form."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """The one byte form of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
