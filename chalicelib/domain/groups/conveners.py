"""Who convenes a group: invited, in place, handing over, stepping down, and when nobody is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups.group import Convener, Group, term_end
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Act, Actor
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance
from chalicelib.domain.times import local_date, long_date, long_moment

NOT_LIVING = "This group has ended, so nobody is made its convener. It can be revived."


def needed(group: Group, on: date, policy: Policy) -> int:
    """How many conveners a group of this kind has to have."""
    return policy.unit(group.kind, on).conveners


def missing(group: Group, on: date, policy: Policy) -> int:
    """How many conveners it lacks on a day."""
    if not group.living:
        return 0
    return max(0, needed(group, on, policy) - len(group.in_place(on)))


def fill_by(group: Group, policy: Policy) -> date | None:
    """Until when a vacancy is to be filled; None where there is none."""
    since = group.vacant_since
    return since + timedelta(days=policy.convener_terms.vacancy_days) if since else None


def vacancy_on(group: Group, today: date, policy: Policy) -> date | None:
    """The first day, from today on, on which the group has fewer conveners than it needs; None
    where no such day is known.
    """
    days = {today, *(c.until + timedelta(days=1) for c in group.acting if c.until)}
    return next((d for d in sorted(days) if d >= today and missing(group, d, policy)), None)


def asked_as(group: Group, actor: Actor) -> Convener | None:
    """As whom the actor is invited; None who is not."""
    return _as(group, actor, accepted=False)


def convener_of(group: Group, actor: Actor) -> Convener | None:
    """As whom the actor convenes it; None who does not."""
    return _as(group, actor, accepted=True)


def name_of(group: Group, actor: Actor) -> str:
    """The actor as the group names them; staff by their own name."""
    own = convener_of(group, actor)
    return own.name if own else actor.name


def _as(group: Group, actor: Actor, *, accepted: bool) -> Convener | None:
    if actor.person is None:
        return None
    key = key_of(actor.person.email)
    here = (c for c in group.conveners if c.accepted == accepted and c.email)
    return next((c for c in here if key_of(c.email) == key), None)


def invite(
    group: Group,
    name: str,
    email: str,
    institution: str,
    replaces: str,
    policy: Policy,
    by: Act,
) -> tuple[Group, Event]:
    """The group with somebody invited to convene it; `replaces` is the id of whoever hands over to
    them, which happens when they accept. Raises ConflictError and ValidationError.
    """
    if not group.living:
        raise ConflictError(NOT_LIVING)
    if group.invites(email):
        raise ValidationError(
            {"email": "This address is invited already. Send the invitation again."}
        )
    old = group.convener(replaces) if replaces else None
    same = next((c for c in group.acting if c.email and key_of(c.email) == key_of(email)), None)
    if same:
        raise ValidationError({"email": f"{same.name} convenes the group already."})
    if replaces and (old is None or not old.accepted):
        raise ConflictError("Who hands over is no convener of this group.")
    if len(group.conveners) >= policy.limits.conveners + len(group.acting):
        raise ConflictError("Enough people are invited. Wait for their answers, or take one back.")
    made = group.made_conveners + 1
    new = Convener(
        id=f"c{made}",
        name=name,
        email=email,
        institution=institution,
        accepted=False,
        invited_at=by.at,
        replaces=replaces,
    )
    return _changed(
        group,
        "invite-convener",
        by,
        policy,
        {"name": name, "replaces": old.name if old else ""},
        conveners=(*group.conveners, new),
        made_conveners=made,
    )


def may_invite_again(convener: Convener, letters: int, policy: Policy, now: datetime) -> str:
    """Why an invitation cannot be sent once more; empty where it can."""
    rule = policy.invitations
    if letters >= rule.most:
        return (
            f"They were invited {rule.most} times, which is the most. Email them yourself: the "
            "invitation in their last email still works."
        )
    if convener.invited_at and now - convener.invited_at < timedelta(hours=rule.hours_between):
        when = convener.invited_at + timedelta(hours=rule.hours_between)
        zone = policy.association.zone
        return f"They were invited a short while ago. Ask again from {long_moment(when, zone)}."
    return ""


def invite_again(group: Group, convener: Convener, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group with an invitation sent once more."""
    again = replace(convener, invited_at=by.at)
    others = tuple(again if c.id == convener.id else c for c in group.conveners)
    return _changed(group, "invite-convener", by, policy, {"name": again.name}, conveners=others)


