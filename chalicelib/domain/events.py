"""The record: each event carries the digest of the one before, so a later change shows."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """One step in the life of a petition, meeting, motion or group.

    `data` holds what the step decided; never an e-mail address, since an event cannot be
    altered when a person asks to be forgotten.
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


def digest_of(event: Event) -> str:
    """SHA-256 (hex) of everything in the event but its own digest, in canonical JSON."""
    content = {
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
    return hashlib.sha256(canonical_json(content)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """The one byte form of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
