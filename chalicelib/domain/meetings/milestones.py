"""A meeting's calendar, counted back from its day, and the business days of receipts.

Every number is in `[[meeting]]` of policy.toml with its source. Days are those of the association's
zone, and a deadline is the last second of its day there.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.meetings.meeting import TO_COME, Meeting, State
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Person
from chalicelib.domain.policy.rules import MeetingRule, Policy
from chalicelib.domain.times import end_of_day, local_date, start_of_day

SATURDAY = 5


class Name(StrEnum):
    """What has to happen before a meeting."""

    CALL = "call"
    AGENDA = "agenda"
    DOCUMENTS = "documents"
    POSTING = "posting"


class Status(StrEnum):
    """How a milestone stands. `missed` was not done, and it is too late for it."""

    AHEAD = "ahead"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    MISSED = "missed"


OPEN = frozenset({Status.AHEAD, Status.DUE, Status.OVERDUE})

TITLES = {
    Name.CALL: "Call for items",
    Name.AGENDA: "Set the agenda",
    Name.DOCUMENTS: "Documents are due",
    Name.POSTING: "Post the agenda and the documents",
}


@dataclass(frozen=True)
class Milestone:
    """One date of the calendar: it can be done from the day `opens`, and is due until `due`."""

    name: Name
    opens: date
    day: date
    due: datetime
    status: Status

    @property
    def title(self) -> str:
        """What is to be done, in words."""
        return TITLES[self.name]


def rule_for(starts_at: datetime, policy: Policy) -> MeetingRule:
    """The rule for a meeting: the one that holds on its day."""
    return policy.meeting(local_date(starts_at, policy.association.zone))


def calendar(meeting: Meeting, now: datetime, policy: Policy) -> tuple[Milestone, ...]:
    """The meeting's milestones in their order, each with how it stands."""
    called = meeting.items_called_at is not None
    return dates(meeting.starts_at, meeting.state, called, now, policy)


def dates(
    starts_at: datetime, state: str, called: bool, now: datetime, policy: Policy
) -> tuple[Milestone, ...]:
    """The same from what a list of meetings knows of one: its start, its state, and whether items
    for it were called for.
    """
    rule, zone = rule_for(starts_at, policy), policy.association.zone
    meets = local_date(starts_at, zone)
    found = []
    for name, first, last in _spans(rule):
        opens, day = meets - timedelta(days=first), meets - timedelta(days=last)
        due = end_of_day(day, zone)
        done = _done(name, state, called, now > due)
        begun = now >= starts_at or state not in TO_COME
        status = _status(done, begun, now, start_of_day(opens, zone), due)
        found.append(Milestone(name, opens, day, due, status))
    return tuple(found)


def _spans(rule: MeetingRule) -> list[tuple[Name, int, int]]:
    """How many days before the meeting each milestone opens and is due. What has no window of its
    own can be done since the milestone before it.
    """
    return [
        (Name.CALL, rule.call_days_first, rule.call_days_last),
        (Name.AGENDA, rule.call_days_last, rule.agenda_days),
        (Name.DOCUMENTS, rule.agenda_days, rule.document_deadline_days),
        (Name.POSTING, rule.document_deadline_days, rule.posting_days),
    ]


def _done(name: Name, state: str, called: bool, passed: bool) -> bool:
    if name == Name.CALL:
        return called
    if name == Name.DOCUMENTS:
        # Nobody has to do anything about a deadline: it passes.
        return passed
    if name == Name.AGENDA:
        return state not in {State.PLANNED, State.CANCELLED}
    return state not in {State.PLANNED, State.AGENDA_SET, State.CANCELLED}


def _status(done: bool, begun: bool, now: datetime, opens: datetime, due: datetime) -> Status:
    if done:
        return Status.DONE
    if begun:
        return Status.MISSED
    if now > due:
        return Status.OVERDUE
    return Status.DUE if now >= opens else Status.AHEAD


def waiting(found: tuple[Milestone, ...], now: datetime, rule: MeetingRule) -> list[Milestone]:
    """Those of a meeting to come that are overdue or fall due within the policy's `soon_days`."""
    soon = now + timedelta(days=rule.soon_days)
    return [m for m in found if m.status in OPEN and m.due <= soon]


