"""Backup, restore, and what becomes of work that is held or was given up."""

import json
import zipfile

import boto3
import pytest

from chalicelib.services.outbox import letters
from chalicelib.services.record.record import verify
from chalicelib.storage import keys
from local import backup, queues

NAME = "groundswell-test"


def dump(world):
    """Every item of the table by its key."""
    return {(i["pk"]["S"], i["sk"]["S"]): i for i in world.services.store.table.lying()}


def wipe(world):
    """The table loses every item, as in a disaster."""
    world.services.store.table.write_many(deletes=list(dump(world)))
    assert dump(world) == {}


def test_a_life_is_backed_up_wiped_and_put_back_and_its_record_verifies(world, deployed, tmp_path):
    world.at("carried")
    deployed()
    files = world.services.files
    files.put("packets/x/1.pdf", b"%PDF a packet", "application/pdf")
    before = dump(world)
    file = tmp_path / "all.zip"
    made = backup.back_up(file)
    assert (made["items"], made["files"] >= 1) == (len(before), True)
    with pytest.raises(backup.BackupFailed, match="is there already"):
        backup.back_up(file)
    with pytest.raises(backup.BackupFailed, match="not empty"):
        backup.restore(file)
    assert dump(world) == before
    wipe(world)
    files.delete("packets/x/1.pdf")
    backup.restore(file)
    assert dump(world) == before
    assert files.get("packets/x/1.pdf") == b"%PDF a packet"
    assert verify(world.services.store, None).problems == []
    assert world.group.name == world.petition.name


def test_a_damaged_file_is_refused_and_writes_nothing(world, deployed, tmp_path):
    deployed()
    file = tmp_path / "all.zip"
    backup.back_up(file)
    wipe(world)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"Rowan", b"Mowan"))
    with pytest.raises(backup.BackupFailed, match=r"items.jsonl in it was changed"):
        backup.restore(other)
    (tmp_path / "text.zip").write_text("no archive")
    with pytest.raises(backup.BackupFailed, match="no file that script/backup made"):
        backup.restore(tmp_path / "text.zip")
    assert dump(world) == {}


def test_work_that_is_held_is_not_done_until_it_is_released(world, deployed):
    world.at("collecting").forget_letters()
    deployed()
    world.sign("zoe")
    assert queues.move("outbox", "stuck") == 1
    assert world.deliver_all() == 0
    assert world.letters() == []
    assert queues.move("stuck", "outbox") == 1
    world.deliver_all()
    assert world.told() == [("signature-confirm", "zoe")]


def test_dead_letters_are_sent_again_only_while_there_is_something_to_do(world, deployed):
    world.at("collecting").forget_letters()
    deployed()
    sqs = boto3.client("sqs")
    for queue in queues.QUEUES:
        sqs.create_queue(QueueName=f"{NAME}-{queue}-dead")
        sqs.create_queue(QueueName=f"{NAME}-{queue}")
    dead = sqs.get_queue_url(QueueName=f"{NAME}-mail-dead")["QueueUrl"]
    main = sqs.get_queue_url(QueueName=f"{NAME}-mail")["QueueUrl"]
    world.sign("zoe")
    key = keys.signature(world.petition_id, world.signature("zoe").key)
    bodies = [
        json.dumps({"pk": key[0], "sk": key[1]}),
        json.dumps({"pk": "OUTBOX#gone", "sk": "LETTER"}),
        "no json",
    ]
    sqs.purge_queue(QueueUrl=main)
    for body in [*bodies, bodies[0]]:
        sqs.send_message(QueueUrl=dead, MessageBody=body)
    found = queues.look()
    assert sorted(one.standing for one in found) == ["gone", "gone", "to be done", "to be done"]
    assert "zoe" not in "".join(one.about for one in found)
    assert queues.replay(found) == {"sent again": 2, "taken away": 2}
    waiting = sqs.receive_message(QueueUrl=main, MaxNumberOfMessages=10)["Messages"]
    assert len(waiting) == 2
    # The same message twice, and one letter.
    for message in waiting:
        told = json.loads(message["Body"])
        letters.deliver(world.services, told["pk"], told["sk"])
    assert world.told() == [("signature-confirm", "zoe")]
    sqs.send_message(QueueUrl=dead, MessageBody=bodies[0])
    done = queues.look()
    assert [one.standing for one in done] == ["done"]
    assert queues.drop(done) == {"taken away": 1}
