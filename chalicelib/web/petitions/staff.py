"""Staff's queues, and what staff do with a petition."""

import re
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.meetings import milestones
from chalicelib.domain.meetings.meeting import TO_COME, next_number
from chalicelib.domain.meetings.milestones import Milestone
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.signing import decisions
from chalicelib.domain.signing.signature import signatory_key, stands_for
from chalicelib.services.commands import hide_drafts
from chalicelib.services.groups import directory
from chalicelib.services.signing import review_queue
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.record.history import petition_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, navigation, redirect
from chalicelib.web.signing.review_view import FIELDS, LONGEST, last_decision, seen

pages = Pages(__name__)

DOUBTFUL_SHOWN = 20
PAGE = 100

# What staff have to do about a petition in each state that is theirs.
TO_DO = {
    State.SUBMITTED: "Check the signatures, then verify them",
    State.VERIFIED: "Schedule it for a meeting",
    State.SCHEDULED: "Publish the packet when every document is in; then the Board votes",
    State.COLLECTING: "Nothing has to be done; signatures can already be reviewed",
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
    renewals = directory.waiting_for_staff(request.services)
    return html(
        request,
        "staff/index.html",
        renewals=renewals,
        nav=navigation(request, {"/staff/renewals": renewals}),
        queues=queues,
        labels={unit.kind: unit.label for unit in request.services.policy.units},
        roster=roster,
        meetings=meetings,
        milestones=_milestones(request, meetings),
        waiting=review_queue.waiting(request.services),
        drifts=request.services.store.privacy.drifts(),
        requests=request.services.store.privacy.requests(),
        today=request.services.today(),
        documents=request.services.store.documents.received(),
        now=request.services.clock().isoformat(),
    )


def _meetings_to_come(request: Request) -> list[dict[str, Any]]:
    now = request.services.clock().isoformat()
    return [
        m
        for m in request.services.store.board.meetings()
        if m["starts_at"] > now and m.get("state", "planned") in TO_COME
    ][::-1]


def _milestones(
    request: Request, meetings: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], Milestone]]:
    """What falls due soon or is overdue before the meetings to come, the most urgent first."""
    now, policy = request.services.clock(), request.services.policy
    found = []
    for row in meetings:
        starts = datetime.fromisoformat(row["starts_at"])
        rule = milestones.rule_for(starts, policy)
        dates = milestones.dates(
            starts, row.get("state", "planned"), row.get("called", False), now, policy
        )
        found += [(row, one) for one in milestones.waiting(dates, now, rule)]
    return sorted(found, key=lambda pair: pair[1].due)


@pages.get("/staff/petitions/{petition_id}")
def show(request: Request, petition_id: str) -> Answer:
    """A petition with its signatures, and the commands that are next."""
    return page(request, petition_id, {})


def page(
    request: Request,
    petition_id: str,
    forms: dict[str, Form],
    status: int = 200,
) -> Answer:
    """A petition as staff see it, with forms that were refused, by name."""
    authorize(request.actor, "signature.read-private")
    store = request.services.store
    found = store.petitions.read(petition_id, fresh=True)
    if found is None:
        raise NotFoundError("There is no petition at this address.")
    petition, events = found
    # Not even staff see a draft.
    hide_drafts(request.actor, petition)
    meetings = [m for m in _meetings_to_come(request) if m["id"] != petition.meeting_id]
    suggested = ""
    if meetings:
        meeting = store.board.meeting(meetings[0]["id"])
        suggested = next_number(meeting) if meeting else ""
    schedule = {"meeting": meetings[0]["id"] if meetings else "", "number": suggested}
    return html(
        request,
        "staff/petition.html",
        status,
        petition=petition,
        rule=rules.rule_of(petition, request.services.policy),
        roster=store.rosters.current(),
        meetings=meetings,
        rejections=request.services.policy.rejections,
        recount=store.privacy.recounted(petition_id),
        steps=petition_steps(events),
        to_do=TO_DO.get(petition.state, ""),
        schedule_form=forms.get("schedule", Form(schedule)),
        return_form=forms.get("return", Form({"comments": ""})),
        reject_form=forms.get("reject", Form({"code": "", "explanation": ""})),
        pause_form=forms.get("pause", Form({"reason": ""})),
        limits=request.services.policy.limits,
        **_signatures(request, petition, forms.get("settle", Form(dict.fromkeys(FIELDS, "")))),
    )


def _signatures(request: Request, petition: Petition, settle: Form) -> dict[str, Any]:
    """What the page shows of the signatures: never more than a page of them is read."""
    store, query = request.services.store.petitions, request.query
    first, more = review_queue.read(request.services, petition, "", DOUBTFUL_SHOWN)
    after = query.get("after", "")
    after = after if re.fullmatch("[a-z0-9-]{1,100}", after) else ""
    here, next_page = store.signatures_page(petition.id, after, PAGE)
    wanted = settle["values"]["key"].rpartition("/")[2] or query.get("change", "")[:LONGEST]
    find = query.get("find", "").strip()[:LONGEST]
    return {
        "doubtful": first,
        "waiting": review_queue.count(request.services, petition.id),
        "more_doubtful": bool(more),
        "signatures": store.at_mailbox(petition.id, signatory_key(find)) if find else here,
        "next_page": "" if find else next_page,
        "after": after,
        "find": find,
        "settle_form": settle,
        "changing": store.signature(petition.id, wanted) if wanted else None,
        "seen": seen,
        "last": last_decision(request),
        "words": decisions.WORDS,
        "stands_for": lambda signature: stands_for(signature, petition),
    }


@pages.form("/staff/petitions/{petition_id}/verify")
def verify(request: Request, petition_id: str) -> Answer:
    """States that the signatures were checked."""
    request.perform("petition.verify", petition_id)
    return redirect(f"/staff/petitions/{petition_id}?done=verified")


def _with_form(request: Request, petition_id: str, command: str, done: str, name: str) -> Answer:
    fields = dict(request.form)
    try:
        request.perform(command, petition_id, fields)
    except ValidationError as error:
        names = ("comments", "code", "explanation", "meeting", "number", "reason")
        blank = dict.fromkeys(names, "")
        return page(request, petition_id, {name: Form({**blank, **fields}, error.errors)}, 422)
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


@pages.form("/staff/petitions/{petition_id}/pause")
def pause(request: Request, petition_id: str) -> Answer:
    """Stops the signing for a time."""
    return _with_form(request, petition_id, "petition.pause", "signing-paused", "pause")


@pages.form("/staff/petitions/{petition_id}/resume")
def resume(request: Request, petition_id: str) -> Answer:
    """Lets the signing go on."""
    request.perform("petition.resume", petition_id)
    return redirect(f"/staff/petitions/{petition_id}?done=signing-resumed")
