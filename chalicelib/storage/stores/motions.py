"""What is before the Board, ballots, the slips of secret votes, and who is recused."""

from datetime import datetime
from typing import Any

from chalicelib.domain.motions.ballots import Ballot, Slip
from chalicelib.domain.motions.motion import Effect, Motion, State
from chalicelib.domain.motions.recusals import Recusal
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import NO_ITEM, begins_with, where
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction


class FloorStore(reading.TableStore):
    """The part of services.ports.Board that keeps one motion at a time on each action.

    A floor is an item of its own, which must not exist yet when a motion is moved. It goes when
    the motion is put off or taken back, and stays when it is decided: what was decided is not moved
    again. The floor of an amendment stands with the motion that it amends, that of a confirmation
    with the motion whose result it confirms.
    """

    def take_floor(self, transaction: Transaction, motion: Motion) -> None:
        """Takes the floor for a new motion. One that is held anew, its vote having been void, has
        the floor of the one before it.
        """
        key = _key(motion)
        if key is None:
            return
        item = Item(*key, body={"motion": motion.id})
        if motion.replaces:
            transaction.put(item)
        else:
            transaction.insert(item)

    def leave_floor(self, transaction: Transaction, motion: Motion) -> None:
        """Frees the floor where a motion is disposed of, and keeps it where it decided."""
        key = _key(motion)
        if key is None:
            return
        decided = motion.state in {State.CARRIED, State.LOST}
        if decided and not motion.amends:
            transaction.put(Item(*key, body={"motion": motion.id, "decided": motion.state.value}))
        elif motion.state == State.VOID and not motion.replaced_by:
            # It waits to be held anew, and nothing else is moved until then.
            transaction.put(Item(*key, body={"motion": motion.id}))
        elif decided or motion.state in {State.POSTPONED, State.WITHDRAWN, State.DIVIDED}:
            transaction.delete(key)

    def free_floor(self, transaction: Transaction, motion: Motion) -> None:
        """Frees the floor of a void motion that is not held anew."""
        key = _key(motion)
        if key is not None:
            transaction.delete(key)
        transaction.check((keys.motion(motion.id), keys.STATE), where.version == motion.version)

    def has_floor(self, motion: Motion) -> bool:
        """Whether a motion still has its floor; one from the floor of the meeting needs none."""
        key = _key(motion)
        item = self._table.get(key) if key else None
        return key is None or (item is not None and item.body["motion"] == motion.id)

    def floor(self, meeting_id: str, number: str, action: int = 0) -> str:
        """The id of the motion that is pending on a document (or on one action of it) as such, or
        an empty string.
        """
        item = self._table.get(keys.floor(meeting_id, number, action))
        return item.body["motion"] if item and "decided" not in item.body else ""

    def floors(self, meeting_id: str, number: str) -> dict[int, dict[str, Any]]:
        """Every motion that is pending on a document or decided of it, by the number of its action
        (0: all of it): `motion` is its id, and `decided` how, if it is.
        """
        pk, whole = keys.floor(meeting_id, number)
        found = {}
        for item in self._table.query(pk, begins_with(whole)):
            # 5.1 is how 5.10 begins.
            if item.sk == whole or item.sk.startswith(f"{whole}#"):
                action = item.sk.removeprefix(whole).removeprefix("#")
                found[int(action or 0)] = dict(item.body)
        return found

    def require_free_floor(
        self, transaction: Transaction, meeting_id: str, number: str, action: int = 0
    ) -> None:
        """Lets the command through only if no motion has come before the Board meanwhile."""
        transaction.check(keys.floor(meeting_id, number, action), NO_ITEM)

    def pending_amendment(self, motion_id: str) -> str:
        """The id of the amendment that is pending on a motion, or an empty string."""
        item = self._table.get(keys.amendment(motion_id))
        return item.body["motion"] if item else ""

    def pending_confirmation(self, motion_id: str) -> str:
        """The id of the motion that is pending to confirm a result, or an empty string."""
        item = self._table.get(keys.confirmation(motion_id))
        return item.body["motion"] if item else ""

    def require_no_amendment(self, transaction: Transaction, motion_id: str) -> None:
        """Lets the command through only if no amendment has come up meanwhile."""
        transaction.check(keys.amendment(motion_id), NO_ITEM)


