"""Counting signatures anew, and what to do when the count that is kept is another."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.people.people import Act
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance
from chalicelib.domain.signing.signature import Signature, counts
from chalicelib.domain.times import local_date

# The states in which a count is still asked for.
COUNTED = (State.COLLECTING, State.SUBMITTED, State.VERIFIED, State.SCHEDULED)


@dataclass(frozen=True)
class Count:
    """How many signatures are confirmed, and how many are verified."""

    confirmed: int = 0
    verified: int = 0


@dataclass(frozen=True, kw_only=True)
class Recount:
    """What the last count found: `counted` from the signatures, `kept` in the petition's tally.
    `since` is when this difference was found first, or None where there is none.
    """

    at: datetime
    counted: Count
    kept: Count
    since: datetime | None = None

    @property
    def drift(self) -> bool:
        """Whether the two differ."""
        return self.counted != self.kept

    def same_as(self, other: "Recount | None") -> bool:
        """Whether another count found the same difference."""
        return other is not None and (self.counted, self.kept) == (other.counted, other.kept)


@dataclass(frozen=True)
class Counted:
    """What was counted: the numbers, and how many were confirmed on each day (`2026-03-02`)."""

    count: Count
    days: dict[str, int]
    read: int


def kept(petition: Petition) -> Count:
    """The petition's counts as they are kept."""
    return Count(petition.confirmed, petition.verified)


def standing(petition: Petition) -> tuple[object, ...]:
    """What must not have moved while signatures were counted."""
    return (petition.state, petition.edition, petition.text_digest, kept(petition))


def count(petition: Petition, signatures: Iterable[Signature], zone: str) -> Counted:
    """Counts the signatures by the same rule by which each was counted when it was given."""
    confirmed = verified = read = 0
    days: Counter[str] = Counter()
    for signature in signatures:
        read += 1
        one, other = counts(signature, petition)
        confirmed, verified = confirmed + one, verified + other
        if (one or other) and signature.confirmed_at:
            days[local_date(signature.confirmed_at, zone).isoformat()] += 1
    return Counted(Count(confirmed, verified), dict(sorted(days.items())), read)


def mend(petition: Petition, counted: Count, by: Act) -> tuple[Petition, Event]:
    """The petition with its counts set to what was counted, both on record.

    A difference may be found in one state and put right in another. Raises ConflictError where
    nothing is wrong.
    """
    before = kept(petition)
    if before == counted:
        raise ConflictError("The count is right. There is nothing to correct.")
    data = {
        "before": {"confirmed": before.confirmed, "verified": before.verified},
        "after": {"confirmed": counted.confirmed, "verified": counted.verified},
    }
    return advance(
        petition,
        "petition",
        "mend-count",
        by,
        before=petition.state,
        data=data,
        confirmed=counted.confirmed,
        verified=counted.verified,
    )
