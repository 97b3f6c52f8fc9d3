"""What a packet says of votes: the virtual ones that its docket confirms, and motions that were
amended.
"""

from datetime import datetime
from typing import Any

from chalicelib.domain.checks.diffs import short_changes
from chalicelib.domain.meetings.meeting import DocketItem, Meeting
from chalicelib.domain.motions import amendments, tally
from chalicelib.domain.motions.motion import Motion, State
from chalicelib.domain.packets.packet import Packet
from chalicelib.domain.times import local_date, long_date
from chalicelib.services.context import Services
from chalicelib.services.documents.documents import closed
from chalicelib.services.packets.before import as_fields


def closed_items(services: Services, meeting: Meeting) -> set[str]:
    """Ids of the docket's items for a closed session: those that say so, and those that confirm a
    vote on a document that is for one.
    """
    found = set()
    for item in meeting.docket:
        motion = services.store.board.motion(item.confirms) if item.confirms else None
        about = motion.document_id if motion else ""
        document = services.store.documents.get(about) if about else None
        if item.closed or (document and closed(services, document)):
            found.add(item.id)
    return found


def votes_to_confirm(
    services: Services, meeting: Meeting, packet: Packet, shut: set[str]
) -> list[dict[str, Any]]:
    """The votes without a meeting that items of the docket confirm, as they were announced before
    the packet was asked for, in the order of the docket. `shut` are the ids of closed items.
    """
    found = []
    for item in meeting.ordered_docket:
        motion = services.store.board.motion(item.confirms) if item.confirms else None
        if motion is None or motion.tally is None or motion.announced_at is None:
            continue
        if motion.announced_at <= packet.asked_at and motion.state != State.VOID:
            vote = _vote(services, item, motion, packet.asked_at)
            found.append({**vote, "closed": item.id in shut})
    return found


def _vote(
    services: Services, item: DocketItem, motion: Motion, asked_at: datetime
) -> dict[str, Any]:
    zone = services.policy.association.zone
    counted = motion.tally
    assert counted
    assert motion.announced_at

    def day(moment: datetime | None) -> str:
        return long_date(local_date(moment, zone)) if moment else ""

    return {
        "item": item.number,
        "item_id": item.id,
        "anchor": f"vote-{item.number.replace('.', '-')}",
        "title": motion.title,
        "about": motion.label,
        "wording": motion.wording,
        "mover": motion.mover,
        "seconder": motion.seconder,
        "discussed_from": "" if motion.no_discussion else day(motion.discussion_from),
        "voted_from": day(motion.voting_from or motion.opened_at),
        "voted_until": day(motion.voting_until or motion.closed_at),
        "announced": day(motion.announced_at),
        "result": tally.in_words(counted),
        "carried": counted.carried,
        "rule": tally.arithmetic(counted),
        "amended": _amended(services, motion.id, asked_at) if motion.amendments else [],
        "chart": _chart(counted),
    }


def _chart(counted: tally.Tally) -> dict[str, Any]:
    rows = [
        ("Yes", counted.yes, "yes"),
        ("No", counted.no, "no"),
        ("Abstaining", counted.abstain, "other"),
        ("Recused", counted.recused, "other"),
        ("Did not vote", counted.silent, "other"),
    ]
    always = {"Yes", "No"}
    shown = [row for row in rows if row[1] or row[0] in always]
    said = ", ".join(f"{ballots} {name.lower()}" for name, ballots, _ in shown)
    return {
        "rows": [{"name": name, "ballots": ballots, "kind": kind} for name, ballots, kind in shown],
        "seats": counted.seats,
        "needed": counted.needed,
        "alt": f"The vote, a square for each ballot: {said}. {counted.needed} yes were needed: "
        f"the motion {'carried' if counted.carried else 'was lost'}.",
    }


def amended_motions(
    services: Services, meeting: Meeting, asked_at: datetime
) -> dict[str, list[dict[str, Any]]]:
    """The motions of a meeting whose text amendments changed before the packet was asked for, by
    the id of their document.
    """
    board = services.store.board
    rows = board.motions(meeting.id)
    carried = {row["amends"] for row in rows if row["amends"] and row["state"] == State.CARRIED}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if not row["document_id"] or row["id"] not in carried:
            continue
        changes = _amended(services, row["id"], asked_at)
        if changes:
            said = {"about": row["label"], "fields": changes}
            found.setdefault(row["document_id"], []).append(said)
    return found


def _amended(services: Services, motion_id: str, asked_at: datetime) -> list[dict[str, Any]]:
    """What amendments made of a motion's text, against the text that was moved."""
    read = services.store.board.read_motion(motion_id)
    events = read[1] if read else []
    steps = [e.data for e in events if e.command == "amend" and e.at <= asked_at]
    if not steps:
        return []
    changes = amendments.changes(steps[0]["was"], steps[-1]["becomes"])
    return as_fields(short_changes(changes))
