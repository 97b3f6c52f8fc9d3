"""A small model of what may happen when, from a petition's draft to its group: plain words and
numbers, written from the association's rules and not from the code that is tried against it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
CONVENERS = {"rowan", "noor"}
STAFF = {"staff"}
PRESIDING = {"president"}
CHAIR = STAFF | PRESIDING
VOTING = {"president", "vice-president", "director1", "director2", "director3", "director4"}
SEATS = 13
# Who votes in one go, so that a vote gets its quorum: seven of thirteen.
CROWD = ("president", *(f"director{n}" for n in range(1, 9)))
PENDING = {"moved", "seconded", "open", "closed"}
UNVOTED = {"moved", "seconded"}
BEGUN = {"open", "closed"}
CHOICES = {"yes", "no", "abstain"}
RECUSED = "recused"

Text = dict[str, str]


def end_of_day(moment: datetime, days: int = 0) -> datetime:
    """The last second of the day so many days after a moment's, as the association counts them."""
    day = moment.astimezone(ZONE).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), ZONE).astimezone(moment.tzinfo)


def days_between(first: datetime, then: datetime) -> int:
    return (then.astimezone(ZONE).date() - first.astimezone(ZONE).date()).days


@dataclass(eq=False)
class Motion:
    """A motion: on the `petition`, on a `paper`, an `amendment`, or a `confirmation`. `text` is
    what it says (of an amendment: what it would make of the motion that it `amends`).
    """

    id: str
    kind: str
    document: str
    mover: str
    text: Text
    action: int = 0
    amends: "Motion | None" = None
    seconder: str = ""
    state: str = "moved"
    accepted: set[str] = field(default_factory=set)
    ballots: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    secret: bool = False
    virtual: bool = False
    voting_from: datetime | None = None
    voting_until: datetime | None = None
    closes_at: datetime | None = None
    reminded: datetime | None = None
    confirmed: str = ""
    # A void vote that was held anew, or that nothing is left to be held anew for.
    done_with: bool = False
    # Another motion stands for this one: the vote held anew, or the parts of one divided.
    stood_for: bool = False

    @property
    def ends(self) -> datetime | None:
        return self.voting_until if self.virtual else self.closes_at

    @property
    def before_the_board(self) -> bool:
        """Whether nothing else may be moved on the same thing."""
        return self.state in PENDING or (self.state == "void" and not self.done_with)

    @property
    def unconfirmed(self) -> bool:
        return self.state == "carried" and self.virtual and not self.confirmed

    @property
    def sentences(self) -> list[str]:
        lines = self.text.get("wording", "").split("\n")
        return [line.partition(". ")[2] for line in lines] if len(lines) > 1 else lines

    def in_time(self, now: datetime) -> bool:
        begun = not self.virtual or (self.voting_from is not None and now >= self.voting_from)
        return begun and (self.ends is None or now <= self.ends)

    def keeps_out(self, who: str) -> bool:
        """Whether somebody is recused, here or (without a ballot here) from what it amends."""
        said = self.ballots.get(who)
        if said is None and self.kind == "amendment" and self.amends:
            said = self.amends.ballots.get(who)
        return said == RECUSED

    def presides(self, who: str) -> bool:
        return who in CHAIR and not self.keeps_out(who)

    def takes_part(self, who: str) -> bool:
        return who in VOTING and not self.keeps_out(who)

    def counted(self, choice: str) -> int:
        return list(self.ballots.values()).count(choice)

    def result(self) -> str:
        """By the association's rule: more than half of those present, of whom seven are needed.
        Who is recused is not among them.
        """
        present = sum(map(self.counted, CHOICES))
        if present < 7:
            return "postponed"
        return "carried" if self.counted("yes") * 2 > present else "lost"


