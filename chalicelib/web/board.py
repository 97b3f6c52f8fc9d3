"""Packets of the Board."""

from chalicelib.domain.roles import authorize
from chalicelib.services import packets
from chalicelib.web.forms import whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, as_json, redirect

pages = Pages(__name__)


@pages.form("/board/meetings/{meeting_id}/packets")
def publish(request: Request, meeting_id: str) -> Answer:
    """Asks for the next packet, or for a supplement."""
    request.perform("packet.publish", meeting_id, request.form)
    return redirect(f"/board/meetings/{meeting_id}?done=packet#packets")


@pages.api("/api/v1/meetings/{meeting_id}/packets/{number}")
def packet_state(request: Request, meeting_id: str, number: str) -> Answer:
    """How far a packet's rendering is."""
    authorize(request.actor, "packet.read")
    packet = request.services.store.board.packet(meeting_id, whole_number(number) or 0)
    if packet is None:
        return as_json({"state": "none"}, 404)
    return as_json(
        {
            "state": packet.state.value,
            "text": packet.doing,
            "done": packet.done,
            "total": packet.total,
        }
    )


@pages.get("/packets/{meeting_id}/{file}")
def packet_file(request: Request, meeting_id: str, file: str) -> Answer:
    """A packet's file, by a short-lived link to where it is kept."""
    authorize(request.actor, "packet.read")
    number = whole_number(file.removesuffix(".pdf")) or 0
    return redirect(packets.link(request.services, meeting_id, number))
