"""Motions: moved, seconded, withdrawn, postponed, divided. Amending is in `amendments`."""

from typing import Any

from chalicelib.domain.documents.document import Kind as DocumentKind
from chalicelib.domain.documents.document import State as DocumentState
from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.meetings.meeting import DocumentEntry, Meeting
from chalicelib.domain.meetings.meeting import State as MeetingState
from chalicelib.domain.motions import amendments
from chalicelib.domain.motions import motion as rules
from chalicelib.domain.motions import wording as wordings
from chalicelib.domain.motions.motion import Effect, Motion
from chalicelib.domain.petitions import form as petition_form
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.record.events import Event
from chalicelib.domain.renewals import form as renewal_form
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.meetings.lookup import meeting
from chalicelib.services.motions import inputs as motion_inputs
from chalicelib.services.motions.participation import (
    hand_on,
    require_part,
    require_part_in_document,
    require_presiding,
)
from chalicelib.services.motions.postponed import tell_conveners
from chalicelib.services.people.tokens import new_id

Moving = Step[Meeting, motion_inputs.Move]


def motion(services: Services, target: str) -> Motion:
    """Loads a motion. Raises NotFoundError."""
    found = services.store.board.motion(target)
    if found is None:
        raise NotFoundError("There is no motion at this address.")
    return found


@command("motion.move", motion_inputs.Move, meeting)
def move(step: Moving) -> Motion:
    """A motion on a document of the meeting, or from the floor; one at a time on each action."""
    found, form = step.subject, step.form
    over = {MeetingState.CANCELLED, MeetingState.ADJOURNED, MeetingState.MINUTES_APPROVED}
    if found.state in over:
        raise ConflictError(
            "This meeting is over, so nothing can be moved in it. Choose another one."
        )
    earlier = _earlier(step)
    if earlier:
        require_part(step, earlier)
    if form.document:
        return _move_document(step, earlier)
    return _move_from_floor(step, earlier)


def _earlier(step: Moving) -> Motion | None:
    """The postponed motion that is taken up again. Raises ValidationError."""
    if not step.form.again:
        return None
    earlier = step.services.store.board.motion(step.form.again)
    if earlier is None or earlier.state != rules.State.POSTPONED or earlier.amends:
        raise ValidationError({"again": "Choose a motion that was postponed."})
    return earlier


def _move_from_floor(step: Moving, earlier: Motion | None) -> Motion:
    found, form, limits = step.subject, step.form, step.services.policy.limits
    if earlier and (earlier.document_number or earlier.petition_id):
        raise ValidationError(
            {"document": "Choose the document of the motion that is taken up again."}
        )
    title = earlier.title if earlier else form.title
    wording = earlier.wording if earlier else form.wording
    errors = {}
    if not title:
        errors["title"] = "Say in a few words what it is about."
    elif len(title) > limits.name:
        errors["title"] = f"Shorten this by {len(title) - limits.name} characters."
    item = next((i for i in found.docket if form.item and form.item in {i.id, i.number}), None)
    if form.item and item is None:
        errors["item"] = "Choose an item of this meeting's docket."
    try:
        wordings.check(wording, max(limits.comment, len(earlier.wording) if earlier else 0))
    except ValidationError as error:
        errors |= error.errors
    if errors:
        raise ValidationError(errors)
    new, event = rules.move(
        new_id(),
        found.id,
        "",
        "",
        title,
        wording,
        step.by,
        item=(item.id or item.number) if item else "",
        again=form.again,
    )
    step.services.store.board.add_motion(step.unit, new, event)
    step.services.store.board.require_meeting(step.unit, found)
    return new


def _move_document(step: Moving, earlier: Motion | None) -> Motion:
    found, form, board = step.subject, step.form, step.services.store.board
    entry = found.document(form.document)
    if entry is None:
        raise ValidationError({"document": "Choose a document of this meeting."})
    require_part_in_document(step, entry.document_id, entry.number)
    if earlier and (earlier.document_id or earlier.petition_id) != (
        entry.document_id if earlier.document_id else entry.petition_id
    ):
        raise ValidationError(
            {"document": "Choose the document of the motion that is taken up again."}
        )
    texts = actions_of(step.services, entry)
    action = earlier.action if earlier else form.action
    action = 0 if len(texts) == 1 and action == 1 else action
    if not 0 <= action <= len(texts):
        raise ValidationError({"action": f"Doc {entry.number} has no action {action}."})
    _require_floor(step, entry.number, action, len(texts))
    _require_not_adopted(found, entry.number)
    given = _given(step, entry, texts, action, earlier)
    new, event = rules.move(
        new_id(),
        found.id,
        entry.number,
        entry.petition_id,
        entry.title,
        by=step.by,
        document_id=entry.document_id,
        action=action,
        again=form.again,
        **given,
    )
    board.add_motion(step.unit, new, event)
    board.require_meeting(step.unit, found)
    return new


