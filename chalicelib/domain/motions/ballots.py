"""The vote on a motion: opened, ballots cast, closed, announced. Recusals are in `recusals`.

A vote is named or secret. In a named one a ballot says who voted what. In a secret one it says
only that somebody voted, and what was voted stands on a slip that names nobody: see `Slip`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.motions.motion import TRANSITIONS, Elector, Motion, State, ends_at
from chalicelib.domain.motions.tally import CHOICES, Tally, count
from chalicelib.domain.people.people import Act, Actor, Person
from chalicelib.domain.policy.rules import BoardRule, Policy
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require, row
from chalicelib.domain.times import local_date

RECUSED = "recused"
# A slip whose voter recused themselves afterwards.
VOID = "void"
_CASTABLE = tuple(choice for choice in CHOICES if choice != RECUSED)


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """A member's ballot on a motion; one each. `earlier` keeps what it said before a change.

    In a secret vote it has no choice and keeps nothing, `cast_at` is the moment when the vote
    opened, and `version` stays 1: it is the same for every voter and stays as it is when the
    vote is changed. A recusal is no secret and is kept as in a named vote.
    """

    motion_id: str
    person_id: str
    name: str
    office: str
    choice: str
    cast_at: datetime
    reason: str = ""
    version: int = 1
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What somebody voted in a secret vote. `key` is the digest of the receipt that the voter
    alone has; nothing here says who that is, or when it was cast.
    """

    motion_id: str
    key: str
    choice: str
    earlier: tuple[str, ...] = ()
    version: int = 1

    @property
    def number(self) -> str:
        """The slip's public number, by which its voter finds it in the result."""
        return number_of(self.key)


def number_of(key: str) -> str:
    """A slip's public number: `3F2A-9C1B`, the beginning of its key."""
    return f"{key[:4]}-{key[4:8]}".upper()


def electors(members: Iterable[Person], on: date) -> tuple[Elector, ...]:
    """Those of some people who hold a voting seat on a day, with the office that they hold."""
    seated = [(person, person.seat_on(on)) for person in members]
    return tuple(Elector(p.id, p.name, seat.office) for p, seat in seated if seat and seat.voting)


def open_vote(
    motion: Motion,
    members: Iterable[Person],
    on: date,
    by: Act,
    *,
    secret: bool = False,
    closes_at: datetime | None = None,
) -> tuple[Motion, Event]:
    """The vote opened, with its electorate frozen: the voting seats as they are on the day `on`.

    Raises ValidationError when it would close before it opens, ConflictError for a vote without a
    meeting, which opens by itself when its discussion has ended.
    """
    leads_to = require(TRANSITIONS, "motion", motion.state, "open")
    if motion.virtual and (motion.voting_from is None or by.at < motion.voting_from):
        raise ConflictError(
            "This vote is held without a meeting, and its discussion has not ended: it opens "
            "automatically then."
        )
    if closes_at is not None and closes_at <= by.at:
        raise ValidationError({"closes_day": "Choose a moment that is still to come."})
    electorate = electors(members, on)
    if not electorate:
        raise ConflictError("No voting seat of the Board is filled, so nobody could vote.")
    secret = motion.secret if motion.virtual else secret
    return advance(
        motion,
        "motion",
        "open",
        by,
        before=motion.state,
        data={
            "electorate": [[e.person_id, e.name, e.office] for e in electorate],
            "secret": secret,
            "closes_at": closes_at.isoformat() if closes_at else "",
        },
        state=leads_to,
        opened_at=by.at,
        electorate=electorate,
        secret=secret,
        closes_at=closes_at,
    )


def elector(motion: Motion, actor: Actor) -> Elector:
    """The actor's place in the electorate. Raises NotAllowedError."""
    found = next((e for e in motion.electorate if e.person_id == actor.id), None)
    if found is None:
        raise NotAllowedError("You were not a voting member when this vote opened.")
    return found


