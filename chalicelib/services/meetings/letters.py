"""Letters about a meeting: to the Board, and to those whose petition or group is on its docket."""

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.domain.documents.document import Kind
from chalicelib.domain.groups.group import Convener
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.petitions.text import Convener as Petitioner
from chalicelib.domain.record.events import Event
from chalicelib.services.commands import Step
from chalicelib.services.outbox.email_queue import write

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
    """A letter to the conveners whose petitions or groups are on the docket: one to an address."""
    found = list(_on_docket(step, new))
    told: set[str] = set()
    everybody = sum(len(people) for _, people in found)
    for what, everyone in found:
        people = everyone[:1] if everybody > MOST_LETTERS_TO_CONVENERS else everyone
        for convener in people:
            if not convener.email or key_of(convener.email) in told:
                continue
            told.add(key_of(convener.email))
            content = {**about_meeting(new), **what, **data}
            write(step, event, kind, convener.email, convener.name, content)


Named = Sequence[Petitioner] | Sequence[Convener]


def _on_docket(step: Step[Any, Any], new: Meeting) -> Iterator[tuple[dict[str, str], Named]]:
    """What letters say of each petition or group that is on a docket, with its conveners."""
    store = step.services.store
    for entry in new.current_documents:
        petition = store.petitions.get(entry.petition_id) if entry.petition_id else None
        if petition:
            yield {"petition_id": petition.id, "petition": petition.name}, petition.acting
        elif entry.kind == Kind.RENEWAL:
            document = store.documents.get(entry.document_id)
            group = store.groups.get(document.group_id) if document else None
            if group:
                yield {"petition": group.name, "group_slug": group.id}, group.acting
