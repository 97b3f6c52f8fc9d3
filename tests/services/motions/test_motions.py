"""Motions on documents and from the floor: moved, divided, postponed, also at the same moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    NotAllowedError,
    ValidationError,
)
from chalicelib.domain.motions.motion import Effect, State
from chalicelib.domain.people.people import Act, Role
from chalicelib.domain.record.record import advance
from chalicelib.storage import keys
from tests.services.aws import at_once
from tests.services.world import TEXT

ACT, WAIT = "That the Board act on the report.", "That the Board meet again in May."


def place(world, number="6.0", actions=(ACT, WAIT)):
    """Another document with numbered actions, on the meeting's docket."""
    kind = "action" if actions else "discussion"
    data = {"kind": kind, "title": "Report of the task force", "actions": list(actions)}
    data |= {"background": "It met in 2025.", "goal_area": TEXT["goal_area"]}
    if not actions:
        data["questions"] = ["What did it find?"]
    made = world.do("staff", "document.send", world.meeting_id, **data)
    world.do("staff", "document.number", made.id, number=number)
    return made.id


def move(world, who="director1", **data):
    return world.do(who, "motion.move", world.meeting_id, **data)


def motion(world, motion_id):
    return world.services.store.board.motion(motion_id)


def vote(world, motion_id, choice="yes"):
    world.do("president", "motion.open", motion_id)
    for number in range(1, 9):
        world.do(f"director{number}", "motion.vote", motion_id, choice=choice)
    world.do("president", "motion.close", motion_id)
    return world.do("president", "motion.announce", motion_id)


def test_a_document_with_one_action_is_moved_as_it_recommends(world):
    document = place(world.at("scheduled"), actions=(ACT,))
    for action in ("", "0", 1):
        made = move(world, document="6.0", action=action)
        assert (made.wording, made.action, made.document_id) == (ACT, 0, document)
        assert (made.effect, made.petition_id) == (Effect.NONE, "")
        world.do("director1", "motion.withdraw", made.id)


def test_several_actions_are_moved_together_as_numbered_sentences_or_one_by_one(world):
    place(world.at("scheduled"))
    both = move(world, document="6.0")
    assert both.wording == f"1. {ACT}\n2. {WAIT}"
    world.do("director1", "motion.withdraw", both.id)
    second, first = move(world, document="6.0", action=2), move(world, document="6.0", action=1)
    assert (first.wording, second.wording) == (ACT, WAIT)
    assert second.label == "Motion on Doc 6.0, action 2"


def test_a_member_may_move_other_words_but_not_on_a_petition(world):
    place(world.at("scheduled"))
    with pytest.raises(ValidationError) as wrong:
        move(world, document="6.0", action=1, wording="Act on the above.")
    assert "That" in wrong.value.errors["wording"]
    own = move(world, document="6.0", action=1, wording="That the report be received.")
    assert own.wording == "That the report be received."
    with pytest.raises(ValidationError) as wrong:
        move(world, document="5.0", wording="That the group be established.")
    assert "amend" in wrong.value.errors["wording"]


def test_a_petitions_motion_holds_what_it_gives_the_group(world):
    made = move(world.at("scheduled"), document="5.0")
    text = world.petition.text
    assert (made.effect, made.name, made.charge) == (Effect.ESTABLISH, text.name, text.charge)
    assert (
        made.document_id
        == world.services.store.board.meeting(world.meeting_id).document("5.0").document_id
    )


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (0, 0, "A motion on Doc 6.0 is before"),
        (0, 2, "A motion on Doc 6.0 is before"),
        (2, 0, "A motion on action 2 of Doc 6.0 is before"),
        (2, 2, "A motion on action 2 of Doc 6.0 is before"),
    ],
)
def test_an_action_is_before_the_board_once_at_a_time(world, first, then, said):
    place(world.at("scheduled"))
    move(world, document="6.0", action=first)
    with pytest.raises(ConflictError, match=said):
        move(world, "director2", document="6.0", action=then)
    place(world, "6.1")
    move(world, document="6.1")


