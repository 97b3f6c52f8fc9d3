"""A living group in the world of the tests, and what happens to it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.groups import group as groups
from chalicelib.domain.groups.group import Charge, Convener, Group
from chalicelib.domain.groups.timetable import NOTHING_KNOWN, next_on
from chalicelib.domain.people.people import SYSTEM, Act, Person, Role
from chalicelib.domain.times import last_day
from chalicelib.services.groups import timetable
from chalicelib.services.people.tokens import new_id
from local.demo.people import address
from tests.services.world import VOTERS, World

SLUG = "open-textbooks"
CHARGE = "To share what it takes to keep openly licensed textbooks up to date."
# Half a year before the end of a charge that began on January 26, 2024.
OPENS = date(2026, 7, 29)
CHANGED = "To share what it takes to find, adopt and keep openly licensed textbooks."


def found(world: World, slug: str = SLUG) -> Group:
    """The group as it is stored."""
    group = world.services.store.groups.get(slug)
    assert group
    return group


def begin(
    world: World,
    slug: str = SLUG,
    *,
    kind: str = "discussion-group",
    name: str = "Open Textbooks",
    since: date = date(2024, 1, 26),
    conveners: tuple[str, ...] = ("rowan", "noor"),
    until: date | None = None,
    ends: date | None = None,
) -> Group:
    """A group that was there before, whose charge runs three years."""
    policy = world.services.policy
    ends = ends or last_day(since, 3)
    charge = Charge(number=1, name=name, text=CHARGE, effective_on=since, ends_on=ends)
    blank = Group(
        id=slug,
        kind=kind,
        name=name,
        charge=charge,
        conveners=tuple(
            Convener(
                id=f"c{n}",
                name=who.title(),
                email=address(who),
                institution="Lakeshore University",
                since=since,
                until=until or ends + timedelta(days=400),
            )
            for n, who in enumerate(conveners, 1)
        ),
        made_conveners=len(conveners),
    )
    act = Act(SYSTEM, Role.SYSTEM, world.clock())
    new, event = groups.register(blank, act)
    unit = world.services.store.transaction()
    due = next_on(new, world.services.today(), NOTHING_KNOWN, policy)
    world.services.store.groups.add(unit, new, event, due)
    unit.commit()
    return new


def in_renewal(world: World) -> World:
    """A group whose renewal has opened by itself, and a meeting of the Board to come."""

    def live(world: World) -> None:
        begin(world)
        go_to(world, OPENS)
        world.ids["meeting"] = meeting_on(world, date(2026, 11, 20))
        sweep(world)

    return world.once("in renewal", live)


def go_to(world: World, day: date, hour: int = 9) -> None:
    """The clock of the association at an hour of a day."""
    zone = ZoneInfo(world.services.policy.association.zone)
    world.clock.now = datetime.combine(day, time(hour), zone)


def sweep(world: World) -> timetable.Kept:
    """The job, and the workers after it."""
    kept = timetable.keep_all(world.services)
    assert kept.failed == 0
    world.deliver_all()
    return kept


def through(world: World, day: date, every: int = 1) -> None:
    """The job runs on each day up to one, or on each so many-th and on the last."""
    now = world.services.today()
    while now < day:
        now = min(now + timedelta(days=every), day)
        go_to(world, now)
        sweep(world)


def member(world: World, who: str, name: str = "") -> Person:
    """Somebody who has signed in once."""
    new = Person(id=new_id(), name=name or who.title(), email=address(who))
    unit = world.services.store.transaction()
    world.services.store.people.add(unit, new)
    unit.commit()
    return new


def answer(world: World, who: str = "rowan", slug: str = SLUG, **data: Any) -> Group:
    """The conveners send their answer."""
    filled = {"outcome": "same", "report": "It met four times, and twelve people came.", **data}
    group: Group = world.do(who, "renewal.submit", slug, **filled)
    world.deliver_all()
    return group


def meeting_on(world: World, day: date, title: str = "Board II") -> str:
    """Staff plan a meeting."""
    return world.plan_meeting(day=str(day), title=title, code=f"ACRL {title}")


def hold(world: World, meeting_id: str) -> None:
    """The meeting is called to order on its day, with everybody there."""
    meeting = world.services.store.board.meeting(meeting_id)
    assert meeting
    world.clock.now = max(meeting.starts_at, world.clock())
    present = [world.person(who).id for who in VOTERS]
    world.do("president", "meeting.begin", meeting_id, present=present)


def decide(world: World, meeting_id: str, number: str, choice: str = "yes", **move: Any) -> str:
    """A motion on a document, moved, seconded, voted on and announced; its id."""
    motion = world.do("director1", "motion.move", meeting_id, document=number, **move)
    world.do("director2", "motion.second", motion.id)
    vote(world, motion.id, choice)
    return str(motion.id)


def vote(world: World, motion_id: str, choice: str = "yes") -> None:
    """An opened motion voted on by the directors, and its result announced."""
    world.do("president", "motion.open", motion_id)
    for number in range(1, 9):
        world.do(f"director{number}", "motion.vote", motion_id, choice=choice)
    world.do("president", "motion.close", motion_id)
    world.do("president", "motion.announce", motion_id)
    world.deliver_all()
