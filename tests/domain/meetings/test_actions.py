"""What the Board did, in words, with the running number of groups."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.meetings import decision_wording
from chalicelib.domain.meetings.actions import Chartered, by_area, counted, of_motion

AT = datetime(2026, 1, 24, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wording", "carried", "lost", "to_do"),
    [
        (
            "That the ACRL Board of Directors approve the 2027 budget.",
            "approved the 2027 budget",
            "did not approve the 2027 budget",
            "approve the 2027 budget",
        ),
        (
            "That the Board approves the plan",
            "approved the plan",
            "did not approve the plan",
            "approve the plan",
        ),
        (
            "That the Board refer the draft to a committee.",
            "referred the draft to a committee",
            "did not refer the draft to a committee",
            "refer the draft to a committee",
        ),
        (
            "That the Board establishes a task force.",
            "established a task force",
            "did not establish a task force",
            "establish a task force",
        ),
        (
            "That the dues stay as they are.",
            "adopted the motion “That the dues stay as they are.”",
            "did not adopt the motion “That the dues stay as they are.”",
            "adopt the motion “That the dues stay as they are.”",
        ),
        (
            # A verb that boards do not use: nobody said “readed”.
            "That the Board read the report.",
            "adopted the motion “That the Board read the report.”",
            "did not adopt the motion “That the Board read the report.”",
            "adopt the motion “That the Board read the report.”",
        ),
    ],
)
def test_a_wording_as_what_was_done(wording, carried, lost, to_do):
    assert decision_wording.carried(wording) == carried
    assert decision_wording.lost(wording) == lost
    assert decision_wording.to_do(wording) == to_do


@pytest.mark.parametrize("wording", ["That the Board approve “X.”", "That the Board adopt it."])
def test_a_line_ends_with_one_full_stop(wording):
    line = decision_wording.as_line(decision_wording.carried(wording))
    assert not line.endswith("..")
    assert line.endswith((".", ".”"))
    assert line[0].isupper()


def row(state="carried", **more):
    base = {
        "id": "m1",
        "meeting": "b1",
        "document": "5.0",
        "title": "Open Textbooks",
        "wording": "That the Board approve it.",
        "state": state,
        "mover": "Ada Fell",
        "seconder": "Bo Lind",
        "effect": "",
        "decided_at": AT.isoformat(),
        "tally": "9 yes, 2 no; 6 yes needed",
    }
    return {**base, **more}


def group(number, slug="open-textbooks", motion="", since=None, **more):
    return Chartered(
        slug=f"{slug}-{number}",
        name=f"Group {number}",
        kind=more.pop("kind", "discussion-group"),
        motion_id=motion,
        since=since,
        **more,
    )


def test_a_carried_motion_is_one_line_with_all_that_belongs_to_it():
    (one,) = of_motion(row(), goal_area="Student Learning", presenter="Rowan Ibarra")
    assert one.line == "The Board approved it."
    assert (one.verb, one.mover, one.seconder) == ("approved", "Ada Fell", "Bo Lind")
    assert (one.number, one.at, one.goal_area) == ("5.0", AT, "Student Learning")
    assert (one.tally, one.owner) == ("9 yes, 2 no; 6 yes needed", "Rowan Ibarra")


@pytest.mark.parametrize("state", ["moved", "seconded", "open", "closed", "withdrawn", "void"])
def test_nothing_was_done_by_a_motion_that_was_not_decided(state):
    assert of_motion(row(state)) == []


def test_an_amendment_is_no_action_of_its_own():
    assert of_motion(row(effect="amend")) == []


def test_a_declined_petition_and_a_vote_without_quorum():
    (declined,) = of_motion(row("lost", effect="establish"))
    assert declined.line == "The Board declined the petition “Open Textbooks”."
    title = "Petition to establish the Open Textbooks discussion group"
    (declined,) = of_motion(row("lost", effect="establish", title=title))
    assert declined.line == (
        "The Board declined the petition to establish the Open Textbooks discussion group."
    )
    (none,) = of_motion(row("postponed"))
    assert "had no quorum to vote on Doc 5.0, Open Textbooks" in none.line


def test_a_virtual_vote_is_done_once_and_confirmed_once():
    later = AT + timedelta(days=40)
    first, confirmed = of_motion(
        row(to_confirm=True, confirmed_at=later.isoformat(), confirmed_in="b2")
    )
    assert first.line == "The Board approved it."
    assert confirmed.line == "The Board confirmed the virtual vote to approve it."
    assert (confirmed.meeting_id, confirmed.at) == ("b2", later)
    (waits,) = of_motion(row(to_confirm=True))
    assert "To be confirmed" in waits.next_step


def test_the_running_number_counts_what_was_there_at_that_moment():
    day = timedelta(days=1)
    groups = [
        group(1),  # There before this software.
        group(2, since=AT - day),
        group(3, since=AT - 2 * day, ended=AT - day),
        group(4, since=AT - 2 * day, there=False),
        group(5, kind="interest-group"),
        group(6, motion="m1", since=AT),
        group(7, motion="m2", since=AT + day),
    ]
    label = "Discussion Group"
    acts = [
        *of_motion(
            row(id="m2", effect="establish", decided_at=(AT + day).isoformat()),
            group=groups[6],
            label=label,
        ),
        *of_motion(row(effect="establish"), group=groups[5], label=label),
        *of_motion(row(id="m3")),
    ]
    found = counted(acts, groups)
    assert [one.groups for one in found] == [3, 0, 4]
    assert found[0].digest == (
        "Approved the creation of the Group 6 discussion group, bringing the number of discussion "
        "groups to 3."
    )


def test_by_goal_area_in_the_policys_order_with_the_rest_last():
    acts = [
        *of_motion(row(id="a")),
        *of_motion(row(id="b"), goal_area="Student Learning"),
        *of_motion(row(id="c"), goal_area="An area of old"),
    ]
    found = by_area(acts, ["Value of Libraries", "Student Learning"])
    assert [(area, [one.motion_id for one in here]) for area, here in found] == [
        ("Student Learning", ["b"]),
        ("An area of old", ["c"]),
        ("Not tied to a goal area", ["a"]),
    ]
