"""What staff decide about signatures that the roster does not settle, and what a new roster does.

Every decision stays on the signature with where it stood before, so that it can be undone.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.petitions.petition import Petition, open_for_confirming
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.signing.signature import (
    Decision,
    Found,
    Match,
    Signature,
    State,
    by_staff,
    matched,
    stands_for,
)

# While staff may decide; later the petition as a whole is verified.
_OPEN = frozenset({"collecting", "submitted"})
# The words of a decision, for pages and exports.
WORDS = {
    "accept": "Accepted",
    "set-aside": "Rejected",
    "release": "Let through",
    "ask": "Asked by email",
    "seen": "Reviewed",
    "undo": "Decision undone",
    "correct": "Corrected",
}


def _decided(
    signature: Signature,
    what: str,
    reason: str,
    by: str,
    at: datetime,
    batch: str = "",
    told: bool = False,
) -> tuple[Decision, ...]:
    step = Decision(
        at=at,
        by=by,
        what=what,
        reason=reason,
        batch=batch,
        told=told,
        before=signature.state,
        match=signature.match,
    )
    return (*signature.decisions, step)


def _require_open(petition: Petition, reason: str = "given") -> None:
    if petition.state not in _OPEN:
        raise ConflictError(
            f"This petition is {petition.state}, so its signatures can no longer be decided."
        )
    if not reason:
        raise ValidationError({"reason": "Give the reason: it goes into the record."})


def accept(
    petition: Petition,
    signature: Signature,
    match: Match,
    by: str,
    at: datetime,
    batch: str = "",
) -> Signature:
    """The signature counted by staff's decision; `match` holds the reason, and the roster entry
    that it was linked to, if any.

    Raises ValidationError without a reason, ConflictError where there is nothing to decide.
    """
    _require_open(petition, match.reason)
    if signature.confirmed_at is None:
        raise ConflictError("Only a signature whose email address was confirmed can be accepted.")
    if signature.state == State.VERIFIED and not (signature.shares or signature.other_name):
        raise ConflictError("This signature is verified already.")
    if signature.state not in {State.CONFIRMED, State.VERIFIED, State.INVALIDATED}:
        raise ConflictError("This signature was withdrawn by its signatory.")
    if not stands_for(signature, petition):
        raise ConflictError("The signatory has not confirmed the current text.")
    return replace(
        signature,
        state=State.VERIFIED,
        match=match,
        rival="",
        reason=match.reason,
        decisions=_decided(signature, "accept", match.reason, by, at, batch),
        letter="verified" if signature.state != State.VERIFIED else signature.letter,
        version=signature.version + 1,
    )


def set_aside(
    petition: Petition,
    signature: Signature,
    reason: str,
    by: str,
    at: datetime,
    batch: str = "",
    tell: bool = True,
) -> Signature:
    """The signature not counted, by staff's decision. Somebody who never confirmed the address
    gets no letter: it may not be theirs.
    """
    _require_open(petition, reason)
    if signature.state == State.INVALIDATED:
        raise ConflictError("This signature has already been rejected.")
    if signature.state == State.WITHDRAWN:
        raise ConflictError("This signature was withdrawn by its signatory.")
    told = tell and signature.confirmed_at is not None
    return replace(
        signature,
        state=State.INVALIDATED,
        match=None,
        reason=reason,
        decisions=_decided(signature, "set-aside", reason, by, at, batch, told),
        letter="invalidated" if told else "",
        version=signature.version + 1,
    )


def release(
    petition: Petition,
    signature: Signature,
    reason: str,
    by: str,
    at: datetime,
    policy: Policy,
    batch: str = "",
) -> Signature:
    """A held signature let through: the letter that asks to confirm it goes out now. Raises
    Conflict when it is too late to confirm.
    """
    _require_open(petition, reason)
    if signature.state != State.HELD:
        raise ConflictError("This signature is not held.")
    if not petition.paused_at and not open_for_confirming(petition, policy, at):
        raise ConflictError(
            "It is too late to let this signature through: nobody can confirm any more. It stays "
            "on record as it is, or set it aside."
        )
    return replace(
        signature,
        state=State.PENDING,
        hold="",
        decisions=_decided(signature, "release", reason, by, at, batch),
        letter="confirm",
        letters=signature.letters + 1,
        version=signature.version + 1,
    )


def seen(signature: Signature, by: str, at: datetime) -> Signature:
    """A signature that staff looked at and left as it is."""
    return replace(
        signature,
        decisions=_decided(signature, "seen", "", by, at),
        version=signature.version + 1,
    )


def ask(
    petition: Petition, signature: Signature, question: str, by: str, at: datetime
) -> Signature:
    """The signature with a question of staff, which goes to the signatory by letter."""
    _require_open(petition)
    if not question:
        raise ValidationError({"question": "Write what you want to know."})
    if signature.state != State.CONFIRMED:
        raise ConflictError(
            "Only a signatory whose address is confirmed and who waits can be asked."
        )
    return replace(
        signature,
        question=question,
        answer="",
        decisions=_decided(signature, "ask", question, by, at),
        letter="question",
        version=signature.version + 1,
    )


def standing(signature: Signature) -> Decision | None:
    """Staff's last decision to accept or set aside, if the signature is still as that left it."""
    last = next((d for d in reversed(signature.decisions) if d.what in {*_UNDONE, "undo"}), None)
    return last if last and signature.state == _UNDONE.get(last.what) else None


