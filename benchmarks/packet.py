"""The packet: how time and memory grow with signatures and documents, and what that is beside one
plain table, beside pages without tags, and beside Chromium.

    script/bench packet [--json] [--docs] [--sizes 25,100,500,2000,5000] [--meetings 5,20,60]

Each figure comes from a process of its own. Times are processor seconds of that process, Chromium
aside, whose seconds are by the clock and stand beside ours by the clock.
"""

import argparse
import contextlib
import io
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.support import output

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "performance.md"
GROWTH, SPEEDUP, PEAK_MB, REPUBLISH = 1.1, 2.0, 250.0, 0.2
# Below so many signatures the time is that of the pages around the roster.
FIRST_OF_GROWTH = 500

Run = dict[str, float]


@dataclass(frozen=True)
class Measured:
    """All of a run, by size."""

    signatures: dict[int, Run]
    naive: dict[int, Run]
    tagged: Run
    meetings: dict[int, Run]
    tags: Run
    chromium: Run
    tried: Run

    @property
    def largest(self) -> int:
        """The most signatures."""
        return max(self.signatures)

    @property
    def growth(self) -> float:
        """The steepest growth between two sizes: time goes with signatures to this power."""
        sizes = [n for n in sorted(self.signatures) if n >= FIRST_OF_GROWTH]
        if len(sizes) < 2:
            sizes = sorted(self.signatures)
        spent = {n: self.signatures[n]["seconds"] for n in sizes}
        return max(math.log(spent[b] / spent[a]) / math.log(b / a) for a, b in pairwise(sizes))

    @property
    def speedup(self) -> float:
        """How many times the seconds of one plain table, at the most signatures."""
        return self.naive[self.largest]["seconds"] / self.signatures[self.largest]["seconds"]

    @property
    def republish(self) -> float:
        """A packet again with one document changed, of one from nothing, at the most documents."""
        run = self.meetings[max(self.meetings)]
        return run["changed_seconds"] / run["seconds"]


def main() -> int:
    """Measures and prints; the status is 1 when a goal was missed."""
    arguments = _arguments()
    measured = measure(arguments.sizes, arguments.meetings)
    if not arguments.json:
        _show(measured)
    if arguments.docs:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            _show(measured, markdown=True)
        output.into_docs(DOCS, printed.getvalue(), "packet figures")
    if arguments.json:
        output.last_line(flat(measured))
    return 0 if all(held for _, held in goals(measured)) else 1


def _arguments() -> argparse.Namespace:
    def sizes(text: str) -> list[int]:
        return sorted({int(part) for part in text.split(",")})

    parser = argparse.ArgumentParser(prog="script/bench packet")
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object")
    parser.add_argument("--docs", action="store_true", help="put the figures into docs/ as well")
    parser.add_argument("--sizes", type=sizes, default="25,100,500,2000,5000", help="signatures")
    parser.add_argument("--meetings", type=sizes, default="5,20,60", help="documents")
    arguments = parser.parse_args()
    if len(arguments.sizes) < 2 or arguments.sizes[0] < 1 or arguments.meetings[0] < 2:
        parser.error("--sizes has to be two numbers or more, --meetings 2 or more.")
    return arguments


def measure(sizes: list[int], meetings: list[int]) -> Measured:
    """Runs everything, one after the other."""
    largest = sizes[-1]
    middle = min(2000, largest)
    return Measured(
        signatures={n: _run("signatures", n) for n in sizes},
        naive={n: _run("naive", n) for n in sizes},
        tagged=_run("naive_tagged", largest),
        meetings={n: _run("meeting", n) for n in meetings},
        tags=_run("tags", middle),
        chromium=_run("chromium", middle),
        tried=_run("tried", middle),
    )


def _run(kind: str, size: int) -> Run:
    print(f"{kind} {size}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.support.packet_run", kind, str(size)]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603
    figures: Run = json.loads(ran.stdout)
    return figures


