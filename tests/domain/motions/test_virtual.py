"""The windows of a vote without a meeting, on days when clocks change too."""

from datetime import timedelta

import pytest

from chalicelib.domain.motions import virtual
from chalicelib.domain.times import long_moment
from tests.domain.builders import DAY, HOUR, POLICY, chicago, open_motion, seconded, staff

ZONE = POLICY.association.zone
RULE = POLICY.virtual_vote(chicago(2026, 1, 1).date())


@pytest.mark.parametrize(
    ("called", "voting_from", "voting_until"),
    [
        # As in the Board's notices: 16 to 22 August, then 23 to 29 August.
        (
            chicago(2018, 8, 16, 10),
            "August 23, 2018, 12:00 a.m. CDT",
            "August 29, 2018, 11:59 p.m. CDT",
        ),
        # The first second and the last of a day are of the same day.
        (chicago(2026, 6, 1), "June 8, 2026, 12:00 a.m. CDT", "June 14, 2026, 11:59 p.m. CDT"),
        (
            chicago(2026, 6, 1, 23, 59, 59),
            "June 8, 2026, 12:00 a.m. CDT",
            "June 14, 2026, 11:59 p.m. CDT",
        ),
        # Clocks go forward on 8 March and back on 1 November 2026.
        (
            chicago(2026, 3, 3, 12),
            "March 10, 2026, 12:00 a.m. CDT",
            "March 16, 2026, 11:59 p.m. CDT",
        ),
        (
            chicago(2026, 10, 28, 12),
            "November 4, 2026, 12:00 a.m. CST",
            "November 10, 2026, 11:59 p.m. CST",
        ),
    ],
)
def test_seven_days_of_discussion_then_seven_of_voting(called, voting_from, voting_until):
    found = virtual.windows(called, RULE, ZONE, discussed=False)
    assert long_moment(found.voting_from, ZONE) == voting_from
    assert long_moment(found.voting_until, ZONE) == voting_until
    assert found.discussion_from == called


def test_without_a_discussion_the_day_of_the_call_is_the_first_of_the_voting():
    found = virtual.windows(chicago(2026, 6, 1, 15), RULE, ZONE, discussed=True)
    assert found.voting_from == chicago(2026, 6, 1, 15)
    assert long_moment(found.voting_until, ZONE) == "June 7, 2026, 11:59 p.m. CDT"


def called():
    return virtual.call(seconded(), "", False, POLICY, staff(chicago(2026, 3, 3, 12)))[0]


def test_reminders_come_whole_days_before_the_end_whatever_the_clocks_do():
    motion = called()
    moments = virtual.reminders(motion, POLICY, motion.voting_until)
    words = [long_moment(moment, ZONE) for moment in moments]
    assert words == ["March 13, 2026, 11:59 p.m. CDT", "March 15, 2026, 11:59 p.m. CDT"]


def test_a_longer_discussion_moves_the_voting_after_it():
    at = chicago(2026, 3, 5, 9)
    motion, event = virtual.extend(
        called(), chicago(2026, 3, 11).date(), "Ill members.", POLICY, staff(at)
    )
    assert long_moment(motion.voting_from, ZONE) == "March 12, 2026, 12:00 a.m. CDT"
    assert long_moment(motion.voting_until, ZONE) == "March 18, 2026, 11:59 p.m. CDT"
    assert (event.data["window"], event.data["reason"]) == ("discussion", "Ill members.")


def test_a_vote_is_in_one_queue_from_its_call_to_its_announcement():
    motion = called()
    queue, at = virtual.due_of(motion, POLICY, motion.voting_from)
    assert (queue, at) == (virtual.VOTES, motion.voting_from.isoformat())
    plain = open_motion()
    assert virtual.due_of(plain, POLICY, plain.opened_at)[0] == virtual.VOTES
    assert virtual.due_of(seconded(), POLICY, plain.opened_at) is None


def test_what_is_over_is_told_by_the_moment_alone():
    motion = called()
    assert not virtual.to_open(motion, motion.voting_from - timedelta(seconds=1))
    assert virtual.to_open(motion, motion.voting_from)
    assert virtual.to_open(motion, motion.voting_from + 3 * DAY + HOUR), "a sweep may be late"
