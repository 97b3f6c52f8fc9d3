"""The Board's and staff's discussion of a document, and its liaison's recommendation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.documents import discussion as rules
from chalicelib.domain.documents.discussion import Discussion
from chalicelib.domain.documents.discussion_view import Thread, View, view_of
from chalicelib.domain.documents.document import Document, State
from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people.people import Actor, Person, Role, actor_for
from chalicelib.domain.record.events import Event
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.documents import discussion_inputs as inputs
from chalicelib.services.outbox.email_queue import write

RECUSED = (
    "You recused yourself from this document, so its discussion and its liaison’s recommendation "
    "are hidden from you, and you get no email about them."
)


@dataclass(frozen=True)
class Talk:
    """A document with all that was written about it."""

    document: Document
    meeting: Meeting | None
    discussion: Discussion
    seen: View


def talk(services: Services, target: str) -> Talk:
    """Loads a document with its discussion. Raises NotFoundError."""
    document = services.store.documents.get(target)
    if document is None:
        raise NotFoundError("There is no document at this address.")
    found, events = services.store.discussions.read(target)
    meeting = services.store.board.meeting(document.meeting_id) if document.meeting_id else None
    return Talk(document, meeting, found, view_of(events))


def may_see(actor: Actor, document: Document) -> None:
    """Raises NotFoundError to the Board for a document that staff have not given it yet."""
    if document.state == State.RECEIVED and Role.STAFF not in actor.roles:
        raise NotFoundError("There is no document at this address.")


def is_recused(services: Services, document_id: str, actor: Actor) -> bool:
    """Whether somebody took themselves out of the decision on a document, and with that out of
    its discussion.
    """
    return services.store.documents.recused(document_id, actor.id)


def take_part(step: Step[Talk, Any]) -> Talk:
    """The discussion, for somebody who may write in it. Raises ConflictError where it is closed, or
    for who is recused, also if they are by the time of the write.
    """
    found = step.subject
    may_see(step.by.actor, found.document)
    if is_recused(step.services, found.document.id, step.by.actor):
        raise ConflictError(RECUSED)
    rules.require_open(found.document, found.meeting)
    step.services.store.discussions.require_part(step.unit, found.document.id, step.by.actor.id)
    return found


def save(step: Step[Any, Any], found: Talk, new: Discussion, event: Event) -> None:
    """Adds what was said to the command's writes, and beside whoever says something for the first
    time, that they did: so what is kept about somebody is found without looking everywhere.
    """
    store, writer = step.services.store.discussions, step.by.actor.id
    store.save(step.unit, new, event)
    if writer not in {author for _, author in found.seen.written()}:
        store.note_wrote(step.unit, writer, found.document.id)


# ------------------------------------------------------------------ Comments


@command("document.comment", inputs.WriteComment, talk)
def comment(step: Step[Talk, inputs.WriteComment]) -> Event:
    """Another comment, or a reply; who else takes part in the thread is written to, calmly."""
    found, form, rule = take_part(step), step.form, step.services.policy.discussion
    thread = found.seen.thread_of(form.reply_to) if form.reply_to else None
    letters = _letters(step, found, thread) if thread else {}
    at = {person_id: when for person_id, (_, when) in letters.items()}
    old = rules.with_letters(found.discussion, at)
    new, event = rules.comment(
        old, found.seen, found.document, form.section, form.text, form.reply_to, rule, step.by
    )
    save(step, found, new, event)
    for person, when in letters.values():
        _write_later(step, found, event, form.reply_to, person, when)
    return event


def _letters(
    step: Step[Talk, Any], found: Talk, thread: Thread
) -> dict[str, tuple[Person, datetime]]:
    """Who is to be written to about a reply, and when: who takes part in the thread, still sits at
    the table, and has no letter on its way already.
    """
    letters = {}
    rule = step.services.policy.discussion
    for person_id in sorted(thread.writers - {step.by.actor.id}):
        when = rules.next_letter(found.discussion, person_id, rule, step.by.at)
        person = step.services.store.people.get(person_id) if when else None
        if when and person and at_the_table(step.services, found.document.id, person):
            letters[person_id] = (person, when)
    return letters


def at_the_table(services: Services, document_id: str, person: Person) -> bool:
    """Whether somebody may read a document's discussion today."""
    actor = actor_for(person, services.today())
    seated = bool(actor.roles & {Role.BOARD, Role.STAFF})
    return seated and not is_recused(services, document_id, actor)


