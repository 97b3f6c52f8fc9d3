"""How large the project is, and what its tests cost.

    script/bench shape [--json]

The costs are those of the last `script/test` and `script/test --fast` here; -1 before the first.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from benchmarks.support import output

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("domain", "services", "web")


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(prog="script/bench shape")
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object")
    arguments = parser.parse_args()
    figures = {
        **size(ROOT / "chalicelib"),
        "tests": tests(),
        "fast_seconds": last_run("fast").get("seconds", -1),
        "test_cpu_minutes": last_run("whole").get("cpu_minutes", -1),
    }
    for name, value in figures.items():
        print(f"{name:20}{output.number(value):>10}")
    if arguments.json:
        output.last_line(figures)
    return 0


def size(package: Path) -> dict[str, float]:
    """Return the lines of Python, and how many files the fullest folder of a layer holds."""
    files = list(package.rglob("*.py"))
    folders = Counter(path.parent for path in files if path.relative_to(package).parts[0] in LAYERS)
    return {
        "python_lines": sum(len(path.read_text().splitlines()) for path in files),
        "fullest_folder": max(folders.values()),
    }


def tests() -> int:
    """Return how many tests pytest collects."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sum("::" in line for line in done.stdout.splitlines())


def last_run(kind: str) -> dict[str, float]:
    """Return what script/test left of its last run of this kind."""
    path = ROOT / ".artefacts" / f"tests-{kind}.json"
    found: dict[str, float] = json.loads(path.read_text()) if path.exists() else {}
    return found


if __name__ == "__main__":
    sys.exit(main())
