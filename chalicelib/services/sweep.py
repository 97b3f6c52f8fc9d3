"""What has to happen without anybody asking, and what a crash left undone. Safe to repeat."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.people.people import SYSTEM
from chalicelib.domain.petitions.petition import State
from chalicelib.services.commands import perform
from chalicelib.services.context import Services
from chalicelib.services.groups import timetable
from chalicelib.services.motions import virtual_votes
from chalicelib.services.roster import rosters
from chalicelib.services.signing.signing import note_threshold

log = logging.getLogger(__name__)

# The queue had this long to do it; after that the sweep calls again.
PATIENCE = timedelta(seconds=30)
# As many letters as one sweep hands on; the next is a minute away.
MOST_AT_ONCE = 2000


def _apart(do: Callable[..., object], *arguments: object) -> None:
    """Does one thing so that its failure does not keep the others from being done."""
    try:
        do(*arguments)
    except Exception:
        log.exception("the sweep could not finish one thing; it tries again next time")


@dataclass(frozen=True)
class Swept:
    """How much there was to do."""

    nudged: int
    ended: int
    noted: int
    rematched: int = 0
    reminded: int = 0
    overdue: int = 0
    votes: int = 0
    groups: int = 0


def sweep(services: Services) -> Swept:
    """Calls again for what is due, ends windows that have passed, notes crossed thresholds,
    reminds staff of what falls due before a meeting, and keeps the time of votes and of groups.
    """
    now = services.clock()
    waiting = services.store.outbox.waiting(now - PATIENCE, MOST_AT_ONCE)
    services.queue.nudge_all(waiting)
    ended = services.store.petitions.due(now)
    for petition_id in ended:
        _apart(perform, services, SYSTEM, "petition.expire", petition_id)
    noted = 0
    page = services.store.petitions.in_state(State.COLLECTING)
    while True:
        for row in page.rows:
            enough = services.store.petitions.verified(row["id"]) >= row["needed"]
            if enough and not row["noted"]:
                _apart(note_threshold, services, row["id"])
                noted += 1
        if not page.next:
            break
        page = services.store.petitions.in_state(State.COLLECTING, after=page.next)
    votes = virtual_votes.due(services)
    for motion_id in votes:
        _apart(perform, services, SYSTEM, "motion.keep-time", motion_id)
    rematched = rosters.look_again(services)
    meetings = services.store.board.due_meetings(now)
    for meeting_id in meetings:
        _apart(perform, services, SYSTEM, "meeting.remind", meeting_id)
    overdue = services.store.documents.due(now)
    for document_id in overdue:
        _apart(perform, services, SYSTEM, "document.tell-late", document_id)
    groups = timetable.keep_all(services)
    return Swept(
        len(waiting),
        len(ended),
        noted,
        rematched,
        len(meetings),
        len(overdue),
        len(votes),
        groups.done,
    )
