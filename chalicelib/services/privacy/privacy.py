"""A person's request to have their data erased, and carrying it out.

An erasure takes many writes. Its request says `erasing` from the first to the last of them, and
each can be repeated: whoever goes on after a crash, staff or the nightly job, ends what was begun.
"""

import hashlib
import logging
from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups.group import Group
from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people.people import SYSTEM, Actor, Person
from chalicelib.domain.petitions.petition import ENDED, Petition
from chalicelib.domain.privacy import privacy as rules
from chalicelib.domain.privacy.privacy import Request, State
from chalicelib.domain.record.record import advance
from chalicelib.domain.times import long_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform, petition
from chalicelib.services.context import Services
from chalicelib.services.groups import groups
from chalicelib.services.petitions.petitions import due_of
from chalicelib.services.privacy import personal, retention
from chalicelib.services.privacy.personal import Personal

log = logging.getLogger(__name__)


def own_data(services: Services, actor: Actor) -> Personal:
    """Everything that is kept about the actor."""
    assert actor.person is not None
    return personal.gather(services, actor.person)


def by_person(services: Services, target: str) -> Request:
    """The last request of the person with this id. Raises NotFoundError."""
    found = services.store.privacy.request(target)
    if found is None:
        raise NotFoundError("There is no such request.")
    return found


@command("data.ask-erasure")
def ask(step: Step[None, inputs.Nothing]) -> Request:
    """A request for staff, with a receipt to the person."""
    services, actor = step.services, step.by.actor
    person = services.store.people.get(actor.id)
    assert person is not None
    last = services.store.privacy.request(person.id)
    new = rules.ask(last, person, services.policy, step.by)
    _save(step, new)
    due = {"due_on": long_date(new.due_on)}
    receipt = Letter(
        id=_letter_id(new, "asked"),
        kind="erasure-asked",
        to=person.email,
        name=person.name,
        data=due,
    )
    services.store.outbox.add(step.unit, receipt, step.by.at)
    for one in services.store.people.staff():
        told = Letter(
            id=f"{_letter_id(new, 'staff')}-{one.id}",
            kind="staff-erasure",
            to=one.email,
            name=one.name,
            data={**due, "request": person.id},
        )
        services.store.outbox.add(step.unit, told, step.by.at)
    return new


@command("data.refuse", inputs.Reason, by_person)
def refuse(step: Step[Request, inputs.Reason]) -> Request:
    """The request refused, with the reason to the person."""
    inputs.keep_within(step.services.policy.limits.comment, reason=step.form.reason)
    new = rules.refuse(step.subject, step.form.reason, step.by)
    _save(step, new)
    person = _person(step.services, new)
    letter = Letter(
        id=_letter_id(new, "refused"),
        kind="erasure-refused",
        to=person.email,
        name=person.name,
        data={"reason": new.reason},
    )
    step.services.store.outbox.add(step.unit, letter, step.by.at)
    return new


@command("data.erase", load=by_person)
def begin(step: Step[Request, inputs.Nothing]) -> Request:
    """The erasure begun, with the last letter to the person. Raises ConflictError while something
    has to happen first.
    """
    services, old = step.services, step.subject
    if old.state == State.ERASING:
        # Begun before, and to be gone on with.
        return old
    person = _person(services, old)
    new = rules.begin(old, obstacles(services, person), step.by)
    _save(step, new)
    letter = Letter(
        id=_letter_id(new, "erased"),
        kind="data-erased",
        to=person.email,
        name=person.name,
        data={"days": services.policy.keep_days("sent-letters")},
    )
    services.store.outbox.add(step.unit, letter, step.by.at)
    return new


def erase(services: Services, actor: Actor, person_id: str) -> None:
    """Begins an erasure and carries it out, or goes on with one that was begun."""
    perform(services, actor, "data.erase", person_id)
    carry_on(services, person_id)


