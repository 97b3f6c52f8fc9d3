"""Petitions, their record and their signatures."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.addresses import key_of
from chalicelib.domain.events import Event
from chalicelib.domain.petition import Petition, State, confirm_until, rule_of
from chalicelib.domain.petition_text import Text
from chalicelib.domain.policy import Policy
from chalicelib.domain.signature import Signature, counts
from chalicelib.domain.signature import State as SignatureState
from chalicelib.services.ports import Page
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

# A list shows the beginning of a charge; the page shows all of it.
LISTED_CHARGE = 200

# What is kept beside the state's body: the text and the tally have items of their own, so
# that a confirmation writes two small items whatever the petition's length.
_APART = frozenset({"text", "published", "confirmed", "verified", "text_digest", "version"})
_SIGNATURE_APART = frozenset({"letter", "version", "state", "petition_id", "key"})


class DynamoPetitions:
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
        state, tally, text = (by_key.get(sk) for sk in (keys.STATE, keys.TALLY, keys.TEXT))
        if state is None or tally is None or text is None:
            return None
        published = None
        if state.body["state"] == State.DRAFT and state.body.get("edition"):
            # A petition that is being rewritten: others go on seeing what they signed.
            kept = reading.get((keys.petition(petition_id), keys.PUBLISHED), fresh)
            published = from_body(Text, kept.body) if kept else None
        petition = from_body(
            Petition,
            state.body,
            published=published,
            version=int(state.version),
            text=from_body(Text, text.body or {}),
            text_digest=tally.text_digest or "",
            confirmed=int(tally.confirmed),
            verified=int(tally.verified),
        )
        return petition, reading.events(records)

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
        reset = (new.confirmed, new.verified) != (old.confirmed, old.verified)
        moved = new.state != old.state or new.text_digest != old.text_digest
        if reset or moved:
            condition = Record.verified >= old.verified
            if reset:
                condition = (Record.verified == old.verified) & (Record.confirmed == old.confirmed)
            actions = [Record.state.set(new.state)]
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

    def signature(self, petition_id: str, key: str) -> Signature | None:
        """A person's signature, or None."""
        record = reading.get(keys.signature(petition_id, key))
        return signature_of(record) if record else None

    def signatures(self, petition_id: str) -> Iterator[Signature]:
        """Every signature of a petition, for staff and for packets; pages by itself."""
        for record in reading.query(keys.petition(petition_id), keys.SIGNATURE):
            yield signature_of(record)

    def signatures_page(
        self, petition_id: str, after: str, limit: int
    ) -> tuple[list[Signature], str]:
        """Up to `limit` signatures after a key, and the key where the next page begins."""
        start = keys.SIGNATURE + after
        condition = Record.sk.between(start + "!" if after else start, keys.SIGNATURE + "~")
        pk = keys.petition(petition_id)
        found = [
            signature_of(r) for r in Record.query(pk, condition, consistent_read=True, limit=limit)
        ]
        return found, found[-1].key if len(found) == limit else ""

    def signed_publicly(self, petition: Petition, limit: int, after: str = "") -> Page:
        """Those who signed the present text and agreed to be named, newest first."""
        partition = keys.signed(petition.id, petition.edition)
        return reading.listing(partition, limit=limit, after=after, newest_first=True)

    def save_signature(
        self,
        unit: Writes,
        petition: Petition,
        old: Signature | None,
        new: Signature,
        now: datetime,
    ) -> None:
        """Stores a signature and moves the petition's exact counts by what it changes.

        The counts move only while the petition is in the state, and on the text, that the
        command was decided on.
        """
        record = self._signature(new, now)
        if old is None:
            unit.insert(record)
        else:
            unit.replace(record, old.version)
        was = counts(old, petition)
        becomes = counts(new, petition)
        if was == becomes:
            return
        condition = (
            (Record.state == petition.state)
            & (Record.text_digest == petition.text_digest)
            & (Record.edition == petition.edition)
        )
        if petition.state == State.COLLECTING and sum(becomes) > sum(was):
            condition &= Record.until >= now.isoformat()
        actions = []
        if becomes[0] != was[0]:
            actions.append(Record.confirmed.add(becomes[0] - was[0]))
        if becomes[1] != was[1]:
            actions.append(Record.verified.add(becomes[1] - was[1]))
        unit.update((keys.petition(petition.id), keys.TALLY), actions, condition)

    def _state(self, petition: Petition, due: datetime | None) -> Record:
        since = petition.submitted_at or petition.opened_at
        listing = {
            "id": petition.id,
            "name": petition.name,
            "kind": petition.kind,
            "charge": petition.text.charge[:LISTED_CHARGE],
            "conveners": [c.name for c in petition.conveners],
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
            record.listing = listing
        if due:
            record.due = keys.DUE_PETITION
            record.due_at = due.isoformat()
        return record

    def _signature(self, signature: Signature, now: datetime) -> Record:
        record = Record(
            *keys.signature(signature.petition_id, signature.key),
            version=signature.version,
            state=signature.state,
            body=to_body(signature, _SIGNATURE_APART),
        )
        counted = signature.state in {SignatureState.CONFIRMED, SignatureState.VERIFIED}
        if signature.named and counted and signature.confirmed_at:
            record.listing_pk = keys.signed(signature.petition_id, signature.edition)
            # What keeps two of the same moment apart is shown in the addresses of later pages of
            # the list: it must tell nothing of an e-mail address.
            moment = f"{signature.created_at.isoformat()}{signature.version}{signature.key}"
            apart = hashlib.sha256(moment.encode()).hexdigest()[:6]
            record.listing_sk = f"{signature.confirmed_at.isoformat()}#{apart}"
            record.listing = {
                "name": signature.name,
                "institution": signature.institution,
                "state": signature.state.value,
            }
        if signature.letter:
            record.letter = signature.letter
            record.due = keys.DUE_OUTBOX
            record.due_at = now.isoformat()
        return record

    def _index_conveners(self, unit: Writes, old: Petition | None, new: Petition) -> None:
        before = {key_of(c.email) for c in old.conveners} if old else set()
        after = {key_of(c.email) for c in new.conveners}
        for address in sorted(after - before):
            unit.put(Record(*keys.convenes(address, new.id)))
        for address in sorted(before - after):
            unit.delete(keys.convenes(address, new.id))


def signature_of(record: Record) -> Signature:
    """The signature that an item holds."""
    return from_body(
        Signature,
        record.body,
        petition_id=record.pk.removeprefix(keys.petition("")),
        key=record.sk.removeprefix(keys.SIGNATURE),
        letter=record.letter or "",
        version=int(record.version),
        state=SignatureState(record.state),
    )
