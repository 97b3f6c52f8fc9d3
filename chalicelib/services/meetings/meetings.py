"""Meetings of the Board: planned, changed, cancelled, and on their way to the day itself."""

from dataclasses import replace
from datetime import time
from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings import lifecycle as meeting_lifecycle
from chalicelib.domain.meetings import meeting as rules
from chalicelib.domain.meetings import milestones
from chalicelib.domain.meetings.meeting import Kind, Meeting
from chalicelib.domain.motions.motion import PENDING, State
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.times import end_of_day, from_local, local_date, long_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.meetings import inputs as forms
from chalicelib.services.meetings.letters import about_meeting, to_board, to_docket
from chalicelib.services.meetings.lookup import meeting
from chalicelib.services.meetings.words import change_lines
from chalicelib.services.motions.motions import actions_of, put_off
from chalicelib.services.outbox.email_queue import write
from chalicelib.services.people.tokens import new_id

LONGEST = {"title": 120, "code": 120, "place": 120}


@command("meeting.plan", forms.PlanMeeting)
def plan(step: Step[None, forms.PlanMeeting]) -> Meeting:
    """A new meeting with the standing docket."""
    policy = step.services.policy
    wanted = _wanted(step, Meeting(id="", title="", code="", starts_at=step.by.at, place=""))
    new, event = rules.plan(
        new_id(),
        wanted.title,
        wanted.code,
        wanted.starts_at,
        wanted.place,
        policy,
        step.by,
        kind=wanted.kind,
        zone=wanted.zone,
        link=wanted.link,
        minutes=wanted.minutes,
        until=wanted.until,
        remind_at=milestones.first_reminder(wanted.starts_at, step.by.at, policy),
    )
    step.services.store.board.add_meeting(step.unit, new, event)
    return new


def _wanted(step: Step[Any, Any], base: Meeting) -> Meeting:
    """The meeting as the form plans it. Raises ValidationError, naming each wrong field."""
    form: forms.PlanMeeting = step.form
    policy = step.services.policy
    errors = {}
    for field, most in LONGEST.items():
        value = getattr(form, field)
        if not value and field != "place":
            errors[field] = "Fill this in."
        elif len(value) > most:
            errors[field] = f"Shorten this to {most} characters."
    if form.kind not in set(Kind):
        errors["kind"] = "Choose how the Board meets."
    kind = Kind.VIRTUAL if "kind" in errors else Kind(form.kind)
    if form.time is None and kind != Kind.ASYNCHRONOUS:
        errors["time"] = "Enter a time of day, as in 13:00."
    if errors:
        raise ValidationError(errors)
    wanted = replace(
        base,
        title=form.title,
        code=form.code,
        place=form.place,
        kind=kind,
        zone="" if form.zone == policy.association.zone else form.zone,
        link=form.link,
        minutes=0 if kind == Kind.ASYNCHRONOUS else form.minutes,
        until=form.until if kind == Kind.ASYNCHRONOUS else None,
    )
    zone = wanted.zone or policy.association.zone
    clock = time() if kind == Kind.ASYNCHRONOUS or form.time is None else form.time
    # A zone that is not there has no clock: it is named together with all that is wrong.
    meeting_lifecycle.check_plan(wanted, form.day, policy)
    try:
        return replace(wanted, starts_at=from_local(form.day, clock, zone))
    except OverflowError:
        raise ValidationError({"day": "Choose a day that people can count on."}) from None


@command("meeting.change", forms.ChangeMeeting, meeting)
def change(step: Step[Meeting, forms.ChangeMeeting]) -> Meeting:
    """The meeting planned otherwise. The Board and those on its docket are told what changed,
    unless it is no more than the code.
    """
    old, policy = step.subject, step.services.policy
    wanted = _wanted(step, old)
    if step.form.seen and step.form.seen != meeting_lifecycle.edition(old):
        new, event = meeting_lifecycle.change(old, wanted, policy, step.by)
        if event is None:
            # Sent twice, because the first answer was lost on its way.
            return old
        raise ConflictError(
            "Somebody changed this meeting since you opened the form. Nothing was overwritten: "
            "reopen the form and see what changed."
        )
    new, event = meeting_lifecycle.change(old, wanted, policy, step.by)
    if event is None:
        return old
    step.services.store.board.save_meeting(step.unit, new, event)
    lines = "\n".join(change_lines(old, new, policy))
    if meeting_lifecycle.is_moved(old, new) or old.title != new.title:
        to_board(step, new, event, "meeting-changed", changes=lines)
    if meeting_lifecycle.is_moved(old, new):
        to_docket(step, new, event, "petition-moved", changes=lines)
    return new


