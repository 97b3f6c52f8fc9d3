"""Browsers over the whole application on moto; what lies between is what API Gateway does."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.config import Config
from chalice.local import LambdaEventConverter, LocalGateway, LocalGatewayException

from app import app
from chalicelib import bootstrap
from chalicelib.web.outbox import mailbox
from local.demo.people import address
from local.visitor import Answer, Browser, Form, Page
from local.web import GreedyRouteMatcher
from tests.services.world import World

__all__ = ["Answer", "Browser", "Form", "Page", "Site", "browser"]

HOST = "127.0.0.1:8000"


def browser(wait: Callable[[], Any] = lambda: None) -> Browser:
    """A browser of the application in this process."""
    gateway = LocalGateway(app, Config.create(app_name="groundswell", chalice_app=app))
    matcher = GreedyRouteMatcher(list(app.routes))
    gateway.event_converter = LambdaEventConverter(matcher, app.api.binary_types)

    def bring(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            got = gateway.handle_request(method, path, headers, body)
        except LocalGatewayException as error:
            got = {"statusCode": error.CODE, "headers": error.headers, "body": error.body or ""}
        several = got.get("multiValueHeaders", {})
        fields = [*got["headers"].items(), *((n, v) for n, vs in several.items() for v in vs)]
        return Answer(got["statusCode"], fields, got["body"], path)

    return Browser(bring, HOST, wait)


class Site:
    """The application over a world, and browsers to see it with."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world = world
        patch.setattr(bootstrap, "services", lambda: world.services)
        patch.setattr(mailbox, "letters", lambda: [])

    def _wait(self) -> None:
        self.world.clock.forward(seconds=5)

    def visitor(self) -> Browser:
        return browser(self._wait)

    def member(self, who: str, next_page: str = "/") -> Browser:
        """Somebody who signs in by the letter. `who` is what stands before the @."""
        made = self.asks(who, next_page)
        made.get(self.link(who))
        made.press("Sign in", at=made.at.path)
        return made

    def asks(self, who: str, next_page: str = "/") -> Browser:
        """A browser in which somebody asked for a link."""
        made = browser(self._wait)
        made.get(f"/sign-in?{urlencode({'next': next_page})}")
        made.press("Send me a link", {"email": address(who)})
        return made

    def link(self, who: str) -> str:
        """The path of the link in the last letter to somebody who asked for one."""
        self.world.deliver_all()
        return f"/sign-in/{self.world.letters('sign-in', to=who)[-1].token}"
