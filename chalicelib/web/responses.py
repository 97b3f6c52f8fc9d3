"""The answers that views give."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.config import settings
from chalicelib.domain.people.people import Role
from chalicelib.web.notices import NOTICES
from chalicelib.web.templating import environment

if TYPE_CHECKING:
    from chalicelib.web.request import Request


LOOKED_AT = "Nothing is saved yet. Suggestions are shown beside each answer."
PUT_RIGHT = "The wording is corrected below. Nothing is saved yet."


@dataclass(frozen=True)
class Answer:
    """A status, a body, headers and cookies."""

    body: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


def html(request: "Request", template: str, status: int = 200, **context: Any) -> Answer:
    """A page in the common frame."""
    association = request.services.policy.association
    local = settings().local
    frame = {
        "site": {
            "association": association.name,
            "short": association.short,
            "demo": local,
            "mailbox": local,
            "base": "",
        },
        "nav": navigation(request),
        "actor": _actor(request),
        "csrf": Lazily(request),
        "notice": notice(request),
        "path": request.path,
    }
    body = environment().get_template(template).render({**frame, "status": status, **context})
    return Answer(body, status, {"Content-Type": "text/html; charset=utf-8"})


# Fields of a form that nobody typed, or that nobody else should read over a shoulder.
_NOT_TYPED = re.compile(
    r"version|saved|edition|text_digest|seen|shown|next|then|key|.*(token|password|secret).*"
)
_NO_LABELS: Mapping[str, str] = {}
_NONE_WAIT: Mapping[str, int] = {}


def kept(  # noqa: PLR0913 - what the page says, part by part
    request: "Request",
    status: int,
    title: str,
    message: str,
    link: tuple[str, str],
    typed: Mapping[str, Any],
    labels: Mapping[str, str] = _NO_LABELS,
) -> Answer:
    """A form that could not be taken, with what was typed into it there to be copied.

    `link` is the way on: its words and its address.
    """
    fields = [
        (labels.get(name) or name.replace("_", " ").capitalize(), text)
        for name in sorted(typed, key=[*labels, *typed].index)
        if not _NOT_TYPED.fullmatch(name.lower()) and (text := _as_text(typed[name]))
    ]
    return html(
        request,
        "petitions/kept.html",
        status,
        title=title,
        message=message,
        link=link,
        fields=fields,
    )


def _as_text(value: Any) -> str:
    """A field of a form as text: a row of several to a line. Files are left out."""
    if isinstance(value, list):
        return "\n".join(_as_text(row) for row in value)
    if isinstance(value, dict):
        return ", ".join(text for text in value.values() if text.strip())
    return value if isinstance(value, str) and value.strip() else ""


class Lazily:
    """The CSRF token, made only where a page prints it: a page without forms sets no cookie."""

    def __init__(self, request: "Request") -> None:
        self._request = request

    def __str__(self) -> str:
        return self._request.csrf()

    def __bool__(self) -> bool:
        return True


def navigation(request: "Request", waiting: Mapping[str, int] = _NONE_WAIT) -> list[dict[str, Any]]:
    """The links at the top, by what the person may see. `waiting` says how much waits behind one,
    by its address, on pages that know it.
    """
    links = [("Groups and petitions", "/"), ("All groups", "/groups")]
    roles = request.actor.roles
    if Role.MEMBER in roles:
        links.append(("Start a petition", "/petitions/new"))
    if roles & {Role.BOARD, Role.STAFF}:
        links.append(("Board", "/board"))
    if Role.STAFF in roles:
        links += [("Staff", "/staff"), ("Renewals", "/staff/renewals")]
    path = request.path
    above = [h for _, h in links if path == h or (h != "/" and path.startswith(f"{h}/"))]
    here = max(above, key=len, default="")
    return [
        {
            "label": label,
            "href": href,
            "current": href == here,
            "count": waiting.get(href, 0),
        }
        for label, href in links
    ]


def notice(request: "Request") -> dict[str, str] | None:
    """What was done just now, where the address says so. Unknown words say nothing."""
    if request.looking:
        return {"kind": "info", "text": PUT_RIGHT if request.fixed else LOOKED_AT}
    found = NOTICES.get(request.query.get("done", ""))
    return {"kind": found[0], "text": found[1]} if found else None


def _actor(request: "Request") -> dict[str, Any] | None:
    person = request.actor.person
    if person is None:
        return None
    return {"name": person.name or person.email, "roles": sorted(request.actor.roles)}


def redirect(path: str, cookies: tuple[str, ...] = ()) -> Answer:
    """Sends the browser on with a GET. What a header cannot hold is escaped."""
    location = quote(path, safe="/?#[]@!$&'()*+,;=:%~")
    return Answer("", 303, {"Location": location, "Content-Type": "text/plain"}, cookies)


def as_json(value: Any, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(json.dumps(value), status, {"Content-Type": "application/json"})


def problem(
    status: int, kind: str, title: str, detail: str, errors: dict[str, str] | None = None
) -> Answer:
    """An RFC 9457 problem; `errors` maps fields to messages."""
    body: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Answer(json.dumps(body), status, {"Content-Type": "application/problem+json"})
