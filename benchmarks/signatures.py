"""Signatures: exact while requests fail, fast beside a bare transaction, and the same cost at 25
as at 25,000.

    script/bench signatures [--json] [--count 2000] [--threads 32] [--docs] [--profile]

The product's own code runs on the local AWS: several processes with several threads confirm
signatures by their links. Faults are put in below the AWS client's own retries.
"""

import argparse
import contextlib
import cProfile
import io
import operator
import pstats
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.support import output
from benchmarks.support.meter import Meter
from benchmarks.support.stack import local_aws
from benchmarks.support.units import Projections
from local import resources

if TYPE_CHECKING:
    from benchmarks.support.crowd import Crowd
    from benchmarks.support.exactness import Happened, Recount
    from benchmarks.support.growth import Costs
    from benchmarks.support.race import Rates

DOCS = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
CONFIRM_WRITE_UNITS = 4
PAGE_READ_UNITS = 1.5
RATE_RATIO = 0.7
# Rows for each kind in a round of the race; one that runs out of them ends early.
MOST = 400
KINDS = ("throttling", "timeout_after_write", "handler_twice")


@dataclass(frozen=True)
class Measured:
    """All of a run."""

    happened: "Happened"
    repeated: int
    recount: "Recount"
    rates: "Rates"
    few: "Costs"
    many: "Costs"
    snapshots: bool


@dataclass(frozen=True)
class Goal:
    """A figure and the most, or the least, that it may be."""

    words: str
    figure: float
    held: bool
    bound: str
    # Speed depends on the machine: it is printed, and does not set the exit status.
    of_speed: bool = False


def main() -> int:
    """Measures and prints; the status is 1 when a goal was missed that no machine excuses."""
    arguments = _arguments()
    try:
        with _stack() as meter:
            if arguments.profile:
                _profile(meter, arguments.profile)
                return 0
            measured = measure(meter, arguments)
    except KeyboardInterrupt:
        return 130
    goals = goals_of(measured)
    if not arguments.json:
        _show(measured, goals)
    if arguments.docs:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            _show(measured, goals, markdown=True)
        output.into_docs(DOCS, printed.getvalue())
    if arguments.json:
        output.last_line(flat(measured))
    return 0 if all(goal.held or goal.of_speed for goal in goals) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench signatures")
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object")
    parser.add_argument("--count", type=int, default=2000, help="signatures to confirm")
    parser.add_argument("--threads", type=int, default=32, help="callers, in all processes")
    parser.add_argument("--processes", type=int, default=4, help="that the callers are spread over")
    parser.add_argument("--large", type=int, default=25_000, help="signatures that 25 stand beside")
    parser.add_argument("--rounds", type=int, default=9, help="of the race, both kinds in each")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each kind in a round")
    parser.add_argument("--seed", type=int, default=20261123, help="of the faults; not 0")
    parser.add_argument("--docs", action="store_true", help="put the figures into docs/ as well")
    parser.add_argument("--profile", type=int, metavar="N", help="profile N confirmations instead")
    arguments = parser.parse_args()
    if arguments.count < 50 or arguments.large < 100 or not arguments.seed:
        parser.error("--count has to be 50 or more, --large 100 or more, and --seed not 0.")
    if arguments.threads % arguments.processes or arguments.threads < 2 * arguments.processes:
        parser.error("--threads has to be a multiple of --processes, and twice as many at least.")
    return arguments


@contextlib.contextmanager
def _stack() -> Iterator[Meter]:
    meter = Meter()
    # The hook comes first: clients made before it would not be counted.
    with meter.installed(), local_aws() as aws:
        dynamodb = resources.client("dynamodb", aws.environ)
        described = dynamodb.describe_table(TableName=aws.environ["GROUNDSWELL_TABLE"])
        dynamodb.close()
        meter.projections = Projections(described["Table"])
        yield meter


def _crowd(meter: Meter, people: int) -> "Crowd":
    from benchmarks.support.crowd import Crowd
    from benchmarks.support.recorder import Recorder

    return Crowd(Recorder(meter), people)


