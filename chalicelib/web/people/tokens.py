"""Access tokens on one's account: made, shown once, and ended."""

from typing import Any

from chalicelib.domain.errors import NotAllowedError, ValidationError
from chalicelib.domain.people.access_tokens import MOST_DAYS, SCOPES
from chalicelib.services.people.access_tokens import Made
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

NO_TOKEN: dict[str, Any] = {"name": "", "scopes": ["read"], "days": "90"}


@pages.get("/account/tokens")
def show(request: Request) -> Answer:
    """One's access tokens, and the form for another."""
    if request.actor.person is None:
        raise NotAllowedError("Sign in to see your access tokens.")
    return _page(request, Form(NO_TOKEN))


def _page(request: Request, form: Form, status: int = 200, made: Made | None = None) -> Answer:
    return html(
        request,
        "account/tokens.html",
        status,
        form=form,
        made=made,
        tokens=request.services.store.access_tokens.of_person(request.actor.id),
        scopes=SCOPES,
        most_days=MOST_DAYS,
    )


@pages.form("/account/tokens")
def create(request: Request) -> Answer:
    """Makes a token. Its secret is in this answer alone: an address or a cookie would keep it."""
    sent = request.form
    chosen = sent.get("scopes", [])
    typed: dict[str, Any] = {
        "name": str(sent.get("name", "")),
        "scopes": [str(one) for one in chosen] if isinstance(chosen, list) else [],
        "days": str(sent.get("days", "")),
    }
    data = {**typed, "days": whole_number(typed["days"].strip()) or 0}
    try:
        made: Made = request.perform("token.create", data=data)
    except ValidationError as error:
        return _page(request, Form(typed, error.errors), 422)
    return _page(request, Form(NO_TOKEN), made=made)


@pages.form("/account/tokens/{token_id}/revoke")
def revoke(request: Request, token_id: str) -> Answer:
    """Ends one of one's own tokens."""
    request.perform("token.revoke", f"{request.actor.id}/{token_id}")
    return redirect("/account/tokens?done=token-ended")
