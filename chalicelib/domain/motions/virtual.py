"""A vote without a meeting: its windows and its reminders.

Discussion and voting last so many days by policy, counted in the association's zone: the day of
the call is the first one of the discussion, and both end with their last day, at 23:59:59.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.motions.ballots import Ballot, closes_by_itself
from chalicelib.domain.motions.confirmation import unconfirmed
from chalicelib.domain.motions.motion import TRANSITIONS, Elector, Motion, State, ends_at
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Policy, VirtualVoteRule
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import advance, require
from chalicelib.domain.times import add_days, end_of_day, local_date

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Windows:
    """When people discuss, and when they vote. Without a discussion both begin at once."""

    discussion_from: datetime
    voting_from: datetime
    voting_until: datetime


def windows(called_at: datetime, rule: VirtualVoteRule, zone: str, discussed: bool) -> Windows:
    """The windows of a vote called at a moment. `discussed` where the discussion was held
    already: then the vote begins at once, and the day of the call is its first.
    """
    if discussed:
        return Windows(called_at, called_at, add_days(called_at, rule.voting_days - 1, zone))
    ends = add_days(called_at, rule.discussion_days - 1, zone)
    return Windows(called_at, ends + SECOND, add_days(ends, rule.voting_days, zone))


def rule_of(motion: Motion, policy: Policy, now: datetime) -> VirtualVoteRule:
    """The rule that held on the day of the call (today, before that)."""
    zone = policy.association.zone
    return policy.virtual_vote(local_date(motion.discussion_from or now, zone))


def call(
    motion: Motion, no_discussion: str, secret: bool, policy: Policy, by: Act
) -> tuple[Motion, Event]:
    """A vote without a meeting called on a seconded motion. `no_discussion` is why it needs no
    discussion any more, empty where it has one. Raises ConflictError where it was called already.
    """
    require(TRANSITIONS, "motion", motion.state, "call-virtual")
    if motion.virtual:
        raise ConflictError("A vote without a meeting is called on this motion already.")
    rule = rule_of(motion, policy, by.at)
    found = windows(by.at, rule, policy.association.zone, bool(no_discussion))
    return advance(
        motion,
        "motion",
        "call-virtual",
        by,
        before=motion.state,
        data={
            "voting_from": found.voting_from.isoformat(),
            "voting_until": found.voting_until.isoformat(),
            "no_discussion": no_discussion,
            "secret": secret,
        },
        virtual=True,
        secret=secret,
        no_discussion=no_discussion,
        discussion_from=found.discussion_from,
        voting_from=found.voting_from,
        voting_until=found.voting_until,
    )


def extend(
    motion: Motion, until: date, reason: str, policy: Policy, by: Act
) -> tuple[Motion, Event]:
    """The window that runs now, made longer before its end: until the end of the day `until`.

    A longer discussion moves the whole voting window after it. Raises ValidationError for a day
    that does not make it longer and without a reason, ConflictError where no such window runs.
    """
    require(TRANSITIONS, "motion", motion.state, "extend-vote")
    if not motion.virtual or motion.voting_from is None or motion.voting_until is None:
        raise ConflictError(
            "This vote has no window that could be extended: the presiding officer closes it."
        )
    zone = policy.association.zone
    discussing = by.at < motion.voting_from
    ends = motion.voting_from - SECOND if discussing else motion.voting_until
    if by.at > ends:
        raise ConflictError("The window has ended, so it is too late to extend it.")
    if not discussing and motion.state != State.OPEN:
        raise ConflictError("The vote is about to open. Extend it in a minute.")
    errors = {}
    if until <= local_date(ends, zone):
        errors["until"] = "Choose a day after the one on which it ends now."
    if not reason:
        errors["reason"] = "Write why more time is needed: it goes into the record."
    if errors:
        raise ValidationError(errors)
    new_end = end_of_day(until, zone)
    changes = {"voting_until": new_end}
    if discussing:
        days = rule_of(motion, policy, by.at).voting_days
        changes = {
            "voting_from": new_end + SECOND,
            "voting_until": add_days(new_end, days, zone),
        }
    data = {name: moment.isoformat() for name, moment in changes.items()}
    return advance(
        motion,
        "motion",
        "extend-vote",
        by,
        before=motion.state,
        data={**data, "reason": reason, "window": "discussion" if discussing else "voting"},
        **changes,
    )


# What falls due


def reminders(motion: Motion, policy: Policy, now: datetime) -> list[datetime]:
    """When those are reminded who have not voted: so many days before the end, in order."""
    until = motion.voting_until
    if not motion.virtual or until is None:
        return []
    zone = policy.association.zone
    days = rule_of(motion, policy, now).remind_days
    return sorted(add_days(until, -number, zone) for number in set(days) if number > 0)


def to_remind(motion: Motion, policy: Policy, now: datetime) -> datetime | None:
    """The latest moment of a reminder that has passed and was not kept, or None. Of several that
    were missed only the last one matters.
    """
    since = motion.reminded_at or motion.opened_at
    if motion.state != State.OPEN or since is None:
        return None
    passed = [moment for moment in reminders(motion, policy, now) if since < moment <= now]
    return passed[-1] if passed else None


def remind(
    motion: Motion, moment: datetime, ballots: Iterable[Ballot], by: Act
) -> tuple[Motion, Event, list[Elector]]:
    """The reminder of a moment put on record, and the electors whom it is for: those who have
    neither voted nor are recused.
    """
    done = {ballot.person_id for ballot in ballots}
    missing = [e for e in motion.electorate if e.person_id not in done]
    new, event = advance(
        motion,
        "motion",
        "remind",
        by,
        before=motion.state,
        data={"to": [e.person_id for e in missing]},
        reminded_at=moment,
    )
    return new, event, missing


def over(motion: Motion, now: datetime) -> bool:
    """Whether the time of an open vote has run out."""
    until = ends_at(motion)
    return motion.state == State.OPEN and until is not None and now > until


def to_open(motion: Motion, now: datetime) -> bool:
    """Whether the voting window of a vote without a meeting has begun, and it is not open."""
    begun = motion.voting_from is not None and motion.voting_from <= now
    return motion.state == State.SECONDED and motion.virtual and begun


def opened_late(motion: Motion, policy: Policy, now: datetime) -> Motion:
    """The motion with its voting window later by the days that it opens late, since an amendment
    was before the Board: members keep all the days that they have for voting.
    """
    if motion.voting_from is None or motion.voting_until is None:
        return motion
    zone = policy.association.zone
    late = (local_date(now, zone) - local_date(motion.voting_from, zone)).days
    if late < 1:
        return motion
    return replace(motion, voting_from=now, voting_until=add_days(motion.voting_until, late, zone))


# Where a motion is looked for: those under a vote, and those whose result is unconfirmed.
VOTES, UNCONFIRMED = "motion", "unconfirmed"
# Later than anything: a vote that nobody but its presiding officer ends.
_NEVER = "9999"


def due_of(motion: Motion, policy: Policy, now: datetime) -> tuple[str, str] | None:
    """In which queue a motion stands, and when somebody has to look at it; None where nobody has
    to. A vote that is called, open or not announced is always in the first, so that it can be
    found there.
    """
    if unconfirmed(motion):
        assert motion.announced_at is not None
        return UNCONFIRMED, motion.announced_at.isoformat()
    if motion.state == State.SECONDED and motion.virtual and motion.voting_from:
        return VOTES, motion.voting_from.isoformat()
    if motion.state == State.CLOSED:
        # It waits for those who announce it.
        return VOTES, _NEVER
    if motion.state != State.OPEN:
        return None
    if closes_by_itself(motion, policy, now) and motion.opened_at:
        return VOTES, motion.opened_at.isoformat()
    since = motion.reminded_at or motion.opened_at or now
    moments = [moment for moment in reminders(motion, policy, now) if moment > since]
    until = ends_at(motion)
    if until is not None:
        moments.append(until + SECOND)
    return VOTES, min(moments).isoformat() if moments else _NEVER
