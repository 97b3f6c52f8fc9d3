"""People at their browsers, who follow only what the pages and the mailbox say."""

import re
from collections.abc import Sequence
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

ARTEFACTS = Path(__file__).resolve().parents[2] / ".artefacts" / "e2e"
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 780}
BARRIERS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


class Somebody:
    """One person with a browser of their own. Notices every complaint of the browser."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        email: str = "",
        phone: bool = False,
        scripts: bool = True,
    ) -> None:
        self.base, self.email = base, email
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESK, java_script_enabled=scripts
        )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: object) -> None:
        text = getattr(message, "text", "")
        # An answer with an error status is what some steps are about.
        if getattr(message, "type", "") == "error" and "the server responded" not in text:
            self.complaints.append(text)

    def go(self, path: str) -> Page:
        """Opens a page of the site."""
        self.page.goto(self.base + path)
        return self.page

    def letters(self, subject: str, to: str = "") -> Locator:
        """The letters of this subject in the mailbox, the newest first."""
        self.go(f"/mailbox?to={to or self.email}")
        links = self.page.get_by_role("main").get_by_role("link")
        return links.filter(has_text=re.compile(subject))

    def letter(self, subject: str, to: str = "", beyond: int = 0) -> str:
        """Opens the newest letter of this subject in the mailbox, and returns its text; `beyond`
        is how many were there before.
        """
        for _ in range(120):
            links = self.letters(subject, to)
            if links.count() > beyond:
                links.first.click()
                return self.page.get_by_role("main").inner_text()
            self.page.wait_for_timeout(500)
        raise AssertionError(f"no letter about {subject!r} came to {to or self.email}")

    def follow(self, path: str) -> None:
        """Follows the letter's link whose address holds `path`."""
        self.page.get_by_role("main").locator(f'a[href*="{path}"]').first.click()

    def sign_in(self) -> "Somebody":
        """Signs in by the link in the mailbox."""
        before = self.letters("Your link to sign in").count()
        self.go("/sign-in")
        self.page.get_by_label("Email address").fill(self.email)
        self.page.get_by_role("button", name="Send me a link").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Check your email")
        self.letter("Your link to sign in", beyond=before)
        self.follow("/sign-in/")
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        return self

    def press(self, name: str) -> None:
        """Presses a button, and the one in the dialog that asks back, if one does."""
        self.page.get_by_role("main").get_by_role("button", name=name).first.click()
        dialog = self.page.locator("dialog[open]")
        if dialog.count():
            dialog.get_by_role("button", name=name).first.click()

    def sign(self, petition: str, name: str, institution: str = "Lakeshore University") -> None:
        """Signs a petition and confirms by the letter."""
        self.go(petition)
        self.page.get_by_role("link", name="Sign this petition").click()
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_label("Email address").fill(self.email)
        self.page.get_by_label("Institution", exact=True).fill(institution)
        # A form that comes back faster than a person types is held for staff.
        self.page.wait_for_timeout(2200)
        self.press("Sign")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("check your email")
        self.confirm()

    def confirm(self) -> None:
        """Confirms a signature by the letter."""
        self.letter("Please confirm")
        self.follow("/signatures/confirm/")
        self.press("Yes, count my signature")
        thanks = "Thank you, your signature"
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(thanks)

    def sign_all(self, petition: str, people: Sequence[tuple[str, str, str]]) -> None:
        """Lets people sign a petition, by name, mailbox, and institution. All send the form that
        one of them opened, and each confirms by letter.
        """
        self.go(f"{petition}/sign")
        form = "Object.fromEntries(new FormData(document.querySelector('main form')))"
        blank = self.page.evaluate(form)
        self.page.wait_for_timeout(2200)
        for name, local, institution in people:
            filled = {"name": name, "email": f"{local}@example.org", "institution": institution}
            answer = self.context.request.post(
                f"{self.base}{petition}/sign",
                form={**blank, **filled},
                headers={"origin": self.base},
            )
            assert "check your email" in answer.text()
        for _, local, _ in people:
            self.email = f"{local}@example.org"
            self.confirm()

    def picture(self, name: str) -> None:
        """Leaves a screenshot of the whole page, at the desk's and the phone's width.

        On the way it looks for barriers (axe, WCAG 2.2 AA) and for sideways scrolling.
        """
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        for width, size in (("desk", DESK), ("phone", PHONE)):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=ARTEFACTS / f"{name}-{width}.png", full_page=True)
            found = Axe().run(self.page, options=BARRIERS).response["violations"]
            told = [(f["id"], n["target"], n["failureSummary"]) for f in found for n in f["nodes"]]
            assert told == [], (name, width, told)
            beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert self.page.evaluate(beyond) <= 0, (name, width, "scrolls sideways")
        if before:
            self.page.set_viewport_size(before)

    def close(self) -> None:
        """Ends this person's browser, and fails if it complained of anything."""
        self.context.close()
        assert not self.complaints, self.complaints
