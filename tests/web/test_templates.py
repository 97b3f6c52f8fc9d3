"""The Board's, staff's and groups' pages and the mailbox, as a person would find them.

The real views run here against a store of plain dictionaries, with things that the real commands
made. Every person is invented. PAGES, at the end of the second part, names each page that is
looked at, so that what holds for all of them is asked of all of them.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import config
from chalicelib.domain.documents import steps as document_steps
from chalicelib.domain.documents.discussion import Discussion
from chalicelib.domain.documents.document import Action, Document, File, Form, Kind
from chalicelib.domain.errors import ValidationError
from chalicelib.domain.groups import group as groups
from chalicelib.domain.meetings import attendance
from chalicelib.domain.meetings import docket as dockets
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.meetings.meeting import DocumentEntry
from chalicelib.domain.motions import amendments, recusals, virtual, voiding
from chalicelib.domain.motions import ballots as votes
from chalicelib.domain.motions import motion as motions
from chalicelib.domain.packets.packet import Packet, PacketState
from chalicelib.domain.people import seats as seat_rules
from chalicelib.domain.people.people import VISITOR, Act, Person, Role, Seat, actor_for
from chalicelib.domain.people.seats import Register
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.petitions.text import Convener, Text
from chalicelib.domain.policy import rules as policies
from chalicelib.domain.record import seal
from chalicelib.domain.roster.roster import Roster
from chalicelib.domain.signing.signature import Match, Signature, waits_for_staff
from chalicelib.domain.signing.signature import State as SignatureState
from chalicelib.services.motions.receipts import Receipt
from chalicelib.storage.stores.documents import DocumentRead
from chalicelib.web.assets import BEHAVIORS
from chalicelib.web.documents import documents as document_pages
from chalicelib.web.documents import forms as document_forms
from chalicelib.web.groups import directory
from chalicelib.web.groups import groups as group_pages
from chalicelib.web.meetings import docket as docket_pages
from chalicelib.web.meetings import meetings as meeting_pages
from chalicelib.web.meetings import planning
from chalicelib.web.motions import amendments as amend_pages
from chalicelib.web.motions import motions as motion_pages
from chalicelib.web.motions import vote_steps
from chalicelib.web.motions import votes as vote_pages
from chalicelib.web.outbox import mailbox
from chalicelib.web.people import seats as seat_pages
from chalicelib.web.petitions import staff
from chalicelib.web.record import record
from chalicelib.web.renewals import due as renewals_due
from chalicelib.web.signing import queue

POLICY = policies.load()
NOW = datetime(2024, 1, 8, 16, 30, tzinfo=UTC)
DAY = timedelta(days=1)
BASE = "http://127.0.0.1:8000"


# ------------------------------------------------------------------ People and things


def seat(number: int, name: str, office: str, presiding: bool = False) -> Person:
    held = Seat(office, presiding=presiding)
    return Person(id=f"b{number}", name=name, email=f"b{number}@board.example", seats=(held,))


OFFICES = [
    ("Beatriz Oyelaran", "President"),
    ("Tomasz Villanueva", "Vice-President"),
    ("Ingrid Achterberg", "Past President"),
    ("Kwame Delacroix", "Budget and Finance Chair"),
    ("Leilani Marchetti", "Councilor"),
    ("Dmitri Fairweather", "Director-at-large"),
    ("Soraya Lindholm", "Director-at-large"),
    ("Mateus Kobayashi", "Director-at-large"),
    ("Freya Adebayo", "Director-at-large"),
    ("Anselm Rutherford-Ng", "Director-at-large"),
    ("Yusra Pellegrini", "Director-at-large"),
    ("Callum Ostrowska", "Director-at-large"),
    ("Nadia Thorvaldsen", "Director-at-large"),
]
BOARD = [seat(n, *who, presiding=n == 1) for n, who in enumerate(OFFICES, 1)]
PRESIDENT, MOVER, SECONDER, DIRECTOR = BOARD[0], BOARD[1], BOARD[2], BOARD[5]
STAFF = Person(id="sam", name="Sam Ostrow", email="sam@office.example", staff=True)
ROWAN = Person(id="rowan", name="Rowan Ibarra", email="rowan@delta.example")
LEAD = Convener(name="Rowan Ibarra", email="rowan@delta.example", institution="Delta College")
SECOND = Convener(name="Noor Castellan", email="noor@harbor.example", institution="Harbor State")
TEXT = Text(
    name="Training & Equity in Library Work",
    charge="To discuss, research and envision the many pathways to satisfying and equitable "
    "library work, and to share what helps.",
    background="Many people who work in academic libraries have no library degree. They have no "
    "place to compare notes.",
    questions=("Who is asked which skills matter?",),
    goal_area=POLICY.goal_areas[0],
)


def act(person: Person, role: Role, at: datetime = NOW) -> Act:
    return Act(actor_for(person, at.date()), role, at)


def by_staff(at: datetime = NOW) -> Act:
    return act(STAFF, Role.STAFF, at)


class Record:
    """A thing and the events that made it."""

    def __init__(self, thing: Any, event: Any) -> None:
        self.thing, self.events = thing, [event]

    def then(self, step: Callable[..., Any], *arguments: Any) -> "Record":
        self.thing, event = step(self.thing, *arguments)
        self.events.append(event)
        return self


def collecting(verified: int = 25, confirmed: int = 0) -> Record:
    begun = NOW - 60 * DAY
    lead = act(ROWAN, Role.CONVENER, begun)
    record = Record(*petitions.begin("p1", "discussion-group", LEAD, POLICY, lead))
    record.then(petitions.edit, TEXT, (LEAD, SECOND), POLICY, lead)
    record.then(petitions.publish, POLICY, act(ROWAN, Role.CONVENER, begun + DAY))
    record.thing = replace(record.thing, verified=verified, confirmed=confirmed)
    return record


ORDER = [State.SUBMITTED, State.VERIFIED, State.SCHEDULED]
ENDED = {
    State.RETURNED: lambda r: r.then(
        petitions.send_back, "Say in the charge whom the group is for.", POLICY, by_staff()
    ),
    State.REJECTED: lambda r: r.then(
        petitions.reject, "duplicate", "The Residency group does this already.", POLICY, by_staff()
    ),
    State.WITHDRAWN: lambda r: r.then(
        petitions.withdraw, "We joined another petition.", act(ROWAN, Role.CONVENER)
    ),
    State.EXPIRED: lambda r: setattr(r, "thing", replace(r.thing, state=State.EXPIRED, verified=7)),
}


def petition_in(state: State, verified: int = 25, confirmed: int = 0) -> Record:
    record = collecting(verified, confirmed)
    if state in {State.COLLECTING, State.REJECTED, State.WITHDRAWN, State.EXPIRED}:
        ENDED.get(state, lambda _: None)(record)
        return record
    record.then(petitions.submit, POLICY, act(ROWAN, Role.CONVENER, NOW - 20 * DAY))
    if state in {State.SUBMITTED, State.RETURNED}:
        ENDED.get(state, lambda _: None)(record)
        return record
    record.then(petitions.verify, 3, "c0ffee" * 10, POLICY, by_staff(NOW - 18 * DAY))
    if state == State.VERIFIED:
        return record
    record.then(petitions.schedule, "m1", "Board I", "5.0", by_staff(NOW - 17 * DAY))
    if state == State.APPROVED:
        record.then(petitions.approve, "training-equity", "v1", "9 yes, 2 no", by_staff(NOW + DAY))
    if state == State.DECLINED:
        record.then(petitions.decline, "v1", "2 yes, 9 no", by_staff())
    return record


def meeting(documents: int = 1) -> Any:
    starts = NOW + 18 * DAY
    made, _ = meetings.plan(
        "m1", "Board I, virtual meeting", "ACRL MW 24", starts, "Online", POLICY, by_staff()
    )
    for number in range(5, 5 + documents):
        made, _ = meetings.add_document(
            made, f"{number}.0", TITLE, "p1", LEAD.name, 15, by_staff(NOW + DAY)
        )
    return made


def with_roll() -> Any:
    """A meeting at which the whole Board is, but for one member who came and one who left."""
    called = NOW - timedelta(hours=1)
    offices = [(person, person.seat_on(NOW.date()).office) for person in BOARD]
    there = [meetings.Attendee(person.id, person.name, office) for person, office in offices]
    there[10] = replace(there[10], left_at=NOW - timedelta(minutes=1))
    there[11] = replace(there[11], arrived_at=NOW)
    state = meetings.State.IN_SESSION
    return replace(meeting(), state=state, called_at=called, present=tuple(there))


def packet(state: PacketState, number: int = 1, **more: Any) -> Packet:
    asked = NOW + timedelta(hours=number)
    made = Packet(
        meeting_id="m1",
        number=number,
        state=state,
        asked_at=asked,
        asked_by=STAFF.name,
        documents=("5.0",),
    )
    if state == PacketState.PUBLISHED:
        more = {"published_at": asked, "sha256": "ab12" * 16, "pages": 14, "size": 312_400} | more
    return replace(made, **more)


TITLE = f"Petition to establish the {TEXT.name} discussion group"
WORDING = (
    "That the ACRL Board of Directors establish the Training & Equity in Library Work discussion "
    f"group with the charge: “{TEXT.charge}”"
)
CHOICES = ["yes"] * 8 + ["no", "abstain", "recused", "", ""]
SECRET = "My own program would be its first client."


def motion_in(state: motions.State, choices: list[str] = CHOICES) -> tuple[Record, list[Any]]:
    moved = motions.move("v1", "m1", "5.0", "p1", TITLE, WORDING, act(MOVER, Role.VOTING))
    record, ballots = Record(*moved), []
    if state == motions.State.MOVED:
        return record, ballots
    if state == motions.State.WITHDRAWN:
        return record.then(motions.withdraw, act(MOVER, Role.VOTING)), ballots
    record.then(motions.second, act(SECONDER, Role.VOTING))
    if state == motions.State.SECONDED:
        return record, ballots
    if state == motions.State.POSTPONED and choices is CHOICES:
        return record.then(motions.postpone, by_staff()), ballots
    record.then(votes.open_vote, BOARD, NOW.date(), by_staff())
    for person, choice in zip(BOARD, choices, strict=False):
        if choice == "recused":
            by = act(person, Role.VOTING)
            ballots.append(recusals.recuse(record.thing, None, SECRET, "", by)[2])
        elif choice:
            who = actor_for(person, NOW.date())
            ballots.append(votes.vote(record.thing, None, choice, who, NOW))
    if state == motions.State.OPEN:
        return record, ballots
    record.then(votes.close, (), NOW.date(), by_staff())
    if state != motions.State.CLOSED:
        record.then(votes.announce, ballots, POLICY, by_staff(NOW + DAY))
        assert record.thing.state == state
    return record, ballots


def amended_and_carried() -> tuple[Record, list[Any]]:
    """A motion that carried in other words than those of its petition."""
    record, ballots = motion_in(motions.State.CARRIED)
    record.thing = replace(record.thing, wording=f"{WORDING} The group reports each June.")
    return record, ballots


def called(no_discussion: str = "") -> tuple[Record, list[Any]]:
    """A vote without a meeting, in its discussion."""
    record, _ = motion_in(motions.State.SECONDED)
    return record.then(virtual.call, no_discussion, False, POLICY, by_staff()), []


def secret(state: motions.State, choices: list[str] = CHOICES) -> tuple[Record, list[Any]]:
    """A secret vote: its ballots say no more than who voted, and its slips are beside them."""
    record, _ = motion_in(motions.State.SECONDED)
    record.thing, event = votes.open_vote(record.thing, BOARD, NOW.date(), by_staff(), secret=True)
    record.events.append(event)
    ballots, record.slips = [], []
    for number, (person, choice) in enumerate(zip(BOARD, choices, strict=False)):
        if choice == "recused":
            by = act(person, Role.VOTING)
            ballots.append(recusals.recuse(record.thing, None, SECRET, "", by)[2])
        elif choice:
            key = hashlib.sha256(str(number).encode()).hexdigest()
            who = actor_for(person, NOW.date())
            cast, slip = votes.vote_secretly(record.thing, key, choice, who, NOW)
            ballots.append(cast)
            record.slips.append(slip)
    if state != motions.State.OPEN:
        record.then(votes.close, (), NOW.date(), by_staff())
    if state not in {motions.State.OPEN, motions.State.CLOSED}:
        record.then(votes.announce, ballots, POLICY, by_staff(NOW + DAY), record.slips)
    return record, ballots


def void(replaced: bool = False) -> tuple[Record, list[Any]]:
    record, ballots = motion_in(motions.State.OPEN)
    record.then(voiding.void, "The wrong text was before the Board.", by_staff())
    if replaced:
        record.thing = voiding.hold_anew(record.thing, "v2", by_staff())[0]
    return record, ballots


def unconfirmed(**more: Any) -> tuple[Record, list[Any]]:
    """A motion that carried without a meeting."""
    record, ballots = motion_in(motions.State.CARRIED)
    dates = {"discussion_from": NOW, "voting_from": NOW, "voting_until": NOW + 7 * DAY}
    record.thing = replace(record.thing, virtual=True, to_confirm=True, **dates | more)
    return record, ballots


def signature(number: int, name: str, state: SignatureState, **more: Any) -> Signature:
    given: dict[str, Any] = {
        "petition_id": "p1",
        "key": f"key{number}",
        "name": name,
        "email": f"signatory{number}@library.example",
        "institution": "Cedar Falls Community College",
        "named": True,
        "text_digest": collecting().thing.text_digest,
        "edition": collecting().thing.edition,
        "created_at": NOW - 30 * DAY,
        "confirmed_at": NOW - 30 * DAY,
        "state": state,
    }
    return Signature(**(given | more))


S = SignatureState
UNDECIDED = [
    signature(1, "Imani Okafor-Reyes", S.CONFIRMED, member_number="104223"),
    signature(2, "Teodor Lindqvist", S.CONFIRMED, institution=""),
]
DECIDED = [
    signature(3, "Mai Nakagawa", S.VERIFIED, match=Match("email", 3)),
    signature(
        4,
        "Gareth Oyinlola",
        S.VERIFIED,
        match=Match("staff", 3, STAFF.name, "Member 77120 under a home address"),
    ),
    signature(5, "Paloma Reinholt", S.INVALIDATED, reason="Membership ended in 2021"),
]
OTHERS = [
    signature(6, "Ewa Brandvold", S.PENDING, confirmed_at=None),
    signature(7, "Jorge Whitcombe", S.WITHDRAWN),
]
ROSTER = Roster(
    version=3, digest="c0ffee" * 10, entries=8120, imported_at=NOW - 25 * DAY, imported_by="Sam"
)


# ------------------------------------------------------------------ Pages as they come out


class Store:
    """What the views read, from memory."""

    def __init__(self, **held: Any) -> None:
        self.petition: Record | None = held.get("petition")
        self.motion_record, self.cast = held.get("motion", (None, []))
        self.other: Record | None = held.get("amendment")
        kept = held.get("document")
        self.documents = SimpleNamespace(
            get=held.get("documents", {}).get,
            read=lambda _id: kept,
            received=lambda: held.get("received", []),
            of_meeting=lambda _id: held.get("numbered", []),
            recused=lambda _id, _person: False,
        )
        # Nobody has written about it yet.
        self.discussions = SimpleNamespace(
            read=lambda document_id: (Discussion(id=document_id), []), read_upto=lambda *_: 0
        )
        self.held = held
        self.board = self.petitions = self.groups = self.rosters = self.privacy = self
        self.people = self
        self.record = self
        members, on_staff = held.get("board", BOARD), held.get("staff", [STAFF])
        self.people = SimpleNamespace(
            get={one.id: one for one in members}.get,
            seated=lambda known=(): members,
            board=lambda on: [one for one in BOARD if one.seat_on(on)],
            voters=lambda on: {p.id for p in members if p.seat_on(on) and p.seat_on(on).voting},
            staff=lambda: on_staff,
        )
        events = held.get("seat_events", [])
        self.seats = SimpleNamespace(
            register=Register,
            history=lambda before, limit: [e for e in events if e.sequence < (before or 99)][
                :limit
            ],
        )

    def drifts(self) -> list[Any]:
        return self.held.get("drifts", [])

    def seals(self, limit: int, newest_first: bool) -> list[Any]:  # noqa: ARG002
        return self.held.get("seals", [])

    def requests(self) -> list[Any]:
        return self.held.get("requests", [])

    def recounted(self, _petition_id: str) -> Any:
        return self.held.get("recount")

    def meeting(self, meeting_id: str) -> Any:
        found = self.held.get("meeting")
        return found if found and found.id == meeting_id else None

    def meetings(self) -> list[dict[str, Any]]:
        return self.held.get("listed", [])

    def packets(self, _meeting_id: str) -> list[Packet]:
        return self.held.get("packets", [])

    def motion(self, motion_id: str) -> Any:
        found = self.read_motion(motion_id)
        return found[0] if found else None

    def motions(self, _meeting_id: str) -> list[dict[str, Any]]:
        made = [record.thing for record in (self.motion_record, self.other) if record]
        return [
            {
                "id": one.id,
                "label": one.label,
                "document": one.document_number,
                "title": one.title,
                "wording": one.wording,
                "state": one.state.value,
                "mover": one.mover,
                "seconder": one.seconder,
                "amends": one.amends,
                "divided_from": one.divided_from,
            }
            for one in made
        ]

    def pending_amendment(self, motion_id: str) -> str:
        other = self.other.thing if self.other else None
        pending = other and other.amends == motion_id and other.state in motions.PENDING
        return other.id if pending else ""

    def postponed_to(self, _meeting_id: str) -> list[dict[str, Any]]:
        return self.held.get("postponed", [])

    def floors(self, _meeting_id: str, number: str) -> dict[int, dict[str, Any]]:
        return self.held.get("floors", {}).get(number, {})

    def read_motion(self, motion_id: str) -> Any:
        for kept in (self.motion_record, self.other):
            if kept and kept.thing.id == motion_id:
                return kept.thing, kept.events, self.cast
        return None

    def voters(self, on: date) -> set[str]:
        return {person.id for person in BOARD if person.seat_on(on)}

    def slips(self, _motion_id: str) -> list[Any]:
        return getattr(self.motion_record, "slips", [])

    def slip(self, _motion_id: str, _key: str) -> Any:
        return self.held.get("slip")

    def ballot(self, _motion_id: str, person_id: str) -> Any:
        return next((b for b in self.cast if b.person_id == person_id), None)

    def votes(self, queue: str, *_: Any) -> list[str]:
        found = self.motion_record and virtual.due_of(self.motion_record.thing, POLICY, NOW)
        return ["v1"] if found and found[0] == queue else []

    def get(self, _petition_id: str, fresh: bool = True) -> Any:  # noqa: ARG002
        return self.petition.thing if self.petition else None

    def read(self, key: str, fresh: bool = True) -> Any:  # noqa: ARG002
        if key == "training-equity":
            return _whole(self.held.get("group"))
        return (self.petition.thing, self.petition.events) if self.petition else None

    def listed(self) -> list[dict[str, Any]]:
        return self.held.get("groups", [])

    def in_state(self, state: str, after: str = "") -> Any:  # noqa: ARG002
        return SimpleNamespace(rows=self.held.get("rows", {}).get(state, []), next="")

    def signatures_page(
        self, _petition_id: str, _after: str, _limit: int
    ) -> tuple[list[Signature], str]:
        return self.held.get("signatures", []), ""

    def doubtful(self, _petition_id: str, _after: str, limit: int) -> tuple[list[Signature], str]:
        found = [s for s in self.held.get("signatures", []) if waits_for_staff(s)]
        return found[:limit], ""

    def doubtful_count(self, petition_id: str, most: int) -> int:
        return len(self.doubtful(petition_id, "", most)[0])

    def signature(self, _petition_id: str, key: str) -> Signature | None:
        return next((s for s in self.held.get("signatures", []) if s.key == key), None)

    def current(self) -> Roster:
        return self.held.get("roster", ROSTER)


def _whole(found: Record | None) -> Any:
    """A group as its page reads it."""
    if found is None:
        return None
    return SimpleNamespace(
        group=found.thing,
        events=found.events,
        charges=[found.thing.charge],
        renewals=[],
        check_ins=[],
    )


class Asked:
    """A request as the views see it. `refused` is what a command answers with."""

    method = "GET"
    looking = False
    fixed = ""

    def __init__(self, who: Person | None, store: Store, path: str = "/", **more: Any) -> None:
        self.actor = actor_for(who, NOW.date()) if who else VISITOR
        self.path = path
        self.query: dict[str, str] = more.get("query", {})
        self.form: dict[str, str] = more.get("form", {})
        self.refused: dict[str, str] = more.get("refused", {})
        self.answer: Any = more.get("answer")
        self.services = SimpleNamespace(
            policy=POLICY, store=store, clock=lambda: NOW, today=NOW.date
        )

    def csrf(self) -> str:
        return "token-of-this-browser"

    def perform(self, *_: Any, **__: Any) -> Any:
        if self.answer:
            return self.answer
        raise ValidationError(self.refused)


@pytest.fixture(autouse=True, scope="module")
def _settings() -> Iterator[None]:
    with settled():
        yield


class settled:  # noqa: N801 - read as a statement
    """The settings of a local installation."""

    def __enter__(self) -> None:
        self.patch = pytest.MonkeyPatch()
        given = {
            "STAGE": "local",
            "BUCKET": "b",
            "QUEUE_PREFIX": "q",
            "SENDER": "groundswell@office.example",
            "BASE_URL": BASE,
            "SECRET": "s" * 32,
        }
        for name, value in given.items():
            self.patch.setenv(f"GROUNDSWELL_{name}", value)
        self.patch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
        config.settings.cache_clear()
        self.patch.setattr(mailbox, "letters", lambda: LETTERS)

    def __exit__(self, *_: object) -> None:
        self.patch.undo()
        config.settings.cache_clear()


LETTER = {
    "id": "letter 1",
    "to": "rowan@delta.example",
    "subject": "Please confirm <b>your</b> signature",
    "text": f"Hello Rowan,\n\nRead & confirm:\n{BASE}/signatures/confirm/abc.def-1?x=1&y=2\n\n"
    f"Somebody typed https://evil.example/<script>alert(1)</script> and {BASE}.evil.example/x "
    f"and javascript:alert(1).\n\n--\n{BASE}\n",
    "sent": NOW.isoformat(),
}
LETTERS = [LETTER, {**LETTER, "id": "2", "to": "noor@harbor.example", "subject": "Vote open"}]


def listed(number: int, days: int, **more: Any) -> dict[str, Any]:
    row = {
        "id": f"m{number}",
        "title": f"Board meeting {number}",
        "code": "ACRL MW 24",
        "starts_at": (NOW + days * DAY).isoformat(),
        "place": "Online",
        "documents": 2,
        "packets": 1,
    }
    return row | more


# As the store lists them: the latest first.
LISTED = [listed(3, 60), listed(1, 18, documents=1, packets=0), listed(4, -90, documents=5)]


def motion_page(state: motions.State, who: Person, **more: Any) -> str:
    petition = {
        motions.State.CARRIED: State.APPROVED,
        motions.State.LOST: State.DECLINED,
    }.get(state, State.SCHEDULED)
    store = Store(
        motion=motion_in(state, more.pop("choices", CHOICES)),
        meeting=more.pop("meeting", None) or meeting(),
        petition=petition_in(petition),
    )
    asked = Asked(who, store, "/board/motions/v1", **more)
    view = vote_pages.vote if "refused" in more else motion_pages.show
    return view(asked, "v1").body


def two_actions(state: motions.State) -> tuple[Record, list[Any]]:
    """A motion of two actions, on a document without a petition."""
    record, ballots = motion_in(state)
    both = "1. That the Board wait.\n2. That the Board act."
    record.thing = replace(record.thing, petition_id="", wording=both)
    return record, ballots


def amendment_of(main: motions.Motion, becomes: dict[str, str]) -> Record:
    given = {**amendments.parts_of(main), **becomes}
    return Record(*amendments.propose("a1", main, given, act(BOARD[5], Role.VOTING)))


def motion_store(state: motions.State, **changes: str) -> Store:
    """A motion that establishes a group, and an amendment of it if something changes."""
    record, ballots = motion_in(state)
    effect = motions.Effect.ESTABLISH
    record.thing = replace(record.thing, effect=effect, name=TEXT.name, charge=TEXT.charge)
    held = {"amendment": amendment_of(record.thing, changes)} if changes else {}
    petition = petition_in(State.SCHEDULED)
    return Store(motion=(record, ballots), meeting=meeting(), petition=petition, **held)


def at_motion(view: Any, who: Person, store: Store, motion_id: str = "v1", **more: Any) -> str:
    return view(Asked(who, store, f"/board/motions/{motion_id}", **more), motion_id).body


def move_page(who: Person = DIRECTOR, **more: Any) -> str:
    """Three documents: a petition's, one of two actions of which one is moved, one of none."""
    forms = {"d6": Form(actions=(Action("That we act."), Action("That we wait."))), "d7": Form()}
    documents = {
        key: Document(id=key, meeting_id="m1", kind=Kind.ACTION, title="Report", form=form)
        for key, form in forms.items()
    }
    entries = tuple(
        DocumentEntry(f"{key[1]}.0", "A report", "action", "", NOW, document_id=key)
        for key in documents
    )
    held = meeting()
    held = replace(held, documents=(*held.documents, *entries))
    store = Store(
        meeting=held,
        petition=petition_in(State.SCHEDULED),
        documents=documents,
        floors={"6.0": {2: {"motion": "v2"}}},
    )
    asked = Asked(who, store, "/board/meetings/m1/motions/new", **more)
    view = motion_pages.move if "refused" in more else motion_pages.move_form
    return view(asked, "m1").body


