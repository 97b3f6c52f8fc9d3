"""What stands beside a thing's record and must agree with it: what lists show of it, a petition's
counts and texts, a signature's key, a vote's ballots.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chalicelib.domain.groups.group import Group
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.seats import Register, differences
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.petitions.text import Text, digest_of_text
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.proof import Problem
from chalicelib.domain.signing import recount
from chalicelib.domain.signing.signature import Signature, mailbox_of
from chalicelib.storage import keys, reading
from chalicelib.storage.board import DynamoBoard
from chalicelib.storage.documents import DynamoDocuments, document_of
from chalicelib.storage.groups import DynamoGroups
from chalicelib.storage.mapping import from_body
from chalicelib.storage.people import person_of
from chalicelib.storage.petitions import DynamoPetitions
from chalicelib.storage.signatures import signature_of, tally_state
from chalicelib.storage.tables import Record

# What a list shows of a petition that depends on the policy as it was then.
_DATED = frozenset({"needed"})
# A raw item, and those of a thing by their sort keys.
Items = Mapping[str, Mapping[str, Any]]


class Beside:
    """Checks what no event vouches for against what the events do vouch for."""

    def __init__(
        self,
        petitions: DynamoPetitions,
        board: DynamoBoard,
        groups: DynamoGroups,
        documents: DynamoDocuments,
    ) -> None:
        # How the store writes a thing's state, with what lists show of it.
        self._written: dict[str, Callable[[Record], Record]] = {
            "meeting": lambda r: board._meeting(_thing(Meeting, r)),
            "motion": lambda r: board._motion(_thing(Motion, r)),
            "group": lambda r: groups._group(_thing(Group, r)),
            "document": lambda r: documents._document(document_of(r)),
        }
        self._petition = petitions

    def flaws(self, subject: str, items: Items) -> list[Problem]:
        """Everything beside the record that disagrees with it, or that cannot be read."""
        what = subject.partition("/")[0]
        try:
            records = {
                sk: Record.from_raw_data(dict(item))
                for sk, item in items.items()
                if not sk.startswith(_STEPS)
            }
            found = list(self._all(what, records))
            if what == "board":
                found += _seats(records[keys.STATE], items)
        except Exception as error:
            # Whatever somebody wrote into the item, it is to be told of and no end of the run.
            return [
                Problem(subject, 0, f"something of it cannot be read: it was altered ({error}).")
            ]
        return [Problem(subject, 0, text) for text in found]

    def _all(self, what: str, records: Mapping[str, Record]) -> Iterator[str]:
        state = records.get(keys.STATE)
        if state is None:
            return
        if what == "petition":
            yield from self._of_petition(records)
        elif what in self._written:
            yield from _as_written(state, self._written[what](state))

    def _of_petition(self, records: Mapping[str, Record]) -> Iterator[str]:
        found = self._petition.from_records(records)
        if found is None:
            yield "its text or its counts are missing: they were removed."
            return
        written = self._petition._state(found, None)
        yield from _as_written(records[keys.STATE], written)
        yield from _texts(found, records)
        for convener in found.conveners:
            # A digest must not hold an address; where it leads to the petition, it does.
            address = convener.email
            if address and reading.get(keys.convenes(key_of(address), found.id)) is None:
                yield f"the address of {convener.name or 'a convener'} was altered."
        signatures = [
            signature_of(record) for sk, record in records.items() if sk.startswith(keys.SIGNATURE)
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
        tally = records[keys.TALLY]
        if tally.state != tally_state(found):
            yield "the state in its counts is not its own: it was altered."
        if found.edition and int(tally.edition or 0) != found.edition:
            yield "the edition in its counts is not its own: it was altered."


_STEPS = (keys.EVENT, keys.EDIT)


def _seats(state: Record, items: Items) -> Iterator[str]:
    """Where people hold other seats than they were given. Who had their data erased holds none."""
    steps = sorted(sk for sk in items if sk.startswith(keys.EVENT))
    raw = [Record.from_raw_data(dict(items[sk])) for sk in steps]
    events = [from_body(Event, record.body) for record in raw]
    for person_id in from_body(Register, state.body).holders:
        record = reading.get(keys.person(person_id))
        if record is None:
            yield f"the person {person_id}, who was given a seat, is missing: they were removed."
        elif (person := person_of(record)).email:
            yield from differences(events, person)


def _thing(kind: type[Any], record: Record) -> Any:
    return from_body(kind, record.body, version=int(record.version))


def _as_written(kept: Record, written: Record) -> Iterator[str]:
    """What of a state's item is not as the store writes it."""
    if kept.state != written.state:
        yield "the state beside its body is not the one in it: it was altered."
    if (kept.listing_pk, kept.listing_sk) != (written.listing_pk, written.listing_sk):
        yield "it does not stand where it should in lists: that was altered."
    shown, should = kept.listing or {}, written.listing or {}
    for name in sorted((shown.keys() & should.keys()) - _DATED):
        if shown[name] != should[name]:
            yield f"lists show another {name} than it has: that was altered."


def _texts(found: Petition, records: Mapping[str, Record]) -> Iterator[str]:
    for sk, record in records.items():
        if sk.startswith(keys.TEXT_KEPT):
            text = from_body(Text, record.body or {})
            if digest_of_text(found.kind, text) != sk.removeprefix(keys.TEXT_KEPT):
                yield "a text that was open for signatures was altered: its digest does not fit."
    published = records.get(keys.PUBLISHED)
    if published and found.state == State.DRAFT:
        text = from_body(Text, published.body or {})
        if digest_of_text(found.kind, text) != found.text_digest:
            yield "the text that others see while it is rewritten was altered."
    if found.text_digest and keys.text_kept("", found.text_digest)[1] not in records:
        yield "the text that its signatures stand for is missing: it, or its digest, was altered."


def _signature(one: Signature, found: Petition) -> Iterator[str]:
    if not one.anonymised_at and key_of(one.email) != mailbox_of(one.key):
        yield f"the address of signature {one.key} was altered, or the signature moved."
