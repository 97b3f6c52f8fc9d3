"""Petitions, their record and their signatures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.petitions.petition import Petition, State, confirm_until, rule_of
from chalicelib.domain.petitions.text import Text, signed_part
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import begins_with, where
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.reading import Page
from chalicelib.storage.stores.signatures import SignatureStore, tally_state
from chalicelib.storage.table import Table
from chalicelib.storage.transaction import Transaction

# A list shows the beginning of a charge; the page shows all of it.
LISTED_CHARGE = 200


class PetitionStore(SignatureStore):
    """"""

    def __init__(self, table: Table, policy: Policy) -> None:
        self._table = table
        self._policy = policy

    def get(self, petition_id: str, fresh: bool = True) -> Petition | None:
        """The petition with its exact counts, or None."""
        found = self.read(petition_id, fresh)
        return found[0] if found else None

    def read(self, petition_id: str, fresh: bool) -> tuple[Petition, list[Event]] | None:
        """The petition and its record by one Query, whatever the number of signatures."""
        pk = keys.petition(petition_id)
        items = list(self._table.query(pk, begins_with(keys.PAGE), consistent=fresh))
        by_key = {item.sk: item for item in items}
        state = by_key.get(keys.STATE)
        if state and state.body["state"] == State.DRAFT and state.body.get("edition"):
            # A petition that is being rewritten: others go on seeing what they signed.
            kept = self._table.get((pk, keys.PUBLISHED), consistent=fresh)
            if kept:
                by_key[keys.PUBLISHED] = kept
        petition = self.from_items(by_key)
        if petition is None:
            return None
        return petition, reading.events(items)

    def from_items(self, by_key: Mapping[str, Item]) -> Petition | None:
        """The petition that some items hold, by their sort keys; None without all it takes."""
        state, tally, text = (by_key.get(sk) for sk in (keys.STATE, keys.TALLY, keys.TEXT))
        if state is None or tally is None or text is None:
            return None
        rewritten = state.body["state"] == State.DRAFT and state.body.get("edition")
        kept = by_key.get(keys.PUBLISHED) if rewritten else None
        return from_body(
            Petition,
            state.body,
            published=kinds.TEXT.value(kept) if kept else None,
            version=state.version or 0,
            text=kinds.TEXT.value(text),
            text_digest=tally.text_digest or "",
            confirmed=tally.confirmed or 0,
            verified=tally.verified or 0,
        )

    def add(self, transaction: Transaction, petition: Petition, event: Event) -> None:
        """Stores a new petition."""
        pk = keys.petition(petition.id)
        transaction.insert(self._state(petition, None))
        transaction.insert(Item(pk, keys.TEXT, body=to_body(petition.text)))
        transaction.insert(Item(pk, keys.TALLY, state=petition.state, confirmed=0, verified=0))
        reading.add_event(transaction, pk, event)
        self._index_conveners(transaction, None, petition)

    def save(
        self,
        transaction: Transaction,
        old: Petition,
        new: Petition,
        event: Event,
        due: datetime | None,
    ) -> None:
        """Stores a petition's next version, due for a job at `due` if given.

        The tally must hold at least the verified signatures that the command was decided
        on; a command that resets the counts requires them unchanged.
        """
        pk = keys.petition(new.id)
        reading.advance_state(transaction, self._state(new, due), new.version)
        if new.published and new.published != old.published:
            transaction.put(Item(pk, keys.PUBLISHED, body=to_body(new.published)))
        if new.text != old.text:
            transaction.put(Item(pk, keys.TEXT, body=to_body(new.text)))
        if new.text_digest != old.text_digest:
            kept = keys.text_kept(new.id, new.text_digest)
            transaction.put(Item(*kept, body=to_body(signed_part(new.text))))
        reset = (new.confirmed, new.verified) != (old.confirmed, old.verified)
        moved = tally_state(new) != tally_state(old) or new.text_digest != old.text_digest
        if reset or moved:
            condition = where.verified >= old.verified
            if reset:
                condition = (where.verified == old.verified) & (where.confirmed == old.confirmed)
            changes: dict[str, Any] = {"state": tally_state(new)}
            if new.text_digest:
                changes |= {"text_digest": new.text_digest, "edition": new.edition}
            until = confirm_until(new, self._policy)
            if until:
                changes["until"] = until.isoformat()
            if reset:
                changes |= {"confirmed": new.confirmed, "verified": new.verified}
            transaction.update((pk, keys.TALLY), changes, condition)
        reading.add_event(transaction, pk, event)
        if new.conveners != old.conveners:
            self._index_conveners(transaction, old, new)

    def text(self, petition_id: str, digest: str) -> Text | None:
        """The signed part of a text that was once open for signatures, by its digest."""
        item = self._table.get(keys.text_kept(petition_id, digest), consistent=False)
        return kinds.TEXT.value(item) if item else None

    def texts(self, petition_id: str) -> dict[str, Text]:
        """All of them, by digest."""
        items = self._table.query(
            keys.petition(petition_id), begins_with(keys.TEXT_KEPT), consistent=False
        )
        return {item.sk.removeprefix(keys.TEXT_KEPT): kinds.TEXT.value(item) for item in items}

    def in_state(self, state: str, limit: int = 500, after: str = "") -> Page:
        """Petitions in a state, newest first, as their listings."""
        return reading.listing(
            self._table, keys.petitions_in(state), limit=limit, after=after, newest_first=True
        )

    def convened_by(self, email: str) -> list[str]:
        """Ids of the petitions that an address convenes."""
        pk, prefix = keys.convenes(key_of(email), "")
        return [item.sk.removeprefix(prefix) for item in self._table.query(pk, begins_with(prefix))]

    def verified(self, petition_id: str) -> int:
        """The number of verified signatures, perhaps a moment old, at the least cost."""
        item = self._table.get((keys.petition(petition_id), keys.TALLY), consistent=False)
        return item.verified or 0 if item else 0

    def due(self, now: datetime, limit: int = 100) -> list[str]:
        """Ids of petitions whose window has passed."""
        return reading.due_ids(self._table, keys.DUE_PETITION, keys.petition(""), now, limit)

    def put_off(self, transaction: Transaction, petition: Petition, due: datetime) -> None:
        """Lets a petition fall due later; nothing else of it changes."""
        transaction.update(
            (keys.petition(petition.id), keys.STATE),
            {"due_at": due.isoformat()},
            where.due.exists & (where.version == petition.version),
        )

    def since(self, petition_id: str, version: int) -> list[Event]:
        """What happened to a petition after a version of it, edits of its draft included."""
        item = reading.record(self._table, keys.petition(petition_id))
        return [event for event in item if event.sequence > version]

    def history(self, petition_id: str) -> dict[str, Any] | None:
        """What the last nightly count stored: `at`, `edition`, and `days`, which says how many
        signatures were confirmed on each day. None before the first such count.
        """
        item = self._table.get((keys.petition(petition_id), keys.HISTORY), consistent=False)
        return item.body if item else None

    def save_history(
        self, transaction: Transaction, petition_id: str, history: dict[str, Any]
    ) -> None:
        """Stores it in the place of what was there."""
        transaction.put(Item(keys.petition(petition_id), keys.HISTORY, body=history))

    def _state(self, petition: Petition, due: datetime | None) -> Item:
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
        item = Item(
            keys.petition(petition.id),
            keys.STATE,
            version=petition.version,
            body=kinds.PETITION.body(petition),
        )
        # Drafts are their conveners' own, those given up too: they are listed nowhere.
        if petition.state != State.DRAFT and petition.opened_at:
            item.listing_pk = keys.petitions_in(petition.state)
            item.listing_sk = f"{listing['since']}#{petition.id}"
            if petition.anonymised_at:
                listing["anonymised"] = True
            item.listing = listing
        elif petition.state == State.DRAFT and petition.edition:
            # It has signatures, which somebody may ask for.
            item.listing_pk = keys.REWRITTEN
            item.listing_sk = petition.id
            item.listing = {"id": petition.id}
        if due:
            item.due = keys.DUE_PETITION
            item.due_at = due.isoformat()
        return item

    def _index_conveners(
        self, transaction: Transaction, old: Petition | None, new: Petition
    ) -> None:
        before = {key_of(c.email) for c in old.conveners if c.email} if old else set()
        after = {key_of(c.email) for c in new.conveners if c.email}
        for address in sorted(after - before):
            transaction.put(Item(*keys.convenes(address, new.id)))
        for address in sorted(before - after):
            transaction.delete(keys.convenes(address, new.id))
