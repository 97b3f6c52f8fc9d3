"""The conveners' page: how their petition comes along, and who convenes it."""

from urllib.parse import quote

from chalicelib.config import settings
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.people.people import Role
from chalicelib.domain.petitions import conveners as rules
from chalicelib.domain.petitions.petition import ENDED, Petition, State, rule_of
from chalicelib.domain.petitions.progress import growth, invitation_to_sign, outlook
from chalicelib.services.commands import petition as load
from chalicelib.services.commands import roles_for
from chalicelib.services.documents.questions import asked_about
from chalicelib.services.petitions.conveners import progress as figures
from chalicelib.web.guard import Pages
from chalicelib.web.petitions.drafts import ask_to_sign_in, how_invited, read_as
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

NOT_INVITED = (
    "There is no invitation here for the address with which you are signed in. Sign out, and sign "
    "in with the address that the invitation came to. If you did, it was withdrawn or already "
    "answered."
)


@pages.get("/petitions/{petition_id}/progress")
def progress(request: Request, petition_id: str) -> Answer:
    """How the petition comes along, for its conveners alone."""
    ask_to_sign_in(request)
    petition = read_as(request, petition_id)
    if Role.CONVENER not in roles_for(request.actor, petition):
        raise NotFoundError("Only the petition's conveners can see this.")
    if petition.opened_at is None or petition.state == State.DRAFT:
        return redirect(f"/petitions/{petition_id}/edit")
    policy, now = request.services.policy, request.services.clock()
    url = f"{settings().base_url}/petitions/{petition.id}"
    found = figures(request.services, petition)
    words = invitation_to_sign(petition, policy, url)
    return html(
        request,
        "petitions/progress.html",
        petition=petition,
        rule=rule_of(petition, policy),
        ahead=outlook(petition, policy, now),
        found=found,
        days=growth(found.days),
        reminders=rules.reminders(petition, policy, now),
        after_hours=policy.reminder.after_hours,
        waiting=rules.waiting(petition),
        inviting=petition.state in rules.INVITING,
        words=words,
        mail=_mail(f"A petition: {petition.name}", words),
        url=url,
        asked=asked_about(request.services, petition),
    )


def _mail(subject: str, text: str) -> str:
    """A mailto: link that begins a letter with these words (RFC 6068)."""
    lines = text.replace("\n", "\r\n")
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(lines, safe='')}"


@pages.form("/petitions/{petition_id}/remind")
def remind(request: Request, petition_id: str) -> Answer:
    """Has those who did not confirm written to once more."""
    request.perform("petition.remind", petition_id)
    return redirect(f"/petitions/{petition_id}/progress?done=reminded")


@pages.form("/petitions/{petition_id}/invite")
def invite(request: Request, petition_id: str) -> Answer:
    """Invites the co-conveners who have not answered."""
    petition = request.perform("petition.invite", petition_id)
    where = "edit" if petition.state == State.DRAFT else "progress"
    return redirect(f"/petitions/{petition_id}/{where}?done={how_invited(petition)}")


@pages.get("/petitions/{petition_id}/invitation")
def invitation(request: Request, petition_id: str) -> Answer:
    """The petition's text, and whether the reader wants to convene it."""
    ask_to_sign_in(request)
    petition = _invited(request, petition_id)
    asked = rules.invited_as(petition, request.actor)
    if asked is None:
        return redirect(f"/petitions/{petition_id}")
    return html(
        request,
        "petitions/invitation.html",
        petition=petition,
        rule=rule_of(petition, request.services.policy),
        asked=asked,
        ended=petition.state in ENDED,
    )


def _invited(request: Request, petition_id: str) -> Petition:
    """The petition, for somebody who is invited to convene it or does so already. Raises
    NotFoundError to everybody else, in the same words whether or not it is there.
    """
    try:
        petition = load(request.services, petition_id)
    except NotFoundError as missing:
        raise NotFoundError(NOT_INVITED) from missing
    if not roles_for(request.actor, petition) & {Role.CONVENER, Role.INVITED}:
        raise NotFoundError(NOT_INVITED)
    return petition


@pages.form("/petitions/{petition_id}/accept-invitation")
def accept(request: Request, petition_id: str) -> Answer:
    """Makes the reader a convener."""
    petition = request.perform("petition.accept-invitation", petition_id)
    where = "/edit" if petition.state == State.DRAFT else ""
    return redirect(f"/petitions/{petition_id}{where}?done=convening")


@pages.form("/petitions/{petition_id}/decline-invitation")
def decline(request: Request, petition_id: str) -> Answer:
    """Takes the reader out of the petition."""
    request.perform("petition.decline-invitation", petition_id)
    return redirect("/?done=declined-to-convene")
