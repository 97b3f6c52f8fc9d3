"""Voting on a motion: ballots, opening and closing the vote, announcing its result."""

from chalicelib.domain.errors import Invalid
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.motions import motion_page
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, redirect
from chalicelib.web.vote_view import NO_BALLOT

pages = Pages(__name__)


@pages.form("/board/motions/{motion_id}/vote")
def vote(request: Request, motion_id: str) -> Answer:
    """Casts or changes one's ballot."""
    fields = dict(request.form)
    try:
        request.perform("motion.vote", motion_id, fields)
    except Invalid as error:
        form = Form({**NO_BALLOT.values, **fields}, error.errors)
        return motion_page(request, motion_id, form, 422)
    return redirect(f"/board/motions/{motion_id}?done=voted")


def _simple(command: str, done: str) -> None:
    """A command on a vote that takes no more than a button."""

    @pages.form(f"/board/motions/{{motion_id}}/{command}")
    def run(request: Request, motion_id: str) -> Answer:
        request.perform(f"motion.{command}", motion_id)
        return redirect(f"/board/motions/{motion_id}?done={done}")


_simple("open", "opened")
_simple("close", "closed")
_simple("announce", "announced")
