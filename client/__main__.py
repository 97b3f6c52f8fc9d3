"""groundswell petitions list | packet download | roster import …: see script/groundswell --help."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client.api import Api, Refused
from client.progress import Bar

SITE, TOKEN = "GROUNDSWELL_SITE", "GROUNDSWELL_TOKEN"
POLL_SECONDS = 1.0


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; its exit status."""
    asked = _parser().parse_args(arguments)
    if not asked.site:
        print(f"Say which site: --site https://groups.example.org, or {SITE}.", file=sys.stderr)
        return 2
    try:
        run: Callable[[Api, argparse.Namespace], None] = asked.run
        run(Api(asked.site, os.environ.get(TOKEN, "")), asked)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groundswell",
        description="A client of a Groundswell site. What needs more than a visitor may do needs "
        f"an access token in {TOKEN}: make one on your account.",
    )
    parser.add_argument("--site", default=os.environ.get(SITE, ""), help=f"or {SITE}")
    things = parser.add_subparsers(required=True, metavar="petitions | groups | packet | roster")

    petitions = things.add_parser("petitions", help="petitions").add_subparsers(required=True)
    listing = petitions.add_parser("list", help="the petitions in a state")
    listing.add_argument("--state", default="collecting", help="collecting unless said otherwise")
    listing.set_defaults(run=petitions_list)

    groups = things.add_parser("groups", help="groups").add_subparsers(required=True)
    listing = groups.add_parser("list", help="the groups of the directory")
    listing.add_argument("--words", default="", help="words in name and charge")
    listing.set_defaults(run=groups_list)

    packet = things.add_parser("packet", help="packets").add_subparsers(required=True)
    download = packet.add_parser("download", help="the newest packet of a meeting")
    download.add_argument("meeting", help="the meeting's id, as in its address")
    download.add_argument("--number", type=int, default=0, help="another version than the newest")
    download.add_argument("--to", type=Path, default=None, help="the file to write")
    download.set_defaults(run=packet_download)

    roster = things.add_parser("roster", help="the membership roster").add_subparsers(required=True)
    bring = roster.add_parser("import", help="put a newer roster in force")
    bring.add_argument("file", type=Path, help="the CSV file of the membership system")
    bring.add_argument("--yes", action="store_true", help="do not ask back")
    bring.set_defaults(run=roster_import)
    return parser


def petitions_list(api: Api, asked: argparse.Namespace) -> None:
    """A line for each petition: id, verified signatures, name."""
    for row in api.listed("/petitions", state=asked.state):
        print(f"{row['id']}  {row['verified']:>4} of {row['needed']:<4} {row['name']}")


def groups_list(api: Api, asked: argparse.Namespace) -> None:
    """A line for each group: address, state, name."""
    for row in api.listed("/groups", q=asked.words):
        print(f"{row['slug']:40} {row['state']:12} {row['name']}")


def packet_download(api: Api, asked: argparse.Namespace) -> None:
    """Writes the Board's edition of a packet, or the public one for who may read no other."""
    found = [p for p in api.get(f"/meetings/{asked.meeting}/packets")["packets"] if p["editions"]]
    packets = [one for one in found if asked.number in {0, one["number"]}]
    if not packets:
        raise Refused("This meeting has no such packet.")
    packet = packets[0]
    edition = packet["editions"][0]
    to = asked.to or Path(f"packet-{asked.meeting}-{packet['number']}.pdf")
    # Written beside it first: a download that breaks off leaves no half of a packet.
    beside = to.with_name(f"{to.name}.part")
    done = 0
    try:
        with beside.open("wb") as out, Bar(to.name) as bar:

            def take(piece: bytes, size: int) -> None:
                nonlocal done
                out.write(piece)
                done += len(piece)
                bar.at(done, size or edition["size"], f"{done // 1024} kB")

            path = f"/meetings/{asked.meeting}/packets/{packet['number']}/files/{edition['file']}"
            api.download(path, take)
        _checked(beside, edition["sha256"])
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)
    print(f"{to}: {edition['pages']} pages, SHA-256 as the record has it")


def _checked(file: Path, sha256: str) -> None:
    import hashlib  # noqa: PLC0415 - of use here alone

    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != sha256:
        raise Refused("The file is not the one that the record names. Try again.")


def roster_import(api: Api, asked: argparse.Namespace) -> None:
    """Sends a roster, says what it would change, and puts it in force."""
    try:
        text = asked.file.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise Refused(f"{asked.file} cannot be read as text in UTF-8 ({error}).") from error
    read = api.send("/rosters", csv=text)
    print(
        f"{read['entries']} members, {read['problems']} rows that cannot be used, "
        f"{read['changes']} signatures that would be decided otherwise"
    )
    if not asked.yes and input("Put it in force? [y/N] ").strip().lower() not in {"y", "yes"}:
        print("Nothing was changed.")
        return
    job = api.send(f"/rosters/{read['digest']}/import")
    with Bar(asked.file.name) as bar:
        ended = _followed(api, bar, job)
    if ended["state"] != "done":
        raise Refused(f"The import ended as {ended['state']}. {ended['told']}".strip())
    print(f"Version {ended['version']} is in force.")


def _followed(api: Api, bar: Bar, job: dict[str, Any]) -> dict[str, Any]:
    turns = 0
    while job["state"] in {"waiting", "importing"}:
        turns += 1
        # Nobody knows beforehand how long it takes: the bar comes nearer and nearer to its end.
        bar.at(turns, turns + 5, job["state"])
        time.sleep(POLL_SECONDS)
        job = api.get("/rosters/import")
    bar.at(1, 1, job["state"])
    return job


if __name__ == "__main__":
    sys.exit(main())