# Reminders


def to_remind(meeting: Meeting, now: datetime, policy: Policy) -> list[Milestone]:
    """What staff have to be reminded of now: what falls due soon or is overdue, and of which they
    were not reminded yet.
    """
    return [
        milestone
        for milestone in calendar(meeting, now, policy)
        if _is_left(milestone, meeting.reminded, meeting.dated_at)
        and reminded_from(milestone, meeting.starts_at, policy) <= now
    ]


def _is_left(milestone: Milestone, reminded: tuple[str, ...], dated_at: datetime | None) -> bool:
    """Whether staff have to be reminded of a milestone some time. When its date had passed by the
    time that the meeting was given its day, they knew.
    """
    late = dated_at is not None and milestone.due < dated_at
    return milestone.status in OPEN and milestone.name not in reminded and not late


def reminded_from(milestone: Milestone, starts_at: datetime, policy: Policy) -> datetime:
    """From when on staff are reminded of a milestone: the beginning of a day."""
    day = milestone.day - timedelta(days=rule_for(starts_at, policy).remind_days)
    return start_of_day(max(day, milestone.opens), policy.association.zone)


def next_reminder(meeting: Meeting, now: datetime, policy: Policy) -> datetime | None:
    """When the sweep has to look at a meeting, or None when there is nothing to remind of."""
    left = [
        reminded_from(milestone, meeting.starts_at, policy)
        for milestone in calendar(meeting, now, policy)
        if _is_left(milestone, meeting.reminded, meeting.dated_at)
    ]
    return min(left, default=None)


def first_reminder(starts_at: datetime, now: datetime, policy: Policy) -> datetime | None:
    """The same for a meeting that is planned now."""
    left = [
        reminded_from(milestone, starts_at, policy)
        for milestone in dates(starts_at, State.PLANNED, False, now, policy)
        if _is_left(milestone, (), now)
    ]
    return min(left, default=None)


# Documents


class Lateness(StrEnum):
    """Whether a document that comes in now is on time."""

    ON_TIME = "on-time"
    EXTENDED = "extended"
    LATE = "late"


def document_deadline(meeting: Meeting, policy: Policy) -> datetime:
    """The moment after which a document is late for this meeting: the end of a day."""
    zone = policy.association.zone
    rule = rule_for(meeting.starts_at, policy)
    day = local_date(meeting.starts_at, zone) - timedelta(days=rule.document_deadline_days)
    return end_of_day(day, zone)


def may_send(meeting: Meeting, person: Person | None, now: datetime, policy: Policy) -> Lateness:
    """Whether a document that `person` sends at `now` is on time, or allowed by an extension that
    they were granted, or late. An extension goes by the address, where it has one, and by the name.
    """
    if now <= document_deadline(meeting, policy):
        return Lateness.ON_TIME
    if person and any(
        now <= extension.until and _is_for(extension.mailbox, extension.name, person)
        for extension in meeting.extensions
    ):
        return Lateness.EXTENDED
    return Lateness.LATE


def _is_for(mailbox: str, name: str, person: Person) -> bool:
    if mailbox:
        return bool(person.email) and key_of(person.email) == mailbox
    return _folded(person.name) == _folded(name) != ""


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


# Business days


def add_business_days(day: date, days: int, policy: Policy) -> date:
    """The business day that lies so many business days after `day`: Monday to Friday, without the
    policy's holidays. With 0 it is `day` itself, or the first business day after it.
    """
    closed = {holiday.day for holiday in policy.holidays}

    def is_open(on: date) -> bool:
        return on.weekday() < SATURDAY and on not in closed

    while days > 0 or not is_open(day):
        day += timedelta(days=1)
        if is_open(day):
            days -= 1
    return day


def acknowledge_by(received_at: datetime, policy: Policy) -> datetime:
    """Until when the sender of a document has to hear that it came in."""
    zone = policy.association.zone
    day = local_date(received_at, zone)
    days = policy.meeting(day).acknowledge_business_days
    return end_of_day(add_business_days(day, days, policy), zone)
