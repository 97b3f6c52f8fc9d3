"""The yearly question to a group, and its answer."""

from datetime import date, timedelta

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups.group import CheckIn, Group
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, row
from chalicelib.domain.times import local_date

# No group meets more often, or has more people at its meetings: a slip of the finger.
MOST_MEETINGS, MOST_PARTICIPANTS = 400, 100_000


def year_end(day: date, policy: Policy, years: int = 0) -> date:
    """The last day of the association's year in which `day` lies, or of one so many years on."""
    return policy.terms.year_begins(day, 1 + years) - timedelta(days=1)


def settled_on(group: Group, policy: Policy) -> date:
    """Since when the group is there, as far as it is known."""
    if group.since:
        return local_date(group.since, policy.association.zone)
    return group.charge.effective_on


def opens(year: date, policy: Policy) -> date:
    """The day on which the question for the year that ends on `year` is put."""
    return year - timedelta(days=policy.check_in.opens_days)


def due(year: date, policy: Policy) -> date:
    """The day until which it is to be answered."""
    return year - timedelta(days=policy.check_in.due_days)


def asked(group: Group, year: date, policy: Policy) -> bool:
    """Whether the group is asked for the year that ends on `year`, and has not answered."""
    if not group.living:
        return False
    if group.checked_in and group.checked_in.year_ends >= year:
        return False
    if group.since is None and group.charge.number > 1:
        # Nobody noted since when it is there: longer than its first charge at least.
        return True
    young = opens(year, policy) - timedelta(days=policy.check_in.settled_days)
    return settled_on(group, policy) <= young


def open_year(group: Group, today: date, policy: Policy) -> date | None:
    """The year that can be answered for today, by its last day; None where none waits."""
    year = year_end(today, policy)
    return year if opens(year, policy) <= today and asked(group, year, policy) else None


def wants(answer: CheckIn, group: Group, policy: Policy) -> list[str]:
    """What the group lacks of what its kind asks for, in sentences for staff and the Board."""
    rule, found = policy.unit(group.kind, answer.year_ends), []
    if answer.meetings < rule.meetings_a_year:
        many = f"{answer.meetings} meetings"
        held = {0: "no meeting", 1: "one meeting"}.get(answer.meetings, many)
        wanted = rule.meetings_a_year
        asked_for = "one a year is" if wanted == 1 else f"{wanted} a year are"
        found.append(f"It held {held}; {asked_for} asked for.")
    if rule.members and answer.participants < rule.members:
        found.append(f"It has {answer.participants or 'no'} members; {rule.members} are asked for.")
    if not answer.active:
        found.append("It says that it is no longer active.")
    return found


def problems(answer: CheckIn, policy: Policy) -> dict[str, str]:
    """What cannot be, field by field."""
    errors = {}
    for field, most in (("meetings", MOST_MEETINGS), ("participants", MOST_PARTICIPANTS)):
        if not 0 <= getattr(answer, field) <= most:
            errors[field] = f"Enter a number from 0 to {most}."
    for field, most in (
        ("for_board", policy.groups.for_board),
        ("next_convener", policy.limits.person_name),
    ):
        over = len(getattr(answer, field)) - most
        if over > 0:
            errors[field] = f"Shorten this by {over} characters; {most} fit."
    return errors


def check_in(group: Group, answer: CheckIn, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group with its yearly answer; it can be put right until the year's end.

    Raises ValidationError for what cannot be, ConflictError when the year is not asked about.
    """
    today = local_date(by.at, policy.association.zone)
    year = year_end(today, policy)
    again = group.checked_in is not None and group.checked_in.year_ends == answer.year_ends
    if answer.year_ends != year or opens(year, policy) > today or not group.living:
        raise ConflictError("The yearly check-in is not open now.")
    if not again and open_year(group, today, policy) is None:
        raise ConflictError("This group is too young for a check-in this year.")
    errors = problems(answer, policy)
    if errors:
        raise ValidationError(errors)
    return advance(
        group,
        "group",
        "check-in",
        by,
        before=group.state,
        data={
            "year_ends": year.isoformat(),
            "active": answer.active,
            "meetings": answer.meetings,
            "participants": answer.participants,
        },
        kept={f"check-in/{group.check_ins + 1}": row(answer)},
        checked_in=answer,
        check_ins=group.check_ins + 1,
        told=tuple(name for name in group.told if not name.startswith("check-in-")),
    )
