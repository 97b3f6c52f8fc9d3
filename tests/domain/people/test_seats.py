"""Seats and their terms: what can be, what is asked about first, and what goes on record."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people import seating
from chalicelib.domain.people import seats as rules
from chalicelib.domain.people.people import Person, Role, Seat
from chalicelib.domain.people.seats import Register
from tests.domain.builders import ADA, NOW, POLICY, STAFF, act, staff

TODAY = NOW.date()  # January 26, 2024
DAY = timedelta(days=1)
JUNE, JULY = date(2024, 6, 30), date(2024, 7, 1)
YEAR = (JULY, date(2025, 6, 30))


def seat(office="Councilor", since=JULY, until=None, **more) -> Seat:
    return Seat(office, since=since, until=until, **{"id": f"{office} {since}", **more})


def person(name: str, *seats: Seat) -> Person:
    return Person(id=name.lower(), name=name, email=f"{name.lower()}@example.org", seats=seats)


def give(who: Person, new: Seat, others=(), anyway=False, register=None):
    everyone = [*others, who]
    return rules.give(register or Register(), everyone, who, new, anyway, POLICY, staff())


def full_board(last: date | None = None) -> list[Person]:
    titles = [title for office in POLICY.offices(TODAY) for title in office.titles]
    return [
        person(
            f"M{n}",
            seat(title, date(2023, 7, 1), last, voting=title != "Executive Director"),
        )
        for n, title in enumerate(titles)
    ]


# Giving


def test_a_seat_is_given_and_the_record_says_who_gave_which_to_whom():
    made = give(ADA, seat(until=YEAR[1]))
    assert made.person.seats == (seat(until=YEAR[1]),)
    assert made.person.version == ADA.version + 1
    assert made.register.version == 1
    assert made.register.holders == (ADA.id,)
    event = made.event
    assert (event.subject, event.sequence, event.command) == ("board/seats", 1, "give-seat")
    assert (event.actor_name, event.actor_role) == (STAFF.name, Role.STAFF)
    assert event.data["name"] == "Ada Fell"
    assert (event.data["since"], event.data["until"]) == ("2024-07-01", "2025-06-30")
    assert "@" not in str(event.data)
    again = give(person("Bo"), seat("Past President"), register=made.register)
    assert (again.event.sequence, again.event.previous) == (2, event.digest)


def test_a_vice_president_can_be_given_the_presidents_seat_that_comes_after():
    vice = seat("Vice-President/President-Elect", date(2023, 7, 1), JUNE)
    who = person("Kofi", vice)
    made = give(who, seat("President", *YEAR, presiding=True))
    assert [s.office for s in made.person.seats] == [vice.office, "President"]
    assert made.person.seat_on(JUNE) == vice
    assert made.person.seat_on(JULY).presiding


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (seat("Chief Wizard"), "office"),
        (seat(until=JULY - DAY), "until"),
        (seat("President", JUNE, JULY), "since"),  # on its first day they are vice-president
        (seat("President", date(2020, 1, 1), None), "since"),
    ],
)
def test_what_cannot_be_names_its_field(new, field):
    who = person("Kofi", seat("Vice-President/President-Elect", date(2023, 7, 1), JUNE))
    with pytest.raises(ValidationError) as refused:
        give(who, new, anyway=True)
    assert set(refused.value.errors) == {field}


def test_two_in_one_office_at_once_are_asked_about_first():
    holder = person("Bo", seat(since=date(2021, 7, 1), until=JULY))
    with pytest.raises(ValidationError) as refused:
        give(ADA, seat(until=YEAR[1]), [holder])
    words = refused.value.errors["anyway"]
    assert "From July 1, 2024, Ada Fell and Bo hold one office, Councilor, at once." in words
    assert give(ADA, seat(until=YEAR[1]), [holder], anyway=True).person.seats
    # From the day after, nothing is to be asked.
    assert give(ADA, seat(since=JULY + DAY, until=YEAR[1]), [holder]).person.seats


def test_a_fourteenth_voting_seat_is_asked_about_first():
    board = full_board()
    extra = Seat("Executive Director", voting=True, since=JULY, id="x")
    board[-1] = replace(board[-1], seats=(replace(board[-1].seats[0], until=JUNE),))
    with pytest.raises(ValidationError) as refused:
        give(ADA, extra, board)
    words = "From July 1, 2024, 14 voting seats are filled; there are 13."
    assert words in refused.value.errors["anyway"]
    assert give(ADA, replace(extra, voting=False), board).person.seats


def test_what_was_too_much_before_is_not_asked_about_again():
    pair = [person("Bo", seat(since=TODAY)), person("Cy", seat(since=TODAY))]
    assert give(ADA, seat("Past President", until=YEAR[1]), pair).person.seats


@pytest.mark.parametrize(("until", "asked"), [(YEAR[1], False), (YEAR[1] + DAY, True)])
def test_a_term_longer_than_that_of_the_office_is_asked_about(until, asked):
    new = seat("President", JULY, until)
    if not asked:
        assert give(ADA, new).person.seats
        return
    with pytest.raises(ValidationError, match="need another look") as refused:
        give(ADA, new)
    assert "lasts 1 year, and this one is longer" in refused.value.errors["anyway"]


# Changing and ending


def changed(who: Person, old: Seat, new: Seat, others=(), anyway=False):
    return rules.change(Register(), [*others, who], who, old, new, anyway, POLICY, staff())


def test_a_changed_seat_keeps_its_place_and_the_record_has_both():
    old = seat(until=YEAR[1])
    made = changed(person("Bo", old), old, replace(old, id="other", until=JULY, presiding=True))
    assert made.seat == replace(old, until=JULY, presiding=True)
    assert made.person.seats == (made.seat,)
    data = made.event.data
    assert (data["from"]["until"], data["to"]["until"]) == ("2025-06-30", "2024-07-01")
    with pytest.raises(ConflictError, match="Nothing was changed"):
        changed(person("Bo", old), old, old)


def test_an_office_that_is_no_more_can_be_kept_and_not_be_given():
    old = seat("Secretary", date(2020, 7, 1), JUNE)
    assert changed(person("Bo", old), old, replace(old, until=JULY)).seat.until == JULY
    with pytest.raises(ValidationError):
        give(ADA, old)


def test_a_seat_is_ended_by_a_day_with_a_reason():
    old = seat(since=date(2023, 7, 1), until=JUNE)
    last = TODAY + 10 * DAY
    made = rules.end(Register(), person("Bo", old), old, last, "Moved.", POLICY, staff())
    assert (made.seat.until, made.seat.reason) == (last, "Moved.")
    assert made.seat.held_on(last)
    assert not made.seat.held_on(last + DAY)
    assert made.event.data["reason"] == "Moved."


def test_a_seat_ended_before_its_first_day_was_never_taken_up():
    old = seat(until=YEAR[1])
    made = rules.end(Register(), person("Bo", old), old, TODAY, "Declined.", POLICY, staff())
    assert (made.seat.since, made.seat.until) == (JULY, JUNE)
    assert "never taken up" in rules.term_in_words(made.seat)
    days = [JULY + n * DAY for n in range(-400, 400)]
    assert not any(made.seat.held_on(day) for day in days)
    # Their place is free for another.
    assert give(ADA, seat(until=YEAR[1]), [made.person]).person.seats


@pytest.mark.parametrize(
    ("last", "reason", "field"),
    [
        (JUNE + DAY, "Longer.", "last"),
        (TODAY, "", "reason"),
        (TODAY, "See bo@example.org for it.", "reason"),
    ],
)
def test_an_end_that_cannot_be_names_its_field(last, reason, field):
    old = seat(since=date(2023, 7, 1), until=JUNE)
    with pytest.raises(ValidationError) as refused:
        rules.end(Register(), person("Bo", old), old, last, reason, POLICY, staff())
    assert set(refused.value.errors) == {field}


def test_what_is_over_is_not_ended_again():
    old = seat(since=date(2020, 7, 1), until=TODAY - DAY)
    with pytest.raises(ConflictError, match="ended already"):
        rules.end(Register(), person("Bo", old), old, TODAY, "Late.", POLICY, staff())


# Staff

ADMIN = Person(id="al", name="Al Byrne", email="al@example.org", staff=True, admin=True)


def admin():
    return act(ADMIN, Role.ADMIN)


def test_staff_are_made_and_unmade_on_record():
    made = rules.grant(Register(), [ADMIN], ADA, False, admin())
    assert (made.person.staff, made.person.admin) == (True, False)
    assert (made.event.command, made.event.data["admin"]) == ("grant-staff", False)
    more = rules.grant(made.register, [ADMIN, made.person], made.person, True, admin())
    assert more.person.admin
    gone = rules.revoke(more.register, [ADMIN, more.person], more.person, admin())
    assert not gone.person.staff
    assert not gone.person.admin
    assert gone.event.previous == more.event.digest


@pytest.mark.parametrize("how", ["revoke", "demote"])
def test_the_last_administrator_stays_one(how):
    only = [ADMIN, STAFF]
    take = {
        "revoke": lambda: rules.revoke(Register(), only, ADMIN, admin()),
        "demote": lambda: rules.grant(Register(), only, ADMIN, False, admin()),
    }
    with pytest.raises(ConflictError, match="last administrator"):
        take[how]()
    another = replace(STAFF, admin=True)
    assert not rules.revoke(Register(), [ADMIN, another], ADMIN, admin()).person.admin


def test_who_is_on_the_staff_already_is_not_put_there_again():
    with pytest.raises(ConflictError, match="on the staff already"):
        rules.grant(Register(), [ADMIN, STAFF], STAFF, False, admin())
    with pytest.raises(ConflictError, match="not on the staff"):
        rules.revoke(Register(), [ADMIN], ADA, admin())


# What staff are shown


def test_the_overview_of_a_full_board_has_every_office_in_the_policys_order():
    view = seating.overview(full_board(), POLICY, TODAY)
    assert (view.voting, view.seats, view.vacant, view.concerns) == (13, 13, [], [])
    assert [row.office for row in view.rows][:3] == [
        "President",
        "Vice-President/President-Elect",
        "Past President",
    ]
    assert {row.next for row in view.rows} == {"No end is set"}


def test_the_overview_says_what_comes_next():
    kofi = person(
        "Kofi",
        seat("Vice-President/President-Elect", date(2023, 7, 1), JUNE),
        seat("President", *YEAR),
    )
    cora = person("Cora", seat("Councilor", date(2023, 7, 1), JUNE))
    odalys = person("Odalys", seat("President", date(2023, 7, 1), JUNE))
    late = person("Late", seat("Councilor", JULY + 31 * DAY, YEAR[1]))
    unused = person("Unused", seat("Past President", JULY, JUNE))
    view = seating.overview([kofi, cora, odalys, late, unused], POLICY, TODAY)
    next_by_office = {row.office: row.next for row in view.rows}
    assert next_by_office["President"] == "Kofi from July 1, 2024"
    assert next_by_office["Vice-President/President-Elect"] == "Vacant from July 1, 2024"
    assert next_by_office["Councilor"] == "Vacant from July 1, 2024; Late from August 1, 2024"
    assert next_by_office["Past President"] == "Nobody yet"
    assert "Past President" in view.vacant
    assert "Executive Director" not in view.vacant
    assert view.voting == 3
    assert [held.person.name for held in view.to_come] == ["Unused", "Kofi", "Late"]


def test_seats_that_end_soon_and_seats_that_ended_stand_apart():
    board = [
        person("Soon", seat("Councilor", date(2023, 7, 1), TODAY + 60 * DAY)),
        person("Later", seat("President", date(2023, 7, 1), TODAY + 61 * DAY)),
        person("Gone", seat("Past President", date(2022, 7, 1), TODAY - DAY)),
        person("Today", seat("Budget & Finance Chair", date(2022, 7, 1), TODAY)),
    ]
    view = seating.overview(board, POLICY, TODAY)
    assert [held.person.name for held in view.ending] == ["Today", "Soon"]
    assert [held.person.name for held in view.past] == ["Gone"]


def test_an_office_of_another_time_is_listed_while_somebody_holds_it():
    view = seating.overview([person("Bo", seat("Secretary", TODAY))], POLICY, TODAY)
    assert view.rows[-1].office == "Secretary"


def test_a_form_begins_after_whoever_holds_the_office_or_now():
    kofi = person("Kofi", seat("President", date(2023, 7, 1), JUNE))
    suggest = seating.suggested("President", [kofi], POLICY, TODAY)
    assert (suggest.since, suggest.until) == YEAR
    # A vacancy is filled for what is left of the year.
    vacancy = seating.suggested("Councilor", [kofi], POLICY, TODAY)
    assert (vacancy.since, vacancy.until) == (TODAY, JUNE)
    directors = seating.suggested(
        "Director-at-Large 3",
        [person("Di", seat("Director-at-Large 3", date(2020, 7, 1)))],
        POLICY,
        TODAY,
    )
    assert (directors.since, directors.until) == (JULY, date(2028, 6, 30))


DATES = some.dates(date(2024, 1, 1), date(2025, 12, 31))
TITLES = [title for office in POLICY.offices(TODAY) for title in office.titles]


@some.composite
def boards(draw):
    """Some people, each with one seat in some term."""
    people = []
    for number in range(draw(some.integers(0, 16))):
        since, length = draw(DATES), draw(some.integers(0, 500))
        until = draw(some.sampled_from([None, since + length * DAY]))
        title = draw(some.sampled_from(TITLES))
        voting = draw(some.booleans())
        people.append(person(f"P{number}", seat(title, since, until, voting=voting)))
    return people


@settings(max_examples=150, deadline=None)
@given(boards())
def test_a_concern_is_found_if_and_only_if_some_day_has_it(people):
    """Against looking at every single day."""
    wrong = {}
    for n in range(1400):
        day = TODAY + n * DAY
        held = [p.seat_on(day) for p in people if p.seat_on(day)]
        if sum(s.voting for s in held) > 13:
            wrong.setdefault("", day)
        for title in TITLES:
            if sum(s.office == title for s in held) > 1:
                wrong.setdefault(title, day)
    found = seating.concerns((), people, POLICY, TODAY)
    assert sorted(concern.day for concern in found) == sorted(wrong.values())
