"""What privacy and the nightly count need of the table: signatures by address, anonymous rows,
requests to erase, drifts, and the deletion of what was kept long enough.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pynamodb.exceptions import UpdateError

from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people.addresses import canonical, key_of
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.privacy.privacy import Request
from chalicelib.domain.roster.roster import Entry, Roster
from chalicelib.domain.signing.abuse import Entry as Block
from chalicelib.domain.signing.recount import Recount
from chalicelib.domain.signing.signature import Signature
from chalicelib.services.ports import DriftRow
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.signatures import doubt, signature_of
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes, code_of

_APART = frozenset({"letter", "version", "state", "petition_id", "key"})
_VERSIONED = frozenset({"version"})
# A roster version whose entries were deleted.
_EMPTIED = "emptied"


class DynamoPrivacy:
    """Implements services.ports.Privacy."""

    def petition_ids(self, states: Iterable[str], anonymised: bool = True) -> Iterator[str]:
        """Ids of the petitions in some states; without those that were anonymised if so asked."""
        for state in states:
            for row in _rows(keys.petitions_in(state)):
                if anonymised or not row.get("anonymised"):
                    yield str(row["id"])

    def rewritten(self) -> Iterator[str]:
        """Ids of the petitions that their conveners rewrite now: no list shows these."""
        for row in _rows(keys.REWRITTEN):
            yield str(row["id"])

    def anonymise(self, unit: Writes, old: Signature, new: Signature) -> None:
        """Puts a row that names nobody in the place of a signature, in the same state, so that
        no count moves; under another key, since a signature's key is a digest of its address.
        """
        gone = keys.signature(old.petition_id, old.key)
        unit.delete(gone, Record.version == old.version)
        unit.insert(
            Record(
                *keys.signature(new.petition_id, new.key),
                version=new.version,
                state=new.state,
                body=to_body(new, _APART),
            )
        )

    def begin_anonymising(self, unit: Writes, petition_id: str) -> None:
        """Notes that a petition's signatures are being anonymised, until the last one is."""
        unit.put(
            Record(
                keys.petition(petition_id),
                keys.ANONYMISING,
                listing_pk=keys.BEING_ANONYMISED,
                listing_sk=petition_id,
                listing={"id": petition_id},
            )
        )

    def being_anonymised(self) -> list[str]:
        """Ids of the petitions of which that was begun and not finished."""
        return [str(row["id"]) for row in _rows(keys.BEING_ANONYMISED)]

    def end_anonymising(self, petition_id: str) -> None:
        """Notes that the last signature of a petition is anonymised."""
        Record(keys.petition(petition_id), keys.ANONYMISING).delete()

    # Requests to erase.

    def request(self, person_id: str) -> Request | None:
        """A person's last request, or None."""
        record = reading.get(keys.erasure(person_id))
        return from_body(Request, record.body, version=int(record.version)) if record else None

    def save_request(self, unit: Writes, request: Request, keep_days: int) -> None:
        """Stores a request's next version; an answered one deletes itself after so many days."""
        record = Record(
            *keys.erasure(request.person_id),
            version=request.version,
            state=request.state,
            body=to_body(request, _VERSIONED),
        )
        if request.waiting:
            record.listing_pk = keys.ERASURES
            record.listing_sk = f"{request.asked_at.isoformat()}#{request.person_id}"
            record.listing = {"person": request.person_id}
        elif request.decided_at:
            over = request.decided_at + timedelta(days=keep_days)
            record.ttl = int(over.timestamp())
        if request.version == 1:
            unit.insert(record)
        else:
            unit.replace(record, request.version - 1)

    def requests(self) -> list[Request]:
        """The requests that wait, the oldest first."""
        found = [self.request(row["person"]) for row in _rows(keys.ERASURES)]
        return [request for request in found if request and request.waiting]

    def forget_address(self, unit: Writes, email: str) -> None:
        """Removes that an address belongs to a person."""
        unit.delete(keys.email(key_of(email)), Record.pk.exists())

    def rivals(self, petition_id: str, key: str) -> list[Signature]:
        """The signatures of a petition that say that the one under a key counts in their place."""
        found = Record.query(
            keys.petition(petition_id),
            Record.sk.startswith(keys.SIGNATURE),
            Record.body.contains(key),
            consistent_read=True,
        )
        return [one for one in map(signature_of, found) if one.rival == key]

    def letters_to(self, email: str, limit: int | None = 1000) -> list[Letter]:
        """Letters to an address that were not sent yet, or were given up, among the first
        `limit` of either; among all of them without one.
        """
        return [from_body(Letter, record.body) for record in _letters_to(email, limit)]

    def delete_letters_to(self, email: str, but: str) -> int:
        """Deletes letters to an address that were not sent yet, or were given up, whenever they
        fall due; not those of the kind `but`. How many.
        """
        found = [r for r in _letters_to(email, None) if from_body(Letter, r.body).kind != but]
        for record in found:
            Record(record.pk, record.sk).delete()
        return len(found)

    # The nightly count.

    def signatures_and_queues(self, petition_id: str) -> Iterator[tuple[Signature, bool]]:
        """Every signature of a petition, each with whether a queue has it: of letters, or of what
        waits for staff.
        """
        for record in reading.query(keys.petition(petition_id), keys.SIGNATURE):
            yield signature_of(record), record.due is not None

    def queue(self, signature: Signature) -> bool:
        """Puts a signature that no queue has into that of staff, unless it changed meanwhile;
        whether that was done. Its version stays.
        """
        due, due_at = doubt(signature)
        record = Record(*keys.signature(signature.petition_id, signature.key))
        try:
            record.update(
                actions=[Record.due.set(due), Record.due_at.set(due_at)],
                condition=(Record.version == signature.version) & Record.due.does_not_exist(),
            )
        except UpdateError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def recounted(self, petition_id: str) -> Recount | None:
        """What the last count of a petition found, or None before the first."""
        record = reading.get((keys.petition(petition_id), keys.RECOUNT))
        return from_body(Recount, record.body) if record else None

    def save_recount(self, unit: Writes, petition: Petition, found: Recount) -> None:
        """Stores what a count found. A difference is listed until it is put right."""
        record = Record(keys.petition(petition.id), keys.RECOUNT, body=to_body(found))
        if found.drift:
            record.listing_pk = keys.DRIFTS
            record.listing_sk = petition.id
            record.listing = {
                "id": petition.id,
                "name": petition.name,
                "counted": [found.counted.confirmed, found.counted.verified],
                "kept": [found.kept.confirmed, found.kept.verified],
            }
        unit.put(record)

    def drifts(self) -> list[DriftRow]:
        """The petitions whose count differs from their signatures."""
        return [
            DriftRow(row["id"], row["name"], tuple(row["counted"]), tuple(row["kept"]))
            for row in _rows(keys.DRIFTS)
        ]

    def place(self, job: str) -> str:
        """Where a nightly job stopped; empty to begin at the beginning."""
        record = reading.get(keys.nightly(job))
        return str(record.body["after"]) if record else ""

    def keep_place(self, unit: Writes, job: str, after: str) -> None:
        """Notes where a nightly job stopped."""
        unit.put(Record(*keys.nightly(job), body={"after": after}))

    # What was kept long enough.

    def empty_roster(self, version: int, most: int) -> tuple[int, bool]:
        """Deletes up to about `most` items of a roster version's entries; how many, and whether
        that was all. The version's date, size and digest stay.
        """
        found = list(islice(self._entries(version), most))
        deleted = 0
        with Record.batch_write() as batch:
            for record in found:
                for key in _items_of(version, record):
                    batch.delete(Record(*key))
                    deleted += 1
        if len(found) == most:
            return deleted, False
        head = reading.get(keys.roster(version))
        if head is not None:
            Record(*keys.roster(version)).update(actions=[Record.state.set(_EMPTIED)])
        return deleted, True

    def _entries(self, version: int) -> Iterator[Record]:
        pk, head = keys.roster(version)
        for record in Record.query(pk, consistent_read=True):
            if record.sk != head:
                yield record

    def superseded(self, current: Roster) -> Iterator[tuple[int, datetime]]:
        """Roster versions that a newer one has replaced and that still hold entries, the newest
        first, each with when that was. Older ones than the first empty one are empty too.
        """
        newer = current
        for version in range(current.version - 1, 0, -1):
            record = reading.get(keys.roster(version))
            if record is None:
                continue
            if record.state == _EMPTIED:
                return
            if newer.imported_at:
                yield version, newer.imported_at
            newer = from_body(Roster, record.body)

    def delete_bulks(self, before: datetime, most: int) -> int:
        """Deletes bulk actions that were begun before then, with the lists of what they hit."""
        old = Record.listings.query(keys.BULKS, Record.listing_sk < before.isoformat(), limit=most)
        deleted = 0
        for row in list(old):
            with Record.batch_write() as batch:
                for record in Record.query(row.pk, consistent_read=True):
                    batch.delete(Record(record.pk, record.sk))
            deleted += 1
        return deleted

    def delete_blocks(self, before: datetime) -> int:
        """Deletes blocks and allowances that were lifted, or ran out, before then."""
        deleted = 0
        for record in list(Record.query(keys.BLOCKS, consistent_read=True)):
            entry = from_body(Block, record.body)
            lifted = entry.lifted_at is not None and entry.lifted_at < before
            if lifted or (entry.until is not None and entry.until < before.date()):
                Record(record.pk, record.sk).delete()
                deleted += 1
        return deleted

    def delete_stuck(self, before: datetime, most: int) -> int:
        """Deletes up to `most` letters that were given up before then."""
        given_up = Record.due_index.query(keys.DUE_STUCK, Record.due_at <= before.isoformat())
        # What else was given up stays, and must not use the number up.
        found = list(islice((due for due in given_up if due.sk == "LETTER"), most))
        for due in found:
            Record(due.pk, due.sk).delete()
        return len(found)


def _rows(partition: str) -> Iterator[dict[str, Any]]:
    """Every row of a list, page by page."""
    after = ""
    while True:
        page = reading.listing(partition, limit=500, after=after)
        yield from page.rows
        after = page.next
        if not after:
            return


def _letters_to(email: str, limit: int | None) -> Iterator[Record]:
    """The items of letters to an address that were not sent yet, or were given up."""
    wanted = canonical(email)
    for kind in (keys.DUE_OUTBOX, keys.DUE_STUCK):
        due = Record.due_index.query(kind, limit=limit)
        found = {(row.pk, row.sk) for row in due if row.sk == "LETTER"}
        for record in Record.batch_get(sorted(found), consistent_read=True):
            if canonical(record.body["to"]) == wanted:
                yield record


def _items_of(version: int, record: Record) -> Iterator[keys.Key]:
    """The item itself, and for those who share an address what finds them by name."""
    yield record.pk, record.sk
    for row in (record.body or {}).get("entries", []):
        entry = from_body(Entry, row)
        for word in entry.names:
            yield keys.roster_name(version, word, entry.seat)
