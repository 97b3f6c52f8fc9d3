"""A whole vote without a meeting, in the browsers of those who take part: a question answered by a
convener, an amendment, a recusal, ballots from phones and by keyboard alone, the result, and its
confirmation by the next meeting. The clock is put forward as a newcomer can do it, at /mailbox.
"""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.people import Somebody

Maker = Callable[..., Somebody]

NAME = "Stewardship of Open Textbooks"
QUESTION = "Who keeps the list of textbooks when a convener steps down?"
ANSWER = "The co-conveners: the list lives in a shared folder of the association."
CONDITION = "Report to the Board each June."
CONFLICT = "I convene a group that would merge with this one."
PHONES = ["director2", "director3", "director4", "director5", "director6"]


def test_a_vote_without_a_meeting(somebody: Maker) -> None:
    staff = somebody("staff@example.org").sign_in()
    meeting = put_on_the_docket(somebody, staff)
    mover = somebody("director1@example.org").sign_in()
    document = discuss(somebody, mover, meeting)

    president = somebody("president@example.org").sign_in()
    motion = call(mover, president, meeting)
    amend(somebody, mover, president, motion)
    recuse(somebody, motion, document)

    forward(staff, "Forward a week")
    vote(somebody, mover, president, motion)
    forward(staff, "Forward a week")
    group = announce(somebody, motion)
    confirm(somebody, meeting, motion, group)


def forward(who: Somebody, button: str) -> None:
    """The clock of this machine put forward."""
    who.go("/mailbox")
    who.page.get_by_role("button", name=button).click()
    expect(who.page.get_by_text("The clock is ahead.")).to_be_visible()


def put_on_the_docket(somebody: Maker, staff: Somebody) -> str:
    """The last signature, the submission, a number for the Board; returns the meeting’s path."""
    rowan = somebody("rowan@example.org", phone=True)
    rowan.go("/")
    rowan.page.get_by_role("main").get_by_role("link", name=NAME).first.click()
    petition = rowan.page.url.removeprefix(rowan.base).partition("?")[0]
    rowan.sign(petition, "Rowan Ibarra")
    convener = somebody("noor@example.org").sign_in()
    convener.go(petition)
    convener.press("Submit to the Board")
    expect(convener.page.get_by_text("with staff now")).to_be_visible()

    for undecided in ("Petra Hrdlicka", "Ambrose Tillinghast"):
        staff.go(f"/staff{petition}")
        staff.page.get_by_role("link", name=f"Decide the signature of {undecided}").last.click()
        staff.page.locator("#change").get_by_role("textbox").fill("Asked by telephone")
        staff.page.get_by_role("button", name="Accept").first.click()
        expect(staff.page.get_by_text(f"{undecided}: accepted.")).to_be_visible()
    staff.go(f"/staff{petition}")
    staff.press("Verify")
    expect(staff.page.get_by_text("The signatures are verified.")).to_be_visible()
    staff.page.get_by_label("number").fill("7.0")
    staff.press("Put it on the docket")
    expect(staff.page.get_by_text("The petition is on the docket.")).to_be_visible()
    staff.go("/board")
    staff.page.get_by_role("main").get_by_role("link", name="Board I").first.click()
    return staff.page.url.removeprefix(staff.base).partition("?")[0]


def discuss(somebody: Maker, member: Somebody, meeting: str) -> str:
    """A comment, and a question that a convener answers; returns the document's address."""
    page = member.page
    member.go(meeting)
    page.get_by_role("main").locator('a[href*="/board/documents/"]').last.click()
    document = re.sub(r"(/board/documents/[^/?#]+).*", r"\1", page.url.removeprefix(member.base))
    member.go(f"{document}/discussion")
    page.get_by_label("Your comment").first.fill("The charge is clear. I would like a report.")
    member.press("Send the comment")
    expect(page.get_by_text("I would like a report.").first).to_be_visible()
    page.get_by_text("Ask the conveners", exact=True).click()
    page.get_by_role("textbox", name="Your question").fill(QUESTION)
    member.press("Send the question")
    expect(page.get_by_text(QUESTION).first).to_be_visible()

    convener = somebody("noor@example.org", phone=True).sign_in()
    convener.letter("A question about")
    convener.follow("/questions")
    convener.page.get_by_label("Your answer").fill(ANSWER)
    convener.press("Send the answer")
    expect(convener.page.get_by_text(ANSWER).first).to_be_visible()
    # Of the Board's own words a convener sees nothing.
    assert "I would like a report." not in convener.page.content()
    convener.picture("20-question-answered")

    member.go(f"{document}/discussion")
    expect(page.get_by_text(ANSWER).first).to_be_visible()
    member.picture("20-discussion")
    return document


