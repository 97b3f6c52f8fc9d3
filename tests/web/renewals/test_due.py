"""Staff's overview of groups: what is due, and several renewals opened or reminded of at once."""

from datetime import date

import pytest
from playwright.sync_api import Browser as Chromium

from chalicelib.services.commands import COMMANDS
from tests.services import living
from tests.services.world import World
from tests.web.barriers import assert_no_barrier
from tests.web.browser import Browser, Site

PAGE = "/staff/renewals"
TODAY = date(2026, 6, 10)


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world.once("renewals due", five_groups), monkeypatch)


def five_groups(world: World) -> None:
    """June 10, 2026: `maps` is in its time of grace, `heads` wants conveners, `keys` and `zines`
    have some months to go, and `prints` has answered; no group but `zines` has checked in.
    """
    living.member(world, "saskia")
    for slug, name, since in (
        ("maps", "Map Librarians", date(2023, 6, 1)),
        ("prints", "Old Prints", date(2023, 9, 1)),
        ("keys", "Keys and Locks", date(2024, 3, 1)),
        ("zines", "Zine Librarians", date(2024, 3, 15)),
    ):
        living.begin(world, slug, name=name, conveners=("saskia",), since=since)
    heads = {"name": "Heads of Service", "kind": "interest-group", "since": date(2025, 7, 1)}
    living.begin(world, "heads", conveners=(), **heads)
    living.go_to(world, date(2026, 5, 2))
    living.sweep(world)
    world.do("saskia", "group.check-in", "zines", active="yes", meetings="3", participants="12")
    living.answer(world, "saskia", "prints")
    living.through(world, TODAY, every=9)


@pytest.fixture
def staff(site: Site) -> Browser:
    return site.member("staff2", PAGE)


def part(browser: Browser, heading: str) -> str:
    """What a section of the page shown holds, up to the next one."""
    assert f">{heading}</h2>" in browser.at.body, browser.at.text
    return browser.at.body.split(f">{heading}</h2>")[1].split("<section")[0]


def tick(browser: Browser, *slugs: str) -> dict[str, str]:
    """The boxes of these groups, ticked."""
    boxes = browser.at.body.split('type="checkbox"')[1:]
    found = {}
    for box in boxes:
        name, value = (box.split(f'{part}="')[1].split('"')[0] for part in ("name", "value"))
        if value in slugs:
            found[name] = value
    assert sorted(found.values()) == sorted(slugs)
    return found


def test_everything_that_is_due_is_on_one_page_the_overdue_first(staff: Browser) -> None:
    assert "From now through June 10, 2027, and what is overdue." in staff.at.text
    body = staff.at.body
    order = ["Waiting for staff", "Overdue", "July 2026", "September 2026", "February 2027"]
    places = [body.index(f">{heading}</h2>") for heading in order]
    assert places == sorted(places)
    waiting = part(staff, "Waiting for staff")
    assert "Old Prints" in waiting
    assert 'href="/groups/prints/renewal"' in waiting
    assert "put it on a meeting’s docket" in waiting
    overdue = part(staff, "Overdue")
    assert "The charge ended on May 31, 2026." in overdue
    assert "The yearly check-in was due by May 31, 2026" in overdue
    assert "Zine Librarians" not in overdue
    assert "A vacancy is to be filled by July 1, 2026." in part(staff, "July 2026")
    assert "Without an answer it lapses after August 29, 2026." in part(staff, "August 2026")
    assert "Keys and Locks" in part(staff, "February 2027")


def test_what_four_groups_have_to_do_on_one_day_is_one_line(staff: Browser) -> None:
    assert "4 groups: The yearly check-in was due by May 31, 2026" in part(staff, "Overdue")


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("what=vacancy+to+be+filled", "Heads of Service", "Keys and Locks"),
        ("what=renewal+waits+for+staff", "Old Prints", "Map Librarians"),
        (
            "what=charge+ends",
            "The charge ended on May 31, 2026. Its renewal is under way",
            "check-in",
        ),
        ("what=check-in+due", "Map Librarians", "The charge ended on"),
        ("kind=interest-group", "Heads of Service", "Keys and Locks"),
        ("kind=interest-group&what=lapses", "Nothing of this kind is due.", "Map Librarians"),
        ("what=nonsense&kind=%3C", "Map Librarians", "Nothing of"),
    ],
)
def test_staff_look_at_one_kind_of_it(staff: Browser, query: str, shown: str, hidden: str) -> None:
    staff.get(f"{PAGE}?{query}")
    assert shown in staff.at.text
    main = staff.at.body.split("<main")[1].split("<aside")[0].split("</form>", 1)[1]
    assert hidden not in main


def test_staff_come_to_it_and_see_how_much_waits_for_them(staff: Browser) -> None:
    index = staff.get("/staff")
    assert "1 renewal waiting for you" in index.text
    nav = index.body.split("<main")[0]
    assert 'href="/staff/renewals">Renewals' in nav
    assert '<span class="nav-count">1<' in nav
    shown = staff.get(PAGE).body.split("<main")[0]
    assert '<a href="/staff/renewals" aria-current="page">' in shown
    assert '<a href="/staff" aria-current' not in shown
    assert "1 waiting for staff" in staff.at.text
    assert "4 without their yearly check-in" in staff.at.text


@pytest.mark.parametrize("who", ["rowan", "president", "saskia"])
def test_nobody_else_reads_it_or_sends_anything(site: Site, who: str) -> None:
    browser = site.member(who)
    assert browser.get(PAGE).status == 403
    assert PAGE not in browser.get("/").body
    before = site.world.dump()
    token = {"csrf_token": browser.csrf(), "do": "renewal.open", "groups-0-value": "keys"}
    for path in ("preview", "run"):
        assert browser.post(f"{PAGE}/{path}", token).status == 403
    after = site.world.dump()
    assert after == before


