"""The confirmation of what a vote without a meeting decided: put on a meeting's consent agenda,
confirmed with it, or decided by a motion of its own where a member pulled the item.
"""

from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.meetings import docket
from chalicelib.domain.meetings.meeting import DocketItem, Kind, Meeting
from chalicelib.domain.motions import confirmation
from chalicelib.domain.motions.motion import Effect, Motion, State
from chalicelib.domain.motions.virtual import UNCONFIRMED
from chalicelib.domain.record.events import Event
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.motions import vote_inputs
from chalicelib.services.motions.effects import brings
from chalicelib.services.motions.motions import motion
from chalicelib.services.outbox.email_queue import write
from chalicelib.services.people.tokens import new_id


@command("motion.put-for-confirmation", vote_inputs.ForMeeting, motion)
def put(step: Step[Motion, vote_inputs.ForMeeting]) -> Meeting:
    """An unconfirmed result on the consent agenda of a meeting that is to come."""
    services, found = step.services, step.subject
    if not confirmation.unconfirmed(found):
        raise ConflictError("This motion has no result to confirm.")
    at = services.store.board.meeting(step.form.meeting)
    if at is None:
        raise ValidationError({"meeting": "Choose the meeting that is to confirm it."})
    if at.kind == Kind.ASYNCHRONOUS:
        raise ValidationError(
            {"meeting": "Choose a meeting at which people are there at the same time."}
        )
    if any(item.confirms == found.id for item in at.docket):
        raise ConflictError("This result is on the docket of that meeting already.")
    new, event = put_on_docket(step, at, found)
    services.store.board.save_meeting(step.unit, new, event)
    # Of two at once the second finds it on the docket: the meeting's version says so.
    return new


def put_on_docket(step: Step[Any, Any], at: Meeting, found: Motion) -> tuple[Meeting, Event]:
    """The meeting with an item on its consent agenda that confirms a motion's result."""
    arranged = docket.arranged(at, step.services.policy)
    item = DocketItem(
        number="",
        title=f"Confirmation of the vote without a meeting: {found.title}",
        minutes=0,
        action="Action",
        consent=True,
        confirms=found.id,
    )
    return docket.add_item(arranged, item, step.by)


def to_put(services: Services, at: Meeting) -> list[Motion]:
    """The unconfirmed results that are not on a meeting's docket yet, the oldest first."""
    there = {item.confirms for item in at.docket}
    return [m for m, _ in unconfirmed(services) if m.id not in there]


def unconfirmed(services: Services) -> list[tuple[Motion, int]]:
    """The motions whose result no meeting has confirmed, and for how many days, oldest first."""
    board, zone = services.store.board, services.policy.association.zone
    found = [board.motion(motion_id) for motion_id in board.votes(UNCONFIRMED)]
    waiting = [m for m in found if m and confirmation.unconfirmed(m)]
    return [(m, confirmation.age_days(m, services.clock(), zone)) for m in waiting]


def confirm(step: Step[Any, Any], motion_id: str, at: Meeting) -> Motion | None:
    """Marks a motion as confirmed by a meeting, in the command's own transaction; None where it
    was decided meanwhile. Called for each adopted item that `confirms` a motion.
    """
    found = step.services.store.board.motion(motion_id)
    if found is None or not confirmation.unconfirmed(found):
        return None
    new, event = confirmation.confirm(found, at.id, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.move-confirmation", vote_inputs.MoveConfirmation, load_meeting)
def move_confirmation(step: Step[Meeting, vote_inputs.MoveConfirmation]) -> Motion:
    """The motion to confirm a result whose item was pulled from the consent agenda."""
    at, board = step.subject, step.services.store.board
    item = next((i for i in at.docket if i.confirms and i.number == step.form.item), None)
    if item is None:
        raise ValidationError({"item": "Choose an item of this meeting that confirms a vote."})
    if not item.pulled_by:
        raise ConflictError(
            f"Item {item.number} is on the consent agenda. Pull it first, so that it is decided "
            "separately."
        )
    found = board.motion(item.confirms)
    if found is None or not confirmation.unconfirmed(found):
        raise ConflictError("This result was confirmed or refused already.")
    pending = board.pending_confirmation(found.id)
    if pending:
        raise ConflictError(f"A motion on item {item.number} is before the Board already.")
    new, event = confirmation.move_confirmation(found, new_id(), at.id, item, step.by)
    board.add_motion(step.unit, new, event)
    board.require_meeting(step.unit, at)
    return new


@brings(Effect.CONFIRM)
def decided(step: Step[Any, Any], new: Motion) -> None:
    """What a decided motion to confirm brings about, in the transaction that announces it: the
    result is confirmed, or its confirmation is refused and staff are told.
    """
    board = step.services.store.board
    found = board.motion(new.amends)
    at = board.meeting(new.meeting_id)
    if found is None or at is None:
        raise NotFoundError("What this motion was to confirm is missing.")
    if new.state == State.CARRIED:
        confirm(step, found.id, at)
        return
    if not confirmation.unconfirmed(found):
        return
    refused, event = confirmation.refuse(found, at.id, step.by)
    board.save_motion(step.unit, refused, event)
    data = {"motion_id": found.id, "title": found.title, "meeting": at.title}
    for person in step.services.store.people.staff():
        write(step, event, "confirmation-refused", person.email, person.name, data)
