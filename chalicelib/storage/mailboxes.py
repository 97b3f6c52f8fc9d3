"""Addresses that the mail service spoke of: an item each, those that get no letters in a list."""

from datetime import datetime, timedelta

from chalicelib.domain.outbox.mailboxes import Mailbox, Standing
from chalicelib.domain.people.addresses import key_of
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


class DynamoMailboxes:
    """Implements services.ports.Mailboxes. What is known is forgotten after so many days."""

    def __init__(self, keep_days: int) -> None:
        self._keep_days = keep_days

    def at(self, email: str) -> Mailbox | None:
        """What is known of an address, in whatever spelling, perhaps a moment old."""
        return self.get(key_of(email), fresh=False)

    def get(self, key: str, fresh: bool = True) -> Mailbox | None:
        """The same by its key, as it is at this moment, to be changed."""
        record = reading.get(keys.mailbox(key), fresh)
        return from_body(Mailbox, record.body) if record else None

    def save(self, unit: Writes, mailbox: Mailbox, now: datetime) -> None:
        """Stores an address. Of two changes at once, the second is Stale."""
        record = Record(*keys.mailbox(mailbox.key), version=mailbox.version, body=to_body(mailbox))
        record.ttl = int((now + timedelta(days=self._keep_days)).timestamp())
        if mailbox.standing != Standing.OPEN and mailbox.since is not None:
            record.listing_pk = keys.MAILBOXES
            record.listing_sk = f"{mailbox.since.isoformat()}#{mailbox.key}"
            record.listing = record.body
        if mailbox.version == 1:
            unit.insert(record)
        else:
            unit.replace(record, mailbox.version - 1)

    def forget(self, unit: Writes, email: str) -> None:
        """Removes what is known of an address, if anything is."""
        if self.at(email) is not None:
            unit.delete(keys.mailbox(key_of(email)), Record.pk.exists())

    def without_letters(self, limit: int) -> list[Mailbox]:
        """Those that get no letters, the latest first."""
        rows = reading.listing(keys.MAILBOXES, limit=limit, newest_first=True).rows
        return [from_body(Mailbox, row) for row in rows]
