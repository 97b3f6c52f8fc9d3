"""A member who is recused takes part in nothing of a motion, and presides over no vote on it."""

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError
from chalicelib.domain.motions.ballots import RECUSED
from chalicelib.domain.motions.motion import State
from tests.services.aws import at_once
from tests.services.motions.test_motions import move, place
from tests.services.world import World

CHARGE = "To share what open textbooks ask of libraries, and to report each year."


def recuse(world: World, who: str, motion_id: str) -> None:
    world.do(who, "motion.recuse", motion_id, reason="I convene it.")


def refused(world: World, who: str, command: str, target: str, **data: object) -> None:
    before = world.dump()
    with pytest.raises(NotAllowedError, match=r"[Yy]ou (are recused|recused yourself)"):
        world.do(who, command, target, **data)
    assert world.dump() == before


def test_who_is_recused_neither_seconds_nor_amends_nor_moves_on_the_document(world: World) -> None:
    world.at("moved")
    world.recuse("director3")
    refused(world, "director3", "motion.second", world.motion_id)
    refused(world, "director3", "motion.amend", world.motion_id, charge=CHARGE)
    refused(world, "director3", "motion.move", world.meeting_id, document="5.0")
    world.do("director3", "motion.rejoin", world.motion_id)
    world.do("director3", "motion.second", world.motion_id)
    assert world.motion.seconder_id == world.person("director3").id


def test_a_mover_who_is_recused_later_stays_its_mover(world: World) -> None:
    world.at("moved")
    world.recuse("director1")
    assert world.motion.mover_id == world.person("director1").id
    amendment = world.do("director4", "motion.amend", world.motion_id, charge=CHARGE)
    refused(world, "director1", "motion.accept-amendment", amendment.id)


def test_a_recusal_from_a_motion_holds_for_its_amendment(world: World) -> None:
    world.at("seconded")
    amendment = world.do("director4", "motion.amend", world.motion_id, charge=CHARGE)
    world.recuse("director2")
    world.recuse("president")
    refused(world, "director2", "motion.second", amendment.id)
    refused(world, "director2", "motion.accept-amendment", amendment.id)
    world.do("director5", "motion.second", amendment.id)
    refused(world, "president", "motion.open", amendment.id)


def test_who_is_recused_from_a_whole_is_recused_from_each_of_its_parts(world: World) -> None:
    document = place(world.at("scheduled"))
    whole = move(world, document="6.0")
    recuse(world, "director3", whole.id)
    refused(world, "director3", "motion.divide", whole.id)
    world.do("director2", "motion.divide", whole.id)
    board, who = world.services.store.board, world.person("director3").id
    rows = [row for row in board.motions(world.meeting_id) if row["divided_from"] == whole.id]
    parts = [row["id"] for row in rows]
    assert [board.ballot(part, who).choice for part in parts] == [RECUSED, RECUSED]
    assert set(board.recusal(document, who).motions) == set(parts)
    refused(world, "director3", "motion.second", parts[0])
    for part in parts:
        assert world.services.store.documents.recused(document, who)
        world.do("director3", "motion.rejoin", part)
    assert not world.services.store.documents.recused(document, who)


@pytest.mark.parametrize(
    ("step", "command", "data"),
    [
        ("seconded", "open", {}),
        ("seconded", "call-virtual", {}),
        ("seconded", "postpone", {}),
        ("open", "close", {}),
        ("open", "void", {"reason": "The wrong wording."}),
    ],
)
def test_a_presiding_officer_who_is_recused_leaves_the_vote_to_staff(
    world: World, step: str, command: str, data: dict[str, str]
) -> None:
    world.at(step)
    world.recuse("president")
    refused(world, "president", f"motion.{command}", world.motion_id, **data)
    world.do("staff", f"motion.{command}", world.motion_id, **data)


def test_whoever_was_recused_neither_announces_the_vote_nor_holds_it_anew(world: World) -> None:
    world.at("open")
    world.recuse("president")
    world.do("staff", "motion.close", world.motion_id)
    refused(world, "president", "motion.announce", world.motion_id)
    refused(world, "president", "motion.void", world.motion_id, reason="The wrong wording.")
    world.do("staff", "motion.void", world.motion_id, reason="The wrong wording.")
    refused(world, "president", "motion.hold-anew", world.motion_id)
    anew = world.do("staff", "motion.hold-anew", world.motion_id)
    refused(world, "president", "motion.open", anew.id)


def test_a_second_and_a_recusal_at_once_are_the_one_after_the_other(world: World) -> None:
    world.at("moved")
    second, recusal = at_once(
        lambda: world.do("director3", "motion.second", world.motion_id),
        lambda: world.recuse("director3"),
    )
    assert not isinstance(recusal, BaseException)
    seconded = world.motion.state == State.SECONDED
    assert seconded != isinstance(second, (NotAllowedError, ConflictError))


def test_an_amendment_is_not_seconded_by_who_is_recused_from_its_motion_meanwhile(
    world: World,
) -> None:
    world.at("seconded")
    amendment = world.do("director4", "motion.amend", world.motion_id, charge=CHARGE)
    second, recusal = at_once(
        lambda: world.do("director3", "motion.second", amendment.id),
        lambda: world.recuse("director3"),
    )
    assert not isinstance(recusal, BaseException)
    found = world.services.store.board.motion(amendment.id)
    assert (found.state == State.SECONDED) != isinstance(second, (NotAllowedError, ConflictError))


def test_a_motion_on_a_document_and_a_recusal_from_another_at_once(world: World) -> None:
    place(world.at("scheduled"))
    first = move(world, document="6.0", action=1)
    moved, recusal = at_once(
        lambda: move(world, "director3", document="6.0", action=2),
        lambda: recuse(world, "director3", first.id),
    )
    assert not isinstance(recusal, BaseException)
    rows = world.services.store.board.motions(world.meeting_id)
    assert (len(rows) == 2) != isinstance(moved, (NotAllowedError, ConflictError))


def test_who_votes_on_the_amendment_of_a_motion_that_they_are_recused_from_presides_over_that_vote(
    world: World,
) -> None:
    world.at("seconded")
    amendment = world.do("director4", "motion.amend", world.motion_id, charge=CHARGE)
    world.do("director5", "motion.second", amendment.id)
    world.do("president", "motion.open", amendment.id)
    world.recuse("president")
    refused(world, "president", "motion.close", amendment.id)
    world.do("president", "motion.vote", amendment.id, choice="yes")
    closed = world.do("president", "motion.close", amendment.id)
    assert closed.state == State.CLOSED
