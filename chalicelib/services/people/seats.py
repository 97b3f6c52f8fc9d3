"""Seats on the Board and places on the staff: given, changed, ended."""

import logging
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.people import seats as rules
from chalicelib.domain.people.people import SYSTEM, Person, Seat
from chalicelib.domain.people.seats import Change, Register
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services
from chalicelib.services.outbox.email_queue import write
from chalicelib.services.people import inputs as forms
from chalicelib.services.people.tokens import new_id

log = logging.getLogger(__name__)

STAFF, ADMINISTRATOR = "staff", "administrator"


@dataclass(frozen=True)
class Place:
    """A person's seat, with the register as it was when they were read."""

    register: Register
    person: Person
    seat: Seat


def register(services: Services, _target: str) -> Register:
    """The register, whoever is to be put on it."""
    return services.store.seats.register()


def place(services: Services, target: str) -> Place:
    """Loads a seat by `<person>/<seat>`. Raises NotFoundError."""
    person_id, _, seat_id = target.partition("/")
    # The register is read first: whatever changed a seat after that is noticed.
    known = services.store.seats.register()
    person = services.store.people.get(person_id)
    seat = rules.seat_of(person, seat_id) if person else None
    if person is None or seat is None:
        raise NotFoundError("There is no such seat.")
    return Place(known, person, seat)


def everyone(services: Services, known: Register) -> list[Person]:
    """Everybody who holds a seat, held one, or is to hold one."""
    return services.store.people.seated(known.holders)


def electorate(step: Step[Any, Any], on: date) -> list[Person]:
    """Everybody who sits on the Board on a day, by office. The command goes through only if no seat
    was given, changed or taken meanwhile.
    """
    store = step.services.store
    known = store.seats.register()
    store.seats.require(step.unit, known)
    return store.people.board(on, known.holders)


@command("seat.invite", forms.InviteToSeat, register)
def invite(step: Step[Register, forms.InviteToSeat]) -> Change:
    """Somebody given a seat, which is theirs from its first day. Who has no account gets one."""
    services, form = step.services, step.form
    person, is_new = _found_or_made(step)
    made = rules.give(
        step.subject,
        everyone(services, step.subject),
        person,
        _seat(step, form),
        form.anyway,
        services.policy,
        step.by,
    )
    _save(step, made, is_new)
    data = _told(step, made)
    write(step, made.event, "seat-invited", made.person.email, made.person.name, data)
    return made


@command("seat.change", forms.ChangeSeat, place)
def change(step: Step[Place, forms.ChangeSeat]) -> Change:
    """A seat's office, vote or term changed; its holder is told."""
    services, found = step.services, step.subject
    made = rules.change(
        found.register,
        everyone(services, found.register),
        found.person,
        found.seat,
        _seat(step, step.form),
        step.form.anyway,
        services.policy,
        step.by,
    )
    _save(step, made)
    data = {**_told(step, made), **_about(found.seat, "was_")}
    write(step, made.event, "seat-changed", made.person.email, made.person.name, data)
    return made


@command("seat.end", forms.EndSeat, place)
def end(step: Step[Place, forms.EndSeat]) -> Change:
    """A seat ended before its time; its holder is told, unless staff say otherwise."""
    form, found = step.form, step.subject
    inputs.keep_within(step.services.policy.limits.comment, reason=form.reason)
    made = rules.end(
        found.register,
        found.person,
        found.seat,
        form.last,
        form.reason,
        step.services.policy,
        step.by,
    )
    _save(step, made)
    if not form.silent:
        data = _told(step, made)
        write(step, made.event, "seat-ended", made.person.email, made.person.name, data)
    return made


