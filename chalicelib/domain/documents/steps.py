"""What happens to a document before the Board: each step gives the document and its event."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.domain.documents.document import Document, File, Form, Kind, Revision, State
from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.people.people import Act, Role
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import Transitions, advance, require, row

_S = State
_STANDING = frozenset({_S.RECEIVED, _S.NUMBERED, _S.PUBLISHED})

TRANSITIONS: Transitions = {
    "acknowledge": (_STANDING, None),
    "number": (frozenset({_S.RECEIVED}), _S.NUMBERED),
    "edit": (_STANDING, None),
    "revise": (_STANDING, None),
    "move": (frozenset({_S.NUMBERED, _S.PUBLISHED}), _S.NUMBERED),
    "publish": (frozenset({_S.NUMBERED}), _S.PUBLISHED),
    "withdraw": (_STANDING, _S.WITHDRAWN),
}

# What the record calls a step by another name: the edits of a petition's draft stand apart from
# its record by theirs, and a document's do not.
RECORDED = {"edit": "edit-text"}

FASTER = (
    "This document was changed since you opened the page. Nothing was overwritten: copy what you "
    "typed, reload the page, and merge the two."
)

Changed = tuple[Document, Event, Revision]


def from_petition(
    document_id: str,
    meeting_id: str,
    petition_id: str,
    number: str,
    title: str,
    form: Form,
    received_at: datetime | None,
    by: Act,
) -> Changed:
    """The document that a petition becomes when staff schedule it, with its number."""
    blank = Document(
        id=document_id,
        meeting_id=meeting_id,
        kind=Kind.PETITION,
        title=title,
        form=form,
        number=number,
        petition_id=petition_id,
        received_at=received_at or by.at,
    )
    return _begun(blank, "make", State.NUMBERED, by, by_convener=True)


def from_renewal(blank: Document, by: Act) -> Changed:
    """The document that a group's renewal becomes when staff schedule it, with its number."""
    return _begun(blank, "make", State.NUMBERED, by, by_convener=True)


def receive(new: Document, by: Act) -> Changed:
    """A document that somebody sent in, as it comes into the record."""
    return _begun(new, "send", State.RECEIVED, by)


def _begun(
    blank: Document, command: str, state: State, by: Act, *, by_convener: bool = False
) -> Changed:
    data: dict[str, Any] = {
        "kind": blank.kind.value,
        "title": blank.title,
        "meeting": blank.meeting_id,
        "number": blank.number,
        "late": blank.late,
    }
    if blank.file:
        data["sha256"] = blank.file.sha256
    text = text_of(blank, "", by, by_convener=by_convener)
    new, event = advance(
        blank, "document", command, by, before="", data=data, kept=_vouched(text), state=state
    )
    return new, event, text


def text_of(document: Document, why: str, by: Act, *, by_convener: bool = False) -> Revision:
    """The text in force, as it is kept."""
    return Revision(
        number=document.texts,
        revision=document.revision,
        title=document.title,
        form=document.form,
        at=by.at,
        by=by.actor.name,
        why=why,
        file=document.file,
        by_convener=by_convener,
    )


def _vouched(text: Revision) -> dict[str, Any]:
    """The text as the event vouches for it."""
    return {f"revision/{text.number}": row(text)}


def acknowledge(old: Document, complete: bool, words: str, by: Act) -> tuple[Document, Event]:
    """Staff's answer to the sender: it is complete, or what is missing. They may answer again.

    Raises IllegalTransitionError, ConflictError for a document that nobody sent, ValidationError
    without a word of what is missing.
    """
    _require(old, "acknowledge")
    if old.acknowledge_by is None:
        raise ConflictError("Nobody sent this document in: staff made it from a petition.")
    if not complete and not words:
        raise ValidationError({"words": "Say what is missing, so that the sender can add it."})
    data = {"complete": complete, "words": words}
    return _advance(old, "acknowledge", by, data, **_answered(complete, words, by))


def _answered(complete: bool, words: str, by: Act) -> dict[str, Any]:
    return {
        "acknowledged_at": by.at,
        "acknowledged_by": by.actor.name,
        "complete": complete,
        "acknowledgement": words,
    }


def number(old: Document, given: str, closed: bool, by: Act) -> tuple[Document, Event]:
    """The document with its number. To give one says that it is complete, where staff had not
    said so. Raises IllegalTransitionError.
    """
    state = _require(old, "number")
    data = {"number": given, "closed": closed, "late": old.late}
    answered = {} if old.complete else _answered(True, "", by)
    return _advance(old, "number", by, data, state=state, number=given, closed=closed, **answered)


