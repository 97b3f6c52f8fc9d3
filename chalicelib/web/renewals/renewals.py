"""A group's renewal: the answer as its conveners write it, and what staff do with it."""

from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups.group import GOES_ON, LIVING, Group, Outcome, Stage
from chalicelib.domain.meetings import docket
from chalicelib.domain.meetings.meeting import TO_COME, next_number
from chalicelib.domain.motions.amendments import changes
from chalicelib.domain.people.roles import may
from chalicelib.domain.petitions.petition import rule_of
from chalicelib.domain.renewals import renewal as rules
from chalicelib.services.commands import roles_for
from chalicelib.services.groups.groups import meetings_to_come, petition_over
from chalicelib.services.renewals.renewals import by_petition, saved_mark, step_of
from chalicelib.web.checks.checks import check, looked_over
from chalicelib.web.forms import Form
from chalicelib.web.groups.groups import for_group, read
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)

FIELDS = ("outcome", "name", "charge", "report", "other", "agreement")
LABELS = {
    "outcome": "What should happen to the group",
    "report": "What the group did",
    "name": "Name",
    "charge": "Charge",
    "other": "The other group",
    "agreement": "How its conveners agreed",
}
OUTCOMES = {
    Outcome.SAME: ("It continues unchanged", "The same name, the same charge, another term."),
    Outcome.CHANGED: ("It continues with a new name or charge", "The Board votes on the change."),
    Outcome.SUCCEEDED: (
        "Another group carries its work on",
        "This group ends, and its page leads to the other.",
    ),
    Outcome.MERGED: (
        "It becomes part of another group",
        "Its conveners join that group, which may take another name and charge.",
    ),
    Outcome.DISSOLVED: ("It ends", "Its page stays, and it can be revived for some time."),
}
IN_WORDS = {**{o: words for o, (words, _) in OUTCOMES.items()}, Outcome.LAPSED: "It lapses"}


@pages.get("/groups/{slug}/renewal")
def show(request: Request, slug: str) -> Answer:
    """The renewal: the form while it waits for its conveners, and where it stands after that."""
    return _page(request, slug)


def _page(
    request: Request,
    slug: str,
    form: Form | None = None,
    schedule: Form | None = None,
    send_back: Form | None = None,
    status: int = 200,
) -> Answer:
    found = read(request, slug)
    group, services = found.group, request.services
    context = for_group(request, group, "renewal.read")
    actor = request.actor.having(*roles_for(request.actor, group))
    opened = group.renewal
    answer = opened.answer if opened else None
    stage = opened.stage.value if opened else ""
    meetings = _meetings(request, group) if opened and context["is_staff"] else []
    typed = form or Form(_values(group))
    petition = (
        services.store.petitions.get(opened.petition_id) if opened and opened.petition_id else None
    )
    return html(
        request,
        "groups/renewal.html",
        status,
        **context,
        renewal=opened,
        stage=stage,
        answers=may(actor, "renewal.save"),
        form=looked_over(request, typed, check("charge", "charge")),
        labels=LABELS,
        outcomes=_outcomes(request, group),
        in_words=IN_WORDS.get(Outcome(answer.outcome)) if answer and answer.outcome else "",
        changes=_changes(group),
        others=_others(request, group),
        deadline=_deadline(request, group),
        by_petition=by_petition(services, group),
        petition=petition,
        petition_over=petition_over(services, group),
        petition_rule=rule_of(petition, services.policy) if petition else None,
        needed=services.policy.unit(group.kind, services.today()).continuance_signatures,
        board_step=step_of(services, group) if answer and answer.outcome else "",
        why_not=rules.why_not_open(group, services.today(), services.policy),
        may_open=may(actor, "renewal.open"),
        opens_on=rules.opens_on(group, services.policy) if group.living else None,
        past=found.renewals[::-1],
        past_words={o.value: words for o, words in IN_WORDS.items()},
        meetings=meetings,
        at=services.store.board.meeting(opened.meeting_id) if opened else None,
        schedule_form=schedule or Form(_suggested(request, group, meetings)),
        return_form=send_back or Form({"comments": ""}),
        limits=services.policy.groups,
        text_limits=services.policy.limits,
    )


def _values(group: Group) -> dict[str, Any]:
    """The answer as it was saved; the name and the charge as they are where none was."""
    renewal = group.renewal
    if renewal is None:
        return dict.fromkeys(FIELDS, "")
    values = {name: getattr(renewal.answer, name) for name in FIELDS}
    if not renewal.saved_at:
        values |= {"name": group.name, "charge": group.charge.text}
    return {**values, "saved": saved_mark(group)}


def _outcomes(request: Request, group: Group) -> list[dict[str, str]]:
    goes_on_alone = by_petition(request.services, group)
    return [
        {"value": outcome.value, "label": label, "hint": hint}
        for outcome, (label, hint) in OUTCOMES.items()
        if not (goes_on_alone and outcome in GOES_ON)
        if group.living or outcome in GOES_ON
    ]


def _changes(group: Group) -> list[Any]:
    """What an answer would change of the group, word by word."""
    answer = group.renewal.answer if group.renewal else None
    if answer is None or answer.outcome not in {Outcome.CHANGED, Outcome.SAME}:
        return []
    was = {"name": group.name, "charge": group.charge.text}
    return changes(was, {"name": answer.name, "charge": answer.charge})


