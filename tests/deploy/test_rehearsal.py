"""The whole of it: this tree, deployed onto a local AWS by its own command, and lived in."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What a rehearsal says that went through everything, in this order.
SAID = (
    "built: ",
    "a first deployment with a broken resource was rolled back, and said why",
    "deployed: https://",
    "the first administrator signed in by a link from SES",
    "25 members signed and confirmed by their letters; the count is exact",
    "the packet came from the worker: ",
    "the Board moved, seconded, voted 5 to 1, and the group was chartered",
    "a bounce came by SNS and its queue, and staff see the address",
    "log lines name nobody",
    "a later one was rolled back too, and the site is what it was",
    "rolled back to release 1 by its number",
    "and none was missing",
    "The rehearsal went well.",
)


@pytest.fixture(scope="module")
def rehearsal() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "script" / "rehearse"], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_rehearsal_goes_through(rehearsal):
    assert rehearsal.returncode == 0, rehearsal.stdout + rehearsal.stderr[-5000:]
    place = 0
    for words in SAID:
        place = rehearsal.stdout.find(words, place)
        assert place >= 0, (words, rehearsal.stdout)


@pytest.mark.usefixtures("rehearsal")
def test_cfn_lint_finds_nothing():
    lint = [ROOT / ".venv-aws/bin/cfn-lint", ROOT / ".local/package/sam.yaml"]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
