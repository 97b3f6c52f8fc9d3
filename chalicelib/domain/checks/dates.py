"""Checks of dates as people write them: the periods of a vote, a meeting's day, dates in a text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.checks.check_result import Finding
from chalicelib.domain.policy.rules import Policy, VirtualVoteRule
from chalicelib.domain.times import add_years, long_date

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """First and last day of a period, each None while it is not written yet. `fields` are the
    two fields that ask for them.
    """

    first: date | None
    last: date | None
    fields: tuple[str, str]


def meant(day: date, today: date, far_days: int) -> date | None:
    """The day with the year that was meant, where its own is wrong: the next such day of the
    year that is still to come and not far off. None where the year may be right.
    """
    if today <= day <= today + timedelta(days=far_days):
        return None
    for year in (today.year, today.year + 1):
        other = add_years(day, year - day.year)
        if other != day and today <= other <= today + timedelta(days=far_days):
            return other
    return None


def _question(day: date, other: date, what: str) -> str:
    return (
        f"{what} {long_date(day)}. Is the year right? {long_date(other)} would be the next "
        "such day to come."
    )


def check_period(
    voting: Span, discussion: Span, today: date, rule: VirtualVoteRule, policy: Policy
) -> list[Finding]:
    """What is wrong with the days of a vote without a meeting: a wrong year, an end before the
    beginning, a discussion that overlaps, fewer days than the policy has, days gone by.
    """
    talk = _span(discussion, "The discussion", rule.discussion_days, today, policy)
    vote = _span(voting, "The vote", rule.voting_days, today, policy)
    if talk or not (discussion.last and voting.first and voting.first <= discussion.last):
        return talk + vote
    if any(one.field == voting.fields[0] for one in vote):
        # The day is wrong by itself.
        return vote
    after = discussion.last + DAY
    overlap = Finding(
        voting.fields[0],
        f"The vote begins while the discussion goes on, until {long_date(discussion.last)}. "
        f"Let it begin on {long_date(after)}.",
        after.isoformat(),
    )
    return [overlap, *vote]


def _span(span: Span, what: str, least: int, today: date, policy: Policy) -> list[Finding]:
    found = []
    first, last = span.first, span.last
    (first_field, last_field), far = span.fields, policy.checks.far_days
    for day, field, verb in ((first, first_field, "begins"), (last, last_field, "ends")):
        if day is None:
            continue
        other = meant(day, today, far)
        if other:
            said = _question(day, other, f"{what} {verb} on")
            found.append(Finding(field, said, other.isoformat()))
        elif day < today:
            found.append(Finding(field, f"{long_date(day)} is past. Choose a day to come."))
        elif day > today + timedelta(days=far):
            found.append(
                Finding(field, f"{what} {verb} on {long_date(day)}, which is far off. Is it right?")
            )
    if found or first is None or last is None:
        # What follows would be said of days that are wrong by themselves.
        return found
    enough = first + timedelta(days=least - 1)
    if last < first:
        return [
            Finding(
                last_field,
                f"{what} ends before it begins. With {least} days it ends on {long_date(enough)}.",
                enough.isoformat(),
            )
        ]
    days = (last - first).days + 1
    if days < least:
        return [
            Finding(
                last_field,
                f"{what} has {days} {'day' if days == 1 else 'days'}, and the policy {least}. With "
                f"{least} it ends on {long_date(enough)}.",
                enough.isoformat(),
            )
        ]
    return []


def check_meeting_day(day: date, field: str, today: date, policy: Policy) -> list[Finding]:
    """What is wrong with the day of a meeting that is being planned."""
    other = meant(day, today, policy.checks.far_days)
    if day < today:
        said = f"{long_date(day)} is past. Choose a day to come."
        if other:
            said = _question(day, other, "The meeting is on")
        return [Finding(field, said, other.isoformat() if other else "")]
    if day > add_years(today, 2):
        said = f"{long_date(day)} is far off. Is the year right?"
        return [Finding(field, said, other.isoformat() if other else "")]
    due = day - timedelta(days=policy.meeting(today).document_deadline_days)
    if due < today:
        return [
            Finding(
                field,
                f"The deadline for its documents would have been {long_date(due)}. Nobody could "
                "send any in time: choose a later day, or grant extensions by name.",
            )
        ]
    return []


# ------------------------------------------------------------------ Dates in a text

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
).split("|")
_MONTH = "|".join(MONTHS)
_SHORT = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
_NAMED = rf"(?:{_MONTH}|{_SHORT})"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%.]\d)"
_JOIN = r"\s*(?:[-–—,]|to|and|through|until|or)\s*"
# Every year on that day: such a date has no year of its own.
_EACH = r"(?:of\s+)?(?:each|every|any)\s+year|annually|every\s+\w+\s+year"
_DATES = re.compile(
    rf"\b(?P<month>{_NAMED})\s+(?P<day>{_DAY})\b"
    rf"(?P<more>(?:{_JOIN}(?:{_NAMED}\s+)?{_DAY}\b)*)"
    rf"(?P<year>,?\s+(?:\d{{4}}|'\d\d)\b)?(?!\s*,?\s*(?:{_EACH}))"
)
_TURNED = re.compile(
    rf"\b(?P<day>{_DAY})\s+(?:of\s+)?(?P<month>{_MONTH})\b(?!,?\s+(?:of\s+)?\d)"
    rf"(?!\s*,?\s*(?:{_EACH}))"
)
_NUMERIC = re.compile(
    r"\b(?P<lead>on|by|from|until|till|through|before|after|since|to)\s+"
    r"(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12]\d|0?[1-9])\b(?![/\d])"
)


def _month_number(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month[:3] == name[:3])


def _next_such_day(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, today.year + 5):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def check_years(text: str, field: str, today: date) -> list[Finding]:
    """Dates without a year. The fix takes the next such day to come."""
    places: list[tuple[int, int, str, date]] = []
    for pattern, join in ((_DATES, ", "), (_TURNED, " "), (_NUMERIC, "/")):
        for match in pattern.finditer(text):
            if match.groupdict().get("year"):
                continue
            number = match["month"]
            month = int(number) if number.isdigit() else _month_number(number)
            day = int(re.match(r"\d+", match["day"])[0])  # type: ignore[index]
            found = _next_such_day(month, day, today)
            overlaps = any(s < match.end() and match.start() < e for s, e, _, _ in places)
            if found and not overlaps:
                places.append((match.start(), match.end(), join, found))
    if not places:
        return []
    places.sort()
    start, end, join, found = places[0]
    said = text[start:end]
    if join == "/":
        said = said.partition(" ")[2]
    fixed = text
    for _, at, between, next_one in reversed(places):
        fixed = f"{fixed[:at]}{between}{next_one.year}{fixed[at:]}"
    also = "" if len(places) == 1 else f" So do {len(places) - 1} more."
    return [
        Finding(
            field,
            f"“{said}” lacks its year.{also} The record is read years later: write “{said}{join}"
            f"{found.year}”, if that is meant.",
            fixed,
        )
    ]


_SLASHED = r"(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])/(\d{4})"
_LONG = rf"({_MONTH})\s+(\d{{1,2}}),?\s+(\d{{4}})"
_BETWEEN = r"\s*(?:[-–—]|to|through|until)\s*"
_PERIODS = (
    re.compile(rf"\b{_SLASHED}{_BETWEEN}{_SLASHED}\b"),
    re.compile(rf"\b{_LONG}{_BETWEEN}{_LONG}\b"),
)
_OF_A_VOTE = re.compile(r"\b(?:vot\w+|ballots?|polls?|discussion)\b", re.IGNORECASE)
# So far before a period its sentence says what it is a period of.
_NEAR = 120


def _written(like: str, day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}" if "/" in like else long_date(day)


def _as_day(month: str, day: str, year: str) -> date | None:
    try:
        number = int(month) if month.isdigit() else _month_number(month)
        return date(int(year), number, int(day))
    except ValueError:
        return None


def check_periods_in(
    text: str, field: str, today: date, rule: VirtualVoteRule, policy: Policy
) -> list[Finding]:
    """Periods of a vote that a text states, such as a notice: each looked at as if its days had
    been given in fields, one finding for each with the text put right.
    """
    found = []
    for pattern in _PERIODS:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - _NEAR) : match.start()]
            kind = [m[0].lower() for m in _OF_A_VOTE.finditer(before)]
            if not kind:
                continue
            days = _as_day(*match.groups()[:3]), _as_day(*match.groups()[3:])
            if None in days:
                said = f"“{match[0]}” has a day that the calendar does not have."
                found.append(Finding(field, said))
                continue
            talk = kind[-1] == "discussion"
            found += _repaired(text, match, days, talk, field, (today, rule, policy))
    return found


def _repaired(
    text: str,
    match: re.Match[str],
    days: tuple[date | None, ...],
    talk: bool,
    field: str,
    under: tuple[date, VirtualVoteRule, Policy],
) -> list[Finding]:
    """One finding about a period in a text, with all that is wrong with it put right at once."""
    today, rule, policy = under
    what = "The discussion" if talk else "The vote"
    least = rule.discussion_days if talk else rule.voting_days
    messages: list[str] = []
    right: dict[str, date | None] = {"first": days[0], "last": days[1]}
    look: Callable[[], list[Finding]] = lambda: _span(  # noqa: E731
        Span(right["first"], right["last"], ("first", "last")), what, least, today, policy
    )
    # A right year may show that the period is too short: twice is enough for both.
    for _ in range(2):
        for one in look():
            messages.append(one.message)
            if one.fix:
                right[one.field] = date.fromisoformat(one.fix)
    if not messages:
        return []
    written = match[0]
    fixed = ""
    if not look() and right["first"] and right["last"]:
        period = f"{_written(written, right['first'])} – {_written(written, right['last'])}"
        fixed = f"{text[: match.start()]}{period}{text[match.end() :]}"
    return [Finding(field, " ".join(messages), fixed)]