def vote_page(who: Person, motion: Any, view: Any = motion_pages.show, **more: Any) -> str:
    """A page about a vote."""
    held = {"meeting": meeting(), "petition": petition_in(State.SCHEDULED), "motion": motion}
    store = Store(**held | more.pop("held", {}))
    asked = Asked(who, store, "/board/motions/v1", **more)
    return view(asked, *([] if view is vote_pages.index else ["v1"])).body


def step_page(who: Person, command: str, motion: Any, **more: Any) -> str:
    """A step of a vote on its page: as a form, or as it comes back refused."""
    kind = "run" if "refused" in more else "ask"
    return vote_page(who, motion, vote_steps.STEPS[command, kind], **more)


def receipt_page(to_list: bool = False) -> str:
    """What somebody is answered who voted in secret."""
    cast = Receipt(id="v1", choice="no", number="3F2A-9C1B", receipt="7K3M-Q0ZD-1111-2222-3333")
    form = {"choice": "no", "back": "votes" if to_list else ""}
    return vote_page(BOARD[2], secret(M.OPEN, []), vote_pages.vote, form=form, answer=cast)


def meeting_page(who: Person = STAFF, **held: Any) -> str:
    more = {name: held.pop(name) for name in ("query", "form", "refused") if name in held}
    held = {"meeting": meeting(), "petition": petition_in(State.SCHEDULED)} | held
    held["meeting"] = replace(held["meeting"], packets=len(held.get("packets", [])))
    asked = Asked(who, Store(**held), "/board/meetings/m1", **more)
    if "refused" in more:
        return meeting_pages.send_back(asked, "p1").body
    return meeting_pages.show(asked, "m1").body


