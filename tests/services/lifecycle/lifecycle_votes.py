"""Random commands of votes: opened, ballots, recusals, void votes, time that passes, results."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.services.sweep import sweep
from tests.services.lifecycle.lifecycle_machine import RARELY, WHICH, Machine, by
from tests.services.lifecycle.lifecycle_model import (
    CHAIR,
    CHOICES,
    CROWD,
    RECUSED,
    SEATS,
    VOTING,
    ZONE,
    Motion,
    end_of_day,
)
from tests.services.lifecycle.lifecycle_motions import any_motion

SOME_CHOICES = st.lists(
    st.sampled_from(["yes", "yes", "yes", "no", "abstain"]),
    min_size=len(CROWD),
    max_size=len(CROWD),
)
SECOND = timedelta(seconds=1)
# A life is not longer than this, so that no seat's or petition's own time comes into it.
LIFE = timedelta(days=120)


class Votes(Machine):
    """The part of the machine that votes."""

    @any_motion
    @rule(who=by(CHAIR), which=WHICH, secret=st.booleans(), closing=RARELY)
    def open_vote(self, who: str, which: int, secret: bool, closing: int) -> None:
        m = self.one(which, *self.in_state("seconded"))
        if not m:
            return
        now = self.world.clock()
        waits = m.virtual and m.voting_from and now < m.voting_from
        pending = self.model.amendment_of(m)
        may = m.presides(who) and m.state == "seconded" and not waits and not pending
        closes = end_of_day(now, 1).replace(second=0) if closing == 0 and not m.virtual else None
        data = {"ballot": "secret" if secret else "named"}
        if closes:
            local = closes.astimezone(ZONE)
            data |= {"closes_day": str(local.date()), "closes_time": f"{local:%H:%M}"}

        def then() -> None:
            m.secret = m.secret if m.virtual else secret
            m.closes_at = closes
            self.model.open(m, now)

        self.attempt(may, then, who, "motion.open", m.id, **data)

    @any_motion
    @rule(
        who=by(VOTING),
        which=WHICH,
        choice=st.sampled_from(["yes", "no", "abstain", "maybe"]),
        forgets=st.booleans(),
    )
    def vote(self, who: str, which: int, choice: str, forgets: bool) -> None:
        m = self.one(which, *self.in_state("open"))
        if m:
            self.cast(m, who, choice, forgets)

    def cast(self, m: Motion, who: str, choice: str, forgets: bool = False) -> None:
        """A ballot, or a change of it, for which a secret vote asks for the receipt."""
        may = who in VOTING | set(CROWD) and m.state == "open" and m.in_time(self.world.clock())
        may = may and choice in CHOICES
        changes = m.secret and m.ballots.get(who, RECUSED) != RECUSED
        receipt = m.receipts.get(who, "") if changes and not forgets else ""
        may = may and not (changes and forgets)
        more = {"receipt": receipt} if receipt else {}
        result = self.attempt(
            may,
            lambda: m.ballots.update({who: choice}),
            who,
            "motion.vote",
            m.id,
            choice=choice,
            **more,
        )
        if may and m.secret:
            assert not receipt or receipt == result.receipt
            m.receipts[who] = result.receipt

    @precondition(lambda self: bool(self.in_state("open")))
    @rule(which=WHICH, choices=SOME_CHOICES)
    def many_vote(self, which: int, choices: list[str]) -> None:
        open_now = self.in_state("open")
        m = open_now[which % len(open_now)]
        if not m.in_time(self.world.clock()):
            return
        for who, choice in zip(CROWD, choices, strict=True):
            # Who is recused stays so, but for the first.
            if m.ballots.get(who) != RECUSED or who == CROWD[0]:
                self.cast(m, who, choice)

    @any_motion
    @rule(who=by(VOTING), which=WHICH, forgets=st.booleans())
    def recuse(self, who: str, which: int, forgets: bool) -> None:
        m = self.one(which, *self.in_state("moved", "seconded", "open"))
        if not m:
            return
        said = m.ballots.get(who)
        fits = m.state in {"moved", "seconded"} or (
            m.state == "open" and m.in_time(self.world.clock())
        )
        voted = m.secret and said in CHOICES
        may = who in VOTING and fits and said != RECUSED and not (voted and forgets)
        receipt = m.receipts[who] if voted and not forgets else ""

        def then() -> None:
            m.ballots[who] = RECUSED
            m.receipts.pop(who, None)

        data = {"reason": "I convene it.", "receipt": receipt}
        self.attempt(may, then, who, "motion.recuse", m.id, **data)

    @any_motion
    @rule(who=by(VOTING), which=WHICH, theirs=st.booleans())
    def rejoin(self, who: str, which: int, theirs: bool) -> None:
        m = self.one(which, *[x for x in self.model.motions if RECUSED in x.ballots.values()])
        if not m:
            return
        if theirs:
            recused = [name for name, choice in m.ballots.items() if choice == RECUSED]
            who = min(recused, default=who)
        fits = m.state in {"moved", "seconded"} or (
            m.state == "open" and m.in_time(self.world.clock())
        )
        may = who in VOTING and fits and m.ballots.get(who) == RECUSED
        self.attempt(may, lambda: m.ballots.pop(who), who, "motion.rejoin", m.id)

    @any_motion
    @rule(who=by(CHAIR), which=WHICH)
    def close(self, who: str, which: int) -> None:
        m = self.one(which, *self.in_state("open"))
        if not m:
            return
        early = m.virtual and m.voting_until and self.world.clock() <= m.voting_until
        may = m.presides(who) and m.state == "open" and not (early and len(m.ballots) < SEATS)
        self.attempt(may, lambda: setattr(m, "state", "closed"), who, "motion.close", m.id)

    @any_motion
    @rule(who=by(CHAIR), which=WHICH)
    def announce(self, who: str, which: int) -> None:
        m = self.one(which, *self.in_state("closed"))
        if m:
            may = m.presides(who) and m.state == "closed"
            self.attempt(may, lambda: self.model.announce(m), who, "motion.announce", m.id)

    # Mistaken votes.

    @any_motion
    @rule(who=by(CHAIR), which=WHICH, rare=RARELY)
    def void(self, who: str, which: int, rare: int) -> None:
        m = self.one(which, *self.in_state("open", "closed", "carried", "lost"))
        if not m:
            return
        undone = m.state in {"open", "closed"} or (
            m.state in {"carried", "lost"} and m.kind == "paper"
        )
        may = m.presides(who) and undone
        if may and rare:
            return

        def then() -> None:
            m.state = "void"
            self.model.letters["vote-void"] += SEATS

        self.attempt(may, then, who, "motion.void", m.id, reason="The wrong text.")

    @precondition(lambda self: bool(self.in_state("void")))
    @rule(who=by(CHAIR), which=WHICH)
    def hold_anew(self, who: str, which: int) -> None:
        m = self.one(which, *[x for x in self.in_state("void") if not x.done_with])
        if not m:
            return
        may = m.presides(who) and m.state == "void" and not m.done_with
        result = self.attempt(may, lambda: None, who, "motion.hold-anew", m.id)
        if result is None:
            return
        m.done_with = m.stood_for = True
        new = Motion(result.id, m.kind, m.document, m.mover, dict(m.text), m.action, m.amends)
        new.seconder, new.state, new.accepted = m.seconder, "seconded", set(m.accepted)
        new.ballots = {who: RECUSED for who, said in m.ballots.items() if said == RECUSED}
        self.model.motions.append(new)

    # Votes without a meeting, and time.

    @any_motion
    @rule(who=by(CHAIR), which=WHICH, discussed=st.booleans(), secret=st.booleans())
    def call_virtual(self, who: str, which: int, discussed: bool, secret: bool) -> None:
        m = self.one(which, *self.in_state("seconded"))
        if not m:
            return
        now = self.world.clock()
        may = m.presides(who) and m.state == "seconded" and not m.virtual
        data = {"no_discussion": "It was held." if discussed else ""}
        data["ballot"] = "secret" if secret else "named"
        then = lambda: self.model.call(m, now, discussed, secret)  # noqa: E731
        self.attempt(may, then, who, "motion.call-virtual", m.id, **data)

    @any_motion
    @rule(who=by(CHAIR), which=WHICH, days=st.integers(0, 2))
    def extend(self, who: str, which: int, days: int) -> None:
        running = [x for x in self.in_state("seconded", "open") if x.virtual]
        m = self.one(which, *running)
        if not m or not m.voting_from or not m.voting_until:
            return
        now = self.world.clock()
        discussing = now < m.voting_from
        ends = m.voting_from - SECOND if discussing else m.voting_until
        until = end_of_day(ends, days)
        runs = m.state == "seconded" if discussing else m.state == "open" and now <= ends
        may = m.presides(who) and runs and days > 0

        def then() -> None:
            m.voting_until = until
            if discussing:
                m.voting_from, m.voting_until = until + SECOND, end_of_day(until, 7)
            self.model.letters["vote-extended"] += SEATS

        day = str(until.astimezone(ZONE).date())
        self.attempt(may, then, who, "motion.extend-vote", m.id, until=day, reason="Ill.")

    def moments(self) -> list[datetime]:
        """When something happens by itself, a second before it, and a second after."""
        found = []
        for m in self.model.pending:
            until = [end_of_day(m.voting_until, -1)] if m.voting_until else []
            for at in (m.voting_from, *until, m.ends):
                found += [at - SECOND, at, at + SECOND] if at else []
        return sorted(at for at in found if at > self.world.clock())

    @precondition(lambda self: bool(self.moments()))
    @rule(which=st.integers(0, 12), sweeps=st.integers(0, 2))
    def time_passes(self, which: int, sweeps: int) -> None:
        moments = self.moments()
        self.pass_to(moments[which % len(moments)], sweeps)

    @any_motion
    @rule(hours=st.sampled_from([1, 30, 80]), sweeps=st.integers(0, 2))
    def hours_pass(self, hours: int, sweeps: int) -> None:
        self.pass_to(self.world.clock() + timedelta(hours=hours), sweeps)

    def pass_to(self, moment: datetime, sweeps: int) -> None:
        """The clock goes on, and the sweep runs so many times."""
        if self.model.petition == "collecting" or moment - self.born > LIFE:
            return
        self.world.clock.now = max(moment, self.world.clock.now)
        for number in range(sweeps):
            # The part of the sweep that keeps the time of votes, then all of it.
            if number:
                sweep(self.world.services)
            else:
                self.world.keep_time()
            self.model.keep_time(self.world.clock())
            self.seen["sweeps"] += 1

    def run_out(self, m: Motion) -> None:
        """The clock goes to where the next window of a vote without a meeting begins or ends."""
        if m.state == "seconded" and m.voting_from:
            self.pass_to(m.voting_from, 1)
        elif m.voting_until:
            self.pass_to(m.voting_until + SECOND, 1)
