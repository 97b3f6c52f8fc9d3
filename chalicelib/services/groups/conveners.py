"""Who convenes a group: invitations, handing over, stepping down."""

from typing import Any

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.groups import conveners as rules
from chalicelib.domain.groups.group import Convener, Group
from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import Role
from chalicelib.domain.record.events import Event
from chalicelib.domain.times import long_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services
from chalicelib.services.groups import inputs as forms
from chalicelib.services.groups.groups import Told, about, group, save, to_conveners, to_staff
from chalicelib.services.outbox.email_queue import write
from chalicelib.services.petitions.invitations import DAY


@command("group.invite-convener", forms.InviteConvener, group)
def invite(step: Step[Group, forms.InviteConvener]) -> Group:
    """Somebody invited to convene the group, by letter. Who convenes it already, and names a
    convener to be replaced, hands over when they accept.
    """
    old, form = step.subject, step.form
    new, event = invited(step, old, form.name, form.email, form.institution, form.replaces)
    save(step, old, new, event)
    return new


def invited(
    step: Step[Any, Any], old: Group, name: str, email: str, institution: str, replaces: str
) -> tuple[Group, Event]:
    """The group with an invitation, whose letter is put into the command."""
    policy = step.services.policy
    inputs.keep_within(policy.limits.person_name, name=name)
    inputs.keep_within(policy.limits.institution, institution=institution)
    if replaces and Role.STAFF not in step.by.actor.roles:
        own = rules.convener_of(old, step.by.actor)
        if own is None or own.id != replaces:
            raise NotAllowedError("You can hand over your own place alone.")
    new, event = rules.invite(old, name, email, institution, replaces, policy, step.by)
    _require_few(step, email)
    _write_invitation(step, new, new.conveners[-1])
    return new, event


@command("group.invite-again", forms.OneConvener, group)
def invite_again(step: Step[Group, forms.OneConvener]) -> Group:
    """The letter to somebody who has not answered, once more."""
    old, services = step.subject, step.services
    asked = old.convener(step.form.convener)
    if asked is None or asked.accepted:
        raise ConflictError("This person has no open invitation.")
    sent = letters_sent(services, old, asked)
    refusal = rules.may_invite_again(asked, sent, services.policy, step.by.at)
    if refusal:
        raise ConflictError(refusal)
    new, event = rules.invite_again(old, asked, services.policy, step.by)
    _write_invitation(step, new, asked)
    save(step, old, new, event)
    return new


def letters_sent(services: Services, found: Group, asked: Convener) -> int:
    """How many invitations went to somebody's address for this group; the outbox knows."""
    most, known = services.policy.invitations.most, services.store.outbox.known
    key = key_of(asked.email)
    sent = (n for n in range(most) if not known(_letter_id(found, key, n + 1)))
    return next(sent, most)


def _require_few(step: Step[Any, Any], email: str) -> None:
    """Counts an invitation, once however often the command is decided. Raises ConflictError after
    too many in a day: else somebody could write to the whole world.
    """
    services, key = step.services, f"invited-{key_of(email)}"
    most = services.policy.invitations.a_day
    if key not in step.once:
        what = f"invitations#{step.by.actor.id}"
        number = services.store.limits.count(what, step.by.at, int(DAY.total_seconds()))
        step.once[key] = "yes" if number <= most else ""
    if not step.once[key]:
        raise ConflictError(
            f"You sent {most} invitations today, which is the most. Go on tomorrow."
        )


def _letter_id(found: Group, key: str, number: int) -> str:
    return f"{found.id}-convene-{key[:16]}-{number}"


def _write_invitation(step: Step[Any, Any], found: Group, asked: Convener) -> None:
    services = step.services
    number = letters_sent(services, found, asked) + 1
    if number > services.policy.invitations.most:
        raise ValidationError(
            {"email": "This address was invited as often as it may be. Write to them yourself."}
        )
    replaced = found.convener(asked.replaces) if asked.replaces else None
    letter = Letter(
        id=_letter_id(found, key_of(asked.email), number),
        kind="group-invitation",
        to=asked.email,
        name=asked.name,
        data={
            **about(services, found),
            "inviter": step.by.actor.name,
            "charge": found.charge.text,
            "instead_of": replaced.name if replaced else "",
        },
    )
    services.store.outbox.add(step.unit, letter, step.by.at)


