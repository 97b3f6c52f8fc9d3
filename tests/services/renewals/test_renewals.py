"""A renewal from its opening to what becomes of the group."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.groups.group import Stage, State, Why
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.record.proof import check
from chalicelib.services.meetings import actions
from tests.services import living
from tests.services.living import CHANGED, CHARGE, SLUG, answer, begin, found, go_to, sweep, through
from tests.services.world import World

ENDS = date(2027, 1, 25)
OPENS = ENDS - timedelta(days=180)


@pytest.fixture
def renewing(world: World) -> World:
    return living.in_renewal(world)


@pytest.fixture
def pedagogy(renewing: World) -> str:
    """Another group."""
    living.member(renewing, "saskia")
    group = begin(
        renewing,
        "open-pedagogy",
        name="Open Pedagogy",
        conveners=("saskia",),
        since=date(2025, 3, 1),
    )
    return group.id


def with_policy(world: World, **changes: str) -> None:
    """The association wants other steps of the Board."""
    rule = replace(world.services.policy.renewals[0], **changes)
    policy = replace(world.services.policy, renewals=(rule,))
    object.__setattr__(world, "services", replace(world.services, policy=policy))


def meeting_of(world: World) -> Meeting:
    meeting = world.services.store.board.meeting(world.ids["meeting"])
    assert meeting
    return meeting


def schedule(world: World, number: str = "4.1", slug: str = SLUG) -> None:
    world.do("staff", "renewal.schedule", slug, meeting=world.ids["meeting"], number=number)
    world.deliver_all()


def test_a_renewal_opens_by_itself_and_says_until_when_the_board_has_to_have_it(renewing):
    group = found(renewing)
    assert (group.state, group.renewal.why) == (State.IN_RENEWAL, Why.END)
    assert renewing.told("renewal-opened") == [
        ("renewal-opened", "noor"),
        ("renewal-opened", "rowan"),
    ]
    (letter,) = renewing.letters("renewal-opened", to="rowan")
    assert "ends on January 25, 2027" in letter.text
    assert "its documents are due by November 2, 2026" in letter.text
    assert "will lapse after April 25, 2027" in letter.text


def test_the_same_charge_is_renewed_with_the_consent_agenda(renewing):
    answer(renewing)
    assert found(renewing).renewal.stage == Stage.SUBMITTED
    assert renewing.told("staff-renewal")
    schedule(renewing)
    meeting = renewing.services.store.board.meeting(renewing.meeting_id)
    item = next(i for i in meeting.docket if i.document == "4.1")
    assert (item.consent, item.section) == (True, "Consent agenda")
    (letter,) = renewing.letters("renewal-scheduled", to="rowan")
    assert "on the consent agenda" in letter.text
    living.hold(renewing, renewing.meeting_id)
    renewing.do("president", "consent.adopt", renewing.meeting_id)
    renewing.deliver_all()
    group = found(renewing)
    assert (group.state, group.renewal, group.charge.number) == (State.ACTIVE, None, 2)
    assert (group.charge.text, group.charge.meeting_id) == (CHARGE, renewing.meeting_id)
    # The new term joins the old one: answering early loses nothing.
    assert group.charge.ends_on == date(2030, 1, 25)
    (letter,) = renewing.letters("renewal-renewed", to="noor")
    assert "Its charge is unchanged." in letter.text
    assert "ends on January 25, 2030" in letter.text
    lines = [one.line for one in actions.of_one(renewing.services, meeting_of(renewing))]
    assert lines == [
        "The Board adopted the consent agenda (4.1).",
        "The Board approved the renewal of the Open Textbooks discussion group, with its consent "
        "agenda.",
    ]
    # Nobody moves on it afterwards.
    with pytest.raises(ConflictError, match="adopted Doc 4.1 with its consent agenda"):
        renewing.do("director1", "motion.move", renewing.meeting_id, document="4.1")


def test_a_pulled_renewal_is_decided_by_a_motion(renewing):
    answer(renewing)
    schedule(renewing)
    with pytest.raises(ConflictError, match="Pull its item first"):
        renewing.do("director1", "motion.move", renewing.meeting_id, document="4.1")
    living.hold(renewing, renewing.meeting_id)
    meeting = renewing.services.store.board.meeting(renewing.meeting_id)
    item = next(i for i in meeting.docket if i.document == "4.1")
    renewing.do("director7", "docket.pull", renewing.meeting_id, item=item.id)
    motion = living.decide(renewing, renewing.meeting_id, "4.1")
    group = found(renewing)
    assert (group.charge.motion_id, group.charge.meeting_id) == (motion, "")
    wording = renewing.services.store.board.motion(motion).wording
    assert wording == (
        "That the ACRL Board of Directors renew the Open Textbooks discussion group for 3 years "
        f"with its present charge: “{CHARGE}”"
    )


def test_a_changed_charge_is_amended_and_voted_on(renewing):
    answer(renewing, outcome="changed", name="Open Textbook Care", charge=CHANGED)
    schedule(renewing, "5.0")
    meeting = renewing.services.store.board.meeting(renewing.meeting_id)
    entry = meeting.document("5.0")
    document = renewing.services.store.documents.get(entry.document_id)
    assert f"Charge asked for: {CHANGED}" in document.form.background
    assert f"Charge until now: {CHARGE}" in document.form.background
    motion = renewing.do("director1", "motion.move", renewing.meeting_id, document="5.0")
    renewing.do("director2", "motion.second", motion.id)
    other = CHANGED.replace("adopt and keep", "adopt, mend and keep")
    amendment = renewing.do("director3", "motion.amend", motion.id, charge=other)
    renewing.do("director1", "motion.accept-amendment", amendment.id)
    renewing.do("director2", "motion.accept-amendment", amendment.id)
    living.vote(renewing, motion.id)
    group = found(renewing)
    assert (group.name, group.charge.text, group.id) == ("Open Textbook Care", other, SLUG)
    assert [c.text for c in renewing.services.store.groups.read(SLUG).charges] == [CHARGE, other]
    voted = renewing.services.store.board.motion(motion.id)
    assert "under the name “Open Textbook Care” for 3 years with the charge: “To share" in (
        voted.wording
    )
    assert "mend and keep" in voted.wording
    (letter,) = renewing.letters("renewal-renewed", to="rowan")
    assert "The group was formerly called “Open Textbooks”." in letter.text


def test_what_the_board_does_not_agree_to_comes_back_with_the_whole_time_of_grace(renewing):
    answer(renewing, outcome="changed", name="Open Textbooks", charge=CHANGED)
    schedule(renewing, "5.0")
    go_to(renewing, date(2027, 4, 20))
    # Long on its way, and not lapsed: the answer is with the Board.
    assert sweep(renewing).done == 0
    living.decide(renewing, renewing.meeting_id, "5.0", "no")
    group = found(renewing)
    assert (group.state, group.renewal.stage) == (State.IN_RENEWAL, Stage.OPEN)
    assert group.renewal.answer.charge == CHANGED
    assert group.renewal.lapses_on == date(2027, 7, 19)
    (letter,) = renewing.letters("renewal-declined", to="rowan")
    assert "will lapse after July 19, 2027" in letter.text


def test_staff_return_an_answer_and_it_leaves_the_docket(renewing):
    answer(renewing)
    schedule(renewing)
    with pytest.raises(ValidationError):
        renewing.do("staff", "renewal.return", SLUG)
    renewing.do("staff", "renewal.return", SLUG, comments="Say how often you met.")
    renewing.deliver_all()
    meeting = renewing.services.store.board.meeting(renewing.meeting_id)
    assert meeting.document("4.1") is None
    assert found(renewing).renewal.answer.report
    (letter,) = renewing.letters("renewal-returned", to="rowan")
    assert "Say how often you met." in letter.text
    answer(renewing)
    with pytest.raises(ValidationError):
        schedule(renewing, "4.1")  # The number stays used.
    schedule(renewing, "4.2")


def test_conveners_take_an_answer_back_until_it_is_on_a_docket(renewing):
    answer(renewing)
    renewing.do("noor", "renewal.take-back", SLUG)
    assert found(renewing).renewal.stage == Stage.OPEN
    answer(renewing)
    schedule(renewing)
    with pytest.raises(ConflictError, match="before the Board"):
        renewing.do("noor", "renewal.take-back", SLUG)
    with pytest.raises(NotAllowedError):
        renewing.do("director1", "renewal.take-back", SLUG)


def test_a_renewal_that_was_not_decided_moves_to_a_later_meeting(renewing):
    answer(renewing, outcome="changed", name="Open Textbooks", charge=CHANGED)
    schedule(renewing, "5.0")
    motion = renewing.do("director1", "motion.move", renewing.meeting_id, document="5.0")
    first = renewing.meeting_id
    renewing.ids["meeting"] = living.meeting_on(renewing, date(2027, 1, 10), "Board III")
    schedule(renewing, "7.0")
    assert renewing.services.store.board.motion(motion.id).state == "postponed"
    assert renewing.services.store.board.meeting(first).document("5.0") is None
    again = renewing.do(
        "director1", "motion.move", renewing.meeting_id, document="7.0", again=motion.id
    )
    renewing.do("director2", "motion.second", again.id)
    living.vote(renewing, again.id)
    assert found(renewing).charge.text == CHANGED


def test_nobody_answers_and_the_group_lapses_with_the_consent_agenda(renewing):
    through(renewing, date(2027, 5, 2))
    group = found(renewing)
    assert (group.renewal.answer.outcome, group.renewal.stage) == ("lapsed", Stage.SUBMITTED)
    assert group.living
    kinds = [one.kind for one in renewing.letters(to="rowan")]
    # At 180 days the opening itself; at 90, 30 and 7 days and the day after; counted back from
    # November 2 at 42, 14 and 3 days; the notice before it lapses.
    assert kinds.count("renewal-reminder") == 8
    assert kinds.count("lapse-proposed") == 1
    (notice,) = [
        one
        for one in renewing.letters("renewal-reminder", to="rowan")
        if "will lapse after" in one.message.subject
    ]
    assert "April 25, 2027" in notice.message.subject
    renewing.ids["meeting"] = living.meeting_on(renewing, date(2027, 6, 20), "Annual")
    schedule(renewing, "4.1")
    living.hold(renewing, renewing.meeting_id)
    renewing.do("president", "consent.adopt", renewing.meeting_id)
    renewing.deliver_all()
    group = found(renewing)
    assert (group.state, group.ended_on) == (State.LAPSED, date(2027, 6, 20))
    assert renewing.letters("group-ended", to="noor")
    assert renewing.services.store.groups.due(renewing.clock() + timedelta(days=999)) == []


def test_an_answer_stops_a_lapse_until_it_is_on_a_docket(renewing):
    through(renewing, date(2027, 5, 9), every=14)
    renewing.do("rowan", "renewal.take-back", SLUG)
    answer(renewing)
    assert found(renewing).renewal.answer.outcome == "same"


def test_without_a_step_of_the_board_a_group_lapses_by_itself(renewing):
    with_policy(renewing, lapsed="none")
    through(renewing, date(2027, 4, 26), every=14)
    assert found(renewing).state == State.LAPSED
    (letter,) = renewing.letters("group-ended", to="rowan")
    assert "nobody answered its renewal" in letter.text


def test_a_lapsed_group_is_revived_within_its_time(renewing):
    with_policy(renewing, lapsed="none")
    through(renewing, date(2027, 4, 26), every=14)
    go_to(renewing, date(2028, 9, 1))
    renewing.do("staff", "renewal.open", SLUG)
    renewing.deliver_all()
    with pytest.raises(ValidationError):
        answer(renewing, outcome="dissolved")
    answer(renewing, outcome="same")
    renewing.ids["meeting"] = living.meeting_on(renewing, date(2028, 11, 10), "Fall")
    schedule(renewing, "4.1")
    living.hold(renewing, renewing.meeting_id)
    renewing.do("president", "consent.adopt", renewing.meeting_id)
    group = found(renewing)
    assert (group.state, group.ended_on) == (State.ACTIVE, None)
    assert group.charge.ends_on == date(2031, 11, 9)


def test_a_group_that_ended_long_ago_is_not_revived(renewing):
    with_policy(renewing, lapsed="none")
    through(renewing, date(2027, 4, 26), every=14)
    go_to(renewing, date(2029, 4, 26))
    with pytest.raises(ConflictError, match="Too much time has passed"):
        renewing.do("staff", "renewal.open", SLUG)


def test_staff_accept_where_the_policy_wants_no_step_of_the_board(renewing):
    with_policy(renewing, same="none")
    answer(renewing)
    with pytest.raises(ConflictError, match="accept it"):
        schedule(renewing)
    renewing.do("staff", "renewal.accept", SLUG)
    assert found(renewing).charge.number == 2


def test_what_needs_the_board_is_not_accepted_by_staff(renewing):
    answer(renewing)
    with pytest.raises(ConflictError, match="needs a step of the Board"):
        renewing.do("staff", "renewal.accept", SLUG)


def test_a_merger_ends_one_group_and_changes_the_other(renewing, pedagogy):
    answer(
        renewing,
        outcome="merged",
        other="open-pedagogy",
        name="Open Teaching",
        charge=CHANGED,
        agreement="Saskia agreed in our meeting of May 3.",
    )
    (letter,) = renewing.letters("renewal-names-group", to="saskia")
    assert "Saskia agreed in our meeting of May 3." in letter.text
    schedule(renewing, "5.0")
    motion = living.decide(renewing, renewing.meeting_id, "5.0")
    group, other = found(renewing), found(renewing, "open-pedagogy")
    assert (group.state, group.successor, group.ended_by) == (
        State.SUCCEEDED,
        "open-pedagogy",
        motion,
    )
    assert (other.name, other.charge.text, other.predecessors) == (
        "Open Teaching",
        CHANGED,
        (SLUG,),
    )
    assert sorted(c.name for c in other.acting) == ["Noor", "Rowan", "Saskia"]
    assert renewing.letters("group-took-over", to="saskia")
    assert "merge the Open Textbooks discussion group into the Open Pedagogy" in (
        renewing.services.store.board.motion(motion).wording
    )
    assert renewing.services.store.groups.led_by("saskia@example.org") == ["open-pedagogy"]
    assert set(renewing.services.store.groups.led_by("rowan@example.org")) == {
        SLUG,
        "open-pedagogy",
    }


def test_a_group_is_succeeded_by_another_or_dissolved(renewing, pedagogy):
    with pytest.raises(ValidationError) as wrong:
        answer(renewing, outcome="succeeded", other="open-pedagogy")
    assert set(wrong.value.errors) == {"agreement"}
    answer(renewing, outcome="succeeded", other="open-pedagogy", agreement="By email, May 3.")
    schedule(renewing, "5.0")
    living.decide(renewing, renewing.meeting_id, "5.0")
    assert found(renewing, "open-pedagogy").predecessors == (SLUG,)
    assert found(renewing, "open-pedagogy").charge.number == 1
    other = "open-pedagogy"
    renewing.do("saskia", "renewal.open", other)
    answer(renewing, "saskia", other, outcome="dissolved")
    renewing.do("staff", "renewal.schedule", other, meeting=renewing.meeting_id, number="6.0")
    living.decide(renewing, renewing.meeting_id, "6.0")
    assert found(renewing, other).state == State.DISSOLVED


def test_an_ending_is_not_amended_or_reworded(renewing):
    answer(renewing, outcome="dissolved")
    schedule(renewing, "5.0")
    with pytest.raises(ValidationError):
        renewing.do(
            "director1", "motion.move", renewing.meeting_id, document="5.0", wording="That it stay."
        )
    motion = renewing.do("director1", "motion.move", renewing.meeting_id, document="5.0")
    with pytest.raises(ConflictError, match="takes no amendment"):
        renewing.do("director2", "motion.amend", motion.id, wording="That it stay.")


def test_a_change_in_between_leaves_the_charges_end_as_it_is(world: World):
    world.at("people")
    begin(world)
    world.do("rowan", "renewal.open", SLUG)
    assert found(world).renewal.why == Why.ASKED
    with pytest.raises(ValidationError) as wrong:
        answer(world, outcome="changed", name="Open Textbooks", charge=CHARGE)
    assert "Change the name or the charge" in wrong.value.errors["charge"]
    answer(world, outcome="changed", name="Open Textbooks", charge=CHANGED)
    world.ids["meeting"] = living.meeting_on(world, date(2026, 5, 20))
    schedule(world, "5.0")
    motion = living.decide(world, world.ids["meeting"], "5.0")
    assert world.services.store.board.motion(motion).wording == (
        "That the ACRL Board of Directors change the charge of the Open Textbooks discussion "
        f"group to read: “{CHANGED}”"
    )
    assert found(world).charge.ends_on == ENDS


def test_what_was_asked_for_and_is_wanted_no_more_is_dropped(world: World):
    world.at("people")
    begin(world)
    world.do("rowan", "renewal.open", SLUG)
    world.do("rowan", "renewal.save", SLUG, outcome="changed", charge="To")
    assert found(world).renewal.answer.charge == "To"
    world.do("rowan", "renewal.drop", SLUG)
    assert (found(world).state, found(world).renewal) == (State.ACTIVE, None)
    go_to(world, OPENS)
    sweep(world)
    assert found(world).renewal.number == 2
    with pytest.raises(ConflictError, match="wants an answer"):
        world.do("rowan", "renewal.drop", SLUG)


def test_one_answer_is_not_written_over_another(renewing):
    renewing.do("noor", "renewal.save", SLUG, outcome="dissolved", report="We are done.")
    with pytest.raises(ConflictError, match="Nothing was overwritten"):
        answer(renewing, saved="")
    assert found(renewing).renewal.answer.report == "We are done."
    # What happens to the group otherwise is in nobody's way.
    saved = found(renewing).renewal.saved_at.isoformat()
    renewing.do("staff", "renewal.remind", SLUG)
    answer(renewing, saved=saved)
    assert found(renewing).renewal.stage == Stage.SUBMITTED


def test_staff_remind_once_a_day(renewing):
    renewing.forget_letters()
    renewing.do("staff", "renewal.remind", SLUG)
    with pytest.raises(ConflictError, match="reminded today already"):
        renewing.do("staff", "renewal.remind", SLUG)
    renewing.deliver_all()
    assert renewing.told("renewal-opened") == [
        ("renewal-opened", "noor"),
        ("renewal-opened", "rowan"),
    ]


def test_a_job_that_runs_twice_or_not_at_all_tells_everything_once(renewing):
    renewing.forget_letters()
    for day in range(1, 3):
        go_to(renewing, OPENS + timedelta(days=89 + day))
        sweep(renewing)
        sweep(renewing)
    first = len(renewing.letters("renewal-reminder", to="rowan"))
    # An outage over the reminders at 30 and 7 days, and the end itself.
    go_to(renewing, ENDS + timedelta(days=3))
    sweep(renewing)
    assert len(renewing.letters("renewal-reminder", to="rowan")) == first + 1
    (late,) = renewing.letters("renewal-reminder", to="rowan")[first:]
    assert "has ended" in late.message.subject


def test_the_liaison_hears_of_what_is_urgent(renewing):
    member = renewing.person("director4")
    renewing.do("staff", "group.name-liaison", SLUG, person=member.id)
    renewing.deliver_all()
    assert renewing.letters("group-liaison", to="director4")
    through(renewing, ENDS - timedelta(days=8), every=20)
    before = len(renewing.letters("renewal-reminder", to="director4"))
    through(renewing, ENDS - timedelta(days=7))
    assert len(renewing.letters("renewal-reminder", to="director4")) == before + 1


def test_documents_of_a_renewal_go_with_it(renewing):
    answer(renewing)
    schedule(renewing)
    document = found(renewing).renewal.document_id
    with pytest.raises(ConflictError, match="goes with its group’s renewal"):
        renewing.do("staff", "document.withdraw", document, reason="Wrong.")
    with pytest.raises(NotAllowedError):
        renewing.do("rowan", "document.revise", document, title="Other", reason="Better.")


def test_a_packet_prints_what_is_asked_for(renewing):
    answer(renewing, outcome="changed", name="Open Textbooks", charge=CHANGED)
    schedule(renewing, "5.0")
    renewing.do("staff", "packet.publish", renewing.meeting_id)
    renewing.deliver_all()
    (document,) = renewing.press.printed[-1]["documents"]
    assert (
        document["title"] == "Renewal of the Open Textbooks discussion group with a changed charge"
    )
    assert f"Charge asked for: {CHANGED}" in str(document["action_form"])
    assert renewing.packets[0].edition("public") is not None


def test_the_record_of_a_group_proves_itself_through_all_of_it(renewing):
    renewing.do("rowan", "group.edit", SLUG, meets="By video.")
    answer(renewing, outcome="changed", name="Open Textbook Care", charge=CHANGED)
    schedule(renewing, "5.0")
    living.decide(renewing, renewing.meeting_id, "5.0")
    go_to(renewing, date(2027, 5, 3))
    renewing.do("noor", "group.check-in", SLUG, meetings=4, participants=20, stays=["c1"])
    renewing.do("rowan", "renewal.open", SLUG)
    renewing.do("rowan", "renewal.drop", SLUG)
    kept = renewing.services.store.record.thing(f"group/{SLUG}")
    assert check(kept) == []
    assert {"charge/1", "charge/2", "renewal/1", "renewal/2", "check-in/1"} <= set(kept.rows)
