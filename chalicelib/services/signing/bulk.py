"""One decision on many signatures: shown first, then carried out by a worker, and undoable.

What the preview showed is written down when staff confirm it, and no other signature is hit.
Each is looked at anew when its turn comes. The worker may die anywhere: a signature that was
decided says so itself, so that a second run decides it no more.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.people.people import SYSTEM, Actor
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.signing import bulk as rules
from chalicelib.domain.signing import patterns
from chalicelib.domain.signing.bulk import Action, Bulk, Stage
from chalicelib.domain.signing.signature import Signature
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services
from chalicelib.services.people.tokens import new_id
from chalicelib.services.petitions.review import by_id, looked_up_anew
from chalicelib.services.signing import matching
from chalicelib.services.signing.signing import note_threshold

log = logging.getLogger(__name__)

FAULT = "It could not be written. Decide it by hand."
# A worker that says nothing for so long is taken for dead. It says how far it is after each
# piece of so many signatures, and hands the rest on before its own time runs out.
LEASE_SECONDS = 240
WORK_SECONDS = 180
PIECE = 50
ROWS_SHOWN = 50
# Whose signatures staff may still decide.
OPEN = (PetitionState.COLLECTING, PetitionState.SUBMITTED)


@dataclass(frozen=True)
class Row:
    """A signature that fits, and why it cannot be decided so (empty where it can)."""

    petition: Petition
    signature: Signature
    problem: str


@dataclass(frozen=True)
class Preview:
    """What a bulk action would hit: `targets` are those that it can, as `petition/key`; `rows`
    the first of all that fit, `states` how many there are in each state, `problems` why some
    cannot be. `not_all` says that there are more signatures than were looked at.
    """

    bulk: Bulk
    targets: tuple[str, ...]
    rows: tuple[Row, ...]
    states: tuple[tuple[str, int], ...]
    problems: tuple[rules.Count, ...]
    looked_at: int
    not_all: bool

    @property
    def digest(self) -> str:
        """What is to be hit, in a few letters: the same for the same signatures."""
        return hashlib.sha256("\n".join(self.targets).encode()).hexdigest()[:16]


def preview(services: Services, actor: Actor, data: dict[str, Any]) -> Preview:
    """What a bulk action would hit now. Raises ValidationError, by field."""
    authorize(actor, "signature.bulk")
    form = inputs.read(inputs.Bulk, data)
    return _look(services, _asked(services, form, actor.name, services.clock()))


def _asked(services: Services, form: inputs.Bulk, by: str, at: datetime) -> Bulk:
    errors: dict[str, str] = {}
    states = tuple(state.value for state in rules.STATES if getattr(form, state.value))
    if form.action not in set(Action):
        errors["action"] = "Choose what to do."
    if not states:
        errors["states"] = "Choose in which states signatures are looked for."
    if not form.reason:
        errors["reason"] = "Give the reason: it goes into the record of each signature."
    longest = services.policy.limits.comment
    if len(form.reason) > longest:
        errors["reason"] = f"Shorten this to {longest} characters."
    found = services.store.petitions.get(form.petition) if form.petition else None
    if form.petition and (found is None or found.state not in OPEN):
        errors["petition"] = "The signatures of this petition cannot be decided now."
    pattern = patterns.Pattern()
    try:
        pattern = patterns.read(form.address, form.name, form.network)
    except ValidationError as error:
        errors |= error.errors
    if errors:
        raise ValidationError(errors)
    return Bulk(
        id=new_id(),
        action=Action(form.action),
        petition_id=form.petition,
        pattern=pattern,
        states=states,
        reason=form.reason,
        tell=form.tell,
        by=by,
        at=at,
        hit=0,
    )


def _look(services: Services, bulk: Bulk) -> Preview:
    version = services.store.rosters.current().version
    most = services.policy.limits.bulk_looked_at
    targets: list[str] = []
    rows: list[Row] = []
    looked_at = 0
    states: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    for petition, signature in _signatures(services, bulk.petition_id):
        looked_at += 1
        if looked_at > most:
            break
        if not rules.fits(bulk, signature):
            continue
        states[signature.state.value] += 1
        problem = ""
        try:
            match = rules.match_for(bulk, signature, version)
            rules.decide(bulk, petition, signature, match, services.policy, bulk.at)
            targets.append(f"{petition.id}/{signature.key}")
        except ConflictError as error:
            problem = error.message
            problems[problem] += 1
        if len(rows) < ROWS_SHOWN:
            rows.append(Row(petition, signature, problem))
    return Preview(
        replace(bulk, hit=len(targets)),
        tuple(targets),
        tuple(rows),
        tuple((s.value, states[s.value]) for s in rules.STATES if states[s.value]),
        rules.added((), problems),
        min(looked_at, most),
        looked_at > most,
    )


def _signatures(services: Services, petition_id: str) -> Iterator[tuple[Petition, Signature]]:
    store = services.store.petitions
    ids = [petition_id] if petition_id else [row["id"] for row in open_petitions(services)]
    for one in ids:
        petition = store.get(one)
        if petition and petition.state in OPEN:
            for signature in store.signatures(one):
                yield petition, signature


def open_petitions(services: Services) -> Iterator[dict[str, Any]]:
    """The listings of the petitions whose signatures staff may decide, those handed in first."""
    for state in reversed(OPEN):
        after = ""
        while True:
            page = services.store.petitions.in_state(state, after=after)
            yield from page.rows
            after = page.next
            if not after:
                break


@command("signature.bulk", inputs.Bulk)
def begin(step: Step[None, inputs.Bulk]) -> Bulk:
    """Puts a bulk action in line, for exactly the signatures that its preview showed.

    Raises ConflictError when they are others by now.
    """
    services, form = step.services, step.form
    try:
        at = min(datetime.fromisoformat(form.previewed_at), step.by.at)
    except (ValueError, TypeError) as error:
        raise ValidationError({"": "Look at the preview first."}) from error
    found = _look(services, _asked(services, form, step.by.actor.name, at))
    if found.digest != form.digest:
        raise ConflictError("Signatures have changed since the preview. Review it again.")
    if not found.targets:
        raise ValidationError({"": "No signature would be changed."})
    most = services.policy.limits.bulk_signatures
    if len(found.targets) > most:
        raise ValidationError({"address": f"At most {most:,} at once. Use a narrower pattern."})
    services.store.bulks.add(step.unit, found.bulk, found.targets)
    return found.bulk


def by_bulk_id(services: Services, target: str) -> Bulk:
    """A bulk action. Raises NotFoundError."""
    found = services.store.bulks.get(target)
    if found is None:
        raise NotFoundError("There is no such bulk action.")
    return found


@command("signature.bulk-undo", load=by_bulk_id)
def begin_undoing(step: Step[Bulk, inputs.Nothing]) -> Bulk:
    """Puts taking a bulk action back in line."""
    old = step.subject
    if old.action == Action.RELEASE:
        raise ConflictError(
            "Emails have gone out to those who were let through. Reject them instead."
        )
    if old.stage != Stage.DONE:
        raise ConflictError("This bulk action is not finished, or was undone already.")
    new = replace(
        old,
        stage=Stage.UNDOING,
        place=0,
        undone=0,
        kept=(),
        undone_by=step.by.actor.name,
        undone_at=step.by.at,
        finished_at=None,
        revision=old.revision + 1,
    )
    step.services.store.bulks.begin_undoing(step.unit, new, step.by.at)
    return new


Member = tuple[Bulk, Petition, Signature]


def _of_bulk(services: Services, target: str) -> Member:
    """The signature named `bulk/petition/key`, with its bulk action. Raises NotFoundError."""
    bulk_id, _, rest = target.partition("/")
    return by_bulk_id(services, bulk_id), *by_id(services, rest)


@command("signature.bulk-decide", load=_of_bulk)
def decide(step: Step[Member, inputs.Nothing]) -> bool:
    """One signature decided as a bulk action says. Does nothing a second time."""
    bulk, petition, old = step.subject
    if rules.decided_by(bulk, old):
        return True
    if bulk.stage != Stage.RUNNING:
        raise ConflictError("This bulk action is over.")
    match = rules.match_for(bulk, old, step.services.store.rosters.current().version)
    if bulk.action == Action.ACCEPT and rules.fits(bulk, old):
        match, rival = matching.linked(step.services, petition, old, match)
        if rival:
            raise ConflictError(rules.ONE_OF_TWO)
    new = rules.decide(bulk, petition, old, match, step.services.policy, step.by.at)
    if new.match:
        match, rival = matching.linked(step.services, petition, old, new.match)
        if rival:
            raise ConflictError(rules.ONE_OF_TWO)
        new = replace(new, match=match)
    matching.save(step.services, step.unit, petition, old, new, step.by.at)
    return True


@command("signature.bulk-revert", load=_of_bulk)
def revert(step: Step[Member, inputs.Nothing]) -> bool:
    """One signature as it was before a bulk action, or False where that did not touch it."""
    bulk, petition, old = step.subject
    if not rules.decided_by(bulk, old):
        return False
    if rules.undone_by(bulk, old):
        return True
    if bulk.stage != Stage.UNDOING:
        raise ConflictError("Nobody asked to undo this bulk action.")
    new = rules.undo(bulk, petition, old, step.by.at)
    new = looked_up_anew(step.services, petition, new)
    matching.save(step.services, step.unit, petition, old, new, step.by.at)
    return True


def carry_out(services: Services, pk: str, sk: str) -> None:
    """Does what a bulk action, or undoing it, has left to do. Safe to repeat after a crash."""
    began = services.clock()
    claimed = services.store.outbox.claim(pk, sk, began, LEASE_SECONDS)
    if claimed is None:
        return
    bulk: Bulk = claimed.work
    targets = list(services.store.bulks.targets(bulk.id))
    while bulk.place < len(targets):
        bulk = _piece(services, bulk, targets[bulk.place : bulk.place + PIECE])
        now = services.clock()
        enough = (now - began).total_seconds() > WORK_SECONDS
        seconds = 0 if enough else LEASE_SECONDS
        claimed = services.store.bulks.keep(claimed, bulk, now, seconds)
        if claimed is None:
            return
        if enough:
            services.queue.nudge("packets", pk, sk)
            return
    for petition_id in dict.fromkeys(target.partition("/")[0] for target in targets):
        note_threshold(services, petition_id)
    now = services.clock()
    stage = Stage.DONE if bulk.stage == Stage.RUNNING else Stage.UNDONE
    services.store.bulks.keep(claimed, replace(bulk, stage=stage, finished_at=now), now, 0)


def _piece(services: Services, bulk: Bulk, targets: list[str]) -> Bulk:
    """The action further on by some signatures, each by a transaction of its own."""
    name = "signature.bulk-decide" if bulk.stage == Stage.RUNNING else "signature.bulk-revert"
    done, left = 0, Counter[str]()
    for target in targets:
        try:
            done += perform(services, SYSTEM, name, f"{bulk.id}/{target}")
        except (ConflictError, NotFoundError) as error:
            left[error.message] += 1
        except Exception:
            # One that cannot be written keeps none of the others waiting.
            log.exception("a bulk action left one signature out")
            left[FAULT] += 1
    place = bulk.place + len(targets)
    if bulk.stage == Stage.RUNNING:
        skipped = rules.added(bulk.skipped, left)
        return replace(bulk, place=place, done=bulk.done + done, skipped=skipped)
    return replace(bulk, place=place, undone=bulk.undone + done, kept=rules.added(bulk.kept, left))
