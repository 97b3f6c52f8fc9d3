"""What the Board and staff write to each other about a document, and what they ask its conveners.

A document's discussion is a record of its own: each comment is an event that holds its text, so
that none can be altered or taken away unseen. What a page shows is read off the events.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.domain.documents.discussion_view import Comment, Question, View
from chalicelib.domain.documents.document import Document, Kind
from chalicelib.domain.documents.document import State as DocumentState
from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError, ValidationError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.meeting import State as MeetingState
from chalicelib.domain.people.people import Act, Person
from chalicelib.domain.policy.rules import DiscussionRule
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance

WHOLE = "whole"
# Events hold no email address: nobody could take it out again.
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.\w")


class Advice(StrEnum):
    """What a liaison recommends that the Board do with a document."""

    APPROVE = "approve"
    CHANGED = "approve-with-changes"
    RETURN = "return"
    DECLINE = "decline"


@dataclass(frozen=True)
class Told:
    """When somebody was last written to about a thread; it may lie ahead."""

    person_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Discussion:
    """The discussion of the document with the same id. It is there from its first event on."""

    id: str
    version: int = 0
    head: str = ""
    liaison_id: str = ""
    liaison: str = ""
    told: tuple[Told, ...] = ()


Changed = tuple[Discussion, Event]


def sections(document: Document) -> dict[str, str]:
    """What a comment on a document can be about: a key for each part, and its name."""
    parts = {WHOLE: "The document as a whole"}
    if document.kind == Kind.FILE:
        return parts
    form = document.form
    named = (
        ("background", "Background", form.background),
        ("questions", "Questions", form.questions),
        ("stakeholders", "Stakeholders", form.stakeholders),
        ("fiscal-impact", "Fiscal and staffing impact", form.fiscal_impact),
    )
    parts |= {key: label for key, label, text in named if text}
    return parts | {f"action-{n}": f"Action {n}" for n, _ in enumerate(form.actions, 1)}


def section_name(document: Document, key: str) -> str:
    """The name of a part, also of one that the document had when the comment was written."""
    known = sections(document).get(key)
    return known or f"{key.replace('-', ' ').capitalize()} (no longer in the document)"


def is_open(document: Document, meeting: Meeting | None) -> bool:
    """Whether the discussion goes on: until the meeting's minutes are approved."""
    over = {MeetingState.MINUTES_APPROVED, MeetingState.CANCELLED}
    standing = document.state != DocumentState.WITHDRAWN
    return standing and (meeting is None or meeting.state not in over)


def require_open(document: Document, meeting: Meeting | None) -> None:
    """Raises ConflictError where nothing more can be written about a document."""
    if not is_open(document, meeting):
        raise ConflictError(
            "The discussion of this document is closed: the document was withdrawn, or its "
            "meeting is over. It stays readable."
        )


def said(text: str, field: str, rule: DiscussionRule) -> str:
    """A text that may go on record. Raises ValidationError for none, one too long, or an address in
    it.
    """
    if not text.strip():
        raise ValidationError({field: "Write something first."})
    if len(text) > rule.characters:
        raise ValidationError({field: f"Shorten this to {rule.characters} characters."})
    if _ADDRESS.search(text):
        raise ValidationError(
            {field: "Leave out email addresses: what is written here stays on record for good."}
        )
    return text


# ------------------------------------------------------------------ Comments


def comment(
    old: Discussion,
    seen: View,
    document: Document,
    part: str,
    text: str,
    reply_to: int,
    rule: DiscussionRule,
    by: Act,
) -> Changed:
    """The discussion with another comment, or with a reply in a thread. A reply to a reply stands
    in the same thread. Raises ValidationError, and NotFoundError for a comment that is not there.
    """
    text = said(text, "text", rule)
    data: dict[str, Any] = {"text": text, "revision": document.revision}
    if reply_to:
        thread = seen.thread_of(reply_to)
        if thread is None:
            raise NotFoundError("There is no such comment to answer.")
        data |= {"section": thread.comment.section, "reply_to": thread.comment.number}
    else:
        if part not in sections(document):
            raise ValidationError({"section": "Choose a part of the document."})
        data["section"] = part
    return _advance(old, "comment", by, data)


def edit(
    old: Discussion, seen: View, number: int, text: str, rule: DiscussionRule, by: Act
) -> Changed:
    """One's own comment in other words; the earlier ones are kept. Raises NotAllowedError for
    somebody else's, ConflictError once its minutes are over.
    """
    found = _own(seen, number, by)
    text = said(text, "text", rule)
    if not may_edit(found, rule, by.actor.id, by.at):
        raise ConflictError(
            f"A comment can be edited for {rule.edit_minutes} minutes. Write another one "
            "instead, or withdraw this one."
        )
    return _advance(old, "edit-comment", by, {"comment": number, "text": text})


