"""The pages about people's data, as a person would use them."""

import json
from datetime import timedelta

import pytest

from chalicelib.services.nightly import nightly
from chalicelib.storage import keys
from local.demo.people import address
from tests.web.barriers import assert_no_barrier
from tests.web.browser import Site

WHO = "zoe"


@pytest.fixture
def site(world, monkeypatch):
    return Site(world, monkeypatch)


def test_everybody_reads_what_is_kept_and_for_how_long(site):
    visitor = site.visitor()
    visitor.get("/")
    assert 'href="/privacy"' in visitor.at.body
    page = visitor.get("/privacy").text
    for rule in site.world.services.policy.retention:
        assert rule.title in page
        assert rule.source in page
        if rule.days:
            assert f"{rule.days} days after {rule.until}" in page
    assert "within 30 days" in page


def test_who_only_signed_sees_their_data_by_signing_in(site):
    site.world.at("confirmed")
    assert site.visitor().get("/account/data").path == "/sign-in?next=/account/data"
    browser = site.member(WHO, "/account/data")
    page = browser.get("/account/data").text
    signature = site.world.signature(WHO)
    for words in (signature.name, signature.email, signature.institution, "Verified"):
        assert words in page
    answer = browser.get("/account/data.json")
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(answer.body)["signatures"][0]["email"] == address(WHO)
    assert site.visitor().ask("GET", "/account/data.json").status == 403


def test_from_asking_to_the_last_letter(site):
    world = site.world.at("confirmed")
    browser = site.member(WHO)
    browser.get("/account/data")
    browser.press("Request erasure")
    assert "Your request is with staff" in browser.at.text
    assert "Staff will answer by email by April" in browser.at.text
    browser.post("/account/data/erase", {"csrf_token": browser.csrf()})
    assert browser.at.status == 409
    assert "asked for this already" in browser.at.text

    staff = site.member("staff")
    assert "1 to be answered" in staff.get("/staff").text
    world.clock.forward(days=31)
    staff = site.member("staff")
    assert "1 overdue" in staff.get("/staff").text
    staff.get("/staff/requests")
    assert "Overdue" in staff.at.text
    person = world.person(WHO).id
    staff.get(f"/staff/requests/{person}")
    assert "it is withdrawn, and no longer counts" in staff.at.text
    assert "membership office" in staff.at.text
    staff.press("Erase the data")
    assert "The data are erased" in staff.at.text
    assert address(WHO) not in staff.at.body
    assert world.counts == (0, 24)
    world.deliver_all()
    assert world.told("data-erased") == [("data-erased", WHO)]
    assert browser.get("/account").path.startswith("/sign-in")
    assert "No request is waiting" in staff.get("/staff/requests").text


def test_a_block_of_the_address_is_told_to_staff_alone(site):
    world = site.world.at("confirmed")
    block = {"kind": "address", "pattern": address(WHO), "effect": "block", "reason": "A flood."}
    world.do("staff", "block.add", **block)
    browser = site.member(WHO)
    browser.get("/account/data")
    browser.press("Request erasure")
    for path in ("/account/data", "/account/data.json"):
        assert "flood" not in browser.get(path).body
    staff = site.member("staff")
    staff.get(f"/staff/requests/{world.person(WHO).id}")
    assert "The block that names this address, with its reason: “A flood.”" in staff.at.text


def test_staff_refuse_with_a_reason(site):
    world = site.world.at("confirmed")
    browser = site.member(WHO)
    browser.get("/account/data")
    browser.press("Request erasure")
    staff = site.member("staff")
    staff.get(f"/staff/requests/{world.person(WHO).id}")
    staff.press("Refuse the request", {"reason": ""})
    assert staff.at.status == 422
    assert "Give the reason" in staff.at.text
    staff.press("Refuse the request", {"reason": "Write from your own address."})
    assert "It was refused: Write from your own address." in staff.at.text
    assert "Staff refused your last request" in browser.get("/account/data").text