def _given(
    step: Moving, entry: DocumentEntry, texts: list[str], action: int, earlier: Motion | None
) -> dict[str, Any]:
    """What is moved, by what is behind the document: a petition, a group's renewal, or no more than
    its own words.
    """
    if entry.petition_id:
        return _from_petition(step, entry, earlier)
    if entry.kind == DocumentKind.RENEWAL:
        return _from_renewal(step, entry, earlier)
    return _from_form(step, texts, action, earlier)


def _require_not_adopted(found: Meeting, number: str) -> None:
    """Raises ConflictError for a document that was adopted with the consent agenda."""
    item = next((i for i in found.docket if i.document == number), None)
    if item and item.id in found.consent_adopted:
        raise ConflictError(f"The Board has adopted Doc {number} with its consent agenda.")
    if item and item.consent and not item.pulled_by:
        raise ConflictError(
            f"Doc {number} is on the consent agenda. Pull its item first, so that it is decided "
            "separately."
        )


def actions_of(services: Services, entry: DocumentEntry) -> list[str]:
    """The wordings of the actions that a document of a meeting recommends, in their order."""
    if not entry.document_id:
        # Scheduled by an earlier release: the petition's one action.
        return [""] if entry.petition_id else []
    document = services.store.documents.get(entry.document_id)
    if document is None or document.state == DocumentState.WITHDRAWN:
        return []
    return [action.wording for action in document.form.actions]


def _require_floor(step: Moving, number: str, action: int, actions: int) -> None:
    """Takes care that the whole document and one of its actions are not before the Board at once.

    Raises ConflictError where something is in the way.
    """
    found, board = step.subject, step.services.store.board
    floors = board.floors(found.id, number)
    in_the_way = {n: held for n, held in floors.items() if action in {n, 0} or n == 0}
    for taken, held in sorted(in_the_way.items()):
        what = f"action {taken} of Doc {number}" if taken else f"Doc {number}"
        if held.get("decided"):
            raise ConflictError(f"The Board has decided on {what} already.")
        raise ConflictError(f"A motion on {what} is before the Board already.")
    others = range(1, actions + 1) if action == 0 and actions > 1 else [0] if action else []
    for other in others:
        board.require_free_floor(step.unit, found.id, number, other)


def _from_petition(step: Moving, entry: DocumentEntry, earlier: Motion | None) -> dict[str, Any]:
    """What is moved where a petition is behind the document: that its group be established, with
    what was amended before it was postponed.
    """
    if step.form.wording:
        raise ValidationError(
            {"wording": "This motion is worded from the petition. Move it, then amend it."}
        )
    # The floor is read before this: whoever freed it has decided the petition by then.
    petition = step.services.store.petitions.get(entry.petition_id)
    if petition is None or petition.state != petitions.State.SCHEDULED:
        raise ConflictError(f"The Board has decided on Doc {entry.number} already.")
    given: dict[str, Any] = {
        "effect": petition_form.effect_of(petition),
        "group_id": petition.continues,
    }
    if earlier and earlier.charge:
        return {**given, **amendments.parts_of(earlier), "wording": earlier.wording}
    policy, text = step.services.policy, petition.text
    wording = petition_form.recommended_motion(petition, policy)
    return {**given, "name": text.name, "charge": text.charge, "wording": wording}


def _from_renewal(step: Moving, entry: DocumentEntry, earlier: Motion | None) -> dict[str, Any]:
    """What is moved on a group's renewal: what its conveners asked for, with what was amended
    before it was postponed.
    """
    if step.form.wording:
        raise ValidationError(
            {"wording": "This motion is worded from the renewal. Move it, or vote it down."}
        )
    services = step.services
    document = services.store.documents.get(entry.document_id)
    group = services.store.groups.get(document.group_id) if document else None
    renewal = group.renewal if group else None
    if group is None or renewal is None or renewal.document_id != entry.document_id:
        raise ConflictError(f"The Board has decided on Doc {entry.number} already.")
    services.store.groups.require(step.unit, group)
    effect = renewal_form.effect_of(group)
    given: dict[str, Any] = {"effect": effect, "group_id": group.id}
    if earlier and earlier.group_id == group.id:
        return {**given, **_parts(earlier), "wording": earlier.wording}
    wording = renewal_form.wording_of(group, services.policy, services.today())
    if effect == Effect.RENEW:
        given |= {"name": renewal.answer.name, "charge": renewal.answer.charge}
    return {**given, "wording": wording}


def _parts(earlier: Motion) -> dict[str, str]:
    parts = amendments.parts_of(earlier)
    return parts if "charge" in parts else {}


