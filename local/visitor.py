"""A browser without a screen: keeps cookies, follows redirects, and sends the forms of a page.

How a request reaches the application is up to who makes one: in the tests by API Gateway's events,
in the rehearsal over HTTP.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Protocol
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass
class Form:
    """A form of a page: what it holds as it stands, and its buttons."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a page says and which forms it has. What a template element holds is not there yet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._stack: list[tuple[str, dict[str, str], int]] = []
        self._hidden = 0
        self.feed(html)
        self.text = re.sub(r"\s+", " ", "".join(self.words)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._hidden += tag in {"template", "script", "style"}
        if self._hidden:
            return
        name = given.get("name", "")
        if tag == "form":
            self._form = Form(given["action"])
            self.forms.append(self._form)
        elif self._form and tag == "input":
            self._form.names.add(name)
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self._form.fields.append((name, given.get("value", "on")))
        elif tag in {"textarea", "select", "button"}:
            self._stack.append((tag, given, len(self.words)))
        elif self._form and tag == "option":
            select = self._stack[-1][1]
            if "selected" in given or "chosen" not in select:
                select["chosen"] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"template", "script", "style"}
        if self._hidden:
            return
        if tag == "form":
            self._form = None
        elif tag in {"textarea", "select", "button"}:
            _, given, start = self._stack.pop()
            held = "".join(self.words[start:])
            if not self._form or given.get("type") == "button":
                return
            name = given.get("name", "")
            if tag == "button":
                self._form.buttons.append((held.strip(), name, given.get("value", "")))
            else:
                value = given.get("chosen", "") if tag == "select" else held.removeprefix("\n")
                self._form.names.add(name)
                self._form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


@dataclass
class Answer:
    """What came back, after redirects; `path` is where it came from in the end."""

    status: int
    headers: list[tuple[str, str]]
    body: str
    path: str

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        (value,) = self.all(name)
        return value

    @property
    def page(self) -> Page:
        return Page(self.body)

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def heading(self) -> str:
        found = re.findall(r"<h1[^>]*>(.*?)</h1>", self.body, re.S)
        assert len(found) == 1, found
        return str(Page(found[0]).text)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Transport(Protocol):
    """Brings a request to the application: method, path, headers, body."""

    def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer: ...


class Browser:
    """One person's browser. Every call leaves its answer in `at`, which is the page shown."""

    def __init__(
        self, transport: Transport, host: str, wait: Callable[[], Any] = lambda: None
    ) -> None:
        self._transport, self._host, self.wait = transport, host, wait
        self.cookies: dict[str, str] = {}
        self.at = Answer(0, [], "", "")

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request, without following where it leads. `Sec_Fetch_Site` is written so."""
        sent = {"Host": self._host}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.at = self._transport(method, path, sent, body)
        for cookie in self.at.all("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in cookie.split("; "):
                del self.cookies[name]
        return self.at

    def get(self, path: str) -> Answer:
        """Opens a page."""
        return self._follow(self.ask("GET", path))

    def post(self, path: str, fields: Any, **headers: str) -> Answer:
        """Sends a form that need not be on any page."""
        body = urlencode(fields).encode()
        return self._follow(self.ask("POST", path, body, **{"Content_Type": FORM, **headers}))

    def _follow(self, answer: Answer) -> Answer:
        for _ in range(5):
            if not answer.all("Location"):
                return answer
            target = answer["Location"]
            assert target.startswith("/"), target
            answer = self.ask("GET", target.partition("#")[0])
        raise AssertionError(f"redirected without end to {answer['Location']}")

    def press(self, button: str, typed: dict[str, str] | None = None, at: str = "") -> Answer:
        """Presses a button of the page shown (in the form whose action ends with `at`), with
        some fields filled in. None of them may be missing in the form. An empty value for a
        checkbox unticks it.
        """
        found = [
            (form, pressed)
            for form in self.at.page.forms
            for pressed in form.buttons
            if pressed[0].startswith(button) and form.action.endswith(at)
        ]
        assert found, (button, [f.buttons for f in self.at.page.forms], self.at.text)
        form, (_, name, value) = found[0]
        if "shown" in form.names:
            # The form says when it was shown: nobody fills one in within no time at all.
            self.wait()
        typed = typed or {}
        assert set(typed) <= form.names, (sorted(set(typed) - form.names), sorted(form.names))
        fields = [pair for pair in form.fields if pair[0] not in typed] + list(typed.items())
        return self.post(form.action, [*fields, (name, value)] if name else fields)

    def value(self, name: str) -> str:
        """What a field of the page shown holds."""
        held = [v for form in self.at.page.forms for n, v in form.fields if n == name]
        assert held, name
        return held[-1]

    def csrf(self) -> str:
        """The token of this browser, as a page shows it. Leaves the page shown as it is."""
        shown = self.at
        token = next(v for n, v in self.get("/sign-in").page.forms[-1].fields if n == "csrf_token")
        self.at = shown
        return token

    def send_json(self, path: str, data: Any, **headers: str) -> Answer:
        """A command as the page's script sends it."""
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        given = {"Content_Type": "application/json", "X_CSRF_Token": self.csrf(), **headers}
        return self.ask("POST", path, body, **given)
