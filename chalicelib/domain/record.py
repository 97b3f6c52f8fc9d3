"""Moves a thing from one version to the next, together with the event that tells of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from chalicelib.domain.errors import IllegalTransition
from chalicelib.domain.events import Event, digest_of
from chalicelib.domain.people import Act


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
    **changes: Any,
) -> tuple[Thing, Event]:
    """The thing with `changes`, one version on, and the event chained to the last one."""
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
        data=dict(data or {}),
        previous=thing.head,
    )
    event = replace(event, digest=digest_of(event))
    changed = replace(thing, version=thing.version + 1, head=event.digest, **changes)  # type: ignore[type-var]
    return changed, event


# Commands that run by themselves are no advice to a person.
_OF_JOBS = {"expire", "reach-threshold", "approve", "decline"}


def require(transitions: Transitions, what: str, state: str, command: str) -> str | None:
    """The state that `command` leads to from `state`. Raises IllegalTransition."""
    starts, leads_to = transitions[command]
    if state not in starts:
        possible = [
            name
            for name, (froms, _) in transitions.items()
            if state in froms and name not in _OF_JOBS
        ]
        raise IllegalTransition(what, state, command, possible)
    return leads_to
