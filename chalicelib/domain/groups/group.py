"""A chartered group: its charge, its conveners, and where its renewal stands."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.people.people import Act
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.petitions.text import Convener as Petitioner
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, row
from chalicelib.domain.times import last_day, local_date


class State(StrEnum):
    """Where a group stands."""

    ACTIVE = "active"
    IN_RENEWAL = "in renewal"
    DISSOLVED = "dissolved"
    LAPSED = "lapsed"
    SUCCEEDED = "succeeded"


LIVING = frozenset({State.ACTIVE, State.IN_RENEWAL})


class Outcome(StrEnum):
    """What becomes of a charge that is up for renewal."""

    SAME = "same"  # renewed as it is
    CHANGED = "changed"  # renewed with another name or charge
    SUCCEEDED = "succeeded"  # another group carries the work on
    MERGED = "merged"  # the group becomes part of another one
    DISSOLVED = "dissolved"
    LAPSED = "lapsed"  # nobody answered


# Those after which the group goes on.
GOES_ON = frozenset({Outcome.SAME, Outcome.CHANGED})
# Those for which another group is named.
WITH_ANOTHER = frozenset({Outcome.SUCCEEDED, Outcome.MERGED})


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A version of what the group is there to do.

    Effective on `effective_on`; `ends_on` is its last day, or None where the policy sets no
    end. `motion_id` is the motion that made it, empty where it was made before this software, or
    adopted with the consent agenda of the meeting `meeting_id`. `conditions` are those that the
    Board made, a line for each; `name` is what the group was called under it.
    """

    number: int
    text: str
    effective_on: date
    ends_on: date | None
    motion_id: str = ""
    conditions: str = ""
    name: str = ""
    meeting_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Convener:
    """Somebody who leads the group, known by email address.

    Their term goes from `since` through `until`; None has no date. One who was invited leads it,
    and is named in public, once they have `accepted`; `replaces` is the id of the convener who
    hands over to them.
    """

    id: str
    name: str
    email: str = ""
    institution: str = ""
    accepted: bool = True
    invited_at: datetime | None = None
    since: date | None = None
    until: date | None = None
    replaces: str = ""


class Why(StrEnum):
    """Why a renewal is open."""

    END = "end"  # the charge ends
    ASKED = "asked"  # the conveners asked for a change before that
    REVIVAL = "revival"  # the group had ended


class Stage(StrEnum):
    """Where a renewal stands: it waits for its conveners, for staff, or for the Board."""

    OPEN = "open"
    SUBMITTED = "submitted"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the conveners want to become of the group. `name` and `charge` are as they are to be;
    `report` is what the group did. For an outcome `WITH_ANOTHER`, `other` is that group's address,
    and `agreement` how its conveners agreed; `name` and `charge` then are that group's.
    """

    outcome: str = ""
    name: str = ""
    charge: str = ""
    report: str = ""
    other: str = ""
    other_name: str = ""
    agreement: str = ""


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """One renewal of a group. `ends_on` is the last day of the charge in question, and the group
    lapses after `lapses_on` if nobody answers, at the earliest some days after `noticed_on`, when
    its conveners were told so; both are None where it does not lapse. `comments` are what staff or
    the Board said when they sent an answer back. A closed one has its `result` and `closed_on`.
    """

    number: int
    why: Why
    opened_on: date
    ends_on: date | None = None
    lapses_on: date | None = None
    noticed_on: date | None = None
    stage: Stage = Stage.OPEN
    answer: Answer = Answer()
    saved_at: datetime | None = None
    submitted_at: datetime | None = None
    submitted_by: str = ""
    comments: str = ""
    petition_id: str = ""
    meeting_id: str = ""
    document_id: str = ""
    document_number: str = ""
    result: str = ""
    closed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class CheckIn:
    """A group's yearly answer, for the association's year that ends on `year_ends`. `meetings` and
    `participants` are what the convener counted; `next_convener` says who leads it next year.
    """

    year_ends: date
    active: bool
    meetings: int
    participants: int
    next_convener: str = ""
    for_board: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group with its charge in force.

    `told` are the reminders that went out and are still of use to know. `checked_in` is the last
    of the `check_ins` yearly answers; `vacant_since` is since when it has fewer conveners than its
    kind asks for. `last_renewal` is the last one that was closed, and `renewals` counts those that
    were opened. A group that ended did so on `ended_on`, by the motion or the consent agenda named;
    `successor` is the address of the group that carries its work on, and `predecessors` are those
    whose work this one does. `discussion_url` and `list_address` are where it talks.
    """

    id: str
    kind: str
    name: str
    charge: Charge
    conveners: tuple[Convener, ...]
    state: State = State.ACTIVE
    version: int = 0
    head: str = ""
    petition_id: str = ""
    meeting_id: str = ""
    # The motion that established it, and since when it is there: both empty where nobody noted it.
    motion_id: str = ""
    since: datetime | None = None
    made_conveners: int = 0
    meets: str = ""
    discussion_url: str = ""
    list_address: str = ""
    liaison_id: str = ""
    liaison: str = ""
    renewal: Renewal | None = None
    last_renewal: Renewal | None = None
    renewals: int = 0
    checked_in: CheckIn | None = None
    check_ins: int = 0
    told: tuple[str, ...] = ()
    vacant_since: date | None = None
    ended_on: date | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_in: str = ""
    successor: str = ""
    successor_name: str = ""
    predecessors: tuple[str, ...] = ()

    @property
    def living(self) -> bool:
        """Whether it goes on, renewal or not."""
        return self.state in LIVING

    @property
    def acting(self) -> tuple[Convener, ...]:
        """The conveners who agreed to be, whether or not their term has ended: whoever's has goes
        on until somebody follows.
        """
        return tuple(c for c in self.conveners if c.accepted)

    def convened_by(self, email: str) -> bool:
        """Whether the address is one of the conveners' who may act."""
        wanted = canonical(email)
        return any(c.email and canonical(c.email) == wanted for c in self.acting)

    def invites(self, email: str) -> bool:
        """Whether the address is that of somebody who was invited and has not answered."""
        wanted = canonical(email)
        asked = (c for c in self.conveners if not c.accepted and c.email)
        return any(canonical(c.email) == wanted for c in asked)

    def convener(self, convener_id: str) -> Convener | None:
        """The convener with an id, invited or in place."""
        return next((c for c in self.conveners if c.id == convener_id), None)

    def in_place(self, on: date) -> tuple[Convener, ...]:
        """The conveners whose term holds on a day."""
        return tuple(c for c in self.acting if c.until is None or c.until >= on)


