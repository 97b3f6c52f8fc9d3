"""Amendments: moved, accepted without a vote, and what they make of the motion."""

from dataclasses import replace
from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.motions import amendments as rules
from chalicelib.domain.motions import motion as motions
from chalicelib.domain.motions.motion import GIVES_A_CHARGE, Effect, Motion
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.inputs import read
from chalicelib.services.motions import inputs as motion_inputs
from chalicelib.services.motions.motions import motion, worded
from chalicelib.services.motions.participation import require_part
from chalicelib.services.people.tokens import new_id


def with_its_text(services: Services, main: Motion) -> Motion:
    """The motion with all that an amendment may change. One that was moved before motions said
    what they give a group has it from its petition.
    """
    if main.brings_about != Effect.ESTABLISH or main.charge:
        return main
    petition = services.store.petitions.get(main.petition_id)
    if petition is None:
        raise NotFoundError("The petition of this motion is missing.")
    return replace(main, name=petition.text.name, charge=petition.text.charge)


def as_amended(services: Services, main: Motion, data: dict[str, Any]) -> dict[str, str]:
    """The text that somebody's answers would make of a motion, for a look before it is moved.

    Raises ValidationError.
    """
    return _becomes(services, main, read(motion_inputs.Amend, data))


def _becomes(services: Services, main: Motion, form: motion_inputs.Amend) -> dict[str, str]:
    given = {part: text for part, text in form.model_dump().items() if text is not None}
    return rules.checked(main, {**rules.parts_of(main), **given}, services.policy.limits)


@command("motion.amend", motion_inputs.Amend, motion)
def amend(step: Step[Motion, motion_inputs.Amend]) -> Motion:
    """An amendment moved; one at a time is before the Board."""
    services, board = step.services, step.services.store.board
    require_part(step, step.subject)
    rules.require_amendable(step.subject)
    if board.pending_amendment(step.subject.id):
        raise ConflictError(
            "Another amendment of this motion is before the Board. Once it is disposed of, the "
            "next one can be moved."
        )
    main = with_its_text(services, step.subject)
    new, event = rules.propose(new_id(), main, _becomes(services, main, step.form), step.by)
    board.add_motion(step.unit, new, event)
    board.require_motion(step.unit, step.subject)
    return new


@command("motion.accept-amendment", load=motion)
def accept(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The amendment taken by the mover or the seconder of the motion; once both did, the motion
    reads as it says, without a vote.
    """
    board = step.services.store.board
    if not step.subject.is_amendment:
        raise ConflictError("This motion amends no other one, so a vote decides on it.")
    require_part(step, step.subject)
    main = motion(step.services, step.subject.amends)
    decided = rules.accept(step.subject, main, step.by)
    if decided is None:
        return step.subject
    new, event = decided
    board.save_motion(step.unit, new, event)
    if new.state == motions.State.CARRIED:
        adopt(step, new)
    else:
        board.require_motion(step.unit, main)
    return new


def adopt(step: Step[Any, Any], amendment: Motion) -> None:
    """Adds to a command that the motion reads as its amendment says."""
    services, board = step.services, step.services.store.board
    main = with_its_text(services, motion(services, amendment.amends))
    wording = ""
    if main.brings_about in GIVES_A_CHARGE:
        wording = worded(services, main, rules.made_by(amendment, main))
    new, event = rules.adopt(main, amendment, wording, step.by)
    board.save_motion(step.unit, new, event)
