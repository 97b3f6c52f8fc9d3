"""Signing a petition: signed, confirmed by email, checked against the roster."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.people.people import SYSTEM, Actor
from chalicelib.domain.petitions.petition import Petition, crossed_threshold, rule_of
from chalicelib.domain.privacy.retention import gone_words
from chalicelib.domain.roster.members import same_name
from chalicelib.domain.roster.roster import Entry
from chalicelib.domain.signing import decisions
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing import signing as rules
from chalicelib.domain.signing.signature import Signature, State
from chalicelib.services import inputs
from chalicelib.services.commands import Signed, Step, command, perform, petition
from chalicelib.services.context import Services
from chalicelib.services.signing import matching, screening

PURPOSE = "signature"


@command("signature.sign", inputs.Sign, petition)
def sign(step: Step[Petition, inputs.Sign]) -> Petition:
    """A pending signature and the letter that asks to confirm it, or one held for staff.

    The answer is the same whether or not the person signed before, and whether or not it is
    held.
    """
    form, services = step.form, step.services
    rules.require_open(step.subject, services.policy, step.by.at)
    if _another_text(form, step.subject):
        raise ConflictError(
            "The text has changed since you opened this page. Read it again, then sign."
        )
    _within_limits(services, form.name, form.institution, form.member_number)
    store = services.store.petitions
    mailbox = signatures.signatory_key(form.email)
    here = store.at_mailbox(step.subject.id, mailbox)
    new = Signature(
        petition_id=step.subject.id,
        key=mailbox,
        name=form.name,
        email=form.email,
        institution=form.institution,
        member_number=form.member_number,
        named=form.named,
        text_digest=step.subject.text_digest,
        edition=step.subject.edition,
        created_at=step.by.at,
        network=screening.network_of(services, step.by.actor),
    )
    roster = services.store.rosters.current()
    members = services.store.rosters.at_mailbox(roster.version, mailbox)
    who = _with_number(new, members)
    key, existing = rules.person_among(here, who, [entry.member_number for entry in members])
    # What they might count for, were it not for another signature of the same member.
    holder = store.seat_holder(step.subject.id, key)
    others = [one for one in here if one.key != key]
    new = replace(new, key=key, rival=holder, shares=bool(others), hold=_hold(step, here, key))
    stored = rules.sign(step.subject, existing, new, services.policy, step.by.at)
    if stored:
        store.save_signature(step.unit, step.subject, existing, stored, step.by.at)
        if existing is None and not holder:
            store.require_free_seat(step.unit, step.subject.id, key)
        for other in others:
            if not other.shares:
                flagged = replace(other, shares=True, version=other.version + 1)
                store.save_signature(step.unit, step.subject, other, flagged, step.by.at)
    return step.subject


def _with_number(new: Signature, members: list[Entry]) -> Signature:
    """Somebody at a mailbox that members share, with the number of the one whose name is theirs."""
    named = [entry for entry in members if same_name(entry.name, new.name)]
    if new.member_number or len(members) < 2 or len(named) != 1:
        return new
    return replace(new, member_number=named[0].member_number)


def _another_text(seen: inputs.Sign | inputs.ConfirmSignature, present: Petition) -> bool:
    """Whether a form showed another text than the petition has now. Forms say what they showed;
    software that sends none answers for its own reading.
    """
    edition = seen.edition if seen.edition is not None else present.edition
    text = seen.text_digest or present.text_digest
    return (edition, text) != (present.edition, present.text_digest)


def _hold(step: Step[Petition, inputs.Sign], here: list[Signature], key: str) -> str:
    """Why staff look at a signature before a letter goes out, or empty."""
    form, services = step.form, step.services
    if "hold" not in step.once:
        # This counts the form, whatever number of times it is decided on.
        step.once["hold"] = screening.hold_for(
            services,
            step.subject.id,
            form.email,
            step.by.actor,
            step.by.at,
            trap=form.website,
            seconds=screening.seconds_since(services, form.shown, step.by.at),
        )
    full = len(here) >= services.policy.limits.members_per_mailbox
    one_more = all(one.key != key for one in here)
    return step.once["hold"] or ("mailbox" if full and one_more else "")


def _within_limits(services: Services, name: str, institution: str, number: str) -> None:
    limits = services.policy.limits
    errors = {}
    if len(name) > limits.person_name:
        errors["name"] = f"Shorten your name to {limits.person_name} characters."
    if len(institution) > limits.institution:
        errors["institution"] = f"Shorten this to {limits.institution} characters."
    if len(number) > limits.member_number:
        errors["member_number"] = f"Shorten this to {limits.member_number} characters."
    if errors:
        raise ValidationError(errors)


def signature_token(services: Services, signature: Signature) -> str:
    """The token in a signatory's links. It is made anew from the row, so that no copy is kept."""
    return services.tokens.make(PURPOSE, signature.petition_id, signature.key)


def by_token(services: Services, token: str) -> Signed:
    """The signature that a link belongs to. Raises NotFoundError."""
    parts = services.tokens.read(PURPOSE, token)
    signature = services.store.petitions.signature(parts[0], parts[1])
    if signature is None:
        found = services.store.petitions.get(parts[0], fresh=False)
        raise NotFoundError(gone_words(found, services.policy.association.zone))
    return Signed(petition(services, parts[0]), signature)


