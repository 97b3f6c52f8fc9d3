"""When personal data have been kept long enough, and what stays in their place."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.people.people import Act
from chalicelib.domain.petitions.petition import ENDED, Petition
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.record.events import Event, canonical_json
from chalicelib.domain.record.record import advance
from chalicelib.domain.signing.signature import Match, Signature, State
from chalicelib.domain.times import add_days, from_local, local_date, long_date

# In these what was signed is not settled yet: a signature that goes is taken back. Without its
# address nobody would know its signatory again, and they would count twice.
_UNSETTLED = frozenset(
    {
        PetitionState.DRAFT,
        PetitionState.COLLECTING,
        PetitionState.SUBMITTED,
        PetitionState.RETURNED,
    }
)
# What a packet prints where a name was before its owner had it erased.
ERASED = "Erased at the signatory’s request"


def ended_at(events: Iterable[Event]) -> datetime | None:
    """When a petition came to its end, from its record; None while it has not."""
    found = None
    for event in events:
        if event.after not in ENDED:
            found = None
        elif found is None:
            found = event.at
    return found


def over(since: datetime, days: int, zone: str, now: datetime) -> bool:
    """Whether something was kept for so many whole days after the day of `since`."""
    return now > add_days(since, days, zone)


def anonymous(signature: Signature, key: str, zone: str, now: datetime) -> Signature:
    """The signature without anything that tells whose it was, under another `key`.

    What the petition's counts and its proof rest on stays: the state, the text that was signed,
    how it was matched, and the days (not the moments) of signing and confirming.
    """
    match = signature.match
    return Signature(
        petition_id=signature.petition_id,
        key=key,
        name="",
        email="",
        institution="",
        named=False,
        text_digest=signature.text_digest,
        edition=signature.edition,
        created_at=_day(signature.created_at, zone),
        confirmed_at=_day(signature.confirmed_at, zone) if signature.confirmed_at else None,
        state=signature.state,
        match=Match(match.how, match.roster_version) if match else None,
        version=1,
        anonymised_at=now,
    )


def _day(moment: datetime, zone: str) -> datetime:
    return from_local(local_date(moment, zone), time(12), zone)


def taken_back(petition: Petition, signature: Signature) -> Signature:
    """The signature as an erasure on request leaves it: withdrawn until staff have verified the
    petition; a verified one still counts after that.
    """
    undecided = {State.PENDING, State.HELD, State.CONFIRMED}
    withdraw = signature.state in undecided and petition.state not in ENDED
    if petition.state in _UNSETTLED:
        withdraw = signature.state != State.INVALIDATED
    return replace(signature, state=State.WITHDRAWN) if withdraw else signature


def printed_roster(verified: Sequence[Signature], zone: str) -> list[dict[str, Any]]:
    """The roster of verified signatures as a packet prints it, row by row. Who did not agree to be
    `named` in public is named to the Board alone.
    """
    return [
        {
            "number": number,
            "name": signature.name or ERASED,
            "institution": signature.institution,
            "signed": long_date(local_date(signature.confirmed_at or signature.created_at, zone)),
            "named": signature.named,
        }
        for number, signature in enumerate(verified, 1)
    ]


def roster_proof(rows: Sequence[dict[str, Any]]) -> str:
    """SHA-256 (hex) of a printed roster: the canonical JSON of its rows, each a list of number,
    name, institution and day of signing, in the printed order.
    """
    content = [[row["number"], row["name"], row["institution"], row["signed"]] for row in rows]
    return hashlib.sha256(canonical_json(content)).hexdigest()


def anonymise(
    petition: Petition,
    signatures: Sequence[Signature],
    proof: str,
    days: int,
    by: Act,
) -> tuple[Petition, Event]:
    """The petition as one whose signatories' data are being deleted, with what stays on record.

    Raises ConflictError where that was done before, or the petition has not ended.
    """
    if petition.state not in ENDED:
        raise ConflictError("This petition has not ended.")
    if petition.anonymised_at:
        raise ConflictError("The personal data of its signatories were deleted before.")
    states = Counter(signature.state.value for signature in signatures)
    data = {
        "signatures": dict(sorted(states.items())),
        "verified": petition.verified,
        "roster_digest": proof,
        "erased_before": sum(s.anonymised_at is not None for s in signatures),
        "days": days,
    }
    return advance(
        petition,
        "petition",
        "anonymise",
        by,
        before=petition.state,
        data=data,
        anonymised_at=by.at,
    )


def note_erasure(petition: Petition, proof: str, by: Act) -> tuple[Petition, Event]:
    """The petition with the note that one signatory's data were erased on request. `proof` is
    the digest of the roster as it was until then, which a packet may have printed.
    """
    data = {"verified": petition.verified, "roster_digest": proof}
    return advance(petition, "petition", "erase", by, before=petition.state, data=data)


def gone_words(petition: Petition | None, zone: str) -> str:
    """What the holder of an old link is told when the signature that it led to is no more."""
    if petition and petition.anonymised_at:
        day = long_date(local_date(petition.anonymised_at, zone))
        return (
            f"The personal data of everybody who signed this petition were deleted on {day}, as "
            "the privacy page says. Your signature still counts in its figures, and nothing "
            "that leads to you is left."
        )
    return (
        "There is no longer a signature under this link. If you asked for your data to be "
        "erased, that has been done."
    )
