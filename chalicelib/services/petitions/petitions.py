"""Drafting a petition, putting it before members, and handing it in."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.documents import steps as document_steps
from chalicelib.domain.documents.document import Document
from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings import meeting as meetings
from chalicelib.domain.motions import motion as motions
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Actor, Person, Role
from chalicelib.domain.petitions import conveners as petition_conveners
from chalicelib.domain.petitions import petition as rules
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.petitions.similar import Candidate, similar
from chalicelib.domain.petitions.text import Convener, Text
from chalicelib.domain.policy.rules import Limits
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import require
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, petition, roles_for
from chalicelib.services.context import Services
from chalicelib.services.motions.motions import actions_of, put_off
from chalicelib.services.outbox.email_queue import tell_signatories, to_conveners, to_people
from chalicelib.services.people.tokens import new_id
from chalicelib.services.petitions.invitations import letters_sent, within_a_day, write_invitations


@command("petition.draft", inputs.BeginDraft)
def draft(step: Step[None, inputs.BeginDraft]) -> Petition:
    """A new draft, convened by whoever begins it."""
    person = step.by.actor.person
    assert person is not None
    lead = Convener(name=person.name, email=person.email, institution=person.institution)
    new, event = rules.begin(new_id(), step.form.kind, lead, step.services.policy, step.by)
    step.services.store.petitions.add(step.unit, new, event)
    return new


@command("petition.edit", inputs.EditDraft, petition)
def edit(step: Step[Petition, inputs.EditDraft]) -> Petition:
    """The draft with new answers. Refused when another tab or convener saved in between."""
    old, form = step.subject, step.form
    text = Text(
        name=form.name,
        charge=form.charge,
        background=form.background,
        questions=tuple(q for q in form.questions if q),
        stakeholders=form.stakeholders,
        fiscal_impact=form.fiscal_impact,
        goal_area=form.goal_area,
    )
    conveners = _conveners(old, form, step.services.policy.limits)
    require(rules.TRANSITIONS, "petition", old.state, "edit")
    if (text, conveners) == (old.text, old.conveners):
        # Sent twice, because the first answer was lost on its way: it is saved.
        return old
    if form.version is not None and not _only_answers_since(step, form.version):
        raise ConflictError(
            "This draft was changed elsewhere since you opened it. Nothing was overwritten: "
            "copy what you typed, reload the page, and put the two together."
        )
    new, event = rules.edit(old, text, conveners, step.services.policy, step.by)
    _save(step, old, new, event)
    return new


def _only_answers_since(step: Step[Petition, inputs.EditDraft], version: int) -> bool:
    """Whether nothing happened to the draft since a version but that co-conveners were invited,
    or agreed: whoever was writing meanwhile goes on writing.
    """
    now = step.subject.version
    quiet = {"invite", "accept-invitation"}
    return version == now or (
        version < now
        and all(
            event.command in quiet
            for event in step.services.store.petitions.since(step.subject.id, version)
        )
    )


def _conveners(old: Petition, form: inputs.EditDraft, limits: Limits) -> tuple[Convener, ...]:
    """The lead convener, whose address cannot be changed here, and those named beside them."""
    lead = Convener(
        name=form.lead_name, email=old.conveners[0].email, institution=form.lead_institution
    )
    inputs.keep_within(limits.person_name, lead_name=lead.name)
    inputs.keep_within(limits.institution, lead_institution=lead.institution)
    errors: dict[str, str] = {}
    seen = {key_of(lead.email)}
    others = []
    for number, row in enumerate(form.conveners):
        if not (row.name or row.email or row.institution):
            continue
        if not row.name:
            errors[f"conveners-{number}-name"] = "Add this co-convener's name."
        for field, most in (("name", limits.person_name), ("institution", limits.institution)):
            if len(getattr(row, field)) > most:
                errors[f"conveners-{number}-{field}"] = f"Shorten this to {most} characters."
        try:
            inputs.clean_email(row.email)
        except ValueError as error:
            errors[f"conveners-{number}-email"] = str(error)
            continue
        if key_of(row.email) in seen:
            errors[f"conveners-{number}-email"] = "This address is named already."
        seen.add(key_of(row.email))
        others.append(_named(old, row))
    if errors:
        raise ValidationError(errors)
    return (lead, *others)


def _named(old: Petition, row: inputs.CoConvener) -> Convener:
    """A co-convener as the form names them. Whoever is new at this address has to agree first."""
    known = next((c for c in old.conveners if key_of(c.email) == key_of(row.email)), None)
    return Convener(
        name=row.name,
        email=row.email,
        institution=row.institution,
        accepted=known.accepted if known else False,
        invited_at=known.invited_at if known else None,
    )


@command("petition.publish", load=petition)
def publish(step: Step[Petition, inputs.Nothing]) -> Petition:
    """The petition open for signatures; co-conveners are told, those not invited yet are, and
    where the text changed after a return, everybody who had signed is asked again.
    """
    old = step.subject
    new, event = rules.publish(old, step.services.policy, step.by)
    sent = letters_sent(step.services, new)
    able = petition_conveners.invitable(new, sent, step.services.policy, step.by.at)
    # Who is one too many for today is invited from the petition's page, some other day.
    chosen = within_a_day(step, [c for c in able if c.invited_at is None])
    new = replace(new, conveners=petition_conveners.invited(new.conveners, chosen, step.by.at))
    _save(step, old, new, event, due=window_ends(step.services, new))
    write_invitations(step, new, chosen, sent)
    to_conveners(step, new, event, "petition-published")
    if old.text_digest and old.text_digest != new.text_digest:
        tell_signatories(step, new, event, "ask-again")
    return new


@command("petition.reach-threshold", load=petition)
def reach_threshold(step: Step[Petition, inputs.Nothing]) -> Petition:
    """Puts the crossing of the threshold on record and tells the conveners, once."""
    old = step.subject
    if not rules.crossed_threshold(old, step.services.policy):
        return old
    new, event = rules.reach_threshold(old, step.services.policy, step.by)
    _save(step, old, new, event, due=window_ends(step.services, new))
    to_conveners(step, new, event, "threshold-reached")
    return new


@command("petition.submit", load=petition)
def submit(step: Step[Petition, inputs.Nothing]) -> Petition:
    """The petition in staff's queue, with a receipt to the conveners."""
    old = step.subject
    new, event = rules.submit(old, step.services.policy, step.by)
    _save(step, old, new, event)
    to_conveners(step, new, event, "petition-submitted")
    to_people(step, new, event, "staff-submitted", step.services.store.people.staff())
    return new


