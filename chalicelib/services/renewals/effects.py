"""What becomes of a group once its renewal is decided: by a motion, with a consent agenda, or by
staff where the policy wants no step of the Board. Everything happens in the transaction that
decides it.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.groups.group import WITH_ANOTHER, Group, Outcome, Stage
from chalicelib.domain.meetings.meeting import DocketItem, Meeting
from chalicelib.domain.motions import motion as motions
from chalicelib.domain.motions.motion import Effect, Motion
from chalicelib.domain.motions.tally import in_words
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.renewals import outcome as outcomes
from chalicelib.domain.renewals import renewal as rules
from chalicelib.domain.renewals.form import effect_of
from chalicelib.domain.times import long_date
from chalicelib.services.commands import Step
from chalicelib.services.groups.groups import about, save, to_conveners
from chalicelib.services.motions import outcome
from chalicelib.services.motions.effects import brings
from chalicelib.services.outbox.email_queue import tell_signatories, write
from chalicelib.services.outbox.email_queue import to_conveners as to_petitioners

Given = Mapping[str, str]


def waiting_for(step: Step[Any, Any], document_id: str, group_id: str) -> Group | None:
    """The group whose renewal a document is about, where it still is."""
    found = step.services.store.groups.get(group_id)
    if found is None:
        raise NotFoundError("The group that this is about is missing.")
    renewal = found.renewal
    here = renewal and renewal.stage == Stage.SCHEDULED and renewal.document_id == document_id
    return found if here else None


@brings(Effect.RENEW)
def _renew(step: Step[Any, Any], new: Motion) -> None:
    """The group with its next charge, as the motion says after its amendments; or the answer back
    with its conveners.
    """
    if new.petition_id:
        _by_petition(step, new)
        return
    found = waiting_for(step, new.document_id, new.group_id)
    if found is None:
        return
    if new.state == motions.State.CARRIED:
        carry_out(step, found, _given(new), new)
    else:
        _turned_down(step, found, new)


@brings(Effect.END)
def _end(step: Step[Any, Any], new: Motion) -> None:
    """The group ended as its renewal says; or the answer back with its conveners."""
    found = waiting_for(step, new.document_id, new.group_id)
    if found is None:
        return
    if new.state == motions.State.CARRIED:
        carry_out(step, found, {}, new)
    else:
        _turned_down(step, found, new)


def _given(new: Motion) -> dict[str, str]:
    return {"name": new.name, "charge": new.charge, "conditions": new.conditions}


def _by_petition(step: Step[Any, Any], new: Motion) -> None:
    """The petition approved and its group renewed, or the petition declined."""
    services = step.services
    petition = services.store.petitions.get(new.petition_id)
    if petition is None or new.tally is None:
        raise NotFoundError("The petition of this motion is missing.")
    found = services.store.groups.get(petition.continues)
    if found is None:
        raise NotFoundError("The group that this petition continues is missing.")
    vote = in_words(new.tally)
    said = {"vote": vote, "mover": new.mover, "seconder": new.seconder}
    if new.state == motions.State.CARRIED:
        asked = {"name": petition.text.name, "charge": petition.text.charge, "conditions": ""}
        given = _given(new)
        otherwise = {part: text for part, text in given.items() if text and text != asked[part]}
        decided, told = petitions.approve(petition, found.id, new.id, vote, step.by, otherwise)
        renewed = _renewed(step, found, given, new)
        ends = renewed.charge.ends_on
        to_petitioners(
            step,
            decided,
            told,
            "petition-continues",
            **said,
            **outcome.of(new, renewed),
            group=renewed.name,
            conditions=renewed.charge.conditions,
            until=long_date(ends) if ends else "",
        )
        tell_signatories(step, decided, told, "signatory-petition-approved")
    else:
        decided, told = petitions.decline(petition, new.id, vote, step.by)
        comments = f"The Board voted on the petition and did not agree: {vote}."
        back, event = rules.detach_petition(found, comments, services.policy, step.by)
        save(step, found, back, event)
        to_petitioners(step, decided, told, "petition-declined", **said, **outcome.of(new))
        tell_signatories(step, decided, told, "signatory-petition-declined")
    services.store.petitions.save(step.unit, petition, decided, told, None)


def carry_out(
    step: Step[Any, Any],
    found: Group,
    given: Given,
    motion: Motion | None = None,
    meeting: Meeting | None = None,
) -> Group:
    """The group as its renewal was decided, with its letters. `motion` decided it, or the consent
    agenda of `meeting`, or staff.
    """
    if effect_of(found) == Effect.RENEW:
        return _renewed(step, found, given, motion, meeting)
    return _ended(step, found, motion, meeting)


def _how(motion: Motion | None, meeting: Meeting | None) -> dict[str, Any]:
    """What letters say of how it was decided."""
    if motion is not None:
        said = outcome.of(motion)
        return {"by": "motion", "vote": said["vote_in_words"], "meeting": ""}
    if meeting is not None:
        return {"by": "consent", "vote": "", "meeting": meeting.title}
    return {"by": "staff", "vote": "", "meeting": ""}


def _renewed(
    step: Step[Any, Any],
    found: Group,
    given: Given,
    motion: Motion | None = None,
    meeting: Meeting | None = None,
) -> Group:
    new, event = outcomes.renew(
        found,
        given,
        step.services.policy,
        step.by,
        motion_id=motion.id if motion else "",
        meeting_id=motion.meeting_id if motion else meeting.id if meeting else "",
    )
    save(step, found, new, event)
    to_conveners(
        step,
        new,
        event,
        "renewal-renewed",
        **_how(motion, meeting),
        changed="" if new.charge.text == found.charge.text and new.name == found.name else "yes",
        was_name=found.name if new.name != found.name else "",
        charge=new.charge.text,
        conditions=new.charge.conditions,
        to_confirm="yes" if motion and motion.to_confirm else "",
        revived="" if found.living else "yes",
    )
    return new


def _ended(
    step: Step[Any, Any], found: Group, motion: Motion | None, meeting: Meeting | None
) -> Group:
    services = step.services
    assert found.renewal is not None
    answer, outcome_ = found.renewal.answer, Outcome(found.renewal.answer.outcome)
    new, event = outcomes.end(
        found,
        services.policy,
        step.by,
        motion_id=motion.id if motion else "",
        meeting_id=motion.meeting_id if motion else meeting.id if meeting else "",
    )
    save(step, found, new, event)
    until = rules.revivable_until(new, services.policy)
    said: dict[str, Any] = {
        **_how(motion, meeting),
        "outcome": outcome_.value,
        "other": answer.other_name,
        "other_slug": answer.other,
        "until": long_date(until) if until else "",
    }
    to_conveners(step, new, event, "group-ended", **said)
    other = services.store.groups.get(answer.other) if outcome_ in WITH_ANOTHER else None
    if other and other.living:
        given = {
            "name": answer.name,
            "charge": answer.charge,
            "motion": motion.id if motion else "",
            "meeting": "" if motion or meeting is None else meeting.id,
        }
        merged = outcome_ == Outcome.MERGED
        joined, told = outcomes.take_over(
            other, found, given if merged else {}, merged, services.policy, step.by
        )
        save(step, other, joined, told)
        content = {**about(services, joined), "merged": "yes" if merged else "", "other": new.name}
        for convener in joined.acting:
            if convener.email:
                to, name = convener.email, convener.name
                write(step, told, "group-took-over", to, name, content)
    return new


def _turned_down(step: Step[Any, Any], found: Group, new: Motion) -> None:
    vote = in_words(new.tally) if new.tally else ""
    comments = f"The Board voted on it and did not agree: {vote}."
    back, event = outcomes.turn_down(found, comments, step.services.policy, step.by)
    save(step, found, back, event)
    to_conveners(step, back, event, "renewal-declined", vote=outcome.of(new)["vote_in_words"])


# ------------------------------------------------------------------ With the consent agenda


def adopted(step: Step[Any, Any], meeting: Meeting, item: DocketItem) -> None:
    """What a document that was adopted with the consent agenda brings about: the renewal that it is
    about, as it was asked for.
    """
    entry = meeting.document(item.document) if item.document else None
    if entry is None or not entry.document_id:
        return
    document = step.services.store.documents.get(entry.document_id)
    if document is None or not document.group_id:
        return
    found = waiting_for(step, document.id, document.group_id)
    if found is None:
        return
    assert found.renewal is not None
    answer = found.renewal.answer
    carry_out(step, found, {"name": answer.name, "charge": answer.charge}, meeting=meeting)
