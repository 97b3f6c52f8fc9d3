"""Amendments as several people move, accept and vote on them, also at the same moment."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    NotAllowedError,
    ValidationError,
)
from chalicelib.domain.motions.motion import State
from chalicelib.services.sweep import sweep
from chalicelib.storage import keys
from tests.services.aws import at_once
from tests.services.world import TEXT, VOTERS

CHARGE = "To share what open metadata asks of libraries, and to report each year."


def motion(world, motion_id):
    return world.services.store.board.motion(motion_id)


def amend(world, who="director3", **parts):
    """An amendment of the motion; its id."""
    parts = parts or {"charge": CHARGE}
    return str(world.do(who, "motion.amend", world.motion_id, **parts).id)


def carry(world, motion_id, *choices):
    """Seconds a motion, votes on it and announces the result."""
    if motion(world, motion_id).state == State.MOVED:
        world.do("director4", "motion.second", motion_id)
    world.do("president", "motion.open", motion_id)
    for who, choice in zip(VOTERS, choices or ["yes"] * 9, strict=False):
        world.do(who, "motion.vote", motion_id, choice=choice)
    world.do("president", "motion.close", motion_id)
    return world.do("president", "motion.announce", motion_id)


def refused(results):
    return [r for r in results if isinstance(r, BaseException)]


def test_a_group_is_chartered_with_what_its_motion_says_after_its_amendments(world):
    world.at("seconded")
    amendment = amend(world, charge=CHARGE, conditions="Report each June.\nName a co-convener.")
    carry(world, amendment)
    main = world.motion
    assert (main.charge, main.amendments) == (CHARGE, (amendment,))
    assert main.wording.endswith(
        "on these conditions:\n1. Report each June.\n2. Name a co-convener."
    )
    world.forget_letters()
    carry(world, main.id)
    world.deliver_all()
    (row,) = world.services.store.groups.listed()
    group = world.services.store.groups.read(row["slug"]).group
    assert group.charge.text == CHARGE
    assert group.charge.conditions == "Report each June.\nName a co-convener."
    petition, events = world.services.store.petitions.read(world.petition_id, fresh=True)
    assert petition.text.charge == TEXT["charge"], "what was signed stays"
    assert next(e for e in events if e.command == "approve").data["otherwise"] == {
        "charge": CHARGE,
        "conditions": "Report each June.\nName a co-convener.",
    }
    letter = world.letters("petition-approved")[0].text
    for words in (
        CHARGE,
        "Report each June.",
        "Name a co-convener.",
        "Moved by",
        "9 members voted yes",
    ):
        assert words in letter
    world.events(keys.motion(main.id))
    world.events(keys.motion(amendment))


def test_a_group_may_get_another_name_by_amendment(world):
    world.at("seconded")
    carry(world, amend(world, name="Open Records Forum"))
    carry(world, world.motion_id)
    (row,) = world.services.store.groups.listed()
    assert (row["slug"], row["name"]) == ("open-records-forum", "Open Records Forum")


def test_a_lost_amendment_and_one_without_a_quorum_change_nothing(world):
    world.at("seconded")
    before = world.motion
    lost = carry(world, amend(world), *["no"] * 9)
    nobody = carry(world, amend(world), "yes", "yes")
    assert (lost.state, nobody.state) == (State.LOST, State.POSTPONED)
    assert world.motion == before
    amend(world)


def test_the_vote_is_not_opened_while_an_amendment_is_pending(world):
    world.at("seconded")
    amendment = amend(world)
    with pytest.raises(ConflictError, match="An amendment is before the Board"):
        world.do("president", "motion.open", world.motion_id)
    with pytest.raises(ConflictError, match="Another amendment"):
        amend(world, "director4")
    world.do("director3", "motion.withdraw", amendment)
    world.do("president", "motion.open", world.motion_id)
    with pytest.raises(IllegalTransitionError):
        amend(world)


def test_mover_and_seconder_make_an_amendment_without_a_vote(world):
    world.at("seconded")
    amendment = amend(world)
    with pytest.raises(NotAllowedError, match="mover and the seconder"):
        world.do("director5", "motion.accept-amendment", amendment)
    world.do("director1", "motion.accept-amendment", amendment)
    before = world.dump()
    world.do("director1", "motion.accept-amendment", amendment)
    assert world.dump() == before, "sent twice, it changes nothing"
    assert world.motion.charge == TEXT["charge"]
    world.do("director2", "motion.accept-amendment", amendment)
    assert world.motion.charge == CHARGE
    assert motion(world, amendment).state == State.CARRIED
    assert world.commands("motion", world.motion_id)[-1] == "amend"
    amend(world, conditions="Report.")


def test_an_amendment_falls_when_its_motion_is_withdrawn_postponed_or_its_petition_returned(world):
    ways = {
        "withdrawn": lambda: world.do("director1", "motion.withdraw", world.motion_id),
        "postponed": lambda: world.do("president", "motion.postpone", world.motion_id),
        "returned": lambda: world.do(
            "staff", "petition.return", world.petition_id, comments="Shorter."
        ),
    }
    for way, run in ways.items():
        world.at("seconded")
        amendment = amend(world)
        run()
        assert motion(world, amendment).state == State.WITHDRAWN, way
        assert world.motion.state == (State.WITHDRAWN if way == "withdrawn" else State.POSTPONED)
        assert world.services.store.board.pending_amendment(world.motion_id) == ""


def test_an_amendment_that_is_voted_on_holds_its_motion(world):
    world.at("seconded")
    amendment = amend(world)
    world.do("director4", "motion.second", amendment)
    world.do("president", "motion.open", amendment)
    before = world.dump()
    for who, command in (("director1", "motion.withdraw"), ("president", "motion.postpone")):
        with pytest.raises(ConflictError, match="must end first"):
            world.do(who, command, world.motion_id)
    with pytest.raises(ConflictError):
        world.do("rowan", "petition.withdraw", world.petition_id)
    assert world.dump() == before


def test_an_amendment_is_not_postponed_alone(world):
    world.at("seconded")
    amendment = amend(world)
    with pytest.raises(ConflictError, match="postpone the motion"):
        world.do("president", "motion.postpone", amendment)


def test_an_amendment_that_says_nothing_new_is_refused_and_nothing_is_written(world):
    world.at("seconded")
    before = world.dump()
    with pytest.raises(ValidationError) as wrong:
        amend(world, charge=TEXT["charge"])
    assert set(wrong.value.errors) == {"charge"}
    assert world.dump() == before


@pytest.mark.parametrize("attempt", [1, 2])
def test_of_two_amendments_at_once_one_is_before_the_board(world, attempt):
    world.at("seconded")
    results = at_once(lambda: amend(world, "director3"), lambda: amend(world, "director4"))
    assert [type(r) for r in refused(results)] == [ConflictError]
    pending = world.services.store.board.pending_amendment(world.motion_id)
    assert [r for r in results if r == pending]
    rows = world.services.store.board.motions(world.meeting_id)
    assert [row["id"] for row in rows if row["amends"]] == [pending]


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_vote_opened_while_an_amendment_is_moved_is_one_or_the_other(world, attempt):
    world.at("seconded")
    opened, moved = at_once(
        lambda: world.do("president", "motion.open", world.motion_id), lambda: amend(world)
    )
    pending = world.services.store.board.pending_amendment(world.motion_id)
    if isinstance(opened, BaseException):
        assert (world.motion.state, pending) == (State.SECONDED, moved)
    else:
        assert isinstance(moved, IllegalTransitionError)
        assert (world.motion.state, pending) == (State.OPEN, "")


@pytest.mark.parametrize("attempt", [1, 2])
def test_withdrawing_while_an_amendment_is_moved_leaves_none_behind(world, attempt):
    world.at("seconded")
    _, moved = at_once(
        lambda: world.do("director1", "motion.withdraw", world.motion_id), lambda: amend(world)
    )
    assert world.motion.state == State.WITHDRAWN
    if isinstance(moved, BaseException):
        assert isinstance(moved, IllegalTransitionError)
    else:
        assert motion(world, moved).state == State.WITHDRAWN


@pytest.mark.parametrize("attempt", [1, 2])
def test_two_who_announce_an_amendment_at_once_amend_once(world, attempt):
    world.at("seconded")
    amendment = amend(world)
    world.do("director4", "motion.second", amendment)
    world.do("president", "motion.open", amendment)
    for who in VOTERS:
        world.do(who, "motion.vote", amendment, choice="yes")
    world.do("president", "motion.close", amendment)
    results = at_once(
        lambda: world.do("president", "motion.announce", amendment),
        lambda: world.do("staff", "motion.announce", amendment),
    )
    assert [isinstance(r, ConflictError) for r in refused(results)] == [True]
    assert world.motion.amendments == (amendment,)
    assert world.commands("motion", world.motion_id) == ["move", "second", "amend"]


@pytest.mark.parametrize("attempt", [1, 2])
def test_mover_and_seconder_who_accept_at_once_both_count(world, attempt):
    world.at("seconded")
    amendment = amend(world)
    results = at_once(
        lambda: world.do("director1", "motion.accept-amendment", amendment),
        lambda: world.do("director2", "motion.accept-amendment", amendment),
    )
    assert refused(results) == []
    assert motion(world, amendment).state == State.CARRIED
    assert world.motion.charge == CHARGE
    assert len(motion(world, amendment).accepted_by) == 2


def voided(world, motion_id):
    """A vote that was opened by mistake and is void."""
    world.do("president", "motion.open", motion_id)
    world.do("president", "motion.void", motion_id, reason="Opened by mistake.")


def test_a_void_vote_on_an_amendment_holds_the_motion_until_it_is_held_anew(world):
    world.at("seconded")
    amendment = amend(world)
    world.do("director4", "motion.second", amendment)
    voided(world, amendment)
    with pytest.raises(ConflictError, match="Another amendment"):
        amend(world, "director5")
    with pytest.raises(ConflictError, match="An amendment is before"):
        world.do("president", "motion.open", world.motion_id)
    anew = world.do("president", "motion.hold-anew", amendment).id
    assert world.services.store.board.pending_amendment(world.motion_id) == anew
    carry(world, anew)
    assert world.motion.charge == CHARGE


def test_a_void_vote_goes_with_what_it_was_about(world):
    world.at("seconded")
    amendment = amend(world)
    world.do("director4", "motion.second", amendment)
    voided(world, amendment)
    world.do("president", "motion.postpone", world.motion_id)
    with pytest.raises(ConflictError, match="no longer before the Board"):
        world.do("president", "motion.hold-anew", amendment)

    world.at("seconded")
    voided(world, world.motion_id)
    world.do("staff", "petition.return", world.petition_id, comments="Shorter.")
    assert world.petition.state == "returned"
    with pytest.raises(ConflictError, match="no longer before the Board"):
        world.do("president", "motion.hold-anew", world.motion_id)


def test_a_vote_without_a_meeting_waits_for_an_amendment_and_keeps_its_days(world):
    world.at("seconded")
    world.do("president", "motion.call-virtual", world.motion_id)
    called = world.motion
    amendment = amend(world)
    world.clock.now = called.voting_from + timedelta(days=2, hours=1)
    sweep(world.services)
    assert world.motion.state == State.SECONDED
    world.do("director3", "motion.withdraw", amendment)
    sweep(world.services)
    assert world.motion.state == State.OPEN
    assert world.motion.voting_until - called.voting_until == timedelta(days=2)
