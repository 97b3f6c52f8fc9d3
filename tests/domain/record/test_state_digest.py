"""An event vouches for the state that it leads to."""

from dataclasses import dataclass, fields, replace

import pytest

from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.motions import motion as motions
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.record.events import digest_of
from chalicelib.domain.record.record import advance, digest_of_state
from chalicelib.domain.record.serialize import to_body
from tests.domain.builders import LEAD, NOW, POLICY, TEXT, act


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A thing as an early release knew it."""

    id: str
    wording: str = ""
    version: int = 0
    head: str = ""


@dataclass(frozen=True, kw_only=True)
class LaterThing(Thing):
    """The same, with what later releases added."""

    revision: int = 1
    notes: str = ""
    secret: bool = False


def moved():
    return motions.move("m1", "b1", "5.0", "p1", "A group", "That the Board act.", act())


def test_an_event_carries_the_digest_of_the_state_it_leads_to():
    motion, event = moved()
    assert event.state_digest == digest_of_state("motion", to_body(motion))
    assert event.digest == digest_of(event) == motion.head


def test_whatever_is_altered_in_a_motion_gives_another_digest():
    motion, event = moved()
    for field in fields(motion):
        value = getattr(motion, field.name)
        if field.name in {"version", "head"} or not isinstance(value, str):
            continue
        altered = replace(motion, **{field.name: value + "x"})
        assert digest_of_state("motion", to_body(altered)) != event.state_digest, field.name


def test_a_byte_in_the_docket_gives_another_digest():
    meeting, event = meetings.plan(
        "b1", "Board I", "AC 26", NOW.replace(year=2030), "", POLICY, act()
    )
    item = replace(meeting.docket[0], title=meeting.docket[0].title + ".")
    altered = replace(meeting, docket=(item, *meeting.docket[1:]))
    assert digest_of_state("meeting", to_body(altered)) != event.state_digest


def test_what_later_releases_add_leaves_an_earlier_items_digest_as_it_is():
    thing, event = advance(Thing(id="t", wording="That"), "thing", "begin", act(), before="")
    # The item is what the early release wrote: it knows nothing of the new fields.
    assert digest_of_state("thing", to_body(thing)) == event.state_digest
    # The later release reads it, writes it with its next event, and both events hold.
    later = LaterThing(id=thing.id, wording=thing.wording, version=thing.version, head=thing.head)
    later, second = advance(later, "thing", "go-on", act(), before="")
    assert "revision" in to_body(later)
    assert digest_of_state("thing", to_body(later)) == second.state_digest
    assert second.previous == event.digest


@pytest.mark.parametrize("count", ["confirmed", "verified"])
def test_a_confirmation_leaves_a_petitions_digest_as_it_is(count):
    petition, _ = petitions.begin("p1", "discussion-group", LEAD, POLICY, act())
    petition, event = petitions.edit(petition, TEXT, (LEAD,), POLICY, act())
    counted = replace(petition, **{count: 25})
    assert digest_of_state("petition", to_body(counted)) == event.state_digest
    reworded = replace(petition, text=replace(petition.text, charge="To do something else."))
    assert digest_of_state("petition", to_body(reworded)) != event.state_digest


def test_an_address_leaves_no_trace_in_a_digest():
    petition, _ = petitions.begin("p1", "discussion-group", LEAD, POLICY, act())
    petition, event = petitions.edit(petition, TEXT, (LEAD,), POLICY, act())
    forgotten = replace(petition, conveners=(replace(LEAD, email=""),))
    assert digest_of_state("petition", to_body(forgotten)) == event.state_digest
