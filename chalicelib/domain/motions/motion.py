"""A motion: moved, seconded, withdrawn, postponed, divided. How it is amended is in `amendments`,
and the votes on it are in `ballots`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import ConflictError, NotAllowedError
from chalicelib.domain.motions.tally import Tally
from chalicelib.domain.motions.wording import check, sentences
from chalicelib.domain.people.people import Act
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import Transitions, advance, require


class State(StrEnum):
    """Where a motion stands. `closed` has its ballots counted but not yet announced."""

    MOVED = "moved"
    SECONDED = "seconded"
    OPEN = "open"
    CLOSED = "closed"
    CARRIED = "carried"
    LOST = "lost"
    POSTPONED = "postponed"
    WITHDRAWN = "withdrawn"
    # Its numbered actions are motions of their own.
    DIVIDED = "divided"
    # A mistaken vote, with its reason; it is held anew as another motion.
    VOID = "void"


class Effect(StrEnum):
    """What a carried motion brings about by itself."""

    NONE = ""
    ESTABLISH = "establish"  # its petition is approved and its group chartered
    AMEND = "amend"  # the motion that it amends reads as it says
    CONFIRM = "confirm"  # the result of a virtual vote is confirmed
    RENEW = "renew"  # its group has its next charge
    END = "end"  # its group ends, as its renewal says


# What gives a group its name and charge, which an amendment may change.
GIVES_A_CHARGE = frozenset({Effect.ESTABLISH, Effect.RENEW})


_S = State

TRANSITIONS: Transitions = {
    "second": (frozenset({_S.MOVED}), _S.SECONDED),
    "call-virtual": (frozenset({_S.SECONDED}), None),
    "open": (frozenset({_S.SECONDED}), _S.OPEN),
    "recuse": (frozenset({_S.MOVED, _S.SECONDED, _S.OPEN}), None),
    "rejoin": (frozenset({_S.MOVED, _S.SECONDED, _S.OPEN}), None),
    "vote": (frozenset({_S.OPEN}), None),
    "extend-vote": (frozenset({_S.SECONDED, _S.OPEN}), None),
    "close": (frozenset({_S.OPEN}), _S.CLOSED),
    "announce": (frozenset({_S.CLOSED}), None),
    "void": (frozenset({_S.OPEN, _S.CLOSED, _S.CARRIED, _S.LOST}), _S.VOID),
    "hold-anew": (frozenset({_S.VOID}), None),
    "postpone": (frozenset({_S.MOVED, _S.SECONDED}), _S.POSTPONED),
    "withdraw": (frozenset({_S.MOVED, _S.SECONDED}), _S.WITHDRAWN),
    "amend": (frozenset({_S.MOVED, _S.SECONDED}), None),
    "divide": (frozenset({_S.MOVED, _S.SECONDED}), _S.DIVIDED),
}

# While a motion on a document is in one of these, no other can be moved on it.
PENDING = frozenset({_S.MOVED, _S.SECONDED, _S.OPEN, _S.CLOSED})


@dataclass(frozen=True)
class Elector:
    """A voting seat as it was when the vote opened."""

    person_id: str
    name: str
    office: str


@dataclass(frozen=True, kw_only=True)
class Motion:
    """One motion.

    `document_id` and `action` say which numbered action of which document is moved (0: all of
    it); a motion from the floor has none, and may name the docket's `item` that it belongs to.
    `name`, `charge` and `conditions` (a line for each) are what an `establish` or `renew` motion
    gives the group, which for the latter is `group_id`. `amends` is the motion that an amendment
    changes, or whose result a `confirm` motion confirms. An amendment holds the text that it would
    make: `becomes` in the place of the other motion's wording, or the three of a motion that gives
    a charge. `accepted_by` are the ids of those who took it as their own, so that no vote was
    needed; `amendments` are those that changed this one.
    `postponed_to` is the meeting that it was postponed to, if any.

    A `virtual` vote has its discussion from `discussion_from` until `voting_from`, and its vote
    from then until `voting_until`; `no_discussion` is why it has none. A vote in a meeting may
    have a moment at which it closes, `closes_at`. `reminded_at` is up to when those were reminded
    who have not voted. A motion that carried and is `to_confirm` stays unconfirmed until
    `confirmed_at`. `replaces` and `replaced_by` join a void vote with the one held anew.
    """

    id: str
    meeting_id: str
    document_number: str
    petition_id: str
    title: str
    wording: str
    document_id: str = ""
    action: int = 0
    effect: Effect = Effect.NONE
    group_id: str = ""
    name: str = ""
    charge: str = ""
    conditions: str = ""
    item: str = ""
    amends: str = ""
    becomes: str = ""
    accepted_by: tuple[str, ...] = ()
    amendments: tuple[str, ...] = ()
    postponed_to: str = ""
    divided_from: str = ""
    secret: bool = False
    virtual: bool = False
    discussion_from: datetime | None = None
    voting_from: datetime | None = None
    voting_until: datetime | None = None
    no_discussion: str = ""
    closes_at: datetime | None = None
    reminded_at: datetime | None = None
    to_confirm: bool = False
    confirmed_at: datetime | None = None
    confirmation_refused_at: datetime | None = None
    confirmed_in: str = ""
    void_reason: str = ""
    replaces: str = ""
    replaced_by: str = ""
    state: State = State.MOVED
    version: int = 0
    head: str = ""
    moved_at: datetime | None = None
    mover_id: str = ""
    mover: str = ""
    seconder_id: str = ""
    seconder: str = ""
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    announced_at: datetime | None = None
    electorate: tuple[Elector, ...] = ()
    tally: Tally | None = None

    @property
    def brings_about(self) -> Effect:
        """What it brings about when it carries; one that was moved before motions said so
        establishes the group of its petition.
        """
        if self.petition_id and not self.amends and not self.effect:
            return Effect.ESTABLISH
        return self.effect

    @property
    def is_amendment(self) -> bool:
        """Whether it changes the text of another motion."""
        return self.effect == Effect.AMEND

    @property
    def label(self) -> str:
        """`Motion on Doc 5.0, action 2`, `Motion from the floor`, `Amendment of the motion …`."""
        where = f"on Doc {self.document_number}" if self.document_number else "from the floor"
        if self.action:
            where += f", action {self.action}"
        return f"Amendment of the motion {where}" if self.is_amendment else f"Motion {where}"


def ends_at(motion: Motion) -> datetime | None:
    """The moment after which the vote takes no ballot, if one is set."""
    return motion.voting_until if motion.virtual else motion.closes_at


def move(
    motion_id: str,
    meeting_id: str,
    document_number: str,
    petition_id: str,
    title: str,
    wording: str,
    by: Act,
    *,
    document_id: str = "",
    action: int = 0,
    effect: Effect = Effect.NONE,
    group_id: str = "",
    name: str = "",
    charge: str = "",
    conditions: str = "",
    item: str = "",
    again: str = "",
) -> tuple[Motion, Event]:
    """A new motion on a document, or from the floor. `again` is the postponed one that it takes up.

    Raises ValidationError without a wording that begins with “That”.
    """
    check(wording, len(wording))
    blank = Motion(
        id=motion_id,
        meeting_id=meeting_id,
        document_number=document_number,
        petition_id=petition_id,
        title=title,
        wording=wording,
        document_id=document_id,
        action=action,
        effect=effect,
        group_id=group_id,
        name=name,
        charge=charge,
        conditions=conditions,
        item=item,
    )
    more = {"action": action, "item": item, "again": again, "effect": effect.value}
    more |= {"group": group_id}
    return as_moved(
        blank,
        {
            "wording": wording,
            "document": document_number,
            **{k: v for k, v in more.items() if v},
        },
        by,
    )


def as_moved(blank: Motion, data: Mapping[str, object], by: Act) -> tuple[Motion, Event]:
    """A motion, an amendment or a confirmation as whoever acts has just moved it."""
    return advance(
        blank,
        "motion",
        "move",
        by,
        before="",
        data=data,
        state=State.MOVED,
        moved_at=by.at,
        mover_id=by.actor.id,
        mover=by.actor.name,
    )


def second(motion: Motion, by: Act) -> tuple[Motion, Event]:
    """The motion seconded. Raises NotAllowedError for its own mover."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "second")
    if by.actor.id == motion.mover_id:
        raise NotAllowedError("You moved this motion; another voting member must second it.")
    return advance(
        motion,
        "motion",
        "second",
        by,
        before=motion.state,
        state=leads_to,
        seconder_id=by.actor.id,
        seconder=by.actor.name,
    )


