"""The clock of somebody's own machine, which can be put forward; a deployed site has none."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib import bootstrap
from chalicelib.clock import OwnClock, clock_for, now
from chalicelib.config import ConfigError, read
from tests.services.world import World
from tests.web.browser import Site


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world.at("collecting"), monkeypatch)


def test_it_shows_the_real_time_until_it_is_put_forward(tmp_path: Path) -> None:
    clock, other = OwnClock(tmp_path / "clock"), OwnClock(tmp_path / "clock")
    assert abs(now() - clock()) < timedelta(seconds=5)
    clock.forward(7)
    clock.forward(1)
    # Another process sees it too.
    assert abs(now() + timedelta(days=8) - other()) < timedelta(seconds=5)


def test_only_ones_own_machine_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDSWELL_DATA", str(tmp_path))
    here = read(os.environ)
    assert isinstance(bootstrap.build(here).clock, OwnClock)
    deployed = replace(here, stage="production", base_url="https://example.org")
    assert clock_for(deployed) is None
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "groundswell-web")
    with pytest.raises(ConfigError, match="this is a function on AWS"):
        read(os.environ)


def test_the_mailbox_puts_it_forward_and_never_back(site: Site, tmp_path: Path) -> None:
    page = site.visitor().get("/mailbox")
    assert "The clock here" not in page.body
    browser = site.visitor()
    token = {"csrf_token": browser.csrf()}
    assert browser.post("/mailbox/clock", {"days": "7", **token}).status == 404

    clock = OwnClock(tmp_path / "clock")
    site.world.services = replace(site.world.services, clock=clock)
    browser.get("/mailbox")
    before = clock()
    browser.press("Forward a week")
    assert "7 days ahead" in browser.at.text
    assert clock() - before >= timedelta(days=7)
    assert browser.post("/mailbox/clock", {"days": "-7", **token}).status == 422
    assert clock() - before >= timedelta(days=7)
