"""The register of the Board's seats and the staff, with its record: a partition of its own."""

from chalicelib.domain.people.seats import Register
from chalicelib.domain.record.events import Event
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes

_VERSIONED = frozenset({"version"})


class DynamoSeats:
    """Implements services.ports.Seats."""

    def register(self) -> Register:
        """The register; one of version 0 while nothing was ever put on it."""
        record = reading.get(keys.REGISTER)
        if record is None:
            return Register()
        return from_body(Register, record.body, version=int(record.version))

    def save(self, unit: Writes, register: Register, event: Event) -> None:
        """Stores the register's next version. Of two at once, the second is Stale."""
        pk, sk = keys.REGISTER
        body = to_body(register, _VERSIONED)
        record = Record(pk, sk, version=register.version, body=body)
        if register.version == 1:
            unit.insert(record)
        else:
            unit.replace(record, register.version - 1)
        reading.add_event(unit, pk, event)

    def require(self, unit: Writes, register: Register) -> None:
        """Lets the command through only if no seat was given, changed or taken meanwhile."""
        if register.version:
            unit.check(keys.REGISTER, Record.version == register.version)
        else:
            unit.check(keys.REGISTER, Record.pk.does_not_exist())

    def history(self, before: int = 0, limit: int = 20) -> list[Event]:
        """A page of the record, the newest first: what came before the event number `before`, or
        the latest.
        """
        pk, _ = keys.REGISTER
        last = f"{keys.EVENT}{before - 1:06d}" if before else f"{keys.EVENT}~"
        condition = Record.sk.between(keys.EVENT, last)
        found = Record.query(
            pk, condition, consistent_read=True, scan_index_forward=False, limit=limit
        )
        return [from_body(Event, record.body) for record in found]
