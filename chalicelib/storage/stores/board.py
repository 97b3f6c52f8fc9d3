"""Meetings with their minutes, packets and motions."""

from datetime import datetime
from typing import Any

from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.minutes import Minutes, Revision
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import Motion, State
from chalicelib.domain.motions.tally import in_words
from chalicelib.domain.motions.virtual import due_of
from chalicelib.domain.packets.packet import Packet, PacketState
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import begins_with, where
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import to_body
from chalicelib.storage.stores.motions import BallotStore, FloorStore
from chalicelib.storage.table import Table
from chalicelib.storage.transaction import Transaction


class BoardStore(FloorStore, BallotStore):
    """"""

    def __init__(self, table: Table, policy: Policy) -> None:
        super().__init__(table)
        self._policy = policy

    def meeting(self, meeting_id: str) -> Meeting | None:
        """The meeting with its docket and documents, or None."""
        item = self._table.get((keys.meeting(meeting_id), keys.STATE))
        return kinds.MEETING.value(item) if item else None

    def meetings(self) -> list[dict[str, Any]]:
        """Every meeting as its listing, the latest first."""
        return reading.listing(self._table, keys.MEETINGS, newest_first=True).rows

    def add_meeting(self, transaction: Transaction, meeting: Meeting, event: Event) -> None:
        """Stores a new meeting."""
        transaction.insert(self._meeting(meeting))
        reading.add_event(transaction, keys.meeting(meeting.id), event)

    def save_meeting(self, transaction: Transaction, meeting: Meeting, event: Event) -> None:
        """Stores a meeting's next version."""
        reading.advance_state(transaction, self._meeting(meeting), meeting.version)
        reading.add_event(transaction, keys.meeting(meeting.id), event)

    def due_meetings(self, now: datetime, limit: int = 100) -> list[str]:
        """Ids of meetings of which staff have to be reminded."""
        return reading.due_ids(self._table, keys.DUE_MEETING, keys.meeting(""), now, limit)

    def _meeting(self, meeting: Meeting) -> Item:
        item = Item(
            keys.meeting(meeting.id),
            keys.STATE,
            version=meeting.version,
            body=kinds.MEETING.body(meeting),
            listing_pk=keys.MEETINGS,
            listing_sk=f"{meeting.starts_at.isoformat()}#{meeting.id}",
            listing={
                "id": meeting.id,
                "title": meeting.title,
                "code": meeting.code,
                "starts_at": meeting.starts_at.isoformat(),
                "place": meeting.place,
                "documents": len(meeting.current_documents),
                "packets": meeting.packets,
                "public": meeting.public,
                "state": meeting.state.value,
                "kind": meeting.kind.value,
                "zone": meeting.zone,
                "until": meeting.until.isoformat() if meeting.until else "",
                "called": meeting.items_called_at is not None,
            },
        )
        if meeting.remind_at:
            item.due = keys.DUE_MEETING
            item.due_at = meeting.remind_at.isoformat()
        return item

    def packet(self, meeting_id: str, number: int) -> Packet | None:
        """A packet version, or None."""
        item = self._table.get((keys.meeting(meeting_id), keys.packet(number)))
        return kinds.PACKET.value(item) if item else None

    def packets(self, meeting_id: str) -> list[Packet]:
        """A meeting's packet versions, the newest first."""
        found = self._table.query(keys.meeting(meeting_id), begins_with(keys.PACKET))
        return [kinds.PACKET.value(item) for item in found][::-1]

    def add_packet(self, transaction: Transaction, packet: Packet) -> None:
        """Stores a packet that is to be rendered."""
        transaction.insert(self._packet(packet))

    def save_packet(self, transaction: Transaction, packet: Packet, lease: str = "") -> None:
        """Stores a packet's next version; finished or failed, it is due no longer, but while its
        documents have not been marked.

        While a worker renders it, `lease` keeps other workers away.
        """
        item = self._packet(packet)
        if item.due and lease:
            item.lease = lease
        transaction.replace(item, packet.version - 1)

    def _packet(self, packet: Packet) -> Item:
        item = Item(
            keys.meeting(packet.meeting_id),
            keys.packet(packet.number),
            version=packet.version,
            # Whether its documents are marked is told by its being due, and is no part of it.
            body=kinds.PACKET.body(packet),
        )
        if packet.state in {PacketState.QUEUED, PacketState.RENDERING} or packet.marking:
            item.due = keys.DUE_OUTBOX
            item.due_at = packet.asked_at.isoformat()
        return item

    def motion(self, motion_id: str) -> Motion | None:
        """The motion, or None."""
        item = self._table.get((keys.motion(motion_id), keys.STATE))
        return kinds.MOTION.value(item) if item else None

    def motions(self, meeting_id: str) -> list[dict[str, Any]]:
        """The motions before a meeting as their listings, oldest first."""
        return reading.listing(self._table, keys.motions_of(meeting_id)).rows

    def add_motion(self, transaction: Transaction, motion: Motion, event: Event) -> None:
        """Stores a new motion; of two at once on one action of a document, or of two amendments of
        one motion, the second raises ConcurrentChangeError.
        """
        transaction.insert(self._motion(motion))
        self.take_floor(transaction, motion)
        reading.add_event(transaction, keys.motion(motion.id), event)

    def save_motion(self, transaction: Transaction, motion: Motion, event: Event) -> None:
        """Stores a motion's next version, and frees the floor when it is disposed of."""
        reading.advance_state(transaction, self._motion(motion), motion.version)
        self.leave_floor(transaction, motion)
        if motion.state == State.POSTPONED and motion.postponed_to:
            self._note_postponed(transaction, motion)
        reading.add_event(transaction, keys.motion(motion.id), event)

    def require_meeting(self, transaction: Transaction, meeting: Meeting) -> None:
        """Lets the command through only if the meeting has not changed since it was read."""
        transaction.check((keys.meeting(meeting.id), keys.STATE), where.version == meeting.version)

    def require_motion(self, transaction: Transaction, motion: Motion) -> None:
        """Lets the command through only if a motion has not changed since it was read."""
        transaction.check((keys.motion(motion.id), keys.STATE), where.version == motion.version)

    def _note_postponed(self, transaction: Transaction, motion: Motion) -> None:
        """Lists a motion with the meeting that it was postponed to, beside its own."""
        item = self._motion(motion)
        pointer = Item(
            item.pk,
            keys.POSTPONED_TO,
            body={"meeting": motion.postponed_to},
            listing_pk=keys.postponed_to(motion.postponed_to),
            listing_sk=item.listing_sk,
            listing=item.listing,
        )
        transaction.put(pointer)

    def postponed_to(self, meeting_id: str) -> list[dict[str, Any]]:
        """The motions of other meetings that were postponed to this one, as their listings."""
        return reading.listing(self._table, keys.postponed_to(meeting_id)).rows

    def _motion(self, motion: Motion) -> Item:
        moved = motion.moved_at.isoformat() if motion.moved_at else ""
        now = motion.opened_at or motion.moved_at
        due = due_of(motion, self._policy, now) if now else None
        return Item(
            keys.motion(motion.id),
            keys.STATE,
            version=motion.version,
            state=motion.state,
            due=due[0] if due else None,
            due_at=due[1] if due else None,
            body=kinds.MOTION.body(motion),
            listing_pk=keys.motions_of(motion.meeting_id),
            listing_sk=f"{moved}#{motion.action:02}#{motion.id}",
            listing={
                "id": motion.id,
                "document": motion.document_number,
                "title": motion.title,
                "wording": motion.wording,
                "state": motion.state.value,
                "mover": motion.mover,
                "seconder": motion.seconder,
                "meeting": motion.meeting_id,
                "label": motion.label,
                "document_id": motion.document_id,
                "action": motion.action,
                "effect": motion.brings_about.value,
                "amends": motion.amends,
                "divided_from": motion.divided_from,
                **_outcome(motion),
            },
        )

    def read_motion(self, motion_id: str) -> tuple[Motion, list[Event], list[Ballot]] | None:
        """A motion with its record and its ballots, by one Query."""
        items = list(self._table.query(keys.motion(motion_id)))
        state = reading.state_of(items)
        if state is None:
            return None
        motion = kinds.MOTION.value(state)
        ballots = [kinds.BALLOT.value(item) for item in items if item.sk.startswith(keys.BALLOT)]
        return motion, reading.events(items), ballots


