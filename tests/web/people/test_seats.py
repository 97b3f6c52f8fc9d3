"""Staff's page of the Board's seats: who sits where, by its forms, and the record of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser as Chromium

from chalicelib.domain.people.people import Seat
from tests.services.world import World
from tests.web.barriers import assert_no_barrier
from tests.web.browser import Browser, Site

PAGE = "/staff/board"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world.at("people"), monkeypatch)


@pytest.fixture
def staff(site: Site) -> Browser:
    return site.member("staff2", PAGE)


def hold(world: World, who: str, *seats: Seat) -> None:
    """Puts somebody's seats in place of what they had."""
    person = world.person(who)
    unit = world.services.store.transaction()
    numbered = tuple(replace(seat, id=f"s{n}") for n, seat in enumerate(seats))
    new = replace(person, seats=numbered, version=person.version + 1)
    world.services.store.people.save(unit, new)
    unit.commit()


def councilor(**changes: str) -> dict[str, str]:
    return {
        "name": "New Comer",
        "email": "newcomer@example.org",
        "office": "Councilor",
        "since": "2026-07-01",
        "until": "2027-06-30",
        **changes,
    }


def test_staff_see_the_board_and_what_is_vacant(site: Site, staff: Browser) -> None:
    assert "13 of 13 voting seats are filled on March 2, 2026." in staff.at.text
    assert "Nobody holds" not in staff.at.text
    hold(site.world, "councilor", Seat("Councilor", until=date(2026, 3, 1)))
    hold(site.world, "director1", Seat("Director-at-Large 1", until=date(2026, 4, 30)))
    staff.get(PAGE)
    assert "12 of 13 voting seats are filled" in staff.at.text
    assert "Nobody holds this seat: Councilor." in staff.at.text
    assert "Vacant from May 1, 2026" in staff.at.text
    assert "1 term that ended" in staff.at.text
    soon = staff.at.body.split("Seats that end within 60 days")[1].split("<section")[0]
    assert "Tomasz Wierzbicki-Hall" in soon
    assert 'href="/staff/board/invite?office=Councilor"' in staff.at.body


def test_a_seat_is_given_by_the_form_and_the_record_says_so(site: Site, staff: Browser) -> None:
    hold(site.world, "councilor", Seat("Councilor", until=date(2026, 6, 30)))
    staff.get(f"{PAGE}/invite?office=Councilor")
    # The form begins after whoever holds the office.
    assert staff.value("since") == "2026-07-01"
    staff.press("Assign the seat and send the email", councilor())
    assert "The seat was assigned, and its holder is notified by email." in staff.at.text
    assert "Seat given: New Comer" in staff.at.text
    words = "Councilor, July 1, 2026 through June 30, 2027, with a vote. By Teodor Lindqvarn."
    assert words in staff.at.text
    assert "New Comer from July 1, 2026" in staff.at.text
    assert "newcomer@example.org" not in staff.at.text


def test_what_was_typed_comes_back_and_more_than_foreseen_is_asked_about(
    site: Site, staff: Browser
) -> None:
    staff.get(f"{PAGE}/invite")
    assert staff.press("Assign the seat", councilor(email="nobody", office="")).status == 422
    assert "Enter an email address like" in staff.at.text
    assert "Choose the office." in staff.at.text
    assert staff.value("name") == "New Comer"
    assert "Save anyway" not in staff.at.text
    staff.press("Assign the seat", councilor())
    assert "hold one office, Councilor, at once." in staff.at.text
    staff.press("Assign the seat", {"anyway": "yes"})
    assert "The seat was assigned" in staff.at.text
    # Whoever comes to the page later is told too.
    assert "From July 1, 2026, 14 voting seats are filled; there are 13." in staff.at.text


