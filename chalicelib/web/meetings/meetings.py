"""The Board's pages of meetings: the list, and a meeting itself."""

from typing import Any

from chalicelib.domain.documents.document import Kind as DocumentKind
from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.meetings import attendance, docket, milestones
from chalicelib.domain.meetings.documents import missing
from chalicelib.domain.meetings.meeting import TO_COME, DocumentEntry, Kind, Meeting, State
from chalicelib.domain.motions.ballots import RECUSED
from chalicelib.domain.motions.motion import PENDING
from chalicelib.domain.motions.motion import State as MotionState
from chalicelib.domain.motions.wording import numbered
from chalicelib.domain.packets.packet import UNFINISHED
from chalicelib.domain.people.roles import authorize, may
from chalicelib.domain.petitions.form import recommended_motion
from chalicelib.domain.times import local_date
from chalicelib.services.documents.documents import readable
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.meetings.words import KINDS, elsewhere, when, zone_of
from chalicelib.services.motions.confirming import unconfirmed
from chalicelib.services.motions.motions import actions_of
from chalicelib.services.packets.content import docket_rows
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.meetings.next import steps_for
from chalicelib.web.packets.packets import faces_for, offered, rows_of
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

NO_RETURN = Form({"petition": "", "comments": ""})
NO_EXTENSION = {"name": "", "email": "", "until": "", "asked_on": ""}


@pages.get("/board")
def index(request: Request) -> Answer:
    """The meetings, those to come first."""
    authorize(request.actor, "board.read")
    now = request.services.clock().isoformat()
    plans = may(request.actor, "meeting.plan")
    # A meeting of an earlier release has no state in the list: it is planned, or past.
    rows = [
        {"state": State.PLANNED, "zone": "", **m} for m in request.services.store.board.meetings()
    ]
    ended = {State.ADJOURNED, State.MINUTES_APPROVED, State.CANCELLED}
    ahead = [
        m
        for m in rows[::-1]
        if m["state"] not in ended and (m["starts_at"] > now or m["state"] == State.IN_SESSION)
    ]
    drafts = [m for m in ahead if plans and m["state"] == State.PLANNED]
    return html(
        request,
        "board/index.html",
        drafts=drafts,
        to_come=[m for m in ahead if m not in drafts],
        past=[m for m in rows if m not in ahead],
        may_plan=plans,
        unconfirmed=unconfirmed(request.services),
    )


@pages.get("/board/meetings/{meeting_id}")
def show(request: Request, meeting_id: str) -> Answer:
    """A meeting: docket, documents, packets, motions."""
    authorize(request.actor, "board.read")
    return meeting_page(request, load_meeting(request.services, meeting_id))


def meeting_page(
    request: Request,
    meeting: Meeting,
    return_form: Form = NO_RETURN,
    status: int = 200,
    extension_form: Form | None = None,
) -> Answer:
    """The page of a meeting, with a form that was refused."""
    store, policy, now = request.services.store, request.services.policy, request.services.clock()
    motions = store.board.motions(meeting.id)
    documents = document_rows(request, meeting, motions)
    made = store.board.packets(meeting.id)
    making = any(packet.state in UNFINISHED for packet in made)
    # The page is loaded anew when its packet is ready; what was said before is no longer true.
    said = {} if making or request.query.get("done") != "packet" else {"notice": None}
    calendar = milestones.calendar(meeting, now, policy)
    zone = zone_of(meeting, policy)
    on = docket.on_now(meeting, now)
    today = local_date(now, policy.association.zone)
    return html(
        request,
        "board/meeting.html",
        status,
        meeting=meeting,
        when=when(meeting, policy),
        elsewhere=elsewhere(meeting, policy),
        kind=KINDS[meeting.kind],
        zone=zone,
        now=now,
        docket=docket_rows(meeting, policy.association.zone),
        on_now=on.id if on else "",
        consent=docket.on_consent(meeting),
        documents=documents,
        motions=motions,
        postponed=store.board.postponed_to(meeting.id),
        packets=made,
        packet_rows=rows_of(made, faces_for(request)),
        after_failure=offered(meeting, made),
        missing=missing(meeting, made),
        takes_documents=meeting.state in TO_COME and request.services.clock() < meeting.starts_at,
        making=making,
        milestones=calendar,
        deadline=milestones.document_deadline(meeting, policy),
        steps=steps_for(
            request.actor, meeting, _mine(request, motions), calendar, local_date(now, zone), zone
        ),
        return_form=return_form,
        extension_form=extension_form or Form({**NO_EXTENSION, "asked_on": today.isoformat()}),
        may=lambda command: may(request.actor, command),
        may_return=may(request.actor, "petition.return"),
        may_move=may(request.actor, "motion.move"),
        may_publish=may(request.actor, "packet.publish"),
        attendance=_attendance(request, meeting, zone),
        **said,
    )


