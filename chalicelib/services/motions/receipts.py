"""The receipt of a secret ballot: its voter alone has it, and nothing here keeps it.

A receipt is made from the installation's secret and a random token that came with the form, so
that the same form sent again has the same receipt. Neither the token nor the receipt is stored;
a slip is found by the digest of its receipt.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.motions.ballots import Slip
from chalicelib.domain.motions.motion import Motion
from chalicelib.services.commands import Step
from chalicelib.services.context import Services
from chalicelib.services.people.tokens import random_token

_SPELT = str.maketrans({"o": "0", "i": "1", "l": "1", "-": "", " ": ""})


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a member is told who voted in secret. `receipt` is shown once and never kept."""

    id: str
    choice: str
    number: str
    receipt: str = field(repr=False)


def make(step: Step[Motion, Any], token: str) -> str:
    """The receipt of a form, or a new one where no form said; kept when decided anew."""
    token = token or step.once.setdefault("ballot_token", random_token())
    parts = (step.subject.id, step.by.actor.id, token)
    return grouped(step.services.tokens.code("receipt", *parts))


def grouped(code: str) -> str:
    """A code as people write it down: `7K3M-Q0ZD-…`."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4)).upper()


def key_of(motion_id: str, receipt: str) -> str:
    """The key of the slip that a receipt is for, however the receipt was typed."""
    plain = receipt.strip().lower().translate(_SPELT)
    return hashlib.sha256(f"slip\0{motion_id}\0{plain}".encode()).hexdigest()


def slip_for(services: Services, motion_id: str, receipt: str) -> Slip | None:
    """The slip that a receipt is for, or None."""
    return services.store.board.slip(motion_id, key_of(motion_id, receipt))