def planned(found: Any) -> Asked:
    """Staff ask for a page about a meeting."""
    return Asked(STAFF, Store(meeting=found), "/board/meetings/m1")


def consenting() -> Any:
    """A meeting with an item on its consent agenda, and a closed one."""
    found = meeting()
    for item in (
        meetings.DocketItem("", "Minutes of the last meeting", 0, consent=True),
        meetings.DocketItem("", "A review", 10, closed=True, section="Closing"),
    ):
        found, _ = dockets.add_item(found, item, by_staff())
    return found


def in_session() -> Any:
    begun = act(PRESIDENT, Role.PRESIDING, NOW + 18 * DAY)
    return attendance.begin(consenting(), BOARD[:9], POLICY, begun)[0]


def over() -> Any:
    ended = act(PRESIDENT, Role.PRESIDING, NOW + 18 * DAY)
    adopted, _, _ = dockets.adopt_consent(in_session(), POLICY, ended)
    return attendance.adjourn(adopted, ended)[0]


def petition_page(state: State, view: Any = staff.show, *arguments: str, **more: Any) -> str:
    undecided = more.pop("undecided", state in {State.COLLECTING, State.SUBMITTED})
    held = {
        "petition": petition_in(state, more.pop("verified", 25), 2 if undecided else 0),
        "signatures": (UNDECIDED if undecided else []) + DECIDED + OTHERS,
        "listed": LISTED,
        "meeting": meeting(0),
    }
    held |= {name: more.pop(name) for name in ("listed", "roster", "signatures") if name in more}
    asked = Asked(STAFF, Store(**held), "/staff/petitions/p1", **more)
    return view(asked, "p1", *arguments).body


def staff_page(**held: Any) -> str:
    row = {"id": "p1", "name": TEXT.name, "kind": "discussion-group", "charge": TEXT.charge}
    row |= {"conveners": ["Rowan Ibarra", ""], "since": (NOW - 20 * DAY).isoformat()}
    row |= {"closes_at": (NOW + 120 * DAY).isoformat(), "state": "submitted"}
    rows = {"submitted": [row], "collecting": [row, {**row, "id": "p2", "since": "2024-01-02"}]}
    return staff.index(
        Asked(STAFF, Store(**{"rows": rows, "listed": LISTED} | held), "/staff")
    ).body


def group_page(who: Person | None = None, ends: bool = True, **more: Any) -> str:
    record, ballots = motion_in(motions.State.CARRIED)
    petition = petition_in(State.APPROVED)
    chartered = Record(
        *groups.charter(
            "training-equity", petition.thing, record.thing, POLICY, by_staff(NOW + DAY)
        )
    )
    if not ends:
        chartered.thing = replace(
            chartered.thing, charge=replace(chartered.thing.charge, ends_on=None)
        )
        chartered.events[0] = replace(
            chartered.events[0], data={**chartered.events[0].data, "ends_on": ""}
        )
    chartered.thing = replace(chartered.thing, **more)
    store = Store(group=chartered, petition=petition, motion=(record, ballots))
    return group_pages.show(Asked(who, store, "/groups/training-equity"), "training-equity").body


def group_row(slug: str, **more: Any) -> dict[str, Any]:
    """A group as a list shows it; with `more` empty, as an earlier release wrote it."""
    row = {"slug": slug, "name": f"Group <{slug}>", "kind": "discussion-group", "state": "active"}
    return row | {"charge": "To meet.", "conveners": [], "ends_on": "2025-01-25"} | more


def renewing_row(slug: str, stage: str, **more: Any) -> dict[str, Any]:
    found = {"state": "in renewal", "renewal": stage, "why": "end", "outcome": "same"}
    return group_row(slug, **found | {"ends_on": "2024-06-30", "lapses_on": "2024-09-28"} | more)


