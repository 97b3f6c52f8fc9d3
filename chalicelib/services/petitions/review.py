"""What staff do with a petition: decide doubtful signatures, verify, schedule, return, reject."""

from dataclasses import replace
from typing import Any

from chalicelib.domain.documents import steps as document_steps
from chalicelib.domain.documents.document import Document
from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.petitions.form import form_of, title_of
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.signing import decisions
from chalicelib.domain.signing import signature as signatures
from chalicelib.services import inputs
from chalicelib.services.commands import Signed, Step, command, petition
from chalicelib.services.context import Services
from chalicelib.services.outbox.email_queue import tell_signatories, to_conveners
from chalicelib.services.people.tokens import new_id
from chalicelib.services.petitions.petitions import due_of, take_off_docket
from chalicelib.services.signing import matching


def by_id(services: Services, target: str) -> tuple[Petition, signatures.Signature]:
    """The signature named `petition/key`. Raises NotFoundError."""
    petition_id, _, key = target.partition("/")
    signature = services.store.petitions.signature(petition_id, key)
    if signature is None:
        raise NotFoundError("There is no such signature.")
    return petition(services, petition_id), signature


Reviewed = tuple[Petition, signatures.Signature]


@command("signature.settle", inputs.Settle, by_id)
def settle(step: Step[Reviewed, inputs.Settle]) -> Signed:
    """Staff's decision on one signature, with its reason on record: counted, and linked to a
    roster entry where they found the person on it, or set aside.
    """
    found, old = step.subject
    form, by = step.form, step.by
    inputs.keep_within(step.services.policy.limits.comment, reason=form.reason)
    if form.accept:
        match, rival = matching.linked(step.services, found, old, _match(step))
        new = decisions.accept(found, old, match, by.actor.name, by.at)
        if rival:
            raise ConflictError(
                "Another signature counts for this member already. Set that one aside first, or "
                "this one."
            )
    else:
        new = decisions.set_aside(found, old, form.reason, by.actor.name, by.at)
    return _saved(step, new)


def _match(step: Step[Reviewed, inputs.Settle]) -> signatures.Match:
    form, rosters = step.form, step.services.store.rosters
    version = rosters.current().version
    entry = rosters.by_seat(version, form.seat) if form.seat else None
    if form.seat and entry is None:
        raise ValidationError({"seat": "This member is no longer on the roster. Choose another."})
    return signatures.Match(
        "staff",
        version,
        by=step.by.actor.name,
        reason=form.reason or (f"Linked to {entry.name} on the roster." if entry else ""),
        seat=entry.seat if entry else "",
        member_number=entry.member_number if entry else "",
    )


def _saved(step: Step[Reviewed, Any], new: signatures.Signature) -> Signed:
    found, old = step.subject
    matching.save(step.services, step.unit, found, old, new, step.by.at)
    return Signed(found, new)


@command("signature.release", inputs.Reason, by_id)
def release(step: Step[Reviewed, inputs.Reason]) -> Signed:
    """A held signature let through: its letter goes out."""
    found, old = step.subject
    inputs.keep_within(step.services.policy.limits.comment, reason=step.form.reason)
    reason = step.form.reason or "Nothing wrong was found."
    who, policy = step.by.actor.name, step.services.policy
    return _saved(step, decisions.release(found, old, reason, who, step.by.at, policy))


@command("signature.ask", inputs.Ask, by_id)
def ask(step: Step[Reviewed, inputs.Ask]) -> Signed:
    """A question to a signatory, by letter; the answer comes on their own page."""
    found, old = step.subject
    inputs.keep_within(step.services.policy.limits.comment, question=step.form.question)
    new = decisions.ask(found, old, step.form.question, step.by.actor.name, step.by.at)
    return _saved(step, new)


@command("signature.note-seen", load=by_id)
def note_seen(step: Step[Reviewed, inputs.Nothing]) -> Signed:
    """A signature that staff looked at and leave as it is: it waits for them no more."""
    _, old = step.subject
    return _saved(step, decisions.seen(old, step.by.actor.name, step.by.at))


