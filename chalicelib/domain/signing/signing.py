"""What signatories do: sign, confirm, put right, withdraw; and the words for what they cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import ConflictError, PausedError
from chalicelib.domain.petitions.petition import (
    Petition,
    confirm_until,
    open_for_confirming,
    open_for_signing,
)
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.roster.members import (
    likeness,
    names_agree,
    number_key,
    plain_number,
    same_name,
)
from chalicelib.domain.signing.signature import (
    Decision,
    Found,
    Signature,
    State,
    by_staff,
    ended_words,
    mailbox_of,
    matched,
    needs_confirming,
    stands_for,
)
from chalicelib.domain.times import long_moment


def person_among(
    existing: Sequence[Signature], new: Signature, roster_numbers: Sequence[str] = ()
) -> tuple[str, Signature | None]:
    """Who of those who signed from a mailbox this is: their key and signature, or a new key.

    One mailbox is one person, unless member numbers tell two apart: both gave one and they
    differ, or the name is another and the roster has the number at this mailbox
    (`roster_numbers`). A changed spelling of a name is still the same person.
    """
    mailbox, number = mailbox_of(new.key), plain_number(new.member_number)
    own = f"{mailbox}-{number_key(number)}"
    here = [plain_number(known) for known in roster_numbers]
    shared = len(here) > 1 and number in here
    if not existing:
        return (own if shared else mailbox), None
    if not number:
        found = min(existing, key=lambda s: (-likeness(s.name, new.name), s.key))
        return found.key, found
    for one in existing:
        if one.key == own or number == _number_of(one):
            return one.key, one
    for one in existing:
        # A number that was typed wrong, and nobody has confirmed. Those who share a mailbox
        # often share a surname.
        mistyped = one.state == State.PENDING and not shared
        if (mistyped or not _number_of(one)) and same_name(one.name, new.name):
            return one.key, one
    unnumbered = [one for one in existing if not _number_of(one)]
    if unnumbered and not shared:
        return unnumbered[0].key, unnumbered[0]
    return own, None


def _number_of(signature: Signature) -> str:
    """The number that tells a signatory from others at the mailbox: their own, or the roster's."""
    known = signature.match.member_number if signature.match else ""
    return plain_number(signature.member_number) or plain_number(known)


def sign(
    petition: Petition,
    existing: Signature | None,
    new: Signature,
    policy: Policy,
    now: datetime,
) -> Signature | None:
    """What to store when somebody signs, or None when there is nothing to store or send.

    Somebody who signed before is told so by letter alone, so that the page does not tell a
    stranger who signed. A signature with a `hold` waits for staff, and no letter goes out for
    it. Raises ConflictError when the petition takes no signatures now.
    """
    require_open(petition, policy, now)
    if existing is None or existing.state == State.WITHDRAWN:
        return _begun(existing, new, policy)
    if existing.state in {State.PENDING, State.HELD}:
        return _begun_again(existing, new, policy)
    told_enough = existing.letters >= policy.limits.letters_per_signature
    if existing.state == State.INVALIDATED or told_enough or new.hold:
        return None
    again = "confirm" if needs_confirming(existing, petition) else "already"
    return replace(
        existing, letter=again, letters=existing.letters + 1, version=existing.version + 1
    )


def _begun(existing: Signature | None, new: Signature, policy: Policy) -> Signature | None:
    version = existing.version + 1 if existing else 1
    letters = existing.letters if existing else 0
    decisions = existing.decisions if existing else ()
    if new.hold:
        return replace(new, state=State.HELD, letters=letters, decisions=decisions, version=version)
    if letters >= policy.limits.letters_per_signature:
        return None
    return replace(new, letter="confirm", letters=letters + 1, decisions=decisions, version=version)


