"""What an installation costs on AWS in a month, from counted units and given prices.

    script/bench cost [--json] [--members 9000]

DynamoDB's units come from the same lifecycle as `script/bench capacity`. The month is a busy one:
a tenth of the members sign something. Durations are rounded up from what the rehearsal's functions
report. Prices are those of us-east-1 without the free tier, of November 2026 as far as known here:
look them up before relying on a cent.
"""

import argparse
import sys

from benchmarks import capacity
from benchmarks.support import output

MILLION = 1_000_000
PRICES = {
    "write_unit": 0.625 / MILLION,
    "read_unit": 0.125 / MILLION,
    "request": 3.50 / MILLION,
    "invocation": 0.20 / MILLION,
    "gb_second": 0.0000166667,
    "letter": 0.10 / 1000,
    "secret": 0.40,
    "alarm": 0.10,
    "metric": 0.30,
    "gb_stored": 0.25 + 0.20,
    "gb_logged": 0.50,
}
ALARMS, METRICS = 23, 12
SWEEPS = 60 * 24 * 30
# Seconds, and gigabytes of memory, of each function's work.
WEB, LETTER, PACKET, SWEEP = (0.12, 1.0), (0.15, 0.5), (15.0, 2.0), (0.2, 0.5)


def main() -> int:
    """Measures, multiplies and prints."""
    parser = argparse.ArgumentParser(prog="script/bench cost")
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object")
    parser.add_argument("--members", type=int, default=9000)
    arguments = parser.parse_args()
    units, _ = capacity.measure(25)
    costs = month(units, arguments.members)
    for name, cost in costs.items():
        print(f"{name:<24} {cost:8.2f} USD")
    if arguments.json:
        output.last_line(costs)
    return 0


def month(units: dict[str, float], members: int) -> dict[str, float]:
    """Dollars a month by what they are for, and their sum."""
    signers, visits = members // 10, members * 2
    letters = signers * 2 + members // 10
    packets = 4

    def read(name: str) -> float:
        return units[f"{name}_read_units"]

    def written(name: str) -> float:
        return units[f"{name}_write_units"] + units[f"{name}_index_write_units"]

    writes = signers * (written("signature.sign") + written("signature.confirm"))
    writes += letters * written("job.signature_letter") + SWEEPS * written("job.sweep")
    reads = visits * read("page.petition_visitor") + SWEEPS * read("job.sweep")
    reads += letters * read("job.signature_letter")
    requests = visits * 4 + signers * 4
    seconds = [(requests, WEB), (letters, LETTER), (packets * 20, PACKET), (SWEEPS, SWEEP)]
    costs = {
        "table": writes * PRICES["write_unit"] + reads * PRICES["read_unit"],
        "storage_and_backup": 1.0 * PRICES["gb_stored"],
        "api": requests * PRICES["request"],
        "functions": sum(
            count * (PRICES["invocation"] + took * memory * PRICES["gb_second"])
            for count, (took, memory) in seconds
        ),
        "letters": letters * PRICES["letter"],
        "secret": PRICES["secret"],
        "alarms": ALARMS * PRICES["alarm"],
        "metrics": METRICS * PRICES["metric"],
        "logs": 1.0 * PRICES["gb_logged"],
    }
    return {**costs, "total": sum(costs.values())}


if __name__ == "__main__":
    sys.exit(main())