def withdraw(motion: Motion, by: Act) -> tuple[Motion, Event]:
    """The motion taken back. Raises NotAllowedError for anybody but its mover."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "withdraw")
    if by.actor.id != motion.mover_id:
        raise NotAllowedError("Only the member who moved this motion can withdraw it.")
    return advance(motion, "motion", "withdraw", by, before=motion.state, state=leads_to)


def postpone(
    motion: Motion, by: Act, meeting_id: str = "", meeting_title: str = ""
) -> tuple[Motion, Event]:
    """The motion put off, to a meeting or indefinitely; it can be moved again."""
    leads_to = require(TRANSITIONS, "motion", motion.state, "postpone")
    return advance(
        motion,
        "motion",
        "postpone",
        by,
        before=motion.state,
        data={"meeting": meeting_id, "meeting_title": meeting_title} if meeting_id else {},
        state=leads_to,
        postponed_to=meeting_id,
    )


def divisible(motion: Motion) -> bool:
    """Whether it numbers several actions that were moved together."""
    whole = motion.action == 0 and motion.brings_about == Effect.NONE
    return whole and len(sentences(motion.wording)) > 1


def divide(
    motion: Motion, ids: Sequence[str], by: Act
) -> tuple[tuple[Motion, Event], list[tuple[Motion, Event]]]:
    """The motion divided, and one motion for each of its numbered actions, which stands where the
    whole stood: with its mover, and its seconder if it had one. `ids` are theirs, in order.

    Raises ConflictError for a motion that does not number several actions.
    """
    leads_to = require(TRANSITIONS, "motion", motion.state, "divide")
    if not divisible(motion):
        raise ConflictError("This motion is one action: there is nothing to divide.")
    wordings = sentences(motion.wording)
    parts = []
    for number, (part_id, wording) in enumerate(zip(ids, wordings, strict=True), 1):
        blank = replace(
            motion,
            id=part_id,
            wording=wording,
            action=number,
            divided_from=motion.id,
            amendments=(),
            version=0,
            head="",
        )
        part = advance(
            blank,
            "motion",
            "divide-off",
            by,
            before="",
            data={
                "from": motion.id,
                "wording": wording,
                "document": motion.document_number,
                "action": number,
                "mover": motion.mover,
                "seconder": motion.seconder,
            },
            state=motion.state,
        )
        parts.append(part)
    whole = advance(
        motion,
        "motion",
        "divide",
        by,
        before=motion.state,
        data={"into": [part.id for part, _ in parts]},
        state=leads_to,
    )
    return whole, parts
