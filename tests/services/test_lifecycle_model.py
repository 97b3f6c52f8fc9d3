"""Random commands through a petition's life, beside a small model of what may happen when.

What the model refuses is refused and changes nothing; what it allows happens, and leads where the
model says. `MODEL_EXAMPLES` and `MODEL_STEPS` in the environment ask for more than the everyday
run: `MODEL_EXAMPLES=500 script/test -k lifecycle_model`.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chalicelib.domain import proof
from chalicelib.domain.errors import RuleError

from .aws import table
from .world import TEXT, World

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "20"))
STEPS = int(os.environ.get("MODEL_STEPS", "30"))

CONVENERS = {"rowan", "noor"}
STAFF = {"staff"}
PRESIDING = {"president"}
VOTING = {"president", "vice-president", "director1", "director2", "director3", "director4"}
# The empty name is a visitor.
PEOPLE = sorted(CONVENERS | STAFF | VOTING | {"executive", ""})
# Who votes in one go, so that a vote gets its quorum: seven of thirteen.
CROWD = ("president", *(f"director{n}" for n in range(1, 9)))
PENDING = {"moved", "seconded", "open", "closed"}
UNVOTED = {"moved", "seconded"}
SOME_CHOICES = st.lists(
    st.sampled_from(["yes", "yes", "no", "abstain"]), min_size=len(CROWD), max_size=len(CROWD)
)


@dataclass
class Model:
    """A petition, its meeting and the motion on it, as plain words and numbers."""

    petition: str = "draft"
    enough: bool = False
    meetings: int = 0
    document: str = ""
    motion: str = ""
    mover: str = ""
    ballots: dict[str, str] = field(default_factory=dict)
    groups: int = 0
    # Motions that were decided or given up.
    over: int = 0

    @property
    def vote_begun(self) -> bool:
        return self.motion in {"open", "closed"}

    def drop_motion(self) -> None:
        """What is pending is postponed: its document leaves the docket."""
        if self.motion in UNVOTED:
            self.over_with("postponed")

    def over_with(self, _state: str) -> None:
        self.motion, self.mover, self.ballots = "", "", {}
        self.over += 1

    def result(self) -> str:
        """By the association's rule: more than half of those present, of whom seven are needed."""
        count = list(self.ballots.values()).count
        yes, present = count("yes"), count("yes") + count("no") + count("abstain")
        if present < 7:
            return "postponed"
        return "carried" if yes * 2 > present else "lost"


STARTS: dict[str, Model] = {
    "draft": Model(),
    "confirmed": Model("collecting", enough=True),
    "verified": Model("verified", enough=True),
    "scheduled": Model("scheduled", enough=True, meetings=1, document="5.0"),
    "moved": Model(
        "scheduled", enough=True, meetings=1, document="5.0", motion="moved", mover="director1"
    ),
    "open": Model(
        "scheduled", enough=True, meetings=1, document="5.0", motion="open", mover="director1"
    ),
}


def items() -> dict[tuple[str, str], Any]:
    """Every item of the table as it is held: an item that is written is another one afterwards."""
    return {(pk, sk): item for pk, part in table().items.items() for sk, item in part.items()}


def unchanged(before: dict[tuple[str, str], Any]) -> bool:
    now = items()
    return now.keys() == before.keys() and all(now[key] is before[key] for key in now)


