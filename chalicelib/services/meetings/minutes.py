"""Minutes: written from the record, edited, distributed, approved."""

from typing import Any

from chalicelib.domain.documents.discussion_view import view_of
from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.meetings import attendance, minutes_draft
from chalicelib.domain.meetings import minutes as rules
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.minutes import Minutes, Section
from chalicelib.domain.meetings.minutes_draft import Asked, Held, Voted
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.people.people import Role, actor_for
from chalicelib.domain.times import local_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.meetings import actions
from chalicelib.services.meetings import minutes_inputs as forms
from chalicelib.services.meetings.letters import to_board
from chalicelib.services.meetings.lookup import meeting


def minutes(services: Services, target: str) -> Minutes:
    """Loads the minutes of a meeting. Raises NotFoundError."""
    found = services.store.minutes.get(target)
    if found is None:
        raise NotFoundError("No minutes of this meeting were written yet.")
    return found


@command("minutes.write", load=meeting)
def write(step: Step[Meeting, inputs.Nothing]) -> Minutes:
    """The minutes of a meeting that has ended, written from the record; a draft that is there is
    written anew.
    """
    services, found = step.services, step.subject
    old = services.store.minutes.get(found.id)
    sections = from_record(services, found)
    if old is None:
        new, event, text = rules.begin(found, sections, step.by)
    else:
        new, event, text = rules.write_anew(old, sections, step.by)
    services.store.minutes.save(step.unit, new, event, text)
    return new


@command("minutes.edit", forms.EditMinutes, minutes)
def edit(step: Step[Minutes, forms.EditMinutes]) -> Minutes:
    """The minutes in other words. Raises ConflictError where somebody else edited them
    meanwhile.
    """
    form, old = step.form, step.subject
    if form.version != old.version:
        raise ConflictError(
            "Somebody changed these minutes since you opened them. Copy what you wrote, reload "
            "the page, and paste it there."
        )
    inputs.keep_within(step.services.policy.limits.comment, why=form.why)
    changed = rules.edit(old, {one.key: one.text for one in form.texts}, form.why, step.by)
    if changed is None:
        return old
    new, event, text = changed
    step.services.store.minutes.save(step.unit, new, event, text)
    return new


@command("minutes.distribute", load=minutes)
def distribute(step: Step[Minutes, inputs.Nothing]) -> Minutes:
    """The draft sent to the Board, to be read before it is approved."""
    services = step.services
    new, event = rules.distribute(step.subject, step.by)
    services.store.minutes.save(step.unit, new, event)
    to_board(step, meeting(services, new.id), event, "minutes-distributed")
    return new


@command("minutes.approve", forms.ApproveMinutes, minutes)
def approve(step: Step[Minutes, forms.ApproveMinutes]) -> Minutes:
    """The minutes approved at a later meeting. From now on they are final, and public."""
    services, old = step.services, step.subject
    board = services.store.board
    at = board.meeting(step.form.meeting)
    if at is None:
        raise ValidationError({"meeting": "Choose the meeting at which they were approved."})
    of = meeting(services, old.id)
    new, event = rules.approve(old, of, at, step.by)
    services.store.minutes.save(step.unit, new, event)
    closed, told = rules.meeting_approved(of, step.by)
    board.save_meeting(step.unit, closed, told)
    return new


def approvable_at(services: Services, of: Meeting) -> list[dict[str, Any]]:
    """The later meetings that have begun, the latest first, as their listings."""
    begun = {"in-session", "adjourned", "minutes-approved"}
    return [
        row
        for row in services.store.board.meetings()
        if row["starts_at"] > of.starts_at.isoformat() and row.get("state") in begun
    ]


def from_record(services: Services, found: Meeting) -> list[Section]:
    """The minutes as the record alone has them. Reads each motion with its ballots, and what was
    asked about each document.
    """
    board = services.store.board
    done = {one.motion_id: one for one in actions.of_one(services, found)}
    all_of = [read for row in board.motions(found.id) if (read := board.read_motion(row["id"]))]
    amendments = [read for read in all_of if read[0].is_amendment]
    motions = tuple(
        Voted(
            motion,
            tuple(ballots),
            tuple(
                Voted(other, tuple(cast))
                for other, _, cast in amendments
                if other.amends == motion.id
            ),
            done[motion.id].did if motion.id in done else "",
            done[motion.id].closed if motion.id in done else False,
        )
        for motion, _, ballots in all_of
        if not motion.is_amendment
    )
    held = Held(
        meeting=found,
        board=services.policy.association.board,
        zone=services.policy.association.zone,
        called_by=_called_by(services, found),
        quorum=attendance.quorum(found, services.policy),
        absent=tuple(_absent(services, found)),
        motions=motions,
        questions=_questions(services, found),
        confirmed=_confirmed(services, found),
    )
    return minutes_draft.written(held)


def _called_by(services: Services, found: Meeting) -> str:
    steps = services.store.record.steps(f"meeting/{found.id}")
    return next((s.actor_name for s in reversed(steps) if s.command == "begin"), "")


def _absent(services: Services, found: Meeting) -> list[str]:
    """Voting members of the meeting's day who were not there at any time."""
    if not found.present:
        return []
    day = local_date(found.starts_at, services.policy.association.zone)
    there = {one.person_id for one in found.present}
    return [
        person.name
        for person in services.store.people.board(day)
        if person.id not in there and Role.VOTING in actor_for(person, day).roles
    ]


def _questions(services: Services, found: Meeting) -> dict[str, list[Asked]]:
    """What was asked about each document and answered, by the document's number."""
    asked: dict[str, list[Asked]] = {}
    for entry in found.current_documents:
        if not entry.document_id:
            continue
        _, events = services.store.discussions.read(entry.document_id)
        for question in view_of(events).standing:
            answers = tuple((s.author, s.text) for s in question.steps)
            one = Asked(question.author, question.text, answers)
            asked.setdefault(entry.number, []).append(one)
    return asked


def _confirmed(services: Services, found: Meeting) -> dict[str, Motion]:
    ids = [item.confirms for item in found.docket if item.confirms]
    return {one.id: one for one in map(services.store.board.motion, ids) if one}
