"""Small corrections that staff make in a text that people have signed."""

from chalicelib.domain.checks.diffs import FieldChange, changed_words, text_changes
from chalicelib.domain.errors import ValidationError
from chalicelib.domain.people.people import Act
from chalicelib.domain.petitions.petition import TRANSITIONS, Petition
from chalicelib.domain.petitions.text import Text, digest_of_text, missing, too_long
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require

FIELDS = ("name", "charge", "background", "questions")


def words_left(petition: Petition, policy: Policy) -> int:
    """How many words the next correction may change."""
    rule = policy.correction
    return max(0, min(rule.words_at_once, rule.words_in_all - petition.corrected_words))


def words_of(changes: list[FieldChange]) -> int:
    """How many words a correction counts for: 1 at least, since blanks can be moved for ever."""
    return max(1, sum(change.words for change in changes))


def why_not(petition: Petition, text: Text, policy: Policy) -> dict[str, str]:
    """What forbids to correct the petition's text to this one, by field; empty if nothing."""
    changes = text_changes(petition.text, text)
    if not changes:
        return {"": "The text is the same as before. Correct something, or leave the page."}
    errors = too_long(text, petition.conveners, policy) | missing(text, petition.conveners, policy)
    errors = {name: words for name, words in errors.items() if name.split("-")[0] in FIELDS}
    # Capitals do not make a name another one.
    in_name = changed_words(petition.text.name.casefold(), text.name.casefold())
    if in_name > policy.correction.words_in_name:
        errors["name"] = (
            "A new name is for the conveners to decide. Of the name, capitals and "
            f"{_words(policy.correction.words_in_name)} may be corrected."
        )
    count, most = words_of(changes), words_left(petition, policy)
    if count > most:
        limit = f"at most {most}" if most else "none"
        before = petition.corrected_words
        used = f" (it had {_words(before)} corrected before)" if before else ""
        errors[""] = (
            f"This changes {_words(count)}; {limit} may be corrected without asking the "
            f"signatories again{used}. {_instead(petition)}"
        )
    return errors


def _instead(petition: Petition) -> str:
    """What becomes of a larger change. Nothing is returned before it was submitted."""
    if petition.state in TRANSITIONS["return"][0]:
        return "Return the petition to its conveners instead."
    return (
        "More than that is for the conveners: it can be returned to them once they have "
        "submitted it."
    )


def correct(
    petition: Petition, text: Text, reason: str, policy: Policy, by: Act
) -> tuple[Petition, Event]:
    """The petition with its spelling corrected by staff. Its edition and its signatures stay.

    Raises ValidationError for what is more than a small correction, or has no reason.
    """
    require(TRANSITIONS, "petition", petition.state, "correct")
    errors = why_not(petition, text, policy)
    if not reason:
        errors["reason"] = "Say why: everybody who reads the petition’s history sees it."
    elif len(reason) > policy.limits.comment:
        errors["reason"] = f"Shorten this by {len(reason) - policy.limits.comment} characters."
    if errors:
        raise ValidationError(errors)
    digest = digest_of_text(petition.kind, text)
    words = words_of(text_changes(petition.text, text))
    return advance(
        petition,
        "petition",
        "correct",
        by,
        before=petition.state,
        data={
            "reason": reason,
            "text_before": petition.text_digest,
            "text": digest,
            "words": words,
        },
        text=text,
        text_digest=digest,
        corrected_from=(*petition.corrected_from, petition.text_digest),
        corrected_words=petition.corrected_words + words,
    )


def _words(count: int) -> str:
    return f"{count} word{'' if count == 1 else 's'}"
