"""Random commands on motions: moved, seconded, amended, divided, put off, taken back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.services.lifecycle.lifecycle_machine import RARELY, WHICH, Machine, by
from tests.services.lifecycle.lifecycle_model import CHAIR, STAFF, UNVOTED, VOTING, Motion
from tests.services.lifecycle.lifecycle_starts import ACTIONS, AS_SIGNED, OTHER_CHARGE, place

CHARGES = st.sampled_from([AS_SIGNED["charge"], OTHER_CHARGE, "To meet, and to publish notes."])
CONDITIONS = st.sampled_from(["", "Report each June.", "Report each June.\nName a co-convener."])
WORDINGS = st.sampled_from(
    [
        "That the Board wait.",
        "1. That the Board wait.\n2. That the Board meet again in May.",
        "1. That the Board wait.\n2. That staff report.\n3. That it be printed.",
    ]
)
any_motion = precondition(lambda self: bool(self.model.motions))
any_meeting = precondition(lambda self: bool(self.model.meetings))


class Motions(Machine):
    """The part of the machine that moves motions and changes them before their vote."""

    @any_meeting
    @rule(who=by(VOTING), paper=st.booleans(), action=st.integers(0, 2), again=RARELY)
    def move(self, who: str, paper: bool, action: int, again: int) -> None:
        m = self.model
        if paper and m.papers:
            self.move_paper(who, list(m.papers)[-1], action)
            return
        number = m.document or "5.0"
        put_off = [x for x in self.in_state("postponed") if x.kind == "petition"]
        earlier = put_off[-1] if put_off and not again else None
        may = who in VOTING and m.petition == "scheduled" and m.free(number, 0)
        may = may and not m.recused_from(number, who)
        text = dict(m.text)
        if earlier:
            may = may and earlier.document == number
            text = dict(earlier.text)
        data = {"document": number, "again": earlier.id if earlier else ""}
        self.moved(may, Motion("", "petition", number, who, text), **data)

    def move_paper(self, who: str, number: str, action: int) -> None:
        m = self.model
        texts = m.papers[number]
        numbered = [f"{n}. {text}" for n, text in enumerate(texts, 1)]
        wording = texts[action - 1] if action and texts else "\n".join(numbered)
        new = Motion("", "paper", number, who, {"wording": wording}, action)
        # One that is withdrawn has no actions left, and its number is not on the docket.
        may = who in VOTING and bool(texts) and m.free(number, action)
        may = may and not m.recused_from(number, who)
        self.moved(may, new, document=number, action=action)

    def moved(self, may: bool, new: Motion, **data: object) -> None:
        result = self.attempt(
            may, lambda: None, new.mover, "motion.move", self.world.meeting_id, **data
        )
        if result is not None:
            new.id = result.id
            self.model.motions.append(new)

    @any_motion
    @rule(who=by(VOTING), which=WHICH)
    def second(self, who: str, which: int) -> None:
        m = self.one(which, *self.in_state("moved"))
        if m:
            may = m.takes_part(who) and m.state == "moved" and who != m.mover

            def then() -> None:
                m.state, m.seconder = "seconded", who

            self.attempt(may, then, who, "motion.second", m.id)

    def held(self, m: Motion) -> bool:
        """Whether a motion cannot leave yet, since the vote on its amendment has begun."""
        amendment = self.model.amendment_of(m)
        return amendment is not None and amendment.state in {"open", "closed"}

    def leave(self, m: Motion, state: str) -> None:
        self.model.fall(m)
        m.state = state

    @any_motion
    @rule(who=by(VOTING), which=WHICH, rare=RARELY)
    def take_back(self, who: str, which: int, rare: int) -> None:
        m = self.one(which, *self.model.pending)
        if not m:
            return
        who = m.mover if rare == 1 else who
        may = who == m.mover and m.state in UNVOTED and not self.held(m)
        if may and rare > 1 and m.kind != "amendment":
            return
        self.attempt(may, lambda: self.leave(m, "withdrawn"), who, "motion.withdraw", m.id)

    @any_motion
    @rule(who=by(CHAIR), which=WHICH, rare=RARELY)
    def postpone(self, who: str, which: int, rare: int) -> None:
        m = self.one(which, *self.model.pending)
        if not m:
            return
        fits = m.state in UNVOTED and m.kind != "amendment" and not self.held(m)
        may = m.presides(who) and fits
        if may and rare > 1:
            return

        def then() -> None:
            self.leave(m, "postponed")
            if m.kind == "petition":
                self.model.letters["petition-postponed"] += 2

        self.attempt(may, then, who, "motion.postpone", m.id)

    @any_motion
    @rule(who=by(VOTING), which=WHICH, charge=CHARGES, conditions=CONDITIONS, wording=WORDINGS)
    def amend(self, who: str, which: int, charge: str, conditions: str, wording: str) -> None:
        pending = [x for x in self.in_state(*UNVOTED) if x.kind in {"petition", "paper"}]
        m = self.one(which, *pending)
        if not m:
            return
        group = "charge" in m.text
        text = {"charge": charge, "conditions": conditions} if group else {"wording": wording}
        fits = m.kind in {"petition", "paper"} and m.state in UNVOTED
        may = m.takes_part(who) and fits and not self.model.amendment_of(m) and text != m.text
        new = Motion("", "amendment", m.document, who, text, m.action, amends=m)
        result = self.attempt(may, lambda: None, who, "motion.amend", m.id, **text)
        if result is not None:
            new.id = result.id
            self.model.motions.append(new)

    @any_motion
    @rule(who=by(VOTING), which=WHICH, theirs=st.booleans())
    def accept(self, who: str, which: int, theirs: bool) -> None:
        amendments = [x for x in self.in_state(*UNVOTED) if x.kind == "amendment"]
        m = self.one(which, *amendments)
        if not m:
            return
        if theirs and m.amends:
            asked = {m.amends.mover, m.amends.seconder} - {"", m.mover} - m.accepted
            who = min(asked, default=who)
        main = m.amends
        fits = m.kind == "amendment" and m.state in UNVOTED
        may = m.takes_part(who) and fits and main and who in {main.mover, main.seconder}

        def then() -> None:
            assert main
            m.accepted.add(who)
            if not {main.mover, main.seconder} - {""} - m.accepted - {m.mover}:
                m.state = "carried"
                self.model.adopt(m)

        self.attempt(bool(may), then, who, "motion.accept-amendment", m.id)

    @any_motion
    @rule(who=by(VOTING), which=WHICH)
    def divide(self, who: str, which: int) -> None:
        several = [x for x in self.in_state(*UNVOTED) if x.kind == "paper" and not x.action]
        m = self.one(which, *several)
        if not m:
            return
        fits = m.kind == "paper" and m.state in UNVOTED and m.action == 0
        free = not self.model.amendment_of(m)
        may = m.takes_part(who) and fits and len(m.sentences) > 1 and free
        result = self.attempt(may, lambda: None, who, "motion.divide", m.id)
        if result is None:
            return
        m_state, m.state, m.stood_for = m.state, "divided", True
        rows = self.world.services.store.board.motions(result.meeting_id)
        parts = {row["action"]: row["id"] for row in rows if row["divided_from"] == m.id}
        assert sorted(parts) == list(range(1, len(m.sentences) + 1))
        for action, wording in enumerate(m.sentences, 1):
            part = Motion(parts[action], m.kind, m.document, m.mover, {"wording": wording}, action)
            part.seconder, part.state = m.seconder, m_state
            part.ballots = dict(m.ballots)
            part.virtual, part.secret = m.virtual, m.secret
            part.voting_from, part.voting_until = m.voting_from, m.voting_until
            self.model.motions.append(part)

    # Other documents than petitions.

    @any_meeting
    @rule(rare=RARELY)
    def send_paper(self, rare: int) -> None:
        m, world = self.model, self.world
        late = world.clock() >= world.meeting.starts_at
        if rare or late or len(m.papers) > 3 or (m.papers and m.free(list(m.papers)[-1], 0)):
            return
        number = f"2{len(m.papers)}.0"
        world.ids[f"paper {number}"] = place(world, number)
        m.papers[number] = ACTIONS
        self.seen["allowed"] += 3

    @precondition(lambda self: bool(self.model.papers))
    @rule(who=by(STAFF), rare=RARELY)
    def withdraw_paper(self, who: str, rare: int) -> None:
        m = self.model
        number = list(m.papers)[-1]
        may = who in STAFF and bool(m.papers[number]) and not m.vote_begun(number)
        if may and rare:
            return

        def then() -> None:
            m.leave_docket(number)
            m.papers[number] = []

        paper, data = self.world.ids[f"paper {number}"], {"reason": "It is out of date."}
        self.attempt(may, then, who, "document.withdraw", paper, **data)
