"""Keeps packets and uploaded rosters in S3."""

from datetime import datetime
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


class S3Files:
    """Implements services.ports.Files on one private bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @cached_property
    def _client(self) -> Any:
        # Links signed the older way neither run out nor take a file name everywhere.
        return boto3.client("s3", config=Config(signature_version="s3v4"))

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Stores a file. The same content under the same key may be stored again."""
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=content, ContentType=content_type
        )

    def get(self, key: str) -> bytes | None:
        """A file's content, or None."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        content: bytes = answer["Body"].read()
        return content

    def has(self, key: str) -> bool:
        """Whether there is such a file."""
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        """Removes a file; one that is not there is no error."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def old(self, prefix: str, before: datetime | None = None) -> list[str]:
        """The keys of files under a prefix that were last stored before then, or of all of them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        return [
            str(file["Key"])
            for page in pages
            for file in page.get("Contents", [])
            if before is None or file["LastModified"] < before
        ]

    def link(self, key: str, filename: str, seconds: int = 300) -> str:
        """An address from which a browser can read the file for so many seconds."""
        return str(
            self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ResponseContentDisposition": f'inline; filename="{filename}"',
                    "ResponseContentType": "application/pdf",
                },
                ExpiresIn=seconds,
            )
        )
