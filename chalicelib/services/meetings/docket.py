"""The docket as staff arrange it, and its consent agenda."""

from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.meetings import docket as rules
from chalicelib.domain.meetings import sections
from chalicelib.domain.meetings.meeting import DocketItem, Meeting
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.meetings import inputs as forms
from chalicelib.services.meetings.lookup import meeting
from chalicelib.services.motions import confirming
from chalicelib.services.renewals import effects as renewal_effects


def arranged(services: Services, target: str) -> Meeting:
    """Loads a meeting with its docket in sections. Raises NotFoundError."""
    return rules.arranged(meeting(services, target), services.policy)


def _saved(step: Step[Meeting, Any], new: Meeting, event: Event | None) -> Meeting:
    """Stores the meeting, unless nothing is different."""
    if event is not None:
        step.services.store.board.save_meeting(step.unit, new, event)
    return new


def _check(form: forms.AddItem, found: Meeting, policy: Policy) -> None:
    """Raises ValidationError for each answer that does not do."""
    limits = policy.limits
    errors = {}
    if not form.title:
        errors["title"] = "Name the item."
    elif len(form.title) > limits.docket_title:
        errors["title"] = f"Shorten this to {limits.docket_title} characters."
    if len(form.presenter) > limits.person_name:
        errors["presenter"] = f"Shorten this to {limits.person_name} characters."
    if not 0 <= form.minutes <= limits.meeting_minutes:
        errors["minutes"] = f"Enter minutes from 0 to {limits.meeting_minutes}."
    if form.action and form.action not in rules.ASKED:
        errors["action"] = "Choose one of the actions listed."
    if form.section and form.section not in found.sections:
        errors["section"] = "Choose one of the docket’s sections."
    if errors:
        raise ValidationError(errors)


def _item(form: forms.AddItem, item_id: str = "") -> DocketItem:
    return DocketItem(
        form.number,
        form.title,
        form.minutes,
        form.action,
        form.presenter,
        id=item_id,
        section=form.section,
        closed=form.closed,
        consent=form.consent,
    )


@command("docket.add", forms.AddItem, arranged)
def add(step: Step[Meeting, forms.AddItem]) -> Meeting:
    """One more item."""
    policy = step.services.policy
    _check(step.form, step.subject, policy)
    if len(step.subject.docket) >= policy.limits.docket_items:
        raise ValidationError(
            {"title": f"A docket holds {policy.limits.docket_items} items at most."}
        )
    return _saved(step, *rules.add_item(step.subject, _item(step.form), step.by))


@command("docket.edit", forms.EditItem, arranged)
def edit(step: Step[Meeting, forms.EditItem]) -> Meeting:
    """An item with other words, times or flags."""
    old = rules.found(step.subject, step.form.item)
    _check(step.form, step.subject, step.services.policy)
    form = step.form.model_copy(
        update={
            "number": step.form.number or old.number,
            "section": step.form.section or old.section,
        }
    )
    return _saved(step, *rules.edit_item(step.subject, _item(form, old.id), step.by))


@command("docket.remove", forms.Item, arranged)
def remove(step: Step[Meeting, forms.Item]) -> Meeting:
    """An item taken off the docket."""
    return _saved(step, *rules.remove_item(step.subject, step.form.item, step.by))


@command("docket.move", forms.MoveItem, arranged)
def move(step: Step[Meeting, forms.MoveItem]) -> Meeting:
    """An item at another place of the docket."""
    form = step.form
    position, section = form.position, form.section
    if form.direction:
        position, section = rules.step(step.subject, form.item, form.direction)
    if position is None:
        raise ValidationError({"position": "Say where the item goes."})
    return _saved(step, *rules.move_item(step.subject, form.item, position, section, step.by))


@command("docket.change-section", forms.ChangeSection, arranged)
def change_section(step: Step[Meeting, forms.ChangeSection]) -> Meeting:
    """A section added, renamed, moved or removed."""
    form, found = step.form, step.subject
    inputs.keep_within(step.services.policy.limits.name, name=form.name)
    match form.do:
        case "add":
            return _saved(step, *sections.add(found, form.name, step.by))
        case "rename":
            return _saved(step, *sections.rename(found, form.section, form.name, step.by))
        case "up" | "down":
            return _saved(step, *sections.move(found, form.section, form.do, step.by))
        case "remove":
            return _saved(step, *sections.remove(found, form.section, step.by))
    raise ValidationError({"do": "Say what happens to the section."})


@command("docket.pull", forms.Item, arranged)
def pull(step: Step[Meeting, forms.Item]) -> Meeting:
    """An item taken out of the consent agenda by a voting member."""
    return _saved(step, *rules.pull(step.subject, step.form.item, step.by))


@command("consent.adopt", load=arranged)
def adopt(step: Step[Meeting, inputs.Nothing]) -> Meeting:
    """The consent agenda adopted, and with it the results of virtual votes that it confirms."""
    new, event, items = rules.adopt_consent(step.subject, step.services.policy, step.by)
    step.services.store.board.save_meeting(step.unit, new, event)
    for item in items:
        if item.confirms:
            confirming.confirm(step, item.confirms, new)
        renewal_effects.adopted(step, new, item)
    return new
