"""What the commands on groups take."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from chalicelib.services.inputs import Email, Input, Line, Lines, needed


def no_number(value: object) -> object:
    """Nothing for a number that was left blank."""
    return None if isinstance(value, str) and not value.strip() else value


class EditGroup(Input):
    """How a group meets and where it talks."""

    meets: Lines = ""
    discussion_url: Line = ""
    list_address: Line = ""


class NameLiaison(Input):
    """The id of a member of the Board; empty for nobody."""

    person: Line = ""


class InviteConvener(Input):
    """Somebody to convene the group; `replaces` is the id of whoever hands over to them."""

    name: Annotated[str, needed("Enter their name.")] = Field(validate_default=True, default="")
    email: Email = Field(validate_default=True, default="")
    institution: Line = ""
    replaces: Line = ""


class OneConvener(Input):
    """A convener of the group, or somebody who was invited, by their id, and why."""

    convener: Line
    reason: Line = ""


class AnswerCheckIn(Input):
    """The yearly answer. `stays` are the ids of the conveners who go on for another year; `name`
    and `email` are those of somebody who is invited to follow.
    """

    active: bool = True
    meetings: Annotated[int | None, BeforeValidator(no_number)] = None
    participants: Annotated[int | None, BeforeValidator(no_number)] = None
    stays: list[Line] = []
    name: Line = ""
    email: Line = ""
    for_board: Lines = ""


class AnswerRenewal(Input):
    """What is to become of the group; any part may be empty while it is not sent. `saved` is the
    moment at which the answer was kept that the page showed, empty for none.
    """

    outcome: Line = ""
    name: Line = ""
    charge: Line = ""
    report: Lines = ""
    other: Line = ""
    agreement: Lines = ""
    saved: Line | None = None


class SendBack(Input):
    """What the conveners should change."""

    comments: Lines = ""


class ScheduleRenewal(Input):
    """The meeting and the document number for a renewal."""

    meeting: Line = ""
    number: Line = ""


class ImportGroup(Input):
    """A group that was there before this software, as a row of a file gives it: the names of the
    cells are those of `group_rows.HEADS`. With `tell` its conveners are written to.
    """

    name: Line
    kind: Line
    charge: Line
    effective_on: Line
    ends_on: Line = ""
    meets: Lines = ""
    discussion_url: Line = ""
    list_address: Line = ""
    conveners: Lines = ""
    institutions: Lines = ""
    liaison: Line = ""
    tell: bool = False
