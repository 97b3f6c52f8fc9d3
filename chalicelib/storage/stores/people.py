"""People, their sign-in links, sessions and access tokens, and the register of seats."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.domain.people.access_tokens import AccessToken
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Person
from chalicelib.domain.people.seats import Register
from chalicelib.domain.people.sessions import Link, Session
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import ITEM_EXISTS, NO_ITEM, between, where
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.table import TableError, Update
from chalicelib.storage.transaction import Transaction


def _terms(row: dict[str, Any], on: date) -> list[bool]:
    """Of the seats that somebody may hold on a day, by their row in the list of people: whether
    each votes.
    """
    day = on.isoformat()
    return [
        votes for since, until, votes in row["terms"] if (since or day) <= day <= (until or day)
    ]


class PeopleStore(reading.TableStore):
    """"""

    def get(self, person_id: str) -> Person | None:
        """The person with this id, or None."""
        item = self._table.get(keys.person(person_id))
        return kinds.PERSON.value(item) if item else None

    def by_email(self, email: str) -> Person | None:
        """The person who owns an address, or None."""
        item = self._table.get(keys.email(key_of(email)))
        return self.get(item.body["person"]) if item else None

    def board(self, on: date, known: Iterable[str] = ()) -> list[Person]:
        """Everybody who holds a seat at the Board's table on a day, by office. `known` are ids of
        people to look at also: the list may not have them yet.
        """
        ids = [row["id"] for row in self._listed() if _terms(row, on)]
        people = self._read([*ids, *known])
        seated = [(seat.office, one.id, one) for one in people if (seat := one.seat_on(on))]
        return [person for _, _, person in sorted(seated, key=lambda three: three[:2])]

    def seated(self, known: Iterable[str] = ()) -> list[Person]:
        """Everybody who holds a seat at the Board's table, held one, or is to hold one; `known` as
        in `board`.
        """
        people = self._read([*(row["id"] for row in self._listed() if row["seat"]), *known])
        return [person for person in people if person.seats]

    def voters(self, on: date) -> set[str]:
        """The ids of those whose seat votes on a day, by the list alone, perhaps a moment old."""
        return {row["id"] for row in self._listed() if any(votes for votes in _terms(row, on))}

    def staff(self) -> list[Person]:
        """Everybody on the staff."""
        people = self._read(row["id"] for row in self._listed() if row["staff"])
        return [person for person in people if person.staff or person.admin]

    def _listed(self) -> Iterator[dict[str, Any]]:
        return reading.rows(self._table, keys.PEOPLE)

    def _read(self, ids: Iterable[str]) -> list[Person]:
        people = [self.get(one) for one in dict.fromkeys(ids)]
        return [person for person in people if person]

    def add(self, transaction: Transaction, person: Person) -> None:
        """Stores a new person, who owns their address from now on."""
        transaction.insert(self._record(person))
        transaction.insert(Item(*keys.email(key_of(person.email)), body={"person": person.id}))

    def save(self, transaction: Transaction, person: Person) -> None:
        """Stores a person's next version. Their address stays the same."""
        transaction.replace(self._record(person), person.version - 1)

    def _record(self, person: Person) -> Item:
        item = Item(*keys.person(person.id), version=person.version, body=kinds.PERSON.body(person))
        staff = person.staff or person.admin
        if staff or person.seats:
            item.listing_pk = keys.PEOPLE
            item.listing_sk = f"{'BOARD' if person.seats else '~'}#{person.id}"
            item.listing = {
                "id": person.id,
                "staff": staff,
                "seat": bool(person.seats),
                # So that who sits on a day is found without reading who sat there before.
                "terms": [to_body([s.since, s.until, s.voting]) for s in person.seats],
            }
        return item

    def link(self, key: str) -> Link | None:
        """The unused sign-in link under this digest, or None."""
        item = self._table.get(keys.link(key))
        return kinds.LINK.value(item) if item else None

    def add_link(self, transaction: Transaction, link: Link) -> None:
        """Stores a sign-in link; it deletes itself when it has run out."""
        ttl = int(link.expires_at.timestamp())
        transaction.insert(Item(*keys.link(link.key), body=to_body(link), ttl=ttl))

    def use_link(self, transaction: Transaction, link: Link) -> None:
        """Takes a link out of use. Of two attempts, the second raises ConcurrentChangeError."""
        transaction.delete(keys.link(link.key), ITEM_EXISTS)

    def session(self, key: str) -> Session | None:
        """The session under this digest, ended or run out sessions excepted by their absence."""
        item = self._table.get(keys.session(key))
        return kinds.SESSION.value(item) if item else None

    def add_session(self, transaction: Transaction, session: Session) -> None:
        """Stores a session; it deletes itself when it has run out."""
        transaction.insert(
            Item(
                *keys.session(session.key),
                body=to_body(session),
                ttl=int(session.expires_at.timestamp()),
                listing_pk=keys.sessions_of(session.person_id),
                listing_sk=session.began_at.isoformat(),
                listing=to_body(session),
            )
        )

    def end_session(self, transaction: Transaction, session: Session) -> None:
        """Ends a session."""
        transaction.delete(keys.session(session.key))

    def sessions_of(self, person_id: str) -> list[Session]:
        """A person's sessions, newest first."""
        page = reading.listing(self._table, keys.sessions_of(person_id), newest_first=True)
        return [from_body(Session, row) for row in page.rows]


