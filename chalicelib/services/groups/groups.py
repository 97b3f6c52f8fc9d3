"""Living groups: loaded, saved with the day on which the job looks at them again, and edited."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups import group as rules
from chalicelib.domain.groups import timetable
from chalicelib.domain.groups.due import Gathering
from chalicelib.domain.groups.group import Group
from chalicelib.domain.groups.timetable import Calendar
from chalicelib.domain.meetings.meeting import Kind, State
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.petitions.petition import ENDED
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.record.events import Event
from chalicelib.domain.times import local_date, long_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.groups import inputs as forms
from chalicelib.services.outbox.email_queue import write

MISSING = "There is no group at this address."


def group(services: Services, target: str) -> Group:
    """Loads a group. Raises NotFoundError."""
    found = services.store.groups.get(target)
    if found is None:
        raise NotFoundError(MISSING)
    return found


# ------------------------------------------------------------------ When the job looks again


def meetings_to_come(services: Services) -> list[tuple[date, date, str]]:
    """The day, the document deadline and the title of each meeting of the Board that may take a
    renewal. One Query.
    """
    return [(one.day, one.deadline, one.title) for one in gatherings(services)]


def gatherings(services: Services) -> list[Gathering]:
    """The same, each with its id."""
    policy, zone = services.policy, services.policy.association.zone
    found = []
    for row in services.store.board.meetings():
        if row.get("state") == State.CANCELLED or row.get("kind") == Kind.ASYNCHRONOUS:
            continue
        day = local_date(datetime.fromisoformat(row["starts_at"]), zone)
        deadline = day - timedelta(days=policy.meeting(day).document_deadline_days)
        found.append(Gathering(str(row["id"]), str(row["title"]), day, deadline))
    return found


def calendar_of(
    services: Services, found: Group, meetings: list[tuple[date, date, str]] | None = None
) -> Calendar:
    """What a group's days depend on beside itself. `meetings` as above, where they are known; they
    are not read for a group without a renewal.
    """
    if found.renewal is None and meetings is None:
        return timetable.NOTHING_KNOWN
    if meetings is None:
        meetings = meetings_to_come(services)
    pairs = [(day, deadline) for day, deadline, _ in meetings]
    # An opening, too, has to know which deadline its letter speaks of.
    ends = (found.renewal.ends_on if found.renewal else None) or found.charge.ends_on
    state = _petition_state(services, found)
    beyond = {PetitionState.SUBMITTED, PetitionState.VERIFIED, PetitionState.SCHEDULED}
    return Calendar(
        deadline=timetable.last_deadline(pairs, ends),
        waits_for_others=state in beyond,
        petition_open=state == PetitionState.COLLECTING,
    )


def _petition_state(services: Services, found: Group) -> PetitionState | None:
    """Where the petition stands that is to continue the group; None where there is none."""
    if found.renewal is None or not found.renewal.petition_id:
        return None
    petition = services.store.petitions.get(found.renewal.petition_id, fresh=False)
    return petition.state if petition else None


def petition_over(services: Services, found: Group) -> bool:
    """Whether the petition that was to continue the group came to nothing."""
    if found.renewal is None or not found.renewal.petition_id:
        return False
    state = _petition_state(services, found)
    return state is None or state in ENDED


def due_of(services: Services, new: Group) -> date | None:
    """The day on which the job looks at a group again."""
    return timetable.next_on(new, services.today(), calendar_of(services, new), services.policy)


def save(step: Step[Any, Any], old: Group, new: Group, *events: Event) -> None:
    """Adds a group's next version to a command, with the events that lead to it."""
    store = step.services.store.groups
    store.save(step.unit, old, new, events, due_of(step.services, new))


# ------------------------------------------------------------------ Letters


def about(services: Services, found: Group) -> dict[str, Any]:
    """What every letter about a group may say."""
    ends, renewal = found.charge.ends_on, found.renewal
    label = services.policy.unit(found.kind, services.today()).label
    return {
        "group_slug": found.id,
        "group": found.name,
        "kind": label.lower(),
        "ends_on": long_date(ends) if ends else "",
        "lapses_on": long_date(renewal.lapses_on) if renewal and renewal.lapses_on else "",
    }


Told = set[str]