def change(
    old: Document,
    command: str,
    began_from: int,
    title: str,
    form: Form,
    file: File | None,
    why: str,
    by: Act,
    *,
    closed: bool,
    counts: bool,
    acknowledge_by: datetime | None = None,
) -> Changed:
    """The document with another text: edited by staff, or revised by whoever may.

    `began_from` is the text that the writer saw, and `counts` whether this is another revision
    and not only another text of the same. With `acknowledge_by` staff have to answer its sender
    anew. Raises IllegalTransitionError, and ConflictError when somebody else was faster.
    """
    _require(old, command)
    if began_from != old.texts:
        raise ConflictError(FASTER)
    state = State.NUMBERED if old.state == State.PUBLISHED and counts else old.state
    revision = old.revision + 1 if counts else old.revision
    data: dict[str, Any] = {
        "number": old.number,
        "revision": revision,
        "text": old.texts + 1,
        "title": title,
        "why": why,
        "closed": closed,
    }
    if file:
        data["sha256"] = file.sha256
    anew: dict[str, Any] = {}
    if acknowledge_by:
        anew = {
            "acknowledge_by": acknowledge_by,
            "acknowledged_at": None,
            "acknowledged_by": "",
            "complete": False,
            "acknowledgement": "",
            "told_late_at": None,
        }
    changes: dict[str, Any] = {
        "title": title,
        "form": form,
        "file": file,
        "closed": closed,
        "revision": revision,
        "texts": old.texts + 1,
        **anew,
    }
    text = text_of(replace(old, **changes), why, by)
    name = RECORDED.get(command, command)
    new, event = _advance(old, name, by, data, kept=_vouched(text), state=state, **changes)
    return new, event, text


def move(old: Document, meeting_id: str, given: str, by: Act) -> tuple[Document, Event]:
    """The document before another meeting, under a number of that one. No packet there holds it
    yet, so its revisions count anew. Raises IllegalTransitionError.
    """
    state = _require(old, "move")
    data = {"meeting": meeting_id, "number": given, "from": old.meeting_id, "was": old.number}
    return _advance(
        old, "move", by, data, state=state, meeting_id=meeting_id, number=given, revision=1
    )


def publish(old: Document, packet: str, sha256: str, by: Act) -> tuple[Document, Event]:
    """The document as a packet of this name and digest printed it. Raises
    IllegalTransitionError.
    """
    state = _require(old, "publish")
    data = {"packet": packet, "sha256": sha256, "revision": old.revision}
    return _advance(old, "publish", by, data, state=state)


def tell_late(old: Document, by: Act) -> tuple[Document, Event]:
    """The note that staff were written to, since the acknowledgement is overdue. Raises
    ConflictError when that is not so.
    """
    overdue = is_overdue(old, by.at)
    if not overdue or old.told_late_at:
        raise ConflictError("Nothing is overdue here.")
    return _advance(old, "tell-late", by, {}, told_late_at=by.at)


def is_overdue(document: Document, now: datetime) -> bool:
    """Whether staff should have acknowledged it by now, and have not."""
    by = document.acknowledge_by
    waits = document.state != State.WITHDRAWN and document.acknowledged_at is None
    return waits and by is not None and by < now


def withdraw(
    old: Document, reason: str, by: Act, *, published: bool = False
) -> tuple[Document, Event]:
    """The document taken back; its number stays used. `published` says that a packet holds it.

    Raises IllegalTransitionError, NotAllowedError for its sender once a packet holds it, and
    ValidationError when staff give no reason.
    """
    state = _require(old, "withdraw")
    is_staff = Role.STAFF in by.actor.roles
    if not is_staff and by.role == Role.SENDER and published:
        raise NotAllowedError("This document is already in a packet. Ask staff to withdraw it.")
    if is_staff and old.sender_id not in {"", by.actor.id} and not reason:
        raise ValidationError({"reason": "Give the reason: the sender is notified."})
    data = {"reason": reason, "number": old.number}
    return _advance(old, "withdraw", by, data, state=state, withdrawn_reason=reason)


def _require(old: Document, command: str) -> str | None:
    return require(TRANSITIONS, "document", old.state, command)


def _advance(
    old: Document, command: str, by: Act, data: dict[str, Any], **changes: Any
) -> tuple[Document, Event]:
    if changes.get("state") is None:
        changes.pop("state", None)
    return advance(old, "document", command, by, before=old.state, data=data, **changes)
