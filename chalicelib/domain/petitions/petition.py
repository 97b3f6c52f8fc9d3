"""A petition for a group: its states, its text, and each command that moves it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.people.people import Act
from chalicelib.domain.petitions.text import Convener, Text, digest_of_text, missing, too_long
from chalicelib.domain.policy.group_rules import UnitRule
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import Transitions, advance, require
from chalicelib.domain.times import add_days, local_date


class State(StrEnum):
    """Where a petition stands."""

    DRAFT = "draft"
    COLLECTING = "collecting"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    SCHEDULED = "scheduled"
    APPROVED = "approved"
    DECLINED = "declined"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REJECTED = "rejected"


_S = State

TRANSITIONS: Transitions = {
    "edit": (frozenset({_S.DRAFT}), None),
    "publish": (frozenset({_S.DRAFT}), _S.COLLECTING),
    "reach-threshold": (frozenset({_S.COLLECTING}), None),
    "pause": (frozenset({_S.COLLECTING}), None),
    "resume": (frozenset({_S.COLLECTING}), None),
    "submit": (frozenset({_S.COLLECTING}), _S.SUBMITTED),
    "correct": (frozenset({_S.COLLECTING, _S.SUBMITTED, _S.VERIFIED}), None),
    "verify": (frozenset({_S.SUBMITTED}), _S.VERIFIED),
    # A petition that was postponed moves on to a later meeting.
    "schedule": (frozenset({_S.VERIFIED, _S.SCHEDULED}), _S.SCHEDULED),
    "approve": (frozenset({_S.SCHEDULED}), _S.APPROVED),
    "decline": (frozenset({_S.SCHEDULED}), _S.DECLINED),
    "return": (frozenset({_S.SUBMITTED, _S.VERIFIED, _S.SCHEDULED}), _S.RETURNED),
    "revise": (frozenset({_S.RETURNED}), _S.DRAFT),
    "withdraw": (
        frozenset({_S.DRAFT, _S.COLLECTING, _S.SUBMITTED, _S.VERIFIED, _S.SCHEDULED, _S.RETURNED}),
        _S.WITHDRAWN,
    ),
    "expire": (frozenset({_S.COLLECTING}), _S.EXPIRED),
    "reject": (frozenset({_S.COLLECTING, _S.SUBMITTED, _S.VERIFIED}), _S.REJECTED),
}

# It leads no further.
ENDED = frozenset({_S.APPROVED, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED, _S.REJECTED})

# Everybody may read a petition in these states; a draft is its conveners' alone. Drafts that
# were once public (returned for changes) go back to being private while they are rewritten.
PUBLIC = frozenset(set(State) - {State.DRAFT})


@dataclass(frozen=True, kw_only=True)
class Petition:
    """One petition.

    `begun_on` chooses the dated rule that it keeps. `text` is what its conveners write; while a
    petition that was returned is rewritten, `published` is the text that others last saw.
    `text_digest` is the digest of the text that was published, which every counted signature
    carries; `edition` counts such texts.
    `confirmed` and `verified` are exact counts of signatures in those states; a verified one is
    no longer counted as confirmed.
    """

    id: str
    kind: str
    begun_on: date
    state: State = State.DRAFT
    version: int = 0
    head: str = ""
    text: Text = Text()
    published: Text | None = None
    conveners: tuple[Convener, ...] = ()
    text_digest: str = ""
    edition: int = 0
    confirmed: int = 0
    verified: int = 0
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    threshold_at: datetime | None = None
    submitted_at: datetime | None = None
    verified_by: str = ""
    verified_at: datetime | None = None
    roster_version: int = 0
    roster_digest: str = ""
    meeting_id: str = ""
    document_number: str = ""
    comments: str = ""
    reason: str = ""
    group_slug: str = ""
    paused_at: datetime | None = None
    pause_reason: str = ""
    # How many verified signatures it had when it was submitted.
    submitted_with: int = 0
    # Digests of this edition before staff's small corrections, oldest first.
    corrected_from: tuple[str, ...] = ()
    # How many words those corrections changed.
    corrected_words: int = 0
    reminded_at: tuple[datetime, ...] = ()
    # The address and the name of the group that it is to continue; empty for a new group.
    continues: str = ""
    continues_name: str = ""
    anonymised_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name to show to others, also for a draft that has none yet."""
        return (self.published or self.text).name or "Untitled petition"

    def convened_by(self, email: str) -> bool:
        """Whether the address is one of the conveners' who may act."""
        wanted = canonical(email)
        return any(canonical(c.email) == wanted for c in self.acting)

    @property
    def acting(self) -> tuple[Convener, ...]:
        """The conveners who agreed to be: they may act, and are named to others."""
        return tuple(c for c in self.conveners if c.accepted)

    def invites(self, email: str) -> bool:
        """Whether the address is that of somebody named as co-convener who has not agreed yet."""
        wanted = canonical(email)
        return any(canonical(c.email) == wanted for c in self.conveners if not c.accepted)


