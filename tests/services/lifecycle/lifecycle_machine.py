"""The machine of random lives: what every command goes through, the commands on a petition, and
what holds after each step. Those on motions are in `lifecycle_motions`, on votes in
`lifecycle_votes`.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.domain.errors import RuleError
from chalicelib.domain.record import proof
from tests.services.lifecycle.lifecycle_model import (
    CHAIR,
    CONVENERS,
    PENDING,
    STAFF,
    VOTING,
    Model,
    Motion,
)
from tests.services.lifecycle.lifecycle_starts import STARTS
from tests.services.world import World

# The empty name is a visitor.
PEOPLE = sorted(CONVENERS | STAFF | VOTING | {"executive", ""})
ANYBODY = st.sampled_from(PEOPLE)
# Which of the motions a command is for: see `Machine.one`.
WHICH = st.integers(0, 5)
RARELY = st.integers(0, 3)
# Letters that the model counts.
COUNTED = {
    "vote-open",
    "vote-called",
    "vote-extended",
    "vote-reminder",
    "vote-closed",
    "vote-void",
    "confirmation-refused",
    "petition-approved",
    "petition-declined",
    "petition-postponed",
}


def by(fitting: set[str]) -> st.SearchStrategy[str]:
    """Somebody who fits, three times out of four; else anybody."""
    fits = st.sampled_from(sorted(fitting))
    return st.one_of(fits, fits, fits, ANYBODY)


def unchanged(before: dict[tuple[str, str], Any], now: dict[tuple[str, str], Any]) -> bool:
    """An item that is written is another one afterwards."""
    return now.keys() == before.keys() and all(now[key] is before[key] for key in now)


def written(world: World) -> Counter[str]:
    """How many letters of each kind were ever written; each is there only once by its id."""
    outbox = [item for (pk, _), item in world.table.dump().items() if pk.startswith("OUTBOX#")]
    kinds = [json.loads(item["body"]["S"])["kind"] for item in outbox]
    return Counter(kind for kind in kinds if kind in COUNTED)


# Once a petition is over, what cannot be done with it any more is tried in some lives alone.
alive = precondition(
    lambda self: self.lucky or self.model.petition not in {"approved", "declined", "rejected"}
)


class Machine(RuleBasedStateMachine):
    """A life: the world beside the model of it."""

    world: ClassVar[World]
    # Lives, and commands by whether the model allowed them.
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.numbers = 5
        self.lucky = False
        self.before: Counter[str] = Counter()

    def start(self, start: str, luck: int) -> None:
        """A life begins at one of the starts."""
        self.lucky = luck == 1
        self.model = STARTS[start](self.world)
        self.model.letters.clear()
        self.born = self.world.clock()
        self.before = written(self.world)
        self.seen["lives"] += 1

    def attempt(
        self,
        allowed: bool,
        then: Callable[[], object],
        person: str,
        command: str,
        target: str,
        **data: Any,
    ) -> Any:
        """Runs a command and compares what came of it with what the model says."""
        self.seen["allowed" if allowed else "refused"] += 1
        self.seen[f"{'' if allowed else 'not '}{command}"] += 1
        before = {} if allowed else self.world.table.dump()
        result, refusal = None, ""
        try:
            result = self.world.do(person, command, target, **data)
        except RuleError as error:
            refusal = str(error) or type(error).__name__
        assert allowed == (not refusal), (person, command, data, refusal, self.model)
        if refusal:
            assert unchanged(before, self.world.table.dump()), command
        else:
            then()
        return result

    def one(self, which: int, *fitting: Motion | None) -> Motion | None:
        """One of the motions that fit, most of the time; else any that there ever was, or none."""
        fits = [m for m in fitting if m]
        if fits and which < 5:
            return fits[which % len(fits)]
        if not fits and which:
            return None
        every = self.model.motions
        return every[which % len(every)] if every else None

    def in_state(self, *states: str) -> list[Motion]:
        return [m for m in self.model.motions if m.state in states]

    def stands(self, state: str) -> Callable[[], None]:
        return lambda: setattr(self.model, "petition", state)

    # The petition.

    def petition(self, may: bool, state: str, who: str, command: str, **data: Any) -> None:
        target = self.world.petition_id
        self.attempt(may, self.stands(state), who, f"petition.{command}", target, **data)

    @alive
    @rule(who=by(CONVENERS))
    def publish(self, who: str) -> None:
        may = who in CONVENERS and self.model.petition == "draft"
        self.petition(may, "collecting", who, "publish")

    @alive
    @rule(who=by(CONVENERS))
    def submit(self, who: str) -> None:
        m = self.model
        may = who in CONVENERS and m.petition == "collecting" and m.enough
        self.petition(may, "submitted", who, "submit")

    @alive
    @rule(who=by(STAFF))
    def verify(self, who: str) -> None:
        may = who in STAFF and self.model.petition == "submitted"
        self.petition(may, "verified", who, "verify")

    @alive
    @rule(who=by(STAFF))
    def schedule(self, who: str) -> None:
        m, world = self.model, self.world
        if m.petition == "scheduled":
            return  # Moving it on to a later meeting has tests of its own.
        if not m.meetings:
            world.ids["meeting"] = world.plan_meeting()
            m.meetings = 1
        self.numbers += 1
        number = f"{self.numbers}.5"
        may = who in STAFF and m.petition == "verified"
        data = {"meeting": world.meeting_id, "number": number}
        self.petition(may, "scheduled", who, "schedule", **data)
        if may:
            m.document = number

    def leaves(self) -> None:
        """The petition's document leaves the docket."""
        if self.model.document:
            self.model.leave_docket(self.model.document)
            self.model.document = ""

    @rule(who=by(CHAIR), rare=RARELY)
    def send_back(self, who: str, rare: int) -> None:
        m = self.model
        states = {"submitted", "verified", "scheduled"}
        may = who in CHAIR and m.petition in states and not m.vote_begun(m.document)
        if may and rare:
            return  # Most lives are to get far.
        self.petition(may, "returned", who, "return", comments="Say more.")
        if may:
            self.leaves()

    @alive
    @rule(who=by(CONVENERS))
    def revise(self, who: str) -> None:
        may = who in CONVENERS and self.model.petition == "returned"
        self.petition(may, "draft", who, "revise")

    @rule(who=by(CONVENERS), rare=RARELY)
    def withdraw(self, who: str, rare: int) -> None:
        m = self.model
        states = {"draft", "collecting", "submitted", "verified", "scheduled", "returned"}
        may = who in CONVENERS and m.petition in states and not m.vote_begun(m.document)
        if may and rare:
            return
        self.petition(may, "withdrawn", who, "withdraw", reason="No time.")
        if may:
            self.leaves()

    @rule(who=by(STAFF), rare=RARELY)
    def reject(self, who: str, rare: int) -> None:
        may = who in STAFF and self.model.petition in {"collecting", "submitted", "verified"}
        if may and rare:
            return
        why = {"code": "scope", "explanation": "It is not about libraries."}
        self.petition(may, "rejected", who, "reject", **why)

    # What holds after each step.

    @invariant()
    def the_petition_stands_where_the_model_says(self) -> None:
        if "petition" in self.world.ids:
            assert self.world.petition.state == self.model.petition

    @invariant()
    def each_motion_stands_where_the_model_says_with_its_ballots(self) -> None:
        board = self.world.services.store.board
        names = {person: who for who, person in self.people().items()}
        for m in self.model.motions:
            read = board.read_motion(m.id)
            assert read
            motion, _, cast = read
            assert motion.state == m.state, (m, motion.state)
            ballots = {names[b.person_id]: b.choice for b in cast}
            if m.secret:
                hidden = {w: c if c == "recused" else "" for w, c in m.ballots.items()}
                assert ballots == hidden
                slips = [s.choice for s in board.slips(m.id) if s.choice != "void"]
                assert sorted(slips) == sorted(c for c in m.ballots.values() if c != "recused")
            else:
                assert ballots == m.ballots
            if motion.tally:
                tally = motion.tally
                counts = (tally.yes, tally.no, tally.abstain, tally.recused)
                assert counts == tuple(map(m.counted, ("yes", "no", "abstain", "recused")))
            said = {part: getattr(motion, part) for part in m.text}
            if m.kind == "amendment" and "wording" in m.text:
                said = {"wording": motion.becomes}
            assert said == m.text, m
            assert (motion.voting_from, motion.voting_until) == (m.voting_from, m.voting_until)
            assert (motion.confirmed_at is not None) == (m.confirmed == "yes")
            assert (motion.confirmation_refused_at is not None) == (m.confirmed == "no")

    @invariant()
    def one_motion_at_most_is_pending_on_each_thing(self) -> None:
        rows = []
        for meeting in {self.world.ids.get("meeting"), self.world.ids.get("second")} - {None}:
            rows += self.world.services.store.board.motions(meeting)
        pending = [row["id"] for row in rows if row["state"] in PENDING]
        assert sorted(pending) == sorted(m.id for m in self.model.pending)
        held = [row for row in rows if row["id"] in pending and not row["amends"]]
        actions = Counter((row["meeting"], row["document"], row["action"]) for row in held)
        assert max(actions.values(), default=1) == 1
        whole = {(meeting, number) for meeting, number, action in actions if action == 0}
        assert not [a for a in actions if a[2] and a[:2] in whole]
        amended = Counter((row["amends"], row["effect"]) for row in rows if row["id"] in pending)
        assert max((n for (of, _), n in amended.items() if of), default=1) == 1

    @invariant()
    def a_group_is_there_exactly_when_its_motion_carried_with_the_charge_as_amended(self) -> None:
        groups = self.world.services.store.groups
        made = [groups.get(row["slug"]) for row in groups.listed()]
        charges = [{"charge": g.charge.text, "conditions": g.charge.conditions} for g in made]
        assert charges == self.model.groups

    def people(self) -> dict[str, str]:
        """The ids of those who vote, by what stands before the @."""
        if not hasattr(type(self), "_people"):
            board = self.world.services.store.people.board(self.world.services.today())
            type(self)._people = {p.email.partition("@")[0]: p.id for p in board}
        return dict(type(self)._people)

    def teardown(self) -> None:
        """The record of everything that was touched holds, and each letter was written once."""
        for kept in self.world.services.store.record.things():
            assert proof.check(kept) == [], kept.subject
        assert written(self.world) - self.before == self.model.letters
