"""What a day of living groups costs: the job reads what is due, however many groups there are.

    script/bench renewals [--json] [--many 60000] [--docs]

The product's own code runs on the local AWS. The table is filled with groups as the store writes
them; the same number is due on the day among few groups and among many. Write units are those the
local AWS answers; read units are worked out from the sizes of what was read.
"""

import argparse
import contextlib
import io
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from benchmarks.support import output
from benchmarks.support.meter import Meter, Spent
from benchmarks.support.stack import local_aws
from benchmarks.support.units import Projections
from local import resources

if TYPE_CHECKING:
    from chalicelib.services.ports import Queue

DOCS = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
FEW = 60
# A day on which no yearly check-in is open, so that what is due is what was made.
DAY = datetime(2026, 11, 16, 18, tzinfo=UTC)
EACH = 4
# The same but for rounding: items of the same groups differ by the digits in their names.
MOST_RATIO = 1.05


def main() -> int:
    """Measures and prints; the status is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="script/bench renewals")
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object")
    parser.add_argument("--many", type=int, default=60_000, help="groups of the large association")
    parser.add_argument("--docs", action="store_true", help="put the table into docs/ as well")
    arguments = parser.parse_args()
    if arguments.many <= FEW:
        parser.error(f"--many has to be above {FEW}.")
    figures = measure(arguments.many)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        _show(figures, arguments.many, markdown=True)
    if arguments.docs:
        output.into_docs(DOCS, printed.getvalue(), "renewal figures")
    if arguments.json:
        output.last_line(figures)
    else:
        _show(figures, arguments.many, markdown=False)
    return 0 if held(figures) else 1


def measure(many: int) -> dict[str, float]:
    """The figures by name."""
    meter = Meter()
    # The hook comes first: clients made before it would not be counted.
    with meter.installed(), local_aws() as aws:
        # The product reads its environment on import.
        from benchmarks.support import living
        from benchmarks.support.recorder import Noting
        from chalicelib import bootstrap
        from chalicelib.config import settings
        from chalicelib.services.groups import timetable
        from local import demo

        dynamodb = resources.client("dynamodb", aws.environ)
        described = dynamodb.describe_table(TableName=aws.environ["GROUNDSWELL_TABLE"])
        dynamodb.close()
        meter.projections = Projections(described["Table"])
        demo.load()
        services = replace(
            bootstrap.build(settings(), clock=lambda: DAY), queue=cast("Queue", Noting())
        )
        # What is due in the demo association by then is done before anything is counted.
        timetable.keep_all(services)
        days: list[tuple[Spent, timetable.Kept]] = []
        here = len(services.store.groups.listed())
        for size in (FEW, many):
            due = 3 * EACH
            living.fill(services, here, size - here - due)
            living.make_due(services, f"of-{size}", EACH)
            here = size
            with meter.measuring() as spent:
                kept = timetable.keep_all(services)
            days.append((spent, kept))
        with meter.measuring() as nothing:
            timetable.keep_all(services)
    (few, done), (large, done_large) = days
    assert done.done == done_large.done, (done, done_large)
    return {
        "groups_due": done.looked_at,
        "things_done": done.done,
        f"daily_read_units_{FEW}": few.read,
        f"daily_read_units_{many}": large.read,
        f"daily_read_units_ratio_{many}_to_{FEW}": large.read / few.read,
        f"daily_write_units_{FEW}": few.write + few.index_write,
        f"daily_write_units_{many}": large.write + large.index_write,
        "read_requests": len(large.reads),
        "read_units_of_a_day_with_nothing_due": nothing.read,
        # The meter ends the run at the first one.
        "scans": 0,
    }


def held(figures: dict[str, float]) -> bool:
    """Whether the day's cost is flat."""
    [ratio] = [value for name, value in figures.items() if "_ratio_" in name]
    return ratio <= MOST_RATIO


def _show(figures: dict[str, float], many: int, *, markdown: bool) -> None:
    heads = ("A day on which the same is due", f"{FEW} groups", f"{many} groups")
    rows = [
        (
            f"{what} units",
            output.number(figures[f"daily_{what}_units_{FEW}"]),
            output.number(figures[f"daily_{what}_units_{many}"]),
        )
        for what in ("read", "write")
    ]
    output.table(heads, rows, 2, markdown=markdown)
    ratio = figures[f"daily_read_units_ratio_{many}_to_{FEW}"]
    print(
        f"\n{figures['groups_due']:g} groups were due, and {figures['things_done']:g} things were "
        f"done for them. Among {many} groups the day read {ratio:.2f} times as much "
        f"(at most {MOST_RATIO}). A run with nothing due reads "
        f"{output.number(figures['read_units_of_a_day_with_nothing_due'])} units. No Scan happened."
    )


if __name__ == "__main__":
    sys.exit(main())
