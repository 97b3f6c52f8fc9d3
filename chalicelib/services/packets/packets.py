"""Packets: asked for on a page, rendered by a worker, kept under their digest."""

import logging
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.domain.errors import (
    ConcurrentChangeError,
    NotAllowedError,
    NotFoundError,
    RuleError,
)
from chalicelib.domain.meetings import meeting as rules
from chalicelib.domain.meetings.documents import ask_for_packet
from chalicelib.domain.meetings.meeting import DocumentEntry, Meeting
from chalicelib.domain.packets.packet import Edition, Face, Packet, PacketState, Part
from chalicelib.domain.people.people import SYSTEM, Act, Actor, Role
from chalicelib.domain.people.roles import authorize
from chalicelib.services.commands import ATTEMPTS, Step, command, commit, perform
from chalicelib.services.context import Services
from chalicelib.services.documents.inputs import Publish
from chalicelib.services.meetings.lookup import meeting
from chalicelib.services.outbox.email_queue import letter_about
from chalicelib.services.packets.content import packet_content
from chalicelib.services.packets.editions import make_editions
from chalicelib.services.ports import RenderFailed

log = logging.getLogger(__name__)

# A worker that takes longer than this is taken for dead, and another may begin.
LEASE_SECONDS = 240
# What somebody has to be allowed for an edition.
_READING = {
    Face.BOARD: "packet.read",
    Face.PUBLIC: "packet.read-public",
    Face.STAFF: "packet.read-annex",
}
LINK_SECONDS = 300
MOST_ATTEMPTS = 3
PROGRESS_EVERY = timedelta(seconds=1)


@command("packet.publish", Publish, meeting)
def publish(step: Step[Meeting, Publish]) -> Packet:
    """Asks for the next packet: of every document, or a supplement of those that no packet holds.
    While one is being made, that one is meant.
    """
    board = step.services.store.board
    made = board.packets(step.subject.id)
    for packet in made[:1]:
        if packet.state in {PacketState.QUEUED, PacketState.RENDERING}:
            return packet
    changed, event, packet = ask_for_packet(
        step.subject,
        made,
        step.by,
        supplement=step.form.supplement,
        without=step.form.without,
    )
    board.save_meeting(step.unit, changed, event)
    board.add_packet(step.unit, packet)
    return packet


def render(services: Services, pk: str, sk: str) -> None:
    """Renders the packet under this key, once, however often it is asked.

    A packet that cannot be rendered is marked as failed with the reason; an error of the
    surroundings is raised, so that the queue tries again.
    """
    authorize(SYSTEM, "packet.render")
    claimed = services.store.outbox.claim(pk, sk, services.clock(), LEASE_SECONDS)
    if claimed is None:
        return
    work = _Rendering(services, claimed.work, claimed.lease)
    try:
        work.run()
    except ConcurrentChangeError:
        log.info("packet %s was taken over by another worker", pk)


