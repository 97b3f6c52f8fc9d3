"""One petition from a blank form to a chartered group, as its people do it in their browsers."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from local.demo.people import MEMBERS
from tests.e2e.people import Somebody

NAME = "Training & Equity in Library Work"
CHARGE = (
    "To talk about, look into and imagine the many ways into library work that satisfies and is "
    "fair: library degrees that more people can afford and trust, other ways to the post of "
    "librarian, and fairer pay, benefits and say between kinds of library workers."
)
BACKGROUND = (
    "We come from different classifications, stages and ways into library work. We want to collect "
    "what makes an MLIS affordable and real, such as employers who pay for it and mentor those who "
    "study.\n\nLater we want to look at other professions that have a second way to a credential."
)
QUESTIONS = (
    "Which skills do employers ask for, and which do library users miss?",
    "What does it mean to be a librarian, and what has the degree to do with it?",
)

Maker = Callable[..., Somebody]


def test_a_petition_becomes_a_group(somebody: Maker, downloads: Path) -> None:
    convener = somebody("rowan@example.org").sign_in()
    petition = draft(convener)
    publish(convener, petition)
    accept(somebody, petition)
    collect(somebody, convener, petition)
    convener.go(petition)
    convener.press("Submit to the Board")
    expect(convener.page.get_by_text("with staff now")).to_be_visible()
    convener.letter("Received: ")

    staff = somebody("staff@example.org").sign_in()
    number = review(staff)
    meeting = staff.page.url.removeprefix(staff.base)
    packet(staff, meeting, number, downloads)
    group = vote(somebody, staff, meeting)

    visitor = somebody(phone=True)
    visitor.go(group)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(NAME)
    expect(visitor.page.get_by_text(CHARGE).first).to_be_visible()
    for step in (
        "Drafting began",
        "Opened for signatures",
        "Threshold reached",
        "Submitted to staff",
        "Signatures verified",
        "Put on the Board’s docket",
        "The motion carried",
        "Approved by the Board",
        "The group was chartered",
    ):
        expect(visitor.page.get_by_text(step, exact=True)).to_be_visible()
    expect(visitor.page.get_by_text("Rowan Ibarra").first).to_be_visible()
    assert "@example.org" not in visitor.page.content()
    visitor.picture("12-group")
    convener.letter("is approved")


def draft(convener: Somebody) -> str:
    """Writes the draft: it saves itself, and names what is missing or wrong."""
    page = convener.page
    convener.go("/petitions/new")
    convener.picture("01-new")
    convener.press("Start the draft")
    petition = page.url.removeprefix(convener.base).removesuffix("/edit")

    # Asking to open an empty petition opens nothing and names every gap.
    convener.press("Save and check")
    expect(page.get_by_text("Write the charge")).to_be_visible()
    expect(page.get_by_role("button", name="Open for signatures")).to_have_count(0)
    convener.go(f"{petition}/edit")

    page.get_by_label("Name of the group").fill(NAME)
    page.get_by_label("Charge").fill(CHARGE)
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved", timeout=15_000)
    page.get_by_label("Background").fill(BACKGROUND)
    page.locator("[name=questions-0-value]").fill(QUESTIONS[0])
    page.get_by_role("button", name="Add another").first.click()
    page.locator("[data-repeat=questions] input").last.fill(QUESTIONS[1])
    page.get_by_label("Strategic goal area").select_option("New Roles and Changing Landscapes")
    page.locator("[name=conveners-0-name]").fill("Zoë Lindqvist")
    page.locator("[name=conveners-0-email]").fill("not an address")
    convener.press("Save draft")
    # The wrong address is named beside its field, and everything typed is still there.
    expect(page.get_by_text("Enter an email address like name@example.org.").first).to_be_visible()
    expect(page.get_by_label("Background")).to_have_value(BACKGROUND)
    expect(page.locator("[name=conveners-0-email]")).to_have_value("not an address")
    convener.picture("02-draft-with-error")
    page.locator("[name=conveners-0-email]").fill("zoe@example.org")
    convener.press("Save draft")
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    expect(page.locator("[name=questions-1-value]")).to_have_value(QUESTIONS[1])
    convener.press("Save and check")
    expect(page.get_by_text("As the Board will see it")).to_be_visible()
    convener.picture("03-check")
    return petition


def publish(convener: Somebody, petition: str) -> None:
    """Opens the petition; before that, nobody else sees it."""
    convener.press("Open for signatures")
    expect(convener.page.get_by_text("The petition is open for signatures.")).to_be_visible()
    assert convener.page.url.removeprefix(convener.base).startswith(petition)


def accept(somebody: Maker, petition: str) -> None:
    """Who was named as co-convener is asked, and named to others once she agrees."""
    visitor = somebody()
    visitor.go(petition)
    expect(visitor.page.get_by_text("Zoë Lindqvist")).to_have_count(0)
    zoe = somebody("zoe@example.org").sign_in()
    zoe.letter("You are invited to convene")
    zoe.follow("/invitation")
    zoe.picture("03-invitation")
    zoe.press("Accept")
    expect(zoe.page.get_by_text("You are a convener of this petition now.")).to_be_visible()
    visitor.go(petition)
    expect(visitor.page.get_by_text("Zoë Lindqvist").first).to_be_visible()


def collect(somebody: Maker, convener: Somebody, petition: str) -> None:
    """Twenty-five members sign; below that the petition cannot be submitted."""
    phone = somebody(phone=True)
    # Bad input is named, kept, and adds nothing.
    phone.go(f"{petition}/sign")
    phone.page.get_by_label("Email address").fill("nobody")
    phone.press("Sign")
    expect(phone.page.get_by_text("Enter your name.").first).to_be_visible()
    expect(phone.page.get_by_label("Email address")).to_have_value("nobody")
    phone.picture("04-sign-with-errors")
    first, *others = MEMBERS[:24]
    name, local, institution = first
    phone.email = f"{local}@example.org"
    phone.sign(petition, name, institution)
    phone.picture("05-signed")
    # The same link once more changes nothing.
    phone.letter("Please confirm")
    phone.follow("/signatures/confirm/")
    expect(phone.page.get_by_role("heading", level=1)).to_contain_text("counts")
    phone.go(petition)
    expect(phone.page.get_by_text("1 of 25").first).to_be_visible()
    phone.sign_all(petition, others)
    convener.go(petition)
    expect(convener.page.get_by_text("24 of 25").first).to_be_visible()
    expect(convener.page.get_by_role("button", name="Submit to the Board")).to_have_count(0)
    # Somebody whose address the roster does not know waits for staff.
    phone.email = "elsewhere@example.org"
    phone.sign(petition, "Leilani Kahale", "Pacific Rim College")
    expect(phone.page.get_by_text("Staff will look for you")).to_be_visible()
    staff = somebody("staff2@example.org").sign_in()
    staff.go(f"/staff{petition}")
    staff.picture("06-doubtful")
    staff.page.get_by_role("link", name="Decide the signature of Leilani Kahale").last.click()
    reason = staff.page.locator("#change").get_by_role("textbox")
    reason.fill("Found under her new address by member number")
    staff.page.get_by_role("button", name="Accept").first.click()
    expect(staff.page.get_by_text("Leilani Kahale: accepted.")).to_be_visible()
    # Whichever came first: the thanks, or what staff decided before they went out.
    phone.letter("is (confirmed|verified)", to="elsewhere@example.org")
    convener.letter("has enough signatures")
    convener.go(petition)
    expect(convener.page.get_by_text("25 of 25").first).to_be_visible()
    convener.picture("07-threshold")


def review(staff: Somebody) -> str:
    """Staff find the petition in their queue, verify it, and schedule it under a number."""
    page = staff.page
    staff.go("/staff")
    expect(page.get_by_text(NAME).first).to_be_visible()
    staff.picture("08-staff-queue")
    page.get_by_role("main").get_by_role("link", name=NAME).first.click()
    staff.press("Verify")
    expect(page.get_by_text("The signatures are verified.")).to_be_visible()
    # A number that the docket has used is refused, and nothing is scheduled.
    page.get_by_label("number").fill("2.0")
    staff.press("Put it on the docket")
    expect(page.get_by_text("was used already").first).to_be_visible()
    page.get_by_label("number").fill("5.0")
    staff.press("Put it on the docket")
    expect(page.get_by_text("The petition is on the docket.")).to_be_visible()
    staff.picture("09-scheduled")
    staff.go("/board")
    page.get_by_role("main").get_by_role("link", name="Board I").first.click()
    return "5.0"


def packet(staff: Somebody, meeting: str, number: str, downloads: Path) -> None:
    """The packet is made by the worker while the page shows it, and says what it should."""
    page = staff.page
    staff.press("Publish the packet")
    link = page.get_by_role("main").locator('a[href^="/packets/"]').first
    expect(link).to_be_visible(timeout=60_000)
    staff.picture("10-meeting")
    answer = staff.context.request.get(staff.base + str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    file = downloads / "packet.pdf"
    file.write_bytes(answer.body())
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    flat = " ".join(text.split())
    for words in (
        "Board I",
        NAME,
        f"Doc {number}",
        "Zoë Lindqvist",
        "Leilani Kahale",
        QUESTIONS[0],
    ):
        assert words in flat, words
    assert "That the ACRL Board of Directors establish" in flat
    assert "@example.org" not in flat
    # Nobody without a seat or a staff role gets it, nor an old link for long.
    stranger = staff.context.browser
    assert stranger is not None
    with_nobody = stranger.new_context()
    refused = with_nobody.request.get(staff.base + str(link.get_attribute("href")))
    assert "application/pdf" not in refused.headers["content-type"]
    with_nobody.close()


def vote(somebody: Maker, staff: Somebody, meeting: str) -> str:
    """Moved, seconded, voted on, carried; returns the new group's page."""
    mover = somebody("director1@example.org").sign_in()
    mover.go(meeting)
    mover.picture("10-meeting-to-move")
    mover.press("Move")
    expect(mover.page.get_by_text("It needs a second.")).to_be_visible()
    motion = mover.page.url.removeprefix(mover.base).partition("?")[0]
    # One's own motion cannot be seconded.
    expect(mover.page.get_by_role("button", name="Second")).to_have_count(0)
    president = somebody("president@example.org").sign_in()
    president.go(motion)
    president.press("Second")
    president.press("Open the vote")
    expect(president.page.get_by_text("The vote is open.")).to_be_visible()

    choices = ["yes", "yes", "yes", "no", "abstain", "yes", "yes"]
    voters = ["director2", "director3", "director4", "director5", "director6", "director7"]
    ballots = [mover, *(somebody(f"{name}@example.org", phone=True).sign_in() for name in voters)]
    for voter, choice in zip(ballots, choices, strict=True):
        voter.go(motion)
        voter.page.locator(f"input[name=choice][value={choice}]").check()
        voter.page.locator("form[action$='/vote'] button").click()
        expect(voter.page.get_by_text("Your ballot is recorded.")).to_be_visible()
    # Nobody sees how others vote before the result is announced.
    ballots[1].go(motion)
    ballots[1].picture("11-voting")
    expect(ballots[1].page.get_by_text("5 yes")).to_have_count(0)
    # Without a vote, the executive director reads along.
    executive = somebody("executive@example.org").sign_in()
    executive.go(motion)
    expect(executive.page.locator("input[name=choice]")).to_have_count(0)

    president.go(motion)
    president.press("Close the vote")
    president.press("Announce")
    expect(president.page.get_by_text("The result is announced.")).to_be_visible()
    expect(president.page.get_by_text("Carried").first).to_be_visible()
    president.picture("11-announced")
    president.page.get_by_role("main").locator('a[href^="/groups/"]').first.click()
    president.page.wait_for_url("**/groups/**")
    return president.page.url.removeprefix(president.base)
