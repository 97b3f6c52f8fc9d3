"""Dates in the association's zone. Everything is stored in UTC; callers pass the clock in."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(moment: datetime, zone: str) -> date:
    """The calendar day of `moment` in the association's zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """23:59:59 of `day` in the zone, in UTC: deadlines fall at the end of a day, not mid-day."""
    # Where clocks go back at midnight that second comes twice; the day ends with the later one.
    return datetime.combine(day, time(23, 59, 59, fold=1), ZoneInfo(zone)).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """The first moment of `day` in the zone, in UTC."""
    return from_local(day, time(), zone)


def from_local(day: date, clock: time, zone: str) -> datetime:
    """A wall-clock time in the zone as UTC. A time that the clocks skip moves forward."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def add_days(moment: datetime, days: int, zone: str) -> datetime:
    """The end of the day that lies `days` after `moment`'s day in the zone."""
    return end_of_day(local_date(moment, zone) + timedelta(days=days), zone)


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February in a common year."""
    year = day.year + years
    last = calendar.monthrange(year, day.month)[1]
    return day.replace(year=year, day=min(day.day, last))


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier, below 0); the last of a month that is too
    short for it: a month after January 31 is February 28 or 29.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def last_day(start: date, years: int) -> date:
    """The last day of a term of so many years that begins on `start`."""
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:
        # Begun on 29 February, and there is none in the year that the term ends.
        return date(start.year + years, 2, 28)


def long_date(day: date) -> str:
    """`January 26, 2024`."""
    return f"{calendar.month_name[day.month]} {day.day}, {day.year}"


def clock_time(moment: datetime) -> str:
    """`1:05 p.m.`, from a moment that is already in the zone to show."""
    half = "a.m." if moment.hour < 12 else "p.m."
    return f"{moment.hour % 12 or 12}:{moment.minute:02d} {half}"


def long_moment(moment: datetime, zone: str) -> str:
    """`January 26, 2024, 1:00 p.m. CST`, in the association's zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{long_date(local.date())}, {clock_time(local)} {local.tzname()}"
