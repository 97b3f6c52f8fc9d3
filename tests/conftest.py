"""The environment of the tests, their markers, and a whole Groundswell as fixtures."""
# ruff: noqa: E402 - the environment has to stand before the first import that reads it.

import copy
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
NAME = "groundswell-test"
TESTS = Path(__file__).parent
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    GROUNDSWELL_STAGE="local",
    GROUNDSWELL_TABLE=NAME,
    GROUNDSWELL_BUCKET=NAME,
    GROUNDSWELL_QUEUE_PREFIX=NAME,
    GROUNDSWELL_SENDER="Groundswell <groundswell@example.org>",
    GROUNDSWELL_BASE_URL="http://127.0.0.1:8000",
    GROUNDSWELL_SECRET="tests-only-" + "0123456789abcdef" * 3,
)

from tests import measuring  # Before anything that it measures.

# isort: split
import boto3
import pytest
from moto import mock_aws
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadFileScheduling

from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.services.context import Services
from local import ports
from tests import selection
from tests.services import estate
from tests.services.aws import watching
from tests.services.world import Clock, Post, Press, World

# The shell alone draws the same pages with a third less work than the whole browser.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
# A browser that speaks to nobody but the pages under test.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What every test of a folder needs, and what a fixture needs.
FOLDERS = {
    "e2e": ("browser", "aws"),
    "contract": ("contract", "aws"),
    "deploy": ("deploy",),
    "benchmarks": ("bench",),
    "local": ("aws",),
}
FIXTURES = {"browser": "browser", "aws": "aws", "stack": "aws"}

# Folders with the longest files: begun first, so that all processes end about together.
LONG = "e2e deploy contract web packet edge_cases benchmarks services local".split()

if WORKER := os.environ.get("PYTEST_XDIST_WORKER"):
    # A port that one process found free must not be taken by another before a server has it.
    _share = len(ports.RANGE) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    _first = int(WORKER.removeprefix("gw")) * _share
    ports.RANGE = ports.RANGE[_first : _first + _share]


class ByFile(LoadFileScheduling):
    """Gives each process whole files: their servers start once, their worlds are lived once."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        # One local stack at a time is enough for a machine, and one package is built for all.
        for folder in ("tests/e2e/", "tests/deploy/", "tests/contract/"):
            if file.startswith(folder):
                return folder
        return file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    config.option.loadscopereorder = False  # By number of tests, which tells little.
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    folders = {item: item.path.relative_to(TESTS).parts[0] for item in items}
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        needed = {marker for name, marker in FIXTURES.items() if name in fixtures}
        for marker in needed.union(FOLDERS.get(folders[item], ())):
            item.add_marker(marker)
    yield  # `-m` and `-k` choose among them.
    if WORKER:
        order = {name: number for number, name in enumerate(LONG)}
        items.sort(key=lambda item: order.get(folders[item], len(order)))


def pytest_collection_finish() -> None:
    if measuring.measured:
        measuring.measured.stop()


def pytest_collect_file(file_path: Path) -> None:
    """Give property tests no deadline: a busy machine is no failure."""
    if file_path.suffix != ".py" or b"hypothesis" not in file_path.read_bytes():
        return
    from hypothesis import settings  # Slow to import, and few files need it.

    if settings.default and settings.default.deadline:
        settings.register_profile("calm", settings.default, deadline=None)
        settings.load_profile("calm")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Trace the tests of the layers that are measured."""
    measured = measuring.measured
    if measured is None or not measuring.covers(item, TESTS):
        return (yield)
    measured.start()
    try:
        return (yield)
    finally:
        measured.stop()


def pytest_sessionfinish() -> None:
    if measuring.measured:
        measuring.measured.save()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-k`, leave files unread in which no test can match."""
    expression = config.option.keyword
    if not expression or not collection_path.name.startswith("test_"):
        return None
    return None if selection.may_match(collection_path, TESTS, expression) else True


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Shows what a test recorded as its summary, whether it passed or not, in any process."""
    for report in [r for found in terminalreporter.stats.values() for r in found]:
        for name, text in getattr(report, "user_properties", ()):
            if name == "summary" and report.when == "call":
                terminalreporter.write_sep("-", report.nodeid.partition("::")[2])
                terminalreporter.write_line(text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for each process: Playwright bears no second one beside it."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def requests() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every DynamoDB request of the test: operation and parameters."""
    seen: list[tuple[str, dict[str, Any]]] = []
    with watching(lambda name, params: seen.append((name, copy.deepcopy(params)))):
        yield seen


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """boto3's clients hold no data of a test, and are slow to make."""
    return {name: boto3.client(name) for name in ("s3", "sqs", "ses")}


@pytest.fixture
def aws(clients: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An AWS of its own for each test: table, bucket, queues and sender."""
    estate.prepare(NAME)
    with mock_aws():
        estate.furnish(NAME)
        yield clients


@pytest.fixture(scope="session")
def built() -> Services:
    # Its clients hold no data of a test, and are slow to make.
    return bootstrap.build(settings())


@pytest.fixture
def post(built: Services) -> Post:
    return Post(built.composer)


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def services(
    aws: dict[str, Any], built: Services, clock: Clock, post: Post, press: Press
) -> Services:
    """The real services on an empty table; letters and packets stay in the process."""
    return replace(built, clock=clock, mailer=post, composer=post, renderer=press)


@pytest.fixture
def world(services: Services, clock: Clock, post: Post, press: Press) -> World:
    """The association with its people and its roster, and no petition yet."""
    return World(services, clock, post, press).at("people")
