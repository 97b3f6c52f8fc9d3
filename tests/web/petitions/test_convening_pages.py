"""The conveners' page and the invitation, as their readers find them."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.services.petitions import conveners as petition_conveners
from chalicelib.services.sweep import sweep
from local.demo.people import address
from tests.services.world import TEXT, World
from tests.web.browser import Browser, Page, Site

ZOE = {"conveners-1-name": "Zoë Lindqvist", "conveners-1-email": "zoe@example.org"}


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


def progress(site: Site, who: str = "rowan") -> Browser:
    """Somebody's browser, with the conveners' page open."""
    return site.member(who, f"/petitions/{site.world.petition_id}/progress")


# ------------------------------------------------------------------ Who sees it


@pytest.mark.parametrize("step", ["draft", "collecting", "submitted", "carried"])
@pytest.mark.parametrize("who", ["", "thandiwe", "president", "staff"])
def test_the_page_is_there_for_conveners_alone(site: Site, who: str, step: str) -> None:
    site.world.at(step)
    path = f"/petitions/{site.world.petition_id}/progress"
    browser = site.member(who) if who else site.visitor()
    answer = browser.ask("GET", path)
    if who:
        assert answer.status == 404
        assert TEXT["name"] not in answer.body
    else:
        assert answer["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize("who", ["rowan", "noor"])
def test_the_petition_leads_its_conveners_there(site: Site, who: str) -> None:
    site.world.at("collecting")
    browser = site.member(who, f"/petitions/{site.world.petition_id}")
    link = f'href="/petitions/{site.world.petition_id}/progress"'
    assert link in browser.at.body
    assert link not in site.visitor().get(f"/petitions/{site.world.petition_id}").body
    assert progress(site, who).at.heading == "Your petition’s progress"


def test_of_a_draft_there_is_no_progress_yet(site: Site) -> None:
    site.world.at("draft")
    assert progress(site).at.path.endswith("/edit")


@pytest.mark.parametrize("step", ["collecting", "confirmed", "submitted", "scheduled", "carried"])
def test_no_address_and_no_unnamed_signatory_is_on_it(site: Site, step: str) -> None:
    world = site.world.at(step)
    if step == "confirmed":
        world.sign("seun", name="Oluwaseun Adeyemi-Ross", named=False)
        world.sign("nils", name="Nils Ekströmer", named=False)
        world.deliver_all()
        world.confirm("seun")
    browser = progress(site)
    assert browser.at.status == 200
    assert "@" not in browser.at.text
    for signature in world.services.store.petitions.signatures(world.petition_id):
        assert signature.name not in browser.at.body
        assert signature.email not in browser.at.body


# ------------------------------------------------------------------ What it says


def counts(page: Page) -> str:
    """What the page says of the signatures in words."""
    return page.text.partition("When signing closes")[0]


def test_counts_are_in_words_and_the_chart_has_a_table_beside_it(site: Site) -> None:
    world = site.world.at("collecting")
    world.sign_and_confirm("jose", "sian")
    world.clock.forward(days=3)
    world.sign_and_confirm("stranger")
    world.sign("hana")
    world.deliver_all()
    assert "not confirmed" not in counts(progress(site).at)
    world.clock.forward(days=1)
    page = progress(site).at
    assert "1 person signed more than 24 hours ago and has not confirmed." in counts(page)
    for words in (
        "2 are verified",
        "23 more are needed.",
        "1 is confirmed by email but not found on the roster; staff will decide.",
        "176 days left to sign.",
        "August 29, 2026, 11:59 p.m. CDT",
        "have 24 more hours to confirm, until August 30, 2026, 11:59 p.m. CDT. After that:",
        "With fewer than 25 verified and confirmed signatures together, it expires.",
    ):
        assert words in page.text
    rows = re.findall(r"<tr>(.*?)</tr>", page.body, re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    assert cells == [
        ["Day", "New", "Total"],
        ["March 5, 2026", "1", "3"],
        ["March 2, 2026", "2", "2"],
    ]
    (chart,) = re.findall(r'<svg class="growth".*?</svg>\s*<rect.*?</svg>', page.body, re.S)
    assert 'role="img"' in chart
    assert "<title" in chart
    assert "3 signatures from March 2, 2026 to March 6, 2026" in chart
    assert "25 verified needed" in chart


def test_the_page_without_signatures_says_so(site: Site) -> None:
    site.world.at("collecting")
    page = progress(site).at
    assert "Nobody has confirmed a signature yet." in page.text
    assert 'class="growth"' not in page.body


def test_too_many_to_read_are_not_counted_wrongly(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = site.world.at("confirmed")
    monkeypatch.setattr(petition_conveners, "LIVE", 3)
    page = progress(site).at
    assert "25 are verified" in page.text
    assert "There are too many unconfirmed signatures to count here." in page.text
    assert "after the next nightly count" in page.text
    kept = {"at": world.clock().isoformat(), "edition": 1, "days": {"2026-03-13": 25}}
    unit = world.services.store.transaction()
    world.services.store.petitions.save_history(unit, world.petition_id, kept)
    unit.commit()
    page = progress(site).at
    assert "Counted on March 13, 2026" in page.text
    assert "25 signatures from March 13, 2026" in page.body


@pytest.mark.parametrize(
    ("step", "hours", "words"),
    [
        ("collecting", 0, "Today is the last day to sign."),
        ("collecting", 1, "People who signed before then can still confirm until August 30, 2026"),
        ("collecting", 1, "the petition expires, and you, the other conveners and everybody"),
        ("collecting", 25, "with too few signatures. The petition expires within"),
        ("confirmed", 1, "There are enough, so it waits until you submit it."),
        ("confirmed", 25, "so the petition waits until you submit it."),
    ],
)
def test_what_happens_then_is_said_for_each_moment(
    site: Site, step: str, hours: int, words: str
) -> None:
    world = site.world.at(step)
    world.clock.now = world.petition.closes_at + timedelta(hours=hours)
    assert words in progress(site).at.text


def test_what_it_says_of_the_end_is_what_happens(site: Site) -> None:
    world = site.world.at("collecting")
    world.sign_and_confirm("stranger")
    world.clock.now = world.petition.closes_at + timedelta(hours=25)
    assert "The petition expires within" in progress(site).at.text
    world.forget_letters()
    sweep(world.services)
    world.deliver_all()
    assert world.petition.state == "expired"
    assert world.told() == [
        ("petition-expired", "noor"),
        ("petition-expired", "rowan"),
        ("signatory-petition-ended", "stranger"),
    ]
    page = progress(site).at
    assert "When signing closes" not in page.text
    assert "Share it" not in page.text
    assert page.page.forms[1:] == []


def test_the_message_can_be_copied_and_sent(site: Site) -> None:
    site.world.at("collecting")
    page = progress(site).at
    (words,) = re.findall(r"<textarea[^>]*readonly[^>]*>\n(.*?)</textarea>", page.body, re.S)
    words = Page(f"<p>{words}</p>").words[0]
    assert f"“{TEXT['name']}”" in words
    assert TEXT["charge"] in words
    assert f"http://127.0.0.1:8000/petitions/{site.world.petition_id}\n" in words
    assert "until August 29, 2026, 11:59 p.m. CDT" in words
    (link,) = re.findall(r'href="(mailto:[^"]*)"', page.body)
    parts = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert parts["body"] == [words.replace("\n", "\r\n")]
    assert parts["subject"] == [f"A petition: {TEXT['name']}"]
    (copied,) = re.findall(r'data-copy="(Would.*?)" hidden', page.body, re.S)
    assert Page(f"<p>{copied}</p>").words[0] == words


# ------------------------------------------------------------------ Reminding


def test_a_reminder_by_its_button(site: Site) -> None:
    world = site.world.at("collecting")
    for who in ("jose", "sian"):
        world.sign(who)
    world.deliver_all()
    browser = progress(site)
    assert "There is nobody to remind now" in browser.at.text
    assert [f.action for f in browser.at.page.forms] == ["/sign-out"]
    world.clock.forward(hours=25)
    world.forget_letters()
    browser.get(browser.at.path)
    assert "2 people signed more than 24 hours ago and have not confirmed." in counts(browser.at)
    assert "You can do this 2 times while the petition is open." in browser.at.text
    shown = browser.at
    browser.press("Send the reminder")
    assert "The reminder is on its way" in browser.at.text
    assert "The next reminder can be sent from March 10, 2026" in browser.at.text
    assert "You can do this once more while the petition is open." in browser.at.text
    world.deliver_all()
    assert world.told() == [("signature-confirm", "jose"), ("signature-confirm", "sian")]
    # Pressed again in another tab.
    browser.at = shown
    browser.press("Send the reminder")
    assert browser.at.status == 409
    assert "The next reminder can be sent from" in browser.at.text
    assert "Nothing was changed." in browser.at.text
    world.deliver_all()
    assert len(world.letters("signature-confirm")) == 2


# ------------------------------------------------------------------ Inviting


def invite_zoe(site: Site) -> Browser:
    """Rowan's browser after naming and inviting Zoë in the draft."""
    site.world.at("draft").forget_letters()
    rowan = site.member("rowan", f"/petitions/{site.world.petition_id}/edit")
    assert "Noor Castellan: accepted" in rowan.at.text
    fields = {f"conveners-0-{k}": v for k, v in TEXT["conveners"][0].items()}
    fields |= ZOE
    sent = [pair for pair in rowan.at.page.forms[-1].fields if pair[0] not in fields]
    rowan.post(rowan.at.path, [*sent, *fields.items(), ("then", "invite")])
    return rowan


