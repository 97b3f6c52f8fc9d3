"""Every key of the table, in one place. docs/data-model.md explains who reads which."""

# Everything that a thing's own page needs sorts under this prefix, so that one Query reads it.
PAGE = "0#"
STATE = "0#STATE"
EVENT = "0#EVENT#"
EDIT = "1#EDIT#"
TALLY = "0#TALLY"
TEXT = "0#TEXT"
PUBLISHED = "1#PUBLISHED"
TEXT_KEPT = "1#TEXT#"
HISTORY = "1#HISTORY"
RECOUNT = "1#RECOUNT"
ANONYMISING = "1#ANONYMISING"
ASKED = "1#ASKED#"
SIGNATURE = "SIG#"
BALLOT = "BALLOT#"
SLIP = "SLIP#"
PACKET = "0#PACKET#"
AMENDMENT = "0#AMENDMENT"
CONFIRMATION = "0#CONFIRMATION"
POSTPONED_TO = "POSTPONED_TO"
CHARGE = "0#CHARGE#"
RENEWAL = "0#RENEWAL#"
CHECK_IN = "0#CHECKIN#"
LEADS = "LEADS#"
REVISION = "0#REVISION#"
RECUSED = "0#RECUSED#"
SENT = "SENT#"
WROTE = "WROTE#"

Key = tuple[str, str]

# Commands whose events no page shows.
SHOWN_NOWHERE = frozenset(
    {"edit", "invite", "accept-invitation", "decline-invitation", "remind", "save-renewal"}
)


def petition(petition_id: str) -> str:
    """Partition of a petition, its record and its signatures."""
    return f"PETITION#{petition_id}"


def meeting(meeting_id: str) -> str:
    """Partition of a meeting, its record and its packets."""
    return f"MEETING#{meeting_id}"


def document(document_id: str) -> str:
    """Partition of a document, its texts and its record."""
    return f"DOCUMENT#{document_id}"


def revision(number: int) -> str:
    """Sort key of a text of a document."""
    return f"{REVISION}{number:04d}"


def sent(person_id: str, at: str, document_id: str) -> Key:
    """That a person sent a document to the Board."""
    return f"PERSON#{person_id}", f"{SENT}{at}#{document_id}"


def wrote(person_id: str, document_id: str) -> Key:
    """That a person wrote something about a document."""
    return f"PERSON#{person_id}", f"{WROTE}{document_id}"


def motion(motion_id: str) -> str:
    """Partition of a motion, its record and its ballots."""
    return f"MOTION#{motion_id}"


def discussion(document_id: str) -> str:
    """Partition of what is written about a document, which is a record of its own."""
    return f"DISCUSSION#{document_id}"


def asked(petition_id: str, document_id: str) -> Key:
    """That a petition's conveners were asked about a document."""
    return petition(petition_id), f"{ASKED}{document_id}"


def read_mark(document_id: str, person_id: str) -> Key:
    """How far a person has read the discussion of a document."""
    return discussion(document_id), f"READ#{person_id}"


def minutes(meeting_id: str) -> str:
    """Partition of a meeting's minutes, which are a record of their own."""
    return f"MINUTES#{meeting_id}"


def group(slug: str) -> str:
    """Partition of a group, its charges and its record."""
    return f"GROUP#{slug}"


def charge(number: int) -> str:
    """Sort key of a version of a group's charge."""
    return f"{CHARGE}{number:04d}"


def renewal(number: int) -> str:
    """Sort key of a renewal that is closed."""
    return f"{RENEWAL}{number:04d}"


def check_in(number: int) -> str:
    """Sort key of a group's yearly answer."""
    return f"{CHECK_IN}{number:04d}"


def leads(address_key: str, slug: str) -> Key:
    """That an address convenes a group, or is invited to."""
    return f"EMAIL#{address_key}", f"{LEADS}{slug}"


def event(sequence: int, command: str) -> str:
    """Sort key of an event; it sorts by number.

    The edits of a draft are many and no page shows them: they stand apart, so that a page
    does not cost more the longer somebody worked on a draft. So do its conveners' other errands.
    """
    return f"{EDIT if command in SHOWN_NOWHERE else EVENT}{sequence:06d}"


