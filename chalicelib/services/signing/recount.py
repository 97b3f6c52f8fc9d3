"""Counts every petition's signatures anew each night, and says where the kept count is another.

A drift is never put right silently: it is stored, logged, shown to staff and written to them, and
staff put it right by a command that stands in the petition's record.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.signing import recount as rules
from chalicelib.domain.signing.recount import Count, Counted, Recount
from chalicelib.domain.signing.signature import Signature, waits_for_staff
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, commit, petition
from chalicelib.services.context import Services
from chalicelib.services.petitions.petitions import due_of
from chalicelib.storage.transaction import Transaction

log = logging.getLogger(__name__)

JOB = "recount"
# A petition that is signed while it is counted is counted again, so often.
ATTEMPTS = 3
# How many signatures one run reads, and how long it takes at most, before it leaves the rest to
# the next night; and how many it puts into the queue of staff.
SIGNATURES = 200_000
SHARE = timedelta(minutes=5)
QUEUED = 5_000


@dataclass
class Done:
    """What a run found: how many petitions were counted, how many differ, how many were signed
    all the while, how many could not be counted, and whether all had their turn. `queued` is
    how many signatures waited for staff and stood in no queue.
    """

    counted: int = 0
    drifts: int = 0
    busy: int = 0
    failed: int = 0
    read: int = 0
    queued: int = 0
    finished: bool = True


def recount_all(services: Services) -> Done:
    """Counts the petitions whose count is still asked for, beginning after the one at which the
    last run stopped. One that fails, or ends the run, keeps no other from being counted.
    """
    done, store, until = Done(), services.store.privacy, services.clock() + SHARE
    ids = sorted(set(store.petition_ids([state.value for state in rules.COUNTED])))
    after = store.place(JOB)
    # Those that had no turn come first, then the others again.
    turns = [one for one in ids if one > after] + [one for one in ids if one <= after]
    for petition_id in turns:
        if done.read >= SIGNATURES or services.clock() > until:
            done.finished = False
            return done
        try:
            # Noted before it is counted: one that ends the run has had its turn.
            _keep_place(services, petition_id)
            _note(done, _recount(services, petition_id, done))
        except Exception:
            done.failed += 1
            log.exception("petition %s could not be counted", petition_id)
    if after or turns:
        _keep_place(services, "")
    return done


def _keep_place(services: Services, petition_id: str) -> None:
    unit = services.store.transaction()
    services.store.privacy.keep_place(unit, JOB, petition_id)
    unit.commit()


def _note(done: Done, found: Recount | None) -> None:
    if found is None:
        done.busy += 1
        return
    done.counted += 1
    done.drifts += found.drift


def _recount(services: Services, petition_id: str, done: Done) -> Recount | None:
    """What `_counted` found; and what waits for staff and stands in no queue is put into theirs:
    an earlier release had none.
    """
    lost: dict[str, Signature] = {}
    found = _counted(services, petition_id, done, lost)
    done.queued += sum(services.store.privacy.queue(one) for one in lost.values())
    return found


def _counted(
    services: Services, petition_id: str, done: Done, lost: dict[str, Signature]
) -> Recount | None:
    """What a petition's signatures come to, or None while it did not stand still.

    A difference has to be found twice in a row: a signature that came and one that went between
    two pages of one count leave the tally as it was.
    """
    store, zone = services.store, services.policy.association.zone
    suspected = None
    for _ in range(ATTEMPTS):
        before = store.petitions.get(petition_id)
        if before is None or before.state not in rules.COUNTED:
            return None
        rows = store.privacy.signatures_and_queues(petition_id)
        counted = rules.count(before, _watched(rows, lost, QUEUED - done.queued), zone)
        done.read += counted.read
        after = store.petitions.get(petition_id)
        if after is None or rules.standing(before) != rules.standing(after):
            suspected = None
            continue
        differs = counted.count != rules.kept(after)
        if differs and suspected != counted.count:
            suspected = counted.count
            continue
        return _store(services, after, counted)
    log.info(
        "petition %s was signed while it was counted; it is left to the next night", petition_id
    )
    return None


def _watched(
    rows: Iterable[tuple[Signature, bool]], lost: dict[str, Signature], most: int
) -> Iterator[Signature]:
    """The signatures, of which those that wait for staff and stand in no queue are kept in `lost`
    by their keys, up to a number.
    """
    for signature, queued in rows:
        if not queued and waits_for_staff(signature) and len(lost) < most:
            lost[signature.key] = signature
        yield signature


def _store(services: Services, found: Petition, counted: Counted) -> Recount:
    store, now = services.store, services.clock()
    last = store.privacy.recounted(found.id)
    new = Recount(at=now, counted=counted.count, kept=rules.kept(found))
    known = new.same_as(last)
    if new.drift:
        since = last.since if known and last else None
        new = replace(new, since=since or now)
        log.error(
            "the count of petition %s is not that of its signatures: kept %s, counted %s",
            found.id,
            new.kept,
            new.counted,
        )
    unit = store.transaction()
    store.privacy.save_recount(unit, found, new)
    history = {"at": now.isoformat(), "edition": found.edition, "days": counted.days}
    store.petitions.save_history(unit, found.id, history)
    if new.drift and not known:
        _tell_staff(services, unit, found, new)
    commit(services, unit)
    return new


def _tell_staff(services: Services, unit: Transaction, found: Petition, drift: Recount) -> None:
    stem = hashlib.sha256(f"{found.id} {drift}".encode()).hexdigest()[:24]
    for person in services.store.people.staff():
        letter = Letter(
            id=f"drift-{stem}-{person.id}",
            kind="count-drift",
            to=person.email,
            name=person.name,
            data={
                "petition_id": found.id,
                "petition": found.name,
                "kept_confirmed": drift.kept.confirmed,
                "kept_verified": drift.kept.verified,
                "counted_confirmed": drift.counted.confirmed,
                "counted_verified": drift.counted.verified,
            },
        )
        services.store.outbox.add(unit, letter, drift.at)


def _settled(services: Services, found: Petition) -> tuple[Petition, Count]:
    """The petition with its tally, and what its signatures come to: the same twice in a row, and
    nothing moved meanwhile. Raises ConflictError where that cannot be had.
    """
    store, zone = services.store.petitions, services.policy.association.zone
    now, last = found, None
    for _ in range(ATTEMPTS):
        counted = rules.count(now, store.signatures(found.id), zone).count
        after = store.get(found.id)
        if after is None or after.version != found.version:
            break
        stood = rules.standing(now) == rules.standing(after)
        if stood and counted == last:
            return now, counted
        now, last = after, counted if stood else None
    raise ConflictError(
        "This petition was signed, or changed, while its signatures were counted. Nothing was "
        "changed. Try again in a minute."
    )


@command("petition.mend-count", load=petition)
def mend(step: Step[Petition, inputs.Nothing]) -> Petition:
    """The petition's counts set to what its signatures come to now, both on record.

    The write requires the tally as it was read: a signature that is confirmed meanwhile moves
    it, and then all of this begins anew. Raises ConflictError while the petition is signed so often
    that its count cannot be told.
    """
    services = step.services
    old, counted = _settled(services, step.subject)
    new, event = rules.mend(old, counted, step.by)
    services.store.petitions.save(step.unit, old, new, event, due_of(services, new))
    found = Recount(at=step.by.at, counted=counted, kept=counted)
    services.store.privacy.save_recount(step.unit, new, found)
    return new
