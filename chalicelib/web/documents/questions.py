"""The conveners' page of questions that the Board and staff asked about their petition."""

from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.people.people import Role
from chalicelib.domain.petitions.petition import Petition
from chalicelib.services.commands import petition as load
from chalicelib.services.commands import roles_for
from chalicelib.services.documents.questions import Asked, asked_about
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.petitions.drafts import ask_to_sign_in
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)


@pages.get("/petitions/{petition_id}/questions")
def show(request: Request, petition_id: str) -> Answer:
    """The questions, with a form for the one that is to be answered."""
    petition = _convened(request, petition_id)
    asked = asked_about(request.services, petition)
    chosen = request.query.get("document", ""), whole_number(request.query.get("question", "")) or 0
    if not chosen[1]:
        chosen = _waiting(asked)
    return _page(request, petition, asked, chosen, Form({"text": ""}))


def _convened(request: Request, petition_id: str) -> Petition:
    """The petition, for one of its conveners. Raises NotFoundError to everybody else."""
    ask_to_sign_in(request)
    petition = load(request.services, petition_id)
    if Role.CONVENER not in roles_for(request.actor, petition):
        raise NotFoundError("There is no petition at this address.")
    return petition


def _waiting(asked: list[Asked]) -> tuple[str, int]:
    """The first question that waits for an answer."""
    return next(
        ((a.document.id, q.number) for a in asked for q in a.questions if not q.answered),
        ("", 0),
    )


def _page(
    request: Request,
    petition: Petition,
    asked: list[Asked],
    chosen: tuple[str, int],
    form: Form,
    status: int = 200,
) -> Answer:
    return html(
        request,
        "discussion/questions.html",
        status,
        petition=petition,
        asked=asked,
        chosen=chosen,
        form=form,
        most=request.services.policy.discussion.characters,
    )


@pages.form("/petitions/{petition_id}/questions")
def answer(request: Request, petition_id: str) -> Answer:
    """An answer."""
    fields: dict[str, Any] = dict(request.form)
    number = whole_number(str(fields.get("question", ""))) or 0
    document = str(fields.get("document", ""))
    data = {"document": document, "question": number, "text": fields.get("text", "")}
    try:
        request.perform("petition.answer", petition_id, data)
    except (ValidationError, ConflictError) as error:
        petition = _convened(request, petition_id)
        errors = error.errors if isinstance(error, ValidationError) else {"": error.message}
        status = 422 if isinstance(error, ValidationError) else 409
        form = Form({"text": "", **fields}, errors)
        asked = asked_about(request.services, petition)
        return _page(request, petition, asked, (document, number), form, status)
    return redirect(f"/petitions/{petition_id}/questions?done=answered#question-{number}")
