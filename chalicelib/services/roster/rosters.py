"""Importing a membership roster: read, shown, confirmed, and matched with what is open."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.people.people import SYSTEM, Actor
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.domain.roster import roster as rules
from chalicelib.domain.roster.members import plain_number
from chalicelib.domain.roster.roster import Entry, Import, ImportState
from chalicelib.domain.signing import decisions
from chalicelib.domain.signing import matching as matches
from chalicelib.domain.signing.signature import Found, Match, Signature, by_staff, mailbox_of
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services
from chalicelib.services.petitions.review import by_id
from chalicelib.services.roster import roster_csv
from chalicelib.services.roster.roster_csv import Reading
from chalicelib.services.signing import matching
from chalicelib.services.signing.signing import note_threshold
from chalicelib.storage.stores.outbox import Claimed

log = logging.getLogger(__name__)

# Twenty thousand rows take a worker some seconds; one that takes longer is taken for dead.
LEASE_SECONDS = 240
# Longer than a page's snapshot is good for, and than any request takes.
SECOND_LOOK_AFTER = timedelta(minutes=3)
# As often signatures that cannot be matched are tried again, a minute or so apart.
MOST_LOOKS = 5


@dataclass(frozen=True)
class Change:
    """What a roster would make of one signature."""

    petition: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """A roster that was uploaded and is not in force: what was read, and what it would change."""

    file: str
    reading: Reading
    changes: tuple[Change, ...]


def upload(services: Services, actor: Actor, content: bytes) -> str:
    """Keeps an uploaded file and returns its digest. Raises ValidationError for no
    readable roster.
    """
    authorize(actor, "roster.import")
    roster_csv.read(content, services.policy.limits)
    digest = hashlib.sha256(content).hexdigest()
    services.files.put(_file(digest), content, "text/csv")
    return digest


def preview(services: Services, actor: Actor, digest: str) -> Preview:
    """What an uploaded roster holds and would change. Raises NotFoundError."""
    authorize(actor, "roster.import")
    reading = _read(services, digest)
    upcoming = Upcoming(reading.entries)
    changes = []
    for petition in _open_petitions(services):
        for old in services.store.petitions.signatures(petition.id):
            new = decisions.rematch(petition, old, upcoming.find(old))
            if new and new.state != old.state:
                changes.append(Change(petition.name, old.name, old.state.value, new.state.value))
    return Preview(digest, reading, tuple(changes))


def uploaded(services: Services, digest: str) -> str:
    """The digest of a file that was uploaded. Raises NotFoundError."""
    if not services.files.has(_file(digest)):
        raise NotFoundError("This upload has expired. Choose the file again.")
    return digest


@command("roster.import", load=uploaded)
def ask_for_import(step: Step[str, inputs.Nothing]) -> Import:
    """Puts an uploaded roster in line to be imported; one at a time."""
    services = step.services
    last = services.store.rosters.last_import()
    if last and last.state == ImportState.IMPORTING:
        raise ConflictError("A roster is being imported already. Wait until it is in force.")
    new = Import(
        file=step.subject,
        version=services.store.rosters.current().version + 1,
        state=ImportState.IMPORTING,
        asked_at=step.by.at,
        asked_by=step.by.actor.name,
        revision=last.revision + 1 if last else 1,
    )
    services.store.rosters.save_import(step.unit, new)
    return new


def carry_out(services: Services, pk: str, sk: str) -> None:
    """Imports the roster that is in line. A second run, or one after a crash, changes nothing
    that the first has done. A signature that cannot be matched does not hold the import up: it
    is tried again by `look_again`.
    """
    claimed = services.store.outbox.claim(pk, sk, services.clock(), LEASE_SECONDS)
    if claimed is None:
        return
    job: Import = claimed.work
    try:
        reading = _read(services, job.file)
    except (ValidationError, NotFoundError) as error:
        _finish(services, claimed, ImportState.FAILED, error.message)
        return
    _store(services, job, reading)
    changed, unmatched = _rematch(services, reading.entries)
    signatures_changed = "1 signature" if changed == 1 else f"{changed} signatures"
    done = f"{len(reading.entries)} members; {signatures_changed} changed."
    told = done + _told_of(unmatched)
    _finish(services, claimed, ImportState.DONE, told, unmatched)


def _finish(
    services: Services, claimed: Claimed, state: ImportState, told: str, unmatched: int = 0
) -> None:
    done = replace(
        claimed.work, state=state, told=told, done_at=services.clock(), unmatched=unmatched
    )
    services.store.rosters.finish_import(claimed, done)


def _told_of(unmatched: int, over: bool = False) -> str:
    """What staff read about signatures that could not be matched; `over` after the last try."""
    if not unmatched:
        return ""
    one = unmatched == 1
    if over:
        decide = "Decide about it by hand." if one else "Decide about them by hand."
        return f" {unmatched} could not be matched again. {decide}"
    again = "it is" if one else "they are"
    return f" {unmatched} could not be matched again; {again} tried again in a few minutes."


def _store(services: Services, job: Import, reading: Reading) -> None:
    if services.store.rosters.current().version >= job.version:
        # A run before this one came so far.
        return
    roster = rules.Roster(
        version=job.version,
        digest=rules.digest_of(reading.entries),
        entries=len(reading.entries),
        imported_at=job.asked_at,
        imported_by=job.asked_by,
    )
    services.store.rosters.store(roster, reading.entries)


def _rematch(services: Services, entries: Iterable[Entry]) -> tuple[int, int]:
    """How many signatures changed, and how many could not be looked up."""
    changed = failed = 0
    roster = Upcoming(entries)
    for petition in _open_petitions(services):
        # Links that staff made take their seats before anybody is found there anew.
        known = sorted(services.store.petitions.signatures(petition.id), key=_after_links)
        for old in known:
            try:
                changed += _rematch_one(services, petition, old, roster)
            except Exception:
                # One that cannot be read or written keeps none of the others waiting.
                log.exception("a signature of %s could not be matched again", petition.id)
                failed += 1
        try:
            note_threshold(services, petition.id)
        except Exception:
            log.exception("the threshold of %s is left to the sweep", petition.id)
    return changed, failed


def _rematch_one(
    services: Services, petition: Petition, old: Signature, roster: "Upcoming"
) -> bool:
    # The roster in memory says who may change; only those are looked up and written.
    if not old.rival and not decisions.rematch(petition, old, roster.find(old)):
        return False
    new = perform(services, SYSTEM, "signature.rematch", f"{petition.id}/{old.key}")
    return bool(new.state != old.state)


def _after_links(signature: Signature) -> bool:
    return not by_staff(signature)


def look_again(services: Services) -> int:
    """Matches once more, some minutes after a roster came into force, and returns how many
    signatures changed: a confirmation that was decided on the roster before may have been
    written after the first pass had gone by. Does nothing a second time, but for signatures that
    could not be matched: those are tried a few times more.
    """
    job = services.store.rosters.last_import()
    if job is None or job.state != ImportState.DONE or job.looked_again:
        return 0
    if services.clock() < (job.done_at or job.asked_at) + SECOND_LOOK_AFTER:
        return 0
    try:
        entries = _read(services, job.file).entries
    except (ValidationError, NotFoundError):
        # The file was deleted since: long enough ago that nothing can have slipped by.
        services.store.rosters.note_look(_looked(job, job.unmatched, over=True))
        return 0
    changed, unmatched = _rematch(services, entries)
    over = not unmatched or job.looks + 1 >= MOST_LOOKS
    services.store.rosters.note_look(_looked(job, unmatched, over))
    return changed


def _looked(job: Import, unmatched: int, over: bool) -> Import:
    """The import after one more look; `over` says that it was the last."""
    told = job.told.removesuffix(_told_of(job.unmatched)) + _told_of(unmatched, over)
    return replace(job, looked_again=over, told=told, unmatched=unmatched, looks=job.looks + 1)


@command("signature.rematch", load=by_id)
def rematch(step: Step[tuple[Petition, Signature], inputs.Nothing]) -> Signature:
    """One signature looked up on the roster in force."""
    petition, old = step.subject
    new = decisions.rematch(petition, old, matching.find(step.services, petition, old))
    if new:
        matching.save(step.services, step.unit, petition, old, new, step.by.at)
    return new or old


class Upcoming:
    """A whole roster in memory, as a signature would find it."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._mailboxes: dict[str, list[Entry]] = {}
        self._numbers: dict[str, Entry] = {}
        for entry in entries:
            self._mailboxes.setdefault(entry.mailbox, []).append(entry)
            if plain_number(entry.member_number):
                self._numbers[plain_number(entry.member_number)] = entry

    def find(self, signature: Signature) -> Found:
        """As services.matching.find, but for members who signed twice: those show afterwards."""
        if signature.match and by_staff(signature):
            number = plain_number(signature.match.member_number)
            return Found(matches.moved(signature.match, self._numbers.get(number)))
        here = self._mailboxes.get(mailbox_of(signature.key), [])
        entry, how = matches.at_mailbox(here, signature), "email"
        known = signature.match.member_number if signature.match else ""
        for number in (signature.member_number, known):
            if entry is None:
                entry = matches.by_number(self._numbers.get(plain_number(number)), signature)
                how = "number"
        if entry is None:
            return Found(None, signature.rival)
        match = Match(how, 0, seat=entry.seat, member_number=entry.member_number)
        return Found(match, signature.rival)


def _open_petitions(services: Services) -> list[Petition]:
    """The petitions whose signatures are not verified as a whole yet."""
    found = []
    for state in (State.COLLECTING, State.SUBMITTED):
        after = ""
        while True:
            page = services.store.petitions.in_state(state, after=after)
            found += [services.store.petitions.get(row["id"]) for row in page.rows]
            after = page.next
            if not after:
                break
    return [petition for petition in found if petition]


def _read(services: Services, digest: str) -> Reading:
    content = services.files.get(_file(digest))
    if content is None:
        raise NotFoundError("This upload has expired. Choose the file again.")
    return roster_csv.read(content, services.policy.limits)


def _file(digest: str) -> str:
    if len(digest) != 64 or not digest.isalnum():
        raise NotFoundError("There is no such upload.")
    return f"rosters/{digest}.csv"
