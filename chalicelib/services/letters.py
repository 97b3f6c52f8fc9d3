"""Sends what is in the outbox. Safe to be called twice for the same letter."""

import logging

from chalicelib.domain.errors import Stale
from chalicelib.domain.letters import FanOut, Letter
from chalicelib.domain.people import SYSTEM
from chalicelib.domain.petition import Petition
from chalicelib.domain.signature import Signature, State, stands_for
from chalicelib.domain.signing import to_be_reminded
from chalicelib.services.commands import commit, perform
from chalicelib.services.context import Services
from chalicelib.services.ports import Claimed
from chalicelib.services.sign_in import PURPOSE as SIGN_IN
from chalicelib.services.signing import PURPOSE as SIGNATURE
from chalicelib.services.signing import signature_token

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
FAN_OUT_PAGE = 50


def deliver(services: Services, pk: str, sk: str) -> None:
    """Does the work under a key of the outbox: one letter, or the letters of one kind to many.

    Whoever comes second finds it claimed or done. What fails is given back and raised, to be
    tried again later. A worker that dies after handing a letter
    to the mail service and before noting so sends it again when its claim has run out: a
    letter is never lost, and in that one window may come twice.
    """
    claimed = services.store.outbox.claim(pk, sk, services.clock(), LEASE_SECONDS)
    if claimed is None:
        return
    try:
        _work(services, claimed)
    except Exception:
        services.store.outbox.put_off(claimed, services.clock())
        raise


def _work(services: Services, claimed: Claimed) -> None:
    work = claimed.work
    if isinstance(work, FanOut):
        _fan_out(services, claimed, work)
        return
    if isinstance(work, Signature):
        _send_to_signatory(services, claimed, work)
    elif isinstance(work, Letter):
        _send(services, work)
    else:
        log.error("an item that is no letter came by the mail queue; it is left as it is")
        return
    services.store.outbox.done(claimed, services.clock())


def _send(services: Services, letter: Letter) -> None:
    data = dict(letter.data)
    if "signature" in data:
        parts = data.pop("signature")
        data["token"] = services.tokens.make(SIGNATURE, *parts)
    if letter.kind == "sign-in":
        data["token"] = services.tokens.make(SIGN_IN, data.pop("nonce"))
    message = services.composer(letter.kind, letter.name, data)
    services.mailer.send(letter.to, message, letter.id)


def _send_to_signatory(services: Services, claimed: Claimed, signature: Signature) -> None:
    petition = services.store.petitions.get(signature.petition_id)
    if petition is None:
        log.error("signature without petition %s", signature.petition_id)
        return
    data = {
        "petition_id": petition.id,
        "petition": petition.name,
        "token": signature_token(services, signature),
        "state": signature.state.value,
        "how": signature.match.how if signature.match else "",
        "named": signature.named,
        "institution": signature.institution,
        "reason": signature.reason,
        "question": signature.question,
        "closes_at": petition.closes_at.isoformat() if petition.closes_at else "",
    }
    message = services.composer(f"signature-{claimed.letter}", signature.name, data)
    letter_id = f"{petition.id}-{signature.key}-{signature.version}"
    services.mailer.send(signature.email, message, letter_id)


def _concerned(job: FanOut, signature: Signature, petition: Petition) -> bool:
    """Whether a letter to many is for this signatory: outcomes are for those whose signature
    counts, and the question whether it still stands is for those whose signature does not.
    """
    if signature.state not in {State.CONFIRMED, State.VERIFIED} or signature.anonymised_at:
        return False
    counts = stands_for(signature, petition)
    return not counts if job.kind == "ask-again" else counts


def _remind(services: Services, petition: Petition, signature: Signature) -> None:
    """Makes the letter to somebody who has not confirmed due once more; the row remembers it."""
    asked = petition.reminded_at[-1] if petition.reminded_at else None
    if asked and to_be_reminded(signature, petition, services.policy, asked):
        perform(services, SYSTEM, "signature.remind", f"{petition.id}/{signature.key}")


def _fan_out(services: Services, claimed: Claimed, job: FanOut) -> None:
    """Writes the letters, reading the signatures a page at a time.

    The letters' ids follow from the job, so that a second run after a crash writes those
    that are missing and no letter twice.
    """
    store = services.store
    petition = store.petitions.get(job.petition_id)
    if petition is None:
        store.outbox.done(claimed, services.clock())
        return
    after = ""
    while True:
        page, after = store.petitions.signatures_page(job.petition_id, after, FAN_OUT_PAGE)
        for signature in page:
            if job.kind == "signature-confirm":
                _remind(services, petition, signature)
                continue
            if not _concerned(job, signature, petition):
                continue
            letter = Letter(
                id=f"{job.id}-{signature.key}",
                kind=job.kind,
                to=signature.email,
                name=signature.name,
                data={
                    "petition_id": petition.id,
                    "petition": petition.name,
                    "group_slug": petition.group_slug,
                    "comments": petition.comments,
                    "state": petition.state.value,
                    "reason": petition.reason,
                    # The token is made when the letter is sent: none is kept.
                    "signature": [petition.id, signature.key],
                },
            )
            if not store.outbox.known(letter.id):
                unit = store.unit()
                store.outbox.add(unit, letter, services.clock())
                try:
                    commit(services, unit)
                except Stale:
                    # Another worker has taken this over and was faster.
                    continue
        if not after:
            break
    store.outbox.done(claimed, services.clock())
