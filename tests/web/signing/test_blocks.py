"""What staff do against abuse, by the forms of the pages, and what they are shown."""

import re
from dataclasses import replace

import pytest

from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.signing.signature import Signature, State, signatory_key
from chalicelib.services.people import sign_in
from chalicelib.services.signing import screening
from tests.services.world import World
from tests.web.browser import Browser, Site

CAMPUS = "198.51.100.7"
TYPED = {"pattern": "*.spam.example", "kind": "domain", "reason": "Invented people."}


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world.at("collecting"), monkeypatch)


@pytest.fixture
def staff(site: Site) -> Browser:
    browser = site.member("staff")
    browser.get("/staff/blocks")
    return browser


def send(site: Site, number: int, ip: str, email: str = "", trap: str = "") -> str:
    """Somebody sends the form to sign, and what becomes of it is stored."""
    services, world = site.world.services, site.world
    actor, now = replace(VISITOR, network=ip), world.clock()
    email = email or f"member{number}@library.example.org"
    hold = screening.hold_for(
        services, world.petition_id, email, actor, now, trap=trap, seconds=None
    )
    signature = Signature(
        petition_id=world.petition_id,
        key=signatory_key(email),
        name="Somebody",
        email=email,
        institution="Lakeshore University",
        named=True,
        text_digest=world.petition.text_digest,
        edition=world.petition.edition,
        created_at=now,
        state=State.HELD if hold else State.PENDING,
        network=screening.network_of(services, actor),
        hold=hold,
    )
    unit = services.store.transaction()
    services.store.petitions.save_signature(unit, world.petition, None, signature, now)
    unit.commit()
    return hold


def rows(browser: Browser) -> list[list[str]]:
    """The cells of every row of every table of the page shown."""
    found = re.findall(r"<tr\b.*?</tr>", browser.at.body, re.S)
    cells = [re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.S) for row in found]
    return [[re.sub("<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def test_staff_block_a_domain_and_lift_it_again(site: Site, staff: Browser) -> None:
    assert "Nothing is blocked" in staff.at.text
    staff.press("Save", TYPED)
    assert "The entry is in force from now on." in staff.at.text
    for words in (
        "*.spam.example",
        "Mail domain",
        "Invented people.",
        "Imara Vesterholt",
        "No end",
    ):
        assert words in staff.at.text
    assert send(site, 1, CAMPUS, "a@mail.spam.example") == "block"
    staff.press("Lift *.spam.example")
    assert "The entry is lifted. It stays readable below." in staff.at.text
    assert "1 no longer in force" in staff.at.text
    assert "Lifted by Imara Vesterholt, March 2, 2026" in staff.at.text
    assert send(site, 2, CAMPUS, "b@mail.spam.example") == ""


def test_what_was_typed_stays_with_an_error_at_its_field(site: Site, staff: Browser) -> None:
    before = site.world.dump()
    staff.press("Save", {**TYPED, "pattern": "*", "until": "2026-02-01"})
    assert staff.at.status == 422
    assert "<title>Error: Blocks and allowances" in staff.at.body
    for words in ("This matches everybody.", "This day is over."):
        assert words in staff.at.text
    assert staff.value("reason") == "Invented people."
    staff.press("Save", {"until": "not a day", "pattern": "*.spam.example"})
    assert "Enter a day" in staff.at.text
    assert site.world.dump() == before
    staff.press("Save", {"until": "2026-03-09"})
    assert "March 9, 2026" in staff.at.text
    site.world.clock.forward(days=8)
    staff.get("/staff/blocks")
    assert "Nothing is blocked" in staff.at.text
    assert "Expired on March 9, 2026" in staff.at.text


def test_traffic_names_its_bursts_and_where_most_come_from(site: Site) -> None:
    staff = site.member("staff")
    page = f"/staff/petitions/{site.world.petition_id}/traffic"
    assert "No form was sent in the last 48 hours." in staff.get(page).text
    for n in range(42):
        send(site, n, CAMPUS, trap="x" if n < 3 else "")
    site.world.clock.forward(minutes=30)
    for n in range(50, 54):
        send(site, n, f"203.0.113.{n}")
    staff.get(f"/staff/petitions/{site.world.petition_id}")
    assert f'href="{page}"' in staff.at.body
    staff.get(page)
    assert "1 burst: 40 forms or more within ten minutes." in staff.at.text
    assert ["March 2, 2026, 12:00 p.m. CST Burst", "42", "3"] in rows(staff)
    assert ["March 2, 2026, 12:30 p.m. CST", "4", "0"] in rows(staff)
    assert "46 forms in all, 3 held." in staff.at.text
    assert "The highest is 42, March 2, 2026, 12:00 p.m. CST." in staff.at.body
    network = screening.network_of(site.world.services, replace(VISITOR, network=CAMPUS))
    assert [network, "42", "3"] in [row[:3] for row in rows(staff)]
    assert ["library.example.org", "46", "3"] in [row[:3] for row in rows(staff)]
    assert CAMPUS not in staff.at.body
    site.world.clock.forward(hours=49)
    staff.get(page)
    assert "No form was sent in the last 48 hours." in staff.at.text
    assert [network, "42", "3"] in [row[:3] for row in rows(staff)]


def test_a_network_of_the_traffic_page_is_blocked_from_there(site: Site) -> None:
    send(site, 1, CAMPUS)
    staff = site.member("staff")
    staff.get(f"/staff/petitions/{site.world.petition_id}/traffic")
    (link,) = re.findall(r'href="(/staff/blocks\?kind=network[^"]*)#add"', staff.at.body)
    stored = site.world.dump()
    staff.get(link.replace("&amp;", "&"))
    assert site.world.dump() == stored
    staff.press("Save", {"reason": "A machine."})
    assert send(site, 2, CAMPUS) == "block"
    assert send(site, 3, "198.51.100.8") == ""


@pytest.mark.parametrize("who", ["", "rowan", "president"])
def test_these_pages_are_for_staff(site: Site, who: str) -> None:
    browser = site.member(who) if who else site.visitor()
    for page in ("/staff/blocks", f"/staff/petitions/{site.world.petition_id}/traffic"):
        answer = browser.ask("GET", page)
        assert answer.status == (403 if who else 303)
    stored = site.world.dump()
    answer = browser.post("/staff/blocks", {**TYPED, "csrf_token": browser.csrf()})
    assert answer.status == 403
    assert "Only staff can do this." in answer.text
    assert site.world.dump() == stored


def test_the_network_is_the_one_that_the_gateway_saw(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    asks = sign_in.asks_too_often
    monkeypatch.setattr(
        sign_in,
        "asks_too_often",
        lambda services, actor, now: seen.append(actor.network) or asks(services, actor, now),
    )
    browser = site.visitor()
    browser.get("/sign-in")
    fields = {"email": "rowan@example.org", "next": "/", "csrf_token": browser.csrf()}
    browser.post("/sign-in", fields, X_Forwarded_For="192.0.2.99", Forwarded="for=192.0.2.99")
    assert seen == ["127.0.0.1"]


def test_the_page_says_the_same_when_no_further_letter_goes_to_a_network(site: Site) -> None:
    pages = set()
    for number in range(62):
        browser = site.asks(f"nobody{number:02d}")
        assert browser.at.status == 200
        pages.add(re.sub(r"nobody\d\d", "nobody", browser.at.text))
    assert len(pages) == 1
    site.world.deliver_all()
    assert len(site.world.letters("sign-in")) == 60
