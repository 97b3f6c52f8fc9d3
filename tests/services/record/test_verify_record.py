"""The record proves itself: whatever is altered, taken out, moved or added is found and named."""

import copy
import json
from datetime import timedelta

import pytest

from chalicelib.domain.record import proof
from chalicelib.domain.record.events import Event, digest_of
from chalicelib.services.record.record import seal_the_night, verify
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.table import Delete
from tests.services.world import STEPS

# Items that are part of the record, by the beginning of their sort keys, in partitions that have
# one: every byte of their bodies is vouched for.
VOUCHED = (
    keys.STATE,
    keys.EVENT,
    keys.EDIT,
    keys.TEXT,
    keys.TEXT_KEPT,
    keys.CHARGE,
    keys.PACKET,
    keys.REVISION,
    keys.BALLOT,
    keys.SLIP,
)
# Of these the record says what is named here, and no more: docs/record.md says why.
IN_PART = {
    keys.SIGNATURE: ("email",),
    keys.TALLY: (),
}
# What is made anew from the rest, or only guards a moment.
APART = ("FLOOR#", "SEAT#", keys.HISTORY, keys.RECOUNT, keys.RECUSED)


def problems(world, *only, **more):
    # A world that is put back has its table, and not the bucket.
    return verify(world.services.store, None, only, **more).problems


def subject(pk):
    what, _, thing = pk.partition("#")
    return f"{what.lower()}/{thing}"


@pytest.mark.parametrize("step", STEPS)
def test_an_untouched_record_holds(world, step):
    assert problems(world.at(step)) == []


def partitions(world):
    found: dict[str, list[dict]] = {}
    for (pk, _), item in world.dump().items():
        if pk.partition("#")[0] in {
            "PETITION",
            "MEETING",
            "MOTION",
            "GROUP",
            "DOCUMENT",
            "DISCUSSION",
        }:
            found.setdefault(pk, []).append(item)
    return found


def flipped(text, place):
    """The text with one character changed for another."""
    other = "x" if text[place] != "x" else "y"
    return text[:place] + other + text[place + 1 :]


def test_every_kind_of_item_is_known_here(world):
    world.at("carried")
    known = (*VOUCHED, *IN_PART, *APART)
    for items in partitions(world).values():
        for item in items:
            assert item["sk"]["S"].startswith(known), item["sk"]


