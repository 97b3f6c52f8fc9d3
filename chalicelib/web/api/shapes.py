"""What the API tells of things. A shape names each field that is told: nothing else ever is."""

from datetime import date, datetime

from chalicelib.domain.documents import document
from chalicelib.domain.groups import group
from chalicelib.domain.meetings import meeting, minutes
from chalicelib.domain.motions import motion
from chalicelib.domain.packets import packet
from chalicelib.domain.petitions import petition
from chalicelib.domain.signing import bulk
from chalicelib.domain.signing import signature as signatures
from chalicelib.web.api.operations import Shape


class Convener(Shape):
    """Somebody who convenes a petition or a group."""

    name: str
    institution: str


class Petition(Shape):
    """A petition: its text, and how far it has come. `verified` and `confirmed` count signatures;
    `missing` says what a draft still lacks, by field.
    """

    id: str
    kind: str
    state: petition.State
    version: int
    name: str
    charge: str
    background: str
    questions: list[str]
    goal_area: str
    conveners: list[Convener]
    verified: int
    confirmed: int
    needed: int
    closes_at: datetime | None
    missing: dict[str, str]


class PetitionRow(Shape):
    """A petition in a list."""

    id: str
    name: str
    charge: str
    kind: str
    state: petition.State
    verified: int
    needed: int


class Named(Shape):
    """A signatory who agreed to be named."""

    name: str
    institution: str


class HistoryStep(Shape):
    """A step of a record, in words."""

    at: datetime
    title: str
    detail: str


class Charge(Shape):
    """A charge that a group has or had."""

    number: int
    name: str
    text: str
    conditions: str
    effective_on: date
    ends_on: date | None


class GroupConvener(Shape):
    """Somebody who convenes a group, and the last day of their term."""

    name: str
    institution: str
    until: date | None


class Group(Shape):
    """A chartered group. `renewal` is how far its renewal is, if one is under way."""

    id: str
    kind: str
    state: group.State
    version: int
    name: str
    charge: Charge
    conveners: list[GroupConvener]
    meets: str
    discussion_url: str
    list_address: str
    renewal: group.Stage | None
    successor: str | None


class GroupRow(Shape):
    """A group in the directory."""

    slug: str
    name: str
    kind: str
    state: str
    charge: str


class DocketItem(Shape):
    """An item of a docket."""

    id: str
    number: str
    title: str
    minutes: int
    action: str
    presenter: str
    document: str
    section: str
    closed: bool
    consent: bool
    pulled_by: str


class DocumentEntry(Shape):
    """A document of a meeting."""

    number: str
    title: str
    kind: str
    document_id: str
    petition_id: str
    revision: int
    late: bool
    closed: bool
    withdrawn: bool


class Attendee(Shape):
    """Somebody at a meeting."""

    person_id: str
    name: str
    office: str
    voting: bool
    arrived_at: datetime | None
    left_at: datetime | None


class Meeting(Shape):
    """A meeting of the Board with its docket and its documents."""

    id: str
    title: str
    code: str
    kind: meeting.Kind
    state: meeting.State
    version: int
    starts_at: datetime
    until: date | None
    zone: str
    place: str
    link: str
    docket: list[DocketItem]
    documents: list[DocumentEntry]
    packets: int
    present: list[Attendee]
    cancel_reason: str


class MeetingRow(Shape):
    """A meeting in a list."""

    id: str
    title: str
    starts_at: datetime
    state: str


class Document(Shape):
    """A document before the Board, as its kind has it."""

    id: str
    meeting_id: str
    kind: document.Kind
    title: str
    state: document.State
    version: int
    number: str
    revision: int
    texts: int
    petition_id: str
    group_id: str
    late: bool
    closed: bool
    sender: str
    received_at: datetime | None
    acknowledge_by: datetime | None
    complete: bool
    withdrawn_reason: str


class Tally(Shape):
    """An announced result with its arithmetic."""

    yes: int
    no: int
    abstain: int
    recused: int
    silent: int
    seats: int
    present: int
    quorum: int
    quorate: bool
    majority_base: str
    base: int
    needed: int
    carried: bool


