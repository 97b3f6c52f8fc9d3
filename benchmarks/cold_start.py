"""What is deployed, and what its cold start costs: sizes, and the web function's import beside a
bare one.

    script/bench cold_start [--json] [--runs 15]

The package is built as script/deploy builds it, and imported by the Python that Lambda has, from
the unpacked package alone. Bare is Chalice with an empty application, boto3 with a client of
DynamoDB, and PynamoDB; the web function makes such a client too. Both run in turns, each time in a
fresh process; of each the least processor time counts, since a busy machine only ever adds to it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import zipfile

from benchmarks.support import output
from deploy import MB, OUT, ROOT
from deploy.zips import unpacked_bytes

PYTHON = ROOT / ".venv-aws" / "bin" / "python"
GOALS = {"web_zip_mb": 50.0, "unzipped_with_layer_mb": 250.0, "import_ratio_to_bare": 1.5}

FUNCTION = """
import os, sys
sys.path.insert(0, sys.argv[1])
os.environ.update(
    AWS_LAMBDA_FUNCTION_NAME="web",
    GROUNDSWELL_STAGE="prod",
    GROUNDSWELL_TABLE="t",
    GROUNDSWELL_BUCKET="b",
    GROUNDSWELL_QUEUE_PREFIX="q",
    GROUNDSWELL_SENDER="groups@example.org",
    GROUNDSWELL_BASE_URL="https://groups.example.org",
    GROUNDSWELL_SECRET="0123456789abcdef" * 3,
)
os.environ.update(AWS_DEFAULT_REGION="us-east-1")
import app, boto3
boto3.client("dynamodb")
"""
BARE = """
import os, sys
sys.path.insert(0, sys.argv[1])
os.environ.update(AWS_DEFAULT_REGION="us-east-1")
import chalice, boto3, pynamodb.models
app = chalice.Chalice(app_name="bare")
boto3.client("dynamodb")
"""
LOADED = """
import json
own = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
print(json.dumps([sorted(own), len(sys.modules)]))
"""


def main() -> int:
    """Measures and prints; the status is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="script/bench cold_start")
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object")
    parser.add_argument("--runs", type=int, default=15, help="processes of each kind")
    arguments = parser.parse_args()
    subprocess.run([ROOT / "script" / "setup", "aws"], check=True, cwd=ROOT)
    subprocess.run(
        [PYTHON, "-m", "deploy.package"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    figures = measure(arguments.runs)
    for name, figure in figures.items():
        goal = f"  (at most {GOALS[name]:g})" if name in GOALS else ""
        print(f"{name:<26} {figure:8.2f}{goal}")
    if arguments.json:
        output.last_line(figures)
    return 0 if all(figures[name] <= most for name, most in GOALS.items()) else 1


def measure(runs: int) -> dict[str, float]:
    """The figures by name."""
    code, layer = OUT / "code.zip", OUT / "layer.zip"
    with tempfile.TemporaryDirectory(prefix="groundswell-cold-") as folder:
        with zipfile.ZipFile(code) as packed:
            packed.extractall(folder)
        best = {FUNCTION: float("inf"), BARE: float("inf")}
        for _ in range(runs):
            for source, least in best.items():
                best[source] = min(least, seconds(source, folder))
        _, modules = loaded(folder)
    return {
        "web_zip_mb": code.stat().st_size / MB,
        "unzipped_with_layer_mb": (unpacked_bytes(code) + unpacked_bytes(layer)) / MB,
        "import_ratio_to_bare": best[FUNCTION] / best[BARE],
        "modules_loaded": modules,
    }


def seconds(source: str, folder: str) -> float:
    """Processor seconds of one fresh process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(source, folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def loaded(folder: str) -> tuple[list[str], int]:
    """What the web function's import loads: packages that are not Python's own, and how many
    modules in all.
    """
    names, count = json.loads(run(FUNCTION + LOADED, folder))
    return names, count


def run(source: str, folder: str) -> str:
    """What a process prints that has nothing but Python's own library and the package."""
    environ = {"PATH": os.environ.get("PATH", "")}
    return subprocess.run(
        [PYTHON, "-I", "-S", "-c", source, folder],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        text=True,
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
