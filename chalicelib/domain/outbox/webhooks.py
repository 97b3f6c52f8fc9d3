"""Webhooks: addresses of other software that are told of events, and what they are told.

A message says what happened and where to read it, and nothing more: whoever it reaches reads the
thing by the API, as far as they may. It is signed as standardwebhooks.com has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.record.events import Event

MOST_WEBHOOKS = 10
LONGEST_URL = 500
LONGEST_ABOUT = 100
KEEP_DAYS = 30
# After how many minutes an address is tried again: about 28 hours in all.
RETRIES = (1, 5, 30, 120, 300, 600, 600)
ATTEMPTS = len(RETRIES) + 1

PING = "ping"
# What can be told of, by the kind of thing and the command in its record.
_OF_RECORD = {
    ("petition", "publish"): "petition.opened",
    ("petition", "reach-threshold"): "petition.threshold",
    ("petition", "submit"): "petition.submitted",
    ("petition", "verify"): "petition.verified",
    ("petition", "schedule"): "petition.scheduled",
    ("petition", "approve"): "petition.approved",
    ("petition", "decline"): "petition.declined",
    ("petition", "return"): "petition.returned",
    ("petition", "withdraw"): "petition.ended",
    ("petition", "expire"): "petition.ended",
    ("petition", "reject"): "petition.ended",
    ("group", "charter"): "group.chartered",
    ("group", "renew"): "group.renewed",
    ("group", "end"): "group.ended",
    ("meeting", "plan"): "meeting.planned",
    ("meeting", "change"): "meeting.changed",
    ("meeting", "cancel"): "meeting.cancelled",
    ("meeting", "packet-published"): "packet.published",
    ("motion", "announce"): "motion.announced",
}
EVENTS = {
    "petition.opened": "A petition was opened for signatures",
    "petition.threshold": "A petition has enough signatures",
    "petition.submitted": "A petition was submitted to staff",
    "petition.verified": "Staff verified a petition’s signatures",
    "petition.scheduled": "A petition was put on a docket",
    "petition.approved": "The Board approved a petition",
    "petition.declined": "The Board declined a petition",
    "petition.returned": "A petition was returned to its conveners",
    "petition.ended": "A petition was withdrawn, expired, or was rejected",
    "group.chartered": "A group was chartered",
    "group.renewed": "A group’s charge was renewed",
    "group.ended": "A group ended",
    "meeting.planned": "A meeting was planned",
    "meeting.changed": "A meeting was moved or changed",
    "meeting.cancelled": "A meeting was cancelled",
    "packet.published": "A packet was published",
    "motion.announced": "The result of a vote was announced",
}
# Where each kind of thing is read by the API.
_PLACES = {
    "petition": "petitions",
    "group": "groups",
    "meeting": "meetings",
    "motion": "motions",
}


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """An address that is told of some kinds of events, and what it is for."""

    id: str
    url: str
    events: tuple[str, ...]
    about: str
    by: str
    at: datetime
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A try to deliver a message: the status that came back (0: none), or why none did."""

    at: datetime
    status: int = 0
    problem: str = ""

    @property
    def taken(self) -> bool:
        """Whether the address took the message."""
        return 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A message to one webhook: its body as it is signed and sent, and every try so far.

    `over` says that it was taken, or given up.
    """

    id: str
    webhook_id: str
    event: str
    at: datetime
    body: str
    attempts: tuple[Attempt, ...] = ()
    over: bool = False

    @property
    def taken(self) -> bool:
        """Whether the last try succeeded."""
        return bool(self.attempts) and self.attempts[-1].taken


def checked(url: str, events: Iterable[str], about: str, held: int, local: bool) -> tuple[str, ...]:
    """The kinds of events, in the order in which they are shown. `held` is how many webhooks there
    are; a `local` installation may tell this machine. Raises ValidationError.
    """
    chosen, errors = set(events), {}
    if problem := _wrong_url(url, local):
        errors["url"] = problem
    unknown = sorted(chosen - set(EVENTS))
    if unknown:
        errors["events"] = f"These are no events: {', '.join(unknown)}."
    elif not chosen:
        errors["events"] = "Choose at least one kind of event."
    if not 0 < len(about) <= LONGEST_ABOUT:
        errors["about"] = f"Say what it is for, in {LONGEST_ABOUT} characters at most."
    if held >= MOST_WEBHOOKS:
        errors[""] = f"There are {held} webhooks, and more are not told. End one first."
    if errors:
        raise ValidationError(errors)
    return tuple(event for event in EVENTS if event in chosen)


def _wrong_url(url: str, local: bool) -> str:
    try:
        parts = urlsplit(url)
        here = local and parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
        port = parts.port
    except ValueError:
        return "Enter an address like https://example.org/hooks."
    if not parts.hostname or not (here or parts.scheme == "https"):
        return "Enter an address that begins with https://."
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return f"Enter an address of {LONGEST_URL} characters at most, in plain ASCII."
    if parts.username or parts.password or parts.fragment:
        return "Enter the address without a user, a password or a #."
    if port is not None and port not in {443, 8443} and not here:
        return "Enter an address without a port, or with port 443 or 8443."
    return ""


def event_of(event: Event) -> str:
    """The kind of event that a step of a record is; empty where nobody is told."""
    return _OF_RECORD.get((event.subject.partition("/")[0], event.command), "")


def place_of(event: Event) -> tuple[str, str]:
    """Which thing a step of a record is about: its id, and its path below the API's address."""
    kind, _, thing = event.subject.partition("/")
    return thing, f"/{_PLACES[kind]}/{thing}"


def tried(old: Delivery, attempt: Attempt) -> tuple[Delivery, datetime | None]:
    """The message after a try, and when to try again; None once it is over."""
    attempts = (*old.attempts, attempt)
    over = attempt.taken or len(attempts) >= ATTEMPTS
    again = None if over else attempt.at + timedelta(minutes=RETRIES[len(attempts) - 1])
    return replace(old, attempts=attempts, over=over), again


def sent_again(old: Delivery) -> Delivery:
    """A message that is over as if it were new; what was tried stays."""
    return replace(old, attempts=(), over=False)