def _begun_again(existing: Signature, new: Signature, policy: Policy) -> Signature | None:
    # Nobody has shown yet that the address is theirs: the latest answers are what its owner
    # is asked about, so that no stranger's stay.
    held = existing.state == State.HELD
    if new.hold and not held:
        # What looks like abuse does not write over what somebody else may have given.
        return None
    told_enough = existing.letters >= policy.limits.letters_per_signature
    if existing.member_number and not (new.member_number or names_agree(existing.name, new.name)):
        # Another name, and no number to tell whose it is: the first keep theirs, and the letter
        # says how two who share a mailbox both sign.
        return None if held or told_enough else _asked_again(existing)
    silent = held or told_enough
    if silent and _answers(new) == _answers(existing):
        return None
    return replace(
        new,
        state=existing.state,
        created_at=existing.created_at,
        reminded_at=existing.reminded_at,
        hold=existing.hold,
        rival=existing.rival,
        shares=existing.shares or new.shares,
        decisions=existing.decisions,
        letter=existing.letter if silent else "confirm",
        letters=existing.letters + (0 if silent else 1),
        version=existing.version + 1,
    )


def _asked_again(existing: Signature) -> Signature:
    return replace(
        existing, letter="confirm", letters=existing.letters + 1, version=existing.version + 1
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


def confirm(
    petition: Petition,
    signature: Signature,
    found: Found,
    policy: Policy,
    now: datetime,
) -> Signature | None:
    """The confirmed signature, verified at once where the roster knows the signatory.

    None when it was confirmed before: opening a link twice changes nothing. Raises ConflictError
    when it was withdrawn or set aside, or the petition no longer takes confirmations.
    """
    _require_alive(signature)
    if not needs_confirming(signature, petition):
        return None
    require_not_paused(petition)
    if not open_for_confirming(petition, policy, now):
        raise ConflictError(late_words(petition, policy))
    # A person that staff found on the roster stays found when the text changes; who decided so
    # is never written over. An address is looked up anew each time.
    linked = found.match if found.match and found.match.how == "staff" else signature.match
    match = linked if by_staff(signature) else found.match
    return replace(
        matched(signature, match, found.rival, found.other_name),
        confirmed_at=now,
        text_digest=petition.text_digest,
        edition=petition.edition,
        letter="thanks",
        version=signature.version + 1,
    )


def _require_alive(signature: Signature) -> None:
    ended = ended_words(signature)
    if ended:
        raise ConflictError(ended)


def withdraw(petition: Petition, signature: Signature) -> Signature | None:
    """The signature taken back by its signatory; None when it was before.

    Raises ConflictError once the petition was submitted: the roster that went to staff stands.
    """
    if signature.state == State.WITHDRAWN:
        return None
    if signature.state == State.INVALIDATED:
        raise ConflictError(ended_words(signature))
    if petition.state not in {"collecting", "draft", "returned"}:
        over = petition.state in {"withdrawn", "expired", "rejected"}
        why = f"This petition is {petition.state}" if over else "The petition has been submitted"
        raise ConflictError(
            f"{why}, so its signatures cannot change. Write to the conveners or to staff if "
            "your name should not be on it."
        )
    # Nobody but the owner of the address has this link: letters are counted anew if they sign
    # once more.
    return replace(
        signature,
        state=State.WITHDRAWN,
        letter="withdrawn",
        letters=0,
        version=signature.version + 1,
    )


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a signatory may put right about their own signature; `answer` is for staff."""

    name: str
    institution: str
    member_number: str
    named: bool
    answer: str = ""


# Each correction stays on the signature, and a signature has to stay small.
MOST_CORRECTIONS = 10

# States in which names still change; later the roster that staff verified stands.
_OPEN_TO_CORRECTION = frozenset({"draft", "collecting", "returned", "submitted"})


def may_correct(petition: Petition, signature: Signature) -> bool:
    """Whether the signatory may still put right who they are."""
    alive = signature.state in {State.PENDING, State.CONFIRMED, State.VERIFIED}
    return alive and petition.state in _OPEN_TO_CORRECTION


def correct(
    petition: Petition, signature: Signature, given: Details, now: datetime
) -> Signature | None:
    """The signature with its signatory's corrections, or None where nothing changes.

    Whether to be named in public may be chosen at any time. A match that was not made by the
    address alone holds for the person it was made for: with another person's name it is taken
    back, and staff look again. Raises ConflictError once the roster of signatures stands.
    """
    who = (given.name, given.institution, given.member_number)
    same = who == (signature.name, signature.institution, signature.member_number)
    if same and given.named == signature.named and given.answer in {"", signature.answer}:
        return None
    _require_alive(signature)
    made = sum(one.what == "correct" for one in signature.decisions)
    if not same and made >= MOST_CORRECTIONS:
        raise ConflictError(
            f"You have put your details right {made} times. Write to staff about anything else."
        )
    if not same and not may_correct(petition, signature):
        raise ConflictError(
            "The signatures of this petition have been verified and cannot change. You can "
            "still choose whether you are named; write to staff about anything else."
        )
    new = replace(
        signature,
        name=given.name,
        institution=given.institution,
        member_number=given.member_number,
        named=given.named,
        answer=given.answer or signature.answer,
        version=signature.version + 1,
    )
    if same:
        return new
    was = f"{signature.name}, {signature.institution}"
    was += f", {signature.member_number}" if signature.member_number else ""
    step = Decision(
        at=now, by="the signatory", what="correct", reason=f"Was: {was}", before=signature.state
    )
    new = replace(new, decisions=(*signature.decisions, step))
    doubted = signature.match is not None and signature.match.how != "email"
    if doubted and not names_agree(signature.name, given.name):
        return replace(new, state=State.CONFIRMED, match=None)
    return new


def require_not_paused(petition: Petition) -> None:
    """Raises PausedError while staff have stopped the signing for a time."""
    if petition.paused_at:
        raise PausedError(
            "Staff have paused signing of this petition. Nothing was changed, and links in "
            "emails work again when it resumes."
        )


def require_open(petition: Petition, policy: Policy, now: datetime) -> None:
    """Raises PausedError, or ConflictError with the reason, when the petition takes no signatures
    now.
    """
    require_not_paused(petition)
    if not open_for_signing(petition, now):
        raise ConflictError(closed_words(petition, policy))


def closed_words(petition: Petition, policy: Policy) -> str:
    """Why a petition takes no signature now, for the person who wanted to give one."""
    if petition.state == "collecting" and petition.closes_at:
        closed = long_moment(petition.closes_at, policy.association.zone)
        return f"Signing closed on {closed}. Nothing was added."
    if petition.state in {"draft", "returned"}:
        return "The conveners are revising this petition. It takes no signatures until it is back."
    if petition.state in {"submitted", "verified", "scheduled"}:
        return "The conveners have submitted this petition. It can no longer be signed."
    return f"This petition is {petition.state} and can no longer be signed."


def late_words(petition: Petition, policy: Policy) -> str:
    """Why a signature that was begun cannot be confirmed any more."""
    zone = policy.association.zone
    until = confirm_until(petition, policy)
    if petition.state == "collecting" and petition.closes_at and until:
        closed = long_moment(petition.closes_at, zone)
        last = long_moment(until, zone)
        return (
            f"This link came too late. Signing closed on {closed}, and signatures begun before "
            f"could be confirmed until {last}. Yours was not confirmed in time and does not count."
        )
    if petition.state in {"draft", "returned"}:
        return (
            "The conveners are revising this petition. This link works again, for the text as it "
            "is then, when they open it again."
        )
    if petition.state in {"submitted", "verified", "scheduled"}:
        return (
            "The conveners submitted this petition before you confirmed, so your signature is "
            "not among those that count."
        )
    return (
        f"This petition is {petition.state}, so there is nothing left to confirm. Your "
        "signature was not counted."
    )


def to_be_reminded(
    signature: Signature, petition: Petition, policy: Policy, asked: datetime
) -> bool:
    """Whether a reminder that was asked for at a moment is for this signatory: who signed the
    present text a while before and has not confirmed, whom no letter is on its way to and who
    was not written to too often.
    """
    since = asked - timedelta(hours=policy.reminder.after_hours)
    return (
        signature.state == State.PENDING
        and stands_for(signature, petition)
        and signature.created_at <= since
        and not signature.letter
        and signature.letters < policy.limits.letters_per_signature
        and (signature.reminded_at is None or signature.reminded_at < asked)
    )


def remind(
    petition: Petition, signature: Signature, policy: Policy, now: datetime
) -> Signature | None:
    """The signature with its letter due once more, by the petition's last reminder; None where
    that is not for this signatory, or was sent to them before.
    """
    if not petition.reminded_at or not open_for_confirming(petition, policy, now):
        return None
    asked = petition.reminded_at[-1]
    if not to_be_reminded(signature, petition, policy, asked):
        return None
    return replace(
        signature,
        letter="confirm",
        letters=signature.letters + 1,
        reminded_at=asked,
        version=signature.version + 1,
    )
