"""Signing in by a link sent to one's email address."""

import logging
from dataclasses import dataclass, replace

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people import sessions as rules
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import VISITOR, Actor, Person, actor_for
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.people.sessions import Link, Session
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services
from chalicelib.services.people.seats import found_administrator
from chalicelib.services.people.tokens import digest, new_id, random_token
from chalicelib.services.signing.screening import asks_too_often

log = logging.getLogger(__name__)

PURPOSE = "sign-in"
LONGEST_NEXT = 1000
HOUR = 3600


def ask_for_link(
    services: Services, browser: str, data: dict[str, str], visitor: Actor = VISITOR
) -> None:
    """Sends a sign-in link; the answer is the same whether or not the address is known.

    `browser` is the cookie of the browser that asks; the link works in it alone. `visitor` is
    nobody in particular, with the network that the request came from.
    """
    perform(services, visitor, "session.request", browser, dict(data))


def _browser(_services: Services, target: str) -> str:
    return target


@command("session.request", inputs.AskForLink, _browser)
def _request(step: Step[str, inputs.AskForLink]) -> None:
    services = step.services
    asked = services.store.limits.count(f"sign-in#{key_of(step.form.email)}", step.by.at, HOUR)
    if asked > services.policy.limits.sign_in_letters_per_hour:
        # The page says what it always says; the letters that went out before still work.
        log.warning("no further sign-in letter within the hour")
        return
    if asks_too_often(services, step.by.actor, step.by.at):
        log.warning("no further sign-in letter to this network within its window")
        return
    # The nonce alone is stored: with the secret, the worker makes the token from it.
    nonce = random_token()
    token = services.tokens.make(PURPOSE, nonce)
    link = Link(
        key=digest(token),
        email=step.form.email,
        browser=digest(step.subject),
        next=safe_next(step.form.next),
        expires_at=rules.link_expiry(step.by.at),
    )
    services.store.people.add_link(step.unit, link)
    letter = Letter(
        id=f"sign-in-{link.key[:40]}",
        kind="sign-in",
        to=step.form.email,
        name="",
        data={"nonce": nonce, "minutes": rules.LINK_MINUTES},
    )
    services.store.outbox.add(step.unit, letter, step.by.at)


def safe_next(path: str) -> str:
    """A path on this site, or the front page: a link in a letter never leads elsewhere."""
    # Browsers leave out tabs and line ends: `/<tab>/example.com` is another site to them.
    on_this_site = path.startswith("/") and not path.startswith("//") and path.isprintable()
    return path if on_this_site and "\\" not in path and len(path) <= LONGEST_NEXT else "/"


def find_link(services: Services, token: str, browser: str) -> Link:
    """The link that a letter holds. Raises NotFoundError or ConflictError, saying what to do."""
    services.tokens.read(PURPOSE, token)
    link = services.store.people.link(digest(token))
    if link is None or link.expires_at < services.clock():
        raise NotFoundError("This link was used before or has run out. Ask for a new one.")
    if link.browser != digest(browser):
        raise ConflictError(
            "This link works only in the browser in which you asked for it. Open it there, "
            "or ask for a new link in this one."
        )
    return link


@dataclass(frozen=True)
class SignedIn:
    """A new session: its secret cookie value, who it is, and where they wanted to go."""

    cookie: str
    person: Person
    next: str


def sign_in(services: Services, token: str, browser: str, agent: str) -> SignedIn:
    """Uses a link up and begins a session. The second of two attempts is refused."""
    authorize(VISITOR, "session.begin")
    link = find_link(services, token, browser)
    people = services.store.people
    now = services.clock()
    unit = services.store.transaction()
    person = people.by_email(link.email)
    if person is None:
        person = Person(id=new_id(), name="", email=link.email)
        people.add(unit, person)
    cookie = random_token()
    session = Session(
        key=digest(cookie),
        person_id=person.id,
        began_at=now,
        expires_at=rules.session_expiry(now),
        agent=agent[:200],
    )
    people.use_link(unit, link)
    people.add_session(unit, session)
    unit.commit()
    if services.administrator and key_of(link.email) == key_of(services.administrator):
        found_administrator(services, person.id)
    if person.staff or person.admin or person.seat_on(services.today()):
        log.info("sign-in of person %s with staff or Board roles", person.id)
    return SignedIn(cookie, person, link.next)


def actor_of(services: Services, cookie: str) -> tuple[Actor, Session | None]:
    """Who holds this session cookie; a visitor if it is none, has ended or run out."""
    if not cookie:
        return VISITOR, None
    session = services.store.people.session(digest(cookie))
    if session is None or session.expires_at < services.clock():
        return VISITOR, None
    person = services.store.people.get(session.person_id)
    # A person without an address had their data erased: nobody is signed in as them any more.
    if person is None or not person.email:
        return VISITOR, None
    return actor_for(person, services.today()), session


def _session(services: Services, target: str) -> Session:
    session = services.store.people.session(target)
    if session is None:
        raise NotFoundError("This session has ended already.")
    return session


@command("session.end", load=_session)
def end(step: Step[Session, inputs.Nothing]) -> None:
    """Ends one of the actor's own sessions."""
    if step.subject.person_id != step.by.actor.id:
        raise NotFoundError("This session has ended already.")
    step.services.store.people.end_session(step.unit, step.subject)


@command("account.edit", inputs.EditAccount)
def edit_account(step: Step[None, inputs.EditAccount]) -> Person:
    """The name and institution under which the person appears from now on."""
    limits = step.services.policy.limits
    if not step.form.name or len(step.form.name) > limits.person_name:
        raise ValidationError(
            {"name": f"Enter your name, in {limits.person_name} characters at most."}
        )
    if len(step.form.institution) > limits.institution:
        raise ValidationError({"institution": f"Shorten this to {limits.institution} characters."})
    person = step.services.store.people.get(step.by.actor.id)
    assert person is not None
    changed = replace(
        person,
        name=step.form.name,
        institution=step.form.institution,
        version=person.version + 1,
    )
    step.services.store.people.save(step.unit, changed)
    return changed
