"""Messages and the clock call handlers, as on Lambda."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from chalice import Chalice
from chalice.app import SQSEvent

from local import resources
from local.stack import running_aws
from local.worker import QueueWorker, run_clock

QUEUE = "worker-test"


@pytest.fixture(scope="module")
def sqs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with (
        running_aws(tmp_path_factory.mktemp("aws"), durable=False) as running,
        closing(resources.client("sqs", running.environ)) as client,
    ):
        yield client


@pytest.fixture
def url(sqs: Any) -> Iterator[str]:
    created: str = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    yield created
    sqs.delete_queue(QueueUrl=created)


def count(sqs: Any, url: str) -> dict[str, int]:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return {"waiting": int(answer[names[0]]), "hidden": int(answer[names[1]])}


def test_a_handled_message_is_deleted(sqs: Any, url: str) -> None:
    app, seen = Chalice(app_name="handlers"), []

    @app.on_sqs_message(queue=QUEUE)
    def handle(event: SQSEvent) -> None:
        seen.extend(record.body for record in event)

    sqs.send_message(
        QueueUrl=url,
        MessageBody="one",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "letter"}},
    )
    assert QueueWorker(sqs, QUEUE, handle).poll(threading.Event()) == 1
    assert seen == ["one"]
    assert count(sqs, url) == {"waiting": 0, "hidden": 0}


def test_the_event_is_what_lambda_would_give(sqs: Any, url: str) -> None:
    events: list[dict[str, Any]] = []
    attribute = {"DataType": "String", "StringValue": "letter"}
    sent = sqs.send_message(QueueUrl=url, MessageBody="one", MessageAttributes={"kind": attribute})
    QueueWorker(sqs, QUEUE, lambda event, context: events.append(event)).poll(threading.Event())
    (record,) = events[0]["Records"]
    assert record["messageId"] == sent["MessageId"]
    assert record["messageAttributes"] == {"kind": {"dataType": "String", "stringValue": "letter"}}
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(f":{QUEUE}")


@pytest.mark.parametrize("how", ["raise", "hand back"])
def test_a_failed_message_stays_and_the_next_is_handled(sqs: Any, url: str, how: str) -> None:
    def handle(event: dict[str, Any], _context: Any) -> Any:
        record = event["Records"][0]
        if record["body"] != "bad":
            return None
        if how == "raise":
            raise ValueError("A bad letter.")
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}

    for body in ("bad", "good"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    assert QueueWorker(sqs, QUEUE, handle, batch=10).poll(threading.Event()) == 1
    assert count(sqs, url) == {"waiting": 0, "hidden": 1}


def test_a_message_that_keeps_failing_ends_among_the_dead_letters(
    sqs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "client", lambda *_: closing_later(sqs))
    resources._queues({"GROUNDSWELL_QUEUE_PREFIX": "dead-test"})
    url = sqs.get_queue_url(QueueName="dead-test-mail")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    sqs.send_message(QueueUrl=url, MessageBody="bad")
    calls: list[Any] = []

    def handle(event: dict[str, Any], _context: Any) -> None:
        calls.append(event)
        raise ValueError("Never.")

    worker = QueueWorker(sqs, "dead-test-mail", handle)
    for _ in range(resources.MAX_RECEIVE_COUNT + 1):
        worker.poll(threading.Event())
    assert len(calls) == resources.MAX_RECEIVE_COUNT
    dead = sqs.get_queue_url(QueueName="dead-test-mail-dead")["QueueUrl"]
    assert count(sqs, dead)["waiting"] == 1


def closing_later(client: Any) -> Any:
    """Return a client whose close() does nothing: the fixture closes it."""

    class Kept:
        def __getattr__(self, name: str) -> Any:
            return (lambda: None) if name == "close" else getattr(client, name)

    return Kept()


def test_a_message_received_while_stopping_is_released_at_once(sqs: Any, url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="later")
    stopping = threading.Event()
    stopping.set()
    assert QueueWorker(sqs, QUEUE, lambda *_: None).poll(stopping) == 0
    assert count(sqs, url) == {"waiting": 1, "hidden": 0}


def test_a_schedule_begins_after_a_while_and_not_when_stopped_before() -> None:
    stopping = threading.Event()
    rules: list[str] = []

    def nightly(event: dict[str, Any], context: Any) -> None:
        rules.extend([event["resources"][0], context.function_name])
        stopping.set()

    run_clock(nightly, stopping, every=0.01, name="nightly", after=0.01)
    assert rules[0].endswith("rule/groundswell-local-nightly")
    assert rules[1] == "nightly"
    # Told to stop before its time came, it is not called at all.
    run_clock(nightly, stopping, every=0.01, name="nightly", after=60)
    assert len(rules) == 2


def test_the_clock_goes_on_after_a_failure() -> None:
    stopping = threading.Event()
    times: list[str] = []

    def sweep(event: dict[str, Any], _context: Any) -> None:
        times.append(event["time"])
        if len(times) == 3:
            stopping.set()
        raise ValueError("A bad sweep.")

    run_clock(sweep, stopping, every=0.01)
    assert len(times) == 3
