"""What staff take along from a petition: the file, and the roster on paper."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from chalicelib.services.signing import exports
from chalicelib.web.assets import TYPES, files
from tests.services.world import World
from tests.web.browser import Browser, Site

BASE = "http://groundswell.test"
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


def staff_page(site: Site, part: str = "") -> str:
    return f"/staff/petitions/{site.world.petition_id}{part}"


def seen_by(chromium: Chromium, body: str, width: int = 1280) -> Page:
    """A page of the application in a real browser, with its style sheets and scripts."""

    def serve(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        asset = files().get(name)
        if asset:
            route.fulfill(body=asset.text, content_type=TYPES[asset.path.suffix])
        else:
            route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
    page.route("**/*", serve)
    page.goto(BASE)
    return page


def test_staff_come_to_both_from_the_petition(site: Site) -> None:
    site.world.at("confirmed")
    staff = site.member("staff")
    staff.get(staff_page(site))
    links = dict(
        re.findall(r'href="([^"]*)">(Printable roster|All signatures as CSV)', staff.at.body)
    )
    assert links == {
        staff_page(site, "/roster"): "Printable roster",
        staff_page(site, "/signatures.csv"): "All signatures as CSV",
    }
    for path in links:
        assert staff.get(path).status == 200


def test_the_file_is_one_that_a_spreadsheet_opens_and_nobody_keeps(site: Site) -> None:
    site.world.at("confirmed")
    file = site.member("staff").get(staff_page(site, "/signatures.csv"))
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"] == (
        'attachment; filename="stewardship-of-open-textbooks-signatures-2026-03-13.csv"'
    )
    assert file["Cache-Control"] == "no-store"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file.body.encode().startswith(b"\xef\xbb\xbfName,Email address,")
    assert file.body.count("\r\n") == file.body.count("\n") == 26


@pytest.mark.parametrize("part", ["/signatures.csv", "/roster", "/parts"])
def test_nobody_but_staff_takes_anything_along(site: Site, part: str) -> None:
    site.world.at("confirmed")
    assert site.visitor().get(staff_page(site, part)).heading == "Sign in"
    for who in ("rowan", "zoe", "president"):
        answer = site.member(who).get(staff_page(site, part))
        assert (answer.status, answer.heading) == (403, "You cannot do this")
    assert site.member("staff").get("/staff/petitions/none" + part).status == 404


@pytest.mark.parametrize("part", ["/signatures.csv", "/roster", "/parts"])
def test_a_draft_is_not_even_for_staff(site: Site, part: str) -> None:
    site.world.at("draft")
    assert site.member("staff").get(staff_page(site, part)).status == 404


def test_many_signatures_come_in_numbered_files(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.world.at("confirmed")
    monkeypatch.setattr(exports, "PART_ROWS", 2)
    staff = site.member("staff")
    rows: list[str] = []
    names: list[str] = []
    path = staff_page(site, "/parts")
    while path:
        staff.get(path)
        body = staff.at.body
        for link in re.findall(r'href="([^"]*signatures\.csv[^"]*)"', body):
            file = staff.get(link.replace("&amp;", "&"))
            names.append(file["Content-Disposition"].rpartition("-")[2])
            rows += file.body.split("\r\n")[1:-1]
        more = re.search(r'href="([^"]*/parts\?[^"]*)"', body)
        path = more[1].replace("&amp;", "&") if more else ""
    assert names == [f'{n}.csv"' for n in range(1, 14)]
    assert len(set(rows)) == len(rows) == 25
    # Who takes only the first file sees by its name that there are more.
    first = staff.get(staff_page(site, "/signatures.csv"))
    assert "-part-1.csv" in first["Content-Disposition"]


def roster(site: Site) -> Browser:
    staff = site.member("staff")
    staff.get(staff_page(site, "/roster"))
    return staff


def test_the_roster_says_what_was_checked_by_whom_and_against_what(site: Site) -> None:
    world = site.world.at("verified")
    text = roster(site).at.text
    assert "25 signatures verified as coming from members. 25 are needed." in text
    assert "Matched by email address25" in text.replace(" 25", "25")
    assert "Imara Vesterholt" in text
    assert "Membership roster, version 1" in text
    assert world.services.store.rosters.current().digest in text
    assert world.petition.text_digest in text
    assert "@" not in text
    assert "have not stated yet" not in text


def test_before_it_is_verified_the_roster_says_so(site: Site) -> None:
    site.world.at("submitted")
    text = roster(site).at.text
    assert "Staff have not stated yet that these signatures were checked." in text
    assert "Verified by" not in text


def test_the_button_to_print_is_only_there_where_it_does_something(
    site: Site, browser: Chromium
) -> None:
    site.world.at("verified")
    body = roster(site).at.body
    page = seen_by(browser, body)
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print this roster").click()
    assert page.evaluate("window.printed") is True
    page.context.close()


def test_on_paper_there_are_the_names_and_nothing_to_press(site: Site, browser: Chromium) -> None:
    site.world.at("verified")
    page = seen_by(browser, roster(site).at.body)
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options=AXE).response["violations"]
        assert found == [], found
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
    page.emulate_media(media="print")
    for hidden in (".site-header", ".site-footer", "[data-print]", ".eyebrow", ".skip-link"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator("tbody tr").count() == 25
    assert page.locator("tbody tr").last.is_visible()
    head = page.locator(".roster-names thead")
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()


def test_a_file_that_is_too_large_is_not_even_sent(site: Site, browser: Chromium) -> None:
    staff = site.member("staff")
    page = seen_by(browser, staff.get("/staff/roster").body)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    big = {"name": "members.csv", "mimeType": "text/csv", "buffer": b"x" * 6_000_000}
    page.set_input_files("input[type=file]", big)
    for _ in range(2):
        page.get_by_role("button", name="Read the file").click()
    told = page.locator(".field-error")
    assert told.count() == 1
    assert "This file has 6 MB." in told.inner_text()
    assert "Nothing was sent." in told.inner_text()
    assert page.locator("input[type=file]").get_attribute("aria-invalid") == "true"
    assert "POST" not in sent
    small = {"name": "members.csv", "mimeType": "text/csv", "buffer": b"Name,Email"}
    page.set_input_files("input[type=file]", small)
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_load_state()
    assert "POST" in sent
    page.context.close()