GROUP_ROWS = [
    group_row("old"),
    group_row("late", ends_on="2023-12-31"),
    group_row("endless", ends_on=""),
    group_row("vacant", vacant_since="2023-12-01"),
    renewing_row("open", "open"),
    renewing_row("grace", "open", ends_on="2023-11-30", lapses_on="2024-02-28"),
    renewing_row("lapsing", "open", ends_on="2023-06-30", lapses_on="2023-09-28"),
    renewing_row("asked", "open", why="asked", lapses_on="", ends_on=""),
    renewing_row("petition", "open", petition="p1"),
    renewing_row("answered", "submitted"),
    renewing_row("no-meeting", "submitted", why="asked", ends_on="", lapses_on=""),
    renewing_row("board", "scheduled", meeting="m1", document="4.1"),
    renewing_row("gone-meeting", "scheduled", meeting="gone", document="4.2"),
    group_row("over", state="lapsed", ended="2023-10-01T18:00:00+00:00"),
    group_row("over-long-ago", state="dissolved"),
]
TICKED: Any = {"do": "renewal.open", "groups": ["training-equity", "gone"]}


def directory_page(**more: Any) -> str:
    store = Store(groups=more.pop("groups", GROUP_ROWS))
    return directory.index(Asked(None, store, "/groups", **more)).body


def due_page(view: Any = renewals_due.overview, **more: Any) -> str:
    """Staff's overview, or one of the pages that its buttons lead to."""
    found = SimpleNamespace(
        listed=lambda: rows,
        get=lambda slug: chartered() if slug == "training-equity" else None,
    )
    rows = more.pop("groups", GROUP_ROWS)
    petitions = {"submitted": [{"id": "p1", "name": TEXT.name}]}
    store = Store(listed=LISTED, rows=petitions)
    store.groups = found
    return view(Asked(STAFF, store, "/staff/renewals", **more)).body


def chartered() -> groups.Group:
    motion = motion_in(motions.State.CARRIED)[0].thing
    petition = petition_in(State.APPROVED).thing
    return groups.charter("training-equity", petition, motion, POLICY, by_staff(NOW + DAY))[0]


def registered_page() -> str:
    charge = groups.Charge(number=1, text="To meet.", effective_on=date(2015, 7, 1), ends_on=None)
    old = groups.Group(
        id="training-equity",
        kind="interest-group",
        name="Heads of Public Services",
        charge=charge,
        conveners=(),
        state=groups.State.IN_RENEWAL,
    )
    record = Record(*groups.register(old, by_staff()))
    record.thing = replace(record.thing, state=groups.State.IN_RENEWAL)
    return group_pages.show(Asked(None, Store(group=record)), "training-equity").body


def mailbox_page(view: Any = mailbox.index, *arguments: str, **query: str) -> str:
    return view(Asked(None, Store(), "/mailbox", query=query), *arguments).body


M, P = motions.State, PacketState
FIRST = seal.make(None, {}, NOW, NOW)
SEALS = [seal.make(FIRST, {"motion/m1": seal.Head(3, "ab" * 32)}, NOW, NOW), FIRST]
REFUSED_VOTE = {
    "form": {"choice": "no"},
    "refused": {"choice": "Choose yes, no or abstain."},
}
REFUSED_RECEIPT = {
    "form": {"choice": "no", "receipt": "7K3M"},
    "refused": {"receipt": "Type it again."},
}
REFUSED_REASON = {"form": {"reason": ""}, "refused": {"reason": "Write what went wrong."}}
REFUSED_RETURN = {
    "form": {"comments": "Too <long>"},
    "refused": {"comments": "Shorten the comments by 3 characters."},
}
REFUSED_PLAN = {
    "form": {"title": "Board II", "code": "", "day": "tomorrow", "time": "9", "place": "Room 4"},
    "refused": {"code": "Fill this in.", "day": "Enter a day, as in 2024-01-26."},
}

LAST_YEAR = date(2023, 6, 30)
ADMIN = replace(STAFF, id="admin", name="Al Byrne", admin=True)
VICE = Person(
    id="vice",
    name="Kofi Arrowsmith",
    email="vice@board.example",
    seats=(
        Seat(
            "Councilor", since=date(2020, 7, 1), until=date(2023, 6, 30), id="s0", reason="Moved."
        ),
        Seat("Vice-President", since=date(2023, 7, 1), until=date(2024, 2, 28), id="s1"),
        Seat(
            "President", presiding=True, since=date(2024, 2, 29), until=date(2025, 6, 30), id="s2"
        ),
    ),
)


def seat_events() -> list[Any]:
    """A seat given, changed and ended, somebody put on the staff and taken off, newest first."""
    register, events = Register(), []
    given = Seat("Past President", since=date(2024, 7, 1), until=date(2025, 6, 30), id="x")
    until = replace(given, until=date(2025, 5, 31))
    who = Person(id="x", name="Vera Ostling", email="vera@board.example")
    by = by_staff()
    steps = [
        lambda r, p: seat_rules.give(r, [p], p, given, False, POLICY, by),
        lambda r, p: seat_rules.change(r, [p], p, given, until, False, POLICY, by),
        lambda r, p: seat_rules.end(r, p, until, date(2024, 1, 31), "Declined.", POLICY, by),
        lambda r, p: seat_rules.grant(r, [], p, True, by),
        lambda r, p: seat_rules.revoke(r, [ADMIN], p, by),
    ]
    for step in steps:
        made = step(register, who)
        register, who = made.register, made.person
        events.append(made.event)
    return events[::-1]


# The Board while its terms turn, with two in one office.
TURN = Store(board=[*BOARD, VICE], staff=[STAFF, ADMIN], seat_events=seat_events())
TYPED_SEAT = {
    "name": "Jo",
    "email": "jo",
    "office": "Councilor",
    "since": "soon",
    "until": "",
    "voting": "no",
    "presiding": "office",
    "anyway": "",
}
REFUSED_SEAT: dict[str, Any] = {
    "form": TYPED_SEAT,
    "refused": {"since": "Enter a day.", "anyway": "From July 1, 14 voting seats are filled."},
}
REFUSED_END: dict[str, Any] = {
    "form": {"last": "2024-02-01", "reason": ""},
    "refused": {"reason": "Give the reason."},
}
REFUSED_STAFF: dict[str, Any] = {
    "form": {"name": "Jo", "email": "jo", "role": "staff"},
    "refused": {"email": "Enter an email address."},
}


def seat_page(seat_id: str, view: Any = seat_pages.seat, **more: Any) -> str:
    path = f"/staff/board/people/vice/seats/{seat_id}"
    return str(view(Asked(STAFF, TURN, path, **more), "vice", seat_id).body)


FILE = File(
    key="documents/ab.pdf",
    name="Report of the task force.pdf",
    sha256="ab12" * 16,
    size=812_400,
    pages=12,
    removed=("JavaScript",),
    original_key="documents/cd.pdf",
    original_sha256="cd34" * 16,
    original_size=822_400,
)
REPORT = Document(
    id="d1",
    meeting_id="m1",
    kind=Kind.ACTION,
    title="A budget for travel & lodging",
    form=Form(
        subject="A budget for travel & lodging",
        submitted_by=("Rowan Ibarra, Delta College",),
        background="Conveners pay for their own travel.\n\n- They should not.",
        actions=(Action("That the Board pay."), Action("That staff report on it.")),
    ),
    sender_id="rowan",
    sender="Rowan Ibarra, Delta College",
    note="Call me at noon.",
    received_at=NOW - 9 * DAY,
    acknowledge_by=NOW - 6 * DAY,
)


def document_read(
    *, file: bool = False, numbered: bool = False, changed: bool = False, withdrawn: bool = False
) -> DocumentRead:
    """A document that Rowan sent, with what happened to it."""
    rowan = act(ROWAN, Role.MEMBER, NOW - 9 * DAY)
    blank = replace(REPORT, kind=Kind.FILE, file=FILE, form=Form()) if file else REPORT
    document, event, text = document_steps.receive(blank, rowan)
    events, texts = [event], [text]
    if numbered:
        document, event = document_steps.number(document, "6.0", True, by_staff())
        events.append(event)
    if changed:
        other = replace(FILE, sha256="ef56" * 16, removed=()) if file else document.file
        form = replace(document.form, background="They pay & should not.")
        document, event, text = document_steps.change(
            document,
            "edit",
            1,
            document.title,
            form,
            other,
            "Shorter.",
            by_staff(),
            closed=True,
            counts=True,
        )
        events.append(event)
        texts.append(text)
    if withdrawn:
        document, event = document_steps.withdraw(document, "Not ours.", by_staff())
        events.append(event)
    return DocumentRead(document, events, texts, frozenset())


def document_page(who: Person = STAFF, view: Any = document_pages.show, **what: Any) -> str:
    more = {name: what.pop(name) for name in ("form", "refused") if name in what}
    store = Store(document=document_read(**what), meeting=meeting())
    asked = Asked(who, store, "/board/documents/d1", **more)
    return str(view(asked, "d1").body)


def send_page(kind: str = "", at: datetime = NOW, **more: Any) -> str:
    held = replace(meeting(), starts_at=at + 40 * DAY)
    asked = Asked(ROWAN, Store(meeting=held), query={"kind": kind}, **more)
    view = document_forms.send if "refused" in more else document_forms.send_form
    return str(view(asked, "m1").body)


def waiting(**more: Any) -> dict[str, Any]:
    """A document as staff's list has it."""
    row = {
        "id": "d1",
        "meeting": "m1",
        "kind": "action",
        "title": REPORT.title,
        "state": "received",
        "number": "",
        "revision": 1,
        "sender": REPORT.sender,
        "received_at": (NOW - 9 * DAY).isoformat(),
        "acknowledge_by": (NOW - 6 * DAY).isoformat(),
        "acknowledged": False,
        "complete": False,
        "late": True,
        "closed": False,
    }
    return row | more


def staffs_documents(**held: Any) -> str:
    asked = Asked(STAFF, Store(listed=LISTED, **held), "/staff/documents")
    return str(document_pages.received(asked).body)


RECEIVED = [
    waiting(),
    waiting(id="d2", acknowledge_by=(NOW + DAY).isoformat()),
    waiting(id="d3", acknowledged=True),
    waiting(id="d4", acknowledged=True, complete=True, late=False),
    waiting(id="d5", number="6.0", revision=2, state="numbered"),
]

