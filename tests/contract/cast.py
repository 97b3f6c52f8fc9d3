"""Makes the people's access tokens in a local server's own store, and says what there is there.

python tests/contract/cast.py      with the environment of the server
"""

import json
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.people.access_tokens import SCOPES
from chalicelib.domain.people.people import Actor, actor_for
from chalicelib.services.commands import perform
from local.demo.people import address

SERVICES = bootstrap.services()
WHO = ("rowan", "noor", "executive", "director1", "president", "staff2", "staff")
TEXT = {
    "name": "Open Peer Review",
    "charge": "To compare how libraries support open peer review.",
    "background": "Several libraries publish journals, and each has found its own way so far.",
    "questions": ["What do editors ask of a library?"],
}
FORM = {
    "kind": "discussion",
    "title": "Open peer review",
    "background": "What it is.",
    "questions": ["What does the Board think of it?"],
    "goal_area": "Student Learning",
}


def actor(who: str) -> Actor:
    person = SERVICES.store.people.by_email(address(who))
    assert person is not None
    return actor_for(person, SERVICES.today())


def do(who: str, command: str, target: str = "", **data: Any) -> Any:
    return perform(SERVICES, actor(who), command, target, data)


def main() -> None:
    token = {"name": "Contract", "scopes": list(SCOPES), "days": 2}
    tokens = {who: do(who, "token.create", **token).secret for who in WHO}
    board, petitions = SERVICES.store.board, SERVICES.store.petitions
    meeting = next(row["id"] for row in board.meetings() if row["state"] != "cancelled")
    draft = do("rowan", "petition.draft", kind="discussion-group").id
    do("rowan", "petition.edit", draft, **TEXT)
    hook = {"url": "http://127.0.0.1:9/", "events": ["group.chartered"], "about": "Contract"}
    document = do("rowan", "document.send", meeting, **FORM).id
    motion = do("director1", "motion.move", meeting, title="A day", wording="That the Board meet.")
    block = {"kind": "domain", "pattern": "spam.example", "effect": "block", "reason": "Spam."}
    ids = {
        "petition_id": [petitions.in_state("collecting").rows[0]["id"], draft],
        "meeting_id": [meeting],
        "document_id": [document],
        "motion_id": [motion.id],
        "slug": [row["slug"] for row in SERVICES.store.groups.listed()],
        "person_id": [actor("director2").id],
        "entry_id": [do("staff", "block.add", **block).id],
        "webhook_id": [do("staff", "webhook.add", **hook).id],
        "number": ["1"],
    }
    print(json.dumps({"tokens": tokens, "ids": ids}))


if __name__ == "__main__":
    main()
