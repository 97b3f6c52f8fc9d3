"""Random commands that confirm what was decided without a meeting, and the way that most lives
take.
"""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.services.lifecycle.lifecycle_machine import RARELY, WHICH, by
from tests.services.lifecycle.lifecycle_model import CHAIR, RECUSED, VOTING, Motion
from tests.services.lifecycle.lifecycle_motions import Motions
from tests.services.lifecycle.lifecycle_starts import OTHER_CHARGE, STARTS
from tests.services.lifecycle.lifecycle_votes import SOME_CHOICES, Votes

any_virtual = precondition(
    lambda self: any(m.virtual and m.state == "carried" for m in self.model.motions)
)
# The most steps of the straight way that a life begins with.
LONGEST_BEGINNING = 12
# What else may come up on the way.
DETOURS = st.sampled_from(
    ["amend", "", "accept", "recuse", "call", "", "secret", "divide", "void", "change", "rejoin"]
)
any_docket = precondition(lambda self: bool(self.model.docket))


class Lifecycle(Motions, Votes):
    """All of the machine."""

    @any_virtual
    @rule(who=by(CHAIR), which=WHICH)
    def put(self, who: str, which: int) -> None:
        model, world = self.model, self.world
        m = self.one(which, *[x for x in model.motions if x.unconfirmed])
        if not m or model.begun:
            return
        if "second" not in world.ids:
            world.ids["second"] = world.plan_meeting(title="Board II")
        may = who in CHAIR and m.unconfirmed and m.id not in model.docket
        self.attempt(
            may,
            lambda: model.docket.update({m.id: "consent"}),
            who,
            "motion.put-for-confirmation",
            m.id,
            meeting=world.ids["second"],
        )

    @any_docket
    @rule(who=by(CHAIR))
    def call_to_order(self, who: str) -> None:
        model, world = self.model, self.world
        meeting = world.services.store.board.meeting(world.ids["second"])
        assert meeting
        if not model.begun:
            self.pass_to(meeting.starts_at, 0)
        if world.clock() < meeting.starts_at:
            return
        may = who in CHAIR and not model.begun
        present = sorted(self.people().values())[:9]
        then = lambda: setattr(model, "begun", True)  # noqa: E731
        self.attempt(may, then, who, "meeting.begin", meeting.id, present=present)

    def item(self, m: Motion) -> tuple[str, str]:
        """The id and the number of the docket item that confirms a motion; empty without one."""
        meeting = self.world.services.store.board.meeting(self.world.ids["second"])
        assert meeting
        found = (item for item in meeting.docket if item.confirms == m.id)
        return next(((item.id, item.number) for item in found), ("", ""))

    @any_docket
    @rule(who=by(VOTING), which=WHICH)
    def pull(self, who: str, which: int) -> None:
        model = self.model
        m = self.one(which, *[x for x in model.motions if x.id in model.docket])
        if m:
            may = who in VOTING and model.docket.get(m.id) == "consent" and not model.adopted
            item, _ = self.item(m)
            then = lambda: model.docket.update({m.id: "pulled"})  # noqa: E731
            self.attempt(may, then, who, "docket.pull", self.world.ids["second"], item=item)

    @any_docket
    @rule(who=by(CHAIR))
    def adopt_consent(self, who: str) -> None:
        model = self.model
        consent = [m for m in model.motions if model.docket.get(m.id) == "consent"]
        may = who in CHAIR and model.begun and not model.adopted and bool(consent)

        def then() -> None:
            model.adopted = True
            for m in consent:
                m.confirmed = "yes" if m.unconfirmed else m.confirmed

        self.attempt(may, then, who, "consent.adopt", self.world.ids["second"])

    @any_docket
    @rule(who=by(VOTING), which=WHICH)
    def move_confirmation(self, who: str, which: int) -> None:
        model = self.model
        m = self.one(which, *[x for x in model.motions if model.docket.get(x.id) == "pulled"])
        if not m:
            return
        may = who in VOTING and model.docket.get(m.id) == "pulled" and m.unconfirmed
        may = may and not model.about(m, "confirmation")
        _, number = self.item(m)
        result = self.attempt(
            may,
            lambda: None,
            who,
            "motion.move-confirmation",
            self.world.ids["second"],
            item=number,
        )
        if result is not None:
            new = Motion(result.id, "confirmation", "", who, {}, amends=m)
            model.motions.append(new)

    # The way that most lives take, so that they get far.

    @initialize(
        start=st.sampled_from(sorted(STARTS)),
        luck=RARELY,
        steps=st.lists(
            st.tuples(SOME_CHOICES, DETOURS, DETOURS), min_size=4, max_size=LONGEST_BEGINNING
        ),
    )
    def begin(self, start: str, luck: int, steps: list[tuple[list[str], str, str]]) -> None:
        """A life starts somewhere, is swept over, and takes some steps at once: what comes late
        in a life is seldom reached by rules that are drawn one by one.
        """
        self.start(start, luck)
        self.pass_to(self.world.clock() + timedelta(minutes=1), 1)
        for choices, way, then in steps:
            self.detour(way)
            self.go_on(choices)
            self.detour(then)

    def go_on(self, choices: list[str]) -> None:
        model = self.model
        pending = model.pending
        if pending:
            self.go_on_with(pending[0], choices)
        elif [m for m in model.motions if m.unconfirmed]:
            self.go_on_to_confirm()
        elif model.petition in {"draft", "collecting", "returned"}:
            steps = {"draft": self.publish, "collecting": self.submit, "returned": self.revise}
            steps[model.petition]("rowan")
        elif model.petition in {"submitted", "verified"}:
            {"submitted": self.verify, "verified": self.schedule}[model.petition]("staff")
        elif model.meetings and model.petition == "scheduled":
            self.move(self.somebody(model.document), False, 0, 1)
        elif model.meetings:
            self.send_paper(0)
            number = list(model.papers)[-1] if model.papers else ""
            if number and model.papers[number] and model.free(number, 0):
                self.move_paper(self.somebody(number), number, 0)

    def somebody(self, number: str) -> str:
        """A member who may move something on a document."""
        everybody = sorted(VOTING)
        free = [who for who in everybody if not self.model.recused_from(number, who)]
        return (free or everybody)[0]

    def go_on_with(self, m: Motion, choices: list[str]) -> None:
        which = self.in_state(m.state).index(m)
        if which > 4:
            return
        chair = "president" if m.presides("president") else "staff"
        if m.state == "moved":
            fit = [who for who in sorted(VOTING) if m.takes_part(who) and who != m.mover]
            self.second((fit or ["director2"])[0], which)
        elif m.state == "seconded" and m.virtual:
            self.run_out(m)
        elif m.state == "seconded":
            self.open_vote(chair, which, False, 1)
        elif m.state == "open" and sum(c != RECUSED for c in m.ballots.values()) < 7:
            if m.in_time(self.world.clock()):
                self.many_vote(which, choices)
            else:
                self.close("staff", which)
        elif m.state == "open" and m.virtual:
            self.run_out(m)
        elif m.state == "open":
            self.close("staff", which)
        else:
            self.announce(chair, which)

    def go_on_to_confirm(self) -> None:
        model = self.model
        waiting = next(m for m in model.motions if m.unconfirmed)
        where = model.docket.get(waiting.id)
        if where is None and not model.begun:
            self.put("staff", [m for m in model.motions if m.unconfirmed].index(waiting))
        elif not model.begun:
            self.call_to_order("president")
        elif where == "pulled":
            pulled = [m for m in model.motions if model.docket.get(m.id) == "pulled"]
            self.move_confirmation("director1", pulled.index(waiting))
        else:
            self.adopt_consent("staff")

    def detour(self, way: str) -> None:
        """Something that is possible just now, and not the straight way on."""
        void = [m for m in self.in_state("void") if not m.done_with]
        if void:
            self.hold_anew("president", 0)
        elif way == "amend":
            self.amend("director3", 0, OTHER_CHARGE, "Report each June.", "That the Board wait.")
        elif way == "accept":
            self.accept("director1", 0, True)
        elif way == "recuse":
            self.recuse("director4", 0, False)
        elif way == "rejoin":
            self.rejoin("director4", 0, True)
        elif way == "call":
            self.call_virtual("president", 0, False, len(self.model.motions) % 2 == 1)
        elif way == "secret":
            self.open_vote("president", 0, True, 1)
        elif way == "divide":
            self.divide("director2", 0)
        elif way == "void":
            self.void("president", 0, 0)
        elif way == "change":
            self.vote("director1", 0, "no", False)

    @rule(choices=SOME_CHOICES, way=DETOURS)
    def a_step(self, choices: list[str], way: str) -> None:
        self.detour(way)
        self.go_on(choices)

    @rule(choices=SOME_CHOICES, way=DETOURS, then=DETOURS)
    def two_steps(self, choices: list[str], way: str, then: str) -> None:
        self.go_on(choices)
        self.detour(way)
        self.go_on(choices)
        self.detour(then)

    @rule(choices=SOME_CHOICES)
    def three_steps(self, choices: list[str]) -> None:
        for _ in range(3):
            self.go_on(choices)