class AccessTokenStore(reading.TableStore):
    """One that has run out deletes itself."""

    def get(self, key: str) -> AccessToken | None:
        """The token under this digest, or None."""
        item = self._table.get(keys.access_token(key))
        return kinds.ACCESS_TOKEN.value(item) if item else None

    def of_person(self, person_id: str) -> list[AccessToken]:
        """A person's tokens, the newest first."""
        page = reading.listing(self._table, keys.access_tokens_of(person_id), newest_first=True)
        return [from_body(AccessToken, row) for row in page.rows]

    def add(self, transaction: Transaction, token: AccessToken) -> None:
        """Stores a new token."""
        body = to_body(token)
        transaction.insert(
            Item(
                *keys.access_token(token.key),
                body=body,
                ttl=int(token.expires_at.timestamp()),
                listing_pk=keys.access_tokens_of(token.person_id),
                listing_sk=f"{token.created_at.isoformat()}#{token.id}",
                listing=body,
            )
        )

    def end(self, transaction: Transaction, token: AccessToken) -> None:
        """Ends a token."""
        transaction.delete(keys.access_token(token.key))

    def note_use(self, token: AccessToken, on: date) -> None:
        """Notes the day; a token that ended at the same moment stays ended."""
        body = to_body(replace(token, used_on=on))
        key, changes = keys.access_token(token.key), {"body": body, "listing": body}
        with suppress(TableError):
            self._table.write(Update(key, changes, {}, ITEM_EXISTS))


class SeatStore(reading.TableStore):
    """"""

    def register(self) -> Register:
        """The register; one of version 0 while nothing was ever put on it."""
        item = self._table.get(keys.REGISTER)
        if item is None:
            return Register()
        return kinds.REGISTER.value(item)

    def save(self, transaction: Transaction, register: Register, event: Event) -> None:
        """Stores the register's next version. Of two at once, the second is
        ConcurrentChangeError.
        """
        pk, sk = keys.REGISTER
        body = kinds.REGISTER.body(register)
        item = Item(pk, sk, version=register.version, body=body)
        transaction.succeed(item, register.version - 1)
        reading.add_event(transaction, pk, event)

    def require(self, transaction: Transaction, register: Register) -> None:
        """Lets the command through only if no seat was given, changed or taken meanwhile."""
        if register.version:
            transaction.check(keys.REGISTER, where.version == register.version)
        else:
            transaction.check(keys.REGISTER, NO_ITEM)

    def history(self, before: int = 0, limit: int = 20) -> list[Event]:
        """A page of the record, the newest first: what came before the event number `before`, or
        the latest.
        """
        pk, _ = keys.REGISTER
        last = f"{keys.EVENT}{before - 1:06d}" if before else f"{keys.EVENT}~"
        condition = between(keys.EVENT, last)
        found = self._table.query(pk, condition, newest_first=True, limit=limit)
        return [kinds.EVENT.value(item) for item in found]
