"""The pages of a document's discussion: comments, the liaison's recommendation, questions to the
conveners. Only the Board and staff see them, and of those nobody who is recused.
"""

from typing import Any
from urllib.parse import quote

from chalicelib.domain.documents import discussion as rules
from chalicelib.domain.documents.discussion_view import Thread, view_of
from chalicelib.domain.documents.document import Document
from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.roles import authorize, may
from chalicelib.services.documents.discussion import (
    Talk,
    at_the_table,
    is_recused,
    may_see,
    new_to,
    talk,
)
from chalicelib.web.forms import Form, whole_number
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)

ADVICE = {
    rules.Advice.APPROVE: "Approve as is",
    rules.Advice.CHANGED: "Approve with changes",
    rules.Advice.RETURN: "Return to its conveners",
    rules.Advice.DECLINE: "Decline",
}
BLANK: dict[str, Any] = {
    "section": "",
    "text": "",
    "question": "",
    "person": "",
    "advice": "",
    "reasons": "",
}


@pages.get("/board/documents/{document_id}/discussion")
def show(request: Request, document_id: str) -> Answer:
    """What was written about a document, what is new of it, and where to write."""
    authorize(request.actor, "board.read")
    found = talk(request.services, document_id)
    query = request.query
    part = query.get("section", "")
    values = {**BLANK, "section": part if part in rules.sections(found.document) else rules.WHOLE}
    place = {name: whole_number(query.get(name, "")) or 0 for name in ("reply", "edit", "follow")}
    if place["edit"]:
        old = found.seen.find(place["edit"])
        values["text"] = old.text if old and old.author_id == request.actor.id else ""
    elif found.seen.recommendations:
        latest = found.seen.recommendations[0]
        values |= {"advice": latest.advice, "reasons": latest.reasons}
    values["person"] = found.discussion.liaison_id
    focus = "question" if place["follow"] else "text" if place["reply"] or place["edit"] else ""
    return _page(request, found, Form(values, focus=focus), place)


def _page(
    request: Request, found: Talk, form: Form, place: dict[str, int], status: int = 200
) -> Answer:
    """The page, with the form for a reply, an edit or a follow-up where that is wanted."""
    may_see(request.actor, found.document)
    document, actor, policy = found.document, request.actor, request.services.policy
    if is_recused(request.services, document.id, actor):
        return html(request, "discussion/recused.html", document=document, meeting=found.meeting)
    now = request.services.clock()
    at = next(((name, number) for name, number in place.items() if number), ("", 0))
    seen = found.seen
    return html(
        request,
        "discussion/show.html",
        status,
        document=document,
        meeting=found.meeting,
        discussion=found.discussion,
        seen=seen,
        parts=_parts(found),
        sections=[{"value": k, "label": v} for k, v in rules.sections(document).items()],
        form=form,
        at=at,
        new=new_to(request.services, found, actor),
        open=rules.is_open(document, found.meeting),
        me=actor.id,
        editable={
            c.number
            for t in seen.threads
            for c in t.all
            if rules.may_edit(c, policy.discussion, actor.id, now)
        },
        rule=policy.discussion,
        advice=ADVICE,
        is_liaison=bool(actor.id) and found.discussion.liaison_id == actor.id,
        may_name=may(actor, "document.name-liaison"),
        board=_board(request, found) if may(actor, "document.name-liaison") else [],
        asks=bool(document.petition_id),
    )


def on_document(request: Request, document: Document) -> dict[str, Any]:
    """What the document's own page says of its discussion: `questions` with their answers, for
    everybody who reads the document, and for who reads the discussion how many `new` things stand
    there and how many were `written`; `talks` says whether that is for this reader.
    """
    discussion, events = request.services.store.discussions.read(document.id)
    found = Talk(document, None, discussion, view_of(events))
    talks = may(request.actor, "board.read") and not is_recused(
        request.services, document.id, request.actor
    )
    return {
        "questions": found.seen.standing,
        "talks": talks,
        "written": len(found.seen.written()) if talks else 0,
        "new": len(new_to(request.services, found, request.actor)) if talks else 0,
    }


def _parts(found: Talk) -> list[tuple[str, str, list[Thread]]]:
    """Key, name and threads of each part of the document that something was said about; the
    document's own parts first, in their order.
    """
    said = list(dict.fromkeys(t.comment.section for t in found.seen.threads))
    known = [key for key in rules.sections(found.document) if key in said]
    return [
        (
            key,
            rules.section_name(found.document, key),
            [t for t in found.seen.threads if t.comment.section == key],
        )
        for key in [*known, *(key for key in said if key not in known)]
    ]