def begin(
    petition_id: str,
    kind: str,
    lead: Convener,
    policy: Policy,
    by: Act,
    *,
    continues: str = "",
    others: tuple[Convener, ...] = (),
    text: Text | None = None,
) -> tuple[Petition, Event]:
    """A new draft of the kind; one that `continues` a group begins with that group's `text`, and
    with its other conveners beside the `lead`. Raises ValidationError when the policy has no such
    kind.
    """
    on = local_date(by.at, policy.association.zone)
    policy.unit(kind, on)
    blank = Petition(
        id=petition_id,
        kind=kind,
        begun_on=on,
        conveners=(lead, *others),
        text=text or Text(),
        continues=continues,
        continues_name=text.name if text and continues else "",
    )
    data = {"continues": continues} if continues else None
    return advance(blank, "petition", "draft", by, before="", data=data, state=State.DRAFT)


def edit(
    petition: Petition,
    text: Text,
    conveners: tuple[Convener, ...],
    policy: Policy,
    by: Act,
) -> tuple[Petition, Event]:
    """The draft with new answers, complete or not.

    Raises ValidationError when an answer is too long; unfinished answers are no error until the
    petition is published.
    """
    require(TRANSITIONS, "petition", petition.state, "edit")
    errors = too_long(text, conveners, policy)
    if text.goal_area and text.goal_area not in policy.goal_areas:
        errors["goal_area"] = "Choose one of the goal areas listed."
    if errors:
        raise ValidationError(errors)
    return advance(
        petition,
        "petition",
        "edit",
        by,
        before=petition.state,
        data={"text": digest_of_text(petition.kind, text)},
        text=text,
        conveners=conveners,
    )


def publish(petition: Petition, policy: Policy, by: Act) -> tuple[Petition, Event]:
    """The petition open for signatures until the end of its collection window.

    A petition that comes back after a return keeps its counts only if the signed text is the
    same to the letter; otherwise they start from nothing, and each signatory is asked again.
    Raises ValidationError naming what is missing.
    """
    leads_to = require(TRANSITIONS, "petition", petition.state, "publish")
    errors = missing(petition.text, petition.conveners, policy)
    if errors:
        raise ValidationError(errors, "The petition is not complete yet.")
    digest = digest_of_text(petition.kind, petition.text)
    same = digest == petition.text_digest
    rule = rule_of(petition, policy)
    return advance(
        petition,
        "petition",
        "publish",
        by,
        before=petition.state,
        data={"text": digest, "signatures_kept": same},
        state=leads_to,
        text_digest=digest,
        published=None,
        edition=petition.edition if same else petition.edition + 1,
        confirmed=petition.confirmed if same else 0,
        verified=petition.verified if same else 0,
        opened_at=by.at,
        closes_at=add_days(by.at, rule.collection_days, policy.association.zone),
        threshold_at=petition.threshold_at if same else None,
        corrected_from=petition.corrected_from if same else (),
        corrected_words=petition.corrected_words if same else 0,
    )


def rule_of(petition: Petition, policy: Policy) -> UnitRule:
    """The dated rule that this petition keeps. One that continues a group needs as many signatures
    as its kind asks for that.
    """
    rule = policy.unit(petition.kind, petition.begun_on)
    if not petition.continues:
        return rule
    return replace(rule, signatures=rule.continuance_signatures or rule.signatures)


def open_for_signing(petition: Petition, now: datetime) -> bool:
    """Whether somebody may begin to sign now."""
    return (
        petition.state == State.COLLECTING
        and petition.paused_at is None
        and petition.closes_at is not None
        and now <= petition.closes_at
    )


def confirm_until(petition: Petition, policy: Policy) -> datetime | None:
    """The last moment at which a signature begun in time may be confirmed: the policy's hours
    after signing closes. None for a petition that was never open.
    """
    if petition.closes_at is None:
        return None
    return petition.closes_at + timedelta(hours=rule_of(petition, policy).late_confirm_hours)


def open_for_confirming(petition: Petition, policy: Policy, now: datetime) -> bool:
    """Whether a signature begun in time may still be confirmed."""
    until = confirm_until(petition, policy)
    collecting = petition.state == State.COLLECTING and petition.paused_at is None
    return collecting and until is not None and now <= until


def pause(petition: Petition, reason: str, by: Act) -> tuple[Petition, Event]:
    """The petition with its signing stopped for a time. Raises ValidationError without a reason."""
    require(TRANSITIONS, "petition", petition.state, "pause")
    if petition.paused_at:
        raise ConflictError("The signing of this petition is paused already.")
    if not reason:
        raise ValidationError(
            {"reason": "Say why: the conveners and visitors of the page read it."}
        )
    return advance(
        petition,
        "petition",
        "pause",
        by,
        before=petition.state,
        data={"reason": reason},
        paused_at=by.at,
        pause_reason=reason,
    )


