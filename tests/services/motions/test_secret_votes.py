"""Secret votes: what the table holds of them, and what nobody can find in it."""

import json
import logging
from typing import Any

import pytest

from chalicelib.domain.errors import ConflictError, IllegalTransitionError, ValidationError
from chalicelib.services.motions import receipts
from tests.services.aws import at_once, watching
from tests.services.world import VOTERS, World


def open_secretly(world: World) -> World:
    world.at("seconded")
    world.do("president", "motion.open", world.motion_id, ballot="secret")
    return world


def items(world: World, prefix: str) -> dict[str, dict[str, Any]]:
    """The motion's items of a kind, as the table has them, by sort key."""
    pk = f"MOTION#{world.motion_id}"
    return {k[1]: v for k, v in world.dump().items() if k[0] == pk and k[1].startswith(prefix)}


def body(item: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(item["body"]["S"]))


def slips(world: World) -> dict[str, str]:
    return {slip.number: slip.choice for slip in world.services.store.board.slips(world.motion_id)}


CHOICES = ["yes", "no", "abstain", "yes", "no", "yes", "yes", "no", "abstain", "yes"]


def test_who_voted_and_what_was_voted_cannot_be_joined(world: World) -> None:
    open_secretly(world)
    for who, choice in zip(VOTERS, CHOICES, strict=False):
        world.vote(who, choice)
        world.clock.forward(minutes=7)
    ballots, voted = items(world, "BALLOT#"), items(world, "SLIP#")
    assert len(ballots) == len(voted) == len(CHOICES)
    # Of those who voted nothing differs but who they are.
    rest = []
    for item in ballots.values():
        apart = {name: value for name, value in item.items() if name not in {"sk", "body"}}
        told = {k: v for k, v in body(item).items() if k not in {"person_id", "name", "office"}}
        rest.append((apart, told))
    assert all(one == rest[0] for one in rest)
    # Of the slips nothing differs but their digest and what they say.
    plain = [
        {name: value for name, value in item.items() if name not in {"sk", "body"}}
        for item in voted.values()
    ]
    assert all(one == plain[0] for one in plain)
    assert all(set(body(item)) == {"choice"} for item in voted.values())
    # And no value of the one stands anywhere in the other, the motion's own key apart.
    for sk, item in voted.items():
        text = json.dumps(item)
        for other, ballot in ballots.items():
            assert sk.removeprefix("SLIP#") not in json.dumps(ballot)
            for word in (other.removeprefix("BALLOT#"), body(ballot)["name"]):
                assert word not in text
    # The table gives them in the order of digests, which says nothing of who came first.
    board = world.services.store.board
    assert [slip.key for slip in board.slips(world.motion_id)] == sorted(
        sk.removeprefix("SLIP#") for sk in voted
    )


def test_a_changed_vote_leaves_the_item_of_its_voter_as_it_was(world: World) -> None:
    open_secretly(world)
    first = world.vote("director1", "yes")
    world.vote("director2", "yes")
    before = world.dump()
    world.clock.forward(hours=3)
    changed = world.vote("director1", "no", receipt=first.receipt)
    after = world.dump()
    (key,) = [key for key in after if before.get(key) != after[key]]
    assert key[1].startswith("SLIP#")
    assert set(before) == set(after)
    assert body(after[key]) == {"choice": "no", "earlier": ["yes"]}
    assert (changed.receipt, changed.number) == (first.receipt, first.number)
    assert world.commands("motion", world.motion_id)[-1] == "open", "no event tells when"


def test_a_ballot_touches_nothing_but_its_two_items(world: World) -> None:
    open_secretly(world)
    world.deliver_all()
    before = world.dump()
    world.vote("director1", "yes")
    new = {key: item for key, item in world.dump().items() if before.get(key) != item}
    assert sorted(key[1].partition("#")[0] for key in new) == ["BALLOT", "SLIP"]
    assert world.deliver_all() == 0, "no letter says when somebody voted"


def test_the_receipt_is_kept_nowhere(world: World, caplog: Any, requests: Any) -> None:
    open_secretly(world)
    caplog.set_level(logging.DEBUG)
    cast = world.vote("director1", "yes", ballot_token="a-token-of-the-form")
    world.deliver_all()
    for kept in (json.dumps(list(world.dump().values())), caplog.text, str(requests), repr(cast)):
        plain = kept.replace("-", "").lower()
        assert cast.receipt.replace("-", "").lower() not in plain
        assert "a-token-of-the-form" not in kept


@pytest.mark.parametrize("typed", [str.lower, lambda r: r.replace("-", " "), lambda r: f" {r} "])
def test_a_receipt_is_known_however_it_is_typed(world: World, typed: Any) -> None:
    open_secretly(world)
    receipt = world.vote("director1", "yes").receipt
    assert receipts.slip_for(world.services, world.motion_id, typed(receipt)).choice == "yes"
    assert receipts.slip_for(world.services, world.motion_id, receipt[:-1] + "*") is None


