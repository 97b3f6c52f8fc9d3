"""The public petition, and what its conveners do with it."""

from chalicelib.config import settings
from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.people.people import Role
from chalicelib.domain.people.roles import may
from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.petitions.text import signed_part
from chalicelib.services.commands import hide_drafts, roles_for
from chalicelib.services.petitions.petitions import conveners_of
from chalicelib.web.guard import Pages
from chalicelib.web.petitions.differences import of_record
from chalicelib.web.petitions.drafts import ask_to_sign_in, preview_page, read_as
from chalicelib.web.record.history import petition_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

# Twelve keep the list within one read of 4 kB.
NAMES_ON_PAGE = 12
NAMES_ON_LIST = 200

PAST = (
    State.APPROVED,
    State.DECLINED,
    State.RETURNED,
    State.WITHDRAWN,
    State.EXPIRED,
    State.REJECTED,
)


@pages.get("/petitions/past")
def past(request: Request) -> Answer:
    """Petitions that came to an end, or are back with their conveners: the newest of each kind."""
    store, policy = request.services.store, request.services.policy
    return html(
        request,
        "petitions/past.html",
        rows=[row for state in PAST for row in store.petitions.in_state(state, limit=100).rows],
        labels={unit.kind: unit.label for unit in policy.units},
    )


@pages.get("/petitions/{petition_id}")
def show(request: Request, petition_id: str) -> Answer:
    """The petition: its text, how far it has come, who signed it, and its history."""
    # A visitor's page may be a moment old and costs half; who acts on it sees the latest.
    signed_in = request.actor.person is not None
    found = request.services.store.petitions.read(petition_id, fresh=signed_in)
    if found is None:
        raise NotFoundError("There is no petition at this address.")
    petition, events = found
    roles = roles_for(request.actor, petition)
    if not roles & {Role.CONVENER, Role.INVITED} and _was_public(petition):
        return _revising(request, petition)
    hide_drafts(request.actor.having(*roles), petition)
    given_up = petition.opened_at is None and Role.INVITED in roles
    if petition.state == State.DRAFT or given_up:
        where = "invitation" if Role.INVITED in roles else "edit"
        return redirect(f"/petitions/{petition_id}/{where}")
    policy, now = request.services.policy, request.services.clock()
    rule = rules.rule_of(petition, policy)
    names = request.services.store.petitions.signed_publicly(petition, NAMES_ON_PAGE)
    return html(
        request,
        "petitions/show.html",
        petition=petition,
        rule=rule,
        open=rules.open_for_signing(petition, now),
        enough=petition.verified >= rule.signatures,
        names=names,
        steps=petition_steps(events),
        otherwise=of_record(petition, events),
        convener=conveners_of(request.actor, petition),
        staff=may(request.actor, "staff.read"),
        url=f"{settings().base_url}/petitions/{petition.id}",
    )


def _was_public(petition: Petition) -> bool:
    """Whether this draft was open before, so that others know its address and its old text."""
    rewritten = petition.state == State.DRAFT and petition.published is not None
    return rewritten and petition.opened_at is not None


def _revising(request: Request, petition: Petition) -> Answer:
    """The text that was signed and nothing else: what the conveners write now is theirs alone."""
    assert petition.published is not None
    return html(
        request,
        "petitions/revising.html",
        name=petition.published.name,
        text=signed_part(petition.published),
        label=rules.rule_of(petition, request.services.policy).label,
    )


@pages.get("/petitions/{petition_id}/signatures")
def signatures(request: Request, petition_id: str) -> Answer:
    """Everybody who signed and agreed to be named, a page at a time."""
    petition = read_as(request, petition_id)
    after = request.query.get("after", "")[:80]
    names = request.services.store.petitions.signed_publicly(petition, NAMES_ON_LIST, after)
    return html(request, "petitions/signatures.html", petition=petition, names=names)


@pages.form("/petitions/{petition_id}/publish")
def publish(request: Request, petition_id: str) -> Answer:
    """Opens the petition for signatures, or says what it lacks."""
    try:
        request.perform("petition.publish", petition_id)
    except ValidationError:
        return preview_page(request, read_as(request, petition_id), 422)
    return redirect(f"/petitions/{petition_id}?done=published")


@pages.form("/petitions/{petition_id}/submit")
def submit(request: Request, petition_id: str) -> Answer:
    """Hands the petition in."""
    request.perform("petition.submit", petition_id)
    return redirect(f"/petitions/{petition_id}?done=submitted")


@pages.form("/petitions/{petition_id}/revise")
def revise(request: Request, petition_id: str) -> Answer:
    """Takes a returned petition back into drafting."""
    request.perform("petition.revise", petition_id)
    return redirect(f"/petitions/{petition_id}/edit?done=revise")


@pages.get("/petitions/{petition_id}/withdraw")
def withdraw_form(request: Request, petition_id: str) -> Answer:
    """Asks whether the petition should really end, and why."""
    ask_to_sign_in(request)
    petition = read_as(request, petition_id)
    if not conveners_of(request.actor, petition):
        raise NotFoundError("Only the petition's conveners can withdraw it.")
    return html(request, "petitions/withdraw.html", petition=petition)


@pages.form("/petitions/{petition_id}/withdraw")
def withdraw(request: Request, petition_id: str) -> Answer:
    """Ends the petition."""
    petition = request.perform("petition.withdraw", petition_id, request.form)
    if petition.opened_at is None:
        return redirect("/account?done=given-up")
    return redirect(f"/petitions/{petition_id}?done=withdrawn")
