"""What the commands of a vote take."""

from datetime import date, time
from typing import Annotated, Any

from pydantic import BeforeValidator

from chalicelib.services.inputs import Input, Line, Lines


def _no_answer(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Day = Annotated[date | None, BeforeValidator(_no_answer)]
Clock = Annotated[time | None, BeforeValidator(_no_answer)]


class Open(Input):
    """How a vote is held, `named` or `secret` (empty: as the policy says), and when it closes, if
    at a certain time: the association's local time.
    """

    ballot: Line = ""
    closes_day: Day = None
    closes_time: Clock = None


class Vote(Input):
    """A ballot: yes, no or abstain.

    In a secret vote `receipt` is what its voter was given, to change it. `ballot_token` is what
    the form was made with: the same form sent twice casts one ballot and has one receipt.
    """

    choice: Line = ""
    receipt: Line = ""
    ballot_token: Line = ""


class Recuse(Input):
    """The conflict of interest. `receipt` is that of the member's slip, if they have voted
    already in a secret vote.
    """

    reason: Line = ""
    receipt: Line = ""


class CallVirtual(Input):
    """How the vote is held, and why it needs no discussion any more; empty where it has one."""

    ballot: Line = ""
    no_discussion: Lines = ""


class Extend(Input):
    """The new last day of the window that runs now, and why."""

    until: Day = None
    reason: Line = ""


class ForMeeting(Input):
    """The meeting that is asked to confirm a result."""

    meeting: Line = ""


class MoveConfirmation(Input):
    """The number of the docket item whose vote is to be confirmed."""

    item: Line = ""
