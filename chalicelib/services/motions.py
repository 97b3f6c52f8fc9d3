"""Motions: moved, seconded, withdrawn, postponed."""

from chalicelib.domain import motion as rules
from chalicelib.domain import petition as petitions
from chalicelib.domain.errors import Conflict, Invalid, NotFound
from chalicelib.domain.meeting import Meeting
from chalicelib.domain.motion import Motion
from chalicelib.services import inputs
from chalicelib.services.board import meeting
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.packet_content import recommended_motion
from chalicelib.services.tokens import new_id


def motion(services: Services, target: str) -> Motion:
    """Loads a motion. Raises NotFound."""
    found = services.store.board.motion(target)
    if found is None:
        raise NotFound("There is no motion at this address.")
    return found


@command("motion.move", inputs.Move, meeting)
def move(step: Step[Meeting, inputs.Move]) -> Motion:
    """A motion on a document of the meeting; one at a time has the floor."""
    found, form, board = step.subject, step.form, step.services.store.board
    document = found.document(form.document)
    if document is None:
        raise Invalid({"document": "Choose a document of this meeting."})
    if board.floor(found.id, document.number):
        raise Conflict(f"A motion on Doc {document.number} is before the Board already.")
    # The floor is read before this: whoever freed it has decided the petition by then.
    petition = step.services.store.petitions.get(document.petition_id)
    if petition is None or petition.state != petitions.State.SCHEDULED:
        raise Conflict(f"The Board has decided on Doc {document.number} already.")
    new, event = rules.move(
        new_id(),
        found.id,
        document.number,
        document.petition_id,
        document.title,
        recommended_motion(petition, step.services.policy),
        step.by,
    )
    board.add_motion(step.unit, new, event)
    board.require_meeting(step.unit, found)
    return new


@command("motion.second", load=motion)
def second(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion seconded by another voting member."""
    new, event = rules.second(step.subject, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.withdraw", load=motion)
def withdraw(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion taken back by its mover."""
    new, event = rules.withdraw(step.subject, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.postpone", load=motion)
def postpone(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion put off."""
    new, event = rules.postpone(step.subject, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new