@pytest.mark.parametrize("actions", [(0, 0), (0, 2), (2, 2)])
def test_two_motions_at_once_on_one_action_are_one(world, actions):
    place(world.at("scheduled"))
    first, then = actions
    results = at_once(
        lambda: move(world, "director1", document="6.0", action=first),
        lambda: move(world, "director2", document="6.0", action=then),
    )
    assert [type(r) for r in results if isinstance(r, BaseException)] == [ConflictError]
    assert len(world.services.store.board.motions(world.meeting_id)) == 1


def test_what_was_decided_is_not_moved_again(world):
    place(world.at("scheduled"))
    made = move(world, document="6.0", action=1)
    world.do("director2", "motion.second", made.id)
    assert vote(world, made.id, "no").state == State.LOST
    for action in (0, 1):
        with pytest.raises(ConflictError, match="The Board has decided on action 1 of Doc 6.0"):
            move(world, document="6.0", action=action)
    move(world, document="6.0", action=2)


def test_what_is_not_there_cannot_be_moved(world):
    place(world.at("scheduled"), actions=())
    for data, field in (
        ({"document": "9.0"}, "document"),
        ({"document": "6.0", "action": 1}, "action"),
        ({"document": "6.0"}, "wording"),
        ({"document": "6.0", "action": -1}, "action"),
        ({}, "title"),
        ({"title": "Thanks", "wording": "Thanks!"}, "wording"),
        ({"title": "x" * 200, "wording": ACT}, "title"),
        ({"title": "Thanks", "wording": ACT, "item": "77.0"}, "item"),
        ({"title": "Thanks", "wording": ACT, "again": world.petition_id}, "again"),
    ):
        before = world.dump()
        with pytest.raises(ValidationError) as wrong:
            move(world, **data)
        assert field in wrong.value.errors, data
        assert world.dump() == before


def test_a_motion_from_the_floor_belongs_to_an_item_or_to_none(world):
    world.at("scheduled")
    item = world.services.store.board.meeting(world.meeting_id).docket[0]
    thanks = {"title": "Thanks to the hosts", "wording": "That the Board thank its hosts."}
    made = [move(world, **thanks), move(world, **thanks, item=item.number)]
    assert [m.item for m in made] == ["", item.id or item.number]
    assert {m.label for m in made} == {"Motion from the floor"}
    world.do("director2", "motion.second", made[0].id)
    assert vote(world, made[0].id).state == State.CARRIED
    assert world.petition.state == "scheduled", "it brings about nothing by itself"


def test_a_motion_on_a_document_of_an_earlier_release_works_as_it_did(world):
    world.at("scheduled")
    board, unit = world.services.store.board, world.services.store.transaction()
    meeting = board.meeting(world.meeting_id)
    bare = tuple(replace(d, document_id="") for d in meeting.documents)
    by = Act(world.actor("staff"), Role.STAFF, world.clock())
    board.save_meeting(
        unit, *advance(meeting, "meeting", "add-document", by, before="", documents=bare)
    )
    unit.commit()
    made = move(world, document="5.0")
    assert (made.document_id, made.effect) == ("", Effect.ESTABLISH)
    # As that release stored it: nothing but the petition says what it brings about.
    record = world.item(keys.motion(made.id), keys.STATE)
    left = ("effect", "name", "charge")
    record.body = {k: v for k, v in record.body.items() if k not in left}
    world.put(record)
    world.ids["motion"] = made.id
    amendment = world.do("director3", "motion.amend", made.id, conditions="Report each June.")
    world.do("director1", "motion.accept-amendment", amendment.id)
    world.do("director2", "motion.second", made.id)
    assert vote(world, made.id).state == State.CARRIED
    (row,) = world.services.store.groups.listed()
    group = world.services.store.groups.read(row["slug"]).group
    assert group.charge.text == world.petition.text.charge
    assert group.charge.conditions == "Report each June."


