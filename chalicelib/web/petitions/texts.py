"""How a petition's text changed, and staff's small corrections of it."""

from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions.corrections import FIELDS, words_left
from chalicelib.domain.petitions.petition import TRANSITIONS, Petition
from chalicelib.services.commands import hide_drafts, roles_for
from chalicelib.services.commands import petition as load
from chalicelib.services.petitions.texts import Draft, look_at, versions
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.petitions.drafts import LABELS
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)

CORRECTION_LABELS = {**{name: LABELS[name] for name in FIELDS}, "reason": "Reason"}


@pages.get("/petitions/{petition_id}/changes")
def changes(request: Request, petition_id: str) -> Answer:
    """Every text that was open for signatures, and what changed from each to the next."""
    found = request.services.store.petitions.read(petition_id, fresh=False)
    if found is None:
        raise NotFoundError("There is no petition at this address.")
    petition, events = found
    hide_drafts(request.actor.having(*roles_for(request.actor, petition)), petition)
    return html(
        request,
        "petitions/changes.html",
        petition=petition,
        versions=versions(request.services, petition, events),
    )


@pages.get("/staff/petitions/{petition_id}/correct")
def correct_form(request: Request, petition_id: str) -> Answer:
    """The text as it is, to be corrected."""
    authorize(request.actor, "petition.correct")
    petition = _correctable(request, petition_id)
    values = {name: getattr(petition.text, name) for name in FIELDS}
    values |= {"text_digest": petition.text_digest, "reason": ""}
    return _page(request, petition, Form(values))


def _correctable(request: Request, petition_id: str) -> Petition:
    petition = load(request.services, petition_id)
    hide_drafts(request.actor, petition)
    if petition.state not in TRANSITIONS["correct"][0]:
        raise ConflictError(
            "Staff correct a petition’s text while it collects signatures and until it is "
            f"scheduled. This one is {petition.state}."
        )
    return petition


@pages.form("/staff/petitions/{petition_id}/correct")
def correct_submit(request: Request, petition_id: str) -> Answer:
    """Shows what the correction would change; sent again with that very text, it is made."""
    fields = dict(request.form)
    authorize(request.actor, "petition.correct")
    then, seen = fields.pop("then", "look"), fields.pop("seen", "")
    blank = {**dict.fromkeys(FIELDS, ""), "questions": [], "reason": "", "text_digest": ""}
    values: dict[str, Any] = {**blank, **fields}
    try:
        petition = _correctable(request, petition_id)
        draft = look_at(request.services, petition, values)
        if then == "save" and seen == draft.digest:
            request.perform("petition.correct", petition_id, values)
            return redirect(f"/staff/petitions/{petition_id}?done=corrected")
    except ValidationError as error:
        petition = _correctable(request, petition_id)
        return _page(
            request,
            petition,
            Form(values, error.errors),
            _shown(request, petition, values),
            status=422,
        )
    except ConflictError as error:
        title = "The correction was not saved"
        link = ("Go to the petition", f"/staff/petitions/{petition_id}")
        return kept(request, 409, title, error.message, link, request.form, CORRECTION_LABELS)
    errors = dict(draft.errors)
    if not str(values["reason"]).strip():
        errors["reason"] = "Say why: everybody who reads the petition’s history sees it."
    again = "The text is not the one that you looked at. Look at the changes again, then save."
    message = again if then == "save" and not errors else ""
    return _page(request, petition, Form(values, errors), draft, message, 422 if errors else 200)


def _shown(request: Request, petition: Petition, values: dict[str, Any]) -> Draft | None:
    """What would change, where the answers can be read at all."""
    try:
        return look_at(request.services, petition, values)
    except ValidationError:
        return None


def _page(
    request: Request,
    petition: Petition,
    form: Form,
    draft: Draft | None = None,
    message: str = "",
    status: int = 200,
) -> Answer:
    policy = request.services.policy
    return html(
        request,
        "staff/correct.html",
        status,
        petition=petition,
        form=form,
        labels=CORRECTION_LABELS,
        draft=draft,
        message=message,
        limits=policy.limits,
        rule=policy.correction,
        left=words_left(petition, policy),
    )
