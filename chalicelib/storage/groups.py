"""Chartered groups, their charges and their record."""

from typing import Any

from chalicelib.domain.events import Event
from chalicelib.domain.group import Group
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_VERSIONED = frozenset({"version"})


class DynamoGroups:
    """Implements services.ports.Groups."""

    def get(self, slug: str) -> Group | None:
        """The group, or None."""
        record = reading.get((keys.group(slug), keys.STATE))
        return from_body(Group, record.body, version=int(record.version)) if record else None

    def read(self, slug: str) -> tuple[Group, list[Event]] | None:
        """The group and its record, by one Query."""
        records = list(reading.query(keys.group(slug), keys.PAGE))
        state = next((r for r in records if r.sk == keys.STATE), None)
        if state is None:
            return None
        group = from_body(Group, state.body, version=int(state.version))
        return group, reading.events(records)

    def listed(self) -> list[dict[str, Any]]:
        """Every group as its listing, by name."""
        return reading.listing(keys.GROUPS, limit=1000).rows

    def add(self, unit: Writes, group: Group, event: Event) -> None:
        """Stores a new group; Stale when its slug is taken."""
        pk = keys.group(group.id)
        unit.insert(self._group(group))
        charge = Record(pk, f"{keys.CHARGE}{group.charge.number:04d}", body=to_body(group.charge))
        unit.insert(charge)
        reading.add_event(unit, pk, event)

    def _group(self, group: Group) -> Record:
        ends = group.charge.ends_on
        return Record(
            keys.group(group.id),
            keys.STATE,
            version=group.version,
            body=to_body(group, _VERSIONED),
            listing_pk=keys.GROUPS,
            listing_sk=f"{group.name.casefold()}#{group.id}",
            listing={
                "slug": group.id,
                "name": group.name,
                "kind": group.kind,
                "state": group.state.value,
                "charge": group.charge.text,
                "conveners": [c.name for c in group.conveners],
                "ends_on": ends.isoformat() if ends else "",
                "motion": group.motion_id,
                "since": group.since.isoformat() if group.since else "",
            },
        )
