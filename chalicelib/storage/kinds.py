"""Each kind of item once: where it is, what it holds, and what else follows from its kind.

Keys are made in `keys.py`; docs/data-model.md says who reads which kind, and why it is so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chalicelib.domain.documents.discussion import Discussion
from chalicelib.domain.documents.document import Document
from chalicelib.domain.documents.document import Revision as DocumentText
from chalicelib.domain.groups.group import Charge, CheckIn, Group, Renewal
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.minutes import Minutes
from chalicelib.domain.meetings.minutes import Revision as MinutesText
from chalicelib.domain.motions.ballots import Ballot, Slip
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.motions.recusals import Recusal
from chalicelib.domain.outbox.letters import FanOut, Letter
from chalicelib.domain.outbox.mailboxes import Mailbox
from chalicelib.domain.outbox.webhooks import Delivery, Webhook
from chalicelib.domain.packets.packet import Packet, PacketState
from chalicelib.domain.people.access_tokens import AccessToken
from chalicelib.domain.people.people import Person
from chalicelib.domain.people.seats import Register
from chalicelib.domain.people.sessions import Link, Session
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.petitions.text import Text
from chalicelib.domain.privacy.privacy import Request
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.seal import Seal
from chalicelib.domain.roster.roster import Entry, Import, Roster
from chalicelib.domain.signing.abuse import Entry as Block
from chalicelib.domain.signing.bulk import Bulk
from chalicelib.domain.signing.recount import Recount
from chalicelib.domain.signing.signature import Signature
from chalicelib.storage import keys
from chalicelib.storage.item import ATTRIBUTES, Item
from chalicelib.storage.mapping import from_body, to_body

Value = TypeVar("Value")


@dataclass(frozen=True)
class Kind(Generic[Value]):
    """A kind of item. Its partitions begin with the word `partition` (None: any), its sort keys
    are or begin with `sort`.
    """

    partition: str | None
    sort: str
    holds: type[Value]
    # Fields that are no part of the body: attributes of the item have them, or its key.
    apart: frozenset[str] = frozenset()
    # The fields that follow from the item's key, or from other attributes.
    derived: Callable[[Item], dict[str, Any]] = lambda _: {}
    # By which name the events of the thing vouch for the item.
    vouched: str = ""
    # Which queue works on it while it is due.
    queue: str = ""

    def body(self, value: Value) -> dict[str, Any]:
        """What an item's body says of a value."""
        body: dict[str, Any] = to_body(value, self.apart)
        return body

    def value(self, item: Item) -> Value:
        """The value that an item holds."""
        return from_body(self.holds, self.fields(item), **self.derived(item))

    def fields(self, item: Item) -> dict[str, Any]:
        """The body of an item with the fields that are attributes beside it."""
        beside = {name: getattr(item, name) for name in self.apart if name in ATTRIBUTES}
        return (item.body or {}) | {k: v for k, v in beside.items() if v is not None}

    def matches(self, pk: str, sk: str) -> bool:
        """Whether an item with this key is of this kind."""
        word = pk.partition("#")[0]
        # What ends in a mark is a beginning, what does not is the whole sort key.
        at_place = sk.startswith(self.sort) if self.sort[-1:] in {"#", ""} else sk == self.sort
        return at_place and self.partition in {word, None}


def _tail(item: Item) -> str:
    """What tells an item from the others of its kind in its partition."""
    return item.sk.partition("#")[2]


def _id(item: Item) -> str:
    return item.pk.partition("#")[2]


def _marking(item: Item) -> dict[str, Any]:
    """A published packet is due while its documents do not say so."""
    done = item.body["state"] == PacketState.PUBLISHED
    return {"marking": bool(done and item.due)}


_VERSIONED = frozenset({"version"})

# Things with a record: their state. The text and the tally of a petition are items of their own,
# so that a confirmation writes two small items whatever the petition's length.
PETITION = Kind(
    "PETITION",
    keys.STATE,
    Petition,
    frozenset({"text", "published", "confirmed", "verified", "text_digest", "version"}),
)
MEETING = Kind("MEETING", keys.STATE, Meeting, _VERSIONED)
MOTION = Kind("MOTION", keys.STATE, Motion, _VERSIONED)
GROUP = Kind("GROUP", keys.STATE, Group, _VERSIONED)
DOCUMENT = Kind("DOCUMENT", keys.STATE, Document, _VERSIONED)
DISCUSSION = Kind("DISCUSSION", keys.STATE, Discussion, _VERSIONED)
MINUTES = Kind("MINUTES", keys.STATE, Minutes, _VERSIONED)
REGISTER = Kind("BOARD", keys.STATE, Register, _VERSIONED)
THINGS: tuple[Kind[Any], ...] = (
    PETITION,
    MEETING,
    MOTION,
    GROUP,
    DOCUMENT,
    DISCUSSION,
    MINUTES,
    REGISTER,
)

