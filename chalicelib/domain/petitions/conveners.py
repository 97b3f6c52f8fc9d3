"""What conveners do beside writing: they invite each other, and remind those who signed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Act, Actor
from chalicelib.domain.petitions.petition import ENDED, Petition, State, open_for_confirming
from chalicelib.domain.petitions.text import Convener
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance
from chalicelib.domain.times import long_moment

INVITING = frozenset({State.DRAFT, State.COLLECTING, State.RETURNED})


# ------------------------------------------------------------------ Co-conveners


def waiting(petition: Petition) -> list[Convener]:
    """The co-conveners who have not agreed yet."""
    return [c for c in petition.conveners if not c.accepted]


def invitable(
    petition: Petition, letters: Mapping[str, int], policy: Policy, now: datetime
) -> list[Convener]:
    """The co-conveners to whom an invitation may be sent now.

    `letters` says how many were sent to each address key, whether or not it was taken out of the
    petition meanwhile.
    """
    pause = timedelta(hours=policy.invitations.hours_between)
    return [
        c
        for c in waiting(petition)
        if letters.get(key_of(c.email), 0) < policy.invitations.most
        and (c.invited_at is None or now - c.invited_at >= pause)
    ]


def to_invite(
    petition: Petition, letters: Mapping[str, int], policy: Policy, now: datetime
) -> list[Convener]:
    """Whom an invitation that is asked for now is for. Raises ConflictError where it is for nobody,
    saying why.
    """
    if petition.state not in INVITING:
        raise ConflictError("Co-conveners are invited before the petition is submitted.")
    chosen = invitable(petition, letters, policy, now)
    if not chosen:
        raise ConflictError(_why_nobody(petition, letters, policy))
    return chosen


def enough_for_today(policy: Policy, next_at: datetime) -> str:
    """Why somebody who invited many today invites nobody more before a moment."""
    when = long_moment(next_at, policy.association.zone)
    return (
        f"You sent {policy.invitations.a_day} invitations in a day, which is the most. "
        f"You can invite more co-conveners from {when}."
    )


def invite(petition: Petition, chosen: list[Convener], by: Act) -> tuple[Petition, Event]:
    """The petition with those who were chosen invited."""
    return advance(
        petition,
        "petition",
        "invite",
        by,
        before=petition.state,
        data={"invited": len(chosen)},
        conveners=invited(petition.conveners, chosen, by.at),
    )


def invited(
    conveners: tuple[Convener, ...], chosen: list[Convener], at: datetime
) -> tuple[Convener, ...]:
    """The conveners, with those who were chosen invited at that moment."""
    return tuple(replace(c, invited_at=at) if c in chosen else c for c in conveners)


def _why_nobody(petition: Petition, letters: Mapping[str, int], policy: Policy) -> str:
    still = waiting(petition)
    if not still:
        return "There is nobody to invite: every co-convener named here has accepted."
    rule = policy.invitations
    again = [
        c.invited_at + timedelta(hours=rule.hours_between)
        for c in still
        if c.invited_at and letters.get(key_of(c.email), 0) < rule.most
    ]
    if not again:
        return (
            f"They were invited {rule.most} times, which is the most. Email them yourself: "
            "the invitation in their last email still works."
        )
    when = long_moment(min(again), policy.association.zone)
    return f"They were invited a short while ago. You can invite them again from {when}."


def accept(petition: Petition, by: Act) -> tuple[Petition, Event]:
    """The petition with the invited person as one of its conveners."""
    return _answered(petition, "accept-invitation", by)


def decline(petition: Petition, by: Act) -> tuple[Petition, Event]:
    """The petition without the invited person."""
    return _answered(petition, "decline-invitation", by)


def _answered(petition: Petition, command: str, by: Act) -> tuple[Petition, Event]:
    if petition.state in ENDED:
        raise ConflictError(
            f"This petition is {petition.state} by now, so it needs no more conveners."
        )
    asked = invited_as(petition, by.actor)
    assert asked is not None, "roles.TABLE lets nobody else through"
    if command == "accept-invitation":
        conveners = tuple(
            replace(c, accepted=True) if c is asked else c for c in petition.conveners
        )
    else:
        conveners = tuple(c for c in petition.conveners if c is not asked)
    return advance(petition, "petition", command, by, before=petition.state, conveners=conveners)


def invited_as(petition: Petition, actor: Actor) -> Convener | None:
    """As whom the actor is invited; None who is not."""
    if actor.person is None:
        return None
    key = key_of(actor.person.email)
    return next((c for c in waiting(petition) if key_of(c.email) == key), None)


# ------------------------------------------------------------------ Reminders


@dataclass(frozen=True)
class Reminders:
    """Whether a reminder is possible now. `refusal` says why not, and `next_at` from when on,
    if ever; `left` is how many more there may be while the petition is open.
    """

    left: int
    refusal: str = ""
    next_at: datetime | None = None


def reminders(petition: Petition, policy: Policy, now: datetime) -> Reminders:
    """What holds for reminders now, whether or not anybody is to be reminded."""
    rule, zone = policy.reminder, policy.association.zone
    if petition.state != State.COLLECTING or petition.opened_at is None:
        return Reminders(0, "Reminders can be sent while the petition is open for signatures.")
    sent = [at for at in petition.reminded_at if at >= petition.opened_at]
    left = max(0, rule.most - len(sent))
    if petition.paused_at is not None:
        return Reminders(left, "Staff have paused this petition. Nobody is reminded meanwhile.")
    if not open_for_confirming(petition, policy, now):
        return Reminders(0, "The time to confirm is over, so no more reminders are sent.")
    if not left:
        times = "once" if rule.most == 1 else f"{rule.most} times"
        return Reminders(0, f"They were reminded {times} already, which is the most.")
    # By the whole record: a petition that came back does not begin anew at once.
    last = petition.reminded_at[-1] if petition.reminded_at else None
    next_at = last + timedelta(days=rule.days_between) if last else None
    if next_at and now < next_at:
        when = long_moment(next_at, zone)
        return Reminders(left, f"The next reminder can be sent from {when}.", next_at)
    return Reminders(left)


def remind(petition: Petition, anybody: bool, policy: Policy, by: Act) -> tuple[Petition, Event]:
    """The petition with one more reminder on record. `anybody` says whether there is somebody to
    remind. Raises ConflictError when it is too soon, too often, or in vain.
    """
    rule = reminders(petition, policy, by.at)
    if rule.refusal:
        raise ConflictError(rule.refusal)
    if not anybody:
        raise ConflictError(
            "There is nobody to remind: everybody who signed more than "
            f"{policy.reminder.after_hours} hours ago has confirmed, "
            "or has been reminded often enough."
        )
    return advance(
        petition,
        "petition",
        "remind",
        by,
        before=petition.state,
        data={"number": len(petition.reminded_at) + 1},
        reminded_at=(*petition.reminded_at, by.at),
    )
