"""The confirmation of what a vote without a meeting decided, by a meeting of the Board.

Until then the result stands, and is listed as unconfirmed. It is put on a consent agenda; where a
member pulls it from there, a motion decides.
"""

from datetime import datetime

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.meetings.meeting import DocketItem
from chalicelib.domain.motions.motion import Effect, Motion, State, as_moved
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance
from chalicelib.domain.times import local_date


def unconfirmed(motion: Motion) -> bool:
    """Whether a meeting has still to confirm the motion."""
    decided = motion.confirmed_at or motion.confirmation_refused_at
    return motion.state == State.CARRIED and motion.to_confirm and decided is None


def age_days(motion: Motion, now: datetime, zone: str) -> int:
    """For how many days the result has stood unconfirmed."""
    assert motion.announced_at is not None
    return (local_date(now, zone) - local_date(motion.announced_at, zone)).days


def confirm(motion: Motion, meeting_id: str, by: Act) -> tuple[Motion, Event]:
    """The result confirmed by a meeting. Raises ConflictError where nothing waits for it."""
    _require_unconfirmed(motion)
    return advance(
        motion,
        "motion",
        "confirm",
        by,
        before=motion.state,
        data={"meeting": meeting_id},
        confirmed_at=by.at,
        confirmed_in=meeting_id,
    )


def refuse(motion: Motion, meeting_id: str, by: Act) -> tuple[Motion, Event]:
    """The confirmation refused by a meeting. Raises ConflictError where nothing waits for it."""
    _require_unconfirmed(motion)
    return advance(
        motion,
        "motion",
        "refuse-confirmation",
        by,
        before=motion.state,
        data={"meeting": meeting_id},
        confirmation_refused_at=by.at,
        confirmed_in=meeting_id,
    )


def _require_unconfirmed(motion: Motion) -> None:
    if not unconfirmed(motion):
        raise ConflictError("This motion has no result to confirm.")


def move_confirmation(
    motion: Motion, motion_id: str, meeting_id: str, item: DocketItem, by: Act
) -> tuple[Motion, Event]:
    """A motion to confirm the result, on an item of a docket."""
    _require_unconfirmed(motion)
    wording = f"That the Board confirms its vote without a meeting, which was: {motion.wording}"
    blank = Motion(
        id=motion_id,
        meeting_id=meeting_id,
        document_number="",
        item=item.id,
        petition_id="",
        title=f"Confirmation: {motion.title}",
        wording=wording,
        effect=Effect.CONFIRM,
        amends=motion.id,
    )
    return as_moved(
        blank, {"wording": wording, "document": "", "item": item.number, "confirms": motion.id}, by
    )