@command("meeting.cancel", forms.CancelMeeting, meeting)
def cancel(step: Step[Meeting, forms.CancelMeeting]) -> Meeting:
    """The meeting cancelled, and its pending motions postponed; the Board and those on its docket
    are told. Refused while a vote is going on.
    """
    old, form = step.subject, step.form
    inputs.keep_within(step.services.policy.limits.comment, reason=form.reason)
    new, event = meeting_lifecycle.cancel(old, form.reason, step.by)
    _put_off_motions(step, old)
    step.services.store.board.save_meeting(step.unit, new, event)
    to_board(step, new, event, "meeting-cancelled", reason=form.reason)
    to_docket(step, new, event, "petition-unscheduled", reason=form.reason)
    return new


def _put_off_motions(step: Step[Meeting, Any], found: Meeting) -> None:
    """Postpones what is pending at a meeting. Raises ConflictError once a vote has begun. The
    floors of its documents have to stay free, so that no motion is moved on them meanwhile.
    """
    board = step.services.store.board
    pending = {row["id"] for row in board.motions(found.id) if row["state"] in PENDING}
    for document in found.current_documents:
        floors = board.floors(found.id, document.number)
        pending |= {floor["motion"] for floor in floors.values() if "decided" not in floor}
        for action in range(len(actions_of(step.services, document)) + 1):
            if action not in floors:
                board.require_free_floor(step.unit, found.id, document.number, action)
    for motion_id in sorted(pending):
        motion = board.motion(motion_id)
        if motion is None or motion.state not in PENDING or motion.is_amendment:
            # An amendment falls with the motion that it amends.
            continue
        if motion.state in {State.OPEN, State.CLOSED}:
            raise ConflictError(
                f"The vote on “{motion.title}” has begun. Close it and announce its result first."
            )
        put_off(step, motion)


@command("meeting.call-for-items", load=meeting)
def call_for_items(step: Step[Meeting, inputs.Nothing]) -> Meeting:
    """Items for the docket called for: the Board is told until when, and when documents are due."""
    policy = step.services.policy
    new, event = meeting_lifecycle.call_for_items(step.subject, policy, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    found = {m.name: m for m in milestones.calendar(new, step.by.at, policy)}
    to_board(
        step,
        new,
        event,
        "call-for-items",
        items_until=long_date(max(found[milestones.Name.CALL].day, step.services.today())),
        documents_until=long_date(found[milestones.Name.DOCUMENTS].day),
    )
    return new


@command("meeting.set-agenda", load=meeting)
def set_agenda(step: Step[Meeting, inputs.Nothing]) -> Meeting:
    """The agenda set: the docket is no draft any more."""
    new, event = meeting_lifecycle.set_agenda(step.subject, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    return new


@command("meeting.post", load=meeting)
def post(step: Step[Meeting, inputs.Nothing]) -> Meeting:
    """The meeting posted by hand; its first packet does the same."""
    new, event = meeting_lifecycle.post(step.subject, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    return new


@command("meeting.grant-extension", forms.GrantExtension, meeting)
def grant_extension(step: Step[Meeting, forms.GrantExtension]) -> Meeting:
    """More time for somebody's document. Their address is kept as a key alone; they are told."""
    form, policy = step.form, step.services.policy
    inputs.keep_within(policy.limits.person_name, name=form.name)
    if form.email:
        try:
            inputs.clean_email(form.email)
        except ValueError as error:
            raise ValidationError({"email": str(error)}) from None
    until = end_of_day(form.until, policy.association.zone)
    mailbox = key_of(form.email) if form.email else ""
    new, event = meeting_lifecycle.grant_extension(
        step.subject, form.name, mailbox, until, form.asked_on, policy, step.by
    )
    step.services.store.board.save_meeting(step.unit, new, event)
    if form.email:
        data = {**about_meeting(new), "until": until.isoformat()}
        write(step, event, "extension-granted", form.email, form.name, data)
    return new


@command("meeting.remind", load=meeting)
def remind(step: Step[Meeting, inputs.Nothing]) -> Meeting:
    """Staff reminded of what falls due before a meeting, of each thing once."""
    old, policy, now = step.subject, step.services.policy, step.by.at
    if old.remind_at is None or old.remind_at > now:
        # The index that named it lags behind.
        return old
    due = milestones.to_remind(old, now, policy)
    new, event = meeting_lifecycle.note_reminded(old, due, policy, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    if due:
        lines = [f"{one.title}: {_by_when(one, now, policy.association.zone)}" for one in due]
        for person in step.services.store.people.staff():
            data = {**about_meeting(new), "milestones": "\n".join(lines)}
            write(step, event, "staff-milestones", person.email, person.name, data)
    return new


def _by_when(one: milestones.Milestone, now: Any, zone: str) -> str:
    late = one.due < now
    return f"{'was due by' if late else 'by'} {long_date(local_date(one.due, zone))}"
