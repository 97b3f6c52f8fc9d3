"""Thirteen people vote within the same second, each from a process of their own, while another
closes the vote: on the real local AWS, named and secret.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack import running_aws

ROOT = Path(__file__).resolve().parents[2]
ELECTORS = (
    "president vice-president past-president budget councilor director1 director2 "
    "director3 director4 director5 director6 director7 director8"
).split()
# Words that a member who came too late can make something of.
CLEAR = ("closed by now", "time for this vote is over")


class Process:
    """A person at a process of their own."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "tests/local/voter.py"],
            cwd=ROOT,
            env={**environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, **asked: Any) -> None:
        """Asks for something and does not wait for it."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process died"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, **asked: Any) -> Any:
        self.send(**asked)
        answer = self.answer()
        assert "done" in answer, answer
        return answer["done"]

    def end(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Process]]:
    """A process for each elector, and one more for staff."""
    with running_aws(tmp_path_factory.mktemp("aws"), durable=False) as aws:
        made = [Process(aws.environ) for _ in range(len(ELECTORS) + 1)]
        for process in made:
            assert process.answer() == {"ready": True}
        made[0].ask(do="prepare")
        yield made
        for process in made:
            process.end()


@pytest.mark.parametrize("ballot", ["named", "secret"])
def test_each_ballot_is_counted_once_or_refused_and_the_vote_is_decided_once(
    crew: list[Process], ballot: str
) -> None:
    *members, staff = crew
    motion = staff.ask(do="open_vote", name=ballot, ballot=ballot)
    began = time.monotonic()
    for number, (process, who) in enumerate(zip(members, ELECTORS, strict=True)):
        choice = "no" if number % 4 == 3 else "yes"
        data = {"choice": choice}
        process.send(do="act", who=who, command="motion.vote", target=motion, data=data)
    assert time.monotonic() - began < 1
    # In the midst of them: some are through by now, and some are not.
    closed_by = {"who": "staff", "command": "motion.close", "target": motion, "data": {}}
    time.sleep(0.25)
    staff.send(do="act", **closed_by)
    answers = [process.answer() for process in members]
    assert "done" in staff.answer()
    counted = [n for n, answer in enumerate(answers) if "done" in answer]
    refused = [answer["refused"] for answer in answers if "refused" in answer]
    assert all(any(word in told for word in CLEAR) for told in refused), refused
    assert len(counted) + len(refused) == len(ELECTORS)

    # Two announce the result at the same moment.
    announce = {"do": "act", "command": "motion.announce", "target": motion, "data": {}}
    members[0].send(**announce, who="president")
    staff.send(**announce, who="staff")
    assert sum("done" in process.answer() for process in (members[0], staff)) == 1

    found = staff.ask(do="found", motion_id=motion)
    assert len(found["ballots"]) == len(counted)
    choices = Counter("no" if n % 4 == 3 else "yes" for n in counted)
    assert found["tally"] == [choices["yes"], choices["no"]]
    said = found["slips"] if ballot == "secret" else [choice for _, choice in found["ballots"]]
    assert Counter(said) == choices
    assert len({person for person, _ in found["ballots"]}) == len(counted)
    assert found["events"].count("close") == found["events"].count("announce") == 1
    if ballot == "secret":
        assert {choice for _, choice in found["ballots"]} <= {""}
        receipts = [answers[n]["done"] for n in counted]
        assert len(set(receipts)) == len(receipts)
    # What is decided, is decided once, and its letters are written once.
    letters = Counter(found["letters"])
    quorate = len(counted) >= 7
    carried = quorate and choices["yes"] * 2 > len(counted)
    assert found["state"] == ("postponed" if not quorate else "carried" if carried else "lost")
    assert letters["petition-approved"] == (1 if carried else 0)
    assert letters["petition-declined"] == (1 if quorate and not carried else 0)
    assert letters["petition-postponed"] == (0 if quorate else 1)