PAGES: dict[str, Callable[[], str]] = {
    "document": document_page,
    "document-board": lambda: document_page(DIRECTOR, numbered=True),
    "document-sender": lambda: document_page(ROWAN),
    "document-changed": lambda: document_page(changed=True, numbered=True),
    "document-file": lambda: document_page(file=True, changed=True),
    "document-withdrawn": lambda: document_page(numbered=True, withdrawn=True),
    "document-number-refused": lambda: document_page(
        view=document_pages.COMMANDS["number"],
        form={"number": "5.0", "presenter": "Ada", "closed": "yes"},
        refused={"number": "5.0 was used already; 6.0 is free."},
    ),
    "document-answer-refused": lambda: document_page(
        view=document_pages.COMMANDS["acknowledge"],
        form={"complete": "no", "words": ""},
        refused={"words": "Say what is missing, so that the sender can add it."},
    ),
    "document-withdraw-refused": lambda: document_page(
        view=document_pages.withdraw,
        form={"reason": ""},
        refused={"reason": "Give the reason: the sender is notified."},
    ),
    "document-edit": lambda: document_page(view=document_forms.edit_form),
    "document-edit-file": lambda: document_page(view=document_forms.edit_form, file=True),
    "document-edit-refused": lambda: document_page(
        view=document_forms.edit,
        form={"title": "", "actions": ["To pay."], "text": "1", "reason": ""},
        refused={"title": "Give it a title.", "actions-0-value": "Begin with “That”."},
    ),
    "document-send": send_page,
    "document-send-action": lambda: send_page("action"),
    "document-send-discussion": lambda: send_page("discussion"),
    "document-send-file": lambda: send_page("file"),
    "document-send-late": lambda: send_page("cover", NOW - 30 * DAY),
    "document-send-refused": lambda: send_page(
        form={"kind": "action", "title": "", "actions": ["To pay."]},
        refused={"title": "Give it a title.", "actions-0-value": "Begin with “That”."},
    ),
    "staff-documents": lambda: staffs_documents(
        received=RECEIVED, numbered=[waiting(number="7.0", state="published", revision=2)]
    ),
    "staff-documents-empty": staffs_documents,
    "board": lambda: meeting_pages.index(Asked(DIRECTOR, Store(listed=LISTED), "/board")).body,
    "board-staff": lambda: meeting_pages.index(Asked(STAFF, Store(listed=LISTED), "/board")).body,
    "record": lambda: record.record(Asked(DIRECTOR, Store(seals=SEALS), "/board/record")).body,
    "record-empty": lambda: record.record(Asked(STAFF, Store(), "/board/record")).body,
    "seats": lambda: seat_pages.show(Asked(STAFF, Store(), "/staff/board")).body,
    "seats-admin": lambda: seat_pages.show(Asked(ADMIN, TURN, "/staff/board")).body,
    "seats-earlier": lambda: (
        seat_pages.show(Asked(STAFF, TURN, "/staff/board", query={"before": "3"})).body
    ),
    "seats-empty": lambda: seat_pages.show(Asked(STAFF, Store(board=[]), "/staff/board")).body,
    "seats-staff-refused": lambda: (
        seat_pages.grant(Asked(ADMIN, TURN, "/staff/board/staff", **REFUSED_STAFF)).body
    ),
    "seat-invite": lambda: (
        seat_pages.invite_form(
            Asked(STAFF, TURN, "/staff/board/invite", query={"office": "President"})
        ).body
    ),
    "seat-invite-refused": lambda: (
        seat_pages.invite(Asked(STAFF, TURN, "/staff/board/invite", **REFUSED_SEAT)).body
    ),
    "private-seat": lambda: seat_page("s1"),
    "private-seat-over": lambda: seat_page("s0"),
    "private-seat-to-come": lambda: seat_page("s2"),
    "private-seat-change-refused": lambda: seat_page("s1", seat_pages.change, **REFUSED_SEAT),
    "private-seat-end-refused": lambda: seat_page("s1", seat_pages.end, **REFUSED_END),
    "board-empty": lambda: meeting_pages.index(Asked(STAFF, Store(), "/board")).body,
    "plan": lambda: planning.plan_form(Asked(STAFF, Store(), "/board/meetings/new")).body,
    "plan-refused": lambda: (
        planning.plan_submit(Asked(STAFF, Store(), "/board/meetings/new", **REFUSED_PLAN)).body
    ),
    "plan-edit": lambda: planning.edit_form(planned(meeting()), "m1").body,
    "plan-over": lambda: planning.edit_form(planned(over()), "m1").body,
    "docket": lambda: docket_pages.show(planned(consenting()), "m1").body,
    "docket-over": lambda: docket_pages.show(planned(over()), "m1").body,
    "docket-item": lambda: docket_pages.edit_form(planned(meeting()), "m1", "i2").body,
    "docket-document": lambda: docket_pages.edit_form(planned(meeting()), "m1", "i5").body,
    "meeting-in-session": lambda: meeting_page(PRESIDENT, meeting=in_session()),
    "meeting-over": lambda: meeting_page(DIRECTOR, meeting=over()),
    "meeting-empty": lambda: meeting_page(meeting=meeting(0)),
    "meeting-member": lambda: meeting_page(DIRECTOR, packets=[packet(P.PUBLISHED)]),
    "meeting-called": lambda: meeting_page(STAFF, meeting=with_roll()),
    "meeting-decided": lambda: meeting_page(
        DIRECTOR, motion=amended_and_carried(), petition=petition_in(State.APPROVED)
    ),
    "carried-by-roll": lambda: motion_page(M.CARRIED, DIRECTOR, meeting=with_roll()),
    "meeting-refused": lambda: meeting_page(PRESIDENT, **REFUSED_RETURN),
    "meeting-queued": lambda: meeting_page(packets=[packet(P.QUEUED)]),
    "meeting-rendering": lambda: meeting_page(
        packets=[
            packet(P.RENDERING, 2, done=4, total=11, doing="Laying out Doc 5.0"),
            packet(P.PUBLISHED),
        ]
    ),
    "meeting-published": lambda: meeting_page(
        meeting=meeting(2),
        packets=[packet(P.FAILED, 2, problem="Doc 6.0 is missing."), packet(P.PUBLISHED)],
        motion=motion_in(M.OPEN),
    ),
    "moved-mover": lambda: motion_page(M.MOVED, MOVER),
    "moved-member": lambda: motion_page(M.MOVED, DIRECTOR),
    "moved-staff": lambda: motion_page(M.MOVED, STAFF),
    "moved-president": lambda: motion_page(M.MOVED, PRESIDENT),
    "seconded-staff": lambda: motion_page(M.SECONDED, STAFF),
    "seconded-mover": lambda: motion_page(M.SECONDED, MOVER),
    "seconded-member": lambda: motion_page(M.SECONDED, DIRECTOR),
    "open-voted": lambda: motion_page(M.OPEN, BOARD[8]),
    "open-recused": lambda: motion_page(M.OPEN, BOARD[10]),
    "open-not-voted": lambda: motion_page(M.OPEN, BOARD[12]),
    "open-refused": lambda: motion_page(M.OPEN, BOARD[12], **REFUSED_VOTE),
    "open-president": lambda: motion_page(M.OPEN, PRESIDENT),
    "open-staff": lambda: motion_page(M.OPEN, STAFF),
    "closed-staff": lambda: motion_page(M.CLOSED, STAFF),
    "closed-member": lambda: motion_page(M.CLOSED, DIRECTOR),
    "carried": lambda: motion_page(M.CARRIED, DIRECTOR),
    "lost-by-rule": lambda: motion_page(
        M.LOST, DIRECTOR, choices=["yes"] * 6 + ["no"] * 5 + ["abstain"] * 2
    ),
    "no-quorum": lambda: motion_page(M.POSTPONED, DIRECTOR, choices=["yes"] * 5 + ["recused"]),
    "postponed": lambda: motion_page(M.POSTPONED, DIRECTOR),
    "secret-not-voted": lambda: vote_page(BOARD[12], secret(M.OPEN)),
    "secret-voted": lambda: vote_page(BOARD[8], secret(M.OPEN)),
    "secret-refused": lambda: vote_page(
        BOARD[8], secret(M.OPEN), vote_pages.vote, **REFUSED_RECEIPT
    ),
    "secret-closed-staff": lambda: vote_page(STAFF, secret(M.CLOSED)),
    "secret-closed-member": lambda: vote_page(DIRECTOR, secret(M.CLOSED)),
    "secret-carried": lambda: vote_page(DIRECTOR, secret(M.CARRIED)),
    "receipt": receipt_page,
    "receipt-to-list": lambda: receipt_page(to_list=True),
    "receipt-check": lambda: vote_page(BOARD[8], secret(M.OPEN), vote_pages.receipt_form),
    "receipt-checked": lambda: vote_page(
        BOARD[8],
        secret(M.OPEN),
        vote_pages.receipt_check,
        form={"receipt": "7K3M"},
        held={"slip": secret(M.OPEN)[0].slips[0]},
    ),
    "receipt-unknown": lambda: vote_page(
        BOARD[8], secret(M.OPEN), vote_pages.receipt_check, form={"receipt": "7K3M"}
    ),
    "called-staff": lambda: vote_page(STAFF, called()),
    "called-member": lambda: vote_page(DIRECTOR, called("It was discussed at Board I.")),
    "void-staff": lambda: vote_page(STAFF, void()),
    "void-member": lambda: vote_page(DIRECTOR, void(replaced=True)),
    "unconfirmed-staff": lambda: vote_page(STAFF, unconfirmed()),
    "refused-confirmation": lambda: vote_page(
        DIRECTOR, unconfirmed(confirmation_refused_at=NOW + 2 * DAY)
    ),
    "votes-member": lambda: vote_page(BOARD[12], secret(M.OPEN), vote_pages.index),
    "votes-voted": lambda: vote_page(BOARD[8], motion_in(M.OPEN), vote_pages.index),
    "votes-called": lambda: vote_page(BOARD[8], called(), vote_pages.index),
    "votes-closed": lambda: vote_page(PRESIDENT, motion_in(M.CLOSED), vote_pages.index),
    "votes-unconfirmed": lambda: vote_page(STAFF, unconfirmed(), vote_pages.index),
    "votes-none": lambda: vote_page(STAFF, motion_in(M.MOVED), vote_pages.index),
    "vote-open": lambda: step_page(STAFF, "open", motion_in(M.SECONDED)),
    "vote-open-refused": lambda: step_page(
        STAFF,
        "open",
        motion_in(M.SECONDED),
        form={"ballot": "secret", "closes_day": "2024-01-01", "closes_time": "9:00"},
        refused={"closes_day": "Choose a moment that is still to come."},
    ),
    "vote-call": lambda: step_page(STAFF, "call-virtual", motion_in(M.SECONDED)),
    "vote-extend": lambda: step_page(STAFF, "extend-vote", called()),
    "vote-extend-refused": lambda: step_page(
        STAFF,
        "extend-vote",
        called(),
        form={"until": "2024-01-02", "reason": ""},
        refused={"until": "Choose a day after the one on which it ends now."},
    ),
    "vote-recuse": lambda: step_page(BOARD[8], "recuse", secret(M.OPEN)),
    "vote-recuse-refused": lambda: step_page(
        BOARD[12], "recuse", motion_in(M.OPEN), **REFUSED_REASON
    ),
    "vote-void": lambda: step_page(STAFF, "void", motion_in(M.OPEN)),
    "vote-void-refused": lambda: step_page(STAFF, "void", motion_in(M.OPEN), **REFUSED_REASON),
    "vote-confirm": lambda: step_page(
        STAFF, "put-for-confirmation", unconfirmed(), held={"listed": LISTED}
    ),
    "vote-confirm-no-meeting": lambda: step_page(STAFF, "put-for-confirmation", unconfirmed()),
    "withdrawn": lambda: motion_page(M.WITHDRAWN, DIRECTOR),
    "move": move_page,
    "move-refused": lambda: move_page(
        form={"document": "6.0", "action": "1", "wording": "Act <now>."},
        refused={"wording": "Begin the motion with “That”, as in “That the Board …”."},
    ),
    "move-floor-refused": lambda: move_page(
        form={"title": "", "wording": "That we act."}, refused={"title": "Say what it is about."}
    ),
    "two-actions": lambda: at_motion(
        motion_pages.show, DIRECTOR, Store(motion=two_actions(M.SECONDED), meeting=meeting())
    ),
    "amended-pending": lambda: at_motion(
        motion_pages.show, PRESIDENT, motion_store(M.SECONDED, conditions="Report.")
    ),
    "amendment": lambda: at_motion(
        motion_pages.show, MOVER, motion_store(M.SECONDED, charge="To report."), "a1"
    ),
    "amend": lambda: at_motion(amend_pages.amend_form, DIRECTOR, motion_store(M.SECONDED)),
    "amend-wording": lambda: at_motion(
        amend_pages.amend_form, DIRECTOR, Store(motion=two_actions(M.MOVED))
    ),
    "amend-preview": lambda: at_motion(
        amend_pages.amend_submit,
        DIRECTOR,
        motion_store(M.SECONDED),
        form={"charge": "To <b>report</b>.", "conditions": "Report.\nMeet.", "then": "look"},
    ),
    "amend-refused": lambda: at_motion(
        amend_pages.amend_submit,
        DIRECTOR,
        motion_store(M.SECONDED),
        form={"charge": "Report.", "then": "look"},
    ),
    "read-aloud": lambda: at_motion(
        motion_pages.read_aloud, PRESIDENT, Store(motion=two_actions(M.OPEN), meeting=meeting())
    ),
    "staff": staff_page,
    "staff-empty": lambda: staff_page(rows={}, listed=[], roster=Roster()),
    **{
        f"petition-{state.value}": lambda state=state: petition_page(state)
        for state in State
        if state != State.DRAFT
    },
    "petition-ready": lambda: petition_page(State.SUBMITTED, undecided=False),
    "petition-too-few": lambda: petition_page(
        State.COLLECTING, undecided=False, verified=11, signatures=[]
    ),
    "petition-change": lambda: petition_page(State.SUBMITTED, query={"change": "key5"}),
    "petition-settle-refused": lambda: petition_page(
        State.SUBMITTED,
        queue.decide,
        "key4",
        form={"do": "aside", "reason": "", "next": "petition"},
        refused={"reason": "Give the reason: it goes into the record."},
    ),
    "petition-schedule-refused": lambda: petition_page(
        State.VERIFIED,
        staff.schedule,
        form={"meeting": "m3", "number": "5"},
        refused={"number": "Write the number as 5.0 or 5.1."},
    ),
    "petition-return-refused": lambda: petition_page(
        State.VERIFIED,
        staff.send_back,
        form={"comments": ""},
        refused={"comments": "Say what should change."},
    ),
    "petition-reject-refused": lambda: petition_page(
        State.SUBMITTED,
        staff.reject,
        form={"code": "scope", "explanation": ""},
        refused={"explanation": "Explain the reason in words that the conveners can use."},
    ),
    "group": group_page,
    "group-member": lambda: group_page(DIRECTOR),
    "group-no-end": lambda: group_page(ends=False),
    "group-registered": registered_page,
    "directory": lambda: directory_page(query={}),
    "directory-asked": lambda: directory_page(
        query={"q": "“map” <b>", "kind": "interest-group", "state": "all", "due": "6"}
    ),
    "directory-many": lambda: directory_page(
        groups=[group_row(f"g{n}") for n in range(130)], query={"page": "2", "state": "all"}
    ),
    "directory-none": lambda: directory_page(groups=[]),
    "due": due_page,
    "due-staff-alone": lambda: due_page(query={"what": "renewal waits for staff"}),
    "due-nothing": lambda: due_page(groups=[]),
    "due-none-of-it": lambda: due_page(groups=[], query={"what": "lapses"}),
    "due-none-ticked": lambda: due_page(renewals_due.preview, form={"do": "renewal.open"}),
    "due-preview": lambda: due_page(renewals_due.preview, form=TICKED),
    "due-preview-remind": lambda: due_page(
        renewals_due.preview, form={**TICKED, "do": "renewal.remind"}
    ),
    "due-preview-none": lambda: due_page(renewals_due.preview, form={**TICKED, "groups": ["gone"]}),
    "due-done": lambda: due_page(renewals_due.run, form=TICKED, answer="done"),
    "due-refused": lambda: due_page(
        renewals_due.run, form={**TICKED, "do": "renewal.remind"}, refused={"": "Not now."}
    ),
    "mailbox": mailbox_page,
    "mailbox-filtered": lambda: mailbox_page(to="noor@"),
    "mailbox-nobody": lambda: mailbox_page(to="nobody@"),
    "letter": lambda: mailbox_page(mailbox.show, "letter 1"),
}
PRIVATE = [
    name for name in PAGES if name.startswith(("petition-", "mailbox", "letter", "private-"))
]


