"""The yearly check-in: when it is put, to whom, what it asks, and how it is put right."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups import check_in
from chalicelib.domain.groups.group import CheckIn, State
from chalicelib.domain.record.record import digest_of_row, row
from tests.domain.builders import POLICY, TEXT, act, chicago, ended, in_renewal, living, on

YEAR = date(2025, 6, 30)


def answer(**others):
    """A group's answer for the year that ends in June 2025."""
    given = {"year_ends": YEAR, "active": True, "meetings": 4, "participants": 30}
    return CheckIn(**(given | others))


def answer_on(day, group=None, **others):
    """The group and the event once a convener has answered on a day."""
    return check_in.check_in(group or living(), answer(**others), POLICY, act(at=on(day)))


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2025, 4, 30), None),
        (date(2025, 5, 1), YEAR),
        (date(2025, 6, 30), YEAR),
        (date(2025, 7, 1), None),
        (date(2026, 5, 1), date(2026, 6, 30)),
    ],
)
def test_the_question_waits_from_may_to_the_years_end(today, year):
    assert check_in.open_year(living(), today, POLICY) == year


@pytest.mark.parametrize(
    ("since", "first"),
    [
        (date(2024, 1, 2), date(2024, 6, 30)),  # 120 days before May 1
        (date(2024, 1, 3), date(2025, 6, 30)),
        (date(2024, 6, 30), date(2025, 6, 30)),
    ],
)
def test_a_young_group_is_asked_in_the_next_year(since, first):
    group = living(since=on(since))
    years = [date(y, 6, 30) for y in (2024, 2025) if check_in.asked(group, date(y, 6, 30), POLICY)]
    assert years[0] == first


def test_a_young_group_cannot_answer_either():
    group = living(since=on(date(2025, 3, 1)))
    with pytest.raises(ConflictError, match="too young"):
        answer_on(date(2025, 5, 10), group)


def test_where_nobody_noted_the_beginning_the_first_charge_tells_it():
    group = living(since=None)
    first = replace(group.charge, effective_on=date(2025, 3, 1))
    assert not check_in.asked(replace(group, charge=first), YEAR, POLICY)
    # A renewal makes no young group of an old one.
    second = replace(first, number=2)
    assert check_in.asked(replace(group, charge=second), YEAR, POLICY)


def test_a_group_that_has_ended_is_not_asked():
    group = ended("dissolved")
    assert not check_in.asked(group, date(2027, 6, 30), POLICY)
    with pytest.raises(ConflictError):
        answer_on(date(2027, 5, 10), group, year_ends=date(2027, 6, 30))


def test_a_group_in_renewal_is_asked_all_the_same():
    group = in_renewal(date(2026, 8, 1))
    found, _ = answer_on(date(2027, 5, 10), group, year_ends=date(2027, 6, 30))
    assert found.state == State.IN_RENEWAL


def test_an_answer_is_kept_and_ends_the_reminders_of_its_year():
    told = ("check-in-2025-06-30:open", "check-in-2025-06-30:7", "renewal-1:end-180")
    found, event = answer_on(date(2025, 5, 28), living(told=told), for_board="More rooms, please.")
    assert found.checked_in == answer(for_board="More rooms, please.")
    assert (found.check_ins, found.told) == (1, ("renewal-1:end-180",))
    assert not check_in.asked(found, YEAR, POLICY)
    assert check_in.asked(found, date(2026, 6, 30), POLICY)
    assert (event.command, event.before, event.after) == ("check-in", "active", "active")
    assert event.data == {
        "year_ends": "2025-06-30",
        "active": True,
        "meetings": 4,
        "participants": 30,
        "kept": {"check-in/1": digest_of_row(row(found.checked_in))},
    }


def test_an_answer_is_put_right_until_the_years_end():
    first, _ = answer_on(date(2025, 5, 2))
    second, _ = answer_on(date(2025, 6, 30), first, meetings=5)
    assert (second.checked_in.meetings, second.check_ins) == (5, 2)
    with pytest.raises(ConflictError, match="not open"):
        answer_on(date(2025, 7, 1), second, meetings=6)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2025, 4, 30), YEAR),  # too early
        (date(2025, 7, 1), YEAR),  # the year is over
        (date(2025, 5, 10), date(2024, 6, 30)),
        (date(2025, 5, 10), date(2026, 6, 30)),
        (date(2025, 5, 10), date(2025, 6, 29)),
    ],
)
def test_no_other_year_is_answered(day, year):
    with pytest.raises(ConflictError, match="not open"):
        answer_on(day, year_ends=year)


def test_the_year_ends_at_midnight_in_the_associations_zone():
    late = act(at=chicago(2025, 6, 30, 23, 59, 59))
    assert check_in.check_in(living(), answer(), POLICY, late)[0].check_ins == 1
    with pytest.raises(ConflictError):
        check_in.check_in(living(), answer(), POLICY, act(at=chicago(2025, 7, 1)))


@pytest.mark.parametrize(
    ("field", "fits", "over", "words"),
    [
        ("meetings", 400, 401, "from 0 to 400"),
        ("meetings", 0, -1, "from 0 to 400"),
        ("participants", 100_000, 100_001, "from 0 to 100000"),
        ("participants", 0, -1, "from 0 to 100000"),
        ("for_board", "x" * 2000, "x" * 2003, "Shorten this by 3 characters; 2000 fit."),
        ("next_convener", "x" * 200, "x" * 201, "Shorten this by 1 characters; 200 fit."),
    ],
)
def test_what_cannot_be_is_refused_field_by_field(field, fits, over, words):
    assert check_in.problems(answer(**{field: fits}), POLICY) == {}
    with pytest.raises(ValidationError) as refused:
        answer_on(date(2025, 5, 10), **{field: over})
    assert list(refused.value.errors) == [field]
    assert words in refused.value.errors[field]


@pytest.mark.parametrize(
    ("kind", "said", "lacks"),
    [
        ("discussion-group", answer(meetings=0, participants=0), []),
        ("discussion-group", answer(active=False), ["It says that it is no longer active."]),
        ("interest-group", answer(meetings=1, participants=75), []),
        (
            "interest-group",
            answer(meetings=0, participants=74),
            [
                "It held no meeting; one a year is asked for.",
                "It has 74 members; 75 are asked for.",
            ],
        ),
        (
            "interest-group",
            answer(meetings=2, participants=0),
            ["It has no members; 75 are asked for."],
        ),
    ],
)
def test_what_a_group_lacks_of_what_its_kind_asks_for(kind, said, lacks):
    assert check_in.wants(said, living(kind), POLICY) == lacks


def test_a_kind_may_ask_for_several_meetings():
    units = tuple(replace(u, meetings_a_year=3) for u in POLICY.units)
    policy = replace(POLICY, units=units)
    lacks = check_in.wants(answer(meetings=1), living(), policy)
    assert lacks == ["It held one meeting; 3 a year are asked for."]


def test_the_answer_of_a_group_says_nothing_of_its_charge():
    found, _ = answer_on(date(2025, 5, 10))
    assert (found.charge.text, found.charge.number) == (TEXT.charge, 1)
