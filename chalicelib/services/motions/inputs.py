"""What the commands on motions take."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from chalicelib.services.inputs import Input, Line, Lines


def _no_number(value: Any) -> Any:
    return 0 if isinstance(value, str) and not value.strip() else value


class Move(Input):
    """A motion. With the number of a `document`: its `action` (from 1; 0: the one action, or all
    of them as one motion), and where no petition is behind it another `wording` than its own.
    Without one, from the floor: `title` and `wording`, and the docket's `item` that it belongs to,
    if any. `again` is a postponed motion that is taken up as it stood.
    """

    document: Line = ""
    action: Annotated[int, BeforeValidator(_no_number)] = 0
    title: Line = ""
    wording: Lines = ""
    item: Line = ""
    again: Line = ""


class Amend(Input):
    """The text as an amendment would make it: the `wording` of a motion, or of one that establishes
    a group `name`, `charge` and `conditions` (a line for each). What is left out stays as it is.
    """

    wording: Lines | None = None
    name: Line | None = None
    charge: Line | None = None
    conditions: Lines | None = None


class Postpone(Input):
    """The meeting that a motion is postponed to; empty: indefinitely."""

    meeting: Line = ""
