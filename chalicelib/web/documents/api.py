"""Reading documents before the Board, and what is said about them."""

from datetime import datetime
from typing import Any

from chalicelib.domain.errors import NotAllowedError, NotFoundError
from chalicelib.services.documents import documents, uploads
from chalicelib.services.documents.discussion import is_recused, may_see, talk
from chalicelib.web.api import shapes
from chalicelib.web.api.operations import Raw, Shape, reads
from chalicelib.web.petitions.api import History, Question, in_words
from chalicelib.web.record.history import document_steps
from chalicelib.web.request import Request

TAG = "documents"


class Recommended(Shape):
    """An action that a form recommends, as a motion."""

    wording: str
    effect: str


class WholeDocument(shapes.Document):
    """A document with its text. `sha256` is that of its file, empty for a form."""

    submitted_by: list[str]
    background: str
    questions: list[str]
    stakeholders: str
    fiscal_impact: str
    goal_area: str
    actions: list[Recommended]
    sha256: str


class ReceivedRow(Shape):
    """A document that waits for staff."""

    id: str
    title: str
    meeting: str


class Received(Shape):
    """The documents that staff have to answer or to number."""

    documents: list[ReceivedRow]


class Comment(Shape):
    """A comment on a part of a document; what was withdrawn has no text."""

    number: int
    author: str
    at: datetime
    section: str
    text: str
    reply_to: int
    withdrawn: bool


class Recommendation(Shape):
    """What a liaison recommends."""

    number: int
    author: str
    at: datetime
    advice: str
    reasons: str


class Discussion(Shape):
    """What the Board and staff said about a document."""

    liaison: str
    comments: list[Comment]
    questions: list[Question]
    recommendations: list[Recommendation]


class OwnDocuments(Shape):
    """The documents that one sent to the Board."""

    documents: list[shapes.Document]


@reads("/documents", Received, tag=TAG, command="staff.read")
def documents_received(request: Request) -> dict[str, Any]:
    """The documents that staff have to answer or to number."""
    rows = request.services.store.documents.received()
    names = ReceivedRow.model_fields
    return {"documents": [{name: str(row.get(name, "")) for name in names} for row in rows]}


@reads("/account/documents", OwnDocuments, tag="account", command="data.read")
def own_documents(request: Request) -> dict[str, Any]:
    """The documents that one sent to the Board."""
    return {"documents": documents.sent_by(request.services, request.actor)}


@reads("/documents/{document_id}", WholeDocument, tag=TAG, asks="document.read")
def document_read(request: Request, document_id: str) -> dict[str, Any]:
    """A document, for the Board, staff, its sender and its petition's conveners."""
    found = documents.for_reading(request.services, request.actor, document_id).document
    form = found.form
    shown = {name: getattr(found, name) for name in shapes.Document.model_fields}
    return {
        **shown,
        "submitted_by": list(form.submitted_by),
        "background": form.background,
        "questions": list(form.questions),
        "stakeholders": form.stakeholders,
        "fiscal_impact": form.fiscal_impact,
        "goal_area": form.goal_area,
        "actions": list(form.actions),
        "sha256": found.file.sha256 if found.file else "",
    }


@reads("/documents/{document_id}/history", History, tag=TAG, asks="document.read")
def document_history(request: Request, document_id: str) -> dict[str, Any]:
    """How a document came to where it is."""
    found = documents.for_reading(request.services, request.actor, document_id)
    return {"steps": in_words(document_steps(found.events))}


@reads("/documents/{document_id}/file", None, tag=TAG, asks="document.read")
def document_file(request: Request, document_id: str) -> Raw:
    """Where a document's PDF is, for five minutes."""
    found = documents.for_reading(request.services, request.actor, document_id).document
    if found.file is None:
        raise NotFoundError("This document is a form and has no file.")
    return Raw(uploads.link(request.services, found.file, found.code or found.title))


@reads("/documents/{document_id}/discussion", Discussion, tag=TAG, command="board.read")
def document_discussion(request: Request, document_id: str) -> dict[str, Any]:
    """What was said about a document, for the Board and staff, and nobody who is recused."""
    found = talk(request.services, document_id)
    may_see(request.actor, found.document)
    if is_recused(request.services, document_id, request.actor):
        raise NotAllowedError(
            "You are recused from this document, and its discussion is not shown."
        )
    seen = found.seen
    return {
        "liaison": found.discussion.liaison,
        "comments": [
            {
                **{name: getattr(comment, name) for name in ("number", "author", "at", "section")},
                "text": "" if comment.withdrawn_at else comment.text,
                "reply_to": comment.reply_to,
                "withdrawn": comment.withdrawn_at is not None,
            }
            for thread in seen.threads
            for comment in thread.all
        ],
        "questions": list(seen.standing),
        "recommendations": list(seen.recommendations),
    }