def measure(meter: Meter, arguments: argparse.Namespace) -> Measured:
    """All three parts, one after the other on one local AWS."""
    # The product reads its environment on import.
    from benchmarks.support import exactness, growth, race
    from benchmarks.support.crew import Crew
    from benchmarks.support.crowd import takes_snapshots

    count = arguments.count
    crowd = _crowd(meter, count)
    with Crew(arguments.processes, arguments.threads) as crew:
        _say(f"Confirming {count} signatures from {arguments.threads} threads, with faults ...")
        happened, repeated, recount = exactness.measure(crowd, crew, count, arguments.seed)
        _say("Confirmations and bare transactions in turn, without faults ...")
        rates = race.measure(crowd, crew, arguments.rounds, arguments.seconds, min(count, MOST))
    _say(f"Costs with 25 and with {arguments.large} signatures ...")
    few, many = growth.measure(crowd, arguments.large)
    return Measured(happened, repeated, recount, rates, few, many, takes_snapshots())


def flat(measured: Measured) -> dict[str, float]:
    """One number for each thing measured."""
    happened, recount, rates = measured.happened, measured.recount, measured.rates
    few, many = measured.few, measured.many
    faults = {kind: happened.faults[kind] for kind in KINDS}
    write = many.confirm.write / few.confirm.write
    page = many.page.read / few.page.read
    sign = (many.sign.write + many.sign.read) / (few.sign.write + few.sign.read)
    return {
        "confirm_write_units": max(few.confirm.write, many.confirm.write),
        "confirm_index_write_units": max(few.confirm.index_write, many.confirm.index_write),
        "confirm_read_units": max(few.confirm.read, many.confirm.read),
        "confirm_page_read_units": max(few.confirm_page.read, many.confirm_page.read),
        "sign_write_units": max(few.sign.write, many.sign.write),
        "sign_index_write_units": max(few.sign.index_write, many.sign.index_write),
        "sign_read_units": max(few.sign.read, many.sign.read),
        "petition_page_read_units": max(few.page.read, many.page.read),
        "count_error": recount.error,
        "signatures_lost": recount.lost,
        "letters_doubled": recount.doubled,
        "letters_missing": recount.without_letter,
        "threshold_events": recount.threshold_events,
        "confirmations": happened.visits,
        "repeated": measured.repeated,
        "pressed_again": happened.pressed_again,
        "refused": happened.refused + happened.gave_up,
        "faults_injected": sum(faults.values()),
        **{f"faults_{kind}": number for kind, number in faults.items()},
        "rate_ratio_to_bare_transaction": round(rates.ratio, 3),
        "confirmations_per_second": round(statistics.median(rates.confirmed), 1),
        "bare_transactions_per_second": round(statistics.median(rates.bare), 1),
        "confirm_client_cpu_ms": round(rates.confirm_cpu_ms, 2),
        "bare_client_cpu_ms": round(rates.bare_cpu_ms, 2),
        "transaction_actions": rates.actions,
        "snapshots": int(measured.snapshots),
        f"units_ratio_{many.signatures}_to_25": max(write, page),
        f"sign_units_ratio_{many.signatures}_to_25": sign,
    }


def goals_of(measured: Measured) -> list[Goal]:
    """The goals, each with its figure."""
    figures = flat(measured)
    many = measured.many.signatures

    def most(words: str, name: str, bound: float) -> Goal:
        return Goal(words, figures[name], figures[name] <= bound, f"at most {bound:g}")

    rate = figures["rate_ratio_to_bare_transaction"]
    return [
        most("the count's error", "count_error", 0),
        most("signatures lost", "signatures_lost", 0),
        most("thanks due twice", "letters_doubled", 0),
        most("thanks missing", "letters_missing", 0),
        most("people turned away", "refused", 0),
        most(
            "a confirmation: write units on the table", "confirm_write_units", CONFIRM_WRITE_UNITS
        ),
        most("the petition's page: read units", "petition_page_read_units", PAGE_READ_UNITS),
        most(f"{many} signatures cost, times 25", f"units_ratio_{many}_to_25", 1),
        Goal(
            "confirmations a second, of bare transactions",
            rate,
            rate >= RATE_RATIO,
            f"at least {RATE_RATIO:g}",
            of_speed=True,
        ),
    ]


