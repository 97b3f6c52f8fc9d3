"""Bulk actions on signatures: one item for each, which is its own job, and what it is to hit."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.domain.signing.bulk import Bulk, Stage
from chalicelib.services.ports import Page
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.migrations import SCHEMA
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

# So many keys take some 20 KB; a transaction bears a hundred such items.
IN_ONE_PART = 400


class DynamoBulks:
    """Implements services.ports.Bulks."""

    def get(self, bulk_id: str) -> Bulk | None:
        """A bulk action as far as it is, or None."""
        record = reading.get(keys.bulk(bulk_id))
        return from_body(Bulk, record.body) if record else None

    def listed(self, limit: int = 20, after: str = "") -> Page:
        """Past bulk actions, the latest first."""
        return reading.listing(keys.BULKS, limit=limit, after=after, newest_first=True)

    def add(self, unit: Writes, bulk: Bulk, targets: Sequence[str]) -> None:
        """Puts an action in line, with the signatures (`petition/key`) that it is to hit."""
        unit.insert(_due(_record(bulk), bulk.at))
        for number, start in enumerate(range(0, len(targets), IN_ONE_PART)):
            part = _parted(targets[start : start + IN_ONE_PART])
            unit.insert(Record(*keys.bulk_part(bulk.id, number), body=part))

    def begin_undoing(self, unit: Writes, bulk: Bulk, now: datetime) -> None:
        """Puts taking it back in line; of two who ask at once, the second is Stale."""
        unit.replace(_due(_record(bulk), now), bulk.revision - 1)

    def targets(self, bulk_id: str) -> Iterator[str]:
        """The signatures that the action was to hit, in the order of the preview."""
        pk, prefix = keys.bulk_part(bulk_id, None)
        for record in reading.query(pk, prefix):
            for petition_id, found in record.body:
                yield from (f"{petition_id}/{key}" for key in found)

    def keep(self, claimed: Any, bulk: Bulk, now: datetime, seconds: int) -> Any:
        """Notes how far a job is, and keeps it for this worker for some seconds more. Returns the
        claim as it is then, or None when another worker has taken the job over.
        """
        lease = (now + timedelta(seconds=seconds)).isoformat()
        actions: list[Action] = [Record.body.set(to_body(bulk)), Record.schema.set(SCHEMA)]
        if bulk.stage in {Stage.DONE, Stage.UNDONE}:
            actions += [Record.listing.set(_listing(bulk)), Record.due.remove()]
            actions += [Record.due_at.remove(), Record.lease.remove(), Record.attempts.remove()]
        else:
            actions += [Record.lease.set(lease), Record.due_at.set(lease)]
        with suppress(UpdateError):
            Record(claimed.pk, claimed.sk).update(
                actions=actions, condition=Record.lease == claimed.lease
            )
            return replace(claimed, lease=lease)
        return None


def _record(bulk: Bulk) -> Record:
    return Record(
        *keys.bulk(bulk.id),
        version=bulk.revision,
        body=to_body(bulk),
        listing_pk=keys.BULKS,
        listing_sk=f"{bulk.at.isoformat()}#{bulk.id}",
        listing=_listing(bulk),
    )


def _listing(bulk: Bulk) -> dict[str, Any]:
    return {
        "id": bulk.id,
        "action": bulk.action.value,
        "pattern": to_body(bulk.pattern),
        "by": bulk.by,
        "at": bulk.at.isoformat(),
        "stage": bulk.stage.value,
        "hit": bulk.hit,
        "done": bulk.done,
    }


def _due(record: Record, now: datetime) -> Record:
    record.due = keys.DUE_OUTBOX
    record.due_at = now.isoformat()
    return record


def _parted(targets: Sequence[str]) -> list[list[Any]]:
    """The targets as [petition, [key, …]] in their order, so that a petition is written once."""
    part: list[list[Any]] = []
    for target in targets:
        petition_id, _, key = target.partition("/")
        if not part or part[-1][0] != petition_id:
            part.append([petition_id, []])
        part[-1][1].append(key)
    return part
