"""A renewal in the browsers of those who take part: from the reminder in a convener's mailbox to a
changed charge that the Board approves, and the page of the group under its new charge.
"""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.people import Somebody

Maker = Callable[..., Somebody]

NAME = "Accessible Reading Rooms"
GROUP = "/groups/accessible-reading-rooms"
OLD = "To discuss how reading rooms are made usable for everybody."
NEW = "To discuss and share how reading rooms and their catalogues are made usable for everybody."
REPORT = "We met eight times in three years; some forty people came at least once."
VOTERS = ["director2", "director3", "director4", "director5", "director6", "director7"]


def test_a_charge_is_renewed_with_a_change(somebody: Maker) -> None:
    convener = somebody("jose@example.org", phone=True)
    text = convener.letter(f"What should happen to “{NAME}”")
    assert "its documents are due by" in text or "The charge of the" in text
    answer(convener)

    staff = somebody("staff@example.org").sign_in()
    meeting = put_on_the_docket(staff)
    vote(somebody, meeting)
    see_the_new_charge(somebody, convener)


def answer(convener: Somebody) -> None:
    """The convener follows the letter on a phone, keeps a beginning, and sends the answer."""
    page = convener.page
    convener.sign_in()
    convener.letter(f"What should happen to “{NAME}”")
    convener.follow("/renewal")
    expect(page.get_by_role("heading", level=1)).to_have_text("Renewal")
    convener.picture("30-renewal-open")
    page.get_by_label("It continues with a new name or charge").check()
    page.get_by_label("What did the group do since its last charge?").fill(REPORT)
    convener.press("Save for later")
    expect(page.get_by_text("Your answer is saved, but not sent yet.")).to_be_visible()

    # Nothing of it is lost when something is still wrong.
    convener.press("Send the answer")
    expect(page.get_by_text("Change the name or the charge").first).to_be_visible()
    expect(page.get_by_label("What did the group do since its last charge?")).to_have_value(REPORT)
    page.get_by_label("Charge", exact=True).fill(NEW)
    convener.press("Save for later")
    expect(page.locator("ins").first).to_contain_text("and share")
    convener.picture("31-renewal-with-change")
    convener.press("Send the answer")
    expect(page.get_by_text("Your answer is with staff.")).to_be_visible()
    convener.letter("Your answer for")


def put_on_the_docket(staff: Somebody) -> str:
    """Staff follow their own letter, and put the answer on the docket of the next meeting."""
    page = staff.page
    text = staff.letter("Renewal of “Accessible")
    assert "it continues with a new name or charge" in text
    assert NEW in text
    staff.follow("/renewal")
    expect(page.locator("ins").first).to_contain_text("and share")
    staff.picture("32-renewal-with-staff")
    staff.press("Put it on the docket")
    expect(page.get_by_text("It is on the docket, and the conveners are told.")).to_be_visible()
    staff.go("/board")
    page.get_by_role("main").get_by_role("link", name="Board I").first.click()
    page.wait_for_url("**/board/meetings/**")
    return page.url.removeprefix(staff.base).partition("?")[0]


def vote(somebody: Maker, meeting: str) -> None:
    """The Board reads the action form, moves, seconds, votes and carries."""
    mover = somebody("director1@example.org").sign_in()
    page = mover.page
    mover.go(meeting)
    page.get_by_role("main").get_by_role("link", name="Read the document").first.click()
    expect(page.get_by_text(f"Charge asked for: {NEW}")).to_be_visible()
    expect(page.get_by_text(REPORT).first).to_be_visible()
    mover.picture("33-action-form")
    mover.go(meeting)
    mover.press("Move")
    expect(page.get_by_text("It needs a second.")).to_be_visible()
    motion = page.url.removeprefix(mover.base).partition("?")[0]
    president = somebody("president@example.org").sign_in()
    president.go(motion)
    expect(president.page.get_by_text(f"with the charge: “{NEW}”").first).to_be_visible()
    president.press("Second the motion")
    president.press("Open the vote")
    expect(president.page.get_by_text("The vote is open.")).to_be_visible()
    for name in VOTERS:
        voter = somebody(f"{name}@example.org", phone=True).sign_in()
        ballot(voter, motion)
    ballot(mover, motion)
    president.go(motion)
    president.press("Close the vote")
    president.press("Announce the result")
    expect(president.page.get_by_text("The group has this charge.").first).to_be_visible()
    president.picture("34-renewal-carried")


def ballot(voter: Somebody, motion: str) -> None:
    voter.go(motion)
    voter.page.locator("input[name=choice][value=yes]").check()
    voter.page.locator("form[action$='/vote'] button").click()
    expect(voter.page.get_by_text("Your ballot is recorded.")).to_be_visible()


def see_the_new_charge(somebody: Maker, convener: Somebody) -> None:
    """The convener's letter, the group's page for everybody, and what changed in its charge."""
    text = convener.letter(f"“{NAME}” has a new charge")
    assert NEW in text
    convener.follow(GROUP)
    visitor = somebody(phone=True)
    page = visitor.page
    visitor.go(GROUP)
    expect(page.get_by_text(NEW).first).to_be_visible()
    expect(page.get_by_text("Renewed with a changed charge")).to_be_visible()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    visitor.picture("35-group-renewed")
    page.get_by_role("link", name="How the charge changed").click()
    expect(page.locator("ins").first).to_contain_text("and share")
    expect(page.get_by_text(OLD).first).to_be_visible()
    visitor.picture("36-charges")