def accept(group: Group, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group with the invited person in place; whoever hands over to them leaves with it."""
    asked = asked_as(group, by.actor)
    assert asked is not None, "roles.TABLE lets nobody else through"
    if not group.living:
        raise ConflictError(NOT_LIVING)
    today = local_date(by.at, policy.association.zone)
    person = by.actor.person
    name = (person.name if person else "") or asked.name
    new = replace(
        asked, accepted=True, since=today, until=term_end(today, policy), replaces="", name=name
    )
    leaves = group.convener(asked.replaces) if asked.replaces else None
    conveners = tuple(
        new if c.id == asked.id else c for c in group.conveners if leaves is None or c is not leaves
    )
    data = {"name": new.name, "instead_of": leaves.name if leaves else ""}
    return _changed(group, "join", by, policy, data, conveners=conveners)


def decline(group: Group, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group without the invited person."""
    asked = asked_as(group, by.actor)
    assert asked is not None, "roles.TABLE lets nobody else through"
    return _without(group, asked, "decline-invitation", {}, policy, by)


def step_down(group: Group, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group without whoever acts as its convener."""
    own = convener_of(group, by.actor)
    if own is None:
        raise ConflictError("You do not convene this group.")
    return _without(group, own, "step-down", {"name": own.name}, policy, by)


def end(
    group: Group, convener_id: str, reason: str, policy: Policy, by: Act
) -> tuple[Group, Event]:
    """The group without a convener, or without an invitation, by staff or by whoever invited.

    Raises ValidationError without a reason for somebody who is in place.
    """
    found = group.convener(convener_id)
    if found is None:
        raise ConflictError("This person is no longer a convener of the group.")
    if found.accepted and not reason:
        raise ValidationError(
            {"reason": "Give the reason: they are notified, and it goes into the record."}
        )
    command = "end-convener" if found.accepted else "take-back-invitation"
    data = {"name": found.name, "reason": reason}
    return _without(group, found, command, data, policy, by)


def ends_soon(convener: Convener, today: date, policy: Policy) -> bool:
    """Whether a convener's term has ended, or ends so soon that they were reminded of it."""
    soon = today + timedelta(days=max(policy.convener_terms.remind_days))
    return convener.until is not None and convener.until <= soon


def go_on(group: Group, convener_id: str, policy: Policy, by: Act) -> tuple[Group, Event]:
    """The group whose convener goes on for another term. Raises ConflictError for one whose term
    does not end soon.
    """
    found = group.convener(convener_id)
    if found is None or not found.accepted:
        raise ConflictError("This person is no longer a convener of the group.")
    today = local_date(by.at, policy.association.zone)
    if found.until is None or not ends_soon(found, today, policy):
        until = f"until {long_date(found.until)}" if found.until else "without an end"
        raise ConflictError(f"{found.name} goes on {until} already.")
    begins = max(found.until, today - timedelta(days=1)) + timedelta(days=1)
    return extend(group, (convener_id,), term_end(begins, policy), policy, by)


def extend(
    group: Group, ids: tuple[str, ...], until: date, policy: Policy, by: Act
) -> tuple[Group, Event]:
    """The group whose conveners with these ids go on through a day."""
    conveners = tuple(
        replace(c, until=until) if c.id in ids and c.accepted else c for c in group.conveners
    )
    names = [c.name for c in group.acting if c.id in ids]
    data = {"names": names, "until": until.isoformat()}
    return _changed(group, "extend-term", by, policy, data, conveners=conveners)


def forget(group: Group, email: str, policy: Policy, by: Act) -> tuple[Group, Event | None]:
    """The group without an address: whoever has it leaves a group that is living, and stays named
    in one that has ended. Without an event the address is not in it.
    """
    key = key_of(email)
    here = {c.id for c in group.conveners if c.email and key_of(c.email) == key}
    if not here:
        return group, None
    if group.living:
        conveners = tuple(c for c in group.conveners if c.id not in here)
    else:
        conveners = tuple(
            replace(c, email="") if c.id in here and c.accepted else c
            for c in group.conveners
            if c.accepted or c.id not in here
        )
    return _changed(group, "forget-convener", by, policy, {}, conveners=conveners)


def _without(
    group: Group, gone: Convener, command: str, data: Mapping[str, Any], policy: Policy, by: Act
) -> tuple[Group, Event]:
    conveners = tuple(c for c in group.conveners if c is not gone)
    return _changed(group, command, by, policy, data, conveners=conveners)


def with_vacancy(group: Group, today: date, policy: Policy) -> Group:
    """The group as it is known to lack conveners since today, or to lack them no more."""
    if missing(group, today, policy):
        return replace(group, vacant_since=group.vacant_since or today)
    told = tuple(name for name in group.told if not name.startswith("vacancy-"))
    return replace(group, vacant_since=None, told=told)


def _changed(
    group: Group, command: str, by: Act, policy: Policy, data: Mapping[str, Any], **changes: Any
) -> tuple[Group, Event]:
    today = local_date(by.at, policy.association.zone)
    after = with_vacancy(replace(group, **changes), today, policy)
    return advance(
        group,
        "group",
        command,
        by,
        before=group.state,
        data=dict(data),
        vacant_since=after.vacant_since,
        told=after.told,
        **changes,
    )
