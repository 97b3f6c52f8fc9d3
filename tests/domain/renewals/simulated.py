"""Years of an association, day by day: people who answer early, late or never, a Board that meets
when it likes, and a job that does not always run.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.groups import timetable
from chalicelib.domain.groups.group import Group, Stage, State
from chalicelib.domain.groups.timetable import Calendar, Due, What
from chalicelib.domain.people.people import Role
from tests.domain.builders import DAY, POLICY
from tests.domain.renewals.expected import Facts, expected, lacks, spared
from tests.domain.renewals.simulated_people import People

# In some associations staff alone let a group lapse.
AT_ONCE = replace(POLICY, renewals=(replace(POLICY.renewals[0], lapsed="none"),))


class Association(People):
    """The groups, the index of what is due, and everybody who does something."""

    def __init__(self, seed: int, today: date) -> None:
        self.random = Random(seed)
        self.today, self.hour = today, 8
        self.groups: dict[str, Group] = {}
        self.due: dict[str, date | None] = {}
        self.facts: dict[str, Facts] = {}
        self.meetings: dict[str, date] = {}
        self.plans: dict[date, list[Callable[[], None]]] = defaultdict(list)
        self.letters: list[tuple[date, str, Due]] = []
        self.results: Counter[str] = Counter()
        self.made = 0

    # -------------------------------------------------------------- Keeping and looking

    def policy(self, slug: str):
        """The rules that a group lives under."""
        return AT_ONCE if slug.endswith("0") else POLICY

    def keep(self, new: Group) -> None:
        """Stores a group, and the day on which it falls due next, as every command does."""
        old = self.groups.get(new.id)
        self.groups[new.id] = new
        closed = new.last_renewal
        if old and closed and closed != old.last_renewal:
            self.results[closed.result] += 1
            self.facts[new.id].petition = ""
        if new.conveners != (old.conveners if old else ()) or not new.living:
            since = self.facts[new.id].lacks_since
            lacking = new.living and lacks(new, self.today)
            self.facts[new.id].lacks_since = (since or self.today) if lacking and old else None
        calendar = self.calendar(new)
        self.due[new.id] = timetable.next_on(new, self.today, calendar, self.policy(new.id))

    def calendar(self, group: Group) -> Calendar:
        """What a group's days depend on beside itself."""
        ends = group.charge.ends_on
        pairs = [(day, day - timedelta(days=18)) for day in self.meetings.values()]
        self.look_on(group)
        petition = self.facts[group.id].petition if group.renewal else ""
        deadline = timetable.last_deadline(pairs, ends)
        return Calendar(deadline, petition == "with others", petition == "collecting")

    def look_on(self, group: Group) -> None:
        """Notes the deadline before a group's charge ends, as the meetings stand now."""
        ends = group.charge.ends_on
        before = [day for day in self.meetings.values() if ends and day <= ends]
        self.facts[group.id].deadline = max(before) - timedelta(days=18) if before else None

    # -------------------------------------------------------------- The job

    def run_job(self) -> int:
        """One run: it looks at what the index says is due, and at nothing else. Returns how many
        groups that were.
        """
        for slug, group in self.groups.items():
            if group.living and lacks(group, self.today) and not self.facts[slug].lacks_since:
                self.facts[slug].lacks_since = self.today
        looked_at = [slug for slug, day in self.due.items() if day and day <= self.today]
        for slug in looked_at:
            self._look_at(slug)
        return len(looked_at)

    def _look_at(self, slug: str) -> None:
        policy = self.policy(slug)
        for _ in range(12):
            group, calendar = self.groups[slug], self.calendar(self.groups[slug])
            due = timetable.first_due(group, self.today, calendar, policy)
            if due is None:
                self.due[slug] = timetable.next_on(group, self.today, calendar, policy)
                return
            self._check(slug, group, due)
            new, _ = timetable.take(group, due, calendar, policy, self.by(Role.SYSTEM))
            self.letters.append((self.today, slug, due))
            self.keep(new)
            self._react(slug, due)
        raise AssertionError(f"{slug} has no end of letters")

    def _check(self, slug: str, group: Group, due: Due) -> None:
        """Nobody is told what is not due, or twice, or at the wrong address."""
        facts = self.facts[slug]
        wanted = expected(group, self.today, facts)
        for name in due.names:
            self.results["letters compared"] += 1
            assert name in wanted, f"{self.today} {slug}: {name} is told too early, or in vain"
            assert name not in facts.told, f"{self.today} {slug}: {name} is told twice"
            facts.told[name] = self.today
        assert set(due.to) == set().union(*(wanted[name][1] for name in due.names))
        assert wanted[due.names[-1]][0] == max(wanted[name][0] for name in due.names)
        if due.notice:
            facts.noticed[group.renewal.lapses_on] = self.today
        if due.what == What.OPENING:
            for name in spared(group, self.today, facts):
                facts.told.setdefault(name, self.today)
        if due.what == What.LAPSE:
            lapses = group.renewal.lapses_on
            assert self.today > lapses, "lapsed early"
            assert self.today >= facts.noticed[lapses] + timedelta(days=10), "lapsed unwarned"
            assert group.renewal.stage == Stage.OPEN, "lapsed though it had answered"

    def left_out(self) -> list[str]:
        """What somebody should have been told by now, and was not."""
        self.results["groups compared"] += len(self.groups)
        for group in self.groups.values():
            if group.renewal:
                self.look_on(group)
        return [
            f"{self.today} {slug}: {name}"
            for slug, group in self.groups.items()
            for name in expected(group, self.today, self.facts[slug]).keys() - self.facts[slug].told
        ]

    # -------------------------------------------------------------- A day

    def plan_day(self) -> None:
        """What people take in hand on a day without having been asked."""
        today = self.today
        if (today.month, today.day) == (5, 1):
            for slug in self.living():
                for _ in range(self.random.choice((0, 1, 1, 1, 2))):
                    self.within(0, 60, self.check_in, slug)
        if (today.month, today.day) == (7, 1):
            for number in range(self.random.randint(2, 6)):
                day = today + timedelta(days=self.random.randint(30, 395))
                ahead = self.random.randint(20, 300)
                known = max(today, day - timedelta(days=ahead))
                name = f"m{today.year}-{number}"
                self.plans[known].append(lambda name=name, day=day: self.plan_meeting(name, day))
        for slug, group in self.groups.items():
            if group.living and self.chance(0.08 / 365):
                self.within(0, 5, self.ask_for_change, slug)
            if group.living and self.chance(0.1 / 365):
                self.within(0, 5, self.step_down, slug)
            if group.state in {State.LAPSED, State.DISSOLVED} and self.chance(0.3 / 365):
                self.within(0, 5, self.ask_for_change, slug)

    def plan_meeting(self, name: str, day: date) -> None:
        """Staff plan a meeting, and now and then move it or call it off while it is empty."""
        self.meetings[name] = day
        if self.chance(0.3):
            self.within(1, 30, self.move_meeting, name)

    def move_meeting(self, name: str) -> None:
        """A meeting gets another day, or is called off."""
        taken = {g.renewal.meeting_id for g in self.groups.values() if g.renewal}
        day = self.meetings[name]
        if name in taken or day <= self.today:
            return
        if self.chance(0.3):
            del self.meetings[name]
        else:
            self.meetings[name] = max(day + timedelta(days=self.random.randint(-9, 20)), self.today)

    def people_act(self, hour: int) -> None:
        """Those who had something planned for today do it, if it can still be done."""
        self.hour = hour
        plans = self.plans[self.today]
        self.plans[self.today] = []
        for plan in plans:
            if self.chance(0.3) and hour < 12:
                self.plans[self.today].append(plan)  # in the evening
                continue
            try:
                plan()
            except ConflictError:
                self.results["refused"] += 1

    def next_day(self) -> None:
        """The day is over."""
        self.plans.pop(self.today, None)
        self.today += DAY
