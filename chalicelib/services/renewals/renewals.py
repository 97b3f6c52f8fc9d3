"""A group's renewal: opened, answered by its conveners, and brought before the Board by staff."""

from typing import Any

from chalicelib.domain.documents import steps as document_steps
from chalicelib.domain.documents.document import Document, Kind
from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.groups.conveners import convener_of
from chalicelib.domain.groups.group import WITH_ANOTHER, Answer, Group, Stage
from chalicelib.domain.meetings import docket
from chalicelib.domain.meetings import documents as entries
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.people.people import SYSTEM, Act, Role
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.text import Convener as Petitioner
from chalicelib.domain.petitions.text import Text
from chalicelib.domain.record.events import Event
from chalicelib.domain.renewals import renewal as rules
from chalicelib.domain.renewals.form import form_of, title_of
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.groups import inputs as forms
from chalicelib.services.groups.groups import (
    about,
    group,
    petition_over,
    save,
    to_conveners,
    to_staff,
)
from chalicelib.services.outbox.email_queue import write
from chalicelib.services.people.tokens import new_id
from chalicelib.services.petitions.petitions import free_the_floor
from chalicelib.services.renewals.effects import carry_out


def by_petition(services: Services, found: Group) -> bool:
    """Whether groups of this kind go on by a petition."""
    rule = services.policy.unit(found.kind, services.today())
    return rule.continuance == "petition"


def step_of(services: Services, found: Group) -> str:
    """The Board's step for the outcome that was asked for: `none`, `consent` or `action`."""
    assert found.renewal is not None
    return services.policy.renewal(services.today()).step(found.renewal.answer.outcome)


@command("renewal.open", load=group)
def open_(step: Step[Group, inputs.Nothing]) -> Group:
    """A renewal opened before it opens by itself: by conveners who want a change, or by staff."""
    old = step.subject
    new, event = rules.open_(old, (), step.services.policy, step.by)
    save(step, old, new, event)
    if Role.CONVENER not in step.by.actor.roles:
        to_conveners(step, new, event, "renewal-opened", **opened_words(step.services, new))
    return new


def opened_words(services: Services, new: Group) -> dict[str, Any]:
    """What the letter about an opened renewal says besides."""
    assert new.renewal is not None
    return {
        "why": new.renewal.why.value,
        "by_petition": "yes" if by_petition(services, new) else "",
        "deadline": "",
        "meeting": "",
    }


def _answer(step: Step[Group, forms.AnswerRenewal]) -> Answer:
    """The answer as the form gives it, with the name of the other group. Raises ValidationError for
    one that is not there, and ConflictError when somebody else saved meanwhile.
    """
    old, form = step.subject, step.form
    if form.saved is not None and form.saved != saved_mark(old):
        raise ConflictError(
            "Somebody saved another answer since you opened this page. Nothing was overwritten: "
            "copy what you typed, reload the page, and merge the two."
        )
    other = step.services.store.groups.get(form.other) if form.other else None
    if form.other and (other is None or not other.living):
        raise ValidationError({"other": "Choose a group that is active."})
    return Answer(
        outcome=form.outcome,
        name=form.name,
        charge=form.charge,
        report=form.report,
        other=form.other,
        other_name=other.name if other else "",
        agreement=form.agreement,
    )


def saved_mark(found: Group) -> str:
    """When the answer was kept that a form begins from; empty where none was. What happens to the
    group otherwise, such as a reminder, is in nobody's way.
    """
    saved = found.renewal.saved_at if found.renewal else None
    return saved.isoformat() if saved else ""


@command("renewal.save", forms.AnswerRenewal, group)
def save_answer(step: Step[Group, forms.AnswerRenewal]) -> Group:
    """The answer kept, complete or not, to go on with later."""
    old = step.subject
    answer = _answer(step)
    if old.renewal and old.renewal.stage == Stage.OPEN and old.renewal.answer == answer:
        return old
    new, event = rules.save(old, answer, step.services.policy, step.by)
    save(step, old, new, event)
    return new


@command("renewal.submit", forms.AnswerRenewal, group)
def submit(step: Step[Group, forms.AnswerRenewal]) -> Group:
    """The answer handed in, with a receipt to the conveners, and a letter to staff. The conveners
    of another group that is named are told what is said of it.
    """
    old, services = step.subject, step.services
    new, event = rules.submit(
        old, _answer(step), by_petition(services, old), services.policy, step.by
    )
    save(step, old, new, event)
    said = outcome_words(services, new)
    to_conveners(step, new, event, "renewal-submitted", **said)
    to_staff(step, new, event, "staff-renewal", **said)
    _tell_other(step, new, event, "renewal-names-group", **said)
    return new


