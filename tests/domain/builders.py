"""Invented people and things in a known state, made by the commands that make the real ones."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.groups.group import Answer, Charge, Group
from chalicelib.domain.groups.group import Convener as GroupConvener
from chalicelib.domain.meetings.meeting import Meeting, plan
from chalicelib.domain.motions import ballots as votes
from chalicelib.domain.motions import motion as motions
from chalicelib.domain.motions import recusals
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.people.people import SYSTEM, Act, Actor, Person, Role, Seat, actor_for
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.petitions.text import Convener, Text
from chalicelib.domain.policy import rules as policies
from chalicelib.domain.renewals import outcome as outcomes
from chalicelib.domain.renewals import renewal as renewals
from chalicelib.domain.signing.signature import Signature, signatory_key

POLICY = policies.load()
ZONE = ZoneInfo(POLICY.association.zone)
NOW = datetime(2024, 1, 26, 19, 0, tzinfo=UTC)  # 1 p.m. in Chicago
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

LEAD = Convener(name="Ada Fell", email="ada@example.org", institution="Fell College")
OTHER_CONVENER = Convener(name="Bo Grand", email="bo@example.org", institution="Grand University")

ADA = Person(id="ada", name="Ada Fell", email="ada@example.org")
STAFF = Person(id="sam", name="Sam Ostrow", email="sam@example.org", staff=True)

TEXT = Text(
    name="Open Metadata",
    charge="To discuss and share ways of opening catalogue records to everyone.",
    background="Libraries share records every day, and nobody talks about how they do it.",
    questions=("Which records may be shared?",),
    fiscal_impact="None.",
    goal_area=POLICY.goal_areas[0],
)


def chicago(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0):
    """A wall-clock moment in the association's zone, in UTC."""
    local = datetime.combine(date(year, month, day), time(hour, minute, second), ZONE)
    return local.astimezone(UTC)


def act(person: Person = ADA, role: Role = Role.CONVENER, at: datetime = NOW) -> Act:
    """An act of a person in a role."""
    return Act(actor_for(person, at.date()), role, at)


def staff(at: datetime = NOW) -> Act:
    """An act of staff."""
    return act(STAFF, Role.STAFF, at)


def system(at: datetime = NOW) -> Act:
    """An act of a scheduled job."""
    return Act(SYSTEM, Role.SYSTEM, at)


def begun(kind: str = "discussion-group", at: datetime = NOW, policy=POLICY) -> Petition:
    """A draft with its text written."""
    petition, _ = petitions.begin("p1", kind, LEAD, policy, act(at=at))
    petition, _ = petitions.edit(petition, TEXT, (LEAD,), policy, act(at=at))
    return petition


def collecting(verified: int = 0, confirmed: int = 0, at: datetime = NOW) -> Petition:
    """A published petition with that many signatures."""
    petition, _ = petitions.publish(begun(at=at), POLICY, act(at=at))
    return replace(petition, verified=verified, confirmed=confirmed)


def petition_in(state: State, verified: int = 25, at: datetime = NOW) -> Petition:
    """A petition in the state, with the signatures that a discussion group needs."""
    if state == State.DRAFT:
        return begun(at=at)
    return replace(collecting(verified, at=at), state=state)


def returned(verified: int = 25, confirmed: int = 3) -> Petition:
    """A petition that the Board sent back, on its conveners' desk again."""
    petition = collecting(verified, confirmed)
    petition, _ = petitions.submit(petition, POLICY, act())
    petition, _ = petitions.send_back(petition, "Say who it is for.", POLICY, staff())
    petition, _ = petitions.revise(petition, act())
    return petition


def new_signature(petition: Petition, email: str = "cy@example.org", **others: Any) -> Signature:
    """What the form makes of somebody's answers, before the rules have seen it."""
    given = {
        "petition_id": petition.id,
        "key": signatory_key(email),
        "name": "Cy Holm",
        "email": email,
        "institution": "Holm Library",
        "named": True,
        "text_digest": petition.text_digest,
        "edition": petition.edition,
        "created_at": NOW,
    }
    return Signature(**(given | others))


def board_member(
    number: int, voting: bool = True, presiding: bool = False, until: date | None = None
) -> Person:
    """The holder of one of the Board's seats."""
    return Person(
        id=f"b{number:02}",
        name=f"Member {number:02}",
        email=f"b{number}@example.org",
        seats=(Seat(f"Director {number}", voting, presiding, until),),
    )


BOARD = tuple(board_member(n, presiding=n == 1) for n in range(1, 14))
DIRECTOR = Person(
    id="exec",
    name="Di Rook",
    email="di@example.org",
    seats=(Seat("Executive director", voting=False),),
)


def actor(person: Person) -> Actor:
    """The person as an actor."""
    return actor_for(person, NOW.date())