def _board(request: Request, found: Talk) -> list[dict[str, str]]:
    """Whom staff can name as liaison."""
    people = request.services.store.people.board(request.services.today())
    return [
        {"value": person.id, "label": person.name}
        for person in sorted(people, key=lambda one: one.name)
        if at_the_table(request.services, found.document.id, person)
    ]


def _again(
    request: Request,
    document_id: str,
    error: ValidationError | ConflictError,
    place: dict[str, int],
    rename: str = "",
) -> Answer:
    """The page once more, with what was typed; or, where that can be written no more, what was
    typed to be copied.
    """
    if isinstance(error, ConflictError):
        return kept(
            request,
            409,
            "This cannot be written now",
            f"{error.message} What you typed was not saved. It is below for you to copy.",
            ("Go to the discussion", f"/board/documents/{quote(document_id)}/discussion"),
            request.form,
            {"text": "Comment", "question": "Question", "reasons": "Reasons"},
        )
    errors = error.errors
    if rename and "text" in errors:
        errors = {**errors, rename: errors.pop("text")}
    found = talk(request.services, document_id)
    values = {**BLANK, "person": found.discussion.liaison_id, **request.form}
    return _page(request, found, Form(values, errors), place, 422)


def _number(request: Request, name: str) -> int:
    return whole_number(str(request.form.get(name, ""))) or 0


def _at(document_id: str, done: str, anchor: str) -> Answer:
    return redirect(f"/board/documents/{document_id}/discussion?done={done}#{anchor}")


@pages.form("/board/documents/{document_id}/discussion")
def comment(request: Request, document_id: str) -> Answer:
    """A comment, or a reply to one."""
    reply = _number(request, "reply_to")
    data = {
        "section": request.form.get("section", ""),
        "text": request.form.get("text", ""),
        "reply_to": reply,
    }
    try:
        event = request.perform("document.comment", document_id, data)
    except (ValidationError, ConflictError) as error:
        return _again(request, document_id, error, {"reply": reply})
    return _at(document_id, "commented", f"comment-{event.sequence}")


@pages.form("/board/documents/{document_id}/discussion/{number}/edit")
def edit(request: Request, document_id: str, number: str) -> Answer:
    """One's own comment in other words."""
    wanted = whole_number(number) or 0
    data = {"comment": wanted, "text": request.form.get("text", "")}
    try:
        request.perform("document.edit-comment", document_id, data)
    except (ValidationError, ConflictError) as error:
        return _again(request, document_id, error, {"edit": wanted})
    return _at(document_id, "comment-edited", f"comment-{wanted}")


@pages.form("/board/documents/{document_id}/discussion/{number}/withdraw")
def withdraw(request: Request, document_id: str, number: str) -> Answer:
    """One's own comment or question withdrawn."""
    wanted = whole_number(number) or 0
    request.perform("document.withdraw-comment", document_id, {"comment": wanted})
    return _at(document_id, "comment-withdrawn", f"comment-{wanted}")


@pages.form("/board/documents/{document_id}/questions")
def ask(request: Request, document_id: str) -> Answer:
    """A question to the conveners, or a follow-up."""
    follows = _number(request, "follows")
    data = {"text": request.form.get("question", ""), "follows": follows}
    try:
        event = request.perform("document.ask", document_id, data)
    except (ValidationError, ConflictError) as error:
        return _again(request, document_id, error, {"follow": follows}, "question")
    return _at(document_id, "asked", f"comment-{event.sequence}")


@pages.form("/board/documents/{document_id}/liaison")
def name_liaison(request: Request, document_id: str) -> Answer:
    """Who looks into the document for the Board."""
    data = {"person": request.form.get("person", "")}
    try:
        request.perform("document.name-liaison", document_id, data)
    except ValidationError as error:
        return _again(request, document_id, error, {})
    return _at(document_id, "liaison", "recommendation")


@pages.form("/board/documents/{document_id}/recommendation")
def recommend(request: Request, document_id: str) -> Answer:
    """The liaison's recommendation."""
    data = {name: request.form.get(name, "") for name in ("advice", "reasons")}
    try:
        request.perform("document.recommend", document_id, data)
    except (ValidationError, ConflictError) as error:
        return _again(request, document_id, error, {})
    return _at(document_id, "recommended", "recommendation")


@pages.form("/board/documents/{document_id}/discussion/read")
def note_read(request: Request, document_id: str) -> Answer:
    """Notes that what the page showed was read."""
    request.perform("document.note-read", document_id, {"upto": _number(request, "upto")})
    return redirect(f"/board/documents/{document_id}/discussion")
