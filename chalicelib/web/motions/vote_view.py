"""What pages show of a vote, as far as who looks may see it."""

from collections.abc import Collection
from typing import Any

from chalicelib.domain.meetings import attendance
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions import ballots as votes
from chalicelib.domain.motions import confirmation, virtual
from chalicelib.domain.motions.ballots import RECUSED, VOID, Ballot, Slip
from chalicelib.domain.motions.motion import Motion, State, ends_at
from chalicelib.domain.motions.tally import BASE_WORDS, BASES, Tally, arithmetic
from chalicelib.domain.people.roles import may
from chalicelib.services.motions.virtual_votes import last_days
from chalicelib.services.people.tokens import random_token
from chalicelib.web.forms import Form
from chalicelib.web.request import Request

NO_BALLOT = Form({"choice": "", "receipt": ""})
# A motion can be recused from, and its recusal taken back, in these states.
RECUSABLE = frozenset({State.MOVED, State.SECONDED, State.OPEN})
CHOICES = {"yes": "Yes", "no": "No", "abstain": "Abstained", RECUSED: "Recused"}


def announced(motion: Motion) -> bool:
    """Whether everybody may see the result. A vote without quorum was announced too: the motion is
    postponed, with its count. An amendment that was accepted carried without any.
    """
    after = {State.CARRIED, State.LOST, State.POSTPONED}
    return motion.state in after and motion.tally is not None


def vote_view(
    request: Request,
    motion: Motion,
    meeting: Meeting,
    ballots: list[Ballot],
    form: Form,
    out: bool,
) -> dict[str, Any]:
    """What `board/motion/vote.html` and `result.html` are given. `form` is the ballot as typed,
    `out` whether who looks is recused from the motion, or from the one that it amends.
    """
    services, actor = request.services, request.actor
    policy, now = services.policy, services.clock()
    own = next((b for b in ballots if b.person_id == actor.id), None)
    chairs = may(actor, "motion.close")
    presides = chairs and not out
    shown = announced(motion)
    # Until the result is announced, those who preside see the count and others only who voted.
    shows_count = shown or (motion.state == State.CLOSED and presides)
    slips = services.store.board.slips(motion.id) if motion.secret and shows_count else []
    tally = motion.tally if shown else None
    if tally is None and shows_count:
        tally = votes.tally_of(motion, ballots, policy, now, slips)
    electors = {e.person_id for e in motion.electorate}
    is_open = motion.state == State.OPEN
    sitting = services.store.people.voters(services.today()) if is_open else electors
    if own and own.choice in CHOICES and not form.errors:
        form = Form({**form.values, "choice": "" if own.choice == RECUSED else own.choice})
    elector = may(actor, "motion.vote") and actor.id in electors
    until = ends_at(motion)
    return {
        "form": form,
        "own": own,
        "recused": own is not None and own.choice == RECUSED,
        "ballots": ballots,
        "voted": {b.person_id for b in ballots},
        "complete": votes.complete(motion, ballots, sitting),
        "tally": tally,
        "rule": votes.rule_of(motion, policy, now),
        "virtual_rule": virtual.rule_of(motion, policy, now) if motion.virtual else None,
        "quorum": votes.tally_of(motion, [], policy, now).quorum,
        "shows_choices": shown,
        "slips": slip_rows(slips) if shown else [],
        "roll": roll_of(motion, meeting, {b.person_id for b in ballots}) if shown else None,
        "presides": presides,
        "out": out,
        # Who would preside, and is recused.
        "stands_aside": chairs and out,
        "elector": elector,
        # Whose term has ended since the vote opened.
        "ended": electors - sitting,
        "may_recuse": motion.state in RECUSABLE
        and (elector or (motion.state != State.OPEN and may(actor, "motion.recuse"))),
        "ends_at": until,
        "over": virtual.over(motion, now),
        "dates": last_days(motion, policy.association.zone),
        "unconfirmed": confirmation.unconfirmed(motion),
        "arithmetic": arithmetic(tally) if tally else [],
        "bases": base_rows(tally) if tally else [],
        "ballot_token": random_token() if motion.secret else "",
        "choices": CHOICES,
    }


def roll_of(motion: Motion, meeting: Meeting, voted: Collection[str]) -> dict[str, Any] | None:
    """Which electors were at the meeting during the vote by its roll, and those of them without a
    ballot. None where no roll tells: it was not taken, or the vote was held at another time.
    """
    if motion.virtual or motion.opened_at is None or motion.closed_at is None:
        return None
    electors = {elector.person_id for elector in motion.electorate}
    there = attendance.there_between(meeting, motion.opened_at, motion.closed_at)
    present = [one for one in there if one.person_id in electors]
    if not present:
        return None
    return {"present": present, "silent": [one for one in present if one.person_id not in voted]}


def slip_rows(slips: list[Slip]) -> list[tuple[str, str]]:
    """Every slip of a secret vote, by number: its number and what it says."""
    said = {**CHOICES, VOID: "Void: its voter was recused"}
    return [(slip.number, said[slip.choice]) for slip in sorted(slips, key=lambda s: s.number)]


def base_rows(tally: Tally) -> list[dict[str, Any]]:
    """What each majority base says about the ballots."""
    return [
        {
            "name": BASE_WORDS[base][0],
            "who": BASE_WORDS[base][1],
            "size": tally.size(base),
            "carried": tally.under[base],
            "ours": base == tally.majority_base,
        }
        for base in BASES
    ]
