"""Amendments: what they would make of a motion, who accepts them, and what becomes of them."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    NotAllowedError,
    ValidationError,
)
from chalicelib.domain.motions import amendments as rules
from chalicelib.domain.motions import motion as motions
from chalicelib.domain.motions.motion import Effect, State
from chalicelib.domain.motions.wording import establishing
from chalicelib.domain.record.events import sha256_of
from tests.domain.builders import POLICY, moved, open_motion, seconded, staff, voter

LIMITS = POLICY.limits
CHARGE = "To discuss open records."
GROUP = {"name": "Open Metadata", "charge": CHARGE, "conditions": ""}


def to_establish(seconder=True):
    """A motion that establishes a group, moved by member 1 and seconded by member 2."""
    main = seconded() if seconder else moved()
    return replace(main, effect=Effect.ESTABLISH, name="Open Metadata", charge=CHARGE)


def plain():
    """One about anything else."""
    return replace(seconded(), petition_id="", wording="That the Board meet in May.")


def amended(main=None, by=3, **parts):
    """An amendment that member 3 moved."""
    main = main or to_establish()
    becomes = rules.checked(main, {**rules.parts_of(main), **parts}, LIMITS)
    return rules.propose("a1", main, becomes, voter(by))


def test_an_amendment_says_in_full_what_the_text_becomes():
    charge, _ = amended(charge="To discuss and share open records.")
    assert charge.wording == (
        "That the motion on Doc 5.0 be amended so that the charge reads: "
        "“To discuss and share open records.”"
    )
    all_of_it, _ = amended(name="Open Data", charge="To share.", conditions="Report.\nMeet.")
    assert all_of_it.wording.endswith(
        "so that the group is named “Open Data”, and that the charge reads: “To share”, and that "
        "the conditions are: (1) Report. (2) Meet."
    )
    other, _ = amended(plain(), wording="That the Board meet in June.")
    assert other.wording == (
        "That the motion on Doc 5.0 be amended to read: “That the Board meet in June.”"
    )
    assert charge.label == "Amendment of the motion on Doc 5.0"


def test_the_record_holds_both_texts_and_their_digests():
    _, event = amended(conditions="Report.")
    assert event.data["was"] == GROUP
    assert event.data["becomes"] == {**GROUP, "conditions": "Report."}
    assert event.data["digest_before"] == sha256_of(event.data["was"])
    assert event.data["digest_after"] == sha256_of(event.data["becomes"])


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({}, "charge"),
        ({"conditions": "\n- \n"}, "charge"),
        ({"charge": ""}, "charge"),
        ({"charge": "Discuss records."}, "charge"),
        ({"charge": "To " + "x" * LIMITS.charge}, "charge"),
        ({"name": "X"}, "name"),
        ({"name": "X" * (LIMITS.name + 1)}, "name"),
        ({"conditions": "x" * (LIMITS.comment + 1)}, "conditions"),
    ],
)
def test_what_a_group_could_not_be_given_is_refused(parts, field):
    with pytest.raises(ValidationError) as refused:
        amended(**parts)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize("wording", ["", "Meet in June.", "That the Board meet in May."])
def test_a_wording_that_is_no_motion_or_no_other_one_is_refused(wording):
    with pytest.raises(ValidationError) as refused:
        amended(plain(), wording=wording)
    assert set(refused.value.errors) == {"wording"}


def test_an_amendment_is_not_amended_and_a_confirmation_takes_none():
    amendment, _ = amended(conditions="Report.")
    with pytest.raises(ConflictError, match="move another"):
        rules.propose("a2", amendment, {"wording": "That we wait."}, voter(4))
    confirmation = replace(plain(), effect=Effect.CONFIRM)
    with pytest.raises(ConflictError, match="cannot be amended"):
        rules.propose("a2", confirmation, {"wording": "That we wait."}, voter(4))


def test_once_its_vote_is_open_a_motion_is_not_amended():
    with pytest.raises(IllegalTransitionError):
        rules.propose("a1", open_motion(), {"wording": "That we wait."}, voter(3))


def test_a_carried_amendment_leaves_the_motion_with_the_text_that_it_said():
    main = to_establish()
    amendment, _ = amended(main, charge="To share.", conditions="Report.")
    made = rules.made_by(amendment, main)
    wording = establishing("Board", made["name"], "Group", made["charge"], made["conditions"])
    new, event = rules.adopt(main, amendment, wording, staff())
    assert rules.parts_of(new) == {
        "name": "Open Metadata",
        "charge": "To share.",
        "conditions": "Report.",
    }
    assert (new.state, new.amendments, new.wording) == (State.SECONDED, ("a1",), wording)
    assert event.data["digest_before"] == sha256_of(rules.parts_of(main))
    assert event.data["digest_after"] == sha256_of(rules.parts_of(new))
    assert [c.field for c in rules.changes(event.data["was"], event.data["becomes"])] == [
        "charge",
        "conditions",
    ]


def test_any_other_motion_gets_the_amendments_wording():
    main = plain()
    amendment, _ = amended(main, wording="That the Board meet in June.")
    new, _ = rules.adopt(main, amendment, "", staff())
    assert new.wording == "That the Board meet in June."


def test_mover_and_seconder_together_accept_an_amendment():
    main = to_establish()
    amendment, _ = amended(main, conditions="Report.")
    once, event = rules.accept(amendment, main, voter(1))
    assert (once.state, event.data) == (State.MOVED, {"complete": False})
    assert rules.accept(once, main, voter(1)) is None, "once is enough"
    both, event = rules.accept(once, main, voter(2))
    assert (both.state, event.data) == (State.CARRIED, {"complete": True})
    assert (both.tally, both.accepted_by) == (None, ("b01", "b02"))


def test_whoever_of_the_two_moved_it_has_accepted_it():
    main = to_establish()
    amendment, _ = amended(main, by=2, conditions="Report.")
    assert rules.accept(amendment, main, voter(2)) is None
    done, _ = rules.accept(amendment, main, voter(1))
    assert done.state == State.CARRIED


def test_before_there_is_a_second_the_mover_alone_accepts():
    main = to_establish(seconder=False)
    amendment, _ = amended(main, conditions="Report.")
    assert rules.accept(amendment, main, voter(1))[0].state == State.CARRIED
    own, _ = amended(main, by=1, conditions="Report.")
    assert rules.accept(own, main, voter(1))[0].state == State.CARRIED


def test_nobody_else_accepts_and_nobody_once_its_vote_is_open():
    main = to_establish()
    amendment, _ = amended(main, conditions="Report.")
    with pytest.raises(NotAllowedError, match="mover and the seconder"):
        rules.accept(amendment, main, voter(3))
    with pytest.raises(IllegalTransitionError):
        rules.accept(replace(amendment, state=State.OPEN), main, voter(1))


def test_an_amendment_falls_with_its_motion_but_not_out_of_its_vote():
    main = to_establish()
    amendment, _ = amended(main, conditions="Report.")
    fallen, event = rules.fall(amendment, main, staff())
    assert (fallen.state, event.data) == (State.WITHDRAWN, {"with": main.id})
    for state in (State.OPEN, State.CLOSED):
        with pytest.raises(ConflictError, match="must end first"):
            rules.fall(replace(amendment, state=state), main, staff())


def test_a_motion_of_several_actions_is_divided_into_one_for_each():
    main = replace(plain(), wording="1. That we act.\n2. That we wait.", amendments=("a1",))
    (whole, event), parts = motions.divide(main, ["d1", "d2"], voter(9))
    assert (whole.state, event.data) == (State.DIVIDED, {"into": ["d1", "d2"]})
    assert [(p.id, p.action, p.wording, p.state) for p, _ in parts] == [
        ("d1", 1, "That we act.", State.SECONDED),
        ("d2", 2, "That we wait.", State.SECONDED),
    ]
    for part, told in parts:
        assert (part.mover, part.seconder, part.divided_from) == (main.mover, main.seconder, "v1")
        assert (part.version, told.previous, part.amendments) == (1, "", ())
        assert part.label == f"Motion on Doc 5.0, action {part.action}"


@pytest.mark.parametrize("change", [{}, {"action": 2}, {"effect": Effect.CONFIRM}])
def test_one_action_is_not_divided(change):
    several = {"wording": "1. That we act.\n2. That we wait."} if change else {}
    with pytest.raises(ConflictError, match="nothing to divide"):
        motions.divide(replace(plain(), **several, **change), ["d1", "d2"], voter(9))


def test_a_motion_that_was_moved_before_motions_said_so_establishes_its_group():
    assert moved().brings_about == Effect.ESTABLISH
    assert plain().brings_about == Effect.NONE
