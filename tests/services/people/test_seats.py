"""Seats and staff: given, changed and taken by commands, also two at once, and what follows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.people.people import Role
from chalicelib.services.commands import perform
from chalicelib.services.people import sign_in
from chalicelib.services.privacy import privacy
from chalicelib.services.record.record import verify
from chalicelib.storage import keys
from tests.services.aws import at_once
from tests.services.world import VOTERS

COUNCILOR = {"office": "Councilor", "since": "2026-07-01", "until": "2027-06-30"}
JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


def invite(world, who="rowan", by="staff2", **data):
    given = {**COUNCILOR, "name": "Rowan I.", "email": f"{who}@example.org", **data}
    return world.do(by, "seat.invite", **given)


def seat_of(world, who):
    (seat,) = world.person(who).seats
    return f"{world.person(who).id}/{seat.id}"


def make_room(world, who="budget", last=JUNE):
    """Their seat ends, so that somebody can follow."""
    data = {"last": str(last), "reason": "The term is over."}
    world.do("staff2", "seat.end", seat_of(world, who), **data)


def roles(world, who):
    return world.actor(who).roles


def register(world):
    return world.services.store.seats.register()


def to(world, day):
    world.clock.now = world.clock.now.replace(year=day.year, month=day.month, day=day.day)


# Inviting


def test_somebody_without_an_account_gets_one_a_letter_and_the_seat_from_its_first_day(world):
    make_room(world, "councilor")
    world.deliver_all()
    world.forget_letters()
    invite(world, "newcomer", name="New Comer")
    world.deliver_all()
    (letter,) = world.letters("seat-invited")
    assert letter.to == "newcomer@example.org"
    assert "Councilor" in letter.text
    assert "July 1, 2026 through June 30, 2027" in letter.text
    assert "/sign-in" in letter.text
    # They sign in, by the address alone, and are nobody in particular until the day.
    sign_in.ask_for_link(world.services, "browser", {"email": "newcomer@example.org"})
    world.deliver_all()
    token = world.letters("sign-in")[-1].token
    signed = sign_in.sign_in(world.services, token, "browser", "Firefox")
    assert signed.person.name == "New Comer"
    to(world, JUNE)
    assert Role.BOARD not in roles(world, "newcomer")
    assert "newcomer" not in {p.email[:8] for p in world.services.store.people.board(JUNE)}
    to(world, JULY)
    assert {Role.BOARD, Role.VOTING} <= roles(world, "newcomer")
    assert world.person("newcomer") in world.services.store.people.board(JULY)


def test_a_person_who_is_known_keeps_their_name_and_their_staff_role(world):
    make_room(world, "councilor")
    invite(world, "staff", name="Somebody Else")
    person = world.person("staff")
    assert (person.name, person.staff, len(person.seats)) == ("Imara Vesterholt", True, 1)


def test_the_vote_and_the_chair_are_the_offices_unless_said_otherwise(world):
    make_room(world, "president")
    president = invite(world, office="President").seat
    assert (president.voting, president.presiding) == (True, True)
    director = invite(world, "noor", office="Executive Director", anyway=True).seat
    assert (director.voting, director.presiding) == (False, False)
    make_room(world, "councilor")
    odd = invite(world, "zoe", voting="no", presiding="yes").seat
    assert (odd.voting, odd.presiding) == (False, True)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "rowan@example.org"}, "name"),
        ({"name": "N" * 300}, "name"),
        ({"office": ""}, "office"),
        ({"office": "Chief Wizard"}, "office"),
        ({"since": ""}, "since"),
        ({"since": "soon"}, "since"),
        ({"until": "2026-06-30"}, "until"),
        ({"voting": "perhaps"}, "voting"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_written(world, data, field):
    before = world.dump()
    with pytest.raises(ValidationError) as refused:
        invite(world, **data)
    assert set(refused.value.errors) == {field}
    assert world.dump() == before


def test_more_than_the_policy_foresees_is_asked_about_and_can_be_meant(world):
    with pytest.raises(ValidationError) as refused:
        invite(world)
    words = refused.value.errors["anyway"]
    assert "14 voting seats are filled; there are 13" in words
    assert "hold one office, Councilor, at once" in words
    assert world.person("rowan").seats == ()
    invite(world, anyway=True)
    assert len(world.person("rowan").seats) == 1


# Two at once


def test_two_invited_to_one_office_at_once_are_asked_about_all_the_same(world):
    make_room(world, "councilor")
    results = at_once(lambda: invite(world), lambda: invite(world, "noor"))
    (refused,) = [r for r in results if isinstance(r, Exception)]
    assert "hold one office" in refused.errors["anyway"]
    assert len(world.events("BOARD#seats")) == 2


def test_one_person_invited_twice_at_once_has_one_account_and_one_seat(world):
    make_room(world, "councilor")
    make_room(world, "budget")
    results = at_once(
        lambda: invite(world, "newcomer"),
        lambda: invite(world, "newcomer", office="Budget & Finance Chair"),
    )
    (refused,) = [r for r in results if isinstance(r, Exception)]
    assert "nobody has two seats at once" in refused.errors["since"]
    assert len(world.person("newcomer").seats) == 1


def test_a_vote_opened_while_a_seat_ends_goes_to_those_who_sit_after_that(world):
    """The seat's end comes through, and the opening, which had read the Board before, is decided
    anew: whichever is written first, the electorate is what the register says."""
    world.at("seconded")
    yesterday = world.services.today() - timedelta(days=1)

    def ends():
        make_room(world, "director8", yesterday)

    def opens():
        world.do("president", "motion.open", world.motion_id)

    results = at_once(opens, ends)
    assert not [r for r in results if isinstance(r, Exception)]
    electorate = {e.person_id for e in world.motion.electorate}
    opened, ended = world.motion.opened_at, world.events("BOARD#seats")[-1].at
    assert opened == ended
    # The clock stands still: the order is that of the writes, and either one is whole.
    assert len(electorate) in {12, 13}
    assert (world.person("director8").id in electorate) is (len(electorate) == 13)


def test_the_electorate_is_read_anew_when_a_seat_is_given_before_the_vote_is_opened(world):
    world.at("seconded")
    services, motion = world.services, world.motion_id
    original = services.store.seats.require
    came = []

    def require(unit, known):
        original(unit, known)
        if not came:
            came.append(True)
            make_room(world, "director8", services.today() - timedelta(days=1))

    services.store.seats.require = require
    try:
        world.do("president", "motion.open", motion)
    finally:
        services.store.seats.require = original
    assert world.person("director8").id not in {e.person_id for e in world.motion.electorate}
    assert len(world.motion.electorate) == 12


# A vote while terms change


def vote_over_the_turn_of_the_year(world):
    """A vote that is open on the last day of some terms, and after it."""
    world.at("seconded")
    to(world, JUNE)
    for who in ("director1", "director2", "president", "vice-president"):
        make_room(world, who)
    chair = {"office": "President", "since": str(JULY), "until": "2027-06-30"}
    invite(world, "vice-president", **chair)
    invite(world, "rowan", office="Director-at-Large 1", since=str(JULY))
    world.do("staff", "motion.open", world.motion_id)
    world.vote("director1", "yes")
    world.vote("vice-president", "no")
    to(world, JULY)


def test_who_left_the_board_votes_no_more_and_their_ballot_stands(world):
    vote_over_the_turn_of_the_year(world)
    for who in ("director1", "director2"):
        with pytest.raises(NotAllowedError, match=r"ended on June 30, 2026\. A ballot you cast"):
            world.vote(who, "no")
    (first, _) = sorted(world.services.store.board.ballots(world.motion_id), key=lambda b: b.office)
    assert (first.person_id, first.choice) == (world.person("director1").id, "yes")
    world.do("vice-president", "motion.close", world.motion_id)
    world.do("vice-president", "motion.announce", world.motion_id)
    assert (world.motion.tally.yes, world.motion.tally.no) == (1, 1)


def test_who_goes_on_in_another_seat_votes_on_under_the_office_that_the_electorate_has(world):
    vote_over_the_turn_of_the_year(world)
    world.vote("vice-president", "yes")
    ballot = world.services.store.board.ballot(world.motion_id, world.person("vice-president").id)
    assert (ballot.choice, ballot.office) == ("yes", "Vice-President/President-Elect")


def test_who_comes_new_during_a_vote_is_not_in_it(world):
    vote_over_the_turn_of_the_year(world)
    assert Role.VOTING in roles(world, "rowan")
    with pytest.raises(NotAllowedError, match="when this vote opened"):
        world.vote("rowan", "yes")
    world.do("staff", "motion.close", world.motion_id)
    close = world.events(keys.motion(world.motion_id))[-1]
    sitting = {name for _, name, _ in close.data["seats_at_close"]}
    assert "Rowan Ibarra" in sitting
    assert "Tomasz Wierzbicki-Hall" not in sitting
    assert len(world.motion.electorate) == len(VOTERS)


# Changing and ending


def test_a_changed_term_is_told_and_holds(world):
    target = seat_of(world, "councilor")
    world.do("staff2", "seat.change", target, **{**COUNCILOR, "since": "2024-07-01"}, anyway=True)
    world.deliver_all()
    (letter,) = world.letters("seat-changed")
    assert "It was: Councilor; no end; with a vote." in letter.text
    assert "July 1, 2024 through June 30, 2027" in letter.text
    (seat,) = world.person("councilor").seats
    assert seat.since == date(2024, 7, 1)
    with pytest.raises(ConflictError, match="Nothing was changed"):
        world.do("staff2", "seat.change", target, **{**COUNCILOR, "since": "2024-07-01"})


def test_a_seat_that_ends_stays_with_its_person_and_its_roles_go_with_its_last_day(world):
    make_room(world, "councilor")
    world.deliver_all()
    (letter,) = world.letters("seat-ended")
    assert "The term is over." in letter.text
    to(world, JUNE)
    assert Role.VOTING in roles(world, "councilor")
    to(world, JULY)
    assert Role.BOARD not in roles(world, "councilor")
    (seat,) = world.person("councilor").seats
    assert (seat.until, seat.reason) == (JUNE, "The term is over.")


def test_nobody_is_written_to_where_staff_say_so(world):
    data = {"last": "2026-03-02", "reason": "Died on March 1.", "silent": True}
    world.do("staff2", "seat.end", seat_of(world, "councilor"), **data)
    world.deliver_all()
    assert world.letters("seat-ended") == []


def test_the_packets_letter_goes_to_those_who_sit_on_that_day(world):
    world.at("scheduled")
    make_room(world, "director8", world.services.today() - timedelta(days=1))
    world.deliver_all()
    world.forget_letters()
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    told = {who for _, who in world.told("packet-published")}
    assert "director8" not in told
    assert "director7" in told
    assert len(told) == 13


# Staff


def test_an_administrator_makes_and_unmakes_staff_with_a_letter(world):
    person = {"name": "Jo Ant", "email": "jo@example.org"}
    world.do("staff", "staff.grant", **person, role="staff")
    assert Role.STAFF in roles(world, "jo")
    assert Role.ADMIN not in roles(world, "jo")
    world.do("staff", "staff.grant", **person, role="administrator")
    assert Role.ADMIN in roles(world, "jo")
    world.do("jo", "staff.revoke", world.person("staff").id)
    world.deliver_all()
    assert world.told("staff-granted", "staff-revoked") == [
        ("staff-granted", "jo"),
        ("staff-granted", "jo"),
        ("staff-revoked", "staff"),
    ]
    assert Role.STAFF not in roles(world, "staff")
    on_staff = {p.id for p in world.services.store.people.staff()}
    assert on_staff == {world.person("jo").id, "staff2"}
    with pytest.raises(ValidationError, match="another look"):
        world.do("jo", "staff.grant", **person, role="wizard")


def test_the_last_administrator_cannot_lose_it(world):
    with pytest.raises(ConflictError, match="last administrator"):
        world.do("staff", "staff.revoke", "staff1")
    own = {"name": "Imara", "email": "staff@example.org", "role": "staff"}
    with pytest.raises(ConflictError, match="last administrator"):
        world.do("staff", "staff.grant", **own)
    assert Role.ADMIN in roles(world, "staff")


def test_of_two_administrators_who_unmake_each_other_at_once_one_stays(world):
    data = {"name": "T", "email": "staff2@example.org", "role": "administrator"}
    world.do("staff", "staff.grant", **data)
    first, second = world.actor("staff"), world.actor("staff2")
    results = at_once(
        lambda: perform(world.services, first, "staff.revoke", "staff2"),
        lambda: perform(world.services, second, "staff.revoke", "staff1"),
    )
    (refused,) = [r for r in results if isinstance(r, Exception)]
    assert "last administrator" in str(refused)
    assert sum(p.admin for p in world.services.store.people.staff()) == 1


# The record


def test_the_record_is_one_chain_without_an_address(world):
    make_room(world, "councilor")
    invite(world, "newcomer", name="New Comer")
    world.do("staff2", "seat.change", seat_of(world, "newcomer"), **{**COUNCILOR, "voting": "no"})
    data = {"name": "Jo Ant", "email": "jo@example.org"}
    world.do("staff", "staff.grant", **data, role="staff")
    world.do("staff", "staff.revoke", world.person("jo").id)
    events = world.events("BOARD#seats")
    assert [e.command for e in events] == [
        "end-seat",
        "give-seat",
        "change-seat",
        "grant-staff",
        "revoke-staff",
    ]
    assert register(world).head == events[-1].digest
    assert "@" not in str([event.data for event in events])
    assert set(register(world).holders) == {
        world.person(who).id for who in ("councilor", "newcomer", "jo")
    }


def test_the_history_is_read_in_pages_newest_first(world):
    make_room(world, "councilor")
    invite(world)
    make_room(world, "budget")
    seats = world.services.store.seats
    assert [e.sequence for e in seats.history(limit=2)] == [3, 2]
    assert [e.sequence for e in seats.history(before=2, limit=2)] == [1]
    assert seats.history(before=1) == []


def test_holders_are_found_though_the_list_does_not_have_them_yet(world, monkeypatch):
    """The index of people may lag behind the table."""
    make_room(world, "councilor")
    invite(world)
    people = world.services.store.people
    monkeypatch.setattr(people, "_listed", lambda: iter(()))
    known = register(world).holders
    assert {p.id for p in people.seated(known)} == {"board05", world.person("rowan").id}
    assert [p.id for p in people.board(JULY, known)] == [world.person("rowan").id]


def altered(world, who, **changes):
    """Somebody changes a person in the table, behind the record's back."""
    person = world.person(who)
    unit = world.services.store.transaction()
    world.services.store.people.save(unit, replace(person, version=person.version + 1, **changes))
    unit.commit()