def carry_on(services: Services, person_id: str) -> None:
    """Does what is left of an erasure. Each step can be repeated."""
    request = services.store.privacy.request(person_id)
    if request is None or request.state != State.ERASING:
        return
    person = _person(services, request)
    for one in list(personal.signed_by(services, person.email)):
        retention.erase_signature(services, one.petition.id, one.signature.key)
    for petition_id in services.store.petitions.convened_by(person.email):
        data = {"person": person_id}
        perform(services, SYSTEM, "petition.forget-convener", petition_id, data)
    for slug in services.store.groups.led_by(person.email):
        perform(services, SYSTEM, "group.forget-convener", slug, {"person": person_id})
    # What the mail service refuses time after time would stay with its address. The last letter
    # is still to be sent.
    services.store.privacy.delete_letters_to(person.email, but="data-erased")
    for session in services.store.people.sessions_of(person_id):
        unit = services.store.transaction()
        services.store.people.end_session(unit, session)
        unit.commit()
    for token in services.store.access_tokens.of_person(person_id):
        unit = services.store.transaction()
        services.store.access_tokens.end(unit, token)
        unit.commit()
    perform(services, SYSTEM, "data.finish-erasure", person_id)


def go_on_with_all(services: Services) -> int:
    """Ends the erasures that a crash left begun; how many there were."""
    left = [r for r in services.store.privacy.requests() if r.state == State.ERASING]
    for request in left:
        try:
            carry_on(services, request.person_id)
        except Exception:
            log.exception("an erasure could not be finished; it is tried again in the next night")
    return len(left)


@command("petition.forget-convener", inputs.ForgetConvener, petition)
def forget_convener(step: Step[Petition, inputs.ForgetConvener]) -> Petition:
    """A convener's address deleted from a petition; of who was asked to convene and never agreed,
    all that is kept.
    """
    old, services = step.subject, step.services
    person = services.store.people.get(step.form.person)
    if person is None or not person.email:
        return old
    # Also somebody who was asked to convene it and has not answered.
    left = rules.without_convener(old, person.email)
    if left == old.conveners:
        return old
    if rules.leads(old, person) and old.state not in ENDED:
        raise ConflictError("Somebody has to lead this petition until it has ended.")
    new, event = advance(
        old,
        "petition",
        "forget-convener",
        step.by,
        before=old.state,
        conveners=left,
    )
    services.store.petitions.save(step.unit, old, new, event, due_of(services, new))
    return new


@command("group.forget-convener", inputs.ForgetConvener, groups.group)
def forget_group_convener(step: Step[Group, inputs.ForgetConvener]) -> Group:
    """A convener's address deleted from a group: they leave one that is living, whose place is
    vacant then, and stay named in one that has ended.
    """
    old, services = step.subject, step.services
    person = services.store.people.get(step.form.person)
    if person is None or not person.email:
        return old
    new, event = group_conveners.forget(old, person.email, services.policy, step.by)
    if event:
        groups.save(step, old, new, event)
    return new


@command("data.finish-erasure", load=by_person)
def finish(step: Step[Request, inputs.Nothing]) -> Request:
    """The account blanked and the request closed: the last step of an erasure."""
    services, people = step.services, step.services.store.people
    person = _person(services, step.subject)
    new = rules.finish(step.subject, step.by.at)
    _save(step, new)
    people.save(step.unit, rules.blank(person))
    services.store.privacy.forget_address(step.unit, person.email)
    services.store.mailboxes.forget(step.unit, person.email)
    return new


def obstacles(services: Services, person: Person) -> list[str]:
    """What has to happen before a person's data can be erased."""
    ids = services.store.petitions.convened_by(person.email)
    convenes = [p for p in map(services.store.petitions.get, ids) if p]
    return rules.obstacles(person, convenes, services.today())


def _person(services: Services, request: Request) -> Person:
    person = services.store.people.get(request.person_id)
    if person is None:
        raise NotFoundError("There is no such person.")
    return person


def _save(step: Step[Any, Any], request: Request) -> None:
    keep = step.services.policy.keep_days("requests")
    step.services.store.privacy.save_request(step.unit, request, keep)


def _letter_id(request: Request, what: str) -> str:
    stem = hashlib.sha256(f"{request.person_id} {request.version}".encode()).hexdigest()[:24]
    return f"erasure-{stem}-{what}"
