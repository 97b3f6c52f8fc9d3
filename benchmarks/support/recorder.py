"""Runs commands, pages and jobs of the real product and notes what each cost.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from chalice.local import LambdaEventConverter
from chalice.test import Client

from app import app
from benchmarks.support.meter import Meter, Spent
from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.domain.people.people import Actor, actor_for
from chalicelib.services import commands
from chalicelib.services.context import Services
from chalicelib.services.people import sign_in
from chalicelib.services.ports import Queue
from chalicelib.web.cookies import cookie_name
from chalicelib.web.request import FORM
from local.web import GreedyRouteMatcher

BROWSER = "the-browser-of-the-benchmark"
# Shown on somebody's own machine only, and never from the table.
NOT_PAGES = ("/mailbox",)
API = "/api/v1/"


class Noting:
    """A queue that notes what is due in place of telling a worker."""

    def __init__(self) -> None:
        self.due: list[tuple[str, str, str]] = []

    def nudge(self, queue: str, pk: str, sk: str) -> None:
        """Implements services.ports.Queue."""
        self.due.append((queue, pk, sk))

    def nudge_all(self, work: Iterable[tuple[str, str, str]]) -> None:
        """The same for several at once."""
        for one in work:
            self.nudge(*one)

    def take(self, kind: str) -> tuple[str, str]:
        """The key of the latest thing due whose sort key begins so."""
        return next((pk, sk) for _, pk, sk in reversed(self.due) if sk.startswith(kind))


class Recorder:
    """The product's services, pages and jobs with a meter on them."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.commands: dict[str, Spent] = {}
        self.pages: dict[str, Spent] = {}
        self.forms: dict[str, Spent] = {}
        self.jobs: dict[str, Spent] = {}
        self.queue = Noting()
        queue: Queue = self.queue
        self.services: Services = replace(bootstrap.build(settings()), queue=queue)
        self._client = Client(app)
        # Chalice's own matcher knows no route that takes all below it.
        converter = LambdaEventConverter(GreedyRouteMatcher(list(app.routes)), app.api.binary_types)
        self._client.http._local_gateway.event_converter = converter
        self._routes: set[str] = set()
        self._cookies: dict[str, str] = {}
        with meter.measuring() as spent:
            self.services.store.alive()
        assert spent.read == 0.5, "The meter does not see what the product reads."

    def actor(self, email: str) -> Actor:
        """A person as they act."""
        person = self.services.store.people.by_email(email)
        assert person is not None, email
        return actor_for(person, self.services.today())

    def run(
        self,
        actor: Actor,
        command: str,
        target: str = "",
        data: dict[str, Any] | None = None,
        services: Services | None = None,
    ) -> Any:
        """A command that is needed and not measured."""
        return commands.perform(services or self.services, actor, command, target, data)

    def command(
        self,
        actor: Actor,
        command: str,
        target: str = "",
        data: dict[str, Any] | None = None,
        *,
        called: str = "",
    ) -> Any:
        """A command by itself, measured: without the session that a form is sent under."""
        with self.meter.measuring() as spent:
            result = self.run(actor, command, target, data)
        self._note(self.commands, called or command, spent)
        return result

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        """Something measured as a command that is none of the registered ones."""
        with self.meter.measuring() as spent:
            result = do()
        self._note(self.commands, name, spent)
        return result

    def job(self, name: str, do: Callable[[], Any]) -> None:
        """A worker's or the schedule's work, measured."""
        with self.meter.measuring() as spent:
            do()
        self._note(self.jobs, name, spent)

    def signed_in(self, email: str, then: str = "/") -> str:
        """A session cookie for a person, by a real link; kept for the next time."""
        if email not in self._cookies:
            self.ask_for_link(email, then)
            self._cookies[email] = self.use_link(self.link_token())
        return self._cookies[email]

    def ask_for_link(self, email: str, then: str = "/") -> None:
        """Asks for a sign-in link."""
        sign_in.ask_for_link(self.services, BROWSER, {"email": email, "next": then})

    def link_token(self) -> str:
        """The token in the sign-in letter that was written last, as the worker makes it."""
        record = self.services.store.table.get(self.queue.take("LETTER"))
        assert record is not None
        assert record.body is not None
        return self.services.tokens.make(sign_in.PURPOSE, record.body["data"]["nonce"])

    def use_link(self, token: str) -> str:
        """Signs in and returns the session's cookie."""
        return sign_in.sign_in(self.services, token, BROWSER, "benchmark").cookie

    def page(
        self, name: str, route: str, email: str = "", /, *, status: int = 200, **parts: str
    ) -> None:
        """A page fetched through the app by this person, or by a visitor, and measured."""
        api = route.startswith(API) and not route.endswith(".json")
        self._routes.add(f"{API}{{proxy+}}" if api else route)
        headers = self._headers(email)
        path = route.replace("{proxy+}", "{proxy}").format(**parts)
        with self.meter.measuring() as spent:
            answer = self._client.http.get(path, headers=headers)
        assert answer.status_code == status, (path, email, answer.status_code, answer.body[:500])
        # The API counts each request of its sender; nothing else is written by a GET.
        assert spent.write == api, f"A GET wrote something: {path}"
        self._note(self.pages, name, spent)

    def form(self, name: str, path: str, fields: dict[str, str]) -> None:
        """A form sent through the app by a visitor, and measured."""
        token = self.services.tokens.make("csrf", BROWSER)
        body = urlencode({"csrf_token": token, **fields}).encode()
        headers = {**self._headers(""), "content-type": FORM}
        with self.meter.measuring() as spent:
            answer = self._client.http.post(path, headers=headers, body=body)
        assert answer.status_code == 303, (path, answer.status_code, answer.body[:500])
        self._note(self.forms, name, spent)

    def _headers(self, email: str) -> dict[str, str]:
        cookies = {cookie_name("browser"): BROWSER}
        if email:
            cookies[cookie_name("session")] = self.signed_in(email)
        return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    def _note(self, where: dict[str, Spent], name: str, spent: Spent) -> None:
        assert name not in where, f"{name} was measured twice"
        where[name] = spent

    def commands_left(self) -> list[str]:
        """Registered commands that were not measured."""
        return sorted(set(commands.COMMANDS) - set(self.commands))

    def pages_left(self) -> list[str]:
        """Routes with a GET that were not measured."""
        return sorted(
            route
            for route, methods in app.routes.items()
            if "GET" in methods
            and route not in self._routes
            and not route.startswith(NOT_PAGES)
            # An address that only takes a form leads a reader on, and reads nothing.
            and not ("POST" in methods and methods["GET"].view_name == "way_back")
        )