def withdraw(old: Discussion, seen: View, number: int, by: Act) -> Changed:
    """One's own comment or question withdrawn: its place stays, and its text in the record. Raises
    NotAllowedError for somebody else's, ConflictError for a question that was answered.
    """
    found = _own(seen, number, by)
    if found.withdrawn_at:
        raise ConflictError("This is withdrawn already.")
    if isinstance(found, Question) and found.steps:
        raise ConflictError("This question was answered, so it stays. You can follow up on it.")
    return _advance(old, "withdraw-comment", by, {"comment": number})


def may_edit(found: Comment | Question, rule: DiscussionRule, person_id: str, at: datetime) -> bool:
    """Whether somebody may still put a comment right. A question went out by email, as it was."""
    if isinstance(found, Question) or found.withdrawn_at or found.author_id != person_id:
        return False
    return at <= found.at + timedelta(minutes=rule.edit_minutes)


def _own(seen: View, number: int, by: Act) -> Comment | Question:
    found = seen.find(number)
    if found is None:
        raise NotFoundError("There is no such comment.")
    if found.author_id != by.actor.id:
        raise NotAllowedError("Only whoever wrote this can change it.")
    return found


# ------------------------------------------------------------------ Questions to the conveners


def ask(
    old: Discussion, seen: View, text: str, follows: int, rule: DiscussionRule, by: Act
) -> Changed:
    """A question to the conveners, or a follow-up to one. Raises ValidationError and
    NotFoundError.
    """
    text = said(text, "text", rule)
    if not follows:
        return _advance(old, "ask", by, {"text": text})
    first = seen.question_of(follows)
    if first is None or first.withdrawn_at:
        raise NotFoundError("There is no such question to follow up.")
    return _advance(old, "ask", by, {"text": text, "follows": first.number})


def answer(
    old: Discussion, seen: View, number: int, text: str, rule: DiscussionRule, by: Act
) -> Changed:
    """The conveners' answer to a question. Raises ValidationError and NotFoundError."""
    found = seen.question_of(number)
    if found is None or found.withdrawn_at:
        raise NotFoundError("There is no such question, or it was withdrawn.")
    text = said(text, "text", rule)
    return _advance(old, "answer", by, {"text": text, "question": found.number})


# ------------------------------------------------------------------ The liaison


def name_liaison(old: Discussion, person: Person | None, by: Act) -> Changed:
    """The Board member who looks into the document for the others; None for nobody."""
    name = person.name if person else ""
    data = {"person": person.id if person else "", "name": name}
    return _advance(
        old, "name-liaison", by, data, liaison_id=person.id if person else "", liaison=name
    )


def recommend(
    old: Discussion,
    document: Document,
    advice: str,
    reasons: str,
    rule: DiscussionRule,
    by: Act,
) -> Changed:
    """The liaison's recommendation; earlier ones are kept. Raises NotAllowedError for
    anybody else.
    """
    if not old.liaison_id or old.liaison_id != by.actor.id:
        raise NotAllowedError("Only the liaison for this document can write its recommendation.")
    errors = {}
    if advice not in set(Advice):
        errors["advice"] = "Choose what you recommend."
    try:
        said(reasons, "reasons", rule)
    except ValidationError as error:
        errors |= error.errors
        if not reasons.strip():
            errors["reasons"] = "Say why."
    if errors:
        raise ValidationError(errors)
    data = {"advice": advice, "reasons": reasons, "revision": document.revision}
    return _advance(old, "recommend", by, data)


# ------------------------------------------------------------------ Letters


def next_letter(
    old: Discussion, person_id: str, rule: DiscussionRule, now: datetime
) -> datetime | None:
    """When somebody is to be written to about what was said in a thread of theirs: now, or when
    the time since their last letter is over; None where a letter is on its way that will do.
    """
    last = next((told.at for told in old.told if told.person_id == person_id), None)
    if last is None or now >= last + timedelta(minutes=rule.letter_minutes):
        return now
    return None if last > now else last + timedelta(minutes=rule.letter_minutes)


def with_letters(old: Discussion, letters: dict[str, datetime]) -> Discussion:
    """The discussion that remembers when each of these people is written to."""
    kept = tuple(told for told in old.told if told.person_id not in letters)
    return replace(old, told=(*kept, *(Told(person, at) for person, at in letters.items())))


def _advance(
    old: Discussion, command: str, by: Act, data: dict[str, Any], **changes: Any
) -> Changed:
    return advance(old, "discussion", command, by, before="", data=data, **changes)
