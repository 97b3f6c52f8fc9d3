"""Packets: what a meeting's Board gets as one PDF, in versions, and each version in editions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PacketState(StrEnum):
    """Where a packet's rendering stands."""

    QUEUED = "queued"
    RENDERING = "rendering"
    PUBLISHED = "published"
    FAILED = "failed"


# Where annexes are kept, in a folder for each petition: they are deleted with its signatures.
ANNEXES = "annexes/"
UNFINISHED = frozenset({PacketState.QUEUED, PacketState.RENDERING})


class Face(StrEnum):
    """Who an edition is for."""

    BOARD = "board"
    PUBLIC = "public"
    STAFF = "staff"


class Part(StrEnum):
    """What of a packet an edition holds: all of it, one document alone, or a petition's roster
    with its verification statement; staff's annex has what staff know of its signatures.
    """

    WHOLE = "whole"
    DOCUMENT = "document"
    ROSTER = "roster"
    ANNEX = "annex"


@dataclass(frozen=True)
class Edition:
    """A file of a packet: who it is for, what it holds, the SHA-256 (hex) of its bytes, its pages
    and bytes, and the standards that it keeps.

    `number` is that of the document which it holds alone; `closed` says that it holds something
    for a closed session. An annex names its petition, with whose signatures it is deleted.
    """

    face: Face
    part: Part
    sha256: str
    pages: int
    size: int
    number: str = ""
    closed: bool = False
    claims: tuple[str, ...] = ()
    petition_id: str = ""

    @property
    def slug(self) -> str:
        """Its name in an address: `board`, `public-doc-5.0`, `board-roster-5.0`, `staff-annex`."""
        middle = {Part.WHOLE: "", Part.DOCUMENT: "-doc", Part.ROSTER: "-roster"}
        what = middle.get(self.part, "-annex")
        return f"{self.face.value}{what}" + (f"-{self.number}" if self.number else "")


@dataclass(frozen=True, kw_only=True)
class Packet:
    """One version of a meeting's packet, of the documents that it had when it was asked for:
    their numbers, and beside each its revision and which of its texts that was.

    `number` counts every version of the meeting. A whole packet is the meeting's `issue`; of a
    supplement, which holds only what no packet had, `supplement` says which one it is. Those of an
    earlier release have neither, and no revisions, texts and editions. `without` are the documents
    that staff left out. After it was published, `marking` is true until its documents say so.
    While it is rendered, `done` of `total` and `doing` tell how far it is; if it failed, `problem`
    says why, and `at_fault` is the number of the document that could not be set, if one was.
    """

    meeting_id: str
    number: int
    state: PacketState
    asked_at: datetime
    asked_by: str
    version: int = 1
    documents: tuple[str, ...] = ()
    revisions: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()
    issue: int = 0
    supplement: int = 0
    without: tuple[str, ...] = ()
    marking: bool = False
    attempts: int = 0
    done: int = 0
    total: int = 0
    doing: str = ""
    file: str = ""
    sha256: str = ""
    pages: int = 0
    size: int = 0
    published_at: datetime | None = None
    editions: tuple[Edition, ...] = ()
    problem: str = ""
    at_fault: str = ""

    @property
    def name(self) -> str:
        """`Packet 2`, or `Supplement 1`."""
        if self.supplement:
            return f"Supplement {self.supplement}"
        return f"Packet {self.issue or self.number}"

    def edition(self, slug: str) -> Edition | None:
        """The edition of this name in an address."""
        return next((one for one in self.editions if one.slug == slug), None)

    def file_of(self, edition: Edition) -> str:
        """Under which key an edition's file is kept: its digest is part of it, so that no version
        is ever written over another.
        """
        where = f"packets/{self.meeting_id}/{self.number}"
        if edition.part == Part.ANNEX:
            where = f"{ANNEXES}{edition.petition_id}/{self.meeting_id}-{self.number}"
        return f"{where}/{edition.sha256}.pdf"


@dataclass(frozen=True)
class Changed:
    """What a packet has otherwise than the one before it, by document number; `revised` has the
    revision beside each.
    """

    added: tuple[str, ...] = ()
    revised: tuple[tuple[str, int], ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether it holds the same."""
        return not (self.added or self.revised or self.removed)

    def among(self, numbers: Iterable[str]) -> "Changed":
        """The same of some documents alone."""
        known = set(numbers)
        return Changed(
            tuple(n for n in self.added if n in known),
            tuple(pair for pair in self.revised if pair[0] in known),
            tuple(n for n in self.removed if n in known),
        )

    def words(self) -> str:
        """`Doc 6.0 is new; Doc 5.0 is rev. 2; Doc 4.1 is no longer in it`, or empty."""
        said = [f"Doc {n} is new" for n in self.added]
        said += [f"Doc {n} is rev. {revision}" for n, revision in self.revised]
        said += [f"Doc {n} is no longer in it" for n in self.removed]
        return "; ".join(said)


def changed(packet: Packet, made: Sequence[Packet]) -> Changed | None:
    """What a whole packet has otherwise than the whole one before it that was published; None for
    the first one, and for a supplement, which only adds. `made` are a meeting's packets.
    """
    if packet.supplement:
        return None
    earlier = [
        p
        for p in made
        if p.number < packet.number and p.state == PacketState.PUBLISHED and not p.supplement
    ]
    if not earlier:
        return None
    before = _revisions(max(earlier, key=lambda p: p.number))
    here = _revisions(packet)
    return Changed(
        tuple(n for n in here if n not in before),
        tuple((n, r) for n, r in here.items() if n in before and before[n] != r),
        tuple(n for n in before if n not in here),
    )


def _revisions(packet: Packet) -> dict[str, int]:
    revisions = packet.revisions or (1,) * len(packet.documents)
    return dict(zip(packet.documents, revisions, strict=True))
