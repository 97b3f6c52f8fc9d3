"""Packets: asked for on a page, rendered by a worker, kept under their digest."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.domain import meeting as rules
from chalicelib.domain.errors import NotFound, RuleError, Stale
from chalicelib.domain.meeting import Meeting
from chalicelib.domain.meeting_documents import ask_for_packet
from chalicelib.domain.packet import Packet, PacketState
from chalicelib.domain.people import SYSTEM, Act, Role
from chalicelib.domain.roles import authorize
from chalicelib.services.board import meeting
from chalicelib.services.commands import ATTEMPTS, Step, command, commit, perform
from chalicelib.services.context import Services
from chalicelib.services.document_inputs import Publish
from chalicelib.services.packet_content import packet_content
from chalicelib.services.packet_parts import Parts
from chalicelib.services.ports import RenderFailed
from chalicelib.services.writing import letter_about

log = logging.getLogger(__name__)

# A worker that takes longer than this is taken for dead, and another may begin.
LEASE_SECONDS = 240
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
        step.subject, made, step.by, supplement=step.form.supplement
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
    except Stale:
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
            raise NotFound("The packet's meeting is missing.")
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
            context = packet_content(self._services, found, self._packet)
            rendered = self._services.renderer(context, self._progress, Parts(self._services))
        except RuleError as error:
            self._save(state=PacketState.FAILED, problem=error.message)
            return
        except RenderFailed as error:
            log.exception("packet of meeting %s failed", self._packet.meeting_id)
            self._save(state=PacketState.FAILED, problem=str(error))
            return
        file = f"packets/{found.id}/{self._packet.number}/{rendered.sha256}.pdf"
        self._services.files.put(file, rendered.pdf, "application/pdf")
        self._publish(
            file=file, sha256=rendered.sha256, pages=rendered.pages, size=len(rendered.pdf)
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
        unit = self._services.store.unit()
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
            unit = store.unit()
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
            except Stale:
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


def link(services: Services, meeting_id: str, number: int) -> str:
    """A short-lived address of a published packet's file. Raises NotFound."""
    packet = services.store.board.packet(meeting_id, number)
    if packet is None or packet.state != PacketState.PUBLISHED:
        raise NotFound("There is no such packet.")
    found = meeting(services, meeting_id)
    name = "".join(c if c.isalnum() else "-" for c in f"{found.code} {packet.name}")
    return services.files.link(packet.file, f"{name}.pdf", LINK_SECONDS)