def in_time(motion: Motion, now: datetime) -> None:
    """Raises ConflictError outside the time of the vote: the moment that was set decides, whether
    or not anybody has opened or closed it yet.
    """
    until = ends_at(motion)
    if until is not None and now > until:
        raise ConflictError("The time for this vote is over. No more ballots are accepted.")
    if motion.virtual and (motion.voting_from is None or now < motion.voting_from):
        raise ConflictError("The time for this vote has not begun. Nobody can vote yet.")


def _may_vote(motion: Motion, choice: str, actor: Actor, now: datetime) -> Elector:
    require(TRANSITIONS, "motion", motion.state, "vote")
    found = elector(motion, actor)
    in_time(motion, now)
    _valid(choice)
    return found


def _valid(choice: str) -> None:
    if choice not in _CASTABLE:
        raise ValidationError({"choice": "Choose yes, no or abstain."})


def vote(
    motion: Motion, existing: Ballot | None, choice: str, actor: Actor, now: datetime
) -> Ballot | None:
    """The member's ballot in a named vote, new or changed; None when it says what it said before.

    Raises IllegalTransitionError unless the vote is open, NotAllowedError outside the electorate,
    ConflictError outside its time, ValidationError for an unknown choice.
    """
    found = _may_vote(motion, choice, actor, now)
    if existing is None:
        return _ballot(motion, found, choice, now)
    if existing.choice == choice:
        return None
    return replace(
        existing,
        choice=choice,
        reason="",
        cast_at=now,
        version=existing.version + 1,
        earlier=(*existing.earlier, said(existing)),
    )


def said(ballot: Ballot) -> str:
    """What a ballot said before it was changed, as the record keeps it."""
    why = f" ({ballot.reason})" if ballot.reason else ""
    return f"{ballot.choice}{why} at {ballot.cast_at.isoformat()}"


def vote_secretly(
    motion: Motion, key: str, choice: str, actor: Actor, now: datetime
) -> tuple[Ballot, Slip]:
    """That the member voted, and apart from it what. Raises as `vote` does."""
    found = _may_vote(motion, choice, actor, now)
    # The moment of the opening: the one of the ballot could be joined with what a log says.
    assert motion.opened_at is not None
    who = _ballot(motion, found, "", motion.opened_at)
    return who, Slip(motion_id=motion.id, key=key, choice=choice)


def change_slip(
    motion: Motion, slip: Slip, choice: str, actor: Actor, now: datetime
) -> Slip | None:
    """The slip with another choice; None when it says what it said before. Raises as `vote`."""
    _may_vote(motion, choice, actor, now)
    if slip.choice == VOID:
        raise ValidationError({"receipt": "This slip is void, since its voter was recused."})
    if slip.choice == choice:
        return None
    return replace(
        slip, choice=choice, earlier=(*slip.earlier, slip.choice), version=slip.version + 1
    )


def _ballot(motion: Motion, found: Elector, choice: str, at: datetime) -> Ballot:
    return Ballot(
        motion_id=motion.id,
        person_id=found.person_id,
        name=found.name,
        office=found.office,
        choice=choice,
        cast_at=at,
    )


def complete(motion: Motion, ballots: Iterable[Ballot], sitting: Collection[str]) -> bool:
    """Whether every elector who can still vote has voted or is recused. `sitting` are the ids of
    those who hold a voting seat now: whose term has ended can cast no ballot any more.
    """
    waited_for = {e.person_id for e in motion.electorate if e.person_id in sitting}
    return waited_for <= {b.person_id for b in ballots}


def closes_by_itself(motion: Motion, policy: Policy, now: datetime) -> bool:
    """Whether the vote closes as soon as every elector has a ballot: the policy of its day."""
    if motion.virtual:
        day = local_date(motion.discussion_from or now, policy.association.zone)
        return policy.virtual_vote(day).close_when_all_voted
    return rule_of(motion, policy, now).close_when_all_voted


