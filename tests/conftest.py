"""The environment of the tests, their markers, and a whole Groundswell as fixtures."""
# ruff: noqa: E402 - the environment has to stand before the first import that reads it.

import copy
import os
import shutil
from collections.abc import Callable, Iterator
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
from chalicelib.storage.dynamo import DynamoTable
from chalicelib.storage.item import loaded
from chalicelib.storage.store import Store
from local import ports
from tests import selection
from tests.services.aws import MemoryFiles, MemoryQueue, WatchedTable, watching
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
def requests() -> Iterator[list[tuple[str, Any]]]:
    """Every request to the table in the test: operation and arguments."""
    seen: list[tuple[str, Any]] = []
    with watching(lambda name, given: seen.append((name, copy.deepcopy(given)))):
        yield seen


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def built() -> Services:
    return bootstrap.build(settings(), table=WatchedTable())


@pytest.fixture
def post(built: Services) -> Post:
    return Post(built.composer)


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def services(built: Services, clock: Clock, post: Post, press: Press) -> Services:
    """The real services on an empty table; everything stays in the process."""
    return replace(
        built,
        store=Store(WatchedTable(), built.policy),
        queue=MemoryQueue(),
        files=MemoryFiles(),
        clock=clock,
        mailer=post,
        composer=post,
        renderer=press,
    )


@pytest.fixture
def world(services: Services, clock: Clock, post: Post, press: Press) -> World:
    """The association with its people and its roster, and no petition yet."""
    return World(services, clock, post, press).at("people")


QUEUES = ("mail", "packets", "webhooks")


@pytest.fixture
def aws() -> Iterator[dict[str, Any]]:
    """An AWS of its own, by moto: table, bucket and queues, all empty. The clients by service."""
    with mock_aws():
        clients = {name: boto3.client(name) for name in ("dynamodb", "s3", "sqs", "ses")}
        DynamoTable(NAME).create()
        clients["s3"].create_bucket(Bucket=NAME)
        for queue in QUEUES:
            clients["sqs"].create_queue(QueueName=f"{NAME}-{queue}")
        clients["ses"].verify_email_identity(EmailAddress="groundswell@example.org")
        yield clients


@pytest.fixture
def deployed(world: World, aws: dict[str, Any]) -> Callable[[], World]:  # noqa: ARG001
    """Moves the world to an AWS: what is in its table, and everything from then on."""

    def move() -> World:
        dynamo = DynamoTable(NAME)
        dynamo.write_many(loaded(item) for item in world.services.store.table.lying())
        real = bootstrap.build(settings(), table=dynamo)
        world.services = replace(
            world.services, store=real.store, queue=real.queue, files=real.files
        )
        return world

    return move