def test_what_has_to_happen_first_stands_where_the_button_would(site):
    world = site.world.at("collecting")
    browser = site.member("rowan")
    browser.get("/account/data")
    assert "leads the petition" in browser.at.text
    browser.press("Request erasure")
    staff = site.member("staff")
    staff.get(f"/staff/requests/{world.person('rowan').id}")
    assert "What has to happen first" in staff.at.text
    assert "Erase the data of" in staff.at.text
    assert not [b for f in staff.at.page.forms for b in f.buttons if b[0] == "Erase the data"]
    path = f"/staff/requests/{world.person('rowan').id}/erase"
    staff.post(path, {"csrf_token": staff.csrf()})
    assert staff.at.status == 409
    assert "Nothing was changed." in staff.at.text


def test_nobody_but_staff_sees_requests(site):
    site.world.at("collecting")
    member = site.member("rowan")
    for path in ("/staff/requests", f"/staff/requests/{site.world.person('rowan').id}"):
        assert member.get(path).status == 403
        assert site.visitor().get(path).path.startswith("/sign-in")


def test_a_drift_is_shown_to_staff_until_they_put_it_right(site):
    world = site.world.at("confirmed")
    key = keys.petition(world.petition_id), keys.TALLY
    world.alter(key, {"verified": 2})
    nightly(world.services)
    staff = site.member("staff")
    staff.get("/staff")
    assert "does not match its signatures" in staff.at.text
    staff.get(f"/staff/petitions/{world.petition_id}")
    assert "Stored: 27 verified and 0 confirmed. Counted: 25 verified" in staff.at.text
    staff.press("Correct the count")
    assert "The count was corrected" in staff.at.text
    assert "Kept were 27 verified" in staff.at.text
    assert "recount" not in staff.get(f"/staff/petitions/{world.petition_id}").text
    assert "does not match its signatures" not in staff.get("/staff").text
    assert world.counts == (0, 25)


def test_an_old_link_is_answered_plainly_after_the_data_were_deleted(site):
    world = site.world.at("carried")
    token = world.token(WHO)
    world.clock.forward(days=190)
    nightly(world.services)
    visitor = site.visitor()
    for path in (f"/signatures/{token}", f"/signatures/confirm/{token}"):
        visitor.get(path)
        assert visitor.at.status == 404
        assert "were deleted on" in visitor.at.text
    # The public list and staff's page still open, without a name.
    assert visitor.get(f"/petitions/{world.petition_id}/signatures").status == 200
    assert world.services.store.petitions.signed_publicly(world.petition, 10).rows == []
    staff = site.member("staff")
    assert staff.get(f"/staff/petitions/{world.petition_id}").status == 200
    assert address(WHO) not in staff.at.body
    assert "Signatories’ personal data deleted" in staff.at.text
    assert world.clock() > world.petition.anonymised_at - timedelta(seconds=1)


def test_the_pages_have_no_barrier_and_fit_a_phone(site, browser):
    world = site.world.at("confirmed")
    member = site.member(WHO)
    shown = [member.get("/privacy").body, member.get("/account/data").body]
    member.press("Request erasure")
    key = keys.petition(world.petition_id), keys.TALLY
    world.alter(key, {"verified": 2})
    nightly(world.services)
    staff = site.member("staff")
    person = f"/staff/requests/{world.person(WHO).id}"
    shown += [staff.get(path).body for path in ("/staff", "/staff/requests", person)]
    staff.press("Refuse the request", {"reason": ""})
    shown.append(staff.at.body)
    assert_no_barrier(site, browser, shown)


def test_a_member_of_the_board_sees_their_part_in_its_business(site):
    world = site.world.at("open")
    world.vote("director1", "no")
    world.recuse("director3", "I convene it.")
    document = world.meeting.documents[0].document_id
    world.do("director1", "document.comment", document, section="whole", text="Who pays for it?")
    page = site.member("director1", "/account/data").at.text
    assert "What you wrote about documents" in page
    assert "Who pays for it?" in page
    assert "You moved it. You voted no" in page
    page = site.member("director3", "/account/data").at.text
    assert "You are recused: I convene it." in page
    assert "Who pays for it?" not in page
    assert "What you wrote about documents" not in page
