"""A signature: one person, one petition, one exact text."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.roster.members import number_key


class State(StrEnum):
    """Where a signature stands. Only `verified` counts toward the threshold.

    One that is `held` waits for staff before any letter goes out.
    """

    PENDING = "pending"
    HELD = "held"
    CONFIRMED = "confirmed"
    VERIFIED = "verified"
    INVALIDATED = "invalidated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Match:
    """How a signature was found to be a member's.

    `how` is `email` or `number` (found on the roster by it), or `staff` (decided by a person,
    with the reason). `seat` names the roster entry, and `member_number` is that entry's; both are
    empty where staff accepted somebody without one.
    """

    how: str
    roster_version: int
    by: str = ""
    reason: str = ""
    seat: str = ""
    member_number: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Something that was done to a signature by somebody other than its signatory.

    `before` and `match` are where it stood until then, so that it can be undone; `batch` names
    the bulk action that it was part of, and `told` whether the signatory got a letter about it.
    """

    at: datetime
    by: str
    what: str
    reason: str = ""
    batch: str = ""
    told: bool = False
    before: State
    match: Match | None = None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One person's signature. `text_digest` is the text that they saw and signed, and `edition`
    which of the petition's published texts that was.

    `letter` names the letter that is due to the signatory, or is empty; the row is its own
    outbox. `letters` counts confirmation letters, which the policy limits.

    `network` is a keyed digest of where it was sent from, and `hold` the code of why it is held.
    `shares` says that another member signed from the same mailbox; `rival` is the key of another
    signature on the petition that counts for the same member; `other_name` that the roster has a
    name at the signatory's address with which theirs has nothing in common. `question` is what
    staff asked the signatory, `answer` what came back. `decisions` are staff's, oldest first.
    """

    petition_id: str
    key: str
    name: str
    email: str
    institution: str
    named: bool
    text_digest: str
    edition: int
    created_at: datetime
    member_number: str = ""
    state: State = State.PENDING
    confirmed_at: datetime | None = None
    match: Match | None = None
    reason: str = ""
    letter: str = ""
    letters: int = 0
    version: int = 0
    network: str = ""
    hold: str = ""
    shares: bool = False
    rival: str = ""
    other_name: bool = False
    question: str = ""
    answer: str = ""
    decisions: tuple[Decision, ...] = ()
    anonymised_at: datetime | None = None
    # When the conveners asked for the last reminder that went to the signatory.
    reminded_at: datetime | None = None


def signatory_key(email: str, member_number: str = "") -> str:
    """The key under which a person's one signature on a petition is stored: the mailbox's, and
    for the second member at one mailbox their number's after it.
    """
    mailbox = key_of(email)
    return f"{mailbox}-{number_key(member_number)}" if member_number else mailbox


def mailbox_of(key: str) -> str:
    """The mailbox that a signature's key belongs to."""
    return key.partition("-")[0]


def needs_confirming(signature: Signature, petition: Petition) -> bool:
    """Whether the signatory still has to confirm the text as it is now."""
    if signature.state == State.PENDING:
        return True
    counted = signature.state in {State.CONFIRMED, State.VERIFIED}
    return counted and not stands_for(signature, petition)


def stands_for(signature: Signature, petition: Petition) -> bool:
    """Whether the signature was given for the text as it is now, small corrections by staff aside.

    A text that was changed and then changed back is a new edition: those who signed the first
    did not agree to what came between, and the counts began anew.
    """
    texts = {petition.text_digest, *petition.corrected_from}
    return signature.edition == petition.edition and signature.text_digest in texts


@dataclass(frozen=True)
class Found:
    """What the roster says of a signatory: how they were found, if they were, and the key of
    another signature on the petition that counts for the same member already. `other_name` says
    that the roster has quite another name there.
    """

    match: Match | None = None
    rival: str = ""
    other_name: bool = False


def by_staff(signature: Signature) -> bool:
    """Whether a person decided that the signatory is a member."""
    return signature.match is not None and signature.match.how == "staff"


def matched(
    signature: Signature, match: Match | None, rival: str, other_name: bool = False
) -> Signature:
    """The signature as it counts: verified when its signatory was found on the roster, and no
    other signature counts for that member.
    """
    counted = match is not None and not rival
    return replace(
        signature,
        state=State.VERIFIED if counted else State.CONFIRMED,
        match=match if counted else None,
        rival=rival,
        other_name=counted and other_name,
    )


def waits_for_staff(signature: Signature) -> bool:
    """Whether staff have something to decide or to look at: it is held, or the roster does not
    know the signatory, or it counts but is odd (two signed from one mailbox, or the roster has
    another name there) and nobody has looked since the signatory last changed it.
    """
    if signature.state in {State.HELD, State.CONFIRMED}:
        return True
    odd = signature.shares or signature.other_name
    last = [one.what for one in signature.decisions if one.what in {"seen", "accept", "correct"}]
    looked = bool(last) and last[-1] != "correct"
    return signature.state == State.VERIFIED and odd and not looked


def counts(signature: Signature | None, petition: Petition) -> tuple[int, int]:
    """What this signature adds to the petition's (confirmed, verified) counts."""
    if signature is None or not stands_for(signature, petition):
        return 0, 0
    return int(signature.state == State.CONFIRMED), int(signature.state == State.VERIFIED)


def ended_words(signature: Signature) -> str:
    """Why a signature cannot be confirmed, or empty where it can."""
    return _ENDED.get(signature.state, "")


_ENDED = {
    State.WITHDRAWN: "You withdrew this signature, so its link no longer works. To sign again, "
    "fill in the form again.",
    State.INVALIDATED: "Staff set this signature aside. Write to them if that is a mistake.",
    State.HELD: "Staff are looking at this signature. You hear from them by email.",
}
