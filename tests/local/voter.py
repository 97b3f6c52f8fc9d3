"""One person's process: reads what to do from its input, line by line, and says what came of it.

python tests/local/voter.py      with the environment of a local AWS
"""

import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import RuleError
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.people.people import Act, Role, actor_for
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.text import Convener, Text
from chalicelib.services import commands
from chalicelib.storage.item import loaded
from local import resources
from local.demo.people import address, persons

SERVICES = bootstrap.services()
LEAD = Convener(name="Ada Fell", email="ada@example.org", institution="Fell College")
TEXT = Text(name="Open Metadata", charge="To share how catalogue records are opened.")


def prepare() -> None:
    """The table, the queues and the people."""
    resources.create(os.environ)
    for person in persons():
        unit = SERVICES.store.transaction()
        SERVICES.store.people.add(unit, person)
        unit.commit()


def open_vote(name: str, ballot: str) -> str:
    """A petition before the Board and the open vote on it; the motion's id."""
    store, now = SERVICES.store, SERVICES.clock()
    convener = Act(
        actor_for(SERVICES.store.people.by_email(address("staff")), now.date()), Role.CONVENER, now
    )
    begun, event = petitions.begin(f"p-{name}", "discussion-group", LEAD, SERVICES.policy, convener)
    before_board = replace(
        begun,
        text=replace(TEXT, name=f"{TEXT.name} {name}"),
        state=petitions.State.SCHEDULED,
        opened_at=now,
        meeting_id=f"m-{name}",
        document_number="5.0",
    )
    starts = datetime(now.year + 1, 1, 5, 18, 0, tzinfo=UTC)
    planned = meetings.plan(
        f"m-{name}", "Board I", "AC 1", starts, "Online", SERVICES.policy, convener
    )
    meeting, told = planned
    meeting, _ = meetings.add_document(meeting, "5.0", "Open", begun.id, "Ada", 15, convener)
    unit = store.transaction()
    store.petitions.add(unit, before_board, event)
    store.board.add_meeting(unit, replace(meeting, version=1), told)
    unit.commit()
    motion = act("director1", "motion.move", meeting.id, {"document": "5.0"})
    act("director2", "motion.second", motion.id, {})
    act("president", "motion.open", motion.id, {"ballot": ballot})
    return str(motion.id)


def act(who: str, command: str, target: str, data: dict[str, Any]) -> Any:
    """A command as the site runs it."""
    person = SERVICES.store.people.by_email(address(who))
    actor = actor_for(person, SERVICES.today())
    return commands.perform(SERVICES, actor, command, target, data)


def found(motion_id: str) -> dict[str, Any]:
    """What the table says of a vote, and the letters about what it brought about."""
    board = SERVICES.store.board
    motion, events, ballots = board.read_motion(motion_id)
    items = map(loaded, SERVICES.store.table.lying())
    letters = [item.body for item in items if item.sk.startswith("LETTER")]
    return {
        "state": motion.state.value,
        "tally": [motion.tally.yes, motion.tally.no] if motion.tally else [],
        "ballots": [[b.person_id, b.choice] for b in ballots],
        "slips": [slip.choice for slip in board.slips(motion_id)],
        "events": [event.command for event in events],
        "letters": sorted(
            letter["kind"]
            for letter in letters
            if letter["data"].get("petition_id") == motion.petition_id
        ),
        "groups": len(SERVICES.store.groups.listed()),
    }


def main() -> None:
    """Answers each line of the input by a line of the output."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            done = globals()[asked.pop("do")](**asked)
        except RuleError as error:
            answer: dict[str, Any] = {"refused": error.message}
        else:
            plain = done if isinstance(done, (dict, str)) else getattr(done, "receipt", "")
            answer = {"done": plain or True}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
