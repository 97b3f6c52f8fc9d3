"""What a check says about something that somebody is writing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A remark on one field of a form; it warns and refuses nothing.

    `message` says what to write instead. `fix` is the whole text of the field put right, empty
    where nobody but the writer can say what is meant.
    """

    field: str
    message: str
    fix: str = ""