# ------------------------------------------------------------------ What a reader sees


class Read(HTMLParser):
    """A page taken apart: its tags, its text, its buttons and its forms."""

    VOID = frozenset({"input", "meta", "link", "br", "hr", "img", "rect", "path", "wbr"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.buttons: list[str] = []
        self.forms: list[tuple[dict[str, str], list[dict[str, str]]]] = []
        self.links: dict[str, str] = {}
        self.text = ""
        self._open: list[str] = []
        self._href = ""
        self.feed(source)
        self.text = " ".join(self.text.split())
        self.buttons = [" ".join(label.split()) for label in self.buttons]
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "button":
            self.buttons.append("")
        elif tag == "form":
            self.forms.append((given, []))
        elif tag == "a":
            self._href = given["href"]
            self.links[self._href] = ""
        if tag in {"dt", "dd", "td", "th", "p", "li", "h2", "br"}:
            self.text += " "
        if tag in {"input", "textarea", "select", "button"} and "form" in self._open:
            self.forms[-1][1].append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag, f"{tag} closed out of turn"

    def handle_data(self, data: str) -> None:
        self.text += data
        if "button" in self._open:
            self.buttons[-1] += data
        if "a" in self._open:
            self.links[self._href] += data

    def actions(self) -> set[str]:
        """Where the page's own forms go."""
        return {form["action"] for form, _ in self.forms} - {"/sign-out"}

    def value(self, name: str) -> str:
        """What a field holds."""
        return next(f["value"] for _, fields in self.forms for f in fields if f.get("name") == name)

    def checked(self) -> list[str]:
        return [given["value"] for _, given in self.tags if "checked" in given]


def read(name: str) -> Read:
    return Read(PAGES[name]())


# ------------------------------------------------------------------ True of every page


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_and_keeps_to_the_policy(name: str) -> None:
    source = PAGES[name]()
    page = Read(source)
    assert [tag for tag, _ in page.tags].count("h1") == 1
    for tag, given in page.tags:
        assert tag != "style"
        assert "style" not in given, (tag, given)
        assert not [each for each in given if each.startswith("on")], (tag, given)
        assert not given.get("href", "").startswith(("javascript:", "mailto:")), given
    scripts = [given for tag, given in page.tags if tag == "script"]
    assert all(given["type"] == "module" for given in scripts)
    files = [given["src"].rpartition("/")[2].partition(".")[0] for given in scripts]
    # One module for every page, and one for each behavior that its tags name; no other.
    present = {attribute for _, given in page.tags for attribute in given}
    own = [script.removesuffix(".js") for each, script in BEHAVIORS.items() if each in present]
    assert files == ["page", *dict.fromkeys(own)]
    assert ("docket" in files) == (name in {"docket", "docket-over"})
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids)), sorted(each for each in ids if ids.count(each) > 1)
    for _, given in page.tags:
        href = given.get("href", "")
        assert not href.startswith("#") or href[1:] in ids, f"{href} leads nowhere"
        for target in (given.get("for", "") + " " + given.get("aria-describedby", "")).split():
            assert target in ids, target
    for form, fields in page.forms:
        if form["method"] == "post":
            assert [f["value"] for f in fields if f.get("name") == "csrf_token"] == [
                "token-of-this-browser"
            ]
            typed = [f for f in fields if f.get("type") != "hidden" and "name" in f]
            assert "novalidate" in form or not typed, form
    assert not re.search(r"\b(None(?! (is|imported))|Undefined|True|False)\b|&lt;|&amp;", page.text)
    assert "StrEnum" not in source
    assert "State." not in source
    assert not re.search(r"[ap]\.m\.\.", page.text)


@pytest.mark.parametrize("name", [name for name in PAGES if name not in PRIVATE])
def test_addresses_are_seen_by_staff_alone(name: str) -> None:
    assert not re.search(r"[\w.]@\w", PAGES[name]())


# ------------------------------------------------------------------ The Board's meetings


