"""The association in one process: a clock to set, workers on demand, letters to read.

`world.at("scheduled")` is the association at that point of one petition's life. It is lived
through once in a test run, by the commands that pages run, and put back for each test after.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.groups.group import Group
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.packets.packet import Packet
from chalicelib.domain.people.people import SYSTEM, VISITOR, Actor, Person, actor_for
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.record.events import Event, digest_of
from chalicelib.domain.roster.roster import Roster
from chalicelib.domain.roster.roster import digest_of as roster_digest
from chalicelib.domain.signing.signature import Signature, signatory_key
from chalicelib.jobs.packets import work_on
from chalicelib.services.commands import perform
from chalicelib.services.context import Services
from chalicelib.services.motions import virtual_votes
from chalicelib.services.outbox import letters, webhooks
from chalicelib.services.ports import Message, PacketParts, RenderFailed
from chalicelib.services.signing.signing import confirm_by_link, note_threshold
from chalicelib.storage import keys, reading
from chalicelib.storage.item import Item
from chalicelib.storage.memory import MemoryTable, Snapshot
from chalicelib.storage.table import Put, Update
from local.demo.people import MEMBERS, address, persons, roster
from tests.services import aws

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # A Monday, noon in Chicago.
FAR = timedelta(days=3650)


class Clock:
    """A clock that tests set; it stands still until they do."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: float) -> datetime:
        """Goes on by days, hours, minutes or seconds."""
        self.now += timedelta(**how_far)
        return self.now


@dataclass(frozen=True)
class Letter:
    """A letter that was sent."""

    kind: str
    to: str
    message: Message
    id: str

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def token(self) -> str:
        """The token in the letter's link."""
        found = re.search(r"/(?:signatures/confirm|signatures|sign-in)/([\w.-]+)", self.text)
        assert found, self.text
        return found[1]


class Post:
    """Composer and mailer in one: writes real letters and keeps them. With `broken` set,
    handing a letter over fails.
    """

    def __init__(self, composer: Any) -> None:
        self._composer = composer
        self._kinds: dict[Message, str] = {}
        self.sent: list[Letter] = []
        self.broken = False

    def __call__(self, kind: str, name: str, data: dict[str, Any]) -> Message:
        message = self._composer(kind, name, data)
        self._kinds[message] = kind
        return message

    def send(self, to: str, message: Message, letter_id: str) -> None:
        if self.broken:
            raise ConnectionError("the mail service does not answer")
        self.sent.append(Letter(self._kinds[message], to, message, letter_id))


@dataclass(frozen=True)
class Pages:
    """What the renderer gives back."""

    pdf: bytes
    pages: int
    sha256: str
    claims: tuple[str, ...] = ("PDF/UA-1",)
    documents: tuple["Pages", ...] = ()
    number: str = ""


def _printed(content: object, pages: int, number: str = "", documents: Any = ()) -> Pages:
    pdf = b"%PDF-1.7\n" + repr(content).encode()
    digest = hashlib.sha256(pdf).hexdigest()
    return Pages(pdf, pages, digest, documents=documents, number=number)


class Press:
    """A renderer that prints the content as text. `problem` makes it fail, because of the document
    `at_fault`. `printed` are the Board's editions, `runs` all that it was given.
    """

    def __init__(self) -> None:
        self.printed: list[dict[str, Any]] = []
        self.runs: list[dict[str, Any]] = []
        self.problem = ""
        self.at_fault = ""
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(
        self,
        content: dict[str, Any],
        progress: Callable[[int, int, str], None] | None,
        parts: PacketParts | None = None,
    ) -> Pages:
        if progress:
            progress(0, 2, "Reading the docket")
        self.meanwhile()
        if self.problem:
            raise RenderFailed(self.problem, self.at_fault)
        self.runs.append(content)
        if content.get("edition", "board") == "board":
            self.printed.append(content)
        alone = tuple(_printed(d, 1, d["number"]) for d in content["documents"])
        return _printed(content, 1 + len(alone), documents=alone)


