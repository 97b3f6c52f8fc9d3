"""Documents that people send to the Board: received, acknowledged, and told of when overdue."""

from dataclasses import replace

from chalicelib.domain.documents import form_text, steps
from chalicelib.domain.documents.document import Document, Form, Kind
from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings.meeting import TO_COME, Meeting
from chalicelib.domain.meetings.milestones import Lateness, acknowledge_by, may_send
from chalicelib.domain.people.people import Actor
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.documents import inputs as forms
from chalicelib.services.documents import uploads
from chalicelib.services.documents.documents import document, tell_sender, to_staff
from chalicelib.services.documents.revisions import form_of
from chalicelib.services.meetings.lookup import meeting
from chalicelib.services.people.tokens import new_id

# What people may send in; a petition makes its document by itself.
KINDS = (Kind.ACTION, Kind.DISCUSSION, Kind.COVER, Kind.FILE)


def is_late(services: Services, actor: Actor, found: Meeting) -> bool:
    """Whether a document that somebody sends now goes to a supplement."""
    how = may_send(found, actor.person, services.clock(), services.policy)
    return how == Lateness.LATE


def require_to_come(services: Services, found: Meeting) -> None:
    """Raises ConflictError for a meeting that takes no documents any more."""
    if found.state not in TO_COME or services.clock() >= found.starts_at:
        raise ConflictError("This meeting no longer accepts documents. Choose an upcoming one.")


@command("document.send", forms.Send, meeting)
def send(step: Step[Meeting, forms.Send]) -> Document:
    """A document that came in, with a receipt to its sender at once, and a letter to staff."""
    services, form, person = step.services, step.form, step.by.actor.person
    assert person is not None
    require_to_come(services, step.subject)
    if not person.name:
        raise ConflictError("Say on your account’s page first how you want to be named.")
    kind, text = _checked(step)
    file = uploads.keep(services, step.by.actor, form.upload) if kind == Kind.FILE else None
    _count(step)
    blank = Document(
        id=step.once.setdefault("id", new_id()),
        meeting_id=step.subject.id,
        kind=kind,
        title=form.title,
        form=text,
        file=file,
        sender_id=person.id,
        sender=", ".join(part for part in (person.name, person.institution) if part),
        note=form.note,
        received_at=step.by.at,
        acknowledge_by=acknowledge_by(step.by.at, services.policy),
        late=is_late(services, step.by.actor, step.subject),
    )
    new, event, kept = steps.receive(blank, step.by)
    services.store.documents.add(step.unit, new, event, kept)
    assert new.acknowledge_by is not None
    more = {"late": new.late, "by": new.acknowledge_by.isoformat()}
    tell_sender(step, new, event, "document-received", step.subject, **more)
    to_staff(step, new, event, "staff-document", step.subject, **more)
    return new


def _checked(step: Step[Meeting, forms.Send]) -> tuple[Kind, Form]:
    """The kind, and its form. Raises ValidationError."""
    form, policy = step.form, step.services.policy
    inputs.keep_within(policy.limits.comment, note=form.note)
    kind = next((k for k in KINDS if k.value == form.kind), None)
    if kind is None:
        raise ValidationError({"kind": "Choose what the document is."})
    text = form_text.form_for(kind, form_of(form))
    errors = form_text.why_not(kind, form.title, text, policy, Form())
    if kind == Kind.FILE and not form.upload:
        errors["file"] = "Choose the PDF."
    if errors:
        raise ValidationError(errors)
    if not text.submitted_by:
        person = step.by.actor.person
        assert person is not None
        named = ", ".join(part for part in (person.name, person.institution) if part)
        text = replace(text, submitted_by=(named,))
    return kind, text


def _count(step: Step[Meeting, forms.Send]) -> None:
    """Counts the document, once however often the command is decided. Raises ConflictError after
    too many in a day.
    """
    most = step.services.policy.documents.a_day
    if "counted" not in step.once:
        what = f"documents#{step.by.actor.id}"
        number = step.services.store.limits.count(what, step.by.at, uploads.DAY_SECONDS)
        step.once["counted"] = "yes" if number <= most else ""
    if not step.once["counted"]:
        raise ConflictError(
            f"You sent {most} documents today, which is all that one person may. Go on tomorrow, "
            "or write to staff."
        )


@command("document.acknowledge", forms.Acknowledge, document)
def acknowledge(step: Step[Document, forms.Acknowledge]) -> Document:
    """Staff's answer, by letter: that it is complete, or what is missing."""
    old, form, services = step.subject, step.form, step.services
    inputs.keep_within(services.policy.limits.comment, words=form.words)
    new, event = steps.acknowledge(old, form.complete, form.words, step.by)
    services.store.documents.save(step.unit, new, event)
    found = meeting(services, old.meeting_id)
    more = {"complete": form.complete, "words": form.words}
    tell_sender(step, new, event, "document-acknowledged", found, **more)
    return new


@command("document.tell-late", load=document)
def tell_late(step: Step[Document, inputs.Nothing]) -> Document:
    """One letter to each of staff: this document's sender has waited too long for an answer."""
    old, services = step.subject, step.services
    if not steps.is_overdue(old, step.by.at) or old.told_late_at:
        # Acknowledged meanwhile, or told by another sweep.
        return old
    new, event = steps.tell_late(old, step.by)
    services.store.documents.save(step.unit, new, event)
    found = meeting(services, old.meeting_id)
    assert new.acknowledge_by is not None
    more = {"by": new.acknowledge_by.isoformat()}
    to_staff(step, new, event, "staff-document-overdue", found, **more)
    return new
