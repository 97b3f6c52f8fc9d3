"""The answers that views give."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.config import settings
from chalicelib.domain.people import Role
from chalicelib.web.notices import NOTICES
from chalicelib.web.templating import environment

if TYPE_CHECKING:
    from chalicelib.web.guard import Request


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


class Lazily:
    """The CSRF token, made only where a page prints it: a page without forms sets no cookie."""

    def __init__(self, request: "Request") -> None:
        self._request = request

    def __str__(self) -> str:
        return self._request.csrf()

    def __bool__(self) -> bool:
        return True


def navigation(request: "Request") -> list[dict[str, Any]]:
    """The links at the top, by what the person may see."""
    links = [("Groups and petitions", "/")]
    roles = request.actor.roles
    if Role.MEMBER in roles:
        links.append(("Start a petition", "/petitions/new"))
    if roles & {Role.BOARD, Role.STAFF}:
        links.append(("Board", "/board"))
    if Role.STAFF in roles:
        links.append(("Staff", "/staff"))
    path = request.path
    return [
        {
            "label": label,
            "href": href,
            "current": path == href or (href != "/" and path.startswith(f"{href}/")),
        }
        for label, href in links
    ]


def notice(request: "Request") -> dict[str, str] | None:
    """What was done just now, where the address says so. Unknown words say nothing."""
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


def problem(status: int, kind: str, detail: str, errors: dict[str, str] | None = None) -> Answer:
    """An RFC 9457 problem; `errors` maps fields to messages."""
    body: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": kind.capitalize(),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Answer(json.dumps(body), status, {"Content-Type": "application/problem+json"})
