"""Seats on the Board and places on the staff: given, changed and taken, each on record.

Who sits where follows from the day, so nothing has to happen on it. Nothing is deleted: a seat that
has ended stays with its person, and one that was never taken up ends on the day before its first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.people import Act, Person, Seat
from chalicelib.domain.people.seating import concerns
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance
from chalicelib.domain.times import last_day, local_date, long_date

_ADDRESS = re.compile(r"\S@\S")


@dataclass(frozen=True, kw_only=True)
class Register:
    """The record of who was given a seat or a place on the staff. `holders` are the ids of all of
    them; the seats themselves stand with their people.

    Every change goes through its version, so that of two at once the second is decided anew.
    """

    id: str = "seats"
    version: int = 0
    head: str = ""
    holders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A person as they are from now on, and the register with the event that tells of it."""

    register: Register
    person: Person
    event: Event
    seat: Seat | None = None


def term_in_words(seat: Seat) -> str:
    """`July 1, 2026 through June 30, 2027`, or what is known of it."""
    if seat.since and seat.until:
        if seat.until < seat.since:
            return f"never taken up; it would have begun on {long_date(seat.since)}"
        return f"{long_date(seat.since)} through {long_date(seat.until)}"
    if seat.since:
        return f"from {long_date(seat.since)}"
    return f"through {long_date(seat.until)}" if seat.until else "no end"


def give(
    register: Register,
    everyone: Sequence[Person],
    person: Person,
    seat: Seat,
    anyway: bool,
    policy: Policy,
    by: Act,
) -> Change:
    """A seat given to a person. Raises ValidationError for an office or a term that cannot be, and,
    unless `anyway`, for what is more than the policy foresees.
    """
    _require_sound(person, None, seat, policy)
    changed = replace(person, seats=_in_order((*person.seats, seat)), version=person.version + 1)
    _require_foreseen(everyone, changed, seat, anyway, policy, by)
    data = {**_who(person), **_told(seat)}
    return _on_record(register, changed, seat, "give-seat", data, by)


def change(
    register: Register,
    everyone: Sequence[Person],
    person: Person,
    old: Seat,
    new: Seat,
    anyway: bool,
    policy: Policy,
    by: Act,
) -> Change:
    """A seat with another office, vote or term. Raises ValidationError as `give`, and ConflictError
    where nothing would change.
    """
    new = replace(new, id=old.id, reason="" if new.until != old.until else old.reason)
    if new == old:
        raise ConflictError("Nothing was changed: this is how the seat is already.")
    _require_sound(person, old, new, policy)
    changed = _with_seat(person, new)
    _require_foreseen(everyone, changed, new, anyway, policy, by)
    data = {**_who(person), "from": _told(old), "to": _told(new)}
    return _on_record(register, changed, new, "change-seat", data, by)


def end(
    register: Register, person: Person, old: Seat, last: date, reason: str, policy: Policy, by: Act
) -> Change:
    """A seat ended before its time, with `last` as its last day; before its first day, it was never
    taken up. Raises ValidationError for a last day that makes it longer or has no reason,
    ConflictError for one that is over.
    """
    today = local_date(by.at, policy.association.zone)
    if old.over_on(today):
        raise ConflictError("This seat has ended already. If its last day is wrong, change it.")
    errors = {}
    if old.until and last > old.until:
        errors["last"] = (
            f"It ends on {long_date(old.until)} by itself. To make it longer, change its dates."
        )
    if not reason:
        errors["reason"] = "Give the reason: it stays on record."
    elif _ADDRESS.search(reason):
        errors["reason"] = "Leave email addresses out: what is on record stays there."
    if errors:
        raise ValidationError(errors)
    if old.since and last < old.since:
        last = old.since - timedelta(days=1)
    new = replace(old, until=last, reason=reason)
    data = {**_who(person), **_told(new), "reason": reason}
    return _on_record(register, _with_seat(person, new), new, "end-seat", data, by)


def grant(
    register: Register, staff: Sequence[Person], person: Person, admin: bool, by: Act
) -> Change:
    """A place on the staff, as an administrator or not. Raises ConflictError where they have it, or
    where nobody would be administrator any more.
    """
    if person.admin == admin and (person.staff or person.admin):
        what = "an administrator" if admin else "on the staff"
        raise ConflictError(f"{person.name or 'This person'} is {what} already.")
    if not admin:
        _require_other_admin(staff, person)
    changed = replace(person, staff=True, admin=admin, version=person.version + 1)
    data = {**_who(person), "admin": admin}
    return _on_record(register, changed, None, "grant-staff", data, by)


def found(register: Register, staff: Sequence[Person], person: Person, by: Act) -> Change:
    """The first administrator of an installation. Raises ConflictError where there is one."""
    if any(one.admin for one in staff):
        raise ConflictError("There is an administrator already, who can make others.")
    return grant(register, staff, person, True, by)


