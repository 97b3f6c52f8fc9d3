"""What is to follow a command: letters, and jobs that make letters or packets.

An item in the outbox is any item with `due` set: a letter of its own, a signature that a
letter is due for, or a packet to render. A worker claims it for a while, does the work, and
takes `due` away. A worker that dies in between leaves a claim that runs out, and the sweep
finds the item again.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.domain.outbox.letters import FanOut, Letter
from chalicelib.domain.outbox.webhooks import Delivery
from chalicelib.domain.packets.packet import Packet
from chalicelib.domain.roster.roster import Import
from chalicelib.domain.signing.bulk import Bulk
from chalicelib.domain.signing.signature import Signature, waits_for_staff
from chalicelib.storage import keys
from chalicelib.storage.board import packet_of
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.migrations import SCHEMA
from chalicelib.storage.reading import get
from chalicelib.storage.signatures import doubt, signature_of
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes, code_of, queue_of

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
    work: Letter | FanOut | Signature | Packet | Import | Bulk | Delivery


class DynamoOutbox:
    """Implements services.ports.Outbox. What was sent is kept for `keep_days`."""

    def __init__(self, keep_days: int) -> None:
        self._keep_days = keep_days

    def add(self, unit: Writes, letter: Letter, now: datetime, later: bool = False) -> None:
        """Puts a letter in the outbox; one with the same id is there only once. One for `later`
        is due at a time to come, when the sweep finds it.
        """
        record = self._due(Record(*keys.letter(letter.id), body=to_body(letter)), now)
        unit.insert(record, hurried=not later)

    def add_fan_out(self, unit: Writes, job: FanOut, now: datetime) -> None:
        """Puts a letter to many in the outbox."""
        unit.put(self._due(Record(*keys.fan_out(job.id), body=to_body(job)), now))

    def _due(self, record: Record, now: datetime) -> Record:
        record.due = keys.DUE_OUTBOX
        record.due_at = now.isoformat()
        return record

    def known(self, letter_id: str) -> bool:
        """Whether a letter with this id was ever put in the outbox (and not yet forgotten)."""
        return get(keys.letter(letter_id)) is not None

    def waiting(self, before: datetime, limit: int = 100) -> list[tuple[str, str, str]]:
        """Queue and key of what has been due since before the given time."""
        found = Record.due_index.query(
            keys.DUE_OUTBOX, Record.due_at <= before.isoformat(), limit=limit
        )
        return [(queue_of(record.sk), record.pk, record.sk) for record in found]

    def claim(self, pk: str, sk: str, now: datetime, seconds: int) -> Claimed | None:
        """The work under a key for this worker alone, or None: done already, or another has it."""
        lease = (now + timedelta(seconds=seconds)).isoformat()
        record = Record(pk, sk)
        free = Record.lease.does_not_exist() | (Record.lease < now.isoformat())
        try:
            # Due again when the lease runs out: work that fails time after time goes to the end
            # of the line and keeps nothing else waiting.
            record.update(
                actions=[
                    Record.lease.set(lease),
                    Record.due_at.set(lease),
                    Record.attempts.add(1),
                ],
                condition=(Record.due == keys.DUE_OUTBOX) & free,
            )
        except UpdateError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return None
            raise
        attempts = int(record.attempts or 1)
        return Claimed(pk, sk, lease, record.letter or "", attempts, self._work(record))

    def _work(  # noqa: PLR0911 - one for each kind of work
        self, record: Record
    ) -> Letter | FanOut | Signature | Packet | Import | Bulk | Delivery:
        if record.sk == "LETTER":
            return from_body(Letter, record.body)
        if record.sk == "FANOUT":
            return from_body(FanOut, record.body)
        if record.sk == keys.ROSTER_IMPORT[1]:
            return from_body(Import, record.body)
        if record.sk == "BULK":
            return from_body(Bulk, record.body)
        if record.sk.startswith(keys.DELIVERY):
            return from_body(Delivery, record.body)
        if record.sk.startswith(keys.SIGNATURE):
            return signature_of(record)
        return packet_of(record)

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
        actions: list[Action] = [
            Record.lease.remove(),
            Record.due_at.set(due_at),
            Record.due.set(due),
        ]
        with suppress(UpdateError):
            Record(claimed.pk, claimed.sk).update(
                actions=actions, condition=Record.lease == claimed.lease
            )
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
        actions: list[Action] = [
            Record.body.set(to_body(job)),
            Record.schema.set(SCHEMA),
            Record.due_at.set(lease or now.isoformat()),
        ]
        if lease:
            actions += [Record.lease.set(lease), Record.attempts.set(1)]
        else:
            actions += [Record.lease.remove(), Record.attempts.remove()]
        try:
            Record(claimed.pk, claimed.sk).update(
                actions=actions, condition=Record.lease == claimed.lease
            )
        except UpdateError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return None
            raise
        return replace(claimed, lease=lease, attempts=1, work=job)

    def done(self, claimed: Claimed, now: datetime) -> None:
        """Takes finished work out of the outbox, unless something new fell due meanwhile."""
        actions: list[Action] = [
            Record.lease.remove(),
            Record.attempts.remove(),
            Record.letter.remove(),
        ]
        doubtful = _doubt(claimed)
        if doubtful:
            actions += [Record.due.set(doubtful[0]), Record.due_at.set(doubtful[1])]
        else:
            actions += [Record.due.remove(), Record.due_at.remove()]
        condition = Record.lease == claimed.lease
        if claimed.letter:
            condition &= Record.letter == claimed.letter
            # A command that read the row while the letter was due must read it again.
            actions.append(Record.version.add(1))
        if claimed.sk in {"LETTER", "FANOUT"}:
            keep = now + timedelta(days=self._keep_days)
            actions.append(Record.ttl.set(int(keep.timestamp())))
        try:
            Record(claimed.pk, claimed.sk).update(actions=actions, condition=condition)
        except UpdateError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise


def _doubt(claimed: Claimed) -> tuple[str, str] | None:
    work = claimed.work
    return doubt(work) if isinstance(work, Signature) and waits_for_staff(work) else None
