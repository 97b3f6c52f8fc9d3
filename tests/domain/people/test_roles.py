"""Who may do what: the table walked, every role against every command."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import NotAllowedError
from chalicelib.domain.people.people import SYSTEM, VISITOR, Actor, Person, Role, Seat, actor_for
from chalicelib.domain.people.roles import TABLE, authorize, may
from tests.domain.builders import ADA, BOARD, DIRECTOR, STAFF, actor

# Written out from the design, a line for each group of people. Everybody is also "anyone".
MAY = {
    Role.ANYONE: "session.request session.begin signature.sign packet.read-public",
    Role.MEMBER: "token.create token.revoke session.end account.edit petition.draft data.read "
    "data.ask-erasure document.send",
    Role.CONVENER: "petition.read-draft petition.edit petition.publish petition.submit "
    "petition.revise petition.withdraw petition.invite petition.remind petition.answer "
    "document.read "
    "group.edit group.invite-convener group.invite-again group.end-convener group.extend-term "
    "group.step-down group.read-conveners group.check-in renewal.read renewal.open renewal.save "
    "renewal.submit renewal.take-back renewal.drop renewal.petition",
    Role.INVITED: "petition.read-draft petition.accept-invitation petition.decline-invitation "
    "group.join group.decline-invitation group.read-conveners",
    Role.SENDER: "document.read document.revise document.withdraw",
    Role.SIGNATORY: "signature.confirm signature.withdraw signature.correct",
    Role.BOARD: "document.comment document.edit-comment document.withdraw-comment document.ask "
    "document.note-read document.recommend board.read document.read packet.read renewal.read",
    Role.VOTING: "docket.pull motion.move motion.second motion.withdraw motion.vote "
    "motion.amend motion.accept-amendment motion.divide "
    "motion.recuse motion.rejoin motion.move-confirmation",
    Role.PRESIDING: "minutes.approve "
    "meeting.set-agenda meeting.begin meeting.note-attendance meeting.adjourn "
    "consent.adopt petition.return motion.open motion.close motion.announce motion.postpone "
    "motion.call-virtual motion.extend-vote motion.void motion.hold-anew "
    "motion.put-for-confirmation",
    Role.STAFF: "minutes.write minutes.edit minutes.distribute minutes.approve "
    "document.read document.acknowledge document.number document.edit "
    "document.revise document.withdraw "
    "document.comment document.edit-comment document.withdraw-comment document.ask "
    "document.note-read document.name-liaison "
    "meeting.change meeting.cancel meeting.call-for-items meeting.set-agenda "
    "meeting.post meeting.grant-extension meeting.begin meeting.note-attendance meeting.adjourn "
    "docket.add docket.edit docket.remove docket.move docket.change-section consent.adopt "
    "data.erase data.refuse petition.mend-count "
    "petition.correct petition.verify petition.reject petition.schedule petition.return "
    "petition.pause petition.resume signature.release signature.ask signature.note-seen "
    "signature.undo signature.bulk signature.bulk-undo "
    "signature.settle signature.read-private roster.read roster.import board.read meeting.plan "
    "packet.publish packet.read packet.read-annex "
    "motion.open motion.close motion.announce motion.postpone "
    "motion.call-virtual motion.extend-vote motion.void motion.hold-anew "
    "motion.put-for-confirmation "
    "block.add block.lift mailbox.try-again staff.read seat.invite seat.change seat.end "
    "group.edit group.name-liaison group.invite-convener group.invite-again group.end-convener "
    "group.extend-term group.read-conveners group.check-in group.import renewal.read renewal.open "
    "renewal.save renewal.submit renewal.drop renewal.return renewal.schedule renewal.accept "
    "renewal.remind "
    "webhook.read webhook.add webhook.end webhook.test webhook.send-again",
    Role.ADMIN: "staff.grant staff.revoke",
    Role.SYSTEM: "meeting.remind document.publish document.tell-late "
    "petition.anonymise petition.forget-convener signature.anonymise "
    "data.finish-erasure petition.reach-threshold petition.expire packet.render signature.rematch "
    "signature.bulk-decide signature.bulk-revert signature.remind motion.keep-time "
    "group.keep-time group.forget-convener staff.found mailbox.note",
}


def test_every_role_with_every_command(record_property):
    pairs = [(role, command) for role in Role for command in TABLE]
    for role, command in pairs:
        alone = Actor(ADA, frozenset({role}))
        if command in MAY[role].split():
            assert may(alone, command), (role, command)
            assert authorize(alone, command) == role
            continue
        assert not may(alone, command), (role, command)
        with pytest.raises(NotAllowedError) as refused:
            authorize(alone, command)
        if command not in MAY[Role.ANYONE].split():
            assert re.fullmatch(r"Only \S.*\S can do this\.", refused.value.message), command
    record_property("summary", f"{len(pairs)} pairs of {len(Role)} roles and {len(TABLE)} commands")


def test_the_table_above_knows_every_command():
    assert {command for line in MAY.values() for command in line.split()} == set(TABLE)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("motion.vote", "Only voting members of the Board can do this."),
        ("petition.verify", "Only staff can do this."),
        ("petition.return", "Only staff and the presiding officer can do this."),
        ("petition.edit", "Only the petition's conveners can do this."),
        ("petition.draft", "Only people who have signed in can do this."),
    ],
)
def test_a_refusal_says_who_may(command, words):
    with pytest.raises(NotAllowedError) as refused:
        authorize(VISITOR, command)
    said = refused.value.message.removeprefix("Only ").removesuffix(" can do this.")
    wanted = words.removeprefix("Only ").removesuffix(" can do this.")
    assert sorted(said.split(" and ")) == sorted(wanted.split(" and "))


# Real people, who hold several roles.
PRESIDENT = BOARD[0]
DIRECTOR_AT_LARGE = BOARD[4]
ADMIN = Person(id="al", name="Al Byrne", email="al@example.org", admin=True)
CHAIR_WITHOUT_VOTE = Person(
    id="ch",
    name="Ch Or",
    email="ch@example.org",
    seats=(Seat("Chair", voting=False, presiding=True),),
)


@pytest.mark.parametrize(
    ("who", "allowed", "refused"),
    [
        pytest.param(
            VISITOR,
            "signature.sign session.request",
            "petition.draft board.read packet.read staff.read motion.vote signature.read-private "
            "signature.confirm session.end",
            id="visitor",
        ),
        pytest.param(
            actor(ADA),
            "petition.draft signature.sign account.edit",
            "petition.edit petition.read-draft petition.verify board.read packet.read motion.vote "
            "roster.read signature.read-private",
            id="member",
        ),
        pytest.param(
            actor(ADA).having(Role.CONVENER),
            "petition.edit petition.publish petition.submit petition.withdraw petition.revise",
            "petition.verify petition.return petition.reject petition.schedule petition.expire "
            "signature.settle signature.read-private roster.read",
            id="convener",
        ),
        pytest.param(
            actor(STAFF),
            "petition.verify petition.schedule petition.return roster.import signature.settle "
            "signature.read-private board.read motion.open motion.close motion.announce",
            "motion.vote motion.move motion.second motion.withdraw petition.edit petition.publish "
            "staff.grant staff.revoke petition.submit petition.withdraw petition.read-draft "
            "signature.confirm signature.withdraw petition.reach-threshold petition.expire",
            id="staff",
        ),
        pytest.param(
            actor(ADMIN),
            "petition.verify roster.import staff.read seat.invite staff.grant staff.revoke",
            "motion.vote petition.edit petition.read-draft signature.confirm",
            id="administrator",
        ),
        pytest.param(
            actor(DIRECTOR_AT_LARGE),
            "motion.move motion.second motion.vote board.read packet.read petition.draft",
            "motion.open motion.close motion.announce motion.postpone petition.return staff.read "
            "signature.read-private roster.read packet.publish",
            id="director-at-large",
        ),
        pytest.param(
            actor(PRESIDENT),
            "motion.vote motion.open motion.close motion.announce petition.return",
            "petition.verify petition.reject petition.schedule roster.import "
            "signature.read-private staff.read",
            id="president",
        ),
        pytest.param(
            actor(DIRECTOR),
            "board.read packet.read",
            "motion.move motion.second motion.vote motion.withdraw motion.open petition.return",
            id="executive-director",
        ),
        pytest.param(
            actor(CHAIR_WITHOUT_VOTE),
            "board.read motion.open motion.announce",
            "motion.move motion.second motion.vote",
            id="chair-without-a-vote",
        ),
        pytest.param(
            SYSTEM,
            "petition.expire petition.reach-threshold packet.render signature.rematch",
            "petition.verify petition.edit motion.vote motion.announce signature.settle",
            id="scheduled-job",
        ),
    ],
)
def test_what_real_people_may_do(who, allowed, refused):
    assert [c for c in allowed.split() if not may(who, c)] == []
    assert [c for c in refused.split() if may(who, c)] == []


# Terms


@pytest.mark.parametrize(("days", "seated"), [(-1, True), (0, True), (1, False), (400, False)])
@pytest.mark.parametrize("voting", [True, False])
def test_a_seat_gives_its_roles_until_the_last_day_of_its_term(days, seated, voting):
    last = date(2024, 6, 30)
    person = Person(
        id="b", name="B", email="b@example.org", seats=(Seat("Past president", voting, True, last),)
    )
    roles = actor_for(person, last + timedelta(days=days)).roles
    assert (Role.BOARD in roles) is seated
    assert (Role.PRESIDING in roles) is seated
    assert (Role.VOTING in roles) is (seated and voting)
    assert Role.MEMBER in roles


def test_who_sat_on_the_board_is_told_that_their_term_ended():
    last = date(2024, 6, 30)
    person = Person(id="b", name="B", email="b@example.org", seats=(Seat("Councilor", until=last),))
    after = actor_for(person, last + timedelta(days=1))
    with pytest.raises(NotAllowedError, match="ended on June 30, 2024. A ballot you cast before"):
        authorize(after, "motion.vote")
    with pytest.raises(NotAllowedError, match=r"ended on June 30, 2024\.$"):
        authorize(after, "board.read")
    with pytest.raises(NotAllowedError) as refused:
        authorize(after, "petition.verify")
    assert "term" not in refused.value.message
    again = replace(person, seats=(*person.seats, Seat("Director", since=date(2024, 7, 1))))
    assert actor_for(again, date(2024, 7, 1)).term_ended is None


def test_a_seat_without_a_last_day_goes_on():
    assert Role.VOTING in actor_for(BOARD[3], date(2099, 1, 1)).roles


def test_a_seat_gives_its_roles_from_the_first_day_of_its_term():
    first = date(2024, 7, 1)
    person = Person(
        id="b", name="B", email="b@example.org", seats=(Seat("Councilor", since=first),)
    )
    assert Role.BOARD not in actor_for(person, first - timedelta(days=1)).roles
    assert Role.VOTING in actor_for(person, first).roles


def test_the_vice_president_presides_from_the_day_on_which_they_are_president():
    june, july = date(2024, 6, 30), date(2024, 7, 1)
    person = Person(
        id="b",
        name="B",
        email="b@example.org",
        seats=(
            Seat("Vice-President", until=june),
            Seat("President", presiding=True, since=july, until=date(2025, 6, 30)),
        ),
    )
    assert Role.PRESIDING not in actor_for(person, june).roles
    assert {Role.PRESIDING, Role.VOTING} <= actor_for(person, july).roles
    assert [person.seat_on(day).office for day in (june, july)] == ["Vice-President", "President"]
    assert person.seat_on(date(2025, 7, 1)) is None


def test_a_seat_that_was_given_and_never_taken_up_gives_nothing():
    first = date(2024, 7, 1)
    seat = Seat("Councilor", since=first, until=first - timedelta(days=1))
    days = [first + timedelta(days=n) for n in (-2, -1, 0, 1)]
    assert not any(seat.held_on(day) for day in days)


def test_a_staff_member_on_the_board_is_both_and_stays_staff_after_the_term():
    person = Person(
        id="x",
        name="X",
        email="x@example.org",
        staff=True,
        seats=(Seat("Councilor", until=date(2024, 6, 30)),),
    )
    during, after = actor_for(person, date(2024, 6, 30)), actor_for(person, date(2024, 7, 1))
    assert may(during, "motion.vote")
    assert may(during, "petition.verify")
    assert not may(after, "motion.vote")
    assert may(after, "petition.verify")


def test_roles_for_one_thing_do_not_stick_to_the_person():
    member = actor(ADA)
    assert may(member.having(Role.CONVENER), "petition.edit")
    assert not may(member, "petition.edit")


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (actor(ADA), "Ada Fell"),
        (actor(Person(id="n", name="", email="newcomer@example.org")), "newcomer"),
        (SYSTEM, "Groundswell"),
        (VISITOR, ""),
    ],
)
def test_the_name_that_the_record_shows_is_never_an_address(who, name):
    assert who.name == name


def test_an_administrator_is_staff_too_and_staff_are_no_administrators():
    assert {Role.ADMIN, Role.STAFF} <= actor(ADMIN).roles
    assert Role.ADMIN not in actor(STAFF).roles
