"""The Board: meetings, motions, ballots, and what an announced result brings about."""

from chalicelib.domain import group as groups
from chalicelib.domain import meeting as meetings
from chalicelib.domain import motion as rules
from chalicelib.domain import petition as petitions
from chalicelib.domain.errors import Conflict, Invalid, NotFound
from chalicelib.domain.meeting import Meeting
from chalicelib.domain.motion import Ballot, Motion
from chalicelib.domain.people import Person, Role, actor_for
from chalicelib.domain.tally import in_words
from chalicelib.domain.times import from_local
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.packet_content import recommended_motion
from chalicelib.services.tokens import new_id
from chalicelib.services.writing import tell_signatories, to_conveners, write


def meeting(services: Services, target: str) -> Meeting:
    """Loads a meeting. Raises NotFound."""
    found = services.store.board.meeting(target)
    if found is None:
        raise NotFound("There is no meeting at this address.")
    return found


def motion(services: Services, target: str) -> Motion:
    """Loads a motion. Raises NotFound."""
    found = services.store.board.motion(target)
    if found is None:
        raise NotFound("There is no motion at this address.")
    return found


@command("meeting.plan", inputs.PlanMeeting)
def plan(step: Step[None, inputs.PlanMeeting]) -> Meeting:
    """A new meeting with the standing docket."""
    form, policy = step.form, step.services.policy
    errors = {}
    for field in ("title", "code", "place"):
        value = getattr(form, field)
        if not value:
            errors[field] = "Fill this in."
        elif len(value) > 120:
            errors[field] = "Shorten this to 120 characters."
    if errors:
        raise Invalid(errors)
    try:
        starts = from_local(form.day, form.time, policy.association.zone)
    except OverflowError:
        raise Invalid({"day": "Choose a day that people can count on."}) from None
    new, event = meetings.plan(new_id(), form.title, form.code, starts, form.place, policy, step.by)
    step.services.store.board.add_meeting(step.unit, new, event)
    return new


@command("motion.move", inputs.Move, meeting)
def move(step: Step[Meeting, inputs.Move]) -> Motion:
    """A motion on a document of the meeting; one at a time has the floor."""
    found, form, board = step.subject, step.form, step.services.store.board
    document = found.document(form.document)
    if document is None:
        raise Invalid({"document": "Choose a document of this meeting."})
    if board.floor(found.id, document.number):
        raise Conflict(f"A motion on Doc {document.number} is before the Board already.")
    # The floor is read before this: whoever freed it has decided the petition by then.
    petition = step.services.store.petitions.get(document.petition_id)
    if petition is None or petition.state != petitions.State.SCHEDULED:
        raise Conflict(f"The Board has decided on Doc {document.number} already.")
    new, event = rules.move(
        new_id(),
        found.id,
        document.number,
        document.petition_id,
        document.title,
        recommended_motion(petition, step.services.policy),
        step.by,
    )
    board.add_motion(step.unit, new, event)
    board.require_meeting(step.unit, found)
    return new


@command("motion.second", load=motion)
def second(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion seconded by another voting member."""
    new, event = rules.second(step.subject, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.withdraw", load=motion)
def withdraw(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion taken back by its mover."""
    new, event = rules.withdraw(step.subject, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.postpone", load=motion)
def postpone(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The motion put off."""
    new, event = rules.postpone(step.subject, step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.open", load=motion)
def open_vote(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The vote opened to the seats that are voting today; each of them is told."""
    services = step.services
    electors = _voting_members(services)
    new, event = rules.open_vote(step.subject, electors, step.by)
    services.store.board.save_motion(step.unit, new, event)
    for person in electors:
        data = {"motion_id": new.id, "title": new.title, "wording": new.wording}
        write(step, event, "vote-open", person.email, person.name, data)
    return new


def _voting_members(services: Services) -> list[Person]:
    """Everybody whose seat votes today."""
    today = services.today()
    board = services.store.people.board()
    return [person for person in board if Role.VOTING in actor_for(person, today).roles]


@command("motion.vote", inputs.Vote, motion)
def vote(step: Step[Motion, inputs.Vote]) -> Ballot | None:
    """The member's one ballot, cast or changed."""
    board, actor = step.services.store.board, step.by.actor
    inputs.keep_within(step.services.policy.limits.comment, reason=step.form.reason)
    existing = board.ballot(step.subject.id, actor.id)
    new = rules.vote(step.subject, existing, step.form.choice, step.form.reason, actor, step.by.at)
    if new is None:
        return existing
    board.save_ballot(step.unit, new)
    return new


@command("motion.close", load=motion)
def close(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The vote closed; its ballots stand from now on."""
    new, event = rules.close(step.subject, _voting_members(step.services), step.by)
    step.services.store.board.save_motion(step.unit, new, event)
    return new


@command("motion.announce", load=motion)
def announce(step: Step[Motion, inputs.Nothing]) -> Motion:
    """The result declared, and with it, in one transaction, what it decides: the petition
    approved and its group chartered, or the petition declined. Without a quorum nothing is
    decided: the motion is postponed, and the petition stays before the Board.
    """
    services, old = step.services, step.subject
    ballots = services.store.board.ballots(old.id)
    new, event = rules.announce(old, ballots, services.policy, step.by)
    services.store.board.save_motion(step.unit, new, event)
    if new.state == rules.State.POSTPONED:
        return new
    petition = services.store.petitions.get(old.petition_id)
    if petition is None or new.tally is None:
        raise NotFound("The petition of this motion is missing.")
    vote = in_words(new.tally)
    if new.state == rules.State.CARRIED:
        slug = _free_slug(services, petition.text.name)
        decided, told = petitions.approve(petition, slug, new.id, vote, step.by)
        group, chartered = groups.charter(slug, petition, new, services.policy, step.by)
        services.store.groups.add(step.unit, group, chartered)
        to_conveners(step, decided, told, "petition-approved", vote=vote)
        tell_signatories(step, decided, told, "signatory-petition-approved")
    else:
        decided, told = petitions.decline(petition, new.id, vote, step.by)
        to_conveners(step, decided, told, "petition-declined", vote=vote)
        tell_signatories(step, decided, told, "signatory-petition-declined")
    services.store.petitions.save(step.unit, petition, decided, told, None)
    return new


def _free_slug(services: Services, name: str) -> str:
    """A group address that nobody has. Two at once are told apart by the transaction."""
    slug = groups.slug_of(name)
    number = 1
    candidate = slug
    while services.store.groups.get(candidate) is not None:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