# What stands beside the state.
EVENT = Kind(None, keys.EVENT, Event)
EDIT = Kind(None, keys.EDIT, Event)
TEXT = Kind("PETITION", keys.TEXT, Text)
PUBLISHED = Kind("PETITION", keys.PUBLISHED, Text)
TEXT_KEPT = Kind("PETITION", keys.TEXT_KEPT, Text)
RECOUNT = Kind("PETITION", keys.RECOUNT, Recount)
SIGNATURE = Kind(
    "PETITION",
    keys.SIGNATURE,
    Signature,
    frozenset({"letter", "version", "state", "petition_id", "key"}),
    lambda item: {"petition_id": _id(item), "key": _tail(item)},
    queue="mail",
)
PACKET = Kind(
    "MEETING",
    keys.PACKET,
    Packet,
    frozenset({"version", "marking"}),
    _marking,
    vouched="packet",
    queue="packets",
)
BALLOT = Kind("MOTION", keys.BALLOT, Ballot, _VERSIONED, vouched="ballot")
SLIP = Kind(
    "MOTION",
    keys.SLIP,
    Slip,
    frozenset({"version", "key", "motion_id"}),
    lambda item: {"motion_id": _id(item), "key": _tail(item)},
    vouched="slip",
)
RECUSAL = Kind(
    "DOCUMENT",
    keys.RECUSED,
    Recusal,
    frozenset({"version", "document_id", "person_id"}),
    lambda item: {"document_id": _id(item), "person_id": item.sk.removeprefix(keys.RECUSED)},
)
CHARGE = Kind("GROUP", keys.CHARGE, Charge, vouched="charge")
RENEWAL = Kind("GROUP", keys.RENEWAL, Renewal, vouched="renewal")
CHECK_IN = Kind("GROUP", keys.CHECK_IN, CheckIn, vouched="check-in")
DOCUMENT_TEXT = Kind("DOCUMENT", keys.REVISION, DocumentText, vouched="revision")
MINUTES_TEXT = Kind("MINUTES", keys.REVISION, MinutesText, vouched="revision")
SEAL = Kind("SEALS", "", Seal)

# People.
PERSON = Kind("PERSON", "PERSON", Person, _VERSIONED)
ERASURE = Kind("PERSON", "ERASURE", Request, _VERSIONED)
LINK = Kind("LINK", "LINK", Link)
SESSION = Kind("SESSION", "SESSION", Session)
ACCESS_TOKEN = Kind("TOKEN", "TOKEN", AccessToken)
MAILBOX = Kind("MAILBOX", keys.STATE, Mailbox)

# The roster.
ROSTER_CURRENT = Kind("ROSTER", "CURRENT", Roster)
ROSTER_IMPORT = Kind("ROSTER", "IMPORT", Import, queue="packets")
ROSTER = Kind("ROSTER", keys.STATE, Roster)
ROSTER_NUMBER = Kind("ROSTER", "NUMBER#", Entry)
ROSTER_NAME = Kind("ROSTER", "SEAT#", Entry)

# What staff keep, and what is to be done.
BLOCK = Kind("BLOCKS", keys.BLOCK_IN_FORCE, Block)
BLOCK_OVER = Kind("BLOCKS", "OVER#", Block)
BULK = Kind("BATCH", "BULK", Bulk, queue="packets")
LETTER = Kind("OUTBOX", "LETTER", Letter, queue="mail")
FAN_OUT = Kind("OUTBOX", "FANOUT", FanOut, queue="mail")
WEBHOOK = Kind("WEBHOOKS", keys.WEBHOOK, Webhook)
DELIVERY = Kind("WEBHOOK", keys.DELIVERY, Delivery, queue="webhooks")

KINDS: tuple[Kind[Any], ...] = tuple(v for v in list(globals().values()) if isinstance(v, Kind))


def kind_of(pk: str, sk: str) -> Kind[Any] | None:
    """The kind of the item under a key; None for those that hold no value, such as counters."""
    return next((kind for kind in KINDS if kind.matches(pk, sk)), None)


def queue_of(pk: str, sk: str) -> str:
    """The queue that works on an item that is due."""
    kind = kind_of(pk, sk)
    return kind.queue if kind and kind.queue else "mail"


def vouched_name(sk: str) -> str:
    """By which name events vouch for the item at a sort key, such as `charge/1`; empty where they
    do not.
    """
    for kind in KINDS:
        if kind.vouched and sk.startswith(kind.sort):
            tail = sk.removeprefix(kind.sort)
            number = int(tail) if tail.isdecimal() and len(tail) == 4 else tail
            return f"{kind.vouched}/{number}"
    return ""
