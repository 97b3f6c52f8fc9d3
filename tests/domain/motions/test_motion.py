"""A motion before the Board: moved, seconded, voted on, closed, announced."""

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.domain import errors
from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    NotAllowedError,
    ValidationError,
)
from chalicelib.domain.motions import amendments, recusals, virtual, voiding
from chalicelib.domain.motions import ballots as votes
from chalicelib.domain.motions import motion as rules
from chalicelib.domain.motions.motion import State
from chalicelib.domain.people.people import Role
from chalicelib.domain.policy import rules as policies
from tests.domain.builders import (
    ADA,
    BOARD,
    DAY,
    DIRECTOR,
    HOUR,
    NOW,
    POLICY,
    act,
    actor,
    ballots,
    board_member,
    chicago,
    motion_in,
    moved,
    open_motion,
    seconded,
    staff,
    voter,
)


def cast(motion, choice, person=BOARD[2], existing=None, now=NOW):
    """A member casts a ballot."""
    return votes.vote(motion, existing, choice, actor(person), now)


def recuse(motion, person=BOARD[2], existing=None, reason="I convene it.", now=NOW):
    """A member is recused."""
    return recusals.recuse(motion, existing, reason, "", act(person, Role.VOTING, now))


def extend(motion):
    """The window that runs in this state, some days longer."""
    began = NOW - HOUR if motion.state == "open" else NOW + DAY
    running = replace(motion, virtual=True, voting_from=began, voting_until=began + 7 * DAY)
    return virtual.extend(running, (NOW + 20 * DAY).date(), "Ill members.", POLICY, staff())[0]


RUN = {
    "second": lambda m: rules.second(m, voter(2))[0],
    "open": lambda m: votes.open_vote(m, BOARD, NOW.date(), staff())[0],
    "vote": lambda m: m if cast(m, "yes") else None,
    "close": lambda m: votes.close(m, BOARD, NOW.date(), staff())[0],
    "announce": lambda m: votes.announce(m, ballots(open_motion(), *["yes"] * 9), POLICY, staff())[
        0
    ],
    "postpone": lambda m: rules.postpone(m, staff())[0],
    "withdraw": lambda m: rules.withdraw(m, voter(1))[0],
    "amend": lambda m: (
        m if amendments.propose("a1", m, {"wording": "That we wait."}, voter(3)) else m
    ),
    "divide": lambda m: rules.divide(replace(m, **TWO_ACTIONS), ["d1", "d2"], voter(3))[0][0],
    "recuse": lambda m: recuse(m)[0],
    "rejoin": lambda m: recusals.rejoin(m, recuse(open_motion())[2], voter(3))[0],
    "call-virtual": lambda m: virtual.call(m, "", False, POLICY, staff())[0],
    "extend-vote": extend,
    # A result that nothing follows from: the others are told apart below.
    "void": lambda m: voiding.void(replace(m, petition_id=""), "A mistake.", staff())[0],
    "hold-anew": lambda m: voiding.hold_anew(m, "v2", staff())[0],
}
TWO_ACTIONS = {"wording": "1. That we act.\n2. That we wait.", "petition_id": ""}
LEADS_TO = {
    "moved": {
        "amend": "moved",
        "divide": "divided",
        "second": "seconded",
        "postpone": "postponed",
        "withdraw": "withdrawn",
        "recuse": "moved",
        "rejoin": "moved",
    },
    "seconded": {
        "amend": "seconded",
        "divide": "divided",
        "open": "open",
        "postpone": "postponed",
        "withdraw": "withdrawn",
        "recuse": "seconded",
        "rejoin": "seconded",
        "call-virtual": "seconded",
        "extend-vote": "seconded",
    },
    "open": {
        "vote": "open",
        "close": "closed",
        "recuse": "open",
        "rejoin": "open",
        "extend-vote": "open",
        "void": "void",
    },
    "closed": {"announce": "carried", "void": "void"},
    "carried": {"void": "void"},
    "lost": {"void": "void"},
    "postponed": {},
    "withdrawn": {},
    "divided": {},
    "void": {"hold-anew": "void"},
}


def test_the_table_walked_here_is_complete():
    assert set(RUN) == set(rules.TRANSITIONS)
    assert set(LEADS_TO) == {str(s) for s in State}


@pytest.mark.parametrize("command", RUN)
@pytest.mark.parametrize("state", LEADS_TO)
def test_every_state_with_every_command(state, command):
    motion = motion_in(State(state))
    if command in LEADS_TO[state]:
        assert RUN[command](motion).state == LEADS_TO[state][command]
        return
    with pytest.raises(IllegalTransitionError) as refused:
        RUN[command](motion)
    assert (refused.value.state, refused.value.command) == (state, command)
    assert set(refused.value.possible) == set(LEADS_TO[state])
    assert state in refused.value.message
    assert errors._WORDS[command] in refused.value.message