def resume(petition: Petition, policy: Policy, by: Act) -> tuple[Petition, Event]:
    """The petition open for signatures again, its window longer by as long as it was paused, to
    the end of that day: nobody loses days by a pause that is not theirs.
    """
    require(TRANSITIONS, "petition", petition.state, "resume")
    if petition.paused_at is None or petition.closes_at is None:
        raise ConflictError("The signing of this petition is not paused.")
    closes_at = petition.closes_at + (by.at - petition.paused_at)
    if petition.paused_at <= petition.closes_at:
        closes_at = add_days(closes_at, 0, policy.association.zone)
    # Otherwise signing had closed before: what comes back are the hours for confirming alone.
    return advance(
        petition,
        "petition",
        "resume",
        by,
        before=petition.state,
        data={"closes_at": closes_at.isoformat()},
        paused_at=None,
        pause_reason="",
        closes_at=closes_at,
    )


# A pause is of signing alone: it ends with the collecting.
_NO_PAUSE: dict[str, Any] = {"paused_at": None, "pause_reason": ""}


def crossed_threshold(petition: Petition, policy: Policy) -> bool:
    """Whether the verified signatures suffice and nobody was told so yet."""
    return (
        petition.state == State.COLLECTING
        and petition.threshold_at is None
        and petition.verified >= rule_of(petition, policy).signatures
    )


def reach_threshold(petition: Petition, policy: Policy, by: Act) -> tuple[Petition, Event]:
    """The moment at which enough signatures were verified, put on record once."""
    require(TRANSITIONS, "petition", petition.state, "reach-threshold")
    if not crossed_threshold(petition, policy):
        raise ConflictError("The threshold was not crossed just now.")
    needed = rule_of(petition, policy).signatures
    return advance(
        petition,
        "petition",
        "reach-threshold",
        by,
        before=petition.state,
        data={"needed": needed},
        threshold_at=by.at,
    )


def submit(petition: Petition, policy: Policy, by: Act) -> tuple[Petition, Event]:
    """The petition handed to staff. Raises ConflictError below the threshold of verified
    signatures.
    """
    leads_to = require(TRANSITIONS, "petition", petition.state, "submit")
    needed = rule_of(petition, policy).signatures
    if petition.verified < needed:
        raise ConflictError(
            f"{needed} verified signatures are needed; there are {petition.verified}. "
            f"{needed - petition.verified} more and you can submit it."
        )
    return advance(
        petition,
        "petition",
        "submit",
        by,
        before=petition.state,
        data={"verified": petition.verified, "needed": needed, "text": petition.text_digest},
        state=leads_to,
        submitted_at=by.at,
        submitted_with=petition.verified,
        **_NO_PAUSE,
    )


def verify(
    petition: Petition,
    roster_version: int,
    roster_digest: str,
    policy: Policy,
    by: Act,
) -> tuple[Petition, Event]:
    """Staff's statement that the signatures were checked against a roster version.

    Raises ConflictError while signatures are still undecided or too few are verified.
    """
    leads_to = require(TRANSITIONS, "petition", petition.state, "verify")
    if petition.confirmed:
        raise ConflictError(
            f"{petition.confirmed} confirmed signature{'s' if petition.confirmed > 1 else ''} "
            "not yet decided: "
            "accept or reject each one first."
        )
    needed = rule_of(petition, policy).signatures
    if petition.verified < needed:
        raise ConflictError(
            f"Only {petition.verified} of {needed} signatures are verified. "
            "Return the petition to its conveners, or reject it."
        )
    return advance(
        petition,
        "petition",
        "verify",
        by,
        before=petition.state,
        data={
            "verified": petition.verified,
            "needed": needed,
            "roster_version": roster_version,
            "roster_digest": roster_digest,
        },
        state=leads_to,
        roster_version=roster_version,
        roster_digest=roster_digest,
        verified_by=by.actor.name,
        verified_at=by.at,
    )


def schedule(
    petition: Petition,
    meeting_id: str,
    meeting_title: str,
    number: str,
    by: Act,
) -> tuple[Petition, Event]:
    """The petition as a numbered document of a meeting."""
    leads_to = require(TRANSITIONS, "petition", petition.state, "schedule")
    return advance(
        petition,
        "petition",
        "schedule",
        by,
        before=petition.state,
        data={"meeting": meeting_id, "meeting_title": meeting_title, "document": number},
        state=leads_to,
        meeting_id=meeting_id,
        document_number=number,
    )


