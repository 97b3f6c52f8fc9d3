"""Packets as staff, the Board and everybody else find them on their pages."""

import pytest
from playwright.sync_api import Browser as Chromium

from tests.services.world import World
from tests.web.barriers import assert_no_barrier
from tests.web.browser import Answer, Site


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The meeting with a petition and a form for a closed session, and no packet yet."""
    world.at("scheduled")
    form = {"kind": "action", "title": "A matter of staff", "actions": ["That the Board agree."]}
    form |= {"background": "Secret."}
    made = world.do("staff", "document.send", world.meeting_id, **form)
    world.do("staff", "document.acknowledge", made.id, complete="yes")
    world.do("staff", "document.number", made.id, number="6.0", closed="yes")
    return Site(world, monkeypatch)


def links(answer: Answer, path: str) -> bool:
    return f'href="{path}"' in answer.body


def publish(site: Site, **data: object) -> None:
    site.world.do("staff", "packet.publish", site.world.meeting_id, **data)
    site.world.deliver_all()


def test_everybody_finds_the_public_edition_and_nothing_of_a_closed_session(site: Site) -> None:
    visitor = site.visitor()
    where = f"/packets/{site.world.meeting_id}"
    assert "No packet is public yet." in visitor.get("/packets").text
    assert visitor.ask("GET", where).status == 404
    publish(site)
    assert links(visitor.get("/packets"), where)
    shown = visitor.get(where)
    packet = site.world.packets[0]
    for slug in ("public", "public-doc-5.0", "public-roster-5.0"):
        address = f"{where}/1/{slug}.pdf"
        assert links(shown, address)
        assert packet.edition(slug).sha256 in shown.text
        answer = visitor.ask("GET", address)
        assert answer.status == 303
        assert packet.edition(slug).sha256 in answer["Location"]
    for never in ("6.0", "matter of staff", "closed session", packet.sha256, "board-"):
        assert never not in shown.body.replace("What is for a closed session", "")


def test_what_changed_names_open_documents_alone_in_public(site: Site) -> None:
    publish(site)
    world = site.world
    send = {"kind": "discussion", "title": "Dues", "background": "They rise."}
    send |= {"questions": ["Who pays?"]}
    for number, closed in (("7.0", "no"), ("8.0", "yes")):
        made = world.do("staff", "document.send", world.meeting_id, **send)
        world.do("staff", "document.acknowledge", made.id, complete="yes")
        world.do("staff", "document.number", made.id, number=number, closed=closed)
    publish(site)
    public = site.visitor().get(f"/packets/{world.meeting_id}")
    assert "Doc 7.0 is new" in public.text
    assert "Doc 8.0" not in public.text
    member = site.member("director1").get(f"/board/meetings/{world.meeting_id}")
    assert "Doc 7.0 is new; Doc 8.0 is new" in member.text


@pytest.mark.parametrize("slug", ["board", "board-doc-6.0", "board-roster-5.0", "staff-annex-5.0"])
def test_what_is_not_public_asks_for_a_sign_in_and_refuses_a_member(site: Site, slug: str) -> None:
    publish(site)
    path = f"/packets/{site.world.meeting_id}/1/{slug}.pdf"
    assert site.visitor().ask("GET", path)["Location"] == f"/sign-in?next={path}"
    assert site.member("rowan").ask("GET", path).status == 403
    assert site.member("staff").ask("GET", path).status == 303
    board = site.member("director1").ask("GET", path).status
    assert board == (403 if slug.startswith("staff") else 303)


def test_the_meetings_page_offers_editions_by_who_reads_it(site: Site) -> None:
    publish(site)
    page = f"/board/meetings/{site.world.meeting_id}"
    where = f"/packets/{site.world.meeting_id}/1"
    member, staff = site.member("director1").get(page), site.member("staff").get(page)
    for slug in ("board", "public", "board-doc-6.0", "board-roster-5.0"):
        assert links(member, f"{where}/{slug}.pdf")
        assert links(staff, f"{where}/{slug}.pdf")
    annex = f"{where}/staff-annex-5.0.pdf"
    assert links(staff, annex)
    assert not links(member, annex)


def test_a_document_that_cannot_be_set_is_left_out_with_one_press(site: Site) -> None:
    world = site.world
    world.press.problem, world.press.at_fault = "Doc 5.0: its charge is missing", "5.0"
    publish(site)
    staff = site.member("staff", f"/board/meetings/{world.meeting_id}")
    assert "This packet could not be made. Doc 5.0: its charge is missing" in staff.at.text
    assert "Try again</button>" in staff.at.body
    world.press.problem = ""
    staff.press("Publish without Doc 5.0")
    world.deliver_all()
    packet = world.packets[0]
    assert (packet.state, packet.documents, packet.without) == ("published", ("6.0",), ("5.0",))
    shown = staff.get(f"/board/meetings/{world.meeting_id}")
    assert "<dt>Left out</dt><dd>Doc 5.0</dd>" in shown.body


def test_a_packet_is_tried_again_with_one_press(site: Site) -> None:
    world = site.world
    world.press.problem = "The front of the packet: it is torn"
    publish(site)
    staff = site.member("staff", f"/board/meetings/{world.meeting_id}")
    assert "Publish without" not in staff.at.body
    world.press.problem = ""
    staff.press("Try again")
    world.deliver_all()
    assert world.packets[0].state == "published"


def test_the_pages_have_no_barrier_and_fit_a_phone(site: Site, browser: Chromium) -> None:
    publish(site)
    publish(site)
    world = site.world
    meeting = f"/board/meetings/{world.meeting_id}"
    shown = [site.visitor().get("/packets").body]
    shown.append(site.visitor().get(f"/packets/{world.meeting_id}").body)
    shown.append(site.member("staff").get(meeting).body)
    world.press.problem, world.press.at_fault = "Doc 5.0: its charge is missing", "5.0"
    publish(site)
    shown.append(site.member("staff").get(meeting).body)
    assert_no_barrier(site, browser, shown)
