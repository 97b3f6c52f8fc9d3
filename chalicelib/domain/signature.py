"""A signature: one person, one petition, one exact text."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.addresses import key_of
from chalicelib.domain.errors import Conflict, Invalid
from chalicelib.domain.petition import Petition, open_for_confirming, open_for_signing
from chalicelib.domain.policy import Policy
from chalicelib.domain.times import long_moment


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
    the bulk action that it was part of.
    """

    at: datetime
    by: str
    what: str
    reason: str = ""
    batch: str = ""
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
    signature on the petition that counts for the same member. `question` is what staff asked
    the signatory, `answer` what came back. `decisions` are staff's, oldest first.
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
    question: str = ""
    answer: str = ""
    decisions: tuple[Decision, ...] = ()
    anonymised_at: datetime | None = None


def signatory_key(email: str) -> str:
    """The key under which a person's one signature on a petition is stored."""
    return key_of(email)


def sign(
    petition: Petition,
    existing: Signature | None,
    new: Signature,
    policy: Policy,
    now: datetime,
) -> Signature | None:
    """What to store when somebody signs, or None when there is nothing to store or send.

    Somebody who signed before is told so by letter alone, so that the page does not tell a
    stranger who signed. Raises Conflict when the petition takes no signatures now.
    """
    if not open_for_signing(petition, now):
        raise Conflict(closed_words(petition, policy))
    if existing is None or existing.state == State.WITHDRAWN:
        version = existing.version + 1 if existing else 1
        letters = existing.letters if existing else 0
        if letters >= policy.limits.letters_per_signature:
            return None
        return replace(new, letter="confirm", letters=letters + 1, version=version)
    told_enough = existing.letters >= policy.limits.letters_per_signature
    if existing.state == State.PENDING:
        if told_enough and _answers(new) == _answers(existing):
            return None
        # Nobody has shown yet that the address is theirs: the latest answers are what its owner
        # is asked about, so that no stranger's stay.
        return replace(
            new,
            letter=existing.letter if told_enough else "confirm",
            letters=existing.letters + (0 if told_enough else 1),
            version=existing.version + 1,
        )
    if existing.state == State.INVALIDATED or told_enough:
        return None
    again = "confirm" if needs_confirming(existing, petition) else "already"
    return replace(
        existing, letter=again, letters=existing.letters + 1, version=existing.version + 1
    )


def _answers(signature: Signature) -> tuple[object, ...]:
    return (
        signature.name,
        signature.email,
        signature.institution,
        signature.member_number,
        signature.named,
        signature.edition,
    )


def needs_confirming(signature: Signature, petition: Petition) -> bool:
    """Whether the signatory still has to confirm the text as it is now."""
    if signature.state == State.PENDING:
        return True
    counted = signature.state in {State.CONFIRMED, State.VERIFIED}
    return counted and not stands_for(signature, petition)


def stands_for(signature: Signature, petition: Petition) -> bool:
    """Whether the signature was given for the text as it is now.

    A text that was changed and then changed back is a new edition: those who signed the first
    did not agree to what came between, and the counts began anew.
    """
    return (signature.edition, signature.text_digest) == (petition.edition, petition.text_digest)


def confirm(
    petition: Petition,
    signature: Signature,
    on_roster: bool,
    roster_version: int,
    policy: Policy,
    now: datetime,
) -> Signature | None:
    """The confirmed signature, verified at once where the roster knows its address.

    None when it was confirmed before: opening a link twice changes nothing. Raises Conflict
    when it was withdrawn or set aside, or the petition no longer takes confirmations.
    """
    if signature.state in {State.WITHDRAWN, State.INVALIDATED}:
        raise Conflict(_ENDED[signature.state])
    if not needs_confirming(signature, petition):
        return None
    if not open_for_confirming(petition, policy, now):
        raise Conflict(closed_words(petition, policy))
    # A person that staff found on the roster stays found when the text changes; who decided so
    # is never written over. An address is looked up anew each time.
    by_staff = signature.match if signature.match and signature.match.how == "staff" else None
    match = by_staff or (Match("email", roster_version) if on_roster else None)
    state = State.VERIFIED if match else State.CONFIRMED
    return replace(
        signature,
        state=state,
        match=match,
        confirmed_at=now,
        text_digest=petition.text_digest,
        edition=petition.edition,
        letter="thanks",
        version=signature.version + 1,
    )


