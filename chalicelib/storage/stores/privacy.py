"""What privacy and the nightly count need of the table: signatures by address, anonymous rows,
requests to erase, drifts, and the deletion of what was kept long enough.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people.addresses import canonical, key_of
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.privacy.privacy import Request
from chalicelib.domain.roster.roster import Entry, Roster
from chalicelib.domain.signing.recount import Recount
from chalicelib.domain.signing.signature import Signature
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import ITEM_EXISTS, at_most, begins_with, less_than, where
from chalicelib.storage.item import DUE, LISTINGS, Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.stores.signatures import doubt
from chalicelib.storage.table import ConditionFailedError, Delete, Update
from chalicelib.storage.transaction import Transaction

# A roster version whose entries were deleted.
_EMPTIED = "emptied"


@dataclass(frozen=True)
class DriftRow:
    """A petition whose kept count differs from its signatures; each count is how many are
    confirmed and how many verified.
    """

    petition_id: str
    name: str
    counted: tuple[int, ...]
    kept: tuple[int, ...]


class PrivacyStore(reading.TableStore):
    """"""

    def petition_ids(self, states: Iterable[str], anonymised: bool = True) -> Iterator[str]:
        """Ids of the petitions in some states; without those that were anonymised if so asked."""
        for state in states:
            for row in reading.rows(self._table, keys.petitions_in(state)):
                if anonymised or not row.get("anonymised"):
                    yield str(row["id"])

    def rewritten(self) -> Iterator[str]:
        """Ids of the petitions that their conveners rewrite now: no list shows these."""
        for row in reading.rows(self._table, keys.REWRITTEN):
            yield str(row["id"])

    def anonymise(self, transaction: Transaction, old: Signature, new: Signature) -> None:
        """Puts a row that names nobody in the place of a signature, in the same state, so that
        no count moves; under another key, since a signature's key is a digest of its address.
        """
        gone = keys.signature(old.petition_id, old.key)
        transaction.delete(gone, where.version == old.version)
        transaction.insert(
            Item(
                *keys.signature(new.petition_id, new.key),
                version=new.version,
                state=new.state,
                body=kinds.SIGNATURE.body(new),
            )
        )

    def begin_anonymising(self, transaction: Transaction, petition_id: str) -> None:
        """Notes that a petition's signatures are being anonymised, until the last one is."""
        transaction.put(
            Item(
                keys.petition(petition_id),
                keys.ANONYMISING,
                listing_pk=keys.BEING_ANONYMISED,
                listing_sk=petition_id,
                listing={"id": petition_id},
            )
        )

    def being_anonymised(self) -> list[str]:
        """Ids of the petitions of which that was begun and not finished."""
        return [str(row["id"]) for row in reading.rows(self._table, keys.BEING_ANONYMISED)]

    def end_anonymising(self, petition_id: str) -> None:
        """Notes that the last signature of a petition is anonymised."""
        self._table.write(Delete((keys.petition(petition_id), keys.ANONYMISING)))

    # Requests to erase.

    def request(self, person_id: str) -> Request | None:
        """A person's last request, or None."""
        item = self._table.get(keys.erasure(person_id))
        return kinds.ERASURE.value(item) if item else None

    def save_request(self, transaction: Transaction, request: Request, keep_days: int) -> None:
        """Stores a request's next version; an answered one deletes itself after so many days."""
        item = Item(
            *keys.erasure(request.person_id),
            version=request.version,
            state=request.state,
            body=kinds.ERASURE.body(request),
        )
        if request.waiting:
            item.listing_pk = keys.ERASURES
            item.listing_sk = f"{request.asked_at.isoformat()}#{request.person_id}"
            item.listing = {"person": request.person_id}
        elif request.decided_at:
            over = request.decided_at + timedelta(days=keep_days)
            item.ttl = int(over.timestamp())
        transaction.succeed(item, request.version - 1)

    def requests(self) -> list[Request]:
        """The requests that wait, the oldest first."""
        found = [self.request(row["person"]) for row in reading.rows(self._table, keys.ERASURES)]
        return [request for request in found if request and request.waiting]

    def forget_address(self, transaction: Transaction, email: str) -> None:
        """Removes that an address belongs to a person."""
        transaction.delete(keys.email(key_of(email)), ITEM_EXISTS)

    def rivals(self, petition_id: str, key: str) -> list[Signature]:
        """The signatures of a petition that say that the one under a key counts in their place."""
        items = self._table.query(keys.petition(petition_id), begins_with(keys.SIGNATURE))
        return [one for one in map(kinds.SIGNATURE.value, items) if one.rival == key]

    def letters_to(self, email: str, limit: int | None = 1000) -> list[Letter]:
        """Letters to an address that were not sent yet, or were given up, among the first
        `limit` of either; among all of them without one.
        """
        return [kinds.LETTER.value(item) for item in self._letters_to(email, limit)]

    def delete_letters_to(self, email: str, but: str) -> int:
        """Deletes letters to an address that were not sent yet, or were given up, whenever they
        fall due; not those of the kind `but`. How many.
        """
        found = [
            item for item in self._letters_to(email, None) if kinds.LETTER.value(item).kind != but
        ]
        for item in found:
            self._table.write(Delete(item.key))
        return len(found)

    def _letters_to(self, email: str, limit: int | None) -> Iterator[Item]:
        """The items of letters to an address that were not sent yet, or were given up."""
        wanted = canonical(email)
        for partition in (keys.DUE_OUTBOX, keys.DUE_STUCK):
            due = self._table.query_index(DUE, partition, limit=limit)
            letters = sorted({item.key for item in due if item.sk == "LETTER"})
            for item in self._table.get_many(letters):
                if canonical(item.body["to"]) == wanted:
                    yield item

    # The nightly count.

    def signatures_and_queues(self, petition_id: str) -> Iterator[tuple[Signature, bool]]:
        """Every signature of a petition, each with whether a queue has it: of letters, or of what
        waits for staff.
        """
        for item in self._table.query(keys.petition(petition_id), begins_with(keys.SIGNATURE)):
            yield kinds.SIGNATURE.value(item), item.due is not None

    def queue(self, signature: Signature) -> bool:
        """Puts a signature that no queue has into that of staff, unless it changed meanwhile;
        whether that was done. Its version stays.
        """
        due, due_at = doubt(signature)
        key = keys.signature(signature.petition_id, signature.key)
        unchanged = (where.version == signature.version) & where.due.missing
        try:
            self._table.write(Update(key, {"due": due, "due_at": due_at}, {}, unchanged))
        except ConditionFailedError:
            return False
        return True

    def recounted(self, petition_id: str) -> Recount | None:
        """What the last count of a petition found, or None before the first."""
        item = self._table.get((keys.petition(petition_id), keys.RECOUNT))
        return kinds.RECOUNT.value(item) if item else None

    def save_recount(self, transaction: Transaction, petition: Petition, found: Recount) -> None:
        """Stores what a count found. A difference is listed until it is put right."""
        item = Item(keys.petition(petition.id), keys.RECOUNT, body=to_body(found))
        if found.drift:
            item.listing_pk = keys.DRIFTS
            item.listing_sk = petition.id
            item.listing = {
                "id": petition.id,
                "name": petition.name,
                "counted": [found.counted.confirmed, found.counted.verified],
                "kept": [found.kept.confirmed, found.kept.verified],
            }
        transaction.put(item)

    def drifts(self) -> list[DriftRow]:
        """The petitions whose count differs from their signatures."""
        return [
            DriftRow(row["id"], row["name"], tuple(row["counted"]), tuple(row["kept"]))
            for row in reading.rows(self._table, keys.DRIFTS)
        ]

    def place(self, job: str) -> str:
        """Where a nightly job stopped; empty to begin at the beginning."""
        item = self._table.get(keys.nightly(job))
        return str(item.body["after"]) if item else ""

    def keep_place(self, transaction: Transaction, job: str, after: str) -> None:
        """Notes where a nightly job stopped."""
        transaction.put(Item(*keys.nightly(job), body={"after": after}))

    # What was kept long enough.

    def empty_roster(self, version: int, most: int) -> tuple[int, bool]:
        """Deletes up to about `most` items of a roster version's entries; how many, and whether
        that was all. The version's date, size and digest stay.
        """
        entries = list(islice(self._entries(version), most))
        gone = [key for item in entries for key in _items_of(version, item)]
        self._table.write_many(deletes=gone)
        if len(entries) == most:
            return len(gone), False
        head = self._table.get(keys.roster(version))
        if head is not None:
            self._table.write(Update(keys.roster(version), {"state": _EMPTIED}, {}))
        return len(gone), True

    def _entries(self, version: int) -> Iterator[Item]:
        pk, head = keys.roster(version)
        for item in self._table.query(pk):
            if item.sk != head:
                yield item

    def superseded(self, current: Roster) -> Iterator[tuple[int, datetime]]:
        """Roster versions that a newer one has replaced and that still hold entries, the newest
        first, each with when that was. Older ones than the first empty one are empty too.
        """
        newer = current
        for version in range(current.version - 1, 0, -1):
            item = self._table.get(keys.roster(version))
            if item is None:
                continue
            if item.state == _EMPTIED:
                return
            if newer.imported_at:
                yield version, newer.imported_at
            newer = kinds.ROSTER.value(item)

    def delete_bulks(self, before: datetime, most: int) -> int:
        """Deletes bulk actions that were begun before then, with the lists of what they hit."""
        old = self._table.query_index(
            LISTINGS, keys.BULKS, less_than(before.isoformat()), limit=most
        )
        deleted = 0
        for row in list(old):
            self._table.write_many(deletes=[item.key for item in self._table.query(row.pk)])
            deleted += 1
        return deleted

    def delete_blocks(self, before: datetime) -> int:
        """Deletes blocks and allowances that were lifted, or ran out, before then."""
        deleted = 0
        for item in list(self._table.query(keys.BLOCKS)):
            entry = kinds.BLOCK.value(item)
            lifted = entry.lifted_at is not None and entry.lifted_at < before
            if lifted or (entry.until is not None and entry.until < before.date()):
                self._table.write(Delete(item.key))
                deleted += 1
        return deleted

    def delete_stuck(self, before: datetime, most: int) -> int:
        """Deletes up to `most` letters that were given up before then."""
        given_up = self._table.query_index(DUE, keys.DUE_STUCK, at_most(before.isoformat()))
        # What else was given up stays, and must not use the number up.
        found = list(islice((due for due in given_up if due.sk == "LETTER"), most))
        for due in found:
            self._table.write(Delete(due.key))
        return len(found)


def _items_of(version: int, item: Item) -> Iterator[keys.Key]:
    """The item itself, and for those who share an address what finds them by name."""
    yield item.pk, item.sk
    for row in (item.body or {}).get("entries", []):
        entry = from_body(Entry, row)
        for word in entry.names:
            yield keys.roster_name(version, word, entry.seat)
