"""Staff's queue of doubtful signatures: the list, each decision, the way on, and many at once."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.domain.signing.signature import Signature, State, signatory_key
from chalicelib.services.signing import review_queue
from local.demo.people import roster
from tests.services.world import World
from tests.web.browser import Browser, Site

ELSEWHERE = "elsewhere.example"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    world.at("confirmed")
    return Site(world, monkeypatch)


def stranger(site: Site, who: str, name: str, **more: Any) -> Signature:
    """Somebody confirms from an address that is not on the roster."""
    email = f"{who}@{ELSEWHERE}"
    site.world.sign(who, name, email=email, **more)
    site.world.deliver_all()
    site.world.confirm(email)
    site.world.deliver_all()
    site.world.clock.forward(minutes=1)
    return of(site, who)


def of(site: Site, who: str) -> Signature:
    key = signatory_key(f"{who}@{ELSEWHERE}")
    found = site.world.services.store.petitions.signature(site.world.petition_id, key)
    assert found
    return found


def queue(site: Site) -> Browser:
    staff = site.member("staff")
    staff.get("/staff/signatures")
    return staff


def test_each_says_why_it_waits_and_whom_it_may_be(site: Site) -> None:
    zoe = site.world.signature("zoe")
    assert zoe
    stranger(site, "zoe.private", zoe.name, institution=zoe.institution)
    stranger(site, "nobody", "Xavier Unheard", member_number="999")
    site.world.sign("bot", "Bot", email=f"bot@{ELSEWHERE}", website="spam")
    staff = queue(site)
    assert staff.at.heading == "Signatures to review"
    assert "3 signatures are waiting for you" in staff.at.text
    assert "the roster does not have this address." in staff.at.text
    assert "the roster does not have this address, and no number that fits" in staff.at.text
    assert "a field was filled in that people do not see" in staff.at.text
    assert f"{zoe.name}, {zoe.institution}" in staff.at.text
    assert "Same name, same institution" in staff.at.text
    # The one who waited longest comes first.
    assert staff.at.text.index("zoe.private@") < staff.at.text.index("nobody@")
    assert "3 to review" in staff.get("/staff").text
    assert "Signatures to review" in staff.get(petition_page(site)).text


def petition_page(site: Site) -> str:
    return f"/staff/petitions/{site.world.petition_id}"


def test_one_is_linked_to_the_roster_and_taken_back(site: Site) -> None:
    """A member who is on the roster, has not signed, and signs from another address."""
    services = site.world.services
    member = Entry("Ottoline Vance", "ottoline@example.org", "Delta College", "M777")
    entries = [*roster(), member]
    newer = Roster(version=2, digest=digest_of(entries), entries=len(entries))
    services.store.rosters.store(newer, entries)
    ottoline = stranger(site, "otti", "Otti Vance", institution="Delta College")
    after = stranger(site, "second", "Somebody Else")
    staff = queue(site)
    staff.press("Accept", {"seat": member.seat}, at=ottoline.key)
    found = of(site, "otti")
    assert (found.state, found.match and found.match.seat) == (State.VERIFIED, member.seat)
    assert "Otti Vance: accepted." in staff.at.text
    assert "Somebody Else" in staff.at.text
    page = staff.get(petition_page(site)).text
    assert "Linked to roster entry M777 by" in page
    assert site.world.counts == (1, 26)
    staff.get(f"/staff/signatures?did={site.world.petition_id}/{ottoline.key}")
    staff.press("Undo")
    assert (of(site, "otti").state, site.world.counts) == (State.CONFIRMED, (2, 25))
    assert after.key in staff.at.body


def test_a_suggestion_says_that_this_member_counts_already(site: Site) -> None:
    zoe = site.world.signature("zoe")
    assert zoe
    stranger(site, "zoe.private", zoe.name, institution=zoe.institution)
    text = queue(site).at.text
    assert f"Counts already: {zoe.name} ({zoe.email}), verified" in text
    assert f"{zoe.name} ({zoe.email}), who looks like the same member, counts already." in text
    site.world.do("staff", "signature.settle", target(site, zoe.key), accept=False, reason="Out.")
    assert "counts already" not in queue(site).at.text.lower()


def target(site: Site, key: str) -> str:
    return f"{site.world.petition_id}/{key}"


def test_another_name_on_the_roster_is_looked_at(site: Site) -> None:
    member = Entry("Ottoline Vance", f"otti@{ELSEWHERE}", "Delta College", "")
    entries = [*roster(), member]
    newer = Roster(version=2, digest=digest_of(entries), entries=len(entries))
    site.world.services.store.rosters.store(newer, entries)
    assert stranger(site, "otti", "Bjarne Quist").state == State.VERIFIED
    staff = queue(site)
    words = "Counted by its address, but the roster has another name there."
    assert words in staff.at.text
    staff.press("Mark reviewed")
    assert of(site, "otti").state == State.VERIFIED
    assert words not in staff.get("/staff/signatures").text


def test_who_signed_an_earlier_text_does_not_wait(site: Site) -> None:
    world = site.world
    old = stranger(site, "old", "Olden Times")
    world.sign("bot", "Bot", email=f"bot@{ELSEWHERE}", website="spam")
    assert "2 to review" in site.member("staff", "/staff").at.text
    world.do("rowan", "petition.submit", world.petition_id)
    page = site.member("staff", petition_page(site)).at.text
    assert "Decide 1 signature first" in page
    assert "The list has 2: the other 1 is held or only flagged, and can wait." in page
    world.send_back()
    world.republish(charge="To share what it takes to keep up textbooks.")
    staff = queue(site)
    assert "1 signature is waiting for you" in staff.at.text
    assert "1 waiting, collecting" in staff.at.text
    assert "Olden Times" not in staff.at.text
    assert "1 to review" in staff.get("/staff").text
    assert f"#s-{old.key}" not in staff.get(petition_page(site)).body
    bot = target(site, of(site, "bot").key)
    world.do("staff", "signature.settle", bot, accept=False, reason="A bot.")
    staff.get("/staff/signatures")
    assert "No signature is waiting for you." in staff.at.text
    assert world.petition.name not in staff.at.text


def test_numbers_beyond_those_that_are_read_are_lower_bounds(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr("chalicelib.services.signing.review_queue.MOST_READ", 1)
    monkeypatch.setattr("chalicelib.services.signing.review_queue.MOST_COUNTED", 2)
    for number in range(3):
        stranger(site, f"n{number}", f"Name {number}")
    assert review_queue.count(site.world.services, site.world.petition_id, 2) == (2, True)
    assert review_queue.count(site.world.services, site.world.petition_id, 9) == (3, False)


def test_the_way_on_leads_to_the_next_one(site: Site) -> None:
    first, second = stranger(site, "one", "One"), stranger(site, "two", "Two")
    staff = queue(site)
    form = next(f for f in staff.at.page.forms if f.action.endswith(f"signatures/{first.key}"))
    assert dict(form.fields)["next"] == second.key
    staff.press("Reject", {"reason": "Not a member."}, at=f"signatures/{first.key}")
    assert staff.at.path.startswith("/staff/signatures?")
    assert f'id="s-{second.key}"' in staff.at.body
    assert f'id="s-{first.key}"' not in staff.at.body
    # What came of it stands right above the next one, and at the top where there is none.
    body = staff.at.body
    assert body.index("data-keys") < body.index('id="did"') < body.index(f'id="s-{second.key}"')
    staff.press("Reject", {"reason": "Not a member."}, at=f"signatures/{second.key}")
    assert staff.at.body.index('id="did"') < staff.at.body.index("data-keys")


def test_what_was_typed_stays_when_it_is_refused(site: Site) -> None:
    one = stranger(site, "one", "One")
    stranger(site, "two", "Two")
    staff = queue(site)
    for button in ("Accept", "Ask", "Reject"):
        staff.press(button, {"reason": "  "}, at=one.key)
        assert staff.at.status == 422
        assert f'href="#field-reason-{one.key}"' in staff.at.body
        assert f'id="error-reason-{one.key}"' in staff.at.body
    staff.press("Ask", {"reason": "x" * 2001}, at=one.key)
    assert (staff.at.status, "x" * 2001 in staff.at.body) == (422, True)
    assert of(site, "one").decisions == ()


def test_what_somebody_else_decided_meanwhile_is_not_overrun(site: Site) -> None:
    one = stranger(site, "one", "One")
    staff, other = queue(site), queue(site)
    other.press("Accept", {"reason": "A member."}, at=one.key)
    staff.press("Reject", {"reason": "No <member>."}, at=one.key)
    assert (staff.at.status, of(site, "one").state) == (409, State.VERIFIED)
    assert "since you opened the page" in staff.at.text
    assert "No <member>." in staff.at.text
    assert f'<a href="#s-{one.key}">One</a>: This signature was decided' in staff.at.body


def test_a_question_goes_out_and_its_answer_comes_first(site: Site) -> None:
    one = stranger(site, "one", "One")
    staff = queue(site)
    staff.press("Ask", {"reason": "Which member are you?"}, at=one.key)
    site.world.deliver_all()
    assert len(site.world.letters("signature-question")) == 1
    assert "Asked, no answer yet: Which member are you?" in staff.get("/staff/signatures").text
    answers = {"name": "One", "institution": "Lakeshore University", "answer": "Number 5 & a half."}
    token = site.world.letters("signature-question")[0].token
    site.world.do("", "signature.correct", token, **answers)
    text = staff.get("/staff/signatures").text
    assert text.index("Number 5 & a half.") < text.index("the roster does not have this address")


def test_one_that_is_held_is_let_through(site: Site) -> None:
    site.world.sign("bot", "Bot", email=f"bot@{ELSEWHERE}", website="spam")
    staff = queue(site)
    staff.press("Let through")
    assert of(site, "bot").state == State.PENDING
    assert "this cannot be undone" in staff.at.text
    assert not [b for f in staff.at.page.forms for b in f.buttons if b[0].startswith("Undo")]
    assert "No signature is waiting for you." in staff.get("/staff/signatures").text


def test_the_roster_is_searched_without_scripts(site: Site) -> None:
    one = stranger(site, "one", "Unlike Anybody")
    staff = queue(site)
    member = roster()[3]
    for words in (member.name, member.email, member.member_number):
        staff.get(f"/staff/signatures?key={one.key}&find={words.replace(' ', '+')}")
        assert f'value="{member.seat}"' in staff.at.body, words
    staff.get(f"/staff/signatures?key={one.key}&find=Nobody+Such")
    assert "Nobody on the roster matches “Nobody Such”." in staff.at.text


def test_the_queue_is_read_by_pages_and_by_petition(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr("chalicelib.services.signing.review_queue.PAGE", 2)
    names = [f"Name {n}" for n in range(5)]
    for number, name in enumerate(names):
        stranger(site, f"n{number}", name)
    staff = queue(site)
    seen = []
    for _ in range(3):
        seen += re.findall(r'<h3 id="name-[^"]*">([^<]*)<', staff.at.body)
        further = re.search(
            r'href="(/staff/signatures\?petition=[^"]*after=[^"]*)" rel="next"', staff.at.body
        )
        if not further:
            break
        staff.get(further[1].replace("&amp;", "&"))
    assert seen == names
    for junk in ("~" * 900, "é", "%00", "2026"):
        assert (
            staff.get(f"/staff/signatures?petition={site.world.petition_id}&after={junk}").status
            == 200
        )
        assert staff.get(f"{petition_page(site)}?after={junk}&change={junk}").status == 200
        assert staff.get(f"/staff/signatures?did={junk}/{junk}&find={junk}&key=k").status == 200


def test_signing_is_paused_with_a_reason_and_goes_on(site: Site) -> None:
    staff = site.member("staff", petition_page(site))
    staff.press("Pause signing", {"reason": ""})
    assert staff.at.status == 422
    staff.press("Pause signing", {"reason": "A flood."})
    assert "Signing is paused. The conveners are notified." in staff.at.text
    assert site.world.petition.pause_reason == "A flood."
    staff.press("Resume signing")
    assert site.world.petition.paused_at is None


def test_many_are_decided_after_a_preview(site: Site) -> None:
    for number in range(3):
        stranger(site, f"bot{number}", f"Bot {number}")
    staff = site.member("staff", f"/staff/signatures/bulk?petition={site.world.petition_id}")
    assert staff.value("petition") == site.world.petition_id
    staff.press("Preview", {"address": "*@*", "reason": "A flood."})
    assert staff.at.status == 422
    assert "This matches everybody" in staff.at.text
    typed = {"address": f"*@{ELSEWHERE}", "reason": "A <flood>.", "action": "set-aside"}
    staff.press("Preview", typed)
    assert staff.at.heading == "Confirm the bulk review"
    assert "Reject: 3 signatures that match" in staff.at.text
    assert site.world.counts == (3, 25)
    staff.press("Change the selection")
    assert (staff.value("address"), staff.value("reason")) == (f"*@{ELSEWHERE}", "A <flood>.")
    staff.press("Preview")
    staff.press("Reject 3 signatures")
    assert "Under way: 0 of 3 signatures." in staff.at.text
    page = staff.at.path
    api = f"/api/v1/bulk/{page.rpartition('/')[2]}"
    assert staff.ask("GET", api).json["state"] == "running"
    site.world.deliver_all()
    assert staff.ask("GET", api).json["state"] == "done"
    assert "3 signatures rejected." in staff.get(page).text
    assert "Held, Confirmed, waiting for staff" in staff.at.text
    for number in range(3):
        (row,) = re.findall(rf"<tr\b(?:(?!</tr>).)*>Bot {number}<.*?</tr>", staff.at.body, re.S)
        assert (f"bot{number}@" in row, "Reject" in row) == (True, True)
    assert site.world.counts == (0, 25)
    staff.press("Undo it")
    site.world.deliver_all()
    assert "3 signatures restored." in staff.get(page).text
    assert site.world.counts == (3, 25)
    assert f"address *@{ELSEWHERE}" in staff.get("/staff/signatures/bulk").text
    assert site.member("rowan").get(page).status == 403
    assert staff.get("/staff/signatures/bulk/none").status == 404


# ------------------------------------------------------------------ By keys, in a real browser


def test_the_queue_is_gone_through_by_single_keys(site: Site, page: Page) -> None:
    people = [stranger(site, f"n{number}", f"Name {number}") for number in range(3)]
    first, second, third = (f"#s-{one.key}" for one in people)
    page.goto("/staff/signatures")
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("j")
    expect(page.locator(first)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(second)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(first)).to_be_focused()
    # Nothing is decided without a reason: the field for it has the focus, and takes letters.
    page.keyboard.press("s")
    reason = page.locator(f"{first} textarea")
    expect(reason).to_be_focused()
    page.keyboard.type("Just asking: a quick jaunt.")
    expect(reason).to_have_value("Just asking: a quick jaunt.")
    page.keyboard.press("Tab")
    page.keyboard.press("s")
    expect(page.locator(".notice-done")).to_contain_text("Name 0: rejected.")
    expect(page.locator(second)).to_be_focused()
    expect(page.locator(".notice-done")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
    expect(page.locator(first)).to_have_count(0)
    assert of(site, "n0").state == State.INVALIDATED
    page.keyboard.press("u")
    expect(page.locator(".notice-done")).to_contain_text("Name 0: decision undone.")
    assert of(site, "n0").state == State.CONFIRMED
    # The keys can be turned off, for good.
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("j")
    page.reload()
    expect(page.locator("[data-keys-on]")).not_to_be_checked()
    page.keyboard.press("j")
    expect(page.locator(third)).not_to_be_focused()
    assert page.evaluate(
        "document.activeElement.dataset.item === undefined || location.hash !== ''"
    )


def test_the_keys_go_on_where_the_page_left_off(site: Site, page: Page) -> None:
    people = [stranger(site, f"n{number}", f"Name {number}") for number in range(3)]
    first, second, third = (f"#s-{one.key}" for one in people)
    page.goto("/staff/signatures")
    # Esc leaves the field for the reason.
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator(f"{first} textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(first)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(second)).to_be_focused()
    # What is refused leads to its signature, and the keys go on from it.
    words = {"accept": False, "reason": "Decided elsewhere."}
    site.world.do("staff", "signature.settle", target(site, people[1].key), **words)
    page.locator(f"{second} textarea").fill("No member.")
    page.locator(second).focus()
    page.keyboard.press("s")
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary a")).to_have_attribute("href", second)
    page.keyboard.press("j")
    # It waits no more, and so stands before all the others.
    expect(page.locator(first)).to_be_focused()
    # After the last one, what came of it has the focus.
    page.goto("/staff/signatures")
    page.locator(f"{third} textarea").fill("No member.")
    page.locator(third).focus()
    page.keyboard.press("s")
    expect(page.locator("[data-did]")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator(third)).to_be_focused()


def test_every_decision_is_reached_by_the_tab_key(site: Site, page: Page) -> None:
    stranger(site, "one", "Unlike Anybody")
    page.goto("/staff/signatures")
    page.locator("#keys-on").focus()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.textContent.trim() || document.activeElement.name"
            )
        )
    wanted = ["find", "Look", "reason", "Accept", "Ask", "Reject"]
    found = [next((w for w in wanted if one.startswith(w)), "") for one in reached]
    assert [one for one in found if one] == wanted
