"""What the commands on documents take."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from chalicelib.services.inputs import Input, Line, Lines


class Upload(Input):
    """A PDF as JSON carries it: its name, and its bytes in base64."""

    name: Line = ""
    content: str = ""


class FormText(Input):
    """The answers of an action, discussion or cover form. What its kind does not ask for stays
    empty. `actions` are motions ready to be read out.
    """

    title: Line = ""
    submitted_by: list[Line] = []
    background: Lines = ""
    questions: list[Line] = []
    stakeholders: Lines = ""
    fiscal_impact: Lines = ""
    goal_area: Line = ""
    actions: list[Line] = []


class Send(FormText):
    """A document for a meeting. `upload` stands for a PDF that was uploaded before; `note` is for
    staff, and is printed nowhere.
    """

    kind: Line = ""
    upload: Line = ""
    note: Lines = ""


class Acknowledge(Input):
    """Whether a document is complete, and a word to its sender: what is missing, if it is not."""

    complete: bool = False
    words: Lines = ""


class Number(Input):
    """A document's number at its meeting, who presents it, and whether it is for a closed
    session.
    """

    number: Line = ""
    presenter: Line = ""
    closed: bool = False


class Change(FormText):
    """Another text or file. `text` is the one that it was written from, and `reason` says why."""

    text: int | None = None
    upload: Line = ""
    closed: bool | None = None
    reason: Lines = ""


class Published(Input):
    """Which packet printed a document, and which revision of it."""

    packet: int
    revision: int


def _listed(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    return [part.strip() for part in given.split(",") if part.strip()]


class Publish(Input):
    """Whether a packet holds only what no packet had, and which documents it leaves out: their
    numbers, with commas between them where they come from a form.
    """

    supplement: bool = False
    without: Annotated[list[str], BeforeValidator(_listed)] = []
