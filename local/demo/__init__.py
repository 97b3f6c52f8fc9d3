"""A small invented association, loaded once, so that a newcomer can try everything."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib import bootstrap, clock
from chalicelib.config import ConfigError, settings
from chalicelib.domain.people.people import VISITOR, Actor, actor_for
from chalicelib.domain.roster.roster import Roster, digest_of
from chalicelib.domain.signing.signature import signatory_key
from chalicelib.domain.times import local_date
from chalicelib.services.commands import perform
from chalicelib.services.context import Services
from chalicelib.services.signing.signing import confirm_by_link, signature_token
from chalicelib.storage import keys
from local.demo.groups import add_groups
from local.demo.people import DOUBTFUL, MEMBERS, address, persons, roster

OPEN_PETITION = {
    "name": "Stewardship of Open Textbooks",
    "charge": "To share what it takes to find, adopt, host and keep up openly licensed "
    "textbooks, and to compare how libraries pay for that work.",
    "background": "Many libraries run open textbook programs with one person and a small grant. "
    "Those people rarely meet. A discussion group would let them compare licences, "
    "hosting, accessibility checks and budgets.\n\n"
    "In its first year the group would meet online four times and write down what its "
    "members found to work.",
    "questions": [
        "What does it cost to keep an open textbook up to date for five years?",
        "Who checks that a textbook can be read with a screen reader?",
    ],
    "stakeholders": "",
    "fiscal_impact": "No funds are asked for; staff time to set up a discussion space.",
    "goal_area": "Student Learning",
    "lead_name": "Noor Castellan",
    "lead_institution": "Fernwood College",
    "conveners": [],
}


# What stands on the meeting's docket besides the standing items.
DOCKET: tuple[dict[str, Any], ...] = (
    {"title": "Minutes of the last meeting", "minutes": 0, "action": "Action", "consent": True},
    {
        "number": "8.0",
        "title": "Report on the executive director’s review",
        "minutes": 10,
        "action": "Discussion",
        "presenter": "Odalys Brennwick",
        "section": "Discussion items",
        "closed": True,
    },
    {
        "number": "9.0",
        "title": "Open microphone",
        "minutes": 30,
        "section": "Closing",
    },
)


class _Moving:
    """A clock that goes on by half a day each time it is read."""

    def __init__(self, begin: datetime, step: timedelta) -> None:
        self._now, self._step = begin, step

    def __call__(self) -> datetime:
        self._now += self._step
        return self._now


class _Silent:
    """A queue whose letters count as sent: the demo's past is not written about again."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def nudge(self, queue: str, pk: str, sk: str) -> None:  # noqa: ARG002
        now = clock.now()
        claimed = self._services.store.outbox.claim(pk, sk, now, 60)
        if claimed:
            self._services.store.outbox.done(claimed, now)

    def nudge_all(self, work: Iterable[tuple[str, str, str]]) -> None:
        for queue, pk, sk in work:
            self.nudge(queue, pk, sk)


def load() -> None:
    """Loads what is not there yet; a second run, or one after a crash, changes nothing else.

    Raises ConfigError away from a local machine: demo people can sign in by the mailbox.
    """
    if not settings().local:
        raise ConfigError("The demo people belong to a local machine: nothing was loaded.")
    now = clock.now()
    services = _services(lambda: now)
    if services.store.board.meetings():
        return
    _people(services)
    _roster(services, now)
    add_groups(services, now)
    _open_petition(now)
    # The meeting comes last: it is the mark that the rest is there.
    _meeting(services, now)


def _services(clock: Callable[[], datetime]) -> Services:
    services = bootstrap.build(settings(), clock)
    return replace(services, queue=_Silent(services))


def _people(services: Services) -> None:
    for person in persons(services.today()):
        if services.store.people.by_email(person.email) is None:
            unit = services.store.transaction()
            services.store.people.add(unit, person)
            unit.commit()


def _roster(services: Services, now: datetime) -> None:
    if services.store.rosters.current().version:
        return
    entries = roster()
    version = Roster(
        version=1,
        digest=digest_of(entries),
        entries=len(entries),
        imported_at=now - timedelta(days=60),
        imported_by="Imara Vesterholt",
    )
    services.store.rosters.store(version, entries)


def _open_petition(now: datetime) -> None:
    """A petition with 24 of its 25 signatures, each signed, confirmed and found on the roster,
    and two that staff have to decide.
    """
    services = _services(_Moving(now - timedelta(days=30), timedelta(hours=12, minutes=13)))
    convener = services.store.people.by_email(address("noor"))
    assert convener is not None
    begun = services.store.petitions.convened_by(convener.email)
    if begun:
        # A run that was cut short left a part: the petition is finished from where it is.
        petition_id = begun[0]
    else:
        actor = actor_for(convener, services.today())
        draft = perform(services, actor, "petition.draft", data={"kind": "discussion-group"})
        petition_id = draft.id
        perform(services, actor, "petition.edit", petition_id, dict(OPEN_PETITION))
        perform(services, actor, "petition.publish", petition_id)
    for number, (name, local, institution) in enumerate(MEMBERS[1:25]):
        _sign(services, VISITOR, petition_id, name, address(local), institution, number % 6 != 5)
    for name, local, institution in DOUBTFUL:
        _sign(services, VISITOR, petition_id, name, address(local), institution, named=True)


def _sign(
    services: Services,
    actor: Actor,
    petition_id: str,
    name: str,
    email: str,
    institution: str,
    named: bool,
) -> None:
    data = {"name": name, "email": email, "institution": institution, "named": named}
    perform(services, actor, "signature.sign", petition_id, data)
    key = signatory_key(email)
    signature = services.store.petitions.signature(petition_id, key)
    assert signature is not None
    confirm_by_link(services, actor, signature_token(services, signature))
    # No queue hears of the letter of thanks; it counts as sent like the others.
    services.queue.nudge("mail", *keys.signature(petition_id, key))


def _meeting(services: Services, now: datetime) -> None:
    staff = services.store.people.by_email("staff@example.org")
    assert staff is not None
    day: date = local_date(now, services.policy.association.zone) + timedelta(days=45)
    while day.weekday() != 4:
        day += timedelta(days=1)
    data = {
        "title": "Board I",
        "code": f"ACRL MW {day:%y}",
        "day": day.isoformat(),
        "time": time(13).isoformat(),
        "place": "Virtual meeting",
        "link": "https://meet.example.org/board-i",
        "minutes": 90,
    }
    actor = actor_for(staff, services.today())
    meeting = perform(services, actor, "meeting.plan", data=data)
    for item in DOCKET:
        perform(services, actor, "docket.add", meeting.id, item)


def sign_in_help() -> str:
    """How to sign in as each demo person, for the terminal."""
    base = settings().base_url
    return (
        "Sign in with any of these addresses; the email with the link is in the mailbox:\n"
        f"  {base}/sign-in   {base}/mailbox\n"
        "  rowan@example.org       a member, ready to draft a petition\n"
        "  noor@example.org        convener of a petition that lacks one signature\n"
        "  jose@example.org        convener of a group whose charge is to be renewed\n"
        "  staff@example.org       staff (also administrator); staff2@example.org\n"
        "  president@example.org   presides over the Board\n"
        "  vice-president, past-president, budget, councilor,\n"
        "  director1 ... director8 @example.org   the other voting members of the Board\n"
        "  executive@example.org   sits with the Board without a vote"
    )
