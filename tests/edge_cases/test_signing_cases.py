"""The numbered cases of signing that any petition system must pass, as a user meets them."""

import csv
import html
import io
import re
import unicodedata
from collections import Counter
from typing import Any

import pytest

from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.signing.signature import Signature, State
from chalicelib.services import sweep
from chalicelib.services.outbox import letters
from chalicelib.services.packets.content import packet_content
from chalicelib.services.signing.signing import confirm_by_link
from local.demo.people import address
from tests.services.aws import WRITES, Crash, at_once, crash_before, watching
from tests.services.world import FAR, SIGNERS, TEXT, World
from tests.web.browser import Answer, Browser, Site

NAMES = sorted(who for _, who, _ in SIGNERS)


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


@pytest.fixture
def collecting(site: Site) -> Site:
    """A petition that takes signatures, with no letters on the count."""
    site.world.at("collecting").forget_letters()
    return site


def fill_in(site: Site, email: str, name: str = "Zoë Lindqvist", **more: str) -> Answer:
    """Somebody opens the form in a browser of their own, takes their time, and signs."""
    browser = site.visitor()
    browser.get(f"/petitions/{site.world.petition_id}/sign")
    site.world.clock.forward(minutes=1)
    answers = {"name": name, "email": email, "institution": "Northgate", **more}
    return browser.press("Sign", answers)


def sign(site: Site, email: str, name: str = "Zoë Lindqvist", **more: str) -> Answer:
    """The same, and the letters that follow are sent."""
    answer = fill_in(site, email, name, **more)
    site.world.deliver_all()
    return answer


def confirm(site: Site, who: str) -> Browser:
    """The person opens the letter's link and presses the button; their browser after it."""
    browser = site.visitor()
    browser.get(f"/signatures/confirm/{site.world.token(who)}")
    browser.press("Yes, count my signature")
    site.world.deliver_all()
    return browser