@command("staff.grant", forms.GrantStaff, register)
def grant(step: Step[Register, forms.GrantStaff]) -> Change:
    """Somebody put on the staff, or made an administrator, or only staff again."""
    if step.form.role not in {STAFF, ADMINISTRATOR}:
        raise ValidationError({"role": "Choose staff or administrator."})
    person, is_new = _found_or_made(step)
    admin = step.form.role == ADMINISTRATOR
    staff = step.services.store.people.staff()
    made = rules.grant(step.subject, staff, person, admin, step.by)
    _save(step, made, is_new)
    data = {"admin": admin, "by": step.by.actor.name}
    write(step, made.event, "staff-granted", made.person.email, made.person.name, data)
    return made


def _somebody(services: Services, target: str) -> tuple[Register, Person]:
    known = services.store.seats.register()
    person = services.store.people.get(target)
    if person is None:
        raise NotFoundError("There is no such person.")
    return known, person


@command("staff.found", load=_somebody)
def found(step: Step[tuple[Register, Person], inputs.Nothing]) -> Change:
    """The first administrator of an installation, whose address its settings name. Raises
    ConflictError where there is an administrator already.
    """
    known, person = step.subject
    made = rules.found(known, step.services.store.people.staff(), person, step.by)
    _save(step, made)
    return made


def found_administrator(services: Services, person_id: str) -> None:
    """Makes whoever signed in at the settings' address administrator, if there is none yet."""
    try:
        perform(services, SYSTEM, "staff.found", person_id)
    except ConflictError:
        return
    except Exception:
        # Their link is used up and they are signed in: the next sign-in tries again.
        log.exception("the first administrator could not be made")


@command("staff.revoke", load=_somebody)
def revoke(step: Step[tuple[Register, Person], inputs.Nothing]) -> Change:
    """Somebody taken off the staff."""
    known, person = step.subject
    made = rules.revoke(known, step.services.store.people.staff(), person, step.by)
    _save(step, made)
    data = {"by": step.by.actor.name}
    write(step, made.event, "staff-revoked", made.person.email, made.person.name, data)
    return made


def _found_or_made(step: Step[Any, Any]) -> tuple[Person, bool]:
    """Who owns the address that was typed, or a new person. A name of their own stays."""
    form, services = step.form, step.services
    most = services.policy.limits.person_name
    if len(form.name) > most:
        raise ValidationError({"name": f"Shorten this to {most} characters."})
    if "@" in form.name:
        raise ValidationError({"name": "Enter the name, not the address."})
    person = services.store.people.by_email(form.email)
    if person is None:
        # The id stays the same when the command is decided anew.
        person_id = step.once.setdefault("person", new_id())
        return Person(id=person_id, name=form.name, email=form.email, version=0), True
    return replace(person, name=person.name or form.name), False


def _seat(step: Step[Any, Any], form: forms.SeatInput) -> Seat:
    """The seat that a form describes, with what the policy says of its office."""
    offices = step.services.policy.offices(form.since)
    office = next((one for one in offices if form.office in one.titles), None)
    by_office = {"voting": office.voting, "presiding": office.presiding} if office else {}

    def answer(name: str) -> bool:
        said: str = getattr(form, name)
        return said == "yes" or (said == "office" and by_office.get(name, False))

    return Seat(
        form.office,
        voting=answer("voting"),
        presiding=answer("presiding"),
        since=form.since,
        until=form.until,
        id=step.once.setdefault("seat", new_id()),
    )


def _save(step: Step[Any, Any], made: Change, is_new: bool = False) -> None:
    store = step.services.store
    if is_new:
        store.people.add(step.unit, made.person)
    else:
        store.people.save(step.unit, made.person)
    store.seats.save(step.unit, made.register, made.event)


def _about(seat: Seat, prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}office": seat.office,
        f"{prefix}term": rules.term_in_words(seat),
        f"{prefix}voting": seat.voting,
        f"{prefix}presiding": seat.presiding,
    }


def _told(step: Step[Any, Any], made: Change) -> dict[str, Any]:
    """What a letter says of a seat."""
    assert made.seat is not None
    return {**_about(made.seat), "reason": made.seat.reason, "by": step.by.actor.name}
