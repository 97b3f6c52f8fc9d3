"""The pages of motions: moved, seconded, withdrawn, postponed, divided. Amending one is in
`amendments`, voting on it in `votes`.
"""

from typing import Any

from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions.wording import numbered
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions.petition import Petition
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.motions.motions import actions_of
from chalicelib.services.motions.participation import recused
from chalicelib.web.checks.checks import check, looked_over
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.motions.view import motion_view
from chalicelib.web.motions.vote_view import NO_BALLOT, vote_view
from chalicelib.web.record.history import motion_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

NOTHING_MOVED = Form(
    {"document": "", "action": "", "title": "", "wording": "", "item": "", "again": ""}
)


@pages.get("/board/meetings/{meeting_id}/motions/new")
def move_form(request: Request, meeting_id: str) -> Answer:
    """What can be moved in a meeting: what its documents recommend, and anything from the floor."""
    authorize(request.actor, "board.read")
    meeting = load_meeting(request.services, meeting_id)
    authorize(request.actor, "motion.move")
    return _move_page(request, meeting, NOTHING_MOVED)


@pages.form("/board/meetings/{meeting_id}/motions")
def move(request: Request, meeting_id: str) -> Answer:
    """Moves a motion."""
    fields = dict(request.form)
    try:
        motion = request.perform("motion.move", meeting_id, fields)
    except ValidationError as error:
        form = Form({**NOTHING_MOVED.values, **fields}, error.errors)
        return _move_page(request, load_meeting(request.services, meeting_id), form, 422)
    return redirect(f"/board/motions/{motion.id}?done=moved")


def _move_page(request: Request, meeting: Meeting, form: Form, status: int = 200) -> Answer:
    limits = request.services.policy.limits
    return html(
        request,
        "board/move.html",
        status,
        meeting=meeting,
        documents=_movable(request, meeting),
        form=looked_over(request, form, check("motion", "wording")),
        items=[
            {"value": item.id or item.number, "label": f"{item.number} {item.title}"}
            for item in meeting.ordered_docket
            if not item.document
        ],
        most=limits.comment,
        most_title=limits.name,
    )


def _movable(request: Request, meeting: Meeting) -> list[dict[str, Any]]:
    """The documents with the actions that they recommend, and what stands in the way of each."""
    found = []
    for entry in meeting.current_documents:
        actions = actions_of(request.services, entry)
        floors = request.services.store.board.floors(meeting.id, entry.number)
        whole = floors.get(0)
        rows = [
            {"number": number, "wording": wording, "held": whole or floors.get(number)}
            for number, wording in enumerate(actions, 1)
        ]
        found.append(
            {
                "document": entry,
                "actions": rows,
                "together": numbered(actions) if len(actions) > 1 and not floors else "",
                "held": whole,
                # Who is recused from a motion on it moves none.
                "out": request.services.store.documents.recused(
                    entry.document_id, request.actor.id
                ),
                "free": not floors,
            }
        )
    return found


@pages.get("/board/motions/{motion_id}")
def show(request: Request, motion_id: str) -> Answer:
    """A motion: its wording, where it stands, the ballots as far as one may see them."""
    authorize(request.actor, "board.read")
    return motion_page(request, motion_id, NO_BALLOT)


def motion_page(
    request: Request,
    motion_id: str,
    form: Form,
    status: int = 200,
    template: str = "board/motion.html",
) -> Answer:
    """The page of a motion. `form` is the ballot as it was typed."""
    found = request.services.store.board.read_motion(motion_id)
    if found is None:
        raise NotFoundError("There is no motion at this address.")
    motion, events, ballots = found
    petition = request.services.store.petitions.get(motion.petition_id)
    meeting = load_meeting(request.services, motion.meeting_id)
    out = recused(request.services, motion, request.actor.id, ballots)
    return html(
        request,
        template,
        status,
        motion=motion,
        meeting=meeting,
        petition=petition if isinstance(petition, Petition) else None,
        steps=motion_steps(events),
        **motion_view(request, motion, events, out),
        **vote_view(request, motion, meeting, ballots, form, out),
    )


@pages.get("/board/motions/{motion_id}/read")
def read_aloud(request: Request, motion_id: str) -> Answer:
    """A motion to be read aloud, or printed: what is moved, by whom, and what decides on it."""
    authorize(request.actor, "board.read")
    return motion_page(request, motion_id, NO_BALLOT, template="board/read_aloud.html")


@pages.form("/board/motions/{motion_id}/postpone")
def postpone(request: Request, motion_id: str) -> Answer:
    """Postpones a motion, to a meeting or indefinitely."""
    request.perform("motion.postpone", motion_id, request.form)
    return redirect(f"/board/motions/{motion_id}?done=postponed")


@pages.form("/board/motions/{motion_id}/again")
def again(request: Request, motion_id: str) -> Answer:
    """Moves a postponed motion again, as it stood."""
    old = request.services.store.board.motion(motion_id)
    if old is None:
        raise NotFoundError("There is no motion at this address.")
    meeting_id = request.form.get("meeting") or old.meeting_id
    meeting = load_meeting(request.services, meeting_id)
    entry = next(
        (
            d
            for d in meeting.current_documents
            if (old.document_id and d.document_id == old.document_id)
            or (old.petition_id and d.petition_id == old.petition_id)
        ),
        None,
    )
    data = {"again": old.id, "document": entry.number if entry else old.document_number}
    motion = request.perform("motion.move", meeting_id, data)
    return redirect(f"/board/motions/{motion.id}?done=moved")


def _simple(command: str, done: str) -> None:
    """A command on a motion that takes no more than a button."""

    @pages.form(f"/board/motions/{{motion_id}}/{command}")
    def run(request: Request, motion_id: str) -> Answer:
        request.perform(f"motion.{command}", motion_id)
        return redirect(f"/board/motions/{motion_id}?done={done}")


_simple("second", "seconded")
_simple("withdraw", "motion-withdrawn")
_simple("divide", "divided")
