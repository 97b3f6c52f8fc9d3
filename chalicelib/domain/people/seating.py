"""Who sits where on the Board on which day: what staff are shown of it, and what is too much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.people.people import Person, Seat
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import last_day, long_date

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Held:
    """A seat with the person whose it is."""

    person: Person
    seat: Seat


@dataclass(frozen=True)
class Row:
    """An office on a day: who holds it, and what comes next, in words. Nobody: it is vacant."""

    office: str
    held: Held | None
    voting: bool
    next: str


@dataclass(frozen=True)
class Concern:
    """More than the policy foresees, on the first `day` on which it is so."""

    day: date
    words: str


@dataclass(frozen=True)
class Overview:
    """The Board on a day. `voting` of the policy's `seats` with a vote are filled."""

    rows: list[Row]
    voting: int
    seats: int
    concerns: list[Concern]
    ending: list[Held]
    to_come: list[Held]
    past: list[Held]

    @property
    def vacant(self) -> list[str]:
        """The offices with a vote that nobody holds."""
        return [row.office for row in self.rows if row.voting and row.held is None]


def overview(people: Sequence[Person], policy: Policy, today: date) -> Overview:
    """The Board as it is on a day, and what staff should know of the days around it."""
    held = [Held(person, seat) for person in people for seat in person.seats]
    now = [one for one in held if one.seat.held_on(today)]
    soon = today + timedelta(days=policy.terms.ending_days)
    return Overview(
        rows=_rows(held, policy, today),
        voting=_voters(now),
        seats=policy.board(today).seats,
        concerns=concerns((), people, policy, today),
        ending=sorted(
            (one for one in now if one.seat.until and one.seat.until <= soon),
            key=lambda one: (str(one.seat.until), one.seat.office),
        ),
        to_come=sorted(
            (one for one in held if not one.seat.over_on(today) and not one.seat.held_on(today)),
            key=lambda one: (str(one.seat.since), one.seat.office),
        ),
        past=sorted(
            (one for one in held if one.seat.over_on(today)),
            key=lambda one: (str(one.seat.until), one.seat.office),
            reverse=True,
        ),
    )


def _rows(held: Sequence[Held], policy: Policy, today: date) -> list[Row]:
    known = {title: o.voting for o in policy.offices(today) for title in o.titles}
    here: dict[str, list[Held]] = {title: [] for title in known}
    for one in held:
        if one.seat.held_on(today):
            # An office that the policy does not know any more is shown while somebody holds it.
            here.setdefault(one.seat.office, []).append(one)
    rows = []
    for office, holders in here.items():
        coming = [one for one in held if one.seat.office == office]
        for one in holders:
            rows.append(Row(office, one, one.seat.voting, _next(one, coming)))
        if not holders:
            rows.append(Row(office, None, known[office], _first(coming, today)))
    return rows


def _next(one: Held, coming: Iterable[Held]) -> str:
    """What comes after somebody in their office."""
    last = one.seat.until
    if last is None:
        return "No end is set"
    later = [c for c in coming if c.seat.since and c.seat.since > last and not _unused(c.seat)]
    follower = min(later, key=lambda c: str(c.seat.since), default=None)
    vacant = f"Vacant from {long_date(last + DAY)}"
    if follower is None or follower.seat.since is None:
        return vacant
    follows = f"{follower.person.name} from {long_date(follower.seat.since)}"
    return follows if follower.seat.since == last + DAY else f"{vacant}; {follows}"


def _first(coming: Iterable[Held], today: date) -> str:
    later = [c for c in coming if c.seat.since and c.seat.since > today and not _unused(c.seat)]
    follower = min(later, key=lambda c: str(c.seat.since), default=None)
    if follower is None or follower.seat.since is None:
        return "Nobody yet"
    return f"{follower.person.name} from {long_date(follower.seat.since)}"


def _unused(seat: Seat) -> bool:
    """Whether the seat was given and never taken up."""
    return bool(seat.since and seat.until and seat.until < seat.since)


def _voters(held: Iterable[Held]) -> int:
    return len({one.person.id for one in held if one.seat.voting})


def concerns(
    before: Sequence[Person], after: Sequence[Person], policy: Policy, today: date
) -> list[Concern]:
    """What would be too much from today on and was not before: more voting seats filled than the
    policy has, or an office held by two. Each is told once, for its first day.
    """
    found: dict[str, Concern] = {}
    for day in _days(before, after, today):
        was, now = _excess(before, policy, day), _excess(after, policy, day)
        for what, (number, words) in now.items():
            if number > was.get(what, (0, ""))[0]:
                found.setdefault(what, Concern(day, words))
    return sorted(found.values(), key=lambda concern: concern.day)


def _days(before: Sequence[Person], after: Sequence[Person], today: date) -> list[date]:
    """The days from today on with which something about the seats changes."""
    seats = [seat for person in (*before, *after) for seat in person.seats]
    begin = {seat.since for seat in seats if seat.since}
    end = {seat.until + DAY for seat in seats if seat.until and seat.until < date.max}
    return sorted({today} | {day for day in begin | end if day > today})


def _excess(people: Sequence[Person], policy: Policy, day: date) -> dict[str, tuple[int, str]]:
    """What is too much on a day: how many there are, and in words."""
    held = [Held(p, seat) for p in people for seat in p.seats if seat.held_on(day)]
    found = {}
    offices: dict[str, list[str]] = {}
    for one in held:
        offices.setdefault(one.seat.office, []).append(one.person.name)
    for office, names in offices.items():
        if len(names) > 1:
            who = " and ".join(sorted(names))
            words = f"From {long_date(day)}, {who} hold one office, {office}, at once."
            found[office] = (len(names), words)
    voting, seats = _voters(held), policy.board(day).seats
    if voting > seats:
        words = f"From {long_date(day)}, {voting} voting seats are filled; there are {seats}."
        found[""] = (voting, words)
    return found


@dataclass(frozen=True)
class Suggestion:
    """What a form for an office begins with."""

    since: date
    until: date


def suggested(office: str, people: Sequence[Person], policy: Policy, today: date) -> Suggestion:
    """A term to begin a form with: after whoever holds the office, or now where nobody does.

    It begins with the association's year, and lasts as long as a term of that office; of a vacancy
    it is what is left of the running year.
    """
    terms = policy.terms
    years = next((o.years for o in policy.offices(today) if office in o.titles), 1)
    seats = [seat for p in people for seat in p.seats if seat.office == office]
    lasts = [seat.until for seat in seats if not seat.over_on(today) and seat.until]
    vacant = office and not any(not seat.over_on(today) for seat in seats)
    if vacant:
        return Suggestion(today, terms.year_begins(today, 1) - DAY)
    since = max(lasts) + DAY if lasts else terms.year_begins(today, 1)
    return Suggestion(since, last_day(since, years))
