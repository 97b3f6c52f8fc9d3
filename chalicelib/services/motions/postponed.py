"""What conveners are told when the Board puts off the motion on their petition or group."""

from typing import Any

from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions.motion import GIVES_A_CHARGE, Motion
from chalicelib.domain.record.events import Event
from chalicelib.services.commands import Step
from chalicelib.services.groups import groups
from chalicelib.services.outbox.email_queue import to_conveners


def tell_conveners(
    step: Step[Any, Any], new: Motion, event: Event, to: Meeting | None = None
) -> None:
    """A letter to each convener: whether it was postponed or its vote had no quorum, to which
    meeting, if any, and what comes next. None for a motion that neither is behind.
    """
    said: dict[str, Any] = {
        "present": new.tally.present if new.tally else None,
        "quorum": new.tally.quorum if new.tally else None,
        "to_meeting": to.title if to else "",
        "to_starts_at": to.starts_at.isoformat() if to else "",
    }
    if new.group_id and not new.petition_id and not new.is_amendment:
        group = step.services.store.groups.get(new.group_id)
        if group:
            groups.to_conveners(step, group, event, "renewal-postponed", **said)
        return
    if not new.petition_id or new.brings_about not in GIVES_A_CHARGE:
        return
    petition = step.services.store.petitions.get(new.petition_id)
    if petition is None:
        return
    to_conveners(
        step,
        petition,
        event,
        "petition-postponed",
        **said,
    )