def test_from_typing_a_name_to_convening(site: Site) -> None:
    rowan = invite_zoe(site)
    assert "The invitation is on its way by email." in rowan.at.text
    assert "Zoë Lindqvist: invited on March 2, 2026" in rowan.at.text
    site.world.deliver_all()
    (letter,) = site.world.letters("convener-invitation")
    assert letter.to == address("zoe")
    (path,) = re.findall(r"http://127\.0\.0\.1:8000(/petitions/\S+)", letter.text)
    visitor = site.visitor()
    assert visitor.get(path).heading == "Sign in"
    assert TEXT["name"] not in visitor.at.body
    zoe = site.member("zoe", path)
    if zoe.at.path.startswith("/account"):
        zoe.press("Save", {"name": "Zoë Lindqvist"})
    assert zoe.at.path.partition("?")[0] == path
    assert zoe.at.heading == TEXT["name"]
    assert TEXT["charge"] in zoe.at.text
    assert "Rowan Ibarra and Noor Castellan would like you to convene it as well." in zoe.at.text
    # She reads the draft, and may do no more with it.
    base = path.removesuffix("/invitation")
    assert zoe.get(base).path == path
    assert zoe.get(f"{base}/edit").status == 403
    assert zoe.get(f"{base}/preview").status == 403
    assert zoe.get("/account").text.count("You are invited to convene it.") == 1
    zoe.get(path)
    zoe.press("Accept")
    assert zoe.at.path == f"{base}/edit?done=convening"
    assert "You are a convener of this petition now." in zoe.at.text
    assert zoe.get(path).path == f"{base}/edit"
    rowan.get(f"{base}/edit")
    assert "Zoë Lindqvist: accepted" in rowan.at.text


