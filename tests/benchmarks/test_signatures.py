"""`script/bench signatures` at a small size: what it says of exactness and of cost, never of speed;
and that the faults are what they say they are.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from benchmarks.support import faults
from benchmarks.support.faults import Faults
from local import resources
from local.stack import running_aws

ROOT = Path(__file__).resolve().parents[2]
SMALL = "--count 100 --threads 8 --processes 2 --large 250 --rounds 1 --seconds 0.5".split()
SMALLEST = "--count 50 --threads 2 --processes 1 --large 100 --rounds 1 --seconds 0.5".split()
COMMAND = [sys.executable, "-m", "benchmarks.signatures"]


def test_a_small_run_is_exact_and_flat():
    ran = subprocess.run(
        [*COMMAND, *SMALL, "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert figures["count_error"] == 0
    assert figures["signatures_lost"] == 0
    assert figures["letters_doubled"] == figures["letters_missing"] == 0
    assert figures["refused"] == 0
    assert figures["threshold_events"] == 1
    assert figures["repeated"] == 5
    assert figures["confirmations"] == 105
    kinds = ("throttling", "timeout_after_write", "handler_twice")
    assert all(figures[f"faults_{kind}"] > 0 for kind in kinds)
    assert figures["faults_injected"] == sum(figures[f"faults_{kind}"] for kind in kinds)
    assert figures["confirm_write_units"] <= 4
    assert figures["petition_page_read_units"] <= 1.5
    assert figures["units_ratio_250_to_25"] == 1.0
    assert figures["sign_units_ratio_250_to_25"] == 1.0
    assert figures["rate_ratio_to_bare_transaction"] > 0


def test_ctrl_c_leaves_nothing_behind(tmp_path):
    process = subprocess.Popen(
        [*COMMAND, *SMALLEST],
        cwd=ROOT,
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    with process:
        assert process.stderr is not None
        # Its processes are at work from here on.
        assert process.stderr.readline().startswith("Confirming")
        [folder] = tmp_path.iterdir()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    assert not folder.exists()
    assert not running(str(tmp_path))


def running(mark: str) -> list[str]:
    """The processes that were started with this in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


@pytest.mark.parametrize(
    "arguments", [["--count", "10"], ["--threads", "9"], ["--seed", "0"], ["--large", "25"]]
)
def test_arguments_that_would_measure_nothing(arguments):
    ran = subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, check=False)
    assert ran.returncode == 2


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A client of a table behind real HTTP: the faults are below everything else."""
    with running_aws(tmp_path_factory.mktemp("aws"), durable=False) as aws:
        client = resources.client("dynamodb", aws.environ, retries={"total_max_attempts": 1})
        client.create_table(
            TableName="toy",
            KeySchema=[{"AttributeName": "sk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "sk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client
        client.close()


def put(client, name):
    item = {"sk": {"S": name}}
    client.transact_write_items(TransactItems=[{"Put": {"TableName": "toy", "Item": item}}])


def there(client, name):
    return "Item" in client.get_item(TableName="toy", Key={"sk": {"S": name}})


def only(monkeypatch, kind):
    monkeypatch.setattr(faults, "SHARE", {kind: 1.0})


def test_a_throttled_write_never_reaches_the_table(table, monkeypatch):
    only(monkeypatch, faults.THROTTLING)
    codes = set()
    with Faults(1).installed() as met:
        for person in range(30):
            with met.meeting(person), pytest.raises(ClientError) as refused:
                put(table, f"throttled {person}")
            codes.add(refused.value.response["Error"]["Code"])
            if "CancellationReasons" in refused.value.response:
                reasons = refused.value.response["CancellationReasons"]
                assert reasons[-1]["Code"] == "ThrottlingError"
    assert codes == {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "TransactionCanceledException",
    }
    assert met.counted == {faults.THROTTLING: 30}
    assert not met.writes()
    assert not there(table, "throttled 0")


def test_a_write_without_an_answer_has_gone_through(table, monkeypatch):
    only(monkeypatch, faults.TIMEOUT)
    with Faults(1).installed() as met, met.meeting("somebody"):
        # A read meets no fault of this kind: it waits for the next write.
        assert not there(table, "silent")
        with pytest.raises(ReadTimeoutError):
            put(table, "silent")
    assert met.counted == {faults.TIMEOUT: 1}
    assert met.writes() == {"silent": 1}
    assert there(table, "silent")


def test_what_happens_to_whom_follows_from_the_seed(table):
    def lucky(seed):
        found = []
        with Faults(seed).installed() as met:
            for person in range(150):
                with met.meeting(person):
                    try:
                        put(table, f"{seed} {person}")
                        found.append("")
                    except ClientError as error:
                        found.append(error.response["Error"]["Code"])
                    except ReadTimeoutError:
                        found.append("no answer")
        return found

    first = lucky(1)
    assert {"", "no answer", "ThrottlingException"} <= set(first)
    assert lucky(1) == first
    assert lucky(2) != first


def test_nobody_else_meets_a_fault(table, monkeypatch):
    only(monkeypatch, faults.THROTTLING)
    with Faults(1).installed() as met:
        put(table, "undisturbed")
        put(table, "undisturbed")
    put(table, "undisturbed")
    assert not met.counted
    assert met.writes() == {"undisturbed": 2}