def to_conveners(
    step: Step[Any, Any],
    found: Group,
    event: Event,
    kind: str,
    *,
    told: Told | None = None,
    **data: Any,
) -> None:
    """A letter to each convener who agreed to be one. `told` are the keys of the addresses that
    have this letter already, or need none; those who get it now are added.
    """
    content = {**about(step.services, found), **data}
    known: Told = set() if told is None else told
    for convener in found.acting:
        _tell(step, event, kind, (convener.email, convener.name), content, known)


def to_staff(
    step: Step[Any, Any],
    found: Group,
    event: Event,
    kind: str,
    *,
    told: Told | None = None,
    **data: Any,
) -> None:
    """A letter about a group to everybody on the staff but whoever acts; `told` as above."""
    content = {**about(step.services, found), **data}
    known: Told = set() if told is None else told
    for person in step.services.store.people.staff():
        if person.id != step.by.actor.id:
            _tell(step, event, kind, (person.email, person.name), content, known)


def to_liaison(
    step: Step[Any, Any],
    found: Group,
    event: Event,
    kind: str,
    *,
    told: Told | None = None,
    **data: Any,
) -> None:
    """A letter to the member of the Board who looks after the group, if there is one; `told` as
    above.
    """
    services = step.services
    person = services.store.people.get(found.liaison_id) if found.liaison_id else None
    if person:
        content = {**about(services, found), **data}
        known: Told = set() if told is None else told
        _tell(step, event, kind, (person.email, person.name), content, known)


def _tell(
    step: Step[Any, Any],
    event: Event,
    kind: str,
    to: tuple[str, str],
    content: dict[str, Any],
    told: Told,
) -> None:
    """One letter to an address, unless there is none or it has the letter already: somebody may
    convene a group and be on the staff.
    """
    email, name = to
    if not email or key_of(email) in told:
        return
    told.add(key_of(email))
    write(step, event, kind, email, name, content)


# ------------------------------------------------------------------ What a group says of itself

_URL = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)


def check_details(
    services: Services, meets: str, discussion_url: str, list_address: str
) -> dict[str, str]:
    """What is wrong with a group's details, field by field."""
    limits, errors = services.policy.groups, {}
    if len(meets) > limits.meets:
        errors["meets"] = f"Shorten this by {len(meets) - limits.meets} characters."
    if discussion_url and not _URL.fullmatch(discussion_url):
        errors["discussion_url"] = "Enter a web address that begins with https://."
    elif len(discussion_url) > limits.link:
        errors["discussion_url"] = f"Shorten this to {limits.link} characters."
    if list_address:
        try:
            inputs.clean_email(list_address)
        except ValueError as error:
            errors["list_address"] = str(error)
    return errors


@command("group.edit", forms.EditGroup, group)
def edit(step: Step[Group, forms.EditGroup]) -> Group:
    """The group with how it meets and where it talks."""
    old, form = step.subject, step.form
    errors = check_details(step.services, form.meets, form.discussion_url, form.list_address)
    if errors:
        raise ValidationError(errors)
    new, event = rules.edit(old, form.meets, form.discussion_url, form.list_address, step.by)
    if event:
        save(step, old, new, event)
    return new


@command("group.name-liaison", forms.NameLiaison, group)
def name_liaison(step: Step[Group, forms.NameLiaison]) -> Group:
    """The member of the Board who looks after the group, told of it; or nobody."""
    old, services, wanted = step.subject, step.services, step.form.person
    person = None
    if wanted:
        members = services.store.people.board(services.today())
        person = next((one for one in members if one.id == wanted), None)
        if person is None:
            raise ValidationError({"person": "Choose somebody who holds a seat on the Board."})
    if (person.id if person else "") == old.liaison_id:
        return old
    new, event = rules.name_liaison(
        old, person.id if person else "", person.name if person else "", step.by
    )
    save(step, old, new, event)
    if person:
        to_liaison(step, new, event, "group-liaison")
    return new


def groups_of(services: Services, email: str) -> list[Group]:
    """The groups that somebody convenes or is invited to, by name."""
    found = [services.store.groups.get(slug) for slug in services.store.groups.led_by(email)]
    return sorted((g for g in found if g), key=lambda g: g.name.casefold())


def lacks(services: Services, found: Group) -> int:
    """How many conveners a group lacks today."""
    return group_conveners.missing(found, services.today(), services.policy)