def test_the_board_finds_its_meetings_the_next_one_first() -> None:
    page = read("board")
    assert page.text.index("Board meeting 1") < page.text.index("Board meeting 3")
    assert page.text.index("Board meeting 3") < page.text.index("Board meeting 4")
    assert "January 26, 2024, 10:30 a.m. CST" in page.text
    assert "1 document, no packets" in page.text
    assert {"/board/meetings/m1", "/board/meetings/m4"} <= set(page.links)
    assert "/board/meetings/new" not in page.links
    assert "/board/meetings/new" in read("board-staff").links
    assert "/board/meetings/new" in read("board-empty").links


def test_a_refused_meeting_keeps_what_was_typed() -> None:
    assert "ACRL MW 24" in read("plan").text
    assert "Chicago time" in read("plan").text
    page = read("plan-refused")
    typed = {name: page.value(name) for name in ("title", "day", "time", "place")}
    assert typed == {"title": "Board II", "day": "tomorrow", "time": "9", "place": "Room 4"}
    assert page.links["#field-code"] == "Code: Fill this in."
    assert "Day: Enter a day" in page.links["#field-day"]


def test_a_meeting_shows_its_docket_with_times_and_its_documents() -> None:
    page = read("meeting-member")
    assert "10:55 a.m. 5.0 Petition to establish" in page.text
    assert "#doc-5-0" in page.links
    assert "/petitions/p1" in page.links
    assert "/packets/m1/1.pdf" in page.links
    assert "14 pages, 312.4 kB" in page.text
    assert "ab12" * 16 in page.text
    assert "Publish the packet" not in page.buttons


def test_only_a_voting_member_gets_the_form_to_move() -> None:
    member, office = read("meeting-member"), read("meeting-empty")
    assert "/board/meetings/m1/motions" in member.actions()
    assert f"“{TEXT.charge}”" in member.text, "the recommended motion, ready to be sent"
    assert "/board/meetings/m1/motions" not in office.actions()
    assert "“To discuss" in read("meeting-queued").text, "and to be read out by staff"


def test_a_refused_return_keeps_the_presidents_comments() -> None:
    page = read("meeting-refused")
    assert "Too <long>" in page.text
    assert "Shorten the comments by 3 characters." in page.links["#field-comments"]


def test_the_move_says_what_it_would_bring_about_and_takes_no_other_wording() -> None:
    page = read("meeting-member")
    assert "If it carries, the petition is approved and the group is chartered." in page.text
    assert not [given for tag, given in page.tags if tag == "textarea"]


def test_a_document_with_a_pending_or_decided_motion_takes_no_other() -> None:
    pending = Read(meeting_page(DIRECTOR, motion=motion_in(M.OPEN)))
    assert "/board/motions/v1" in pending.links
    assert "Voting open Go to the motion on Doc 5.0" in pending.text
    assert not pending.actions()
    assert not Read(meeting_page(DIRECTOR, petition=petition_in(State.APPROVED))).actions()


def test_a_decided_document_shows_what_was_decided_and_not_what_was_asked_for() -> None:
    page = read("meeting-decided")
    assert "What the Board decided" in page.text
    assert "The group reports each June. Carried Motion on Doc 5.0" in page.text
    assert "/board/motions/v1" in page.links
    assert "Recommended motion" not in page.text


def test_the_motion_before_the_board_is_shown_as_it_was_amended() -> None:
    record, ballots = motion_in(M.OPEN)
    record.thing = replace(record.thing, wording=f"{WORDING} The group reports each June.")
    page = Read(meeting_page(DIRECTOR, motion=(record, ballots)))
    assert "The group reports each June." in page.text
    assert "Recommended motion" not in page.text


def test_a_clock_time_ends_its_sentence_with_one_full_stop() -> None:
    assert re.search(r"Called to order at \d+:\d\d [ap]\.m\.(?!\.)", read("meeting-called").text)


@pytest.mark.parametrize(
    ("name", "words"),
    [("meeting-queued", "Waiting to be made"), ("meeting-rendering", "Laying out Doc 5.0")],
)
def test_a_packet_on_its_way_is_followed_and_not_asked_for_again(name: str, words: str) -> None:
    page = read(name)
    polled = [given["data-poll"] for _, given in page.tags if "data-poll" in given]
    number = 2 if name == "meeting-rendering" else 1
    assert polled == [f"/api/v1/meetings/m1/packets/{number}"]
    assert words in page.text
    assert "Publish the packet" not in page.buttons


def test_staff_see_why_a_packet_failed_and_what_came_after_the_last_one() -> None:
    page = read("meeting-published")
    assert "This packet could not be made. Doc 6.0 is missing." in page.text
    assert "Doc 6.0 is in no packet as it is now." in page.text
    assert "Publish supplement 1" in page.text
    assert {"Publish the supplement", "Publish the whole packet"} <= set(page.buttons)
    assert "/board/meetings/m1/packets" in page.actions()


def test_without_documents_staff_are_told_how_to_get_one() -> None:
    page = read("meeting-empty")
    assert "Publish the packet" not in page.buttons
    assert "/staff" in page.links


def test_a_finished_packet_is_not_said_to_be_on_its_way() -> None:
    asked = {"query": {"done": "packet"}}
    assert (
        "The packet is being made." in Read(meeting_page(packets=[packet(P.QUEUED)], **asked)).text
    )
    assert "is being made" not in Read(meeting_page(packets=[packet(P.PUBLISHED)], **asked)).text


# ------------------------------------------------------------------ Motions and ballots

AT = "/board/motions/v1"


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("moved-mover", {"withdraw"}),
        ("moved-member", {"second"}),
        ("moved-staff", {"postpone"}),
        ("moved-president", {"second", "postpone"}),
        ("seconded-staff", {"open", "postpone"}),
        ("seconded-mover", {"withdraw"}),
        ("seconded-member", set()),
        ("open-voted", {"vote"}),
        ("open-recused", {"rejoin"}),
        ("secret-not-voted", {"vote"}),
        ("secret-voted", {"vote"}),
        ("secret-closed-staff", {"announce"}),
        ("called-staff", {"postpone"}),
        ("void-staff", {"hold-anew"}),
        ("void-member", set()),
        ("open-not-voted", {"vote"}),
        ("open-president", {"vote", "close"}),
        ("open-staff", {"close"}),
        ("closed-staff", {"announce"}),
        ("closed-member", set()),
        ("carried", set()),
        ("lost-by-rule", set()),
        ("postponed", {"again"}),
        ("withdrawn", set()),
    ],
)
def test_each_role_is_offered_what_it_may_do_now(name: str, commands: set[str]) -> None:
    assert read(name).actions() == {f"{AT}/{command}" for command in commands}


@pytest.mark.parametrize(
    "name",
    [
        "open-not-voted",
        "open-president",
        "open-staff",
        "closed-staff",
        "closed-member",
        "secret-not-voted",
        "secret-closed-staff",
        "secret-closed-member",
    ],
)
def test_nobody_learns_how_another_voted_before_the_announcement(name: str) -> None:
    page = read(name)
    assert SECRET not in page.text
    assert not re.search(r"Director-at-large (Yes|No(?! ballot)|Abstained)\b", page.text)
    assert page.text.count("Ballot is in") == 10
    # That somebody takes no part is no vote, and the Board knows it; why, it reads in the minutes.
    assert page.text.count("Director-at-large Recused") == 1
    assert page.text.count("No ballot") >= 2


@pytest.mark.parametrize(
    "name", ["open-not-voted", "open-staff", "open-president", "closed-member"]
)
def test_the_count_waits_for_the_vote_to_close(name: str) -> None:
    page = read(name)
    assert "tally-rule" not in PAGES[name]()
    assert "Other ways of counting" not in page.text


def test_ones_own_ballot_is_shown_and_can_be_changed() -> None:
    page = read("open-voted")
    assert "You voted no" in page.text
    assert page.checked() == ["no"]
    assert "Change my ballot" in page.buttons
    assert read("open-not-voted").checked() == []


def test_ones_own_recusal_is_shown_and_can_be_taken_back() -> None:
    page = read("open-recused")
    assert "You recused yourself" in page.text
    assert f"Your reason: {SECRET}" in page.text
    assert "Take part after all" in page.buttons


def test_a_refused_ballot_keeps_the_choice_and_says_what_is_missing() -> None:
    page = read("open-refused")
    assert page.checked() == ["no"]
    assert "Choose yes, no or abstain" in page.links["#field-choice"]


def test_a_refused_change_is_open_to_be_put_right() -> None:
    page = read("secret-refused")
    assert "Type it again" in page.links["#field-receipt"]
    assert ("details", {"open": ""}) in page.tags


def test_who_presides_looks_at_the_count_before_announcing_it() -> None:
    page = read("closed-staff")
    assert "The count, not announced yet" in page.text
    assert "So the motion carries." in page.text
    assert "Who voted how" not in page.text
    assert "Announce the result" in page.buttons


def test_an_announced_result_shows_its_arithmetic_and_the_roll() -> None:
    page = read("carried")
    assert "more than half of the members present" in page.text
    assert "That is 6 or more of 10; 8 voted yes." in page.text
    assert "So the motion carries." in page.text
    assert "Quorum: 7 of 13 voting seats. 10 were present, so there was a quorum." in page.text
    assert "1 recused member is left out of that number." in page.text
    assert "Voting seats Every voting seat of the Board, whoever voted 8 yes of 13" in page.text
    assert "ACRL Guide to Policies 2.1.1" in page.text
    assert f"Director-at-large Recused: {SECRET}" in page.text
    assert page.text.count("Director-at-large No ballot") == 2
    assert "/groups/training-equity" in page.links
    assert {"/petitions/p1", "/board/meetings/m1"} <= set(page.links)


def test_a_result_names_who_was_there_by_the_roll_and_cast_no_ballot() -> None:
    page = read("carried-by-roll")
    names = BOARD[11].name, BOARD[12].name
    words = "By the roll of the meeting, 12 voting members were present during the vote."
    assert words in page.text
    assert f"Of these, no ballot came from {names[0]}, {names[1]}." in page.text
    assert "By the roll" not in read("carried").text, "no roll was taken"
    assert "By the roll" not in Read(motion_page(M.OPEN, DIRECTOR, meeting=with_roll())).text


def test_a_close_result_says_what_the_other_rules_would_have_said() -> None:
    page = read("lost-by-rule")
    assert "That is 7 or more of 13; 6 voted yes." in page.text
    assert "So the motion is lost." in page.text
    assert re.search(r"Votes cast .{0,60}6 yes of 11 Carried", page.text)
    assert re.search(r"Members present \(this Board’s rule\) .{0,60}6 yes of 13 Lost", page.text)


