"""What came of things as their shapes tell it, where a field's name alone does not say it."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.documents.discussion import Discussion
from chalicelib.domain.documents.document import Document
from chalicelib.domain.groups.group import Group
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.minutes import Minutes
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.outbox.mailboxes import Mailbox
from chalicelib.domain.outbox.webhooks import Delivery, Webhook
from chalicelib.domain.packets.packet import Packet
from chalicelib.domain.people.people import Actor, Person, Role
from chalicelib.domain.people.seats import Change
from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.petitions.text import missing
from chalicelib.domain.privacy.privacy import Request as Erasure
from chalicelib.domain.record.events import Event
from chalicelib.domain.roster.roster import Import
from chalicelib.domain.signing.abuse import Entry
from chalicelib.domain.signing.bulk import Bulk
from chalicelib.services.commands import Signed
from chalicelib.services.motions.receipts import Receipt
from chalicelib.services.people.access_tokens import Made
from chalicelib.web.api import shapes
from chalicelib.web.api.operations import Shape
from chalicelib.web.motions.vote_view import announced
from chalicelib.web.request import Request
from chalicelib.web.signing.bulk import progress

# Keeps the fields that a shape names; pydantic reads the rest off by itself.
Presenter = Callable[[Request, Any], Any]


def petition(request: Request, thing: Petition) -> dict[str, Any]:
    """A petition; what a draft lacks is said to whoever may see it."""
    text, policy = thing.text, request.services.policy
    return {
        "id": thing.id,
        "kind": thing.kind,
        "state": thing.state,
        "version": thing.version,
        "name": text.name,
        "charge": text.charge,
        "background": text.background,
        "questions": list(text.questions),
        "goal_area": text.goal_area,
        "conveners": list(thing.acting),
        "verified": thing.verified,
        "confirmed": thing.confirmed,
        "needed": rules.rule_of(thing, policy).signatures,
        "closes_at": thing.closes_at,
        "missing": missing(text, thing.conveners, policy) if thing.state == State.DRAFT else {},
    }


def _fields(shape: type[Shape], thing: Any, **given: Any) -> dict[str, Any]:
    """The fields of a shape off a thing, but those that are given."""
    return {
        name: given[name] if name in given else getattr(thing, name) for name in shape.model_fields
    }


def group(_request: Request, thing: Group) -> dict[str, Any]:
    """A group as everybody may read it: of its renewal, how far it is."""
    stage = thing.renewal.stage if thing.renewal else None
    return _fields(
        shapes.Group,
        thing,
        conveners=list(thing.acting),
        renewal=stage,
        successor=thing.successor or None,
    )


def motion(_request: Request, thing: Motion) -> dict[str, Any]:
    """A motion; its result when everybody may see it."""
    return _fields(shapes.Motion, thing, tally=thing.tally if announced(thing) else None)


def packet(_request: Request, thing: Packet) -> dict[str, Any]:
    """A version of a packet, with every edition: who asks is told of those that they may read."""
    editions = [_fields(shapes.Edition, one, file=f"{one.slug}.pdf") for one in thing.editions]
    return _fields(shapes.Packet, thing, text=thing.doing, editions=editions)


def bulk(_request: Request, thing: Bulk) -> dict[str, Any]:
    """A bulk action, with how far it is."""
    return {
        "id": thing.id,
        "action": thing.action,
        "state": thing.stage,
        "text": progress(thing),
        "done": thing.place,
        "total": thing.hit,
    }


def import_job(_request: Request, thing: Import | None) -> dict[str, Any]:
    """How far an import is."""
    if thing is None:
        return {"state": "none"}
    return _fields(shapes.ImportJob, thing, state=thing.state.value)


def signature(_request: Request, thing: Signed) -> Any:
    """A signature that was decided."""
    return thing.signature


def change(_request: Request, thing: Change) -> dict[str, Any]:
    """Somebody's seat: never their address."""
    assert thing.seat is not None
    return {
        "person": thing.person.id,
        "name": thing.person.name,
        "seat": thing.seat.id,
        "office": thing.seat.office,
        "voting": thing.seat.voting,
        "presiding": thing.seat.presiding,
        "since": thing.seat.since,
        "until": thing.seat.until,
    }


def staff_member(_request: Request, thing: Change) -> dict[str, Any]:
    """Somebody who came to the staff, or left it."""
    return of_staff(thing.person)


def of_staff(person: Person) -> dict[str, Any]:
    """Somebody on the staff: never their address."""
    return {
        "person": person.id,
        "name": person.name,
        "staff": person.staff,
        "administrator": person.admin,
    }


def ballot(_request: Request, thing: Ballot | Receipt) -> dict[str, Any]:
    """A ballot; the receipt of a secret one."""
    if isinstance(thing, Ballot):
        return {"id": thing.motion_id, "choice": thing.choice}
    return _fields(shapes.Ballot, thing)


def step(_request: Request, thing: Event | None) -> dict[str, int]:
    """What was added to a record. An edit that changes no word adds nothing."""
    return {"number": thing.sequence if thing else 0}


def account(actor: Actor) -> dict[str, Any]:
    """Who asks. What hangs on a thing is told with the thing."""
    person = actor.person
    assert person is not None
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "institution": person.institution,
        "roles": sorted(role.value for role in actor.roles - {Role.ANYONE}),
    }


def person_(request: Request, thing: Person) -> dict[str, Any]:
    """One's account after it was edited."""
    return {**account(request.actor), "name": thing.name, "institution": thing.institution}


def made_token(_request: Request, thing: Made) -> dict[str, Any]:
    """A new token with its secret."""
    return _fields(shapes.AccessToken, thing.token, secret=thing.secret)


def nothing(_request: Request, _thing: Any) -> dict[str, Any]:
    """Nothing is told of it."""
    return {}


def upto(_request: Request, thing: int) -> dict[str, int]:
    """How far somebody has read."""
    return {"upto": thing}


def as_it_is(_request: Request, thing: Any) -> Any:
    """The thing itself: its shape's fields are its own."""
    return thing


# By what a command's handler returns.
OF: dict[Any, tuple[type[Shape], Presenter]] = {
    Petition: (shapes.Petition, petition),
    Group: (shapes.Group, group),
    Meeting: (shapes.Meeting, as_it_is),
    Document: (shapes.Document, as_it_is),
    Motion: (shapes.Motion, motion),
    Minutes: (shapes.Minutes, as_it_is),
    Packet: (shapes.Packet, packet),
    Signed: (shapes.Signature, signature),
    Bulk: (shapes.Bulk, bulk),
    Import: (shapes.ImportJob, import_job),
    Change: (shapes.Seat, change),
    Event: (shapes.Step, step),
    Event | None: (shapes.Step, step),
    Discussion: (shapes.Done, nothing),
    Ballot | Receipt: (shapes.Ballot, ballot),
    Entry: (shapes.Block, as_it_is),
    Erasure: (shapes.Erasure, as_it_is),
    Mailbox: (shapes.Mailbox, as_it_is),
    Person: (shapes.Account, person_),
    Webhook: (shapes.Webhook, as_it_is),
    Delivery: (shapes.Delivery, as_it_is),
    Made: (shapes.AccessToken, made_token),
    int: (shapes.Many, upto),
    type(None): (shapes.Done, nothing),
}