def test_a_motion_is_divided_into_its_actions_each_decided_by_itself(world):
    place(world.at("scheduled"))
    whole = move(world, document="6.0")
    world.do("director2", "motion.second", whole.id)
    world.do("director7", "motion.divide", whole.id)
    assert motion(world, whole.id).state == State.DIVIDED
    rows = world.services.store.board.motions(world.meeting_id)
    parts = [motion(world, row["id"]) for row in rows if row["divided_from"] == whole.id]
    assert [(p.action, p.wording, p.state) for p in parts] == [
        (1, ACT, State.SECONDED),
        (2, WAIT, State.SECONDED),
    ]
    assert vote(world, parts[0].id).state == State.CARRIED
    with pytest.raises(ConflictError, match="action 1 of Doc 6.0 already"):
        move(world, document="6.0")
    assert vote(world, parts[1].id, "no").state == State.LOST
    for one in (whole, *parts):
        world.events(keys.motion(one.id))


@pytest.mark.parametrize("attempt", [1, 2])
def test_dividing_while_amending_does_one_or_the_other(world, attempt):
    place(world.at("scheduled"))
    whole = move(world, document="6.0")
    world.do("director2", "motion.second", whole.id)
    divided, amended = at_once(
        lambda: world.do("director7", "motion.divide", whole.id),
        lambda: world.do("director3", "motion.amend", whole.id, wording=ACT),
    )
    if isinstance(divided, BaseException):
        assert isinstance(divided, ConflictError)
        assert motion(world, whole.id).state == State.SECONDED
    else:
        assert isinstance(amended, IllegalTransitionError)
        assert world.services.store.board.pending_amendment(whole.id) == ""


@pytest.mark.parametrize("attempt", [1, 2])
def test_two_who_divide_at_once_divide_once(world, attempt):
    place(world.at("scheduled"))
    whole = move(world, document="6.0")
    results = at_once(
        lambda: world.do("director3", "motion.divide", whole.id),
        lambda: world.do("director4", "motion.divide", whole.id),
    )
    assert [type(r) for r in results if isinstance(r, BaseException)] == [IllegalTransitionError]
    assert len(world.services.store.board.motions(world.meeting_id)) == 3


@pytest.mark.parametrize("attempt", [1, 2])
def test_withdrawing_while_seconding_ends_withdrawn_or_seconded_and_withdrawn(world, attempt):
    world.at("moved")
    withdrawn, seconded = at_once(
        lambda: world.do("director1", "motion.withdraw", world.motion_id),
        lambda: world.do("director2", "motion.second", world.motion_id),
    )
    assert not isinstance(withdrawn, BaseException)
    assert world.motion.state == State.WITHDRAWN
    assert isinstance(seconded, IllegalTransitionError) == (world.motion.seconder == "")


def test_a_motion_is_postponed_to_a_meeting_that_lists_it(world):
    world.at("seconded")
    later = world.plan_meeting(title="Board II")
    for wrong in ("nothing", world.meeting_id):
        with pytest.raises(ValidationError) as refused:
            world.do("president", "motion.postpone", world.motion_id, meeting=wrong)
        assert set(refused.value.errors) == {"meeting"}
    world.do("president", "motion.postpone", world.motion_id, meeting=later)
    assert (world.motion.state, world.motion.postponed_to) == (State.POSTPONED, later)
    rows = world.services.store.board.postponed_to(later)
    assert [(r["id"], r["meeting"]) for r in rows] == [(world.motion_id, world.meeting_id)]
    assert world.services.store.board.motions(later) == []


def test_conveners_are_told_once_that_the_motion_on_their_petition_is_postponed(world):
    world.at("seconded")
    later = world.plan_meeting(title="Board II")
    world.forget_letters()
    first, second = at_once(
        lambda: world.do("president", "motion.postpone", world.motion_id, meeting=later),
        lambda: world.do("staff", "motion.postpone", world.motion_id, meeting=later),
    )
    assert isinstance(first, BaseException) != isinstance(second, BaseException)
    world.deliver_all()
    kind = "petition-postponed"
    assert world.told() == [(kind, "noor"), (kind, "rowan")]
    assert all("Postponed to: Board II" in letter.text for letter in world.letters(kind))


