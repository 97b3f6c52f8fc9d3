"""The meeting itself: called to order, who comes and goes, adjourned."""

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.meetings import attendance as rules
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.people.people import Person
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.meetings import inputs as forms
from chalicelib.services.meetings.lookup import meeting


def _table(services: Services) -> dict[str, Person]:
    """Everybody who holds a seat at the Board's table today, by id."""
    return {person.id: person for person in services.store.people.board(services.today())}


@command("meeting.begin", forms.Roll, meeting)
def begin(step: Step[Meeting, forms.Roll]) -> Meeting:
    """The meeting called to order with the roll of who is there."""
    table = _table(step.services)
    if not set(step.form.present) <= set(table):
        raise ValidationError({"present": "Somebody here no longer holds a seat. Reload the page."})
    people = [person for person in table.values() if person.id in step.form.present]
    new, event = rules.begin(step.subject, people, step.services.policy, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    return new


@command("meeting.note-attendance", forms.Attendance, meeting)
def note(step: Step[Meeting, forms.Attendance]) -> Meeting:
    """Somebody arrived or left."""
    person = _table(step.services).get(step.form.person)
    if person is None:
        raise ValidationError({"person": "Choose somebody who holds a seat at the Board’s table."})
    policy = step.services.policy
    new, event = rules.note(step.subject, person, step.form.what, policy, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    return new


@command("meeting.adjourn", load=meeting)
def adjourn(step: Step[Meeting, inputs.Nothing]) -> Meeting:
    """The meeting ended."""
    new, event = rules.adjourn(step.subject, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    return new
