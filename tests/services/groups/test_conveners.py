"""Who convenes a group: invited, joined, handed over, gone; and the yearly check-in."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.storage import keys
from local.demo.people import address
from tests.services import living
from tests.services.living import SLUG, begin, found, go_to, sweep, through
from tests.services.world import World

YEAR_ENDS = date(2026, 6, 30)


@pytest.fixture
def group(world: World) -> World:
    """A group with two conveners whose terms end with the association's year."""
    world.at("people")
    begin(world, until=YEAR_ENDS)
    for who in ("zoe", "saskia"):
        living.member(world, who)
    return world


def invite(world: World, who: str = "zoe", by: str = "rowan", **more: str) -> None:
    data = {"name": who.title(), "email": address(who), **more}
    world.do(by, "group.invite-convener", SLUG, **data)
    world.deliver_all()


def names(world: World) -> list[str]:
    return [c.name for c in found(world).acting]


def test_somebody_is_invited_and_joins_for_a_term(group):
    invite(group)
    group.clock.forward(days=10)
    (letter,) = group.letters("group-invitation", to="zoe")
    assert "Rowan Ibarra invites you to convene" in letter.text
    assert f"/groups/{SLUG}/conveners" in letter.text
    assert names(group) == ["Rowan", "Noor"]
    group.do("zoe", "group.join", SLUG)
    group.deliver_all()
    assert names(group) == ["Rowan", "Noor", "Zoe"]
    # So little of this year is left that nobody could settle in: the term ends with the next one.
    assert found(group).convener("c3").until == date(2027, 6, 30)
    assert group.told("group-joined") == [("group-joined", "noor"), ("group-joined", "rowan")]
    with pytest.raises(NotAllowedError):
        group.do("zoe", "group.join", SLUG)


def test_a_handover_happens_when_the_successor_accepts(group):
    invite(group, replaces="c1")
    assert names(group) == ["Rowan", "Noor"]
    group.do("zoe", "group.join", SLUG)
    group.deliver_all()
    assert names(group) == ["Noor", "Zoe"]
    assert group.letters("group-joined", to="rowan")
    assert group.services.store.groups.led_by(address("rowan")) == []
    with pytest.raises(NotAllowedError):
        group.do("rowan", "group.edit", SLUG)


def test_nobody_hands_over_the_place_of_another(group):
    with pytest.raises(NotAllowedError, match="your own place"):
        invite(group, replaces="c2")
    invite(group, by="staff", replaces="c2")
    group.do("zoe", "group.join", SLUG)
    assert names(group) == ["Rowan", "Zoe"]


def test_an_invitation_is_declined_or_taken_back(group):
    invite(group)
    group.do("zoe", "group.decline-invitation", SLUG)
    group.deliver_all()
    assert group.told("group-declined") == [("group-declined", "noor"), ("group-declined", "rowan")]
    invite(group, "saskia")
    group.do("noor", "group.end-convener", SLUG, convener="c4")
    with pytest.raises(NotAllowedError):
        group.do("saskia", "group.join", SLUG)


def test_invitations_end_somewhere(group):
    invite(group)
    with pytest.raises(ValidationError) as wrong:
        invite(group)
    assert "invited already" in wrong.value.errors["email"]
    with pytest.raises(ConflictError, match="a short while ago"):
        group.do("rowan", "group.invite-again", SLUG, convener="c3")
    for _ in range(2):
        group.clock.forward(days=2)
        group.do("rowan", "group.invite-again", SLUG, convener="c3")
        group.deliver_all()
    group.clock.forward(days=2)
    with pytest.raises(ConflictError, match="which is the most"):
        group.do("rowan", "group.invite-again", SLUG, convener="c3")
    # Nor by taking it back and inviting anew.
    group.do("rowan", "group.end-convener", SLUG, convener="c3")
    with pytest.raises(ValidationError):
        invite(group)
    assert len(group.letters("group-invitation", to="zoe")) == 3


def test_only_staff_take_somebody_out_and_say_why(group):
    with pytest.raises(NotAllowedError, match="Only staff"):
        group.do("rowan", "group.end-convener", SLUG, convener="c2", reason="Gone.")
    with pytest.raises(ValidationError):
        group.do("staff", "group.end-convener", SLUG, convener="c2")
    group.do("staff", "group.end-convener", SLUG, convener="c2", reason="The address is dead.")
    group.deliver_all()
    (letter,) = group.letters("group-left", to="noor")
    assert "The address is dead." in letter.text


def test_when_the_last_convener_steps_down_there_is_a_vacancy_with_a_day(group):
    group.do("rowan", "group.step-down", SLUG)
    group.do("noor", "group.step-down", SLUG)
    group.deliver_all()
    assert found(group).vacant_since == group.services.today()
    assert [kind for kind, to in group.told("group-convener-gone") if to == "staff"]
    sweep(group)
    (letter,) = group.letters("group-vacancy", to="staff")
    due = group.services.today() + timedelta(days=60)
    assert f"{due:%B} {due.day}" in letter.text
    go_to(group, due + timedelta(days=1))
    sweep(group)
    assert len(group.letters("group-vacancy", to="staff")) == 2
    assert "should have been found" in group.letters("group-vacancy", to="staff")[1].text
    invite(group, by="staff")
    group.do("zoe", "group.join", SLUG)
    assert found(group).vacant_since is None