TEXT: dict[str, Any] = {
    "name": "Stewardship of Open Textbooks",
    "charge": "To share what it takes to find, adopt and keep up openly licensed textbooks.",
    "background": "Many libraries run open textbook programs with one person and no budget.",
    "questions": ["What does it cost to keep a textbook up to date?"],
    "stakeholders": "Libraries with textbook programs.",
    "fiscal_impact": "None.",
    "goal_area": "Student Learning",
    "lead_name": "Rowan Ibarra",
    "lead_institution": "Lakeshore University",
    "conveners": [
        {"name": "Noor Castellan", "email": "noor@example.org", "institution": "Fernwood College"}
    ],
}
STEPS = (
    "people draft collecting crossed confirmed submitted verified scheduled published "
    "moved seconded open voted closed carried"
).split()
SIGNERS = MEMBERS[2:27]
VOTERS = tuple(p.email.partition("@")[0] for p in persons() if any(seat.voting for seat in p.seats))


@dataclass
class Moment:
    """A state of the world that was lived through once, to be put back."""

    items: Snapshot
    now: datetime
    sent: list[Letter]
    ids: dict[str, str]


_lived: dict[str, Moment] = {}
_WORKERS = {"mail": letters.deliver, "packets": work_on, "webhooks": webhooks.deliver}
# Every request to the table in that life, counted.
operations: Counter[str] = Counter()