def machine(world: World, seen: dict[str, int]) -> type[RuleBasedStateMachine]:
    """The machine over a world; `seen` counts examples and commands."""

    who = st.sampled_from(PEOPLE)

    def by(fitting: set[str]) -> st.SearchStrategy[str]:
        """Somebody who fits, two times out of three; else anybody."""
        fits = st.sampled_from(sorted(fitting))
        return st.one_of(fits, fits, who)

    chair = by(PRESIDING | STAFF)

    class Lifecycle(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.model = Model()

        @initialize(start=st.sampled_from(sorted(STARTS)))
        def begin(self, start: str) -> None:
            world.at(start)
            self.model = Model(**vars(STARTS[start]) | {"ballots": {}})
            self.documents = 5
            self.last = ""
            seen["examples"] += 1

        def attempt(
            self,
            allowed: bool,
            then: Callable[[], None],
            person: str,
            command: str,
            target: str,
            **data: Any,
        ) -> Any:
            """Runs a command and compares what came of it with what the model says."""
            seen["allowed" if allowed else "refused"] += 1
            before = {} if allowed else items()
            result, refusal = None, ""
            try:
                result = world.do(person, command, target, **data)
            except RuleError as error:
                refusal = str(error) or type(error).__name__
            assert allowed == (not refusal), (person, command, self.model, refusal)
            if refusal:
                assert unchanged(before), command
            else:
                then()
            return result

        def set(self, **changes: Any) -> Callable[[], None]:
            return lambda: (
                [setattr(self.model, name, value) for name, value in changes.items()] and None
            )

        # The petition.

        @rule(who=by(CONVENERS))
        def publish(self, who: str) -> None:
            may = who in CONVENERS and self.model.petition == "draft"
            self.attempt(
                may, self.set(petition="collecting"), who, "petition.publish", world.petition_id
            )

        @rule(who=by(CONVENERS))
        def submit(self, who: str) -> None:
            m = self.model
            may = who in CONVENERS and m.petition == "collecting" and m.enough
            self.attempt(
                may, self.set(petition="submitted"), who, "petition.submit", world.petition_id
            )

        @rule(who=by(STAFF))
        def verify(self, who: str) -> None:
            may = who in STAFF and self.model.petition == "submitted"
            self.attempt(
                may, self.set(petition="verified"), who, "petition.verify", world.petition_id
            )

        @rule(who=by(STAFF))
        def schedule(self, who: str) -> None:
            m = self.model
            if m.petition == "scheduled":
                return  # Moving it on to a later meeting has tests of its own.
            if not m.meetings:
                world.ids["meeting"] = world.plan_meeting()
                m.meetings = 1
            number = f"{self.documents + 1}.0"
            may = who in STAFF and m.petition == "verified"

            def then() -> None:
                self.documents += 1
                self.set(petition="scheduled", document=number)()

            self.attempt(
                may,
                then,
                who,
                "petition.schedule",
                world.petition_id,
                meeting=world.meeting_id,
                number=number,
            )

        @rule(who=chair)
        def send_back(self, who: str) -> None:
            m = self.model
            may = (
                who in STAFF | PRESIDING
                and m.petition in {"submitted", "verified", "scheduled"}
                and not m.vote_begun
            )

            def then() -> None:
                m.drop_motion()
                self.set(petition="returned", document="")()

            self.attempt(may, then, who, "petition.return", world.petition_id, comments="Say more.")

        @rule(who=by(CONVENERS))
        def revise(self, who: str) -> None:
            may = who in CONVENERS and self.model.petition == "returned"
            self.attempt(may, self.set(petition="draft"), who, "petition.revise", world.petition_id)

        @rule(who=by(CONVENERS), rare=st.integers(0, 3))
        def withdraw(self, who: str, rare: int) -> None:
            m = self.model
            open_states = {"draft", "collecting", "submitted", "verified", "scheduled", "returned"}
            may = who in CONVENERS and m.petition in open_states and not m.vote_begun
            if may and rare:
                return  # It ends a life; most lives are to go on.

            def then() -> None:
                m.drop_motion()
                self.set(petition="withdrawn", document="")()

            self.attempt(may, then, who, "petition.withdraw", world.petition_id, reason="No time.")

        @rule(who=by(STAFF), rare=st.integers(0, 3))
        def reject(self, who: str, rare: int) -> None:
            may = who in STAFF and self.model.petition in {"collecting", "submitted", "verified"}
            if may and rare:
                return
            self.attempt(
                may,
                self.set(petition="rejected"),
                who,
                "petition.reject",
                world.petition_id,
                code="scope",
                explanation="It is not about libraries.",
            )

        # The motion.

        @rule(who=by(VOTING))
        def move(self, who: str) -> None:
            m = self.model
            if not m.meetings:
                return
            may = who in VOTING and m.petition == "scheduled" and m.motion not in PENDING
            result = self.attempt(
                may,
                self.set(motion="moved", mover=who, ballots={}),
                who,
                "motion.move",
                world.meeting_id,
                document=m.document or "5.0",
            )
            if result is not None:
                world.ids["motion"] = result.id

        def on_motion(
            self, allowed: bool, then: Callable[[], None], who: str, command: str, **data: Any
        ) -> None:
            """A command on the motion that is before the Board, or on the last one that was."""
            if "motion" in world.ids:
                self.attempt(allowed, then, who, command, world.motion_id, **data)

        @rule(who=by(VOTING))
        def second(self, who: str) -> None:
            m = self.model
            may = who in VOTING and m.motion == "moved" and who != m.mover
            self.on_motion(may, self.set(motion="seconded"), who, "motion.second")

        @rule(who=by(VOTING))
        def take_back(self, who: str) -> None:
            m = self.model
            may = who == m.mover and m.motion in UNVOTED
            self.on_motion(may, lambda: m.over_with("withdrawn"), who, "motion.withdraw")

        @rule(who=chair)
        def postpone(self, who: str) -> None:
            m = self.model
            may = who in PRESIDING | STAFF and m.motion in UNVOTED
            self.on_motion(may, lambda: m.over_with("postponed"), who, "motion.postpone")

        @rule(who=chair)
        def open_vote(self, who: str) -> None:
            may = who in PRESIDING | STAFF and self.model.motion == "seconded"
            self.on_motion(may, self.set(motion="open"), who, "motion.open")

        @rule(who=by(VOTING), choice=st.sampled_from(["yes", "no", "abstain", "maybe"]))
        def vote(self, who: str, choice: str) -> None:
            m = self.model
            may = who in VOTING and m.motion == "open" and choice != "maybe"
            self.on_motion(
                may, lambda: m.ballots.update({who: choice}), who, "motion.vote", choice=choice
            )

        @rule(choices=SOME_CHOICES)
        def many_vote(self, choices: list[str]) -> None:
            if self.model.motion == "open":
                for who, choice in zip(CROWD, choices, strict=True):
                    world.vote(who, choice)
                    self.model.ballots[who] = choice

        @rule(who=chair)
        def close(self, who: str) -> None:
            may = who in PRESIDING | STAFF and self.model.motion == "open"
            self.on_motion(may, self.set(motion="closed"), who, "motion.close")

        @rule(who=chair)
        def announce(self, who: str) -> None:
            m = self.model
            may = who in PRESIDING | STAFF and m.motion == "closed"

            def then() -> None:
                result = m.result()
                assert world.motion.state == result
                if result == "carried":
                    self.set(petition="approved", groups=1)()
                elif result == "lost":
                    self.set(petition="declined")()
                m.over_with(result)

            self.on_motion(may, then, who, "motion.announce")

        # The way that most lives take, so that they get far.

        @rule(choices=SOME_CHOICES)
        def go_on(self, choices: list[str]) -> None:
            m = self.model
            if m.motion == "moved":
                self.second("director3" if m.mover == "director2" else "director2")
            elif m.motion == "seconded":
                self.open_vote("president")
            elif m.motion == "open" and not m.ballots:
                self.many_vote(choices)
            elif m.motion == "open":
                self.close("staff")
            elif m.motion == "closed":
                self.announce("president")
            elif m.petition in {"draft", "collecting", "returned"}:
                steps = {"draft": self.publish, "collecting": self.submit, "returned": self.revise}
                steps[m.petition]("rowan")
            elif m.petition in {"submitted", "verified"}:
                {"submitted": self.verify, "verified": self.schedule}[m.petition]("staff")
            else:
                self.move("director1")

        @rule(choices=SOME_CHOICES)
        def go_on_further(self, choices: list[str]) -> None:
            self.go_on(choices)
            self.go_on(choices)

        # What holds after each step.

        @invariant()
        def the_petition_stands_where_the_model_says(self) -> None:
            if "petition" in world.ids:
                assert world.petition.state == self.model.petition

        @invariant()
        def the_motion_stands_where_the_model_says_with_its_ballots(self) -> None:
            if "motion" not in world.ids:
                return
            motion = world.motion
            if self.model.motion:
                assert motion.state == self.model.motion
                cast = world.services.store.board.ballots(motion.id)
                by_name = {world.person(who).id: c for who, c in self.model.ballots.items()}
                assert {b.person_id: b.choice for b in cast} == by_name
            else:
                assert motion.state not in PENDING
            if motion.tally:
                cast = [b.choice for b in world.services.store.board.ballots(motion.id)]
                said = (motion.tally.yes, motion.tally.no, motion.tally.abstain)
                assert said == tuple(cast.count(c) for c in ("yes", "no", "abstain"))

        @invariant()
        def one_motion_at_most_is_pending(self) -> None:
            if "meeting" in world.ids:
                rows = world.services.store.board.motions(world.meeting_id)
                pending = [row for row in rows if row["state"] in PENDING]
                assert len(pending) == bool(self.model.motion)

        @invariant()
        def a_group_is_there_exactly_when_its_motion_carried_and_that_was_announced(self) -> None:
            if "petition" in world.ids:
                assert len(world.services.store.groups.listed()) == self.model.groups

        def teardown(self) -> None:
            """The record of everything that was touched holds."""
            for kept in world.services.store.record.things():
                assert proof.check(kept) == [], kept.subject

    return Lifecycle


def test_no_random_life_diverges_from_the_model(
    world: World, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    assert TEXT["name"]
    for start in STARTS:
        world.at(start)
    seen = dict.fromkeys(("examples", "allowed", "refused"), 0)
    run_state_machine_as_test(
        machine(world, seen),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    for name, count in seen.items():
        record_property(name, count)
    with capsys.disabled():
        print(
            f"\n{seen['examples']} lives: {seen['allowed']} commands that the model allows, "
            f"{seen['refused']} that it refuses; no divergence."
        )
    assert seen["examples"] >= EXAMPLES
    assert min(seen.values()) > 0
