"""What a living group has to do, and when: the days of its renewal, its yearly check-in and its
conveners' terms, each of which is told once.

`agenda` lists what is still to come; the job takes what is due of it, one thing at a time, so that
a day on which it did not run is caught up, and a day on which it ran twice does nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.domain.groups import check_in
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups.group import Group, Outcome, Renewal, Stage, Why
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.group_rules import AUDIENCES
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance
from chalicelib.domain.renewals import outcome as renewal_outcome
from chalicelib.domain.renewals import renewal
from chalicelib.domain.times import local_date

DAY = timedelta(days=1)


class What(StrEnum):
    """What falls due for a group."""

    OPENING = "renewal opens"
    REMINDER = "renewal reminder"
    LAPSE = "lapse"
    CHECK_IN = "check-in"
    TERM = "term ends"
    VACANCY = "vacancy"


_ORDER = {what: number for number, what in enumerate(What)}


@dataclass(frozen=True)
class Due:
    """One thing that falls due on a day. `names` are what the record remembers once it was done,
    and `to` says who is written to, as in `policy_groups.AUDIENCES`.
    """

    what: What
    on: date
    names: tuple[str, ...]
    to: tuple[str, ...]
    # Of a renewal's reminder: whether it is the notice before the group lapses.
    notice: bool = False
    year: date | None = None


@dataclass(frozen=True)
class Calendar:
    """What the days of a group depend on beside itself: when documents for the last meeting of the
    Board before a charge's end are due, if such a meeting is planned, and whether its renewal waits
    for others than its conveners (a petition that is with staff or the Board); and whether it has a
    petition that collects signatures, so that it does not lapse meanwhile.
    """

    deadline: date | None = None
    waits_for_others: bool = False
    petition_open: bool = False


NOTHING_KNOWN = Calendar()


def last_deadline(meetings: Iterable[tuple[date, date]], ends: date | None) -> date | None:
    """The document deadline of the last meeting that is held on or before a charge's last day.
    `meetings` are days of meetings, each with its deadline; None where none is planned.
    """
    before = [pair for pair in meetings if ends is not None and pair[0] <= ends]
    return max(before)[1] if before else None


def agenda(group: Group, today: date, calendar: Calendar, policy: Policy) -> list[Due]:
    """Everything that is still to be done for a group, the earliest first."""
    if not group.living:
        return []
    found = [
        *_opening(group, today, calendar, policy),
        *_reminders(group, calendar, policy),
        *_lapse(group, calendar, policy),
        *_check_ins(group, today, policy),
        *_terms(group, today, policy),
        *_vacancies(group, today, policy),
    ]
    left = [due for due in found if not set(due.names) <= set(group.told)]
    return sorted(left, key=lambda due: (due.on, _ORDER[due.what]))


def first_due(group: Group, today: date, calendar: Calendar, policy: Policy) -> Due | None:
    """The next thing to do today, or None. Of several reminders of one kind that are due, it is the
    last, and it speaks for those before it.
    """
    due = [one for one in agenda(group, today, calendar, policy) if one.on <= today]
    if not due:
        return None
    first = due[0]
    alike = [one for one in due if one.what == first.what and one.year == first.year]
    last = alike[-1]
    wanted = {who for one in alike for who in one.to}
    return replace(
        last,
        names=tuple(name for one in alike for name in one.names),
        to=_ordered(wanted),
        notice=any(one.notice for one in alike),
    )


def next_on(group: Group, today: date, calendar: Calendar, policy: Policy) -> date | None:
    """The day on which the job has to look at the group again; None where no day is known.

    While a renewal waits to be answered, or to be brought before the Board, that is tomorrow, since
    the deadline that its reminders are counted back from moves with the Board's meetings.
    """
    days = [one.on for one in agenda(group, today, calendar, policy)]
    found = group.renewal
    if group.living and found and found.why == Why.END and found.stage != Stage.SCHEDULED:
        days.append(today + DAY)
    return max(min(days), today) if days else None


# ------------------------------------------------------------------ What there is to do


def _opening(group: Group, today: date, calendar: Calendar, policy: Policy) -> Iterable[Due]:
    opens, ends, found = renewal.opens_on(group, policy), group.charge.ends_on, group.renewal
    if opens is None or ends is None or not renewal.may_open_for_end(found):
        return
    to = {"conveners"}
    if opens <= today:
        # It opens late: its letter goes as well to those whom it spares a reminder.
        opened = replace(group, renewal=_as_opened(group, today, ends, policy))
        to |= {who for one in _needless(opened, today, calendar, policy) for who in one.to}
    yield Due(What.OPENING, opens, (f"opening-{ends.isoformat()}",), _ordered(to))


def _as_opened(group: Group, today: date, ends: date, policy: Policy) -> Renewal:
    number = group.renewals + 1
    new = group.renewal or Renewal(number=number, why=Why.END, opened_on=today)
    lapses = ends + timedelta(days=policy.renewal(ends).grace_days)
    return replace(new, why=Why.END, ends_on=ends, lapses_on=lapses)


def _needless(group: Group, today: date, calendar: Calendar, policy: Policy) -> list[Due]:
    """The reminders that a letter about the opening, sent today, speaks for: wherever the answer
    is by now, it may be with its conveners again tomorrow.
    """
    assert group.renewal is not None
    nobody_waits, found = replace(calendar, waits_for_others=False), []
    for stage in dict.fromkeys((Stage.OPEN, group.renewal.stage)):
        there = replace(group, renewal=replace(group.renewal, stage=stage))
        found += list(_reminders(there, nobody_waits, policy))
    return [one for one in found if one.on <= today and not one.notice]


def _ordered(to: Iterable[str]) -> tuple[str, ...]:
    wanted = set(to)
    return tuple(who for who in AUDIENCES if who in wanted)


def _waits(group: Group, calendar: Calendar) -> bool:
    """Whether a renewal waits for its conveners, so that they are reminded of it."""
    open_now = group.renewal is not None and group.renewal.stage == Stage.OPEN
    return bool(open_now and not calendar.waits_for_others)


def _reminders(group: Group, calendar: Calendar, policy: Policy) -> Iterable[Due]:
    found = group.renewal
    if found is None or found.why != Why.END:
        # Nothing ends for want of an answer.
        return
    if found.stage == Stage.SCHEDULED or calendar.waits_for_others:
        return
    with_staff = found.stage == Stage.SUBMITTED
    bases = {"end": found.ends_on, "deadline": calendar.deadline, "lapse": found.lapses_on}
    for rule in policy.renewal_reminders:
        base = bases[rule.count_from]
        if base is None:
            continue
        name = f"renewal-{found.number}:{rule.name}"
        if rule.count_from == "deadline":
            if base < _theirs_since(found, policy):
                # It was over before there was anything to send.
                continue
            # Another meeting is another deadline, of which they are told as well.
            name = f"{name}:{base.isoformat()}"
        if with_staff:
            # Its conveners have answered: staff alone have something to do before the deadline.
            if rule.count_from == "deadline" and "staff" in rule.to:
                on = base - timedelta(days=rule.days)
                yield Due(What.REMINDER, on, (f"{name}:staff",), ("staff",))
            continue
        notice = rule.count_from == "lapse"
        if notice:
            # Another day on which it lapses is another thing to be told.
            name = f"{name}:{base.isoformat()}"
        on = base - timedelta(days=rule.days)
        yield Due(What.REMINDER, on, (name,), tuple(rule.to), notice=notice)


def _theirs_since(found: Renewal, policy: Policy) -> date:
    """Since when a renewal is with those who have to do something about it now."""
    if found.stage == Stage.SUBMITTED and found.submitted_at:
        return local_date(found.submitted_at, policy.association.zone)
    return found.opened_on


def _lapse(group: Group, calendar: Calendar, policy: Policy) -> Iterable[Due]:
    found = group.renewal
    if found is None or found.lapses_on is None or not _waits(group, calendar):
        return
    if calendar.petition_open:
        return
    if found.noticed_on is None:
        # Nobody was told that it lapses: the notice comes first, however late.
        return
    notice = timedelta(days=policy.renewal(found.noticed_on).notice_days)
    on = max(found.lapses_on + DAY, found.noticed_on + notice)
    if found.saved_at:
        # Somebody is writing an answer, or took one back: it is not ended under their hands.
        on = max(on, local_date(found.saved_at, policy.association.zone) + notice)
    name = f"renewal-{found.number}:lapse:{on.isoformat()}"
    yield Due(What.LAPSE, on, (name,), AUDIENCES)


def _check_ins(group: Group, today: date, policy: Policy) -> Iterable[Due]:
    rule = policy.check_in
    for years in (0, 1, 2):
        year = check_in.year_end(today, policy, years)
        if not check_in.asked(group, year, policy):
            continue
        name = f"check-in-{year.isoformat()}"
        opens = check_in.opens(year, policy)
        yield Due(What.CHECK_IN, opens, (f"{name}:open",), ("conveners",), year=year)
        if opens > today:
            # Nothing of it, or of the years after it, comes before it is put.
            return
        for days in rule.remind_days:
            on = check_in.due(year, policy) - timedelta(days=days)
            if opens < on <= year:
                to = ("conveners", "staff") if days <= rule.staff_from_days else ("conveners",)
                yield Due(What.CHECK_IN, on, (f"{name}:{days}",), to, year=year)


def _terms(group: Group, today: date, policy: Policy) -> Iterable[Due]:
    """The reminders of terms after which the group would lack conveners."""
    ends = sorted({c.until for c in group.acting if c.until and c.until >= today})
    for until in ends:
        if not group_conveners.missing(group, until + DAY, policy):
            continue
        for days in policy.convener_terms.remind_days:
            name = f"term-{until.isoformat()}:{days}"
            yield Due(What.TERM, until - timedelta(days=days), (name,), ("conveners",), year=until)


def _vacancies(group: Group, today: date, policy: Policy) -> Iterable[Due]:
    since = group.vacant_since or group_conveners.vacancy_on(group, today, policy)
    if since is None:
        return
    name = f"vacancy-{since.isoformat()}"
    yield Due(What.VACANCY, since, (f"{name}:open",), ("conveners", "staff"))
    over = since + timedelta(days=policy.convener_terms.vacancy_days + 1)
    yield Due(What.VACANCY, over, (f"{name}:over",), AUDIENCES)


# ------------------------------------------------------------------ Doing it


def take(
    group: Group, due: Due, calendar: Calendar, policy: Policy, by: Act
) -> tuple[Group, Event]:
    """The group once a thing that was due is done, and the event that tells of it."""
    today = local_date(by.at, policy.association.zone)
    if due.what == What.OPENING:
        opened, _ = renewal.open_(group, (), policy, by)
        needless = _needless(opened, today, calendar, policy)
        return renewal.open_(group, tuple(n for one in needless for n in one.names), policy, by)
    if due.what == What.LAPSE:
        assert group.renewal is not None
        if policy.renewal(today).step(Outcome.LAPSED) != "none":
            return renewal.propose_lapse(group, by)
        answer = replace(group.renewal.answer, outcome=Outcome.LAPSED.value)
        lapsing = replace(group, renewal=replace(group.renewal, answer=answer))
        return renewal_outcome.end(lapsing, policy, by)
    changes: dict[str, object] = {"told": (*_still_of_use(group, today), *due.names)}
    if due.notice and group.renewal:
        changes["renewal"] = replace(group.renewal, noticed_on=today)
    if due.what == What.VACANCY:
        changes["vacant_since"] = group.vacant_since or due.on
    return advance(
        group,
        "group",
        "remind",
        by,
        before=group.state,
        data={"what": due.what.value, "names": list(due.names), "to": list(due.to)},
        **changes,
    )


def _still_of_use(group: Group, today: date) -> list[str]:
    """The reminders that went out, without those of terms and years that are over."""

    def over(name: str) -> bool:
        head, _, rest = name.partition("-")
        day = name.removeprefix("check-in-")[:10] if name.startswith("check-in-") else rest[:10]
        return head in {"check", "term"} and date.fromisoformat(day) < today

    return [name for name in group.told if not over(name)]
