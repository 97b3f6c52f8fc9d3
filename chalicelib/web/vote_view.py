"""What a motion's page shows of its vote, as far as who looks may see it."""

from typing import Any

from chalicelib.domain import ballots as votes
from chalicelib.domain.ballots import Ballot
from chalicelib.domain.motion import Motion, State
from chalicelib.domain.roles import may
from chalicelib.web.forms import Form
from chalicelib.web.request import Request

NO_BALLOT = Form({"choice": "", "reason": ""})


def vote_view(
    request: Request, motion: Motion, ballots: list[Ballot], form: Form
) -> dict[str, Any]:
    """What `board/motion/vote.html` and `result.html` are given. `form` is the ballot as typed."""
    policy, now, actor = request.services.policy, request.services.clock(), request.actor
    own = next((b for b in ballots if b.person_id == actor.id), None)
    presides = may(actor, "motion.close")
    # A vote without quorum was announced too: the motion is postponed, with its count. An
    # amendment that was accepted carried without any.
    after = {State.CARRIED, State.LOST, State.POSTPONED}
    announced = motion.state in after and motion.tally is not None
    # Until the result is announced, those who preside see the count and others only who voted.
    shows_count = announced or (motion.state == State.CLOSED and presides)
    tally = motion.tally
    if tally is None and shows_count:
        tally = votes.tally_of(motion, ballots, policy, now)
    electors = {e.person_id for e in motion.electorate}
    is_open = motion.state == State.OPEN
    sitting = (
        request.services.store.people.voters(request.services.today()) if is_open else electors
    )
    if own and not form.errors:
        form = Form({"choice": own.choice, "reason": own.reason})
    return {
        "form": form,
        "own": own,
        "ballots": ballots,
        "voted": {b.person_id for b in ballots},
        "tally": tally,
        "rule": votes.rule_of(motion, policy, now),
        "quorum": votes.tally_of(motion, [], policy, now).quorum,
        "shows_choices": announced,
        "presides": presides,
        "elector": may(actor, "motion.vote") and actor.id in electors,
        # Whose term has ended since the vote opened.
        "ended": electors - sitting,
    }
