"""Drafting a petition."""

from typing import Any
from urllib.parse import quote

from chalicelib.domain.checks.diffs import FieldChange, short_changes, text_changes
from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.people.people import Actor
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.petitions.conveners import waiting
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.petitions.text import digest_of_text, missing
from chalicelib.services.commands import hide_drafts, roles_for
from chalicelib.services.commands import petition as load
from chalicelib.services.packets.content import action_form
from chalicelib.services.petitions.petitions import similar_to
from chalicelib.web.checks.checks import check, looked_over
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)

LABELS = {
    "name": "Name of the group",
    "charge": "Charge",
    "background": "Background",
    "questions": "Questions",
    "goal_area": "Goal area",
    "stakeholders": "Stakeholders",
    "fiscal_impact": "Fiscal and staffing impact",
    "lead_name": "Your name",
    "lead_institution": "Your institution",
    "conveners": "Conveners",
}


@pages.get("/petitions/new")
def new(request: Request) -> Answer:
    """Chooses the kind of group."""
    authorize(request.actor, "petition.draft")
    kinds = request.services.policy.kinds(request.services.today())
    return html(request, "petitions/new.html", form=Form({"kind": kinds[0].kind}), kinds=kinds)


@pages.form("/petitions/new")
def new_submit(request: Request) -> Answer:
    """Begins the draft."""
    kinds = request.services.policy.kinds(request.services.today())
    try:
        petition = request.perform("petition.draft", data={"kind": "", **request.form})
    except ValidationError as error:
        form = Form({"kind": "", **request.form}, error.errors)
        return html(request, "petitions/new.html", 422, form=form, kinds=kinds)
    return redirect(f"/petitions/{petition.id}/edit")


@pages.get("/petitions/{petition_id}/edit")
def edit(request: Request, petition_id: str) -> Answer:
    """The draft's form, with what is still missing named."""
    petition = own_draft(request, petition_id)
    return _edit_page(request, petition, Form(values_of(petition)))


@pages.form("/petitions/{petition_id}/edit")
def edit_submit(request: Request, petition_id: str) -> Answer:
    """Saves the draft; shows it again, or goes on to the check."""
    fields = dict(request.form)
    then = fields.pop("then", "save")
    if request.actor.person is None:
        return _kept(
            request,
            403,
            "You are signed out",
            "Your session ended, or you signed out in another tab, so this was not saved. What "
            "you typed is below. Sign in, and put it into the draft again.",
            ("Sign in", f"/sign-in?next=/petitions/{quote(petition_id)}/edit"),
        )
    try:
        petition = request.perform("petition.edit", petition_id, as_input(fields))
    except (ValidationError, ConflictError) as error:
        errors = error.errors if isinstance(error, ValidationError) else {"": error.message}
        petition = read_as(request, petition_id)
        authorize(_as_convener(request, petition), "petition.edit")
        if petition.state != State.DRAFT:
            return _not_saved(request, petition)
        form = Form({**values_of(petition), **fields}, errors)
        status = 422 if isinstance(error, ValidationError) else 409
        return _edit_page(request, petition, form, status)
    if then == "invite":
        return _invited(request, petition)
    if then == "check":
        return redirect(f"/petitions/{petition.id}/preview")
    return redirect(f"/petitions/{petition.id}/edit?done=saved")


def how_invited(petition: Petition) -> str:
    """The notice for a petition some of whose co-conveners were invited just now, or all."""
    left = any(c.invited_at is None for c in waiting(petition))
    return "invited-in-part" if left else "invited"


def _invited(request: Request, petition: Petition) -> Answer:
    """Goes on from saving to inviting, or says beside the co-conveners why nobody is invited."""
    try:
        invited = request.perform("petition.invite", petition.id)
    except ConflictError as error:
        form = Form(values_of(petition), {"conveners": f"Saved. {error.message}"})
        return _edit_page(request, petition, form, 409)
    return redirect(f"/petitions/{petition.id}/edit?done={how_invited(invited)}")


