"""What an installation has on AWS, in moto: asked for once in a process, put there from then on."""

import pickle

import boto3
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends

from chalicelib.storage import tables
from tests.services.short_road import ACCOUNT

REGION, PARTITION = "us-east-1", "aws"
QUEUES = ("mail", "packets", "webhooks")
SENDER = "groundswell@example.org"


_created: dict[str, bytes] = {}


def prepare(name: str) -> None:
    """Asks for table and bucket, in an AWS of their own: to be called before a test's begins."""
    if name not in _created:
        with mock_aws():
            tables.create_table()
            boto3.client("s3").create_bucket(Bucket=name)
            table = dynamodb_backends[ACCOUNT][REGION].tables[name]
            bucket = s3_backends[ACCOUNT][PARTITION].buckets[name]
            _created[name] = pickle.dumps((table, bucket))


def furnish(name: str) -> None:
    """Table, bucket, queues and sender, all empty, in an AWS that has just begun."""
    table, bucket = pickle.loads(_created[name])
    dynamodb_backends[ACCOUNT][REGION].tables[name] = table
    s3_backends[ACCOUNT][PARTITION].buckets[name] = bucket
    s3_backends.bucket_accounts[name] = (PARTITION, ACCOUNT)
    for queue in QUEUES:
        sqs_backends[ACCOUNT][REGION].create_queue(f"{name}-{queue}")
    ses_backends[ACCOUNT][REGION].verify_email_identity(SENDER)
