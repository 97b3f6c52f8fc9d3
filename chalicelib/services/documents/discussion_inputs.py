"""What the commands of a document's discussion take."""

from chalicelib.services.inputs import Input, Line, Lines


class WriteComment(Input):
    """A comment on a part of a document, or a reply to the comment `reply_to`."""

    section: Line = ""
    text: Lines = ""
    reply_to: int = 0


class EditComment(Input):
    """One's own comment in other words."""

    comment: int = 0
    text: Lines = ""


class OneComment(Input):
    """A comment or question by its number."""

    comment: int = 0


class Ask(Input):
    """A question to the conveners, or a follow-up to the question `follows`."""

    text: Lines = ""
    follows: int = 0


class Answer(Input):
    """The conveners' answer to a question about a document."""

    document: Line = ""
    question: int = 0
    text: Lines = ""


class NameLiaison(Input):
    """The id of a member of the Board; empty for nobody."""

    person: Line = ""


class Recommend(Input):
    """What a liaison recommends, and why."""

    advice: Line = ""
    reasons: Lines = ""


class NoteRead(Input):
    """How far somebody has read: the number of the last event that their page showed."""

    upto: int = 0
