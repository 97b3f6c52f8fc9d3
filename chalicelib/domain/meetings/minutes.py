"""A meeting's minutes: written from the record, edited by staff, approved by the Board."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings.meeting import TRANSITIONS as MEETING_TRANSITIONS
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.meeting import State as MeetingState
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import Transitions, advance, require, row


class State(StrEnum):
    """Where minutes stand. Approved ones are final."""

    DRAFT = "draft"
    DISTRIBUTED = "distributed"
    APPROVED = "approved"


_S = State
_OPEN = frozenset({_S.DRAFT, _S.DISTRIBUTED})

TRANSITIONS: Transitions = {
    "edit": (_OPEN, None),
    "write-anew": (frozenset({_S.DRAFT}), None),
    "distribute": (frozenset({_S.DRAFT}), _S.DISTRIBUTED),
    "approve": (frozenset({_S.DISTRIBUTED}), _S.APPROVED),
}


@dataclass(frozen=True)
class Section:
    """A part of the minutes: a line of the docket, or what is before and after them.

    `key` stays when the text changes. Of a `closed` one the public is told that it was, and no
    more; its `title` is for the Board too.
    """

    key: str
    number: str
    title: str
    text: str
    closed: bool = False

    @property
    def heading(self) -> str:
        """`5.0 Open Textbooks`."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """The minutes of the meeting with the same id. `texts` counts the texts of them that are kept.

    `approved_in` is the meeting at which the Board approved them, at `approved_at`; `corrections`
    are how many changes were made after they were distributed.
    """

    id: str
    sections: tuple[Section, ...]
    state: State = State.DRAFT
    version: int = 0
    head: str = ""
    texts: int = 0
    corrections: int = 0
    distributed_at: datetime | None = None
    approved_at: datetime | None = None
    approved_in: str = ""
    approved_in_title: str = ""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One text of the minutes, kept for ever. The first was written from the record alone."""

    number: int
    sections: tuple[Section, ...]
    at: datetime
    by: str
    why: str = ""
    generated: bool = False


Changed = tuple[Minutes, Event, Revision]

LONGEST_SECTION = 20_000
CLOSED_WORDS = "This item was taken up in closed session."


def begin(meeting: Meeting, sections: Sequence[Section], by: Act) -> Changed:
    """Minutes written from the record. Raises ConflictError before the meeting has ended."""
    if meeting.state not in {MeetingState.ADJOURNED, MeetingState.MINUTES_APPROVED}:
        raise ConflictError("Minutes are written when the meeting has ended. Adjourn it first.")
    blank = Minutes(id=meeting.id, sections=())
    return _changed(blank, "write", tuple(sections), "", by, state=State.DRAFT, generated=True)


def write_anew(old: Minutes, sections: Sequence[Section], by: Act) -> Changed:
    """The draft written anew from the record as it is now; what was edited is kept as a text.

    Raises ConflictError where that would change nothing.
    """
    require(TRANSITIONS, "minutes", old.state, "write-anew")
    if tuple(sections) == old.sections:
        raise ConflictError("The record says what these minutes say already.")
    return _changed(old, "write-anew", tuple(sections), "", by, generated=True)


def edit(old: Minutes, texts: Mapping[str, str], why: str, by: Act) -> Changed | None:
    """The minutes with other texts, by the sections' keys; None where nothing is different.

    Once they are distributed, an edit is a correction and needs its reason. Raises ValidationError.
    """
    require(TRANSITIONS, "minutes", old.state, "edit")
    errors = {
        f"texts-{number}-text": f"Shorten this by {over} characters."
        for number, section in enumerate(old.sections)
        if (over := len(texts.get(section.key, "")) - LONGEST_SECTION) > 0
    }
    sections = tuple(replace(s, text=texts.get(s.key, s.text)) for s in old.sections)
    if not errors and sections == old.sections:
        return None
    corrects = old.state == State.DISTRIBUTED
    if corrects and not why:
        errors["why"] = "Say what was wrong: the Board has read these minutes already."
    if errors:
        raise ValidationError(errors)
    return _changed(
        old, "edit", sections, why, by, corrections=old.corrections + corrects, generated=False
    )


def distribute(old: Minutes, by: Act) -> tuple[Minutes, Event]:
    """The draft before the Board, to be read and approved at a later meeting."""
    state = require(TRANSITIONS, "minutes", old.state, "distribute")
    return advance(
        old, "minutes", "distribute", by, before=old.state, state=state, distributed_at=by.at
    )


def approve(old: Minutes, of: Meeting, at: Meeting, by: Act) -> tuple[Minutes, Event]:
    """The minutes approved by the Board at a later meeting; nothing in them changes any more.

    Raises ValidationError for a meeting that was not later, or has not begun.
    """
    state = require(TRANSITIONS, "minutes", old.state, "approve")
    if at.id == of.id or at.starts_at <= of.starts_at:
        raise ValidationError(
            {"meeting": "Choose a meeting after the one that these minutes are of."}
        )
    if at.called_at is None:
        raise ValidationError({"meeting": "Choose a meeting that has been called to order."})
    return advance(
        old,
        "minutes",
        "approve",
        by,
        before=old.state,
        data={"meeting": at.id, "meeting_title": at.title, "corrections": old.corrections},
        state=state,
        approved_at=by.at,
        approved_in=at.id,
        approved_in_title=at.title,
    )


def meeting_approved(meeting: Meeting, by: Act) -> tuple[Meeting, Event]:
    """The meeting, now that its minutes are approved."""
    state = require(MEETING_TRANSITIONS, "meeting", meeting.state, "approve-minutes")
    return advance(meeting, "meeting", "approve-minutes", by, before=meeting.state, state=state)


def _changed(  # noqa: PLR0913 - what a text is, part by part
    old: Minutes,
    command: str,
    sections: tuple[Section, ...],
    why: str,
    by: Act,
    *,
    generated: bool,
    **changes: object,
) -> Changed:
    text = Revision(
        number=old.texts + 1,
        sections=sections,
        at=by.at,
        by=by.actor.name,
        why=why,
        generated=generated,
    )
    changed = [s.heading for s, was in zip(sections, old.sections, strict=False) if s != was]
    data: dict[str, object] = {"text": text.number}
    if why:
        data["why"] = why
    if old.sections and command == "edit":
        data["sections"] = changed
    new, event = advance(
        old,
        "minutes",
        command,
        by,
        before=old.state if old.version else "",
        data=data,
        kept={f"revision/{text.number}": row(text)},
        sections=sections,
        texts=text.number,
        **changes,
    )
    return new, event, text


def public(sections: Iterable[Section]) -> list[Section]:
    """What everybody may read: of a closed session that it was held, and nothing of it."""
    return [
        replace(s, title="Closed session", text=CLOSED_WORDS) if s.closed else s for s in sections
    ]
