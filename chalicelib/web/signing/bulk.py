"""Staff decide many signatures at once: the pattern, the preview, how far it is, and undoing it."""

from itertools import islice
from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.signing import decisions
from chalicelib.domain.signing import patterns as patterns_
from chalicelib.domain.signing.bulk import STATES, Action, Bulk, Stage
from chalicelib.domain.signing.patterns import Pattern
from chalicelib.domain.signing.signature import Signature
from chalicelib.services.signing import bulk as bulks
from chalicelib.services.signing.bulk import Preview
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect
from chalicelib.web.signing.review_view import LONGEST

pages = Pages(__name__)

TEXTS = ("action", "petition", "address", "name", "network", "reason")
TICKS = (*(state.value for state in STATES), "tell")
ACTIONS = {
    Action.SET_ASIDE: "Reject",
    Action.RELEASE: "Let through",
    Action.ACCEPT: "Accept",
}
# The words of the form for the states; the last two are where a signature may stand afterwards.
STATE_WORDS = {
    "pending": "Not confirmed yet",
    "held": "Held",
    "confirmed": "Confirmed, waiting for staff",
    "verified": "Verified",
    "invalidated": "Rejected",
    "withdrawn": "Withdrawn",
}


@pages.get("/staff/signatures/bulk")
def show(request: Request) -> Answer:
    """The form, filled in as a link says, and past bulk actions."""
    given = {name: request.query.get(name, "")[:LONGEST] for name in TEXTS}
    ticked = {"held": "yes", "confirmed": "yes", "tell": "yes"}
    return _page(request, Form({**dict.fromkeys(TICKS, ""), **given, **ticked}))


def _page(
    request: Request, form: Form, status: int = 200, preview: Preview | None = None
) -> Answer:
    authorize(request.actor, "signature.read-private")
    after = request.query.get("after", "")[:LONGEST]
    past = request.services.store.bulks.listed(after=after)
    return html(
        request,
        "staff/bulk.html",
        status,
        form=form,
        petitions=list(bulks.open_petitions(request.services)),
        preview=preview,
        past=past.rows,
        past_next=past.next,
        **_words(request),
    )


def _words(request: Request) -> dict[str, Any]:
    return {
        "actions": {action.value: words for action, words in ACTIONS.items()},
        "pattern_words": lambda pattern: patterns_.words(
            pattern if isinstance(pattern, Pattern) else Pattern(**pattern)
        ),
        "limits": request.services.policy.limits,
        "decided": decisions.WORDS,
        "states": STATE_WORDS,
    }


@pages.form("/staff/signatures/bulk")
def submit(request: Request) -> Answer:
    """Shows what would be hit; once that was confirmed, puts it in line."""
    typed = {name: request.form.get(name, "") for name in TEXTS}
    typed |= {name: "yes" if request.form.get(name) else "" for name in TICKS}
    data: dict[str, Any] = {name: typed[name] for name in TEXTS}
    data |= {name: bool(typed[name]) for name in TICKS}
    do = request.form.get("do", "")
    try:
        if do == "change":
            return _page(request, Form(typed))
        if do == "run":
            shown = {name: request.form.get(name, "") for name in ("previewed_at", "digest")}
            made: Bulk = request.perform("signature.bulk", data=data | shown)
            return redirect(f"/staff/signatures/bulk/{made.id}")
        found = bulks.preview(request.services, request.actor, data)
        return _page(request, Form(typed), preview=found)
    except ValidationError as error:
        return _page(request, Form(typed, error.errors), 422)
    except ConflictError as error:
        found = bulks.preview(request.services, request.actor, data)
        return _page(request, Form(typed, {"": error.message}), 409, found)


@pages.get("/staff/signatures/bulk/{bulk_id}")
def one(request: Request, bulk_id: str) -> Answer:
    """One bulk action: how far it is, what came of it, and the button to take it back."""
    authorize(request.actor, "signature.read-private")
    found = bulks.by_bulk_id(request.services, bulk_id)
    petition = request.services.store.petitions.get(found.petition_id or "none")
    return html(
        request,
        "staff/bulk_one.html",
        bulk=found,
        petition=petition,
        working=found.stage in {Stage.RUNNING, Stage.UNDOING},
        text=progress(found),
        rows=_hit(request, found),
        **_words(request),
    )


def _hit(request: Request, bulk: Bulk) -> list[tuple[str, Signature]]:
    """The first signatures that an action was to hit, as they are now, with their petitions."""
    store, rows = request.services.store, []
    for target in islice(store.bulks.targets(bulk.id), bulks.ROWS_SHOWN):
        petition_id, _, key = target.partition("/")
        signature = store.petitions.signature(petition_id, key)
        if signature:
            rows.append((petition_id, signature))
    return rows


def progress(bulk: Bulk) -> str:
    """How far a bulk action is, in words."""
    what = "Undoing it" if bulk.stage == Stage.UNDOING else "Under way"
    return f"{what}: {bulk.place} of {bulk.hit} signatures."


@pages.form("/staff/signatures/bulk/{bulk_id}/undo")
def undo(request: Request, bulk_id: str) -> Answer:
    """Puts taking it back in line."""
    request.perform("signature.bulk-undo", bulk_id)
    return redirect(f"/staff/signatures/bulk/{bulk_id}")