def outcome_words(services: Services, found: Group) -> dict[str, Any]:
    """What letters say of an answer."""
    assert found.renewal is not None
    answer = found.renewal.answer
    return {
        "outcome": answer.outcome,
        "new_name": answer.name if answer.name != found.name else "",
        "new_charge": answer.charge if answer.charge != found.charge.text else "",
        "other": answer.other_name,
        "other_slug": answer.other,
        "agreement": answer.agreement,
        "board_step": step_of(services, found),
    }


def _tell_other(step: Step[Any, Any], new: Group, event: Event, kind: str, **data: Any) -> None:
    assert new.renewal is not None
    answer = new.renewal.answer
    if answer.outcome not in WITH_ANOTHER:
        return
    other = step.services.store.groups.get(answer.other)
    content = {**about(step.services, new), **data}
    for convener in other.acting if other else ():
        if convener.email:
            write(step, event, kind, convener.email, convener.name, content)


@command("renewal.take-back", load=group)
def take_back(step: Step[Group, inputs.Nothing]) -> Group:
    """The answer with its conveners again."""
    old = step.subject
    new, event = rules.take_back(old, step.by)
    save(step, old, new, event)
    to_staff(step, new, event, "staff-renewal-taken-back")
    return new


@command("renewal.drop", load=group)
def drop(step: Step[Group, inputs.Nothing]) -> Group:
    """A renewal that was asked for and is wanted no more."""
    old = step.subject
    _require_no_petition(step, old)
    new, event = rules.drop(old, step.services.policy, step.by)
    save(step, old, new, event)
    return new


def _require_no_petition(step: Step[Group, Any], old: Group) -> None:
    found = old.renewal
    if found and found.petition_id and not petition_over(step.services, old):
        raise ConflictError("Its petition is under way: withdraw that first.")


@command("renewal.return", forms.SendBack, group)
def send_back(step: Step[Group, forms.SendBack]) -> Group:
    """The answer returned to its conveners with what should change, and off the docket."""
    old, services = step.subject, step.services
    inputs.keep_within(services.policy.limits.comment, comments=step.form.comments)
    new, event = rules.send_back(old, step.form.comments, services.policy, step.by)
    _take_off_docket(step, old)
    save(step, old, new, event)
    to_conveners(step, new, event, "renewal-returned", comments=step.form.comments)
    return new


def _take_off_docket(step: Step[Any, Any], old: Group) -> None:
    """Takes the document of an answer that comes back off its meeting. Raises ConflictError once a
    vote on it has begun.
    """
    found = old.renewal
    if found is None or found.stage != Stage.SCHEDULED:
        return
    document = _taken_off(step, old)
    withdrawn, told = document_steps.withdraw(document, "", Act(SYSTEM, Role.SYSTEM, step.by.at))
    step.services.store.documents.save(step.unit, withdrawn, told)


def _taken_off(step: Step[Any, Any], found: Group) -> Document:
    """The document of an answer, off the docket of its meeting. Raises ConflictError once a vote on
    it has begun.
    """
    renewal, services = found.renewal, step.services
    assert renewal is not None
    meeting = services.store.board.meeting(renewal.meeting_id)
    document = services.store.documents.get(renewal.document_id)
    if meeting is None or document is None:
        raise NotFoundError("The document of this renewal is missing.")
    _require_not_adopted(meeting, renewal.document_number)
    free_the_floor(step, meeting.id, renewal.document_number)
    changed, event = entries.take_out(meeting, renewal.document_number, step.by)
    services.store.board.save_meeting(step.unit, changed, event)
    return document


def _require_not_adopted(meeting: Meeting, number: str) -> None:
    item = next((i for i in meeting.docket if i.document == number), None)
    if item and item.id in meeting.consent_adopted:
        raise ConflictError("The Board has adopted this with its consent agenda.")


@command("renewal.schedule", forms.ScheduleRenewal, group)
def schedule(step: Step[Group, forms.ScheduleRenewal]) -> Group:
    """The answer as a numbered action form of a meeting; on its consent agenda where the policy
    wants it there.
    """
    old, services, form = step.subject, step.services, step.form
    meeting = services.store.board.meeting(form.meeting) if form.meeting else None
    if meeting is None:
        raise ValidationError({"meeting": "Choose a meeting."})
    if old.renewal is None or not old.renewal.answer.outcome:
        raise ConflictError("There is no answer to bring before the Board.")
    if step_of(services, old) == "none":
        raise ConflictError("This needs no step of the Board: accept it.")
    document = _document(step, meeting)
    new, event = rules.schedule(old, meeting.id, meeting.title, form.number, document.id, step.by)
    changed, added = _on_docket(step, meeting, document)
    services.store.board.save_meeting(step.unit, changed, added)
    save(step, old, new, event)
    to_conveners(
        step,
        new,
        event,
        "renewal-scheduled",
        meeting=meeting.title,
        starts_at=meeting.starts_at.isoformat(),
        document=form.number,
        consent="yes" if step_of(services, old) == "consent" else "",
        outcome=old.renewal.answer.outcome,
    )
    return new


