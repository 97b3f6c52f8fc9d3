"""What the commands on meetings and their dockets take."""

from datetime import date
from datetime import time as time_of_day
from typing import Annotated, Any

from pydantic import BeforeValidator

from chalicelib.services.inputs import Input, Line, Lines, no_answer


def _none_is_zero(value: Any) -> Any:
    return 0 if no_answer(value) is None else value


Minutes = Annotated[int, BeforeValidator(_none_is_zero)]


class PlanMeeting(Input):
    """A meeting: day and time are those of its zone, or of the association's where it is empty.

    An asynchronous action goes from `day` through `until` and has no time; with 0 `minutes` a
    meeting takes as long as its docket.
    """

    title: Line
    code: Line
    day: date
    time: Annotated[time_of_day | None, BeforeValidator(no_answer)] = None
    kind: Line = "virtual"
    zone: Line = ""
    place: Line = ""
    link: Line = ""
    minutes: Minutes = 0
    until: Annotated[date | None, BeforeValidator(no_answer)] = None


class ChangeMeeting(PlanMeeting):
    """The same of a meeting that is planned already. `seen` says which plan the form was filled in
    from, so that nobody's change is written over unseen.
    """

    seen: Line = ""


class CancelMeeting(Input):
    """Why a meeting is cancelled; the Board is told."""

    reason: Lines = ""


class GrantExtension(Input):
    """Who may send a document in after the deadline, through which day, and when they asked.

    An `email` makes it theirs, whatever name they sign in with, and has them told.
    """

    name: Line = ""
    email: Line = ""
    until: date
    asked_on: date


class Roll(Input):
    """The ids of the people who are there."""

    present: list[Line] = []


class Attendance(Input):
    """That somebody (their id) arrived or left."""

    person: Line
    what: Line


class AddItem(Input):
    """An item of the docket. Without a number it gets the next one that is free."""

    title: Line = ""
    number: Line = ""
    minutes: Minutes = 0
    action: Line = ""
    presenter: Line = ""
    section: Line = ""
    closed: bool = False
    consent: bool = False


class EditItem(AddItem):
    """The same of an item that is there: its id."""

    item: Line


class Item(Input):
    """An item of the docket by its id."""

    item: Line


class MoveItem(Input):
    """Where an item goes: `up` or `down` by one, or to a position through the whole docket, counted
    from 1, and if need be into a section.
    """

    item: Line
    direction: Line = ""
    position: int | None = None
    section: Line = ""


class ChangeSection(Input):
    """What happens to a section: `do` is add, rename, up, down or remove."""

    do: Line
    section: Line = ""
    name: Line = ""
