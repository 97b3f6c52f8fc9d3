"""What each command takes: one model for the HTML form and for the JSON of the same command."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any

import pydantic
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.domain.errors import ValidationError

# Control characters, and those that turn the direction of the text after them: neither has a
# place in a name or a charge, and both have been used to disguise text. Halves of surrogate
# pairs, which JSON can carry, are no characters and cannot be stored.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BLANKS = re.compile(r"[ \t\u00a0]+")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
# Letters by their category that nobody sees: fillers of Hangul, and the empty cell of Braille.
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def clean_text(value: Any) -> Any:
    """Several lines: Unicode NFC, line ends as `\\n`, no control characters."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", value)).strip()
    if _FORBIDDEN.search(text.replace("\n", "").replace("\t", "")):
        raise ValueError("Remove the invisible control characters: retype this part.")
    return text


def clean_line(value: Any) -> Any:
    """One line: as `clean_text`, with line ends and runs of blanks made one space."""
    text = clean_text(value)
    return _BLANKS.sub(" ", text.replace("\n", " ")) if isinstance(text, str) else text


def clean_email(value: Any) -> Any:
    """A well-formed address, kept as typed but for blanks at its ends."""
    text = clean_line(value)
    if not isinstance(text, str):
        return text
    if not text:
        raise ValueError("Enter an email address.")
    if len(text) > 254:
        raise ValueError("Shorten this: an email address has 254 characters at most.")
    # Loaded by the first address that is typed: most cold starts see none.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        # SES delivers to no address whose name is not ASCII.
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError("Enter an email address like name@example.org.") from error
    return text


def shows(text: str) -> bool:
    """Whether anything of a text can be seen: a letter, a figure or a sign."""
    return any(c not in _UNSEEN and unicodedata.category(c)[0] in "LNPS" for c in text)


def needed(message: str) -> Any:
    """One line that must not be empty; `message` says what to write."""

    def check(value: Any) -> Any:
        line = clean_line(value)
        if isinstance(line, str) and not shows(line):
            raise ValueError(message)
        return line

    return BeforeValidator(check)


Line = Annotated[str, BeforeValidator(clean_line)]
Lines = Annotated[str, BeforeValidator(clean_text)]
Email = Annotated[str, BeforeValidator(clean_email)]


class Input(BaseModel):
    """Base of every command's input. Unknown fields are refused, so that a typo is noticed."""

    # Each is built when it is first used: all of them together cost a third of a cold start.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Nothing(Input):
    """A command that needs no more than its target."""


class AskForLink(Input):
    """An address to send a sign-in link to, and the page to go to afterwards."""

    email: Email
    next: Line = "/"


class EditAccount(Input):
    """How a person is shown."""

    name: Line
    institution: Line = ""


class BeginDraft(Input):
    """The kind of group to petition for."""

    kind: Line


class CoConvener(Input):
    """Somebody who convenes beside the one who began."""

    name: Line = ""
    email: Line = ""
    institution: Line = ""


class EditDraft(Input):
    """A draft's answers; any may still be empty. `version` is the one that was edited."""

    version: int | None = None
    name: Line = ""
    charge: Line = ""
    background: Lines = ""
    questions: list[Line] = []
    stakeholders: Lines = ""
    fiscal_impact: Lines = ""
    goal_area: Line = ""
    lead_name: Line = ""
    lead_institution: Line = ""
    conveners: list[CoConvener] = []


class Withdraw(Input):
    """Why the conveners end a petition; may be empty."""

    reason: Line = ""


class SendBack(Input):
    """What the conveners should change."""

    comments: Lines = ""


class Correct(Input):
    """The signed text as staff correct it, and why. `text_digest` is the text that the form was
    filled in from.
    """

    text_digest: Line = ""
    name: Line
    charge: Line
    background: Lines
    questions: list[Line] = []
    reason: Lines = ""


class Reject(Input):
    """A reason from the policy, and its explanation."""

    code: Line = ""
    explanation: Lines = ""


class Schedule(Input):
    """The meeting and the document number for a petition."""

    meeting: Line = ""
    number: Line = ""


class Sign(Input):
    """A signature. `named` says whether the name may be shown on the public page.

    `website` is a field that people do not see, and `shown` says when the form was made.
    """

    name: Annotated[str, needed("Enter your name.")] = Field(validate_default=True, default="")
    email: Email = Field(validate_default=True, default="")
    institution: Annotated[str, needed("Enter where you work or study, or “independent”.")] = Field(
        validate_default=True, default=""
    )
    member_number: Line = ""
    named: bool = False
    edition: int | None = None
    text_digest: Line = ""
    website: Line = ""
    shown: Line = ""