def call(mover: Somebody, president: Somebody, meeting: str) -> str:
    """Moved, seconded, and a vote without a meeting called; returns the motion's address."""
    mover.go(meeting)
    mover.press("Move")
    expect(mover.page.get_by_text("It needs a second.")).to_be_visible()
    motion = mover.page.url.removeprefix(mover.base).partition("?")[0]
    president.go(motion)
    president.press("Second the motion")
    president.page.get_by_role("link", name="Call a vote without a meeting").click()
    president.picture("21-call")
    president.press("Call the vote")
    expect(president.page.get_by_text("opens automatically").first).to_be_visible()
    mover.letter("Vote without a meeting")
    return motion


def amend(somebody: Maker, mover: Somebody, president: Somebody, motion: str) -> None:
    """While they discuss it, a member adds a condition, and mover and seconder accept it."""
    member = somebody("vice-president@example.org").sign_in()
    page = member.page
    member.go(motion)
    page.get_by_role("link", name="Propose an amendment").click()
    page.get_by_label("Conditions").fill(CONDITION)
    member.press("Show what it would change")
    expect(page.locator("#preview ins").first).to_contain_text("Report")
    member.picture("22-amendment")
    member.press("Move this amendment")
    amendment = page.url.removeprefix(member.base).partition("?")[0]
    second = somebody("past-president@example.org").sign_in()
    second.go(amendment)
    second.press("Second the amendment")
    for who in (mover, president):
        who.go(amendment)
        who.press("Accept without a vote")
        # Whoever goes on before the answer is there takes the request back.
        expect(who.page.get_by_text("You accepted the amendment.")).to_be_visible()
    president.go(motion)
    expect(president.page.get_by_text(CONDITION).first).to_be_visible()
    president.picture("22-amended")


def recuse(somebody: Maker, motion: str, document: str) -> None:
    """A member with a conflict of interest leaves the vote and the discussion."""
    member = somebody("director8@example.org").sign_in()
    member.go(f"{document}/discussion")
    expect(member.page.get_by_text("I would like a report.").first).to_be_visible()
    member.go(motion)
    member.page.get_by_role("link", name="Recuse myself").click()
    member.press("Recuse myself")
    # Without a reason nothing happens.
    expect(member.page.locator(".field-error")).to_be_visible()
    member.page.get_by_label("The conflict of interest").fill(CONFLICT)
    member.press("Recuse myself")
    expect(member.page.get_by_text("You recused yourself").first).to_be_visible()
    member.picture("23-recused")
    member.go(f"{document}/discussion")
    expect(member.page.get_by_role("heading", level=1)).to_contain_text("You are recused")
    assert "I would like a report." not in member.page.content()


def vote(somebody: Maker, mover: Somebody, president: Somebody, motion: str) -> None:
    """The vote opens automatically. Members vote on their phones, one by keyboard alone."""
    mover.letter("Vote open")
    for _ in range(60):
        mover.go(motion)
        if mover.page.locator("input[name=choice]").count():
            break
        mover.page.wait_for_timeout(500)
    by_keyboard(mover)
    expect(mover.page.get_by_text("Your ballot is recorded.")).to_be_visible()
    choices = ["yes", "yes", "no", "yes", "abstain"]
    for name, choice in zip(PHONES, choices, strict=True):
        phone = somebody(f"{name}@example.org", phone=True).sign_in()
        phone.go("/board/votes")
        expect(phone.page.get_by_text(NAME).first).to_be_visible()
        if name == PHONES[0]:
            phone.picture("24-my-votes")
        phone.go(motion)
        phone.page.locator(f"input[name=choice][value={choice}]").check()
        phone.page.get_by_role("button", name="Cast my ballot").click()
        expect(phone.page.get_by_text("Your ballot is recorded.")).to_be_visible()
        if name == PHONES[0]:
            phone.picture("24-voted")
    recused = somebody("director8@example.org", phone=True).sign_in()
    recused.go(motion)
    expect(recused.page.locator("input[name=choice]")).to_have_count(0)
    president.sign_in()
    president.go(motion)
    president.page.locator("input[name=choice][value=yes]").check()
    president.page.get_by_role("button", name="Cast my ballot").click()
    expect(president.page.get_by_text("Your ballot is recorded.")).to_be_visible()
    # The window is the members' own: nobody closes it early while ballots are missing.
    expect(president.page.get_by_role("button", name="Close the vote")).to_have_count(0)