def test_the_register_is_proved_with_the_rest_of_the_record(world):
    make_room(world, "councilor")
    invite(world)
    world.do("staff", "staff.grant", name="Jo", email="jo@example.org", role="staff")
    untouched = verify(world.services.store, None)
    assert untouched.problems == []
    assert "board/seats" in untouched.heads
    (seat,) = world.person("rowan").seats
    altered(world, "rowan", seats=(replace(seat, until=date(2036, 6, 30)),))
    altered(world, "jo", admin=True)
    # A name of one's own may be changed: the record keeps the one that it was given under.
    altered(world, "councilor", name="Another Name")
    wrong = [str(problem) for problem in verify(world.services.store, None).problems]
    assert sorted(wrong) == [
        "board/seats: a seat of Rowan Ibarra (Councilor) is not what the record says of it.",
        "board/seats: whether Jo is on the staff is not what the record says.",
    ]


def test_an_altered_step_of_the_register_is_found(world):
    make_room(world, "councilor")
    invite(world)
    pk, _ = keys.REGISTER
    step = world.item(pk, keys.event(1, "end-seat"))
    step.body = {**step.body, "actor_name": "Somebody Else"}
    world.put(step)
    (problem, *_) = verify(world.services.store, None).problems
    assert str(problem).startswith("board/seats, step 1: “end-seat” was altered")


def test_who_had_their_data_erased_is_no_contradiction(world):
    data = {"last": str(world.services.today() - timedelta(days=1)), "reason": "Moved."}
    world.do("staff2", "seat.end", seat_of(world, "councilor"), **data)
    world.do("councilor", "data.ask-erasure")
    privacy.erase(world.services, world.actor("staff"), "board05")
    assert world.services.store.people.get("board05").seats == ()
    assert verify(world.services.store, None).problems == []
