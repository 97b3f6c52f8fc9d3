"""What every page goes through: who is there, CSRF, errors in plain words, safe headers."""

import json
import logging
import re
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any
from urllib.parse import quote

from chalice import Blueprint
from chalice import Response as ChaliceResponse

from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.domain.errors import Conflict, Invalid, NotAllowed, NotFound, RuleError
from chalicelib.domain.people import VISITOR, Actor
from chalicelib.domain.sessions import Session
from chalicelib.services.commands import perform
from chalicelib.services.sign_in import actor_of
from chalicelib.services.tokens import random_token
from chalicelib.web import forms
from chalicelib.web.responses import Answer, html, kept, problem, redirect

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
UPLOAD = "multipart/form-data"
STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}
TITLES = {
    403: "You cannot do this",
    404: "Nothing is here",
    409: "That is not possible now",
    422: "Some answers need another look",
}
# Longer than any key or token of ours: the store has limits of its own, which are no page.
LONGEST_PART = 300
_DRAFT = re.compile("/api/v1/petitions/[^/]+/edit")
SIGNED_OUT = (
    "You are signed out. Sign in in another tab, then go on typing here: the draft is saved then."
)


class Request:
    """One request, with who sent it. `browser` is a random cookie that CSRF tokens and
    sign-in links are bound to; it is set when a page first needs it.
    """

    def __init__(self, raw: Any) -> None:
        self.method: str = raw.method
        # API Gateway's own path is without the stage; the local server gives the other alone.
        event = raw.to_original_event()
        self.path: str = event.get("path") or event["requestContext"]["path"]
        self.query: dict[str, str] = dict(raw.query_params or {})
        self.headers: dict[str, str] = dict(raw.headers or {})
        self._raw = raw
        self.services = bootstrap.services()
        cookies = _cookies(self.headers.get("cookie", ""))
        self.session_cookie = cookies.get(cookie_name("session"), "")
        self.browser = cookies.get(cookie_name("browser"), "")
        self.browser_is_new = False
        self.form: dict[str, Any] = {}

    @cached_property
    def _signed_in(self) -> tuple[Actor, Session | None]:
        # Read only where a page asks: static files are served to anybody.
        return actor_of(self.services, self.session_cookie)

    @property
    def actor(self) -> Actor:
        """Who sent this request."""
        return self._signed_in[0]

    @property
    def session(self) -> Session | None:
        """Their session, if they are signed in."""
        return self._signed_in[1]

    def ask_no_more(self) -> None:
        """From here on nothing is read: after a fault the store may be what failed."""
        self.__dict__.setdefault("_signed_in", (VISITOR, None))

    def need_browser(self) -> str:
        """The browser's cookie, made now if it has none yet."""
        if not self.browser:
            self.browser = random_token()
            self.browser_is_new = True
        return self.browser

    def csrf(self) -> str:
        """The token that this browser's forms have to carry."""
        return self.services.tokens.make("csrf", self.need_browser())

    def csrf_holds(self, token: Any) -> bool:
        """Whether a form's token was made for this browser."""
        if not self.browser or not isinstance(token, str):
            return False
        try:
            return self.services.tokens.read("csrf", token) == [self.browser]
        except NotFound:
            return False

    def json(self) -> dict[str, Any]:
        """The JSON object that was sent. Raises Invalid for anything else."""
        body = self._raw.raw_body
        if not body:
            return {}
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Invalid({"": "Send a JSON object."}) from error
        if not isinstance(value, dict):
            raise Invalid({"": "Send a JSON object."})
        return value

    def read_form(self) -> None:
        """Fills `form` from the body. Raises Invalid when it is no form in UTF-8."""
        kind = self.headers.get("content-type", "")
        try:
            if kind.startswith(UPLOAD):
                self.form = forms.parse_upload(self._raw.raw_body, kind)
            else:
                self.form = forms.parse(self._raw.raw_body)
        except ValueError as error:
            raise Invalid({"": "The form could not be read. Send it again."}) from error

    def perform(self, command: str, target: str = "", data: dict[str, Any] | None = None) -> Any:
        """Runs a command as whoever sent this request."""
        return perform(self.services, self.actor, command, target, data)


View = Callable[..., Answer]


