"""Looks signatories up on the roster in force, and sees that no member counts twice.

A member's own place on a petition (their seat) is the key under which a signature from the
address on the roster is stored. A signature from elsewhere that was found by number, or linked
by staff, takes that seat by an item of its own, so that the two can never both count.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import ConcurrentChangeError
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.roster.members import names_agree, plain_number, words_of
from chalicelib.domain.roster.roster import Entry, Roster
from chalicelib.domain.signing import matching as rules
from chalicelib.domain.signing.signature import (
    Found,
    Match,
    Signature,
    State,
    by_staff,
    mailbox_of,
    stands_for,
)
from chalicelib.services.context import Services
from chalicelib.storage.transaction import Transaction


def find(
    services: Services, petition: Petition, signature: Signature, roster: Roster | None = None
) -> Found:
    """How the roster in force knows the signatory: by address, then by member number. A link
    that staff made stands, and goes with the member when the roster has them at a new address.
    """
    roster = roster or services.store.rosters.current()
    linked = signature.match if by_staff(signature) else None
    if linked and linked.seat:
        number = plain_number(linked.member_number)
        moved = services.store.rosters.by_number(roster.version, number)
        linked = rules.moved(linked, moved)
        return Found(linked, rival_for(services, petition, signature, linked.seat))
    if roster.version == 0:
        return Found()
    rosters = services.store.rosters
    here = rosters.at_mailbox(roster.version, mailbox_of(signature.key))
    entry, how = rules.at_mailbox(here, signature), "email"
    if entry is None:
        entry, how = _by_number(services, roster.version, signature), "number"
    if entry is None:
        return Found()
    match = Match(how, roster.version, seat=entry.seat, member_number=entry.member_number)
    rival = rival_for(services, petition, signature, entry.seat)
    return Found(match, rival, not names_agree(entry.name, signature.name))


def _by_number(services: Services, version: int, signature: Signature) -> Entry | None:
    # The number that an earlier roster knew them by finds them under a new address as well.
    known = signature.match.member_number if signature.match else ""
    for number in (signature.member_number, known):
        entry = services.store.rosters.by_number(version, plain_number(number))
        found = rules.by_number(entry, signature)
        if found:
            return found
    return None


def rival_for(services: Services, petition: Petition, signature: Signature, seat: str) -> str:
    """The key of another signature that counts for a member on the same petition, or empty. One
    that was given for an earlier text does not count.
    """
    store = services.store.petitions
    holder = store.seat_holder(petition.id, seat)
    if holder and holder != signature.key and _counts(services, petition, holder):
        return holder
    if seat != signature.key:
        own = store.signature(petition.id, seat)
        if own and _counted(own, petition) and not _linked_elsewhere(own):
            return seat
    return ""


def _counts(services: Services, petition: Petition, key: str) -> bool:
    other = services.store.petitions.signature(petition.id, key)
    return other is not None and _counted(other, petition)


def _counted(signature: Signature, petition: Petition) -> bool:
    return signature.state == State.VERIFIED and stands_for(signature, petition)


def _linked_elsewhere(own: Signature) -> bool:
    # Staff found its signatory to be another member than the one whose address this is.
    return own.match is not None and by_staff(own) and own.match.seat not in {"", own.key}


def linked(
    services: Services, petition: Petition, signature: Signature, match: Match
) -> tuple[Match, str]:
    """Staff's decision with the roster entry that it stands for, and the key of another
    signature that counts for that member already. Where staff named no entry, it is the one by
    which the roster knows the signatory, if any: nobody counts beside themselves.
    """
    if match.seat:
        return match, rival_for(services, petition, signature, match.seat)
    plain = replace(signature, match=None) if by_staff(signature) else signature
    found = find(services, petition, plain)
    if found.match is None:
        return match, ""
    known = replace(match, seat=found.match.seat, member_number=found.match.member_number)
    return known, found.rival


def seat_taken(signature: Signature | None) -> str:
    """The seat that a signature takes beside its own key, or empty."""
    if signature is None or signature.state != State.VERIFIED or signature.match is None:
        return ""
    seat = signature.match.seat
    return seat if seat != signature.key else ""


def save(
    services: Services,
    unit: Transaction,
    petition: Petition,
    old: Signature | None,
    new: Signature,
    now: datetime,
) -> None:
    """Stores a signature with the petition's counts, and the seat that it takes or leaves.

    Raises ConcurrentChangeError when another signature counts for the same member by now.
    """
    store = services.store.petitions
    store.save_signature(unit, petition, old, new, now)
    left, taken = seat_taken(old), seat_taken(new)
    # A seat that was taken for an earlier text is taken anew: the member's own signature may have
    # been confirmed since.
    stays = left == taken and (old is None or old.edition == new.edition)
    if stays or not (left or taken):
        return
    if left and left != taken and store.seat_holder(petition.id, left) == new.key:
        store.leave_seat(unit, petition.id, left, new.key)
        _note_rival(services, unit, petition, left, "", now)
    if taken:
        if rival_for(services, petition, new, taken):
            raise ConcurrentChangeError()
        if left != taken:
            before = store.seat_holder(petition.id, taken)
            store.take_seat(unit, petition.id, taken, new.key, before)
        _note_rival(services, unit, petition, taken, new.key, now)


def _note_rival(
    services: Services, unit: Transaction, petition: Petition, seat: str, holder: str, now: datetime
) -> None:
    """Writes on the signature at a seat who counts in its place, so that confirming it needs to
    read no more than itself.
    """
    store = services.store.petitions
    own = store.signature(petition.id, seat)
    if own is None:
        if holder:
            store.require_unsigned(unit, petition.id, seat)
        return
    rival = "" if _linked_elsewhere(own) else holder
    changed = replace(own, rival=rival, version=own.version + 1)
    store.save_signature(unit, petition, own, changed, now)


def suggestions(services: Services, signature: Signature) -> tuple[rules.Suggestion, ...]:
    """Roster entries that may be the signatory, for staff to decide."""
    rosters = services.store.rosters
    version = rosters.current().version
    if version == 0:
        return ()
    words = words_of(signature.name)
    found: list[Entry] = list(rosters.at_mailbox(version, mailbox_of(signature.key)))
    entry = rosters.by_number(version, plain_number(signature.member_number))
    found += [entry] if entry else []
    for word in dict.fromkeys(words[:1] + words[-1:]):
        found += rosters.by_name(version, word)
    return rules.suggestions(signature, found)


def search(services: Services, text: str, most: int = 20) -> list[Entry]:
    """Roster entries by an address, a member number, or the first or last word of a name."""
    rosters = services.store.rosters
    version = rosters.current().version
    if version == 0 or not text.strip():
        return []
    if "@" in text:
        return rosters.at_mailbox(version, Entry("", text.strip()).mailbox)
    entry = rosters.by_number(version, plain_number(text))
    found = [entry] if entry else []
    words = words_of(text)
    for word in words:
        found += rosters.by_name(version, word)
    return _fitting(found, words)[:most]


def _fitting(found: Iterable[Entry], words: tuple[str, ...]) -> list[Entry]:
    """Entries once each, those that have more of the words first."""
    once = {entry.seat: entry for entry in found}.values()
    return sorted(once, key=lambda e: (-len(set(words) & set(words_of(e.name))), e.name))
