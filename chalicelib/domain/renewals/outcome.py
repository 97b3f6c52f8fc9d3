"""What becomes of a group once its renewal was decided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.domain.groups.conveners import with_vacancy
from chalicelib.domain.groups.group import WITH_ANOTHER, Charge, Group, Outcome, State, Why
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, row
from chalicelib.domain.renewals.renewal import closed, reopened, required, today_of, with_time
from chalicelib.domain.times import last_day

DAY = timedelta(days=1)


def next_end(group: Group, outcome: Outcome, today: date, policy: Policy) -> date | None:
    """The last day of the charge that a renewal decided today makes.

    The new term joins the old one without a gap, so that an early answer loses nothing. A change
    that was asked for long before the end leaves the end as it is; a revived group begins anew.
    """
    renewal = required(group)
    years, ends = policy.unit(group.kind, today).charge_years, group.charge.ends_on
    if renewal.why == Why.ASKED and outcome == Outcome.CHANGED:
        return ends
    if years is None:
        return None
    if ends is None or renewal.why == Why.REVIVAL:
        return last_day(today, years)
    joined = last_day(ends + DAY, years)
    # Decided so late that the next renewal would be open at once, the term begins anew.
    opens = joined - timedelta(days=policy.renewal(today).opens_days)
    return joined if opens > today else last_day(today, years)


def renew(
    group: Group,
    given: Mapping[str, str],
    policy: Policy,
    by: Act,
    *,
    motion_id: str = "",
    meeting_id: str = "",
) -> tuple[Group, Event]:
    """The group with its next charge. `given` are the name, the charge and the conditions as they
    were decided. The charge takes effect on the day of the decision.
    """
    renewal, today = required(group), today_of(by, policy)
    name = given.get("name") or group.name
    text = given.get("charge") or group.charge.text
    same = (name, text) == (group.name, group.charge.text)
    outcome = Outcome.SAME if same else Outcome.CHANGED
    # For how long is what the motion asked for, whatever an amendment made of the text.
    asked = Outcome.CHANGED if renewal.answer.outcome == Outcome.CHANGED else outcome
    charge = Charge(
        number=group.charge.number + 1,
        text=text,
        name=name,
        effective_on=today,
        ends_on=next_end(group, asked, today, policy),
        motion_id=motion_id,
        meeting_id="" if motion_id else meeting_id,
        conditions=given.get("conditions", ""),
    )
    data: dict[str, Any] = {
        "outcome": outcome.value,
        "motion": motion_id,
        "meeting": meeting_id,
        "charge": charge.number,
        "name": name,
        "effective_on": today.isoformat(),
        "ends_on": charge.ends_on.isoformat() if charge.ends_on else "",
    }
    changes = {
        "state": State.ACTIVE,
        "name": name,
        "charge": charge,
        "ended_on": None,
        "ended_at": None,
        "ended_by": "",
        "ended_in": "",
    }
    return closed(
        group,
        renewal,
        outcome.value,
        by,
        today=today,
        command="renew",
        data=data,
        kept={f"charge/{charge.number}": row(charge)},
        **changes,
    )


_ENDS = {
    Outcome.SUCCEEDED: State.SUCCEEDED,
    Outcome.MERGED: State.SUCCEEDED,
    Outcome.DISSOLVED: State.DISSOLVED,
    Outcome.LAPSED: State.LAPSED,
}


def end(
    group: Group, policy: Policy, by: Act, *, motion_id: str = "", meeting_id: str = ""
) -> tuple[Group, Event]:
    """The group ended as its renewal says: it stays readable, with its record."""
    renewal, today = required(group), today_of(by, policy)
    outcome, answer = Outcome(renewal.answer.outcome), renewal.answer
    other = outcome in WITH_ANOTHER
    data = {
        "outcome": outcome.value,
        "motion": motion_id,
        "meeting": meeting_id,
        "successor": answer.other if other else "",
        "successor_name": answer.other_name if other else "",
    }
    return closed(
        group,
        renewal,
        outcome.value,
        by,
        today=today,
        command="end",
        data=data,
        state=_ENDS[outcome],
        ended_on=today,
        ended_at=by.at,
        ended_by=motion_id,
        ended_in="" if motion_id else meeting_id,
        successor=data["successor"],
        successor_name=data["successor_name"],
        vacant_since=None,
    )


def turn_down(group: Group, comments: str, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group whose answer the Board did not agree to: its conveners may answer otherwise, and
    have the whole time of grace for it.
    """
    renewal = with_time(required(group), today_of(by, policy), policy)
    return reopened(group, renewal, "decline-renewal", comments, by)


def take_over(
    group: Group, other: Group, given: Mapping[str, str], merged: bool, policy: Policy, by: Act
) -> tuple[Group, Event]:
    """The group that goes on, as it takes over the work of `other`. After a merger it has the name
    and the charge that were decided, and the other's conveners beside its own.
    """
    today = today_of(by, policy)
    name, text = given.get("name") or group.name, given.get("charge") or group.charge.text
    changes: dict[str, Any] = {"predecessors": (*group.predecessors, other.id)}
    kept = {}
    if merged and (name, text) != (group.name, group.charge.text):
        charge = replace(
            group.charge,
            number=group.charge.number + 1,
            text=text,
            name=name,
            effective_on=today,
            motion_id=given.get("motion", ""),
            meeting_id=given.get("meeting", ""),
        )
        changes |= {"name": name, "charge": charge}
        kept = {f"charge/{charge.number}": row(charge)}
    if merged:
        joined, made = list(group.conveners), group.made_conveners
        for one in other.acting:
            if not one.email or not (group.convened_by(one.email) or group.invites(one.email)):
                made += 1
                joined.append(replace(one, id=f"c{made}", replaces=""))
        after = with_vacancy(replace(group, conveners=tuple(joined)), today, policy)
        changes |= {
            "conveners": after.conveners,
            "made_conveners": made,
            "vacant_since": after.vacant_since,
            "told": after.told,
        }
    return advance(
        group,
        "group",
        "take-over",
        by,
        before=group.state,
        data={
            "from": other.id,
            "from_name": other.name,
            "merged": merged,
            "charge": changes["charge"].number if "charge" in changes else 0,
        },
        kept=kept or None,
        **changes,
    )