class _Rendering:
    """One worker's rendering of one packet."""

    def __init__(self, services: Services, packet: Packet, lease: str) -> None:
        self._services, self._lease = services, lease
        self._packet = packet
        self._told = services.clock()

    def run(self) -> None:
        """Renders, stores and publishes the packet."""
        found = self._services.store.board.meeting(self._packet.meeting_id)
        if found is None:
            raise NotFoundError("The packet's meeting is missing.")
        if self._packet.state == PacketState.PUBLISHED:
            # Whoever made it died before its documents said so.
            self._mark(found)
            return
        if self._packet.attempts >= MOST_ATTEMPTS:
            # Its workers died without a word: no further one is thrown after them.
            problem = f"Making it was given up after {MOST_ATTEMPTS} attempts. Publish it again."
            self._save(state=PacketState.FAILED, problem=problem)
            return
        self._save(
            state=PacketState.RENDERING,
            doing="Gathering the documents",
            attempts=self._packet.attempts + 1,
        )
        try:
            content = packet_content(self._services, found, self._packet)
            began = time.monotonic()
            editions = make_editions(self._services, found, self._packet, content, self._progress)
            facts = {"editions": len(editions), "pages": editions[0].pages}
            metrics = {"PacketSeconds": round(time.monotonic() - began, 1)}
            log.info("packet made", extra={"facts": facts, "metrics": metrics})
        except RuleError as error:
            self._save(state=PacketState.FAILED, problem=error.message)
            return
        except RenderFailed as error:
            log.exception("packet of meeting %s failed", self._packet.meeting_id)
            self._save(state=PacketState.FAILED, problem=str(error), at_fault=error.document)
            return
        board = editions[0]
        self._publish(
            file=self._packet.file_of(board),
            sha256=board.sha256,
            pages=board.pages,
            size=board.size,
            editions=editions,
        )

    def _progress(self, done: int, total: int, what: str) -> None:
        # A page asks every second or two; more would only cost writes.
        now = self._services.clock()
        if now - self._told >= PROGRESS_EVERY:
            self._told = now
            self._save(done=done, total=total, doing=what)

    def _save(self, **changes: Any) -> None:
        version = self._packet.version + 1
        self._packet = replace(self._packet, version=version, **changes)
        unit = self._services.store.transaction()
        self._services.store.board.save_packet(unit, self._packet, self._lease)
        unit.commit()

    def _publish(self, **result: Any) -> None:
        """One transaction: the packet is there, the record says so, and the Board is told."""
        services, store = self._services, self._services.store
        for attempt in range(ATTEMPTS):
            found = store.board.meeting(self._packet.meeting_id)
            assert found is not None
            now = services.clock()
            packet = replace(
                self._packet,
                version=self._packet.version + 1,
                state=PacketState.PUBLISHED,
                published_at=now,
                doing="",
                # A meeting may have more documents than one transaction takes.
                marking=True,
                **result,
            )
            changed, event = rules.packet_published(found, packet, Act(SYSTEM, Role.SYSTEM, now))
            unit = store.transaction()
            store.board.save_packet(unit, packet, self._lease)
            store.board.save_meeting(unit, changed, event)
            for person in store.people.board(services.today()):
                data = {
                    "meeting_id": found.id,
                    "meeting": found.title,
                    "packet": packet.number,
                    "called": packet.name,
                }
                kind = "packet-published"
                letter = letter_about(event, kind, person.email, person.name, data)
                store.outbox.add(unit, letter, now)
            try:
                commit(services, unit)
            except ConcurrentChangeError:
                if attempt == ATTEMPTS - 1:
                    raise
                continue
            self._packet = packet
            self._mark(changed)
            return

    def _mark(self, found: Meeting) -> None:
        """Lets each document say that the packet holds it; then the packet is done."""
        packet = self._packet
        for number, revision in zip(packet.documents, packet.revisions, strict=True):
            entry = next((d for d in found.documents if d.number == number), None)
            if entry and entry.document_id:
                data = {"packet": packet.number, "revision": revision}
                perform(self._services, SYSTEM, "document.publish", entry.document_id, data)
        self._save(marking=False)


def read(services: Services, meeting_id: str, number: int) -> Packet:
    """A published packet. Raises NotFoundError."""
    packet = services.store.board.packet(meeting_id, number)
    if packet is None or packet.state != PacketState.PUBLISHED:
        raise NotFoundError("There is no such packet.")
    return packet


def link(services: Services, actor: Actor, meeting_id: str, number: int, slug: str) -> str:
    """A short-lived address of the file of a published packet's edition, for somebody who may have
    it. Raises NotFoundError, and NotAllowedError for what is the Board's, or staff's.
    """
    packet = read(services, meeting_id, number)
    edition = packet.edition(slug)
    if edition is None and slug == "board":
        # Packets of an earlier release have the Board's file alone.
        edition = Edition(Face.BOARD, Part.WHOLE, packet.sha256, packet.pages, packet.size)
    if edition is None:
        raise NotFoundError("This packet has no such edition.")
    found = meeting(services, meeting_id)
    authorize(actor, _READING[edition.face])
    if edition.face == Face.BOARD:
        _refuse_recused(services, actor, found, packet, edition)
    key = packet.file_of(edition)
    if edition.part == Part.ANNEX and not services.files.has(key):
        raise NotFoundError("This annex was deleted, as the signatures in it were.")
    parts = (found.code, packet.name, "" if slug == "board" else slug)
    name = "".join(c if c.isalnum() or c == "." else "-" for c in " ".join(filter(None, parts)))
    return services.files.link(key, f"{name}.pdf", LINK_SECONDS)


def _refuse_recused(
    services: Services, actor: Actor, found: Meeting, packet: Packet, edition: Edition
) -> None:
    """Keeps what is for a closed session from a member who is recused from it.

    Raises NotAllowedError, which says what that member may open instead.
    """
    if Role.STAFF in actor.roles or (packet.editions and not edition.closed):
        return
    for number in [edition.number] if edition.number else packet.documents:
        entry = found.document(number)
        if entry is None or not entry.document_id or not _shut(packet, entry):
            continue
        if services.store.documents.recused(entry.document_id, actor.id):
            raise NotAllowedError(
                f"It holds Doc {number}, which is for a closed session, and you are recused from "
                "what it is about. Open the public edition, or the other documents one by one."
            )


def _shut(packet: Packet, entry: DocumentEntry) -> bool:
    """Whether a document was for a closed session when the packet was made; packets of an earlier
    release do not say, and go by what the document is now.
    """
    if not packet.editions:
        return entry.closed
    return any(e.closed and e.number == entry.number for e in packet.editions)
