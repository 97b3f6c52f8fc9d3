"""Meetings as staff and the Board run them: letters, reminders, races, and what is kept."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings import meeting as rules
from chalicelib.domain.meetings.meeting import State
from chalicelib.services.sweep import sweep
from chalicelib.storage import keys
from tests.services.aws import at_once, crash_before
from tests.services.world import VOTERS, World

PLAN = {
    "title": "Board I",
    "code": "ACRL AC 26",
    "day": "2026-05-11",
    "time": "13:00",
    "place": "Virtual",
}


@pytest.fixture
def scheduled(world: World) -> World:
    """A petition is on the docket of a meeting that is 45 days away."""
    world.at("scheduled").forget_letters()
    return world


def change(world: World, **changes: object) -> rules.Meeting:
    planned = {**PLAN, "day": str(world.meeting.starts_at.date())}
    return world.do("staff", "meeting.change", world.meeting_id, **{**planned, **changes})


def test_a_move_is_told_to_the_board_and_to_those_on_the_docket(scheduled: World) -> None:
    moved = change(scheduled, day="2026-05-20", zone="Europe/Paris", place="Room 9")
    assert moved.sequence == 1
    scheduled.deliver_all()
    told = scheduled.told("meeting-changed", "petition-moved")
    board = sorted([*VOTERS, "executive"])
    assert told == [
        *(("meeting-changed", who) for who in board),
        ("petition-moved", "noor"),
        ("petition-moved", "rowan"),
    ]
    (letter,) = scheduled.letters("petition-moved", to="rowan")
    assert "Where: Virtual became Room 9" in letter.text
    assert "became Wednesday, May 20, 2026, 1:00 p.m. CEST" in letter.text
    assert "calendar.ics" in scheduled.letters("meeting-changed")[0].text
    events = scheduled.events(keys.meeting(scheduled.meeting_id))
    assert events[-1].data["changes"][-1] == ["place", "Virtual", "Room 9"]


def test_another_code_alone_is_told_to_nobody_and_a_repeat_is_no_change(scheduled: World) -> None:
    change(scheduled, code="ACRL AC 2026")
    before = scheduled.dump()
    assert change(scheduled, code="ACRL AC 2026").sequence == 0
    assert scheduled.dump() == before
    scheduled.deliver_all()
    assert scheduled.letters() == []


def test_a_form_that_somebody_overtook_writes_over_nothing(scheduled: World) -> None:
    from chalicelib.domain.meetings.lifecycle import edition

    seen = edition(scheduled.meeting)
    change(scheduled, place="Room 1", seen=seen)
    with pytest.raises(ConflictError, match="Nothing was overwritten"):
        change(scheduled, place="Room 2", seen=seen)
    # The same form sent again, because its answer was lost, is fine.
    assert change(scheduled, place="Room 1", seen=seen).place == "Room 1"


def test_a_cancelled_meeting_frees_what_was_on_it(world: World) -> None:
    world.at("seconded").forget_letters()
    world.clock.now = world.meeting.starts_at - timedelta(days=3)
    world.do("staff", "meeting.cancel", world.meeting_id, reason="A storm.")
    world.deliver_all()
    assert (world.meeting.state, world.motion.state) == ("cancelled", "postponed")
    assert ("petition-unscheduled", "rowan") in world.told("petition-unscheduled")
    assert len(world.letters("meeting-cancelled")) == 14
    with pytest.raises(ConflictError, match="is over"):
        world.move()
    # The petition goes on to another meeting.
    world.ids["meeting"] = world.plan_meeting()
    world.schedule()
    assert world.petition.meeting_id == world.meeting_id


def test_no_meeting_is_cancelled_while_a_vote_goes_on(world: World) -> None:
    world.at("open")
    with pytest.raises(ConflictError, match="has begun"):
        world.do("staff", "meeting.cancel", world.meeting_id, reason="A storm.")
    assert world.motion.state == "open"


def test_a_motion_and_a_cancellation_at_once_do_not_both_hold(scheduled: World) -> None:
    world = scheduled
    at_once(
        lambda: world.do("staff", "meeting.cancel", world.meeting_id, reason="A storm."),
        lambda: world.do("director1", "motion.move", world.meeting_id, document="5.0"),
    )
    motions = world.services.store.board.motions(world.meeting_id)
    assert world.meeting.state == State.CANCELLED
    assert {row["state"] for row in motions} <= {"postponed"}


def test_two_who_arrange_the_docket_at_once_both_succeed(scheduled: World) -> None:
    world = scheduled
    at_once(
        lambda: world.do("staff", "docket.add", world.meeting_id, title="A"),
        lambda: world.do("staff2", "docket.add", world.meeting_id, title="B"),
        lambda: world.do("staff", "docket.move", world.meeting_id, item="i2", direction="up"),
    )
    found = world.meeting
    assert {"A", "B"} <= {item.title for item in found.docket}
    assert len({item.id for item in found.docket}) == len({i.number for i in found.docket}) == 7
    assert found.ordered_docket[0].number == "2.0"


# Reminders


def staff_told(world: World) -> list[str]:
    world.deliver_all()
    return [letter.text for letter in world.letters("staff-milestones", to="staff")]


def test_staff_are_reminded_of_each_date_once_whatever_the_sweep_repeats(scheduled: World) -> None:
    world = scheduled
    starts = world.meeting.starts_at
    world.do("staff", "meeting.call-for-items", world.meeting_id)
    while world.clock() < starts:
        sweep(world.services)
        sweep(world.services)
        world.clock.forward(hours=48)
    letters = staff_told(world)
    assert [
        ("Set the agenda" in t, "Documents are due" in t, "Post the" in t) for t in letters
    ] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert len(world.letters("staff-milestones")) == 2 * len(letters)  # both of the staff
    assert world.services.store.board.due_meetings(starts) == []


def test_a_sweep_that_missed_weeks_or_died_reminds_once(scheduled: World) -> None:
    world = scheduled
    world.clock.now = world.meeting.starts_at - timedelta(days=6)
    with crash_before(1):
        sweep(world.services)
    sweep(world.services)
    at_once_swept = [sweep(world.services).reminded for _ in range(2)]
    assert at_once_swept == [0, 0]
    (text,) = staff_told(world)
    assert "Set the agenda: was due by" in text
    assert "Post the agenda and the documents: was due by" in text


def test_two_sweeps_at_once_remind_once(scheduled: World) -> None:
    world = scheduled
    world.clock.now = world.meeting.starts_at - timedelta(days=6)
    at_once(lambda: sweep(world.services), lambda: sweep(world.services))
    assert len(staff_told(world)) == 1


def test_nobody_is_reminded_of_a_cancelled_meeting(scheduled: World) -> None:
    world = scheduled
    world.do("staff", "meeting.cancel", world.meeting_id, reason="A storm.")
    world.clock.now = world.meeting.starts_at - timedelta(days=6)
    assert sweep(world.services).reminded == 0


# Extensions


def test_an_extension_is_told_by_letter_and_its_address_is_kept_nowhere(scheduled: World) -> None:
    world = scheduled
    world.do(
        "staff",
        "meeting.grant-extension",
        world.meeting_id,
        name="Tariq Holloway",
        email="tariq@example.org",
        until="2026-04-25",
        asked_on="2026-03-14",
    )
    world.deliver_all()
    assert world.told("extension-granted") == [("extension-granted", "tariq")]
    kept = {
        key: item
        for key, item in world.dump().items()
        if key[0] == keys.meeting(world.meeting_id) and "tariq@" in str(item)
    }
    assert kept == {}
    with pytest.raises(ValidationError) as refused:
        world.do(
            "staff",
            "meeting.grant-extension",
            world.meeting_id,
            name="Ada",
            email="nobody",
            until="2026-04-25",
            asked_on="2026-03-14",
        )
    assert set(refused.value.errors) == {"email"}


# The meeting itself


def hold(world: World, *present: str) -> None:
    world.clock.now = world.meeting.starts_at
    ids = [world.person(who).id for who in present]
    world.do("president", "meeting.begin", world.meeting_id, present=ids)


def test_a_meeting_is_held_from_the_roll_to_its_end(scheduled: World) -> None:
    world = scheduled
    world.do("staff", "docket.add", world.meeting_id, title="Minutes", consent=True, minutes=0)
    world.do("staff", "docket.add", world.meeting_id, title="Roster", consent=True, minutes=0)
    hold(world, *VOTERS[:6])
    world.do("director7", "docket.pull", world.meeting_id, item="i7")
    with pytest.raises(ConflictError, match="6 voting members are there, and a quorum is 7"):
        world.do("president", "consent.adopt", world.meeting_id)
    late = world.person("director8").id
    world.do("president", "meeting.note-attendance", world.meeting_id, person=late, what="arrived")
    world.do("president", "consent.adopt", world.meeting_id)
    with pytest.raises(ConflictError, match="adopted already"):
        world.do("director7", "docket.pull", world.meeting_id, item="i6")
    world.do("president", "meeting.adjourn", world.meeting_id)
    found = world.meeting
    assert found.state == State.ADJOURNED
    assert [found.item(i).title for i in found.consent_adopted] == ["Minutes"]
    assert len(found.present) == 7
    said = world.commands("meeting", world.meeting_id)
    assert said[-5:] == ["begin", "pull", "note-attendance", "adopt-consent", "adjourn"]


def test_an_item_is_pulled_or_adopted_and_never_both(scheduled: World) -> None:
    world = scheduled
    world.do("staff", "docket.add", world.meeting_id, title="Minutes", consent=True)
    world.do("staff", "docket.add", world.meeting_id, title="Roster", consent=True)
    hold(world, *VOTERS)
    at_once(
        lambda: world.do("director7", "docket.pull", world.meeting_id, item="i6"),
        lambda: world.do("president", "consent.adopt", world.meeting_id),
    )
    found = world.meeting
    pulled = bool(found.item("i6").pulled_by)
    assert pulled is ("i6" not in found.consent_adopted)
    assert "i7" in found.consent_adopted


def test_only_who_holds_a_seat_answers_the_roll(scheduled: World) -> None:
    world = scheduled
    world.clock.now = world.meeting.starts_at
    with pytest.raises(ValidationError) as refused:
        world.do("staff", "meeting.begin", world.meeting_id, present=["staff1"])
    assert set(refused.value.errors) == {"present"}


def test_the_first_packet_posts_the_meeting(scheduled: World) -> None:
    world = scheduled
    world.do("staff", "packet.publish", world.meeting_id)
    assert world.meeting.state == State.PLANNED
    world.deliver_all()
    assert world.meeting.state == State.POSTED


def test_a_meeting_of_the_last_release_still_reads_and_is_arranged(scheduled: World) -> None:
    """As its item was stored: no ids, no sections, no state."""
    world = scheduled
    record = world.item(keys.meeting(world.meeting_id), keys.STATE)
    body = dict(record.body)
    new = {
        "sections",
        "documents_in",
        "consent_in",
        "made_items",
        "state",
        "kind",
        "changed_at",
        "dated_at",
        "remind_at",
        "sequence",
        "minutes",
    }
    body = {key: value for key, value in body.items() if key not in new}
    body["docket"] = [
        {k: v for k, v in item.items() if k not in {"id", "section"}} for item in body["docket"]
    ]
    record.body, record.due, record.due_at = body, None, None
    world.put(record)
    assert [i.number for i in world.meeting.ordered_docket] == ["1.0", "2.0", "3.0", "4.0", "5.0"]
    world.do("staff", "docket.move", world.meeting_id, item="i2", direction="up")
    assert [i.number for i in world.meeting.ordered_docket][:2] == ["2.0", "1.0"]
    assert world.meeting.sections


def test_an_asynchronous_action_has_days_and_no_hour(world: World) -> None:
    world.at("people")
    data = {**PLAN, "kind": "asynchronous", "time": "", "place": "", "until": "2026-05-24"}
    made = world.do("staff", "meeting.plan", **data)
    assert (str(made.until), made.minutes) == ("2026-05-24", 0)
    assert made.starts_at.isoformat() == "2026-05-11T05:00:00+00:00"
    for changes, field in (
        ({"until": ""}, "until"),
        ({"until": "2026-05-10"}, "until"),
        ({"kind": "virtual"}, "time"),
        ({"kind": "seance"}, "kind"),
        ({"kind": "in-person", "time": "13:00"}, "place"),
        ({"zone": "Mars"}, "zone"),
        ({"link": "ftp://x"}, "link"),
    ):
        with pytest.raises(ValidationError) as refused:
            world.do("staff", "meeting.plan", **{**data, **changes})
        assert field in refused.value.errors
