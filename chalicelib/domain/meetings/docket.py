"""The docket: items in sections, their order and times, and the consent agenda."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.meetings import attendance
from chalicelib.domain.meetings.meeting import (
    TRANSITIONS,
    DocketItem,
    Meeting,
    check_number,
    next_number,
    number_order,
    placed_by_number,
    used_numbers,
)
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require

ASKED = ("Action", "Discussion", "Information")
UP, DOWN = "up", "down"


def arranged(meeting: Meeting, policy: Policy) -> Meeting:
    """The meeting with sections. One of an earlier release keeps the order of its numbers."""
    if meeting.sections:
        return meeting
    rules = policy.docket_sections
    standing = {entry.number: entry.section for entry in policy.docket}
    items = []
    for at, item in enumerate(meeting.ordered_docket, meeting.made_items + 1):
        usual = rules.documents if item.document else standing.get(item.number, rules.names[0])
        items.append(
            replace(item, id=item.id or f"i{at}", section=item.section or usual),
        )
    return replace(
        meeting,
        docket=tuple(items),
        sections=tuple(rules.names),
        documents_in=rules.documents,
        consent_in=rules.consent,
        made_items=meeting.made_items + len(items),
    )


# Items


def add_item(meeting: Meeting, item: DocketItem, by: Act) -> tuple[Meeting, Event]:
    """The meeting with one more item at the end of its section. What it lacks is chosen: an id,
    the section, and the next number that is free.

    Raises ValidationError for a number that is taken or malformed.
    """
    require(TRANSITIONS, "meeting", meeting.state, "edit-docket")
    section = item.section or (meeting.consent_in if item.consent else meeting.documents_in)
    number = item.number or free_number(meeting, section)
    check_number(meeting, number)
    made = meeting.made_items + 1
    new = replace(item, number=number, section=section, id=f"i{made}")
    docket = (*meeting.docket, new)
    if not item.number:
        docket = placed_by_number(meeting.docket, new)
    return _told(meeting, "add-item", by, new, docket=docket, made_items=made)


def free_number(meeting: Meeting, section: str) -> str:
    """A number for an item of a section: of the consent agenda it is a part of that item's own."""
    if section == meeting.consent_in:
        first = next((i for i in meeting.ordered_docket if i.section == section), None)
        if first:
            whole = number_order(first.number)[0]
            used = {number_order(n)[1] for n in used_numbers(meeting) if n.startswith(f"{whole}.")}
            return f"{whole}.{max(used) + 1}"
    return next_number(meeting)


def edit_item(meeting: Meeting, new: DocketItem, by: Act) -> tuple[Meeting, Event | None]:
    """The meeting with an item as `new` has it, found by its id. An item that moves to another
    section goes to its end. Without an event nothing is different.

    Raises ValidationError when the number of a document would change.
    """
    require(TRANSITIONS, "meeting", meeting.state, "edit-docket")
    old = found(meeting, new.id)
    if new.number != old.number:
        if old.document:
            raise ValidationError(
                {"number": f"A document keeps its number, which is {old.number}."}
            )
        check_number(meeting, new.number)
    kept = replace(
        new,
        document=old.document,
        confirms=old.confirms,
        pulled_by=old.pulled_by if new.consent else "",
    )
    if kept == old:
        return meeting, None
    require_open_consent(meeting, old)
    if kept.section == old.section:
        docket = tuple(kept if item is old else item for item in meeting.docket)
    else:
        docket = (*(item for item in meeting.docket if item is not old), kept)
    return _told(meeting, "edit-item", by, kept, docket=docket)


def require_open_consent(meeting: Meeting, item: DocketItem) -> None:
    """Raises ConflictError for an item that was adopted with the consent agenda."""
    if item.id in meeting.consent_adopted:
        raise ConflictError(
            f"Item {item.number} was adopted with the consent agenda. It cannot be changed."
        )


def remove_item(meeting: Meeting, item_id: str, by: Act) -> tuple[Meeting, Event]:
    """The meeting without an item. Raises ConflictError for that of a document."""
    require(TRANSITIONS, "meeting", meeting.state, "edit-docket")
    old = found(meeting, item_id)
    if old.document:
        raise ConflictError(
            f"Doc {old.document} is before the Board. Take the document off the docket instead."
        )
    require_open_consent(meeting, old)
    docket = tuple(item for item in meeting.docket if item is not old)
    return _told(meeting, "remove-item", by, old, docket=docket)


def found(meeting: Meeting, item_id: str) -> DocketItem:
    """The item with an id. Raises NotFoundError."""
    item = meeting.item(item_id)
    if item is None:
        raise NotFoundError("This item is no longer on the docket.")
    return item


def _told(
    meeting: Meeting, command: str, by: Act, item: DocketItem, **changes: object
) -> tuple[Meeting, Event]:
    data = {
        "item": item.id,
        "number": item.number,
        "title": item.title,
        "section": item.section,
        "minutes": item.minutes,
        "action": item.action,
        "presenter": item.presenter,
        "closed": item.closed,
        "consent": item.consent,
    }
    return advance(meeting, "meeting", command, by, before=meeting.state, data=data, **changes)


# Order


