"""Staff's queue: the signatures that wait for them, with what they are decided by."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.abuse import HOLDS
from chalicelib.domain.petition import Petition
from chalicelib.domain.roster import Entry
from chalicelib.domain.signature import Signature, State, mailbox_of, stands_for
from chalicelib.services import matching
from chalicelib.services.bulk import open_petitions
from chalicelib.services.context import Services

PAGE = 50
# More are not counted: a number like this says enough.
MOST_COUNTED = 500
# The staff's first page looks at no more petitions than this.
MOST_PETITIONS = 50
_MAILBOX = "More members have signed from this mailbox than usual"


@dataclass(frozen=True)
class Doubt:
    """A signature that waits, why it does (in words), and roster entries that may be it."""

    petition: Petition
    signature: Signature
    reasons: tuple[str, ...]
    entries: tuple[tuple[Entry, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """A petition with some of its doubtful signatures. `waiting` is how many there are, up to
    `MOST_COUNTED`, and `next` where the next page begins.
    """

    id: str
    name: str
    state: str
    waiting: int
    doubts: tuple[Doubt, ...] = ()
    next: str = ""


@dataclass
class Queue:
    """The queue, or one petition's part of it."""

    groups: list[Group] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """About how many wait in all."""
        return sum(group.waiting for group in self.groups)


def queue(
    services: Services, only: str = "", after: str = "", find: tuple[str, str] = ("", "")
) -> Queue:
    """Up to a page of signatures that wait, by petition; of the other petitions the number alone.

    `only` names the one petition to be shown, from `after` on. `find` is the key of a signature
    and what to look for on the roster for it.
    """
    found, room = Queue(), PAGE
    for row in open_petitions(services):
        waiting = services.store.petitions.doubtful_count(row["id"], MOST_COUNTED)
        shown = room > 0 and waiting > 0 and only in {"", row["id"]}
        if not shown:
            found.groups.append(Group(row["id"], row["name"], row["state"], waiting))
            continue
        group = _group(services, row, waiting, after if only else "", room, find)
        found.groups.append(group)
        room -= len(group.doubts)
    return found


def _group(
    services: Services,
    row: dict[str, Any],
    waiting: int,
    after: str,
    room: int,
    find: tuple[str, str],
) -> Group:
    store = services.store.petitions
    petition = store.get(row["id"])
    if petition is None:
        return Group(row["id"], row["name"], row["state"], 0)
    signatures, further = store.doubtful(petition.id, after, room)
    doubts = [
        doubt(services, petition, signature, find[1] if signature.key == find[0] else "")
        for signature in signatures
        # Who signed an earlier text has to confirm anew before anybody decides.
        if signature.state == State.HELD or stands_for(signature, petition)
    ]
    state = petition.state.value
    return Group(petition.id, petition.name, state, waiting, tuple(doubts), further)


def doubt(services: Services, petition: Petition, signature: Signature, find: str = "") -> Doubt:
    """One signature with why it waits, the roster entries that staff looked for (`find`), and
    those that look like it.
    """
    entries = {entry.seat: (entry, "found") for entry in matching.search(services, find)}
    if signature.state == State.CONFIRMED:
        for one in matching.suggestions(services, signature):
            entries.setdefault(one.entry.seat, (one.entry, one.why))
    return Doubt(petition, signature, _reasons(services, signature), tuple(entries.values()))


def _reasons(services: Services, signature: Signature) -> tuple[str, ...]:
    store = services.store.petitions
    reasons = []
    if signature.state == State.HELD:
        why = HOLDS.get(signature.hold, _MAILBOX)
        reasons.append(f"Held, and no letter has gone out: {why[0].lower()}{why[1:]}.")
    if signature.state == State.CONFIRMED and signature.rival:
        rival = store.signature(signature.petition_id, signature.rival)
        who = f"{rival.name} ({rival.email})" if rival else "Another signature"
        reasons.append(f"{who} counts for the same member already. Only one of the two can.")
    elif signature.state == State.CONFIRMED:
        number = ", and no number that fits the name" if signature.member_number else ""
        reasons.append(f"Confirmed, but the roster does not have this address{number}.")
    if signature.shares:
        here = store.at_mailbox(signature.petition_id, mailbox_of(signature.key))
        others = [one.name for one in here if one.key != signature.key]
        reasons.append(f"Shares a mailbox with {', '.join(others) or 'another member'}.")
    return tuple(reasons)


def waiting(services: Services, most: int = 100) -> tuple[int, bool]:
    """About how many signatures wait in all, and whether there may be more: no more than `most`
    are counted, on no more than `MOST_PETITIONS`.
    """
    total = 0
    for looked_at, row in enumerate(open_petitions(services)):
        if total >= most or looked_at == MOST_PETITIONS:
            return total, True
        total += services.store.petitions.doubtful_count(row["id"], most - total)
    return total, total >= most