@command("group.join", load=group)
def join(step: Step[Group, inputs.Nothing]) -> Group:
    """The invited person in place; the others are told, and whoever handed over to them."""
    old, policy = step.subject, step.services.policy
    asked = rules.asked_as(old, step.by.actor)
    new, event = rules.accept(old, policy, step.by)
    save(step, old, new, event)
    assert asked is not None
    joined = new.convener(asked.id)
    assert joined is not None
    left = old.convener(asked.replaces) if asked.replaces else None
    said = {
        "who": joined.name,
        "until": long_date(joined.until) if joined.until else "",
        "instead_of": left.name if left else "",
    }
    to_conveners(step, new, event, "group-joined", told={key_of(asked.email)}, **said)
    if left and left.email:
        content = {**about(step.services, new), **said}
        write(step, event, "group-joined", left.email, left.name, content)
    return new


@command("group.decline-invitation", load=group)
def decline(step: Step[Group, inputs.Nothing]) -> Group:
    """The invited person taken out of the group; its conveners are told."""
    old, policy = step.subject, step.services.policy
    asked = rules.asked_as(old, step.by.actor)
    new, event = rules.decline(old, policy, step.by)
    save(step, old, new, event)
    assert asked is not None
    to_conveners(step, new, event, "group-declined", who=asked.name)
    if not new.acting:
        to_staff(step, new, event, "group-declined", who=asked.name)
    return new


@command("group.extend-term", forms.OneConvener, group)
def extend_term(step: Step[Group, forms.OneConvener]) -> Group:
    """A convener who goes on for another term."""
    old = step.subject
    new, event = rules.go_on(old, step.form.convener, step.services.policy, step.by)
    save(step, old, new, event)
    return new


@command("group.step-down", load=group)
def step_down(step: Step[Group, inputs.Nothing]) -> Group:
    """The group without whoever acts; the other conveners and staff are told."""
    old, policy = step.subject, step.services.policy
    own = rules.convener_of(old, step.by.actor)
    new, event = rules.step_down(old, policy, step.by)
    save(step, old, new, event)
    assert own is not None
    _tell_of_leaving(step, new, event, own.name)
    return new


@command("group.end-convener", forms.OneConvener, group)
def end(step: Step[Group, forms.OneConvener]) -> Group:
    """A convener taken out by staff, or an invitation taken back by whoever may invite."""
    old, form, policy = step.subject, step.form, step.services.policy
    inputs.keep_within(policy.limits.comment, reason=form.reason)
    gone = old.convener(form.convener)
    if gone and gone.accepted and Role.STAFF not in step.by.actor.roles:
        raise NotAllowedError("Only staff can take out somebody who convenes the group.")
    new, event = rules.end(old, form.convener, form.reason, policy, step.by)
    save(step, old, new, event)
    assert gone is not None
    if gone.accepted:
        if gone.email:
            content = {**about(step.services, new), "reason": form.reason}
            write(step, event, "group-left", gone.email, gone.name, content)
        _tell_of_leaving(step, new, event, gone.name)
    return new


def _tell_of_leaving(step: Step[Any, Any], new: Group, event: Event, who: str) -> None:
    missing = rules.missing(new, step.services.today(), step.services.policy)
    fill_by = rules.fill_by(new, step.services.policy)
    said: dict[str, Any] = {
        "who": who,
        "missing": missing,
        "fill_by": long_date(fill_by) if fill_by else "",
    }
    told: Told = set()
    to_conveners(step, new, event, "group-convener-gone", told=told, **said)
    if missing or not new.acting:
        to_staff(step, new, event, "group-convener-gone", told=told, **said)
