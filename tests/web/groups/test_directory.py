"""The directory of groups: found, taken along, and subscribed to."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date

import pytest
from playwright.sync_api import Browser as Chromium

from tests.services import living
from tests.services.world import World
from tests.web.barriers import assert_no_barrier
from tests.web.browser import Answer, Site

ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = ("Open Textbooks", "Map Librarians", "Heads of Service", "Old Presses")


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world.once("directory", four_groups), monkeypatch)


def four_groups(world: World) -> None:
    """Four groups on March 2, 2026: one whose charge has a year to go, one in its last months, one
    of the other kind, and one that was dissolved.
    """
    living.member(world, "saskia")
    living.begin(world)
    living.begin(
        world,
        "map-librarians",
        name="Map Librarians",
        conveners=("saskia",),
        since=date(2023, 5, 1),
    )
    living.begin(
        world,
        "heads",
        name="Heads of Service",
        kind="interest-group",
        conveners=(),
        since=date(2025, 7, 1),
    )
    living.begin(world, "old-presses", name="Old Presses", conveners=("rowan",))
    dissolve(world, "old-presses")
    living.sweep(world)


def dissolve(world: World, slug: str) -> None:
    """Its conveners end it, and the policy of this association wants no step of the Board."""
    world.do("rowan", "renewal.open", slug)
    living.answer(world, "rowan", slug, outcome="dissolved")
    meeting = living.meeting_on(world, date(2026, 3, 30), "Board I")
    world.do("staff", "renewal.schedule", slug, meeting=meeting, number="4.9")
    living.hold(world, meeting)
    living.decide(world, meeting, "4.9")
    assert living.found(world, slug).state == "dissolved"


def names(answer: Answer) -> list[str]:
    """The groups that a page of the directory shows, in their order."""
    assert answer.status == 200
    shown = [(answer.body.find(f">{name}</a>"), name) for name in NAMES]
    return [name for at, name in sorted(shown) if at >= 0]


LIVING = ["Heads of Service", "Map Librarians", "Open Textbooks"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", LIVING),
        ("?q=textBOOKS+open", ["Heads of Service", "Map Librarians", "Open Textbooks"]),
        ("?q=map", ["Map Librarians"]),
        ("?q=map+service", []),
        ("?kind=interest-group", ["Heads of Service"]),
        ("?kind=discussion-group", ["Map Librarians", "Open Textbooks"]),
        ("?state=active", ["Heads of Service", "Open Textbooks"]),
        ("?state=in+renewal", ["Map Librarians"]),
        ("?state=dissolved", ["Old Presses"]),
        ("?state=ended", ["Old Presses"]),
        ("?state=lapsed", []),
        ("?state=all", [*LIVING, "Old Presses"]),
        ("?due=3", ["Map Librarians"]),
        ("?due=12", ["Map Librarians", "Open Textbooks"]),
        ("?due=overdue", []),
        ("?due=12&kind=interest-group", []),
        # What nobody could choose asks for nothing.
        ("?kind=nonsense&state=%3Cb%3E&due=240&page=-1", LIVING),
    ],
)
def test_groups_are_found_by_words_kind_state_and_when_their_charge_ends(
    site: Site, query: str, found: list[str]
) -> None:
    answer = site.visitor().get(f"/groups{query}")
    assert names(answer) == found
    number = f"{len(found) or 'No'} group{'' if len(found) == 1 else 's'} found"
    assert f"<h2>{number}</h2>" in answer.body


def test_the_form_keeps_what_was_asked_for_and_so_does_the_file(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/groups?q=%22map%22+%26&kind=discussion-group&state=all&due=6")
    kept = {name: visitor.value(name) for name in ("q", "kind", "state", "due")}
    assert kept == {"q": '"map" &', "kind": "discussion-group", "state": "all", "due": "6"}
    address = "/groups.csv?q=%22map%22+%26&amp;kind=discussion-group&amp;state=all&amp;due=6"
    assert f'href="{address}"' in visitor.at.body


def test_a_charge_that_ended_though_the_group_goes_on_is_overdue(site: Site) -> None:
    living.go_to(site.world, date(2026, 5, 2))
    answer = site.visitor().get("/groups?due=overdue")
    assert names(answer) == ["Map Librarians"]
    assert "Its charge ended on April 30, 2026" in answer.text


def test_the_directory_is_found_from_every_page_and_from_the_front(site: Site) -> None:
    front = site.visitor().get("/?q=map")
    nav, footer = front.body.split("<main")[0], front.body.split("<footer")[1]
    assert 'href="/groups"' in nav
    assert 'href="/groups"' in footer
    assert 'href="/groups?q=map"' in front.body
    group = site.visitor().get("/groups/map-librarians").body
    assert '<a href="/groups" aria-current="page">' in group
    assert 'href="/groups/map-librarians/calendar.ics"' in group


def test_many_groups_come_in_pages(site: Site) -> None:
    for number in range(60):
        living.begin(site.world, f"g{number}", name=f"Group {number:02}", conveners=())
    visitor = site.visitor()
    first = visitor.get("/groups?kind=discussion-group")
    assert "62 groups found" in first.text
    assert names(first) == []
    assert 'href="/groups?page=2&amp;kind=discussion-group"' in first.body
    second = visitor.get("/groups?page=2&kind=discussion-group")
    assert names(second) == ["Map Librarians", "Open Textbooks"]
    assert 'rel="prev"' in second.body
    assert 'rel="next"' not in second.body
    # The file holds them all.
    assert len(rows(visitor.get("/groups.csv"))) == 1 + 63


# ------------------------------------------------------------------ CSV


def rows(answer: Answer) -> list[list[str]]:
    assert answer.status == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.body.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.body.removeprefix("\ufeff"))))


def test_the_file_has_what_is_public_of_each_group(site: Site) -> None:
    world = site.world
    liaison = world.person("director1")
    world.do("staff", "group.name-liaison", "map-librarians", person=liaison.id)
    answer = site.visitor().get("/groups.csv?state=all")
    head, *found = rows(answer)
    assert answer["Content-Disposition"] == 'attachment; filename="groups-2026-03-30.csv"'
    assert [row[0] for row in found] == [*LIVING, "Old Presses"]
    said = dict(zip(head, found[1], strict=True))
    assert said == {
        "Name": "Map Librarians",
        "Address": "http://127.0.0.1:8000/groups/map-librarians",
        "Kind": "Discussion group",
        "State": "in renewal",
        "Renewal": "waiting for its conveners",
        "Conveners": "Saskia",
        "Liaison of the Board": liaison.name,
        "Charge since": "2023-05-01",
        "Charge ends": "2026-04-30",
        "Chartered": "",
        "Ended": "",
        "Beginning of the charge": living.CHARGE,
    }
    assert dict(zip(head, found[3], strict=True))["Ended"] == "2026-03-30"
    assert "@" not in answer.body


def test_no_spreadsheet_finds_a_formula_in_the_file(site: Site) -> None:
    living.begin(site.world, "evil", name='=HYPERLINK("https://evil.example")', conveners=())
    found = {row[1].rpartition("/")[2]: row[0] for row in rows(site.visitor().get("/groups.csv"))}
    assert found["evil"] == '\'=HYPERLINK("https://evil.example")'


# ------------------------------------------------------------------ Feeds


def entries(site: Site) -> list[tuple[str, str, str]]:
    """Title, id and time of each entry of the feed."""
    answer = site.visitor().get("/feeds/groups.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.body)
    assert root.tag == f"{ATOM}feed"
    for part in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{part}") is not None
    found = []
    for entry in root.iter(f"{ATOM}entry"):
        texts = [entry.findtext(f"{ATOM}{part}") or "" for part in ("title", "id", "updated")]
        assert all(texts)
        found.append((texts[0], texts[1], texts[2]))
    ids = [root.findtext(f"{ATOM}id"), *(one[1] for one in found)]
    assert len(ids) == len(set(ids))
    assert all(str(one).startswith("urn:uuid:") for one in ids)
    return found


def test_the_feed_tells_what_was_renewed_changed_and_ended(site: Site) -> None:
    world = site.world
    # Groups that were there before are no news.
    assert [title for title, _, _ in entries(site)] == ["Old Presses was dissolved"]
    living.answer(world, "saskia", "map-librarians", outcome="same")
    world.do("rowan", "renewal.open", living.SLUG)
    living.answer(world, outcome="changed", name="Open & <Free> Textbooks", charge=living.CHANGED)
    meeting = living.meeting_on(world, date(2026, 4, 20), "Board III")
    for number, slug in (("4.1", "map-librarians"), ("4.2", living.SLUG)):
        world.do("staff", "renewal.schedule", slug, meeting=meeting, number=number)
    living.hold(world, meeting)
    world.do("president", "consent.adopt", meeting)
    living.decide(world, meeting, "4.2")
    found = entries(site)
    assert {title for title, _, _ in found} == {
        "Old Presses was dissolved",
        "Map Librarians was renewed",
        "Open & <Free> Textbooks was renewed with changes",
    }
    assert found[-1][0] == "Old Presses was dissolved"
    # The same things have the same ids ever after.
    world.clock.forward(days=400)
    assert entries(site) == found


def test_the_feed_tells_of_a_new_group_and_is_whole_without_any(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(world, monkeypatch)
    assert entries(site) == []
    world.at("carried")
    ((title, _, at),) = entries(site)
    assert title == "Stewardship of Open Textbooks was chartered"
    assert world.group.since
    assert at == f"{world.group.since:%Y-%m-%dT%H:%M:%SZ}"


def events(answer: Answer) -> list[dict[str, str]]:
    """The events of a calendar file, with its lines unfolded."""
    assert answer.status == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.body.replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    found: list[dict[str, str]] = []
    for line in lines:
        assert len(line) < 1000
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and not line.startswith(("END:", "BEGIN:")):
            name, _, value = line.partition(":")
            found[-1].setdefault(name, value)
    assert len({one["UID"] for one in found}) == len(found)
    return found


def test_the_calendar_has_charges_that_end_and_deadlines_for_documents(site: Site) -> None:
    living.meeting_on(site.world, date(2026, 6, 26), "Board III")
    found = events(site.visitor().get("/feeds/groups.ics"))
    assert [(one["DTSTART;VALUE=DATE"], one["SUMMARY"]) for one in found] == [
        ("20260430", "Map Librarians: charge ends"),
        ("20260608", "Documents for Board III are due"),
        ("20270125", "Open Textbooks: charge ends"),
    ]
    assert found[0]["URL"] == "http://127.0.0.1:8000/groups/map-librarians"
    again = site.visitor().get("/feeds/groups.ics").body
    site.world.clock.forward(hours=20)
    assert site.visitor().get("/feeds/groups.ics").body == again


def test_a_group_has_a_calendar_of_its_own(site: Site) -> None:
    visitor = site.visitor()
    found = events(visitor.get("/groups/open-textbooks/calendar.ics"))
    assert [(one["DTSTART;VALUE=DATE"], one["SUMMARY"]) for one in found] == [
        ("20260531", "Open Textbooks: yearly check-in is due"),
        ("20260729", "Open Textbooks: renewal opens"),
        ("20270125", "Open Textbooks: charge ends"),
        ("20270531", "Open Textbooks: yearly check-in is due"),
    ]
    (ended,) = events(visitor.get("/groups/old-presses/calendar.ics"))
    assert ended["SUMMARY"] == "Old Presses was dissolved"
    assert visitor.ask("GET", "/groups/none/calendar.ics").status == 404
    assert visitor.ask("GET", "/feeds/none.atom").status == 404


def test_the_pages_have_no_barrier_and_fit_a_phone(site: Site, browser: Chromium) -> None:
    visitor = site.visitor()
    paths = ("/groups?state=all", "/groups?q=nothing&due=overdue", "/?q=map")
    assert_no_barrier(site, browser, [visitor.get(path).body for path in paths])