# Letters that have no plain letter inside them.
_SPELT_OUT = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l"}
    | {"Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ı": "i"}
)


def slug_of(name: str) -> str:
    """A readable address for a group's page: ASCII letters, digits and hyphens."""
    spelt = name.translate(_SPELT_OUT)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "group"


def chartered_otherwise(petition: Petition, motion: Motion) -> dict[str, str]:
    """What the Board decided otherwise than the petition asked: the name and the charge where they
    were amended, and the conditions if there are any.
    """
    asked = {"name": petition.text.name, "charge": petition.text.charge, "conditions": ""}
    given = {"name": motion.name, "charge": motion.charge, "conditions": motion.conditions}
    return {part: text for part, text in given.items() if text and text != asked[part]}


def term_end(start: date, policy: Policy) -> date:
    """The last day of a convener's term that begins on `start`: it ends with the association's
    year, or with the next one where so little of this one is left that nobody could settle in.
    """
    years, this_year = policy.convener_terms.years, policy.terms.year_begins(start, 1)
    if this_year - start <= timedelta(days=policy.check_in.settled_days):
        years += 1
    return policy.terms.year_begins(start, years) - timedelta(days=1)


def from_petition(
    petitioners: Sequence[Petitioner], on: date, policy: Policy
) -> tuple[Convener, ...]:
    """A petition's conveners as those of its group, each with a term."""
    until = term_end(on, policy)
    return tuple(
        Convener(
            id=f"c{number}",
            name=one.name,
            email=one.email,
            institution=one.institution,
            since=on,
            until=until,
        )
        for number, one in enumerate(petitioners, 1)
    )


def charter(
    slug: str,
    petition: Petition,
    motion: Motion,
    policy: Policy,
    by: Act,
) -> tuple[Group, Event]:
    """The group that a carried motion makes of a petition, with name, charge and conditions as the
    motion gives them after its amendments.

    Its charge takes effect on the day of the announcement in the association's zone; its last
    day completes the policy's number of years.
    """
    rule = policy.unit(petition.kind, petition.begun_on)
    effective = local_date(by.at, policy.association.zone)
    ends = last_day(effective, rule.charge_years) if rule.charge_years else None
    name = motion.name or petition.text.name
    charge = Charge(
        number=1,
        name=name,
        text=motion.charge or petition.text.charge,
        conditions=motion.conditions,
        effective_on=effective,
        ends_on=ends,
        motion_id=motion.id,
    )
    blank = Group(
        id=slug,
        kind=petition.kind,
        name=name,
        charge=charge,
        conveners=from_petition(petition.acting, effective, policy),
        made_conveners=len(petition.acting),
        petition_id=petition.id,
        meeting_id=motion.meeting_id,
        motion_id=motion.id,
        since=by.at,
    )
    return advance(
        blank,
        "group",
        "charter",
        by,
        before="",
        data={
            "petition": petition.id,
            "motion": motion.id,
            "effective_on": effective.isoformat(),
            "ends_on": ends.isoformat() if ends else "",
        },
        kept={f"charge/{charge.number}": row(charge)},
        state=State.ACTIVE,
    )


def register(group: Group, by: Act) -> tuple[Group, Event]:
    """A group that was chartered before this software, taken into its record."""
    data = {"effective_on": group.charge.effective_on.isoformat()}
    if group.liaison:
        data["liaison"] = group.liaison
    return advance(
        group,
        "group",
        "register",
        by,
        before="",
        data=data,
        kept={f"charge/{group.charge.number}": row(group.charge)},
        state=State.ACTIVE,
    )


def edit(
    group: Group, meets: str, discussion_url: str, list_address: str, by: Act
) -> tuple[Group, Event | None]:
    """The group with how it meets and where it talks. Without an event nothing is different."""
    changes: dict[str, Any] = {
        "meets": meets,
        "discussion_url": discussion_url,
        "list_address": list_address,
    }
    if replace(group, **changes) == group:
        return group, None
    # An address has no place in an event, even that of a mailing list.
    data = {"meets": meets, "discussion_url": discussion_url}
    return advance(group, "group", "edit-details", by, before=group.state, data=data, **changes)


def name_liaison(group: Group, person_id: str, name: str, by: Act) -> tuple[Group, Event]:
    """The group with a member of the Board who looks after it, or with nobody."""
    return advance(
        group,
        "group",
        "name-liaison",
        by,
        before=group.state,
        data={"liaison": name},
        liaison_id=person_id,
        liaison=name,
    )
