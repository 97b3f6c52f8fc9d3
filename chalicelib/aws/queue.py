"""Tells workers by SQS that there is something to do."""

import json
import logging
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

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
            self._client.send_message(
                QueueUrl=self._url(queue), MessageBody=json.dumps({"pk": pk, "sk": sk})
            )
        except (BotoCoreError, ClientError):
            log.exception("the %s queue could not be told; the sweep will find the item", queue)

    def _url(self, queue: str) -> str:
        if queue not in self._urls:
            name = f"{self._prefix}-{queue}"
            self._urls[queue] = self._client.get_queue_url(QueueName=name)["QueueUrl"]
        return self._urls[queue]
