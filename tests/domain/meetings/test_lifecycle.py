"""A meeting from its planning to its approved minutes: every state against every command."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, IllegalTransitionError, ValidationError
from chalicelib.domain.meetings import attendance, milestones
from chalicelib.domain.meetings import docket as dockets
from chalicelib.domain.meetings import documents as meeting_documents
from chalicelib.domain.meetings import lifecycle as meeting_lifecycle
from chalicelib.domain.meetings import meeting as rules
from chalicelib.domain.meetings.meeting import Attendee, Kind, State
from tests.domain.builders import (
    BOARD,
    DAY,
    DIRECTOR,
    NOW,
    POLICY,
    SECOND,
    chicago,
    meeting,
    staff,
    voter,
)

# Written out from the design: what can be done in each state.
MAY = {
    State.PLANNED: "set-agenda post change cancel call-for-items grant-extension edit-docket pull "
    "begin",
    State.AGENDA_SET: "post change cancel call-for-items grant-extension edit-docket pull begin",
    State.POSTED: "change cancel call-for-items grant-extension edit-docket pull begin",
    State.IN_SESSION: "edit-docket pull note-attendance adopt-consent adjourn",
    State.ADJOURNED: "approve-minutes",
    State.MINUTES_APPROVED: "",
    State.CANCELLED: "",
}


def do(command, found):
    """The meeting after a command that would succeed in some state."""
    by = staff(found.starts_at)
    calls = {
        "set-agenda": lambda: meeting_lifecycle.set_agenda(found, by),
        "post": lambda: meeting_lifecycle.post(found, by),
        "change": lambda: meeting_lifecycle.change(
            found, replace(found, place="Room 9"), POLICY, by
        ),
        "cancel": lambda: meeting_lifecycle.cancel(found, "A storm.", by),
        "call-for-items": lambda: meeting_lifecycle.call_for_items(found, POLICY, by),
        "grant-extension": lambda: meeting_lifecycle.grant_extension(
            found,
            "Ada",
            "",
            chicago(2024, 2, 10, 23),
            date(2024, 2, 1),
            POLICY,
            staff(chicago(2024, 2, 9)),
        ),
        "edit-docket": lambda: dockets.move_item(found, "i1", 2, "", by),
        "pull": lambda: dockets.pull(found, "i5", voter(2)),
        "begin": lambda: attendance.begin(found, BOARD, POLICY, by),
        "note-attendance": lambda: attendance.note(found, DIRECTOR, "arrived", POLICY, by),
        "adopt-consent": lambda: dockets.adopt_consent(found, POLICY, by),
        "adjourn": lambda: attendance.adjourn(found, by),
        "approve-minutes": lambda: rules.minutes_approved(found, by),
    }
    return calls[command]()[0]


def at_state(state):
    found, _ = dockets.add_item(
        meeting(), rules.DocketItem("", "Minutes", 0, consent=True), staff()
    )
    begun, _ = attendance.begin(found, BOARD, POLICY, staff(found.starts_at))
    return replace(found, state=state, present=begun.present)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("command", rules.TRANSITIONS)
def test_every_command_in_every_state(state, command):
    found = at_state(state)
    if command in MAY[state].split():
        after = do(command, found)
        assert after.version == found.version + 1
        assert after.state == (rules.TRANSITIONS[command][1] or state)
        return
    with pytest.raises(IllegalTransitionError) as refused:
        do(command, found)
    assert refused.value.possible == tuple(sorted(MAY[state].split()))
    assert f"This meeting is {state}" in refused.value.message


def test_the_first_packet_posts_the_meeting():
    found, _ = rules.add_document(meeting(), "5.0", "Doc", "p1", "Ada", 15, staff())
    asked, _, packet = meeting_documents.ask_for_packet(found, [], staff())
    assert asked.state == State.PLANNED
    posted, event = rules.packet_published(asked, packet, staff())
    assert (posted.state, event.before, event.after) == (State.POSTED, "planned", "posted")
    session = replace(posted, state=State.IN_SESSION)
    assert rules.packet_published(session, packet, staff())[0].state == State.IN_SESSION


def test_no_document_comes_to_a_meeting_that_is_cancelled_or_has_begun():
    for state, words in ((State.CANCELLED, "cancelled"), (State.IN_SESSION, "begun")):
        with pytest.raises(ConflictError, match=words):
            rules.add_document(
                replace(meeting(), state=state), "5.0", "Doc", "p1", "Ada", 15, staff()
            )


# Changing


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": meeting().starts_at + DAY},
        {"zone": "Europe/Paris"},
        {"place": "Room 9"},
        {"link": "https://meet.example.org/1"},
        {"kind": Kind.IN_PERSON},
        {"minutes": 90},
    ],
)
def test_what_stands_in_calendars_moves_the_meeting(changes):
    found = meeting()
    moved, event = meeting_lifecycle.change(found, replace(found, **changes), POLICY, staff())
    assert (moved.sequence, moved.changed_at) == (1, NOW)
    assert [row[0] for row in event.data["changes"]] == list(changes)
    again, _ = meeting_lifecycle.change(moved, replace(moved, place="Room 10"), POLICY, staff())
    assert again.sequence == 2


def test_another_title_or_code_moves_nothing():
    found = meeting()
    renamed, _ = meeting_lifecycle.change(
        found, replace(found, title="A", code="B"), POLICY, staff()
    )
    assert (renamed.title, renamed.code, renamed.sequence) == ("A", "B", 0)
    assert meeting_lifecycle.change(found, found, POLICY, staff()) == (found, None)


def test_a_meeting_is_not_moved_into_the_past_but_changed_at_any_time():
    found = meeting()
    with pytest.raises(ValidationError) as refused:
        meeting_lifecycle.change(found, replace(found, starts_at=NOW), POLICY, staff())
    assert set(refused.value.errors) == {"day"}
    late = staff(found.starts_at + SECOND)
    assert meeting_lifecycle.change(found, replace(found, place="Room 9"), POLICY, late)[1]


def test_no_more_than_the_plan_is_taken_from_what_is_wanted():
    found = meeting()
    wanted = replace(found, place="Room 9", state=State.POSTED, docket=(), sequence=9)
    changed, _ = meeting_lifecycle.change(found, wanted, POLICY, staff())
    assert (changed.state, changed.docket, changed.sequence) == (State.PLANNED, found.docket, 1)


def test_a_cancelled_meeting_leaves_calendars_and_reminds_nobody():
    found = replace(meeting(), remind_at=NOW)
    with pytest.raises(ValidationError):
        meeting_lifecycle.cancel(found, "", staff())
    cancelled, event = meeting_lifecycle.cancel(found, "A storm.", staff(NOW + DAY))
    assert (cancelled.sequence, cancelled.changed_at) == (1, NOW + DAY)
    assert (cancelled.cancel_reason, event.data) == ("A storm.", {"reason": "A storm."})
    assert cancelled.remind_at is None
    assert milestones.next_reminder(cancelled, NOW, POLICY) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"link": "http://meet.example.org/1"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"kind": Kind.IN_PERSON, "place": ""}, "place"),
        ({"place": ""}, "place"),
        ({"kind": Kind.ASYNCHRONOUS}, "until"),
        ({"kind": Kind.ASYNCHRONOUS, "until": date(2024, 2, 24)}, "until"),
    ],
)
def test_a_plan_that_does_not_fit_together_is_refused(changes, field):
    with pytest.raises(ValidationError) as refused:
        meeting_lifecycle.check_plan(replace(meeting(), **changes), date(2024, 2, 25), POLICY)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"zone": "America/Chicago"},
        {"place": "", "link": "https://meet.example.org/j/1?pwd=x"},
        {"kind": Kind.ASYNCHRONOUS, "place": "", "until": date(2024, 2, 25)},
    ],
)
def test_a_plan_that_fits(changes):
    meeting_lifecycle.check_plan(replace(meeting(), **changes), date(2024, 2, 25), POLICY)


def test_items_are_called_for_once():
    called, _ = meeting_lifecycle.call_for_items(meeting(), POLICY, staff())
    assert called.items_called_at == NOW
    with pytest.raises(ConflictError, match="January 26, 2024"):
        meeting_lifecycle.call_for_items(called, POLICY, staff())


# Attendance


def test_a_meeting_begins_on_its_day_and_not_before():
    found = replace(meeting(), starts_at=chicago(2024, 2, 25, 13))
    with pytest.raises(ConflictError, match="February 25, 2024"):
        attendance.begin(found, BOARD, POLICY, staff(chicago(2024, 2, 24, 23, 59, 59)))
    begun, event = attendance.begin(found, [BOARD[0]], POLICY, staff(chicago(2024, 2, 25)))
    assert begun.called_at == chicago(2024, 2, 25)
    assert event.data == {"present": ["Member 01, Director 1"]}
    # Its day is that of its own zone.
    away = replace(found, zone="Asia/Tokyo", starts_at=chicago(2024, 2, 25, 18))
    with pytest.raises(ConflictError, match="February 26"):
        attendance.begin(away, BOARD, POLICY, staff(chicago(2024, 2, 25, 8)))
    assert attendance.begin(away, BOARD, POLICY, staff(chicago(2024, 2, 25, 9)))[1]


def test_people_come_and_go_and_come_back():
    found = meeting()
    by = staff(found.starts_at)
    here, _ = attendance.begin(found, BOARD[:2], POLICY, by)
    with pytest.raises(ConflictError, match="there already"):
        attendance.note(here, BOARD[0], "arrived", POLICY, by)
    with pytest.raises(ConflictError, match="is not there"):
        attendance.note(here, BOARD[5], "left", POLICY, by)
    with pytest.raises(ValidationError):
        attendance.note(here, BOARD[0], "slept", POLICY, by)
    came, event = attendance.note(here, BOARD[5], "arrived", POLICY, by)
    assert event.data == {"person": "Member 06", "what": "arrived"}
    left, _ = attendance.note(came, BOARD[0], "left", POLICY, by)
    back, _ = attendance.note(left, BOARD[0], "arrived", POLICY, by)
    told = [(one.name, bool(one.arrived_at), bool(one.left_at)) for one in back.present]
    assert told == [
        ("Member 01", False, True),
        ("Member 02", False, False),
        ("Member 06", True, False),
        ("Member 01", True, False),
    ]
    assert len(attendance.there_now(back)) == 3


def test_a_seat_that_has_ended_is_not_at_the_table():
    ended = replace(BOARD[3], seats=(replace(BOARD[3].seats[0], until=date(2024, 1, 1)),))
    found = meeting()
    with pytest.raises(ValidationError, match="another look"):
        attendance.begin(found, [ended], POLICY, staff(found.starts_at))


@pytest.mark.parametrize(("voting", "quorate"), [(6, False), (7, True)])
def test_a_quorum_is_seven_voting_members_of_thirteen(voting, quorate):
    found = meeting()
    here, _ = attendance.begin(found, [*BOARD[:voting], DIRECTOR], POLICY, staff(found.starts_at))
    assert attendance.quorum(here, POLICY) == 7
    assert attendance.has_quorum(here, POLICY) is quorate


def test_who_was_there_during_a_vote_is_read_from_the_roll():
    hours = [NOW + timedelta(hours=h) for h in range(5)]
    stays = (
        Attendee("a", "At the roll", "Director"),
        Attendee("b", "Left before", "Director", left_at=hours[1]),
        Attendee("c", "Came after", "Director", arrived_at=hours[4]),
        Attendee("d", "Back again", "Director", left_at=hours[2]),
        Attendee("d", "Back again", "Director", arrived_at=hours[3]),
    )
    called = replace(meeting(), called_at=hours[0], present=stays)
    during = attendance.there_between(called, hours[2], hours[3])
    assert [one.person_id for one in during] == ["a", "d"]
    assert attendance.there_between(replace(called, called_at=None), hours[2], hours[3]) == ()
    over = replace(called, adjourned_at=hours[1])
    assert attendance.there_between(over, hours[2], hours[3]) == ()
