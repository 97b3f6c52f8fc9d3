"""What every command, page and job costs in DynamoDB units, counted and not timed.

    script/bench capacity [--json] [--many 1000] [--docs] [--explain NAME]

The product's own code runs on the local AWS through one full lifecycle. Write units are those
the local AWS answers; read units are worked out from the sizes of what was read.
"""

import argparse
import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.support import output
from benchmarks.support.meter import Meter, Spent
from benchmarks.support.stack import local_aws
from benchmarks.support.units import Projections
from local import resources

if TYPE_CHECKING:
    from benchmarks.support.recorder import Recorder

DOCS = Path(__file__).resolve().parents[1] / "docs" / "data-model.md"
CONFIRM_WRITE_UNITS = 4
PETITION_READ_UNITS = 1.5


@dataclass(frozen=True)
class Goal:
    """A figure and the most it may be."""

    words: str
    figure: float
    most: float

    @property
    def held(self) -> bool:
        """Whether it is kept."""
        return self.figure <= self.most


def main() -> int:
    """Measures and prints; the status is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="script/bench capacity")
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object")
    parser.add_argument("--many", type=int, default=1000, help="signatures of the large petition")
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    parser.add_argument("--docs", action="store_true", help="put the tables into docs/ as well")
    parser.add_argument("--explain", metavar="NAME", help="show each read behind one figure")
    arguments = parser.parse_args()
    if arguments.many < 25:
        parser.error("--many has to be 25 or more: fewer do not reach the threshold.")
    figures, recorder = measure(arguments.many)
    goals = goals_of(figures, arguments.many)
    figures["goals_missed"] = sum(not goal.held for goal in goals)
    if not arguments.json:
        _show(recorder, goals, markdown=arguments.markdown)
    if arguments.docs:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            _show(recorder, goals, markdown=True)
        output.into_docs(DOCS, printed.getvalue())
    if arguments.explain:
        _explain(arguments.explain, _named(recorder))
    if arguments.json:
        output.last_line(figures)
    return 0 if all(goal.held for goal in goals) else 1


def measure(many: int) -> tuple[dict[str, float], "Recorder"]:
    """The figures by name, and what they were counted from."""
    meter = Meter()
    # The hook comes first: clients made before it would not be counted.
    with meter.installed(), local_aws() as aws:
        # The product reads its environment on import.
        from benchmarks.support.lifecycle import Lifecycle, Sizes
        from benchmarks.support.recorder import Recorder

        dynamodb = resources.client("dynamodb", aws.environ)
        described = dynamodb.describe_table(TableName=aws.environ["GROUNDSWELL_TABLE"])
        dynamodb.close()
        meter.projections = Projections(described["Table"])
        recorder = Recorder(meter)
        Lifecycle(recorder, Sizes(many=many)).run()
        return flat(recorder) | {"signatures_at_many": many}, recorder


def flat(recorder: "Recorder") -> dict[str, float]:
    """One number for each thing counted; pages write nothing, which was checked."""
    figures: dict[str, float] = {}
    for name, spent in _named(recorder).items():
        if not name.startswith("page."):
            figures[f"{name}_write_units"] = spent.write
            figures[f"{name}_index_write_units"] = spent.index_write
        figures[f"{name}_read_units"] = spent.read
    figures["commands_not_measured"] = len(recorder.commands_left())
    figures["pages_not_measured"] = len(recorder.pages_left())
    return figures


def _named(recorder: "Recorder") -> dict[str, Spent]:
    parts = {
        "": recorder.commands,
        "form.": recorder.forms,
        "job.": recorder.jobs,
        "page.": recorder.pages,
    }
    return {
        f"{prefix}{name}": spent for prefix, found in parts.items() for name, spent in found.items()
    }


def goals_of(figures: dict[str, float], many: int) -> list[Goal]:
    """The goals, each with its figure."""
    confirm, page = "signature.confirm", "page.petition_visitor"
    return [
        Goal(
            "confirming a signature: write units on the table",
            figures[f"{confirm}_write_units"],
            CONFIRM_WRITE_UNITS,
        ),
        Goal(
            f"the same with {many} signatures",
            figures[f"{confirm}_at_many_write_units"],
            CONFIRM_WRITE_UNITS,
        ),
        Goal(
            "a petition's page for a visitor: read units",
            figures[f"{page}_read_units"],
            PETITION_READ_UNITS,
        ),
        Goal(
            f"the same with {many} signatures",
            figures[f"{page}_at_many_read_units"],
            PETITION_READ_UNITS,
        ),
        Goal("commands not measured", figures["commands_not_measured"], 0),
        Goal("pages not measured", figures["pages_not_measured"], 0),
    ]


def _show(recorder: "Recorder", goals: list[Goal], *, markdown: bool) -> None:
    heads = ("write", "index write", "read", "keys")
    for title, found in (
        ("Command", recorder.commands),
        ("Form, with all that its request does", recorder.forms),
        ("Job", recorder.jobs),
    ):
        rows = [
            (name, *map(output.number, (s.write, s.index_write, s.read)), keys(s))
            for name, s in found.items()
        ]
        output.table((title, *heads), rows, 3, markdown=markdown)
        print()
    rows = [(name, output.number(s.read), keys(s)) for name, s in recorder.pages.items()]
    output.table(("Page", "read", "keys"), rows, 1, markdown=markdown)
    print("\nNo Scan happened, and no page wrote anything.\n")
    for left in (*recorder.commands_left(), *recorder.pages_left()):
        print(f"not measured: {left}")
    mark = "- " if markdown else ""
    for goal in goals:
        state = "pass" if goal.held else "FAIL"
        print(f"{mark}{state}  {goal.words}: {output.number(goal.figure)} (at most {goal.most:g})")


def _explain(name: str, named: dict[str, Spent]) -> None:
    if name not in named:
        sys.exit(f"There is no {name}. There are: {', '.join(named)}")
    print(f"\nWhat {name} reads:")
    for read, cost, items in named[name].reads:
        total = sum(size for _, size in items)
        print(f"  {read}: {len(items)} items, {total} bytes, {output.number(cost)} units")
        sizes: dict[str, list[int]] = {}
        for key, size in items:
            sizes.setdefault(key, []).append(size)
        for key, found in sizes.items():
            print(f"    {len(found):5} × {key}: {min(found)} to {max(found)} bytes")


def keys(spent: Spent) -> str:
    """What was read and written, each kind of key once with how often."""
    counted: dict[str, int] = {}
    for key in spent.keys:
        counted[key] = counted.get(key, 0) + 1
    return ", ".join(f"{n} × {key}" if n > 1 else key for key, n in counted.items())


if __name__ == "__main__":
    sys.exit(main())