@dataclass
class Model:
    """A petition, its meetings and the motions that were before the Board."""

    petition: str = "draft"
    enough: bool = False
    meetings: int = 0
    document: str = ""
    text: Text = field(default_factory=dict)
    motions: list[Motion] = field(default_factory=list)
    # The number of each document that is no petition's, and how many actions it recommends.
    papers: dict[str, list[str]] = field(default_factory=dict)
    # What each group was chartered with.
    groups: list[Text] = field(default_factory=list)
    letters: Counter[str] = field(default_factory=Counter)
    # The meeting that confirms: which motions are on its docket, and whether on the consent agenda.
    docket: dict[str, str] = field(default_factory=dict)
    begun: bool = False
    adopted: bool = False

    # What is before the Board.

    def of_document(self, number: str) -> list[Motion]:
        """The motions that hold the floor of a document, those that decided included."""
        mine = [m for m in self.motions if m.document == number and m.kind in {"petition", "paper"}]
        return [m for m in mine if m.before_the_board or m.state in {"carried", "lost"}]

    def about(self, main: Motion, kind: str) -> Motion | None:
        """The amendment (or the motion to confirm) that is pending on a motion."""
        found = (m for m in self.motions if m.amends is main and m.kind == kind)
        return next((m for m in found if m.before_the_board), None)

    def amendment_of(self, main: Motion) -> Motion | None:
        return self.about(main, "amendment")

    @property
    def pending(self) -> list[Motion]:
        """What waits for the Board, what has to be decided first in front."""
        found = [m for m in self.motions if m.state in PENDING]
        return sorted(found, key=lambda m: m.kind != "amendment")

    def recused_from(self, number: str, who: str) -> bool:
        """Whether somebody is recused from any motion on a document, so that they move none."""
        mine = [m for m in self.motions if m.document == number and not m.stood_for]
        return any(m.ballots.get(who) == RECUSED for m in mine)

    def vote_begun(self, number: str) -> bool:
        """Whether the Board votes on a document, or on an amendment of a motion on it."""
        mains = [m for m in self.of_document(number) if m.state in PENDING]
        amendments = [a for m in mains if (a := self.amendment_of(m))]
        return any(m.state in BEGUN for m in (*mains, *amendments))

    def free(self, number: str, action: int) -> bool:
        """Whether something can be moved on an action of a document, or on all of it (0)."""
        taken = {m.action for m in self.of_document(number)}
        return not taken if action == 0 else not taken & {0, action}

    # What happens.

    def fall(self, main: Motion) -> None:
        """What is pending about a motion falls with it."""
        amendment = self.amendment_of(main)
        if amendment and amendment.state == "void":
            amendment.done_with = True
        elif amendment:
            amendment.state = "withdrawn"

    def leave_docket(self, number: str) -> None:
        """A document leaves the docket; what is pending on it is postponed."""
        for m in self.of_document(number):
            if m.state == "void":
                m.done_with = True
            elif m.state in UNVOTED:
                self.fall(m)
                m.state = "postponed"

    def adopt(self, amendment: Motion) -> None:
        assert amendment.amends
        amendment.amends.text = dict(amendment.text)

    def open(self, m: Motion, now: datetime) -> None:
        m.state, m.reminded = "open", now
        self.letters["vote-open"] += SEATS

    def announce(self, m: Motion) -> None:
        m.state = m.result()
        target = m.amends
        if m.kind == "petition":
            self.decide_petition(m)
        elif m.kind == "amendment" and m.state == "carried":
            self.adopt(m)
        elif m.kind == "confirmation" and target and target.unconfirmed:
            if m.state == "carried":
                target.confirmed = "yes"
            elif m.state == "lost":
                target.confirmed = "no"
                self.letters["confirmation-refused"] += 2

    def decide_petition(self, m: Motion) -> None:
        if m.state == "carried":
            self.petition = "approved"
            self.groups.append(dict(m.text))
            self.letters["petition-approved"] += len(CONVENERS)
        elif m.state == "lost":
            self.petition = "declined"
            self.letters["petition-declined"] += len(CONVENERS)
        else:
            self.letters["petition-postponed"] += len(CONVENERS)

    def keep_time(self, now: datetime) -> None:
        """What a sweep does to each vote: one thing at a time."""
        for m in list(self.motions):
            if m.state == "seconded" and m.virtual and m.voting_from and m.voting_from <= now:
                if not self.amendment_of(m):
                    self.open_by_itself(m, now)
            elif m.state == "open" and m.ends and now > m.ends:
                m.state = "closed"
                self.letters["vote-closed"] += 3
            elif m.state == "open" and m.virtual:
                self.remind(m, now)

    def open_by_itself(self, m: Motion, now: datetime) -> None:
        """Members keep all their days where it opens late."""
        assert m.voting_from
        assert m.voting_until
        late = days_between(m.voting_from, now)
        if late:
            m.voting_from, m.voting_until = now, end_of_day(m.voting_until, late)
        self.open(m, now)

    def remind(self, m: Motion, now: datetime) -> None:
        assert m.voting_until
        moments = [end_of_day(m.voting_until, -days) for days in (3, 1)]
        passed = [at for at in moments if (m.reminded or at) < at <= now]
        if passed:
            m.reminded = passed[-1]
            self.letters["vote-reminder"] += SEATS - len(m.ballots)

    def call(self, m: Motion, now: datetime, discussed: bool, secret: bool) -> None:
        """Seven days of discussion and seven of voting; the day of the call is the first."""
        m.virtual, m.secret = True, secret
        m.voting_from, m.voting_until = now, end_of_day(now, 6)
        if not discussed:
            m.voting_from = end_of_day(now, 6) + timedelta(seconds=1)
            m.voting_until = end_of_day(now, 13)
        self.letters["vote-called"] += SEATS
