"""What the commands about seats and staff take."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from chalicelib.services.inputs import Email, Input, Line, Lines, needed

AsOffice = Literal["office", "yes", "no"]


def _a_day(value: Any) -> Any:
    """A day, or None where the field was left empty."""
    return None if value == "" else value


def _a_vote(value: Any) -> Any:
    if not isinstance(value, str) or value not in {"office", "yes", "no"}:
        raise ValueError("Choose one of the answers.")
    return value


def _a_first_day(value: Any) -> Any:
    if not value:
        raise ValueError("Enter the first day of the term, as in 2024-07-01.")
    return value


def _a_last_day(value: Any) -> Any:
    if not value:
        raise ValueError("Enter the last day, as in 2024-06-30.")
    return value


Office = Annotated[str, needed("Choose the office.")]
FirstDay = Annotated[date, BeforeValidator(_a_first_day)]
LastDay = Annotated[date | None, BeforeValidator(_a_day)]
Vote = Annotated[AsOffice, BeforeValidator(_a_vote)]


class SeatInput(Input):
    """A seat: its office, and its term from the first day through the last, or without an end.

    `voting` and `presiding` are `office` where they are what the policy says of the office.
    `anyway` confirms what is more than the policy foresees.
    """

    office: Office
    since: FirstDay
    until: LastDay = None
    voting: Vote = "office"
    presiding: Vote = "office"
    anyway: bool = False


class InviteToSeat(SeatInput):
    """Somebody to hold a seat; they may have no account yet."""

    name: Annotated[str, needed("Enter the name.")]
    email: Email


class ChangeSeat(SeatInput):
    """A seat as it is to be."""


class EndSeat(Input):
    """The last day of a seat that ends early, and why. With `silent` no letter goes out."""

    last: Annotated[date, BeforeValidator(_a_last_day)]
    reason: Lines
    silent: bool = False


class GrantStaff(Input):
    """Somebody to be on the staff; they may have no account yet."""

    name: Annotated[str, needed("Enter the name.")]
    email: Email
    role: Annotated[Line, needed("Choose what they are to be.")]
