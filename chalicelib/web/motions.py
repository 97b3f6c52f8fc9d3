"""The pages of motions: moved, seconded, withdrawn, postponed. Voting on one is in `votes`."""

from chalicelib.domain.errors import NotFound
from chalicelib.domain.petition import Petition
from chalicelib.domain.roles import authorize, may
from chalicelib.services.board import meeting as load_meeting
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.history import motion_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect
from chalicelib.web.vote_view import NO_BALLOT, vote_view

pages = Pages(__name__)


@pages.form("/board/meetings/{meeting_id}/motions")
def move(request: Request, meeting_id: str) -> Answer:
    """Moves the recommended motion on a document."""
    motion = request.perform("motion.move", meeting_id, request.form)
    return redirect(f"/board/motions/{motion.id}?done=moved")


@pages.get("/board/motions/{motion_id}")
def show(request: Request, motion_id: str) -> Answer:
    """A motion: its wording, where it stands, the ballots as far as one may see them."""
    authorize(request.actor, "board.read")
    return motion_page(request, motion_id, NO_BALLOT)


def motion_page(request: Request, motion_id: str, form: Form, status: int = 200) -> Answer:
    """The page of a motion. `form` is the ballot as it was typed."""
    found = request.services.store.board.read_motion(motion_id)
    if found is None:
        raise NotFound("There is no motion at this address.")
    motion, events, ballots = found
    actor = request.actor
    petition = request.services.store.petitions.get(motion.petition_id)
    return html(
        request,
        "board/motion.html",
        status,
        motion=motion,
        meeting=load_meeting(request.services, motion.meeting_id),
        petition=petition if isinstance(petition, Petition) else None,
        may_second=may(actor, "motion.second") and actor.id != motion.mover_id,
        mover=actor.id == motion.mover_id,
        steps=motion_steps(events),
        **vote_view(request, motion, ballots, form),
    )


def _simple(command: str, done: str) -> None:
    """A command on a motion that takes no more than a button."""

    @pages.form(f"/board/motions/{{motion_id}}/{command}")
    def run(request: Request, motion_id: str) -> Answer:
        request.perform(f"motion.{command}", motion_id)
        return redirect(f"/board/motions/{motion_id}?done={done}")


_simple("second", "seconded")
_simple("withdraw", "motion-withdrawn")
_simple("postpone", "postponed")
