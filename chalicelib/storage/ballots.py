"""Ballots, the slips of secret votes, and who is recused."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.motions.ballots import Ballot, Slip
from chalicelib.domain.motions.motion import Motion, State
from chalicelib.domain.motions.recusals import Recusal
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_BALLOT = frozenset({"version"})
_SLIP = frozenset({"version", "key"})
_RECUSAL = frozenset({"version", "document_id", "person_id"})


class DynamoBallots:
    """The part of services.ports.Board that is about ballots."""

    def ballot(self, motion_id: str, person_id: str) -> Ballot | None:
        """A member's ballot, or None."""
        record = reading.get(keys.ballot(motion_id, person_id))
        return ballot_of(record) if record else None

    def ballots(self, motion_id: str) -> list[Ballot]:
        """Every ballot on a motion, read consistently."""
        found = reading.query(keys.motion(motion_id), keys.BALLOT)
        return [ballot_of(record) for record in found]

    def save_ballot(self, unit: Writes, ballot: Ballot, instead_of: Ballot | None = None) -> None:
        """Stores a member's one ballot, in the place of the one that was read, if any."""
        record = Record(
            *keys.ballot(ballot.motion_id, ballot.person_id),
            version=ballot.version,
            body=to_body(ballot, _BALLOT),
        )
        if instead_of is None:
            unit.insert(record)
        else:
            unit.replace(record, instead_of.version)

    def delete_ballot(self, unit: Writes, ballot: Ballot) -> None:
        """Takes away a recusal; the motion's record tells of it."""
        key = keys.ballot(ballot.motion_id, ballot.person_id)
        unit.delete(key, Record.version == ballot.version)

    def require_open(self, unit: Writes, motion: Motion) -> None:
        """Lets a ballot through only while the vote is open."""
        unit.check((keys.motion(motion.id), keys.STATE), Record.state == State.OPEN)

    def require_no_ballot(self, unit: Writes, motion_id: str, person_id: str) -> None:
        """Lets the command through only while somebody has no ballot on a motion."""
        unit.check(keys.ballot(motion_id, person_id), Record.pk.does_not_exist())

    def require_not_recused(self, unit: Writes, document_id: str, person_id: str) -> None:
        """Lets the command through only while nothing keeps somebody out of a document."""
        unit.check(keys.recused(document_id, person_id), Record.pk.does_not_exist())

    def slip(self, motion_id: str, key: str) -> Slip | None:
        """The slip of a secret vote under a receipt's digest, or None."""
        record = reading.get(keys.slip(motion_id, key))
        return slip_of(motion_id, record) if record else None

    def slips(self, motion_id: str) -> list[Slip]:
        """Every slip of a secret vote, read consistently, in the order of their numbers."""
        found = reading.query(keys.motion(motion_id), keys.SLIP)
        return [slip_of(motion_id, record) for record in found]

    def save_slip(self, unit: Writes, slip: Slip, instead_of: Slip | None = None) -> None:
        """Stores a slip, in the place of the one that was read, if any."""
        record = Record(
            *keys.slip(slip.motion_id, slip.key),
            version=slip.version,
            body=to_body(slip, _SLIP | {"motion_id"}),
        )
        if instead_of is None:
            unit.insert(record)
        else:
            unit.replace(record, instead_of.version)

    def recusal(self, document_id: str, person_id: str) -> Recusal | None:
        """By what somebody is kept out of a document's closed discussion, or None."""
        record = reading.get(keys.recused(document_id, person_id))
        if record is None:
            return None
        given = {"document_id": document_id, "person_id": person_id}
        return from_body(Recusal, record.body, version=int(record.version), **given)

    def save_recusal(self, unit: Writes, recusal: Recusal, instead_of: Recusal | None) -> None:
        """Stores it; one without a motion is taken away."""
        key = keys.recused(recusal.document_id, recusal.person_id)
        if not recusal.motions:
            unit.delete(key, Record.version == recusal.version)
            return
        version = instead_of.version + 1 if instead_of else 1
        record = Record(*key, version=version, body=to_body(recusal, _RECUSAL))
        if instead_of is None:
            unit.insert(record)
        else:
            unit.replace(record, instead_of.version)

    def votes(self, queue: str, until: datetime | None = None, limit: int = 100) -> list[str]:
        """Ids of the motions in a queue of `domain.virtual`, those due first; with `until`, only
        those that are due by then.
        """
        condition = Record.due_at <= until.isoformat() if until else None
        found: Iterable[Record] = Record.due_index.query(queue, condition, limit=limit)
        return [record.pk.removeprefix(keys.motion("")) for record in found]


def ballot_of(record: Record) -> Ballot:
    """The ballot that an item holds."""
    return from_body(Ballot, record.body, version=int(record.version))


def slip_of(motion_id: str, record: Record) -> Slip:
    """The slip that an item holds."""
    key = record.sk.removeprefix(keys.SLIP)
    return from_body(Slip, record.body, motion_id=motion_id, key=key, version=int(record.version))
