"""Keeps the time of living groups: opens renewals, reminds, and lapses what nobody answered.

The job reads the index of what is due and nothing else: a group that has nothing to do costs
nothing, however many there are.
"""

import logging
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.domain.groups import check_in
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups import timetable as rules
from chalicelib.domain.groups.group import Group, Outcome, Stage
from chalicelib.domain.groups.timetable import Due, What
from chalicelib.domain.people.people import SYSTEM
from chalicelib.domain.record.events import Event
from chalicelib.domain.renewals.renewal import revivable_until
from chalicelib.domain.times import long_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, commit, perform
from chalicelib.services.context import Services
from chalicelib.services.groups.groups import (
    Told,
    calendar_of,
    due_of,
    group,
    meetings_to_come,
    save,
    to_conveners,
    to_liaison,
    to_staff,
)
from chalicelib.services.renewals.renewals import by_petition

log = logging.getLogger(__name__)

# More than one group ever has to be told on a day; a rule that came true for ever would stop here.
MOST_A_GROUP = 12


@dataclass(frozen=True)
class Kept:
    """How much there was to do."""

    looked_at: int = 0
    done: int = 0
    failed: int = 0


def keep_all(services: Services, limit: int = 100) -> Kept:
    """Does what is due for every group of which something is, each by itself. Safe to repeat."""
    looked_at = done = failed = 0
    for slug in services.store.groups.due(services.clock(), limit):
        looked_at += 1
        try:
            done += keep_one(services, slug)
        except Exception:
            failed += 1
            log.exception("what is due for a group could not be done; it is tried again")
    return Kept(looked_at, done, failed)


def keep_one(services: Services, slug: str) -> int:
    """Does all that is due for one group; how much that was."""
    for done in range(MOST_A_GROUP):
        if not perform(services, SYSTEM, "group.keep-time", slug):
            return done
    return MOST_A_GROUP


@command("group.keep-time", load=group)
def keep_time(step: Step[Group, inputs.Nothing]) -> bool:
    """The next thing that is due for a group, done once; whether there was one."""
    services, old = step.services, step.subject
    today, policy = services.today(), services.policy
    meetings = meetings_to_come(services) if old.renewal or old.charge.ends_on else []
    calendar = calendar_of(services, old, meetings)
    due = rules.first_due(old, today, calendar, policy)
    if due is None:
        services.store.groups.put_off(step.unit, old, rules.next_on(old, today, calendar, policy))
        return False
    new, event = rules.take(old, due, calendar, policy, step.by)
    save(step, old, new, event)
    _write(step, new, due, event, _deadline_words(meetings, new, today))
    return True


def _deadline_words(
    meetings: list[tuple[date, date, str]], found: Group, today: date
) -> dict[str, str]:
    """The last meeting before the charge's end, and until when its documents are due, if that is
    still to come.
    """
    ends = found.renewal.ends_on if found.renewal else None
    before = [one for one in meetings if ends is not None and one[0] <= ends]
    if not before:
        return {"deadline": "", "meeting": ""}
    _, deadline, title = max(before)
    return {"deadline": long_date(deadline) if deadline >= today else "", "meeting": title}


def tell_group(
    step: Step[Group, Any], new: Group, event: Event, kind: str, due: Due, **data: Any
) -> None:
    """A letter about what was due to each of those whom it is for, and once to each address."""
    told: Told = set()
    conveners = ", ".join(c.name for c in new.acting)
    if "conveners" in due.to:
        to_conveners(step, new, event, kind, told=told, for_staff="", conveners=conveners, **data)
    beside = {**data, "for_staff": "yes", "conveners": conveners}
    if "staff" in due.to:
        to_staff(step, new, event, kind, told=told, **beside)
    if "liaison" in due.to:
        to_liaison(step, new, event, kind, told=told, **beside)


def _write(
    step: Step[Group, Any], new: Group, due: Due, event: Event, words: dict[str, str]
) -> None:
    services = step.services
    policy, today = services.policy, services.today()
    match due.what:
        case What.CHECK_IN:
            assert due.year is not None
            until = check_in.due(due.year, policy)
            late = "yes" if today > until else ""
            tell_group(step, new, event, "check-in", due, due_by=long_date(until), late=late)
        case What.TERM:
            assert due.year is not None
            who = ", ".join(c.name for c in new.acting if c.until == due.year)
            tell_group(step, new, event, "term-ends", due, until=long_date(due.year), who=who)
        case What.VACANCY:
            tell_group(step, new, event, "group-vacancy", due, **_vacancy(services, new))
        case What.LAPSE if new.living:
            tell_group(step, new, event, "lapse-proposed", due)
        case What.LAPSE:
            tell_group(step, new, event, "group-ended", due, **_lapsed(services, new))
        case What.OPENING:
            said = _renewal(services, new, due, words)
            tell_group(step, new, event, "renewal-opened", due, **said)
        case What.REMINDER:
            said = _renewal(services, new, due, words)
            tell_group(step, new, event, "renewal-reminder", due, **said)


def _vacancy(services: Services, new: Group) -> dict[str, Any]:
    policy, today = services.policy, services.today()
    fill_by = group_conveners.fill_by(new, policy)
    return {
        "missing": group_conveners.missing(new, today, policy),
        "needed": group_conveners.needed(new, today, policy),
        "over": "yes" if fill_by and today > fill_by else "",
        "fill_by": long_date(fill_by) if fill_by else "",
    }


def _renewal(services: Services, new: Group, due: Due, words: dict[str, str]) -> dict[str, Any]:
    assert new.renewal is not None
    ends = new.renewal.ends_on
    return {
        **words,
        "why": new.renewal.why.value,
        "by_petition": "yes" if by_petition(services, new) else "",
        "ended": "yes" if ends and ends < services.today() else "",
        "notice": "yes" if due.notice else "",
        "with_staff": "yes" if new.renewal.stage == Stage.SUBMITTED else "",
    }


def _lapsed(services: Services, new: Group) -> dict[str, Any]:
    until = revivable_until(new, services.policy)
    return {
        "by": "policy",
        "vote": "",
        "meeting": "",
        "outcome": Outcome.LAPSED.value,
        "other": "",
        "other_slug": "",
        "until": long_date(until) if until else "",
    }


def look_again(services: Services, slug: str) -> None:
    """Sets anew when the job looks at a group, which then falls due at its right day."""
    found = services.store.groups.get(slug)
    if found is None:
        return
    unit = services.store.transaction()
    services.store.groups.put_off(unit, found, due_of(services, found))
    commit(services, unit)