def test_a_seat_is_changed_and_ended(site: Site, staff: Browser) -> None:
    path = f"{PAGE}/people/{site.world.person('councilor').id}/seats/first"
    assert path in staff.at.body
    staff.get(path)
    staff.press("Save the seat", {"since": "2024-07-01", "until": "2026-06-30"})
    assert "The seat was changed" in staff.at.text
    assert "became: Councilor, July 1, 2024 through June 30, 2026" in staff.at.text
    staff.get(path)
    answer = staff.press("End the seat", {"last": "2026-07-01", "reason": "Moved abroad."})
    assert answer.status == 422
    assert "It ends on June 30, 2026 by itself." in staff.at.text
    assert staff.value("reason") == "Moved abroad."
    staff.press("End the seat", {"last": "2026-03-31"})
    assert "The seat ends on that day." in staff.at.text
    assert "Moved abroad. By Teodor Lindqvarn." in staff.at.text
    site.world.clock.forward(days=40)
    staff = site.member("staff2", path)
    assert "End the seat" not in staff.at.text
    assert "Moved abroad." in staff.at.text


def test_only_administrators_see_and_use_the_form_for_staff(site: Site, staff: Browser) -> None:
    assert "Administrators manage the staff." in staff.at.text
    assert "Add to staff" not in staff.at.text
    sent = {"name": "Jo", "email": "jo@example.org", "role": "staff"}
    assert staff.post(f"{PAGE}/staff", {**sent, "csrf_token": staff.csrf()}).status == 403
    admin = site.member("staff", PAGE)
    assert "The last administrator cannot be removed" in admin.at.text
    assert admin.press("Add to staff", {**sent, "email": "jo"}).status == 422
    assert admin.value("name") == "Jo"
    admin.press("Add to staff", sent)
    assert "The staff was changed" in admin.at.text
    assert "Added to staff: Jo" in admin.at.text
    admin.press("Remove from staff: Jo")
    assert "Removed from staff: Jo" in admin.at.text


def test_an_administrator_who_leaves_is_shown_their_account(site: Site) -> None:
    admin = site.member("staff", PAGE)
    teodor = {"name": "T", "email": "staff2@example.org", "role": "administrator"}
    admin.press("Add to staff", teodor)
    admin.press("Remove from staff: Imara Vesterholt")
    assert admin.at.heading == "Your account"
    assert admin.get(PAGE).status == 403


@pytest.mark.parametrize("who", ["rowan", "president", "executive"])
def test_nobody_else_reads_the_pages(site: Site, who: str) -> None:
    browser = site.member(who)
    for path in (PAGE, f"{PAGE}/invite", f"{PAGE}/people/board05/seats/first"):
        assert browser.get(path).status == 403


def test_the_record_is_read_in_pages(site: Site, staff: Browser) -> None:
    for number in range(23):
        data = {"name": f"P{number}", "email": f"p{number}@example.org", "role": "staff"}
        site.world.do("staff", "staff.grant", **data)
    staff.get(PAGE)
    assert "Added to staff: P22" in staff.at.text
    assert "Added to staff: P2 " not in staff.at.text
    staff.get(f"{PAGE}?before=4")
    assert "Added to staff: P2 " in staff.at.text
    assert "The latest changes" in staff.at.text
    assert staff.get(f"{PAGE}?before=nonsense").status == 200


def test_the_account_page_and_ones_data_say_which_seats_one_holds(site: Site) -> None:
    world = site.world
    hold(
        world,
        "vice-president",
        Seat("Vice-President", since=date(2025, 7, 1), until=date(2026, 6, 30)),
        Seat("President", since=date(2026, 7, 1), until=date(2027, 6, 30), presiding=True),
        Seat("Councilor", since=date(2015, 7, 1), until=date(2019, 6, 30)),
    )
    browser = site.member("vice-president", "/account")
    vice = "You hold a seat on the Board: Vice-President, July 1, 2025 through June 30, 2026."
    assert vice in browser.at.text
    assert "You will hold a seat on the Board: President, July 1, 2026" in browser.at.text
    assert "Councilor" not in browser.at.text
    browser.get("/account/data")
    assert "Councilor, July 1, 2015 through June 30, 2019" in browser.at.text
    seats = browser.get("/account/data.json").json["account"]["board_seats"]
    assert [seat["office"] for seat in seats] == ["Vice-President", "President", "Councilor"]
    assert seats[0]["until"] == "2026-06-30"


