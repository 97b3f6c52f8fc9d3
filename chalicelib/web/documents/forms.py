"""Writing a document: sending one to the Board, and changing one."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.documents.document import Document, Kind, State
from chalicelib.domain.documents.document import Form as Text
from chalicelib.domain.documents.form_text import LABELS, PARTS
from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.milestones import document_deadline
from chalicelib.domain.people.people import Role
from chalicelib.domain.people.roles import authorize
from chalicelib.services.commands import roles_for
from chalicelib.services.documents import documents, submissions, uploads
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.web.checks.checks import Check, check, looked_over
from chalicelib.web.documents.documents import KINDS
from chalicelib.web.forms import Form, Upload
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)

ROWS = ("submitted_by", "questions", "actions")
TEXTS = ("title", "background", "stakeholders", "fiscal_impact", "goal_area")
FORM_LABELS = {**LABELS, "file": "PDF file", "note": "Note to staff", "reason": "Why"}


# Sending


@pages.get("/board/meetings/{meeting_id}/documents/new")
def send_form(request: Request, meeting_id: str) -> Answer:
    """What a document may be, and the form for the kind that was chosen."""
    authorize(request.actor, "document.send")
    meeting = load_meeting(request.services, meeting_id)
    submissions.require_to_come(request.services, meeting)
    person = request.actor.person
    assert person is not None
    named = ", ".join(part for part in (person.name, person.institution) if part)
    values = {**_blank(), "submitted_by": [named] if person.name else []}
    return _send_page(request, meeting, request.query.get("kind", ""), Form(values))


def _blank() -> dict[str, Any]:
    return {**dict.fromkeys((*TEXTS, "note", "upload", "reason"), ""), **{r: [] for r in ROWS}}


def _send_page(
    request: Request, meeting: Meeting, wanted: str, form: Form, status: int = 200
) -> Answer:
    services = request.services
    kind = next((k for k in submissions.KINDS if k.value == wanted), None)
    return html(
        request,
        "documents/send.html",
        status,
        meeting=meeting,
        kind=kind.value if kind else "",
        kind_words=KINDS[kind] if kind else "",
        parts=PARTS[kind] if kind else (),
        made=[],
        form=looked_over(request, form, *_checks()),
        labels=FORM_LABELS,
        late=submissions.is_late(services, request.actor, meeting),
        deadline=document_deadline(meeting, services.policy),
        upload=uploads.peek(services, request.actor, form["values"].get("upload", "")),
        unnamed=not (request.actor.person and request.actor.person.name),
        **_rules(request),
    )


def _checks(charge: str = "") -> tuple[Check, ...]:
    """What is looked at as people write: each action, and the days of votes in the background."""
    return check("actions", "actions", charge=charge), check("notice", "background")


def _rules(request: Request) -> dict[str, Any]:
    policy = request.services.policy
    return {"rule": policy.documents, "limits": policy.limits, "goal_areas": policy.goal_areas}


@pages.form("/board/meetings/{meeting_id}/documents/new")
def send(request: Request, meeting_id: str) -> Answer:
    """Takes in a form."""
    return _send(request, meeting_id, dict(request.form))


@pages.upload("/board/meetings/{meeting_id}/documents/file")
def send_file(request: Request, meeting_id: str) -> Answer:
    """Takes in a PDF, which stays uploaded when something else has to be put right."""
    authorize(request.actor, "document.send")
    fields = dict(request.form)
    errors = _take_file(request, fields)
    if errors:
        meeting = load_meeting(request.services, meeting_id)
        form = Form({**_blank(), **fields}, errors)
        return _send_page(request, meeting, Kind.FILE.value, form, 422)
    return _send(request, meeting_id, {**fields, "kind": Kind.FILE.value})


def _take_file(request: Request, fields: dict[str, Any]) -> dict[str, str]:
    """Puts the token of an upload into the fields in the place of its file; errors by field."""
    file = fields.pop("file", None)
    if not isinstance(file, Upload) or not file.name:
        return {} if fields.get("upload") else {"file": "Choose the PDF."}
    try:
        fields["upload"] = uploads.take(request.services, request.actor, file.name, file.content)
    except ValidationError as error:
        return error.errors
    return {}


def _send(request: Request, meeting_id: str, fields: dict[str, Any]) -> Answer:
    try:
        made = request.perform("document.send", meeting_id, fields)
    except ValidationError as error:
        meeting = load_meeting(request.services, meeting_id)
        form = Form({**_blank(), **fields}, error.errors)
        return _send_page(request, meeting, str(fields.get("kind", "")), form, 422)
    except ConflictError as error:
        title, link = "The document was not sent", ("Go to your account", "/account")
        return kept(request, 409, title, error.message, link, _typed(fields), FORM_LABELS)
    return redirect(f"/board/documents/{made.id}?done=document-sent")


def _typed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a person filled in."""
    return {k: v for k, v in fields.items() if k not in {"kind", "upload", "text", "closed"}}


