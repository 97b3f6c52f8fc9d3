"""Does what Lambda's event sources and schedules do: messages and the clock call handlers."""

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import FrameType
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from chalice.local import LambdaContext

from local import lifeline, project
from local.resources import VISIBILITY_SECONDS, client

Handler = Callable[[dict[str, Any], Any], Any]

# A whole batch is hidden when it is received: the slow queue takes one message at a time.
BATCH = {"mail": 10, "packets": 1, "feedback": 10, "webhooks": 1}
# Short, so that a stop is soon noticed; the local queue answers as soon as a message comes.
WAIT_SECONDS = 1
SWEEP_SECONDS = 5.0
# A short while after the start, when nobody waits for a page any more, and then once a day.
NIGHTLY_AFTER_SECONDS = 20.0
NIGHTLY_SECONDS = 24 * 3600.0
PAUSE_AFTER_ERROR_SECONDS = 1.0
STOP_SECONDS = 15


class QueueWorker:
    """Hands the messages of one queue to its handler, one at a time.

    A message is deleted once its handler returned. When the handler raises, or names the
    message in `batchItemFailures`, it stays, and comes again after the visibility timeout.
    """

    def __init__(self, sqs: Any, queue: str, handler: Handler, batch: int = 1) -> None:
        self._sqs = sqs
        self._queue = queue
        self._handler = handler
        self._batch = batch
        self._url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._arn = attributes["Attributes"]["QueueArn"]

    def run(self, stopping: threading.Event) -> None:
        """Poll until told to stop."""
        while not stopping.is_set():
            try:
                self.poll(stopping, WAIT_SECONDS)
            except (BotoCoreError, ClientError) as error:
                if not stopping.is_set():
                    say(f"{self._queue}: {error}")
                stopping.wait(PAUSE_AFTER_ERROR_SECONDS)

    def poll(self, stopping: threading.Event, wait: int = 0) -> int:
        """Receive once and handle what came; return how many messages succeeded."""
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._batch,
            WaitTimeSeconds=wait,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        succeeded = 0
        for message in answer.get("Messages", []):
            if stopping.is_set():
                self._release(message)
            elif self._handle(message):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                succeeded += 1
        return succeeded

    def _handle(self, message: dict[str, Any]) -> bool:
        event = {"Records": [sqs_record(message, self._arn)]}
        try:
            answer = self._handler(event, context(self._queue))
        except Exception:
            say(f"{self._queue}: message {message['MessageId']} failed\n{traceback.format_exc()}")
            return False
        failed = isinstance(answer, dict) and bool(answer.get("batchItemFailures"))
        if failed:
            say(f"{self._queue}: message {message['MessageId']} was handed back")
        return not failed

    def _release(self, message: dict[str, Any]) -> None:
        """Let the next worker have a message at once."""
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )


def sqs_record(message: dict[str, Any], arn: str) -> dict[str, Any]:
    """Return a received message in the form in which Lambda gets it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {key[0].lower() + key[1:]: part for key, part in value.items()}
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def schedule_event(now: datetime, name: str = "sweep") -> dict[str, Any]:
    """Return what EventBridge sends for a schedule."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:000000000000:rule/groundswell-local-{name}"],
        "detail": {},
    }


def run_clock(
    handler: Handler,
    stopping: threading.Event,
    every: float = SWEEP_SECONDS,
    *,
    name: str = "sweep",
    after: float = 0.0,
) -> None:
    """Call a schedule's handler after so many seconds and then every so many, until told to
    stop; never two at once.
    """
    stopping.wait(after)
    while not stopping.is_set():
        try:
            handler(schedule_event(datetime.now(UTC), name), context(name))
        except Exception:
            say(f"{name}: failed\n{traceback.format_exc()}")
        stopping.wait(every)


def context(name: str) -> LambdaContext:
    """Return a Lambda context for one call."""
    return LambdaContext(function_name=name, memory_size=1024, max_runtime_ms=300_000)


def say(text: str) -> None:
    """Write to the worker's log."""
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}", file=sys.stderr, flush=True)


def start(environ: Mapping[str, str], stopping: threading.Event) -> list[threading.Thread]:
    """Start a thread for each queue and one for each schedule; all end once `stopping` is set."""
    threads = []
    for name in VISIBILITY_SECONDS:
        worker = QueueWorker(
            # The loop asks again by itself; botocore's own waits would only delay a stop.
            client("sqs", environ, retries={"total_max_attempts": 1}),
            f"{environ['GROUNDSWELL_QUEUE_PREFIX']}-{name}",
            project.queue_handler(name),
            BATCH[name],
        )
        threads.append(threading.Thread(target=worker.run, args=(stopping,), daemon=True))
    sweep = project.part("SWEEP")
    threads.append(threading.Thread(target=run_clock, args=(sweep, stopping), daemon=True))
    night = {"name": "nightly", "after": NIGHTLY_AFTER_SECONDS}
    nightly = threading.Thread(
        target=run_clock,
        args=(project.part("NIGHTLY"), stopping, NIGHTLY_SECONDS),
        kwargs=night,
        daemon=True,
    )
    threads.append(nightly)
    for thread in threads:
        thread.start()
    return threads


def main() -> None:
    """Work until SIGTERM, or until a thread ends of itself, which is a fault."""
    lifeline.watch()
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    threads = start(os.environ, stopping)
    while not stopping.wait(0.5):
        if not all(thread.is_alive() for thread in threads):
            sys.exit("A thread of the worker ended unexpectedly.")
    # What is in hand is finished, within reason; what is not comes again from the queue.
    deadline = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


if __name__ == "__main__":
    main()
