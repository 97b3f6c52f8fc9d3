"""Meetings of the Board."""

from chalicelib.domain import meeting as meetings
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.meeting import Meeting
from chalicelib.domain.times import from_local
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.tokens import new_id


def meeting(services: Services, target: str) -> Meeting:
    """Loads a meeting. Raises NotFound."""
    found = services.store.board.meeting(target)
    if found is None:
        raise NotFound("There is no meeting at this address.")
    return found


@command("meeting.plan", inputs.PlanMeeting)
def plan(step: Step[None, inputs.PlanMeeting]) -> Meeting:
    """A new meeting with the standing docket."""
    form, policy = step.form, step.services.policy
    errors = {}
    for field in ("title", "code", "place"):
        value = getattr(form, field)
        if not value:
            errors[field] = "Fill this in."
        elif len(value) > 120:
            errors[field] = "Shorten this to 120 characters."
    if errors:
        raise Invalid(errors)
    try:
        starts = from_local(form.day, form.time, policy.association.zone)
    except OverflowError:
        raise Invalid({"day": "Choose a day that people can count on."}) from None
    new, event = meetings.plan(new_id(), form.title, form.code, starts, form.place, policy, step.by)
    step.services.store.board.add_meeting(step.unit, new, event)
    return new
