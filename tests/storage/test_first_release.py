"""What the first release wrote is read by this one, and what a later one writes is refused."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.services.record.record import verify
from chalicelib.storage import migrations
from chalicelib.storage.item import Item
from chalicelib.storage.migrations import NewerItem
from chalicelib.storage.table import Put, Update

# Items as they lie in the table, one a line, of a petition's whole life and of its group, with
# everything beside it. All people are invented. It is never written anew.
WRITTEN = Path(__file__).parent / "first_release.jsonl.gz"


def items():
    with gzip.open(WRITTEN, "rt") as file:
        return [json.loads(line) for line in file]


@pytest.fixture
def kept(services):
    """The services over a table that the first release filled."""
    for item in items():
        services.store.table.put_stored(item)
    return services


def test_everything_that_the_first_release_wrote_is_read_and_its_record_verifies(kept, clock):
    store = kept.store
    (row,) = store.groups.listed()
    group = store.groups.get(row["slug"])
    petition = store.petitions.get(group.petition_id)
    meetings = [store.board.meeting(row["id"]) for row in store.board.meetings()]
    (meeting,) = [one for one in meetings if one.documents]
    assert petition.state == "approved"
    assert len(list(store.petitions.signatures(petition.id))) == 25
    assert store.board.packets(meeting.id)
    assert store.people.by_email("rowan@example.org").name == "Rowan Ibarra"
    assert store.rosters.current().entries == 60
    assert store.mailboxes.at("gone@example.org").standing == "dead"
    found = verify(store, None)
    assert found.problems == []
    assert len(found.heads) >= 4


def test_the_items_of_every_partition_can_be_read_one_by_one(kept):
    kinds = set()
    for item in items():
        record = kept.store.table.get((item["pk"]["S"], item["sk"]["S"]))
        assert record.schema == 1
        kinds.add(record.pk.partition("#")[0])
    every = "PETITION GROUP MEETING MOTION DOCUMENT BOARD PERSON EMAIL ROSTER OUTBOX"
    assert set(every.split()) | {"BLOCKS", "MAILBOX", "SEALS"} <= kinds


def test_a_step_gives_old_items_the_new_form_and_the_record_goes_on_to_verify(kept, monkeypatch):
    """As a release would that keeps a person's name in capitals, and calls a field otherwise."""

    def louder(body):
        return {**body, "name": body["name"].upper()}

    def never(body):
        raise AssertionError("a sealed item was changed")

    steps = {2: (("PERSON#.* PERSON", louder), (".* 0#EVENT#.*", never), ("SEALS .*", never))}
    monkeypatch.setattr(migrations, "SCHEMA", 2)
    monkeypatch.setattr(migrations, "STEPS", steps)
    people = kept.store.people
    rowan = people.by_email("rowan@example.org")
    assert rowan.name == "ROWAN IBARRA"
    key = f"PERSON#{rowan.id}", "PERSON"
    raw = kept.store.table.dump()[key]
    assert (raw["schema"]["N"], "Rowan Ibarra" in raw["body"]["S"]) == ("1", True)
    unit = kept.store.transaction()
    people.save(unit, replace(rowan, institution="Elsewhere", version=rowan.version + 1))
    unit.commit()
    raw = kept.store.table.dump()[key]
    assert (raw["schema"]["N"], "ROWAN IBARRA" in raw["body"]["S"]) == ("2", True)
    assert verify(kept.store, None).problems == []


def test_an_update_takes_the_new_form_along(services, clock, monkeypatch):
    """A worker claims an item by an update, whose answer is read as well."""
    table = services.store.table
    table.write(Put(Item("OUTBOX#x", "LETTER", body={"name": "x"})))
    monkeypatch.setattr(migrations, "SCHEMA", 2)
    step = (".* LETTER", lambda body: {**body, "name": "y"})
    monkeypatch.setattr(migrations, "STEPS", {2: (step,)})
    item = table.write(Update(("OUTBOX#x", "LETTER"), {}, {"attempts": 1}))
    assert item.body == {"name": "y"}


def test_what_a_newer_release_wrote_is_refused_and_not_guessed(services):
    newer = Item("PERSON#x", "PERSON", schema=migrations.SCHEMA + 1, body={"name": "x"})
    services.store.table.write(Put(newer))
    with pytest.raises(NewerItem, match="Deploy the newer release again"):
        services.store.table.get(("PERSON#x", "PERSON"))