def goals(m: Measured) -> list[tuple[str, bool]]:
    """Each goal in words with its figure, and whether it was reached."""
    peak = m.signatures[m.largest]["peak_mb"]
    return [
        (f"time grows with signatures to the power of {m.growth:.2f} (at most {GROWTH})",
         m.growth <= GROWTH),
        (f"one plain table takes {m.speedup:.1f} times as long at {m.largest:,} signatures "
         f"(at least {SPEEDUP:g})", m.speedup >= SPEEDUP),
        (f"peak memory at {m.largest:,} signatures: {peak:.0f} MB (at most {PEAK_MB:g})",
         peak <= PEAK_MB),
        (f"publishing again after one change: {m.republish:.2f} of the time from nothing "
         f"(at most {REPUBLISH:g})", m.republish <= REPUBLISH),
    ]  # fmt: skip


def flat(m: Measured) -> dict[str, float]:
    """The figures under the names that other programs read."""
    figures: dict[str, float] = {
        "growth_exponent": round(m.growth, 3),
        f"speedup_over_naive_{m.largest}": round(m.speedup, 2),
        f"peak_mb_{m.largest}": round(m.signatures[m.largest]["peak_mb"], 1),
        "republish_ratio": round(m.republish, 3),
        "tagged_over_untagged": round(m.tags["tagged"] / m.tags["untagged"], 2),
        "chromium_ratio": round(m.chromium["weasyprint"] / m.chromium["chromium"], 2),
        "speedup_over_naive_tagged": round(
            m.tagged["seconds"] / m.signatures[m.largest]["seconds"], 2
        ),
    }
    for size, run in m.signatures.items():
        figures[f"seconds_{size}"] = round(run["seconds"], 2)
        figures[f"peak_mb_{size}"] = round(run["peak_mb"], 1)
        figures[f"naive_seconds_{size}"] = round(m.naive[size]["seconds"], 2)
        figures[f"naive_peak_mb_{size}"] = round(m.naive[size]["peak_mb"], 1)
    for size, run in m.meetings.items():
        figures[f"documents_{size}_seconds"] = round(run["seconds"], 2)
        figures[f"documents_{size}_changed_seconds"] = round(run["changed_seconds"], 2)
        figures[f"documents_{size}_peak_mb"] = round(run["peak_mb"], 1)
    return figures


def _show(m: Measured, *, markdown: bool = False) -> None:
    output.table(
        ["Signatures", "seconds", "peak MB", "pages", "file, kB", "one table: s", "one table: MB"],
        [
            (
                f"{n:,}",
                f"{run['seconds']:.2f}",
                f"{run['peak_mb']:.0f}",
                f"{run['pages']:g}",
                f"{run['bytes'] / 1000:.0f}",
                f"{m.naive[n]['seconds']:.2f}",
                f"{m.naive[n]['peak_mb']:.0f}",
            )
            for n, run in m.signatures.items()
        ],
        6,
        markdown=markdown,
    )
    print()
    output.table(
        ["Documents", "seconds", "one changed", "none changed", "peak MB", "pages", "file, kB"],
        [
            (
                f"{n}",
                f"{run['seconds']:.2f}",
                f"{run['changed_seconds']:.2f}",
                f"{run['same_seconds']:.2f}",
                f"{run['peak_mb']:.0f}",
                f"{run['pages']:g}",
                f"{run['bytes'] / 1000:.0f}",
            )
            for n, run in m.meetings.items()
        ],
        6,
        markdown=markdown,
    )
    figures = flat(m)
    print()
    output.table(
        ["Beside something else", "ratio"],
        [
            ("one plain table without tags, times as long", f"{m.speedup:.2f}"),
            (
                "one plain table with tags, times as long",
                f"{figures['speedup_over_naive_tagged']:.2f}",
            ),
            (
                "our pages with tags, of the same without",
                f"{figures['tagged_over_untagged']:.2f}",
            ),
            ("our pages, of Chromium's for the same HTML", f"{figures['chromium_ratio']:.2f}"),
        ],
        1,
        markdown=markdown,
    )
    print()
    chosen = next(spent for name, spent in m.tried.items() if "chosen" in name)
    output.table(
        [f"Ways to set {min(2000, m.largest):,} signatures, with tags", "seconds", "ratio"],
        [(name, f"{spent:.2f}", f"{spent / chosen:.1f}") for name, spent in m.tried.items()],
        2,
        markdown=markdown,
    )
    print()
    for words, held in goals(m):
        print(f"- {'pass' if held else 'MISSED'}  {words}")


if __name__ == "__main__":
    sys.exit(main())
