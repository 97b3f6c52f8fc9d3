"""Persons, their sign-in links and their sessions."""

from chalicelib.domain.addresses import key_of
from chalicelib.domain.people import Person
from chalicelib.domain.sessions import Link, Session
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_APART = frozenset({"version"})


class DynamoPeople:
    """Implements services.ports.People."""

    def get(self, person_id: str) -> Person | None:
        """The person with this id, or None."""
        record = reading.get(keys.person(person_id))
        return from_body(Person, record.body, version=int(record.version)) if record else None

    def by_email(self, email: str) -> Person | None:
        """The person who owns an address, or None."""
        record = reading.get(keys.email(key_of(email)))
        return self.get(record.body["person"]) if record else None

    def board(self) -> list[Person]:
        """Everybody with a seat at the Board's table, as they are now."""
        return self._listed("seat")

    def staff(self) -> list[Person]:
        """Everybody on the staff."""
        return self._listed("staff")

    def _listed(self, what: str) -> list[Person]:
        rows = reading.listing(keys.PEOPLE).rows
        people = [self.get(row["id"]) for row in rows if row[what]]
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
        if staff or person.seat:
            record.listing_pk = keys.PEOPLE
            record.listing_sk = f"{person.seat.office if person.seat else '~'}#{person.id}"
            record.listing = {"id": person.id, "staff": staff, "seat": bool(person.seat)}
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
