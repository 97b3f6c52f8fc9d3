"""The yearly check-in of a group."""

from datetime import timedelta

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.groups import check_in as rules
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups.group import CheckIn, Group, term_end
from chalicelib.domain.times import long_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.groups import inputs as forms
from chalicelib.services.groups.conveners import invited
from chalicelib.services.groups.groups import group, save, to_staff


@command("group.check-in", forms.AnswerCheckIn, group)
def check_in(step: Step[Group, forms.AnswerCheckIn]) -> Group:
    """The yearly answer: the conveners who stay have their terms for another year, and whoever is
    named to follow is invited. Staff are told of what the group lacks, and what it wants to tell
    the Board.
    """
    old, form, services = step.subject, step.form, step.services
    policy, today = services.policy, services.today()
    year = rules.year_end(today, policy)
    errors = _missing(form)
    unknown = set(form.stays) - {c.id for c in old.acting}
    if unknown:
        errors["stays"] = "Choose among the conveners of the group."
    if errors:
        raise ValidationError(errors)
    staying = [c.name for c in old.acting if c.id in form.stays]
    answer = CheckIn(
        year_ends=year,
        active=form.active,
        meetings=form.meetings or 0,
        participants=form.participants or 0,
        next_convener=", ".join([*staying, *([form.name] if form.name else [])]),
        for_board=form.for_board,
        at=step.by.at,
        by=group_conveners.name_of(old, step.by.actor),
    )
    new, event = rules.check_in(old, answer, policy, step.by)
    events = [event]
    until = term_end(year + timedelta(days=1), policy)
    going_on = tuple(c.id for c in old.acting if c.id in form.stays and (c.until or until) < until)
    if going_on:
        new, event = group_conveners.extend(new, going_on, until, policy, step.by)
        events.append(event)
    if form.name or form.email:
        new, event = invited(step, new, form.name, form.email, "", "")
        events.append(event)
    save(step, old, new, *events)
    wants = rules.wants(answer, new, policy)
    if wants or answer.for_board:
        to_staff(
            step,
            new,
            events[0],
            "staff-check-in",
            year=long_date(year),
            wants="\n".join(wants),
            for_board=answer.for_board,
        )
    return new


def _missing(form: forms.AnswerCheckIn) -> dict[str, str]:
    errors = {}
    if form.meetings is None:
        errors["meetings"] = "Enter how many meetings the group held, 0 if none."
    if form.participants is None:
        errors["participants"] = "Enter about how many people took part, 0 if none."
    if form.email and not form.name:
        errors["name"] = "Add the name of whoever is to follow."
    if form.name:
        try:
            inputs.clean_email(form.email)
        except ValueError as error:
            errors["email"] = str(error)
    return errors