@command("signature.confirm", inputs.ConfirmSignature, by_token)
def confirm(step: Step[Signed, inputs.ConfirmSignature]) -> Signed:
    """The signature confirmed, and verified at once where the roster knows the signatory.

    What is confirmed is what the person saw: raises ConflictError when the text, or the name that
    somebody gave with this address, is another by now.
    """
    was, services, seen = step.subject, step.services, step.form
    if not signatures.needs_confirming(was.signature, was.petition):
        return was
    if _another_text(seen, was.petition):
        raise ConflictError("The text has changed since you opened this page. Read it again.")
    if seen.version is not None and seen.version != was.signature.version:
        raise ConflictError("The answers have changed since you opened this page. Look again.")
    found = was.found or matching.find(services, was.petition, was.signature)
    new = rules.confirm(was.petition, was.signature, found, services.policy, step.by.at)
    if new:
        matching.save(services, step.unit, was.petition, was.signature, new, step.by.at)
        return replace(was, signature=new)
    return was


SHOWN = "shown"
# A page that was open for longer is decided on anew. The second look after a roster import
# comes later than this, so that no confirmation slips by under an older roster.
SHOWN_SECONDS = 120


def snapshot(services: Services, signed: Signed) -> str:
    """What a page showed of a signature that waits for its confirmation, for the page's form.

    With it, confirming takes one write and no read: the write's conditions say whether all of
    it is still so. Empty where more than the signature itself has to be looked at.
    """
    signature, petition_ = signed.signature, signed.petition
    plain = signature.state == State.PENDING and not (signature.decisions or signature.rival)
    if not plain or petition_.paused_at:
        return ""
    found = matching.find(services, petition_, signature)
    plainly = found.match is None or found.match.seat == signature.key
    if found.rival or found.other_name or not plainly:
        return ""
    body = services.store.petitions.shown(petition_, signature)
    match = found.match
    body["found"] = [match.roster_version, match.member_number] if match else []
    at = services.clock().isoformat()
    return services.tokens.make(SHOWN, at, json.dumps(body, separators=(",", ":")))


def _as_shown(services: Services, token: str, shown: str) -> Signed | None:
    """What a form's snapshot says, if it is this link's and no more than a moment old."""
    try:
        at, text = services.tokens.read(SHOWN, shown)
    except NotFoundError:
        return None
    age = (services.clock() - datetime.fromisoformat(at)).total_seconds()
    body = json.loads(text)
    petition_, signature = services.store.petitions.as_shown(body)
    own = services.tokens.read(PURPOSE, token) == [petition_.id, signature.key]
    if not own or not 0 <= age <= SHOWN_SECONDS:
        return None
    match = None
    if body["found"]:
        version, number = body["found"]
        match = signatures.Match("email", version, seat=signature.key, member_number=number)
    return Signed(petition_, signature, signatures.Found(match))


@command("signature.withdraw", load=by_token)
def withdraw(step: Step[Signed, inputs.Nothing]) -> Signed:
    """The signature taken back by its signatory."""
    was = step.subject
    new = rules.withdraw(was.petition, was.signature)
    if new:
        matching.save(step.services, step.unit, was.petition, was.signature, new, step.by.at)
        return replace(was, signature=new)
    return was


@command("signature.correct", inputs.CorrectSignature, by_token)
def correct(step: Step[Signed, inputs.CorrectSignature]) -> Signed:
    """A signatory's corrections to their own signature, which is looked up on the roster anew."""
    was, form, services = step.subject, step.form, step.services
    _within_limits(services, form.name, form.institution, form.member_number)
    inputs.keep_within(services.policy.limits.comment, answer=form.answer)
    details = rules.Details(
        name=form.name,
        institution=form.institution,
        member_number=form.member_number,
        named=form.named,
        answer=form.answer,
    )
    new = rules.correct(was.petition, was.signature, details, step.by.at)
    if new is None:
        return was
    if new.state == State.CONFIRMED and rules.may_correct(was.petition, new):
        found = matching.find(services, was.petition, new)
        new = decisions.rematch(was.petition, new, found) or new
        new = replace(new, version=was.signature.version + 1)
    elif new.state == State.VERIFIED and new.name != was.signature.name:
        # An address counts for its owner, whatever the name; staff see that it is another.
        found = matching.find(services, was.petition, new)
        new = replace(new, other_name=found.other_name)
    matching.save(services, step.unit, was.petition, was.signature, new, step.by.at)
    return replace(was, signature=new)


def confirm_by_link(
    services: Services, actor: Actor, token: str, seen: dict[str, Any] | None = None
) -> Signed:
    """Confirms, and does what follows when the threshold was crossed by it.

    `seen` is what the page's form carries. A crash between the two is mended by the sweep.
    """
    data = dict(seen or {})
    shown = _as_shown(services, token, str(data.pop("shown", "")))
    signed: Signed = perform(services, actor, "signature.confirm", token, data, shown)
    was = signed.petition
    # The count before this one: two at once may both miss the moment, and the sweep finds it.
    if was.threshold_at is None and was.verified + 1 >= rule_of(was, services.policy).signatures:
        note_threshold(services, was.id)
    return signed


def correct_by_link(services: Services, actor: Actor, token: str, data: dict[str, Any]) -> Signed:
    """Puts one's own signature right; a number that the roster knows may cross the threshold."""
    signed: Signed = perform(services, actor, "signature.correct", token, data)
    note_threshold(services, signed.petition.id)
    return signed


def note_threshold(services: Services, petition_id: str) -> None:
    """Puts a crossed threshold on record; does nothing otherwise."""
    found = services.store.petitions.get(petition_id)
    if found and crossed_threshold(found, services.policy):
        perform(services, SYSTEM, "petition.reach-threshold", petition_id)


def settled_words(state: State) -> str:
    """A signature's state in a few plain words."""
    return {
        State.PENDING: "waiting for the email address to be confirmed",
        State.HELD: "waiting for staff review",
        State.CONFIRMED: "confirmed, waiting for staff to find it on the roster",
        State.VERIFIED: "verified",
        State.INVALIDATED: "rejected by staff",
        State.WITHDRAWN: "withdrawn",
    }[state]
