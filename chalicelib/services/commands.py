"""The one place through which every command goes: who may, under which rules, in one write."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chalicelib.domain.documents.document import Document
from chalicelib.domain.errors import ConcurrentChangeError, NotFoundError, RuleError
from chalicelib.domain.groups.group import Group
from chalicelib.domain.people.people import Act, Actor, Role
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.signing.signature import Found, Signature
from chalicelib.services.context import Services
from chalicelib.services.inputs import Input, Nothing, read
from chalicelib.services.outbox.webhook_events import tell
from chalicelib.storage.transaction import Transaction

log = logging.getLogger(__name__)

Subject = TypeVar("Subject")
Form = TypeVar("Form", bound=Input)

# A command that meets another on the same thing is decided anew, this many times at most.
ATTEMPTS = 12


@dataclass(frozen=True)
class Step(Generic[Subject, Form]):
    """What a command's handler works with. It adds its writes to `unit` and does not send them.

    `once` is kept when the command is decided anew, for what may happen only once.
    """

    services: Services
    unit: Transaction
    by: Act
    subject: Subject
    form: Form
    once: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """A registered command: its input, how its subject is found, and what it does."""

    name: str
    model: type[Input]
    load: Callable[[Services, str], Any]
    handle: Callable[[Any], Any]


class Watch:
    """What a request wants of the command that it sends, beyond having it done."""

    def begin(self) -> None:
        """Called before each attempt to decide the command. May raise, and then nothing is done."""

    def found(self, subject: Any) -> None:
        """Called with what the command is about, once it is clear that the actor may run it."""

    def done(self, unit: Transaction, result: Any) -> None:
        """Called with what came of it before it is written; may add writes of its own."""


COMMANDS: dict[str, Command] = {}
NO_WATCH = Watch()


def nothing(_services: Services, _target: str) -> None:
    """For commands that begin something new."""


def command(
    name: str, model: type[Input] = Nothing, load: Callable[[Services, str], Any] = nothing
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Registers a handler under its command's name."""

    def register(handle: Callable[[Any], Any]) -> Callable[[Any], Any]:
        COMMANDS[name] = Command(name, model, load, handle)
        return handle

    return register


def perform(
    services: Services,
    actor: Actor,
    name: str,
    target: str = "",
    data: dict[str, Any] | None = None,
    shown: Any = None,
    watch: Watch = NO_WATCH,
) -> Any:
    """Runs a command and returns what its handler returns.

    `shown` is the subject as the person's page showed it, where that is known: it is decided on
    first, and read only when the write's conditions say that it has changed.

    Raises ValidationError, NotFoundError, NotAllowedError or ConflictError, and then nothing was
    written.
    """
    try:
        result = _perform(services, actor, name, target, data, shown, watch)
    except RuleError as error:
        log.info("command", extra={"facts": {"command": name, "refused": type(error).__name__}})
        raise
    log.info("command", extra={"facts": {"command": name}, "metrics": {"CommandsDone": 1}})
    return result


def _perform(
    services: Services,
    actor: Actor,
    name: str,
    target: str,
    data: dict[str, Any] | None,
    shown: Any,
    watch: Watch,
) -> Any:
    known = COMMANDS[name]
    once: dict[str, str] = {}
    for attempt in range(ATTEMPTS):
        watch.begin()
        first = attempt == 0 and shown is not None
        subject = shown if first else known.load(services, target)
        actor_here = actor.having(*roles_for(actor, subject))
        hide_drafts(actor_here, subject)
        role = authorize(actor_here, name)
        watch.found(subject)
        form = read(known.model, data or {})
        unit = services.store.transaction()
        by = Act(actor_here, role, services.clock())
        result = known.handle(Step(services, unit, by, subject, form, once))
        if unit.empty:
            return result
        watch.done(unit, result)
        try:
            commit(services, unit)
        except ConcurrentChangeError:
            if attempt == ATTEMPTS - 1:
                raise
            # Spread those who met here, so that they do not meet again.
            time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))  # noqa: S311
            continue
        return result
    raise AssertionError("unreachable")


def commit(services: Services, unit: Transaction) -> None:
    """Sends the writes, then tells the queues what they brought about. Raises
    ConcurrentChangeError.
    """
    tell(services, unit, unit.events, services.clock())
    unit.commit()
    for nudge in unit.nudges:
        services.queue.nudge(*nudge)


def roles_for(actor: Actor, subject: Any) -> set[Role]:
    """The roles that the actor holds for this thing alone."""
    if isinstance(subject, (Petition, Group)) and actor.person:
        email = actor.person.email
        if subject.convened_by(email):
            return {Role.CONVENER}
        return {Role.INVITED} if subject.invites(email) else set()
    if isinstance(subject, Document):
        return {Role.SENDER} if actor.id and actor.id == subject.sender_id else set()
    if isinstance(subject, Signed):
        return {Role.SIGNATORY}
    return set()


@dataclass(frozen=True)
class Signed:
    """A signature that was reached by its own link, with its petition. `found` is what the
    roster said of it a moment ago, where that is known.
    """

    petition: Petition
    signature: Signature
    found: Found | None = None


def hide_drafts(actor: Actor, subject: Any) -> None:
    """To everybody but its conveners and those invited to be, a draft is not there at all, and
    neither is a petition that was given up before it was ever opened.
    """
    known = {Role.CONVENER, Role.INVITED, Role.SYSTEM}
    if not isinstance(subject, Petition) or actor.roles & known:
        return
    if subject.state == State.DRAFT or subject.opened_at is None:
        raise NotFoundError("There is no petition at this address.")


def petition(services: Services, target: str) -> Petition:
    """Loads a petition. Raises NotFoundError."""
    found = services.store.petitions.get(target)
    if found is None:
        raise NotFoundError("There is no petition at this address.")
    return found