def text_kept(petition_id: str, digest: str) -> Key:
    """A text that was once signed or open for signatures, for ever."""
    return petition(petition_id), f"{TEXT_KEPT}{digest}"


def packet(number: int) -> str:
    """Sort key of a packet version."""
    return f"{PACKET}{number:04d}"


def signature(petition_id: str, key: str) -> Key:
    """A person's one signature on a petition."""
    return petition(petition_id), f"{SIGNATURE}{key}"


def floor(meeting_id: str, number: str, action: int = 0) -> Key:
    """What is before the Board, or was decided, of a document of a meeting: all of it, or one of
    its numbered actions.
    """
    return meeting(meeting_id), f"FLOOR#{number}" + (f"#{action}" if action else "")


def amendment(motion_id: str) -> Key:
    """The amendment that is pending on a motion; a motion's page reads it with the motion."""
    return motion(motion_id), AMENDMENT


def confirmation(motion_id: str) -> Key:
    """The motion that is pending on the confirmation of a motion's result."""
    return motion(motion_id), CONFIRMATION


def ballot(motion_id: str, person_id: str) -> Key:
    """A member's one ballot on a motion."""
    return motion(motion_id), f"{BALLOT}{person_id}"


def slip(motion_id: str, key: str) -> Key:
    """What somebody voted in a secret vote, under the digest of their receipt."""
    return motion(motion_id), f"{SLIP}{key}"


def recused(document_id: str, person_id: str) -> Key:
    """That somebody is kept out of a document's closed discussion."""
    return document(document_id), f"{RECUSED}{person_id}"


def person(person_id: str) -> Key:
    """A person."""
    return f"PERSON#{person_id}", "PERSON"


def email(address_key: str) -> Key:
    """Which person an address belongs to."""
    return f"EMAIL#{address_key}", "PERSON"


def convenes(address_key: str, petition_id: str) -> Key:
    """That an address convenes a petition."""
    return f"EMAIL#{address_key}", f"CONVENES#{petition_id}"


def link(link_key: str) -> Key:
    """A sign-in link by the digest of its token."""
    return f"LINK#{link_key}", "LINK"


def erasure(person_id: str) -> Key:
    """A person's request to have their data erased."""
    return f"PERSON#{person_id}", "ERASURE"


def session(session_key: str) -> Key:
    """A session by the digest of its cookie."""
    return f"SESSION#{session_key}", "SESSION"


def access_token(token_key: str) -> Key:
    """An access token by the digest of its secret."""
    return f"TOKEN#{token_key}", "TOKEN"


def answered(request_key: str) -> Key:
    """What was answered to a request that named itself, by a digest of who sent it and the name."""
    return f"ANSWERED#{request_key}", "ANSWER"


WEBHOOKS = "WEBHOOKS"
WEBHOOK = "WEBHOOK#"
DELIVERY = "DELIVERY#"


def webhook(webhook_id: str) -> Key:
    """An address of other software that is told of events."""
    return WEBHOOKS, f"{WEBHOOK}{webhook_id}"


def delivery(webhook_id: str, delivery_id: str) -> Key:
    """A message to a webhook; its id begins with its moment, so that they sort by it."""
    return f"{WEBHOOK}{webhook_id}", f"{DELIVERY}{delivery_id}"


def limit(what: str, window: int) -> Key:
    """How often something was asked for in a window of time."""
    return f"LIMIT#{what}", str(window)


BLOCKS = "BLOCKS"
BLOCK_IN_FORCE = "IN-FORCE#"


def block(entry_id: str) -> Key:
    """A block or an allowance that was not lifted."""
    return BLOCKS, f"{BLOCK_IN_FORCE}{entry_id}"


# Who was given a seat on the Board or a place on the staff, with its record.
REGISTER: Key = ("BOARD#seats", STATE)


def block_over(entry_id: str, since: str) -> Key:
    """One that was lifted or has run out. Signing does not read these, however many there are."""
    return BLOCKS, f"OVER#{since}#{entry_id}"


def mailbox(key: str) -> Key:
    """What the mail service said of an address."""
    return f"MAILBOX#{key}", STATE


