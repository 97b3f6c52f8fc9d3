"""A meeting's docket, its document numbers and its packets."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings import meeting as rules
from chalicelib.domain.meetings.documents import ask_for_packet
from chalicelib.domain.packets.packet import Edition, Face, PacketState, Part
from chalicelib.domain.record.record import digest_of_row, row
from tests.domain.builders import DAY, NOW, POLICY, SECOND, meeting, staff


def add(before, number, petition_id="p1", at=NOW):
    """The meeting with a document under the number."""
    return rules.add_document(
        before, number, f"Doc {number}", petition_id, "Ada Fell", 15, staff(at)
    )[0]


def remove(before, petition_id="p1"):
    """The meeting without a petition."""
    return rules.remove_document(before, petition_id, staff())[0]


@pytest.mark.parametrize("starts_at", [NOW - DAY, NOW])
def test_a_meeting_cannot_be_planned_for_the_past(starts_at):
    with pytest.raises(ValidationError) as refused:
        rules.plan("m1", "Board I", "ACRL MW 24", starts_at, "Room 1", POLICY, staff())
    assert set(refused.value.errors) == {"day"}


def test_a_new_meeting_has_the_standing_docket():
    planned = meeting()
    assert [i.number for i in planned.ordered_docket] == ["1.0", "2.0", "3.0", "4.0"]
    assert planned.ordered_docket[0].title == "Call to order"
    assert planned.current_documents == ()


# Numbers


def test_numbers_follow_the_docket():
    planned = meeting()
    assert rules.next_number(planned) == "5.0"
    planned = add(planned, "5.0")
    assert rules.next_number(planned) == "6.0"
    assert rules.next_number(add(planned, "7.2", "p2")) == "8.0"


def test_a_docket_number_cannot_be_taken_by_a_document():
    with pytest.raises(ValidationError) as refused:
        add(meeting(), "4.0")
    assert refused.value.errors["number"] == "4.0 was used already; 5.0 is free."


def test_a_number_is_never_used_again_even_after_its_document_is_gone():
    planned = add(add(meeting(), "5.0"), "5.1", "p2")
    with pytest.raises(ValidationError, match="another look"):
        add(planned, "5.0", "p3")
    gone = remove(planned)
    for number in ("5.0", "5.1"):
        with pytest.raises(ValidationError) as refused:
            add(gone, number, "p3")
        assert set(refused.value.errors) == {"number"}
        assert "6.0 is free" in refused.value.errors["number"]
    assert rules.next_number(remove(gone, "p2")) == "6.0"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "5",
        "5.",
        ".5",
        "0.5",
        "05.0",
        "5.0.1",
        "5.100",
        "100.0",
        "5,0",
        "Doc 5.0",
        "5.0 ",
        "-5.0",
    ]
    # The same number spelled otherwise would be used twice; other digits sort nowhere.
    + ["5.00", "5.01", "5.0\n", "５.0", "٥.0"],
)
def test_a_malformed_number_is_refused(number):
    with pytest.raises(ValidationError) as refused:
        add(meeting(), number)
    assert refused.value.errors == {"number": "Write the number as 5.0 or 5.1."}


@pytest.mark.parametrize("number", ["5.0", "5.1", "5.10", "12.0", "99.99", "4.1"])
def test_a_well_formed_number_is_taken(number):
    assert add(meeting(), number).document(number).title == f"Doc {number}"


def test_ten_comes_after_two():
    planned = meeting()
    for position, number in enumerate(["10.0", "5.10", "5.2", "5.0"]):
        planned = add(planned, number, f"p{position}")
    assert [d.number for d in planned.current_documents] == ["5.0", "5.2", "5.10", "10.0"]
    assert [i.number for i in planned.ordered_docket] == (
        ["1.0", "2.0", "3.0", "4.0", "5.0", "5.2", "5.10", "10.0"]
    )


# Documents


def test_a_document_stands_on_the_docket_for_action():
    item = add(meeting(), "5.0").ordered_docket[-1]
    assert (item.number, item.document, item.action, item.presenter) == (
        "5.0",
        "5.0",
        "Action",
        "Ada Fell",
    )


def test_a_removed_document_leaves_the_docket_and_the_others_stay():
    planned = remove(add(add(meeting(), "5.0", "p1"), "6.0", "p2"))
    assert [d.number for d in planned.current_documents] == ["6.0"]
    assert [i.number for i in planned.ordered_docket] == ["1.0", "2.0", "3.0", "4.0", "6.0"]
    assert planned.document("5.0") is None
    assert planned.document("6.0").petition_id == "p2"
    # It is withdrawn, not deleted.
    assert [d.number for d in planned.documents if d.withdrawn] == ["5.0"]


def test_a_petition_can_come_back_under_a_new_number():
    planned = add(remove(add(meeting(), "5.0")), "6.0")
    assert [d.number for d in planned.current_documents] == ["6.0"]


def test_a_meeting_that_has_begun_takes_no_document():
    planned = meeting()
    assert add(planned, "5.0", at=planned.starts_at - SECOND).document("5.0")
    with pytest.raises(ConflictError, match="begun"):
        add(planned, "5.0", at=planned.starts_at)


# Packets


def test_a_packet_needs_documents():
    with pytest.raises(ConflictError, match="no documents"):
        ask_for_packet(meeting(), [], staff())
    with pytest.raises(ConflictError, match="no documents"):
        ask_for_packet(remove(add(meeting(), "5.0")), [], staff())


def test_each_packet_is_a_version_of_the_documents_there_were():
    first_meeting, first_event, first = ask_for_packet(add(meeting(), "10.0"), [], staff())
    both = add(first_meeting, "5.0", "p2")
    last_meeting, _, second = ask_for_packet(both, [first], staff())
    assert (first.number, first.documents) == (1, ("10.0",))
    assert (second.number, second.documents) == (2, ("5.0", "10.0"))
    assert last_meeting.packets == 2
    assert first.state == PacketState.QUEUED
    assert (first.asked_by, first.asked_at) == ("Sam Ostrow", NOW)
    assert first_event.data == {"packet": 1, "documents": ["10.0"]}


def test_a_published_packet_is_on_record_with_its_digest():
    asked, _, packet = ask_for_packet(add(meeting(), "5.0"), [], staff())
    editions = (
        Edition(Face.BOARD, Part.WHOLE, "ab" * 32, 14, 1000),
        Edition(Face.PUBLIC, Part.WHOLE, "cd" * 32, 12, 900),
        Edition(Face.PUBLIC, Part.ROSTER, "ef" * 32, 2, 90, number="5.0"),
    )
    done = replace(
        packet, state=PacketState.PUBLISHED, sha256="ab" * 32, pages=14, editions=editions
    )
    published, event = rules.packet_published(asked, done, staff())
    digests = [["board", "ab" * 32], ["public", "cd" * 32], ["public-roster-5.0", "ef" * 32]]
    said = {"packet": 1, "sha256": "ab" * 32, "pages": 14, "editions": digests}
    assert published.public == 1
    assert event.data == {**said, "kept": {"packet/1": digest_of_row(row(done))}}
    assert (published.version, published.head) == (asked.version + 1, event.digest)


def test_the_record_says_which_document_came_and_went():
    planned, event = rules.add_document(meeting(), "5.0", "Maps", "p1", "Ada Fell", 15, staff())
    assert event.data == {"number": "5.0", "title": "Maps", "petition": "p1"}
    _, event = rules.remove_document(planned, "p1", staff())
    assert (event.command, event.data) == ("remove-document", {"petition": "p1"})
