"""People who sign, in any number: a petition with their rows, quickly, in the product's own form.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

from benchmarks.support.crew import Crew, Hands
from benchmarks.support.lifecycle import MEMBER, TEXT, Signer
from benchmarks.support.recorder import Recorder
from chalicelib import bootstrap
from chalicelib.domain.people.people import SYSTEM, VISITOR
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.domain.signing.signature import Signature, State, signatory_key
from chalicelib.services.commands import Signed
from chalicelib.services.context import Services
from chalicelib.services.outbox import letters
from chalicelib.services.signing import signing
from chalicelib.services.signing.signing import by_token, confirm_by_link, signature_token
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.table import Update
from local import demo
from local.demo.people import roster as demo_roster

# One in so many is not on the roster, so that both of a petition's counts move.
UNKNOWN = 5
FEW = 25
# Those whose signatures crossed the threshold of a busy petition, and those who come later.
BUSY = range(90_000, 90_000 + FEW)
NEWCOMERS = range(95_000, 95_002)


@dataclass(frozen=True)
class Invited:
    """Somebody who has the letter open: whom it is from, the link, and what its page showed."""

    number: int
    key: str
    version: int
    token: str
    seen: dict[str, Any]


def on_roster(number: int) -> bool:
    """Whether the roster knows the person with this number."""
    return number % UNKNOWN != UNKNOWN - 1


class Rows:
    """Takes the place of a transaction, and keeps the rows that the product would insert."""

    def __init__(self) -> None:
        self.inserted: list[Item] = []

    def insert(self, item: Item) -> None:
        """Keeps a row."""
        self.inserted.append(item)

    def update(self, *_: Any) -> None:
        """The counts are set once for all rows."""


class Crowd:
    """Petitions and their signatories."""

    def __init__(self, recorder: Recorder, people: int) -> None:
        """Loads the demo association, with a roster that knows most of so many people, those of
        busy petitions, and newcomers.
        """
        self.do, self.services = recorder, recorder.services
        demo.load()
        numbers = [*range(max(people, FEW + 1)), *BUSY, *NEWCOMERS]
        signers = [Signer(number) for number in numbers if on_roster(number)]
        entries = demo_roster() + [
            Entry(s.data["name"], s.email, s.data["institution"], s.data["member_number"])
            for s in signers
        ]
        rosters = self.services.store.rosters
        roster = Roster(
            version=rosters.current().version + 1,
            digest=digest_of(entries),
            entries=len(entries),
            imported_at=self.services.clock(),
            imported_by="Imara Vesterholt",
        )
        rosters.store(roster, entries)

    def petition(self) -> str:
        """A petition that takes signatures and has none."""
        member = self.do.actor(MEMBER)
        petition = self.do.run(member, "petition.draft", data={"kind": "discussion-group"}).id
        self.do.run(member, "petition.edit", petition, TEXT)
        self.do.run(member, "petition.publish", petition)
        return str(petition)

    def busy_petition(self) -> str:
        """A petition whose threshold was crossed and put on record."""
        petition = self.petition()
        self.confirmed(petition, BUSY)
        self.do.run(SYSTEM, "petition.reach-threshold", petition)
        return petition

    def pending(self, petition_id: str, numbers: range, crew: Crew | None = None) -> list[Invited]:
        """Rows of people who signed and were sent the letter, and the pages of their links, all
        open. A crew opens many of them faster.
        """
        rows = list(zip(numbers, self.rows(petition_id, State.PENDING, numbers), strict=True))
        # One look at the petition serves for all.
        shown = by_token(self.services, signature_token(self.services, rows[0][1]))
        if crew is None:
            return [_open(self.services, shown, *row) for row in rows]
        parts = [OpenPages(shown, rows[place :: crew.processes]) for place in range(crew.processes)]
        return sorted(chain(*crew.do(parts)), key=lambda one: one.number)

    def confirmed(self, petition_id: str, numbers: range) -> None:
        """Rows of people who have confirmed and were thanked, and the counts with them."""
        self.rows(petition_id, State.VERIFIED, numbers)
        tally = keys.petition(petition_id), keys.TALLY
        self.services.store.table.write(Update(tally, {}, {"verified": len(numbers)}))

    def opened(self, petition_id: str, number: int) -> Invited:
        """Somebody who signed, was sent the letter, and has the page of its link open."""
        row = self._row(petition_id, signatory_key(Signer(number).email))
        shown = by_token(self.services, signature_token(self.services, row))
        return _open(self.services, shown, number, row)

    def deliver(self, petition_id: str, key: str) -> None:
        """Sends the letter that is due to a signatory, as the worker does."""
        letters.deliver(self.services, *keys.signature(petition_id, key))

    @cached_property
    def _models(self) -> dict[State, Signature]:
        """A row in each state, as the product's own commands and worker leave it: everybody
        else's is that row with their own name and address.
        """
        petition, signer = self.petition(), Signer(BUSY[0])
        key = signatory_key(signer.email)
        self.do.run(VISITOR, "signature.sign", petition, signer.data)
        self.deliver(petition, key)
        pending = self._row(petition, key)
        confirm_by_link(self.services, VISITOR, signature_token(self.services, pending))
        self.deliver(petition, key)
        models = {row.state: row for row in (pending, self._row(petition, key))}
        assert set(models) == {State.PENDING, State.VERIFIED}, set(models)
        return models

    def rows(self, petition_id: str, state: State, numbers: range) -> list[Signature]:
        """Puts the rows of these people into the table, as many at a time as it takes."""
        petition, unit, now = self._found(petition_id), Rows(), self.services.clock()
        model = replace(
            self._models[state],
            petition_id=petition_id,
            text_digest=petition.text_digest,
            edition=petition.edition,
        )
        rows = [_of(model, number) for number in numbers]
        for row in rows:
            taken: Any = unit
            self.services.store.petitions.save_signature(taken, petition, None, row, now)
        self.services.store.table.write_many(unit.inserted)
        return rows

    def _row(self, petition_id: str, key: str) -> Signature:
        found = self.services.store.petitions.signature(petition_id, key)
        assert found is not None
        assert not found.letter, "its letter is still due"
        return found

    def _found(self, petition_id: str) -> Petition:
        found = self.services.store.petitions.get(petition_id)
        assert found is not None
        return found


@dataclass(frozen=True)
class OpenPages:
    """The pages that one process opens, each as the browser of its own signatory."""

    shown: Signed
    rows: list[tuple[int, Signature]]

    def run(self, hands: Hands) -> list[Invited]:
        """Opens them, in no order."""
        services, todo = bootstrap.services(), deque(self.rows)

        def work() -> list[Invited]:
            done = []
            with suppress(IndexError):
                while True:
                    done.append(_open(services, self.shown, *todo.popleft()))
            return done

        return list(chain(*hands.each(work)))


def _open(services: Services, shown: Signed, number: int, row: Signature) -> Invited:
    """Somebody's link, and what the form on the page behind it sends."""
    seen = {"edition": shown.petition.edition, "version": row.version}
    if takes_snapshots():
        snapshot: Any = vars(signing)["snapshot"]
        seen["shown"] = snapshot(services, replace(shown, signature=row))
    return Invited(number, row.key, row.version, signature_token(services, row), seen)


def takes_snapshots() -> bool:
    """Whether the form on the confirm page carries what the page was made from."""
    return "snapshot" in vars(signing)


def _of(row: Signature, number: int) -> Signature:
    """The row of another person, as the product would have written it."""
    data = Signer(number).data
    match = row.match and replace(
        row.match, seat=signatory_key(data["email"]), member_number=data["member_number"]
    )
    return replace(row, key=signatory_key(data["email"]), match=match, **data)
