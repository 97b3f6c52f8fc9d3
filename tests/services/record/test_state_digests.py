"""What is stored is what its last event vouches for, at every step of a life."""

import pytest

from chalicelib.domain.record.record import digest_of_state
from chalicelib.storage import keys, reading
from tests.services.world import STEPS


@pytest.mark.parametrize("step", STEPS)
def test_every_state_is_the_one_that_its_last_event_leads_to(world, step):
    world.at(step)
    for pk in [pk for pk, sk in world.dump() if sk == keys.STATE]:
        events = reading.record(world.table, pk)
        if not events:
            continue
        what = events[-1].subject.partition("/")[0]
        body = dict(world.item(pk, keys.STATE).body)
        text = world.table.get((pk, keys.TEXT))
        if text:
            body["text"] = text.body or {}
        assert events[-1].state_digest == digest_of_state(what, body), pk
