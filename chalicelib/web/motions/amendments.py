"""The pages on which a motion is amended: the form with what it would change, and accepting it."""

from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.motions import amendments as rules
from chalicelib.domain.motions.motion import GIVES_A_CHARGE, Motion
from chalicelib.domain.motions.recusals import no_part
from chalicelib.domain.motions.wording import PARTS
from chalicelib.domain.people.roles import authorize
from chalicelib.services.motions.amendments import as_amended, with_its_text
from chalicelib.services.motions.motions import motion as load
from chalicelib.services.motions.participation import recused
from chalicelib.web.checks.checks import check, looked_over
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)


@pages.get("/board/motions/{motion_id}/amend")
def amend_form(request: Request, motion_id: str) -> Answer:
    """The text of the motion, to be changed."""
    authorize(request.actor, "board.read")
    main = with_its_text(request.services, load(request.services, motion_id))
    authorize(request.actor, "motion.amend")
    if recused(request.services, main, request.actor.id):
        raise no_part()
    rules.require_amendable(main)
    return _page(request, main, Form(rules.parts_of(main)))


@pages.form("/board/motions/{motion_id}/amend")
def amend_submit(request: Request, motion_id: str) -> Answer:
    """Shows what the amendment would change, or moves it."""
    authorize(request.actor, "motion.amend")
    fields = dict(request.form)
    then = fields.pop("then", "look")
    main = with_its_text(request.services, load(request.services, motion_id))
    values = {**rules.parts_of(main), **fields}
    try:
        if then == "move":
            made = request.perform("motion.amend", motion_id, fields)
            return redirect(f"/board/motions/{made.id}?done=amendment-moved")
        rules.require_amendable(main)
        becomes = as_amended(request.services, main, fields)
    except ValidationError as error:
        return _page(request, main, Form(values, error.errors), status=422)
    except ConflictError as error:
        title = "The amendment was not moved"
        link = ("Go to the motion", f"/board/motions/{motion_id}")
        return kept(request, 409, title, error.message, link, request.form, PARTS)
    return _page(request, main, Form(values), becomes)


def _page(
    request: Request,
    main: Motion,
    form: Form,
    becomes: dict[str, str] | None = None,
    status: int = 200,
) -> Answer:
    limits = request.services.policy.limits
    establishes = main.brings_about in GIVES_A_CHARGE
    wanted = check("charge", "charge") if establishes else check("motion", "wording")
    shown: dict[str, Any] = {"changes": [], "wording": ""}
    if becomes:
        shown["changes"] = rules.changes(rules.parts_of(main), becomes)
        shown["wording"] = rules.wording_of(main, becomes)
    return html(
        request,
        "board/amend.html",
        status,
        motion=main,
        establishes=establishes,
        form=looked_over(request, form, wanted),
        limits=limits,
        most=max(limits.comment, len(main.wording)),
        labels=PARTS,
        preview=shown,
    )


@pages.form("/board/motions/{motion_id}/accept-amendment")
def accept(request: Request, motion_id: str) -> Answer:
    """Accepts an amendment, as mover or seconder of the motion."""
    request.perform("motion.accept-amendment", motion_id)
    return redirect(f"/board/motions/{motion_id}?done=amendment-accepted")