def test_without_a_quorum_the_page_says_so_rather_than_do_sums() -> None:
    page = read("no-quorum")
    assert "nothing was decided, and the motion was postponed" in page.text
    assert "7 of 13 voting seats. 5 were present, so there was no quorum." in page.text
    assert "1 recused member is left out of that number." in page.text


def test_a_secret_result_names_those_who_voted_and_apart_from_them_the_slips() -> None:
    page = read("secret-carried")
    assert page.text.count("Director-at-large Voted") + page.text.count("or Voted") >= 3
    assert not re.search(r"Director-at-large (Yes|No(?! ballot)|Abstained)\b", page.text)
    slips = re.findall(r"([0-9A-F]{4}-[0-9A-F]{4}) (Yes|No|Abstained)\b", page.text)
    assert [choice for _, choice in slips].count("Yes") == 8
    assert len(slips) == 10
    assert slips == sorted(slips), "in the order of their numbers, and no other"
    # Before the announcement not even those who preside see a slip.
    assert not re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", read("secret-closed-staff").text)


def test_a_receipt_is_shown_with_what_it_is_good_for() -> None:
    page = read("receipt")
    assert "7K3M-Q0ZD-1111-2222-3333" in page.text
    assert "3F2A-9C1B" in page.text
    assert "nobody can show it to you again" in page.text
    assert not any("7K3M" in href for href in page.links), "an address is kept in a history"
    assert "/board/votes" in read("receipt-to-list").links


def test_a_receipt_that_is_checked_is_not_printed_again() -> None:
    assert "7K3M" not in read("receipt-checked").text
    assert read("receipt-checked").value("receipt") == ""


def test_what_is_to_be_voted_on_has_its_ballot_in_the_list() -> None:
    page = read("votes-member")
    assert page.actions() == {f"{AT}/vote"}
    assert page.value("back") == "votes"
    assert read("votes-voted").actions() == set()


# ------------------------------------------------------------------ Staff


def test_staff_see_what_waits_and_since_when() -> None:
    page = read("staff")
    assert page.links["/staff/petitions/p1"] == TEXT.name
    assert re.search("Discussion group ?Submitted December 19, 2023", page.text)
    assert "Open since January 2, 2024" in page.text
    assert "Convened by Rowan Ibarra." in page.text
    assert "Version 3, 8,120 members." in page.text
    assert "c0ffeec0ffee." in page.text
    assert "January 26, 2024, 10:30 a.m. CST" in page.text


def test_staff_are_told_when_there_is_no_roster() -> None:
    page = read("staff-empty")
    assert "No membership roster has been imported yet." in page.text
    assert "No petition is waiting for a meeting." in page.text
    assert "/board/meetings/new" in page.links


STAFF_AT = "/staff/petitions/p1"


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("petition-collecting", {"pause", "reject"}),
        ("petition-submitted", {"return", "reject"}),
        ("petition-ready", {"verify", "return", "reject"}),
        ("petition-verified", {"schedule", "return", "reject"}),
        ("petition-scheduled", {"return", "schedule"}),
        ("petition-approved", set()),
        ("petition-declined", set()),
        ("petition-returned", set()),
        ("petition-withdrawn", set()),
        ("petition-expired", set()),
        ("petition-rejected", set()),
    ],
)
def test_staff_are_offered_what_the_state_allows(name: str, commands: set[str]) -> None:
    sent = {form["action"] for form, _ in read(name).forms if form["method"] == "post"}
    assert sent - {"/sign-out"} == {f"{STAFF_AT}/{command}" for command in commands}


def test_a_signature_to_decide_comes_with_what_is_known() -> None:
    page = read("petition-submitted")
    assert "Decide 2 signatures first" in page.text
    assert "signatory1@library.example" in page.text
    assert "104223" in page.text
    # They are decided in the queue, one by one.
    assert "/staff/signatures?petition=p1#s-key1" in page.links
    assert "/staff/signatures?petition=p1" in page.links


def test_a_decision_without_a_reason_is_shown_at_its_own_row() -> None:
    page = read("petition-settle-refused")
    assert "Give the reason: it goes into the record." in page.links["#field-reason-key4"]
    wrong = [given["id"] for _, given in page.tags if given.get("aria-invalid")]
    assert wrong == ["field-reason-key4"]


def test_decided_signatures_say_how() -> None:
    page = read("petition-verified")
    assert "Found by email address on roster version 3" in page.text
    assert "Accepted by Sam Ostrow, with roster version 3: Member 77120 under a" in page.text
    assert "Rejected: Membership ended in 2021" in page.text
    assert "Not confirmed yet" in page.text
    assert "Withdrawn" in page.text
    assert not [href for href in page.links if "change=" in href], "no decision after verifying"


def test_a_decision_can_be_changed_while_staff_check() -> None:
    assert f"{STAFF_AT}?change=key5#change" in read("petition-submitted").links
    page = read("petition-change")
    assert f"{STAFF_AT}/signatures/key5" in page.actions()
    assert "Change the decision on Paloma Reinholt" in page.text
    assert "Accept the signature of Paloma Reinholt" in page.buttons
    assert "Reject the signature of Paloma Reinholt" not in page.buttons


def test_scheduling_suggests_the_next_meeting_and_number() -> None:
    page = read("petition-verified")
    chosen = [given["value"] for tag, given in page.tags if tag == "option" and "selected" in given]
    assert chosen == ["m1"]
    assert page.value("number") == "5.0"


def test_a_refused_schedule_keeps_what_was_typed() -> None:
    page = read("petition-schedule-refused")
    chosen = [given["value"] for tag, given in page.tags if tag == "option" and "selected" in given]
    assert chosen == ["m3"]
    assert page.value("number") == "5"
    assert "Write the number as 5.0 or 5.1." in page.links["#field-number"]


@pytest.mark.parametrize(
    ("name", "field"),
    [("petition-return-refused", "comments"), ("petition-reject-refused", "explanation")],
)
def test_a_refused_form_is_unfolded(name: str, field: str) -> None:
    page = read(name)
    unfolded = [given for tag, given in page.tags if tag == "details" and "open" in given]
    assert len(unfolded) == 1
    assert f"#field-{field}" in page.links
    assert page.checked() == (["scope"] if field == "explanation" else [])
    assert not [
        given for tag, given in read("petition-submitted").tags if tag == "details" and given
    ]


def test_staff_read_why_a_petition_ended_or_waits() -> None:
    assert "The Residency group does this already." in read("petition-rejected").text
    assert "We joined another petition." in read("petition-withdrawn").text
    assert "Say in the charge whom the group is for." in read("petition-returned").text
    assert "Doc 5.0" in read("petition-scheduled").text
    assert "/board/meetings/m1" in read("petition-scheduled").links
    assert "/groups/training-equity" in read("petition-approved").links
    assert "when 14 more are verified" in read("petition-too-few").text


# ------------------------------------------------------------------ Groups


def test_a_group_says_what_it_is_for_until_when_and_how_it_came_about() -> None:
    page = read("group")
    assert TEXT.charge in page.text
    assert "Charge ends January 8, 2027" in page.text
    assert "Rowan Ibarra, Delta College" in page.text
    assert "Anyone may take part, member or not." in page.text
    assert "Moved by Tomasz Villanueva, seconded by Ingrid Achterberg." in page.text
    assert "The group was chartered" in page.text
    assert "/petitions/p1" in page.links
    assert AT not in page.links, "the vote's page is the Board's"
    assert AT in read("group-member").links


def test_a_directory_says_how_many_there_are_and_until_when_each_has_its_charge() -> None:
    page = read("directory")
    assert "13 groups found" in page.text
    assert "With no end date" in page.text
    assert "Its charge ended on December 31, 2023" in page.text
    assert "Charge until January 25, 2025" in page.text
    assert "/groups/over" not in page.links
    assert "No group found" not in page.text
    many = read("directory-many")
    assert "130 groups found" in many.text
    assert {"/groups?page=3&state=all", "/groups?page=1&state=all"} <= set(many.links)
    asked = read("directory-asked")
    assert asked.value("q") == "“map” <b>"
    assert "No groups found" in asked.text


def test_what_is_due_says_what_to_do_next() -> None:
    page = read("due")
    for words in (
        "The charge ended on December 31, 2023. Open its renewal.",
        "Its conveners have not answered. Documents for Board meeting 3 are due by February 19",
        "Its conveners have not answered. The charge ended on November 30, 2023. Remind",
        "It was to lapse after September 28, 2023.",
        "Its conveners have not sent the change that was asked for.",
        "Check the signatures of its petition, verify it, and schedule it.",
        "Read it, then put it on a meeting’s docket or send it back.",
        "The Board has it.",
        "A vacancy is to be filled by January 30, 2024.",
    ):
        assert words in page.text
    assert "/staff/petitions/p1" in page.links
    assert "Doc 4.1" in page.text
    assert {"Open these renewals", "Send these reminders"} <= set(page.buttons)
    assert "Open these renewals" not in read("due-nothing").buttons
    assert "Tick at least one group first." in read("due-none-ticked").text
    assert "Open 1 renewal" in read("due-preview").buttons
    assert "There is no group at this address." in read("due-preview").text
    assert "2 of 2 renewals were opened." in read("due-done").text
    assert "0 of 2 groups were reminded." in read("due-refused").text


def test_a_group_may_have_no_end_date_no_petition_and_no_convener() -> None:
    assert "with no end date" in read("group-no-end").text
    page = read("group-registered")
    assert "In renewal" in page.text
    assert "There is no convener." in page.text
    assert "Taken into this record" in page.text
    assert "The motion that made it" not in page.text


# ------------------------------------------------------------------ The mailbox


def test_the_mailbox_lists_letters_and_finds_a_persons() -> None:
    page = read("mailbox")
    assert page.links["/mailbox/letter%201"] == LETTER["subject"]
    assert "noor@harbor.example" in page.text
    found = read("mailbox-filtered")
    assert "rowan@delta.example" not in found.text
    assert found.value("to") == "noor@"
    assert "No email was sent to this address." in read("mailbox-nobody").text


def test_a_letters_links_to_this_site_can_be_followed_and_no_others() -> None:
    page = read("letter")
    shown = f"{BASE}/signatures/confirm/abc.def-1?x=1&y=2"
    assert page.links[shown] == shown
    assert page.links[BASE] == BASE
    assert not [href for href in page.links if "evil" in href]
    assert "https://evil.example/<script>alert(1)</script>" in page.text
    assert "Hello Rowan,<br><br>Read &amp; confirm:<br>" in PAGES["letter"]()