def by_keyboard(who: Somebody) -> None:
    """Casts a ballot with Tab, the arrows and Enter."""
    who.page.keyboard.press("Tab")
    for _ in range(80):
        focused = who.page.evaluate("document.activeElement.name || ''")
        if focused == "choice":
            break
        who.page.keyboard.press("Tab")
    who.page.keyboard.press("Space")
    assert who.page.locator("input[name=choice]:checked").get_attribute("value") == "yes"
    for _ in range(10):
        who.page.keyboard.press("Tab")
        if who.page.evaluate("document.activeElement.type") == "submit":
            break
    who.page.keyboard.press("Enter")


def announce(somebody: Maker, motion: str) -> str:
    """The vote has closed by itself; the president announces it. Returns the group's page."""
    president = somebody("president@example.org").sign_in()
    page = president.page
    for _ in range(60):
        president.go(motion)
        if page.get_by_role("button", name="Announce the result").count():
            break
        page.wait_for_timeout(500)
    president.press("Announce the result")
    expect(page.get_by_text("The result is announced.")).to_be_visible()
    for words in ("5 yes", "members present", "votes cast", "voting seats", CONFLICT):
        expect(page.get_by_text(words).first).to_be_visible()
    president.picture("25-result")
    page.get_by_role("main").locator('a[href^="/groups/"]').first.click()
    page.wait_for_url("**/groups/**")
    group = page.url.removeprefix(president.base)
    visitor = somebody(phone=True)
    visitor.go(group)
    expect(visitor.page.get_by_text(CONDITION).first).to_be_visible()
    expect(visitor.page.get_by_text("Pending confirmation", exact=True)).to_be_visible()
    visitor.picture("26-group-unconfirmed")
    # She convenes it and has signed it, so that she has two letters.
    convener = somebody("noor@example.org")
    texts = [convener.letter("is approved", beyond=1)]
    convener.letters("is approved").last.click()
    texts.append(convener.page.get_by_role("main").inner_text())
    (own,) = [text for text in texts if "as one of its conveners" in text]
    assert CONDITION in own
    return group


def confirm(somebody: Maker, meeting: str, motion: str, group: str) -> None:
    """The result waits, with its age, until the next meeting confirms it."""
    staff = somebody("staff@example.org").sign_in()
    page = staff.page
    staff.go("/board/votes")
    expect(page.get_by_role("heading", name="Not confirmed yet")).to_be_visible()
    staff.picture("27-unconfirmed")
    staff.go(f"{motion}/put-for-confirmation")
    page.get_by_label("Meeting").select_option(index=1)
    staff.press("Put it on the consent agenda")
    staff.go(meeting)
    staff.picture("27-docket-with-confirmation")
    # To the meeting's day and a little beyond, a week at a time.
    for _ in range(10):
        staff.go(meeting)
        if "/sign-in" in staff.page.url:
            staff.sign_in().go(meeting)
        if page.get_by_role("button", name="Call the meeting to order").count():
            break
        forward(staff, "Forward a week")
    for box in page.locator("input[name^=present-]").all()[:9]:
        box.check()
    staff.press("Call the meeting to order")
    expect(page.get_by_text("9 voting members are present").first).to_be_visible()
    staff.press("Adopt the consent agenda")
    expect(page.get_by_text("adopted by general consent").first).to_be_visible()
    staff.picture("28-in-session")
    staff.go(motion)
    expect(page.get_by_text(re.compile("Confirmed")).first).to_be_visible()
    visitor = somebody(phone=True)
    visitor.go(group)
    expect(visitor.page.get_by_text("Pending confirmation")).to_have_count(0)
    expect(visitor.page.get_by_text("and confirmed").first).to_be_visible()
    staff.go("/board/votes")
    expect(page.get_by_role("heading", name="Not confirmed yet")).to_have_count(0)
