"""Somebody's request to have their data erased, and what stands in its way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.people.people import Act, Person
from chalicelib.domain.petitions.petition import ENDED, Petition
from chalicelib.domain.petitions.text import Convener
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import local_date, long_date


class State(StrEnum):
    """How far a request is. `erasing` is begun and not finished."""

    OPEN = "open"
    ERASING = "erasing"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A person's request to have their data erased; they have one at a time. It names nobody:
    who it is stands with the person, until that is erased too.
    """

    person_id: str
    asked_at: datetime
    due_on: date
    state: State = State.OPEN
    reason: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    finished_at: datetime | None = None
    version: int = 1

    @property
    def waiting(self) -> bool:
        """Whether staff, or a job, still have something to do about it."""
        return self.state in {State.OPEN, State.ERASING}

    def overdue(self, today: date) -> bool:
        """Whether the day by which it should have been answered is over."""
        return self.waiting and today > self.due_on


def ask(last: Request | None, person: Person, policy: Policy, by: Act) -> Request:
    """A new request. Raises ConflictError while an earlier one waits for its answer."""
    if last and last.waiting:
        raise ConflictError(
            "You have asked for this already. Staff answer by "
            f"{long_date(last.due_on)}, and you hear by email."
        )
    today = local_date(by.at, policy.association.zone)
    return Request(
        person_id=person.id,
        asked_at=by.at,
        due_on=today + timedelta(days=policy.privacy.erasure_days),
        version=last.version + 1 if last else 1,
    )


def begin(request: Request, blocked: Sequence[str], by: Act) -> Request:
    """The request as one that is being carried out. Raises ConflictError while something has to
    happen first, or when it was answered.
    """
    if request.state == State.ERASING:
        return request
    _require_open(request)
    if blocked:
        raise ConflictError(" ".join(blocked))
    return _answered(request, State.ERASING, "", by)


def refuse(request: Request, reason: str, by: Act) -> Request:
    """The request refused. Raises ValidationError without a reason, which the person is told."""
    _require_open(request)
    if not reason:
        raise ValidationError({"reason": "Give the reason: the person gets it by email."})
    return _answered(request, State.REFUSED, reason, by)


def finish(request: Request, at: datetime) -> Request:
    """The request carried out. Raises ConflictError where that was not begun."""
    if request.state != State.ERASING:
        raise ConflictError("This erasure was not begun, or is finished.")
    return replace(request, state=State.DONE, finished_at=at, version=request.version + 1)


def _require_open(request: Request) -> None:
    if request.state != State.OPEN:
        raise ConflictError("This request was answered already.")


def _answered(request: Request, state: State, reason: str, by: Act) -> Request:
    return replace(
        request,
        state=state,
        reason=reason,
        decided_at=by.at,
        decided_by=by.actor.name,
        version=request.version + 1,
    )


def obstacles(person: Person, convenes: Sequence[Petition], today: date) -> list[str]:
    """What has to happen before a person's account can be erased, in plain words."""
    found = []
    if person.staff or person.admin:
        found.append("This person is on the staff. First remove that role.")
    found += [
        f"This person holds a seat on the Board ({seat.office}). Their term has to end first."
        for seat in person.seats
        if not seat.over_on(today)
    ]
    found += [
        f"This person leads the petition “{petition.name}”, which has not ended. "
        "First they must withdraw it, or its vote must end."
        for petition in convenes
        if leads(petition, person) and petition.state not in ENDED
    ]
    return found


def leads(petition: Petition, person: Person) -> bool:
    """Whether the person began the petition and speaks for it."""
    lead = petition.conveners[0] if petition.conveners else None
    return lead is not None and canonical(lead.email) == canonical(person.email)


def without_convener(petition: Petition, email: str) -> tuple[Convener, ...]:
    """The petition's conveners without an address.

    Of a petition that has ended, names stay, since its record names them; of another, a
    co-convener is taken off. So is, from either, somebody who was asked and never agreed.
    """
    wanted, left = canonical(email), []
    for convener in petition.conveners:
        if canonical(convener.email) != wanted:
            left.append(convener)
        elif petition.state in ENDED and convener.accepted:
            left.append(replace(convener, email=""))
    return tuple(left)


def blank(person: Person) -> Person:
    """The person without a name, an address and an institution. Records refer to the id alone."""
    return replace(person, name="", email="", institution="", seats=(), version=person.version + 1)
