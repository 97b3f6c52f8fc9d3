"""A whole installation in one file, and back: script/backup FILE, script/restore FILE.

Items are kept as they lie in the table, so that the record goes on to verify; files with them.
"""

import argparse
import hashlib
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import boto3

from local.reach import installation

ITEMS, MANIFEST, FILES = "items.jsonl", "manifest.json", "files/"
FORM = 1
BATCH = 25


class BackupFailed(Exception):  # noqa: N818 - it says what became of it
    """It could not be done; the message says why. Nothing was changed."""


def main(arguments: list[str] | None = None) -> int:
    """Runs either command; its exit status."""
    parser = argparse.ArgumentParser(prog="script/backup or script/restore", description=__doc__)
    parser.add_argument("what", choices=["backup", "restore"])
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    try:
        with installation():
            if given.what == "backup":
                made = back_up(given.file)
                print(f"{given.file}: {made['items']} items and {made['files']} files.")
                return 0
            put = restore(given.file)
            print(f"{put['items']} items and {put['files']} files were put back. The record now:")
            from local.verify_record import main as verify

            return verify([])
    except (BackupFailed, OSError) as error:
        print(f"{given.what}: {error}", file=sys.stderr)
        return 1


def _table() -> str:
    return os.environ["GROUNDSWELL_TABLE"]


def back_up(path: Path) -> dict[str, Any]:
    """Writes table and bucket to a file, and gives its manifest: counts and digests.

    The file appears when it is whole. Raises BackupFailed where there is one already.
    """
    if path.exists():
        raise BackupFailed(f"{path} is there already. Give a name that is free.")
    fresh = path.with_name(path.name + ".part")
    manifest: dict[str, Any] = {"form": FORM, "items": 0, "files": 0, "digests": {}}
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        digest = hashlib.sha256()
        with archive.open(ITEMS, "w", force_zip64=True) as file:
            for item in _items():
                line = json.dumps(item, ensure_ascii=False, sort_keys=True).encode() + b"\n"
                digest.update(line)
                file.write(line)
                manifest["items"] += 1
        manifest["digests"][ITEMS] = digest.hexdigest()
        for key, content in _files():
            archive.writestr(FILES + key, content)
            manifest["digests"][FILES + key] = hashlib.sha256(content).hexdigest()
            manifest["files"] += 1
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    fresh.replace(path)
    return manifest


def restore(path: Path) -> dict[str, Any]:
    """Puts a file's items and files back, into an empty table, and gives its manifest.

    Raises BackupFailed, having written nothing, where the file is damaged or the table holds
    anything.
    """
    if not zipfile.is_zipfile(path):
        raise BackupFailed(f"{path} is no file that script/backup made.")
    with zipfile.ZipFile(path) as archive:
        manifest = _checked(archive)
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        if dynamodb.scan(TableName=_table(), Limit=1)["Items"]:
            raise BackupFailed(
                f"The table {_table()} is not empty. Restore into a new one: nothing is replaced."
            )
        bucket = os.environ["GROUNDSWELL_BUCKET"]
        for name in manifest["digests"]:
            if name.startswith(FILES):
                key = name.removeprefix(FILES)
                kind = "text/csv" if key.endswith(".csv") else "application/pdf"
                s3.put_object(Bucket=bucket, Key=key, Body=archive.read(name), ContentType=kind)
        with archive.open(ITEMS) as file:
            _write(dynamodb, file)
    return manifest


def _checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackupFailed("This is no file that script/backup made, or half of one.") from error
    if manifest["form"] != FORM:
        raise BackupFailed("A newer release made this file. Restore it with that one.")
    for name, expected in manifest["digests"].items():
        digest = hashlib.sha256()
        try:
            with archive.open(name) as file:
                while part := file.read(1 << 20):
                    digest.update(part)
        except (KeyError, zipfile.BadZipFile) as error:
            raise BackupFailed(f"{name} is missing in it or damaged.") from error
        if digest.hexdigest() != expected:
            raise BackupFailed(f"{name} in it was changed since it was made.")
    return manifest


def _items() -> Iterator[dict[str, Any]]:
    pages = boto3.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=_table(), ConsistentRead=True):
        yield from page["Items"]


def _files() -> Iterator[tuple[str, bytes]]:
    s3, bucket = boto3.client("s3"), os.environ["GROUNDSWELL_BUCKET"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for file in page.get("Contents", []):
            yield file["Key"], s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].read()


def _write(dynamodb: Any, file: IO[bytes]) -> None:
    batch: list[dict[str, Any]] = []
    for line in file:
        batch.append({"PutRequest": {"Item": json.loads(line)}})
        if len(batch) == BATCH:
            _send(dynamodb, batch)
            batch = []
    if batch:
        _send(dynamodb, batch)


def _send(dynamodb: Any, batch: list[dict[str, Any]]) -> None:
    left = {_table(): batch}
    while left:
        left = dynamodb.batch_write_item(RequestItems=left).get("UnprocessedItems", {})


if __name__ == "__main__":
    sys.exit(main())