def test_without_the_receipt_the_vote_stands(world: World) -> None:
    open_secretly(world)
    world.vote("director1", "yes")
    before = world.dump()
    with pytest.raises(ConflictError, match="enter your receipt"):
        world.vote("director1", "no")
    with pytest.raises(ValidationError) as refused:
        world.vote("director1", "no", receipt="0000-0000-0000-0000-0000")
    assert set(refused.value.errors) == {"receipt"}
    assert world.dump() == before


def test_the_same_form_sent_twice_casts_one_ballot_with_one_receipt(world: World) -> None:
    open_secretly(world)
    first = world.vote("director1", "yes", ballot_token="form-1")
    again = world.vote("director1", "yes", ballot_token="form-1")
    assert (first.receipt, first.number) == (again.receipt, again.number)
    assert list(slips(world).values()) == ["yes"]
    # The token is worth nothing to anybody else.
    other = world.vote("director2", "yes", ballot_token="form-1")
    assert other.receipt != first.receipt


def test_the_same_form_sent_twice_at_once_casts_one_ballot(world: World) -> None:
    open_secretly(world)
    one, two = at_once(
        *[lambda: world.vote("director1", "no", ballot_token="form-1")] * 2,
    )
    assert one.receipt == two.receipt
    assert list(slips(world).values()) == ["no"]


def test_two_forms_of_one_member_at_once_cast_one_ballot(world: World) -> None:
    open_secretly(world)
    results = at_once(lambda: world.vote("director1", "no"), lambda: world.vote("director1", "yes"))
    assert sum(isinstance(r, ConflictError) for r in results) == 1
    assert len(slips(world)) == len(items(world, "BALLOT#")) == 1


def test_a_ballot_whose_answer_was_lost_is_not_cast_again_and_keeps_its_receipt(
    world: World,
) -> None:
    """The table took the transaction, and the process never heard of it."""
    open_secretly(world)
    committed: list[str] = []

    def lose_the_answer(name: str, _params: Any) -> None:
        # Another process' transaction with the same ballot comes first.
        if name == "TransactWriteItems" and not committed:
            committed.append("once")
            committed.append(world.vote("director1", "yes", ballot_token="form-1").receipt)

    with watching(lose_the_answer):
        cast = world.vote("director1", "yes", ballot_token="form-1")
    assert cast.receipt == committed[1]
    assert list(slips(world).values()) == ["yes"]


def test_the_result_lists_slips_by_number_and_each_voter_finds_their_own(world: World) -> None:
    open_secretly(world)
    cast = [world.vote(who, choice) for who, choice in zip(VOTERS, CHOICES, strict=False)]
    world.do("president", "motion.close", world.motion_id)
    world.do("president", "motion.announce", world.motion_id)
    (event,) = [e for e in world.events(f"MOTION#{world.motion_id}") if e.command == "announce"]
    listed = [tuple(row) for row in event.data["slips"]]
    assert [number for number, _ in listed] == sorted(number for number, _ in listed)
    assert dict(listed) == {one.number: one.choice for one in cast}
    assert all(row[3] == "" for row in event.data["ballots"]), "who voted, and not what"
    assert (world.motion.tally.yes, world.motion.tally.no, world.motion.tally.abstain) == (5, 3, 2)


def test_who_is_recused_after_voting_gives_the_receipt_and_leaves_no_trace_of_it(
    world: World,
) -> None:
    open_secretly(world)
    receipt = world.vote("director1", "no").receipt
    world.vote("director2", "yes")
    with pytest.raises(ValidationError) as refused:
        world.recuse("director1")
    assert set(refused.value.errors) == {"receipt"}
    world.recuse("director1", receipt=receipt)
    assert sorted(slips(world).values()) == ["void", "yes"]
    kept = json.dumps([body(item) for item in items(world, "").values()])
    assert '"no"' not in kept, "beside a recusal, what was voted would be known"
    # Taken back, the member votes anew, and looks like everybody else who voted.
    world.do("director1", "motion.rejoin", world.motion_id)
    world.vote("director1", "abstain")
    versions = {item["version"]["N"] for item in items(world, "BALLOT#").values()}
    assert versions == {"1"}
    world.do("president", "motion.close", world.motion_id)
    world.do("president", "motion.announce", world.motion_id)
    assert world.motion.tally.abstain == world.motion.tally.yes == 1


def test_a_slip_put_in_by_hand_is_noticed(world: World) -> None:
    open_secretly(world)
    for who in VOTERS[:8]:
        world.vote(who, "no")
    board, unit = world.services.store.board, world.services.store.transaction()
    (slip, *_) = board.slips(world.motion_id)
    board.save_slip(unit, type(slip)(motion_id=slip.motion_id, key="ab" * 32, choice="yes"))
    unit.commit()
    world.do("president", "motion.close", world.motion_id)
    with pytest.raises(ConflictError, match="tampered"):
        world.do("president", "motion.announce", world.motion_id)


def test_a_closed_secret_vote_takes_no_change(world: World) -> None:
    open_secretly(world)
    receipt = world.vote("director1", "yes").receipt
    world.do("president", "motion.close", world.motion_id)
    with pytest.raises(IllegalTransitionError):
        world.vote("director1", "no", receipt=receipt)
    assert list(slips(world).values()) == ["yes"]
