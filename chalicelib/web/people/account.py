"""Signing in and out, and one's own account."""

from typing import Any
from urllib.parse import quote

from chalicelib.domain.errors import (
    ConcurrentChangeError,
    NotFoundError,
    RuleError,
    ValidationError,
)
from chalicelib.domain.people.sessions import SESSION_DAYS
from chalicelib.services.documents.documents import sent_by
from chalicelib.services.groups.groups import groups_of
from chalicelib.services.people import sign_in
from chalicelib.services.petitions.petitions import petitions_of
from chalicelib.web.cookies import set_cookie
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)


@pages.get("/sign-in")
def sign_in_form(request: Request) -> Answer:
    """Asks for an email address."""
    values = {"email": "", "next": sign_in.safe_next(request.query.get("next", "/"))}
    return html(request, "account/sign_in.html", form=Form(values))


@pages.form("/sign-in")
def sign_in_submit(request: Request) -> Answer:
    """Sends the link, and says the same to everybody."""
    try:
        browser = request.need_browser()
        sign_in.ask_for_link(request.services, browser, request.form, request.visitor)
    except ValidationError as error:
        form = Form({"email": "", "next": "/", **request.form}, error.errors)
        return html(request, "account/sign_in.html", 422, form=form)
    return html(request, "account/link_sent.html", email=request.form["email"].strip())


@pages.get("/sign-in/{token}")
def sign_in_link(request: Request, token: str) -> Answer:
    """A button and no more: whoever fetches the link ahead of the person signs nobody in."""
    try:
        link = sign_in.find_link(request.services, token, request.browser)
    except RuleError as error:
        return _dead(request, error)
    return html(request, "account/link.html", token=token, email=link.email)


@pages.form("/sign-in/{token}")
def sign_in_use(request: Request, token: str) -> Answer:
    """Uses the link up and begins the session, under a cookie that nobody knew before.

    The browser's own cookie stays, so that forms that were opened before still work.
    """
    agent = request.headers.get("user-agent", "")
    try:
        signed_in = sign_in.sign_in(request.services, token, request.browser, agent)
    except RuleError as error:
        return _dead(request, error)
    seconds = SESSION_DAYS * 24 * 3600
    cookies = (set_cookie("session", signed_in.cookie, seconds),)
    then = signed_in.next if signed_in.person.name else f"/account?next={quote(signed_in.next)}"
    return redirect(then, cookies)


def _dead(request: Request, error: RuleError) -> Answer:
    """For a link that does not work. Who is in already, by this link or another, needs none."""
    if isinstance(error, NotFoundError) and request.actor.person:
        return redirect("/account?done=already")
    used = "This link was used a moment ago. Ask for a new one."
    message = used if isinstance(error, ConcurrentChangeError) else error.message
    return html(request, "account/link_dead.html", 409, message=message)


@pages.form("/sign-out")
def sign_out(request: Request) -> Answer:
    """Ends this session."""
    if request.session:
        request.perform("session.end", request.session.key)
    return redirect("/?done=signed-out", (set_cookie("session", "", 0),))


@pages.get("/account")
def account(request: Request) -> Answer:
    """One's name, petitions and sessions."""
    person = request.actor.person
    if person is None:
        return redirect("/sign-in?next=/account")
    values = {
        "name": person.name,
        "institution": person.institution,
        "next": sign_in.safe_next(request.query.get("next", "/account")),
    }
    return _account(request, Form(values))


def _account(request: Request, form: Form, status: int = 200) -> Answer:
    person = request.actor.person
    assert person is not None
    return html(
        request,
        "account/account.html",
        status,
        form=form,
        person=person,
        today=request.services.today(),
        petitions=petitions_of(request.services, person),
        sessions=[
            (other, browser_words(other.agent))
            for other in request.services.store.people.sessions_of(person.id)
        ],
        session=request.session,
        groups=groups_of(request.services, person.email),
        sent=sent_by(request.services, request.actor),
        meetings=_meetings_to_come(request),
    )


def _meetings_to_come(request: Request) -> list[dict[str, Any]]:
    """The meetings for which a document can be sent, the next one first."""
    now = request.services.clock().isoformat()
    listed = request.services.store.board.meetings()
    return [m for m in listed if m["starts_at"] > now and m.get("state") != "cancelled"][::-1]


def browser_words(agent: str) -> str:
    """A browser in the words of its owner, from what it says of itself."""
    browsers = ("Firefox", "Edg", "OPR", "Chrome", "Safari")
    systems = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    browser = next((b for b in browsers if f"{b}/" in agent), "")
    system = next((s for s in systems if s in agent), "")
    names = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "Mac"}
    found = [names.get(word, word) for word in (browser, system) if word]
    return " on ".join(found) or "A browser or program that does not say its name"


@pages.form("/account")
def account_submit(request: Request) -> Answer:
    """Saves one's name and institution."""
    fields = dict(request.form)
    then = sign_in.safe_next(str(fields.pop("next", "/account")))
    try:
        request.perform("account.edit", data=fields)
    except ValidationError as error:
        values = {"name": "", "institution": "", "next": then, **fields}
        return _account(request, Form(values, error.errors), 422)
    return redirect(f"{then}{'&' if '?' in then else '?'}done=account")


@pages.form("/account/sessions/{key}/end")
def session_end(request: Request, key: str) -> Answer:
    """Ends one of one's own sessions."""
    request.perform("session.end", key)
    return redirect("/account?done=session-ended")
