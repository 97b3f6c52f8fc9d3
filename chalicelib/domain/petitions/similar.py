"""Finds groups and petitions that resemble a draft, so that nobody founds the same twice."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Words that nearly every group's name or charge has say nothing about what it is for.
_COMMON = frozenset(
    "a an and are as at be by for from group groups discussion interest in into is it its "
    "libraries library librarians librarian member members of on or that the their this to "
    "with work acrl academic research college provide discuss share support forum".split()
)


@dataclass(frozen=True)
class Candidate:
    """Something that exists already. `href` is its page."""

    name: str
    charge: str
    href: str
    state: str


def words(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, cut to their first six letters."""
    found = re.findall(r"[^\W\d_]{2,}", text.casefold())
    return frozenset(w[:6] for w in found if w not in _COMMON)


def similar(
    name: str, charge: str, candidates: Iterable[Candidate], most: int = 3
) -> list[Candidate]:
    """The candidates that share the most with the draft, nearest first; none that is far off.

    A word that the names share counts four times as much as one that the charges share.
    """
    own_name, own_charge = words(name), words(charge)
    scored = []
    for candidate in candidates:
        their_name, their_charge = words(candidate.name), words(candidate.charge)
        score = 3 * len(own_name & their_name) + len(
            (own_charge | own_name) & (their_charge | their_name)
        )
        if score >= 4:
            scored.append((score, candidate))
    scored.sort(key=lambda pair: (-pair[0], pair[1].name))
    return [candidate for _, candidate in scored[:most]]
