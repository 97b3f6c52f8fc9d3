"""Puts letters into the transaction of the command that causes them."""

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.outbox.letters import FanOut, Letter
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Person
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.record.events import Event
from chalicelib.services.commands import Step


def write(
    step: Step[Any, Any], event: Event, kind: str, to: str, name: str, data: dict[str, Any]
) -> None:
    """Puts one letter into the command's transaction."""
    letter = letter_about(event, kind, to, name, data)
    step.services.store.outbox.add(step.unit, letter, step.by.at)


def letter_about(event: Event, kind: str, to: str, name: str, data: dict[str, Any]) -> Letter:
    """A letter about an event. Its id follows from the event, so that a repeat is the same."""
    letter_id = f"{event.digest[:24]}-{kind}-{key_of(to)[:12]}"
    return Letter(id=letter_id, kind=kind, to=to, name=name, data=data)


def to_conveners(
    step: Step[Any, Any], petition: Petition, event: Event, kind: str, **data: Any
) -> None:
    """A letter to each convener of a petition who agreed to be one."""
    for convener in petition.acting:
        if not convener.email:
            # One who had their address erased.
            continue
        content = {**about(petition), **data}
        write(step, event, kind, convener.email, convener.name, content)


def to_people(
    step: Step[Any, Any],
    petition: Petition,
    event: Event,
    kind: str,
    people: Iterable[Person],
    **data: Any,
) -> None:
    """A letter about a petition to each of some people."""
    for person in people:
        content = {**about(petition), **data}
        write(step, event, kind, person.email, person.name, content)


def tell_signatories(step: Step[Any, Any], petition: Petition, event: Event, kind: str) -> None:
    """A letter to every signatory, written by a worker. None where nobody could have signed."""
    if petition.opened_at is None:
        return
    job = FanOut(id=f"{event.digest[:24]}-{kind}", kind=kind, petition_id=petition.id)
    step.services.store.outbox.add_fan_out(step.unit, job, step.by.at)


def about(petition: Petition) -> dict[str, Any]:
    """What every letter about a petition may say."""
    return {
        "petition_id": petition.id,
        "petition": petition.name,
        "verified": petition.verified,
        "confirmed": petition.confirmed,
        "closes_at": petition.closes_at.isoformat() if petition.closes_at else "",
        "comments": petition.comments,
        "reason": petition.reason,
        "document": petition.document_number,
        "group_slug": petition.group_slug,
    }