# Changing


@pages.get("/board/documents/{document_id}/edit")
def edit_form(request: Request, document_id: str) -> Answer:
    """The document's text, to be changed by staff or by its sender."""
    document = _changeable(request, document_id)
    return _edit_page(request, document, Form(_values(document)))


def _changeable(request: Request, document_id: str) -> Document:
    """The document, for whoever may change it. Raises NotAllowedError, NotFoundError and
    ConflictError.
    """
    found = documents.for_reading(request.services, request.actor, document_id).document
    here = request.actor.having(*roles_for(request.actor, found))
    authorize(here, "document.revise")
    if found.state == State.WITHDRAWN:
        raise ConflictError("This document was withdrawn and can no longer be changed.")
    return found


def _values(document: Document) -> dict[str, Any]:
    text: Text = document.form
    return {
        **_blank(),
        "title": document.title,
        "submitted_by": list(text.submitted_by),
        "background": text.background,
        "questions": list(text.questions),
        "stakeholders": text.stakeholders,
        "fiscal_impact": text.fiscal_impact,
        "goal_area": text.goal_area,
        "actions": [action.wording for action in text.actions if not action.effect],
        "closed": "yes" if document.closed else "",
        "text": document.texts,
    }


def _edit_page(request: Request, document: Document, form: Form, status: int = 200) -> Answer:
    made = [action.wording for action in document.form.actions if action.effect]
    petition = request.services.store.petitions.get(document.petition_id) if made else None
    charge = petition.text.charge if petition else ""
    return html(
        request,
        "documents/edit.html",
        status,
        document=document,
        kind=document.kind.value,
        parts=PARTS[document.kind],
        form=looked_over(request, form, *_checks(charge)),
        labels=FORM_LABELS,
        made=made,
        is_staff=Role.STAFF in request.actor.roles,
        upload=uploads.peek(request.services, request.actor, form["values"].get("upload", "")),
        **_rules(request),
    )


@pages.form("/board/documents/{document_id}/edit")
def edit(request: Request, document_id: str) -> Answer:
    """Saves another text."""
    document = _changeable(request, document_id)
    fields = dict(request.form)
    return _change(request, document, fields)


@pages.upload("/board/documents/{document_id}/revise")
def revise_file(request: Request, document_id: str) -> Answer:
    """Saves another title or another PDF."""
    document = _changeable(request, document_id)
    fields = dict(request.form)
    file = fields.get("file")
    if isinstance(file, Upload) and file.name:
        errors = _take_file(request, fields)
        if errors:
            form = Form({**_values(document), **fields}, errors)
            return _edit_page(request, document, form, 422)
    fields.pop("file", None)
    return _change(request, document, fields)


def _change(request: Request, document: Document, fields: dict[str, Any]) -> Answer:
    is_staff = Role.STAFF in request.actor.roles
    # A new file is always a revision; staff's new words are one once a packet holds the document.
    command = "edit" if is_staff and not fields.get("upload") else "revise"
    sent = {**fields, "closed": "closed" in fields} if is_staff else fields
    try:
        request.perform(f"document.{command}", document.id, sent)
    except ValidationError as error:
        values = {**_values(document), "closed": "", **{r: [] for r in ROWS}, **fields}
        return _edit_page(request, document, Form(values, error.errors), 422)
    except ConflictError as error:
        title = "The change was not saved"
        link = ("Reopen the document", f"/board/documents/{document.id}")
        return kept(request, 409, title, error.message, link, _typed(fields), FORM_LABELS)
    return redirect(f"/board/documents/{document.id}?done=document-changed")