def _write_later(
    step: Step[Any, Any], found: Talk, event: Event, thread: int, person: Person, when: datetime
) -> None:
    """A letter that says that there is something new, and not what: it may have waited, and a
    letter lies about longer than a page.
    """
    letter = Letter(
        id=f"{event.digest[:24]}-discussion-reply-{person.id}",
        kind="discussion-reply",
        to=person.email,
        name=person.name,
        data={**about(found), "discussion": [found.document.id, person.id, thread]},
    )
    step.services.store.outbox.add(step.unit, letter, when, later=when > step.by.at)


def still_concerns(services: Services, document_id: str, person_id: str, thread: int) -> bool:
    """Whether a letter about a document is still for somebody when it is sent: they were not
    recused meanwhile, and have not read by themselves what is new in the thread of a comment.
    """
    if services.store.documents.recused(document_id, person_id):
        return False
    found = talk(services, document_id).seen.thread_of(thread) if thread else None
    if found is None:
        return True
    upto = services.store.discussions.read_upto(document_id, person_id)
    return any(
        one.number > upto and one.author_id != person_id and not one.withdrawn_at
        for one in found.all
    )


def about(found: Talk) -> dict[str, Any]:
    """What every letter about a document's discussion may say."""
    document = found.document
    return {
        "document_id": document.id,
        "document": document.code or "The document",
        "title": document.title,
        "meeting": found.meeting.title if found.meeting else "",
    }


@command("document.edit-comment", inputs.EditComment, talk)
def edit_comment(step: Step[Talk, inputs.EditComment]) -> Event | None:
    """One's own comment in other words, some minutes long; nothing where they are the same."""
    found, form = take_part(step), step.form
    before = found.seen.find(form.comment)
    rule = step.services.policy.discussion
    new, event = rules.edit(found.discussion, found.seen, form.comment, form.text, rule, step.by)
    if before is None or before.text != event.data["text"]:
        save(step, found, new, event)
    return event


@command("document.withdraw-comment", inputs.OneComment, talk)
def withdraw_comment(step: Step[Talk, inputs.OneComment]) -> Event:
    """One's own comment, or unanswered question, withdrawn. Its place stays."""
    found = take_part(step)
    new, event = rules.withdraw(found.discussion, found.seen, step.form.comment, step.by)
    save(step, found, new, event)
    return event


# ------------------------------------------------------------------ The liaison


@command("document.name-liaison", inputs.NameLiaison, talk)
def name_liaison(step: Step[Talk, inputs.NameLiaison]) -> Discussion:
    """The Board member who looks into the document; they are told."""
    found, wanted = take_part(step), step.form.person
    person = None
    if wanted:
        person = next(
            (p for p in step.services.store.people.board(step.services.today()) if p.id == wanted),
            None,
        )
        if person is None or not at_the_table(step.services, found.document.id, person):
            raise ValidationError({"person": "Choose a member of the Board who is not recused."})
    if wanted == found.discussion.liaison_id:
        # Sent twice, because the first answer was lost on its way.
        return found.discussion
    new, event = rules.name_liaison(found.discussion, person, step.by)
    save(step, found, new, event)
    if person:
        data = {**about(found), "discussion": [found.document.id, person.id, 0]}
        write(step, event, "liaison-named", person.email, person.name, data)
    return new


@command("document.recommend", inputs.Recommend, talk)
def recommend(step: Step[Talk, inputs.Recommend]) -> Event:
    """The liaison's recommendation, which takes the place of an earlier one."""
    found, form, rule = take_part(step), step.form, step.services.policy.discussion
    new, event = rules.recommend(
        found.discussion, found.document, form.advice, form.reasons, rule, step.by
    )
    save(step, found, new, event)
    return event


# ------------------------------------------------------------------ Reading


@command("document.note-read", inputs.NoteRead, talk)
def note_read(step: Step[Talk, inputs.NoteRead]) -> int:
    """How far this person has read. No event: it concerns nobody else."""
    found, store = step.subject, step.services.store.discussions
    document_id, reader = found.document.id, step.by.actor.id
    if is_recused(step.services, document_id, step.by.actor):
        raise ConflictError(RECUSED)
    upto = min(max(step.form.upto, 0), found.discussion.version)
    before = store.read_upto(document_id, reader)
    if upto > before:
        store.note_read(step.unit, document_id, reader, upto)
    return max(upto, before)


def new_to(services: Services, found: Talk, actor: Actor) -> set[int]:
    """Numbers of what others have written since somebody last said that they had read it."""
    upto = services.store.discussions.read_upto(found.document.id, actor.id)
    return found.seen.new_to(actor.id, upto)
