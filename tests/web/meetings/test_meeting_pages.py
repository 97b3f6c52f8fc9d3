"""The pages of a meeting and its docket, without a script and in a real browser."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.services.world import VOTERS, World
from tests.web.browser import Browser, Site


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    world.at("scheduled")
    return Site(world, monkeypatch)


def at(site: Site, rest: str = "") -> str:
    return f"/board/meetings/{site.world.meeting_id}{rest}"


def order(site: Site) -> list[str]:
    return [item.number for item in site.world.meeting.ordered_docket]


def test_a_docket_is_arranged_without_a_script(site: Site) -> None:
    staff = site.member("staff", at(site, "/docket"))
    staff.press("Add the item", {"title": "Minutes", "minutes": "0", "consent": "yes"})
    assert "The item is on the docket." in staff.at.text
    staff.press("Add the item", {"title": "", "minutes": "soon", "presenter": "Kofi"})
    assert staff.at.status == 422
    assert {'id="error-minutes"'} <= set(re.findall(r'id="error-\w+"', staff.at.body))
    assert staff.value("presenter") == "Kofi"
    staff.get(at(site, "/docket"))
    staff.press("↓", at="/docket/i2/move")
    assert order(site)[:3] == ["1.0", "3.0", "2.0"]
    staff.press("Move", {"position": "1"}, at="/docket/i2/move")
    assert order(site)[0] == "2.0"
    staff.get(at(site, "/docket/i2/edit"))
    staff.press("Save the item", {"title": "Welcome", "closed": "yes"})
    assert "Closed session" in staff.at.text
    staff.press("Remove", at="/docket/i3/remove")
    staff.press("Add the section", {"name": "Lunch"})
    staff.press("Rename", {"name": "Luncheon"}, at="/sections")
    assert "Luncheon" in site.world.meeting.sections
    assert order(site) == ["2.0", "1.0", "4.0", "4.1", "5.0"]
    # Its members see what is closed named so, and cannot arrange anything.
    member = site.member("director1", at(site))
    assert re.search("Welcome.{0,20}Closed session", member.at.text), member.at.text[600:1800]
    assert member.get(at(site, "/docket")).status == 403
    assert member.get(at(site, "/edit")).status == 403


def test_a_meeting_is_changed_and_cancelled_by_its_form(site: Site) -> None:
    staff = site.member("staff", at(site, "/edit"))
    staff.press("Save changes", {"place": "", "link": "here"})
    assert staff.at.status == 422
    assert staff.value("link") == "here"
    staff.press("Save changes", {"place": "Room 9", "link": "", "zone": "Europe/Paris"})
    assert "The change was saved." in staff.at.text
    assert "CEST" in staff.at.text
    assert "in Chicago" in staff.at.text
    staff.get(at(site, "/edit"))
    staff.press("Cancel the meeting", {"reason": ""})
    assert staff.at.status == 422
    staff.press("Cancel the meeting", {"reason": "A storm."})
    assert "This meeting is canceled. A storm." in staff.at.text
    assert staff.get(at(site, "/edit")).status == 200
    assert "can no longer be changed" in staff.at.text


def test_the_calendar_file_is_for_the_board_and_staff(site: Site) -> None:
    member = site.member("director1")
    answer = member.ask("GET", at(site, "/calendar.ics"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.body).walk("VEVENT")
    assert event["URL"].endswith(at(site))
    assert site.member("rowan").ask("GET", at(site, "/calendar.ics")).status == 403


def test_staff_see_what_falls_due_and_grant_more_time(site: Site) -> None:
    staff = site.member("staff", "/staff")
    assert "Call for items" in staff.at.text
    staff.get(at(site))
    staff.press("Call for items", at="/call")
    assert "The Board is asked for items" in staff.at.text
    fields = {"name": "Ada Fell", "asked_on": "2026-03-14", "until": "2020-01-01"}
    staff.press("Grant it", fields)
    assert (staff.at.status, staff.value("name")) == (422, "Ada Fell")
    staff.press("Grant it", {**fields, "until": "2026-04-18"})
    assert "Ada Fell: through April 18, 2026." in site.member("director1", at(site)).at.text


def test_a_meeting_is_held_by_its_page(site: Site) -> None:
    world = site.world
    world.do("staff", "docket.add", world.meeting_id, title="Minutes", consent=True, minutes=0)
    world.do("staff", "docket.add", world.meeting_id, title="Roster", consent=True, minutes=0)
    world.clock.now = world.meeting.starts_at + timedelta(minutes=6)
    chair = site.member("president", at(site))
    assert "Call the meeting to order" in chair.at.text
    boxes = {name: value for name, value in roll(chair).items() if value.startswith("board0")}
    chair.press("Call the meeting to order", boxes)
    shown = re.findall(r'data-now-until="[^"]*"><strong>(\S+)', chair.at.body)
    assert shown == ["2.0"]
    assert "9 voting members are present. The quorum of 7 is met." in chair.at.text
    member = site.member("director7", at(site))
    member.press("Pull item 4.2")
    assert "Pulled from the consent agenda by Wren Castellanos" in member.at.text
    chair.get(at(site))
    chair.press("Wren Castellanos arrived")
    chair.press("Adopt the consent agenda")
    assert "Adopted by consent" in chair.at.text
    chair.press("Adjourn")
    assert world.meeting.state == "adjourned"
    assert len(VOTERS) == 13


def roll(browser: Browser) -> dict[str, str]:
    """The boxes of the roll: each name with the person that it ticks."""
    found = re.findall(r'name="(present-\d+-value)" value="(\w+)"', browser.at.body)
    return dict(found)


# In a real browser


def test_the_docket_by_keyboard_keeps_the_focus_and_says_what_happened(
    site: Site, page: Page
) -> None:
    page.goto(at(site, "/docket"))
    down = page.locator('[data-focus="down-i2"]')
    down.focus()
    page.keyboard.press("Enter")
    expect(
        page.get_by_text("2.0 Opening remarks and ground rules is at 3 of 5, in Opening.")
    ).to_be_attached()
    expect(page.locator('[data-focus="down-i2"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-section="Consent agenda"] #item-i2')).to_be_visible()
    expect(page.locator('[data-focus="down-i2"]')).to_be_focused()
    first = page.locator('[data-focus="up-i1"]')
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is the first one already.")).to_be_attached()
    assert order(site) == ["1.0", "3.0", "2.0", "4.0", "5.0"]


def test_an_item_is_dragged_to_another_section(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 1800})
    page.goto(at(site, "/docket"))
    handle = page.locator("#item-i5 [data-handle]").bounding_box()
    target = page.locator("#item-i2").bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + 4, steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile("is at 2 of 5, in Opening"))).to_be_attached()
    assert order(site) == ["1.0", "5.0", "2.0", "3.0", "4.0"]
    # Escape puts it back, and nothing is sent.
    version = site.world.meeting.version
    box = page.locator("#item-i5 [data-handle]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 250, steps=8)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator('[data-section="Opening"] #item-i5')).to_be_visible()
    assert site.world.meeting.version == version