def _attendance(request: Request, meeting: Meeting, zone: str) -> dict[str, Any]:
    """Who is at the meeting, and while somebody can note it, who could be."""
    services = request.services
    begins = (
        meeting.state in {State.PLANNED, State.AGENDA_SET, State.POSTED}
        and may(request.actor, "meeting.begin")
        and local_date(services.clock(), zone) >= local_date(meeting.starts_at, zone)
    )
    notes = meeting.in_session and may(request.actor, "meeting.note-attendance")
    there = attendance.there_now(meeting)
    table = services.store.people.board(services.today()) if begins or notes else []
    ids = {one.person_id for one in there}
    return {
        "begins": begins,
        "notes": notes,
        "there": there,
        "voting": sum(one.voting for one in there),
        "quorum": attendance.quorum(meeting, services.policy),
        "quorate": attendance.has_quorum(meeting, services.policy),
        "seats": [(person, person.seat_on(services.today())) for person in table],
        "away": [
            (person, person.seat_on(services.today())) for person in table if person.id not in ids
        ],
        "has_roll": meeting.kind != Kind.ASYNCHRONOUS,
    }


def document_rows(
    request: Request, meeting: Meeting, motions: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The meeting's documents as its page shows them, each with the motion that pends on it and
    what was decided: the Board may have amended what its petition asked for.
    """
    store, policy = request.services.store, request.services.policy
    pending = {m["document"]: m for m in motions if m["state"] in PENDING and not m.get("amends")}
    moves = may(request.actor, "motion.move")
    documents = []
    for document in readable(request.services, request.actor, meeting):
        petition = store.petitions.get(document.petition_id) if document.petition_id else None
        renewal = document.kind == DocumentKind.RENEWAL
        recommended = recommended_motion(petition, policy) if petition else ""
        if renewal:
            recommended = numbered(actions_of(request.services, document))
        documents.append(
            {
                "document": document,
                "petition": petition,
                "renewal": _with_consent(meeting, document) if renewal else "",
                "recommended": recommended,
                "pending": pending.get(document.number),
                "out": moves and store.documents.recused(document.document_id, request.actor.id),
                "decided": [m for m in motions if _decides_on(m, document.number)],
            }
        )
    return documents


def _with_consent(meeting: Meeting, entry: DocumentEntry) -> str:
    """How a renewal's document is decided: it was `adopted` with the consent agenda, it is on it
    (`consent`), or it is decided by a `motion`.
    """
    item = next((i for i in meeting.docket if i.document == entry.number), None)
    if item and item.id in meeting.consent_adopted:
        return "adopted"
    return "consent" if item and item.consent and not item.pulled_by else "motion"


def _mine(request: Request, motions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The motions without those that wait for members, if who looks is recused from them."""
    board, actor = request.services.store.board, request.actor
    if not may(actor, "motion.vote"):
        return motions
    found = []
    for motion in motions:
        waits = motion["state"] in {MotionState.MOVED, MotionState.OPEN}
        own = board.ballot(motion["id"], actor.id) if waits else None
        if own is None or own.choice != RECUSED:
            found.append(motion)
    return found


def _decides_on(motion: dict[str, Any], number: str) -> bool:
    """Whether a motion, as its listing, was decided and says what becomes of a document."""
    decided = motion["state"] in {MotionState.CARRIED, MotionState.LOST}
    return decided and motion["document"] == number and not motion.get("amends")


@pages.form("/board/petitions/{petition_id}/return")
def send_back(request: Request, petition_id: str) -> Answer:
    """Returns a petition that is before the Board to its conveners."""
    before = request.services.store.petitions.get(petition_id)
    if before is None or not before.meeting_id:
        raise NotFoundError("This petition is not before the Board.")
    fields = dict(request.form)
    try:
        request.perform("petition.return", petition_id, fields)
    except ValidationError as error:
        form = Form({"comments": "", **fields, "petition": petition_id}, error.errors)
        meeting = load_meeting(request.services, before.meeting_id)
        return meeting_page(request, meeting, form, 422)
    return redirect(f"/board/meetings/{before.meeting_id}?done=returned")


@pages.form("/board/meetings/{meeting_id}/extensions")
def extend(request: Request, meeting_id: str) -> Answer:
    """Grants somebody more time for a document."""
    fields = dict(request.form)
    try:
        request.perform("meeting.grant-extension", meeting_id, fields)
    except ValidationError as error:
        form = Form({**NO_EXTENSION, **fields}, error.errors)
        meeting = load_meeting(request.services, meeting_id)
        return meeting_page(request, meeting, status=422, extension_form=form)
    return redirect(f"/board/meetings/{meeting_id}?done=more-time#calendar")


def _button(command: str, path: str, done: str, anchor: str) -> None:
    """A command on a meeting that takes no more than a button, or a form that cannot be wrong."""

    @pages.form(f"/board/meetings/{{meeting_id}}/{path}")
    def run(request: Request, meeting_id: str) -> Answer:
        request.perform(command, meeting_id, dict(request.form))
        return redirect(f"/board/meetings/{meeting_id}?done={done}{anchor}")


_button("meeting.call-for-items", "call", "items-called", "#calendar")
_button("meeting.set-agenda", "agenda", "agenda-set", "")
_button("meeting.post", "post", "posted", "")
_button("meeting.begin", "begin", "begun", "")
_button("meeting.note-attendance", "attendance", "attendance", "#attendance")
_button("meeting.adjourn", "adjourn", "adjourned", "")
_button("consent.adopt", "consent", "consent-adopted", "#docket")
