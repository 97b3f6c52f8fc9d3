"""The pages of the record: minutes from writing to approval, what the Board did, seals."""

import csv
import io
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium

from chalicelib.domain.people.people import SYSTEM, Act, Role
from chalicelib.domain.record.record import advance
from chalicelib.services.record.record import seal_the_night
from chalicelib.storage import keys
from tests.services.meetings.test_minutes import PRESENT, hold, next_meeting
from tests.services.world import World
from tests.web.browser import Browser, Site
from tests.web.signing.test_export_pages import AXE, seen_by


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    world.at("carried")
    hold(world, *PRESENT)
    return Site(world, monkeypatch)


def at(site: Site) -> str:
    return f"/board/meetings/{site.world.meeting_id}/minutes"


def written(site: Site) -> Browser:
    staff = site.member("staff")
    staff.get(at(site))
    staff.press("Write the minutes", at="/write")
    return staff


def test_from_the_record_to_final_minutes_that_everybody_reads(site: Site) -> None:
    staff = written(site)
    assert "Action: The Board approved the creation of the" in staff.at.text
    staff.get(f"{at(site)}/edit")
    name = next(
        n for form in staff.at.page.forms for n, v in form.fields if "was adjourned at" in v
    )
    staff.press("Keep this text", {name: "We ended at three.\n\n- Thanks\n- Cake"})
    assert "We ended at three." in staff.at.text
    staff.get(f"{at(site)}/changes")
    assert "We ended at three." in staff.at.text
    assert "was adjourned at" in staff.at.text
    director = site.member("director5", at(site))
    assert "no minutes to read yet" in director.get(at(site)).text
    staff.get(at(site))
    staff.press("Send them to the Board")
    assert "We ended at three." in director.get(at(site)).text
    assert site.visitor().get(at(site)).path.startswith("/sign-in")
    next_meeting(site.world)
    president = site.member("president", at(site))
    president.get(at(site))
    president.press("The Board approved them")
    assert president.at.status == 422
    options = site.world.services.store.board.meetings()
    later = next(row["id"] for row in options if row["title"] == "Board II")
    president.press("The Board approved them", {"meeting": later})
    assert "They are final." in president.at.text
    everybody = site.visitor().get(at(site))
    assert everybody.status == 200
    assert "We ended at three." in everybody.text


def test_a_correction_without_its_reason_keeps_what_was_typed(site: Site) -> None:
    staff = written(site)
    staff.press("Send them to the Board")
    staff.get(f"{at(site)}/edit")
    staff.press("Record the correction", {"texts-0-text": "We began at one."})
    assert staff.at.status == 422
    assert staff.value("texts-0-text").strip() == "We began at one."
    assert "Say what was wrong" in staff.at.text
    staff.press("Record the correction", {"why": "Wrong hour."})
    assert "We began at one." in staff.at.text
    assert "Wrong hour." in staff.get(f"{at(site)}/changes").text


def test_what_was_done_in_closed_session_is_the_boards_alone(site: Site) -> None:
    world = site.world
    meeting = world.meeting
    closed = tuple(replace(i, closed=True) if i.document else i for i in meeting.docket)
    changed, event = advance(
        meeting, "meeting", "edit-item", Act(SYSTEM, Role.SYSTEM, world.clock()),
        before=meeting.state, docket=closed,
    )  # fmt: skip
    unit = world.services.store.transaction()
    world.services.store.board.save_meeting(unit, changed, event)
    unit.commit()
    staff = written(site)
    assert "Closed session: the public edition" in staff.at.text
    staff.press("Send them to the Board")
    later = next_meeting(world)
    world.do("president", "minutes.approve", world.meeting_id, meeting=later)
    name = world.motion.mover
    public = site.visitor().get(at(site))
    assert "This item was taken up in closed session." in public.text
    for secret in ("Stewardship", f"Moved by {name}"):
        assert secret not in public.text
    assert "Stewardship" not in site.visitor().get("/board/actions").text
    assert "Stewardship" not in site.visitor().get("/board/actions.csv").body
    assert "Stewardship" in site.member("director5").get("/board/actions").text


def test_the_digest_by_goal_area_and_as_a_file(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.get("/board/actions")
    assert page.status == 200
    assert "Student Learning" in page.text
    line = (
        "Approved the creation of the Stewardship of Open Textbooks discussion group, bringing the "
        "number of discussion groups to 1."
    )
    assert line in page.text
    rows = list(
        csv.DictReader(io.StringIO(visitor.get("/board/actions.csv").body.lstrip("\ufeff")))
    )
    assert [(row["action"], row["number of groups"]) for row in rows] == [(line, "1")]
    assert "decided nothing" in visitor.get("/board/actions?from=2020-01-01&to=2020-12-31").text


def test_no_cell_of_the_file_is_a_formula(site: Site) -> None:
    world = site.world
    record = world.item(keys.motion(world.motion_id), keys.STATE)
    record.listing = {**record.listing, "mover": "=HYPERLINK(1)"}
    world.put(record)
    body = site.visitor().get("/board/actions.csv").body
    assert "'=HYPERLINK(1)" in body
    assert ",=HYPERLINK" not in body


@pytest.mark.parametrize(
    "query", ["from=x", "from=2026-02-30", "from=2026-05-01&to=2026-04-01", "from=2000-01-01"]
)
def test_wrong_days_are_named_and_kept(site: Site, query: str) -> None:
    visitor = site.visitor()
    assert visitor.get(f"/board/actions?{query}").status == 422
    assert visitor.get(f"/board/actions.csv?{query}").status == 422


def test_the_seals_and_how_to_check_them(site: Site) -> None:
    director = site.member("director5")
    assert "sealed for the first time tonight" in director.get("/board/record").text
    digest = seal_the_night(site.world.services)
    page = director.get("/board/record")
    assert f"{digest[:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]}" in page.text
    assert site.visitor().get("/board/record").path.startswith("/sign-in")


@pytest.mark.parametrize("width", [375, 1280])
def test_the_pages_are_whole_at_every_width(site: Site, browser: Chromium, width: int) -> None:
    staff = written(site)
    seal_the_night(site.world.services)
    for path in (
        at(site),
        f"{at(site)}/edit",
        f"{at(site)}/changes",
        "/board/actions",
        "/board/record",
    ):
        page = seen_by(browser, staff.get(path).body, width)
        found = Axe().run(page, options={"runOnly": AXE["runOnly"]})
        assert found.response["violations"] == [], (path, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)
        page.context.close()