def _document(step: Step[Group, forms.ScheduleRenewal], meeting: Meeting) -> Document:
    """The answer's document: made now, or the one that moves with it from another meeting."""
    services, found, form = step.services, step.subject, step.form
    assert found.renewal is not None
    today, documents = services.today(), services.store.documents
    if found.renewal.stage == Stage.SCHEDULED:
        if found.renewal.meeting_id == meeting.id:
            raise ValidationError({"meeting": "It is on this meeting's docket already."})
        moving = _taken_off(step, found)
        moved, event = document_steps.move(moving, meeting.id, form.number, step.by)
        documents.save(step.unit, moved, event)
        return moved
    blank = Document(
        id=step.once.setdefault("document", new_id()),
        meeting_id=meeting.id,
        kind=Kind.RENEWAL,
        title=title_of(found, services.policy, today),
        form=form_of(found, found.checked_in, services.policy, today),
        number=form.number,
        group_id=found.id,
        received_at=found.renewal.submitted_at,
    )
    made, event, text = document_steps.from_renewal(blank, step.by)
    documents.add(step.unit, made, event, text)
    return made


def _on_docket(
    step: Step[Group, Any], meeting: Meeting, document: Document
) -> tuple[Meeting, Event]:
    """The meeting with the document, in its consent agenda where the policy wants it there."""
    services, found = step.services, step.subject
    consent = step_of(services, found) == "consent"
    arranged = docket.arranged(meeting, services.policy)
    presenter = found.acting[0].name if found.acting else ""
    return meetings.add_document(
        arranged,
        document.number,
        document.title,
        "",
        presenter,
        0 if consent else services.policy.meeting(services.today()).item_minutes,
        step.by,
        document_id=document.id,
        text=document.texts,
        kind=document.kind.value,
        consent=consent,
    )


@command("renewal.accept", load=group)
def accept(step: Step[Group, inputs.Nothing]) -> Group:
    """The answer accepted by staff, where the policy wants no step of the Board."""
    old, services = step.subject, step.services
    found = old.renewal
    if found is None or found.stage != Stage.SUBMITTED:
        raise ConflictError("There is no answer waiting for staff.")
    if step_of(services, old) != "none":
        raise ConflictError("This needs a step of the Board: put it on the docket of a meeting.")
    answer = found.answer
    given = {"name": answer.name, "charge": answer.charge}
    return carry_out(step, old, given)


@command("renewal.remind", load=group)
def remind(step: Step[Group, inputs.Nothing]) -> Group:
    """A reminder to the conveners now, by staff; once a day at most."""
    old, services = step.subject, step.services
    new, event = rules.note_reminder(old, services.policy, step.by)
    save(step, old, new, event)
    to_conveners(step, new, event, "renewal-opened", **opened_words(services, new))
    return new


@command("renewal.petition", load=group)
def petition(step: Step[Group, inputs.Nothing]) -> Group:
    """The petition by which the group is to be continued, as a draft of its conveners."""
    old, services = step.subject, step.services
    found = old.renewal
    if not by_petition(services, old):
        raise ConflictError("Groups of this kind continue without a petition: answer the form.")
    if found is None or found.stage != Stage.OPEN:
        raise ConflictError("No renewal of this group is waiting for its conveners.")
    if found.petition_id and not petition_over(services, old):
        raise ConflictError("Its petition is under way already.")
    petition_id = step.once.setdefault("petition", new_id())
    new, event = rules.attach_petition(old, petition_id, step.by)
    _draft(step, old, petition_id)
    save(step, old, new, event)
    return new


def _draft(step: Step[Group, Any], found: Group, petition_id: str) -> None:
    """The draft of the petition that continues a group, convened by its conveners: by whoever
    begins it first.
    """
    own = convener_of(found, step.by.actor)
    assert own is not None, "roles.TABLE lets nobody else through"
    named = [own, *(c for c in found.acting if c is not own and c.email)]
    petitioners = tuple(
        Petitioner(name=c.name, email=c.email, institution=c.institution) for c in named
    )
    report = found.renewal.answer.report if found.renewal else ""
    text = Text(name=found.name, charge=found.charge.text, background=report)
    draft, event = petitions.begin(
        petition_id,
        found.kind,
        petitioners[0],
        step.services.policy,
        step.by,
        continues=found.id,
        others=petitioners[1 : step.services.policy.limits.conveners],
        text=text,
    )
    step.services.store.petitions.add(step.unit, draft, event)
