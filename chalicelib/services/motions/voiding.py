"""Mistaken votes: declared void, and held anew."""

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.motions import voiding as rules
from chalicelib.domain.motions.ballots import RECUSED
from chalicelib.domain.motions.motion import Motion
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.motions.motions import motion
from chalicelib.services.motions.participation import require_presiding
from chalicelib.services.motions.recusing import keep_out
from chalicelib.services.motions.votes import tell_members
from chalicelib.services.people.tokens import new_id


@command("motion.void", inputs.Reason, motion)
def void(step: Step[Motion, inputs.Reason]) -> Motion:
    """The vote void; its electors are told why."""
    services, old = step.services, step.subject
    require_presiding(step, old)
    inputs.keep_within(services.policy.limits.comment, reason=step.form.reason)
    new, event = rules.void(old, step.form.reason, step.by)
    services.store.board.save_motion(step.unit, new, event)
    found = [services.store.people.get(e.person_id) for e in new.electorate]
    people = [person for person in found if person and person.email]
    tell_members(step, event, "vote-void", new, people, reason=step.form.reason)
    return new


@command("motion.hold-anew", load=motion)
def hold_anew(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion whose vote is held anew. Who was recused from the void one is recused here."""
    board = step.services.store.board
    require_presiding(step, step.subject)
    if not step.subject.replaced_by and not board.has_floor(step.subject):
        raise ConflictError(
            "What this motion was about is no longer before the Board, so its vote is not held "
            "again."
        )
    old, told, new, begun = rules.hold_anew(step.subject, new_id(), step.by)
    board.save_motion(step.unit, old, told)
    board.add_motion(step.unit, new, begun)
    for ballot in board.ballots(old.id):
        if ballot.choice == RECUSED:
            board.save_ballot(step.unit, rules.carried_over(ballot, new.id))
            keep_out(step, new, ballot.person_id, ballot.name, True)
    return new
