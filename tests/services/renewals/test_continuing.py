"""A group of a kind that goes on by petition: the same signing as for a new one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.groups.group import Stage, State
from chalicelib.domain.motions.motion import Effect
from tests.services import living
from tests.services.living import CHANGED, CHARGE, SLUG, begin, found, go_to, sweep, through
from tests.services.world import SIGNERS, TEXT, World

ENDS = date(2027, 1, 25)


@pytest.fixture
def curation(world: World) -> World:
    """An interest group whose renewal is open, and that needs five signatures to go on."""
    world.at("people")
    units = tuple(
        replace(unit, continuance_signatures=5) if unit.kind == "interest-group" else unit
        for unit in world.services.policy.units
    )
    services = replace(world.services, policy=replace(world.services.policy, units=units))
    # The table's part that lists petitions has the policy too.
    services.store.petitions._policy = services.policy
    world.services = services
    begin(
        world,
        kind="interest-group",
        name="Data Curation",
        conveners=("rowan", "noor", "staff"),
    )
    go_to(world, ENDS - timedelta(days=180))
    sweep(world)
    return world


def begin_petition(world: World, **changes: str) -> str:
    """The conveners begin the petition and open it for signatures."""
    petition_id = world.do("rowan", "renewal.petition", SLUG).renewal.petition_id
    world.ids["petition"] = petition_id
    draft = world.services.store.petitions.get(petition_id)
    data = {
        **TEXT,
        "name": draft.text.name,
        "charge": draft.text.charge,
        "conveners": [],
        **changes,
    }
    world.do("rowan", "petition.edit", petition_id, **data)
    world.do("rowan", "petition.publish", petition_id)
    world.deliver_all()
    return str(petition_id)


def sign(world: World, number: int) -> None:
    for name, who, institution in SIGNERS[:number]:
        world.sign(who, name, institution=institution)
    world.deliver_all()
    for _, who, _ in SIGNERS[:number]:
        world.confirm(who)
    world.deliver_all()


def to_the_board(world: World) -> None:
    sign(world, 5)
    world.do("rowan", "petition.submit", world.petition_id)
    world.do("staff", "petition.verify", world.petition_id)
    world.ids["meeting"] = living.meeting_on(world, date(2026, 11, 20))
    world.schedule("5.0")
    world.deliver_all()


def test_such_a_group_does_not_go_on_by_an_answer_alone(curation):
    (letter,) = curation.letters("renewal-opened", to="rowan")
    assert "is renewed by petition" in letter.text
    with pytest.raises(ValidationError) as wrong:
        living.answer(curation)
    assert "by petition" in wrong.value.errors["outcome"]
    living.answer(curation, outcome="dissolved")


def test_it_goes_on_by_a_petition_with_its_name_and_charge(curation):
    petition_id = begin_petition(curation)
    petition = curation.services.store.petitions.get(petition_id)
    assert (petition.text.charge, petition.continues) == (CHARGE, SLUG)
    assert [c.name for c in petition.acting][:1] == ["Rowan Ibarra"]
    with pytest.raises(ConflictError, match="under way already"):
        curation.do("rowan", "renewal.petition", SLUG)
    sign(curation, 4)
    with pytest.raises(ConflictError):
        curation.do("rowan", "petition.submit", petition_id)
    to_the_board(curation)
    meeting = curation.services.store.board.meeting(curation.meeting_id)
    assert meeting.document("5.0").title == "Petition to continue the Data Curation interest group"
    motion = living.decide(curation, curation.meeting_id, "5.0")
    moved = curation.services.store.board.motion(motion)
    assert (moved.effect, moved.group_id) == (Effect.RENEW, SLUG)
    assert moved.wording.startswith(
        "That the ACRL Board of Directors renew the Data Curation interest group for 3 years with "
        "the charge: “To share"
    )
    group = found(curation)
    assert (group.state, group.charge.number, group.charge.motion_id) == (State.ACTIVE, 2, motion)
    assert group.charge.ends_on == date(2030, 1, 25)
    petition = curation.services.store.petitions.get(petition_id)
    assert (petition.state, petition.group_slug) == ("approved", SLUG)
    assert len(curation.services.store.groups.listed()) == 1
    (letter,) = curation.letters("petition-continues", to="rowan")
    assert "continues until January 25, 2030" in letter.text
    assert curation.letters("signatory-petition-approved")


def test_a_petition_may_change_the_charge_and_the_board_amends_it(curation):
    begin_petition(curation, name="Research Data", charge=CHANGED)
    to_the_board(curation)
    motion = curation.do("director1", "motion.move", curation.meeting_id, document="5.0")
    curation.do("director2", "motion.second", motion.id)
    other = CHANGED.replace("adopt and keep", "adopt, mend and keep")
    amendment = curation.do("director3", "motion.amend", motion.id, charge=other)
    for who in ("director1", "director2"):
        curation.do(who, "motion.accept-amendment", amendment.id)
    living.vote(curation, motion.id)
    group = found(curation)
    assert (group.name, group.charge.text) == ("Research Data", other)
    voted = curation.services.store.board.motion(motion.id)
    assert "renew the Data Curation interest group under the name “Research Data”" in voted.wording


def test_a_declined_petition_leaves_time_for_another_answer(curation):
    begin_petition(curation)
    to_the_board(curation)
    living.decide(curation, curation.meeting_id, "5.0", "no")
    group = found(curation)
    assert (group.state, group.renewal.stage, group.renewal.petition_id) == (
        State.IN_RENEWAL,
        Stage.OPEN,
        "",
    )
    assert "did not agree" in group.renewal.comments
    assert curation.letters("petition-declined", to="rowan")
    begin_petition(curation)


def test_while_a_petition_collects_or_waits_the_group_does_not_lapse(curation):
    begin_petition(curation)
    go_to(curation, date(2027, 1, 10))
    sweep(curation)
    sign(curation, 5)
    through(curation, date(2027, 6, 1), every=20)
    assert found(curation).renewal.stage == Stage.OPEN
    assert found(curation).living


def test_a_petition_that_was_withdrawn_can_be_begun_anew(curation):
    first = begin_petition(curation)
    curation.do("rowan", "petition.withdraw", first, reason="A slip.")
    assert begin_petition(curation) != first


def test_its_own_group_is_no_similar_one(curation):
    from chalicelib.services.petitions.petitions import similar_to

    petition_id = begin_petition(curation)
    petition = curation.services.store.petitions.get(petition_id)
    assert [c.href for c in similar_to(curation.services, petition)] == []


def test_staff_who_convene_it_may_and_others_may_not(curation):
    with pytest.raises(NotAllowedError):
        curation.do("director1", "renewal.petition", SLUG)