def test_no_convener_hears_that_an_amendment_had_no_quorum(world):
    world.at("seconded")
    amendment = world.do("director3", "motion.amend", world.motion_id, conditions="Report.")
    world.do("director4", "motion.second", amendment.id)
    world.do("president", "motion.open", amendment.id)
    world.do("president", "motion.close", amendment.id)
    world.do("president", "motion.announce", amendment.id)
    world.deliver_all()
    assert world.letters("petition-postponed") == []


def test_a_void_vote_is_not_postponed_and_what_is_held_anew_keeps_its_floor(world):
    world.at("open")
    world.do("president", "motion.void", world.motion_id, reason="The wrong text.")
    with pytest.raises(IllegalTransitionError):
        world.do("president", "motion.postpone", world.motion_id)
    world.do("president", "motion.hold-anew", world.motion_id)
    with pytest.raises(IllegalTransitionError):
        world.do("president", "motion.postpone", world.motion_id)
    with pytest.raises(ConflictError, match="before the Board already"):
        move(world, document="5.0")


def test_a_postponed_motion_is_taken_up_again_as_it_was_amended(world):
    world.at("seconded")
    amendment = world.do("director3", "motion.amend", world.motion_id, conditions="Report.")
    for who in ("director1", "director2"):
        world.do(who, "motion.accept-amendment", amendment.id)
    wording = world.motion.wording
    world.do("president", "motion.postpone", world.motion_id)
    with pytest.raises(ValidationError):
        move(world, "director5", document="", again=world.motion_id)
    made = move(world, "director5", document="5.0", again=world.motion_id)
    assert (made.conditions, made.wording, made.state) == ("Report.", wording, State.MOVED)
    world.do("director6", "motion.second", made.id)
    assert vote(world, made.id).state == State.CARRIED


def test_nothing_is_moved_in_a_meeting_that_is_over(world):
    world.at("scheduled")
    world.clock.forward(days=100)
    record = world.item(keys.meeting(world.meeting_id), keys.STATE)
    record.body = {**record.body, "state": "cancelled"}
    world.put(record)
    with pytest.raises(ConflictError, match="over"):
        move(world, document="5.0")


def test_only_its_mover_withdraws_a_motion(world):
    world.at("moved")
    with pytest.raises(NotAllowedError):
        world.do("director2", "motion.withdraw", world.motion_id)
    world.clock.now += timedelta(minutes=1)
    world.do("director1", "motion.withdraw", world.motion_id)
    assert world.motion.state == State.WITHDRAWN


def test_a_void_result_leaves_its_document_to_the_vote_that_is_held_anew(world):
    place(world.at("scheduled"))
    made = move(world, document="6.0", action=1)
    world.do("director2", "motion.second", made.id)
    vote(world, made.id, "no")
    world.do("president", "motion.void", made.id, reason="Counted the wrong motion.")
    with pytest.raises(ConflictError, match="is before the Board already"):
        move(world, document="6.0", action=1)
    anew = world.do("president", "motion.hold-anew", made.id)
    assert vote(world, anew.id).state == State.CARRIED
    with pytest.raises(ConflictError, match="has decided"):
        move(world, document="6.0", action=1)


def test_a_document_that_is_withdrawn_takes_the_motions_on_its_actions_along(world):
    document = place(world.at("scheduled"))
    first, second = (move(world, document="6.0", action=n) for n in (1, 2))
    world.do("director2", "motion.second", first.id)
    vote(world, first.id)
    world.do("staff", "document.withdraw", document, reason="Another report came.")
    assert motion(world, first.id).state == State.CARRIED
    assert motion(world, second.id).state == State.POSTPONED


@pytest.mark.parametrize("action", [0, 2])
def test_a_motion_and_its_documents_withdrawal_at_once_leave_no_motion_pending(world, action):
    document = place(world.at("scheduled"))
    moved, _ = at_once(
        lambda: move(world, document="6.0", action=action),
        lambda: world.do("staff", "document.withdraw", document, reason="Another report came."),
    )
    if isinstance(moved, BaseException):
        assert isinstance(moved, ValidationError)
    else:
        assert motion(world, moved.id).state == State.POSTPONED
