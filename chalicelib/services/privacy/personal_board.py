"""What is kept in the Board's room about a person: what they sent, wrote, moved and voted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.documents.discussion import section_name
from chalicelib.domain.documents.discussion_view import Comment, View, view_of
from chalicelib.domain.documents.document import Document
from chalicelib.domain.motions.ballots import RECUSED, Ballot
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.people.people import Person
from chalicelib.services.context import Services


@dataclass(frozen=True)
class Sent:
    """A document that the person sent to the Board, for which meeting."""

    document: Document
    meeting: str


@dataclass(frozen=True)
class Wrote:
    """Something that the person wrote about a document. `earlier` is what it said before."""

    document: Document
    meeting: str
    what: str
    where: str
    at: datetime
    text: str
    earlier: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """The person's part in a motion: whether they moved or seconded it, and their ballot."""

    motion: Motion
    meeting: str
    moved: bool
    seconded: bool
    ballot: Ballot | None

    @property
    def vote(self) -> str:
        """`yes`, `no`, `abstain` or `recused`; of a secret vote only `secret`, empty for none."""
        if self.ballot is None:
            return ""
        return self.ballot.choice or "secret"

    @property
    def voted_at(self) -> datetime | None:
        """When they voted. Of a secret ballot nobody keeps that."""
        return self.ballot.cast_at if self.ballot and self.ballot.choice else None


@dataclass(frozen=True)
class InBoardRoom:
    """All of it."""

    sent: tuple[Sent, ...] = ()
    wrote: tuple[Wrote, ...] = ()
    motions: tuple[Part, ...] = ()


def gather(services: Services, person: Person) -> InBoardRoom:
    """What is kept about a person in the Board's room: found by what stands beside them, and for
    those who hold or held a seat, by a look at every motion.
    """
    titles = {row["id"]: row["title"] for row in services.store.board.meetings()}
    return InBoardRoom(
        tuple(_sent(services, person, titles)),
        tuple(_wrote(services, person, titles)),
        tuple(_motions(services, person, titles)) if person.seats else (),
    )


def _sent(services: Services, person: Person, titles: dict[str, str]) -> Iterator[Sent]:
    store = services.store.documents
    for document in map(store.get, store.sent_by(person.id, limit=None)):
        if document:
            yield Sent(document, titles.get(document.meeting_id, ""))


def _wrote(services: Services, person: Person, titles: dict[str, str]) -> Iterator[Wrote]:
    store = services.store
    for document in map(store.documents.get, store.discussions.written_by(person.id)):
        if document is None:
            continue
        _, events = store.discussions.read(document.id)
        found = _texts(document, view_of(events), person.id)
        for what, where, one in sorted(found, key=lambda row: row[2].number):
            yield Wrote(
                document,
                titles.get(document.meeting_id, ""),
                what,
                where,
                one.at,
                one.reasons if hasattr(one, "reasons") else one.text,
                tuple(e.text for e in one.earlier) if isinstance(one, Comment) else (),
                getattr(one, "withdrawn_at", None),
            )


def _texts(document: Document, seen: View, person_id: str) -> Iterator[tuple[str, str, Any]]:
    """What somebody wrote, with what it is and the part of the document that it is about."""
    for thread in seen.threads:
        for one in thread.all:
            if one.author_id == person_id:
                yield "comment", section_name(document, thread.comment.section), one
    for question in seen.questions:
        if question.author_id == person_id:
            yield "question", "", question
        for step in question.steps:
            if step.author_id == person_id:
                yield "question" if step.asked else "answer", "", step
    for advice in seen.recommendations:
        if advice.author_id == person_id:
            yield "recommendation", str(advice.advice), advice


def _motions(services: Services, person: Person, titles: dict[str, str]) -> Iterator[Part]:
    board = services.store.board
    for meeting_id, title in titles.items():
        for row in board.motions(meeting_id):
            motion = board.motion(row["id"])
            if motion is None:
                continue
            ballot = board.ballot(motion.id, person.id)
            moved, seconded = motion.mover_id == person.id, motion.seconder_id == person.id
            if moved or seconded or ballot:
                yield Part(motion, title, moved, seconded, ballot)


def as_plain(found: InBoardRoom) -> dict[str, Any]:
    """The same for the file that the person takes along."""
    return {
        "documents_sent": [
            {
                "title": one.document.title,
                "document_id": one.document.id,
                "meeting": one.meeting,
                "state": one.document.state,
                "number": one.document.number,
                "sent_at": one.document.received_at,
                "sent_as": one.document.sender,
                "note_to_staff": one.document.note,
                "texts": one.document.texts,
                "withdrawn_for": one.document.withdrawn_reason,
            }
            for one in found.sent
        ],
        "written_about_documents": [
            {
                "what": one.what,
                "document": one.document.title,
                "document_id": one.document.id,
                "meeting": one.meeting,
                "about": one.where,
                "at": one.at,
                "text": one.text,
                "earlier_texts": one.earlier,
                "withdrawn_at": one.withdrawn_at,
            }
            for one in found.wrote
        ],
        "motions": [
            {
                "motion": one.motion.title,
                "motion_id": one.motion.id,
                "label": one.motion.label,
                "meeting": one.meeting,
                "moved": one.moved,
                "seconded": one.seconded,
                "vote": one.vote,
                "voted_at": one.voted_at,
                "reason": one.ballot.reason if one.ballot else "",
                "earlier_ballots": one.ballot.earlier if one.ballot else (),
            }
            for one in found.motions
        ],
    }


def stays(found: InBoardRoom) -> Iterator[str]:
    """What an erasure leaves, and why, in sentences."""
    for one in found.sent:
        again = (
            " Nobody will be notified about it any more." if one.document.waits_for_staff else ""
        )
        yield (
            f"The document “{one.document.title}” for {one.meeting or 'the Board'} "
            f"({one.document.state}), with the name under it: a board’s documents are its "
            f"archive.{again}"
        )
    titles = {one.document.id: one.document.title for one in found.wrote}
    for document_id, title in titles.items():
        count = sum(one.document.id == document_id for one in found.wrote)
        yield (
            f"What was written about “{title}” ({count} text{'' if count == 1 else 's'}), with the "
            "name beside it: it belongs to the record of the document."
        )
    votes = [one for one in found.motions if one.ballot and one.vote != RECUSED]
    recusals = sum(one.vote == RECUSED for one in found.motions)
    moved = sum(one.moved or one.seconded for one in found.motions)
    for count, what in (
        (moved, "motions moved or seconded"),
        (len(votes), "votes"),
        (recusals, "recusals, with their reasons"),
    ):
        if count:
            yield (
                f"On record with the name: {what}, {count} in all. Without them nobody could check "
                "what the Board decided."
            )
