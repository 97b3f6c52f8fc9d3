"""What `script/deploy` makes with CloudFormation, made in the local AWS."""

import json
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

import boto3
from botocore.config import Config

from local import project

# Visibility must outlast the slowest handling of a message, or it is handled twice at once.
VISIBILITY_SECONDS = {"mail": 60, "packets": 300, "feedback": 60, "webhooks": 60}
MAX_RECEIVE_COUNT = 5
DEAD_LETTER_DAYS = 14


def client(service: str, environ: Mapping[str, str], **settings: Any) -> Any:
    """Return a boto3 client for the AWS that `environ` names, and for no other."""
    session = boto3.session.Session(
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
        region_name=environ["AWS_DEFAULT_REGION"],
    )
    return session.client(
        service, endpoint_url=environ["AWS_ENDPOINT_URL"], config=Config(**settings)
    )


def create(environ: Mapping[str, str]) -> None:
    """Make bucket, queues, sender and table, where missing; safe to repeat.

    The table is made by the product's own function, which reads the process environment:
    that must name the same AWS.
    """
    _bucket(environ)
    _queues(environ)
    _sender(environ)
    project.part("CREATE_TABLE")()


def _bucket(environ: Mapping[str, str]) -> None:
    s3, name = client("s3", environ), environ["GROUNDSWELL_BUCKET"]
    if name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.close()


def _queues(environ: Mapping[str, str]) -> None:
    sqs, prefix = client("sqs", environ), environ["GROUNDSWELL_QUEUE_PREFIX"]
    for name, visibility in VISIBILITY_SECONDS.items():
        dead = sqs.create_queue(QueueName=f"{prefix}-{name}-dead")["QueueUrl"]
        retention = str(DEAD_LETTER_DAYS * 24 * 3600)
        sqs.set_queue_attributes(QueueUrl=dead, Attributes={"MessageRetentionPeriod": retention})
        answer = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        redrive = {
            "deadLetterTargetArn": answer["Attributes"]["QueueArn"],
            "maxReceiveCount": MAX_RECEIVE_COUNT,
        }
        # Attributes are set apart: creating anew with other attributes would be an error.
        sqs.set_queue_attributes(
            QueueUrl=sqs.create_queue(QueueName=f"{prefix}-{name}")["QueueUrl"],
            Attributes={
                "VisibilityTimeout": str(visibility),
                "RedrivePolicy": json.dumps(redrive),
            },
        )
    sqs.close()


def _sender(environ: Mapping[str, str]) -> None:
    ses = client("ses", environ)
    ses.verify_email_identity(EmailAddress=parseaddr(environ["GROUNDSWELL_SENDER"])[1])
    ses.close()
