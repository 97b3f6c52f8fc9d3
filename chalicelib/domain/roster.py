"""The membership roster: a version is a date, a digest and its entries."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.addresses import canonical, key_of
from chalicelib.domain.events import canonical_json


@dataclass(frozen=True)
class Entry:
    """One member as the membership system exported them."""

    name: str
    email: str
    institution: str = ""
    member_number: str = ""

    @property
    def key(self) -> str:
        """The key by which a signature's address finds this entry."""
        return key_of(self.email)


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
    what came of it; `revision` counts imports, those that failed included.
    """

    file: str
    version: int
    state: ImportState
    asked_at: datetime
    asked_by: str
    told: str = ""
    revision: int = 1


def digest_of(entries: Iterable[Entry]) -> str:
    """SHA-256 (hex) of the entries, whatever order they came in."""
    rows = sorted([canonical(e.email), e.name, e.institution, e.member_number] for e in entries)
    return hashlib.sha256(canonical_json(rows)).hexdigest()
