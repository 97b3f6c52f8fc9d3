"""Everything that is kept about a person, found by the address that they signed in with."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.domain.groups.group import Group
from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.outbox.mailboxes import Mailbox
from chalicelib.domain.people.access_tokens import AccessToken
from chalicelib.domain.people.people import Person
from chalicelib.domain.people.sessions import Session
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.privacy.privacy import Request
from chalicelib.domain.roster.roster import Entry
from chalicelib.domain.signing.signature import Signature, signatory_key
from chalicelib.services.context import Services
from chalicelib.services.groups.groups import groups_of
from chalicelib.services.privacy import personal_board
from chalicelib.services.privacy.personal_board import InBoardRoom

# What of a signature is its signatory's: not the names of staff, nor another person's key, nor
# what guards the site against made-up signatures, which would tell who made them how to go on.
_SIGNATURE = (
    "name email institution member_number named state created_at confirmed_at reason question "
    "answer text_digest edition"
).split()
_EVERYWHERE = [state.value for state in PetitionState if state != PetitionState.DRAFT]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A signature under the person's address, with its petition."""

    petition: Petition
    signature: Signature


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What is kept about somebody."""

    person: Person
    sessions: tuple[Session, ...]
    access_tokens: tuple[AccessToken, ...]
    signed: tuple[Signed, ...]
    convenes: tuple[Petition, ...]
    groups: tuple[Group, ...]
    roster_version: int
    roster: tuple[Entry, ...]
    letters: tuple[Letter, ...]
    mailbox: Mailbox | None
    board: InBoardRoom
    request: Request | None


def gather(services: Services, person: Person) -> Personal:
    """Looks everywhere where something may be kept about a person's address."""
    store = services.store
    current = store.rosters.current()
    convened = [store.petitions.get(one) for one in store.petitions.convened_by(person.email)]
    return Personal(
        person=person,
        sessions=tuple(store.people.sessions_of(person.id)),
        access_tokens=tuple(store.access_tokens.of_person(person.id)),
        signed=tuple(signed_by(services, person.email)),
        convenes=tuple(petition for petition in convened if petition),
        groups=tuple(groups_of(services, person.email)),
        roster_version=current.version,
        roster=tuple(store.rosters.at_mailbox(current.version, signatory_key(person.email))),
        letters=tuple(store.privacy.letters_to(person.email)),
        mailbox=store.mailboxes.at(person.email),
        board=personal_board.gather(services, person),
        request=store.privacy.request(person.id),
    )


def signed_by(services: Services, email: str) -> Iterator[Signed]:
    """Every signature under an address, on any petition. Members who share a mailbox share what
    is found here: the address is all that tells whose a signature is.
    """
    store = services.store
    mailbox = signatory_key(email)
    ids = [*store.privacy.petition_ids(_EVERYWHERE), *store.privacy.rewritten()]
    for petition_id in dict.fromkeys(ids):
        here = store.petitions.at_mailbox(petition_id, mailbox)
        petition = store.petitions.get(petition_id) if here else None
        if petition:
            for signature in here:
                yield Signed(petition=petition, signature=signature)


def as_plain(found: Personal, now: datetime) -> dict[str, Any]:
    """The same as plain JSON, for the person to take with them."""
    person = found.person
    content = {
        "written_at": now,
        "account": {
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "institution": person.institution,
            "staff": person.staff or person.admin,
            "board_seats": [asdict(seat) for seat in person.seats],
        },
        "sessions": [
            {"began_at": s.began_at, "expires_at": s.expires_at, "browser": s.agent}
            for s in found.sessions
        ],
        "access_tokens": [
            {
                "name": t.name,
                "scopes": t.scopes,
                "created_at": t.created_at,
                "expires_at": t.expires_at,
                "used_on": t.used_on,
            }
            for t in found.access_tokens
        ],
        "signatures": [_signature(one) for one in found.signed],
        "petitions_convened": [_convened(petition, person) for petition in found.convenes],
        "groups_convened": [_group(group, person) for group in found.groups],
        "membership_roster": {
            "version": found.roster_version,
            "entries": [asdict(entry) for entry in found.roster],
        },
        **personal_board.as_plain(found.board),
        "letters_waiting": [
            {"kind": letter.kind, "to": letter.to, "name": letter.name} for letter in found.letters
        ],
        "mail_service_said": _said(found.mailbox),
        "request_to_erase": _request(found.request),
    }
    plain: dict[str, Any] = _plain(content)
    return plain


def _signature(one: Signed) -> dict[str, Any]:
    signature = one.signature
    match = signature.match
    return {
        "petition": one.petition.name,
        "petition_id": one.petition.id,
        **{name: getattr(signature, name) for name in _SIGNATURE},
        "found_on_roster_by": match.how if match else "",
        "roster_version": match.roster_version if match else None,
        "decisions": [
            {"at": d.at, "what": d.what, "reason": d.reason, "state_before": d.before}
            for d in signature.decisions
        ],
    }


def _convened(petition: Petition, person: Person) -> dict[str, Any]:
    own = [c for c in petition.conveners if signatory_key(c.email) == signatory_key(person.email)]
    return {
        "petition": petition.name,
        "petition_id": petition.id,
        "state": petition.state,
        "named_as": [asdict(convener) for convener in own],
    }


def _group(group: Group, person: Person) -> dict[str, Any]:
    own = signatory_key(person.email)
    here = [c for c in group.conveners if c.email and signatory_key(c.email) == own]
    return {
        "group": group.name,
        "address": group.id,
        "state": group.state,
        "named_as": [asdict(convener) for convener in here],
    }


def _request(request: Request | None) -> dict[str, Any] | None:
    if request is None:
        return None
    return {
        "asked_at": request.asked_at,
        "answer_due_on": request.due_on,
        "state": request.state,
        "reason": request.reason,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value


def _said(mailbox: Mailbox | None) -> dict[str, Any] | None:
    if mailbox is None:
        return None
    said = "standing since why transient".split()
    return {name: getattr(mailbox, name) for name in said}
