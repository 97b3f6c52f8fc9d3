"""The command-line client against a running site, as somebody would use it at a terminal."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from client.api import Api
from local.stack import Stack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def run(stack: Stack, cast: dict[str, Any]) -> Any:
    def command(who: str, *words: str, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
        token = cast["tokens"].get(who, who)
        environ = {**os.environ, "GROUNDSWELL_SITE": stack.base_url, "GROUNDSWELL_TOKEN": token}
        return subprocess.run(
            [str(ROOT / "script" / "groundswell"), *words],
            cwd=at,
            env=environ,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return command


def test_petitions_and_groups_are_listed(run: Any, cast: dict[str, Any]) -> None:
    done = run("", "petitions", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert cast["ids"]["petition_id"][0] in done.stdout
    assert " of 25 " in done.stdout
    groups = run("", "groups", "list").stdout.splitlines()
    assert {line.split()[0] for line in groups} <= set(cast["ids"]["slug"])


def test_a_packet_is_downloaded_and_checked(
    run: Any, stack: Stack, cast: dict[str, Any], tmp_path: Path
) -> None:
    (meeting,) = cast["ids"]["meeting_id"]
    staff = Api(stack.base_url, cast["tokens"]["staff"])
    (document,) = cast["ids"]["document_id"]
    staff.send(f"/documents/{document}/acknowledge", complete=True)
    staff.send(f"/documents/{document}/number", number="30.0", presenter="Rowan Ibarra")
    staff.send(f"/meetings/{meeting}/publish")
    for _ in range(240):
        made = staff.get(f"/meetings/{meeting}/packets")["packets"][0]
        if made["state"] in {"published", "failed"}:
            break
        time.sleep(0.5)
    assert made["state"] == "published", made
    done = run("president", "packet", "download", meeting, "--to", "board.pdf", at=tmp_path)
    assert done.returncode == 0, done.stderr
    with pikepdf.open(tmp_path / "board.pdf") as pdf:
        assert len(pdf.pages) == made["pages"]
    assert [path.name for path in tmp_path.iterdir()] == ["board.pdf"]
    refused = run("rowan", "packet", "download", meeting, at=tmp_path)
    assert refused.returncode == 1
    assert "Only staff and the Board can do this." in refused.stderr


def test_a_roster_is_imported(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("Name,Email\nRowan Ibarra,rowan@example.org\nAna Holt,ana@example.org\n")
    done = run("staff", "roster", "import", str(file), "--yes")
    assert done.returncode == 0, done.stderr
    assert "2 members, 0 rows that cannot be used" in done.stdout
    assert "Version 2 is in force." in done.stdout
    file.write_text("nothing")
    wrong = run("staff", "roster", "import", str(file), "--yes")
    assert wrong.returncode == 1
    assert wrong.stderr.strip()
    gone = run("staff", "roster", "import", str(tmp_path / "none.csv"))
    assert "cannot be read" in gone.stderr


def test_what_is_wrong_is_said_in_words(run: Any) -> None:
    assert "Make a new one" in run("groundswell_pat_x", "petitions", "list").stderr
    assert "Only staff can do this." in run("rowan", "roster", "import", __file__, "--yes").stderr
    usage = run("", "petitions")
    assert usage.returncode == 2
