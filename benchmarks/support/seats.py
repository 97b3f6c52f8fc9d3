"""What giving and ending seats on the Board costs, and making staff, measured after the lifecycle.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace
from datetime import date, timedelta

from benchmarks.support.recorder import Recorder
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import SYSTEM

STAFF = "staff@example.org"
PAGE = "/staff/board/people/{person_id}/seats/{seat_id}"


def run(do: Recorder) -> None:
    """Measures every command and page about seats and staff."""
    staff, terms = do.actor(STAFF), do.services.policy.terms
    since = terms.year_begins(do.services.today(), 1)
    until = terms.year_begins(since, 1) - timedelta(days=1)
    term = {"since": str(since), "until": str(until), "anyway": True}
    newcomer = {"name": "Wilhelmina Achterberg", "email": "new.on.the.board@library.example.org"}
    made = do.command(staff, "seat.invite", data={**term, **newcomer, "office": "Councilor"})
    target = f"{made.person.id}/{made.seat.id}"
    later = {**term, "since": str(since + timedelta(days=1)), "office": "Councilor"}
    do.command(staff, "seat.change", target, later)
    do.page("staff_board", "/staff/board", STAFF)
    do.page("staff_board_invite", "/staff/board/invite", STAFF)
    do.page("staff_seat", PAGE, STAFF, person_id=made.person.id, seat_id=made.seat.id)
    last = date.fromisoformat(term["since"])
    do.command(staff, "seat.end", target, {"last": str(last), "reason": "Moved abroad."})
    clerk = {"name": "Evander Lisle", "email": "clerk@library.example.org", "role": "staff"}
    granted = do.command(staff, "staff.grant", data=clerk)
    do.command(staff, "staff.revoke", granted.person.id)
    undelivered(do)
    _found(do, granted.person.id)


def undelivered(do: Recorder) -> None:
    """What the mail service says of an address, and trying it again."""
    email, staff = "gone@library.example.org", do.actor(STAFF)
    said = {"email": email, "kind": "permanent", "notice": "n-1"}
    said["at"] = do.services.clock().isoformat()
    do.command(SYSTEM, "mailbox.note", key_of(email), said)
    do.page("staff_undelivered", "/staff/undelivered", STAFF)
    do.command(staff, "mailbox.try-again", key_of(email))


def _found(do: Recorder, person_id: str) -> None:
    """The first administrator, once there is none any more."""
    people, unit = do.services.store.people, do.services.store.transaction()
    for admin in (person for person in people.staff() if person.admin):
        people.save(unit, replace(admin, admin=False, version=admin.version + 1))
    unit.commit()
    do.command(SYSTEM, "staff.found", person_id)
