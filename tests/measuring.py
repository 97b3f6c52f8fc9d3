"""Branch coverage of the domain and the services.

`script/test` sets TEST_COVERAGE to a folder. Each test process writes a file there, and
`python -m tests.measuring FOLDER` prints what they come to. Tracing is on while modules are
imported and while a test from one of the folders below runs; the others run elsewhere, mostly.
"""

import io
import os
import sys
from pathlib import Path

import pytest
from coverage import Coverage

LAYERS = ("domain", "services")
TRACED = ("domain", "services", "web", "jobs", "edge_cases")
LEAST = 94.0


def _of(folder: str) -> Coverage:
    return Coverage(
        data_file=str(Path(folder) / "coverage"),
        data_suffix=True,
        branch=True,
        source_pkgs=[f"chalicelib.{layer}" for layer in LAYERS],
        config_file=False,
    )


measured: Coverage | None = None
if folder := os.environ.get("TEST_COVERAGE"):
    measured = _of(folder)
    measured.start()


def covers(item: pytest.Item, tests: Path) -> bool:
    """Return whether to trace a test. A long walk reaches nothing more, and would take three times
    as long.
    """
    long = any(item.get_closest_marker(name) for name in ("hypothesis", "walk"))
    return item.path.relative_to(tests).parts[0] in TRACED and not long


def main() -> int:
    """Print the share of each layer; the status is 1 where one is too low."""
    found = _of(sys.argv[1])
    found.combine()
    shares = {layer: _share(found, layer) for layer in LAYERS}
    told = ", ".join(f"{layer} {share:.1f} %" for layer, share in shares.items())
    print(f"Branch coverage: {told} (at least {LEAST:g} %)")
    return int(min(shares.values()) < LEAST)


def _share(found: Coverage, layer: str) -> float:
    return found.report(include=[f"*/chalicelib/{layer}/*"], file=io.StringIO())


if __name__ == "__main__":
    sys.exit(main())
