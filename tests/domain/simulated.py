"""Years of an association, day by day: people who answer early, late or never, a Board that meets
when it likes, and a job that does not always run.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from chalicelib.domain import check_in, leading, upkeep
from chalicelib.domain import renewal as renewals
from chalicelib.domain.errors import Conflict
from chalicelib.domain.group import Answer, CheckIn, Convener, Group, Stage, State, term_end
from chalicelib.domain.people import Act, Actor, Person, Role
from chalicelib.domain.upkeep import Calendar, Due, What

from .builders import DAY, POLICY, act, on, staff, system
from .expected import Facts, expected, lacks, spared

# In some associations staff alone let a group lapse.
AT_ONCE = replace(POLICY, renewals=(replace(POLICY.renewals[0], lapsed="none"),))
ENDS = ("dissolved", "succeeded", "merged")


class Association:
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
        self.due[new.id] = upkeep.next_on(new, self.today, calendar, self.policy(new.id))

    def calendar(self, group: Group) -> Calendar:
        """What a group's days depend on beside itself."""
        ends = group.renewal.ends_on if group.renewal else group.charge.ends_on
        pairs = [(day, day - timedelta(days=18)) for day in self.meetings.values()]
        petition = self.facts[group.id].petition if group.renewal else ""
        deadline = upkeep.last_deadline(pairs, ends)
        # Worked out here once more, for whoever looks on.
        before = [day for day in self.meetings.values() if ends and day <= ends]
        self.facts[group.id].deadline = max(before) - timedelta(days=18) if before else None
        return Calendar(deadline, petition == "with others", petition == "collecting")

    def within(self, first: int, last: int, do: Callable[..., None], *given: str) -> None:
        """Plans to do something after so many days."""
        day = self.today + timedelta(days=self.random.randint(first, last))
        self.plans[day].append(lambda: do(*given))

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.random.random() < share

    def by(self, role: Role = Role.CONVENER) -> Act:
        """An act of somebody now."""
        at = on(self.today, self.hour)
        makers = {Role.STAFF: staff, Role.SYSTEM: system}
        return makers[role](at) if role in makers else act(at=at)

    def living(self) -> list[str]:
        """Addresses of the groups that go on."""
        return [slug for slug, group in self.groups.items() if group.living]

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
            due = upkeep.first_due(group, self.today, calendar, policy)
            if due is None:
                self.due[slug] = upkeep.next_on(group, self.today, calendar, policy)
                return
            self._check(slug, group, due)
            new, _ = upkeep.take(group, due, calendar, policy, self.by(Role.SYSTEM))
            self.letters.append((self.today, slug, due))
            self.keep(new)
            self._react(slug, due)
        raise AssertionError(f"{slug} has no end of letters")

    def _check(self, slug: str, group: Group, due: Due) -> None:
        """Nobody is told what is not due, or twice, or at the wrong address."""
        facts = self.facts[slug]
        wanted = expected(group, self.today, facts)
        for name in due.names:
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
        return [
            f"{self.today} {slug}: {name}"
            for slug, group in self.groups.items()
            for name in expected(group, self.today, self.facts[slug]).keys() - self.facts[slug].told
        ]

    # -------------------------------------------------------------- What people do

    def _react(self, slug: str, due: Due) -> None:
        """What a letter brings its readers to do, some day."""
        if due.what == What.OPENING:
            when = self.random.choice(((0, 60), (60, 175), (181, 268), (262, 275), (900, 900)))
            self.within(*when, self.answer, slug)
        elif due.what == What.REMINDER and due.notice and self.chance(0.5):
            self.within(0, 45, self.answer, slug)
        elif due.what == What.LAPSE and self.groups[slug].living:
            self.within(3, 40, self.bring, slug)
            if self.chance(0.4):
                self.within(0, 20, self.take_back, slug)
                self.within(3, 30, self.answer, slug)
        elif due.what == What.TERM and self.chance(0.5):
            self.within(0, 50, self.extend, slug)
        elif due.what == What.VACANCY:
            self.within(1, 100, self.fill, slug)

    def answer(self, slug: str) -> None:
        """Conveners say what is to become of their group, or begin to."""
        group = self.groups[slug]
        if group.renewal is None or group.renewal.petition_id or not group.living:
            return
        outcome = self.random.choice(("same",) * 7 + ("changed", "changed", *ENDS))
        by_petition = group.kind == "interest-group"
        if by_petition and outcome not in ENDS:
            attached, _ = renewals.attach_petition(group, "p", self.by())
            self.facts[slug].petition = "collecting"
            self.keep(attached)
            self.within(10, 150, self.petition_goes_on, slug)
            return
        answer = self.written(slug, outcome)
        if self.chance(0.2):
            self.keep(renewals.save(group, answer, POLICY, self.by())[0])
            self.within(5, 100, self.answer, slug)
            return
        self.keep(renewals.submit(group, answer, False, POLICY, self.by())[0])
        self.within(1, 45, self.bring, slug)
        if self.chance(0.1):
            self.within(0, 10, self.take_back, slug)
            self.within(5, 60, self.answer, slug)

    def written(self, slug: str, outcome: str) -> Answer:
        """An answer with what its outcome needs."""
        others = [other for other in self.living() if other != slug]
        return Answer(
            outcome=outcome,
            name=f"Group of {self.today}",
            charge=f"To do what is needed since {self.today}.",
            report="We met.",
            other=self.random.choice(others),
            other_name="Another",
            agreement="They wrote so.",
        )

    def take_back(self, slug: str) -> None:
        """Conveners want to think again."""
        self.keep(renewals.take_back(self.groups[slug], self.by())[0])

    def petition_goes_on(self, slug: str) -> None:
        """A petition has its signatures, or not; then the Board decides on it."""
        group, facts = self.groups[slug], self.facts[slug]
        if group.renewal is None or not facts.petition:
            return
        if self.chance(0.25):
            facts.petition = ""
            self.keep(renewals.detach_petition(group, "No.", POLICY, self.by(Role.SYSTEM))[0])
            self.within(5, 120, self.answer, slug)
        elif facts.petition == "collecting":
            facts.petition = "with others"
            self.keep(group)
            self.within(20, 120, self.petition_goes_on, slug)
        else:
            self.keep(renewals.renew(group, {}, POLICY, self.by(Role.SYSTEM), motion_id="v")[0])

    def bring(self, slug: str) -> None:
        """Staff bring an answer before the next meeting whose deadline is ahead, or return it."""
        group = self.groups[slug]
        if self.chance(0.05):
            self.keep(renewals.send_back(group, "Say more.", POLICY, self.by(Role.STAFF))[0])
            self.within(5, 120, self.answer, slug)
            return
        ahead = {d: m for m, d in self.meetings.items() if d - timedelta(days=18) >= self.today}
        if not ahead:
            self.within(10, 20, self.bring, slug)
            return
        day, by = min(ahead), self.by(Role.STAFF)
        self.keep(renewals.schedule(group, ahead[day], "Board", "7.0", "d", by)[0])
        late = (day - self.today).days
        self.within(late, late + 2, self.decide, slug, ahead[day])

    def decide(self, slug: str, meeting: str) -> None:
        """The Board decides on an answer."""
        group, by = self.groups[slug], self.by(Role.SYSTEM)
        found = group.renewal
        if found is None or found.stage != Stage.SCHEDULED or found.meeting_id != meeting:
            return
        answer = found.answer
        if self.chance(0.2):
            self.keep(renewals.turn_down(group, "Not so.", POLICY, by)[0])
            if self.chance(0.7):
                self.within(5, 120, self.answer, slug)
        elif answer.outcome in {"same", "changed"}:
            given = {"name": answer.name, "charge": answer.charge}
            self.keep(renewals.renew(group, given, POLICY, by, meeting_id=meeting)[0])
        else:
            other = self.groups.get(answer.other)
            self.keep(renewals.end(group, POLICY, by, meeting_id=meeting)[0])
            if other and other.living and answer.outcome in {"succeeded", "merged"}:
                merged, ended = answer.outcome == "merged", self.groups[slug]
                self.keep(renewals.take_over(other, ended, {}, merged, POLICY, by)[0])

    def ask_for_change(self, slug: str) -> None:
        """Conveners want another charge before theirs ends, or their group back."""
        self.keep(renewals.open_(self.groups[slug], (), POLICY, self.by())[0])
        self.results["asked for"] += 1
        group = self.groups[slug]
        if group.living and self.chance(0.2):
            self.within(1, 60, self.drop, slug)
        elif group.living:
            self.within(0, 200, self.answer, slug)
        else:
            answer = replace(self.written(slug, "same"))
            self.keep(renewals.submit(group, answer, False, POLICY, self.by())[0])
            self.results["revivals"] += 1
            self.within(1, 40, self.bring, slug)

    def drop(self, slug: str) -> None:
        """They want it no more."""
        self.keep(renewals.drop(self.groups[slug], POLICY, self.by())[0])

    # -------------------------------------------------------------- Who convenes, and the year

    def extend(self, slug: str) -> None:
        """Staff let all conveners go on for a year."""
        group = self.groups[slug]
        until = term_end(self.today + timedelta(days=60), POLICY)
        ids = tuple(c.id for c in group.acting)
        self.keep(leading.extend(group, ids, until, POLICY, self.by(Role.STAFF))[0])

    def fill(self, slug: str) -> None:
        """People are invited until nobody is missing; some hand over to them."""
        while leading.missing(self.groups[slug], self.today, POLICY):
            group, self.made = self.groups[slug], self.made + 1
            email = f"guest{self.made}@example.org"
            over = [c for c in group.acting if c.until and c.until < self.today]
            instead = over[0].id if over else ""
            asked, _ = leading.invite(group, "Guest", email, "", instead, POLICY, self.by())
            guest = Person(id=f"g{self.made}", name="Guest", email=email)
            accepts = Act(Actor(guest), Role.INVITED, on(self.today, self.hour))
            self.keep(asked)
            self.keep(leading.accept(asked, POLICY, accepts)[0])

    def step_down(self, slug: str) -> None:
        """One of the conveners leaves at once."""
        group = self.groups[slug]
        if group.acting:
            gone: Convener = self.random.choice(group.acting)
            by = self.by(Role.STAFF)
            self.keep(leading.end(group, gone.id, "Left.", POLICY, by)[0])

    def check_in(self, slug: str) -> None:
        """A group answers its yearly question, or puts its answer right."""
        year = date(self.today.year, 6, 30)
        told = CheckIn(year_ends=year, active=True, meetings=3, participants=self.made)
        self.keep(check_in.check_in(self.groups[slug], told, POLICY, self.by())[0])
        self.results["check-ins"] += 1

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
            except Conflict:
                self.results["refused"] += 1

    def next_day(self) -> None:
        """The day is over."""
        self.plans.pop(self.today, None)
        self.today += DAY
