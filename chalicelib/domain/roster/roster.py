"""The membership roster: a version is a date, a digest and its entries."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.people.addresses import canonical, key_of
from chalicelib.domain.record.events import canonical_json
from chalicelib.domain.roster.members import number_key, words_of


@dataclass(frozen=True)
class Entry:
    """One member as the membership system exported them. `shared` says that another member has
    the same address.
    """

    name: str
    email: str
    institution: str = ""
    member_number: str = ""
    shared: bool = False

    @property
    def mailbox(self) -> str:
        """The key of the address."""
        return key_of(self.email)

    @property
    def seat(self) -> str:
        """The key under which this member's signature is expected on every petition."""
        if self.shared:
            return f"{self.mailbox}-{number_key(self.member_number)}"
        return self.mailbox

    @property
    def names(self) -> tuple[str, ...]:
        """The first and the last word of the name, under which staff find the entry."""
        words = words_of(self.name)
        return tuple(dict.fromkeys((words[0], words[-1]))) if words else ()


@dataclass(frozen=True, kw_only=True)
class Roster:
    """A roster version without its entries. Version 0 means that none was imported yet."""

    version: int = 0
    digest: str = ""
    entries: int = 0
    imported_at: datetime | None = None
    imported_by: str = ""


class ImportState(StrEnum):
    """How far an import is."""

    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Import:
    """A roster on its way into force. `file` is the digest of the uploaded file; `told` says
    what came of it; `revision` counts imports, those that failed included. `unmatched` signatures
    could not be looked up anew yet, after so many more `looks`.
    """

    file: str
    version: int
    state: ImportState
    asked_at: datetime
    asked_by: str
    told: str = ""
    revision: int = 1
    done_at: datetime | None = None
    looked_again: bool = False
    unmatched: int = 0
    looks: int = 0


def digest_of(entries: Iterable[Entry]) -> str:
    """SHA-256 (hex) of the entries, whatever order they came in."""
    rows = sorted([canonical(e.email), e.name, e.institution, e.member_number] for e in entries)
    return hashlib.sha256(canonical_json(rows)).hexdigest()
