"""The same work in a browser that runs no scripts, and by the keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.people import Somebody

Maker = Callable[..., Somebody]


def test_without_scripts_a_petition_is_drafted_opened_and_signed(somebody: Maker) -> None:
    convener = somebody("rowan@example.org", scripts=False).sign_in()
    page = convener.page
    convener.go("/petitions/new")
    convener.press("Start the draft")
    page.get_by_label("Name of the group").fill("Sound Recordings")
    page.get_by_label("Charge").fill("To share how libraries keep and lend sound recordings.")
    page.get_by_label("Background").fill("Few people look after recordings, and they never meet.")
    # Blank rows stand ready where no script could add one.
    page.locator("[name=questions-1-value]").fill("Who may digitise what?")
    page.get_by_label("Strategic goal area").select_option("Student Learning")
    convener.press("Save and check")
    expect(page.get_by_text("Who may digitise what?")).to_be_visible()
    convener.press("Open for signatures")
    expect(page.get_by_text("The petition is open for signatures.")).to_be_visible()
    petition = page.url.removeprefix(convener.base).partition("?")[0]
    member = somebody("sian@example.org", phone=True, scripts=False)
    member.sign(petition, "Siân Prydderch", "Harlech Institute")


def test_by_keyboard_alone_a_member_signs(somebody: Maker) -> None:
    member = somebody("ravi@example.org")
    page = member.go("/")
    page.get_by_role("link", name="Stewardship of Open Textbooks").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stewardship of Open Textbooks")
    tab_to(member, "Sign this petition")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign this petition")
    tab_to(member, "field-name")
    for words in ("Ravi Sundaresan", "ravi@example.org", "Riverbend Community College"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("check your email")


def tab_to(person: Somebody, wanted: str) -> None:
    """Moves on by Tab until the focus is on something of this name or id."""
    told = "document.activeElement.id + ' ' + document.activeElement.innerText"
    for _ in range(40):
        person.page.keyboard.press("Tab")
        if wanted in person.page.evaluate(told):
            return
    raise AssertionError(f"the keyboard does not reach {wanted!r}")
