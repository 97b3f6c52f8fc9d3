"""What every page goes through: who is there, CSRF, errors in plain words, safe headers."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import quote

from chalice import Blueprint
from chalice import Response as ChaliceResponse

from chalicelib import logs
from chalicelib.config import settings
from chalicelib.domain.errors import (
    ConflictError,
    NotAllowedError,
    NotFoundError,
    RuleError,
    ValidationError,
)
from chalicelib.web.api import problems
from chalicelib.web.checks.preview import look
from chalicelib.web.cookies import set_cookie
from chalicelib.web.request import FORM, UPLOAD, Request, same_site
from chalicelib.web.responses import Answer, html, kept, redirect

log = logging.getLogger(__name__)

STATUS = {NotFoundError: 404, NotAllowedError: 403, ConflictError: 409, ValidationError: 422}
TITLES = {
    403: "You cannot do this",
    404: "Page not found",
    409: "That is not possible now",
    422: "Some answers need another look",
}
# Longer than any key or token of ours: the store has limits of its own, which are no page.
LONGEST_PART = 300

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
        """A JSON answer, with errors as RFC 9457 problems. The view says what may be sent."""
        options = {"content_types": ["*/*"]} if method == "POST" else {}
        return self._route(path, method, _api, options)

    def _route(
        self, path: str, method: str, run: Callable[..., Answer], options: dict[str, Any]
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            @self.blueprint.route(path, methods=[method], name=view.__name__, **options)
            @wraps(view)
            def guarded(**arguments: str) -> ChaliceResponse:
                began = time.monotonic()
                request = Request(self.blueprint.current_request)
                with logs.within(request.id):
                    try:
                        answer = run(request, view, arguments)
                    except Exception:
                        log.exception("unexpected error at %s %s", method, path)
                        request.ask_no_more()
                        answer = _broken(request, run is _api)
                    finished = _finish(request, answer)
                    logs.answered(path, method, answer.status, began)
                return finished

            return view

        return register


def _call(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    if any(len(part.encode("utf-8", "replace")) > LONGEST_PART for part in arguments.values()):
        raise NotFoundError(
            "There is no page at this address. It may have been copied incompletely."
        )
    return view(request, **arguments)


def _page(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    try:
        return _call(request, view, arguments)
    except RuleError as error:
        return _error_page(request, error)


def _form(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    try:
        request.read_form()
        token, from_here = request.form.pop("csrf_token", ""), same_site(request)
        if not from_here or not request.csrf_holds(token):
            return kept(
                request,
                403,
                "This form is too old",
                "It was opened in another browser, or before this browser’s cookies were deleted. "
                "Nothing was changed. Reload the page and submit the form again.",
                ("Reload the page", quote(request.path)),
                # What another site made up is not shown as if somebody had typed it.
                request.form if from_here else {},
            )
        look(request)
        answer = _call(request, view, arguments)
        # What came to be looked at comes back, and that is no error.
        looked = request.looking and answer.status == STATUS[ValidationError]
        return replace(answer, status=200) if looked else answer
    except RuleError as error:
        return _error_page(request, error)


def _api(request: Request, view: View, arguments: dict[str, str]) -> Answer:
    try:
        return _call(request, view, arguments)
    except RuleError as error:
        return problems.of(error)


def _broken(request: Request, json_wanted: bool) -> Answer:
    if json_wanted:
        told = f"Something is wrong on our side. Try again in a moment. ({request.id})"
        return problems.told("fault", told)
    return html(
        request,
        "error.html",
        status=500,
        title="Something is wrong on our side",
        message="The fault is in the record of errors, and nothing that you typed is to blame.",
        suggestion="Go back and try again in a moment; your browser keeps what you typed. If it "
        f"stays so, tell staff this number: {request.id}",
    )


def _status(error: RuleError) -> int:
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)


def _error_page(request: Request, error: RuleError) -> Answer:
    if isinstance(error, NotAllowedError) and not request.actor.person and request.method == "GET":
        return redirect(f"/sign-in?next={quote(request.path)}")
    status = _status(error)
    message = error.message
    if isinstance(error, ValidationError):
        message = " ".join([message, *error.errors.values()])
    suggestion = "Nothing was changed." if request.method != "GET" else ""
    missed = status == STATUS[NotFoundError] and not request.actor.person
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
        "X-Request-Id": request.id,
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
