"""A launch day: people read a petition, sign it and confirm, and some write drafts, over HTTP.

Import this with the environment of a local server: it makes links and tokens as its worker does.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from chalicelib import bootstrap
from chalicelib.domain.people.people import Actor, actor_for
from chalicelib.domain.signing.signature import signatory_key
from chalicelib.services.commands import perform
from chalicelib.services.signing.signing import PURPOSE
from chalicelib.web.cookies import cookie_name
from chalicelib.web.request import FORM
from local.demo.people import address

# Of a hundred: pages read, signatures begun and confirmed, drafts saved.
WHO = ("rowan", "noor", "director1", "director2", "director3", "director4", "director5")
SHARES = {"page": 90, "sign": 8, "draft": 2}
TEXT = {
    "name": "Open Peer Review",
    "charge": "To compare how libraries support open peer review, and to write down what works.",
    "background": "Several libraries publish journals, and each has found its own way.",
    "questions": ["What do editors ask of a library?"],
}


@dataclass
class Counted:
    """The seconds of each request, by what it was, and what did not go as it should."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    took: float = 0.0

    def all(self) -> list[float]:
        """Every request's seconds."""
        return [one for found in self.seconds.values() for one in found]


class Connection:
    """A connection that stays open, as a browser's does, and times what it is asked."""

    def __init__(self, port: int, counted: Counted, lock: threading.Lock) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._counted, self._lock = counted, lock

    def ask(
        self, what: str, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, str]:
        """One request; its status and body."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.perf_counter()
        self._http.request(method, path, body.encode() or None, given)
        answer = self._http.getresponse()
        text = answer.read().decode("utf-8", "replace")
        took = time.perf_counter() - began
        with self._lock:
            self._counted.seconds.setdefault(what, []).append(took)
            if answer.status not in {200, 303}:
                self._counted.errors[f"{what} {answer.status}"] += 1
        return answer.status, text


class Launch:
    """What the people of a launch day need: a petition that is open, and drafts of their own."""

    def __init__(self) -> None:
        self._services = bootstrap.services()
        store = self._services.store
        self.petition = str(store.petitions.in_state("collecting").rows[0]["id"])
        # All of them come from one machine here, which is more than a network's people send.
        entry = {"kind": "network", "pattern": "127.0.0.1", "effect": "allow", "reason": "Load"}
        perform(self._services, self._actor("staff"), "block.add", data=entry)
        self._drafts = [self._draft(who) for who in WHO]
        self._signed = 0
        self._lock = threading.Lock()

    def _actor(self, who: str) -> Actor:
        person = self._services.store.people.by_email(address(who))
        assert person is not None
        return actor_for(person, self._services.today())

    def _draft(self, who: str) -> tuple[str, str]:
        actor = self._actor(who)
        kind = {"kind": "discussion-group"}
        draft = perform(self._services, actor, "petition.draft", data=kind).id
        token = {"name": "Load", "scopes": ["petitions"], "days": 1}
        made = perform(self._services, actor, "token.create", data=token)
        return draft, made.secret

    def person(self, connection: Connection, luck: random.Random) -> None:
        """Somebody comes, and does one of the three."""
        (what,) = luck.choices(list(SHARES), list(SHARES.values()))
        doing: dict[str, Callable[[Connection, random.Random], None]] = {
            "page": self._page,
            "sign": self._sign,
            "draft": self._save,
        }
        doing[what](connection, luck)

    def _page(self, connection: Connection, _luck: random.Random) -> None:
        connection.ask("page", "GET", f"/petitions/{self.petition}")

    def _sign(self, connection: Connection, _luck: random.Random) -> None:
        with self._lock:
            self._signed += 1
            email = f"launch{self._signed}@example.org"
        browser = f"browser-of-{email}"
        tokens = self._services.tokens
        csrf = tokens.make("csrf", browser)
        headers = {"Content_Type": FORM, "Cookie": f"{cookie_name('browser')}={browser}"}
        answers = {"name": "Una Fairweather", "email": email, "institution": "Roe College"}
        fields = {"csrf_token": csrf, **answers, "named": "yes"}
        path = f"/petitions/{self.petition}/sign"
        connection.ask("sign", "POST", path, urlencode(fields), **headers)
        link = tokens.make(PURPOSE, self.petition, signatory_key(email))
        confirm = urlencode({"csrf_token": csrf})
        connection.ask("confirm", "POST", f"/signatures/confirm/{link}", confirm, **headers)

    def _save(self, connection: Connection, luck: random.Random) -> None:
        draft, secret = luck.choice(self._drafts)
        text = {**TEXT, "background": f"{TEXT['background']} {luck.random()}"}
        connection.ask(
            "draft",
            "POST",
            f"/api/v1/petitions/{draft}/edit",
            json.dumps(text),
            Content_Type="application/json",
            Authorization=f"Bearer {secret}",
        )

    def missing(self) -> int:
        """How many who signed and confirmed have no signature that counts or waits for staff."""
        store = self._services.store.petitions
        keys = (signatory_key(f"launch{n}@example.org") for n in range(1, self._signed + 1))
        found = [store.signature(self.petition, key) for key in keys]
        return sum(one is None or one.state not in {"confirmed", "verified"} for one in found)


def drive(
    port: int,
    threads: int,
    seconds: float,
    seed: int,
    do: Callable[[Connection, random.Random], None],
    into: Counted,
) -> None:
    """Has so many people come one after the other on each of so many connections, for a time."""
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def run(number: int) -> None:
        luck, connection = random.Random(f"{seed}/{number}"), Connection(port, into, lock)
        while time.perf_counter() < end:
            try:
                do(connection, luck)
            except OSError as error:
                with lock:
                    into.errors[type(error).__name__] += 1
                connection = Connection(port, into, lock)

    began = time.perf_counter()
    crowd = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    into.took += time.perf_counter() - began
