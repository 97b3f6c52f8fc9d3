"""What a petition says: the text that is signed, its limits, and what it still lacks."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import canonical_json


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a signatory reads and signs, and what the Board's action form is written from."""

    name: str = ""
    charge: str = ""
    background: str = ""
    questions: tuple[str, ...] = ()
    stakeholders: str = ""
    fiscal_impact: str = ""
    goal_area: str = ""


@dataclass(frozen=True, kw_only=True)
class Convener:
    """Somebody who leads the petition. Known by email address; the first one began it.

    A co-convener is named in public, and may act, once they have `accepted`.
    """

    name: str
    email: str
    institution: str = ""
    accepted: bool = True
    invited_at: datetime | None = None


def signed_part(text: Text) -> Text:
    """The part of a text that a signature stands for."""
    return Text(
        name=text.name, charge=text.charge, background=text.background, questions=text.questions
    )


def digest_of_text(kind: str, text: Text) -> str:
    """SHA-256 (hex) of what a signature stands for.

    Co-conveners, the fiscal note and the goal area may change without asking signatories
    again; the kind, name, charge, background and questions may not.
    """
    signed = {
        "kind": kind,
        "name": text.name,
        "charge": text.charge,
        "background": text.background,
        "questions": list(text.questions),
    }
    return hashlib.sha256(canonical_json(signed)).hexdigest()


def too_long(text: Text, conveners: tuple[Convener, ...], policy: Policy) -> dict[str, str]:
    """Each answer over its limit, with by how much."""
    limits = policy.limits
    errors = {}
    for field in ("name", "charge", "background", "stakeholders", "fiscal_impact"):
        length, most = len(getattr(text, field)), getattr(limits, field)
        if length > most:
            errors[field] = f"Shorten this by {length - most} characters; {most} fit."
    if len(text.questions) > limits.questions:
        errors["questions"] = f"Keep to {limits.questions} questions at most."
    for number, question in enumerate(text.questions):
        if len(question) > limits.question:
            over = len(question) - limits.question
            errors[f"questions-{number}"] = f"Shorten question {number + 1} by {over} characters."
    if len(conveners) > limits.conveners:
        errors["conveners"] = f"Name {limits.conveners} conveners at most, you included."
    return errors


def missing(text: Text, conveners: tuple[Convener, ...], policy: Policy) -> dict[str, str]:
    """What still has to be written before a petition can be published, field by field."""
    errors = {}
    limits = policy.limits
    if len(text.name) < limits.name_least:
        errors["name"] = f"Give the group a name of {limits.name_least} characters or more."
    if not text.charge:
        errors["charge"] = "Write the charge: what the group is there to do."
    elif not text.charge.startswith("To "):
        errors["charge"] = "Begin the charge with “To”, as in “To discuss and share …”."
    if len(text.background) < limits.background_least:
        errors["background"] = "Say in a few sentences why the group is needed."
    if not text.goal_area:
        errors["goal_area"] = "Choose the goal area that the group serves most."
    if not conveners or not conveners[0].name:
        errors["conveners"] = "Add your own name as convener."
    return errors
