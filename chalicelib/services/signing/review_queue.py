"""Staff's queue: the signatures that wait for them, with what they are decided by."""

from dataclasses import dataclass, field, replace

from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.roster.roster import Entry
from chalicelib.domain.signing.abuse import HOLDS
from chalicelib.domain.signing.signature import Signature, State, mailbox_of, stands_for
from chalicelib.services.context import Services
from chalicelib.services.signing import matching
from chalicelib.services.signing.bulk import open_petitions

PAGE = 50
# More are not counted: a number like this says enough.
MOST_COUNTED = 500
# Up to so many are read and counted one by one; beyond it the number is a lower bound.
MOST_READ = 50
# A list is given up after so many pages of signatures that wait for nobody here.
MOST_PAGES = 10
# The staff's first page looks at no more petitions than this.
MOST_PETITIONS = 50


@dataclass(frozen=True)
class Candidate:
    """A roster entry that may be the signatory, and `why`. `counts` is who counts for that member
    on the petition already, in words, or empty.
    """

    entry: Entry
    why: str
    counts: str = ""


@dataclass(frozen=True)
class Doubt:
    """A signature that waits, why it does (in words), and roster entries that may be it."""

    petition: Petition
    signature: Signature
    reasons: tuple[str, ...]
    entries: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Group:
    """A petition with some of its doubtful signatures. `waiting` is how many there are at least,
    `more` whether there may be more, and `next` where the next page begins.
    """

    id: str
    name: str
    state: str
    waiting: int
    doubts: tuple[Doubt, ...] = ()
    next: str = ""
    more: bool = False


@dataclass
class Queue:
    """The queue, or one petition's part of it."""

    groups: list[Group] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many wait in all, at least."""
        return sum(group.waiting for group in self.groups)

    @property
    def more(self) -> bool:
        """Whether more may wait than were counted."""
        return any(group.more for group in self.groups)


def waits(signature: Signature, petition: Petition) -> bool:
    """Whether staff decide a doubtful signature now. Who signed an earlier text has to confirm
    anew before anybody decides, but for those that are held.
    """
    return signature.state == State.HELD or stands_for(signature, petition)


def read(
    services: Services, petition: Petition, after: str, limit: int
) -> tuple[list[Signature], str]:
    """Up to `limit` signatures that wait, those who waited longest first, and where the next
    page begins.
    """
    found: list[Signature] = []
    for _ in range(MOST_PAGES):
        room = limit - len(found)
        signatures, after = services.store.petitions.doubtful(petition.id, after, room)
        found += [one for one in signatures if waits(one, petition)]
        if not after or len(found) == limit:
            break
    return found, after


def count(services: Services, petition_id: str, most: int = MOST_COUNTED) -> tuple[int, bool]:
    """How many signatures of a petition wait, at least, and whether there may be more."""
    store = services.store.petitions
    indexed = store.doubtful_count(petition_id, most)
    petition = store.get(petition_id) if indexed else None
    if petition is None:
        return 0, False
    if indexed > MOST_READ and petition.edition <= 1:
        # There is no earlier text: everything in the index waits.
        return indexed, indexed >= most
    found, further = store.doubtful(petition_id, "", MOST_READ)
    return sum(waits(one, petition) for one in found), bool(further)


def queue(
    services: Services, only: str = "", after: str = "", find: tuple[str, str] = ("", "")
) -> Queue:
    """Up to a page of signatures that wait, by petition; of the other petitions the number alone.

    `only` names the one petition to be shown, from `after` on. `find` is the key of a signature
    and what to look for on the roster for it.
    """
    found, room = Queue(), PAGE
    for row in open_petitions(services):
        waiting, more = count(services, row["id"])
        group = Group(row["id"], row["name"], row["state"], waiting, more=more)
        if room > 0 and (group.waiting or group.more) and only in {"", row["id"]}:
            group = _filled(services, group, after if only else "", room, find)
            room -= len(group.doubts)
        found.groups.append(group)
    return found


def _filled(
    services: Services, group: Group, after: str, room: int, find: tuple[str, str]
) -> Group:
    """The group with up to `room` of its signatures."""
    petition = services.store.petitions.get(group.id)
    if petition is None:
        return replace(group, waiting=0, more=False)
    signatures, further = read(services, petition, after, room)
    doubts = [
        doubt(services, petition, signature, find[1] if signature.key == find[0] else "")
        for signature in signatures
    ]
    state = petition.state.value
    return replace(group, name=petition.name, state=state, doubts=tuple(doubts), next=further)


def doubt(services: Services, petition: Petition, signature: Signature, find: str = "") -> Doubt:
    """One signature with why it waits, the roster entries that staff looked for (`find`), and
    those that look like it.
    """
    entries = {entry.seat: (entry, "found") for entry in matching.search(services, find)}
    if signature.state == State.CONFIRMED:
        for one in matching.suggestions(services, signature):
            entries.setdefault(one.entry.seat, (one.entry, one.why))
    reasons = _reasons(services, signature)
    candidates = []
    for entry, why in entries.values():
        rival = matching.rival_for(services, petition, signature, entry.seat)
        who = _who(services, petition.id, rival)
        candidates.append(Candidate(entry, why, f"{who}, verified" if who else ""))
        if who and rival != signature.rival and "same name" in why:
            # Accepted without a link, the same member would count twice.
            reasons += (f"{who}, who looks like the same member, counts already.",)
    return Doubt(petition, signature, reasons, tuple(candidates))


def _who(services: Services, petition_id: str, key: str) -> str:
    found = services.store.petitions.signature(petition_id, key) if key else None
    return f"{found.name} ({found.email})" if found else ""


def _reasons(services: Services, signature: Signature) -> tuple[str, ...]:
    store = services.store.petitions
    reasons = []
    if signature.state == State.HELD:
        why = HOLDS.get(signature.hold, HOLDS["mailbox"])
        reasons.append(f"Held, and no email has gone out: {why[0].lower()}{why[1:]}.")
    if signature.state == State.CONFIRMED and signature.rival:
        who = _who(services, signature.petition_id, signature.rival) or "Another signature"
        reasons.append(f"{who} counts for the same member already. Only one of the two can.")
    elif signature.state == State.CONFIRMED:
        number = ", and no number that fits the name" if signature.member_number else ""
        reasons.append(f"Confirmed, but the roster does not have this address{number}.")
    if signature.state == State.VERIFIED and signature.other_name:
        reasons.append("Counted by its address, but the roster has another name there.")
    if signature.shares:
        here = store.at_mailbox(signature.petition_id, mailbox_of(signature.key))
        others = [one.name for one in here if one.key != signature.key]
        reasons.append(f"Shares a mailbox with {', '.join(others) or 'another member'}.")
    return tuple(reasons)


def waiting(services: Services, most: int = 100) -> tuple[int, bool]:
    """How many signatures wait in all, at least, and whether there may be more: no more than
    `most` are counted, on no more than `MOST_PETITIONS`.
    """
    total, more = 0, False
    for looked_at, row in enumerate(open_petitions(services)):
        if total >= most or looked_at == MOST_PETITIONS:
            return total, True
        here, beyond = count(services, row["id"], most - total)
        total, more = total + here, more or beyond
    return total, more
