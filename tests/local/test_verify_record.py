"""The command at a terminal: its words, its exit status, the lists it writes and reads."""

import json

import pytest

from chalicelib.services.record.record import seal_the_night
from chalicelib.storage import keys
from local import verify_record


@pytest.fixture
def run(world, deployed, capsys, monkeypatch):
    """The command against the table of the test, as against a deployed one."""
    world.at("carried")
    deployed()
    monkeypatch.delenv("GROUNDSWELL_BUCKET")

    def command(*arguments):
        status = verify_record.main([str(one) for one in arguments])
        return status, capsys.readouterr().out

    return command


def alter(world):
    item = world.item(keys.motion(world.motion_id), keys.STATE)
    world.alter(item.key, body={**item.body, "wording": item.body["wording"] + "."})


def test_it_says_that_all_holds_and_gives_the_seal(run):
    status, said = run()
    assert status == 0
    assert "all of it holds" in said
    assert "Seal of the record as it is now: " in said


def test_it_names_the_thing_the_step_and_what_is_wrong(run, world):
    alter(world)
    status, said = run()
    assert status == 1
    step = len(world.events(keys.motion(world.motion_id)))
    assert f"motion/{world.motion_id}, step {step}: its state is not what “announce” left" in said
    assert run(f"group/{world.group.id}")[0] == 0
    assert run(f"motion/{world.motion_id}")[0] == 1
    assert run("motion/nothing")[0] == 1


def test_a_seal_that_was_written_down_is_compared(run, world):
    digest = run()[1].strip().rpartition(" ")[2]
    spaced = " ".join(digest[at : at + 4] for at in range(0, 16, 4)).upper()
    assert run("--expect", spaced)[0] == 0
    assert run("--expect", digest[:15])[0] == 1
    assert run("--expect", "0" * 64)[0] == 1


def test_a_nightly_seal_is_found_long_after(run, world):
    world.clock.forward(days=1)
    digest = seal_the_night(world.services)
    world.clock.forward(days=1)
    world.plan_meeting()
    status, said = run("--expect", digest)
    assert status == 0
    assert "1 nightly seals" in said


def test_a_list_that_was_kept_is_compared(run, world, tmp_path):
    kept = tmp_path / "heads"
    assert run("--save", kept)[0] == 0
    world.plan_meeting()
    assert run("--since", kept)[0] == 0
    lines = kept.read_text().splitlines()
    name, step, digest = lines[1].split()
    kept.write_text(f"{name} {step} {digest[::-1]}\n")
    status, said = run("--since", kept)
    assert status == 1
    assert name in said


def test_what_it_cannot_read_is_no_proof(run, tmp_path):
    odd = tmp_path / "odd"
    odd.write_text("not a list\n")
    assert run("--since", odd)[0] == 2
    assert run("--since", tmp_path / "nothing")[0] == 2


def test_an_item_that_is_no_json_any_more_is_named(run, world, aws):
    item = world.item(keys.motion(world.motion_id), keys.STATE)
    broken = json.dumps(item.body)[:-1]
    aws["dynamodb"].update_item(
        TableName="groundswell-test",
        Key={"pk": {"S": item.pk}, "sk": {"S": item.sk}},
        UpdateExpression="SET body = :b",
        ExpressionAttributeValues={":b": {"S": broken}},
    )
    status, said = run()
    assert status == 1
    assert f"motion/{world.motion_id}" in said
