"""A document before the Board: a form or a file, with its number and its revisions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a document asks of the Board. `PETITION` is an action form written from a petition,
    `RENEWAL` one written from a group's renewal, and `FILE` a PDF that somebody uploaded.
    """

    PETITION = "petition"
    RENEWAL = "renewal"
    ACTION = "action"
    DISCUSSION = "discussion"
    COVER = "cover"
    FILE = "file"


class State(StrEnum):
    """Where a document stands. A revision of a published one is `numbered` until the next
    packet.
    """

    RECEIVED = "received"
    NUMBERED = "numbered"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Action:
    """A numbered action that a form recommends, as a motion ready to be read out.

    `effect` is what it brings about when it carries, as in `motion.Effect`.
    """

    wording: str
    effect: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What an action, discussion or cover form says. Texts are plain, with blank lines between
    paragraphs.
    """

    subject: str = ""
    submitted_by: tuple[str, ...] = ()
    background: str = ""
    questions: tuple[str, ...] = ()
    stakeholders: str = ""
    fiscal_impact: str = ""
    goal_area: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class File:
    """An uploaded PDF: where it is kept, and what it is.

    `removed` names the active content that was taken out before it is shown; what was uploaded
    is then kept unchanged under `original_key`, with its own digest and size in bytes.
    """

    key: str
    name: str
    sha256: str
    size: int
    pages: int
    removed: tuple[str, ...] = ()
    original_key: str = ""
    original_sha256: str = ""
    original_size: int = 0


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document. `number` is the association's (`5.0`), empty until staff give it one.

    `revision` is the association's too and counts from 1: it goes up when the document changes
    after a packet was made of it. `texts` is how many texts of it are kept, the one in force with
    them. `acknowledge_by` is until when staff have to tell its sender whether it is complete;
    `late` documents go to a supplement, `closed` ones are for the Board alone. `told_late_at` is
    when staff were written to because nobody had acknowledged it in time. `note` is what its sender
    wrote to staff, and is printed nowhere.
    """

    id: str
    meeting_id: str
    kind: Kind
    title: str
    form: Form
    state: State = State.RECEIVED
    version: int = 0
    head: str = ""
    number: str = ""
    revision: int = 1
    texts: int = 1
    petition_id: str = ""
    group_id: str = ""
    file: File | None = None
    sender_id: str = ""
    sender: str = ""
    note: str = ""
    received_at: datetime | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    complete: bool = False
    acknowledgement: str = ""
    told_late_at: datetime | None = None
    late: bool = False
    closed: bool = False
    withdrawn_reason: str = ""

    @property
    def code(self) -> str:
        """`Doc 5.0`, or `Doc 5.0 rev. 2`; empty while it has no number."""
        if not self.number:
            return ""
        return f"Doc {self.number}" + (f" rev. {self.revision}" if self.revision > 1 else "")

    @property
    def waits_for_staff(self) -> bool:
        """Whether staff still have to acknowledge it or give it a number."""
        if self.state == State.WITHDRAWN:
            return False
        unanswered = self.acknowledge_by is not None and self.acknowledged_at is None
        return self.state == State.RECEIVED or unanswered


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One text of a document, kept for ever. `number` counts the texts from 1, `revision` is the
    association's number that it stood under. `by_convener` is true of what the petition's conveners
    wrote, before staff touched it.
    """

    number: int
    revision: int
    title: str
    form: Form
    at: datetime
    by: str
    why: str = ""
    file: File | None = None
    by_convener: bool = False
