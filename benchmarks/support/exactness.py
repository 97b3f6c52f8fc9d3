"""Whether a count stays exact while requests fail, come twice and are sent again.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

import random
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

from benchmarks.support.crew import Crew, Hands
from benchmarks.support.crowd import Crowd, Invited, on_roster
from benchmarks.support.faults import Faults
from chalicelib import bootstrap
from chalicelib.domain.errors import (
    ConcurrentChangeError,
    ConflictError,
    NotFoundError,
    ValidationError,
)
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.signing.signature import Signature, State, counts
from chalicelib.services import sweep
from chalicelib.services.signing.signing import confirm_by_link
from chalicelib.storage import keys

# One link in so many is followed twice: every other one of those at the same instant.
REPEATED = 20
TWICE = "handler_twice"
TWICE_SHARE = 0.05
# So often does a person press the button again when the page said that something went wrong.
PRESSES = 12
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Visit:
    """Somebody who follows their link: `luck` tells one visit's faults from another's."""

    invited: Invited
    luck: str
    at_once_with: int | None = None


@dataclass
class Happened:
    """What the visits came to."""

    visits: int = 0
    pressed_again: int = 0
    # Answers that are no success and no invitation to try again, and people who gave up.
    refused: int = 0
    gave_up: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    # How often the table took a write of each row, by its sort key.
    writes: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Happened") -> None:
        """Adds what happened elsewhere."""
        for name, value in vars(other).items():
            if isinstance(value, Counter):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class FollowLinks:
    """The visits that one process makes on its threads."""

    visits: list[Visit]
    seed: int

    def run(self, hands: Hands) -> Happened:
        """Makes them in order, as many at a time as there are threads."""
        faults, todo = Faults(self.seed), deque(self.visits)
        pairs = {v.at_once_with: Barrier(2) for v in self.visits if v.at_once_with is not None}
        happened = Happened()

        def work() -> list[Happened]:
            done = []
            with suppress(IndexError):
                while True:
                    visit = todo.popleft()
                    if visit.at_once_with is not None:
                        pairs[visit.at_once_with].wait(WAIT_SECONDS)
                    done.append(self._visit(visit, faults))
            return done

        with faults.installed():
            for one in hands.each(work):
                for each in one:
                    happened.add(each)
        happened.faults.update(faults.counted)
        happened.writes.update(faults.writes())
        return happened

    def _visit(self, visit: Visit, faults: Faults) -> Happened:
        """Presses the button until the page says that it is done."""
        happened = Happened(visits=1)
        twice = random.Random(f"{self.seed}/{visit.luck}")
        with faults.meeting(visit.luck):
            for _ in range(PRESSES):
                try:
                    if twice.random() < TWICE_SHARE:
                        # The platform runs the request a second time; the first answer is lost.
                        faults.count(TWICE)
                        with suppress(Exception):
                            _press(visit.invited)
                    _press(visit.invited)
                except Exception as error:  # noqa: BLE001
                    happened.errors[type(error).__name__] += 1
                    known = isinstance(error, (ConflictError, ValidationError, NotFoundError))
                    if known and not isinstance(error, ConcurrentChangeError):
                        happened.refused += 1
                        return happened
                    happened.pressed_again += 1
                else:
                    return happened
        happened.gave_up += 1
        return happened


def _press(invited: Invited) -> None:
    confirm_by_link(bootstrap.services(), VISITOR, invited.token, invited.seen)


@dataclass(frozen=True)
class Recount:
    """The rows counted one by one beside what the product says, and beside what must be."""

    tally: tuple[int, int]
    rows: tuple[int, int]
    expected: tuple[int, int]
    lost: int
    doubled: int
    without_letter: int
    threshold_events: int

    @property
    def error(self) -> int:
        """By how much the counts are wrong, all differences added up."""
        return _apart(self.tally, self.rows) + _apart(self.rows, self.expected)


def _apart(one: tuple[int, int], other: tuple[int, int]) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def measure(crowd: Crowd, crew: Crew, count: int, seed: int) -> tuple[Happened, int, Recount]:
    """What happened, how many links were followed twice, and what the count is afterwards."""
    petition = crowd.petition()
    invited = crowd.pending(petition, range(count), crew)
    plans, repeated = plan(invited, crew.processes, seed)
    happened = Happened()
    for one in crew.do([FollowLinks(visits, seed) for visits in plans]):
        happened.add(one)
    return happened, repeated, recount(crowd, petition, invited, happened.writes)


def plan(invited: list[Invited], processes: int, seed: int) -> tuple[list[list[Visit]], int]:
    """Who follows their link in which process and order, and how many do so twice."""
    shuffled = list(invited)
    random.Random(seed).shuffle(shuffled)
    plans: list[list[Visit]] = [[] for _ in range(processes)]
    later: list[tuple[int, Visit]] = []
    repeated = 0
    for place, one in enumerate(shuffled):
        process = place % processes
        first, again = str(one.number), f"{one.number} again"
        if place % REPEATED:
            plans[process].append(Visit(one, first))
            continue
        repeated += 1
        if repeated % 2:
            # Side by side in the order of work, so that two threads meet.
            plans[process] += [Visit(one, first, one.number), Visit(one, again, one.number)]
        else:
            plans[process].append(Visit(one, first))
            later.append(((process + 1) % processes, Visit(one, again)))
    for process, visit in later:
        plans[process].append(visit)
    return plans, repeated


def recount(
    crowd: Crowd, petition_id: str, invited: list[Invited], writes: Counter[str]
) -> Recount:
    """Counts the rows by strongly consistent reads, and compares."""
    services, store = crowd.services, crowd.services.store.petitions
    found = store.get(petition_id)
    assert found is not None
    if found.threshold_at is None:
        # Whoever would have noted the crossing may have met a fault then: the sweep does it.
        sweep.sweep(services)
    read = store.read(petition_id, True)
    assert read is not None
    petition, events = read
    rows: dict[str, Signature] = {row.key: row for row in store.signatures(petition_id)}
    sums = [counts(row, petition) for row in rows.values()]
    known = sum(on_roster(one.number) for one in invited)
    lost = doubled = without_letter = 0
    for one in invited:
        row: Any = rows.get(one.key)
        expected = State.VERIFIED if on_roster(one.number) else State.CONFIRMED
        if row is None or row.state != expected:
            lost += 1
            continue
        # Each write that confirms makes a letter of thanks due, and moves the version by one.
        times = max(row.version - one.version, writes[keys.signature(petition_id, one.key)[1]])
        doubled += times - 1
        without_letter += row.letter != "thanks"
    return Recount(
        tally=(petition.confirmed, petition.verified),
        rows=(sum(c for c, _ in sums), sum(v for _, v in sums)),
        expected=(len(invited) - known, known),
        lost=lost + abs(len(rows) - len(invited)),
        doubled=doubled,
        without_letter=without_letter,
        threshold_events=sum(event.command == "reach-threshold" for event in events),
    )
