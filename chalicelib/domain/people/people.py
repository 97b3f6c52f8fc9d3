"""People, the seats they hold, and who is acting."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may be to a thing. One person may hold several."""

    ANYONE = "anyone"
    MEMBER = "member"  # an email address that its owner confirmed
    CONVENER = "convener"  # of this petition or group
    SENDER = "sender"  # sent this document to the Board
    INVITED = "invited"  # to convene this petition, and has not answered
    SIGNATORY = "signatory"  # holds the link of this signature
    BOARD = "board"  # any seat at the table, with a vote or without
    VOTING = "voting"
    PRESIDING = "presiding"
    STAFF = "staff"
    ADMIN = "administrator"
    SYSTEM = "system"  # a scheduled or queued job


@dataclass(frozen=True)
class Seat:
    """A seat on the Board: an office, and the term for which somebody holds it.

    `since` and `until` are the term's first and last day in the association's zone; None is an
    end that is open. A seat that was given and never taken up ends on the day before its first.
    `id` tells it from the person's other seats. `reason` is why it was ended before its time.
    """

    office: str
    voting: bool = True
    presiding: bool = False
    until: date | None = None
    since: date | None = None
    id: str = ""
    reason: str = ""

    def held_on(self, day: date) -> bool:
        """Whether the day lies within the term."""
        return (self.since is None or self.since <= day) and not self.over_on(day)

    def over_on(self, day: date) -> bool:
        """Whether the term has ended before the day."""
        return self.until is not None and self.until < day


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who has signed in at least once, or was invited.

    `seats` are all that they hold, held, or are to hold: a vice-president until June 30 may be
    president from July 1. Who somebody is follows from the day.
    """

    id: str
    name: str
    email: str
    institution: str = ""
    staff: bool = False
    admin: bool = False
    seats: tuple[Seat, ...] = ()
    version: int = 1

    def seat_on(self, day: date) -> Seat | None:
        """The seat that they hold on a day, or None. Of two, one that votes comes first."""
        held = [seat for seat in self.seats if seat.held_on(day)]
        return max(held, key=lambda seat: seat.voting, default=None)


@dataclass(frozen=True)
class Actor:
    """Who gives a command, with the roles that do not depend on the thing acted on.

    `network` is the IP address that the request came from, empty where none is known. It is
    compared and counted as a keyed digest, never stored and never printed, and who somebody is
    does not depend on it. `term_ended` is the last day of the Board's seat that they held last,
    where they hold none now: a refusal then says so. `scopes` are those of the access token by
    which a program acts for the person; None where they act themselves.
    """

    person: Person | None = None
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.ANYONE}))
    network: str = field(default="", repr=False, compare=False)
    term_ended: date | None = field(default=None, repr=False, compare=False)
    scopes: frozenset[str] | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The person's id; empty for a visitor or a job."""
        return self.person.id if self.person else ""

    @property
    def name(self) -> str:
        """The name as the record shows it."""
        if self.person:
            return self.person.name or self.person.email.partition("@")[0]
        return "Groundswell" if Role.SYSTEM in self.roles else ""

    def having(self, *roles: Role) -> "Actor":
        """The same actor with roles that hold for the thing at hand."""
        return replace(self, roles=self.roles | frozenset(roles))


@dataclass(frozen=True)
class Act:
    """Who acts, in which of their roles, and when."""

    actor: Actor
    role: Role
    at: datetime


VISITOR = Actor()
SYSTEM = Actor(None, frozenset({Role.ANYONE, Role.SYSTEM}))


def actor_for(person: Person, on: date) -> Actor:
    """The actor that `person` is on the day `on`: a seat gives its roles within its term."""
    roles = {Role.ANYONE, Role.MEMBER}
    if person.staff or person.admin:
        roles.add(Role.STAFF)
    if person.admin:
        roles.add(Role.ADMIN)
    for seat in person.seats:
        if seat.held_on(on):
            roles.add(Role.BOARD)
            if seat.voting:
                roles.add(Role.VOTING)
            if seat.presiding:
                roles.add(Role.PRESIDING)
    over = [seat.until for seat in person.seats if seat.until and seat.over_on(on)]
    ended = max(over) if over and Role.BOARD not in roles else None
    return Actor(person, frozenset(roles), term_ended=ended)