@dataclass
class World:
    """The association, and what people do in it. People go by what stands before the @."""

    services: Services
    clock: Clock
    post: Post
    press: Press
    ids: dict[str, str] = field(default_factory=dict)

    # Reading.

    @property
    def table(self) -> MemoryTable:
        """The table in memory."""
        table = self.services.store.table
        assert isinstance(table, MemoryTable)
        return table

    @property
    def petition_id(self) -> str:
        return self.ids["petition"]

    @property
    def meeting_id(self) -> str:
        return self.ids["meeting"]

    @property
    def motion_id(self) -> str:
        return self.ids["motion"]

    @property
    def petition(self) -> Petition:
        found = self.services.store.petitions.get(self.petition_id)
        assert found
        return found

    @property
    def meeting(self) -> Meeting:
        found = self.services.store.board.meeting(self.meeting_id)
        assert found
        return found

    @property
    def motion(self) -> Motion:
        found = self.services.store.board.motion(self.motion_id)
        assert found
        return found

    @property
    def group(self) -> Group:
        (row,) = self.services.store.groups.listed()
        found = self.services.store.groups.get(row["slug"])
        assert found
        return found

    @property
    def packets(self) -> list[Packet]:
        return self.services.store.board.packets(self.meeting_id)

    @property
    def counts(self) -> tuple[int, int]:
        """The petition's counts: confirmed, verified."""
        return self.petition.confirmed, self.petition.verified

    def signature(self, who: str) -> Signature | None:
        key = signatory_key(address(who))
        return self.services.store.petitions.signature(self.petition_id, key)

    def person(self, who: str) -> Person:
        found = self.services.store.people.by_email(address(who))
        assert found, who
        return found

    def actor(self, who: str) -> Actor:
        """The person as the site sees them today; an empty name is a visitor."""
        return actor_for(self.person(who), self.services.today()) if who else VISITOR

    def events(self, pk: str) -> list[Event]:
        """A thing's record, checked: numbered without a gap, each event chained to the last."""
        events = reading.record(self.services.store.table, pk)
        assert events, pk
        previous = ""
        for number, event in enumerate(events, 1):
            assert (event.sequence, event.previous) == (number, previous)
            assert event.digest == digest_of(event), event
            previous = event.digest
        return events

    def dump(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The whole table, item by item, to compare. How often the API was asked is left out: it
        changes nothing.
        """
        items = self.table.dump().items()
        return {key: item for key, item in items if not key[0].startswith("LIMIT#api#")}

    def item(self, *key: str) -> Item:
        """An item of the table."""
        pk, sk = key
        item = self.services.store.table.get((pk, sk))
        assert item, key
        return item

    def put(self, item: Item) -> None:
        """Writes an item as no command does."""
        self.services.store.table.write(Put(item))

    def alter(self, key: tuple[str, str], add: dict[str, int] | None = None, **to: Any) -> None:
        """Changes attributes of an item as no command does."""
        self.services.store.table.write(Update(key, to, add or {}))

    def commands(self, what: str, thing_id: str) -> list[str]:
        """The commands in a thing's record, in order, its digests checked."""
        return [event.command for event in self.events(getattr(keys, what)(thing_id))]

    # Acting.

    def do(self, who: str, command: str, target: str = "", **data: Any) -> Any:
        """A command as a page runs it."""
        return perform(self.services, self.actor(who), command, target, data)

    def sign(self, who: str, name: str = "", **more: Any) -> None:
        """Somebody fills in the form to sign."""
        email = more.pop("email", address(who))
        answers = {"name": name or who.title(), "institution": "Lakeshore University", **more}
        data = {"email": email, "named": True, **answers}
        perform(self.services, VISITOR, "signature.sign", self.petition_id, data)

    def confirm(self, who: str) -> Any:
        """The person opens the last letter that has their link, and presses the button."""
        return confirm_by_link(self.services, VISITOR, self.token(who))

    def token(self, who: str) -> str:
        """The token in the last letter to a signatory."""
        kinds = {"signature-confirm", "ask-again", "signature-thanks", "signature-already"}
        return self.letters(*kinds, to=who)[-1].token

    def sign_and_confirm(self, *who: str) -> None:
        """Each of them signs, gets the letter and confirms by its link."""
        for one in who:
            self.sign(one)
        self.deliver_all()
        for one in who:
            self.confirm(one)
        self.deliver_all()

    def deliver_all(self) -> int:
        """The workers do everything that is due; how many pieces of work that was."""
        done = 0
        while waiting := self.services.store.outbox.waiting(self.clock() + FAR):
            for queue, pk, sk in waiting:
                _WORKERS[queue](self.services, pk, sk)
            left = self.services.store.outbox.waiting(self.clock() + FAR)
            if set(left) & set(waiting):
                return done
            done += len(waiting)
        return done

    def letters(self, *kinds: str, to: str = "") -> list[Letter]:
        """The letters sent so far, of some kinds, to somebody."""
        wanted = address(to) if to and "@" not in to else to
        return [
            one
            for one in self.post.sent
            if (not kinds or one.kind in kinds) and (not to or one.to == wanted)
        ]

    def told(self, *kinds: str) -> list[tuple[str, str]]:
        """Kind and addressee (what stands before the @) of each of these letters, sorted."""
        return sorted((one.kind, one.to.partition("@")[0]) for one in self.letters(*kinds))

    def forget_letters(self) -> None:
        """Begins a new count of letters."""
        self.post.sent.clear()

    # Living.

    def at(self, step: str) -> "World":
        """The world at a step of one petition's life."""

        def live(world: "World") -> None:
            index = STEPS.index(step)
            if index:
                world.at(STEPS[index - 1])
            with aws.watching(lambda name, _: operations.update([name])):
                getattr(world, f"_to_{step}")()
                world.deliver_all()

        return self.once(step, live)

    def once(self, name: str, live: Callable[["World"], object]) -> "World":
        """The world after a life that a process lives once, and puts back from then on.

        Table, clock, letters and ids are kept; files are not.
        """
        if name not in _lived:
            live(self)
            _lived[name] = Moment(
                self.table.snapshot(),
                self.clock.now,
                list(self.post.sent),
                dict(self.ids),
            )
            return self
        lived = _lived[name]
        self.table.restore(lived.items)
        self.clock.now, self.ids = lived.now, dict(lived.ids)
        self.post.sent[:] = lived.sent
        self._learn_kinds()
        return self

    def _learn_kinds(self) -> None:
        for one in self.post.sent:
            self.post._kinds[one.message] = one.kind

    def _to_people(self) -> None:
        for person in persons():
            unit = self.services.store.transaction()
            self.services.store.people.add(unit, person)
            unit.commit()
        entries = roster()
        version = Roster(
            version=1,
            digest=roster_digest(entries),
            entries=len(entries),
            imported_at=self.clock() - timedelta(days=60),
            imported_by="Imara Vesterholt",
        )
        self.services.store.rosters.store(version, entries)

    def _to_draft(self) -> None:
        draft = self.do("rowan", "petition.draft", kind="discussion-group")
        self.ids["petition"] = draft.id
        self.do("rowan", "petition.edit", draft.id, **TEXT, version=draft.version)
        self.do("rowan", "petition.invite", draft.id)
        self.do("noor", "petition.accept-invitation", draft.id)

    def _to_collecting(self) -> None:
        self.do("rowan", "petition.publish", self.petition_id)

    def _to_crossed(self) -> None:
        self.clock.forward(days=10)
        for name, who, institution in SIGNERS:
            self.sign(who, name, institution=institution)
        self.deliver_all()
        self.clock.forward(days=1)
        for _, who, _ in SIGNERS:
            # As if the process had died each time before it looked at the threshold.
            perform(self.services, VISITOR, "signature.confirm", self.token(who))

    def _to_confirmed(self) -> None:
        note_threshold(self.services, self.petition_id)

    def _to_submitted(self) -> None:
        self.do("rowan", "petition.submit", self.petition_id)

    def _to_verified(self) -> None:
        self.do("staff", "petition.verify", self.petition_id)

    def _to_scheduled(self) -> None:
        self.clock.forward(days=1)
        self.ids["meeting"] = self.plan_meeting()
        self.schedule()

    def _to_published(self) -> None:
        self.do("staff", "packet.publish", self.meeting_id)

    def _to_moved(self) -> None:
        self.clock.forward(days=40)
        self.move()

    def _to_seconded(self) -> None:
        self.do("director2", "motion.second", self.motion_id)

    def _to_open(self) -> None:
        self.do("president", "motion.open", self.motion_id)

    def _to_voted(self) -> None:
        for who in VOTERS:
            self.vote(who, "yes")

    def _to_closed(self) -> None:
        self.do("president", "motion.close", self.motion_id)

    def _to_carried(self) -> None:
        self.do("president", "motion.announce", self.motion_id)

    def plan_meeting(self, **changes: Any) -> str:
        """Staff plan a meeting some weeks ahead; its id."""
        day = (self.clock() + timedelta(days=45)).date()
        data = {"title": "Board I", "code": "ACRL AC 26", "time": "13:00", "place": "Virtual"}
        return str(self.do("staff", "meeting.plan", **{**data, "day": str(day), **changes}).id)

    def schedule(self, number: str = "5.0") -> None:
        self.do(
            "staff", "petition.schedule", self.petition_id, meeting=self.meeting_id, number=number
        )

    def move(self, who: str = "director1") -> None:
        """A voting member moves that the petition be granted."""
        motion = self.do(who, "motion.move", self.meeting_id, document="5.0")
        self.ids["motion"] = motion.id

    def vote(self, who: str, choice: str, **more: Any) -> Any:
        return self.do(who, "motion.vote", self.motion_id, choice=choice, **more)

    def recuse(self, who: str, reason: str = "I convene it.", **more: Any) -> Any:
        """A member takes no part in the motion."""
        return self.do(who, "motion.recuse", self.motion_id, reason=reason, **more)

    def keep_time(self) -> None:
        """The sweep looks at every vote whose time asks for something."""
        for motion_id in virtual_votes.due(self.services):
            perform(self.services, SYSTEM, "motion.keep-time", motion_id)

    def carry_virtually(self) -> None:
        """A seconded motion, carried by a vote without a meeting."""
        why = "It was discussed at Board I."
        self.do("president", "motion.call-virtual", self.motion_id, no_discussion=why)
        self.keep_time()
        for who in VOTERS:
            self.vote(who, "yes")
        self.clock.forward(days=8)
        self.keep_time()
        self.do("president", "motion.announce", self.motion_id)

    def decide(self, *choices: str) -> None:
        """From an open vote to its announced result; the electors vote in their order."""
        for who, choice in zip(VOTERS, choices, strict=False):
            if choice == "recused":
                self.recuse(who)
            elif choice:
                self.vote(who, choice)
        self.do("president", "motion.close", self.motion_id)
        self.do("president", "motion.announce", self.motion_id)

    def send_back(self) -> None:
        """Staff return the petition, and its conveners begin to rewrite it."""
        comments = "Say who will keep the list."
        self.do("staff", "petition.return", self.petition_id, comments=comments)
        self.do("rowan", "petition.revise", self.petition_id)
        self.deliver_all()

    def republish(self, **changes: Any) -> None:
        """The conveners put the rewritten petition before members again."""
        data = {**TEXT, **changes}
        self.do("rowan", "petition.edit", self.petition_id, **data)
        self.do("rowan", "petition.publish", self.petition_id)
