"""Signing a petition, confirming by the letter's link, and one's own signature."""

from chalicelib.domain.errors import ConflictError, PausedError, ValidationError
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing import signing as rules
from chalicelib.domain.signing.signature import State
from chalicelib.services.commands import Signed
from chalicelib.services.petitions.texts import since_signed
from chalicelib.services.signing.screening import form_token
from chalicelib.services.signing.signing import (
    by_token,
    confirm_by_link,
    correct_by_link,
    settled_words,
    snapshot,
)
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.petitions.drafts import read_as
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

EMPTY = {
    "name": "",
    "email": "",
    "institution": "",
    "member_number": "",
    "named": "yes",
    "website": "",
}


@pages.get("/petitions/{petition_id}/sign")
def sign_form(request: Request, petition_id: str) -> Answer:
    """The form, filled in with what is known of somebody who is signed in."""
    petition = read_as(request, petition_id)
    if petition.paused_at:
        return _paused(petition_id)
    person = request.actor.person
    values = dict(EMPTY)
    if person:
        values |= {"name": person.name, "email": person.email, "institution": person.institution}
    return _sign_page(request, petition, Form(values))


def _numbers(request: Request, *names: str) -> dict[str, int | None]:
    """What a page's hidden fields say of the text, and of the signature, that it showed."""
    return {name: whole_number(str(request.form.get(name, ""))) for name in names}


@pages.form("/petitions/{petition_id}/sign")
def sign_submit(request: Request, petition_id: str) -> Answer:
    """Takes the signature; the answer does not say whether the person signed before."""
    fields = dict(request.form)
    try:
        data = {**fields, **_numbers(request, "edition")}
        request.perform("signature.sign", petition_id, data)
    except PausedError:
        return _paused(petition_id)
    except (ValidationError, ConflictError) as error:
        invalid = isinstance(error, ValidationError)
        errors = error.errors if isinstance(error, ValidationError) else {"": error.message}
        form = Form({**EMPTY, "named": "", **fields}, errors)
        return _sign_page(request, read_as(request, petition_id), form, 422 if invalid else 409)
    return redirect(f"/petitions/{petition_id}/signed")


def _paused(petition_id: str) -> Answer:
    """The petition itself says why signing is paused."""
    return redirect(f"/petitions/{petition_id}?done=paused")


def _sign_page(request: Request, petition: Petition, form: Form, status: int = 200) -> Answer:
    now, policy = request.services.clock(), request.services.policy
    is_open = petitions.open_for_signing(petition, now)
    return html(
        request,
        "petitions/sign.html",
        status,
        petition=petition,
        form=form,
        open=is_open,
        closed="" if is_open else rules.closed_words(petition, policy),
        limits=policy.limits,
        shown=form["values"].get("shown") or form_token(request.services, now),
    )


@pages.get("/petitions/{petition_id}/signed")
def signed(request: Request, petition_id: str) -> Answer:
    """Says to look for the letter."""
    return html(request, "petitions/signed.html", petition=read_as(request, petition_id))


@pages.get("/signatures/confirm/{token}")
def confirm_form(request: Request, token: str) -> Answer:
    """A button and no more: a mail scanner that opens the link confirms nothing."""
    found = by_token(request.services, token)
    if not signatures.needs_confirming(found.signature, found.petition):
        return redirect(f"/signatures/{token}")
    if found.petition.paused_at:
        return _paused(found.petition.id)
    return _confirm_page(request, found, token)


def _confirm_page(
    request: Request, found: Signed, token: str, message: str = "", status: int = 200
) -> Answer:
    now, policy = request.services.clock(), request.services.policy
    is_open = petitions.open_for_confirming(found.petition, policy, now)
    return html(
        request,
        "petitions/confirm.html",
        status,
        petition=found.petition,
        signature=found.signature,
        token=token,
        message=message,
        since=since_signed(request.services, found),
        closed="" if is_open else rules.late_words(found.petition, policy),
        ended=signatures.ended_words(found.signature),
        shown=snapshot(request.services, found) if is_open else "",
    )


