"""Persons, their sign-in links and their sessions."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Person
from chalicelib.domain.people.sessions import Link, Session
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_APART = frozenset({"version"})


def person_of(record: Record) -> Person:
    """The person that an item holds. Until people could hold several seats, it had one at most."""
    body = record.body
    if "seat" in body:
        body = {**body, "seats": [{**body["seat"], "id": "first"}]}
    return from_body(Person, body, version=int(record.version))


def _terms(row: dict[str, Any], on: date) -> list[bool]:
    """Of the seats that somebody may hold on a day, by their row in the list of people: whether
    each votes.
    """
    # A row that was stored when there was one seat at most does not tell its term.
    terms = row.get("terms", [(None, None, True)] if row["seat"] else [])
    day = on.isoformat()
    return [votes for since, until, votes in terms if (since or day) <= day <= (until or day)]


class DynamoPeople:
    """Implements services.ports.People."""

    def get(self, person_id: str) -> Person | None:
        """The person with this id, or None."""
        record = reading.get(keys.person(person_id))
        return person_of(record) if record else None

    def by_email(self, email: str) -> Person | None:
        """The person who owns an address, or None."""
        record = reading.get(keys.email(key_of(email)))
        return self.get(record.body["person"]) if record else None

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
        after = ""
        while True:
            page = reading.listing(keys.PEOPLE, after=after)
            yield from page.rows
            after = page.next
            if not after:
                return

    def _read(self, ids: Iterable[str]) -> list[Person]:
        people = [self.get(one) for one in dict.fromkeys(ids)]
        return [person for person in people if person]

    def add(self, unit: Writes, person: Person) -> None:
        """Stores a new person, who owns their address from now on."""
        unit.insert(self._record(person))
        unit.insert(Record(*keys.email(key_of(person.email)), body={"person": person.id}))

    def save(self, unit: Writes, person: Person) -> None:
        """Stores a person's next version. Their address stays the same."""
        unit.replace(self._record(person), person.version - 1)

    def _record(self, person: Person) -> Record:
        record = Record(
            *keys.person(person.id), version=person.version, body=to_body(person, _APART)
        )
        staff = person.staff or person.admin
        if staff or person.seats:
            record.listing_pk = keys.PEOPLE
            record.listing_sk = f"{'BOARD' if person.seats else '~'}#{person.id}"
            record.listing = {
                "id": person.id,
                "staff": staff,
                "seat": bool(person.seats),
                # So that who sits on a day is found without reading who sat there before.
                "terms": [to_body([s.since, s.until, s.voting]) for s in person.seats],
            }
        return record

    def link(self, key: str) -> Link | None:
        """The unused sign-in link under this digest, or None."""
        record = reading.get(keys.link(key))
        return from_body(Link, record.body) if record else None

    def add_link(self, unit: Writes, link: Link) -> None:
        """Stores a sign-in link; it deletes itself when it has run out."""
        ttl = int(link.expires_at.timestamp())
        unit.insert(Record(*keys.link(link.key), body=to_body(link), ttl=ttl))

    def use_link(self, unit: Writes, link: Link) -> None:
        """Takes a link out of use. Of two attempts, the second is Stale."""
        unit.delete(keys.link(link.key), Record.pk.exists())

    def session(self, key: str) -> Session | None:
        """The session under this digest, ended or run out sessions excepted by their absence."""
        record = reading.get(keys.session(key))
        return from_body(Session, record.body) if record else None

    def add_session(self, unit: Writes, session: Session) -> None:
        """Stores a session; it deletes itself when it has run out."""
        unit.insert(
            Record(
                *keys.session(session.key),
                body=to_body(session),
                ttl=int(session.expires_at.timestamp()),
                listing_pk=keys.sessions_of(session.person_id),
                listing_sk=session.began_at.isoformat(),
                listing=to_body(session),
            )
        )

    def end_session(self, unit: Writes, session: Session) -> None:
        """Ends a session."""
        unit.delete(keys.session(session.key))

    def sessions_of(self, person_id: str) -> list[Session]:
        """A person's sessions, newest first."""
        page = reading.listing(keys.sessions_of(person_id), newest_first=True)
        return [from_body(Session, row) for row in page.rows]