def approve(
    petition: Petition,
    group_slug: str,
    motion_id: str,
    vote: str,
    by: Act,
    otherwise: Mapping[str, str] | None = None,
) -> tuple[Petition, Event]:
    """The petition granted by a carried motion; `vote` is the count in words. Its own text stays
    what was signed: what the Board decided `otherwise` (name, charge, conditions) stands beside it.
    """
    leads_to = require(TRANSITIONS, "petition", petition.state, "approve")
    return advance(
        petition,
        "petition",
        "approve",
        by,
        before=petition.state,
        data={
            "motion": motion_id,
            "group": group_slug,
            "vote": vote,
            **({"otherwise": dict(otherwise)} if otherwise else {}),
        },
        state=leads_to,
        group_slug=group_slug,
    )


def decline(petition: Petition, motion_id: str, vote: str, by: Act) -> tuple[Petition, Event]:
    """The petition refused: its motion was lost; `vote` is the count in words."""
    leads_to = require(TRANSITIONS, "petition", petition.state, "decline")
    return advance(
        petition,
        "petition",
        "decline",
        by,
        before=petition.state,
        data={"motion": motion_id, "vote": vote},
        state=leads_to,
    )


def send_back(petition: Petition, comments: str, policy: Policy, by: Act) -> tuple[Petition, Event]:
    """The petition returned to its conveners with comments. Raises ValidationError without them."""
    leads_to = require(TRANSITIONS, "petition", petition.state, "return")
    if not comments:
        raise ValidationError(
            {"comments": "Say what should change, so that the conveners can act on it."}
        )
    if len(comments) > policy.limits.comment:
        over = len(comments) - policy.limits.comment
        raise ValidationError({"comments": f"Shorten the comments by {over} characters."})
    return advance(
        petition,
        "petition",
        "return",
        by,
        before=petition.state,
        data={"comments": comments},
        state=leads_to,
        comments=comments,
        meeting_id="",
        document_number="",
        submitted_at=None,
        submitted_with=0,
        verified_by="",
        verified_at=None,
        roster_version=0,
        roster_digest="",
    )


def revise(petition: Petition, by: Act) -> tuple[Petition, Event]:
    """A returned petition open for its conveners to rewrite."""
    leads_to = require(TRANSITIONS, "petition", petition.state, "revise")
    return advance(
        petition,
        "petition",
        "revise",
        by,
        before=petition.state,
        state=leads_to,
        published=petition.text,
    )


def withdraw(petition: Petition, reason: str, by: Act) -> tuple[Petition, Event]:
    """The petition ended by its conveners, before a vote."""
    leads_to = require(TRANSITIONS, "petition", petition.state, "withdraw")
    return advance(
        petition,
        "petition",
        "withdraw",
        by,
        before=petition.state,
        data={"reason": reason},
        state=leads_to,
        reason=reason,
        # A rewriting that was given up is nobody's: what people signed is what stays.
        text=petition.published or petition.text,
        published=None,
        **_NO_PAUSE,
    )


def should_expire(petition: Petition, policy: Policy, now: datetime) -> bool:
    """Whether the window, with its hours for late confirmations, has passed without enough.

    Confirmed signatures that staff have not decided yet may still suffice: the conveners do not
    lose by a delay that is not theirs.
    """
    paused = petition.paused_at is not None
    if petition.state != State.COLLECTING or paused or open_for_confirming(petition, policy, now):
        return False
    return petition.verified + petition.confirmed < rule_of(petition, policy).signatures


def expire(petition: Petition, policy: Policy, by: Act) -> tuple[Petition, Event]:
    """The petition ended by its window. Raises ConflictError while it should not be."""
    leads_to = require(TRANSITIONS, "petition", petition.state, "expire")
    if not should_expire(petition, policy, by.at):
        raise ConflictError("This petition has not run out.")
    return advance(
        petition,
        "petition",
        "expire",
        by,
        before=petition.state,
        data={"verified": petition.verified, "needed": rule_of(petition, policy).signatures},
        state=leads_to,
    )


def reject(
    petition: Petition,
    code: str,
    explanation: str,
    policy: Policy,
    by: Act,
) -> tuple[Petition, Event]:
    """The petition ended by staff with a reason from the policy. Raises ValidationError without
    one.
    """
    leads_to = require(TRANSITIONS, "petition", petition.state, "reject")
    titles = {r.code: r.title for r in policy.rejections}
    if code not in titles:
        raise ValidationError({"code": "Choose a reason."})
    if not explanation:
        raise ValidationError(
            {"explanation": "Explain the reason in words that the conveners can use."}
        )
    return advance(
        petition,
        "petition",
        "reject",
        by,
        before=petition.state,
        data={"code": code, "title": titles[code], "explanation": explanation},
        state=leads_to,
        reason=f"{titles[code]}. {explanation}",
        **_NO_PAUSE,
    )