def test_the_page_of_a_vote_says_whose_term_ended_and_what_that_means(site: Site) -> None:
    world = site.world
    world.at("open")
    today = world.services.today()
    hold(world, "director1", Seat("Director-at-Large 1", until=today))
    hold(world, "director2", Seat("Director-at-Large 2", until=today))
    world.vote("director1", "yes")
    world.clock.forward(days=1)
    page = site.member("president", f"/board/motions/{world.motion_id}")
    assert "one cast before then still counts." in page.at.text
    for name, words in (
        ("Lucía Fernholm", "Term ended without a ballot"),
        ("Tomasz Wierzbicki-Hall", "Ballot is in"),
        ("Desmond Achterberg", "No ballot yet"),
    ):
        roll = page.at.body.partition('id="roll"')[2]
        assert words in roll.partition(name)[2].partition("</tr>")[0]
    gone = site.member("director1")
    token = {"choice": "no", "csrf_token": gone.csrf()}
    answer = gone.post(f"/board/motions/{world.motion_id}/vote", token)
    assert answer.status == 403
    assert "Your term on the Board ended on" in answer.text


def test_the_same_as_json(site: Site) -> None:
    world = site.world
    hold(world, "councilor", Seat("Councilor", until=date(2026, 6, 30)))
    admin = site.member("staff")
    made = admin.send_json("/api/v1/seats", councilor())
    assert made.status == 201
    assert (made.json["office"], made.json["until"]) == ("Councilor", "2027-06-30")
    assert "email" not in made.body
    assert "@" not in made.body
    path = f"/api/v1/seats/{made.json['person']}/{made.json['seat']}"
    assert admin.send_json(f"{path}/end", {"last": "2026-12-31"}).status == 422
    ended = admin.send_json(f"{path}/end", {"last": "2026-12-31", "reason": "Ill."})
    assert ended.json["until"] == "2026-12-31"
    assert admin.send_json(f"{path}/forget", {}).status == 404
    jo = {"name": "Jo", "email": "jo@example.org", "role": "administrator"}
    granted = admin.send_json("/api/v1/staff", jo)
    assert (granted.status, granted.json["administrator"]) == (201, True)
    gone = admin.send_json(f"/api/v1/staff/{granted.json['person']}/revoke", {})
    assert gone.json["staff"] is False
    assert site.member("staff2").send_json("/api/v1/staff", jo).status == 403


def test_seats_that_end_soon_are_those_of_the_policys_days(site: Site, staff: Browser) -> None:
    today = site.world.services.today()
    days = site.world.services.policy.terms.ending_days
    hold(site.world, "director1", Seat("Director-at-Large 1", until=today + timedelta(days)))
    hold(site.world, "director2", Seat("Director-at-Large 2", until=today + timedelta(days + 1)))
    staff.get(PAGE)
    soon = staff.at.body.split("Seats that end within")[1].split("<section")[0]
    assert "Tomasz" in soon
    assert "Lucía" not in soon


def test_the_pages_have_no_barrier_and_fit_a_phone(site: Site, browser: Chromium) -> None:
    hold(site.world, "councilor", Seat("Councilor", until=date(2026, 3, 1)))
    hold(site.world, "director1", Seat("Director-at-Large 2"))
    admin = site.member("staff", PAGE)
    admin.press("Add to staff", {"name": "Jo", "email": "jo@example.org"})
    shown = [admin.at.body]
    admin.press("Add to staff", {"name": "", "email": "", "role": "staff"})
    shown += [admin.at.body, admin.get(f"{PAGE}/invite?office=Councilor").body]
    admin.press("Assign the seat", councilor(office="President", since="2026-03-03"))
    shown += [admin.at.body, admin.get(f"{PAGE}/people/board02/seats/first").body]
    admin.press("End the seat", {"reason": ""})
    shown.append(admin.at.body)
    assert_no_barrier(site, browser, shown)