def _others(request: Request, group: Group) -> list[dict[str, str]]:
    """The living groups beside this one, to choose from."""
    return [
        {"value": row["slug"], "label": row["name"]}
        for row in request.services.store.groups.listed()
        if row["state"] in LIVING and row["slug"] != group.id
    ]


def _deadline(request: Request, group: Group) -> dict[str, Any] | None:
    """The last meeting of the Board before the charge's end, where one is planned."""
    ends = group.renewal.ends_on if group.renewal else None
    before = [one for one in meetings_to_come(request.services) if ends and one[0] <= ends]
    if not before:
        return None
    day, deadline, title = max(before)
    return {"day": day, "deadline": deadline, "title": title}


def _meetings(request: Request, group: Group) -> list[dict[str, Any]]:
    """The meetings that can still take the renewal, the next first."""
    now = request.services.clock().isoformat()
    held = group.renewal.meeting_id if group.renewal else ""
    rows = request.services.store.board.meetings()
    return [
        row
        for row in reversed(rows)
        if row["starts_at"] > now and row.get("state", "planned") in TO_COME and row["id"] != held
    ]


def _suggested(request: Request, group: Group, meetings: list[dict[str, Any]]) -> dict[str, str]:
    """The next meeting, and a number that is free there: on its consent agenda where the policy
    wants it.
    """
    meeting = request.services.store.board.meeting(meetings[0]["id"]) if meetings else None
    if meeting is None:
        return {"meeting": "", "number": ""}
    answered = group.renewal is not None and bool(group.renewal.answer.outcome)
    if answered and step_of(request.services, group) == "consent":
        arranged = docket.arranged(meeting, request.services.policy)
        return {"meeting": meeting.id, "number": docket.free_number(arranged, arranged.consent_in)}
    return {"meeting": meeting.id, "number": next_number(meeting)}


# ------------------------------------------------------------------ What its conveners do


@pages.form("/groups/{slug}/renewal/open")
def open_(request: Request, slug: str) -> Answer:
    """Opens a renewal before it opens by itself."""
    request.perform("renewal.open", slug)
    return redirect(f"/groups/{slug}/renewal?done=renewal-opened")


@pages.form("/groups/{slug}/renewal")
def answer(request: Request, slug: str) -> Answer:
    """Keeps the answer, or sends it, by which button was pressed."""
    sends = request.form.get("send") == "yes"
    fields: dict[str, Any] = {name: request.form.get(name, "") for name in FIELDS}
    saved = request.form.get("saved")
    data = fields if saved is None else {**fields, "saved": saved}
    try:
        if request.looking:
            raise ValidationError({})
        request.perform("renewal.submit" if sends else "renewal.save", slug, data)
    except ValidationError as error:
        return _page(request, slug, Form({**fields, "saved": saved}, error.errors), status=422)
    except ConflictError as error:
        link = ("Go to the renewal", f"/groups/{slug}/renewal")
        return kept(request, 409, "The answer was not kept", error.message, link, fields, LABELS)
    return redirect(f"/groups/{slug}/renewal?done=renewal-{'sent' if sends else 'saved'}")


@pages.form("/groups/{slug}/renewal/take-back")
def take_back(request: Request, slug: str) -> Answer:
    """Takes the answer back."""
    request.perform("renewal.take-back", slug)
    return redirect(f"/groups/{slug}/renewal?done=renewal-back")


@pages.form("/groups/{slug}/renewal/drop")
def drop(request: Request, slug: str) -> Answer:
    """Gives up what was asked for."""
    request.perform("renewal.drop", slug)
    return redirect(f"/groups/{slug}?done=renewal-dropped")


@pages.form("/groups/{slug}/renewal/petition")
def petition(request: Request, slug: str) -> Answer:
    """Begins the petition that continues the group."""
    new = request.perform("renewal.petition", slug)
    return redirect(f"/petitions/{new.renewal.petition_id}/edit")


# ------------------------------------------------------------------ What staff do


@pages.form("/groups/{slug}/renewal/return")
def send_back(request: Request, slug: str) -> Answer:
    """Returns the answer to the conveners."""
    fields = {"comments": request.form.get("comments", "")}
    try:
        request.perform("renewal.return", slug, fields)
    except ValidationError as error:
        return _page(request, slug, send_back=Form(fields, error.errors), status=422)
    return redirect(f"/groups/{slug}/renewal?done=renewal-returned")


@pages.form("/groups/{slug}/renewal/schedule")
def schedule(request: Request, slug: str) -> Answer:
    """Puts the answer on the docket of a meeting."""
    fields = {name: request.form.get(name, "") for name in ("meeting", "number")}
    try:
        request.perform("renewal.schedule", slug, fields)
    except ValidationError as error:
        return _page(request, slug, schedule=Form(fields, error.errors), status=422)
    return redirect(f"/groups/{slug}/renewal?done=renewal-scheduled")


@pages.form("/groups/{slug}/renewal/accept")
def accept(request: Request, slug: str) -> Answer:
    """Accepts the answer, where the policy wants no step of the Board."""
    request.perform("renewal.accept", slug)
    return redirect(f"/groups/{slug}?done=renewal-accepted")


@pages.form("/groups/{slug}/renewal/remind")
def remind(request: Request, slug: str) -> Answer:
    """Reminds the conveners now."""
    request.perform("renewal.remind", slug)
    return redirect(f"/groups/{slug}/renewal?done=renewal-reminded")


STAGES = {
    Stage.OPEN: "It waiting for its conveners",
    Stage.SUBMITTED: "It waits for staff",
    Stage.SCHEDULED: "It is before the Board",
}
