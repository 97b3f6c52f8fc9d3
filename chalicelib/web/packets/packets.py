"""Packets: asked for and followed by staff, read by the Board, and their public editions by all."""

from collections.abc import Sequence
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.packets.packet import Face, Packet, PacketState, Part, changed
from chalicelib.domain.people.roles import authorize, may
from chalicelib.services.meetings.words import when
from chalicelib.services.packets import packets
from chalicelib.web.forms import whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

NOTHING = "No packet of this meeting is public."
# What is offered to whom, in this order; the whole one first.
_PARTS = (Part.WHOLE, Part.DOCUMENT, Part.ROSTER, Part.ANNEX)


@pages.form("/board/meetings/{meeting_id}/packets")
def publish(request: Request, meeting_id: str) -> Answer:
    """Asks for the next packet, or for a supplement."""
    request.perform("packet.publish", meeting_id, request.form)
    return redirect(f"/board/meetings/{meeting_id}?done=packet#packets")


@pages.get("/packets")
def index(request: Request) -> Answer:
    """The meetings that have a public packet, the latest first."""
    services = request.services
    rows = [row for row in services.store.board.meetings() if row.get("public")]
    board = services.policy.association.board
    return html(request, "packets/index.html", meetings=rows, board=board)


@pages.get("/packets/{meeting_id}")
def public(request: Request, meeting_id: str) -> Answer:
    """The public editions of a meeting's packets."""
    services = request.services
    meeting = services.store.board.meeting(meeting_id)
    made = services.store.board.packets(meeting_id) if meeting else []
    rows = [row for row in rows_of(made, {Face.PUBLIC}) if row["editions"]]
    if meeting is None or not rows:
        raise NotFoundError(NOTHING)
    return html(
        request,
        "packets/show.html",
        meeting=meeting,
        when=when(meeting, services.policy),
        rows=rows,
        inside=may(request.actor, "board.read"),
    )


@pages.get("/packets/{meeting_id}/{number}")
def packet_file(request: Request, meeting_id: str, number: str) -> Answer:
    """The Board's edition of a packet, by a short-lived link to where it is kept."""
    # Named as below, though it ends in .pdf: API Gateway knows one name for each place in a path.
    return _file(request, meeting_id, whole_number(number.removesuffix(".pdf")) or 0, "board")


@pages.get("/packets/{meeting_id}/{number}/{file}")
def edition_file(request: Request, meeting_id: str, number: str, file: str) -> Answer:
    """An edition of a packet, in the same way."""
    return _file(request, meeting_id, whole_number(number) or 0, file.removesuffix(".pdf"))


def _file(request: Request, meeting_id: str, number: int, slug: str) -> Answer:
    if not slug.startswith("public"):
        # Whoever is not signed in is asked to sign in, whether or not there is such a packet.
        authorize(request.actor, "packet.read")
    return redirect(packets.link(request.services, request.actor, meeting_id, number, slug))


def faces_for(request: Request) -> set[Face]:
    """The editions that a page of the Board offers to somebody."""
    staff = may(request.actor, "packet.read-annex")
    return {Face.BOARD, Face.PUBLIC, Face.STAFF} if staff else {Face.BOARD, Face.PUBLIC}


def rows_of(made: Sequence[Packet], faces: set[Face]) -> list[dict[str, Any]]:
    """The published packets with what changed since the one before, and their editions for some
    faces; without the Board's face, of documents that the public has alone.
    """
    rows = []
    for packet in made:
        if packet.state != PacketState.PUBLISHED:
            continue
        shown = [one for one in packet.editions if one.face in faces]
        since = changed(packet, made)
        if since and Face.BOARD not in faces:
            since = since.among(_open_numbers(made))
        shown.sort(key=lambda one: (_PARTS.index(one.part), one.face))
        rows.append({"packet": packet, "since": since, "editions": shown})
    return rows


def _open_numbers(made: Sequence[Packet]) -> set[str]:
    """The documents that public editions hold alone."""
    return {
        edition.number
        for packet in made
        for edition in packet.editions
        if edition.face == Face.PUBLIC and edition.part == Part.DOCUMENT
    }


def offered(meeting: Meeting, made: Sequence[Packet]) -> dict[str, Any]:
    """What staff may do about the last packet, if it failed: try again, or without the document
    that could not be set.
    """
    last = made[0] if made else None
    if last is None or last.state != PacketState.FAILED:
        return {}
    kept = {entry.number for entry in meeting.current_documents}
    without = [number for number in last.without if number in kept]
    fault = last.at_fault if last.at_fault in kept else ""
    rest = kept - set(without) - {fault}
    return {
        "supplement": "yes" if last.supplement else "no",
        "again": ",".join(without),
        "fault": fault if rest else "",
        "without": ",".join([*without, fault]),
    }
