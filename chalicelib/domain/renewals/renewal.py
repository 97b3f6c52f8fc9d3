"""A renewal: opened, answered, before the Board, and what becomes of the group."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups.conveners import name_of
from chalicelib.domain.groups.group import (
    GOES_ON,
    WITH_ANOTHER,
    Answer,
    Group,
    Outcome,
    Renewal,
    Stage,
    State,
    Why,
)
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, row
from chalicelib.domain.times import local_date

DAY = timedelta(days=1)

# What conveners may answer; that nobody answered is for the software to find.
ANSWERS = (
    Outcome.SAME,
    Outcome.CHANGED,
    Outcome.SUCCEEDED,
    Outcome.MERGED,
    Outcome.DISSOLVED,
)


def today_of(by: Act, policy: Policy) -> date:
    """The day of an act in the association's zone."""
    return local_date(by.at, policy.association.zone)


# ------------------------------------------------------------------ Opening


def why_not_open(group: Group, today: date, policy: Policy) -> str:
    """Why a renewal cannot be opened now, in words; empty where it can."""
    if group.renewal is not None:
        return "A renewal of this group is open already."
    if group.living:
        return ""
    until = revivable_until(group, policy)
    if until is None:
        return "Another group carries on the work of this one, so it is not revived."
    if today > until:
        return "Too much time has passed to revive this group: petition for a new one."
    return ""


def revivable_until(group: Group, policy: Policy) -> date | None:
    """The last day on which a group that ended can be revived; None where it cannot."""
    if group.living or group.state == State.SUCCEEDED or group.ended_on is None:
        return None
    return group.ended_on + timedelta(days=policy.renewal(group.ended_on).revive_days)


def opens_on(group: Group, policy: Policy) -> date | None:
    """The day on which the renewal of the charge in force opens by itself."""
    ends = group.charge.ends_on
    return ends - timedelta(days=policy.renewal(ends).opens_days) if ends else None


def why_now(group: Group, today: date, policy: Policy) -> Why:
    """Why a renewal that is opened now is."""
    if not group.living:
        return Why.REVIVAL
    opens = opens_on(group, policy)
    return Why.END if opens and opens <= today else Why.ASKED


def may_open_for_end(renewal: Renewal | None) -> bool:
    """Whether the renewal of the charge's end can open beside one that is there. One that the
    conveners asked for goes on as that one, unless the Board has it: what was put to it is decided
    as it was put, and the charge's end comes up afterwards.
    """
    if renewal is None:
        return True
    return renewal.why == Why.ASKED and renewal.stage != Stage.SCHEDULED


