"""Checks while somebody types, in a real browser: the page's own script, with answers as the server
gives them.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chalicelib.domain.checks.checks import check_charge
from chalicelib.web.checks.checks import _shown
from chalicelib.web.forms import Form
from chalicelib.web.templating import environment

STATIC = Path(__file__).resolve().parents[3] / "static"
CHECK = json.dumps([{"kind": "charge", "fields": ["charge"], "given": {}}])
PAGE = """<!doctype html><html lang="en"><title>Draft</title>
<script type="module" src="/checks.js"></script>
{% import "components.html" as ui %}
<main><h1>Draft</h1><form method="post" action="/sent">
<input type="hidden" name="csrf_token" value="token">
{{ ui.field(form, 'name', 'Name') }}{{ ui.field(form, 'charge', 'Charge', rows=3) }}
<button type="submit" name="then" value="save">Save</button></form></main>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url="http://draft.test")
    context.set_default_timeout(10_000)
    page = context.new_page()
    charge = "Discussing textbooks."
    found = [_shown(one, charge) for one in check_charge(charge, "charge", date(2026, 3, 2))]
    form = Form({"charge": charge}, {}, {"charge": CHECK}, {"charge": found})

    def answer(route: Route) -> None:
        path = route.request.url.partition("draft.test")[2]
        if path == "/api/v1/checks":
            assert route.request.headers["x-csrf-token"] == "token"
            text = route.request.post_data_json["values"]["charge"]
            said = [_shown(one, text) for one in check_charge(text, "charge", date(2026, 3, 2))]
            route.fulfill(json={"findings": {"charge": said} if said else {}})
        elif path.endswith(".js"):
            route.fulfill(path=STATIC / "js" / path[1:], content_type="text/javascript")
        elif path == "/sent":
            route.fulfill(body=route.request.post_data or "", content_type="text/plain")
        else:
            html = environment().from_string(PAGE).render(form=form)
            route.fulfill(body=html, content_type="text/html")

    page.route("**/*", answer)
    page.goto("/")
    yield page
    context.close()


def test_a_remark_comes_and_goes_as_one_types(page: Page) -> None:
    place = page.locator("[data-findings=charge]")
    expect(place).to_have_attribute("aria-live", "polite")
    charge = page.get_by_label("Charge")
    charge.fill("To share textbooks.")
    expect(place).to_be_empty()
    charge.fill("Sharing textbooks.")
    expect(place).to_contain_text("begin it with “To”")
    expect(place).to_contain_text("To share textbooks.")


def test_the_fix_is_put_in_by_keyboard_alone(page: Page) -> None:
    charge = page.get_by_label("Charge")
    charge.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use this wording")).to_be_focused()
    page.keyboard.press("Enter")
    expect(charge).to_have_value("To discuss textbooks.")
    expect(charge).to_be_focused()
    expect(page.locator("[data-findings=charge]")).to_be_empty()
    assert page.url == "http://draft.test/"


def test_the_enter_key_in_a_field_sends_the_form_and_no_fix(page: Page) -> None:
    page.get_by_label("Name").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent")
    assert "then=save" in page.inner_text("body")
    assert "fix=" not in page.inner_text("body")
