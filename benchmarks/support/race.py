"""Confirmations a second, beside the bare transaction that each of them sends.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

import copy
import json
import operator
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.client import BaseClient

from benchmarks.support.crew import Crew, Hands
from benchmarks.support.crowd import FEW, Crowd, Invited
from benchmarks.support.lifecycle import Signer
from chalicelib import bootstrap
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.signing.signature import State, signatory_key
from chalicelib.services.signing.signing import confirm_by_link

TRANSACTION = "TransactWriteItems"
# Of each kind, on each thread, before anything is timed: clients and connections are made then.
WARM_UP = 2
START_SECONDS = 0.2

_here = threading.local()
_making = threading.Lock()


def send(transaction: dict[str, Any]) -> None:
    """Sends a transaction that is ready, by a client of this thread's own."""
    if not hasattr(_here, "client"):
        with _making:
            _here.client = boto3.session.Session().client("dynamodb")
    _here.client.transact_write_items(**transaction)


def confirm(invited: Invited) -> None:
    """Confirms as the form's handler does."""
    confirm_by_link(bootstrap.services(), VISITOR, invited.token, invited.seen)


@dataclass(frozen=True)
class Timed:
    """How many were done from when to when, and the processor's seconds that it took here."""

    done: int
    begin: float
    end: float
    cpu: float


@dataclass(frozen=True)
class WarmUp:
    """Makes every thread do a few of both."""

    invited: list[Invited]
    transactions: list[dict[str, Any]]

    def run(self, hands: Hands) -> None:
        """Does it."""
        invited, transactions = deque(self.invited), deque(self.transactions)

        def one() -> None:
            for _ in range(WARM_UP):
                confirm(invited.popleft())
                send(transactions.popleft())

        hands.each(one)


@dataclass(frozen=True)
class Run:
    """As much as goes into a few seconds, of one kind."""

    things: list[Any]
    start: float
    seconds: float
    bare: bool

    def run(self, hands: Hands) -> Timed:
        """Does it; ends early when there is no more to do."""
        do: Callable[[Any], None] = send if self.bare else confirm
        todo = deque(self.things)
        time.sleep(max(0.0, self.start - time.monotonic()))
        until = self.start + self.seconds

        def work() -> int:
            done = 0
            with suppress(IndexError):
                while time.monotonic() < until:
                    thing = todo.popleft()
                    do(thing)
                    done += 1
            return done

        cpu = time.process_time()
        done = sum(hands.each(work))
        return Timed(done, self.start, time.monotonic(), time.process_time() - cpu)


@dataclass(frozen=True)
class Rates:
    """What the rounds came to: confirmations and bare transactions a second, side by side."""

    confirmed: list[float]
    bare: list[float]
    confirm_cpu_ms: float
    bare_cpu_ms: float
    actions: int

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios: what slows the machine for a while slows both
        kinds of a round.
        """
        return statistics.median(map(operator.truediv, self.confirmed, self.bare))


def measure(crowd: Crowd, crew: Crew, rounds: int, seconds: float, most: int) -> Rates:
    """Both kinds in turn, `rounds` times: at most `most` of each in one go, or `seconds`."""
    warm = WARM_UP * crew.threads
    petition = crowd.busy_petition()
    actions = _warm_up(crowd, crew, petition, range(warm))
    rates: dict[bool, list[float]] = {True: [], False: []}
    cpu = {True: 0.0, False: 0.0}
    done = {True: 0, False: 0}
    for number in range(rounds):
        petition = crowd.busy_petition()
        things: dict[bool, Sequence[Any]] = {
            False: crowd.pending(petition, range(most), crew),
            True: transactions(crowd, crowd.busy_petition(), range(most)),
        }
        # Turn and turn about, so that what changes with time hits both alike.
        for bare in (True, False) if number % 2 else (False, True):
            timed = _round(crew, things[bare], seconds, bare=bare)
            rates[bare].append(_rate(timed))
            cpu[bare] += sum(one.cpu for one in timed)
            done[bare] += sum(one.done for one in timed)
            if not bare:
                _check(crowd, petition, sum(one.done for one in timed))
    return Rates(
        rates[False],
        rates[True],
        1000 * cpu[False] / done[False],
        1000 * cpu[True] / done[True],
        actions,
    )


def _warm_up(crowd: Crowd, crew: Crew, petition: str, numbers: range) -> int:
    """Warms the crew up; how many actions a confirmation's transaction has."""
    invited = crowd.pending(petition, numbers)
    ready = transactions(crowd, crowd.busy_petition(), range(len(invited) + 1))
    shares = zip(_dealt(invited, crew.processes), _dealt(ready, crew.processes), strict=True)
    crew.do([WarmUp(*share) for share in shares])
    return len(ready[0]["TransactItems"])


def _round(crew: Crew, things: Sequence[Any], seconds: float, *, bare: bool) -> list[Timed]:
    start = time.monotonic() + START_SECONDS
    return crew.do([Run(part, start, seconds, bare) for part in _dealt(things, crew.processes)])


def _rate(timed: list[Timed]) -> float:
    wall = max(one.end for one in timed) - min(one.begin for one in timed)
    return sum(one.done for one in timed) / wall


def _dealt(things: Sequence[Any], hands: int) -> list[list[Any]]:
    return [list(things[place::hands]) for place in range(hands)]


def _check(crowd: Crowd, petition_id: str, done: int) -> None:
    """A rate counts only if what was done stands in the table."""
    found = crowd.services.store.petitions.get(petition_id)
    assert found is not None
    assert found.confirmed + found.verified == FEW + done, (found.confirmed, found.verified, done)


def transactions(crowd: Crowd, petition_id: str, numbers: range) -> list[dict[str, Any]]:
    """The very transactions that would confirm these people, one for each but the first.

    The first one confirms by the product's own code, and what that sends is the model: the same
    row with the same index entries and conditions, and the same counter.
    """
    [first] = crowd.pending(petition_id, numbers[:1])
    crowd.rows(petition_id, State.PENDING, numbers[1:])
    with _sent() as sent:
        confirm(first)
    [model] = [json.dumps(params, ensure_ascii=False) for params in sent]
    mine = _marks(first.number)
    return [json.loads(_renamed(model, mine, _marks(number))) for number in numbers[1:]]


def _marks(number: int) -> list[str]:
    data = Signer(number).data
    return [signatory_key(data["email"]), data["email"], data["name"], data["member_number"]]


def _renamed(text: str, mine: list[str], theirs: list[str]) -> str:
    for one, other in zip(mine, theirs, strict=True):
        text = text.replace(one, other)
    return text


@contextmanager
def _sent() -> Iterator[list[dict[str, Any]]]:
    """The parameters of the transactions that this process sends inside the block."""
    sent: list[dict[str, Any]] = []
    original = BaseClient._make_api_call

    def noting(client: BaseClient, operation: str, params: dict[str, Any]) -> Any:
        if operation == TRANSACTION:
            # A copy: a hook of the meter's adds to what is sent. Its name is one transaction's own.
            named = copy.deepcopy(params)
            named.pop("ClientRequestToken", None)
            sent.append(named)
        return original(client, operation, params)

    BaseClient._make_api_call = noting
    try:
        yield sent
    finally:
        BaseClient._make_api_call = original