@command("petition.revise", load=petition)
def revise(step: Step[Petition, inputs.Nothing]) -> Petition:
    """A returned petition as a draft again."""
    old = step.subject
    new, event = rules.revise(old, step.by)
    _save(step, old, new, event)
    return new


@command("petition.withdraw", inputs.Withdraw, petition)
def withdraw(step: Step[Petition, inputs.Withdraw]) -> Petition:
    """The petition ended by its conveners; taken off the docket if it was on one."""
    old = step.subject
    inputs.keep_within(step.services.policy.limits.comment, reason=step.form.reason)
    new, event = rules.withdraw(old, step.form.reason, step.by)
    take_off_docket(step, old)
    _save(step, old, new, event)
    to_conveners(step, new, event, "petition-withdrawn")
    tell_signatories(step, new, event, "signatory-petition-ended")
    if old.state != State.DRAFT and old.submitted_at:
        to_people(step, new, event, "staff-withdrawn", step.services.store.people.staff())
    return new


@command("petition.expire", load=petition)
def expire(step: Step[Petition, inputs.Nothing]) -> Petition:
    """A petition whose window passed below the threshold."""
    old = step.subject
    if old.state != State.COLLECTING:
        # The index that named it lags behind: its conveners were faster.
        return old
    if not rules.should_expire(old, step.services.policy, step.by.at):
        # It has its signatures and waits for its conveners; it is looked at again tomorrow.
        tomorrow = step.by.at + timedelta(days=1)
        step.services.store.petitions.put_off(step.unit, old, tomorrow)
        return old
    new, event = rules.expire(old, step.services.policy, step.by)
    _save(step, old, new, event)
    needed = rules.rule_of(new, step.services.policy).signatures
    to_conveners(step, new, event, "petition-expired", needed=needed)
    tell_signatories(step, new, event, "signatory-petition-ended")
    return new