def _show(measured: Measured, goals: list[Goal], *, markdown: bool = False) -> None:
    figures, mark = flat(measured), "- " if markdown else ""

    def table(head: str, names: dict[str, str], more: dict[str, int] | None = None) -> None:
        rows = [(words, output.number(figures[name])) for words, name in names.items()]
        rows += [(words, str(times)) for words, times in sorted((more or {}).items())]
        output.table((head, "figure"), rows, 1, markdown=markdown)
        print()

    table(
        "Exactness",
        {
            "links followed": "confirmations",
            "links followed twice": "repeated",
            "buttons pressed again after an error": "pressed_again",
            "faults: throttled": "faults_throttling",
            "faults: no answer after the write went through": "faults_timeout_after_write",
            "faults: handler called twice": "faults_handler_twice",
            "threshold put on record, times": "threshold_events",
        },
        {f"of the errors: {name}": times for name, times in measured.happened.errors.items()},
    )
    _rounds(measured.rates, markdown=markdown)
    table(
        "Rate, medians of the rounds",
        {
            "ratio": "rate_ratio_to_bare_transaction",
            "confirmations a second": "confirmations_per_second",
            "bare transactions a second": "bare_transactions_per_second",
            "processor time of a confirmation's caller, ms": "confirm_client_cpu_ms",
            "processor time of a bare transaction's caller, ms": "bare_client_cpu_ms",
        },
    )
    _growth(measured, markdown=markdown)
    if measured.snapshots:
        print("Confirm forms carried what their page had read; making the page is not timed.\n")
    else:
        print("Each confirmation read what it decides on.\n")
    for goal in goals:
        state = "pass" if goal.held else "MISSED" if goal.of_speed else "FAIL"
        print(f"{mark}{state}  {goal.words}: {output.number(goal.figure)} ({goal.bound})")


def _rounds(rates: "Rates", *, markdown: bool) -> None:
    rows = [
        (str(place), f"{confirmed:.0f}", f"{bare:.0f}", f"{confirmed / bare:.2f}")
        for place, (confirmed, bare) in enumerate(zip(rates.confirmed, rates.bare, strict=True), 1)
    ]
    heads = ("Round", "confirmations a second", "bare transactions a second", "ratio")
    output.table(heads, rows, 3, markdown=markdown)
    print()


def _growth(measured: Measured, *, markdown: bool) -> None:
    few, many = measured.few, measured.many
    parts = {
        "confirming": operator.attrgetter("confirm"),
        "the page before it, with the button": operator.attrgetter("confirm_page"),
        "signing": operator.attrgetter("sign"),
        "the petition's page": operator.attrgetter("page"),
    }
    rows = []
    for words, part in parts.items():
        for kind in ("write", "index_write", "read"):
            pair = [getattr(part(costs), kind) for costs in (few, many)]
            if any(pair):
                kind_words = kind.replace("_", " ")
                rows.append((f"{words}: {kind_words} units", *map(output.number, pair)))
    heads = ("Cost with so many signatures", str(few.signatures), str(many.signatures))
    output.table(heads, rows, 2, markdown=markdown)
    print()


def _profile(meter: Meter, count: int) -> None:
    """Prints where a confirmation's time goes in this process, on one thread."""
    crowd = _crowd(meter, count + 1)
    from benchmarks.support.race import confirm

    first, *others = crowd.pending(crowd.busy_petition(), range(count + 1))
    confirm(first)
    with cProfile.Profile() as profile:
        for one in others:
            confirm(one)
    stats = pstats.Stats(profile)
    for order in ("cumulative", "tottime"):
        stats.sort_stats(order).print_stats(45)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