class Pages:
    """A blueprint whose views get a Request and are guarded. One for each step of the work."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(name)

    def get(self, path: str) -> Callable[[View], View]:
        """A page. It never changes anything: mail scanners and browsers fetch ahead."""
        return self._route(path, "GET", _page, {})

    def form(self, path: str) -> Callable[[View], View]:
        """Where a page's form is sent, with its CSRF token checked."""
        return self._route(path, "POST", _form, {"content_types": [FORM]})

    def upload(self, path: str) -> Callable[[View], View]:
        """Where a form with a file is sent, guarded like any other form."""
        return self._route(path, "POST", _form, {"content_types": [UPLOAD]})

    def api(self, path: str, method: str = "GET") -> Callable[[View], View]:
        """A JSON answer, with errors as RFC 9457 problems."""
        return self._route(path, method, _api, {})

    def _route(
        self, path: str, method: str, run: Callable[..., Answer], options: dict[str, Any]
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            @self.blueprint.route(path, methods=[method], name=view.__name__, **options)
            @wraps(view)
            def guarded(**arguments: str) -> ChaliceResponse:
                request = Request(self.blueprint.current_request)
                try:
                    answer = run(request, view, arguments)
                except Exception:
                    log.exception("unexpected error at %s %s", method, path)
                    request.ask_no_more()
                    answer = _broken(request, run is _api)
                return _finish(request, answer)

            return view

        return register


def _call(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    if any(len(part.encode("utf-8", "replace")) > LONGEST_PART for part in arguments.values()):
        raise NotFound("There is no page at this address. It may have been copied incompletely.")
    return view(request, **arguments)


def _page(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    try:
        return _call(request, view, arguments)
    except RuleError as error:
        return _error_page(request, error)


def _form(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    try:
        request.read_form()
        token, same_site = request.form.pop("csrf_token", ""), _same_site(request)
        if not same_site or not request.csrf_holds(token):
            return kept(
                request,
                403,
                "This form is too old",
                "It was opened in another browser, or before this browser’s cookies were deleted. "
                "Nothing was changed. Open the page anew and send the form again.",
                ("Open the page anew", quote(request.path)),
                # What another site made up is not shown as if somebody had typed it.
                request.form if same_site else {},
            )
        return _call(request, view, arguments)
    except RuleError as error:
        return _error_page(request, error)


def _api(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    try:
        token = request.headers.get("x-csrf-token", "")
        if request.method != "GET" and not (_same_site(request) and request.csrf_holds(token)):
            return problem(403, "csrf", "Send the page's token in X-CSRF-Token.")
        # Whatever the draft, so that nobody learns which there are.
        if _DRAFT.fullmatch(request.path) and request.method == "POST" and not request.actor.person:
            return problem(401, "signed-out", SIGNED_OUT)
        return _call(request, view, arguments)
    except RuleError as error:
        status = _status(error)
        errors = error.errors if isinstance(error, Invalid) else None
        return problem(status, type(error).__name__.lower(), error.message, errors)


def _broken(request: Request, json_wanted: bool) -> Answer:
    if json_wanted:
        return problem(500, "fault", "Something is wrong on our side. Try again in a moment.")
    return html(
        request,
        "error.html",
        status=500,
        title="Something is wrong on our side",
        message="The fault is in the record of errors, and nothing that you typed is to blame.",
        suggestion="Go back and try again in a moment; your browser keeps what you typed.",
    )


def _status(error: RuleError) -> int:
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)


def _error_page(request: Request, error: RuleError) -> Answer:
    if isinstance(error, NotAllowed) and not request.actor.person and request.method == "GET":
        return redirect(f"/sign-in?next={quote(request.path)}")
    status = _status(error)
    message = error.message
    if isinstance(error, Invalid):
        message = " ".join([message, *error.errors.values()])
    suggestion = "Nothing was changed." if request.method != "GET" else ""
    missed = status == STATUS[NotFound] and not request.actor.person
    return html(
        request,
        "error.html",
        status=status,
        title=TITLES.get(status, "Something went wrong"),
        message=message,
        suggestion=suggestion,
        # The same at every address, whether or not a draft is there.
        sign_in=f"/sign-in?next={quote(request.path)}" if missed else "",
    )


def _same_site(request: Request) -> bool:
    """Whether the browser says that the form came from this site, where it says so."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return origin is None
    return origin.partition("://")[2] == request.headers.get("host", "")


def cookie_name(name: str) -> str:
    """The `__Host-` prefix ties a cookie to this host and to TLS, which local use lacks."""
    return f"gs_{name}" if settings().local else f"__Host-gs_{name}"


def set_cookie(name: str, value: str, seconds: int | None = None) -> str:
    """A Set-Cookie header. Raises ValueError for a value that would break out of it."""
    if any(c in value for c in '\r\n;," \\'):
        raise ValueError("unsafe cookie value")
    parts = [f"{cookie_name(name)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if not settings().local:
        parts.append("Secure")
    return "; ".join(parts)


def _cookies(header: str) -> dict[str, str]:
    # Not http.cookies: it stops at the first cookie that it dislikes, whoever set it.
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs}


# A page may use its own files and nothing else; nothing may frame it.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def _finish(request: Request, answer: Answer) -> ChaliceResponse:
    headers: dict[str, Any] = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
        **answer.headers,
    }
    if not settings().local:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    cookies = list(answer.cookies)
    if request.browser_is_new:
        cookies.append(set_cookie("browser", request.browser, 365 * 24 * 3600))
    if cookies:
        headers["Set-Cookie"] = cookies
    return ChaliceResponse(body=answer.body, status_code=answer.status, headers=headers)
