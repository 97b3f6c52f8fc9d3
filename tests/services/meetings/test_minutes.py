"""Minutes: from the record, through staff's hands, to the Board's approval; and what was done."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.services.meetings import actions
from chalicelib.services.record.record import seal_the_night, verify
from chalicelib.storage import keys


def hold(world, *present):
    """The meeting called to order by the president and adjourned."""
    world.clock.now = max(world.clock.now, world.meeting.starts_at)
    ids = [world.person(who).id for who in present]
    world.do("president", "meeting.begin", world.meeting_id, present=ids)
    world.clock.forward(hours=2)
    world.do("president", "meeting.adjourn", world.meeting_id)


PRESENT = ("president", "director1", "director2", "director3", "executive", "director4")


@pytest.fixture
def over(world):
    """A meeting at which a motion carried with one recusal, and a question had been answered."""
    world.at("scheduled")
    document = world.meeting.documents[0].document_id
    world.do("director1", "document.ask", document, text="Who keeps it up?")
    world.clock.forward(days=40)
    world.move()
    world.do("director2", "motion.second", world.motion_id)
    world.do("president", "motion.open", world.motion_id)
    world.decide(*["yes"] * 8, "no", "abstain", "recused")
    hold(world, *PRESENT)
    world.deliver_all()
    return world


def text(world):
    found = world.services.store.minutes.get(world.meeting_id)
    return "\n\n".join(f"{s.heading}\n{s.text}" for s in found.sections)


def test_the_record_writes_who_was_there_what_was_moved_and_how_it_fell(over):
    over.do("staff", "minutes.write", over.meeting_id)
    said = text(over)
    motion = over.motion
    for part in (
        f"{over.person('president').name} called the meeting to order at 1:00 p.m.",
        f"- {over.person('director1').name}, ",
        "Also present:",
        f"{over.person('director5').name}",  # Absent.
        f"Motion: {motion.wording}",
        f"Moved by {motion.mover}, seconded by {motion.seconder}.",
        "was recused: I convene it.",
        "Vote: 8 yes, 1 no, 1 abstaining, 1 recused. Needed: 6 yes of 10 members present; a quorum",
        "The motion carried.",
        "Action: The Board approved the creation of the Stewardship of Open Textbooks",
        "The Board had Doc 5.0",
        "had asked the conveners: “Who keeps it up?” It was not answered.",
        "The meeting was adjourned at 3:00 p.m.",
        "No action was taken.",
    ):
        assert part in said, part
    assert "@" not in said


def test_minutes_are_written_when_the_meeting_has_ended(world):
    world.at("carried")
    with pytest.raises(ConflictError, match="Adjourn it first"):
        world.do("staff", "minutes.write", world.meeting_id)


def test_a_draft_is_edited_and_every_text_is_kept(over):
    new = over.do("staff", "minutes.write", over.meeting_id)
    before = new.sections
    texts = [{"key": "closing", "text": "We went home."}]
    new = over.do("staff", "minutes.edit", new.id, version=new.version, texts=texts)
    assert new.sections[-1].text == "We went home."
    assert new.sections[:-1] == before[:-1]
    first, second = over.services.store.minutes.texts(new.id)
    assert (first.generated, second.generated) == (True, False)
    assert first.sections == before
    # The same once more changes nothing, and an edit of an older version is refused.
    again = over.do("staff", "minutes.edit", new.id, version=new.version, texts=texts)
    assert again.version == new.version
    with pytest.raises(ConflictError, match="Somebody changed"):
        over.do("staff", "minutes.edit", new.id, version=1, texts=texts)


def test_a_draft_can_be_written_anew_until_it_is_distributed(over):
    new = over.do("staff", "minutes.write", over.meeting_id)
    with pytest.raises(ConflictError, match="already"):
        over.do("staff", "minutes.write", over.meeting_id)
    texts = [{"key": "closing", "text": "Nonsense."}]
    over.do("staff", "minutes.edit", new.id, version=new.version, texts=texts)
    anew = over.do("staff", "minutes.write", over.meeting_id)
    assert anew.sections == new.sections
    over.do("staff", "minutes.distribute", new.id)
    with pytest.raises(ConflictError):
        over.do("staff", "minutes.write", over.meeting_id)


def distributed(world):
    world.do("staff", "minutes.write", world.meeting_id)
    world.forget_letters()
    new = world.do("staff", "minutes.distribute", world.meeting_id)
    world.deliver_all()
    return new


def test_the_board_gets_a_letter_and_a_later_change_is_a_correction_with_its_reason(over):
    new = distributed(over)
    told = over.told("minutes-distributed")
    assert ("minutes-distributed", "director5") in told
    assert len(told) == len(set(told)) == 14
    texts = [{"key": "closing", "text": "At three."}]
    with pytest.raises(ValidationError) as refused:
        over.do("staff", "minutes.edit", new.id, version=new.version, texts=texts)
    assert "why" in refused.value.errors
    new = over.do(
        "staff", "minutes.edit", new.id, version=new.version, texts=texts, why="Wrong hour."
    )
    assert new.corrections == 1
    *_, event = over.services.store.record.steps(f"minutes/{new.id}")
    assert (event.data["why"], event.data["sections"]) == ("Wrong hour.", ["Adjournment"])


def next_meeting(world):
    of = world.meeting_id
    later = world.plan_meeting(title="Board II")
    world.ids["meeting"] = later
    hold(world, "president", "director1")
    world.ids["meeting"] = of
    return later


def test_the_board_approves_at_a_later_meeting_and_then_they_are_final(over):
    new = distributed(over)
    early = over.plan_meeting(title="Board III")
    for meeting, words in (
        ("nothing", "Choose the meeting"),
        (over.meeting_id, "after"),
        (early, "called to order"),
    ):
        with pytest.raises(ValidationError) as refused:
            over.do("staff", "minutes.approve", new.id, meeting=meeting)
        assert words in refused.value.errors["meeting"]
    later = next_meeting(over)
    new = over.do("president", "minutes.approve", new.id, meeting=later)
    assert (new.state, new.approved_in_title) == ("approved", "Board II")
    assert over.meeting.state == "minutes-approved"
    with pytest.raises(ConflictError):
        over.do("staff", "minutes.edit", new.id, version=new.version, texts=[], why="x")
    with pytest.raises(ConflictError):
        over.do("staff", "minutes.approve", new.id, meeting=later)
    assert verify(over.services.store, None).problems == []


def test_minutes_that_were_altered_in_the_table_are_found(over):
    new = over.do("staff", "minutes.write", over.meeting_id)
    for sk in (keys.STATE, keys.revision(1)):
        record = over.item(keys.minutes(new.id), sk)
        body = record.body
        sections = [
            {**s, "text": s["text"].replace("carried", "was lost")} for s in body["sections"]
        ]
        record.body = {**body, "sections": sections}
        over.put(record)
        (problem,) = verify(over.services.store, None).problems
        assert problem.thing == f"minutes/{new.id}"
        record.body = body
        over.put(record)


def test_only_those_who_may_write_and_approve(over):
    for who in ("director1", "rowan", "president"):
        with pytest.raises(NotAllowedError):
            over.do(who, "minutes.write", over.meeting_id)
    distributed(over)
    later = next_meeting(over)
    with pytest.raises(NotAllowedError):
        over.do("director1", "minutes.approve", over.meeting_id, meeting=later)


# What was done.


def test_the_action_list_of_the_meeting(over):
    (one,) = actions.of_one(over.services, over.meeting)
    assert one.line.startswith(
        "The Board approved the creation of the Stewardship of Open Textbooks"
    )
    assert (one.number, one.mover, one.groups) == ("5.0", over.motion.mover, 1)
    assert one.goal_area == "Student Learning"
    assert one.group == over.group.id


def test_the_digest_of_a_time_holds_what_falls_into_it(over):
    day = over.motion.announced_at.date()
    found, meetings = actions.between(over.services, day, day, True)
    assert [one.motion_id for one in found] == [over.motion_id]
    assert list(meetings) == [over.meeting_id]
    after = day + timedelta(days=1)
    assert actions.between(over.services, after, after + timedelta(days=30), True)[0] == []


def test_a_petition_that_was_returned_is_an_action(world):
    world.at("scheduled")
    comments = "Say who will keep the list."
    world.do("president", "petition.return", world.petition_id, comments=comments)
    meeting = world.services.store.board.meeting(world.meeting_id)
    (one,) = actions.of_one(world.services, meeting)
    assert one.verb == "returned"
    assert "returned the petition to establish the Stewardship of Open Textbooks" in one.line


def test_a_seal_knows_of_every_edit(over):
    new = over.do("staff", "minutes.write", over.meeting_id)
    for number in range(2):
        texts = [{"key": "closing", "text": f"At {number}."}]
        new = over.do("staff", "minutes.edit", new.id, version=new.version, texts=texts)
    over.clock.forward(days=1)
    seal_the_night(over.services)
    assert over.services.store.record.heads(over.clock())[f"minutes/{new.id}"].step == 3
    assert verify(over.services.store, None).problems == []