def test_who_is_one_too_many_for_today_is_named_as_not_invited(site: Site) -> None:
    world = site.world.at("draft")
    rule = replace(world.services.policy.invitations, a_day=2)
    world.services = replace(
        world.services, policy=replace(world.services.policy, invitations=rule)
    )
    rowan = site.member("rowan", f"/petitions/{world.petition_id}/edit")
    # Noor was invited today already.
    yael = {"conveners-2-name": "Yael Morgenthau", "conveners-2-email": "yael@example.org"}
    fields = {f"conveners-0-{k}": v for k, v in TEXT["conveners"][0].items()} | ZOE | yael
    sent = [pair for pair in rowan.at.page.forms[-1].fields if pair[0] not in fields]
    rowan.post(rowan.at.path, [*sent, *fields.items(), ("then", "invite")])
    assert "on their way by email, but not to everybody" in rowan.at.text
    assert "Zoë Lindqvist: invited on March 2, 2026" in rowan.at.text
    assert "Yael Morgenthau: not invited yet" in rowan.at.text
    rowan.press("Save and invite")
    assert rowan.at.status == 409
    assert "Saved. You sent 2 invitations in a day, which is the most." in rowan.at.text


def test_declining_by_its_button(site: Site) -> None:
    invite_zoe(site)
    base = f"/petitions/{site.world.petition_id}"
    zoe = site.member("zoe")
    zoe.get(f"{base}/invitation")
    zoe.press("Decline")
    assert zoe.at.path == "/?done=declined-to-convene"
    assert "You declined" in zoe.at.text
    site.world.deliver_all()
    (letter,) = site.world.letters("invitation-declined")
    assert letter.to == address("rowan")
    assert letter.message.subject.startswith("Zoë Lindqvist declined to convene")
    assert zoe.get(f"{base}/invitation").status == 404


