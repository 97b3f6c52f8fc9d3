"""Meetings, packets, motions and ballots."""

from datetime import datetime
from typing import Any

from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import Motion, State
from chalicelib.domain.motions.tally import in_words
from chalicelib.domain.motions.virtual import due_of
from chalicelib.domain.packets.packet import Packet, PacketState
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, reading
from chalicelib.storage.ballots import DynamoBallots, ballot_of
from chalicelib.storage.floors import DynamoFloors
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_VERSIONED = frozenset({"version"})


class DynamoBoard(DynamoFloors, DynamoBallots):
    """Implements services.ports.Board."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def meeting(self, meeting_id: str) -> Meeting | None:
        """The meeting with its docket and documents, or None."""
        record = reading.get((keys.meeting(meeting_id), keys.STATE))
        return from_body(Meeting, record.body, version=int(record.version)) if record else None

    def meetings(self) -> list[dict[str, Any]]:
        """Every meeting as its listing, the latest first."""
        return reading.listing(keys.MEETINGS, newest_first=True).rows

    def add_meeting(self, unit: Writes, meeting: Meeting, event: Event) -> None:
        """Stores a new meeting."""
        unit.insert(self._meeting(meeting))
        reading.add_event(unit, keys.meeting(meeting.id), event)

    def save_meeting(self, unit: Writes, meeting: Meeting, event: Event) -> None:
        """Stores a meeting's next version."""
        reading.advance_state(unit, self._meeting(meeting), meeting.version)
        reading.add_event(unit, keys.meeting(meeting.id), event)

    def due_meetings(self, now: datetime, limit: int = 100) -> list[str]:
        """Ids of meetings of which staff have to be reminded."""
        found = Record.due_index.query(
            keys.DUE_MEETING, Record.due_at <= now.isoformat(), limit=limit
        )
        return [record.pk.removeprefix(keys.meeting("")) for record in found]

    def _meeting(self, meeting: Meeting) -> Record:
        record = Record(
            keys.meeting(meeting.id),
            keys.STATE,
            version=meeting.version,
            body=to_body(meeting, _VERSIONED),
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
            record.due = keys.DUE_MEETING
            record.due_at = meeting.remind_at.isoformat()
        return record

    def packet(self, meeting_id: str, number: int) -> Packet | None:
        """A packet version, or None."""
        record = reading.get((keys.meeting(meeting_id), keys.packet(number)))
        return packet_of(record) if record else None

    def packets(self, meeting_id: str) -> list[Packet]:
        """A meeting's packet versions, the newest first."""
        found = reading.query(keys.meeting(meeting_id), keys.PACKET)
        return [packet_of(record) for record in found][::-1]

    def add_packet(self, unit: Writes, packet: Packet) -> None:
        """Stores a packet that is to be rendered."""
        unit.insert(self._packet(packet))

    def save_packet(self, unit: Writes, packet: Packet, lease: str = "") -> None:
        """Stores a packet's next version; finished or failed, it is due no longer, but while its
        documents have not been marked.

        While a worker renders it, `lease` keeps other workers away.
        """
        record = self._packet(packet)
        if record.due and lease:
            record.lease = lease
        unit.replace(record, packet.version - 1)

    def _packet(self, packet: Packet) -> Record:
        record = Record(
            keys.meeting(packet.meeting_id),
            keys.packet(packet.number),
            version=packet.version,
            # Whether its documents are marked is told by its being due, and is no part of it.
            body=to_body(packet, _VERSIONED | {"marking"}),
        )
        if packet.state in {PacketState.QUEUED, PacketState.RENDERING} or packet.marking:
            record.due = keys.DUE_OUTBOX
            record.due_at = packet.asked_at.isoformat()
        return record

    def motion(self, motion_id: str) -> Motion | None:
        """The motion, or None."""
        record = reading.get((keys.motion(motion_id), keys.STATE))
        return from_body(Motion, record.body, version=int(record.version)) if record else None

    def motions(self, meeting_id: str) -> list[dict[str, Any]]:
        """The motions before a meeting as their listings, oldest first."""
        return reading.listing(keys.motions_of(meeting_id)).rows

    def add_motion(self, unit: Writes, motion: Motion, event: Event) -> None:
        """Stores a new motion; of two at once on one action of a document, or of two amendments of
        one motion, the second is Stale.
        """
        unit.insert(self._motion(motion))
        self.take_floor(unit, motion)
        reading.add_event(unit, keys.motion(motion.id), event)

    def save_motion(self, unit: Writes, motion: Motion, event: Event) -> None:
        """Stores a motion's next version, and frees the floor when it is disposed of."""
        reading.advance_state(unit, self._motion(motion), motion.version)
        self.leave_floor(unit, motion)
        if motion.state == State.POSTPONED and motion.postponed_to:
            self._note_postponed(unit, motion)
        reading.add_event(unit, keys.motion(motion.id), event)

    def require_meeting(self, unit: Writes, meeting: Meeting) -> None:
        """Lets the command through only if the meeting has not changed since it was read."""
        unit.check((keys.meeting(meeting.id), keys.STATE), Record.version == meeting.version)

    def require_motion(self, unit: Writes, motion: Motion) -> None:
        """Lets the command through only if a motion has not changed since it was read."""
        unit.check((keys.motion(motion.id), keys.STATE), Record.version == motion.version)

    def _note_postponed(self, unit: Writes, motion: Motion) -> None:
        """Lists a motion with the meeting that it was postponed to, beside its own."""
        record = self._motion(motion)
        pointer = Record(
            record.pk,
            keys.POSTPONED_TO,
            body={"meeting": motion.postponed_to},
            listing_pk=keys.postponed_to(motion.postponed_to),
            listing_sk=record.listing_sk,
            listing=record.listing,
        )
        unit.put(pointer)

    def postponed_to(self, meeting_id: str) -> list[dict[str, Any]]:
        """The motions of other meetings that were postponed to this one, as their listings."""
        return reading.listing(keys.postponed_to(meeting_id)).rows

    def _motion(self, motion: Motion) -> Record:
        moved = motion.moved_at.isoformat() if motion.moved_at else ""
        now = motion.opened_at or motion.moved_at
        due = due_of(motion, self._policy, now) if now else None
        return Record(
            keys.motion(motion.id),
            keys.STATE,
            version=motion.version,
            state=motion.state,
            due=due[0] if due else None,
            due_at=due[1] if due else None,
            body=to_body(motion, _VERSIONED),
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
        records = list(Record.query(keys.motion(motion_id), consistent_read=True))
        state = next((r for r in records if r.sk == keys.STATE), None)
        if state is None:
            return None
        motion = from_body(Motion, state.body, version=int(state.version))
        ballots = [ballot_of(r) for r in records if r.sk.startswith(keys.BALLOT)]
        return motion, reading.events(records), ballots


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


def packet_of(record: Record) -> Packet:
    """The packet version that an item holds."""
    done = record.body["state"] == PacketState.PUBLISHED
    marking = bool(done and record.due)
    return from_body(Packet, record.body, version=int(record.version), marking=marking)
