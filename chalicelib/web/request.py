"""One request: what was sent, from which browser, and who is signed in there."""

import hmac
import json
from dataclasses import replace
from functools import cached_property
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.people.people import VISITOR, Actor
from chalicelib.domain.people.sessions import Session
from chalicelib.services.commands import NO_WATCH, Watch, perform
from chalicelib.services.people.sign_in import actor_of
from chalicelib.services.people.tokens import random_token
from chalicelib.web import forms
from chalicelib.web.cookies import cookie_name, read_cookies

FORM = "application/x-www-form-urlencoded"
UPLOAD = "multipart/form-data"


class Request:
    """One request, with who sent it. `browser` is a random cookie that CSRF tokens and
    sign-in links are bound to; it is set when a page first needs it.
    """

    def __init__(self, raw: Any) -> None:
        self.method: str = raw.method
        # API Gateway's own path is without the stage; the local server gives the other alone.
        event = raw.to_original_event()
        self.path: str = event.get("path") or event["requestContext"]["path"]
        # What a route that takes all below it left open; Chalice hands that to no view.
        self.rest: str = (event.get("pathParameters") or {}).get("proxy") or ""
        self.query: dict[str, str] = dict(raw.query_params or {})
        self.headers: dict[str, str] = dict(raw.headers or {})
        self._raw = raw
        # API Gateway's own; people quote it, and logs are searched by it.
        self.id: str = event["requestContext"].get("requestId") or random_token()[:16]
        self.services = bootstrap.services()
        cookies = read_cookies(self.headers.get("cookie", ""))
        self.session_cookie = cookies.get(cookie_name("session"), "")
        self.browser = cookies.get(cookie_name("browser"), "")
        self.browser_is_new = False
        self.form: dict[str, Any] = {}
        # The form came only to be looked at (`web/checks`): nothing is done. `fixed` is the
        # field that was put right.
        self.looking = False
        self.fixed = ""

    @cached_property
    def _signed_in(self) -> tuple[Actor, Session | None]:
        # Read only where a page asks: static files are served to anybody.
        actor, session = actor_of(self.services, self.session_cookie)
        return replace(actor, network=self._network), session

    @property
    def _network(self) -> str:
        # The CDN in front says whom it saw, and proves by a secret that it is the CDN.
        edge, said = self.services.edge, self.headers.get("x-groundswell-edge", "")
        if edge and hmac.compare_digest(edge.encode(), said.encode()):
            return self.headers.get("x-groundswell-viewer", "")
        # What API Gateway saw itself. A forwarding header says whatever its sender likes.
        return (self._raw.context.get("identity") or {}).get("sourceIp") or ""

    @property
    def visitor(self) -> Actor:
        """Whoever sent this request, as a stranger: no session is looked for."""
        return replace(VISITOR, network=self._network)

    @property
    def actor(self) -> Actor:
        """Who sent this request."""
        return self._signed_in[0]

    @property
    def session(self) -> Session | None:
        """Their session, if they are signed in."""
        return self._signed_in[1]

    @property
    def sender(self) -> str:
        """Who sent this, apart from others: a person, or else a browser."""
        return self.actor.id or self.browser

    @property
    def body(self) -> bytes:
        """The body as it was sent."""
        raw: bytes = self._raw.raw_body or b""
        return raw

    def act_as(self, actor: Actor) -> None:
        """From here on it is sent by somebody whom no cookie tells."""
        self.__dict__["_signed_in"] = (replace(actor, network=self._network), None)

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
        except NotFoundError:
            return False

    def json(self) -> dict[str, Any]:
        """The JSON object that was sent. Raises ValidationError for anything else."""
        body = self._raw.raw_body
        if not body:
            return {}
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ValidationError({"": "Send a JSON object."}) from error
        if not isinstance(value, dict):
            raise ValidationError({"": "Send a JSON object."})
        return value

    def read_form(self) -> None:
        """Fills `form` from the body. Raises ValidationError when it is no form in UTF-8."""
        kind = self.headers.get("content-type", "")
        try:
            if kind.startswith(UPLOAD):
                self.form = forms.parse_upload(self._raw.raw_body, kind)
            else:
                self.form = forms.parse(self._raw.raw_body)
        except forms.TooMuch as error:
            told = "This is longer than any form here. Shorten what you wrote, and send it again."
            raise ValidationError({"": told}) from error
        except ValueError as error:
            raise ValidationError({"": "The form could not be read. Send it again."}) from error

    def perform(
        self,
        command: str,
        target: str = "",
        data: dict[str, Any] | None = None,
        watch: Watch = NO_WATCH,
    ) -> Any:
        """Runs a command as whoever sent this request. Raises ValidationError, without any error,
        where the form came only to be looked at.
        """
        if self.looking:
            raise ValidationError(
                {}, "Nothing was saved: go back, and send the form by its own button."
            )
        return perform(self.services, self.actor, command, target, data, watch=watch)


def same_site(request: Request) -> bool:
    """Whether the browser says that the form came from this site, where it says so."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return origin is None
    # Behind a CDN the host is API Gateway's own: what counts is where people reach the site.
    here = request.services.base_url.partition("://")[2]
    return origin.partition("://")[2] in {here, request.headers.get("host", "")}
