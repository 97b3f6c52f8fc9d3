"""What the commands on minutes take."""

from chalicelib.services.inputs import Input, Line, Lines


class SectionText(Input):
    """A section's text, by the section's key."""

    key: Line
    text: Lines = ""


class EditMinutes(Input):
    """The sections that are written otherwise; `version` is that of the minutes the form showed.
    `why` is needed once they are distributed.
    """

    version: int
    texts: list[SectionText] = []
    why: Line = ""


class ApproveMinutes(Input):
    """The meeting at which the Board approved the minutes, by its id."""

    meeting: Line
