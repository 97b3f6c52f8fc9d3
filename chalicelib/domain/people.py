"""People, the seats they hold, and who is acting."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may be to a thing. One person may hold several."""

    ANYONE = "anyone"
    MEMBER = "member"  # an e-mail address that its owner confirmed
    CONVENER = "convener"  # of this petition or group
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
    """A seat on the Board. `since` and `until` are the term's first and last day, or None."""

    office: str
    voting: bool = True
    presiding: bool = False
    until: date | None = None
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who has signed in at least once, or was invited."""

    id: str
    name: str
    email: str
    institution: str = ""
    staff: bool = False
    admin: bool = False
    seat: Seat | None = None
    version: int = 1


@dataclass(frozen=True)
class Actor:
    """Who gives a command, with the roles that do not depend on the thing acted on.

    `network` is the IP address that the request came from, empty where none is known. It is
    compared and counted as a keyed digest, never stored and never printed, and who somebody is
    does not depend on it.
    """

    person: Person | None = None
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.ANYONE}))
    network: str = field(default="", repr=False, compare=False)

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
    """The actor that `person` is on the day `on`; a seat whose term has ended gives no role."""
    roles = {Role.ANYONE, Role.MEMBER}
    if person.staff or person.admin:
        roles.add(Role.STAFF)
    if person.admin:
        roles.add(Role.ADMIN)
    seat = person.seat
    if seat and (seat.until is None or on <= seat.until):
        roles.add(Role.BOARD)
        if seat.voting:
            roles.add(Role.VOTING)
        if seat.presiding:
            roles.add(Role.PRESIDING)
    return Actor(person, frozenset(roles))
