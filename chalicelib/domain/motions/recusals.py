"""A member who takes no part in a motion, with the conflict of interest that they state."""

from dataclasses import dataclass, replace

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.motions.ballots import RECUSED, VOID, Ballot, Slip, elector, in_time, said
from chalicelib.domain.motions.motion import TRANSITIONS, Motion, State
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require


@dataclass(frozen=True, kw_only=True)
class Recusal:
    """That somebody is kept out of a document's closed discussion, by which of its motions."""

    document_id: str
    person_id: str
    name: str
    motions: tuple[str, ...]
    version: int = 1


def recuse(
    motion: Motion, existing: Ballot | None, reason: str, office: str, by: Act
) -> tuple[Motion, Event, Ballot]:
    """The member out of the vote, from the moment the motion is moved until its vote closes.

    `office` is the seat that they hold, where the electorate does not say so yet. Raises
    ValidationError without a reason, NotAllowedError outside the electorate, ConflictError where
    there is nothing to do.
    """
    require(TRANSITIONS, "motion", motion.state, "recuse")
    name = by.actor.name
    if motion.state == State.OPEN:
        found = elector(motion, by.actor)
        name, office = found.name, found.office
        in_time(motion, by.at)
    if not reason:
        raise ValidationError({"reason": "State the conflict of interest: the minutes record it."})
    if existing and (existing.choice, existing.reason) == (RECUSED, reason):
        raise ConflictError("You are recused already, for this reason.")
    # What was voted before in secret is not known here, and what was is not kept.
    earlier = (*existing.earlier, said(existing)) if existing and existing.choice else ()
    ballot = Ballot(
        motion_id=motion.id,
        person_id=by.actor.id,
        name=name,
        office=office,
        choice=RECUSED,
        cast_at=by.at,
        reason=reason,
        version=existing.version + 1 if existing else 1,
        earlier=earlier,
    )
    new, event = advance(
        motion,
        "motion",
        "recuse",
        by,
        before=motion.state,
        data={"person": by.actor.id, "name": name, "office": office, "reason": reason},
    )
    return new, event, ballot


def rejoin(motion: Motion, existing: Ballot | None, by: Act) -> tuple[Motion, Event]:
    """The recusal taken back before the vote closes. Raises ConflictError where there is none."""
    require(TRANSITIONS, "motion", motion.state, "rejoin")
    if existing is None or existing.choice != RECUSED:
        raise ConflictError("You are not recused from this motion.")
    if motion.state == State.OPEN:
        in_time(motion, by.at)
    return advance(
        motion,
        "motion",
        "rejoin",
        by,
        before=motion.state,
        data={"person": by.actor.id, "name": existing.name, "reason": existing.reason},
    )


def voided(slip: Slip) -> Slip:
    """The slip of somebody who is recused now. What it said is not kept: beside the recusal it
    would say what its voter had voted.
    """
    return replace(slip, choice=VOID, earlier=(), version=slip.version + 1)


def no_part() -> NotAllowedError:
    """What somebody is told who is recused and wants to take part in a motion."""
    return NotAllowedError(
        "You are recused from this motion, so you take no part in it. Take your recusal back "
        "first, on the motion’s page."
    )


def no_presiding() -> NotAllowedError:
    """What a presiding officer is told who is recused."""
    return NotAllowedError(
        "You are recused from this motion, so you do not preside over its vote. Staff do it."
    )


def no_motion(number: str) -> NotAllowedError:
    """What somebody is told who is recused from a motion on a document and would move another."""
    return NotAllowedError(
        f"You recused yourself from a motion on Doc {number}, so another member has to move this. "
        "Before its vote closes, you can take your recusal back first, on that motion’s page."
    )
