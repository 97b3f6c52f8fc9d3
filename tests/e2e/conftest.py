"""The real local stack and a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from local.stack import Stack, running_stack
from tests.e2e.people import Somebody


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A whole local server with a fresh demo association."""
    with running_stack(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def somebody(stack: Stack, browser: Browser) -> Iterator[Callable[..., Somebody]]:
    """Makes people; at the end none of their browsers may have complained."""
    made: list[Somebody] = []

    def make(email: str = "", phone: bool = False, scripts: bool = True) -> Somebody:
        person = Somebody(browser, stack.base_url, email, phone, scripts)
        made.append(person)
        return person

    yield make
    for person in made:
        person.close()


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for packets."""
    return tmp_path_factory.mktemp("downloads")
