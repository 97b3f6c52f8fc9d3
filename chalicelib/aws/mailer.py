"""Sends letters through SES."""

from functools import cached_property
from typing import Any

import boto3
import idna

from chalicelib.services.ports import Message


class SesMailer:
    """Implements services.ports.Mailer. `sender` is an address that SES has verified."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    @cached_property
    def _client(self) -> Any:
        return boto3.client("ses")

    def send(self, to: str, message: Message, letter_id: str) -> None:  # noqa: ARG002
        """Hands one letter to SES. Errors of SES are raised, so that the queue tries again."""
        self._client.send_email(
            Source=self._sender,
            Destination={"ToAddresses": [deliverable(to)]},
            Message={
                "Subject": {"Data": message.subject, "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": message.text, "Charset": "UTF-8"},
                    "Html": {"Data": message.html, "Charset": "UTF-8"},
                },
            },
        )


def deliverable(address: str) -> str:
    """The address with its domain in ASCII, which is what SES takes."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{idna.encode(domain, uts46=True).decode()}" if domain else address
