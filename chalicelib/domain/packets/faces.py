"""The public face of a packet: what everybody may read of what the Board is given.

The content of a packet goes in and comes out as plain data; `services.packet_content` makes it.
"""

from itertools import groupby
from typing import Any

CLOSED_SESSION = "Closed session"
NOT_SHOWN = "Name not shown"

_ROSTER = ("number", "name", "institution", "signed")


def public_face(content: dict[str, Any]) -> dict[str, Any]:
    """The content without what is for a closed session: no document, no vote, no line of the
    inventory, the docket or the consent agenda says what it is about. The docket keeps the time
    that the Board needs, as `Closed session`.

    Signatories are named with their institution where they agreed to be named in public. What the
    Board asked the conveners, amendments that it has under way, and changes since a text that was
    itself for a closed session are the Board's alone.
    """
    shut = _closed_anchors(content)
    numbers = {d["number"] for d in content["documents"] if d["anchor"] in shut}
    return {
        **content,
        "edition": "public",
        "documents": [_document(d) for d in content["documents"] if d["anchor"] not in shut],
        "inventory": [row for row in content["inventory"] if row["anchor"] not in shut],
        "docket": _docket(content["docket"], shut),
        "votes": [vote for vote in content.get("votes", []) if not vote["closed"]],
        "left_out": [
            row
            for row in content.get("left_out", [])
            if not row.get("closed") and row["number"] not in numbers
        ],
    }


def _closed_anchors(content: dict[str, Any]) -> set[str]:
    """Where documents for a closed session begin: they say so, or their item on the docket."""
    items = {row["anchor"] for row in content["docket"] if row.get("closed") and row["anchor"]}
    return items | {d["anchor"] for d in content["documents"] if d.get("closed")}


def _docket(rows: list[dict[str, Any]], shut: set[str]) -> list[dict[str, Any]]:
    """The docket with one line for closed items that follow each other, which says when and how
    long; none where they take no time of their own.
    """

    def is_closed(row: dict[str, Any]) -> bool:
        return bool(row.get("closed")) or row["anchor"] in shut

    found: list[dict[str, Any]] = []
    for closed, group in groupby(rows, key=is_closed):
        together = list(group)
        if not closed:
            found += together
            continue
        minutes = sum(row["minutes"] or 0 for row in together)
        if minutes:
            found.append(_neutral(together[0], minutes))
    return found


def _neutral(first: dict[str, Any], minutes: int) -> dict[str, Any]:
    return {
        "section": "",
        "number": "",
        "title": CLOSED_SESSION,
        "presenter": "",
        "action": "",
        "minutes": minutes,
        "starts": first["starts"],
        "anchor": "",
        "closed": False,
        "consent": False,
    }


def _document(document: dict[str, Any]) -> dict[str, Any]:
    public = {**document, "questions_answered": [], "amended": []}
    changes = document.get("changes")
    if changes and changes.get("was_closed"):
        public["changes"] = None
    returned = document.get("petition", {}).get("returned")
    if returned:
        # What the petition said then was public; what the conveners were told was not.
        public["petition"] = {**document["petition"], "returned": {**returned, "comments": ""}}
    if document.get("roster"):
        public["roster"] = [_signatory(row) for row in document["roster"]]
    if document.get("file"):
        # A page for the Board alone.
        public["file"] = {**document["file"], "address": ""}
    return public


def _signatory(row: dict[str, Any]) -> dict[str, Any]:
    """Name, institution and day, and nothing else that somebody may have put beside them."""
    public = {name: row[name] for name in _ROSTER}
    return public if row.get("named") else {**public, "name": NOT_SHOWN, "institution": ""}