def withdraw(petition: Petition, signature: Signature) -> Signature | None:
    """The signature taken back by its signatory; None when it was before.

    Raises Conflict once the petition was submitted: the roster that went to staff stands.
    """
    if signature.state == State.WITHDRAWN:
        return None
    if signature.state == State.INVALIDATED:
        raise Conflict(_ENDED[State.INVALIDATED])
    if petition.state not in {"collecting", "draft", "returned"}:
        over = petition.state in {"withdrawn", "expired", "rejected"}
        why = f"This petition is {petition.state}" if over else "The petition has been submitted"
        raise Conflict(
            f"{why}, so its signatures stand as they were. "
            "Write to the conveners or to staff if your name should not be on it."
        )
    return replace(
        signature, state=State.WITHDRAWN, letter="withdrawn", version=signature.version + 1
    )


def settle(
    petition: Petition,
    signature: Signature,
    accept: bool,
    reason: str,
    by: str,
    roster_version: int,
) -> Signature:
    """Staff's decision on a signature that the roster did not settle.

    Raises Invalid without a reason, Conflict where there is nothing to decide.
    """
    if signature.state not in {State.CONFIRMED, State.VERIFIED, State.INVALIDATED}:
        raise Conflict("Only a signature whose e-mail address was confirmed can be decided.")
    if petition.state not in {"collecting", "submitted"}:
        raise Conflict("The signatures of this petition were already verified.")
    if not reason:
        raise Invalid({"reason": "Give the reason: it goes into the record."})
    if accept and signature.state == State.VERIFIED:
        raise Conflict("This signature is verified already.")
    if not accept and signature.state == State.INVALIDATED:
        raise Conflict("This signature was set aside already.")
    return replace(
        signature,
        state=State.VERIFIED if accept else State.INVALIDATED,
        match=Match("staff", roster_version, by, reason) if accept else None,
        reason=reason,
        letter="verified" if accept else "invalidated",
        version=signature.version + 1,
    )


def rematch(
    petition: Petition, signature: Signature, on_roster: bool, roster_version: int
) -> Signature | None:
    """The signature under a new roster, or None where nothing changes.

    Who is found now is verified; who was verified by an address that is on it no more waits for
    staff, and is never dropped. What staff decided stands. Only signatures of a petition that
    staff have not verified as a whole are looked up anew.
    """
    if petition.state not in {"collecting", "submitted"} or not stands_for(signature, petition):
        return None
    by_address = signature.match is not None and signature.match.how == "email"
    version = signature.version + 1
    if signature.state == State.CONFIRMED and on_roster:
        match = Match("email", roster_version)
        return replace(
            signature, state=State.VERIFIED, match=match, letter="verified", version=version
        )
    if signature.state == State.VERIFIED and by_address and not on_roster:
        return replace(signature, state=State.CONFIRMED, match=None, version=version)
    return None


def counts(signature: Signature | None, petition: Petition) -> tuple[int, int]:
    """What this signature adds to the petition's (confirmed, verified) counts."""
    if signature is None or not stands_for(signature, petition):
        return 0, 0
    return int(signature.state == State.CONFIRMED), int(signature.state == State.VERIFIED)


def closed_words(petition: Petition, policy: Policy) -> str:
    """Why a petition takes no signature now, for the person who wanted to give one."""
    if petition.state == "collecting" and petition.closes_at:
        closed = long_moment(petition.closes_at, policy.association.zone)
        return f"Signing closed on {closed}. Nothing was added."
    if petition.state in {"draft", "returned"}:
        return "The conveners are revising this petition. It takes no signatures until it is back."
    return f"This petition is {petition.state} and takes no more signatures."


_ENDED = {
    State.WITHDRAWN: "You withdrew this signature. To sign again, fill in the form once more.",
    State.INVALIDATED: "Staff set this signature aside. Write to them if that is a mistake.",
}
