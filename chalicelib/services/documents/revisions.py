"""Changing a document: staff's edits, another text or file, and what changed by each."""

from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.checks.diffs import FieldChange, short_changes
from chalicelib.domain.documents import form_text, steps
from chalicelib.domain.documents.document import Action, Document, File, Form, Kind, Revision
from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.meetings import documents as entries
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.milestones import acknowledge_by
from chalicelib.domain.people.people import Role
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.documents import inputs as forms
from chalicelib.services.documents import uploads
from chalicelib.services.documents.documents import document, tell_about_change, to_staff
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.petitions.texts import in_words

# Those that are written from what conveners answered.
_MADE = frozenset({Kind.PETITION, Kind.RENEWAL})


@command("document.edit", forms.Change, document)
def edit(step: Step[Document, forms.Change]) -> Document:
    """The document as staff edit it. It is another revision once a packet holds it, and whose
    document it is hears what changed and why.
    """
    if step.form.upload:
        raise ValidationError({"file": "Send another file as a revision of the document."})
    return _change(step, "edit")


@command("document.revise", forms.Change, document)
def revise(step: Step[Document, forms.Change]) -> Document:
    """Another text or file under the same number. Of its sender, staff have to look at it anew."""
    if step.subject.kind in _MADE:
        raise ConflictError(
            "This document was made by the software: staff edit it, nobody can submit a new "
            "version."
        )
    return _change(step, "revise")


def _change(step: Step[Document, forms.Change], name: str) -> Document:
    old, form, services = step.subject, step.form, step.services
    inputs.keep_within(services.policy.limits.comment, reason=form.reason)
    is_staff = Role.STAFF in step.by.actor.roles
    meeting = load_meeting(services, old.meeting_id)
    if not is_staff and entries.is_closed(meeting, old):
        raise ConflictError("This document is for a closed session now. Write to staff.")
    if not is_staff and step.by.at >= meeting.starts_at:
        raise ConflictError("The meeting has begun. Write to staff.")
    text = changed_form(step, old, form)
    file = uploads.keep(services, step.by.actor, form.upload) if form.upload else old.file
    closed = old.closed if form.closed is None or not is_staff else form.closed
    title = form.title or old.title
    same = (title, text, file, closed) == (old.title, old.form, old.file, old.closed)
    if same:
        # Sent twice, because the first answer was lost on its way: it is saved.
        return old
    if form.text is not None and form.text != old.texts:
        raise ConflictError(steps.FASTER)
    if not form.reason:
        raise ValidationError({"reason": "Give the reason: it is shown with the change."})
    counts = bool(old.number) and (name == "revise" or _in_a_packet(step, meeting, old))
    anew = None if is_staff else acknowledge_by(step.by.at, services.policy)
    new, event, kept = steps.change(
        old,
        name,
        old.texts,
        title,
        text,
        file,
        form.reason,
        step.by,
        closed=closed,
        counts=counts,
        acknowledge_by=anew,
    )
    services.store.documents.save(step.unit, new, event, kept)
    if new.number:
        # So that a packet that is asked for at this moment is of this text or of the one before.
        changed, told = entries.keep_in_step(meeting, new, step.by)
        services.store.board.save_meeting(step.unit, changed, told)
    words = _told(old, new, step)
    if is_staff:
        tell_about_change(step, new, event, meeting, words, form.reason)
    else:
        to_staff(step, new, event, "staff-document-revised", meeting, why=form.reason)
    return new


def _in_a_packet(step: Step[Document, Any], meeting: Meeting, old: Document) -> bool:
    entry = meeting.document(old.number)
    return entries.holding(entry, step.services.store.board.packets(meeting.id))


def _told(old: Document, new: Document, step: Step[Any, Any]) -> str:
    """The change in words for a letter."""
    was, is_now = steps.text_of(old, "", step.by), steps.text_of(new, "", step.by)
    found = in_words(form_text.changes(was, is_now))
    if new.file and old.file and new.file.sha256 != old.file.sha256:
        found = "\n".join(filter(None, [found, f"The file is another one: {new.file.name}."]))
    if new.closed != old.closed:
        said = "It is for a closed session now." if new.closed else "It is for an open session now."
        found = "\n".join(filter(None, [found, said]))
    return found


def changed_form(step: Step[Document, Any], old: Document, form: forms.Change) -> Form:
    """The form with new answers. Raises ValidationError for those that cannot be taken.

    The first action of a petition, or of a renewal, is made from it, whatever was sent.
    """
    text = old.form if old.kind == Kind.FILE else form_text.form_for(old.kind, form_of(form))
    if old.kind in _MADE:
        made = tuple(a for a in old.form.actions if a.effect)
        text = replace(text, subject=old.form.subject, actions=(*made, *text.actions))
    title = form.title or old.title
    errors = form_text.why_not(old.kind, title, text, step.services.policy, old.form)
    if errors:
        raise ValidationError(_as_sent(errors, old))
    return text


def _as_sent(errors: dict[str, str], old: Document) -> dict[str, str]:
    """The errors under the fields of the page, where the petition's own action is no field."""
    made = sum(1 for action in old.form.actions if action.effect)
    moved = {}
    for field, message in errors.items():
        name, _, rest = field.partition("-")
        if made and name == "actions" and rest:
            number, _, column = rest.partition("-")
            moved[f"actions-{int(number) - made}-{column}"] = message
        else:
            moved[field] = message
    return moved


def form_of(form: forms.FormText) -> Form:
    """The answers as a form, without its empty lines."""
    return Form(
        subject=form.title,
        submitted_by=tuple(line for line in form.submitted_by if line),
        background=form.background,
        questions=tuple(line for line in form.questions if line),
        stakeholders=form.stakeholders,
        fiscal_impact=form.fiscal_impact,
        goal_area=form.goal_area,
        actions=tuple(Action(line) for line in form.actions if line),
    )


# What changed


@dataclass(frozen=True)
class Version:
    """A text of a document with what changed since the one before it. `files` are the two files,
    where that is what changed.
    """

    text: Revision
    changes: list[FieldChange]
    files: tuple[File, File] | None = None


def versions(revisions: list[Revision]) -> list[Version]:
    """Every text of a document, the newest first, each with what changed."""
    made = []
    for n, text in enumerate(revisions):
        before = revisions[n - 1] if n else None
        found = form_text.changes(before, text) if before else []
        files = None
        if before and before.file and text.file and before.file.sha256 != text.file.sha256:
            files = (before.file, text.file)
        made.append(Version(text, short_changes(found), files))
    return made[::-1]


def since_conveners(revisions: list[Revision]) -> list[FieldChange]:
    """What staff changed in all against what the conveners wrote; nothing where they wrote it all
    or there are none.
    """
    if len(revisions) < 2 or not revisions[0].by_convener:  # noqa: PLR2004 - one to compare with
        return []
    return short_changes(form_text.changes(revisions[0], revisions[-1]))
