"""What was saved is there after everything was killed at once."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from local.stack import running_stack
from tests.e2e.people import Somebody


def test_a_draft_a_session_and_letters_survive_kill_9(browser: Browser, tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack:
        port = int(stack.base_url.rpartition(":")[2])
        convener = Somebody(browser, stack.base_url, "rowan@example.org").sign_in()
        convener.go("/petitions/new")
        convener.press("Start the draft")
        address = convener.page.url
        convener.page.get_by_label("Name of the group").fill("Maps in Small Libraries")
        status = convener.page.locator("[data-autosave-status]")
        expect(status).to_contain_text("Saved", timeout=15_000)
        # The docs promise that nothing older than a few seconds is lost.
        convener.page.wait_for_timeout(4_000)
        stack.kill()
    with running_stack(tmp_path, port):
        convener.page.goto(address)
        name = convener.page.get_by_label("Name of the group")
        expect(name).to_have_value("Maps in Small Libraries")
        convener.letter("Your link to sign in")
        convener.go("/")
        expect(convener.page.get_by_text("Stewardship of Open Textbooks").first).to_be_visible()
        convener.close()
