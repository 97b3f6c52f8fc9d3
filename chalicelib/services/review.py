"""What staff do with a petition: decide doubtful signatures, verify, schedule, return, reject."""

from chalicelib.domain import meeting as meetings
from chalicelib.domain import petition as rules
from chalicelib.domain import signature as signatures
from chalicelib.domain.errors import Conflict, Invalid, NotFound
from chalicelib.domain.petition import Petition
from chalicelib.services import inputs
from chalicelib.services.commands import Signed, Step, command, petition
from chalicelib.services.context import Services
from chalicelib.services.petitions import take_off_docket
from chalicelib.services.writing import tell_signatories, to_conveners


def by_id(services: Services, target: str) -> tuple[Petition, signatures.Signature]:
    """The signature named `petition/key`. Raises NotFound."""
    petition_id, _, key = target.partition("/")
    signature = services.store.petitions.signature(petition_id, key)
    if signature is None:
        raise NotFound("There is no such signature.")
    return petition(services, petition_id), signature


@command("signature.settle", inputs.Settle, by_id)
def settle(step: Step[tuple[Petition, signatures.Signature], inputs.Settle]) -> Signed:
    """Staff's decision on one signature, with its reason on record."""
    found, old = step.subject
    inputs.keep_within(step.services.policy.limits.comment, reason=step.form.reason)
    roster = step.services.store.rosters.current()
    new = signatures.settle(
        found, old, step.form.accept, step.form.reason, step.by.actor.name, roster.version
    )
    step.services.store.petitions.save_signature(step.unit, found, old, new, step.by.at)
    return Signed(found, new)


@command("petition.verify", load=petition)
def verify(step: Step[Petition, inputs.Nothing]) -> Petition:
    """Staff's statement that the signatures were checked against the roster in force."""
    old, store = step.subject, step.services.store
    roster = store.rosters.current()
    if roster.version == 0:
        raise Conflict("No membership roster was imported yet. Import one first.")
    new, event = rules.verify(old, roster.version, roster.digest, step.services.policy, step.by)
    store.petitions.save(step.unit, old, new, event, None)
    return new


@command("petition.schedule", inputs.Schedule, petition)
def schedule(step: Step[Petition, inputs.Schedule]) -> Petition:
    """The petition as a numbered document of a meeting, and on its docket."""
    old, board = step.subject, step.services.store.board
    meeting = board.meeting(step.form.meeting) if step.form.meeting else None
    if meeting is None:
        raise Invalid({"meeting": "Choose a meeting."})
    presenter = old.conveners[0].name
    minutes = step.services.policy.meeting(step.services.today()).item_minutes
    if old.state == rules.State.SCHEDULED:
        if meeting.id == old.meeting_id:
            raise Invalid({"meeting": "It is on this meeting's docket already."})
        take_off_docket(step, old)
    new, event = rules.schedule(old, meeting.id, meeting.title, step.form.number, step.by)
    label = step.services.policy.unit(old.kind, old.begun_on).label.lower()
    title = f"Petition to establish the {old.text.name} {label}"
    changed, told = meetings.add_document(
        meeting, step.form.number, title, old.id, presenter, minutes, step.by
    )
    step.services.store.petitions.save(step.unit, old, new, event, None)
    board.save_meeting(step.unit, changed, told)
    to_conveners(
        step,
        new,
        event,
        "petition-scheduled",
        meeting=meeting.title,
        starts_at=meeting.starts_at.isoformat(),
    )
    return new


@command("petition.return", inputs.SendBack, petition)
def send_back(step: Step[Petition, inputs.SendBack]) -> Petition:
    """The petition returned to its conveners with what should change."""
    old = step.subject
    new, event = rules.send_back(old, step.form.comments, step.services.policy, step.by)
    take_off_docket(step, old)
    step.services.store.petitions.save(step.unit, old, new, event, None)
    to_conveners(step, new, event, "petition-returned")
    return new


@command("petition.reject", inputs.Reject, petition)
def reject(step: Step[Petition, inputs.Reject]) -> Petition:
    """The petition ended by staff for a reason that the policy lists."""
    old, form = step.subject, step.form
    inputs.keep_within(step.services.policy.limits.comment, explanation=form.explanation)
    new, event = rules.reject(old, form.code, form.explanation, step.services.policy, step.by)
    step.services.store.petitions.save(step.unit, old, new, event, None)
    to_conveners(step, new, event, "petition-rejected")
    tell_signatories(step, new, event, "signatory-petition-ended")
    return new
