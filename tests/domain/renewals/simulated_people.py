"""What people do in a simulated association: they answer early, late or never, come and go."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from chalicelib.domain.groups import check_in
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups.group import Answer, CheckIn, Convener, Group, Stage, term_end
from chalicelib.domain.groups.timetable import Due, What
from chalicelib.domain.people.people import Act, Actor, Person, Role
from chalicelib.domain.renewals import outcome as outcomes
from chalicelib.domain.renewals import renewal as renewals
from tests.domain.builders import POLICY, act, on, staff, system
from tests.domain.renewals.expected import Facts

ENDS = ("dissolved", "succeeded", "merged")


class People:
    """Everybody who does something about a group, at random; `keep` stores what comes of it."""

    random: Random
    today: date
    hour: int
    made: int
    groups: dict[str, Group]
    facts: dict[str, Facts]
    meetings: dict[str, date]
    plans: defaultdict[date, list[Callable[[], None]]]
    results: Counter[str]

    def keep(self, new: Group) -> None:
        """Stores a group."""
        raise NotImplementedError

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
            self.keep(outcomes.renew(group, {}, POLICY, self.by(Role.SYSTEM), motion_id="v")[0])

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
            self.keep(outcomes.turn_down(group, "Not so.", POLICY, by)[0])
            if self.chance(0.7):
                self.within(5, 120, self.answer, slug)
        elif answer.outcome in {"same", "changed"}:
            given = {"name": answer.name, "charge": answer.charge}
            self.keep(outcomes.renew(group, given, POLICY, by, meeting_id=meeting)[0])
        else:
            other = self.groups.get(answer.other)
            self.keep(outcomes.end(group, POLICY, by, meeting_id=meeting)[0])
            if other and other.living and answer.outcome in {"succeeded", "merged"}:
                merged, ended = answer.outcome == "merged", self.groups[slug]
                self.keep(outcomes.take_over(other, ended, {}, merged, POLICY, by)[0])

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
        self.keep(group_conveners.extend(group, ids, until, POLICY, self.by(Role.STAFF))[0])

    def fill(self, slug: str) -> None:
        """People are invited until nobody is missing; some hand over to them."""
        while group_conveners.missing(self.groups[slug], self.today, POLICY):
            group, self.made = self.groups[slug], self.made + 1
            email = f"guest{self.made}@example.org"
            over = [c for c in group.acting if c.until and c.until < self.today]
            instead = over[0].id if over else ""
            asked, _ = group_conveners.invite(group, "Guest", email, "", instead, POLICY, self.by())
            guest = Person(id=f"g{self.made}", name="Guest", email=email)
            accepts = Act(Actor(guest), Role.INVITED, on(self.today, self.hour))
            self.keep(asked)
            self.keep(group_conveners.accept(asked, POLICY, accepts)[0])

    def step_down(self, slug: str) -> None:
        """One of the conveners leaves at once."""
        group = self.groups[slug]
        if group.acting:
            gone: Convener = self.random.choice(group.acting)
            by = self.by(Role.STAFF)
            self.keep(group_conveners.end(group, gone.id, "Left.", POLICY, by)[0])

    def check_in(self, slug: str) -> None:
        """A group answers its yearly question, or puts its answer right."""
        year = date(self.today.year, 6, 30)
        told = CheckIn(year_ends=year, active=True, meetings=3, participants=self.made)
        self.keep(check_in.check_in(self.groups[slug], told, POLICY, self.by())[0])
        self.results["check-ins"] += 1
