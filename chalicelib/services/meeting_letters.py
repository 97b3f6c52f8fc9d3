"""Letters about a meeting: to the Board, and to those whose petitions are on its docket."""

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.addresses import key_of
from chalicelib.domain.events import Event
from chalicelib.domain.meeting import Meeting
from chalicelib.domain.petition_text import Convener
from chalicelib.services.commands import Step
from chalicelib.services.writing import write

# One transaction holds a hundred writes; the Board's letters and the floors need theirs. With more
# conveners than this, the first of each petition is told.
MOST_LETTERS_TO_CONVENERS = 40


def about_meeting(found: Meeting) -> dict[str, Any]:
    """What every letter about a meeting may say."""
    return {
        "meeting_id": found.id,
        "meeting": found.title,
        "starts_at": found.starts_at.isoformat(),
    }


def to_board(step: Step[Any, Any], new: Meeting, event: Event, kind: str, **data: Any) -> None:
    """A letter about a meeting to everybody who holds a seat at the Board's table today."""
    for person in step.services.store.people.board(step.services.today()):
        write(step, event, kind, person.email, person.name, {**about_meeting(new), **data})


def to_docket(step: Step[Any, Any], new: Meeting, event: Event, kind: str, **data: Any) -> None:
    """A letter to the conveners whose petitions are on the docket: one to an address."""
    petitions = [
        found
        for document in new.current_documents
        if (found := step.services.store.petitions.get(document.petition_id))
    ]
    told: set[str] = set()
    everybody = sum(len(found.acting) for found in petitions)
    for found in petitions:
        people: Iterable[Convener] = found.acting
        if everybody > MOST_LETTERS_TO_CONVENERS:
            people = found.acting[:1]
        for convener in people:
            if not convener.email or key_of(convener.email) in told:
                continue
            told.add(key_of(convener.email))
            content = {
                **about_meeting(new),
                "petition_id": found.id,
                "petition": found.name,
                **data,
            }
            write(step, event, kind, convener.email, convener.name, content)
