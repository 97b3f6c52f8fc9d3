"""Members who take no part in a motion, and say why."""

from dataclasses import replace
from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.motions import recusals as rules
from chalicelib.domain.motions.ballots import RECUSED, VOID, Ballot
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.motions.recusals import Recusal
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.motions import receipts, vote_inputs
from chalicelib.services.motions.motions import motion


@command("motion.recuse", vote_inputs.Recuse, motion)
def recuse(step: Step[Motion, vote_inputs.Recuse]) -> Motion:
    """The member out of the vote, and of the closed discussion of its document."""
    form, found, board = step.form, step.subject, step.services.store.board
    inputs.keep_within(step.services.policy.limits.comment, reason=form.reason)
    existing = board.ballot(found.id, step.by.actor.id)
    person = step.by.actor.person
    seat = person.seat_on(step.services.today()) if person else None
    office = seat.office if seat else ""
    new, event, ballot = rules.recuse(found, existing, form.reason, office, step.by)
    if found.secret and existing and existing.choice != RECUSED:
        _void_slip(step, form.receipt)
    board.save_motion(step.unit, new, event)
    board.save_ballot(step.unit, ballot, existing)
    _keep_out(step, ballot.name, True)
    return new


def _void_slip(step: Step[Motion, Any], receipt: str) -> None:
    """Takes the vote of somebody who voted in secret out of the count: they alone can find it."""
    slip = receipts.slip_for(step.services, step.subject.id, receipt) if receipt else None
    if slip is None or slip.choice == VOID:
        raise ValidationError(
            {
                "receipt": "You have voted, and nobody but you knows which ballot is yours: enter "
                "its receipt, so that it is not counted. Without it your vote still counts."
            }
        )
    step.services.store.board.save_slip(step.unit, rules.voided(slip), slip)


@command("motion.rejoin", load=motion)
def rejoin(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The recusal taken back; the record keeps that there was one."""
    board = step.services.store.board
    existing = board.ballot(step.subject.id, step.by.actor.id)
    new = take_back(step, existing)
    assert existing is not None
    board.delete_ballot(step.unit, existing)
    return new


def take_back(step: Step[Motion, Any], existing: Ballot | None) -> Motion:
    """Puts on record that a member takes part again; what becomes of the ballot is the caller's."""
    new, event = rules.rejoin(step.subject, existing, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    _keep_out(step, step.by.actor.name, False)
    return new


def _keep_out(step: Step[Motion, Any], name: str, out: bool) -> None:
    """Keeps the member out of the document's closed discussion by this motion, or no more."""
    keep_out(step, step.subject, step.by.actor.id, name, out)


def keep_out(step: Step[Any, Any], found: Motion, person_id: str, name: str, out: bool) -> None:
    """The same for any motion and member. A document may have several motions, one an action:
    who is recused from one of them is kept out. A vote held anew stands for the void one.
    """
    board = step.services.store.board
    if not found.document_id:
        return
    old = board.recusal(found.document_id, person_id)
    motions = tuple(m for m in (old.motions if old else ()) if m not in {found.id, found.replaces})
    if out:
        motions = (*motions, found.id)
    elif old is None:
        return
    blank = Recusal(document_id=found.document_id, person_id=person_id, name=name, motions=())
    board.save_recusal(step.unit, replace(old or blank, motions=motions), old)
