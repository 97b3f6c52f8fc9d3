"""Reading who people are: one's own account, seats, staff, and requests for erasure."""

import json
from datetime import date, datetime
from typing import Any

from chalicelib.domain.people import seating
from chalicelib.services.people import seats
from chalicelib.services.privacy import personal, privacy
from chalicelib.web.api import present, shapes
from chalicelib.web.api.operations import Shape, reads
from chalicelib.web.petitions.api import History, in_words
from chalicelib.web.privacy.privacy import SESSIONS
from chalicelib.web.record.history import seat_steps
from chalicelib.web.request import Request

SHOWN = 100


class Session(Shape):
    """A signed-in browser."""

    key: str
    began_at: datetime
    expires_at: datetime
    agent: str


class Sessions(Shape):
    """Where one is signed in, the newest first."""

    sessions: list[Session]


class Tokens(Shape):
    """One's access tokens, the newest first."""

    tokens: list[shapes.AccessToken]


class OwnData(Shape):
    """Everything that is kept about whoever asks."""

    data: dict[str, Any]


class SeatRow(Shape):
    """An office, and who holds it today."""

    office: str
    voting: bool
    person: str | None
    name: str | None
    seat: str | None
    since: date | None
    until: date | None


class Seats(Shape):
    """The Board today."""

    seats: list[SeatRow]


class Staff(Shape):
    """The staff, by name."""

    staff: list[shapes.StaffMember]


class Rule(Shape):
    """What is kept about people: why, who sees it, how long, and what happens then."""

    what: str
    title: str
    purpose: str
    seen_by: str
    until: str
    days: int | None
    then: str
    source: str


class Rules(Shape):
    """Everything that is kept about people."""

    rules: list[Rule]


class Erasures(Shape):
    """The requests for erasure that are open."""

    erasures: list[shapes.Erasure]


@reads("/account", shapes.Account, tag="account", command="data.read")
def account_read(request: Request) -> dict[str, Any]:
    """Who asks."""
    return present.account(request.actor)


@reads("/account/sessions", Sessions, tag="account", command="data.read")
def account_sessions(request: Request) -> dict[str, Any]:
    """Where one is signed in."""
    found = request.services.store.people.sessions_of(request.actor.id)
    return {"sessions": found}


@reads("/account/tokens", Tokens, tag="account", command="data.read")
def account_tokens(request: Request) -> dict[str, Any]:
    """One's access tokens."""
    found = request.services.store.access_tokens.of_person(request.actor.id)
    names = [name for name in shapes.AccessToken.model_fields if name != "secret"]
    return {"tokens": [{name: getattr(one, name) for name in names} for one in found]}


@reads("/account/data", OwnData, tag="account", command="data.read")
def account_data(request: Request) -> dict[str, Any]:
    """Everything that is kept about whoever asks."""
    found = privacy.own_data(request.services, request.actor)
    plain = personal.as_plain(found, request.services.clock())
    data: dict[str, Any] = json.loads(json.dumps(plain))
    return {"data": data}


@reads("/seats", Seats, tag="people", command="staff.read")
def seats_list(request: Request) -> dict[str, Any]:
    """Every office, and who holds it today."""
    services = request.services
    everyone = seats.everyone(services, services.store.seats.register())
    view = seating.overview(everyone, services.policy, services.today())
    return {"seats": [_seat(row) for row in view.rows]}


def _seat(row: seating.Row) -> dict[str, Any]:
    held = row.held
    return {
        "office": row.office,
        "voting": row.voting,
        "person": held.person.id if held else None,
        "name": held.person.name if held else None,
        "seat": held.seat.id if held else None,
        "since": held.seat.since if held else None,
        "until": held.seat.until if held else None,
    }


@reads("/staff", Staff, tag="people", command="staff.read")
def staff_list(request: Request) -> dict[str, Any]:
    """The staff."""
    found = sorted(request.services.store.people.staff(), key=lambda person: person.name)
    return {"staff": [present.of_staff(person) for person in found]}


@reads("/seats/history", History, tag="people", command="staff.read")
def seats_history(request: Request) -> dict[str, Any]:
    """The latest changes of seats and staff, the newest first."""
    return {"steps": in_words(seat_steps(request.services.store.seats.history(limit=SHOWN)))}


@reads("/privacy", Rules, tag="people")
def privacy_rules(request: Request) -> dict[str, Any]:
    """What is kept about people, for how long, and what happens then."""
    return {"rules": [*request.services.policy.retention, *SESSIONS]}


@reads("/erasures", Erasures, tag="people", command="data.erase")
def erasures_list(request: Request) -> dict[str, Any]:
    """The requests for erasure that are open."""
    return {"erasures": request.services.store.privacy.requests()}
