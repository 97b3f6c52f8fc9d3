"""What the local AWS keeps, and what a crash can cost."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from local import aws, resources
from local.environment import NAME
from local.stack import Running, running_aws
from tests.local import toy_project

SETTLED = 2.0


@pytest.fixture
def with_resources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Give a function that runs the local AWS on one folder, with what Groundswell needs in it."""
    monkeypatch.setenv("GROUNDSWELL_PROJECT", toy_project.__name__)

    @contextmanager
    def run() -> Iterator[Running]:
        with running_aws(tmp_path) as running:
            for name, value in running.environ.items():
                monkeypatch.setenv(name, value)
            resources.create(running.environ)
            resources.create(running.environ)  # Twice, as on every start but the first.
            yield running

    return run


def scan(running: Running) -> list[str]:
    with closing(resources.client("dynamodb", running.environ)) as dynamodb:
        items = dynamodb.scan(TableName=NAME)["Items"]
    return sorted(item["pk"]["S"] for item in items)


def letters(running: Running) -> list[str]:
    """Return the subjects of the letters that the mailbox would show."""
    from urllib.request import urlopen

    with urlopen(f"{running.aws_endpoint}/_ministack/ses/messages") as answer:
        boxes = json.load(answer)["messages"]
    return [letter["Subject"] for box in boxes.values() for letter in box]


def test_a_crash_after_writes_settled_loses_nothing(with_resources: Any) -> None:
    with with_resources() as before:
        toy_project.put("kept")
        with closing(resources.client("s3", before.environ)) as s3:
            for body in (b"first", b"second"):
                s3.put_object(Bucket=NAME, Key="packets/1.pdf", Body=body)
        with closing(resources.client("sqs", before.environ)) as sqs:
            url = sqs.get_queue_url(QueueName=f"{NAME}-mail")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="a letter to send")
        with closing(resources.client("ses", before.environ)) as ses:
            ses.send_email(
                Source="groundswell@example.org",
                Destination={"ToAddresses": ["reader@example.org"]},
                Message={"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Text"}}},
            )
        time.sleep(SETTLED)
        before.kill()

    with with_resources() as after:
        assert after.aws_endpoint != before.aws_endpoint
        assert scan(after) == ["kept"]
        assert letters(after) == ["Hello"]
        with closing(resources.client("dynamodb", after.environ)) as dynamodb:
            found = dynamodb.query(
                TableName=NAME,
                IndexName="everything",
                KeyConditionExpression="gsi = :all",
                ExpressionAttributeValues={":all": {"S": "all"}},
            )
        assert found["Count"] == 1
        with closing(resources.client("s3", after.environ)) as s3:
            assert s3.get_object(Bucket=NAME, Key="packets/1.pdf")["Body"].read() == b"second"
            assert len(s3.list_object_versions(Bucket=NAME)["Versions"]) == 2
        with closing(resources.client("sqs", after.environ)) as sqs:
            url = sqs.get_queue_url(QueueName=f"{NAME}-mail")["QueueUrl"]
            (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        assert message["Body"] == "a letter to send"


def test_a_clean_stop_loses_nothing_at_all(with_resources: Any) -> None:
    with with_resources() as before:
        toy_project.put("last moment")
        assert before.stop() == 0
    with with_resources() as after:
        assert scan(after) == ["last moment"]


def test_a_crash_among_writes_keeps_a_whole_earlier_state(
    with_resources: Any, tmp_path: Path
) -> None:
    stopping = threading.Event()
    written: list[str] = []

    def write(thread: int) -> None:
        with closing(toy_project.dynamodb()) as dynamodb:
            for number in range(10_000):
                key = f"{thread}-{number:05d}"
                item = {name: {"S": key} for name in ("pk", "sk", "gsi")}
                if stopping.is_set():
                    return
                dynamodb.put_item(TableName=NAME, Item=item)
                written.append(key)

    with with_resources() as before:
        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            # Whenever one looks, the file is whole.
            json.loads((tmp_path / "aws" / "state.json").read_text())
            time.sleep(0.05)
        stopping.set()
        for thread in threads:
            thread.join()
        before.kill()
        assert "failed" not in before.output()
    with with_resources() as after:
        kept = scan(after)
    assert kept
    for thread_number in range(4):
        mine = [key for key in kept if key.startswith(f"{thread_number}-")]
        # No gaps: what was written before a kept item is kept.
        assert (
            mine
            == sorted(key for key in written if key.startswith(f"{thread_number}-"))[: len(mine)]
        )


def test_reading_saves_nothing(with_resources: Any, tmp_path: Path) -> None:
    state = tmp_path / "aws" / "state.json"
    with with_resources() as running:
        time.sleep(SETTLED)
        before = state.stat().st_mtime_ns
        scan(running)
        with closing(resources.client("sqs", running.environ)) as sqs:
            url = sqs.get_queue_url(QueueName=f"{NAME}-mail")["QueueUrl"]
            assert "Messages" not in sqs.receive_message(QueueUrl=url)
        time.sleep(SETTLED)
        assert state.stat().st_mtime_ns == before


def test_a_state_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "aws" / "state.json"
    state.parent.mkdir()
    state.write_text('{"services": {"dynamodb": ')
    with pytest.raises(RuntimeError, match="JSONDecodeError"), running_aws(tmp_path):
        pass
    assert state.read_text() == '{"services": {"dynamodb": '


def test_one_data_folder_serves_one_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "LOCK_WAIT_SECONDS", 0.1)
    held = aws._lock(tmp_path / "lock")
    with pytest.raises(SystemExit, match="Another local server is using"):
        aws._lock(tmp_path / "lock")
    os.close(held)