def _key(motion: Motion) -> keys.Key | None:
    """Where a motion's floor is; None for one from the floor of the meeting, of which there may be
    several at a time.
    """
    if motion.is_amendment:
        return keys.amendment(motion.amends)
    if motion.effect == Effect.CONFIRM:
        return keys.confirmation(motion.amends)
    if motion.document_number:
        return keys.floor(motion.meeting_id, motion.document_number, motion.action)
    return None


class BallotStore(reading.TableStore):
    """The part of services.ports.Board that is about ballots."""

    def ballot(self, motion_id: str, person_id: str) -> Ballot | None:
        """A member's ballot, or None."""
        item = self._table.get(keys.ballot(motion_id, person_id))
        return kinds.BALLOT.value(item) if item else None

    def ballots(self, motion_id: str) -> list[Ballot]:
        """Every ballot on a motion, read consistently."""
        found = self._table.query(keys.motion(motion_id), begins_with(keys.BALLOT))
        return [kinds.BALLOT.value(item) for item in found]

    def save_ballot(
        self, transaction: Transaction, ballot: Ballot, instead_of: Ballot | None = None
    ) -> None:
        """Stores a member's one ballot, in the place of the one that was read, if any."""
        item = Item(
            *keys.ballot(ballot.motion_id, ballot.person_id),
            version=ballot.version,
            body=kinds.BALLOT.body(ballot),
        )
        transaction.succeed(item, instead_of.version if instead_of else 0)

    def delete_ballot(self, transaction: Transaction, ballot: Ballot) -> None:
        """Takes away a recusal; the motion's record tells of it."""
        key = keys.ballot(ballot.motion_id, ballot.person_id)
        transaction.delete(key, where.version == ballot.version)

    def require_open(self, transaction: Transaction, motion: Motion) -> None:
        """Lets a ballot through only while the vote is open."""
        transaction.check((keys.motion(motion.id), keys.STATE), where.state == State.OPEN)

    def require_no_ballot(self, transaction: Transaction, motion_id: str, person_id: str) -> None:
        """Lets the command through only while somebody has no ballot on a motion."""
        transaction.check(keys.ballot(motion_id, person_id), NO_ITEM)

    def require_not_recused(
        self, transaction: Transaction, document_id: str, person_id: str
    ) -> None:
        """Lets the command through only while nothing keeps somebody out of a document."""
        transaction.check(keys.recused(document_id, person_id), NO_ITEM)

    def slip(self, motion_id: str, key: str) -> Slip | None:
        """The slip of a secret vote under a receipt's digest, or None."""
        item = self._table.get(keys.slip(motion_id, key))
        return kinds.SLIP.value(item) if item else None

    def slips(self, motion_id: str) -> list[Slip]:
        """Every slip of a secret vote, read consistently, in the order of their numbers."""
        found = self._table.query(keys.motion(motion_id), begins_with(keys.SLIP))
        return [kinds.SLIP.value(item) for item in found]

    def save_slip(
        self, transaction: Transaction, slip: Slip, instead_of: Slip | None = None
    ) -> None:
        """Stores a slip, in the place of the one that was read, if any."""
        item = Item(
            *keys.slip(slip.motion_id, slip.key),
            version=slip.version,
            body=kinds.SLIP.body(slip),
        )
        transaction.succeed(item, instead_of.version if instead_of else 0)

    def recusal(self, document_id: str, person_id: str) -> Recusal | None:
        """By what somebody is kept out of a document's closed discussion, or None."""
        item = self._table.get(keys.recused(document_id, person_id))
        return kinds.RECUSAL.value(item) if item else None

    def save_recusal(
        self, transaction: Transaction, recusal: Recusal, instead_of: Recusal | None
    ) -> None:
        """Stores it; one without a motion is taken away."""
        key = keys.recused(recusal.document_id, recusal.person_id)
        if not recusal.motions:
            transaction.delete(key, where.version == recusal.version)
            return
        version = instead_of.version + 1 if instead_of else 1
        item = Item(*key, version=version, body=kinds.RECUSAL.body(recusal))
        transaction.succeed(item, instead_of.version if instead_of else 0)

    def votes(self, queue: str, until: datetime | None = None, limit: int = 100) -> list[str]:
        """Ids of the motions in a queue of `domain.virtual`, those due first; with `until`, only
        those that are due by then.
        """
        return reading.due_ids(self._table, queue, keys.motion(""), until, limit)
