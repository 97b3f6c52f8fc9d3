"""The OpenAPI 3.1 document, made of the operations and of the models that check forms and JSON."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.domain.people.access_tokens import SCOPES, scope_of
from chalicelib.domain.people.roles import TABLE
from chalicelib.web.api.operations import BASE, OPERATIONS, Operation
from chalicelib.web.api.problems import KINDS

TITLE = "Groundswell"
VERSION = "1"
ABOUT = """\
Every command and every page of Groundswell, for programs.

A program sends an access token, which its owner makes on their account:
`Authorization: Bearer groundswell_pat_…`. A token is for some scopes, and never for more than its
owner may do. What is public is read without.

Refusals are problems by RFC 9457, with a `type` that stays. Lists come in parts: ask on with the
`next` of the part before as `cursor`. Every POST may carry an `Idempotency-Key`: sent again within
24 hours it is answered as before, and done once. What has a version carries it in its `ETag`; a
command with `If-Match` is refused once the thing has changed.
"""
JSON = "application/json"
PROBLEM = "application/problem+json"
TAGS = {
    "petitions": "Drafts, petitions and their texts",
    "signatures": "Signing, and staff’s decisions on signatures",
    "blocks": "Who is blocked from signing, or allowed to",
    "mailboxes": "Bounced addresses",
    "roster": "The membership roster",
    "groups": "Chartered groups, their charges and renewals",
    "board": "Meetings, motions, votes, and the record",
    "meetings": "Meetings and what is done at them",
    "documents": "Documents before the Board, and their discussion",
    "packets": "Packets and their editions",
    "motions": "Motions and votes",
    "minutes": "Minutes",
    "people": "Seats, staff, and what is kept about people",
    "seats": "Seats on the Board",
    "staff": "The staff",
    "erasures": "Requests to have one’s data erased",
    "account": "One’s own account",
    "sign-in": "Signing in",
    "texts": "Checks of texts while they are written",
    "webhooks": "Webhooks",
}
# What may come back from any operation, from those with a body, and from commands.
_ALWAYS = ("bad-token", "not-allowed", "not-found", "invalid", "too-many")
_OF_POST = ("conflict", "media-type")
_OF_COMMANDS = ("changed",)


@cache
def document(base_url: str) -> str:
    """The document as JSON, for an installation at this address."""
    return json.dumps(build(base_url), ensure_ascii=False)


def build(base_url: str) -> dict[str, Any]:
    """The document."""
    operations = sorted(OPERATIONS.values(), key=lambda one: (one.path, one.method))
    schemas = Schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(
            operation, schemas
        )
    used = {operation.tag for operation in operations}
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "servers": [{"url": f"{base_url}{BASE}"}],
        "tags": [{"name": name, "description": TAGS[name]} for name in TAGS if name in used],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas.components, "Problem": _problem()},
            "responses": {kind: _refusal(kind) for kind in KINDS},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token. Its scopes: "
                    + "; ".join(f"`{scope}`: {words}" for scope, words in SCOPES.items()),
                }
            },
            "headers": _HEADERS,
        },
    }


_HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "Tags this answer. Of what has versions, that stands before the dash.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "What is left of the limit, and in how many seconds it resets.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "The limit, and its window in seconds.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "In how many seconds to ask again.",
        "schema": {"type": "integer"},
    },
    "X-Request-Id": {
        "description": "Names the request, for whoever looks into the logs.",
        "schema": {"type": "string"},
    },
}
_EVERY = ("X-Request-Id", "RateLimit", "RateLimit-Policy")


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_EVERY, *names)}


class Schemas:
    """Every model's schema under a unique name, which is also its title: code generators name
    classes by the title. Models that share a name get their module's in front: `PetitionState`,
    `MotionState`.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        modes: list[tuple[type[BaseModel], Any]] = []
        for one in operations:
            modes += [(model, "validation") for model in (one.takes, one.query) if model]
            modes += [(one.answers, "serialization")] if one.answers else []
        refs, found = models_json_schema(
            list(dict.fromkeys(modes)), ref_template="#/components/schemas/{model}"
        )
        short = {name: _short(name) for name in found.get("$defs", {})}
        assert len(set(short.values())) == len(short)
        self._refs = {key: short[_last(ref["$ref"])] for key, ref in refs.items()}
        self.components: dict[str, Any] = {
            short[name]: {**_renamed(_plain(schema), short), "title": short[name]}
            for name, schema in sorted(found.get("$defs", {}).items())
        }

    def ref(self, model: type[BaseModel], mode: Any) -> dict[str, Any]:
        """Where a model's schema stands."""
        return {"$ref": f"#/components/schemas/{self._refs[model, mode]}"}

    def of(self, model: type[BaseModel], mode: Any) -> dict[str, Any]:
        """A model's schema."""
        found: dict[str, Any] = self.components[self._refs[model, mode]]
        return found


