"""The Board's pages: packets, motions and ballots."""

from chalicelib.domain import ballots as votes
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.motion import State
from chalicelib.domain.petition import Petition
from chalicelib.domain.roles import authorize, may
from chalicelib.services import packets
from chalicelib.services.board import meeting as load_meeting
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.history import motion_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, as_json, html, redirect

pages = Pages(__name__)


@pages.form("/board/meetings/{meeting_id}/packets")
def publish(request: Request, meeting_id: str) -> Answer:
    """Asks for the next packet."""
    request.perform("packet.publish", meeting_id)
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


@pages.form("/board/meetings/{meeting_id}/motions")
def move(request: Request, meeting_id: str) -> Answer:
    """Moves the recommended motion on a document."""
    motion = request.perform("motion.move", meeting_id, request.form)
    return redirect(f"/board/motions/{motion.id}?done=moved")


@pages.get("/board/motions/{motion_id}")
def motion(request: Request, motion_id: str) -> Answer:
    """A motion: its wording, where it stands, the ballots as far as one may see them."""
    authorize(request.actor, "board.read")
    return _motion_page(request, motion_id, Form({"choice": "", "reason": ""}))


def _motion_page(request: Request, motion_id: str, form: Form, status: int = 200) -> Answer:
    found = request.services.store.board.read_motion(motion_id)
    if found is None:
        raise NotFound("There is no motion at this address.")
    motion, events, ballots = found
    store, policy, now = request.services.store, request.services.policy, request.services.clock()
    actor = request.actor
    own = next((b for b in ballots if b.person_id == actor.id), None)
    presides = may(actor, "motion.close")
    decided = motion.state in {State.CARRIED, State.LOST}
    # A vote without quorum was announced too: the motion is postponed, with its count.
    announced = decided or (motion.state == State.POSTPONED and motion.tally is not None)
    # Until the result is announced, those who preside see the count and others only who voted.
    shows_count = announced or (motion.state == State.CLOSED and presides)
    tally = motion.tally
    if tally is None and shows_count:
        tally = votes.tally_of(motion, ballots, policy, now)
    if own and not form.errors:
        form = Form({"choice": own.choice, "reason": own.reason})
    petition = store.petitions.get(motion.petition_id)
    return html(
        request,
        "board/motion.html",
        status,
        motion=motion,
        meeting=load_meeting(request.services, motion.meeting_id),
        petition=petition if isinstance(petition, Petition) else None,
        form=form,
        own=own,
        ballots=ballots,
        voted={b.person_id for b in ballots},
        tally=tally,
        rule=votes.rule_of(motion, policy, now),
        quorum=votes.tally_of(motion, [], policy, now).quorum,
        shows_choices=announced,
        presides=presides,
        elector=any(e.person_id == actor.id for e in motion.electorate),
        may_second=may(actor, "motion.second") and actor.id != motion.mover_id,
        mover=actor.id == motion.mover_id,
        steps=motion_steps(events),
    )


@pages.form("/board/motions/{motion_id}/vote")
def vote(request: Request, motion_id: str) -> Answer:
    """Casts or changes one's ballot."""
    fields = dict(request.form)
    try:
        request.perform("motion.vote", motion_id, fields)
    except Invalid as error:
        form = Form({"choice": "", "reason": "", **fields}, error.errors)
        return _motion_page(request, motion_id, form, 422)
    return redirect(f"/board/motions/{motion_id}?done=voted")


def _simple(command: str, done: str) -> None:
    """A command on a motion that takes no more than a button."""

    @pages.form(f"/board/motions/{{motion_id}}/{command}")
    def run(request: Request, motion_id: str) -> Answer:
        request.perform(f"motion.{command}", motion_id)
        return redirect(f"/board/motions/{motion_id}?done={done}")


_simple("second", "seconded")
_simple("open", "opened")
_simple("close", "closed")
_simple("announce", "announced")
_simple("withdraw", "motion-withdrawn")
_simple("postpone", "postponed")
