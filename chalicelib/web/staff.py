"""Staff's queues, and what staff do with a petition."""

from itertools import islice
from typing import Any

from chalicelib.domain import petition as rules
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.meeting import next_number
from chalicelib.domain.petition import State
from chalicelib.domain.roles import authorize
from chalicelib.domain.signature import State as SignatureState
from chalicelib.domain.signature import stands_for
from chalicelib.services.commands import hide_drafts
from chalicelib.services.signing import note_threshold
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.history import petition_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

# What staff have to do about a petition in each state that is theirs.
TO_DO = {
    State.SUBMITTED: "Check the signatures, then verify them",
    State.VERIFIED: "Schedule it for a meeting",
    State.SCHEDULED: "Publish the packet when every document is in; then the Board votes",
    State.COLLECTING: "Nothing has to be done; doubtful signatures can be decided already",
}


@pages.get("/staff")
def index(request: Request) -> Answer:
    """What waits for staff, the most urgent first."""
    authorize(request.actor, "staff.read")
    petitions = request.services.store.petitions
    queues = [
        # Who has waited longest comes first.
        {"state": state.value, "to_do": words, "rows": petitions.in_state(state).rows[::-1]}
        for state, words in TO_DO.items()
    ]
    roster = request.services.store.rosters.current()
    meetings = _meetings_to_come(request)
    return html(
        request,
        "staff/index.html",
        queues=queues,
        labels={unit.kind: unit.label for unit in request.services.policy.units},
        roster=roster,
        meetings=meetings,
    )


def _meetings_to_come(request: Request) -> list[dict[str, Any]]:
    now = request.services.clock().isoformat()
    return [m for m in request.services.store.board.meetings() if m["starts_at"] > now][::-1]


@pages.get("/staff/petitions/{petition_id}")
def show(request: Request, petition_id: str) -> Answer:
    """A petition with its signatures, and the commands that are next."""
    return _page(request, petition_id, {})


def _page(
    request: Request,
    petition_id: str,
    forms: dict[str, Form],
    status: int = 200,
) -> Answer:
    authorize(request.actor, "signature.read-private")
    store = request.services.store
    found = store.petitions.read(petition_id, fresh=True)
    if found is None:
        raise NotFound("There is no petition at this address.")
    petition, events = found
    # Not even staff see a draft.
    hide_drafts(request.actor, petition)
    signatures = [
        s
        for s in islice(store.petitions.signatures(petition_id), 2000)
        if stands_for(s, petition) or s.state == SignatureState.PENDING
    ]
    order = list(SignatureState)
    signatures.sort(key=lambda s: (order.index(s.state), s.confirmed_at or s.created_at))
    meetings = [m for m in _meetings_to_come(request) if m["id"] != petition.meeting_id]
    suggested = ""
    if meetings:
        meeting = store.board.meeting(meetings[0]["id"])
        suggested = next_number(meeting) if meeting else ""
    settle = forms.get("settle", Form({"reason": "", "key": ""}))
    wanted = settle["values"]["key"] or request.query.get("change", "")
    schedule = {"meeting": meetings[0]["id"] if meetings else "", "number": suggested}
    return html(
        request,
        "staff/petition.html",
        status,
        petition=petition,
        rule=rules.rule_of(petition, request.services.policy),
        undecided=[s for s in signatures if s.state == SignatureState.CONFIRMED],
        decided=[
            s
            for s in signatures
            if s.state in {SignatureState.VERIFIED, SignatureState.INVALIDATED}
        ],
        others=[
            s for s in signatures if s.state in {SignatureState.PENDING, SignatureState.WITHDRAWN}
        ],
        roster=store.rosters.current(),
        meetings=meetings,
        rejections=request.services.policy.rejections,
        steps=petition_steps(events),
        to_do=TO_DO.get(petition.state, ""),
        schedule_form=forms.get("schedule", Form(schedule)),
        return_form=forms.get("return", Form({"comments": ""})),
        reject_form=forms.get("reject", Form({"code": "", "explanation": ""})),
        settle_form=settle,
        changing=next((s for s in signatures if s.key == wanted), None),
        limits=request.services.policy.limits,
    )


@pages.form("/staff/petitions/{petition_id}/verify")
def verify(request: Request, petition_id: str) -> Answer:
    """States that the signatures were checked."""
    request.perform("petition.verify", petition_id)
    return redirect(f"/staff/petitions/{petition_id}?done=verified")


def _with_form(request: Request, petition_id: str, command: str, done: str, name: str) -> Answer:
    fields = dict(request.form)
    try:
        request.perform(command, petition_id, fields)
    except Invalid as error:
        blank = {"comments": "", "code": "", "explanation": "", "meeting": "", "number": ""}
        return _page(request, petition_id, {name: Form({**blank, **fields}, error.errors)}, 422)
    return redirect(f"/staff/petitions/{petition_id}?done={done}")


@pages.form("/staff/petitions/{petition_id}/schedule")
def schedule(request: Request, petition_id: str) -> Answer:
    """Puts the petition on a meeting's docket under a number."""
    return _with_form(request, petition_id, "petition.schedule", "scheduled", "schedule")


@pages.form("/staff/petitions/{petition_id}/return")
def send_back(request: Request, petition_id: str) -> Answer:
    """Returns the petition to its conveners."""
    return _with_form(request, petition_id, "petition.return", "returned", "return")


@pages.form("/staff/petitions/{petition_id}/reject")
def reject(request: Request, petition_id: str) -> Answer:
    """Ends the petition for a reason of the policy."""
    return _with_form(request, petition_id, "petition.reject", "rejected", "reject")


@pages.form("/staff/petitions/{petition_id}/signatures/{key}")
def settle(request: Request, petition_id: str, key: str) -> Answer:
    """Decides one signature."""
    fields = dict(request.form)
    try:
        request.perform("signature.settle", f"{petition_id}/{key}", fields)
    except Invalid as error:
        form = Form({"reason": fields.get("reason", ""), "key": key}, error.errors)
        return _page(request, petition_id, {"settle": form}, 422)
    note_threshold(request.services, petition_id)
    return redirect(f"/staff/petitions/{petition_id}?done=settled")
