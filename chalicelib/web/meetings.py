"""The Board's pages of meetings: the list, planning, and a meeting itself."""

from typing import Any

from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.meeting import Meeting, PacketState
from chalicelib.domain.motion import PENDING
from chalicelib.domain.petition_form import recommended_motion
from chalicelib.domain.roles import authorize, may
from chalicelib.services.board import meeting as load_meeting
from chalicelib.services.packet_content import docket_rows
from chalicelib.web.checks import check, looked_over
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

NO_RETURN = Form({"petition": "", "comments": ""})
BLANK_MEETING = {"title": "", "code": "", "day": "", "time": "13:00", "place": ""}
# A packet is still on its way in these states; the page asks again until it is not.
UNFINISHED = {PacketState.QUEUED, PacketState.RENDERING}


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
    form = looked_over(request, form, check("meeting-day", "day"))
    city = request.services.policy.association.zone.rpartition("/")[2].replace("_", " ")
    return html(request, "board/plan.html", status, form=form, city=city)


@pages.get("/board/meetings/{meeting_id}")
def show(request: Request, meeting_id: str) -> Answer:
    """A meeting: docket, documents, packets, motions."""
    authorize(request.actor, "board.read")
    return meeting_page(request, load_meeting(request.services, meeting_id), NO_RETURN)


def meeting_page(
    request: Request, meeting: Meeting, return_form: Form, status: int = 200
) -> Answer:
    store, policy = request.services.store, request.services.policy
    motions = store.board.motions(meeting.id)
    documents = document_rows(request, meeting, motions)
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
        postponed=store.board.postponed_to(meeting.id),
        packets=made,
        making=making,
        return_form=return_form,
        may_return=may(request.actor, "petition.return"),
        may_move=may(request.actor, "motion.move"),
        may_publish=may(request.actor, "packet.publish"),
        **said,
    )


def document_rows(
    request: Request, meeting: Meeting, motions: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The meeting's documents as its page shows them, each with the motion that pends on it."""
    store, policy = request.services.store, request.services.policy
    pending = {m["document"]: m for m in motions if m["state"] in PENDING and not m.get("amends")}
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
    return documents


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
        return meeting_page(request, meeting, form, 422)
    return redirect(f"/board/meetings/{before.meeting_id}?done=returned")