def _last(ref: str) -> str:
    return ref.rpartition("/")[2]


def _short(name: str) -> str:
    """`chalicelib__domain__petition__State` as `PetitionState`, `Vote-Output` as `VoteOutput`."""
    *module, own = name.replace("-", "").split("__")
    if not module:
        return own
    words = module[-1].removesuffix("_inputs").split("_")
    return "".join(word.title() for word in words) + own


def _renamed(value: Any, short: dict[str, str]) -> Any:
    """A schema whose references use the short names."""
    if isinstance(value, dict):
        return {
            key: f"#/components/schemas/{short[_last(part)]}"
            if key == "$ref"
            else _renamed(part, short)
            for key, part in value.items()
        }
    return [_renamed(part, short) for part in value] if isinstance(value, list) else value


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its docstring on one line."""
    if "description" in schema:
        schema = {**schema, "description": " ".join(schema["description"].split())}
    return schema


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "What is wrong (RFC 9457). `errors` says it by field.",
        "properties": {
            "type": {"type": "string", "enum": [f"/problems/{name}" for name in KINDS]},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "errors": {"type": "object", "additionalProperties": text},
        },
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": False,
    }


def _refusal(name: str) -> dict[str, Any]:
    kind = KINDS[name]
    alike = [one for one in KINDS.values() if one.status == kind.status]
    more = ("Retry-After",) if name == "too-many" else ()
    return {
        "description": " ".join(f"`{one.name}`: {one.means}" for one in alike),
        "headers": _headers(*more),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def scopes_words(operation: Operation) -> str:
    """Who may, in words, and the scope that a token needs for it."""
    command = operation.command or operation.asks
    if not command:
        return ""
    who = ", ".join(sorted(role.value for role in TABLE[command]))
    scope = scope_of(command)
    by = f"A token needs the scope `{scope}`." if scope else "No token is enough for it."
    return f"For: {who}. {by}"


def _described(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary.partition(". ")[0].rstrip("."),
        "description": " ".join(filter(None, (operation.summary, scopes_words(operation)))),
        "parameters": _parameters(operation, schemas),
        "responses": _responses(operation, schemas),
    }
    if operation.takes:
        schema = schemas.ref(operation.takes, "validation")
        required = bool(schemas.of(operation.takes, "validation").get("required"))
        told["requestBody"] = {"content": {JSON: {"schema": schema}}, "required": required}
    return told


def _parameters(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    text = {"type": "string"}
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {**text, "minLength": 1}}
        for name in names
    ]
    if operation.method == "GET":
        found += [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in schemas.of(operation.query, "validation")
            .get("properties", {})
            .items()
        ]
        if operation.answers:
            found.append({"name": "If-None-Match", "in": "header", "schema": text})
    if operation.runs:
        key = {**text, "pattern": "^[!-~]{1,255}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": key})
        found.append({"name": "If-Match", "in": "header", "schema": text})
    return found


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    kinds = [*_ALWAYS]
    if operation.method == "POST":
        kinds += _OF_POST
    if operation.runs:
        kinds += _OF_COMMANDS
    found: dict[str, Any] = {
        str(KINDS[name].status): {"$ref": f"#/components/responses/{name}"} for name in kinds
    }
    # What is shown by its state can be out of reach for a while.
    found["409"] = {"$ref": "#/components/responses/conflict"}
    if operation.answers is None:
        location = {"description": "Where the file is, for five minutes.", "schema": _URI}
        found["303"] = {
            "description": "The file is elsewhere.",
            "headers": {**_headers(), "Location": location},
        }
        return found
    schema: dict[str, Any] = schemas.ref(operation.answers, "serialization")
    if operation.paged:
        schema = {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": schema},
                "next": {"type": ["string", "null"]},
            },
            "required": ["items", "next"],
            "additionalProperties": False,
        }
    found["201" if operation.made else "200"] = {
        "description": "Made." if operation.made else "Done." if operation.runs else "Here it is.",
        "headers": _headers("ETag"),
        "content": {JSON: {"schema": schema}},
    }
    if operation.method == "GET":
        found["304"] = {"description": "It has not changed.", "headers": _headers("ETag")}
    return found


_URI = {"type": "string", "format": "uri"}