class Motion(Shape):
    """A motion. `tally` is there once the result is announced."""

    id: str
    meeting_id: str
    document_number: str
    petition_id: str
    title: str
    wording: str
    state: motion.State
    version: int
    action: int
    amends: str
    secret: bool
    virtual: bool
    voting_from: datetime | None
    voting_until: datetime | None
    closes_at: datetime | None
    mover: str
    seconder: str
    opened_at: datetime | None
    closed_at: datetime | None
    announced_at: datetime | None
    tally: Tally | None


class Section(Shape):
    """A section of minutes."""

    key: str
    number: str
    title: str
    text: str
    closed: bool


class Minutes(Shape):
    """A meeting's minutes."""

    id: str
    state: minutes.State
    version: int
    sections: list[Section]
    corrections: int
    distributed_at: datetime | None
    approved_at: datetime | None
    approved_in: str


class Edition(Shape):
    """A file of a packet: for whom, of what, and its SHA-256. `file` is its name in the address."""

    face: packet.Face
    part: packet.Part
    number: str
    file: str
    sha256: str
    pages: int
    size: int


class Packet(Shape):
    """A version of a meeting's packet, and how far making it is: `done` of `total`, `text` in
    words.
    """

    meeting_id: str
    number: int
    state: packet.PacketState
    text: str
    done: int
    total: int
    documents: list[str]
    pages: int
    asked_at: datetime
    published_at: datetime | None
    problem: str
    editions: list[Edition]


class Signature(Shape):
    """A signature, as its staff decide on it."""

    key: str
    petition_id: str
    state: signatures.State
    version: int


class Bulk(Shape):
    """A bulk action on signatures, and how far it is: `done` of `total`, `text` in words."""

    id: str
    action: bulk.Action
    state: bulk.Stage
    text: str
    done: int
    total: int


class ImportJob(Shape):
    """How far the last import of a roster is."""

    state: str
    version: int = 0
    asked_at: datetime | None = None
    told: str = ""


class Roster(Shape):
    """The roster in force."""

    version: int
    digest: str
    entries: int
    imported_at: datetime | None


class Seat(Shape):
    """Somebody's seat on the Board."""

    person: str
    name: str
    seat: str
    office: str
    voting: bool
    presiding: bool
    since: date | None
    until: date | None


class StaffMember(Shape):
    """Somebody on the staff, or who was."""

    person: str
    name: str
    staff: bool
    administrator: bool


class Step(Shape):
    """What was added to a record: the number by which it is answered or changed."""

    number: int


class Ballot(Shape):
    """A ballot as it was cast. Of a secret one, the receipt: it is shown this once."""

    id: str
    choice: str
    number: str = ""
    receipt: str = ""


class Block(Shape):
    """An entry that blocks or allows who signs."""

    id: str
    kind: str
    pattern: str
    effect: str
    reason: str
    by: str
    at: datetime
    until: date | None
    lifted_at: datetime | None


class Erasure(Shape):
    """A request to have one's data erased."""

    person_id: str
    state: str
    asked_at: datetime
    due_on: date
    reason: str
    version: int


class Mailbox(Shape):
    """What the mail service says of an address."""

    key: str
    email: str
    standing: str
    since: datetime | None
    why: str


class Account(Shape):
    """Who asks, and what they are."""

    id: str
    name: str
    email: str
    institution: str
    roles: list[str]


class AccessToken(Shape):
    """An access token; `secret` is there once, when it is made."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_on: date | None
    secret: str = ""


class Webhook(Shape):
    """An address that is told of events."""

    id: str
    url: str
    events: list[str]
    about: str
    by: str
    at: datetime


class Attempt(Shape):
    """A try to deliver a message: the status that came back (0: none), or why none did."""

    at: datetime
    status: int
    problem: str


class Delivery(Shape):
    """A message to a webhook. It is `over` once it was taken, or given up."""

    id: str
    webhook_id: str
    event: str
    at: datetime
    body: str
    attempts: list[Attempt]
    over: bool
    taken: bool


class Done(Shape):
    """It is done, and there is nothing more to tell."""


class Many(Shape):
    """How far somebody has read."""

    upto: int
