"""A document's page, its file, and what staff and its sender do with it there."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.documents import steps
from chalicelib.domain.documents.document import Document, Kind, State
from chalicelib.domain.documents.form_text import HEADINGS, PARTS
from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.meetings.meeting import Meeting, next_number
from chalicelib.domain.people.people import Role
from chalicelib.domain.people.roles import authorize
from chalicelib.services.documents import documents, revisions, uploads
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.storage.stores.documents import DocumentRead
from chalicelib.web.documents.discussion import on_document
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.record.history import document_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

KINDS = {
    Kind.PETITION: "Action form of a petition",
    Kind.RENEWAL: "Action form of a group’s renewal",
    Kind.ACTION: "Action form",
    Kind.DISCUSSION: "Discussion form",
    Kind.COVER: "Cover form",
    Kind.FILE: "PDF file",
}
NO_FORM = Form({"words": "", "complete": "", "number": "", "presenter": "", "reason": ""})


@pages.get("/board/documents/{document_id}")
def show(request: Request, document_id: str) -> Answer:
    """The document as the Board reads it, with every text of it."""
    return page(request, document_id, {})


def page(request: Request, document_id: str, forms: dict[str, Form], status: int = 200) -> Answer:
    """The document's page, with forms that were refused, by their command."""
    found = documents.for_reading(request.services, request.actor, document_id)
    document = found.document
    meeting = load_meeting(request.services, document.meeting_id)
    return html(
        request,
        "documents/show.html",
        status,
        document=document,
        meeting=meeting,
        kind=KINDS[document.kind],
        heading=HEADINGS[document.kind],
        parts=PARTS[document.kind],
        closed=documents.closed(request.services, document),
        overdue=steps.is_overdue(document, request.services.clock()),
        versions=revisions.versions(found.revisions),
        since=revisions.since_conveners(found.revisions),
        steps=document_steps(found.events),
        board_name=request.services.policy.association.board,
        reads_board=bool(request.actor.roles & {Role.BOARD, Role.STAFF}),
        limits=request.services.policy.limits,
        said=on_document(request, document),
        **_abilities(request, found, meeting),
        **_forms(document, meeting, forms),
    )


def _abilities(request: Request, found: DocumentRead, meeting: Meeting) -> dict[str, bool]:
    """What whoever reads the page may do with the document as it is."""
    document, actor = found.document, request.actor
    standing = document.state != State.WITHDRAWN
    staff = Role.STAFF in actor.roles and standing
    sender = bool(actor.id) and actor.id == document.sender_id and standing
    to_come = request.services.clock() < meeting.starts_at
    published = any(event.command == "publish" for event in found.events)
    own = document.kind != Kind.PETITION
    return {
        "is_staff": Role.STAFF in actor.roles,
        "is_sender": sender,
        "may_edit": staff,
        "may_revise": (sender and to_come) or (staff and document.kind == Kind.FILE),
        "may_acknowledge": staff and document.acknowledge_by is not None,
        "may_number": staff and document.state == State.RECEIVED and to_come,
        "may_withdraw": own and (staff or (sender and not published)),
    }


def _forms(document: Document, meeting: Meeting, given: dict[str, Form]) -> dict[str, Form]:
    presenter = document.form.submitted_by[0] if document.form.submitted_by else document.sender
    number = {"number": next_number(meeting), "presenter": presenter, "closed": ""}
    return {
        "acknowledge_form": given.get("acknowledge", Form({"complete": "yes", "words": ""})),
        "number_form": given.get("number", Form(number)),
        "withdraw_form": given.get("withdraw", Form({"reason": ""})),
    }


@pages.get("/board/documents/{document_id}/file")
def file(request: Request, document_id: str) -> Answer:
    """The document's PDF, by a link that soon runs out. Staff may ask for what was uploaded, and
    everybody who reads the document for a file that it had before.
    """
    found = documents.for_reading(request.services, request.actor, document_id)
    wanted, chosen = request.query.get("sha256", ""), found.document.file
    for text in found.revisions:
        if wanted and text.file and text.file.sha256 == wanted:
            chosen = text.file
    if chosen is None:
        raise NotFoundError("This document is a form and has no file.")
    original = request.query.get("original") == "yes"
    if original:
        authorize(request.actor, "document.edit")
    name = found.document.code or found.document.title
    return redirect(uploads.link(request.services, chosen, name, original=original))


# The views of the commands that a form on the page gives, by name.
COMMANDS: dict[str, Callable[..., Answer]] = {}


def _command(name: str, done: str, boxes: tuple[str, ...] = ()) -> None:
    """A command that a form on the document's page gives. `boxes` are its tick boxes."""

    @pages.form(f"/board/documents/{{document_id}}/{name}")
    def run(request: Request, document_id: str) -> Answer:
        fields: dict[str, Any] = {**request.form, **{b: b in request.form for b in boxes}}
        if name == "acknowledge":
            fields["complete"] = request.form.get("complete") == "yes"
        try:
            request.perform(f"document.{name}", document_id, fields)
        except ValidationError as error:
            form = Form({**NO_FORM.values, **request.form}, error.errors)
            return page(request, document_id, {name: form}, 422)
        return redirect(f"/board/documents/{document_id}?done={done}")

    COMMANDS[name] = run


_command("acknowledge", "document-acknowledged")
_command("number", "document-numbered", ("closed",))


@pages.form("/board/documents/{document_id}/withdraw")
def withdraw(request: Request, document_id: str) -> Answer:
    """Takes the document back."""
    fields = dict(request.form)
    try:
        request.perform("document.withdraw", document_id, fields)
    except ValidationError as error:
        form = Form({"reason": "", **fields}, error.errors)
        return page(request, document_id, {"withdraw": form}, 422)
    return redirect(f"/board/documents/{document_id}?done=document-withdrawn")


@pages.get("/staff/documents")
def received(request: Request) -> Answer:
    """What waits for staff to be answered or numbered, and the documents of meetings to come."""
    authorize(request.actor, "staff.read")
    store, now = request.services.store, request.services.clock().isoformat()
    meetings = [m for m in store.board.meetings() if m["starts_at"] > now][::-1]
    return html(
        request,
        "staff/documents.html",
        rows=store.documents.received(),
        meetings={m["id"]: m for m in store.board.meetings()},
        to_come=[(m, store.documents.of_meeting(m["id"])) for m in meetings],
        kinds={kind.value: words for kind, words in KINDS.items()},
        now=now,
    )