def nightly(job: str) -> Key:
    """Where a nightly job stopped, to go on from there in the next night."""
    return "NIGHTLY", job


def bulk(bulk_id: str) -> Key:
    """A bulk action on signatures, which is its own job."""
    return f"BATCH#{bulk_id}", "BULK"


def bulk_part(bulk_id: str, number: int | None) -> Key:
    """Some of the signatures that a bulk action is to hit; no number is what all begin with."""
    return f"BATCH#{bulk_id}", "PART#" if number is None else f"PART#{number:04d}"


SEALS = "SEALS"


def seal(number: int) -> Key:
    """A night's seal of the whole record."""
    return SEALS, f"{number:06d}"


ROSTER_CURRENT: Key = ("ROSTER", "CURRENT")
ROSTER_IMPORT: Key = ("ROSTER", "IMPORT")


def roster(version: int) -> Key:
    """A roster version without its entries."""
    return f"ROSTER#{version}", STATE


def roster_mailbox(version: int, address_key: str) -> Key:
    """The member or members on a roster version at one address."""
    return f"ROSTER#{version}", f"EMAIL#{address_key}"


def roster_number(version: int, number: str) -> Key:
    """The member on a roster version who has a member number."""
    return f"ROSTER#{version}", f"NUMBER#{number}"


def roster_name(version: int, word: str, seat: str) -> Key:
    """A member on a roster version by a word of their name.

    Each word is a partition of its own, so that looking one up costs the same on any roster.
    """
    return f"ROSTER#{version}#NAME#{word}", f"SEAT#{seat}"


def seat(petition_id: str, entry: str) -> Key:
    """That a signature under another key counts for the member of a roster entry."""
    return petition(petition_id), f"SEAT#{entry}"


def letter(letter_id: str) -> Key:
    """A letter in the outbox."""
    return f"OUTBOX#{letter_id}", "LETTER"


def fan_out(job_id: str) -> Key:
    """A letter to be written to many, in the outbox."""
    return f"OUTBOX#{job_id}", "FANOUT"


# Partitions of the `listings` index.
GROUPS = "GROUPS"
MEETINGS = "MEETINGS"
# Every thing that has a record, by the event with which it came into it.
THINGS = "THINGS"
PEOPLE = "PEOPLE"
BULKS = "BULKS"
# Addresses that get no letters.
MAILBOXES = "MAILBOXES"
# Documents that staff have to acknowledge or to number.
DOCUMENTS_RECEIVED = "DOCUMENTS"
DRIFTS = "DRIFTS"
BEING_ANONYMISED = "ANONYMISING"
ERASURES = "ERASURES"
# Petitions that are being rewritten: no list shows them, and their signatures are there.
REWRITTEN = "REWRITTEN"


def petitions_in(state: str) -> str:
    """Petitions in a state."""
    return f"PETITIONS#{state}"


def documents_of(meeting_id: str) -> str:
    """Documents of a meeting that wait for staff no more."""
    return f"DOCUMENTS#{meeting_id}"


def motions_of(meeting_id: str) -> str:
    """Motions before a meeting."""
    return f"MOTIONS#{meeting_id}"


def postponed_to(meeting_id: str) -> str:
    """Motions that were postponed to a meeting."""
    return f"POSTPONED_TO#{meeting_id}"


def sessions_of(person_id: str) -> str:
    """A person's sessions."""
    return f"SESSIONS#{person_id}"


def access_tokens_of(person_id: str) -> str:
    """A person's access tokens."""
    return f"TOKENS#{person_id}"


def signed(petition_id: str, edition: int) -> str:
    """Signatories of one edition of a petition's text who agreed to be named."""
    return f"SIGNED#{petition_id}#{edition}"


# Partitions of the `due` index.
DUE_OUTBOX = "outbox"
DUE_STUCK = "stuck"
DUE_PETITION = "petition"
DUE_MEETING = "meeting"
DUE_DOCUMENT = "document"
DUE_GROUP = "group"


def doubtful(petition_id: str) -> str:
    """Signatures of a petition that wait for staff, those who waited longest first."""
    return f"doubtful#{petition_id}"
