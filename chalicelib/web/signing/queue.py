"""Staff's queue of doubtful signatures, and the decision on each."""

from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.signing import decisions
from chalicelib.services.petitions.review import by_id
from chalicelib.services.signing import review_queue
from chalicelib.services.signing.signing import note_threshold
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.petitions import staff
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect
from chalicelib.web.signing.review_view import FIELDS, LONGEST, last_decision, seen

pages = Pages(__name__)

# What each button runs, and the name that the command gives to what was typed.
COMMANDS = {
    "accept": ("signature.settle", "reason"),
    "aside": ("signature.settle", "reason"),
    "ask": ("signature.ask", "question"),
    "release": ("signature.release", "reason"),
    "seen": ("signature.note-seen", ""),
}


@pages.get("/staff/signatures")
def show(request: Request) -> Answer:
    """The signatures that wait for staff, by petition."""
    blank = Form(dict.fromkeys(FIELDS, ""))
    query = {name: request.query.get(name, "")[:LONGEST] for name in ("petition", "after")}
    return _page(request, blank, query["petition"], query["after"])


def _page(request: Request, form: Form, petition: str, after: str, status: int = 200) -> Answer:
    authorize(request.actor, "signature.read-private")
    find = request.query.get("find", "").strip()[:LONGEST]
    found = review_queue.queue(
        request.services, petition, after, (request.query.get("key", ""), find)
    )
    found = _with_refused(request, found, form)
    items = [doubt for group in found.groups for doubt in group.doubts]
    names = {doubt.signature.key: doubt.signature.name for doubt in items}
    at, refused = request.query.get("at", ""), form["values"]["key"].rpartition("/")[2]
    return html(
        request,
        "staff/signatures.html",
        status,
        queue=found,
        next_keys=dict(pairwise(doubt.signature.key for doubt in items)),
        shown=len(items),
        only=petition,
        after=after,
        find=find,
        find_key=request.query.get("key", "") if find else "",
        form=form,
        seen=seen,
        last=last_decision(request),
        words=decisions.WORDS,
        at=at if at in names else "",
        refused=refused,
        refused_name=names.get(refused, ""),
    )


def _with_refused(request: Request, found: review_queue.Queue, form: Form) -> review_queue.Queue:
    """The queue with the signature in it that a form was about, so that what was typed is shown
    even where it waits no more.
    """
    target = form["values"]["key"]
    if not form["errors"] or not target:
        return found
    petition, signature = by_id(request.services, target)
    for number, group in enumerate(found.groups):
        here = any(doubt.signature.key == signature.key for doubt in group.doubts)
        if group.id == petition.id and not here:
            again = review_queue.doubt(request.services, petition, signature)
            found.groups[number] = replace(group, doubts=(again, *group.doubts))
    return found


@pages.form("/staff/petitions/{petition_id}/signatures/{key}")
def decide(request: Request, petition_id: str, key: str) -> Answer:
    """Decides one signature, and goes on with the next."""
    fields, target = dict(request.form), f"{petition_id}/{key}"
    command, word = COMMANDS.get(fields.get("do", ""), ("", ""))
    typed = {name: str(fields.get(name, "")) for name in FIELDS} | {"key": target}
    typed |= {name: typed[name][:LONGEST] for name in ("seat", "petition", "after", "next")}
    data: dict[str, Any] = {word: typed["reason"]} if word else {}
    if command == "signature.settle":
        accept = fields["do"] == "accept"
        data |= {"accept": accept, "seat": typed["seat"] if accept else ""}
    try:
        authorize(request.actor, "signature.settle")
        _, signature = by_id(request.services, target)
        if not command:
            raise ValidationError({"": "Choose what to do with this signature."})
        if fields.get("seen", "") not in {"", seen(signature)}:
            raise ConflictError(
                "This signature was decided, answered or corrected since you opened the page. "
                "Its current state is shown here; decide again if you still want to."
            )
        request.perform(command, target, data)
    except ValidationError as error:
        return _refused(request, typed, {_field(n): m for n, m in error.errors.items()}, 422)
    except ConflictError as error:
        return _refused(request, typed, {"": error.message}, 409)
    note_threshold(request.services, petition_id)
    return redirect(_onward(typed, target))


def _field(name: str) -> str:
    return "reason" if name == "question" else name


def _refused(
    request: Request, typed: dict[str, str], errors: dict[str, str], status: int
) -> Answer:
    form = Form(typed, errors)
    if typed["next"] == "petition":
        petition_id = typed["key"].partition("/")[0]
        return staff.page(request, petition_id, {"settle": form}, status)
    return _page(request, form, typed["petition"], typed["after"], status)


def _onward(typed: dict[str, str], target: str) -> str:
    """Where staff go on after a decision: the next signature of the list they came from."""
    petition_id = target.partition("/")[0]
    if typed["next"] == "petition":
        return f"/staff/petitions/{petition_id}?{urlencode({'did': target})}"
    # What came of it stands right above the signature that is next, and Undo with it.
    at = typed["next"] if typed["next"].replace("-", "").isalnum() else ""
    query = {"petition": typed["petition"], "after": typed["after"], "did": target, "at": at}
    query = {name: value for name, value in query.items() if value}
    return f"/staff/signatures?{urlencode(query)}#{f's-{at}' if at else 'did'}"


@pages.form("/staff/petitions/{petition_id}/signatures/{key}/undo")
def undo(request: Request, petition_id: str, key: str) -> Answer:
    """Takes the last decision on a signature back."""
    target = f"{petition_id}/{key}"
    request.perform("signature.undo", target)
    note_threshold(request.services, petition_id)
    given = {name: str(request.form.get(name, "")) for name in FIELDS}
    return redirect(_onward({**given, "next": given["next"] or key}, target))