@pages.form("/signatures/confirm/{token}")
def confirm_submit(request: Request, token: str) -> Answer:
    """Confirms what the page showed; a second time shows the same thanks."""
    seen = {
        **_numbers(request, "edition", "version"),
        "text_digest": request.form.get("text_digest", ""),
        "shown": request.form.get("shown", ""),
    }
    try:
        confirm_by_link(request.services, request.actor, token, seen)
    except PausedError:
        return _paused(by_token(request.services, token).petition.id)
    except ConflictError as error:
        found = by_token(request.services, token)
        now, policy = request.services.clock(), request.services.policy
        is_open = petitions.open_for_confirming(found.petition, policy, now)
        if not is_open or not signatures.needs_confirming(found.signature, found.petition):
            raise
        # Something changed since the page was shown: the person looks at it, and decides again.
        return _confirm_page(request, found, token, error.message, 409)
    return redirect(f"/signatures/{token}")


@pages.get("/signatures/{token}")
def own(request: Request, token: str) -> Answer:
    """One's own signature: where it stands, putting it right, and withdrawing it."""
    found = by_token(request.services, token)
    signature = found.signature
    values = {
        "name": signature.name,
        "institution": signature.institution,
        "member_number": signature.member_number,
        "named": "yes" if signature.named else "",
        "answer": "",
    }
    return _own_page(request, found, token, Form(values))


def _own_page(request: Request, found: Signed, token: str, form: Form, status: int = 200) -> Answer:
    can_withdraw, stands = False, ""
    try:
        can_withdraw = rules.withdraw(found.petition, found.signature) is not None
    except ConflictError as error:
        stands = error.message
    policy, now = request.services.policy, request.services.clock()
    needs_confirming = signatures.needs_confirming(found.signature, found.petition)
    in_time = petitions.open_for_confirming(found.petition, policy, now)
    return html(
        request,
        "petitions/own.html",
        status,
        petition=found.petition,
        signature=found.signature,
        words=settled_words(found.signature.state),
        over=signatures.ended_words(found.signature),
        token=token,
        form=form,
        can_withdraw=can_withdraw,
        can_correct=rules.may_correct(found.petition, found.signature),
        alive=found.signature.state not in {State.WITHDRAWN, State.INVALIDATED},
        stands=stands,
        needs_confirming=needs_confirming,
        # The text was changed after they signed it.
        anew=needs_confirming and not signatures.stands_for(found.signature, found.petition),
        confirmable=in_time or found.petition.paused_at is not None,
        can_sign=petitions.open_for_signing(found.petition, now),
        rule=petitions.rule_of(found.petition, policy),
        limits=policy.limits,
    )


@pages.form("/signatures/{token}/correct")
def correct_submit(request: Request, token: str) -> Answer:
    """Saves what the signatory put right; what was typed stays on the page if it cannot be."""
    fields = dict(request.form)
    found = by_token(request.services, token)
    if not rules.may_correct(found.petition, found.signature):
        # The page then offers no more than the choice to be named.
        signature = found.signature
        kept = {"name": signature.name, "institution": signature.institution}
        fields = {**kept, "member_number": signature.member_number, **fields}
    try:
        correct_by_link(request.services, request.actor, token, fields)
    except ValidationError as error:
        blank = {"name": "", "institution": "", "member_number": "", "named": "", "answer": ""}
        return _own_page(request, found, token, Form({**blank, **fields}, error.errors), 422)
    return redirect(f"/signatures/{token}?done=details-saved")


@pages.form("/signatures/{token}/withdraw")
def withdraw_submit(request: Request, token: str) -> Answer:
    """Takes the signature back."""
    request.perform("signature.withdraw", token)
    return redirect(f"/signatures/{token}?done=signature-withdrawn")
