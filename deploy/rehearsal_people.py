"""The people of the rehearsal: they reach the deployed site by HTTP, and read their mail in SES."""

import http.client
import json
import re
import time
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from local.visitor import Answer, Browser

# A cold worker unpacks the whole package first, and the machine may be slow.
WAIT_SECONDS = 180.0
T = TypeVar("T")


class RehearsalFailed(Exception):
    """Something did not happen as it should; the message says what."""


def wait_for(what: str, look: Callable[[], T | None]) -> T:
    """What `look` finds, as soon as it does. Raises RehearsalFailed when it takes too long."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise RehearsalFailed(f"{what} did not come within {WAIT_SECONDS:.0f} seconds.")
        time.sleep(0.1)
    return found


class Site:
    """The deployed site, behind its domain, at the local AWS that listens on a port."""

    def __init__(self, aws: str, domain: str) -> None:
        self.aws, self.domain = aws, domain
        self._port = urlsplit(aws).port

    def browser(self) -> Browser:
        """A browser that nobody is signed in with."""
        return Browser(self._bring, self.domain, lambda: time.sleep(2.2))

    def signed_in(self, address: str) -> Browser:
        """Somebody who asked for a link, got it by mail, and pressed the button."""
        browser = self.browser()
        before = len(self.letters(address, "/sign-in/"))
        browser.get("/sign-in")
        browser.press("Send me a link", {"email": address})
        letter = wait_for(
            f"The sign-in link for {address}",
            lambda: _last(self.letters(address, "/sign-in/")[before:]),
        )
        browser.get(self.path_in(letter, "/sign-in/"))
        browser.press("Sign in", at=browser.at.path)
        if "Sign out" not in browser.at.text:
            raise RehearsalFailed(f"{address} is not signed in: {browser.at.text[:300]}")
        return browser

    def letters(self, to: str, about: str = "") -> list[str]:
        """The letters that SES has taken for an address, the oldest first."""
        with urllib.request.urlopen(f"{self.aws}/_ministack/ses/messages", timeout=30) as answer:
            held = json.load(answer)["messages"]
        return [
            letter["BodyText"]
            for account in held.values()
            for letter in account
            if to in letter["To"] and about in letter["Subject"] + letter["BodyText"]
        ]

    def letter(self, to: str, about: str) -> str:
        """The newest letter to somebody that speaks of this; waited for."""
        return wait_for(
            f"A letter to {to} about {about!r}",
            lambda: _last(self.letters(to, about)),
        )

    def path_in(self, letter: str, begins: str) -> str:
        """The path of a link in a letter."""
        found = re.search(rf"https://{re.escape(self.domain)}({re.escape(begins)}[^\s>]+)", letter)
        if not found:
            raise RehearsalFailed(f"No link to {begins} in: {letter}")
        return found[1]

    def command(self, who: Browser, path: str, **data: Any) -> dict[str, Any]:
        """A command as JSON. Raises RehearsalFailed where it is refused."""
        answer = who.send_json(f"/api/v1/{path}", data)
        if answer.status not in {200, 201}:
            raise RehearsalFailed(f"{path}: {answer.status} {answer.body[:500]}")
        shown: dict[str, Any] = answer.json
        return shown

    def upload(self, who: Browser, path: str, name: str, content: bytes) -> Answer:
        """A file sent by the form that the browser shows."""
        boundary = uuid.uuid4().hex
        fields = [("csrf_token", who.value("csrf_token"))]
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in fields
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = "".join(parts).encode() + head.encode() + b"Content-Type: text/csv\r\n\r\n"
        body += content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        answer = who.ask("POST", path, body, Content_Type=kind)
        if answer.status != 303:
            raise RehearsalFailed(f"{path}: {answer.status} {answer.text[:500]}")
        return who.get(answer["Location"])

    def file(self, who: Browser, path: str) -> bytes:
        """A file that the site hands out by a link to S3."""
        answer = who.ask("GET", path)
        if answer.status not in {302, 303, 307}:
            raise RehearsalFailed(f"{path}: {answer.status} {answer.text[:300]}")
        with urllib.request.urlopen(answer["Location"], timeout=60) as got:
            content: bytes = got.read()
        return content

    def _bring(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port or 80, timeout=120)
        sent = {"Origin": f"https://{self.domain}", "Accept": "text/html", **headers}
        try:
            connection.request(method, path, body or None, sent)
            got = connection.getresponse()
            content = got.read()
        finally:
            connection.close()
        text = content.decode("utf-8", "replace")
        return Answer(got.status, got.getheaders(), text, path)


def _last(letters: list[str]) -> str | None:
    return letters[-1] if letters else None
