"""What earlier packets of a meeting held, and what a document says otherwise since then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.checks.diffs import FieldChange, short_changes
from chalicelib.domain.documents import form_text
from chalicelib.domain.documents.document import File, Revision
from chalicelib.domain.meetings.meeting import DocumentEntry
from chalicelib.domain.packets.packet import Packet, PacketState
from chalicelib.domain.times import local_date, long_date
from chalicelib.services.context import Services


@dataclass(frozen=True)
class Held:
    """A document as an earlier packet held it. `text` is which of its texts that was, 0 where the
    packet does not say.
    """

    revision: int
    text: int
    packet: Packet


def held_before(services: Services, packet: Packet) -> dict[str, Held] | None:
    """The documents that earlier packets held, by number; None before there was one. A whole packet
    stands in for the whole one before it, a supplement adds to all before it.
    """
    made = services.store.board.packets(packet.meeting_id)
    before = [
        p
        for p in made
        if p.number < packet.number
        and p.state != PacketState.FAILED
        and (packet.supplement or not p.supplement)
    ]
    if not before:
        return None
    known: dict[str, Held] = {}
    for one in before if packet.supplement else before[:1]:
        revisions = one.revisions or (1,) * len(one.documents)
        texts = one.texts or (0,) * len(one.documents)
        for number, revision, text in zip(one.documents, revisions, texts, strict=True):
            if number not in known or known[number].revision < revision:
                known[number] = Held(revision, text, one)
    return known


def marks(packet: Packet, known: dict[str, Held] | None) -> dict[str, str]:
    """What is new or revised in a packet, by number. Nothing in the first one."""
    if known is None:
        return {}
    found = {}
    for number, revision in zip(
        packet.documents, packet.revisions or (1,) * len(packet.documents), strict=True
    ):
        if number not in known:
            found[number] = "new"
        elif known[number].revision != revision:
            found[number] = f"rev. {revision}"
    return found


def changes_of(
    services: Services, entry: DocumentEntry, text: int, held: Held | None, asked_at: datetime
) -> dict[str, Any] | None:
    """What a document says otherwise than in an earlier packet, word by word, and why it was
    changed; None where it says the same, or no packet held it.
    """
    if held is None or not entry.document_id or not 0 < held.text < text:
        return None
    read = services.store.documents.read(entry.document_id)
    texts = read.revisions if read else []
    events = read.events if read else []
    by_number = {one.number: one for one in texts}
    old, new = by_number.get(held.text), by_number.get(text)
    if old is None or new is None:
        return None
    zone = services.policy.association.zone
    steps = [one for one in texts if held.text < one.number <= text]
    return {
        "since": old.revision,
        # Whether the older text may have been for a closed session.
        "was_closed": any(e.data.get("closed") for e in events if e.at <= asked_at)
        or _item_was_closed(services, entry, held.packet.meeting_id, asked_at),
        "packet": held.packet.name,
        "packet_on": long_date(local_date(held.packet.asked_at, zone)),
        "steps": [
            {
                "revision": one.revision,
                "on": long_date(local_date(one.at, zone)),
                "by": one.by,
                "why": one.why,
            }
            for one in steps
        ],
        "fields": as_fields(short_changes(form_text.changes(old, new))),
        "files": _files(old, new),
    }


def _item_was_closed(
    services: Services, entry: DocumentEntry, meeting_id: str, asked_at: datetime
) -> bool:
    """Whether the docket alone said that the document was for a closed session: its item, which
    has its number, was edited so.
    """
    return any(
        step.data.get("closed") and step.data.get("number") == entry.number
        for step in services.store.record.steps(f"meeting/{meeting_id}")
        if step.at <= asked_at
    )


def as_fields(changes: Sequence[FieldChange]) -> list[dict[str, Any]]:
    """Changes as a packet prints them: the part, how many words, and stretches of text."""
    return [
        {
            "label": change.label,
            "words": change.words,
            "segments": [{"kind": s.kind.value, "text": s.text} for s in change.segments],
        }
        for change in changes
    ]


def _files(old: Revision, new: Revision) -> list[dict[str, Any]]:
    """The file as it was and as it is, where that is what changed."""
    if not old.file or not new.file or old.file.sha256 == new.file.sha256:
        return []
    return [_file(old.file), _file(new.file)]


def _file(file: File) -> dict[str, Any]:
    return {"name": file.name, "pages": file.pages, "sha256": file.sha256}
