"""How a petition's signatures came in, as numbers for a chart."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from chalicelib.domain.petitions.petition import Petition, rule_of
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.signing.signature import Signature
from chalicelib.domain.times import local_date, long_date


def signature_progress(
    petition: Petition, verified: Sequence[Signature], policy: Policy
) -> dict[str, Any] | None:
    """The verified signatures added up by the day of signing, from the first day on which the
    petition could be signed to its submission; None where there are none.
    """
    if not verified:
        return None
    zone, threshold = policy.association.zone, rule_of(petition, policy).signatures
    days = Counter(local_date(s.confirmed_at or s.created_at, zone) for s in verified)
    first, last = min(days), max(days)
    if petition.opened_at:
        first = min(first, local_date(petition.opened_at, zone))
    if petition.submitted_at:
        last = max(last, local_date(petition.submitted_at, zone))
    points, total, reached = [], 0, None
    for day in sorted(days):
        total += days[day]
        points.append([(day - first).days, total])
        if reached is None and total >= threshold:
            reached = day
    return {
        "points": points,
        "days": (last - first).days,
        "threshold": threshold,
        "ticks": [[(day - first).days, _name(day, first, last)] for day in _ticks(first, last)],
        "alt": _alt(total, first, last, threshold, reached),
    }


def _ticks(first: date, last: date) -> list[date]:
    """The first day, the first day of each month after it, and the last day."""
    found, day = [first], first.replace(day=1)
    while (day := (day + timedelta(days=32)).replace(day=1)) < last:
        found.append(day)
    return found if last == first else [*found, last]


def _name(day: date, first: date, last: date) -> str:
    return long_date(day) if day in {first, last} else long_date(day).partition(",")[0]


def _alt(total: int, first: date, last: date, threshold: int, reached: date | None) -> str:
    """What the chart shows, in words."""
    when = (
        f"on {long_date(first)}"
        if first == last
        else f"from {long_date(first)} to {long_date(last)}"
    )
    signatures = f"{total:,} verified signature{'' if total == 1 else 's'} {when}"
    if reached is None:
        return f"{signatures}; the threshold of {threshold:,} was not reached."
    return f"{signatures}; the threshold of {threshold:,} was reached on {long_date(reached)}."