def open_(group: Group, told: tuple[str, ...], policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group with a renewal. One that was asked for goes on as that of the charge's end once
    that is near. `told` are the reminders that the letter about the opening makes needless.

    Raises ConflictError where none can be opened.
    """
    today = today_of(by, policy)
    why = why_now(group, today, policy)
    old = group.renewal
    refusal = why_not_open(group, today, policy)
    if refusal and not (old and why == Why.END and may_open_for_end(old)):
        raise ConflictError(refusal)
    ends = group.charge.ends_on if why == Why.END else None
    lapses = ends + timedelta(days=policy.renewal(ends).grace_days) if ends else None
    if old:
        renewal = replace(old, why=why, ends_on=ends, lapses_on=lapses)
    else:
        renewal = Renewal(
            number=group.renewals + 1, why=why, opened_on=today, ends_on=ends, lapses_on=lapses
        )
    return advance(
        group,
        "group",
        "open-renewal",
        by,
        before=group.state,
        data={
            "renewal": renewal.number,
            "why": why.value,
            "ends_on": ends.isoformat() if ends else "",
            "lapses_on": lapses.isoformat() if lapses else "",
        },
        state=State.IN_RENEWAL if group.living else group.state,
        renewal=renewal,
        renewals=renewal.number,
        told=(*group.told, *told),
    )


def drop(group: Group, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group without a renewal that its conveners had asked for and want no more. Raises
    Conflict where the charge's end asks for an answer, or the Board has it.
    """
    renewal = required(group)
    if renewal.why == Why.END:
        raise ConflictError("The charge ends soon: this renewal wants an answer.")
    if renewal.stage == Stage.SCHEDULED:
        raise ConflictError(
            "This is before the Board already. Ask staff to take it off the docket."
        )
    return closed(group, renewal, "dropped", by, today=today_of(by, policy))


# ------------------------------------------------------------------ Answering


def problems(answer: Answer, group: Group, by_petition: bool, policy: Policy) -> dict[str, str]:
    """What is still to be written before an answer can be sent, field by field."""
    errors: dict[str, str] = {}
    outcome = answer.outcome
    if outcome not in set(ANSWERS):
        return {"outcome": "Choose what should happen to the group."}
    if not group.living and outcome not in GOES_ON:
        return {"outcome": "This group has ended: it can be revived as it was, or changed."}
    if outcome in GOES_ON and by_petition:
        return {"outcome": "A group of this kind is continued by petition: start one below."}
    if not answer.report:
        errors["report"] = "Say in a few sentences what the group did since its last charge."
    if outcome == Outcome.CHANGED:
        errors |= _changed(answer, group, policy)
    if outcome in WITH_ANOTHER:
        if not answer.other:
            errors["other"] = "Choose the other group."
        elif answer.other == group.id:
            errors["other"] = "Choose another group than this one."
        if not answer.agreement:
            errors["agreement"] = "Say how and when the other group’s conveners agreed."
    if outcome == Outcome.MERGED:
        errors |= _name_and_charge(answer, policy)
    errors |= too_long(answer, policy)
    return errors


def _changed(answer: Answer, group: Group, policy: Policy) -> dict[str, str]:
    errors = _name_and_charge(answer, policy)
    if not errors and (answer.name, answer.charge) == (group.name, group.charge.text):
        errors["charge"] = "Change the name or the charge, or choose to keep them as they are."
    return errors


def _name_and_charge(answer: Answer, policy: Policy) -> dict[str, str]:
    errors, limits = {}, policy.limits
    if len(answer.name) < limits.name_least:
        errors["name"] = f"Give the group a name of {limits.name_least} characters or more."
    if not answer.charge:
        errors["charge"] = "Write the charge: what the group is there to do."
    elif not answer.charge.startswith("To "):
        errors["charge"] = "Begin the charge with “To”, as in “To discuss and share …”."
    return errors


def too_long(answer: Answer, policy: Policy) -> dict[str, str]:
    """Each answer over its limit, with by how much."""
    most = {
        "name": policy.limits.name,
        "charge": policy.limits.charge,
        "report": policy.groups.report,
        "agreement": policy.groups.agreement,
    }
    return {
        field: f"Shorten this by {len(getattr(answer, field)) - fit} characters; {fit} fit."
        for field, fit in most.items()
        if len(getattr(answer, field)) > fit
    }


def save(group: Group, answer: Answer, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group with an answer that is not sent yet. Raises ValidationError when one is too long,
    and ConflictError once it was sent.
    """
    renewal = required(group, Stage.OPEN)
    errors = too_long(answer, policy)
    if errors:
        raise ValidationError(errors)
    new = replace(renewal, answer=answer, saved_at=by.at)
    return advance(group, "group", "save-renewal", by, before=group.state, renewal=new)


def submit(
    group: Group, answer: Answer, by_petition: bool, policy: Policy, by: Act
) -> tuple[Group, Event]:
    """The group with its conveners' answer, which staff bring before the Board.

    Raises ValidationError for what is missing, ConflictError for what was sent already.
    """
    renewal = required(group, Stage.OPEN)
    errors = problems(answer, group, by_petition, policy)
    if errors:
        raise ValidationError(errors)
    new = replace(
        renewal,
        answer=kept_of(answer, group),
        stage=Stage.SUBMITTED,
        saved_at=by.at,
        submitted_at=by.at,
        submitted_by=name_of(group, by.actor),
        comments="",
    )
    return advance(
        group,
        "group",
        "submit-renewal",
        by,
        before=group.state,
        data={"renewal": renewal.number, "outcome": answer.outcome, "other": new.answer.other},
        renewal=new,
    )


def kept_of(answer: Answer, group: Group) -> Answer:
    """The answer with what its outcome needs and nothing else."""
    outcome = Outcome(answer.outcome)
    if outcome == Outcome.SAME:
        answer = replace(answer, name=group.name, charge=group.charge.text)
    elif outcome not in {Outcome.CHANGED, Outcome.MERGED}:
        answer = replace(answer, name="", charge="")
    if outcome not in WITH_ANOTHER:
        answer = replace(answer, other="", other_name="", agreement="")
    return answer


def take_back(group: Group, by: Act) -> tuple[Group, Event]:
    """The answer with its conveners again, to be changed. Raises ConflictError once the Board has
    it.
    """
    renewal = replace(required(group, Stage.SUBMITTED), saved_at=by.at)
    return reopened(group, renewal, "take-back-renewal", "", by)


def send_back(group: Group, comments: str, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The answer returned by staff with what should change, before the Board has decided.

    Raises ValidationError without a word of it.
    """
    renewal = required(group, Stage.SUBMITTED, Stage.SCHEDULED)
    if not comments:
        raise ValidationError({"comments": "Say what should change: its conveners are notified."})
    renewal = with_time(renewal, today_of(by, policy), policy)
    return reopened(group, renewal, "return-renewal", comments, by)


def with_time(renewal: Renewal, today: date, policy: Policy) -> Renewal:
    """A renewal that comes back, with the whole time of grace to answer anew."""
    if renewal.lapses_on is None:
        return renewal
    later = today + timedelta(days=policy.renewal(today).grace_days)
    if later <= renewal.lapses_on:
        return renewal
    return replace(renewal, lapses_on=later, noticed_on=None)


def reopened(
    group: Group, renewal: Renewal, command: str, comments: str, by: Act
) -> tuple[Group, Event]:
    answer = renewal.answer
    if answer.outcome == Outcome.LAPSED:
        answer = replace(answer, outcome="")
    new = replace(
        renewal,
        stage=Stage.OPEN,
        answer=answer,
        submitted_at=None,
        submitted_by="",
        comments=comments,
        meeting_id="",
        document_id="",
        document_number="",
    )
    data = {"renewal": renewal.number, "comments": comments}
    return advance(group, "group", command, by, before=group.state, data=data, renewal=new)


def why_not_remind(group: Group, today: date) -> str:
    """Why staff cannot remind its conveners now, in words; empty where they can."""
    if group.renewal is None or group.renewal.stage != Stage.OPEN:
        return "No renewal of this group is waiting for its conveners."
    if _reminder(group.renewal, today) in group.told:
        return "Its conveners were reminded today already."
    if not any(c.email for c in group.acting):
        return "No convener of this group can be emailed. Name one first."
    return ""


def _reminder(renewal: Renewal, today: date) -> str:
    return f"renewal-{renewal.number}:staff:{today.isoformat()}"


def note_reminder(group: Group, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group whose conveners staff remind by hand, once a day at most. Raises ConflictError."""
    today = today_of(by, policy)
    refusal = why_not_remind(group, today)
    if refusal:
        raise ConflictError(refusal)
    name = _reminder(required(group), today)
    return advance(
        group,
        "group",
        "remind",
        by,
        before=group.state,
        data={"what": "renewal reminder", "names": [name], "to": ["conveners"]},
        told=(*group.told, name),
    )


# ------------------------------------------------------------------ Before the Board


def schedule(
    group: Group, meeting_id: str, meeting_title: str, number: str, document_id: str, by: Act
) -> tuple[Group, Event]:
    """The answer as a numbered document of a meeting of the Board; one that was not decided moves
    on to a later meeting.
    """
    renewal = required(group, Stage.SUBMITTED, Stage.SCHEDULED)
    new = replace(
        renewal,
        stage=Stage.SCHEDULED,
        meeting_id=meeting_id,
        document_id=document_id,
        document_number=number,
    )
    return advance(
        group,
        "group",
        "schedule-renewal",
        by,
        before=group.state,
        data={
            "renewal": renewal.number,
            "outcome": renewal.answer.outcome,
            "meeting": meeting_id,
            "meeting_title": meeting_title,
            "document": number,
        },
        renewal=new,
    )


def propose_lapse(group: Group, by: Act) -> tuple[Group, Event]:
    """Nobody answered in time: staff bring before the Board that the group lapses. Until it has
    decided, its conveners may still answer.
    """
    renewal = required(group, Stage.OPEN)
    new = replace(
        renewal,
        stage=Stage.SUBMITTED,
        answer=replace(renewal.answer, outcome=Outcome.LAPSED.value),
        submitted_at=by.at,
    )
    data = {"renewal": renewal.number, "outcome": Outcome.LAPSED.value, "other": ""}
    return advance(group, "group", "propose-lapse", by, before=group.state, data=data, renewal=new)


def attach_petition(group: Group, petition_id: str, by: Act) -> tuple[Group, Event]:
    """The group with the petition by which it is to be continued."""
    renewal = required(group, Stage.OPEN)
    return advance(
        group,
        "group",
        "petition-renewal",
        by,
        before=group.state,
        data={"renewal": renewal.number},
        renewal=replace(renewal, petition_id=petition_id),
    )


def detach_petition(group: Group, comments: str, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group whose petition came to nothing: its conveners may begin another, or end it."""
    renewal = with_time(required(group), today_of(by, policy), policy)
    return advance(
        group,
        "group",
        "end-renewal-petition",
        by,
        before=group.state,
        data={"renewal": renewal.number, "comments": comments},
        renewal=replace(renewal, petition_id="", comments=comments),
    )


# ------------------------------------------------------------------ Helpers


def required(group: Group, *stages: Stage) -> Renewal:
    """The renewal that is open. Raises ConflictError where there is none, or it is elsewhere."""
    renewal = group.renewal
    if renewal is None:
        raise ConflictError("No renewal of this group is open.")
    if stages and renewal.stage not in stages:
        where = {
            Stage.OPEN: "It is waiting for its conveners’ answer.",
            Stage.SUBMITTED: "The answer is with staff: withdraw it to change it.",
            Stage.SCHEDULED: "The answer is before the Board.",
        }
        raise ConflictError(f"This is not possible now. {where[renewal.stage]}")
    return renewal


def closed(
    group: Group,
    renewal: Renewal,
    result: str,
    by: Act,
    *,
    today: date,
    command: str = "drop-renewal",
    data: Mapping[str, Any] | None = None,
    kept: Mapping[str, Any] | None = None,
    **changes: Any,
) -> tuple[Group, Event]:
    over = replace(renewal, result=result, closed_on=today)
    state = changes.pop("state", State.ACTIVE if group.living else group.state)
    return advance(
        group,
        "group",
        command,
        by,
        before=group.state,
        data={"renewal": renewal.number, **(data or {})},
        kept={**(kept or {}), f"renewal/{renewal.number}": row(over)},
        state=state,
        renewal=None,
        last_renewal=over,
        told=tuple(name for name in group.told if not name.startswith("renewal-")),
        **changes,
    )
