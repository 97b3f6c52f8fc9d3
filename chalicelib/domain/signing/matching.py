"""Finding a signatory on the membership roster: by address, by member number, by name.

An address was confirmed by its owner, and a member number together with a name that fits is
taken for proof as well. A name alone never is: staff decide.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.domain.roster.members import likeness, names_agree, plain_number, same_name
from chalicelib.domain.roster.roster import Entry
from chalicelib.domain.signing.signature import Match, Signature, mailbox_of

# Below this, two names have too little in common to bother anybody with.
LEAST_LIKENESS = 0.3


def at_mailbox(entries: Iterable[Entry], signature: Signature) -> Entry | None:
    """Which of the members at a mailbox the signatory is, or None where that is not certain.

    A mailbox that two members share tells them apart by number, or by a name that fits one
    alone. The only member of a mailbox is found whatever number was typed, unless the name or
    an earlier signature from there says that this is somebody else: a surname is shared by
    many who share a mailbox.
    """
    found = list(entries)
    number = plain_number(signature.member_number)
    numbered = [e for e in found if number and plain_number(e.member_number) == number]
    if numbered:
        return numbered[0]
    named = [e for e in found if names_agree(e.name, signature.name)]
    if len(found) == 1:
        (only,) = found
        first_here = signature.key == mailbox_of(signature.key)
        contradicted = bool(number and plain_number(only.member_number))
        if contradicted:
            return only if first_here and same_name(only.name, signature.name) else None
        return only if named or first_here else None
    same = [e for e in named if same_name(e.name, signature.name)]
    certain = same if len(same) == 1 else named
    return certain[0] if len(certain) == 1 else None


def by_number(entry: Entry | None, signature: Signature) -> Entry | None:
    """The entry that has the signatory's number, if the name fits too: a mistyped digit must
    not count somebody else.
    """
    return entry if entry and names_agree(entry.name, signature.name) else None


def moved(link: Match, entry: Entry | None) -> Match:
    """A link that staff made, at the entry that a newer roster has for the same member."""
    return replace(link, seat=entry.seat) if entry and link.seat else link


@dataclass(frozen=True)
class Suggestion:
    """A roster entry that may be the signatory, for staff to decide; `why` in a few words."""

    entry: Entry
    score: float
    why: str


def suggestions(
    signature: Signature, entries: Iterable[Entry], most: int = 5
) -> tuple[Suggestion, ...]:
    """The entries that look like the signatory by name and institution, the likeliest first."""
    found = []
    for entry in {entry.seat: entry for entry in entries}.values():
        name = likeness(signature.name, entry.name)
        place = likeness(signature.institution, entry.institution)
        same_number = bool(
            plain_number(signature.member_number)
            and plain_number(signature.member_number) == plain_number(entry.member_number)
        )
        if name < LEAST_LIKENESS and not same_number:
            continue
        reasons = [
            "same member number" if same_number else "",
            "same name" if name == 1 else "similar name" if name else "another name",
            "same institution" if place == 1 else "similar institution" if place > 0 else "",
        ]
        why = ", ".join(reason for reason in reasons if reason)
        found.append(Suggestion(entry, name + place / 2 + same_number, why))
    found.sort(key=lambda one: (-one.score, one.entry.name, one.entry.seat))
    return tuple(found[:most])