def kept(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """The whole table, without the counts of how often something was tried."""
    return {key: item for key, item in world.dump().items() if not key[0].startswith("LIMIT#")}


def signatures(world: World) -> list[Signature]:
    return list(world.services.store.petitions.signatures(world.petition_id))


def without_tokens(body: str) -> str:
    """A page without what differs from one browser to the next."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", body)


def set_aside(site: Site, who: str) -> Browser:
    """Staff set a signature aside on their page of the petition."""
    signature = site.world.signature(who)
    assert signature
    staff = site.member("staff")
    staff.get(f"/staff/petitions/{site.world.petition_id}?change={signature.key}")
    staff.press("Reject", {"reason": "Not a member."}, at=signature.key)
    return staff


def test_case_01_a_link_opened_again_or_fetched_ahead_changes_nothing(collecting: Site) -> None:
    world = collecting.world
    sign(collecting, address("zoe"))
    link = f"/signatures/confirm/{world.token('zoe')}"
    before = world.dump()
    scanner = collecting.visitor()
    for method in ("GET", "GET", "HEAD"):
        scanner.ask(method, link)
    assert world.dump() == before
    assert world.counts == (0, 0)

    browser = collecting.visitor()
    form = browser.get(link)
    browser.press("Yes, count my signature")
    world.deliver_all()
    thanks = without_tokens(browser.at.body)
    after = world.dump()
    assert world.counts == (0, 1)
    # By the link in the letter, by the back button, in another browser.
    browser.get(link)
    assert without_tokens(browser.at.body) == thanks
    browser.at = form
    browser.press("Yes, count my signature")
    assert without_tokens(browser.at.body) == thanks
    assert without_tokens(collecting.visitor().get(link).body) == thanks
    assert world.deliver_all() == 0
    assert world.dump() == after
    assert world.counts == (0, 1)
    assert world.told() == [("signature-confirm", "zoe"), ("signature-thanks", "zoe")]


def test_case_02_two_confirms_at_the_same_instant_count_once(collecting: Site) -> None:
    world = collecting.world
    sign(collecting, address("zoe"))
    token = world.token("zoe")
    # Both have read the signature as unconfirmed before either of them writes.
    results = at_once(*[lambda: confirm_by_link(world.services, VISITOR, token)] * 2)
    assert [signed.signature.state for signed in results] == [State.VERIFIED] * 2
    world.deliver_all()
    assert world.counts == (0, 1)
    assert world.told("signature-thanks") == [("signature-thanks", "zoe")]
    page = collecting.visitor().get(f"/petitions/{world.petition_id}").text
    assert "1 of 25 verified signatures" in page


def test_case_03_signing_again_is_told_to_the_owner_by_letter_alone(collecting: Site) -> None:
    world = collecting.world
    sign(collecting, address("zoe"))
    confirm(collecting, "zoe")
    stored, counts = signatures(world), world.counts
    world.forget_letters()
    again = sign(collecting, address("zoe"), "Somebody Else")
    stranger = fill_in(collecting, address("jose"))
    assert (again.status, again.path) == (stranger.status, stranger.path)
    assert without_tokens(again.body) == without_tokens(stranger.body)
    assert world.told() == [("signature-already", "zoe")]
    world.deliver_all()
    assert world.counts == counts == (0, 1)
    (kept,) = [one for one in signatures(world) if one.key == stored[0].key]
    assert (kept.name, kept.state, kept.confirmed_at) == (
        "Zoë Lindqvist",
        State.VERIFIED,
        stored[0].confirmed_at,
    )
    # Not even the one who is told learns it on the page of the petition.
    assert "Somebody Else" not in collecting.visitor().get(f"/petitions/{world.petition_id}").text


def test_case_04_the_first_confirmation_is_sent_again_five_times_in_all(collecting: Site) -> None:
    world = collecting.world
    spellings = [
        "a.b@gmail.com",
        "a.b@gmail.com",
        "ab+petitions@googlemail.com",
        "A.B@Gmail.com",
        "ab@gmail.com",
        "a.b@gmail.com",
        "a.b+again@gmail.com",
    ]
    pages = {without_tokens(sign(collecting, email).body) for email in spellings}
    assert len(pages) == 1
    assert len(signatures(world)) == 1
    sent = world.letters("signature-confirm")
    assert len(sent) == len(world.letters()) == 5
    # One link, the first one, and to each address as it was typed.
    assert len({letter.token for letter in sent}) == 1
    assert [letter.to for letter in sent] == spellings[:5]
    browser = collecting.visitor()
    browser.get(f"/signatures/confirm/{sent[0].token}")
    browser.press("Yes, count my signature")
    assert sum(world.counts) == 1


@pytest.mark.parametrize("spelling", ["ab@gmail.com", "AB@googlemail.com", "ab+x@gmail.com"])
def test_case_07_spellings_of_one_mailbox_are_one_person(collecting: Site, spelling: str) -> None:
    world = collecting.world
    sign(collecting, "a.b@gmail.com")
    confirm(collecting, "a.b@gmail.com")
    assert sum(world.counts) == 1
    world.forget_letters()
    sign(collecting, spelling)
    assert len(signatures(world)) == 1
    assert sum(world.counts) == 1
    # What is known goes to the address that signed, and no link to confirm goes anywhere.
    assert [(one.kind, one.to) for one in world.letters()] == [
        ("signature-already", "a.b@gmail.com")
    ]


@pytest.mark.parametrize("typed", ["a.b@gmail.com", "AB@googlemail.com", "ab+x@gmail.com"])
def test_case_07_letters_go_to_the_address_as_typed(collecting: Site, typed: str) -> None:
    sign(collecting, typed)
    confirm(collecting, typed)
    assert {letter.to for letter in collecting.world.letters()} == {typed}
    assert len(collecting.world.letters()) == 2


def test_case_08_a_day_after_closing_a_pending_signature_still_counts(collecting: Site) -> None:
    world = collecting.world
    for who in ("zoe", "jose"):
        sign(collecting, address(who))
    closes = world.petition.closes_at
    assert closes
    early = collecting.visitor()
    form = early.get(f"/petitions/{world.petition_id}/sign")

    world.clock.now = closes
    world.clock.forward(seconds=1)
    sweep.sweep(world.services)
    before = kept(world)
    late = collecting.visitor().get(f"/petitions/{world.petition_id}/sign")
    assert late.page.forms == []
    assert "Signing closed on" in late.text
    # A form that was opened in time is too late as well, and keeps what was typed.
    early.at = form
    answers = {"name": "Siân Prydderch", "email": address("sian"), "institution": "Harlech"}
    early.press("Sign", answers)
    assert early.at.status == 409
    assert "Nothing was added." in early.at.text
    assert "Siân Prydderch" in early.at.body
    assert kept(world) == before

    world.clock.now = closes
    world.clock.forward(hours=23, minutes=59)
    assert confirm(collecting, "zoe").at.status == 200
    assert world.counts == (0, 1)

    world.clock.now = closes
    world.clock.forward(hours=24, seconds=1)
    before = kept(world)
    browser = collecting.visitor()
    link = f"/signatures/confirm/{world.token('jose')}"
    page = browser.get(link)
    assert "Signing closed on" in page.text
    assert all(form.action != link for form in page.page.forms)
    browser.post(link, {"csrf_token": browser.csrf()})
    assert browser.at.status == 409
    assert "Signing closed on" in browser.at.text
    assert kept(world) == before
    assert world.counts == (0, 1)


def test_case_11_a_signature_taken_back_at_the_threshold_closes_submission(site: Site) -> None:
    world = site.world.at("confirmed")
    page = f"/petitions/{world.petition_id}"
    convener = site.member("rowan")
    assert world.counts == (0, 25)
    shown = convener.get(page)
    assert "Submit" in [button[:6] for form in shown.page.forms for button, *_ in form.buttons]

    signatory = site.visitor()
    signatory.get(f"/signatures/{world.token('zoe')}")
    signatory.press("Withdraw my signature")
    assert world.counts == (0, 24)
    # The button of a page that was opened before does nothing either.
    convener.at = shown
    convener.press("Submit")
    assert convener.at.status == 409
    assert "1 more" in convener.at.text
    assert world.petition.state == "collecting"
    buttons = [button for form in convener.get(page).page.forms for button, *_ in form.buttons]
    assert not [button for button in buttons if button.startswith("Submit")]


def test_case_11_a_signature_set_aside_at_the_threshold_closes_submission(site: Site) -> None:
    world = site.world.at("confirmed")
    set_aside(site, "zoe")
    assert world.counts == (0, 24)
    convener = site.member("rowan", f"/petitions/{world.petition_id}")
    buttons = [button for form in convener.at.page.forms for button, *_ in form.buttons]
    assert not [button for button in buttons if button.startswith("Submit")]
    path = f"/petitions/{world.petition_id}/submit"
    assert convener.post(path, {"csrf_token": convener.csrf()}).status == 409
    assert world.petition.state == "collecting"


def test_case_11_once_submitted_a_change_is_shown_beside_what_was_submitted(site: Site) -> None:
    world = site.world.at("submitted")
    told = "Submitted with 25 verified signatures; 24 count now"
    path = f"/staff/petitions/{world.petition_id}"
    staff = site.member("staff")
    for page in (path, f"{path}/roster"):
        assert "Submitted with 25 verified" not in staff.get(page).text
    # A signatory takes nothing back any more.
    signatory = site.visitor()
    own = f"/signatures/{world.token('zoe')}"
    signatory.get(own)
    assert signatory.post(f"{own}/withdraw", {"csrf_token": signatory.csrf()}).status == 409
    assert world.counts == (0, 25)
    # Staff may set one aside: then both numbers stand beside each other.
    set_aside(site, "zoe")
    assert (world.petition.submitted_with, world.petition.verified) == (25, 24)
    for page in (path, f"{path}/roster"):
        assert told in staff.get(page).text
    # What comes back from the conveners is submitted anew, with its own number.
    world.send_back()
    assert world.petition.submitted_with == 0


def test_case_12_letters_to_all_asked_for_twice_or_cut_short_reach_each_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "FAN_OUT_PAGE", 4)
    world = site.world.at("confirmed")
    world.deliver_all()
    world.forget_letters()
    staff = site.member("staff", f"/staff/petitions/{world.petition_id}")
    form = staff.at
    answers = {"code": "duplicate", "explanation": "There is such a group."}
    for _ in range(2):
        staff.at = form
        staff.press("Reject the petition", answers)
    assert staff.at.status == 409
    waiting = world.services.store.outbox.waiting(world.clock() + FAR)
    (job,) = [key for key in waiting if key[2] == "FANOUT"]
    with crash_before(9):
        letters.deliver(world.services, *job[1:])
    world.deliver_all()
    assert 0 < len(world.letters("signatory-petition-rejected", "signatory-petition-ended")) < 25
    world.clock.forward(seconds=letters.LEASE_SECONDS + 1)
    letters.deliver(world.services, *job[1:])
    letters.deliver(world.services, *job[1:])
    world.deliver_all()
    ended = Counter(one.to for one in world.letters() if one.kind.startswith("signatory-"))
    assert ended == Counter(address(who) for who in NAMES)
    conveners = Counter(one.to for one in world.letters("petition-rejected"))
    assert conveners == Counter([address("rowan"), address("noor")])


def test_case_13_a_crash_after_the_last_signature_is_mended_by_the_sweep_once(site: Site) -> None:
    world = site.world.at("collecting")
    world.sign_and_confirm(*NAMES[:24])
    world.forget_letters()
    sign(site, address(NAMES[24]))
    store = world.services.store.petitions
    dying = False

    def dies(name: str, _params: object) -> None:
        nonlocal dying
        # The process ends with the first write after the count has reached the threshold.
        if name in WRITES and not dying and store.verified(world.petition_id) == 25:
            dying = True
            raise Crash

    browser = site.visitor()
    browser.get(f"/signatures/confirm/{world.token(NAMES[24])}")
    with watching(dies), pytest.raises(Crash):
        browser.press("Yes, count my signature")
    assert world.counts == (0, 25)
    assert world.petition.threshold_at is None
    for _ in range(3):
        world.clock.forward(minutes=5)
        sweep.sweep(world.services)
        world.deliver_all()
    assert world.petition.threshold_at is not None
    assert world.commands("petition", world.petition_id).count("reach-threshold") == 1
    assert world.told("threshold-reached") == [
        ("threshold-reached", "noor"),
        ("threshold-reached", "rowan"),
    ]
    assert world.told("signature-thanks") == [("signature-thanks", NAMES[24])]


def returned(site: Site, **changes: str) -> None:
    """Staff return the petition; a convener rewrites it and opens it again, by the pages."""
    world = site.world.at("submitted")
    world.send_back()
    world.forget_letters()
    convener = site.member("rowan", f"/petitions/{world.petition_id}/edit")
    convener.press("Save and check", changes)
    convener.press("Open for signatures")
    assert world.petition.state == "collecting", convener.at.text
    world.deliver_all()


def test_case_14_a_changed_text_counts_nobody_until_they_confirm_it(site: Site) -> None:
    returned(site, charge="To share what it takes to write open textbooks together.")
    world = site.world
    assert world.counts == (0, 0)
    page = f"/petitions/{world.petition_id}"
    assert "0 of 25 verified signatures" in site.visitor().get(page).text
    assert world.told("ask-again") == [("ask-again", who) for who in NAMES]
    browser = confirm(site, "zoe")
    assert "write open textbooks together" in site.visitor().get(page).text
    assert world.counts == (0, 1)
    zoe = world.signature("zoe")
    assert zoe
    assert (zoe.text_digest, zoe.edition) == (world.petition.text_digest, 2)
    # Her link once more counts her once.
    browser.get(f"/signatures/confirm/{world.token('zoe')}")
    assert world.counts == (0, 1)


def test_case_14_where_only_a_co_convener_changes_signatures_stand(site: Site) -> None:
    row = {"name": "Hana Wakatsuki", "email": address("hana"), "institution": "Pinecrest"}
    returned(site, **{f"conveners-0-{field}": value for field, value in row.items()})
    world = site.world
    assert [c.email for c in world.petition.conveners] == [address("rowan"), address("hana")]
    assert world.counts == (0, 25)
    assert world.petition.edition == 1
    assert world.told("ask-again") == []
    assert TEXT["charge"] in site.visitor().get(f"/petitions/{world.petition_id}").text


WRITTEN = [
    "Zoe\u0308 Lindqvist",
    "A\u030angstro\u0308m \u212bsa",
    "Nguye\u0302\u0303n Thi\u0323 Ho\u0302\u0300ng",
    "x\u0302y\u0323\u0307 Wi\u0301th Ma\u0301rks",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "\u05e9\u05c1\u05b8\u05e8\u05b8\u05d4 \u05db\u05b9\u05bc\u05d4\u05b5\u05df",
    "محمد عبد الرحمن",
    "علی\u200cرضا",
    "नमिता शर्मा",
    "ক্\u200dষমা",
    "தமிழ்ச்செல்வி",
    "สมชาย ใจดี",
    "Ἀλέξανδρος Παπαδόπουλος",
    "Александра Воскресенская",
    "Հայկ Մարտիրոսյան",
    "ნინო ბერიძე",
    "ᏣᎳᎩ",
    "አበበ በቂላ",
    "山田\u3000太郎".replace("\u3000", " "),
    "\U00020bb7\u91ce\u5bb6",
    "X",
    "名" * 200,
    "e\u0301" * 200,
    "Ann " * 49 + "Anne",
    "O’Neill & <Sons> \"Q\" 'R'",
]


def test_case_17_a_name_in_any_script_is_the_same_everywhere(site: Site) -> None:
    world = site.world.at("collecting")
    assert len(WRITTEN) == len(NAMES)
    expected = {who: unicodedata.normalize("NFC", n) for who, n in zip(NAMES, WRITTEN, strict=True)}
    assert {1, 200} <= {len(name) for name in expected.values()}
    world.forget_letters()
    for who, name in zip(NAMES, WRITTEN, strict=True):
        assert sign(site, address(who), name, named="yes").status == 200
        own = confirm(site, who)
        assert expected[who] in own.at.page.text

    # The page of names, as visitors read it.
    listed: list[str] = []
    browser = site.visitor()
    path = f"/petitions/{world.petition_id}/signatures"
    while path:
        page = browser.get(path)
        names = page.body.partition('<ul class="names">')[2].partition("</ul>")[0]
        found = re.findall(r"<li>(.*?), <span", names, re.S)
        listed += [html.unescape(one) for one in found]
        more = re.search(r'href="([^"]*after=[^"]*)"', page.body)
        path = html.unescape(more[1]) if more else ""
    assert sorted(listed) == sorted(expected.values())

    # Letters: a long name is left out of the greeting, and never cut.
    for who, name in expected.items():
        for letter in world.letters(to=who):
            greeting = letter.text.splitlines()[0]
            assert greeting in {f"Hello {name},", "Hello,"}, greeting
            assert (name in greeting) == (len(name) <= 80)
            assert (greeting in html.unescape(letter.message.html)) is True
            for text in (letter.text, letter.message.html, letter.message.subject):
                assert unicodedata.is_normalized("NFC", text)

    # The file for staff, and the roster on paper.
    staff = site.member("staff")
    base = f"/staff/petitions/{world.petition_id}"
    file = staff.get(f"{base}/signatures.csv").body.removeprefix("\ufeff")
    rows = {row["Email address"]: row["Name"] for row in csv.DictReader(io.StringIO(file, "\r\n"))}
    assert rows == {address(who): name for who, name in expected.items()}
    printed = staff.get(f"{base}/roster").body
    cells = re.findall(r'<th scope="row"><bdi>(.*?)</bdi>', printed, re.S)
    assert sorted(html.unescape(one) for one in cells) == sorted(expected.values())

    # What the Board's packet is set from.
    world.do("rowan", "petition.submit", world.petition_id)
    world.do("staff", "petition.verify", world.petition_id)
    world.clock.forward(days=1)
    world.ids["meeting"] = world.plan_meeting()
    world.schedule()
    world.do("staff", "packet.publish", world.meeting_id)
    content = packet_content(world.services, world.meeting, world.packets[-1])
    (document,) = content["documents"]
    assert [row["name"] for row in document["roster"]] == [html.unescape(one) for one in cells]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "＝1+1", "Ana;=1"]
)
def test_case_18_nothing_in_the_exported_file_is_computed(collecting: Site, name: str) -> None:
    sign(collecting, address("zoe"), name, institution=name)
    assert collecting.world.signature("zoe").name == name  # type: ignore[union-attr]
    staff = collecting.member("staff")
    staff.get(f"/staff/petitions/{collecting.world.petition_id}")
    file = staff.get(f"/staff/petitions/{collecting.world.petition_id}/signatures.csv")
    assert file["Content-Type"].startswith("text/csv")
    text = file.body.removeprefix("\ufeff")
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, "\r\n"), delimiter=separator):
            for cell in row:
                assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "\t")), cell
    (row,) = csv.DictReader(io.StringIO(text, "\r\n"))
    assert row["Name"].replace("'", "") == name


def test_case_18_a_name_that_begins_with_a_tab_is_kept_without_it(collecting: Site) -> None:
    sign(collecting, address("zoe"), "\t=1+1")
    assert collecting.world.signature("zoe").name == "=1+1"  # type: ignore[union-attr]
    staff = collecting.member("staff")
    file = staff.get(f"/staff/petitions/{collecting.world.petition_id}/signatures.csv")
    assert "\r\n'=1+1,zoe@example.org," in file.body
