"""Living groups in any number, and some for which something falls due today.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.groups import group as groups
from chalicelib.domain.groups import timetable
from chalicelib.domain.groups.group import Charge, Convener, Group
from chalicelib.domain.people.people import SYSTEM, Act, Role
from chalicelib.domain.times import last_day
from chalicelib.services.context import Services
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import to_body

CHARGE = (
    "To share how libraries help community groups keep their own records: agreements, storage, "
    "description, and what happens when a volunteer moves away."
)
# So long before its end that nothing falls due within the measurement.
QUIET = timedelta(days=600)


def group_of(slug: str, began: date, ends: date, until: date) -> Group:
    """A discussion group with two conveners whose terms end on `until`."""
    return Group(
        id=slug,
        kind="discussion-group",
        name=f"Stewardship of Community Archives {slug}",
        charge=Charge(number=1, text=CHARGE, effective_on=began, ends_on=ends),
        conveners=tuple(
            Convener(
                id=f"c{n}",
                name=f"Wilhelmina Achterberg {slug}",
                email=f"first.lastname.{slug}.{n}@library.example.org",
                institution="Northgate State University Libraries",
                since=began,
                until=until,
            )
            for n in (1, 2)
        ),
        made_conveners=2,
    )


def fill(services: Services, first: int, count: int) -> None:
    """Adds so many groups for which nothing is due, as the store writes them, without their
    records.
    """
    today = services.today()
    act = Act(SYSTEM, Role.SYSTEM, services.clock())
    items = []
    for n in range(first, first + count):
        began = today - timedelta(days=300 + n % 400)
        blank = group_of(f"quiet-{n:06d}", began, today + QUIET, today + QUIET)
        group, _ = groups.register(blank, act)
        items.append(services.store.groups._group(group, today + timedelta(days=100 + n % 300)))
        items.append(Item(keys.group(group.id), keys.charge(1), body=to_body(group.charge)))
    services.store.table.write_many(items)


def make_due(services: Services, name: str, each: int) -> int:
    """Groups for which something is to be done today: so many whose renewal opens, so many whose
    conveners are reminded, and so many that lack a convener. How many there are in all.
    """
    today, policy = services.today(), services.policy
    rule = policy.renewal(today)
    made = 0
    for n in range(each):
        opens = today + timedelta(days=rule.opens_days)
        _add(services, f"{name}-opens-{n}", opens, today + QUIET, today)
        before = sorted({r.days for r in policy.renewal_reminders if r.count_from == "end"})
        ends = today + timedelta(days=before[-2])
        _add(services, f"{name}-reminded-{n}", ends, today + QUIET, today, opened=True)
        # Its conveners' terms ended yesterday.
        _add(services, f"{name}-vacant-{n}", today + QUIET, today - timedelta(days=1), today)
        made += 3
    return made


def _add(
    services: Services, slug: str, ends: date, until: date, today: date, *, opened: bool = False
) -> None:
    policy = services.policy
    act = Act(SYSTEM, Role.SYSTEM, services.clock())
    began = last_day(ends, -3) + timedelta(days=2)
    group, event = groups.register(group_of(slug, began, ends, until), act)
    store = services.store.groups
    unit = services.store.transaction()
    store.add(unit, group, event, today)
    unit.commit()
    if not opened:
        return
    # Opened some weeks ago, so that the reminders before today's are covered by that letter.
    long_ago = replace(act, at=act.at - timedelta(days=80))
    due = timetable.first_due(group, today - timedelta(days=80), timetable.NOTHING_KNOWN, policy)
    assert due is not None
    assert due.what == timetable.What.OPENING
    opening, told = timetable.take(group, due, timetable.NOTHING_KNOWN, policy, long_ago)
    unit = services.store.transaction()
    store.save(unit, group, opening, (told,), today)
    unit.commit()
