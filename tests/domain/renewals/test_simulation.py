"""Sixty groups over ten years, day by day, with a job that misses days and repeats others.

Whoever looks on works out for himself, from plain facts, what each group should have been told by
each day on which the job ran; nothing of that may be missing, early, or told twice.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from chalicelib.domain.groups.group import term_end
from chalicelib.domain.groups.timetable import What
from chalicelib.domain.times import add_years
from tests.domain.builders import POLICY, convener, living, on
from tests.domain.renewals.expected import Facts
from tests.domain.renewals.simulated import Association

GROUPS, FIRST, YEARS = 60, date(2025, 7, 1), 10
pytestmark = pytest.mark.walk
LONGEST = 40
# Days on which arithmetic goes wrong: leap days, clock changes, and the ends of months and years.
ENDS = (
    date(2028, 2, 29),
    date(2028, 2, 28),
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 6, 30),
    date(2026, 7, 1),
    date(2025, 12, 31),
    date(2027, 1, 31),
    date(2025, 7, 4),  # its renewal opens late
    date(2025, 1, 15),  # its charge ended before the records begin
    None,  # it has no end
)


def founded(number: int, random: Random):
    """One of the groups at the beginning: its charge ends within the first three years."""
    ends = ENDS[number] if number < len(ENDS) else FIRST + timedelta(days=random.randint(1, 1095))
    kind = "interest-group" if number % 3 == 0 else "discussion-group"
    effective = add_years(ends, -3) if ends else date(2020, 2, 29)
    people = 1 if kind == "discussion-group" else 3
    untils = [random.choice((None, term_end(FIRST, POLICY))) for _ in range(people)]
    group = living(kind, conveners=tuple(convener(n, u) for n, u in enumerate(untils, 1)))
    return replace(
        group,
        id=f"group-{number}",
        since=on(effective) if number % 4 else None,
        charge=replace(group.charge, effective_on=effective, ends_on=ends),
    )


def runs_of(days: int, random: Random) -> list[int]:
    """How often the job runs on each day: once mostly, several times, or not, for up to 40 days."""
    runs: list[int] = []
    while len(runs) < days:
        if random.random() < 1 / 180:
            runs += [0] * random.randint(2, LONGEST) + [1]
        else:
            runs.append(random.choices((0, 1, 2, 3), (6, 76, 12, 6))[0])
    return runs[:days]


def longest_gap(runs: list[int]) -> int:
    """The most days in a row on which the job did not run."""
    return max(len(part) for part in "".join("x" if n else "." for n in runs).split("x"))


def lived(seed: int, years: int = YEARS) -> tuple[Association, list[int]]:
    """So many years; after each run of the job nothing may be left out."""
    random = Random(seed)
    here = Association(seed, FIRST)
    days = (add_years(FIRST, years) - FIRST).days
    runs = runs_of(days, random)
    for number in range(GROUPS):
        group = founded(number, random)
        here.facts[group.id] = Facts({}, {})
        here.keep(group)
    for times in runs:
        here.plan_day()
        here.people_act(8)
        for run in range(times):
            here.hour = 12 + run
            before = len(here.letters)
            here.run_job()
            if run == 0:
                # What people do after this run is looked at tomorrow, a meeting they plan as well.
                assert here.left_out() == []
            if run == 1:
                # Run again at once, it finds nothing to do; people act before it runs once more.
                assert len(here.letters) == before
                here.people_act(18)
        here.people_act(19)
        here.next_day()
    return here, runs


def summary_of(here: Association, runs: list[int]) -> str:
    """A short block for whoever reads the tests' output."""
    kinds = Counter(due.what.value for _, _, due in here.letters)
    spoke_for = sum(len(due.names) - 1 for _, _, due in here.letters)
    results = here.results
    lines = [
        f"{GROUPS} groups over {len(runs):,} days; the job ran {sum(runs):,} times, missed "
        f"{runs.count(0)} days (up to {longest_gap(runs)} in a row) and was repeated on "
        f"{sum(1 for n in runs if n > 1)}",
        f"{len(here.letters):,} letters, which spoke for {spoke_for} more: "
        + ", ".join(f"{kinds[what.value]} {what.value}" for what in What),
        f"renewed {results['same']}, changed {results['changed']}, lapsed {results['lapsed']}, "
        f"dissolved {results['dissolved']}, succeeded {results['succeeded']}, merged "
        f"{results['merged']}, dropped {results['dropped']}, revivals asked {results['revivals']}, "
        f"check-ins {results['check-ins']}",
        f"compared with what was to be told: {results['letters compared']:,} things that were, and "
        f"{results['groups compared']:,} times all that a group should know",
    ]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def ten_years() -> tuple[Association, list[int]]:
    """The years that the tests below look back on."""
    return lived(6)


def test_ten_years_of_sixty_groups(ten_years, record_property):
    """Nobody is told anything twice, too early or in vain, nothing is left out, and no group lapses
    before its time: `Association` asserts that with every letter and after every run.
    """
    here, runs = ten_years
    assert len(here.groups) == GROUPS
    assert len(runs) == 3652
    record_property("summary", summary_of(here, runs))


def test_the_years_had_everything_that_may_happen(ten_years):
    """A simulation in which nothing happens shows nothing."""
    here, runs = ten_years
    assert longest_gap(runs) >= 30
    assert sum(1 for n in runs if n > 1) > 300
    happened = here.results
    for result in ("same", "changed", "lapsed", "dissolved", "succeeded", "merged", "dropped"):
        assert happened[result] >= 2, result
    assert happened["revivals"] >= 2
    kinds = Counter(due.what for _, _, due in here.letters)
    assert min(kinds[what] for what in What) >= 10
    assert sum(1 for _, _, due in here.letters if len(due.names) > 1) >= 30


def test_each_thing_is_told_once(ten_years):
    here, _ = ten_years
    told = Counter((slug, name) for _, slug, due in here.letters for name in due.names)
    assert [one for one, times in told.items() if times > 1] == []
    asked = Counter(
        (slug, due.year)
        for _, slug, due in here.letters
        if due.what == What.CHECK_IN and any(name.endswith(":open") for name in due.names)
    )
    assert set(asked.values()) == {1}


def test_whoever_lapsed_had_been_told_of_that_very_day(ten_years):
    """Days that the job missed shift the notice, and with it the lapse."""
    here, runs = ten_years
    ran = {FIRST + timedelta(days=n) for n, times in enumerate(runs) if times}
    assert {day for day, _, _ in here.letters} <= ran
    notices: dict[str, date] = {}
    for day, slug, due in here.letters:
        if due.notice:
            notices[slug] = day
        if due.what == What.LAPSE:
            assert day - notices[slug] >= timedelta(days=10)


@pytest.mark.parametrize("seed", [1, 2])
def test_other_people_and_other_outages_fare_alike(seed):
    here, _ = lived(seed, years=2)
    assert len(here.letters) > GROUPS
