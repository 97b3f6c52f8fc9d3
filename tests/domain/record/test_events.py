"""The record: what was altered, taken out or moved afterwards shows."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.record.events import Event, canonical_json, digest_of
from tests.domain.builders import LEAD, NOW, POLICY, TEXT, act, staff, system


def life():
    """A petition's events from draft to verified, with the petition as it is after them."""
    events = []
    petition, event = rules.begin("p1", "discussion-group", LEAD, POLICY, act())
    events.append(event)
    for step in (
        lambda p: rules.edit(p, TEXT, (LEAD,), POLICY, act()),
        lambda p: rules.publish(p, POLICY, act()),
        lambda p: rules.reach_threshold(replace(p, verified=25), POLICY, system()),
        lambda p: rules.submit(p, POLICY, act(at=NOW + timedelta(days=1))),
        lambda p: rules.verify(p, 1, "roster", POLICY, staff()),
    ):
        petition, event = step(petition)
        events.append(event)
    return petition, events


def holds(events, head) -> bool:
    """Whether a record is whole: each digest fits, each follows the one before, none is missing."""
    previous = ""
    for place, event in enumerate(events, start=1):
        fits = event.digest == digest_of(event)
        if not fits or event.previous != previous or event.sequence != place:
            return False
        previous = event.digest
    return previous == head


def resealed(event, **changes):
    """The event altered by somebody who also makes its own digest anew."""
    changed = replace(event, **changes)
    return replace(changed, digest=digest_of(changed))


def test_a_record_of_several_commands_holds():
    petition, events = life()
    assert holds(events, petition.head)
    assert [e.command for e in events] == [
        "draft",
        "edit",
        "publish",
        "reach-threshold",
        "submit",
        "verify",
    ]
    assert petition.version == 6


@pytest.mark.parametrize("place", range(6))
def test_an_altered_event_shows(place):
    petition, events = life()
    altered = list(events)
    altered[place] = replace(altered[place], actor_name="Somebody Else")
    assert not holds(altered, petition.head)
    # Also when its digest was made anew: the next event, or the head, tells.
    altered[place] = resealed(events[place], actor_name="Somebody Else")
    assert not holds(altered, petition.head)


@pytest.mark.parametrize("place", range(6))
def test_an_event_taken_out_shows(place):
    petition, events = life()
    assert not holds(events[:place] + events[place + 1 :], petition.head)


@pytest.mark.parametrize("place", range(5))
def test_events_that_changed_places_show(place):
    petition, events = life()
    swapped = list(events)
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    assert not holds(swapped, petition.head)


EVENT = Event(
    subject="petition/p1",
    sequence=3,
    at=NOW,
    command="publish",
    actor_id="ada",
    actor_name="Ada Fell",
    actor_role="convener",
    before="draft",
    after="collecting",
    data={"text": "abc", "kept": [1, 2]},
    previous="00",
)
OTHERWISE = {
    "subject": "petition/p2",
    "sequence": 4,
    "at": NOW + timedelta(microseconds=1),
    "command": "submit",
    "actor_id": "bo",
    "actor_name": "Bo Grand",
    "actor_role": "staff",
    "before": "returned",
    "after": "submitted",
    "data": {"text": "abc", "kept": [2, 1]},
    "previous": "01",
    "state_digest": "02",
}


def test_every_field_is_tried_below():
    assert {f.name for f in fields(Event)} - {"digest"} == set(OTHERWISE)


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_digest_covers_every_field(field):
    assert digest_of(replace(EVENT, **{field: OTHERWISE[field]})) != digest_of(EVENT)


def test_a_digest_is_the_same_however_the_store_orders_the_data():
    assert digest_of(replace(EVENT, data={"kept": [1, 2], "text": "abc"})) == digest_of(EVENT)
    assert digest_of(replace(EVENT, digest="anything")) == digest_of(EVENT)


def test_a_digest_does_not_change_between_releases():
    """Records outlive the code: a digest written years ago has to be the same today."""
    assert digest_of(EVENT) == "e28178e433a8638218b80a950981c3de0389585719bc6c3c3b9da44494589a4b"


def test_fields_cannot_run_into_each_other():
    one = replace(EVENT, actor_id="ab", actor_name="c")
    other = replace(EVENT, actor_id="a", actor_name="bc")
    assert digest_of(one) != digest_of(other)


def test_the_one_byte_form_of_a_value():
    assert canonical_json({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'.encode()


def test_no_event_of_a_life_holds_an_address():
    _, events = life()
    assert all(b"@" not in canonical_json([e.data, e.actor_name, e.actor_id]) for e in events)
