"""Deletes what was kept long enough. Bounded in one run, continued in the next, safe to repeat."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.packets.packet import ANNEXES
from chalicelib.domain.people.people import SYSTEM
from chalicelib.domain.petitions.petition import ENDED, Petition
from chalicelib.domain.privacy import retention as rules
from chalicelib.domain.signing.signature import Signature, State
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform, petition
from chalicelib.services.context import Services
from chalicelib.services.documents.uploads import WAITING
from chalicelib.services.packets.annex import delete_annexes
from chalicelib.services.packets.content import given
from chalicelib.services.packets.parts import PARTS
from chalicelib.services.people.tokens import new_id
from chalicelib.services.petitions.review import by_id
from chalicelib.services.signing import matching

log = logging.getLogger(__name__)

# How much one run does, so that it ends well within the time that a function has.
SIGNATURES = 10_000
ROSTER_ITEMS = 20_000
STUCK_LETTERS = 1000
BULK_ACTIONS = 100
# Where uploaded rosters are kept.
UPLOADS = "rosters/"
# How many signatures one step of an erasure changes, and how many steps it may take.
RIVALS = 40
STEPS = 50


@dataclass
class Deleted:
    """How much a run deleted."""

    petitions: int = 0
    signatures: int = 0
    roster_items: int = 0
    files: int = 0
    letters: int = 0
    bulk_actions: int = 0
    blocks: int = 0
    failed: int = 0


@command("petition.anonymise", load=petition)
def anonymise_petition(step: Step[Petition, inputs.Nothing]) -> Petition:
    """Puts on record that the signatories' data are deleted from now on, with what stays: the
    number of signatures by state, and the digest of the roster as the packet printed it.

    Raises ConflictError before the policy's days are over.
    """
    old, services = step.subject, step.services
    days = services.policy.keep_days("signatures")
    if not is_due(services, old.id):
        raise ConflictError(f"The signatures of a petition are kept for {days} days after its end.")
    signatures = list(services.store.petitions.signatures(old.id))
    new, event = rules.anonymise(old, signatures, proof_of(services, old), days, step.by)
    services.store.petitions.save(step.unit, old, new, event, None)
    services.store.privacy.begin_anonymising(step.unit, old.id)
    return new


@command("signature.anonymise", inputs.Anonymise, by_id)
def anonymise_signature(step: Step[tuple[Petition, Signature], inputs.Anonymise]) -> Signature:
    """One signature without anything that tells whose it was.

    On request (`erasure`) it is taken back first where it does not stand yet, and what names its
    key on other signatures is deleted: where that is a step of its own, the command is given
    once more. Raises ConflictError for any other reason than the request or the policy's days.
    """
    found, old = step.subject
    services = step.services
    if old.anonymised_at:
        return old
    if not (found.anonymised_at or step.form.erasure):
        raise ConflictError("The personal data of this petition's signatories are still kept.")
    back = rules.taken_back(found, old)
    if step.form.erasure and back.state != old.state:
        new = _quietly(back)
        matching.save(services, step.unit, found, old, new, step.by.at)
        return new
    if step.form.erasure and _forget_rival(step, found, old) == RIVALS:
        return old
    if step.form.erasure and found.anonymised_at is None and old.state == State.VERIFIED:
        noted, event = rules.note_erasure(found, proof_of(services, found), step.by)
        services.store.petitions.save(step.unit, found, noted, event, None)
    zone = services.policy.association.zone
    new = rules.anonymous(old, f"anonymous-{new_id()}{new_id()}", zone, step.by.at)
    services.store.privacy.anonymise(step.unit, old, new)
    seat = matching.seat_taken(old)
    if seat:
        services.store.petitions.leave_seat(step.unit, found.id, seat, old.key)
    return new


def _forget_rival(step: Step[Any, Any], found: Petition, old: Signature) -> int:
    """Deletes, from signatures that say so, that another counts in their place: from so many at
    most, which is how many that was. Those of a petition that has ended long ago go by themselves.
    """
    store, rest = step.services.store, []
    if found.anonymised_at is None:
        rest = store.privacy.rivals(found.id, old.key)[:RIVALS]
    for other in rest:
        new = replace(other, rival="", version=other.version + 1)
        store.petitions.save_signature(step.unit, found, other, new, step.by.at)
    return len(rest)


def _quietly(signature: Signature) -> Signature:
    """The signature's next version, without a letter about it."""
    return replace(signature, letter="", hold="", version=signature.version + 1)


def proof_of(services: Services, found: Petition) -> str:
    """The digest of a petition's roster of verified signatures as a packet prints it."""
    zone = services.policy.association.zone
    verified = [s for s in given(services, found) if s.state == State.VERIFIED]
    return rules.roster_proof(rules.printed_roster(verified, zone))


