"""Signatures that are not as simple: paused, blocked, doubtful, corrected, taken in bulk."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.people import Somebody

Maker = Callable[..., Somebody]
DEMO = "Stewardship of Open Textbooks"


def demo_petition(person: Somebody) -> str:
    """The address of the demo's open petition."""
    person.go("/")
    person.page.get_by_role("link", name=DEMO).click()
    return person.page.url.removeprefix(person.base)


def test_staff_settle_what_the_roster_does_not(somebody: Maker) -> None:
    staff = somebody("staff@example.org").sign_in()
    page = staff.page
    petition = demo_petition(staff)
    staff.go("/staff/signatures")
    expect(page.get_by_role("heading", name="Petra Hrdlicka")).to_be_visible(timeout=45_000)
    staff.picture("30-doubtful")
    # She is on the roster under another address, and staff link the two.
    petra = page.locator("[data-item]").filter(has_text="Petra Hrdlicka")
    petra.get_by_role("radio").first.check()
    petra.get_by_label("Reason or question").fill("She wrote from her office address.")
    petra.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Petra Hrdlicka: accepted").first).to_be_visible()
    # The next one gets a question.
    ambrose = page.locator("[data-item]").filter(has_text="Ambrose Tillinghast")
    ambrose.get_by_label("Reason or question").fill("Which member number do you have?")
    ambrose.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Ambrose Tillinghast: asked by email").first).to_be_visible()

    signatory = somebody("ambrose@example.org", phone=True)
    signatory.letter("A question about your signature")
    signatory.follow("/signatures/")
    expect(signatory.page.get_by_text("Which member number do you have?")).to_be_visible()
    signatory.picture("31-asked")
    signatory.page.get_by_label("Your answer").fill("I have none: I am not a member.")
    signatory.press("Save")
    expect(signatory.page.get_by_text("Your details are saved.")).to_be_visible()
    staff.go("/staff/signatures")
    expect(page.get_by_text("I have none: I am not a member.")).to_be_visible()
    ambrose.get_by_label("Reason or question").fill("Not a member, as he says himself.")
    ambrose.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("No signature is waiting for you.")).to_be_visible()
    staff.picture("32-settled")
    signatory.letter("was rejected")

    staff.go(f"/staff{petition}")
    staff.picture("33-staff-petition")
    staff.go(f"/staff{petition}/traffic")
    staff.picture("34-traffic")
    staff.go(f"/staff{petition}/roster")
    staff.picture("35-print-roster")
    visitor = somebody()
    visitor.go(petition)
    expect(visitor.page.get_by_text("25 of 25 verified signatures")).to_be_visible()


def test_a_blocked_domain_is_held_and_a_pause_stops_everybody(somebody: Maker) -> None:
    staff = somebody("staff@example.org").sign_in()
    page = staff.page
    petition = demo_petition(staff)
    staff.go("/staff/blocks")
    page.get_by_label("A mail domain").check()
    page.get_by_label("Address, domain or network").fill("example.net")
    page.get_by_label("Reason").fill("Somebody signs with invented addresses there.")
    page.get_by_label("Block", exact=True).check()
    staff.press("Save")
    expect(page.get_by_text("example.net").first).to_be_visible()
    staff.picture("36-blocks")

    held = somebody("somebody@example.net", phone=True)
    held.go(f"{petition}/sign")
    held.page.get_by_label("Your name").fill("Somebody Else")
    held.page.get_by_label("Email address").fill("somebody@example.net")
    held.page.get_by_label("Institution", exact=True).fill("Nowhere College")
    held.page.wait_for_timeout(2200)
    held.press("Sign")
    # The page is what everybody sees.
    expect(held.page.get_by_role("heading", level=1)).to_contain_text("check your email")
    staff.go("/staff/signatures")
    one = page.locator("[data-item]").filter(has_text="Somebody Else")
    expect(one).to_contain_text("no email has gone out")
    one.get_by_label("Reason").fill("Telephoned: it is she.")
    one.get_by_role("button", name="Let through").click()
    held.letter("Please confirm")
    held.follow("/signatures/confirm/")
    link = held.page.url

    staff.go(f"/staff{petition}")
    page.get_by_text("Pause signing").first.click()
    page.get_by_label("Reason for the pause").fill("Many strange signatures are being looked at.")
    staff.press("Pause signing")
    expect(page.get_by_text("Signing is paused").first).to_be_visible()
    held.press("Yes, count my signature")
    expect(held.page.get_by_text("Staff have paused signing").first).to_be_visible()
    held.picture("37-paused")
    staff.go(f"/staff{petition}")
    staff.press("Resume signing")
    held.page.goto(link)
    held.press("Yes, count my signature")
    expect(held.page.get_by_role("heading", level=1)).to_contain_text("your signature is confirmed")
    held.page.get_by_text("Edit your details").click()
    held.page.get_by_label("Your name").fill("Somebody Ellery")
    held.press("Save")
    expect(held.page.get_by_text("Somebody Ellery").first).to_be_visible()


def test_conveners_see_how_it_goes(somebody: Maker) -> None:
    convener = somebody("noor@example.org").sign_in()
    petition = demo_petition(convener)
    convener.go(f"{petition}/progress")
    convener.picture("38-progress")
    convener.go("/account/data")
    convener.picture("39-my-data")
    convener.go("/privacy")
    convener.picture("40-privacy")
