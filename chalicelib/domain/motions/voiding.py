"""A mistaken vote: declared void with a reason, and held anew. Nothing is deleted."""

from dataclasses import replace

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import TRANSITIONS, Effect, Motion, State
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require

ANNOUNCED = frozenset({State.CARRIED, State.LOST})


def void(motion: Motion, reason: str, by: Act) -> tuple[Motion, Event]:
    """The vote void. Its ballots stay on record and decide nothing.

    A result that has brought something about is not undone behind everybody's back. Raises
    ConflictError then, ValidationError without a reason.
    """
    require(TRANSITIONS, "motion", motion.state, "void")
    if motion.state in ANNOUNCED and (motion.effect != Effect.NONE or motion.petition_id):
        instead = (
            "move to rescind it" if motion.state == State.CARRIED else "move the matter once more"
        )
        raise ConflictError(
            "This result was announced, and what follows from it has happened and was told. "
            f"It cannot be declared void: {instead} at a meeting, so that everybody sees it."
        )
    if not reason:
        raise ValidationError({"reason": "Write what went wrong: it goes into the record."})
    return advance(
        motion,
        "motion",
        "void",
        by,
        before=motion.state,
        data={"reason": reason},
        state=State.VOID,
        void_reason=reason,
    )


def hold_anew(motion: Motion, new_id: str, by: Act) -> tuple[Motion, Event, Motion, Event]:
    """The void motion with what replaces it, and the motion whose vote is held anew: moved and
    seconded as before, with no electorate and no windows yet. Raises ConflictError the second time.
    """
    require(TRANSITIONS, "motion", motion.state, "hold-anew")
    if motion.replaced_by:
        raise ConflictError("This vote is already being held again.")
    old, told = advance(
        motion,
        "motion",
        "hold-anew",
        by,
        before=motion.state,
        data={"replaced_by": new_id},
        replaced_by=new_id,
    )
    blank = replace(
        motion,
        id=new_id,
        version=0,
        head="",
        moved_at=by.at,
        secret=False,
        virtual=False,
        discussion_from=None,
        voting_from=None,
        voting_until=None,
        no_discussion="",
        closes_at=None,
        reminded_at=None,
        to_confirm=False,
        void_reason="",
        replaced_by="",
        opened_at=None,
        closed_at=None,
        announced_at=None,
        electorate=(),
        tally=None,
    )
    new, begun = advance(
        blank,
        "motion",
        "begin-anew",
        by,
        before="",
        data={
            "wording": motion.wording,
            "document": motion.document_number,
            "replaces": motion.id,
        },
        state=State.SECONDED,
        replaces=motion.id,
    )
    return old, told, new, begun


def carried_over(ballot: Ballot, motion_id: str) -> Ballot:
    """A recusal from the void vote as one from the vote that is held anew."""
    return replace(ballot, motion_id=motion_id, version=1, earlier=())