@pytest.mark.parametrize("who", ["thandiwe", "staff"])
def test_nobody_learns_of_a_draft_by_its_invitation(site: Site, who: str) -> None:
    invite_zoe(site)
    browser = site.member(who)
    here = browser.get(f"/petitions/{site.world.petition_id}/invitation")
    nowhere = browser.get("/petitions/none/invitation")
    assert here.status == nowhere.status == 404
    assert "sign in with the address that the invitation came to" in here.text
    assert here.text == nowhere.text


def test_who_has_not_accepted_is_not_named_in_public(site: Site) -> None:
    invite_zoe(site)
    world = site.world
    world.do("rowan", "petition.publish", world.petition_id)
    base = f"/petitions/{world.petition_id}"
    visitor = site.visitor()
    for path in (base, f"{base}/sign", f"{base}/signatures", f"/api/v1{base}", "/"):
        assert "Lindqvist" not in visitor.get(path).body, path
    rowan = site.member("rowan", f"{base}/progress")
    assert "invited on March 2, 2026, has not answered" in rowan.at.text
    rowan.press("Invite them again")
    assert rowan.at.status == 409
    assert "You can invite them again from March 3, 2026" in rowan.at.text
    world.clock.forward(days=1)
    rowan.get(f"{base}/progress")
    rowan.press("Invite them again")
    assert "The invitation is on its way by email." in rowan.at.text
    zoe = site.member("zoe")
    zoe.get(f"{base}/invitation")
    zoe.press("Accept")
    assert zoe.at.path == f"{base}?done=convening"
    assert "Zoë Lindqvist" in visitor.get(base).text


def test_an_invitation_to_a_petition_that_ended_asks_nothing(site: Site) -> None:
    invite_zoe(site)
    zoe = site.member("zoe")
    path = f"/petitions/{site.world.petition_id}/invitation"
    zoe.get(path)
    shown = zoe.at
    site.world.do("rowan", "petition.withdraw", site.world.petition_id)
    assert "needs no more conveners" in zoe.get(path).text
    assert [form.action for form in zoe.at.page.forms] == ["/sign-out"]
    # What was given up before it was ever opened is not shown on.
    assert TEXT["charge"] not in zoe.at.text
    assert zoe.get(path.removesuffix("/invitation")).path == path
    zoe.at = shown
    zoe.press("Accept")
    assert zoe.at.status == 409
    assert "This petition is withdrawn by now" in zoe.at.text


def test_inviting_nobody_says_so_beside_the_draft(site: Site) -> None:
    site.world.at("draft")
    rowan = site.member("rowan", f"/petitions/{site.world.petition_id}/edit")
    rowan.press("Save and invite", {"charge": "To keep what was typed."})
    assert rowan.at.status == 409
    assert "Saved. There is nobody to invite" in rowan.at.text
    assert site.world.petition.text.charge == "To keep what was typed."
    rowan.press("Save draft", {"charge": "To go on."})
    assert rowan.at.status == 200
