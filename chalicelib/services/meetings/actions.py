"""What the Board did at a meeting or within a time, read off what lists show of its motions."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.domain.groups.group import State as GroupState
from chalicelib.domain.meetings import actions as rules
from chalicelib.domain.meetings.actions import Action, Chartered
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.times import local_date
from chalicelib.services.context import Services

# A vote without a meeting belongs to one that may be long over, or is still to come.
_AROUND = timedelta(days=400)
_THERE = {GroupState.ACTIVE.value, GroupState.IN_RENEWAL.value}


def chartered(services: Services) -> list[Chartered]:
    """Every group as its list shows it."""
    return [
        Chartered(
            slug=row["slug"],
            name=row["name"],
            kind=row["kind"],
            motion_id=row.get("motion", ""),
            since=_moment(row.get("since", "")),
            ended=_moment(row.get("ended", "")),
            there=row["state"] in _THERE,
        )
        for row in services.store.groups.listed()
    ]


def at_meeting(services: Services, meeting: Meeting, groups: list[Chartered]) -> list[Action]:
    """What the Board did by the motions of a meeting, in its order of time. Two Queries, and one
    read for each petition that was taken off its docket.
    """
    store = services.store
    areas = {row["id"]: row.get("goal_area", "") for row in store.documents.of_meeting(meeting.id)}
    entries = {entry.number: entry for entry in meeting.documents}
    items = {item.document: item for item in meeting.docket if item.document}
    by_id = {item.id: item for item in meeting.docket if item.id}
    made = {group.motion_id: group for group in groups if group.motion_id}
    found: list[Action] = []
    for row in store.board.motions(meeting.id):
        entry = entries.get(row["document"])
        item = items.get(row["document"]) or by_id.get(row.get("item", ""))
        group = made.get(row["id"])
        found += rules.of_motion(
            row,
            goal_area=areas.get(entry.document_id, "") if entry else "",
            closed=bool((entry and entry.closed) or (item and item.closed)),
            presenter=item.presenter if item else "",
            group=group,
            label=_label(services, group.kind) if group else "",
        )
    found += _returned(services, meeting, areas)
    found += rules.adopted(meeting)
    return rules.counted(found, groups)


def of_one(services: Services, meeting: Meeting) -> list[Action]:
    """The action list of one meeting: what was decided there, the virtual votes that it confirmed,
    and its consent agenda.
    """
    groups = chartered(services)
    found = at_meeting(services, meeting, groups)
    ids = [item.confirms for item in meeting.docket if item.confirms]
    motions = [one for one in map(services.store.board.motion, ids) if one]
    for other_id in sorted({one.meeting_id for one in motions} - {meeting.id}):
        other = services.store.board.meeting(other_id)
        found += at_meeting(services, other, groups) if other else []
    if meeting.consent_adopted and meeting.consent_adopted_at:
        found.append(rules.consent(meeting))
    return sorted(
        (one for one in found if one.meeting_id == meeting.id), key=lambda one: (one.at, one.number)
    )


def _returned(services: Services, meeting: Meeting, areas: dict[str, str]) -> Iterable[Action]:
    """The petitions that the Board sent back while they were before this meeting."""
    for entry in meeting.documents:
        if not (entry.withdrawn and entry.petition_id):
            continue
        read = services.store.petitions.read(entry.petition_id, fresh=False)
        before = ""
        for event in read[1] if read else ():
            if event.command == "schedule":
                before = event.data.get("meeting", "")
            elif event.command == "return" and before == meeting.id:
                row = {"title": entry.title, "number": entry.number}
                yield rules.returned(row, meeting.id, event.at, areas.get(entry.document_id, ""))
                before = ""


def between(
    services: Services, first: date, last: date, with_closed: bool
) -> tuple[list[Action], dict[str, Meeting]]:
    """What the Board did from one day through another, and the meetings that it belongs to.

    `closed` actions are for the Board alone. Costs two Queries and a read for each meeting of the
    time and of about a year around it.
    """
    zone = services.policy.association.zone
    groups = chartered(services)
    meetings: dict[str, Meeting] = {}
    found: list[Action] = []
    for row in services.store.board.meetings():
        starts = local_date(datetime.fromisoformat(row["starts_at"]), zone)
        if not first - _AROUND <= starts <= last + _AROUND:
            continue
        meeting = services.store.board.meeting(row["id"])
        if meeting is None:
            continue
        meetings[meeting.id] = meeting
        found += at_meeting(services, meeting, groups)
    within = [one for one in found if first <= local_date(one.at, zone) <= last]
    open_ones = [one for one in within if with_closed or not one.closed]
    return sorted(open_ones, key=lambda one: (one.at, one.number)), meetings


def year_of(services: Services, years_ago: int = 0) -> tuple[date, date]:
    """First and last day of the association's year that today is in, or of one before it."""
    terms = services.policy.terms
    first = terms.year_begins(services.today(), -years_ago)
    return first, terms.year_begins(services.today(), 1 - years_ago) - timedelta(days=1)


def _label(services: Services, kind: str) -> str:
    return services.policy.unit(kind, services.today()).label


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
