"""Signing a petition: signed, confirmed by e-mail, checked against the roster."""

from typing import Any

from chalicelib.domain import signature as rules
from chalicelib.domain.errors import Conflict, Invalid, NotFound
from chalicelib.domain.people import SYSTEM, Actor
from chalicelib.domain.petition import Petition, crossed_threshold, rule_of
from chalicelib.domain.signature import Signature, State
from chalicelib.services import inputs
from chalicelib.services.commands import Signed, Step, command, perform, petition
from chalicelib.services.context import Services

PURPOSE = "signature"


@command("signature.sign", inputs.Sign, petition)
def sign(step: Step[Petition, inputs.Sign]) -> Petition:
    """A pending signature and the letter that asks to confirm it.

    The answer is the same whether or not the person signed before.
    """
    form, limits = step.form, step.services.policy.limits
    if form.edition is not None and form.edition != step.subject.edition:
        raise Conflict("The text has changed since you opened this page. Read it again, then sign.")
    errors = {}
    if len(form.name) > limits.person_name:
        errors["name"] = f"Shorten your name to {limits.person_name} characters."
    if len(form.institution) > limits.institution:
        errors["institution"] = f"Shorten this to {limits.institution} characters."
    if len(form.member_number) > limits.member_number:
        errors["member_number"] = f"Shorten this to {limits.member_number} characters."
    if errors:
        raise Invalid(errors)
    key = rules.signatory_key(form.email)
    store = step.services.store.petitions
    existing = store.signature(step.subject.id, key)
    new = Signature(
        petition_id=step.subject.id,
        key=key,
        name=form.name,
        email=form.email,
        institution=form.institution,
        member_number=form.member_number,
        named=form.named,
        text_digest=step.subject.text_digest,
        edition=step.subject.edition,
        created_at=step.by.at,
    )
    stored = rules.sign(step.subject, existing, new, step.services.policy, step.by.at)
    if stored:
        store.save_signature(step.unit, step.subject, existing, stored, step.by.at)
    return step.subject


def signature_token(services: Services, signature: Signature) -> str:
    """The token in a signatory's links. It is made anew from the row, so that no copy is kept."""
    return services.tokens.make(PURPOSE, signature.petition_id, signature.key)


def by_token(services: Services, token: str) -> Signed:
    """The signature that a link belongs to. Raises NotFound."""
    parts = services.tokens.read(PURPOSE, token)
    signature = services.store.petitions.signature(parts[0], parts[1])
    if signature is None:
        raise NotFound("There is no such signature any more.")
    return Signed(petition(services, parts[0]), signature)


@command("signature.confirm", inputs.ConfirmSignature, by_token)
def confirm(step: Step[Signed, inputs.ConfirmSignature]) -> Signed:
    """The signature confirmed, and verified at once where the roster knows the address.

    What is confirmed is what the person saw: raises Conflict when the text, or the name that
    somebody gave with this address, is another by now.
    """
    was, services, seen = step.subject, step.services, step.form
    if not rules.needs_confirming(was.signature, was.petition):
        return was
    if seen.edition is not None and seen.edition != was.petition.edition:
        raise Conflict("The text has changed since you opened this page. Read it again.")
    if seen.version is not None and seen.version != was.signature.version:
        raise Conflict("The answers have changed since you opened this page. Look again.")
    roster = services.store.rosters.current()
    known = roster.version > 0 and services.store.rosters.has(
        roster.version, rules.signatory_key(was.signature.email)
    )
    new = rules.confirm(
        was.petition, was.signature, known, roster.version, services.policy, step.by.at
    )
    if new:
        services.store.petitions.save_signature(
            step.unit, was.petition, was.signature, new, step.by.at
        )
        return Signed(was.petition, new)
    return was


@command("signature.withdraw", load=by_token)
def withdraw(step: Step[Signed, inputs.Nothing]) -> Signed:
    """The signature taken back by its signatory."""
    was = step.subject
    new = rules.withdraw(was.petition, was.signature)
    if new:
        step.services.store.petitions.save_signature(
            step.unit, was.petition, was.signature, new, step.by.at
        )
        return Signed(was.petition, new)
    return was


def confirm_by_link(
    services: Services, actor: Actor, token: str, seen: dict[str, Any] | None = None
) -> Signed:
    """Confirms, and does what follows when the threshold was crossed by it.

    A crash between the two is mended by the sweep.
    """
    signed: Signed = perform(services, actor, "signature.confirm", token, seen)
    was = signed.petition
    # The count before this one: two at once may both miss the moment, and the sweep finds it.
    if was.threshold_at is None and was.verified + 1 >= rule_of(was, services.policy).signatures:
        note_threshold(services, was.id)
    return signed


def note_threshold(services: Services, petition_id: str) -> None:
    """Puts a crossed threshold on record; does nothing otherwise."""
    found = services.store.petitions.get(petition_id)
    if found and crossed_threshold(found, services.policy):
        perform(services, SYSTEM, "petition.reach-threshold", petition_id)


def settled_words(state: State) -> str:
    """A signature's state in a few plain words."""
    return {
        State.PENDING: "waiting for the e-mail address to be confirmed",
        State.CONFIRMED: "confirmed, waiting for staff to find it on the roster",
        State.VERIFIED: "verified",
        State.INVALIDATED: "set aside by staff",
        State.WITHDRAWN: "withdrawn",
    }[state]
