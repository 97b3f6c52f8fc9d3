"""What was deployed when: packages, templates and the list of releases, in their own bucket."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError


@dataclass(frozen=True)
class Release:
    """One deployment: the keys of its parts in the bucket, and which source it was made from."""

    number: int
    at: str
    source: str
    code: str
    layer: str
    template: str

    def __str__(self) -> str:
        return f"{self.number:>4}  {self.at}  {self.source}"


class Releases:
    """The bucket with the packages of every stage in an account and region, made when missing."""

    def __init__(
        self, stage: str, account: str, region: str, clients: Callable[[str], Any]
    ) -> None:
        self.bucket = f"groundswell-packages-{account}-{region}"
        self._stage, self._region = stage, region
        self._client = clients("s3")

    def prepare(self) -> None:
        """Makes the bucket, private and encrypted, where there is none."""
        try:
            self._client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
                raise
            # us-east-1 is the one region that may not be named.
            where = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
            self._client.create_bucket(
                Bucket=self.bucket, **(where if self._region != "us-east-1" else {})
            )
        names = (
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        )
        self._client.put_public_access_block(
            Bucket=self.bucket, PublicAccessBlockConfiguration=dict.fromkeys(names, True)
        )

    def upload(self, path: Path, kind: str) -> str:
        """Stores a file under its digest, once, and gives its key."""
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        key = f"{kind}/{digest[:32]}{path.suffix}"
        if not self._has(key):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=content)
        return key

    def url(self, key: str) -> str:
        """Where CloudFormation finds a file of the bucket."""
        return f"{self._client.meta.endpoint_url}/{self.bucket}/{key}"

    def template(self, release: Release) -> dict[str, Any]:
        """The template of a release."""
        found: dict[str, Any] = yaml.safe_load(self._get(release.template))
        return found

    def note(self, release: Release, at: datetime) -> Release:
        """Puts a deployment of a release on the list, under the next number."""
        number = max((one.number for one in self.listed()), default=0) + 1
        noted = replace(release, number=number, at=f"{at:%Y-%m-%d %H:%M} UTC")
        key = f"{self._folder}{number:06}.json"
        self._client.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(asdict(noted)))
        return noted

    def listed(self) -> list[Release]:
        """Every deployment of the stage, the oldest first."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self._folder
        )
        files = [file["Key"] for page in pages for file in page.get("Contents", [])]
        return [Release(**json.loads(self._get(key))) for key in files]

    def find(self, number: int) -> Release | None:
        """The release of a number."""
        return next((one for one in self.listed() if one.number == number), None)

    @property
    def _folder(self) -> str:
        return f"releases/{self._stage}/"

    def _get(self, key: str) -> bytes:
        content: bytes = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return content

    def _has(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
                return False
            raise
        return True
