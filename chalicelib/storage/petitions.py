"""Petitions, their record and their signatures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.petitions.petition import Petition, State, confirm_until, rule_of
from chalicelib.domain.petitions.text import Text, signed_part
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.services.ports import Page
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.signatures import DynamoSignatures, tally_state
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

# A list shows the beginning of a charge; the page shows all of it.
LISTED_CHARGE = 200

# What is kept beside the state's body: the text and the tally have items of their own, so
# that a confirmation writes two small items whatever the petition's length.
_APART = frozenset({"text", "published", "confirmed", "verified", "text_digest", "version"})


class DynamoPetitions(DynamoSignatures):
    """Implements services.ports.Petitions."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def get(self, petition_id: str, fresh: bool = True) -> Petition | None:
        """The petition with its exact counts, or None."""
        found = self.read(petition_id, fresh)
        return found[0] if found else None

    def read(self, petition_id: str, fresh: bool) -> tuple[Petition, list[Event]] | None:
        """The petition and its record by one Query, whatever the number of signatures."""
        records = list(reading.query(keys.petition(petition_id), keys.PAGE, fresh))
        by_key = {record.sk: record for record in records}
        state = by_key.get(keys.STATE)
        if state and state.body["state"] == State.DRAFT and state.body.get("edition"):
            # A petition that is being rewritten: others go on seeing what they signed.
            kept = reading.get((keys.petition(petition_id), keys.PUBLISHED), fresh)
            if kept:
                by_key[keys.PUBLISHED] = kept
        petition = self.from_records(by_key)
        if petition is None:
            return None
        return petition, reading.events(records)

    def from_records(self, by_key: Mapping[str, Record]) -> Petition | None:
        """The petition that some items hold, by their sort keys; None without all it takes."""
        state, tally, text = (by_key.get(sk) for sk in (keys.STATE, keys.TALLY, keys.TEXT))
        if state is None or tally is None or text is None:
            return None
        rewritten = state.body["state"] == State.DRAFT and state.body.get("edition")
        kept = by_key.get(keys.PUBLISHED) if rewritten else None
        return from_body(
            Petition,
            state.body,
            published=from_body(Text, kept.body) if kept else None,
            version=int(state.version),
            text=from_body(Text, text.body or {}),
            text_digest=tally.text_digest or "",
            confirmed=int(tally.confirmed),
            verified=int(tally.verified),
        )

    def add(self, unit: Writes, petition: Petition, event: Event) -> None:
        """Stores a new petition."""
        pk = keys.petition(petition.id)
        unit.insert(self._state(petition, None))
        unit.insert(Record(pk, keys.TEXT, body=to_body(petition.text)))
        unit.insert(Record(pk, keys.TALLY, state=petition.state, confirmed=0, verified=0))
        reading.add_event(unit, pk, event)
        self._index_conveners(unit, None, petition)

    def save(
        self, unit: Writes, old: Petition, new: Petition, event: Event, due: datetime | None
    ) -> None:
        """Stores a petition's next version, due for a job at `due` if given.

        The tally must hold at least the verified signatures that the command was decided
        on; a command that resets the counts requires them unchanged.
        """
        pk = keys.petition(new.id)
        reading.advance_state(unit, self._state(new, due), new.version)
        if new.published and new.published != old.published:
            unit.put(Record(pk, keys.PUBLISHED, body=to_body(new.published)))
        if new.text != old.text:
            unit.put(Record(pk, keys.TEXT, body=to_body(new.text)))
        if new.text_digest != old.text_digest:
            kept = keys.text_kept(new.id, new.text_digest)
            unit.put(Record(*kept, body=to_body(signed_part(new.text))))
        reset = (new.confirmed, new.verified) != (old.confirmed, old.verified)
        moved = tally_state(new) != tally_state(old) or new.text_digest != old.text_digest
        if reset or moved:
            condition = Record.verified >= old.verified
            if reset:
                condition = (Record.verified == old.verified) & (Record.confirmed == old.confirmed)
            actions = [Record.state.set(tally_state(new))]
            if new.text_digest:
                actions.append(Record.text_digest.set(new.text_digest))
                actions.append(Record.edition.set(new.edition))
            until = confirm_until(new, self._policy)
            if until:
                actions.append(Record.until.set(until.isoformat()))
            if reset:
                actions += [
                    Record.confirmed.set(new.confirmed),
                    Record.verified.set(new.verified),
                ]
            unit.update((pk, keys.TALLY), actions, condition)
        reading.add_event(unit, pk, event)
        if new.conveners != old.conveners:
            self._index_conveners(unit, old, new)

    def text(self, petition_id: str, digest: str) -> Text | None:
        """The signed part of a text that was once open for signatures, by its digest."""
        record = reading.get(keys.text_kept(petition_id, digest), fresh=False)
        return from_body(Text, record.body or {}) if record else None

    def texts(self, petition_id: str) -> dict[str, Text]:
        """All of them, by digest."""
        records = reading.query(keys.petition(petition_id), keys.TEXT_KEPT, fresh=False)
        return {r.sk.removeprefix(keys.TEXT_KEPT): from_body(Text, r.body or {}) for r in records}

    def in_state(self, state: str, limit: int = 500, after: str = "") -> Page:
        """Petitions in a state, newest first, as their listings."""
        return reading.listing(
            keys.petitions_in(state), limit=limit, after=after, newest_first=True
        )

    def convened_by(self, email: str) -> list[str]:
        """Ids of the petitions that an address convenes."""
        pk, prefix = keys.convenes(key_of(email), "")
        return [r.sk.removeprefix(prefix) for r in reading.query(pk, prefix)]

    def verified(self, petition_id: str) -> int:
        """The number of verified signatures, perhaps a moment old, at the least cost."""
        record = reading.get((keys.petition(petition_id), keys.TALLY), fresh=False)
        return int(record.verified) if record else 0

    def due(self, now: datetime, limit: int = 100) -> list[str]:
        """Ids of petitions whose window has passed."""
        found = Record.due_index.query(
            keys.DUE_PETITION, Record.due_at <= now.isoformat(), limit=limit
        )
        return [record.pk.removeprefix(keys.petition("")) for record in found]

    def put_off(self, unit: Writes, petition: Petition, due: datetime) -> None:
        """Lets a petition fall due later; nothing else of it changes."""
        unit.update(
            (keys.petition(petition.id), keys.STATE),
            [Record.due_at.set(due.isoformat())],
            Record.due.exists() & (Record.version == petition.version),
        )

    def since(self, petition_id: str, version: int) -> list[Event]:
        """What happened to a petition after a version of it, edits of its draft included."""
        record = reading.record(keys.petition(petition_id))
        return [event for event in record if event.sequence > version]

    def history(self, petition_id: str) -> dict[str, Any] | None:
        """What the last nightly count stored: `at`, `edition`, and `days`, which says how many
        signatures were confirmed on each day. None before the first such count.
        """
        record = reading.get((keys.petition(petition_id), keys.HISTORY), fresh=False)
        return record.body if record else None

    def save_history(self, unit: Writes, petition_id: str, history: dict[str, Any]) -> None:
        """Stores it in the place of what was there."""
        unit.put(Record(keys.petition(petition_id), keys.HISTORY, body=history))

    def _state(self, petition: Petition, due: datetime | None) -> Record:
        since = petition.submitted_at or petition.opened_at
        listing = {
            "id": petition.id,
            "name": petition.name,
            "kind": petition.kind,
            "charge": petition.text.charge[:LISTED_CHARGE],
            "conveners": [c.name for c in petition.acting],
            "since": since.isoformat() if since else petition.begun_on.isoformat(),
            "closes_at": petition.closes_at.isoformat() if petition.closes_at else "",
            "state": petition.state.value,
            "needed": rule_of(petition, self._policy).signatures,
            "noted": petition.threshold_at is not None,
        }
        record = Record(
            keys.petition(petition.id),
            keys.STATE,
            version=petition.version,
            body=to_body(petition, _APART),
        )
        # Drafts are their conveners' own, those given up too: they are listed nowhere.
        if petition.state != State.DRAFT and petition.opened_at:
            record.listing_pk = keys.petitions_in(petition.state)
            record.listing_sk = f"{listing['since']}#{petition.id}"
            if petition.anonymised_at:
                listing["anonymised"] = True
            record.listing = listing
        elif petition.state == State.DRAFT and petition.edition:
            # It has signatures, which somebody may ask for.
            record.listing_pk = keys.REWRITTEN
            record.listing_sk = petition.id
            record.listing = {"id": petition.id}
        if due:
            record.due = keys.DUE_PETITION
            record.due_at = due.isoformat()
        return record

    def _index_conveners(self, unit: Writes, old: Petition | None, new: Petition) -> None:
        before = {key_of(c.email) for c in old.conveners if c.email} if old else set()
        after = {key_of(c.email) for c in new.conveners if c.email}
        for address in sorted(after - before):
            unit.put(Record(*keys.convenes(address, new.id)))
        for address in sorted(before - after):
            unit.delete(keys.convenes(address, new.id))