# Moving and seconding


@pytest.mark.parametrize(
    "wording", ["", "The Board establishes it.", "that the Board …", "Thatcher", "That", " That it"]
)
def test_a_motion_begins_with_that(wording):
    with pytest.raises(ValidationError) as refused:
        rules.move("v1", "m1", "5.0", "p1", "Open Metadata", wording, voter(1))
    assert "“That" in refused.value.errors["wording"]


def test_a_moved_motion_says_who_moved_it_and_when():
    motion = moved()
    assert (motion.state, motion.mover_id, motion.mover) == (State.MOVED, "b01", "Member 01")
    assert motion.moved_at == NOW


def test_the_record_holds_the_wording_as_it_was_moved():
    _, event = rules.move("v1", "m1", "5.0", "p1", "Maps", "That it be so.", voter(1))
    assert event.data == {"wording": "That it be so.", "document": "5.0"}
    assert (event.subject, event.actor_name, event.after) == ("motion/v1", "Member 01", "moved")


def test_the_mover_cannot_second():
    with pytest.raises(NotAllowedError, match="another voting member"):
        rules.second(moved(), voter(1))
    motion, _ = rules.second(moved(), voter(2))
    assert (motion.seconder_id, motion.seconder) == ("b02", "Member 02")


@pytest.mark.parametrize("state", [State.MOVED, State.SECONDED])
def test_only_the_mover_takes_a_motion_back(state):
    motion = motion_in(state)
    with pytest.raises(NotAllowedError):
        rules.withdraw(motion, voter(2))
    assert rules.withdraw(motion, voter(1))[0].state == State.WITHDRAWN


@pytest.mark.parametrize("state", list(State))
def test_a_document_is_free_for_another_motion_once_this_one_ended(state):
    ended = {
        State.CARRIED,
        State.LOST,
        State.POSTPONED,
        State.WITHDRAWN,
        State.DIVIDED,
        State.VOID,
    }
    assert (state in rules.PENDING) is (state not in ended)


# The electorate


def test_the_electorate_is_the_voting_seats_as_they_are_when_the_vote_opens():
    motion, event = votes.open_vote(seconded(), (*BOARD, DIRECTOR, ADA), NOW.date(), staff())
    assert [e.person_id for e in motion.electorate] == [p.id for p in BOARD]
    assert event.data["electorate"][0] == ["b01", "Member 01", "Director 1"]
    assert len(event.data["electorate"]) == 13


def test_the_electorate_does_not_change_with_the_seats():
    motion = open_motion()
    late = board_member(14)
    with pytest.raises(NotAllowedError, match="when this vote opened"):
        cast(motion, "yes", late)
    # Somebody who has left the Board since, or has another office, votes as they were then.
    gone = replace(BOARD[2], seats=(), name="Another Name")
    ballot = cast(motion, "yes", gone)
    assert (ballot.name, ballot.office) == ("Member 03", "Director 3")


@pytest.mark.parametrize("person", [DIRECTOR, ADA], ids=["executive-director", "member"])
def test_nobody_outside_the_electorate_votes(person):
    with pytest.raises(NotAllowedError):
        cast(open_motion(), "yes", person)


def test_no_vote_opens_without_electors():
    with pytest.raises(ConflictError, match="nobody could vote"):
        votes.open_vote(seconded(), (DIRECTOR, ADA), NOW.date(), staff())


# Ballots


@pytest.mark.parametrize("choice", ["", "maybe", "YES", "Yes", "present"])
def test_an_unknown_choice_is_no_ballot(choice):
    with pytest.raises(ValidationError) as refused:
        cast(open_motion(), choice)
    assert set(refused.value.errors) == {"choice"}


def test_a_recusal_states_its_conflict():
    with pytest.raises(ValidationError) as refused:
        recuse(open_motion(), reason="")
    assert set(refused.value.errors) == {"reason"}
    motion, event, ballot = recuse(open_motion())
    assert (ballot.choice, ballot.reason) == ("recused", "I convene it.")
    assert event.data["reason"] == "I convene it."
    assert motion.state == State.OPEN


def test_nobody_is_recused_by_a_ballot():
    with pytest.raises(ValidationError) as refused:
        cast(open_motion(), "recused")
    assert set(refused.value.errors) == {"choice"}