def revoke(register: Register, staff: Sequence[Person], person: Person, by: Act) -> Change:
    """A place on the staff taken. Raises ConflictError for who has none, and for the last
    administrator: somebody has to be able to make the next.
    """
    if not person.staff and not person.admin:
        raise ConflictError(f"{person.name or 'This person'} is not on the staff.")
    _require_other_admin(staff, person)
    changed = replace(person, staff=False, admin=False, version=person.version + 1)
    data = {**_who(person), "admin": person.admin}
    return _on_record(register, changed, None, "revoke-staff", data, by)


def seat_of(person: Person, seat_id: str) -> Seat | None:
    """The person's seat with this id, or None."""
    return next((seat for seat in person.seats if seat.id == seat_id), None)


def differences(events: Sequence[Event], person: Person) -> list[str]:
    """Where a person's seats and place on the staff are not what the record last said of them. What
    it never told of, such as seats from before there was a record, is not compared.
    """
    seats: dict[str, dict[str, Any]] = {}
    staff: tuple[bool, bool] | None = None
    for event in events:
        if event.data.get("person") != person.id:
            continue
        if event.command in {"grant-staff", "revoke-staff"}:
            granted = event.command == "grant-staff"
            staff = granted, granted and event.data["admin"]
        else:
            told = event.data.get("to", event.data)
            seats[told["seat"]] = {name: told[name] for name in _TOLD}
    held = {seat.id: _told(seat) for seat in person.seats}
    found = [
        f"a seat of {person.name} ({told['office']}) is not what the record says of it."
        for seat_id, told in seats.items()
        if held.get(seat_id) != told
    ]
    if staff is not None and staff != (person.staff, person.admin):
        found.append(f"whether {person.name} is on the staff is not what the record says.")
    return found


def _require_other_admin(staff: Sequence[Person], person: Person) -> None:
    if person.admin and not any(one.admin for one in staff if one.id != person.id):
        raise ConflictError(
            f"{person.name or 'This person'} is the last administrator. Make somebody else one "
            "first."
        )


def _on_record(
    register: Register,
    person: Person,
    seat: Seat | None,
    command: str,
    data: dict[str, Any],
    by: Act,
) -> Change:
    holders = tuple(sorted({*register.holders, person.id}))
    new, event = advance(register, "board", command, by, before="", data=data, holders=holders)
    return Change(new, person, event, seat)


def _who(person: Person) -> dict[str, str]:
    return {"person": person.id, "name": person.name}


def _told(seat: Seat) -> dict[str, Any]:
    return {
        "seat": seat.id,
        "office": seat.office,
        "voting": seat.voting,
        "presiding": seat.presiding,
        "since": seat.since.isoformat() if seat.since else "",
        "until": seat.until.isoformat() if seat.until else "",
    }


_TOLD = ("seat", "office", "voting", "presiding", "since", "until")


def _with_seat(person: Person, new: Seat) -> Person:
    seats = tuple(new if seat.id == new.id else seat for seat in person.seats)
    return replace(person, seats=_in_order(seats), version=person.version + 1)


def _in_order(seats: Sequence[Seat]) -> tuple[Seat, ...]:
    return tuple(sorted(seats, key=lambda seat: (seat.since or date.min, seat.office)))


def _require_sound(person: Person, old: Seat | None, new: Seat, policy: Policy) -> None:
    errors = {}
    offices = policy.offices(new.since or date.min) if new.since else list(policy.all_offices)
    titles = [title for office in offices for title in office.titles]
    if new.office not in titles and (old is None or old.office != new.office):
        errors["office"] = "Choose one of the offices listed."
    if new.since and new.until and new.until < new.since:
        errors["until"] = "The last day cannot lie before the first."
    elif other := next((s for s in person.seats if s != old and _overlap(s, new)), None):
        errors["since"] = (
            f"{person.name} holds another seat in this term ({other.office}, "
            f"{term_in_words(other)}), and nobody has two seats at once. Choose other days, or end "
            "that seat first."
        )
    if errors:
        raise ValidationError(errors)


def _overlap(one: Seat, other: Seat) -> bool:
    first = max(one.since or date.min, other.since or date.min)
    return first <= min(one.until or date.max, other.until or date.max)


def _require_foreseen(
    everyone: Sequence[Person],
    changed: Person,
    seat: Seat,
    anyway: bool,
    policy: Policy,
    by: Act,
) -> None:
    if anyway:
        return
    today = local_date(by.at, policy.association.zone)
    after = [*(one for one in everyone if one.id != changed.id), changed]
    words = [concern.words for concern in concerns(everyone, after, policy, today)]
    words += _too_long(seat, policy)
    if words:
        words.append("If that is meant, tick this and send it again.")
        raise ValidationError({"anyway": " ".join(words)})


def _too_long(seat: Seat, policy: Policy) -> list[str]:
    """A year mistyped makes a term long: it is asked about."""
    if seat.since is None or seat.until is None:
        return []
    office = next((o for o in policy.offices(seat.since) if seat.office in o.titles), None)
    if office is None or seat.until <= last_day(seat.since, office.years):
        return []
    years = f"{office.years} year{'' if office.years == 1 else 's'}"
    return [f"A term of this office lasts {years}, and this one is longer."]