def places(pk, text):
    """Enough places in a text to hit names, values and punctuation alike; fewer in a petition,
    whose signatures are counted anew each time.
    """
    step = max(1, len(text) // (25 if pk.startswith("PETITION") else 120))
    return range(0, len(text), step)


def test_a_byte_altered_in_any_item_of_a_life_is_found_and_its_thing_is_named(world):
    world.at("carried")
    store = world.services.store.record
    tried = 0
    for pk, items in partitions(world).items():
        for item in items:
            sk = item["sk"]["S"]
            if not sk.startswith(VOUCHED):
                continue
            others = [one for one in items if one is not item]
            for place in places(pk, item["body"]["S"]):
                body = flipped(item["body"]["S"], place)
                if same_value(body, item["body"]["S"]):
                    continue
                found = proof.check(store._kept(pk, [*others, {**item, "body": {"S": body}}]))
                assert found, (sk, place, body[max(0, place - 30) : place + 30])
                assert {one.thing for one in found} == {subject(pk)}
                tried += 1
    print(f"{tried} bytes altered")
    assert tried > 1500


def same_value(one, other):
    """An address is left out of what is vouched for, so that it can be forgotten."""

    def without(value):
        if isinstance(value, dict):
            return {k: without(v) for k, v in value.items() if k not in {"email"}}
        return [without(v) for v in value] if isinstance(value, list) else value

    try:
        one, other = json.loads(one), json.loads(other)
    except ValueError:
        return False
    return without(one) == without(other)


@pytest.mark.parametrize(
    ("prefix", "attribute", "value"),
    [
        (keys.STATE, "version", {"N": "99"}),
        (keys.STATE, "listing_sk", {"S": "2020"}),
        (keys.TALLY, "verified", {"N": "99"}),
        (keys.TALLY, "confirmed", {"N": "99"}),
        (keys.TALLY, "text_digest", {"S": "abc"}),
        (keys.TALLY, "edition", {"N": "7"}),
        (keys.TALLY, "state", {"S": "collecting"}),
        (keys.SIGNATURE, "state", {"S": "withdrawn"}),
        (keys.EVENT, "listing_sk", {"S": "elsewhere"}),
    ],
)
def test_an_attribute_beside_the_body_is_found(world, prefix, attribute, value):
    world.at("carried")
    tried = 0
    for pk, items in partitions(world).items():
        for item in items:
            if item["sk"]["S"].startswith(prefix) and attribute in item:
                world.table.put_stored({**item, attribute: value})
                assert problems(world, subject(pk)), item["sk"]
                world.table.put_stored(item)
                tried += 1
    assert tried
    assert problems(world) == []


@pytest.mark.parametrize("field", ["state", "title", "wording", "mover", "seconder"])
def test_what_a_list_shows_of_a_motion_cannot_differ_from_it(world, field):
    world.at("carried")
    item = world.dump()[keys.motion(world.motion_id), keys.STATE]
    listing = {**json.loads(item["listing"]["S"]), field: "something else"}
    world.table.put_stored({**item, "listing": {"S": json.dumps(listing)}})
    (problem,) = problems(world)
    assert problem.thing == f"motion/{world.motion_id}"
    assert field in problem.what


@pytest.mark.parametrize("what", ["petition", "meeting", "motion", "group", "document"])
def test_an_event_taken_out_is_found(world, what):
    world.at("carried")
    for (pk, sk), item in world.dump().items():
        if pk.startswith(what.upper()) and sk.startswith((keys.EVENT, keys.EDIT)):
            world.table.write(Delete((pk, sk)))
            found = problems(world, subject(pk))
            assert found, sk
            assert {one.thing for one in found} == {subject(pk)}
            world.table.put_stored(item)
    assert problems(world) == []


def test_two_events_that_changed_places_are_found(world):
    world.at("carried")
    pk = keys.motion(world.motion_id)
    one, other = (world.dump()[pk, keys.event(n, c)] for n, c in ((2, "second"), (3, "open")))
    world.table.put_stored({**one, "body": other["body"]})
    world.table.put_stored({**other, "body": one["body"]})
    found = problems(world)
    assert {one.step for one in found} >= {2, 3}
    assert "moved" in str(found[0])


def forged(world, **changes):
    """The motion's last step once more, made up by somebody who knows how digests are made."""
    *_, last = world.events(keys.motion(world.motion_id))
    event = Event(
        **{**vars(last), "sequence": last.sequence + 1, "previous": last.digest} | changes
    )
    return Event(**{**vars(event), "digest": digest_of(event)})


def test_a_forged_event_at_the_end_is_found(world):
    world.at("carried")
    event = forged(world, command="void", after="void")
    pk = keys.motion(world.motion_id)
    world.put(Item(pk, keys.event(event.sequence, event.command), body=to_body(event)))
    (problem,) = problems(world)
    assert (problem.thing, problem.step) == (f"motion/{world.motion_id}", event.sequence)
    assert "added" in problem.what


def test_a_ballot_altered_after_the_announcement_is_named(world):
    world.at("carried")
    who = world.person("director3")
    item = world.dump()[keys.ballot(world.motion_id, who.id)]
    world.table.put_stored({**item, "body": {"S": item["body"]["S"].replace('"yes"', '"no"')}})
    (problem,) = problems(world)
    assert problem.thing == f"motion/{world.motion_id}"
    world.table.write(Delete(keys.ballot(world.motion_id, who.id)))
    assert problems(world)


def test_the_file_of_a_packet_is_compared_with_what_was_published(world):
    world.at("scheduled")
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    (packet,) = world.packets
    files, store = world.services.files, world.services.store
    kept = {packet.file_of(e): e for e in packet.editions if e.part != "annex"}
    assert verify(store, files).files == len(kept) == 6
    assert verify(store, files).problems == []
    for key, edition in kept.items():
        content = files.get(key)
        files.put(key, content + b" ", "application/pdf")
        (problem,) = verify(store, files).problems
        which = f" ({edition.face} {edition.part}" if edition.slug != "board" else ""
        assert f"the file of packet 1{which}" in problem.what
        assert "is not the one that was published" in problem.what
        files.delete(key)
        (problem,) = verify(store, files).problems
        assert "missing" in problem.what
        files.put(key, content, "application/pdf")


def test_an_annex_may_be_gone(world):
    world.at("scheduled")
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    (packet,) = world.packets
    world.services.files.delete(packet.file_of(packet.edition("staff-annex-5.0")))
    assert verify(world.services.store, world.services.files).problems == []


def test_what_changes_while_it_is_read_is_read_again(world, monkeypatch):
    """The scan saw the state of one moment and the record of another."""
    world.at("carried")
    store = world.services.store.record
    kept = store.thing(f"motion/{world.motion_id}")
    torn = proof.Kept(**{**vars(kept), "events": kept.events[:-1]})
    assert proof.check(torn)
    monkeypatch.setattr(store, "things", lambda: iter([torn]))
    assert problems(world) == []


# Whoever rewrites a whole chain consistently.


def rewritten(world):
    """The motion's record rewritten by somebody who can write the table and knows the code:
    another seconder from the second step on, every digest after it made anew, and the state too.
    """
    pk = keys.motion(world.motion_id)
    previous, who = "", world.person("director5")
    for event in world.events(pk):
        changed = Event(**{**vars(event), "previous": previous})
        if event.command == "second":
            changed = Event(**{**vars(changed), "actor_name": who.name, "actor_id": who.id})
        changed = Event(**{**vars(changed), "digest": digest_of(changed)})
        item = world.dump()[pk, keys.event(event.sequence, event.command)]
        world.table.put_stored(
            {**item, "body": {"S": json.dumps(to_body(changed), ensure_ascii=False)}}
        )
        previous = changed.digest
    item = world.dump()[pk, keys.STATE]
    body = {**json.loads(item["body"]["S"]), "head": previous}
    world.table.put_stored({**item, "body": {"S": json.dumps(body, ensure_ascii=False)}})


def cut(world):
    """The last step of the motion taken out, and its state put back to what it was before."""
    world.at("closed")
    before = world.dump()
    heads = {
        key: copy.deepcopy(item) for key, item in before.items() if key[0].startswith("MOTION")
    }
    world.at("carried")
    pk = keys.motion(world.motion_id)
    for key in [key for key in world.dump() if key[0] == pk]:
        world.table.write(Delete(key))
    for item in heads.values():
        world.table.put_stored(item)


@pytest.mark.parametrize("forge", [rewritten, cut])
def test_a_chain_that_was_rewritten_as_a_whole_holds_by_itself_and_fails_the_earlier_list(
    world, forge
):
    world.at("carried")
    before = verify(world.services.store, None)
    forge(world)
    after = verify(world.services.store, None)
    assert after.problems == []
    assert after.sealed != before.sealed
    (problem,) = problems(world, since=before.heads)
    assert problem.thing == f"motion/{world.motion_id}"


@pytest.mark.parametrize("forge", [rewritten, cut])
def test_a_chain_that_was_rewritten_as_a_whole_fails_the_nights_seal(world, forge):
    world.at("carried")
    world.clock.forward(days=1)
    seal_the_night(world.services)
    sealed = {key: item for key, item in world.dump().items() if key[0] == keys.SEALS}
    assert problems(world) == []
    forge(world)
    for item in sealed.values():
        world.table.put_stored(item)
    (problem,) = problems(world)
    assert "not the one that was sealed" in problem.what


def test_a_thing_that_is_gone_altogether_is_found(world):
    world.at("carried")
    before = verify(world.services.store, None)
    pk = keys.motion(world.motion_id)
    for key in [key for key in world.dump() if key[0] == pk]:
        world.table.write(Delete(key))
    (problem,) = problems(world, since=before.heads)
    assert problem.what == "the earlier list has it, and it is gone."


# Seals.


def test_a_seal_a_night_each_of_which_holds_while_the_record_goes_on(world):
    for step in ("collecting", "scheduled", "moved", "carried"):
        world.at(step)
        sealed = [item for key, item in world.dump().items() if key[0] == keys.SEALS]
        assert sealed == []
    world.at("scheduled")
    for _ in range(2):
        # Twice in one night is once.
        first = seal_the_night(world.services)
    world.clock.forward(days=41)
    world.move()
    second = seal_the_night(world.services)
    world.do("director2", "motion.second", world.motion_id)
    seals = world.services.store.record.seals()
    assert [one.digest for one in seals] == [first, second]
    assert (seals[1].number, seals[1].previous) == (2, first)
    assert problems(world) == []


def test_a_seal_takes_what_is_settled_and_leaves_the_last_minutes_to_the_next(world):
    world.at("moved")
    heads = world.services.store.record.heads(world.clock.now - timedelta(minutes=15))
    assert f"motion/{world.motion_id}" not in heads
    world.clock.forward(minutes=15)
    heads = world.services.store.record.heads(world.clock.now - timedelta(minutes=15))
    found = verify(world.services.store, None)
    assert heads == {name: found.heads[name] for name in heads}
    assert f"motion/{world.motion_id}" in heads


def test_a_draft_is_in_no_seal(world):
    world.at("draft")
    heads = world.services.store.record.heads(world.clock.now)
    assert f"petition/{world.petition_id}" not in heads
    world.at("collecting")
    heads = world.services.store.record.heads(world.clock.now)
    assert f"petition/{world.petition_id}" in heads


def test_a_petition_that_is_rewritten_and_given_up_holds_under_its_seals(world):
    world.at("submitted")
    for do in (
        world.send_back,
        lambda: world.do("rowan", "petition.withdraw", world.petition_id, reason="No time."),
    ):
        world.clock.forward(days=1)
        seal_the_night(world.services)
        do()
    world.clock.forward(days=1)
    seal_the_night(world.services)
    assert problems(world) == []


@pytest.mark.parametrize("field", ["number", "things", "heads", "previous", "until"])
def test_an_altered_seal_is_found(world, field):
    world.at("moved")
    for _ in range(2):
        world.clock.forward(days=1)
        seal_the_night(world.services)
    key = keys.seal(2)
    item = world.dump()[key]
    body = json.loads(item["body"]["S"])
    other = {"number": 3, "things": 1, "until": "2026-01-01T00:00:00+00:00"}.get(field, "ab")
    world.table.put_stored({**item, "body": {"S": json.dumps({**body, field: other})}})
    found = problems(world)
    assert found
    assert {one.thing for one in found} == {"seals"}


def test_a_seal_taken_out_is_found(world):
    world.at("moved")
    for _ in range(3):
        world.clock.forward(days=1)
        seal_the_night(world.services)
    world.table.write(Delete(keys.seal(2)))
    assert "missing" in str(problems(world)[0])


def test_an_event_of_an_earlier_release_holds_without_a_digest_of_its_state(world):
    """Its state is vouched for from the next step on."""
    world.at("moved")
    pk = keys.motion(world.motion_id)
    key = pk, keys.event(1, "move")
    item = world.dump()[key]
    body = {k: v for k, v in json.loads(item["body"]["S"]).items() if k != "state_digest"}
    body["digest"] = digest_of(from_body(Event, body))
    world.table.put_stored({**item, "body": {"S": json.dumps(body)}})
    state = world.dump()[pk, keys.STATE]
    content = {**json.loads(state["body"]["S"]), "head": body["digest"]}
    world.table.put_stored({**state, "body": {"S": json.dumps(content)}})
    found = verify(world.services.store, None)
    assert (found.problems, found.unvouched) == ([], [f"motion/{world.motion_id}"])
    world.do("director2", "motion.second", world.motion_id)
    assert verify(world.services.store, None).unvouched == []
