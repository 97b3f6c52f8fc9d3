"""What minutes, the digest and the seal cost, measured beside the lifecycle.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace

from benchmarks.support.recorder import Recorder
from chalicelib.domain.meetings import attendance
from chalicelib.domain.people.people import Act, Role
from chalicelib.services.record import record

STAFF, PRESIDENT = "staff@example.org", "president@example.org"


def run(do: Recorder, meeting: str) -> None:
    """Measures the minutes of a meeting with the docket of `meeting`, from their writing to their
    approval, the digest, and the night's seal.
    """
    services, staff = do.services, do.actor(STAFF)
    held = _held(do, meeting, "held", ended=True)
    at = "/board/meetings/{meeting_id}/minutes"
    new = do.command(staff, "minutes.write", held)
    do.page("minutes", at, STAFF, meeting_id=held)
    do.page("minutes_edit", f"{at}/edit", STAFF, meeting_id=held)
    texts = [{"key": new.sections[0].key, "text": "The meeting began."}]
    do.command(staff, "minutes.edit", held, {"version": new.version, "texts": texts})
    do.page("minutes_changes", f"{at}/changes", STAFF, meeting_id=held)
    do.command(staff, "minutes.distribute", held)
    later = _held(do, meeting, "later", ended=False)
    do.command(do.actor(PRESIDENT), "minutes.approve", held, {"meeting": later})
    do.page("minutes_visitor", at, meeting_id=held)
    do.page("actions_visitor", "/board/actions")
    do.page("actions_csv_visitor", "/board/actions.csv")
    do.job("seal", lambda: record.seal_the_night(services))
    do.page("record", "/board/record", PRESIDENT)


def _held(do: Recorder, meeting: str, held: str, *, ended: bool) -> str:
    """Stores a meeting that was called to order today, and perhaps adjourned; its id."""
    services = do.services
    board, now = services.store.board, services.clock()
    found = board.meeting(meeting)
    assert found is not None
    by = Act(do.actor(STAFF), Role.STAFF, now)
    planned = replace(found, id=held, starts_at=now, version=0, head="")
    begun, event = attendance.begin(planned, [], services.policy, by)
    unit = services.store.transaction()
    board.add_meeting(unit, begun, event)
    unit.commit()
    if ended:
        over, told = attendance.adjourn(begun, by)
        unit = services.store.transaction()
        board.save_meeting(unit, over, told)
        unit.commit()
    return held
