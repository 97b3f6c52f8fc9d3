"""Pages in a real browser, on a desk and on a phone, looked at for barriers."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from tests.web.browser import Site

AT = "http://groundswell.test"
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
WIDTHS = (1280, 375)


def assert_no_barrier(site: Site, chromium: Chromium, shown: Iterable[str]) -> None:
    """Each of these pages, given as HTML, keeps to WCAG 2.2 AA with all that it folds away opened,
    and is no wider than the screen.
    """
    page = chromium.new_page()
    for body in shown:
        show(page, site, body)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page, options=AXE).response["violations"]
            assert found == [], found
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def show(page: Page, site: Site, body: str) -> None:
    """Opens a page in the browser, with its style sheets and scripts."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(AT)
        if path == "/":
            route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            answer = site.visitor().ask("GET", path)
            route.fulfill(body=answer.body, content_type=answer["Content-Type"])

    page.unroute_all()
    page.route("**/*", serve)
    page.goto(f"{AT}/")
