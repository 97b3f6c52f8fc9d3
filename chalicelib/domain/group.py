"""A chartered group and its charge."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.events import Event
from chalicelib.domain.motion import Motion
from chalicelib.domain.people import Act
from chalicelib.domain.petition import Petition
from chalicelib.domain.petition_text import Convener
from chalicelib.domain.policy import Policy
from chalicelib.domain.record import advance, row
from chalicelib.domain.times import last_day, local_date


class State(StrEnum):
    """Where a group stands."""

    ACTIVE = "active"
    IN_RENEWAL = "in renewal"
    DISSOLVED = "dissolved"
    LAPSED = "lapsed"
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A version of what the group is there to do.

    Effective on `effective_on`; `ends_on` is its last day, or None where the policy sets no
    end. `motion_id` is the motion that made it, empty where it was made before this software.
    `conditions` are those that the Board made, a line for each.
    """

    number: int
    text: str
    effective_on: date
    ends_on: date | None
    motion_id: str = ""
    conditions: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group with its charge in force."""

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
    charge = Charge(
        number=1,
        text=motion.charge or petition.text.charge,
        conditions=motion.conditions,
        effective_on=effective,
        ends_on=ends,
        motion_id=motion.id,
    )
    blank = Group(
        id=slug,
        kind=petition.kind,
        name=motion.name or petition.text.name,
        charge=charge,
        conveners=petition.acting,
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
    return advance(
        group,
        "group",
        "register",
        by,
        before="",
        data={"effective_on": group.charge.effective_on.isoformat()},
        kept={f"charge/{group.charge.number}": row(group.charge)},
        state=State.ACTIVE,
    )
