"""The groups of the demo association that were there before: one in the middle of its charge, one
whose renewal has just opened, and one that lacks a convener.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.groups import group as groups
from chalicelib.domain.groups.group import Charge, Convener, Group, term_end
from chalicelib.domain.groups.timetable import NOTHING_KNOWN, next_on
from chalicelib.domain.people.people import SYSTEM, Act, Role
from chalicelib.domain.times import last_day, local_date
from chalicelib.services.context import Services
from local.demo.people import MEMBERS, address


@dataclass(frozen=True)
class Living:
    """A group, its conveners' mailboxes, and how many days ago its charge took effect."""

    kind: str
    name: str
    charge: str
    conveners: tuple[str, ...]
    days: int
    meets: str
    discussion: str = ""


LIVING = (
    Living(
        "discussion-group",
        "Instruction at Small Colleges",
        "To exchange ways of teaching research skills where one or two librarians serve a whole "
        "college.",
        ("saskia",),
        700,
        "On the first Tuesday of each month, by video.",
        "https://connect.example.org/small-colleges",
    ),
    Living(
        "discussion-group",
        "Accessible Reading Rooms",
        "To discuss how reading rooms are made usable for everybody.",
        ("jose",),
        950,
        "Four times a year, by video, and at the annual conference.",
        "https://connect.example.org/reading-rooms",
    ),
    Living(
        "interest-group",
        "Research Data at Work",
        "To advise members on looking after research data, and to share tools and training for it.",
        ("amadou", "lucja"),
        500,
        "Every second month, by video.",
    ),
)


def add_groups(services: Services, now: datetime) -> None:
    """Adds those that are not there yet."""
    today = local_date(now, services.policy.association.zone)
    for living in LIVING:
        slug = groups.slug_of(living.name)
        if services.store.groups.get(slug) is None:
            _add(services, slug, living, today, now)


def _add(services: Services, slug: str, living: Living, today: date, now: datetime) -> None:
    began = today - timedelta(days=living.days)
    known = {local: (name, institution) for name, local, institution in MEMBERS}
    conveners = tuple(
        Convener(
            id=f"c{number}",
            name=known[local][0],
            email=address(local),
            institution=known[local][1],
            since=began,
            until=term_end(today, services.policy),
        )
        for number, local in enumerate(living.conveners, 1)
    )
    charge = Charge(
        number=1,
        name=living.name,
        text=living.charge,
        effective_on=began,
        ends_on=last_day(began, 3),
    )
    group = Group(
        id=slug,
        kind=living.kind,
        name=living.name,
        charge=charge,
        conveners=conveners,
        made_conveners=len(conveners),
        meets=living.meets,
        discussion_url=living.discussion,
    )
    new, event = groups.register(group, Act(SYSTEM, Role.SYSTEM, now - timedelta(days=60)))
    unit = services.store.transaction()
    due = next_on(new, today, NOTHING_KNOWN, services.policy)
    services.store.groups.add(unit, new, event, due)
    unit.commit()