def test_a_term_that_ends_is_told_before_and_its_holder_goes_on_until_somebody_follows(group):
    through(group, YEAR_ENDS + timedelta(days=1), every=5)
    terms = group.letters("term-ends", to="rowan")
    assert len(terms) == 2
    assert "ends on June 30, 2026" in terms[0].text
    assert group.letters("group-vacancy", to="rowan")
    # Nobody is shut out by the calendar.
    group.do("rowan", "group.extend-term", SLUG, convener="c1")
    assert found(group).convener("c1").until == date(2027, 6, 30)
    assert found(group).vacant_since is None
    with pytest.raises(ConflictError, match="goes on until June 30, 2027 already"):
        group.do("rowan", "group.extend-term", SLUG, convener="c1")


def test_the_yearly_check_in_takes_one_page_and_settles_the_next_year(group):
    with pytest.raises(ConflictError, match="not open now"):
        group.do("rowan", "group.check-in", SLUG, meetings=4, participants=20)
    go_to(group, date(2026, 5, 1))
    sweep(group)
    (letter,) = group.letters("check-in", to="noor")
    assert "May 31, 2026" in letter.text
    with pytest.raises(ValidationError) as wrong:
        group.do("rowan", "group.check-in", SLUG, meetings="", participants="-1")
    assert set(wrong.value.errors) == {"meetings"}
    group.do(
        "rowan",
        "group.check-in",
        SLUG,
        active="yes",
        meetings="4",
        participants="20",
        stays=["c1"],
        name="Zoe",
        email=address("zoe"),
        for_board="We would like a session at the conference.",
    )
    group.deliver_all()
    new = found(group)
    assert (new.checked_in.meetings, new.checked_in.next_convener) == (4, "Rowan, Zoe")
    assert new.convener("c1").until == date(2027, 6, 30)
    assert new.convener("c2").until == YEAR_ENDS
    assert group.letters("group-invitation", to="zoe")
    (letter,) = group.letters("staff-check-in", to="staff")
    assert "a session at the conference" in letter.text
    assert group.commands("group", SLUG)[-3:] == ["check-in", "extend-term", "invite-convener"]
    # Answered: nobody is asked again this year, and next year they are.
    before = len(group.letters("check-in", to="noor"))
    through(group, YEAR_ENDS, every=7)
    assert len(group.letters("check-in", to="noor")) == before
    through(group, date(2027, 5, 2), every=7)
    assert len(group.letters("check-in", to="noor")) == before + 1


def test_a_check_in_is_put_right_and_the_first_answer_stays_on_record(group):
    go_to(group, date(2026, 5, 1))
    group.do("rowan", "group.check-in", SLUG, meetings=4, participants=20, stays=["c1", "c2"])
    group.do("noor", "group.check-in", SLUG, meetings=5, participants=20, stays=["c1", "c2"])
    read = group.services.store.groups.read(SLUG)
    assert [one.meetings for one in read.check_ins] == [4, 5]
    assert read.group.checked_in.by == "Noor"


def test_nobody_answers_and_staff_are_told(group):
    through(group, YEAR_ENDS, every=3)
    letters = group.letters("check-in", to="rowan")
    # At its opening, a week before it is due, and a week and three weeks after.
    assert len(letters) == 4
    (first, second) = group.letters("check-in", to="staff")
    assert "No check-in from" in first.message.subject
    assert "was due by May 31, 2026" in second.text


def test_what_a_kind_asks_for_is_told_to_staff(world: World):
    world.at("people")
    begin(world, kind="interest-group", name="Data Curation", until=date(2028, 6, 30))
    go_to(world, date(2026, 5, 1))
    world.do("rowan", "group.check-in", SLUG, meetings=0, participants=40, stays=["c1", "c2"])
    world.deliver_all()
    (letter,) = world.letters("staff-check-in", to="staff")
    assert "It has 40 members; 75 are asked for." in letter.text
    assert "It held no meeting; one a year is asked for." in letter.text


def test_an_erased_convener_leaves_the_group_and_nothing_of_their_address_stays(group):
    person = group.person("noor")
    group.do("noor", "data.ask-erasure")
    from chalicelib.services.privacy import privacy

    privacy.erase(group.services, group.actor("staff"), person.id)
    assert names(group) == ["Rowan"]
    kept = [key for key, item in group.dump().items() if "noor@" in str(item)]
    assert [pk for pk, _ in kept if pk.startswith((keys.group(""), "EMAIL#"))] == []


def test_details_are_checked_and_shown_as_they_are(group):
    with pytest.raises(ValidationError) as wrong:
        group.do(
            "rowan", "group.edit", SLUG, discussion_url="javascript:alert(1)", list_address="no"
        )
    assert set(wrong.value.errors) == {"discussion_url", "list_address"}
    data = {"meets": "By video.", "discussion_url": "https://connect.example.org/x"}
    group.do("noor", "group.edit", SLUG, **data, list_address="list@example.org")
    version = found(group).version
    group.do("noor", "group.edit", SLUG, **data, list_address="list@example.org")
    assert found(group).version == version
