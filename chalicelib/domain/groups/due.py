"""What falls due for groups in the next twelve months, from what lists show of them.

A list knows less of a group than its page does, and one Query reads it for all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from chalicelib.domain.groups import check_in, timetable
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups.group import (
    Answer,
    Charge,
    CheckIn,
    Group,
    Renewal,
    Stage,
    State,
    Why,
)
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.renewals import renewal
from chalicelib.domain.times import add_months

MONTHS = 12


class What(StrEnum):
    """What falls due for a group."""

    ENDS = "charge ends"
    OPENS = "renewal opens"
    CONVENERS = "renewal waits for conveners"
    STAFF = "renewal waits for staff"
    BOARD = "renewal waits for the Board"
    LAPSES = "lapses"
    CHECK_IN = "check-in due"
    VACANCY = "vacancy to be filled"


@dataclass(frozen=True)
class Gathering:
    """A meeting of the Board that may take a renewal: its day, and until when its documents are
    due.
    """

    id: str
    title: str
    day: date
    deadline: date


@dataclass(frozen=True)
class Row:
    """One thing that falls due for one group. `day` is None where nothing sets one, as for a change
    that its conveners asked for. `group` is what the list knows of it, and `meeting` the one whose
    deadline or day it is.
    """

    what: What
    day: date | None
    slug: str
    name: str
    kind: str
    overdue: bool
    group: Group
    meeting: Gathering | None = None


def year_from(today: date) -> date:
    """The last day of the twelve months that are looked at."""
    return add_months(today, MONTHS)


def as_listed(row: Mapping[str, Any]) -> Group:
    """What a list knows of a group. What an earlier release did not write is empty; a charge
    without a beginning is one of long ago.
    """
    ended = _moment(row, "ended")
    checked_in, stage = _day(row, "checked_in"), str(row.get("renewal") or "")
    found = None
    if stage:
        why = Why(row.get("why") or Why.END)
        found = Renewal(
            number=0,
            why=why,
            opened_on=date.min,
            ends_on=_day(row, "ends_on") if why == Why.END else None,
            lapses_on=_day(row, "lapses_on"),
            stage=Stage(stage),
            answer=Answer(outcome=str(row.get("outcome") or "")),
            meeting_id=str(row.get("meeting") or ""),
            document_number=str(row.get("document") or ""),
            petition_id=str(row.get("petition") or ""),
        )
    return Group(
        id=row["slug"],
        kind=row["kind"],
        name=row["name"],
        charge=Charge(
            number=int(row.get("charge_number") or 1),
            text=str(row.get("charge") or ""),
            effective_on=_day(row, "effective_on") or date.min,
            ends_on=_day(row, "ends_on"),
        ),
        conveners=(),
        state=State(row.get("state") or State.ACTIVE),
        since=_moment(row, "since"),
        renewal=found,
        checked_in=CheckIn(year_ends=checked_in, active=True, meetings=0, participants=0)
        if checked_in
        else None,
        vacant_since=_day(row, "vacant_since"),
        ended_at=ended,
    )


def _day(row: Mapping[str, Any], part: str) -> date | None:
    text = str(row.get(part) or "")
    return date.fromisoformat(text) if text else None


def _moment(row: Mapping[str, Any], part: str) -> datetime | None:
    text = str(row.get(part) or "")
    return datetime.fromisoformat(text) if text else None


def due_rows(
    rows: Iterable[Mapping[str, Any]],
    today: date,
    policy: Policy,
    meetings: Sequence[Gathering] = (),
    petitions: Mapping[str, str] | None = None,
) -> list[Row]:
    """Everything that is overdue or falls due in the next twelve months, the earliest first and
    what has no day last. `petitions` says in which state those are that are to continue a group,
    by id, as far as they are with staff or the Board.
    """
    until, found = year_from(today), []
    for listed in rows:
        group = as_listed(listed)
        if group.living or group.renewal:
            found += [
                row
                for row in of_group(group, today, policy, meetings, petitions or {})
                if row.day is None or row.day <= until
            ]
    return sorted(found, key=_order)


def _order(row: Row) -> tuple[date, int, str]:
    return row.day or date.max, list(What).index(row.what), row.name.casefold()


def of_group(
    group: Group,
    today: date,
    policy: Policy,
    meetings: Sequence[Gathering] = (),
    petitions: Mapping[str, str] | None = None,
) -> list[Row]:
    """Everything that is to come for one group, or overdue, in no order."""

    def row(what: What, day: date | None, meeting: Gathering | None = None) -> Row:
        overdue = day is not None and day < today
        return Row(what, day, group.id, group.name, group.kind, overdue, group, meeting)

    found = [_renewal(row, group, today, meetings, petitions or {})] if group.renewal else []
    if not group.living:
        return found
    ends = group.charge.ends_on
    if ends:
        found.append(row(What.ENDS, ends))
    opens = renewal.opens_on(group, policy)
    if opens and (group.renewal is None or group.renewal.why == Why.ASKED):
        found.append(row(What.OPENS, opens))
    waits = any(one.what == What.CONVENERS for one in found)
    if waits and group.renewal and group.renewal.lapses_on:
        found.append(row(What.LAPSES, group.renewal.lapses_on))
    for years in (0, 1):
        year = check_in.year_end(today, policy, years)
        if check_in.asked(group, year, policy):
            found.append(row(What.CHECK_IN, check_in.due(year, policy)))
    fill_by = group_conveners.fill_by(group, policy)
    if fill_by:
        found.append(row(What.VACANCY, fill_by))
    return found


_OF_A_PETITION = {
    PetitionState.SUBMITTED.value: What.STAFF,
    PetitionState.VERIFIED.value: What.STAFF,
    PetitionState.SCHEDULED.value: What.BOARD,
}


def _renewal(
    row: Callable[..., Row],
    group: Group,
    today: date,
    meetings: Sequence[Gathering],
    petitions: Mapping[str, str],
) -> Row:
    """For whom an open renewal waits, and until when: the deadline of the last meeting that comes
    before the charge's end, as long as that can be kept, and then the end itself.
    """
    found = group.renewal
    assert found is not None
    if found.stage == Stage.SCHEDULED:
        its = next((m for m in meetings if m.id == found.meeting_id), None)
        return row(What.BOARD, its.day if its else None, its)
    what = {Stage.OPEN: What.CONVENERS, Stage.SUBMITTED: What.STAFF}[found.stage]
    if found.petition_id and what == What.CONVENERS:
        what = _OF_A_PETITION.get(petitions.get(found.petition_id, ""), what)
    last = _last_before(meetings, found.ends_on)
    if last and last.deadline >= today:
        return row(what, last.deadline, last)
    if what == What.CONVENERS or found.ends_on:
        return row(what, found.ends_on)
    # An answer that no charge's end presses goes to the next meeting.
    ahead = [m for m in meetings if m.deadline >= today]
    following = min(ahead, key=lambda m: (m.deadline, m.day)) if ahead else None
    return row(what, following.deadline if following else None, following)


def _last_before(meetings: Sequence[Gathering], ends: date | None) -> Gathering | None:
    deadline = timetable.last_deadline([(m.day, m.deadline) for m in meetings], ends)
    before = [m for m in meetings if ends and m.day <= ends and m.deadline == deadline]
    return max(before, key=lambda m: m.day) if before else None


def by_month(rows: Iterable[Row]) -> list[tuple[date, list[Row]]]:
    """Rows with a day to come by month, each by its first day. What is overdue, or has no day, is
    not among them.
    """
    found: dict[date, list[Row]] = {}
    for row in rows:
        if row.day and not row.overdue:
            found.setdefault(row.day.replace(day=1), []).append(row)
    return sorted(found.items())


# What a reader may ask for: charges that end within so many months, or that ended already.
OVERDUE = "overdue"
ENDS_WITHIN = ("3", "6", "12", OVERDUE)


def ends_within(group: Group, due: str, today: date) -> bool:
    """Whether a group's charge ends as one of `ENDS_WITHIN` says; `overdue` is one that ended
    though the group goes on. Anything else asks for nothing.
    """
    if due not in ENDS_WITHIN:
        return True
    ends = group.charge.ends_on
    if not ends or not group.living:
        return False
    if due == OVERDUE:
        return ends < today
    return today <= ends <= add_months(today, int(due))
