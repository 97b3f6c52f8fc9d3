"""What became of work: script/dead-letters and script/outbox.

The items in the table say what is still to be done; messages only call a worker. So a message that
was given up can be sent again, or be dropped, without anything being done twice or lost.
"""

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

import boto3

from local.reach import installation

QUEUES = ("mail", "packets", "feedback", "webhooks")
# As long as this command needs for one look.
HIDDEN_SECONDS = 30
OUTBOX, HELD = "outbox", "stuck"


@dataclass(frozen=True)
class Dead:
    """A message that was given up, and how things stand with what it is about."""

    queue: str
    body: str
    receipt: str
    about: str
    standing: str


def main(arguments: list[str] | None = None) -> int:
    """Runs either command; its exit status."""
    parser = argparse.ArgumentParser(prog="script/dead-letters or script/outbox")
    parser.add_argument("command", choices=["dead-letters", "outbox"])
    parser.add_argument("what", choices=["list", "replay", "drop", "hold", "release"])
    given = parser.parse_args(arguments)
    may = ("list", "replay", "drop") if given.command == "dead-letters" else ("hold", "release")
    if given.what not in may:
        parser.error(f"{given.command} takes: {', '.join(may)}")
    try:
        with installation():
            if given.command == "outbox":
                count = move(OUTBOX, HELD) if given.what == "hold" else move(HELD, OUTBOX)
                print(
                    f"{count} pieces of work are {'held' if given.what == 'hold' else 'due'} now."
                )
            else:
                _dead_letters(given.what)
    except OSError as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 1
    return 0


def _dead_letters(what: str) -> None:
    found = look()
    for one in found:
        print(f"{one.queue:<9} {one.about:<28} {one.standing}")
    if what == "list":
        print(f"{len(found)} messages were given up.")
        return
    counted = replay(found) if what == "replay" else drop(found)
    print(
        ", ".join(f"{count} {word}" for word, count in sorted(counted.items())) or "Nothing to do."
    )


def look() -> list[Dead]:
    """Every message that was given up. It names no person: an item by its kind alone."""
    sqs = boto3.client("sqs")
    found: list[Dead] = []
    for queue in QUEUES:
        url = _url(sqs, f"{queue}-dead")
        while batch := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_SECONDS
        ).get("Messages"):
            for message in batch:
                about, standing = _standing(queue, message["Body"])
                found.append(
                    Dead(queue, message["Body"], message["ReceiptHandle"], about, standing)
                )
    return found


def replay(found: list[Dead]) -> Counter[str]:
    """Sends what is still to be done to its queue again, and takes the rest away."""
    sqs, counted = boto3.client("sqs"), Counter[str]()
    for one in found:
        if one.standing == "to be done":
            sqs.send_message(QueueUrl=_url(sqs, one.queue), MessageBody=one.body)
        counted["sent again" if one.standing == "to be done" else "taken away"] += 1
        sqs.delete_message(QueueUrl=_url(sqs, f"{one.queue}-dead"), ReceiptHandle=one.receipt)
    return counted


def drop(found: list[Dead]) -> Counter[str]:
    """Takes away what was done since, or is gone; what is still to be done stays."""
    sqs, counted = boto3.client("sqs"), Counter[str]()
    for one in found:
        if one.standing == "to be done":
            counted["left there"] += 1
            continue
        sqs.delete_message(QueueUrl=_url(sqs, f"{one.queue}-dead"), ReceiptHandle=one.receipt)
        counted["taken away"] += 1
    return counted


def move(source: str, target: str) -> int:
    """Moves all that is due (`outbox`) out of the workers' sight (`stuck`), or back."""
    dynamodb, count = boto3.client("dynamodb"), 0
    pages = dynamodb.get_paginator("query").paginate(
        TableName=os.environ["GROUNDSWELL_TABLE"],
        IndexName="due",
        KeyConditionExpression="due = :due",
        ExpressionAttributeValues={":due": {"S": source}},
    )
    for item in [item for page in pages for item in page["Items"]]:
        try:
            dynamodb.update_item(
                TableName=os.environ["GROUNDSWELL_TABLE"],
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET due = :target REMOVE lease, attempts",
                # Whatever a worker did meanwhile is done.
                ConditionExpression="due = :source",
                ExpressionAttributeValues={":target": {"S": target}, ":source": {"S": source}},
            )
            count += 1
        except dynamodb.exceptions.ConditionalCheckFailedException:
            continue
    return count


def _standing(queue: str, body: str) -> tuple[str, str]:
    """What a message is about, and whether that is still to be done."""
    if queue == "feedback":
        return "the mail service's word", "to be done"
    try:
        key = json.loads(body)
        where = {"pk": {"S": key["pk"]}, "sk": {"S": key["sk"]}}
    except (ValueError, KeyError, TypeError):
        return "nothing that is known", "gone"
    about = f"{key['pk'].partition('#')[0]} {key['sk'].partition('#')[0]}".lower()
    item: dict[str, Any] = boto3.client("dynamodb").get_item(
        TableName=os.environ["GROUNDSWELL_TABLE"], Key=where, ConsistentRead=True
    )
    found = item.get("Item")
    if found is None:
        return about, "gone"
    due = found.get("due", {}).get("S", "")
    if due == HELD:
        return about, "held: script/outbox release"
    return about, "to be done" if due == OUTBOX else "done"


def _url(sqs: Any, name: str) -> str:
    prefix = os.environ["GROUNDSWELL_QUEUE_PREFIX"]
    url: str = sqs.get_queue_url(QueueName=f"{prefix}-{name}")["QueueUrl"]
    return url


if __name__ == "__main__":
    sys.exit(main())