def voter(number: int) -> Act:
    """An act of the Board's member with that number, from 1."""
    return act(BOARD[number - 1], Role.VOTING)


def meeting() -> Meeting:
    """A meeting thirty days ahead with the policy's standing docket."""
    planned, _ = plan("m1", "Board I", "ACRL MW 24", NOW + 30 * DAY, "Room 1", POLICY, staff())
    return planned


def moved() -> Motion:
    """A motion that member 1 moved on document 5.0."""
    motion, _ = motions.move(
        "v1", "m1", "5.0", "p1", "Open Metadata", "That the Board establish the group.", voter(1)
    )
    return motion


def seconded() -> Motion:
    """The same, seconded by member 2."""
    motion, _ = motions.second(moved(), voter(2))
    return motion


def open_motion(at: datetime = NOW) -> Motion:
    """The same, with its vote open to thirteen seats."""
    motion, _ = votes.open_vote(seconded(), (*BOARD, DIRECTOR), at.date(), staff(at))
    return motion


def motion_in(state: motions.State) -> Motion:
    """A motion in the state."""
    return replace(open_motion(), state=state)


def ballots(motion: Motion, *choices: str) -> list[Ballot]:
    """The electors' ballots, in the order of the electorate; an empty choice stays silent."""
    cast = []
    for person, choice in zip(BOARD, choices, strict=False):
        if choice == "recused":
            by = act(person, Role.VOTING, motion.opened_at or NOW)
            cast.append(recusals.recuse(motion, None, "I convene it.", "", by)[2])
        elif choice:
            ballot = votes.vote(motion, None, choice, actor(person), NOW)
            assert ballot is not None
            cast.append(ballot)
    return cast


CHARGE_ENDS = date(2027, 1, 25)
ACTIVE_SINCE = date(2024, 1, 26)


def on(day: date, hour: int = 12) -> datetime:
    """A moment of a day in the association's zone, in UTC."""
    return chicago(day.year, day.month, day.day, hour)


def convener(number: int = 1, until: date | None = None, **others: Any) -> GroupConvener:
    """Ada for 1, and others, who convene a group."""
    names = ("Ada Fell", "Bo Grand", "Cy Holm", "Di Rook", "Eve Stone")
    name = names[number - 1]
    given = {"id": f"c{number}", "name": name, "until": until, "since": ACTIVE_SINCE}
    given["email"] = f"{name.split()[0].lower()}@example.org"
    return GroupConvener(**(given | others))


def living(kind: str = "discussion-group", **others: Any) -> Group:
    """A group whose charge goes from 26 January 2024 through 25 January 2027, which has the
    conveners that its kind asks for.
    """
    count = POLICY.unit(kind, ACTIVE_SINCE).conveners
    charge = Charge(
        number=1,
        name="Open Metadata",
        text=TEXT.charge,
        effective_on=ACTIVE_SINCE,
        ends_on=CHARGE_ENDS,
        motion_id="v1",
    )
    given = {
        "id": "open-metadata",
        "kind": kind,
        "name": "Open Metadata",
        "charge": charge,
        "conveners": tuple(convener(n) for n in range(1, count + 1)),
        "made_conveners": count,
        "since": on(ACTIVE_SINCE),
    }
    return Group(**(given | others))


def in_renewal(day: date = date(2026, 8, 1), told: tuple[str, ...] = (), **others: Any) -> Group:
    """The same, with a renewal that was opened on a day."""
    return renewals.open_(living(**others), told, POLICY, system(on(day)))[0]


ANSWER = Answer(outcome="same", report="We met four times and wrote a guide.")


def answered(group: Group | None = None, answer: Answer = ANSWER, day: date | None = None) -> Group:
    """A group in renewal whose conveners have answered."""
    by = act(at=on(day or date(2026, 9, 1)))
    return renewals.submit(group or in_renewal(), answer, False, POLICY, by)[0]


def before_board(group: Group | None = None, day: date | None = None) -> Group:
    """A group whose renewal is document 7.0 of a meeting of the Board."""
    by = staff(on(day or date(2026, 10, 1)))
    return renewals.schedule(group or answered(), "m1", "Board I", "7.0", "d1", by)[0]


def ended(outcome: str = "dissolved", day: date = date(2026, 11, 2), **others: Any) -> Group:
    """A group that ended on a day."""
    other = {"other": "open-maps", "other_name": "Open Maps", "agreement": "They wrote so."}
    answer = replace(ANSWER, outcome=outcome, **other)
    if outcome == "merged":
        answer = replace(answer, name="Open Maps and Metadata", charge="To share both.")
    group = in_renewal(**others)
    if outcome == "lapsed":
        group = before_board(renewals.propose_lapse(group, system(on(date(2026, 9, 1))))[0])
    else:
        group = before_board(answered(group, answer))
    return outcomes.end(group, POLICY, system(on(day)), motion_id="v2")[0]
