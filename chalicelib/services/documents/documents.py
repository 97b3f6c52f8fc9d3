"""Documents before the Board: who may read one, and what staff do with it."""

from typing import Any

from chalicelib.domain.documents import steps
from chalicelib.domain.documents.document import Document, Kind, State
from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError
from chalicelib.domain.meetings import documents as entries
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.meetings.meeting import DocumentEntry, Meeting
from chalicelib.domain.people.people import Actor, Role
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.record.events import Event
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, roles_for
from chalicelib.services.context import Services
from chalicelib.services.documents import inputs as forms
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.outbox.email_queue import to_conveners, write
from chalicelib.services.petitions.petitions import free_the_floor
from chalicelib.storage.stores.documents import DocumentRead

MISSING = "There is no document at this address."


def document(services: Services, target: str) -> Document:
    """Loads a document. Raises NotFoundError."""
    found = services.store.documents.get(target)
    if found is None:
        raise NotFoundError(MISSING)
    return found


# Reading


def for_reading(services: Services, actor: Actor, document_id: str) -> DocumentRead:
    """A document for whoever may read it: the Board and staff, its sender, and the conveners of
    its petition. What is for a closed session is for the Board and staff alone, and not for a
    member who is recused.

    Raises NotFoundError, and NotAllowedError.
    """
    found = services.store.documents.read(document_id)
    if found is None:
        # Whoever is not signed in is asked to sign in, whether or not a document is there.
        authorize(actor, "document.send")
        raise NotFoundError(MISSING)
    here = actor.having(*roles_here(services, actor, found.document))
    authorize(here, "document.read")
    if not closed(services, found.document):
        return found
    if Role.STAFF in actor.roles:
        return found
    if Role.BOARD not in actor.roles:
        raise NotFoundError(MISSING)
    if actor.id in found.recused:
        raise NotAllowedError(
            "This document is for a closed session, and you are recused from what it is about."
        )
    return found


def closed(services: Services, found: Document) -> bool:
    """Whether a document is for the Board in closed session."""
    if found.closed:
        return True
    meeting = services.store.board.meeting(found.meeting_id)
    return entries.is_closed(meeting, found)


def readable(services: Services, actor: Actor, meeting: Meeting) -> list[DocumentEntry]:
    """The documents of a meeting that a member of the Board, or of the staff, may read: not those
    for a closed session from which they are recused.
    """
    items = {item.document: item for item in meeting.docket if item.document}
    found = []
    for entry in meeting.current_documents:
        item = items.get(entry.number)
        shut = entry.closed or bool(item and item.closed)
        recused = shut and services.store.documents.recused(entry.document_id, actor.id)
        if not recused or Role.STAFF in actor.roles:
            found.append(entry)
    return found


def roles_here(services: Services, actor: Actor, found: Document) -> set[Role]:
    """The roles that the actor holds for a document: its sender, or a convener of its petition or
    group.
    """
    roles = roles_for(actor, found)
    if found.petition_id and actor.person:
        petition = services.store.petitions.get(found.petition_id)
        if petition:
            roles = roles | (roles_for(actor, petition) & {Role.CONVENER})
    if found.group_id and actor.person:
        group = services.store.groups.get(found.group_id)
        if group:
            roles = roles | (roles_for(actor, group) & {Role.CONVENER})
    return roles


def sent_by(services: Services, actor: Actor) -> list[Document]:
    """The documents that somebody sent, the newest first, without those for a closed session."""
    store = services.store.documents
    found = [store.get(one) for one in store.sent_by(actor.id)]
    return [one for one in found if one and not one.closed]


# What staff do


@command("document.number", forms.Number, document)
def number(step: Step[Document, forms.Number]) -> Document:
    """The document with a number of its meeting, and on its docket; its sender is told."""
    old, form, services = step.subject, step.form, step.services
    inputs.keep_within(services.policy.limits.person_name, presenter=form.presenter)
    meeting = load_meeting(services, old.meeting_id)
    new, event = steps.number(old, form.number, form.closed, step.by)
    minutes = services.policy.meeting(services.today()).item_minutes
    changed, told = meetings.add_document(
        meeting,
        form.number,
        new.title,
        "",
        form.presenter or new.sender,
        minutes,
        step.by,
        document_id=new.id,
        text=new.texts,
        kind=new.kind.value,
        action=entries.ASKS[new.kind],
        revision=new.revision,
        late=new.late,
        closed=new.closed,
    )
    services.store.documents.save(step.unit, new, event)
    services.store.board.save_meeting(step.unit, changed, told)
    tell_sender(step, new, event, "document-numbered", meeting, late=new.late)
    return new


