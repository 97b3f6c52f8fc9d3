"""What is before the Board of each document, and of each motion which amendment."""

from typing import Any

from chalicelib.domain.motions.motion import Effect, Motion, State
from chalicelib.storage import keys, reading
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


class DynamoFloors:
    """The part of services.ports.Board that keeps one motion at a time on each action.

    A floor is an item of its own, which must not exist yet when a motion is moved. It goes when
    the motion is put off or taken back, and stays when it is decided: what was decided is not moved
    again. The floor of an amendment stands with the motion that it amends, that of a confirmation
    with the motion whose result it confirms.
    """

    def take_floor(self, unit: Writes, motion: Motion) -> None:
        """Takes the floor for a new motion. One that is held anew, its vote having been void, has
        the floor of the one before it.
        """
        key = _key(motion)
        if key is None:
            return
        record = Record(*key, body={"motion": motion.id})
        if motion.replaces:
            unit.put(record)
        else:
            unit.insert(record)

    def leave_floor(self, unit: Writes, motion: Motion) -> None:
        """Frees the floor where a motion is disposed of, and keeps it where it decided."""
        key = _key(motion)
        if key is None:
            return
        decided = motion.state in {State.CARRIED, State.LOST}
        if decided and not motion.amends:
            unit.put(Record(*key, body={"motion": motion.id, "decided": motion.state.value}))
        elif motion.state == State.VOID and not motion.replaced_by:
            # It waits to be held anew, and nothing else is moved until then.
            unit.put(Record(*key, body={"motion": motion.id}))
        elif decided or motion.state in {State.POSTPONED, State.WITHDRAWN, State.DIVIDED}:
            unit.delete(key)

    def free_floor(self, unit: Writes, motion: Motion) -> None:
        """Frees the floor of a void motion that is not held anew."""
        key = _key(motion)
        if key is not None:
            unit.delete(key)
        unit.check((keys.motion(motion.id), keys.STATE), Record.version == motion.version)

    def has_floor(self, motion: Motion) -> bool:
        """Whether a motion still has its floor; one from the floor of the meeting needs none."""
        key = _key(motion)
        record = reading.get(key) if key else None
        return key is None or (record is not None and record.body["motion"] == motion.id)

    def floor(self, meeting_id: str, number: str, action: int = 0) -> str:
        """The id of the motion that is pending on a document (or on one action of it) as such, or
        an empty string.
        """
        record = reading.get(keys.floor(meeting_id, number, action))
        return record.body["motion"] if record and "decided" not in record.body else ""

    def floors(self, meeting_id: str, number: str) -> dict[int, dict[str, Any]]:
        """Every motion that is pending on a document or decided of it, by the number of its action
        (0: all of it): `motion` is its id, and `decided` how, if it is.
        """
        pk, whole = keys.floor(meeting_id, number)
        found = {}
        for record in reading.query(pk, whole):
            # 5.1 is how 5.10 begins.
            if record.sk == whole or record.sk.startswith(f"{whole}#"):
                action = record.sk.removeprefix(whole).removeprefix("#")
                found[int(action or 0)] = dict(record.body)
        return found

    def require_free_floor(
        self, unit: Writes, meeting_id: str, number: str, action: int = 0
    ) -> None:
        """Lets the command through only if no motion has come before the Board meanwhile."""
        unit.check(keys.floor(meeting_id, number, action), Record.pk.does_not_exist())

    def pending_amendment(self, motion_id: str) -> str:
        """The id of the amendment that is pending on a motion, or an empty string."""
        record = reading.get(keys.amendment(motion_id))
        return record.body["motion"] if record else ""

    def pending_confirmation(self, motion_id: str) -> str:
        """The id of the motion that is pending to confirm a result, or an empty string."""
        record = reading.get(keys.confirmation(motion_id))
        return record.body["motion"] if record else ""

    def require_no_amendment(self, unit: Writes, motion_id: str) -> None:
        """Lets the command through only if no amendment has come up meanwhile."""
        unit.check(keys.amendment(motion_id), Record.pk.does_not_exist())


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
