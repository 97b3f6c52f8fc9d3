"""Chartered groups, their charges, renewals and yearly answers, and their record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.domain.groups.group import GOES_ON, Charge, CheckIn, Group, Renewal
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.record.events import Event
from chalicelib.domain.times import start_of_day
from chalicelib.storage import keys, kinds, reading
from chalicelib.storage.conditions import begins_with, where
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.table import Table
from chalicelib.storage.transaction import Transaction

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


class GroupStore:
    """"""

    def __init__(self, table: Table, zone: str) -> None:
        self._table = table
        self._zone = zone

    def get(self, slug: str) -> Group | None:
        """The group, or None."""
        item = self._table.get((keys.group(slug), keys.STATE))
        return kinds.GROUP.value(item) if item else None

    def read(self, slug: str) -> GroupRead | None:
        """The group with all that its page shows, by one Query."""
        items = list(self._table.query(keys.group(slug), begins_with(keys.PAGE)))
        state = reading.state_of(items)
        if state is None:
            return None

        def rows(kind: type[Any], prefix: str) -> list[Any]:
            return [from_body(kind, item.body) for item in items if item.sk.startswith(prefix)]

        return GroupRead(
            group=kinds.GROUP.value(state),
            events=reading.events(items),
            charges=rows(Charge, keys.CHARGE),
            renewals=rows(Renewal, keys.RENEWAL),
            check_ins=rows(CheckIn, keys.CHECK_IN),
        )

    def listed(self) -> list[dict[str, Any]]:
        """Every group as its listing, by name."""
        return list(reading.rows(self._table, keys.GROUPS))

    def led_by(self, email: str) -> list[str]:
        """Addresses of the groups that somebody convenes or is invited to."""
        pk, prefix = keys.leads(key_of(email), "")
        return [item.sk.removeprefix(prefix) for item in self._table.query(pk, begins_with(prefix))]

    def due(self, now: datetime, limit: int = 100) -> list[str]:
        """Addresses of groups for which something falls due."""
        return reading.due_ids(self._table, keys.DUE_GROUP, keys.group(""), now, limit)

    def put_off(self, transaction: Transaction, group: Group, due: date | None) -> None:
        """Lets a group fall due on another day, or not at all; nothing else of it changes."""
        key = (keys.group(group.id), keys.STATE)
        changes = {
            "due": keys.DUE_GROUP if due else None,
            "due_at": self._moment(due) if due else None,
        }
        transaction.update(key, changes, where.version == group.version)

    def add(
        self, transaction: Transaction, group: Group, event: Event, due: date | None = None
    ) -> None:
        """Stores a new group. Raises ConcurrentChangeError when its slug is taken."""
        pk = keys.group(group.id)
        transaction.insert(self._group(group, due))
        charge = Item(pk, keys.charge(group.charge.number), body=to_body(group.charge))
        transaction.insert(charge)
        reading.add_event(transaction, pk, event)
        self._index_conveners(transaction, None, group)

    def save(
        self,
        transaction: Transaction,
        old: Group,
        new: Group,
        events: Sequence[Event],
        due: date | None,
    ) -> None:
        """Stores a group as some steps left it, due for the job on a day if given, with the charge,
        the closed renewal or the yearly answer that came with them.
        """
        pk = keys.group(new.id)
        transaction.replace(self._group(new, due), old.version)
        if new.charge.number != old.charge.number:
            transaction.insert(Item(pk, keys.charge(new.charge.number), body=to_body(new.charge)))
        closed = new.last_renewal
        if closed and closed != old.last_renewal:
            transaction.insert(Item(pk, keys.renewal(closed.number), body=to_body(closed)))
        if new.checked_in and new.check_ins != old.check_ins:
            transaction.insert(Item(pk, keys.check_in(new.check_ins), body=to_body(new.checked_in)))
        for event in events:
            reading.add_event(transaction, pk, event)
        if new.conveners != old.conveners:
            self._index_conveners(transaction, old, new)

    def require(self, transaction: Transaction, group: Group) -> None:
        """Lets a command through only if the group has not changed since it was read."""
        transaction.check((keys.group(group.id), keys.STATE), where.version == group.version)

    def _index_conveners(self, transaction: Transaction, old: Group | None, new: Group) -> None:
        before = {key_of(c.email) for c in old.conveners if c.email} if old else set()
        after = {key_of(c.email) for c in new.conveners if c.email}
        for address in sorted(after - before):
            transaction.put(Item(*keys.leads(address, new.id)))
        for address in sorted(before - after):
            transaction.delete(keys.leads(address, new.id))

    def _moment(self, due: date) -> str:
        return start_of_day(due, self._zone).isoformat()

    def _group(self, group: Group, due: date | None = None) -> Item:
        item = Item(
            keys.group(group.id),
            keys.STATE,
            version=group.version,
            body=kinds.GROUP.body(group),
            listing_pk=keys.GROUPS,
            listing_sk=f"{group.name.casefold()}#{group.id}",
            listing=_listing(group),
        )
        if due:
            item.due, item.due_at = keys.DUE_GROUP, self._moment(due)
        return item


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
