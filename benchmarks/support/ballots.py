"""What votes cost: recusals, secret ballots, void votes, votes without a meeting, confirmations.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace
from datetime import timedelta

from benchmarks.support.recorder import Recorder
from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.domain.people.people import SYSTEM

MOVER, SECONDER = "director1@example.org", "director2@example.org"
PRESIDENT, STAFF = "president@example.org", "staff@example.org"
# Longer ago than a discussion lasts, and not so long that the voting is over.
CALLED = timedelta(days=9)


def run(do: Recorder, meeting: str) -> None:
    """Measures every command and page of a vote that the petition's own vote has not."""
    _void(do, _seconded(do, meeting))
    _secret(do, _seconded(do, meeting))
    _extended(do, _seconded(do, meeting))
    _virtual(do, meeting, _seconded(do, meeting))


def _seconded(do: Recorder, meeting: str) -> str:
    """A seconded motion from the floor."""
    said = {"title": "Thanks", "wording": "That the Board thank its task force for its report."}
    motion = str(do.run(do.actor(MOVER), "motion.move", meeting, said).id)
    do.run(do.actor(SECONDER), "motion.second", motion)
    return motion


def _void(do: Recorder, motion: str) -> None:
    member, president = do.actor(MOVER), do.actor(PRESIDENT)
    for command in ("open", "call-virtual"):
        name = f"vote_{command.replace('-', '_')}"
        do.page(name, f"/board/motions/{{motion_id}}/{command}", PRESIDENT, motion_id=motion)
    do.run(president, "motion.open", motion)
    do.page("vote_recuse", "/board/motions/{motion_id}/recuse", MOVER, motion_id=motion)
    do.command(member, "motion.recuse", motion, {"reason": "I convene it."})
    do.command(member, "motion.rejoin", motion)
    do.page("votes", "/board/votes", MOVER)
    do.page("vote_void", "/board/motions/{motion_id}/void", PRESIDENT, motion_id=motion)
    do.command(president, "motion.void", motion, {"reason": "The wrong text."})
    do.command(president, "motion.hold-anew", motion)


def _secret(do: Recorder, motion: str) -> None:
    member = do.actor(MOVER)
    do.run(do.actor(PRESIDENT), "motion.open", motion, {"ballot": "secret"})
    given = do.command(
        member, "motion.vote", motion, {"choice": "yes"}, called="motion.vote_secret"
    )
    change = {"choice": "no", "receipt": given.receipt}
    do.command(member, "motion.vote", motion, change, called="motion.vote_secret_changed")
    do.page("receipt_check", "/board/motions/{motion_id}/receipt", MOVER, motion_id=motion)


def _extended(do: Recorder, motion: str) -> None:
    staff = do.actor(STAFF)
    do.command(staff, "motion.call-virtual", motion)
    do.page("vote_extend", "/board/motions/{motion_id}/extend-vote", STAFF, motion_id=motion)
    until = (do.services.today() + timedelta(days=30)).isoformat()
    do.command(staff, "motion.extend-vote", motion, {"until": until, "reason": "Ill members."})


def _virtual(do: Recorder, meeting: str, motion: str) -> None:
    """A vote without a meeting whose discussion is over, carried, and pulled from the consent
    agenda that was to confirm it.
    """
    staff, past = do.actor(STAFF), do.services.clock() - CALLED
    then = replace(bootstrap.build(settings(), lambda: past), queue=do.queue)
    do.run(staff, "motion.call-virtual", motion, services=then)
    do.command(SYSTEM, "motion.keep-time", motion)
    for elector in do.services.store.board.motion(motion).electorate:
        person = do.services.store.people.get(elector.person_id)
        do.run(do.actor(person.email), "motion.vote", motion, {"choice": "yes"})
    do.run(staff, "motion.close", motion)
    do.run(staff, "motion.announce", motion)
    page = "/board/motions/{motion_id}/put-for-confirmation"
    do.page("vote_put_for_confirmation", page, STAFF, motion_id=motion)
    do.command(staff, "motion.put-for-confirmation", motion, {"meeting": meeting})
    found = do.services.store.board.meeting(meeting)
    item = next(i for i in found.docket if i.confirms == motion)
    do.run(do.actor(MOVER), "docket.pull", meeting, {"item": item.id})
    do.command(do.actor(MOVER), "motion.move-confirmation", meeting, {"item": item.number})
