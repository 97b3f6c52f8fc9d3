"""Questions of the Board and staff to a petition's conveners, and their answers. Both join the
document's record; what else the Board writes is not for the conveners.
"""

from dataclasses import dataclass

from chalicelib.domain.documents import discussion as rules
from chalicelib.domain.documents.discussion_view import Question, view_of
from chalicelib.domain.documents.document import Document
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.record.events import Event
from chalicelib.services.commands import Step, command, petition
from chalicelib.services.context import Services
from chalicelib.services.documents import discussion_inputs as inputs
from chalicelib.services.documents.discussion import (
    Talk,
    about,
    at_the_table,
    save,
    take_part,
    talk,
)
from chalicelib.services.outbox.email_queue import write


@command("document.ask", inputs.Ask, talk)
def ask(step: Step[Talk, inputs.Ask]) -> Event:
    """A question, which each convener gets by email."""
    found, form, rule = take_part(step), step.form, step.services.policy.discussion
    convened = _petition_of(step.services, found.document)
    new, event = rules.ask(found.discussion, found.seen, form.text, form.follows, rule, step.by)
    save(step, found, new, event)
    step.services.store.discussions.note_asked(
        step.unit, convened.id, found.document.id, step.by.at
    )
    for convener in convened.acting:
        # One may have had their address erased.
        if convener.email:
            data = {
                **about(found),
                "petition_id": convened.id,
                "petition": convened.name,
                "who": step.by.actor.name,
                "question": form.text,
                "again": bool(form.follows),
            }
            write(step, event, "convener-question", convener.email, convener.name, data)
    return event


def _petition_of(services: Services, document: Document) -> Petition:
    found = services.store.petitions.get(document.petition_id) if document.petition_id else None
    if found is None:
        raise ConflictError(
            "This document has no conveners to ask: it was not made from a petition."
        )
    return found


@command("petition.answer", inputs.Answer, petition)
def answer(step: Step[Petition, inputs.Answer]) -> Event:
    """The conveners' answer; whoever asked is told."""
    form, services = step.form, step.services
    found = talk(services, form.document)
    if found.document.petition_id != step.subject.id:
        raise NotFoundError("There is no such question about this petition.")
    rules.require_open(found.document, found.meeting)
    rule = services.policy.discussion
    new, event = rules.answer(found.discussion, found.seen, form.question, form.text, rule, step.by)
    save(step, found, new, event)
    services.store.discussions.require_standing(step.unit, found.document.id)
    question = found.seen.question_of(form.question)
    for person_id in sorted(question.askers if question else ()):
        person = services.store.people.get(person_id)
        if person and at_the_table(services, found.document.id, person):
            data = {
                **about(found),
                "who": step.by.actor.name,
                "question": question.text if question else "",
                "answer": form.text,
                "discussion": [found.document.id, person.id, 0],
            }
            write(step, event, "question-answered", person.email, person.name, data)
    return event


# ------------------------------------------------------------------ Reading


def questions_of(services: Services, document_id: str) -> tuple[Question, ...]:
    """The questions about a document that stand, with their answers, as its record lists them."""
    _, events = services.store.discussions.read(document_id)
    return view_of(events).standing


@dataclass(frozen=True)
class Asked:
    """The questions about one document of a petition."""

    document: Document
    meeting: Meeting | None
    questions: tuple[Question, ...]
    open: bool


def asked_about(services: Services, found: Petition) -> list[Asked]:
    """What the conveners of a petition were asked, about the document asked about last first."""
    asked = []
    for document_id in services.store.discussions.asked(found.id):
        spoken = talk(services, document_id)
        if spoken.seen.standing:
            going_on = rules.is_open(spoken.document, spoken.meeting)
            asked.append(Asked(spoken.document, spoken.meeting, spoken.seen.standing, going_on))
    return asked
