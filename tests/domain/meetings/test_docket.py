"""The docket: its order, sections, times, and the consent agenda."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    NotFoundError,
    ValidationError,
)
from chalicelib.domain.meetings import attendance, sections
from chalicelib.domain.meetings import docket as rules
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.meetings.meeting import DocketItem, DocumentEntry, State
from tests.domain.builders import BOARD, DIRECTOR, NOW, POLICY, meeting, staff, voter


def item(title, **more):
    """An item without a number of its own."""
    return DocketItem("", title, more.pop("minutes", 10), **more)


def add(before, *items):
    for one in items:
        before, _ = rules.add_item(before, one, staff())
    return before


def order(found):
    """The docket as it is gone through: number and section."""
    return [(one.number, one.section) for one in found.ordered_docket]


def numbers(found):
    return [one.number for one in found.ordered_docket]


def with_document(before=None, number="5.0"):
    return meetings.add_document(
        before or meeting(), number, f"Doc {number}", "p1", "Ada Fell", 15, staff()
    )[0]


def old_meeting():
    """A meeting as the last release stored it: items without ids and sections, by number."""
    docket = (
        DocketItem("1.0", "Call to order", 5),
        DocketItem("4.0", "Consent agenda", 5, "Action"),
        DocketItem("10.0", "Ten", 15, "Action", "A", "10.0"),
        DocketItem("5.2", "Five", 15, "Action", "A", "5.2"),
    )
    documents = tuple(DocumentEntry(n, n, "petition", n, NOW) for n in ("10.0", "5.2"))
    return replace(
        meeting(),
        docket=docket,
        documents=documents,
        sections=(),
        documents_in="",
        consent_in="",
        made_items=0,
    )


# Order


def test_a_new_docket_is_in_the_policys_sections():
    assert order(meeting()) == [
        ("1.0", "Opening"),
        ("2.0", "Opening"),
        ("3.0", "Opening"),
        ("4.0", "Consent agenda"),
    ]
    assert len({one.id for one in meeting().docket}) == 4


def test_documents_go_to_their_section_by_number():
    found = with_document(with_document(with_document(number="10.0"), "5.10"), "5.2")
    assert order(found)[4:] == [(n, "Action items") for n in ("5.2", "5.10", "10.0")]


def test_a_docket_of_an_earlier_release_reads_and_sorts_as_before():
    old = old_meeting()
    assert numbers(old) == ["1.0", "4.0", "5.2", "10.0"]
    assert [row.starts - old.starts_at for row in rules.timed(old)] == [
        timedelta(minutes=m) for m in (0, 5, 10, 25)
    ]
    arranged = rules.arranged(old, POLICY)
    assert numbers(arranged) == numbers(old)
    assert order(arranged)[2] == ("5.2", "Action items")
    assert len({one.id for one in arranged.docket}) == 4
    assert rules.arranged(arranged, POLICY) is arranged
    # A document that comes to it before staff arrange it still sorts by its number.
    assert numbers(with_document(old, "7.0")) == ["1.0", "4.0", "5.2", "7.0", "10.0"]


def test_an_item_without_a_number_gets_the_next_one():
    found = add(with_document(), item("Report", section="Information items"))
    assert order(found)[-1] == ("6.0", "Information items")
    # On the consent agenda it is a part of that item.
    found = add(found, item("Minutes", consent=True), item("Roster", consent=True))
    assert order(found)[3:6] == [(n, "Consent agenda") for n in ("4.0", "4.1", "4.2")]


@pytest.mark.parametrize("number", ["5.0", "4.0", "7", "x"])
def test_a_number_that_is_taken_or_malformed_is_refused(number):
    with pytest.raises(ValidationError) as refused:
        add(with_document(), replace(item("Report"), number=number))
    assert set(refused.value.errors) == {"number"}


def test_the_number_of_a_document_that_is_gone_is_not_used_again():
    gone, _ = meetings.remove_document(with_document(), "p1", staff())
    with pytest.raises(ValidationError):
        add(gone, replace(item("Report"), number="5.0"))
    assert numbers(add(gone, item("Report")))[-1] == "6.0"


def test_an_item_keeps_its_id_when_it_moves_and_no_id_comes_again():
    found = add(meeting(), item("A"), item("B"))
    moved, _ = rules.move_item(found, "i5", 1, "", staff())
    assert moved.ordered_docket[0].title == "A"
    gone, _ = rules.remove_item(moved, "i6", staff())
    assert add(gone, item("C")).docket[-1].id == "i7"


@pytest.mark.parametrize(
    ("position", "section", "result"),
    [
        # Where it stands in its section; a place beyond that is the section's edge.
        (1, "", ["3.0", "1.0", "2.0", "4.0", "5.0"]),
        (2, "", ["1.0", "3.0", "2.0", "4.0", "5.0"]),
        (4, "", ["1.0", "2.0", "4.0", "3.0", "5.0"]),
        (5, "", ["1.0", "2.0", "4.0", "5.0", "3.0"]),
        (3, "Consent agenda", ["1.0", "2.0", "3.0", "4.0", "5.0"]),
        (1, "Action items", ["1.0", "2.0", "4.0", "3.0", "5.0"]),
        (1, "Closing", ["1.0", "2.0", "4.0", "5.0", "3.0"]),
    ],
)
def test_an_item_goes_to_a_position(position, section, result):
    moved, event = rules.move_item(with_document(), "i3", position, section, staff())
    assert numbers(moved) == result
    assert event.data["position"] == result.index("3.0") + 1


def test_the_place_where_it_stands_changes_nothing():
    found = with_document()
    assert rules.move_item(found, "i3", 3, "", staff()) == (found, None)


@pytest.mark.parametrize("position", [0, 6, -1])
def test_a_position_outside_the_docket_is_refused(position):
    with pytest.raises(ValidationError):
        rules.move_item(with_document(), "i3", position, "", staff())


def stepped(found, item_id, direction):
    return rules.move_item(found, item_id, *rules.step(found, item_id, direction), staff())[0]


def test_up_and_down_go_by_one_and_over_the_edge_of_a_section():
    found = with_document()
    assert numbers(stepped(found, "i2", "up"))[:3] == ["2.0", "1.0", "3.0"]
    assert numbers(stepped(found, "i2", "down"))[:3] == ["1.0", "3.0", "2.0"]
    over = stepped(found, "i3", "down")
    assert order(over)[2:4] == [("3.0", "Consent agenda"), ("4.0", "Consent agenda")]
    back = stepped(over, "i3", "up")
    assert order(back) == order(found)
    # From the last item through the empty sections to the end.
    last = found
    for section in ("Discussion items", "Information items", "Closing"):
        last = stepped(last, "i5", "down")
        assert order(last)[-1] == ("5.0", section)
    for item_id, direction, where in (("i5", "down", last), ("i1", "up", found)):
        with pytest.raises(ConflictError, match="already"):
            rules.step(where, item_id, direction)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 8), st.integers(-1, 5)), max_size=12))
def test_whatever_moves_nothing_is_lost_and_sections_stay_together(moves):
    found = add(with_document(), item("A"), item("B"), item("C"))
    there = {one.id for one in found.docket}
    for which, position, place in moves:
        section = found.sections[place] if place >= 0 else ""
        one = found.ordered_docket[which]
        found, event = rules.move_item(found, one.id, position, section, staff())
        assert {other.id for other in found.docket} == there
        if section:
            assert found.item(one.id).section == section
        met = [other.section for other in found.ordered_docket]
        assert met == sorted(met, key=found.sections.index)
        if event:
            assert found.ordered_docket == found.docket


# Editing


def test_an_item_is_edited_in_place_and_goes_to_the_end_of_another_section():
    found = with_document()
    new = replace(found.item("i2"), title="Welcome", minutes=3, presenter="The president")
    edited, event = rules.edit_item(found, new, staff())
    assert edited.ordered_docket[1].title == "Welcome"
    assert event.data["presenter"] == "The president"
    moved, _ = rules.edit_item(found, replace(new, section="Action items"), staff())
    assert order(moved)[-1] == ("2.0", "Action items")
    assert rules.edit_item(found, found.item("i2"), staff()) == (found, None)


def test_a_document_keeps_its_number_and_stays_on_the_docket():
    found = with_document()
    with pytest.raises(ValidationError, match="another look") as refused:
        rules.edit_item(found, replace(found.item("i5"), number="6.0"), staff())
    assert refused.value.errors == {"number": "A document keeps its number, which is 5.0."}
    with pytest.raises(ConflictError, match="document off the docket"):
        rules.remove_item(found, "i5", staff())
    renumbered, _ = rules.edit_item(found, replace(found.item("i2"), number="2.1"), staff())
    assert "2.1" in numbers(renumbered)


def test_an_item_that_is_gone_is_named_so():
    for call in (rules.remove_item, rules.pull):
        with pytest.raises(NotFoundError, match="no longer"):
            call(meeting(), "i9", staff())
    with pytest.raises(NotFoundError):
        # An item of an earlier release has no id; an empty one finds nothing.
        rules.found(old_meeting(), "")


@pytest.mark.parametrize("state", [State.ADJOURNED, State.MINUTES_APPROVED, State.CANCELLED])
def test_a_docket_is_closed_with_its_meeting(state):
    over = replace(with_document(), state=state)
    with pytest.raises(IllegalTransitionError):
        add(over, item("Late"))
    with pytest.raises(IllegalTransitionError):
        rules.move_item(over, "i1", 2, "", staff())
    with pytest.raises(IllegalTransitionError):
        sections.add(over, "Lunch", staff())


# Sections


def test_sections_are_added_renamed_moved_and_removed():
    found, _ = sections.add(with_document(), "Lunch", staff())
    assert found.sections[-1] == "Lunch"
    found, _ = sections.rename(found, "Action items", "New business", staff())
    assert order(found)[-1] == ("5.0", "New business")
    assert with_document(found, "6.0").docket[-1].section == "New business"
    found, _ = sections.move(found, "New business", "up", staff())
    assert numbers(found) == ["1.0", "2.0", "3.0", "5.0", "4.0"]
    assert sections.move(found, "Opening", "up", staff()) == (found, None)
    found, _ = sections.remove(found, "Lunch", staff())
    assert "Lunch" not in found.sections


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda m: sections.add(m, "Opening", staff()), ValidationError),
        (lambda m: sections.add(m, "", staff()), ValidationError),
        (lambda m: sections.rename(m, "Opening", "Closing", staff()), ValidationError),
        (lambda m: sections.rename(m, "Lunch", "Dinner", staff()), NotFoundError),
        (lambda m: sections.move(m, "Opening", "sideways", staff()), ValidationError),
        (lambda m: sections.remove(m, "Opening", staff()), ConflictError),
        (lambda m: sections.remove(m, "Action items", staff()), ConflictError),
    ],
)
def test_what_makes_no_sense_of_sections_is_refused(call, problem):
    with pytest.raises(problem):
        call(meeting())


# Times


def test_the_clock_runs_through_the_docket_in_its_order():
    found = with_document()
    moved, _ = rules.move_item(found, "i3", 1, "", staff())
    rows = rules.timed(moved)
    assert [(row.item.number, (row.starts - found.starts_at).seconds // 60) for row in rows] == [
        ("3.0", 0),
        ("1.0", 5),
        ("2.0", 10),
        ("4.0", 20),
        ("5.0", 25),
    ]
    assert rules.minutes_planned(moved) == 40
    assert rules.minutes_planned(replace(moved, minutes=90)) == 90


@pytest.mark.parametrize(
    ("minutes", "number"), [(-1, None), (0, "1.0"), (4, "1.0"), (5, "2.0"), (39, "5.0"), (40, None)]
)
def test_which_item_is_on_now(minutes, number):
    found = replace(with_document(), state=State.IN_SESSION)
    on = rules.on_now(found, found.starts_at + timedelta(minutes=minutes))
    assert (on.number if on else None) == number
    assert rules.on_now(replace(found, state=State.POSTED), found.starts_at) is None


def test_an_item_without_time_is_never_on():
    found = add(meeting(), item("Minutes", minutes=0, consent=True))
    session = replace(found, state=State.IN_SESSION)
    on = {rules.on_now(session, found.starts_at + timedelta(minutes=m)) for m in range(25)}
    assert {one.number for one in on} == {"1.0", "2.0", "3.0", "4.0"}


# The consent agenda


def consenting():
    """A meeting with two consent items, and one document flagged for consent."""
    found = add(with_document(), item("Minutes", consent=True), item("Roster", consent=True))
    flagged = replace(found.item("i5"), consent=True)
    return rules.edit_item(found, flagged, staff())[0]


def in_session(found, present=7):
    day = found.starts_at
    people = [*BOARD[:present], DIRECTOR]
    return attendance.begin(found, people, POLICY, staff(day))[0]


def test_a_pulled_item_goes_to_the_regular_items():
    found = consenting()
    assert [one.number for one in rules.on_consent(found)] == ["4.1", "4.2", "5.0"]
    pulled, event = rules.pull(found, "i6", voter(3))
    assert event.data == {"item": "i6", "number": "4.1", "title": "Minutes"}
    assert order(pulled)[-1] == ("4.1", "Action items")
    assert pulled.item("i6").pulled_by == "Member 03"
    assert [one.number for one in rules.on_consent(pulled)] == ["4.2", "5.0"]
    with pytest.raises(ConflictError, match="Member 03 pulled"):
        rules.pull(pulled, "i6", voter(4))
    # A document that was flagged stays where the documents are.
    stayed, _ = rules.pull(found, "i5", voter(3))
    assert stayed.item("i5").section == "Action items"
    with pytest.raises(ConflictError, match="not on the consent agenda"):
        rules.pull(found, "i1", voter(3))


def test_staff_can_flag_a_pulled_item_anew():
    pulled, _ = rules.pull(consenting(), "i6", voter(3))
    off, _ = rules.edit_item(pulled, replace(pulled.item("i6"), consent=False), staff())
    again, _ = rules.edit_item(off, replace(off.item("i6"), consent=True), staff())
    assert again.item("i6").pulled_by == ""
    # While it stays pulled, other words do not put it back.
    edited, _ = rules.edit_item(pulled, replace(pulled.item("i6"), title="The minutes"), staff())
    assert edited.item("i6").pulled_by == "Member 03"


def test_adoption_is_recorded_with_its_items():
    session = in_session(rules.pull(consenting(), "i7", voter(3))[0])
    adopted, event, items = rules.adopt_consent(session, POLICY, staff(session.starts_at))
    assert [one.number for one in items] == ["4.1", "5.0"]
    assert event.data == {
        "items": [{"number": "4.1", "title": "Minutes"}, {"number": "5.0", "title": "Doc 5.0"}]
    }
    assert adopted.consent_adopted == ("i6", "i5")
    for late in (
        lambda: rules.adopt_consent(adopted, POLICY, staff()),
        lambda: rules.pull(adopted, "i6", voter(2)),
        lambda: rules.remove_item(adopted, "i6", staff()),
        lambda: rules.edit_item(adopted, replace(adopted.item("i6"), title="X"), staff()),
    ):
        with pytest.raises(ConflictError, match="adopted"):
            late()


@pytest.mark.parametrize(("present", "enough"), [(0, False), (6, False), (7, True), (13, True)])
def test_adoption_needs_a_quorum_by_the_roll(present, enough):
    # The executive director is there each time, and does not count.
    session = in_session(consenting(), present)
    if enough:
        assert rules.adopt_consent(session, POLICY, staff())[2]
        return
    with pytest.raises(
        ConflictError, match=f"{present} voting members are there, and a quorum is 7"
    ):
        rules.adopt_consent(session, POLICY, staff())


def test_who_left_does_not_count():
    session = in_session(consenting())
    left, _ = attendance.note(session, BOARD[0], "left", POLICY, staff(session.starts_at))
    with pytest.raises(ConflictError, match="6 voting members"):
        rules.adopt_consent(left, POLICY, staff())
    back, _ = attendance.note(left, BOARD[0], "arrived", POLICY, staff(session.starts_at))
    assert rules.adopt_consent(back, POLICY, staff())[2]


def test_nothing_is_adopted_out_of_session_or_without_items():
    with pytest.raises(IllegalTransitionError):
        rules.adopt_consent(consenting(), POLICY, staff())
    with pytest.raises(ConflictError, match="no item"):
        rules.adopt_consent(in_session(meeting()), POLICY, staff())
