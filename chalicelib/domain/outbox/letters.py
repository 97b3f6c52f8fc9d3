"""Letters that commands cause. What they say is written in `templates/email`."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter to one person. `id` makes it the same letter however often it is asked for;
    `kind` names its template; `data` is what the template needs besides.
    """

    id: str
    kind: str
    to: str
    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FanOut:
    """A letter of one kind to every signatory of a petition whom it concerns. `after` is the key
    of the signature up to which the letters are written; empty at the beginning.
    """

    id: str
    kind: str
    petition_id: str
    after: str = ""
