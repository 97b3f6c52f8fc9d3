"""Moves a thing from one version to the next, together with the event that tells of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event, digest_of, sha256_of
from chalicelib.domain.record.serialize import to_body


class Recorded(Protocol):
    """What has a version, and the digest of its latest event as `head`."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def head(self) -> str: ...


Thing = TypeVar("Thing", bound=Recorded)
# For each command: the states that it starts from, and the state that it leads to
# (None: it stays as it is).
Transitions = Mapping[str, tuple[frozenset[str], str | None]]


def advance(
    thing: Thing,
    what: str,
    command: str,
    by: Act,
    *,
    before: str,
    data: Mapping[str, Any] | None = None,
    kept: Any = None,
    **changes: Any,
) -> tuple[Thing, Event]:
    """The thing with `changes`, one version on, and the event chained to the last one.

    `kept` maps names such as `charge/1` to items that are kept beside the thing's state and are
    final with this step, as `row` gives them: the event vouches for them too.
    """
    after = str(changes.get("state", before))
    event = Event(
        subject=f"{what}/{thing.id}",
        sequence=thing.version + 1,
        at=by.at,
        command=command,
        actor_id=by.actor.id,
        actor_name=by.actor.name,
        actor_role=str(by.role),
        before=str(before),
        after=after,
        data={**(data or {}), **_vouched(kept)},
        previous=thing.head,
    )
    changed = replace(thing, version=thing.version + 1, **changes)  # type: ignore[type-var]
    event = replace(event, state_digest=digest_of_state(what, to_body(changed)))
    event = replace(event, digest=digest_of(event))
    return replace(changed, head=event.digest), event  # type: ignore[type-var]


def row(value: Any, *apart: str) -> Any:
    """What an item beside a thing's state holds, without what its key or attributes say."""
    return to_body(value, frozenset({"version", *apart}))


def digest_of_row(body: Any) -> str:
    """SHA-256 (hex) of such an item, without addresses."""
    return sha256_of(_without_addresses(body))


def _vouched(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"kept": {name: digest_of_row(body) for name, body in kept.items()}} if kept else {}


# What a thing's state does not vouch for: its place in the record, which the events do; an
# address, which has to be forgotten without a trace; and of a petition what signatures change.
_APART = frozenset({"version", "head"})
_APART_OF = {"petition": frozenset({"confirmed", "verified", "text_digest", "published"})}
_FORGOTTEN = "email"


def digest_of_state(what: str, body: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a thing as its item holds it, without what it does not vouch for.

    It is taken of the JSON as stored: fields that later releases add are not in an older item,
    whose digest stays what it was.
    """
    apart = _APART | _APART_OF.get(what, frozenset())
    return sha256_of(_without_addresses({k: v for k, v in body.items() if k not in apart}))


def _without_addresses(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_addresses(v) for k, v in value.items() if k != _FORGOTTEN}
    if isinstance(value, list):
        return [_without_addresses(item) for item in value]
    return value


# Commands that run by themselves are no advice to a person.
_OF_JOBS = {"expire", "reach-threshold", "approve", "decline"}


def require(transitions: Transitions, what: str, state: str, command: str) -> str | None:
    """The state that `command` leads to from `state`. Raises IllegalTransitionError."""
    starts, leads_to = transitions[command]
    if state not in starts:
        possible = [
            name
            for name, (froms, _) in transitions.items()
            if state in froms and name not in _OF_JOBS
        ]
        raise IllegalTransitionError(what, state, command, possible)
    return leads_to
