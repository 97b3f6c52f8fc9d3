"""A document before the Board: a form or a file, with its number and its revisions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a document asks of the Board. `PETITION` is an action form written from a petition,
    and `FILE` a PDF that somebody uploaded.
    """

    PETITION = "petition"
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
    stakeholders: str = ""
    fiscal_impact: str = ""
    goal_area: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class File:
    """An uploaded PDF: where it is kept, and what it is."""

    key: str
    name: str
    sha256: str
    size: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document. `number` is the association's (`5.0`), empty until staff give it one.

    `revision` counts from 1. `acknowledge_by` is until when its sender has to hear that it came
    in; `late` documents go to a supplement, `closed` ones are for the Board alone.
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
    petition_id: str = ""
    file: File | None = None
    sender_id: str = ""
    sender: str = ""
    received_at: datetime | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    late: bool = False
    closed: bool = False
