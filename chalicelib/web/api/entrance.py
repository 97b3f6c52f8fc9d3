"""What every request of the API goes through: who asks, how often, under which conditions."""

from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import quote

from chalicelib.discovery import modules_below
from chalicelib.domain.errors import NotFoundError, RateLimitError, RuleError, ValidationError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.people.roles import authorize
from chalicelib.services.inputs import read
from chalicelib.services.people import access_tokens
from chalicelib.web.api import conditions, problems
from chalicelib.web.api.conditions import Again, Conditions, KeyReused
from chalicelib.web.api.operations import BASE, MOST_ROWS, Listed, Operation, Raw, find
from chalicelib.web.guard import LONGEST_PART, Pages
from chalicelib.web.request import Request, same_site
from chalicelib.web.responses import Answer, as_json, html, redirect

pages = Pages(__name__)

JSON = "application/json"
BEARER = 'Bearer realm="Groundswell"'
SIGNED_OUT = (
    "You are signed out. Sign in in another tab, then continue typing here: the draft will be "
    "saved."
)


@pages.api(BASE + "/{proxy+}", "GET")
def get(request: Request) -> Answer:
    """Whatever is read."""
    return enter(request, request.rest)


@pages.api(BASE + "/{proxy+}", "POST")
def post(request: Request) -> Answer:
    """Whatever is done."""
    return enter(request, request.rest)


_one_at_a_time = Lock()


def ready() -> None:
    """Makes every operation known: at the first request, since pages do without. Two first
    requests at once are served in turn.
    """
    with _one_at_a_time:
        _register()


@cache
def _register() -> None:
    from chalicelib import web  # noqa: PLC0415
    from chalicelib.web.api import commands  # noqa: PLC0415

    modules_below(web, lambda name: name.endswith(".api"))
    commands.register()


def enter(request: Request, path: str) -> Answer:
    """Answers a request, with what is left of its sender's limit. Never raises RuleError."""
    ready()
    headers: dict[str, str] = {}
    try:
        refused = _come_in(request, headers)
        answer = refused or _answer(request, f"/{path}")
    except Again as again:
        answer = again.answer
    except KeyReused as error:
        answer = problems.told("key-reused", error.message)
    except RateLimitError as error:
        headers["Retry-After"] = str(error.seconds)
        answer = problems.of(error)
    except RuleError as error:
        answer = problems.of(error)
    return Answer(answer.body, answer.status, {**headers, **answer.headers}, answer.cookies)


