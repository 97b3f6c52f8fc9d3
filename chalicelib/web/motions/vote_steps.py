"""The steps of a vote that ask for more than a button, each on a page of its own."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.motions import virtual
from chalicelib.domain.motions.ballots import RECUSED
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.motions.recusals import no_presiding
from chalicelib.domain.people.roles import authorize
from chalicelib.services.motions.confirming import unconfirmed
from chalicelib.services.motions.motions import motion as load_motion
from chalicelib.services.motions.participation import recused
from chalicelib.services.motions.virtual_votes import last_days
from chalicelib.web.checks.checks import check, looked_over
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

Shown = Callable[[Request, Motion], dict[str, Any]]
# The view of each step by its command: `ask` shows its form, `run` takes it.
STEPS: dict[tuple[str, str], Callable[[Request, str], Answer]] = {}

# Of these whoever is recused is told before they fill anything in.
_PRESIDING = frozenset({"open", "call-virtual", "extend-vote", "void"})


def _nothing(_request: Request, _motion: Motion) -> dict[str, Any]:
    return {}


def _step(command: str, done: str, fields: str, show: Shown = _nothing) -> None:
    """A form at `/board/motions/…/<command>`, and the command that it is sent to."""
    blank = dict.fromkeys(fields.split(), "")
    path = f"/board/motions/{{motion_id}}/{command}"

    def page(request: Request, motion_id: str, form: Form, status: int = 200) -> Answer:
        found = load_motion(request.services, motion_id)
        days = [name for name in ("until", "closes_day") if name in blank]
        form = looked_over(request, form, *(check("last-day", name) for name in days))
        template = f"board/vote_{command.replace('-', '_')}.html"
        return html(request, template, status, motion=found, form=form, **show(request, found))

    @pages.get(path)
    def ask(request: Request, motion_id: str) -> Answer:
        authorize(request.actor, "board.read")
        found = load_motion(request.services, motion_id)
        authorize(request.actor, f"motion.{command}")
        if command in _PRESIDING and recused(request.services, found, request.actor.id):
            raise no_presiding()
        return page(request, motion_id, Form(blank))

    @pages.form(path)
    def run(request: Request, motion_id: str) -> Answer:
        typed = dict(request.form)
        try:
            request.perform(f"motion.{command}", motion_id, typed)
        except ValidationError as error:
            return page(request, motion_id, Form({**blank, **typed}, error.errors), 422)
        return redirect(f"/board/motions/{motion_id}?done={done}")

    STEPS[command, "ask"], STEPS[command, "run"] = ask, run


def _of_opening(request: Request, motion: Motion) -> dict[str, Any]:
    policy, now = request.services.policy, request.services.clock()
    rule = policy.board(request.services.today())
    found = virtual.rule_of(motion, policy, now)
    zone = policy.association.zone
    seen = {
        name: virtual.windows(now, found, zone, discussed)
        for name, discussed in (("with_discussion", False), ("without", True))
    }
    return {
        "usual": rule.ballot,
        "virtual_rule": found,
        "windows": seen,
        "second": virtual.SECOND,
        "city": zone.rpartition("/")[2].replace("_", " "),
    }


def _of_window(request: Request, motion: Motion) -> dict[str, Any]:
    days = last_days(motion, request.services.policy.association.zone)
    begun = motion.voting_from is not None and motion.voting_from <= request.services.clock()
    return {"window": "voting" if begun else "discussion", "dates": days}


def _of_recusal(request: Request, motion: Motion) -> dict[str, Any]:
    own = request.services.store.board.ballot(motion.id, request.actor.id)
    voted = motion.secret and own is not None and own.choice != RECUSED
    return {
        "voted_secretly": voted,
        "rule": request.services.policy.board(request.services.today()),
    }


def _of_confirmation(request: Request, motion: Motion) -> dict[str, Any]:
    now = request.services.clock().isoformat()
    meetings = [
        {"value": m["id"], "label": m["title"]}
        for m in request.services.store.board.meetings()[::-1]
        if m["starts_at"] > now and m.get("state", "planned") != "cancelled"
    ]
    ages = {found.id: days for found, days in unconfirmed(request.services)}
    return {"meetings": meetings, "days": ages.get(motion.id)}


_step("open", "opened", "ballot closes_day closes_time", _of_opening)
_step("call-virtual", "called", "ballot no_discussion", _of_opening)
_step("extend-vote", "vote-extended", "until reason", _of_window)
_step("recuse", "recused", "reason receipt", _of_recusal)
_step("void", "voided", "reason")
_step("put-for-confirmation", "put-for-confirmation", "meeting", _of_confirmation)