def close(
    motion: Motion, members: Iterable[Person], on: date, by: Act, *, all_voted: bool = False
) -> tuple[Motion, Event]:
    """The vote closed: from here on no ballot is taken. The result waits to be announced.

    Who holds a voting seat on the day `on` is recorded beside the electorate that was frozen at
    the opening, so that a change in between shows. The time of a vote without a meeting is
    everybody's: it can be closed before its end only when `all_voted`. Raises ConflictError.
    """
    leads_to = require(TRANSITIONS, "motion", motion.state, "close")
    early = motion.voting_until is not None and by.at <= motion.voting_until
    if motion.virtual and early and not all_voted:
        raise ConflictError(
            "Members have until the end of the voting time. Before that, the vote can be closed "
            "only when everybody has voted or is recused."
        )
    return advance(
        motion,
        "motion",
        "close",
        by,
        before=motion.state,
        data={
            "seats_at_close": [[e.person_id, e.name, e.office] for e in electors(members, on)],
            "all_voted": all_voted,
        },
        state=leads_to,
        closed_at=by.at,
    )


def rule_of(motion: Motion, policy: Policy, now: datetime) -> BoardRule:
    """The Board rule that held on the day when the vote opened (today, before that)."""
    return policy.board(local_date(motion.opened_at or now, policy.association.zone))


def tally_of(
    motion: Motion,
    ballots: Iterable[Ballot],
    policy: Policy,
    now: datetime,
    slips: Iterable[Slip] = (),
) -> Tally:
    """The count of these ballots (and slips, in a secret vote) under the motion's rule. What
    was cast by somebody who is no elector does not count.
    """
    rule = rule_of(motion, policy, now)
    electors = {e.person_id for e in motion.electorate}
    choices = [b.choice for b in ballots if b.person_id in electors and b.choice]
    choices += [slip.choice for slip in slips if slip.choice != VOID]
    return count(choices, len(motion.electorate), rule, motion.virtual)


def _result(tally: Tally) -> State:
    if not tally.quorate:
        return State.POSTPONED
    return State.CARRIED if tally.carried else State.LOST


def announce(
    motion: Motion,
    ballots: Iterable[Ballot],
    policy: Policy,
    by: Act,
    slips: Sequence[Slip] = (),
) -> tuple[Motion, Event]:
    """The result declared. The event holds each member's ballot: who voted how. Of a secret vote
    it holds who voted, and apart from that every slip under its number.

    Without a quorum nothing was decided (Robert's Rules: no business but to adjourn): the motion
    is postponed, and can be moved again. Raises ConflictError when slips and voters do not match.
    """
    require(TRANSITIONS, "motion", motion.state, "announce")
    electors = {e.person_id for e in motion.electorate}
    every = list(ballots)
    cast = sorted((b for b in every if b.person_id in electors), key=lambda b: b.name)
    counted = sorted((s for s in slips if s.choice != VOID), key=lambda s: s.key)
    voted = [b for b in cast if b.choice != RECUSED]
    if motion.secret and len(counted) != len(voted):
        raise ConflictError(
            f"{len(voted)} members voted and there are {len(counted)} slips, so something was "
            "tampered with. Declare the vote void, and hold it again."
        )
    tally = tally_of(motion, cast, policy, by.at, counted)
    state = _result(tally)
    data = {
        "ballots": [[b.person_id, b.name, b.office, b.choice, b.reason] for b in cast],
        "yes": tally.yes,
        "no": tally.no,
        "abstain": tally.abstain,
        "recused": tally.recused,
        "quorum": tally.quorum,
        "majority_base": tally.majority_base,
    }
    if motion.secret:
        data["slips"] = [[slip.number, slip.choice] for slip in counted]
    return advance(
        motion,
        "motion",
        "announce",
        by,
        before=motion.state,
        data=data,
        state=state,
        announced_at=by.at,
        tally=tally,
        to_confirm=state == State.CARRIED and _to_confirm(motion, policy, by.at),
        kept={
            "ballot": {ballot.person_id: row(ballot) for ballot in every},
            "slip": {slip.key: row(slip, "key", "motion_id") for slip in slips},
        },
    )


def _to_confirm(motion: Motion, policy: Policy, now: datetime) -> bool:
    day = local_date(motion.discussion_from or now, policy.association.zone)
    return motion.virtual and policy.virtual_vote(day).confirm