def _come_in(request: Request, headers: dict[str, str]) -> Answer | None:
    """Finds out who asks, and counts it. The answer for whoever is not let in, or None."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    refused = None
    if scheme:
        try:
            if scheme.lower() != "bearer":
                raise NotFoundError(
                    "Send an access token: `Authorization: Bearer groundswell_pat_…`."
                )
            request.act_as(access_tokens.actor_of(request.services, secret.strip()))
        except NotFoundError as error:
            # Counted with the network's other requests: tokens are not to be guessed.
            request.act_as(VISITOR)
            refused = problems.told("bad-token", error.message)
            refused.headers["WWW-Authenticate"] = f'{BEARER}, error="invalid_token"'
    _count(request, headers)
    return refused


def _count(request: Request, headers: dict[str, str]) -> None:
    """Counts a request of its sender. Raises RateLimitError."""
    services, now = request.services, request.services.clock()
    known = request.actor.person is not None
    for window in services.policy.windows_of("api" if known else "api-visitor"):
        who = request.actor.id if known else services.tokens.keyed("network", request.actor.network)
        used = services.store.limits.count(f"api#{who}", now, window.seconds)
        left = window.seconds - int(now.timestamp()) % window.seconds
        headers["RateLimit-Policy"] = f'"default";q={window.most};w={window.seconds}'
        headers["RateLimit"] = f'"default";r={max(0, window.most - used)};t={left}'
        if used > window.most:
            raise RateLimitError(
                f"{window.most} requests in {window.seconds} seconds are answered. Go on in "
                f"{left} seconds.",
                left,
            )


def _answer(request: Request, path: str) -> Answer:
    if any(len(part.encode("utf-8", "replace")) > LONGEST_PART for part in path.split("/")):
        return problems.told("no-operation", "No address of the API is as long as this.")
    operation, told, methods = find(request.method, path)
    if operation is None:
        if not methods:
            return problems.told("no-operation", "The API has nothing at this address.")
        answer = problems.told("no-method", f"Send {' or '.join(sorted(methods))} here.")
        answer.headers["Allow"] = ", ".join(sorted(methods))
        return answer
    if request.method == "POST" and (refused := _not_taken(request, path)):
        return refused
    if operation.runs:
        return _run(request, operation, told)
    return _read(request, operation, told)


def _not_taken(request: Request, path: str) -> Answer | None:
    """The answer to a POST that is not JSON, or that another site could have had sent."""
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if kind != JSON:
        return problems.told("media-type", f"{kind[:100] or 'Nothing'} is not read here.")
    if request.actor.scopes is None:
        token = request.headers.get("x-csrf-token", "")
        if not (same_site(request) and request.csrf_holds(token)):
            return problems.told("csrf", "Send the page's token in X-CSRF-Token.")
    # Whatever the draft, so that nobody learns which there are.
    parts = path.split("/")
    edit = len(parts) == 4 and (parts[1], parts[3]) == ("petitions", "edit")
    if edit and not request.actor.person:
        answer = problems.told("signed-out", SIGNED_OUT)
        answer.headers["WWW-Authenticate"] = BEARER
        return answer
    return None


def _read(request: Request, operation: Operation, told: dict[str, str]) -> Answer:
    if operation.command:
        authorize(request.actor, operation.command)
    asked = read(operation.query, dict(request.query)) if operation.method == "GET" else None
    if operation.paged:
        assert asked is not None
        value = _paged(request, operation, told, asked)
    else:
        more = {} if asked is None or not type(asked).model_fields else {"asked": asked}
        value = operation.view(request, **told, **more)
    if isinstance(value, Raw):
        return Answer("", 303, {"Location": value.location, "Content-Type": JSON})
    shown = value if operation.paged else _shape(operation, value)
    answer = as_json(shown, 201 if operation.made else 200)
    if operation.method == "POST":
        return answer
    answer = _unless_unchanged(request, answer, shown.get("version"))
    if operation.paged and answer.status == 200 and shown["next"]:
        query = f"?limit={asked.limit}&cursor={quote(shown['next'])}"  # type: ignore[union-attr]
        answer.headers["Link"] = f'<{quote(request.path)}{query}>; rel="next"'
    return answer


def _unless_unchanged(request: Request, answer: Answer, version: Any = None) -> Answer:
    """The answer with its tag; without its body where its asker has it already."""
    headers = {**answer.headers, "ETag": conditions.tag_of(answer.body, version)}
    if conditions.unchanged(request, headers["ETag"]):
        return Answer("", 304, headers)
    return Answer(answer.body, answer.status, headers)


def _paged(
    request: Request, operation: Operation, told: dict[str, str], asked: Any
) -> dict[str, Any]:
    """A part of a list, with where the next begins. Raises ValidationError for a cursor
    of another.
    """
    if not 1 <= asked.limit <= MOST_ROWS:
        raise ValidationError({"limit": f"Ask for 1 to {MOST_ROWS} at once."})
    assert operation.answers is not None
    after = _opened(request, asked.cursor) if asked.cursor else ""
    more = {
        name: getattr(asked, name)
        for name in type(asked).model_fields
        if name not in {"limit", "cursor"}
    }
    listed: Listed = operation.view(request, **told, **more, limit=asked.limit, after=after)
    rows = [_shape(operation, row) for row in listed.rows]
    tokens, after = request.services.tokens, listed.after
    return {"items": rows, "next": tokens.make("cursor", request.path, after) if after else None}


def _opened(request: Request, cursor: str) -> str:
    try:
        path, after = request.services.tokens.read("cursor", cursor)
    except (NotFoundError, ValueError):
        path = ""
    if path != request.path:
        raise ValidationError({"cursor": "Send the `next` of this list as it was answered."})
    return after


def _shape(operation: Operation, value: Any) -> dict[str, Any]:
    assert operation.answers is not None
    return operation.answers.model_validate(value).model_dump(mode="json")


def _run(request: Request, operation: Operation, told: dict[str, str]) -> Answer:
    """Runs a command, with its answer kept where its request has a key."""
    status = 201 if operation.made else 200

    def present(result: Any) -> dict[str, Any]:
        return _shape(operation, operation.view(request, result))

    watch = Conditions(request, operation.command, status, present)
    target = operation.target(request, told) if operation.target else "/".join(told.values())
    result = request.perform(operation.command, target, request.json(), watch)
    if operation.after:
        operation.after(request, told, result)
    return conditions.versioned(present(result), status)


@pages.get("/api/v1/openapi.json")
def openapi_json(request: Request) -> Answer:
    """The OpenAPI document."""
    from chalicelib.web.api import openapi  # noqa: PLC0415 - programs ask for it seldom

    ready()
    body = openapi.document(request.services.base_url)
    return _unless_unchanged(request, Answer(body, 200, {"Content-Type": JSON}))


@pages.get("/api")
def reference(request: Request) -> Answer:
    """What the API has, to be read."""
    from chalicelib.web.api import reference as told  # noqa: PLC0415

    ready()
    return html(request, "api/reference.html", **told.context(request.services.base_url))


@pages.get("/problems/{name}")
def problem_kind(request: Request, name: str) -> Answer:
    """A kind of problem, in the reference: where a problem's `type` leads."""
    if name not in problems.KINDS:
        raise NotFoundError("There is no such kind of problem.")
    return redirect(f"/api#problem-{name}")
