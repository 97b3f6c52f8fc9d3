"""What is to follow a command: letters, and jobs that make letters or packets.

An item in the outbox is any item with `due` set: a letter of its own, a signature that a
letter is due for, or a packet to render. A worker claims it for a while, does the work, and
takes `due` away. A worker that dies in between leaves a claim that runs out, and the sweep
finds the item again.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.outbox.letters import FanOut, Letter
from chalicelib.domain.outbox.mailboxes import Mailbox, Standing
from chalicelib.domain.outbox.webhooks import KEEP_DAYS, Delivery, Webhook
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.signing.signature import Signature, waits_for_staff
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import ITEM_EXISTS, at_most, begins_with, between, where
from chalicelib.storage.item import DUE, Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.reading import Page
from chalicelib.storage.stores.signatures import doubt
from chalicelib.storage.table import ConditionFailedError, Table, Update
from chalicelib.storage.transaction import Transaction

MOST_ATTEMPTS = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claimed:
    """A piece of work that this worker alone has until its lease runs out."""

    pk: str
    sk: str
    lease: str
    letter: str
    attempts: int
    # A Letter, FanOut, Signature, Packet, Import, Bulk or Delivery, by the item's kind.
    work: Any


class OutboxStore:
    """What was sent is kept for `keep_days`."""

    def __init__(self, table: Table, keep_days: int) -> None:
        self._table = table
        self._keep_days = keep_days

    def add(
        self, transaction: Transaction, letter: Letter, now: datetime, later: bool = False
    ) -> None:
        """Puts a letter in the outbox; one with the same id is there only once. One for `later`
        is due at a time to come, when the sweep finds it.
        """
        item = self._due(Item(*keys.letter(letter.id), body=to_body(letter)), now)
        transaction.insert(item, hurried=not later)

    def add_fan_out(self, transaction: Transaction, job: FanOut, now: datetime) -> None:
        """Puts a letter to many in the outbox."""
        transaction.put(self._due(Item(*keys.fan_out(job.id), body=to_body(job)), now))

    def _due(self, item: Item, now: datetime) -> Item:
        item.due = keys.DUE_OUTBOX
        item.due_at = now.isoformat()
        return item

    def known(self, letter_id: str) -> bool:
        """Whether a letter with this id was ever put in the outbox (and not yet forgotten)."""
        return self._table.get(keys.letter(letter_id)) is not None

    def waiting(self, before: datetime, limit: int = 100) -> list[tuple[str, str, str]]:
        """Queue and key of what has been due since before the given time."""
        due = at_most(before.isoformat())
        found = self._table.query_index(DUE, keys.DUE_OUTBOX, due, limit=limit)
        return [(kinds.queue_of(item.pk, item.sk), item.pk, item.sk) for item in found]

    def claim(self, pk: str, sk: str, now: datetime, seconds: int) -> Claimed | None:
        """The work under a key for this worker alone, or None: done already, or another has it."""
        lease = (now + timedelta(seconds=seconds)).isoformat()
        free = where.lease.missing | (where.lease < now.isoformat())
        # Due again when the lease runs out: work that fails time after time goes to the end of the
        # line and keeps nothing else waiting.
        changes = {"lease": lease, "due_at": lease}
        due = where.due == keys.DUE_OUTBOX
        try:
            item = self._table.write(Update((pk, sk), changes, {"attempts": 1}, due & free))
        except ConditionFailedError:
            return None
        assert item is not None
        attempts = int(item.attempts or 1)
        return Claimed(pk, sk, lease, item.letter or "", attempts, _work(item))

    def put_off(self, claimed: Claimed, now: datetime) -> None:
        """Gives work back that failed, to be tried again later: each time a little later, and
        after a number of times not any more. What was given up stays to be looked at, under
        `stuck` in the due index.
        """
        over = claimed.attempts >= MOST_ATTEMPTS
        later = now + timedelta(seconds=30 * 2 ** min(claimed.attempts, 8))
        due, due_at = keys.DUE_STUCK if over else keys.DUE_OUTBOX, later.isoformat()
        doubtful = _doubt(claimed)
        if over and doubtful:
            # A letter that cannot be sent does not hide from staff what waits for them.
            due, due_at = doubtful
        changes = {"lease": None, "due": due, "due_at": due_at}
        reading.update_claimed(self._table, claimed, changes)
        if over:
            log.error("given up after %s attempts: %s", claimed.attempts, claimed.sk)

    def keep_place(
        self, claimed: Claimed, job: FanOut, now: datetime, seconds: int
    ) -> Claimed | None:
        """Notes how far a letter to many is, and keeps it for this worker for some seconds more;
        with none, the next worker can take it over at once. Returns the claim as it is then, or
        None when another worker has taken the job over.

        What came further did not fail: attempts are counted from here.
        """
        lease = (now + timedelta(seconds=seconds)).isoformat() if seconds else ""
        changes = {
            "body": to_body(job),
            "due_at": lease or now.isoformat(),
            "lease": lease or None,
            "attempts": 1 if lease else None,
        }
        if not reading.update_claimed(self._table, claimed, changes):
            return None
        return replace(claimed, lease=lease, attempts=1, work=job)

    def done(self, claimed: Claimed, now: datetime) -> None:
        """Takes finished work out of the outbox, unless something new fell due meanwhile."""
        due, due_at = _doubt(claimed) or (None, None)
        changes: dict[str, Any] = {"lease": None, "attempts": None, "letter": None}
        changes |= {"due": due, "due_at": due_at}
        if claimed.sk in {"LETTER", "FANOUT"}:
            keep = now + timedelta(days=self._keep_days)
            changes["ttl"] = int(keep.timestamp())
        if claimed.letter:
            # A command that read the row while the letter was due must read it again.
            same = where.letter == claimed.letter
            reading.update_claimed(self._table, claimed, changes, same, version=1)
        else:
            reading.update_claimed(self._table, claimed, changes)


def _work(item: Item) -> Any:
    """The work that an item holds."""
    kind = kinds.kind_of(item.pk, item.sk)
    assert kind is not None
    return kind.value(item)


def _doubt(claimed: Claimed) -> tuple[str, str] | None:
    work = claimed.work
    return doubt(work) if isinstance(work, Signature) and waits_for_staff(work) else None


class MailboxStore:
    """What is known is forgotten after so many days."""

    def __init__(self, table: Table, keep_days: int) -> None:
        self._table = table
        self._keep_days = keep_days

    def at(self, email: str) -> Mailbox | None:
        """What is known of an address, in whatever spelling, perhaps a moment old."""
        return self.get(key_of(email), fresh=False)

    def get(self, key: str, fresh: bool = True) -> Mailbox | None:
        """The same by its key, as it is at this moment, to be changed."""
        item = self._table.get(keys.mailbox(key), consistent=fresh)
        return kinds.MAILBOX.value(item) if item else None

    def save(self, transaction: Transaction, mailbox: Mailbox, now: datetime) -> None:
        """Stores an address. Of two changes at once, the second raises ConcurrentChangeError."""
        item = Item(*keys.mailbox(mailbox.key), version=mailbox.version, body=to_body(mailbox))
        item.ttl = int((now + timedelta(days=self._keep_days)).timestamp())
        if mailbox.standing != Standing.OPEN and mailbox.since is not None:
            item.listing_pk = keys.MAILBOXES
            item.listing_sk = f"{mailbox.since.isoformat()}#{mailbox.key}"
            item.listing = item.body
        transaction.succeed(item, mailbox.version - 1)

    def forget(self, transaction: Transaction, email: str) -> None:
        """Removes what is known of an address, if anything is."""
        if self.at(email) is not None:
            transaction.delete(keys.mailbox(key_of(email)), ITEM_EXISTS)

    def without_letters(self, limit: int) -> list[Mailbox]:
        """Those that get no letters, the latest first."""
        rows = reading.listing(self._table, keys.MAILBOXES, limit=limit, newest_first=True).rows
        return [from_body(Mailbox, row) for row in rows]


class WebhookStore(reading.TableStore):
    """"""

    def all(self) -> list[Webhook]:
        """Every webhook: there are few."""
        found = self._table.query(keys.WEBHOOKS, begins_with(keys.WEBHOOK))
        return [kinds.WEBHOOK.value(item) for item in found]

    def get(self, webhook_id: str) -> Webhook | None:
        """A webhook, or None."""
        item = self._table.get(keys.webhook(webhook_id))
        return kinds.WEBHOOK.value(item) if item else None

    def add(self, transaction: Transaction, webhook: Webhook) -> None:
        """Stores a new webhook."""
        transaction.insert(Item(*keys.webhook(webhook.id), body=to_body(webhook)))

    def end(self, transaction: Transaction, webhook: Webhook) -> None:
        """Ends a webhook; what was sent to it stays in the log for its time."""
        transaction.delete(keys.webhook(webhook.id), ITEM_EXISTS)

    def send(self, transaction: Transaction, delivery: Delivery, now: datetime) -> None:
        """Puts a message in the outbox, once under its id; one that is there is sent anew."""
        ttl = int((delivery.at + timedelta(days=KEEP_DAYS)).timestamp())
        item = Item(
            *keys.delivery(delivery.webhook_id, delivery.id),
            body=to_body(delivery),
            ttl=ttl,
            due=keys.DUE_OUTBOX,
            due_at=now.isoformat(),
        )
        transaction.put(item)

    def delivery(self, webhook_id: str, delivery_id: str) -> Delivery | None:
        """A message, or None."""
        item = self._table.get(keys.delivery(webhook_id, delivery_id))
        return kinds.DELIVERY.value(item) if item else None

    def deliveries(self, webhook_id: str, limit: int, after: str = "") -> Page:
        """The messages to a webhook as domain values, the newest first."""
        pk, prefix = keys.delivery(webhook_id, "")
        end = keys.delivery(webhook_id, after)[1] if after else f"{prefix}~"
        found = list(
            self._table.query(pk, between(prefix, end), limit=limit + 2, newest_first=True)
        )
        rows: list[Any] = [kinds.DELIVERY.value(item) for item in found if item.sk != end]
        return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else "")

    def note(self, claimed: Any, delivery: Delivery, again: datetime | None) -> None:
        """Notes a try, unless another worker has taken the message over meanwhile."""
        changes: dict[str, Any] = {"body": to_body(delivery), "lease": None}
        if again:
            changes["due_at"] = again.isoformat()
        else:
            changes |= {"due": None, "due_at": None, "attempts": None}
        reading.update_claimed(self._table, claimed, changes)