def move_item(
    meeting: Meeting, item_id: str, position: int, section: str, by: Act
) -> tuple[Meeting, Event | None]:
    """The meeting with an item at a position, counted from 1 through the whole docket.

    Without a `section` it joins that of the item which stood at that position. Without an event
    it stood there already.
    """
    require(TRANSITIONS, "meeting", meeting.state, "edit-docket")
    old = found(meeting, item_id)
    before = meeting.ordered_docket
    if not 1 <= position <= len(before):
        raise ValidationError({"position": f"Choose a position from 1 to {len(before)}."})
    if section and section not in meeting.sections:
        raise ValidationError({"section": "Choose one of the docket's sections."})
    others = [item for item in before if item is not old]
    place = section or before[position - 1].section
    docket = _placed(meeting, others, replace(old, section=place), position - 1)
    if docket == before:
        return meeting, None
    at = [item.id for item in docket].index(old.id) + 1
    data = {"item": old.id, "number": old.number, "position": at, "section": place}
    return advance(
        meeting, "meeting", "move-item", by, before=meeting.state, data=data, docket=docket
    )


def _placed(
    meeting: Meeting, others: Sequence[DocketItem], item: DocketItem, index: int
) -> tuple[DocketItem, ...]:
    """The docket with an item as near to an index as its section allows."""
    order = {name: at for at, name in enumerate(meeting.sections)}
    own = order.get(item.section, -1)
    first = sum(order.get(other.section, -1) < own for other in others)
    last = sum(order.get(other.section, -1) <= own for other in others)
    at = min(max(index, first), last)
    return (*others[:at], item, *others[at:])


def step(meeting: Meeting, item_id: str, direction: str) -> tuple[int, str]:
    """Where an item goes that is moved up or down by one: position and section. At the edge of its
    section it goes over into the next one that there is. Raises ValidationError at the docket's
    end.
    """
    old = found(meeting, item_id)
    items, sections = meeting.ordered_docket, meeting.sections
    at = items.index(old)
    if direction not in {UP, DOWN}:
        raise ValidationError({"direction": "Say whether it goes up or down."})
    by = -1 if direction == UP else 1
    beside = items[at + by] if 0 <= at + by < len(items) else None
    if beside and beside.section == old.section:
        return at + by + 1, old.section
    place = sections.index(old.section) + by if old.section in sections else 0
    if not 0 <= place < len(sections):
        raise ConflictError(f"The item is the {'first' if by < 0 else 'last'} one already.")
    return at + 1, sections[place]


# Times


@dataclass(frozen=True)
class Timed:
    """An item with when it is on, by the time allowances of those before it."""

    item: DocketItem
    starts: datetime
    ends: datetime


def timed(meeting: Meeting) -> list[Timed]:
    """The docket with its running times, in UTC, from the time that the meeting is planned for."""
    rows, clock = [], meeting.starts_at
    for item in meeting.ordered_docket:
        ends = clock + timedelta(minutes=item.minutes)
        rows.append(Timed(item, clock, ends))
        clock = ends
    return rows


def on_now(meeting: Meeting, now: datetime) -> DocketItem | None:
    """The item that is on at a moment by its scheduled time, while the meeting is in session."""
    if not meeting.in_session:
        return None
    return next((row.item for row in timed(meeting) if row.starts <= now < row.ends), None)


def minutes_planned(meeting: Meeting) -> int:
    """How long the meeting takes: as it was planned, or else as its docket adds up."""
    return meeting.minutes or sum(item.minutes for item in meeting.docket)


# The consent agenda


def on_consent(meeting: Meeting) -> tuple[DocketItem, ...]:
    """The items that are to be adopted together: flagged, and not pulled."""
    return tuple(i for i in meeting.ordered_docket if i.consent and not i.pulled_by)


def pull(meeting: Meeting, item_id: str, by: Act) -> tuple[Meeting, Event]:
    """The meeting with an item taken out of the consent agenda by a voting member, before it is
    adopted (Robert's Rules). It is taken up with the regular items.
    """
    require(TRANSITIONS, "meeting", meeting.state, "pull")
    old = found(meeting, item_id)
    if meeting.consent_adopted_at:
        raise ConflictError("The consent agenda is adopted already.")
    if not old.consent:
        raise ConflictError("This item is not on the consent agenda.")
    if old.pulled_by:
        raise ConflictError(f"{old.pulled_by} pulled this item already.")
    section = meeting.documents_in if old.section == meeting.consent_in else old.section
    new = replace(old, pulled_by=by.actor.name, section=section)
    docket = tuple(new if item is old else item for item in meeting.docket)
    if section != old.section:
        docket = (*(item for item in meeting.docket if item is not old), new)
    data = {"item": old.id, "number": old.number, "title": old.title}
    return advance(meeting, "meeting", "pull", by, before=meeting.state, data=data, docket=docket)


def adopt_consent(
    meeting: Meeting, policy: Policy, by: Act
) -> tuple[Meeting, Event, tuple[DocketItem, ...]]:
    """The consent agenda adopted by general consent, and the items that it had.

    Raises ConflictError without a quorum by the roll of attendance, or with nothing to adopt.
    """
    require(TRANSITIONS, "meeting", meeting.state, "adopt-consent")
    if meeting.consent_adopted_at:
        raise ConflictError("The consent agenda is adopted already.")
    items = on_consent(meeting)
    if not items:
        raise ConflictError("There is no item on the consent agenda.")
    if not attendance.has_quorum(meeting, policy):
        there = sum(one.voting for one in attendance.there_now(meeting))
        raise ConflictError(
            f"{there} voting members are there, and a quorum is "
            f"{attendance.quorum(meeting, policy)}. Note who has arrived, then adopt it."
        )
    changed, event = advance(
        meeting,
        "meeting",
        "adopt-consent",
        by,
        before=meeting.state,
        data={"items": [{"number": i.number, "title": i.title} for i in items]},
        consent_adopted_at=by.at,
        consent_adopted=tuple(i.id for i in items),
    )
    return changed, event, items
