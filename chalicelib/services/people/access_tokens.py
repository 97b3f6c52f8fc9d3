"""Access tokens: made and ended by the person themselves, used by their programs."""

from dataclasses import dataclass, replace

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people import access_tokens as rules
from chalicelib.domain.people.access_tokens import AccessToken
from chalicelib.domain.people.people import Actor, actor_for
from chalicelib.domain.times import local_date, long_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.people.tokens import digest, new_id, random_token

UNKNOWN = "This access token is not known, was ended, or has run out. Make a new one."


class CreateToken(inputs.Input):
    """What a token is for, what it may do, and for how many days."""

    name: inputs.Line = ""
    scopes: list[inputs.Line] = []
    days: int = 90


@dataclass(frozen=True)
class Made:
    """A new token and its secret, which nobody is shown a second time."""

    token: AccessToken
    secret: str


@command("token.create", CreateToken)
def create(step: Step[None, CreateToken]) -> Made:
    """Makes a token, and tells its owner by letter: they may not be who made it."""
    store, form, person = step.services.store, step.form, step.by.actor.person
    assert person is not None
    held = len(store.access_tokens.of_person(person.id))
    scopes = rules.checked(form.name, form.scopes, form.days, held)
    secret = f"{rules.PREFIX}{random_token()}"
    token = AccessToken(
        key=digest(secret),
        id=new_id(),
        person_id=person.id,
        name=form.name,
        scopes=scopes,
        created_at=step.by.at,
        expires_at=rules.expiry(step.by.at, form.days),
    )
    store.access_tokens.add(step.unit, token)
    zone = step.services.policy.association.zone
    letter = Letter(
        id=f"access-token-{token.id}",
        kind="access-token",
        to=person.email,
        name=person.name,
        data={
            "token": token.name,
            "may": "\n".join(rules.SCOPES[scope] for scope in scopes),
            "until": long_date(local_date(token.expires_at, zone)),
        },
    )
    store.outbox.add(step.unit, letter, step.by.at)
    return Made(token, secret)


def _own(services: Services, target: str) -> AccessToken:
    person_id, _, token_id = target.partition("/")
    held = services.store.access_tokens.of_person(person_id)
    found = next((token for token in held if token.id == token_id), None)
    if found is None:
        raise NotFoundError("This access token has ended already.")
    return found


@command("token.revoke", load=_own)
def revoke(step: Step[AccessToken, inputs.Nothing]) -> None:
    """Ends one of the actor's own tokens."""
    if step.subject.person_id != step.by.actor.id:
        raise NotFoundError("This access token has ended already.")
    step.services.store.access_tokens.end(step.unit, step.subject)


def actor_of(services: Services, secret: str) -> Actor:
    """For whom a program acts that shows this token. Raises NotFoundError for one that does not
    work.

    The day is noted on which it was last used.
    """
    store = services.store
    known = secret.startswith(rules.PREFIX)
    token = store.access_tokens.get(digest(secret)) if known else None
    if token is None or token.expires_at <= services.clock():
        raise NotFoundError(UNKNOWN)
    person = store.people.get(token.person_id)
    # As for sessions: a person without an address had their data erased.
    if person is None or not person.email:
        raise NotFoundError(UNKNOWN)
    today = services.today()
    if token.used_on != today:
        store.access_tokens.note_use(token, today)
    return replace(actor_for(person, today), scopes=frozenset(token.scopes))