def is_due(services: Services, petition_id: str) -> bool:
    """Whether a petition ended so long ago that its signatories' data are deleted."""
    read = services.store.petitions.read(petition_id, fresh=True)
    since = rules.ended_at(read[1]) if read else None
    days, zone = services.policy.keep_days("signatures"), services.policy.association.zone
    return since is not None and rules.over(since, days, zone, services.clock())


def delete_what_is_over(services: Services) -> Deleted:
    """Everything that the policy's days are over for; what is left waits for the next night."""
    done = Deleted()
    for what in (_signatures, _rosters, _files, _letters, _staffs_notes):
        try:
            what(services, done)
        except Exception:
            done.failed += 1
            log.exception("the nightly deletion could not finish one thing; it goes on tomorrow")
    return done


def _signatures(services: Services, done: Deleted) -> None:
    begun = services.store.privacy.being_anonymised()
    for petition_id in begun:
        _apart(_anonymise_all, services, petition_id, done)
    for petition_id in services.store.privacy.petition_ids(sorted(ENDED), anonymised=False):
        if done.signatures >= SIGNATURES:
            return
        if petition_id not in begun:
            _apart(_begin, services, petition_id, done)


def _apart(do: Callable[..., None], services: Services, petition_id: str, done: Deleted) -> None:
    """Each petition by itself: one that fails keeps no other waiting."""
    try:
        do(services, petition_id, done)
    except Exception:
        done.failed += 1
        log.exception("the signatures of petition %s could not be anonymised", petition_id)


def _begin(services: Services, petition_id: str, done: Deleted) -> None:
    if is_due(services, petition_id):
        perform(services, SYSTEM, "petition.anonymise", petition_id)
        done.petitions += 1
        _anonymise_all(services, petition_id, done)


def _anonymise_all(services: Services, petition_id: str, done: Deleted) -> None:
    failed = False
    done.files += delete_annexes(services, petition_id)
    # Read before the first is replaced: what is put in the place of one is not read again.
    for signature in list(services.store.petitions.signatures(petition_id)):
        if signature.anonymised_at:
            continue
        if done.signatures >= SIGNATURES:
            return
        try:
            perform(services, SYSTEM, "signature.anonymise", f"{petition_id}/{signature.key}")
        except Exception:
            failed = True
            done.failed += 1
            log.exception("a signature of petition %s could not be anonymised", petition_id)
        else:
            done.signatures += 1
    # One that failed has its turn again in the next night.
    if not failed:
        services.store.privacy.end_anonymising(petition_id)


def _rosters(services: Services, done: Deleted) -> None:
    days, zone = services.policy.keep_days("roster-entries"), services.policy.association.zone
    privacy = services.store.privacy
    # The oldest first: those that are empty then all come before those that are not.
    for version, since in list(privacy.superseded(services.store.rosters.current()))[::-1]:
        if not rules.over(since, days, zone, services.clock()):
            return
        deleted, all_of_it = privacy.empty_roster(version, ROSTER_ITEMS - done.roster_items)
        done.roster_items += deleted
        if not all_of_it:
            return


def _before(services: Services, what: str) -> datetime:
    return services.clock() - timedelta(days=services.policy.keep_days(what))


def _staffs_notes(services: Services, done: Deleted) -> None:
    privacy = services.store.privacy
    done.bulk_actions += privacy.delete_bulks(_before(services, "bulk-actions"), BULK_ACTIONS)
    done.blocks += privacy.delete_blocks(_before(services, "blocks"))


def _files(services: Services, done: Deleted) -> None:
    kept = (
        (UPLOADS, "roster-files"),
        (WAITING, "unsent-files"),
        (PARTS, "packet-parts"),
        (ANNEXES, "packet-annexes"),
    )
    for prefix, what in kept:
        for key in services.files.old(prefix, _before(services, what)):
            services.files.delete(key)
            done.files += 1


def _letters(services: Services, done: Deleted) -> None:
    # Those that were sent delete themselves.
    before = _before(services, "sent-letters")
    done.letters += services.store.privacy.delete_stuck(before, STUCK_LETTERS)


def erase_signature(services: Services, petition_id: str, key: str) -> None:
    """Erases one signature at its signatory's request: taken back first where it does not stand
    yet, then without anything that tells whose it was.
    """
    target, data = f"{petition_id}/{key}", {"erasure": True}
    # An annex names everybody: the next packet makes a new one without this signature.
    delete_annexes(services, petition_id)
    for _ in range(STEPS):
        if services.store.petitions.signature(petition_id, key) is None:
            return
        perform(services, SYSTEM, "signature.anonymise", target, data)
    if services.store.petitions.signature(petition_id, key):
        raise ConflictError(
            "This signature could not be erased at once. Go on with it in a minute."
        )
