"""Signatures: one row for each, which is its own outbox and its own record."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.signing.signature import Signature, counts, waits_for_staff
from chalicelib.domain.signing.signature import State as SignatureState
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import NO_ITEM, begins_with, between, more_than, where
from chalicelib.storage.item import DUE, Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.reading import Page
from chalicelib.storage.transaction import Transaction

# What a person's own form carries of the petition, to be decided on without reading it again.
_SHOWN = (
    "id",
    "kind",
    "begun_on",
    "state",
    "text_digest",
    "edition",
    "closes_at",
    "threshold_at",
    "verified",
)


class SignatureStore(reading.TableStore):
    """The part of services.ports.Petitions that keeps signatures."""

    def signature(self, petition_id: str, key: str) -> Signature | None:
        """A person's signature, or None."""
        item = self._table.get(keys.signature(petition_id, key))
        return kinds.SIGNATURE.value(item) if item else None

    def signatures(self, petition_id: str) -> Iterator[Signature]:
        """Every signature of a petition, for staff and for packets; pages by itself."""
        for item in self._table.query(keys.petition(petition_id), begins_with(keys.SIGNATURE)):
            yield kinds.SIGNATURE.value(item)

    def signatures_page(
        self, petition_id: str, after: str, limit: int
    ) -> tuple[list[Signature], str]:
        """Up to `limit` signatures after a key, and the key where the next page begins."""
        start = keys.SIGNATURE + after
        condition = between(start + "!" if after else start, keys.SIGNATURE + "~")
        pk = keys.petition(petition_id)
        found = [
            kinds.SIGNATURE.value(item) for item in self._table.query(pk, condition, limit=limit)
        ]
        return found, found[-1].key if len(found) == limit else ""

    def signed_publicly(self, petition: Petition, limit: int, after: str = "") -> Page:
        """Those who signed the present text and agreed to be named, newest first."""
        partition = keys.signed(petition.id, petition.edition)
        return reading.listing(self._table, partition, limit=limit, after=after, newest_first=True)

    def at_mailbox(self, petition_id: str, mailbox: str) -> list[Signature]:
        """The signatures from one mailbox (by its key): seldom more than one."""
        _, prefix = keys.signature(petition_id, mailbox)
        return [
            kinds.SIGNATURE.value(item)
            for item in self._table.query(keys.petition(petition_id), begins_with(prefix))
        ]

    def doubtful(self, petition_id: str, after: str, limit: int) -> tuple[list[Signature], str]:
        """Signatures of a petition that wait for staff, those who waited longest first, and
        where the next page begins.
        """
        beyond = more_than(after) if after else None
        found = list(
            self._table.query_index(DUE, keys.doubtful(petition_id), beyond, limit=limit + 1)
        )
        rows = {item.key: item for item in self._table.get_many([i.key for i in found[:limit]])}
        # The index lags behind: what was decided a moment ago may stand in it still.
        here = [rows[item.key] for item in found[:limit] if item.key in rows]
        waiting = [s for s in map(kinds.SIGNATURE.value, here) if waits_for_staff(s)]
        return waiting, str(found[limit - 1].due_at) if len(found) > limit else ""

    def doubtful_count(self, petition_id: str, most: int) -> int:
        """About how many signatures of a petition wait for staff, counted up to `most`."""
        return sum(1 for _ in self._table.query_index(DUE, keys.doubtful(petition_id), limit=most))

    def seat_holder(self, petition_id: str, seat: str) -> str:
        """The key of a signature that counts for a roster entry under whose own key it is not
        stored; empty if there is none.
        """
        item = self._table.get(keys.seat(petition_id, seat))
        return str(item.state) if item else ""

    def take_seat(
        self, transaction: Transaction, petition_id: str, seat: str, key: str, left_by: str = ""
    ) -> None:
        """Counts a signature for a roster entry. Nobody else may count for it, but for one
        (`left_by`) that does not stand for the present text.
        """
        item = Item(*keys.seat(petition_id, seat), state=key)
        free = NO_ITEM
        transaction.put(item, (where.state == left_by) if left_by else free)

    def leave_seat(self, transaction: Transaction, petition_id: str, seat: str, key: str) -> None:
        """Counts a signature for a roster entry no more."""
        transaction.delete(keys.seat(petition_id, seat), where.state == key)

    def require_free_seat(self, transaction: Transaction, petition_id: str, seat: str) -> None:
        """Nobody may count for the entry when the command's writes are made."""
        transaction.check(keys.seat(petition_id, seat), NO_ITEM)

    def require_unsigned(self, transaction: Transaction, petition_id: str, key: str) -> None:
        """Nobody may have signed under a key when the command's writes are made."""
        transaction.check(keys.signature(petition_id, key), NO_ITEM)

    def shown(self, petition: Petition, signature: Signature) -> dict[str, Any]:
        """As plain JSON what a signatory's page showed: their own signature, and of the petition
        what confirming is decided on. Nobody else's data are in it.
        """
        core = to_body(petition)
        return {
            "petition": {name: core[name] for name in _SHOWN if name in core},
            "signature": to_body(signature),
        }

    def as_shown(self, shown: dict[str, Any]) -> tuple[Petition, Signature]:
        """The petition, without its text and conveners, and the signature that were shown."""
        petition = from_body(Petition, shown["petition"])
        return petition, from_body(Signature, shown["signature"])

    def save_signature(
        self,
        transaction: Transaction,
        petition: Petition,
        old: Signature | None,
        new: Signature,
        now: datetime,
    ) -> None:
        """Stores a signature and moves the petition's exact counts by what it changes.

        The counts move only while the petition is in the state, and on the text, that the
        command was decided on.
        """
        item = self._signature(new, now)
        if old is None:
            transaction.insert(item)
        else:
            # While a worker has the row's letter, the row stays: the letter would go out twice.
            same_letter = bool(new.letter) and new.letter == old.letter
            free = where.lease.missing | (where.lease < now.isoformat())
            transaction.replace(item, old.version, free if same_letter else None)
        was = counts(old, petition)
        becomes = counts(new, petition)
        if was == becomes:
            return
        condition = (
            (where.state == tally_state(petition))
            & (where.text_digest == petition.text_digest)
            & (where.edition == petition.edition)
        )
        confirmed = old is None or old.confirmed_at != new.confirmed_at
        if petition.state == State.COLLECTING and confirmed and sum(becomes) > sum(was):
            condition &= where.until >= now.isoformat()
        moved = {"confirmed": becomes[0] - was[0], "verified": becomes[1] - was[1]}
        add = {name: number for name, number in moved.items() if number}
        transaction.update((keys.petition(petition.id), keys.TALLY), {}, condition, add)

    def _signature(self, signature: Signature, now: datetime) -> Item:
        item = Item(
            *keys.signature(signature.petition_id, signature.key),
            version=signature.version,
            state=signature.state,
            body=kinds.SIGNATURE.body(signature),
        )
        counted = signature.state in {SignatureState.CONFIRMED, SignatureState.VERIFIED}
        if signature.named and counted and signature.confirmed_at:
            item.listing_pk = keys.signed(signature.petition_id, signature.edition)
            # What keeps two of the same moment apart is shown in the addresses of later pages of
            # the list: it must tell nothing of an email address.
            moment = f"{signature.created_at.isoformat()}{signature.version}{signature.key}"
            apart = hashlib.sha256(moment.encode()).hexdigest()[:6]
            item.listing_sk = f"{signature.confirmed_at.isoformat()}#{apart}"
            item.listing = {
                "name": signature.name,
                "institution": signature.institution,
                "state": signature.state.value,
            }
        if signature.letter:
            item.letter = signature.letter
            item.due = keys.DUE_OUTBOX
            item.due_at = now.isoformat()
        elif waits_for_staff(signature):
            item.due, item.due_at = doubt(signature)
        return item


def doubt(signature: Signature) -> tuple[str, str]:
    """Where in the due index a signature stands that waits for staff. What follows the moment
    keeps two of the same one apart, since a page of the queue ends between two of them.
    """
    since = signature.confirmed_at or signature.created_at
    return keys.doubtful(signature.petition_id), f"{since.isoformat()}#{signature.key}"


def tally_state(petition: Petition) -> str:
    """What the tally says of the petition's state: while signing is paused, none that counts."""
    return "paused" if petition.paused_at else petition.state.value
