"""The parts of a document's form: which a kind has, what is wrong with them, and what changed."""

from dataclasses import replace

from chalicelib.domain.checks.diffs import FieldChange, field_change
from chalicelib.domain.documents.document import Action, Form, Kind, Revision
from chalicelib.domain.policy.rules import Policy

LABELS = {
    "title": "Title",
    "subject": "Subject",
    "submitted_by": "Submitted by",
    "background": "Background",
    "questions": "Questions for discussion",
    "stakeholders": "Stakeholders",
    "fiscal_impact": "Fiscal and staffing impact",
    "goal_area": "Strategic goal area",
    "actions": "Actions recommended",
}
# What a form of each kind asks for besides its title and who submits it.
PARTS: dict[Kind, tuple[str, ...]] = {
    Kind.PETITION: ("background", "stakeholders", "fiscal_impact", "goal_area", "actions"),
    Kind.RENEWAL: ("background", "stakeholders", "fiscal_impact", "goal_area", "actions"),
    Kind.ACTION: ("background", "stakeholders", "fiscal_impact", "goal_area", "actions"),
    Kind.DISCUSSION: ("background", "questions", "stakeholders", "goal_area"),
    Kind.COVER: ("background", "goal_area"),
    Kind.FILE: (),
}
HEADINGS = {
    Kind.PETITION: "Action form",
    Kind.RENEWAL: "Action form",
    Kind.ACTION: "Action form",
    Kind.DISCUSSION: "Discussion form",
    Kind.COVER: "Cover form",
    Kind.FILE: "File",
}
_TO_FILL = {
    "background": "Say what the Board has to know.",
    "questions": "Write at least one question.",
    "actions": "Word at least one action.",
}
OPENING = "That "


def form_for(kind: Kind, form: Form) -> Form:
    """The form with only those parts that its kind asks for."""
    others = {"background", "questions", "stakeholders", "fiscal_impact", "goal_area", "actions"}
    gone = others - set(PARTS[kind])
    blank = Form()
    return replace(form, **{name: getattr(blank, name) for name in gone})


def why_not(kind: Kind, title: str, form: Form, policy: Policy, old: Form) -> dict[str, str]:
    """What is wrong with a form, by field; nothing where it can be taken.

    A part that was empty in the `old` form may stay so, as conveners may leave some parts out.
    """
    rule, errors = policy.documents, {}
    parts = PARTS[kind]
    if not title:
        errors["title"] = "Give it a title: the docket names it so."
    elif len(title) > rule.title:
        errors["title"] = f"Shorten this by {len(title) - rule.title} characters; {rule.title} fit."
    for name in ("background", "stakeholders", "fiscal_impact"):
        text = getattr(form, name)
        if len(text) > rule.text:
            errors[name] = f"Shorten this by {len(text) - rule.text} characters; {rule.text} fit."
    if form.goal_area and form.goal_area not in {*policy.goal_areas, old.goal_area}:
        errors["goal_area"] = "Choose one of the goal areas listed."
    for name, told in _TO_FILL.items():
        if name in parts and not getattr(form, name):
            errors[name] = told
    errors |= _of_questions(form, policy) | _of_actions(form, policy) | _of_names(form, policy)
    return errors


def _of_questions(form: Form, policy: Policy) -> dict[str, str]:
    limits = policy.limits
    errors = {
        f"questions-{n}-value": f"Shorten this to {limits.question} characters."
        for n, question in enumerate(form.questions)
        if len(question) > limits.question
    }
    if len(form.questions) > limits.questions:
        errors["questions"] = f"Ask {limits.questions} questions at most."
    return errors


def _of_names(form: Form, policy: Policy) -> dict[str, str]:
    limits = policy.limits
    most = limits.person_name + limits.institution
    errors = {
        f"submitted_by-{n}-value": f"Shorten this to {most} characters."
        for n, name in enumerate(form.submitted_by)
        if len(name) > most
    }
    if len(form.submitted_by) > limits.conveners + 1:
        errors["submitted_by"] = f"Name {limits.conveners + 1} people at most."
    return errors


def _of_actions(form: Form, policy: Policy) -> dict[str, str]:
    rule, errors = policy.documents, {}
    for n, action in enumerate(form.actions):
        if action.effect:
            # Made from a petition, and not worded by hand.
            continue
        wording = action.wording
        if not wording.startswith(OPENING):
            errors[f"actions-{n}-value"] = (
                f"Begin with “{OPENING.strip()}”: it is read out as a motion."
            )
        elif len(wording) > rule.wording:
            errors[f"actions-{n}-value"] = f"Shorten this to {rule.wording} characters."
    if len(form.actions) > rule.actions:
        errors["actions"] = f"Recommend {rule.actions} actions at most."
    return errors


def changes(old: Revision, new: Revision) -> list[FieldChange]:
    """What changed from one text of a document to another, part by part."""
    found = field_change("title", LABELS["title"], old.title, new.title)
    for name, label in LABELS.items():
        if name in {"title", "actions"} or (name == "subject" and old.form.subject == old.title):
            # The subject of what was sent in is its title.
            continue
        found += field_change(name, label, _plain(old.form, name), _plain(new.form, name))
    return found + _of_each_action(old.form.actions, new.form.actions)


def _plain(form: Form, name: str) -> str:
    value = getattr(form, name)
    return value if isinstance(value, str) else "\n".join(value)


def _of_each_action(old: tuple[Action, ...], new: tuple[Action, ...]) -> list[FieldChange]:
    found: list[FieldChange] = []
    for n in range(max(len(old), len(new))):
        was = old[n].wording if n < len(old) else ""
        becomes = new[n].wording if n < len(new) else ""
        found += field_change(f"action-{n + 1}", f"Action {n + 1}", was, becomes)
    return found