def undo(
    petition: Petition, signature: Signature, by: str, at: datetime, batch: str = ""
) -> Signature:
    """The signature as it stood before the last decision to accept, set aside or let through.

    With a `batch`, only if that was the last decision: a later one by hand stands. Raises
    Conflict where there is nothing to undo.
    """
    _require_open(petition)
    last = standing(signature)
    if last is None or (batch and last.batch != batch):
        raise ConflictError("There is nothing to undo: it has been decided again since.")
    # Whoever was told that it does not count is told that it does again.
    told = last.told and signature.letter != "invalidated"
    accepted = last.what == "accept" and last.before == State.CONFIRMED
    reopened = accepted and signature.letter != "verified"
    return replace(
        signature,
        state=last.before,
        match=last.match,
        reason="",
        decisions=_decided(signature, "undo", "", by, at, batch),
        letter="restored" if told else ("reopened" if reopened else ""),
        version=signature.version + 1,
    )


# Which decisions can be undone, and the state that each left behind.
_UNDONE = {"accept": State.VERIFIED, "set-aside": State.INVALIDATED}


def _moved(signature: Signature, found: Found) -> Signature | None:
    """A link that staff made, at the entry that the roster has for the same member by now, so
    that nobody else is counted for them there.
    """
    was, now = signature.match, found.match
    if was is None or now is None or now.how != "staff" or found.rival or was.seat == now.seat:
        return None
    return replace(signature, match=replace(was, seat=now.seat), version=signature.version + 1)


def rematch(petition: Petition, signature: Signature, found: Found) -> Signature | None:
    """The signature under a new roster, or None where nothing changes.

    Who is found now is verified; who is on it no more waits for staff, and is never dropped.
    What staff decided stands. Only signatures of a petition that staff have not verified as a
    whole are looked up anew.
    """
    if petition.state not in _OPEN or not stands_for(signature, petition):
        return None
    if signature.state not in {State.CONFIRMED, State.VERIFIED}:
        return None
    if by_staff(signature):
        return _moved(signature, found)
    if signature.anonymised_at:
        # Nothing is left by which the roster could know them; what was found stands.
        return None
    new = matched(signature, found.match, found.rival, found.other_name)
    was = signature.match
    moved = (new.match and (new.match.how, new.match.seat)) != (was and (was.how, was.seat))
    same = (new.state, new.rival, new.other_name) == (
        signature.state,
        signature.rival,
        signature.other_name,
    )
    if same and not moved:
        return None
    told = new.state == State.VERIFIED and signature.state == State.CONFIRMED
    return replace(
        new,
        letter="verified" if told else signature.letter,
        version=signature.version + 1,
    )
