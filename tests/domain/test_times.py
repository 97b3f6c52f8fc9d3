"""Dates and clock times in the association's zone."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from chalicelib.domain import times
from chalicelib.domain.groups import check_in, group
from tests.domain.builders import POLICY

ZONE = "America/Chicago"


def utc(*parts):
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2024, 1, 26), 3, date(2027, 1, 26)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2096, 2, 29), 4, date(2100, 2, 28)),  # 2100 is no leap year
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2024, 12, 31), 1, date(2025, 12, 31)),
        (date(2024, 7, 4), 0, date(2024, 7, 4)),
    ],
)
def test_years_later(day, years, later):
    assert times.add_years(day, years) == later


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2024, 1, 29), 1, date(2024, 2, 29)),
        (date(2100, 1, 31), 1, date(2100, 2, 28)),
        (date(2024, 2, 29), 1, date(2024, 3, 29)),  # the end of a month is not kept
        (date(2024, 3, 31), 1, date(2024, 4, 30)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 12, 31), 1, date(2025, 1, 31)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 1, 31), -2, date(2023, 11, 30)),
        (date(2024, 6, 30), 12, date(2025, 6, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), -48, date(2020, 2, 29)),
        (date(2024, 7, 1), 0, date(2024, 7, 1)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
    ],
)
def test_months_later_or_earlier(day, months, then):
    assert times.add_months(day, months) == then


@pytest.mark.parametrize(
    ("start", "years", "last"),
    [
        (date(2024, 1, 26), 3, date(2027, 1, 25)),
        (date(2024, 7, 1), 1, date(2025, 6, 30)),  # the association's year
        (date(2024, 1, 1), 1, date(2024, 12, 31)),
        (date(2023, 3, 1), 1, date(2024, 2, 29)),  # a term may end on a leap day
        (date(2024, 3, 1), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),  # the day before its own of 2028
        (date(2096, 2, 29), 4, date(2100, 2, 28)),
        (date(2024, 8, 1), 2, date(2026, 7, 31)),
    ],
)
def test_a_term_of_years_ends_on_the_day_before_its_own(start, years, last):
    assert times.last_day(start, years) == last


@pytest.mark.parametrize(
    ("day", "zone", "starts"),
    [
        (date(2024, 1, 26), ZONE, utc(2024, 1, 26, 6, 0)),
        (date(2024, 7, 26), ZONE, utc(2024, 7, 26, 5, 0)),
        # The clocks change at two, after the day has begun.
        (date(2024, 3, 10), ZONE, utc(2024, 3, 10, 6, 0)),
        (date(2024, 3, 11), ZONE, utc(2024, 3, 11, 5, 0)),
        (date(2024, 11, 3), ZONE, utc(2024, 11, 3, 5, 0)),
        (date(2024, 11, 4), ZONE, utc(2024, 11, 4, 6, 0)),
        (date(2024, 2, 29), ZONE, utc(2024, 2, 29, 6, 0)),
        (date(2024, 12, 31), "Pacific/Kiritimati", utc(2024, 12, 30, 10, 0)),
        # In Beirut there was no midnight that day: it began at one.
        (date(2023, 3, 26), "Asia/Beirut", utc(2023, 3, 25, 22, 0)),
    ],
)
def test_a_day_starts_at_its_first_moment_in_the_zone(day, zone, starts):
    assert times.start_of_day(day, zone) == starts
    assert times.start_of_day(day, zone).tzinfo == UTC
    assert times.local_date(starts, zone) == day


@pytest.mark.parametrize("year", [2024, 2026, 2027, 2028])
def test_each_day_follows_the_one_before_without_a_gap(year):
    days = [
        date.fromordinal(n)
        for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    gaps = {
        (times.start_of_day(after, ZONE) - times.end_of_day(day, ZONE)).total_seconds()
        for day, after in itertools.pairwise(days)
    }
    assert gaps == {1.0}


@pytest.mark.parametrize(
    ("day", "zone", "ends"),
    [
        (date(2024, 1, 26), ZONE, utc(2024, 1, 27, 5, 59, 59)),
        (date(2024, 7, 26), ZONE, utc(2024, 7, 27, 4, 59, 59)),
        # The clocks go forward on 10 March and back on 3 November.
        (date(2024, 3, 9), ZONE, utc(2024, 3, 10, 5, 59, 59)),
        (date(2024, 3, 10), ZONE, utc(2024, 3, 11, 4, 59, 59)),
        (date(2024, 11, 2), ZONE, utc(2024, 11, 3, 4, 59, 59)),
        (date(2024, 11, 3), ZONE, utc(2024, 11, 4, 5, 59, 59)),
        (date(2024, 12, 31), "Pacific/Kiritimati", utc(2024, 12, 31, 9, 59, 59)),
        (date(2024, 1, 26), "Asia/Kolkata", utc(2024, 1, 26, 18, 29, 59)),
        # In Beirut the clocks went back at midnight, so that 23:59:59 came twice that evening:
        # the day ends with the second.
        (date(2023, 10, 28), "Asia/Beirut", utc(2023, 10, 28, 21, 59, 59)),
    ],
)
def test_a_day_ends_at_its_last_second_in_the_zone(day, zone, ends):
    assert times.end_of_day(day, zone) == ends
    assert times.end_of_day(day, zone).tzinfo == UTC


@pytest.mark.parametrize(
    ("moment", "days", "ends"),
    [
        (utc(2024, 1, 26, 19, 0), 0, utc(2024, 1, 27, 5, 59, 59)),
        (utc(2024, 1, 26, 19, 0), 7, utc(2024, 2, 3, 5, 59, 59)),
        (utc(2024, 1, 27, 2, 0), 7, utc(2024, 2, 3, 5, 59, 59)),  # still the 26th in Chicago
        (utc(2024, 3, 9, 18, 0), 1, utc(2024, 3, 11, 4, 59, 59)),  # a day of 23 hours
        (utc(2024, 11, 2, 18, 0), 1, utc(2024, 11, 4, 5, 59, 59)),  # a day of 25 hours
        (utc(2024, 2, 28, 18, 0), 1, utc(2024, 3, 1, 5, 59, 59)),
    ],
)
def test_days_later_ends_with_that_day(moment, days, ends):
    assert times.add_days(moment, days, ZONE) == ends


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (utc(2024, 1, 27, 2, 0), ZONE, date(2024, 1, 26)),
        (utc(2024, 1, 27, 5, 59, 59), ZONE, date(2024, 1, 26)),
        (utc(2024, 1, 27, 6, 0), ZONE, date(2024, 1, 27)),
        (utc(2024, 7, 27, 5, 0), ZONE, date(2024, 7, 27)),
        (utc(2023, 12, 31, 23, 30), "Europe/Berlin", date(2024, 1, 1)),
    ],
)
def test_the_day_that_it_is_in_the_zone(moment, zone, day):
    assert times.local_date(moment, zone) == day


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        (date(2024, 1, 26), time(13, 0), utc(2024, 1, 26, 19, 0)),
        (date(2024, 7, 26), time(13, 0), utc(2024, 7, 26, 18, 0)),
        # There is no 2:30 that night: it is taken as 3:30.
        (date(2024, 3, 10), time(2, 30), utc(2024, 3, 10, 8, 30)),
        # There are two: the first is taken.
        (date(2024, 11, 3), time(1, 30), utc(2024, 11, 3, 6, 30)),
    ],
)
def test_a_wall_clock_time_in_the_zone(day, clock, moment):
    assert times.from_local(day, clock, ZONE) == moment


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 0, "12:00 a.m."),
        (0, 5, "12:05 a.m."),
        (1, 0, "1:00 a.m."),
        (11, 59, "11:59 a.m."),
        (12, 0, "12:00 p.m."),
        (12, 30, "12:30 p.m."),
        (13, 5, "1:05 p.m."),
        (23, 59, "11:59 p.m."),
    ],
)
def test_a_time_of_day_in_words(hour, minute, words):
    assert times.clock_time(utc(2024, 1, 26, hour, minute)) == words


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (utc(2024, 1, 26, 19, 0), ZONE, "January 26, 2024, 1:00 p.m. CST"),
        (utc(2024, 7, 5, 4, 59, 59), ZONE, "July 4, 2024, 11:59 p.m. CDT"),
        (utc(2024, 1, 1, 6, 0), ZONE, "January 1, 2024, 12:00 a.m. CST"),
        (utc(2023, 12, 31, 23, 30), "Europe/Berlin", "January 1, 2024, 12:30 a.m. CET"),
    ],
)
def test_a_moment_in_words_names_its_zone(moment, zone, words):
    assert times.long_moment(moment, zone) == words


# ------------------------------------------------------------------ The association's year


@pytest.mark.parametrize(
    ("day", "years", "begins"),
    [
        (date(2024, 6, 30), 0, date(2023, 7, 1)),
        (date(2024, 7, 1), 0, date(2024, 7, 1)),
        (date(2024, 12, 31), 0, date(2024, 7, 1)),
        (date(2025, 1, 1), 0, date(2024, 7, 1)),
        (date(2024, 2, 29), 0, date(2023, 7, 1)),
        (date(2024, 2, 29), 1, date(2024, 7, 1)),
        (date(2024, 7, 1), 1, date(2025, 7, 1)),
        (date(2024, 6, 30), 1, date(2024, 7, 1)),
        (date(2024, 6, 30), 4, date(2027, 7, 1)),
        (date(2024, 7, 1), -1, date(2023, 7, 1)),
    ],
)
def test_the_year_begins_on_the_first_of_july(day, years, begins):
    assert POLICY.terms.year_begins(day, years) == begins


@pytest.mark.parametrize(
    ("month", "first", "day", "begins"),
    [
        (1, 1, date(2024, 12, 31), date(2024, 1, 1)),
        (9, 15, date(2024, 9, 14), date(2023, 9, 15)),
        (3, 1, date(2024, 2, 29), date(2023, 3, 1)),
    ],
)
def test_another_association_has_another_year(month, first, day, begins):
    terms = replace(POLICY.terms, year_month=month, year_day=first)
    assert terms.year_begins(day) == begins


@pytest.mark.parametrize(
    ("day", "years", "ends"),
    [
        (date(2024, 6, 30), 0, date(2024, 6, 30)),
        (date(2024, 7, 1), 0, date(2025, 6, 30)),
        (date(2024, 2, 29), 0, date(2024, 6, 30)),
        (date(2024, 2, 29), 1, date(2025, 6, 30)),
        (date(2024, 7, 1), 2, date(2027, 6, 30)),
        (date(2024, 7, 1), -1, date(2024, 6, 30)),
    ],
)
def test_the_year_ends_on_the_last_of_june(day, years, ends):
    assert check_in.year_end(day, POLICY, years) == ends


def test_where_the_year_begins_in_march_it_ends_on_a_leap_day():
    policy = replace(POLICY, terms=replace(POLICY.terms, year_month=3, year_day=1))
    assert check_in.year_end(date(2023, 5, 1), policy) == date(2024, 2, 29)
    assert check_in.year_end(date(2024, 2, 29), policy) == date(2024, 2, 29)
    assert check_in.year_end(date(2024, 3, 1), policy) == date(2025, 2, 28)


@pytest.mark.parametrize("year", [2024, 2025, 2028])
def test_the_check_in_is_put_on_may_1_and_due_on_may_31_in_every_year(year):
    ends = date(year, 6, 30)
    assert check_in.opens(ends, POLICY) == date(year, 5, 1)
    assert check_in.due(ends, POLICY) == date(year, 5, 31)


@pytest.mark.parametrize(
    ("start", "years", "ends"),
    [
        (date(2024, 7, 1), 1, date(2025, 6, 30)),
        (date(2024, 1, 26), 1, date(2024, 6, 30)),
        (date(2024, 3, 2), 1, date(2024, 6, 30)),  # 120 days are left
        (date(2024, 3, 3), 1, date(2025, 6, 30)),  # 119: too few to settle in
        (date(2025, 3, 2), 1, date(2025, 6, 30)),
        (date(2025, 3, 3), 1, date(2026, 6, 30)),
        (date(2024, 2, 29), 1, date(2024, 6, 30)),
        (date(2024, 6, 30), 1, date(2025, 6, 30)),
        (date(2024, 7, 1), 2, date(2026, 6, 30)),
        (date(2024, 1, 26), 2, date(2025, 6, 30)),
        (date(2024, 6, 1), 2, date(2026, 6, 30)),
    ],
)
def test_a_conveners_term_ends_with_the_associations_year(start, years, ends):
    policy = replace(POLICY, convener_terms=replace(POLICY.convener_terms, years=years))
    assert group.term_end(start, policy) == ends
