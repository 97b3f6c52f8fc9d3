"""What stands beside a thing's record and must agree with it: what lists show of it, a petition's
counts and texts, a signature's key, a vote's ballots.
"""

from collections.abc import Callable, Iterator, Mapping

from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.seats import differences
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.petitions.text import digest_of_text
from chalicelib.domain.record.proof import Problem
from chalicelib.domain.signing import recount
from chalicelib.domain.signing.signature import Signature, mailbox_of
from chalicelib.storage import keys, kinds
from chalicelib.storage.item import Item, Stored, loaded
from chalicelib.storage.stores.board import BoardStore
from chalicelib.storage.stores.documents import DocumentStore
from chalicelib.storage.stores.groups import GroupStore
from chalicelib.storage.stores.petitions import PetitionStore
from chalicelib.storage.stores.signatures import tally_state
from chalicelib.storage.table import Table

# What a list shows of a petition that depends on the policy as it was then.
_DATED = frozenset({"needed"})


class Beside:
    """Checks what no event vouches for against what the events do vouch for."""

    def __init__(
        self,
        table: Table,
        petitions: PetitionStore,
        board: BoardStore,
        groups: GroupStore,
        documents: DocumentStore,
    ) -> None:
        # How the store writes a thing's state, with what lists show of it.
        self._written: dict[str, Callable[[Item], Item]] = {
            "meeting": lambda r: board._meeting(kinds.MEETING.value(r)),
            "motion": lambda r: board._motion(kinds.MOTION.value(r)),
            "group": lambda r: groups._group(kinds.GROUP.value(r)),
            "document": lambda r: documents._document(kinds.DOCUMENT.value(r)),
        }
        self._table = table
        self._petition = petitions

    def flaws(self, subject: str, stored: Mapping[str, Stored]) -> list[Problem]:
        """Everything beside the record that disagrees with it, or that cannot be read."""
        what = subject.partition("/")[0]
        try:
            items = {sk: loaded(s) for sk, s in stored.items() if not sk.startswith(_STEPS)}
            found = list(self._all(what, items))
            if what == "board":
                found += self._seats(items[keys.STATE], stored)
        except Exception as error:
            # Whatever somebody wrote into the item, it is to be told of and no end of the run.
            return [
                Problem(subject, 0, f"something of it cannot be read: it was altered ({error}).")
            ]
        return [Problem(subject, 0, text) for text in found]

    def _all(self, what: str, items: Mapping[str, Item]) -> Iterator[str]:
        state = items.get(keys.STATE)
        if state is None:
            return
        if what == "petition":
            yield from self._of_petition(items)
        elif what in self._written:
            yield from _as_written(state, self._written[what](state))

    def _of_petition(self, items: Mapping[str, Item]) -> Iterator[str]:
        found = self._petition.from_items(items)
        if found is None:
            yield "its text or its counts are missing: they were removed."
            return
        written = self._petition._state(found, None)
        yield from _as_written(items[keys.STATE], written)
        yield from _texts(found, items)
        for convener in found.conveners:
            # A digest must not hold an address; where it leads to the petition, it does.
            address = convener.email
            if address and self._table.get(keys.convenes(key_of(address), found.id)) is None:
                yield f"the address of {convener.name or 'a convener'} was altered."
        signatures = [
            kinds.SIGNATURE.value(item)
            for sk, item in items.items()
            if sk.startswith(keys.SIGNATURE)
        ]
        for one in signatures:
            yield from _signature(one, found)
        counted = recount.count(found, signatures, "UTC").count
        if counted != recount.kept(found):
            yield (
                f"it counts {found.confirmed} confirmed and {found.verified} verified signatures, "
                f"and has {counted.confirmed} and {counted.verified}: some were altered, removed "
                "or added, or the count was."
            )
        tally = items[keys.TALLY]
        if tally.state != tally_state(found):
            yield "the state in its counts is not its own: it was altered."
        if found.edition and int(tally.edition or 0) != found.edition:
            yield "the edition in its counts is not its own: it was altered."

    def _seats(self, state: Item, stored: Mapping[str, Stored]) -> Iterator[str]:
        """Where people hold other seats than they were given. Who had their data erased holds
        none.
        """
        steps = sorted(sk for sk in stored if sk.startswith(keys.EVENT))
        events = [kinds.EVENT.value(loaded(stored[sk])) for sk in steps]
        for person_id in kinds.REGISTER.value(state).holders:
            item = self._table.get(keys.person(person_id))
            if item is None:
                yield f"the person {person_id}, who was given a seat, is missing: it was removed."
            elif (person := kinds.PERSON.value(item)).email:
                yield from differences(events, person)


_STEPS = (keys.EVENT, keys.EDIT)


def _as_written(kept: Item, written: Item) -> Iterator[str]:
    """What of a state's item is not as the store writes it."""
    if kept.state != written.state:
        yield "the state beside its body is not the one in it: it was altered."
    if (kept.listing_pk, kept.listing_sk) != (written.listing_pk, written.listing_sk):
        yield "it does not stand where it should in lists: that was altered."
    shown, should = kept.listing or {}, written.listing or {}
    for name in sorted((shown.keys() & should.keys()) - _DATED):
        if shown[name] != should[name]:
            yield f"lists show another {name} than it has: that was altered."


def _texts(found: Petition, items: Mapping[str, Item]) -> Iterator[str]:
    for sk, item in items.items():
        if sk.startswith(keys.TEXT_KEPT):
            text = kinds.TEXT.value(item)
            if digest_of_text(found.kind, text) != sk.removeprefix(keys.TEXT_KEPT):
                yield "a text that was open for signatures was altered: its digest does not fit."
    published = items.get(keys.PUBLISHED)
    if published and found.state == State.DRAFT:
        text = kinds.TEXT.value(published)
        if digest_of_text(found.kind, text) != found.text_digest:
            yield "the text that others see while it is rewritten was altered."
    if found.text_digest and keys.text_kept("", found.text_digest)[1] not in items:
        yield "the text that its signatures stand for is missing: it, or its digest, was altered."


def _signature(one: Signature, found: Petition) -> Iterator[str]:
    if not one.anonymised_at and key_of(one.email) != mailbox_of(one.key):
        yield f"the address of signature {one.key} was altered, or the signature moved."