def take_off_docket(
    step: Step[Any, Any], old: Petition, *, moving: bool = False
) -> Document | None:
    """Removes a scheduled petition from its meeting, and withdraws its document. One that is
    `moving` to another meeting takes its document along, which is returned.

    Raises ConflictError once a vote has begun.
    """
    if old.state != State.SCHEDULED:
        return None
    board = step.services.store.board
    free_the_floor(step, old.meeting_id, old.document_number)
    meeting = board.meeting(old.meeting_id)
    assert meeting is not None
    entry = meeting.document(old.document_number)
    changed, event = meetings.remove_document(meeting, old.id, step.by)
    board.save_meeting(step.unit, changed, event)
    documents = step.services.store.documents
    # A petition that an earlier release scheduled has no document of its own.
    document = documents.get(entry.document_id) if entry and entry.document_id else None
    if document and not moving:
        withdrawn, told = document_steps.withdraw(document, "", step.by)
        documents.save(step.unit, withdrawn, told)
    return document


def free_the_floor(step: Step[Any, Any], meeting_id: str, number: str) -> None:
    """Postpones the motions that pend on a document which leaves the docket, or on its actions.

    Raises ConflictError once a vote has begun.
    """
    board = step.services.store.board
    floors = board.floors(meeting_id, number)
    for action in range(_actions(step, meeting_id, number) + 1):
        if action not in floors:
            board.require_free_floor(step.unit, meeting_id, number, action)
    for held in floors.values():
        if held.get("decided"):
            continue
        motion = board.motion(held["motion"])
        assert motion is not None
        if motion.state in {motions.State.OPEN, motions.State.CLOSED}:
            raise ConflictError(f"The Board’s vote on Doc {number} has begun; it runs to its end.")
        put_off(step, motion)


def _actions(step: Step[Any, Any], meeting_id: str, number: str) -> int:
    """How many numbered actions a document has that are moved one by one."""
    meeting = step.services.store.board.meeting(meeting_id)
    entry = meeting.document(number) if meeting else None
    count = len(actions_of(step.services, entry)) if entry else 0
    return count if count > 1 else 0


def due_of(services: Services, new: Petition) -> datetime | None:
    """When the sweep has to look at a petition as it is stored: at its window's end while it
    collects, and never while signing is paused, which moves that end.
    """
    collecting = new.state == State.COLLECTING and new.paused_at is None
    return window_ends(services, new) if collecting else None


def window_ends(services: Services, new: Petition) -> datetime:
    """When the sweep has to look at this petition: the window and its late hours are over."""
    until = rules.confirm_until(new, services.policy)
    assert until is not None
    return until + timedelta(seconds=1)


def _save(
    step: Step[Any, Any],
    old: Petition,
    new: Petition,
    event: Event,
    due: datetime | None = None,
) -> None:
    step.services.store.petitions.save(step.unit, old, new, event, due)


def petitions_of(services: Services, person: Person) -> list[Petition]:
    """The petitions that a person convenes, newest first."""
    store = services.store.petitions
    found = [store.get(petition_id) for petition_id in store.convened_by(person.email)]
    return sorted((p for p in found if p), key=lambda p: (p.begun_on, p.id), reverse=True)


def similar_to(services: Services, draft: Petition) -> list[Candidate]:
    """Groups and open petitions that resemble a draft."""
    groups = [
        Candidate(row["name"], row["charge"], f"/groups/{row['slug']}", row["state"])
        for row in services.store.groups.listed()
        if row["slug"] != draft.continues
    ]
    petitions = [
        Candidate(row["name"], row["charge"], f"/petitions/{row['id']}", row["state"])
        for state in (State.COLLECTING, State.SUBMITTED, State.VERIFIED, State.SCHEDULED)
        for row in services.store.petitions.in_state(state).rows
        if row["id"] != draft.id
    ]
    return similar(draft.text.name, draft.text.charge, [*groups, *petitions])


def conveners_of(actor: Actor, found: Petition) -> bool:
    """Whether the actor is one of the petition's conveners."""
    return Role.CONVENER in roles_for(actor, found)