class CorrectSignature(Input):
    """What signatories may put right about their own signature; `answer` is for staff."""

    name: Annotated[str, needed("Enter your name.")] = Field(validate_default=True, default="")
    institution: Annotated[str, needed("Enter where you work or study, or “independent”.")] = Field(
        validate_default=True, default=""
    )
    member_number: Line = ""
    named: bool = False
    answer: Lines = ""


class ConfirmSignature(Input):
    """What the person saw when they confirmed: the text, and the version of the signature."""

    edition: int | None = None
    text_digest: Line = ""
    version: int | None = None


class Settle(Input):
    """Staff's decision on a signature. `seat` is the roster entry that it is linked to, if any."""

    accept: bool
    reason: Line = ""
    seat: Line = ""


class Reason(Input):
    """Why staff do something; goes into the record."""

    reason: Line = ""


class Ask(Input):
    """What staff want to know of a signatory."""

    question: Lines = ""


class Bulk(Input):
    """One decision on every signature that fits a pattern, the four states among which are to be
    looked for, and what the preview showed: when it was made, and its digest.
    """

    action: Line = ""
    petition: Line = ""
    address: Line = ""
    name: Line = ""
    network: Line = ""
    pending: bool = False
    held: bool = False
    confirmed: bool = False
    verified: bool = False
    reason: Line = ""
    tell: bool = False
    previewed_at: Line = ""
    digest: Line = ""


def no_answer(value: Any) -> Any:
    """None for a field that was left blank."""
    return None if isinstance(value, str) and not value.strip() else value


class AddBlock(Input):
    """What staff block or allow, why, and until which day, if any. `kind` and `effect` are those
    of an entry in `domain/signing/abuse.py`.
    """

    kind: Line = ""
    pattern: Line = ""
    effect: Line = ""
    reason: Line = ""
    until: Annotated[date | None, BeforeValidator(no_answer)] = None


class NoteMailbox(Input):
    """What the mail service says of an address: `kind` is one of `domain/outbox/mailboxes.py`, and
    `notice` its own id for what it says.
    """

    email: Line
    kind: Line
    notice: Line
    at: datetime
    why: Line = ""


class Anonymise(Input):
    """Whether a signature goes because its signatory asked (and not because its time is over)."""

    erasure: bool = False


class ForgetConvener(Input):
    """Whose address a petition forgets: a person's id."""

    person: Line


_MESSAGES = {
    "missing": "Fill this in.",
    "date_from_datetime_inexact": "Enter a day, as in 2024-01-26.",
    "date_type": "Enter a day, as in 2024-01-26.",
    "time_type": "Enter a time of day, as in 13:00.",
    "bool_type": "Answer yes or no.",
    "int_type": "Enter a whole number.",
    "int_from_float": "Enter a whole number.",
    "int_parsing_size": "Enter a smaller number.",
    "list_type": "Send a list here.",
    "model_type": "Send an object here.",
    "model_attributes_type": "Send an object here.",
    "date_from_datetime_parsing": "Enter a day, as in 2024-01-26.",
    "date_parsing": "Enter a day, as in 2024-01-26.",
    "time_parsing": "Enter a time of day, as in 13:00.",
    "bool_parsing": "Answer yes or no.",
    "int_parsing": "Enter a whole number.",
    "extra_forbidden": "This field is not known here.",
    "string_type": "Write this as text.",
}


def read(model: type[Input], data: dict[str, Any]) -> Any:
    """The checked input. Raises ValidationError with one message for each wrong field.

    A field inside a list is named as the form names it: `conveners-0-email`.
    """
    try:
        return model.model_validate(data)
    except pydantic.ValidationError as error:
        messages: dict[str, str] = {}
        for problem in error.errors():
            field = "-".join(str(part) for part in problem["loc"])
            cause = problem.get("ctx", {}).get("error")
            # Our own validators say what to do; the library's words are for programmers.
            own = str(cause) if problem["type"] == "value_error" else ""
            message = own or _MESSAGES.get(problem["type"], "Look at this answer again.")
            messages.setdefault(field, message)
        raise ValidationError(messages) from error


def keep_within(most: int, **texts: str) -> None:
    """Raises ValidationError for each text that is longer than `most` characters, by its field."""
    errors = {
        field: f"Shorten this by {len(text) - most} characters; {most} fit."
        for field, text in texts.items()
        if len(text) > most
    }
    if errors:
        raise ValidationError(errors)
