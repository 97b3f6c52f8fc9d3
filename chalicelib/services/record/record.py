"""The record proved, and sealed once a night."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.domain.packets.packet import Part
from chalicelib.domain.record import proof, seal
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.proof import Kept, Problem
from chalicelib.domain.record.seal import Head, Seal
from chalicelib.domain.times import local_date
from chalicelib.services.commands import commit
from chalicelib.services.context import Services
from chalicelib.services.ports import Files
from chalicelib.storage.store import Store

# A command is written within this time of the moment that it carries, whatever it met on its way.
SETTLED = timedelta(minutes=15)
# The table is in use while it is read: what seems wrong is read again, this many times.
READINGS = 3


@dataclass
class Findings:
    """What a check of the record found.

    `problems` are in plain words. `heads` is how far each thing's record goes, and `sealed` the
    digest over all of them; `steps` how many events there are, `unvouched` the things whose state
    no event vouches for yet, since an earlier release wrote it last.
    """

    problems: list[Problem] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    records: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    steps: int = 0
    unvouched: list[str] = field(default_factory=list)
    files: int = 0
    seals: list[Seal] = field(default_factory=list)

    @property
    def sealed(self) -> str:
        """The digest over all heads as they are now."""
        return seal.digest_of_heads(self.heads)


def verify(
    store: Store,
    files: Files | None,
    only: Iterable[str] = (),
    since: Mapping[str, Head] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Findings:
    """Proves the whole record, or that of some things alone (`motion/7f3a`), with the packets'
    files where `files` are given. `since` are the heads of an earlier run, each of which must
    still be there. `told` hears of every hundredth thing.

    Reads the whole table by a Scan unless `only` names things.
    """
    found = Findings()
    wanted = list(only)
    things = store.record.things()
    for number, kept in enumerate(_named(store, found, wanted) if wanted else things, 1):
        _one(store, files, found, kept)
        if number % 100 == 0:
            told(number)
    if not wanted:
        found.seals = store.record.seals()
        # Seals know what is listed: not a draft, and not what an earlier release began.
        listed = {name: found.records[name] for name in found.listed}
        wrong = seal.check(found.seals, listed)
        found.problems += [Problem("seals", 0, text) for text in wrong]
    for name, head, there in seal.still_there(since or {}, found.records):
        if wanted and name not in wanted:
            continue
        text = (
            f"the earlier list ends with another step {head.step}: it was altered or removed, and "
            "the steps after it rewritten."
            if there
            else "the earlier list has it, and it is gone."
        )
        found.problems.append(Problem(name, head.step, text))
    return found


def _named(store: Store, found: Findings, wanted: list[str]) -> Iterable[Kept]:
    for subject in wanted:
        kept = store.record.thing(subject)
        if kept is None:
            found.problems.append(Problem(subject, 0, "there is nothing of it."))
        else:
            yield kept


def _one(store: Store, files: Files | None, found: Findings, kept: Kept) -> None:
    problems = proof.check(kept)
    for _ in range(READINGS - 1):
        if not problems:
            break
        again = store.record.thing(kept.subject)
        if again is None:
            break
        kept, problems = again, proof.check(again)
    found.problems += problems
    if files is not None:
        found.problems += _files(files, found, kept)
    if not kept.events:
        return
    if not proof.vouches(kept):
        found.unvouched.append(kept.subject)
    last = kept.steps[-1]
    found.heads[kept.subject] = Head(last.sequence, last.digest)
    found.steps += len(kept.events)
    found.records[kept.subject] = kept.steps
    if kept.listed:
        found.listed.add(kept.subject)


def _files(files: Files, found: Findings, kept: Kept) -> list[Problem]:
    """What is wrong with the packets' files."""
    problems = []
    for name, body in kept.rows.items():
        if not name.startswith("packet/") or not isinstance(body, dict) or not body.get("file"):
            continue
        shown = name.replace("/", " ")
        for key, digest, what in _kept_files(body):
            content = files.get(key)
            found.files += 1
            if content is None:
                text = f"the file of {shown}{what} is missing."
                problems.append(Problem(kept.subject, 0, text))
            elif hashlib.sha256(content).hexdigest() != digest:
                text = f"the file of {shown}{what} is not the one that was published."
                problems.append(Problem(kept.subject, 0, text))
    return problems


def _kept_files(body: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The files of a packet's row, each once: its key, its digest, and which edition it is. An
    annex is deleted with the signatures in it, and is not looked for.
    """
    yield body["file"], str(body.get("sha256", "")), ""
    seen = {body["file"]}
    folder = str(body["file"]).rpartition("/")[0]
    for edition in body.get("editions", []):
        digest = str(edition["sha256"])
        key = f"{folder}/{digest}.pdf"
        if key not in seen and edition["part"] != Part.ANNEX:
            seen.add(key)
            about = f" {edition['number']}" if edition.get("number") else ""
            yield key, digest, f" ({edition['face']} {edition['part']}{about})"


def seal_the_night(services: Services) -> str:
    """Seals the record as it was a quarter of an hour ago; the seal's digest. Once a day, however
    often the nightly job runs.
    """
    now = services.clock()
    latest = next(iter(services.store.record.seals(limit=1, newest_first=True)), None)
    until = now - SETTLED
    zone = services.policy.association.zone
    if latest and local_date(latest.at, zone) == local_date(now, zone):
        return latest.digest
    made = seal.make(latest, services.store.record.heads(until), until, now)
    unit = services.store.transaction()
    services.store.record.add_seal(unit, made)
    commit(services, unit)
    return made.digest