def _from_form(
    step: Moving, texts: list[str], action: int, earlier: Motion | None
) -> dict[str, Any]:
    """What is moved of another document: what it recommends, or in a member's own words."""
    most = step.services.policy.limits.comment
    if earlier:
        return {"wording": earlier.wording}
    if step.form.wording:
        wordings.check(step.form.wording, most)
        return {"wording": step.form.wording}
    chosen = texts[action - 1 : action] if action else texts
    if not chosen:
        raise ValidationError(
            {"wording": "This document recommends no action: write the motion yourself."}
        )
    wording = wordings.numbered(chosen)
    try:
        wordings.check(wording, len(wording))
    except ValidationError as error:
        raise ValidationError(
            {"wording": "What it recommends does not begin with “That”: write the motion yourself."}
        ) from error
    return {"wording": wording}


@command("motion.second", load=motion)
def second(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion seconded by another voting member, who is not recused from it."""
    require_part(step, step.subject)
    new, event = rules.second(step.subject, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.withdraw", load=motion)
def withdraw(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion taken back by its mover; an amendment of it falls with it."""
    new, event = rules.withdraw(step.subject, step.by)
    let_amendment_fall(step, step.subject)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.postpone", motion_inputs.Postpone, motion)
def postpone(step: Step[Motion, motion_inputs.Postpone]) -> Motion:
    """The motion put off, to a meeting or indefinitely; an amendment of it falls with it. The
    conveners of its petition are told.
    """
    old, board = step.subject, step.services.store.board
    require_presiding(step, old)
    if old.is_amendment:
        raise ConflictError(
            "An amendment cannot be postponed alone: postpone the motion it amends."
        )
    to = board.meeting(step.form.meeting) if step.form.meeting else None
    if step.form.meeting and (to is None or to.id == old.meeting_id or to.starts_at <= step.by.at):
        raise ValidationError({"meeting": "Choose another meeting, one that is still to come."})
    new, event = _postponed(step, old, to)
    tell_conveners(step, new, event, to)
    return new


def put_off(step: Step[Any, Any], old: Motion) -> None:
    """Adds to a command that a motion is postponed with what it is about. One whose vote was void
    stays so, and is held anew no more. Raises ConflictError once a vote has begun.
    """
    if old.state == rules.State.VOID:
        step.services.store.board.free_floor(step.unit, old)
        return
    _postponed(step, old, None)


def _postponed(step: Step[Any, Any], old: Motion, to: Meeting | None) -> tuple[Motion, Event]:
    new, event = rules.postpone(old, step.by, to.id if to else "", to.title if to else "")
    let_amendment_fall(step, old)
    step.services.store.board.save_motion(step.unit, new, event)
    return new, event


def let_amendment_fall(step: Step[Any, Any], main: Motion) -> None:
    """Adds to a command that the amendment pending on a motion is withdrawn with it, or that none
    comes up meanwhile.
    """
    board = step.services.store.board
    if main.is_amendment:
        return
    pending = board.pending_amendment(main.id)
    if not pending:
        board.require_no_amendment(step.unit, main.id)
        return
    amendment = motion(step.services, pending)
    if amendment.state == rules.State.VOID:
        board.free_floor(step.unit, amendment)
        return
    fallen, event = amendments.fall(amendment, main, step.by)
    board.save_motion(step.unit, fallen, event)


def require_no_amendment(step: Step[Any, Any], main: Motion, then: str) -> None:
    """Lets a command through only while no amendment is pending; `then` is what has to wait.

    Raises ConflictError.
    """
    board = step.services.store.board
    if main.is_amendment:
        return
    if board.pending_amendment(main.id):
        raise ConflictError(f"An amendment is before the Board. Once it is disposed of, {then}.")
    board.require_no_amendment(step.unit, main.id)


@command("motion.divide", load=motion)
def divide(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion divided: each of its numbered actions is a motion of its own from now on. Who was
    recused from the whole is recused from each.
    """
    old, board = step.subject, step.services.store.board
    require_part(step, old)
    require_no_amendment(step, old, "the motion can be divided")
    # One name for each part, the same when the command is decided anew.
    count = len(wordings.sentences(old.wording))
    ids = [step.once.setdefault(f"part-{n}", new_id()) for n in range(count)]
    (new, event), parts = rules.divide(old, ids, step.by)
    board.save_motion(step.unit, new, event)
    for part, told in parts:
        board.add_motion(step.unit, part, told)
    hand_on(step, old, [part for part, _ in parts])
    return new


def worded(services: Services, main: Motion, parts: dict[str, str]) -> str:
    """The wording of a motion that gives a group its charge, with these parts of it. Raises
    NotFound.
    """
    policy = services.policy
    if main.petition_id:
        petition = services.store.petitions.get(main.petition_id)
        if petition is None:
            raise NotFoundError("The petition of this motion is missing.")
        return petition_form.worded(petition, parts, policy)
    group = services.store.groups.get(main.group_id)
    if group is None or group.renewal is None:
        raise NotFoundError("The renewal of this motion is missing.")
    return renewal_form.wording_of(group, policy, services.today(), **parts)