@command("signature.undo", load=by_id)
def undo(step: Step[Reviewed, inputs.Nothing]) -> Signed:
    """Staff's last decision on a signature taken back."""
    found, old = step.subject
    new = decisions.undo(found, old, step.by.actor.name, step.by.at)
    return _saved(step, looked_up_anew(step.services, found, new))


def looked_up_anew(
    services: Services, found: Petition, new: signatures.Signature
) -> signatures.Signature:
    """A signature on which a decision was taken back, as the roster knows it by now. Raises
    Conflict when another counts for its member meanwhile.
    """
    seat = matching.seat_taken(new)
    if new.match and matching.rival_for(services, found, new, seat or new.key):
        raise ConflictError(
            "Another signature counts for this member by now, so this cannot be undone."
        )
    looked = decisions.rematch(found, new, matching.find(services, found, new))
    return replace(looked, letter=new.letter, version=new.version) if looked else new


@command("petition.pause", inputs.Reason, petition)
def pause(step: Step[Petition, inputs.Reason]) -> Petition:
    """The signing of a petition stopped for a time; its conveners are told why."""
    inputs.keep_within(step.services.policy.limits.comment, reason=step.form.reason)
    new, event = rules.pause(step.subject, step.form.reason, step.by)
    step.services.store.petitions.save(step.unit, step.subject, new, event, None)
    to_conveners(step, new, event, "petition-paused", why=step.form.reason)
    return new


@command("petition.resume", load=petition)
def resume(step: Step[Petition, inputs.Nothing]) -> Petition:
    """The signing open again, for as much longer as it was paused."""
    new, event = rules.resume(step.subject, step.services.policy, step.by)
    due = due_of(step.services, new)
    step.services.store.petitions.save(step.unit, step.subject, new, event, due)
    to_conveners(step, new, event, "petition-resumed")
    return new


@command("petition.verify", load=petition)
def verify(step: Step[Petition, inputs.Nothing]) -> Petition:
    """Staff's statement that the signatures were checked against the roster in force."""
    old, store = step.subject, step.services.store
    roster = store.rosters.current()
    if roster.version == 0:
        raise ConflictError("No membership roster has been imported yet. Import one first.")
    new, event = rules.verify(old, roster.version, roster.digest, step.services.policy, step.by)
    store.petitions.save(step.unit, old, new, event, None)
    return new


@command("petition.schedule", inputs.Schedule, petition)
def schedule(step: Step[Petition, inputs.Schedule]) -> Petition:
    """The petition as a numbered document of a meeting, and on its docket."""
    old, board = step.subject, step.services.store.board
    meeting = board.meeting(step.form.meeting) if step.form.meeting else None
    if meeting is None:
        raise ValidationError({"meeting": "Choose a meeting."})
    presenter = old.conveners[0].name
    minutes = step.services.policy.meeting(step.services.today()).item_minutes
    moving = None
    if old.state == rules.State.SCHEDULED:
        if meeting.id == old.meeting_id:
            raise ValidationError({"meeting": "It is on this meeting's docket already."})
        moving = take_off_docket(step, old, moving=True)
    new, event = rules.schedule(old, meeting.id, meeting.title, step.form.number, step.by)
    title = title_of(old, step.services.policy)
    document = _document(step, new, moving, title)
    changed, told = meetings.add_document(
        meeting,
        step.form.number,
        title,
        old.id,
        presenter,
        minutes,
        step.by,
        document_id=document.id,
        text=document.texts,
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


def _document(
    step: Step[Petition, Any], petition: Petition, moving: Document | None, title: str
) -> Document:
    """The petition's document: made now from what its conveners wrote, or the one that moves with
    it from another meeting.
    """
    documents = step.services.store.documents
    if moving:
        moved, event = document_steps.move(
            moving, petition.meeting_id, petition.document_number, step.by
        )
        documents.save(step.unit, moved, event)
        return moved
    made, event, text = document_steps.from_petition(
        new_id(),
        petition.meeting_id,
        petition.id,
        petition.document_number,
        title,
        form_of(petition, step.services.policy),
        petition.submitted_at,
        step.by,
    )
    documents.add(step.unit, made, event, text)
    return made


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
