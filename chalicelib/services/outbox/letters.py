"""Sends what is in the outbox. Safe to be called twice for the same letter."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import ConcurrentChangeError
from chalicelib.domain.outbox.letters import FanOut, Letter
from chalicelib.domain.outbox.mailboxes import takes
from chalicelib.domain.people.people import SYSTEM
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.signing.signature import Signature, State, stands_for
from chalicelib.domain.signing.signing import to_be_reminded
from chalicelib.services.commands import commit, perform
from chalicelib.services.context import Services
from chalicelib.services.documents.discussion import still_concerns
from chalicelib.services.outbox import mailboxes
from chalicelib.services.people.sign_in import PURPOSE as SIGN_IN
from chalicelib.services.signing.signing import PURPOSE as SIGNATURE
from chalicelib.services.signing.signing import signature_token
from chalicelib.storage.stores.outbox import Claimed

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
NOTE_TRIES = 5
# A letter to many is written so many signatures at a time; after each of these pages the job says
# how far it is. It hands the rest on before the worker's own time (60 seconds) runs out.
FAN_OUT_PAGE = 50
WORK_SECONDS = 40


def deliver(services: Services, pk: str, sk: str) -> None:
    """Does the work under a key of the outbox: one letter, or the letters of one kind to many.

    Whoever comes second finds it claimed or done. What fails is given back and raised, to be
    tried again later. A worker that dies after handing a letter
    to the mail service and before noting so sends it again when its claim has run out: a
    letter is never lost, and in that one window may come twice.
    """
    began = services.clock()
    left = services.store.outbox.claim(pk, sk, began, LEASE_SECONDS)
    while left is not None:
        claimed = left
        try:
            left = _work(services, claimed, began)
        except Exception:
            services.store.outbox.put_off(claimed, services.clock())
            raise


def _work(services: Services, claimed: Claimed, began: datetime) -> Claimed | None:
    """One piece of the work; the claim with which it goes on, or None where it does not."""
    work = claimed.work
    if isinstance(work, FanOut):
        return _fan_out(services, claimed, work, began)
    if isinstance(work, Signature):
        _send_to_signatory(services, claimed, work)
    elif isinstance(work, Letter):
        _send(services, work)
    else:
        log.error("an item that is no letter came by the mail queue; it is left as it is")
        return None
    _note_sent(services, claimed)
    return None


def _note_sent(services: Services, claimed: Claimed) -> None:
    """Takes what was handed over out of the outbox. Whoever gave up here would send it again, so
    the table is asked more than once.
    """
    for left in reversed(range(NOTE_TRIES)):
        try:
            services.store.outbox.done(claimed, services.clock())
        except Exception:
            if not left:
                raise
            log.warning("a letter that was sent could not be noted; trying again")
        else:
            return


def _send(services: Services, letter: Letter) -> None:
    data = dict(letter.data)
    if "discussion" in data and not still_concerns(services, *data.pop("discussion")):
        return
    if "signature" in data:
        parts = data.pop("signature")
        data["token"] = services.tokens.make(SIGNATURE, *parts)
    if letter.kind == "sign-in":
        data["token"] = services.tokens.make(SIGN_IN, data.pop("nonce"))
    _hand_over(services, letter.to, letter.kind, letter.name, data, letter.id)


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
    kind = f"signature-{claimed.letter}"
    letter_id = f"{petition.id}-{signature.key}-{signature.version}"
    _hand_over(services, signature.email, kind, signature.name, data, letter_id)


def _hand_over(
    services: Services, to: str, kind: str, name: str, data: dict[str, Any], letter_id: str
) -> None:
    """Writes a letter and hands it to the mail service, unless no letter of its kind goes there."""
    facts = {"letter": kind}
    mailbox = services.store.mailboxes.at(to)
    if not takes(mailbox, kind, services.today()):
        log.info("letter held back", extra={"facts": facts, "metrics": {"LettersHeld": 1}})
        return
    services.mailer.send(to, services.composer(kind, name, data), letter_id)
    if mailbox is not None:
        mailboxes.sent(services, mailbox)
    log.info("letter sent", extra={"facts": facts, "metrics": {"LettersSent": 1}})


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


def _fan_out(services: Services, claimed: Claimed, job: FanOut, began: datetime) -> Claimed | None:
    """Writes a page of the letters and notes how far the job is.

    The letters' ids follow from the job, so that a page that is begun anew after a crash writes
    those that are missing and no letter twice.
    """
    store = services.store
    petition = store.petitions.get(job.petition_id)
    after = ""
    if petition is not None:
        page, after = store.petitions.signatures_page(job.petition_id, job.after, FAN_OUT_PAGE)
        for signature in page:
            if job.kind == "signature-confirm":
                _remind(services, petition, signature)
            elif _concerned(job, signature, petition):
                _write_once(services, _letter_to(signature, petition, job))
    now = services.clock()
    if not after:
        store.outbox.done(claimed, now)
        return None
    enough = (now - began).total_seconds() > WORK_SECONDS
    seconds = 0 if enough else LEASE_SECONDS
    kept: Claimed | None = store.outbox.keep_place(claimed, replace(job, after=after), now, seconds)
    if kept is None or not enough:
        return kept
    services.queue.nudge("mail", kept.pk, kept.sk)
    return None


def _letter_to(signature: Signature, petition: Petition, job: FanOut) -> Letter:
    return Letter(
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


def _write_once(services: Services, letter: Letter) -> None:
    outbox = services.store.outbox
    if outbox.known(letter.id):
        return
    unit = services.store.transaction()
    outbox.add(unit, letter, services.clock())
    try:
        commit(services, unit)
    except ConcurrentChangeError:
        # Another worker has taken this over and was faster; or the table could not take it, and
        # then the job must not go past this signatory.
        if not outbox.known(letter.id):
            raise
