"""How a petition comes along: signatures by day, what lies ahead, and words to share it with."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.petitions.petition import (
    Petition,
    State,
    confirm_until,
    open_for_confirming,
    rule_of,
    should_expire,
)
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.signing.signature import Signature, stands_for
from chalicelib.domain.signing.signature import State as Signed
from chalicelib.domain.times import local_date, long_moment

Days = list[tuple[date, int]]

# How much of a charge a message to colleagues quotes, in characters.
QUOTED = 240


def by_day(moments: Iterable[datetime], zone: str, until: datetime) -> Days:
    """How many of the moments fall on each day in the zone, from the first one's day to that of
    `until`, days without any included. Empty where there are no moments.
    """
    return without_gaps(Counter(local_date(at, zone) for at in moments), local_date(until, zone))


def without_gaps(days: Mapping[date, int], until: date) -> Days:
    """The days in order up to `until`, or to the last one that has something, with 0 for those
    between them that have nothing.
    """
    if not days:
        return []
    first, last = min(days), max(until, *days)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, days.get(day, 0)) for day in every]


def unconfirmed(
    signatures: Iterable[Signature], petition: Petition, policy: Policy, now: datetime
) -> int:
    """How many signed the present text longer ago than a reminder waits, and have not confirmed.

    Later ones, and those that staff look at first, are not told apart: whoever fills in the form
    with somebody's address must not see at once, by a number that moves, what became of it.
    """
    since = now - timedelta(hours=policy.reminder.after_hours)
    waiting = {Signed.PENDING, Signed.HELD}
    return sum(
        s.state in waiting and s.created_at <= since and stands_for(s, petition) for s in signatures
    )


@dataclass(frozen=True)
class Row:
    """A day, how many signatures it brought, and how many there were at its end."""

    day: date
    new: int
    total: int


def growth(days: Days) -> list[Row]:
    """The days with what they add up to."""
    rows, total = [], 0
    for day, new in days:
        total += new
        rows.append(Row(day, new, total))
    return rows


class Phase(StrEnum):
    """Where a petition stands in its window."""

    OPEN = "open"  # takes signatures
    PAUSED = "paused"  # staff have stopped the signing; the window is made longer by as much
    LATE = "late"  # signing is closed; what was begun in time may still be confirmed
    ENOUGH = "enough"  # the window is over, and its conveners can submit it
    UNDECIDED = (
        "undecided"  # the window is over, and staff's decisions may still make up the number
    )
    RUN_OUT = "run out"  # the window is over with too few; it expires with the next sweep
    CLOSED = "closed"  # it collects no more, whatever the reason


@dataclass(frozen=True)
class Outlook:
    """What lies ahead of a petition. `days_left` counts the days after today on which it can
    still be signed: 0 is the last day. `missing` verified signatures are still needed.
    """

    phase: Phase
    needed: int
    missing: int
    closes_at: datetime | None
    confirm_until: datetime | None
    late_hours: int
    days_left: int


def outlook(petition: Petition, policy: Policy, now: datetime) -> Outlook:
    """What lies ahead of a petition now."""
    rule, zone = rule_of(petition, policy), policy.association.zone
    closes = petition.closes_at
    days_left = (local_date(closes, zone) - local_date(now, zone)).days if closes else 0
    return Outlook(
        phase=_phase(petition, policy, now),
        needed=rule.signatures,
        missing=max(0, rule.signatures - petition.verified),
        closes_at=closes,
        confirm_until=confirm_until(petition, policy),
        late_hours=rule.late_confirm_hours,
        days_left=max(0, days_left),
    )


def _phase(petition: Petition, policy: Policy, now: datetime) -> Phase:
    if petition.state != State.COLLECTING:
        return Phase.CLOSED
    if petition.paused_at is not None:
        return Phase.PAUSED
    if petition.closes_at is not None and now <= petition.closes_at:
        return Phase.OPEN
    if open_for_confirming(petition, policy, now):
        return Phase.LATE
    if should_expire(petition, policy, now):
        return Phase.RUN_OUT
    enough = petition.verified >= rule_of(petition, policy).signatures
    return Phase.ENOUGH if enough else Phase.UNDECIDED


_SENTENCE = re.compile(r"[.!?。！？](?=\s|$)")


def first_sentence(text: str, most: int = QUOTED) -> str:
    """The first sentence of a text on one line, cut between words where it is longer than `most`
    characters.
    """
    line = " ".join(text.split())
    found = _SENTENCE.search(line)
    sentence = line[: found.end()] if found else line
    if len(sentence) <= most:
        return sentence
    cut = sentence[: most - 1].rpartition(" ")[0] or sentence[: most - 1]
    return cut.rstrip(" ,;:–—-") + "…"


def invitation_to_sign(petition: Petition, policy: Policy, url: str) -> str:
    """A short message that asks colleagues to sign, ready to be sent."""
    label = rule_of(petition, policy).label.lower()
    until = ""
    if petition.closes_at:
        until = f" until {long_moment(petition.closes_at, policy.association.zone)}"
    return (
        f"Would you sign the petition for the {label} “{petition.name}”?\n\n"
        f"{first_sentence((petition.published or petition.text).charge)}\n\n"
        f"Read and sign it{until}:\n{url}\n\n"
        f"Signatures of members of {policy.association.short} count. "
        "It takes a minute; you confirm by email."
    )
