"""The texts that people signed: kept for ever, compared, and corrected in small ways by staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.checks.diffs import FieldChange, Kind, short_changes, text_changes
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.petitions import corrections
from chalicelib.domain.petitions.petition import TRANSITIONS, Petition
from chalicelib.domain.petitions.text import Text, digest_of_text, signed_part
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import require
from chalicelib.domain.signing.signature import needs_confirming
from chalicelib.services import inputs
from chalicelib.services.commands import Signed, Step, command, petition
from chalicelib.services.context import Services
from chalicelib.services.outbox.email_queue import to_conveners
from chalicelib.services.petitions.petitions import due_of

# A letter quotes this many changed places; the page has all of them.
PLACES_IN_LETTER = 12


@command("petition.correct", inputs.Correct, petition)
def correct(step: Step[Petition, inputs.Correct]) -> Petition:
    """The text with staff's small corrections; the conveners are told what changed."""
    old, policy = step.subject, step.services.policy
    text = corrected(old, step.form)
    new, event = corrections.correct(old, text, step.form.reason, policy, step.by)
    due = due_of(step.services, new)
    step.services.store.petitions.save(step.unit, old, new, event, due)
    changed = in_words(text_changes(old.text, new.text))
    to_conveners(
        step, new, event, "petition-corrected", correction=step.form.reason, changes=changed
    )
    return new


def corrected(found: Petition, form: inputs.Correct) -> Text:
    """The petition's text with the form's answers.

    Raises ConflictError when somebody corrected it since the form was opened, or it takes no
    corrections now.
    """
    require(TRANSITIONS, "petition", found.state, "correct")
    if form.text_digest and form.text_digest != found.text_digest:
        raise ConflictError(
            "The text was changed since you opened this page. Nothing was overwritten: copy "
            "what you typed, and reload the page."
        )
    return Text(
        name=form.name,
        charge=form.charge,
        background=form.background,
        questions=tuple(q for q in form.questions if q),
        stakeholders=found.text.stakeholders,
        fiscal_impact=found.text.fiscal_impact,
        goal_area=found.text.goal_area,
    )


@dataclass(frozen=True)
class Draft:
    """A correction that is looked at before it is made: what it changes, how many words that
    counts for, the digest of the text that it leads to, and what is wrong with it by field.
    """

    changes: list[FieldChange]
    words: int
    digest: str
    errors: dict[str, str]


def look_at(services: Services, found: Petition, data: dict[str, Any]) -> Draft:
    """What a correction would do. Raises ValidationError for answers that cannot be read, and
    ConflictError.
    """
    form = inputs.read(inputs.Correct, data)
    text = corrected(found, form)
    changes = text_changes(found.text, text)
    return Draft(
        changes=short_changes(changes),
        words=corrections.words_of(changes) if changes else 0,
        digest=digest_of_text(found.kind, text),
        errors=corrections.why_not(found, text, services.policy),
    )


@dataclass(frozen=True)
class Since:
    """What changed between a signature's text and the present one. `known` is false where the
    text of that time was not kept.
    """

    changes: list[FieldChange]
    known: bool


def since_signed(services: Services, signed: Signed) -> Since | None:
    """What to show a signatory who is to confirm another text than the one they signed; None
    where they have not seen another one.
    """
    signature, found = signed.signature, signed.petition
    here = (found.edition, found.text_digest)
    if (signature.edition, signature.text_digest) == here or not signature.text_digest:
        return None
    if not needs_confirming(signature, found):
        return None
    if signature.text_digest == found.text_digest:
        return Since([], True)
    old = services.store.petitions.text(found.id, signature.text_digest)
    if old is None:
        return Since([], False)
    return Since(short_changes(text_changes(old, found.text)), True)


@dataclass(frozen=True)
class Version:
    """A published text. `changes` is what differs from the one before it; `known` is false where
    one of the two was not kept, `same` true where it came back without a change. `correction` is
    the reason of a small correction by staff, and `words` how many words it changed.
    """

    at: datetime
    digest: str
    changes: list[FieldChange]
    known: bool = True
    first: bool = False
    same: bool = False
    correction: str = ""
    words: int = 0


def versions(services: Services, found: Petition, events: list[Event]) -> list[Version]:
    """Every text that was open for signatures, oldest first, each with what changed."""
    texts = services.store.petitions.texts(found.id)
    shown = found.published or found.text
    texts.setdefault(found.text_digest, signed_part(shown))
    made: list[Version] = []
    for event in events:
        if event.command not in {"publish", "correct"}:
            continue
        digest = str(event.data["text"])
        before = made[-1].digest if made else ""
        old, new = texts.get(before), texts.get(digest)
        known = not before or (old is not None and new is not None)
        made.append(
            Version(
                at=event.at,
                digest=digest,
                changes=short_changes(text_changes(old, new)) if old and new else [],
                known=known,
                first=not before,
                same=before == digest,
                correction=str(event.data.get("reason", "")),
                words=int(event.data.get("words", 0)),
            )
        )
    return made


def in_words(changes: list[FieldChange]) -> str:
    """The changed places as lines of a letter."""
    lines = [line for change in changes for line in _places(change)]
    if len(lines) > PLACES_IN_LETTER:
        lines = [*lines[:PLACES_IN_LETTER], "and more; the page shows all of it."]
    return "\n".join(lines)


def _places(change: FieldChange) -> list[str]:
    lines = []
    removed = ""
    following = [*change.segments[1:], None]
    for segment, after in zip(change.segments, following, strict=True):
        if segment.kind == Kind.REMOVED:
            removed = segment.text
            if after is None or after.kind != Kind.ADDED:
                lines.append(f"{change.label}: {_quoted(removed)} was taken out.")
        elif segment.kind == Kind.ADDED:
            if removed:
                said = f"{_quoted(removed)} became {_quoted(segment.text)}."
            else:
                said = f"{_quoted(segment.text)} was added."
            lines.append(f"{change.label}: {said}")
        if segment.kind != Kind.REMOVED:
            removed = ""
    return lines


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”" if text.strip() else "a blank or line end"
