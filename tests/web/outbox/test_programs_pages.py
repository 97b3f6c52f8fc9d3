"""The pages about programs: access tokens, webhooks, and the API's reference."""

import re

import pytest
from playwright.sync_api import Browser as Chromium

from chalicelib.web.api import entrance
from chalicelib.web.api.operations import OPERATIONS
from chalicelib.web.api.problems import KINDS
from tests.services.world import World
from tests.web.barriers import assert_no_barrier
from tests.web.browser import Site


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world.at("people"), monkeypatch)


def test_a_webhook_is_added_tested_and_ended(site: Site) -> None:
    browser = site.member("staff")
    assert "No webhooks yet" in browser.get("/staff/webhooks").text
    typed = {"url": "http://example.org/hook", "about": "Calendar"}
    browser.press("Add the webhook", typed)
    assert browser.at.status == 422
    assert "begins with https://" in browser.at.text
    assert browser.value("about") == "Calendar"
    chosen = {"url": "https://example.org/hook", "about": "Calendar"}
    browser.press("Add the webhook", {**chosen, "events-9-value": "group.chartered"})
    assert "webhook was added" in browser.at.text
    assert re.search(r"whsec_[\w+/=]{40,}", browser.at.body)
    browser.press("Send a test message")
    assert "ping" in browser.at.text
    assert "Waits" in browser.at.text
    page = browser.at.path.partition("?")[0]
    for who in ("rowan", "president"):
        assert site.member(who).get(page).status == 403
    browser.press("End this webhook")
    assert "The webhook is ended" in browser.at.text
    assert browser.get(page).status == 404


def test_the_reference_tells_of_every_operation_and_problem(site: Site) -> None:
    entrance.ready()
    page = site.visitor().get("/api")
    for operation in OPERATIONS.values():
        assert f'id="{operation.name}"' in page.body
    for name in KINDS:
        assert f'id="problem-{name}"' in page.body
        assert site.visitor().ask("GET", f"/problems/{name}")["Location"] == f"/api#problem-{name}"
    assert site.visitor().get("/problems/none").status == 404
    document = site.visitor().ask("GET", "/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    described = {
        (method.upper(), path) for path, ways in document["paths"].items() for method in ways
    }
    assert described == set(OPERATIONS)


def test_the_pages_have_no_barrier_and_fit_a_phone(site: Site, browser: Chromium) -> None:
    staff = site.member("staff")
    data = {"url": "https://example.org/hook", "events": ["group.chartered"], "about": "Calendar"}
    hook = site.world.do("staff", "webhook.add", **data)
    site.world.do("staff", "webhook.test", hook.id)
    site.world.do("staff", "token.create", name="Calendar", scopes=["read"], days=30)
    paths = ("/account/tokens", "/staff/webhooks", f"/staff/webhooks/{hook.id}")
    shown = [staff.get(path).body for path in paths]
    # The reference says the same nearly two hundred times: those of the longest addresses will do.
    fold = re.compile(r'<details class="operation" id="(?!signature|webhook).*?</details>', re.S)
    shown.append(fold.sub("", staff.get("/api").body))
    assert_no_barrier(site, browser, shown)