def test_several_renewals_are_opened_after_a_look_at_each(site: Site, staff: Browser) -> None:
    world = site.world
    before = world.dump()
    staff.press("Open these renewals", tick(staff, "keys", "zines", "maps"))
    assert staff.at.heading == "Check before you open renewals"
    will, will_not = part(staff, "What will happen"), part(staff, "What will not happen, and why")
    assert "Keys and Locks" in will
    assert "A renewal opens before its time; by itself it would on September 1, 2026." in will
    assert "An email goes to Saskia." in will
    assert "Map Librarians" in will_not
    assert "A renewal of this group is open already." in will_not
    assert world.dump() == before
    staff.press("Open 2 renewals")
    assert "2 of 2 renewals were opened." in staff.at.text
    for slug in ("keys", "zines"):
        assert living.found(world, slug).renewal is not None
        assert f'href="/groups/{slug}/renewal"' in staff.at.body
    world.deliver_all()
    assert len(world.letters("renewal-opened", to="saskia")) == 2 + 2


def test_several_reminders_are_sent_once_a_day(site: Site, staff: Browser) -> None:
    world = site.world
    staff.press("Send these reminders", tick(staff, "maps", "keys"))
    assert "Map LibrariansAn email goes to Saskia." in staff.at.text
    assert "No renewal of this group is waiting for its conveners." in staff.at.text
    staff.press("Send reminders to 1 group")
    assert "1 of 1 groups were reminded." in staff.at.text
    staff.get(PAGE)
    staff.press("Send these reminders", tick(staff, "maps"))
    assert "Its conveners were reminded today already." in staff.at.text
    assert "Send reminders" not in [b[0] for f in staff.at.page.forms for b in f.buttons]
    world.deliver_all()
    told = [e for e in world.events("GROUP#maps") if e.command == "remind"]
    by_hand = [e for e in told if e.actor_name == "Teodor Lindqvarn"]
    assert [e.data["to"] for e in by_hand] == [["conveners"]]


def test_one_that_fails_keeps_no_other_from_it(
    site: Site, staff: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = site.world
    staff.press("Open these renewals", tick(staff, "keys", "zines"))
    # Meanwhile somebody else opens one of them.
    world.do("saskia", "renewal.open", "keys")
    staff.press("Open 2 renewals")
    assert "1 of 2 renewals were opened." in staff.at.text
    assert "A renewal of this group is open already." in part(staff, "Not done, and why")
    assert "Zine Librarians" in part(staff, "Done")
    # A fault of ours is one group's too.
    command = COMMANDS["renewal.remind"]

    def fail(step: object) -> None:
        if step.subject.id == "keys":  # type: ignore[attr-defined]
            raise RuntimeError("the store is gone")
        command.handle(step)

    broken = type(command)(command.name, command.model, command.load, fail)
    monkeypatch.setitem(COMMANDS, "renewal.remind", broken)
    fields = {"do": "renewal.remind", "groups-0-value": "keys", "groups-1-value": "maps"}
    staff.post(f"{PAGE}/run", {**fields, "csrf_token": staff.csrf()})
    assert "1 of 2 groups were reminded." in staff.at.text
    assert "Something is wrong on our side." in part(staff, "Not done, and why")
    assert "Map Librarians" in part(staff, "Done")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"do": "renewal.open"}, "Tick at least one group first."),
        ({"do": "renewal.accept", "groups-0-value": "keys"}, "one of the buttons"),
        ({"groups-0-value": "keys"}, "one of the buttons"),
        ({"do": "renewal.open", "groups": "keys"}, "Tick at least one group first."),
        ({"do": "renewal.open", "groups-0-x": "keys"}, "Tick at least one group first."),
        (
            {"do": "renewal.open"} | {f"groups-{n}-value": f"g{n}" for n in range(101)},
            "Tick 100 groups at most",
        ),
    ],
)
@pytest.mark.parametrize("path", ["preview", "run"])
def test_what_cannot_be_meant_is_said_at_the_top(
    staff: Browser, path: str, fields: dict[str, str], words: str
) -> None:
    answer = staff.post(f"{PAGE}/{path}", {**fields, "csrf_token": staff.csrf()})
    assert answer.status == 422
    assert words in answer.text
    assert answer.heading == "Groups: what is due"


def test_a_group_that_is_not_there_is_said_to_be_so(staff: Browser) -> None:
    token = {"csrf_token": staff.csrf(), "do": "renewal.open", "groups-0-value": "none"}
    shown = staff.post(f"{PAGE}/preview", token).text
    assert "There is no group at this address." in shown
    assert "Nothing has happened yet" in shown


def test_the_pages_have_no_barrier_and_fit_a_phone(
    site: Site, staff: Browser, browser: Chromium
) -> None:
    shown = [staff.at.body]
    staff.press("Open these renewals", tick(staff, "keys", "maps"))
    shown.append(staff.at.body)
    site.world.do("saskia", "renewal.open", "keys")
    staff.press("Open 1 renewal")
    shown.append(staff.at.body)
    staff.get(f"{PAGE}?what=lapses&kind=interest-group")
    shown += [staff.at.body, staff.get("/staff").body]
    staff.post(f"{PAGE}/preview", {"csrf_token": staff.csrf()})
    shown.append(staff.at.body)
    assert_no_barrier(site, browser, shown)