@command("document.withdraw", inputs.Reason, document)
def withdraw(step: Step[Document, inputs.Reason]) -> Document:
    """The document taken back, and off the docket; sender and staff hear of each other's doing."""
    old, services = step.subject, step.services
    inputs.keep_within(services.policy.limits.comment, reason=step.form.reason)
    if old.kind == Kind.PETITION:
        raise ConflictError(
            "A petition’s document goes with its petition: return that, or let it be withdrawn."
        )
    if old.kind == Kind.RENEWAL:
        raise ConflictError(
            "This document goes with its group’s renewal: return that to its conveners."
        )
    meeting = load_meeting(services, old.meeting_id)
    published = bool(old.number) and was_published(services, meeting, old)
    new, event = steps.withdraw(old, step.form.reason, step.by, published=published)
    services.store.documents.save(step.unit, new, event)
    if old.number:
        free_the_floor(step, old.meeting_id, old.number)
        changed, told = entries.take_out(meeting, old.number, step.by)
        services.store.board.save_meeting(step.unit, changed, told)
    if step.by.actor.id == old.sender_id:
        to_staff(step, new, event, "staff-document-withdrawn", meeting, reason=step.form.reason)
    else:
        tell_sender(step, new, event, "document-withdrawn", meeting, reason=step.form.reason)
    return new


def was_published(services: Services, meeting: Meeting, found: Document) -> bool:
    """Whether a packet holds any revision of a document."""
    if found.revision > 1:
        # Perhaps of an earlier revision, which the entry does not tell any more.
        record = services.store.documents.read(found.id)
        if record and any(event.command == "publish" for event in record.events):
            return True
    entry = meeting.document(found.number)
    return entries.holding(entry, services.store.board.packets(meeting.id))


@command("document.publish", forms.Published, document)
def publish(step: Step[Document, forms.Published]) -> Document:
    """The note that a packet holds the document as it is. Nothing happens where the document has
    another revision by now, or says so already.
    """
    old, form = step.subject, step.form
    packet = step.services.store.board.packet(old.meeting_id, form.packet)
    if packet is None or old.revision != form.revision or old.state != State.NUMBERED:
        return old
    new, event = steps.publish(old, packet.name, packet.sha256, step.by)
    step.services.store.documents.save(step.unit, new, event)
    return new


# Letters


def about(found: Document, meeting: Meeting) -> dict[str, Any]:
    """What every letter about a document may say."""
    return {
        "document_id": found.id,
        "title": found.title,
        "code": found.code,
        "meeting": meeting.title,
        "meeting_id": meeting.id,
        "sender": found.sender,
    }


def tell_sender(
    step: Step[Any, Any], found: Document, event: Event, kind: str, meeting: Meeting, **data: Any
) -> None:
    """A letter to whoever sent a document, unless they had their data erased."""
    person = step.services.store.people.get(found.sender_id) if found.sender_id else None
    if person and person.email:
        content = {**about(found, meeting), **data}
        write(step, event, kind, person.email, person.name, content)


def to_staff(
    step: Step[Any, Any], found: Document, event: Event, kind: str, meeting: Meeting, **data: Any
) -> None:
    """A letter about a document to everybody on the staff but whoever acts."""
    for person in step.services.store.people.staff():
        if person.id != step.by.actor.id:
            content = {**about(found, meeting), **data}
            write(step, event, kind, person.email, person.name, content)


def tell_about_change(
    step: Step[Any, Any],
    found: Document,
    event: Event,
    meeting: Meeting,
    changes: str,
    why: str,
) -> None:
    """A letter to whose document it is, when staff changed it: its petition's conveners, or its
    sender.
    """
    data = {"changes": changes, "why": why}
    if found.petition_id:
        petition = step.services.store.petitions.get(found.petition_id)
        if petition:
            to_conveners(step, petition, event, "document-changed", **about(found, meeting), **data)
    elif found.group_id:
        group = step.services.store.groups.get(found.group_id)
        for convener in group.acting if group else ():
            if convener.email:
                content = {**about(found, meeting), **data}
                write(step, event, "document-changed", convener.email, convener.name, content)
    elif found.sender_id != step.by.actor.id:
        tell_sender(step, found, event, "document-changed", meeting, **data)
