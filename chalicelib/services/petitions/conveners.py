"""Conveners' own business: invitations, reminders, and how their petition comes along."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.outbox.letters import FanOut
from chalicelib.domain.petitions import conveners as rules
from chalicelib.domain.petitions import progress as figures
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.record.events import Event
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing import signing
from chalicelib.domain.signing.signature import Signature, stands_for
from chalicelib.domain.times import local_date
from chalicelib.services import inputs
from chalicelib.services.commands import Signed, Step, command, petition
from chalicelib.services.context import Services
from chalicelib.services.outbox.email_queue import about, write
from chalicelib.services.petitions.invitations import (
    letters_sent,
    next_day,
    within_a_day,
    write_invitations,
)
from chalicelib.services.petitions.petitions import due_of
from chalicelib.services.petitions.review import by_id

# Up to so many signatures are read when a convener looks at the page. Of more, the page shows
# what the last nightly count stored.
LIVE = 1000
PAGE = 200


# ------------------------------------------------------------------ Co-conveners


@command("petition.invite", load=petition)
def invite(step: Step[Petition, inputs.Nothing]) -> Petition:
    """A letter to each co-convener who has not agreed yet and may be written to now. Whoever is
    one too many for today stays as they are, to be invited tomorrow.
    """
    old, policy = step.subject, step.services.policy
    sent = letters_sent(step.services, old)
    chosen = within_a_day(step, rules.to_invite(old, sent, policy, step.by.at))
    if not chosen:
        raise ConflictError(rules.enough_for_today(policy, next_day(step.by.at)))
    new, event = rules.invite(old, chosen, step.by)
    _save(step, old, new, event)
    write_invitations(step, new, chosen, sent)
    return new


@command("petition.accept-invitation", load=petition)
def accept(step: Step[Petition, inputs.Nothing]) -> Petition:
    """The invited person as a convener."""
    old = step.subject
    new, event = rules.accept(old, step.by)
    _save(step, old, new, event)
    return new


@command("petition.decline-invitation", load=petition)
def decline(step: Step[Petition, inputs.Nothing]) -> Petition:
    """The invited person taken out of the petition; who leads it is told."""
    old = step.subject
    asked = rules.invited_as(old, step.by.actor)
    new, event = rules.decline(old, step.by)
    _save(step, old, new, event)
    assert asked is not None
    lead = new.conveners[0]
    content = {**about(new), "who": asked.name}
    write(step, event, "invitation-declined", lead.email, lead.name, content)
    return new


def _save(step: Step[Any, Any], old: Petition, new: Petition, event: Event) -> None:
    due = due_of(step.services, new)
    step.services.store.petitions.save(step.unit, old, new, event, due)


# ------------------------------------------------------------------ Reminders


@command("petition.remind", load=petition)
def remind(step: Step[Petition, inputs.Nothing]) -> Petition:
    """Asks a worker to write once more to those who signed and have not confirmed."""
    old, policy, at = step.subject, step.services.policy, step.by.at
    refused = bool(rules.reminders(old, policy, at).refusal)
    anybody = not refused and any(
        signing.to_be_reminded(s, old, policy, at) for s in _all(step.services, old)
    )
    new, event = rules.remind(old, anybody, policy, step.by)
    _save(step, old, new, event)
    job = FanOut(id=f"{event.digest[:24]}-remind", kind="signature-confirm", petition_id=new.id)
    step.services.store.outbox.add_fan_out(step.unit, job, at)
    return new


@command("signature.remind", load=by_id)
def remind_one(step: Step[tuple[Petition, Signature], inputs.Nothing]) -> Signed:
    """The letter to one of them; nothing where the same reminder went to them before."""
    found, old = step.subject
    new = signing.remind(found, old, step.services.policy, step.by.at)
    if new is None:
        return Signed(found, old)
    step.services.store.petitions.save_signature(step.unit, found, old, new, step.by.at)
    return Signed(found, new)


def _all(services: Services, found: Petition) -> Iterator[Signature]:
    """The signatures, read a page at a time, and no further than is asked for."""
    after = ""
    while True:
        page, after = services.store.petitions.signatures_page(found.id, after, PAGE)
        yield from page
        if not after:
            return


# ------------------------------------------------------------------ Progress


@dataclass(frozen=True)
class Progress:
    """How a petition comes along. `unconfirmed` is how many signed the present text a while ago
    and have not confirmed, `to_remind` whether a reminder is for any of them: None where there are
    too many to read. `counted_at` is when the days were counted, None for just now.
    """

    unconfirmed: int | None
    to_remind: bool | None
    days: figures.Days
    counted_at: datetime | None = None


def progress(services: Services, found: Petition) -> Progress:
    """A petition's signatures in figures, by the signatures themselves while they are few."""
    few, more = services.store.petitions.signatures_page(found.id, "", LIVE + 1)
    if more:
        return _counted_at_night(services, found)
    mine = [s for s in few if stands_for(s, found)]
    now, policy = services.clock(), services.policy
    return Progress(
        unconfirmed=figures.unconfirmed(mine, found, policy, now),
        to_remind=any(signing.to_be_reminded(s, found, policy, now) for s in mine),
        days=figures.by_day(_confirmations(mine), policy.association.zone, _until(found, now)),
    )


def _confirmations(among: Iterable[Signature]) -> Iterator[datetime]:
    counted = {signatures.State.CONFIRMED, signatures.State.VERIFIED}
    return (s.confirmed_at for s in among if s.state in counted and s.confirmed_at)


def _until(found: Petition, now: datetime) -> datetime:
    """The last moment of which the chart tells: its days end where the collecting did."""
    return min(now, found.submitted_at or found.closes_at or now)


def _counted_at_night(services: Services, found: Petition) -> Progress:
    kept = services.store.petitions.history(found.id)
    if kept is None or kept["edition"] != found.edition:
        return Progress(None, None, [])
    at = datetime.fromisoformat(kept["at"])
    days = {date.fromisoformat(day): int(n) for day, n in kept["days"].items()}
    zone = services.policy.association.zone
    until = local_date(_until(found, at), zone)
    return Progress(None, None, figures.without_gaps(days, until), at)