@pages.get("/petitions/{petition_id}/preview")
def preview(request: Request, petition_id: str) -> Answer:
    """The petition as the Board will see it, and what is still missing."""
    return preview_page(request, own_draft(request, petition_id))


def preview_page(request: Request, petition: Petition, status: int = 200) -> Answer:
    """The check before opening."""
    return html(
        request,
        "petitions/preview.html",
        status,
        petition=petition,
        rule=rules.rule_of(petition, request.services.policy),
        action_form=action_form(petition, request.services.policy),
        missing=missing(petition.text, petition.conveners, request.services.policy),
        labels=LABELS,
        similar=similar_to(request.services, petition),
        changed=_since_signed(petition),
    )


def _since_signed(petition: Petition) -> list[FieldChange] | None:
    """What changed since the petition was last open; None if it never was, or if its signatures
    stay because the text that they stand for is the same to the letter.
    """
    same = digest_of_text(petition.kind, petition.text) == petition.text_digest
    if not petition.edition or petition.published is None or same:
        return None
    return short_changes(text_changes(petition.published, petition.text))


def own_draft(request: Request, petition_id: str) -> Petition:
    """A draft, for one of its conveners. Raises NotAllowedError to a visitor and to who is invited
    to be one, NotFoundError to everybody else, and ConflictError when it is no draft any more.
    """
    ask_to_sign_in(request)
    petition = read_as(request, petition_id)
    authorize(_as_convener(request, petition), "petition.edit")
    if petition.state != State.DRAFT:
        raise ConflictError("This petition is no longer a draft, so its text is final.")
    return petition


def ask_to_sign_in(request: Request) -> None:
    """Raises NotAllowedError to a visitor at any address: nobody learns which drafts there are."""
    if request.actor.person is None:
        raise NotAllowedError("Only the petition's conveners can do this.")


def _not_saved(request: Request, petition: Petition) -> Answer:
    """For a convener whose draft became a petition, or was given up, while they typed."""
    there = ("Go to the petition", f"/petitions/{petition.id}")
    if petition.opened_at is None:
        there = ("Go to your account", "/account")
    return _kept(
        request,
        409,
        "This petition is no longer a draft",
        "It was opened for signatures or ended meanwhile, in another tab or by a co-convener. "
        "Its text is final, and what you typed was not saved. It is below for you to copy.",
        there,
    )


def _kept(request: Request, status: int, title: str, message: str, link: tuple[str, str]) -> Answer:
    return kept(request, status, title, message, link, request.form, LABELS)


def read_as(request: Request, petition_id: str) -> Petition:
    """A petition that this person may see."""
    found = load(request.services, petition_id)
    hide_drafts(_as_convener(request, found), found)
    return found


def _as_convener(request: Request, petition: Petition) -> Actor:
    return request.actor.having(*roles_for(request.actor, petition))


def as_input(fields: dict[str, Any]) -> dict[str, Any]:
    """A form's fields as the command takes them."""
    return {**fields, "version": whole_number(str(fields.get("version", "")))}


def values_of(petition: Petition) -> dict[str, Any]:
    """A draft as its form shows it."""
    text = petition.text
    lead, *others = petition.conveners
    return {
        "version": petition.version,
        "name": text.name,
        "charge": text.charge,
        "background": text.background,
        "questions": list(text.questions),
        "stakeholders": text.stakeholders,
        "fiscal_impact": text.fiscal_impact,
        "goal_area": text.goal_area,
        "lead_name": lead.name,
        "lead_institution": lead.institution,
        "conveners": [
            {"name": c.name, "email": c.email, "institution": c.institution} for c in others
        ],
    }


def _edit_page(request: Request, petition: Petition, form: Form, status: int = 200) -> Answer:
    policy = request.services.policy
    form = looked_over(request, form, check("charge", "charge"))
    return html(
        request,
        "petitions/edit.html",
        status,
        petition=petition,
        form=form,
        labels=LABELS,
        limits=policy.limits,
        goal_areas=list(policy.goal_areas),
        rule=rules.rule_of(petition, policy),
        missing=missing(petition.text, petition.conveners, request.services.policy),
        similar=similar_to(request.services, petition),
    )
