"""Proves the record: whether anything in it was altered, removed, reordered or added.

script/verify-record runs this. It reads, and changes nothing.
"""

import argparse
import os
import sys
from pathlib import Path

from local.reach import installation

HELP = """\
Walks the record of every petition, meeting, motion, group and document, and of the Board's seats,
and says in plain words what does not hold. Exit status 0: all of it holds; 1: it does not; 2: it
could not be read.

Without GROUNDSWELL_TABLE in the environment it is the local server's data that are read (PORT and
GROUNDSWELL_DATA as for script/server), whether that server runs or not. With it, the table of that
name, under the AWS settings of the environment; give GROUNDSWELL_BUCKET as well, and the packets'
files are checked too.

It reads the whole table by a Scan, which costs a read unit for each 4 kB that the table holds.
Name things to read those alone.
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; its exit status."""
    given = _arguments(arguments)
    try:
        with installation():
            return _verify(given, bool(os.environ.get("GROUNDSWELL_BUCKET")))
    except OSError as error:
        print(f"The record could not be read: {error}", file=sys.stderr)
        return 2


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/verify-record",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("thing", nargs="*", help="check this alone, such as motion/7f3a")
    parser.add_argument(
        "--expect",
        metavar="DIGEST",
        help="a seal that was written down, or its first 16 characters or more: it must be the "
        "seal of the record as it is now, or one of the nightly ones",
    )
    parser.add_argument(
        "--since",
        metavar="FILE",
        type=Path,
        help="an earlier run's list: every step that it ends with must still be there",
    )
    parser.add_argument(
        "--save", metavar="FILE", type=Path, help="write this run's list there, for --since"
    )
    return parser.parse_args(arguments)


def _verify(given: argparse.Namespace, with_files: bool) -> int:
    # The product reads its environment on import.
    from chalicelib.aws.files import S3Files
    from chalicelib.domain.policy import rules as policy
    from chalicelib.domain.record import seal
    from chalicelib.services.record.record import verify
    from chalicelib.storage.dynamo import DynamoTable
    from chalicelib.storage.store import Store

    since = _read(given.since) if given.since else {}
    files = S3Files(os.environ["GROUNDSWELL_BUCKET"]) if with_files else None
    found = verify(
        Store(DynamoTable(os.environ["GROUNDSWELL_TABLE"]), policy.load()),
        files,
        given.thing,
        {name: seal.Head(step, digest) for name, (step, digest) in since.items()},
        lambda number: print(f"{number} things", file=sys.stderr),
    )
    for problem in found.problems:
        print(problem)
    unknown = _unknown(given.expect, [found.sealed, *(one.digest for one in found.seals)])
    if unknown:
        print(unknown)
    if given.save:
        _save(given.save, {name: (h.step, h.digest) for name, h in found.heads.items()})
    bad = len(found.problems) + bool(unknown)
    print(
        f"{len(found.heads)} things with {found.steps} steps"
        + (f", {found.files} packet files" if with_files else "; no bucket, so no packet files")
        + (f", {len(found.seals)} nightly seals" if found.seals else "")
        + (f": {bad} problems." if bad else ": all of it holds.")
    )
    if found.unvouched:
        print(
            f"{len(found.unvouched)} things were last written by an earlier release, and their "
            "state is vouched for from their next step on."
        )
    if not given.thing:
        print(f"Seal of the record as it is now: {found.sealed}")
        if found.seals:
            last = found.seals[-1]
            print(f"Seal {last.number}, of {last.until:%Y-%m-%d}: {last.digest}")
    return 1 if bad else 0


def _unknown(expected: str | None, known: list[str]) -> str:
    """What is wrong with a seal that was written down, or nothing."""
    from chalicelib.domain.record.seal import SHORTEST

    if not expected:
        return ""
    plain = "".join(expected.split()).lower()
    if len(plain) < SHORTEST:
        return f"The seal to compare with needs {SHORTEST} characters or more."
    if any(digest.startswith(plain) for digest in known):
        return ""
    return (
        f"No seal of this record is {expected}: what was sealed then was rewritten, or it was the "
        "seal of a moment after which more happened. Nightly seals stay; compare one of those."
    )


def _save(path: Path, heads: dict[str, tuple[int, str]]) -> None:
    lines = [f"{name} {step} {digest}" for name, (step, digest) in sorted(heads.items())]
    path.write_text("\n".join(["# thing, its last step, that step's digest", *lines]) + "\n")


def _read(path: Path) -> dict[str, tuple[int, str]]:
    heads = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, step, digest = line.split()
            heads[name] = (int(step), digest)
        except ValueError:
            raise OSError(f"line {number} of {path} is no line of such a list") from None
    return heads


if __name__ == "__main__":
    sys.exit(main())
