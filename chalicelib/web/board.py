"""The Board's pages: meetings, packets, motions and ballots."""

from chalicelib.domain import ballots as votes
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.meeting import Meeting, PacketState
from chalicelib.domain.motion import PENDING, State
from chalicelib.domain.petition import Petition
from chalicelib.domain.roles import authorize, may
from chalicelib.services import packets
from chalicelib.services.board import meeting as load_meeting
from chalicelib.services.packet_content import docket_rows, recommended_motion
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.history import motion_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, as_json, html, redirect

pages = Pages(__name__)

NO_RETURN = Form({"petition": "", "comments": ""})
BLANK_MEETING = {"title": "", "code": "", "day": "", "time": "13:00", "place": ""}


@pages.get("/board")
def index(request: Request) -> Answer:
    """The meetings, those to come first."""
    authorize(request.actor, "board.read")
    now = request.services.clock().isoformat()
    meetings = request.services.store.board.meetings()
    return html(
        request,
        "board/index.html",
        to_come=[m for m in meetings if m["starts_at"] > now][::-1],
        past=[m for m in meetings if m["starts_at"] <= now],
        may_plan=may(request.actor, "meeting.plan"),
    )


@pages.get("/board/meetings/new")
def plan_form(request: Request) -> Answer:
    """Plans a meeting."""
    authorize(request.actor, "meeting.plan")
    return _plan_page(request, Form(BLANK_MEETING))


@pages.form("/board/meetings/new")
def plan_submit(request: Request) -> Answer:
    """Stores the meeting."""
    try:
        meeting = request.perform("meeting.plan", data=request.form)
    except Invalid as error:
        return _plan_page(request, Form({**BLANK_MEETING, **request.form}, error.errors), 422)
    return redirect(f"/board/meetings/{meeting.id}?done=planned")


def _plan_page(request: Request, form: Form, status: int = 200) -> Answer:
    city = request.services.policy.association.zone.rpartition("/")[2].replace("_", " ")
    return html(request, "board/plan.html", status, form=form, city=city)


@pages.get("/board/meetings/{meeting_id}")
def show(request: Request, meeting_id: str) -> Answer:
    """A meeting: docket, documents, packets, motions."""
    authorize(request.actor, "board.read")
    return _meeting_page(request, load_meeting(request.services, meeting_id), NO_RETURN)


def _meeting_page(
    request: Request, meeting: Meeting, return_form: Form, status: int = 200
) -> Answer:
    store, policy = request.services.store, request.services.policy
    motions = store.board.motions(meeting.id)
    pending = {m["document"]: m for m in motions if m["state"] in PENDING}
    documents = []
    for document in meeting.current_documents:
        petition = store.petitions.get(document.petition_id)
        documents.append(
            {
                "document": document,
                "petition": petition,
                "recommended": recommended_motion(petition, policy) if petition else "",
                "pending": pending.get(document.number),
            }
        )
    made = store.board.packets(meeting.id)
    making = any(packet.state in UNFINISHED for packet in made)
    # The page is loaded anew when its packet is ready; what was said before is no longer true.
    said = {} if making or request.query.get("done") != "packet" else {"notice": None}
    return html(
        request,
        "board/meeting.html",
        status,
        meeting=meeting,
        docket=docket_rows(meeting, policy.association.zone),
        documents=documents,
        motions=motions,
        packets=made,
        making=making,
        return_form=return_form,
        may_return=may(request.actor, "petition.return"),
        may_move=may(request.actor, "motion.move"),
        may_publish=may(request.actor, "packet.publish"),
        **said,
    )


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


@pages.form("/board/petitions/{petition_id}/return")
def send_back(request: Request, petition_id: str) -> Answer:
    """Returns a petition that is before the Board to its conveners."""
    before = request.services.store.petitions.get(petition_id)
    if before is None or not before.meeting_id:
        raise NotFound("This petition is not before the Board.")
    fields = dict(request.form)
    try:
        request.perform("petition.return", petition_id, fields)
    except Invalid as error:
        form = Form({"comments": "", **fields, "petition": petition_id}, error.errors)
        meeting = load_meeting(request.services, before.meeting_id)
        return _meeting_page(request, meeting, form, 422)
    return redirect(f"/board/meetings/{before.meeting_id}?done=returned")


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

# A packet is still on its way in these states; the page asks again until it is not.
UNFINISHED = {PacketState.QUEUED, PacketState.RENDERING}
