"""How a packet prints a document's form, and how it names an uploaded file."""

from typing import Any

from chalicelib.domain.documents import form_text
from chalicelib.domain.documents.document import File, Form, Kind
from chalicelib.domain.policy.rules import Policy

# What the Board should see that nobody answered, on forms that ask it to act.
_UNANSWERED = {"stakeholders": "None named.", "fiscal_impact": "None stated."}


def form_content(kind: Kind, form: Form, submitted_on: str, policy: Policy) -> dict[str, Any]:
    """A form as plain words, with the parts that its kind has."""
    acts = "actions" in form_text.PARTS[kind]
    content: dict[str, Any] = {
        "heading": form_text.HEADINGS[kind],
        "to": policy.association.board,
        "subject": form.subject,
        "submitted_by": list(form.submitted_by),
        "date_submitted": submitted_on,
        "background": paragraphs(form.background),
        "questions": list(form.questions),
        "actions": [action.wording for action in form.actions],
        "goal_area": form.goal_area,
        "goal_areas": list(policy.goal_areas) if "goal_area" in form_text.PARTS[kind] else [],
    }
    for name, nothing in _UNANSWERED.items():
        given = paragraphs(getattr(form, name))
        content[name] = given or ([nothing] if acts else [])
    return content


def file_content(file: File, address: str) -> dict[str, Any]:
    """What a packet says of a file whose pages it joins: what it is, and where it is read alone.
    `key` is under which it is kept.
    """
    return {
        "key": file.key,
        "name": file.name,
        "pages": file.pages,
        "size": f"{max(file.size // 1000, 1):,} kB",
        "sha256": file.sha256,
        "address": address,
        "removed": list(file.removed),
        "original_sha256": file.original_sha256,
    }


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: parts between blank lines, line ends within them as spaces."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return [part for part in parts if part]
