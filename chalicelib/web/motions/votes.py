"""Voting on a motion: ballots, receipts, recusals, and the steps of those who preside."""

from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import Motion, State
from chalicelib.domain.motions.virtual import over
from chalicelib.domain.people.roles import authorize, may
from chalicelib.services.motions import receipts, virtual_votes
from chalicelib.services.motions import votes as use_cases
from chalicelib.services.motions.confirming import unconfirmed
from chalicelib.services.motions.motions import motion as load_motion
from chalicelib.services.motions.receipts import Receipt
from chalicelib.services.people.tokens import random_token
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.motions.motions import motion_page
from chalicelib.web.motions.vote_view import CHOICES, NO_BALLOT, slip_rows
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)


@pages.get("/board/votes")
def index(request: Request) -> Answer:
    """Every vote that is called, open or not announced, with a ballot for each that is mine."""
    authorize(request.actor, "board.read")
    services, actor, now = request.services, request.actor, request.services.clock()
    rows = [_row(request, found) for found in virtual_votes.under_vote(services)]
    opened = [row for row in rows if row["motion"].state == State.OPEN]
    mine = [r for r in opened if r["mine"] and r["own"] is None and not over(r["motion"], now)]
    return html(
        request,
        "board/votes.html",
        to_cast=mine,
        others=[row for row in opened if row not in mine],
        called=[row for row in rows if row["motion"].state == State.SECONDED],
        closed=[row for row in rows if row["motion"].state == State.CLOSED],
        unconfirmed=unconfirmed(services),
        presides=may(actor, "motion.close"),
    )


def _row(request: Request, found: Motion) -> dict[str, Any]:
    services, actor = request.services, request.actor
    mine = any(elector.person_id == actor.id for elector in found.electorate)
    return {
        "motion": found,
        "mine": mine,
        "own": services.store.board.ballot(found.id, actor.id) if mine else None,
        "ballot_token": random_token() if found.secret else "",
        "dates": virtual_votes.last_days(found, services.policy.association.zone),
    }


@pages.form("/board/motions/{motion_id}/vote")
def vote(request: Request, motion_id: str) -> Answer:
    """Casts or changes one's ballot. The receipt of a secret one is shown on this answer alone:
    an address, a cookie or a log would keep it.
    """
    fields = dict(request.form)
    to_list = fields.pop("back", "") == "votes"
    try:
        cast: Ballot | Receipt = request.perform("motion.vote", motion_id, fields)
    except ValidationError as error:
        form = Form({**NO_BALLOT.values, **fields}, error.errors)
        return motion_page(request, motion_id, form, 422)
    use_cases.close_if_complete(request.services, motion_id)
    if isinstance(cast, Receipt):
        found = load_motion(request.services, motion_id)
        changed = bool(fields.get("receipt"))
        return html(
            request,
            "board/receipt.html",
            motion=found,
            cast=cast,
            said=CHOICES[cast.choice],
            changed=changed,
            to_list=to_list,
        )
    page = "/board/votes" if to_list else f"/board/motions/{motion_id}"
    return redirect(f"{page}?done=voted")


@pages.get("/board/motions/{motion_id}/receipt")
def receipt_form(request: Request, motion_id: str) -> Answer:
    """Where somebody checks that their secret ballot is counted as they cast it."""
    authorize(request.actor, "board.read")
    return _receipt_page(request, motion_id, Form({"receipt": ""}))


@pages.form("/board/motions/{motion_id}/receipt")
def receipt_check(request: Request, motion_id: str) -> Answer:
    """What the slip of a receipt says. Nothing is changed; a form keeps it out of the address."""
    authorize(request.actor, "board.read")
    typed = str(request.form.get("receipt", ""))
    slip = receipts.slip_for(request.services, motion_id, typed)
    if slip is None:
        errors = {"receipt": "No ballot of this vote has this receipt. Type it again."}
        return _receipt_page(request, motion_id, Form({"receipt": typed}, errors), status=422)
    # Not shown again: somebody may look over a shoulder.
    return _receipt_page(request, motion_id, Form({"receipt": ""}), slip_rows([slip])[0])


def _receipt_page(
    request: Request,
    motion_id: str,
    form: Form,
    found: tuple[str, str] | None = None,
    status: int = 200,
) -> Answer:
    of = load_motion(request.services, motion_id)
    if not of.secret:
        raise ConflictError(
            "This is a named vote: its result says who voted how, and has no receipts."
        )
    return html(request, "board/receipt_check.html", status, motion=of, form=form, found=found)


def _simple(command: str, done: str) -> None:
    """A command on a vote that takes no more than a button."""

    @pages.form(f"/board/motions/{{motion_id}}/{command}")
    def run(request: Request, motion_id: str) -> Answer:
        request.perform(f"motion.{command}", motion_id)
        return redirect(f"/board/motions/{motion_id}?done={done}")


_simple("close", "closed")
_simple("announce", "announced")
_simple("rejoin", "rejoined")


@pages.form("/board/meetings/{meeting_id}/confirmations")
def move_confirmation(request: Request, meeting_id: str) -> Answer:
    """Moves that a result is confirmed whose item was pulled from the consent agenda."""
    new = request.perform("motion.move-confirmation", meeting_id, request.form)
    return redirect(f"/board/motions/{new.id}?done=moved")


@pages.form("/board/motions/{motion_id}/hold-anew")
def hold_anew(request: Request, motion_id: str) -> Answer:
    """Begins the vote anew, and goes to the motion on which it is held."""
    new = request.perform("motion.hold-anew", motion_id)
    return redirect(f"/board/motions/{new.id}?done=held-anew")
