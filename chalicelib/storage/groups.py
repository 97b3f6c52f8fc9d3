"""Chartered groups, their charges, renewals and yearly answers, and their record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from chalicelib.domain.groups.group import GOES_ON, Charge, CheckIn, Group, Renewal
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.record.events import Event
from chalicelib.domain.times import start_of_day
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_VERSIONED = frozenset({"version"})
# A list shows the beginning of a charge; the page shows all of it.
LISTED_CHARGE = 200


@dataclass(frozen=True)
class GroupRead:
    """A group with its record, every charge that it had, its closed renewals, and its yearly
    answers, the oldest first.
    """

    group: Group
    events: list[Event]
    charges: list[Charge]
    renewals: list[Renewal]
    check_ins: list[CheckIn]


class DynamoGroups:
    """Implements services.ports.Groups."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def get(self, slug: str) -> Group | None:
        """The group, or None."""
        record = reading.get((keys.group(slug), keys.STATE))
        return group_of(record) if record else None

    def read(self, slug: str) -> GroupRead | None:
        """The group with all that its page shows, by one Query."""
        records = list(reading.query(keys.group(slug), keys.PAGE))
        state = next((r for r in records if r.sk == keys.STATE), None)
        if state is None:
            return None

        def rows(kind: type[Any], prefix: str) -> list[Any]:
            return [from_body(kind, r.body) for r in records if r.sk.startswith(prefix)]

        return GroupRead(
            group=group_of(state),
            events=reading.events(records),
            charges=rows(Charge, keys.CHARGE),
            renewals=rows(Renewal, keys.RENEWAL),
            check_ins=rows(CheckIn, keys.CHECK_IN),
        )

    def listed(self) -> list[dict[str, Any]]:
        """Every group as its listing, by name."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = reading.listing(keys.GROUPS, limit=1000, after=after)
            found += page.rows
            after = page.next
            if not after:
                return found

    def led_by(self, email: str) -> list[str]:
        """Addresses of the groups that somebody convenes or is invited to."""
        pk, prefix = keys.leads(key_of(email), "")
        return [r.sk.removeprefix(prefix) for r in reading.query(pk, prefix)]

    def due(self, now: datetime, limit: int = 100) -> list[str]:
        """Addresses of groups for which something falls due."""
        found = Record.due_index.query(
            keys.DUE_GROUP, Record.due_at <= now.isoformat(), limit=limit
        )
        return [record.pk.removeprefix(keys.group("")) for record in found]

    def put_off(self, unit: Writes, group: Group, due: date | None) -> None:
        """Lets a group fall due on another day, or not at all; nothing else of it changes."""
        actions = (
            [Record.due.set(keys.DUE_GROUP), Record.due_at.set(self._moment(due))]
            if due
            else [Record.due.remove(), Record.due_at.remove()]
        )
        key = (keys.group(group.id), keys.STATE)
        unit.update(key, actions, Record.version == group.version)

    def add(self, unit: Writes, group: Group, event: Event, due: date | None = None) -> None:
        """Stores a new group; Stale when its slug is taken."""
        pk = keys.group(group.id)
        unit.insert(self._group(group, due))
        charge = Record(pk, keys.charge(group.charge.number), body=to_body(group.charge))
        unit.insert(charge)
        reading.add_event(unit, pk, event)
        self._index_conveners(unit, None, group)

    def save(
        self, unit: Writes, old: Group, new: Group, events: Sequence[Event], due: date | None
    ) -> None:
        """Stores a group as some steps left it, due for the job on a day if given, with the charge,
        the closed renewal or the yearly answer that came with them.
        """
        pk = keys.group(new.id)
        unit.replace(self._group(new, due), old.version)
        if new.charge.number != old.charge.number:
            unit.insert(Record(pk, keys.charge(new.charge.number), body=to_body(new.charge)))
        closed = new.last_renewal
        if closed and closed != old.last_renewal:
            unit.insert(Record(pk, keys.renewal(closed.number), body=to_body(closed)))
        if new.checked_in and new.check_ins != old.check_ins:
            unit.insert(Record(pk, keys.check_in(new.check_ins), body=to_body(new.checked_in)))
        for event in events:
            reading.add_event(unit, pk, event)
        if new.conveners != old.conveners:
            self._index_conveners(unit, old, new)

    def require(self, unit: Writes, group: Group) -> None:
        """Lets a command through only if the group has not changed since it was read."""
        unit.check((keys.group(group.id), keys.STATE), Record.version == group.version)

    def _index_conveners(self, unit: Writes, old: Group | None, new: Group) -> None:
        before = {key_of(c.email) for c in old.conveners if c.email} if old else set()
        after = {key_of(c.email) for c in new.conveners if c.email}
        for address in sorted(after - before):
            unit.put(Record(*keys.leads(address, new.id)))
        for address in sorted(before - after):
            unit.delete(keys.leads(address, new.id))

    def _moment(self, due: date) -> str:
        return start_of_day(due, self._zone).isoformat()

    def _group(self, group: Group, due: date | None = None) -> Record:
        record = Record(
            keys.group(group.id),
            keys.STATE,
            version=group.version,
            body=to_body(group, _VERSIONED),
            listing_pk=keys.GROUPS,
            listing_sk=f"{group.name.casefold()}#{group.id}",
            listing=_listing(group),
        )
        if due:
            record.due, record.due_at = keys.DUE_GROUP, self._moment(due)
        return record


def _listing(group: Group) -> dict[str, Any]:
    """What lists show of a group, days as ISO dates, empty where there is none."""
    renewal = group.renewal

    def iso(day: date | None) -> str:
        return day.isoformat() if day else ""

    return {
        "slug": group.id,
        "name": group.name,
        "kind": group.kind,
        "state": group.state.value,
        "charge": group.charge.text[:LISTED_CHARGE],
        "conveners": [c.name for c in group.acting],
        "ends_on": iso(group.charge.ends_on),
        "effective_on": iso(group.charge.effective_on),
        "charge_number": group.charge.number,
        "renewed": _renewed(group),
        "motion": group.motion_id,
        "since": group.since.isoformat() if group.since else "",
        "ended": group.ended_at.isoformat() if group.ended_at else "",
        "vacant_since": iso(group.vacant_since),
        "checked_in": iso(group.checked_in.year_ends) if group.checked_in else "",
        "liaison": group.liaison,
        "renewal": renewal.stage.value if renewal else "",
        "why": renewal.why.value if renewal else "",
        "lapses_on": iso(renewal.lapses_on) if renewal else "",
        "outcome": renewal.answer.outcome if renewal else "",
        "document": renewal.document_number if renewal else "",
        "meeting": renewal.meeting_id if renewal else "",
        "petition": renewal.petition_id if renewal else "",
    }


def _renewed(group: Group) -> str:
    """How the renewal ended that made the charge in force, as in `group.Outcome`; empty for a
    charge that came about otherwise.
    """
    last = group.last_renewal
    made = last and last.closed_on == group.charge.effective_on and last.result in GOES_ON
    return last.result if last and made else ""


def group_of(record: Record) -> Group:
    """The group that an item holds. Conveners of an earlier release get the ids that they lack."""
    found = from_body(Group, record.body, version=int(record.version))
    if all(c.id for c in found.conveners):
        return found
    conveners = tuple(replace(c, id=f"c{n}") for n, c in enumerate(found.conveners, 1))
    return replace(found, conveners=conveners, made_conveners=len(conveners))
