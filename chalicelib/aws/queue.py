"""Tells workers by SQS that there is something to do."""

import json
import logging
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.logs import request_id

# The most messages that SQS takes at once.
BATCH = 10

log = logging.getLogger(__name__)


class SqsQueue:
    """Implements services.ports.Queue on the queues `<prefix>-mail` and `<prefix>-packets`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._urls: dict[str, str] = {}

    @cached_property
    def _client(self) -> Any:
        return boto3.client("sqs")

    def nudge(self, queue: str, pk: str, sk: str) -> None:
        """Says that the item under this key is due.

        A queue that does not answer is no reason to fail: the item itself says that it is
        due, and the sweep calls again.
        """
        try:
            self._client.send_message(QueueUrl=self._url(queue), MessageBody=message(pk, sk))
        except (BotoCoreError, ClientError):
            log.exception("the %s queue could not be told; the sweep will find the item", queue)

    def nudge_all(self, work: Iterable[tuple[str, str, str]]) -> None:
        """Says that these items (queue and key of each) are due, ten at a time."""
        by_queue: dict[str, list[str]] = {}
        for queue, pk, sk in work:
            by_queue.setdefault(queue, []).append(message(pk, sk))
        for queue, bodies in by_queue.items():
            for start in range(0, len(bodies), BATCH):
                self._send(queue, bodies[start : start + BATCH])

    def _send(self, queue: str, bodies: list[str]) -> None:
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
        try:
            self._client.send_message_batch(QueueUrl=self._url(queue), Entries=entries)
        except (BotoCoreError, ClientError):
            log.exception("the %s queue could not be told; the next sweep will", queue)

    def _url(self, queue: str) -> str:
        if queue not in self._urls:
            name = f"{self._prefix}-{queue}"
            self._urls[queue] = self._client.get_queue_url(QueueName=name)["QueueUrl"]
        return self._urls[queue]


def message(pk: str, sk: str) -> str:
    """The item that is due, and the request that brought it about."""
    return json.dumps({"pk": pk, "sk": sk, "request": request_id()})