def test_a_changed_ballot_replaces_the_first_and_keeps_what_it_said():
    motion = open_motion()
    first = cast(motion, "yes")
    second = cast(motion, "no", existing=first, now=NOW + HOUR)
    third = cast(motion, "abstain", existing=second, now=NOW + 2 * HOUR)
    assert (third.choice, third.cast_at, third.version) == ("abstain", NOW + 2 * HOUR, 3)
    assert third.earlier == (
        "yes at 2024-01-26T19:00:00+00:00",
        "no at 2024-01-26T20:00:00+00:00",
    )
    assert third.person_id == first.person_id


def test_the_same_ballot_again_changes_nothing():
    motion = open_motion()
    assert cast(motion, "yes", existing=cast(motion, "yes"), now=NOW + HOUR) is None
    _, _, recused = recuse(motion)
    with pytest.raises(ConflictError, match="already"):
        recuse(motion, existing=recused)
    _, _, other = recuse(motion, existing=recused, reason="My spouse convenes it.")
    assert other.reason == "My spouse convenes it."


def test_leaving_a_recusal_clears_its_reason():
    motion = open_motion()
    _, _, recused = recuse(motion)
    assert cast(motion, "yes", existing=recused).reason == ""


def test_a_closed_vote_takes_no_ballot_and_no_change():
    motion = open_motion()
    ballot = cast(motion, "yes")
    closed, _ = votes.close(motion, BOARD, NOW.date(), staff(NOW + HOUR))
    assert (closed.state, closed.closed_at, closed.tally) == (State.CLOSED, NOW + HOUR, None)
    with pytest.raises(IllegalTransitionError):
        cast(closed, "yes", BOARD[3])
    with pytest.raises(IllegalTransitionError):
        cast(closed, "no", existing=ballot)


# The result


def announced(*choices):
    """The result of these ballots."""
    motion = open_motion()
    cast_ballots = ballots(motion, *choices)
    closed, _ = votes.close(motion, BOARD, NOW.date(), staff())
    return votes.announce(closed, cast_ballots, POLICY, staff(NOW + HOUR))


def test_the_announcement_records_who_voted_how():
    motion, event = announced("yes", "no", "recused", "", "abstain", *["yes"] * 6)
    assert event.data["ballots"][:5] == [
        ["b01", "Member 01", "Director 1", "yes", ""],
        ["b02", "Member 02", "Director 2", "no", ""],
        ["b03", "Member 03", "Director 3", "recused", "I convene it."],
        ["b05", "Member 05", "Director 5", "abstain", ""],
        ["b06", "Member 06", "Director 6", "yes", ""],
    ]
    assert len(event.data["ballots"]) == 10
    counted = {name: event.data[name] for name in ("yes", "no", "abstain", "recused")}
    assert counted == {"yes": 7, "no": 1, "abstain": 1, "recused": 1}
    assert (event.data["quorum"], event.data["majority_base"]) == (7, "present")
    assert motion.announced_at == NOW + HOUR
    assert (motion.tally.yes, motion.tally.silent) == (7, 3)


@pytest.mark.parametrize(
    ("choices", "state"),
    [
        (["yes"] * 7, State.CARRIED),
        (["yes"] * 6, State.POSTPONED),  # no quorum: nothing is decided
        (["no"] * 6, State.POSTPONED),
        (["yes"] * 6 + ["no"] * 6, State.LOST),  # a tie
        (["yes"] * 7 + ["no"] * 6, State.CARRIED),
        (["yes"] * 6 + ["no"] * 5 + ["abstain"] * 2, State.LOST),  # members present
        ([], State.POSTPONED),
    ],
)
def test_the_result_follows_the_tally(choices, state):
    motion, event = announced(*choices)
    assert motion.state == state
    assert event.after == state


def with_cast_from(holds_from: str) -> policies.Policy:
    """The real policy, which from that day on counts votes cast."""
    text = (Path(policies.__file__).parents[2] / "policy.toml").read_text("utf-8")
    return policies.parse(
        text
        + f"""
[[board]]
holds_from = {holds_from}
seats = 13
quorum = "majority-of-seats"
majority_base = "cast"
recused_count_in_quorum = false
source = "A decision invented for this test"
"""
    )


@pytest.mark.parametrize(
    ("opened", "state"),
    [
        (chicago(2024, 1, 31, 23, 59, 59), State.LOST),  # already February in UTC
        (chicago(2024, 2, 1), State.CARRIED),
    ],
)
def test_the_rule_is_that_of_the_day_when_the_vote_opened(opened, state):
    policy = with_cast_from("2024-02-01")
    motion = open_motion(opened)
    choices = ["yes"] * 6 + ["no"] * 5 + ["abstain"] * 2
    closed, _ = votes.close(motion, BOARD, NOW.date(), staff(opened))
    later = staff(chicago(2024, 3, 1))
    assert votes.announce(closed, ballots(motion, *choices), policy, later)[0].state == state
