"""Questions of the Board and staff to a petition's conveners, with their answers, for a packet."""

from datetime import datetime
from typing import Any

from chalicelib.domain.documents.discussion_view import Question, Said
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.times import local_date, long_date
from chalicelib.services.context import Services
from chalicelib.services.documents.questions import questions_of


def questions_answered(
    services: Services, document_id: str, petition: Petition, asked_at: datetime
) -> list[dict[str, Any]]:
    """The questions that were answered when the packet was asked for, with every word said to them
    until then: who, as what, when.
    """
    found = []
    for question in questions_of(services, document_id):
        steps = [step for step in question.steps if step.at <= asked_at]
        if any(not step.asked for step in steps):
            found.append(_question(services, question, steps, petition))
    return found


def _question(
    services: Services, question: Question, steps: list[Said], petition: Petition
) -> dict[str, Any]:
    said: list[tuple[str, Question | Said]] = [("Question", question)]
    said += [("Further question" if step.asked else "Answer", step) for step in steps]
    return {
        "words": [
            {
                "what": what,
                "text": one.text,
                "by": one.author,
                "as": _convener(services, one.author_id, petition)
                if what == "Answer"
                else _office(services, one.author_id, one.at),
                "on": long_date(local_date(one.at, services.policy.association.zone)),
            }
            for what, one in said
        ]
    }


def _office(services: Services, person_id: str, at: datetime) -> str:
    """The office that somebody held on the day, or that they are of the staff."""
    person = services.store.people.get(person_id)
    if person is None:
        return ""
    seat = person.seat_on(local_date(at, services.policy.association.zone))
    return seat.office if seat else "staff" if person.staff else ""


def _convener(services: Services, person_id: str, petition: Petition) -> str:
    """A convener's institution, as the petition names it."""
    person = services.store.people.get(person_id)
    named = [c for c in petition.acting if person and canonical(c.email) == canonical(person.email)]
    institution = next((c.institution for c in named), "")
    return f"convener, {institution}" if institution else "convener"