def _outcome(motion: Motion) -> dict[str, Any]:
    """What a list of actions shows of a motion that was decided."""
    if motion.announced_at is None or motion.tally is None:
        return {}
    confirmed = motion.confirmed_at
    return {
        "decided_at": motion.announced_at.isoformat(),
        "tally": in_words(motion.tally),
        "name": motion.name,
        "to_confirm": motion.virtual and motion.state == State.CARRIED and confirmed is None,
        "confirmed_at": confirmed.isoformat() if confirmed else "",
        "confirmed_in": motion.confirmed_in,
    }


class MinutesStore(reading.TableStore):
    """"""

    def get(self, meeting_id: str) -> Minutes | None:
        """The minutes of a meeting, or None."""
        item = self._table.get((keys.minutes(meeting_id), keys.STATE))
        return kinds.MINUTES.value(item) if item else None

    def texts(self, meeting_id: str) -> list[Revision]:
        """Every text of them, the first one first."""
        found = self._table.query(keys.minutes(meeting_id), begins_with(keys.REVISION))
        return [kinds.MINUTES_TEXT.value(item) for item in found]

    def save(
        self, transaction: Transaction, minutes: Minutes, event: Event, text: Revision | None = None
    ) -> None:
        """Stores the next version, with its text where that changed. A text that is kept is never
        written over, and of two who begin minutes at once the second raises ConcurrentChangeError.
        """
        pk = keys.minutes(minutes.id)
        item = Item(pk, keys.STATE, version=minutes.version, body=kinds.MINUTES.body(minutes))
        reading.advance_state(transaction, item, minutes.version)
        if text:
            transaction.insert(Item(pk, keys.revision(text.number), body=to_body(text)))
        reading.add_event(transaction, pk, event)
