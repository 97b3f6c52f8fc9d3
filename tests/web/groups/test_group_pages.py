"""A living group's pages as its conveners, staff and everybody else use them."""

from datetime import date

import pytest
from playwright.sync_api import Browser as Chromium

from tests.services import living
from tests.services.living import CHANGED, CHARGE, SLUG, begin, found, go_to
from tests.services.world import World
from tests.web.barriers import assert_no_barrier
from tests.web.browser import Answer, Browser, Site

AT = f"/groups/{SLUG}"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(living.in_renewal(world), monkeypatch)


def test_everybody_reads_a_group_and_finds_nothing_to_press(site: Site) -> None:
    page = site.visitor().get(AT)
    for words in (CHARGE, "Rowan", "Lakeshore University", "In renewal", "Renewal opened"):
        assert words in page.text
    assert "example.org" not in page.text
    assert "Open the renewal" not in page.text
    for path in ("renewal", "conveners", "edit", "check-in"):
        answer = site.visitor().ask("GET", f"{AT}/{path}")
        assert answer["Location"] == f"/sign-in?next={AT}/{path}"
        assert site.member("thandiwe").ask("GET", f"{AT}/{path}").status == 403


def test_a_convener_is_led_to_what_is_to_be_done(site: Site) -> None:
    convener = site.member("rowan", AT)
    assert "Answer the renewal" in convener.at.text
    page = convener.get(f"{AT}/renewal")
    assert "Its documents are due by November 2, 2026" in page.text
    assert "will lapse after April 25, 2027" in page.text
    # What is there already is filled in.
    form = next(one for one in page.page.forms if one.action == f"{AT}/renewal")
    assert dict(form.fields)["charge"] == CHARGE
    assert AT in site.member("rowan").get("/account").body


def test_an_answer_is_kept_looked_at_and_sent(site: Site) -> None:
    convener = site.member("rowan", f"{AT}/renewal")
    convener.press("Save for later", {"outcome": "changed", "charge": CHANGED})
    assert "Your answer is saved, but not sent yet." in convener.at.text
    assert "added: find, adopt and" in convener.at.text
    convener.press("Send the answer")
    assert convener.at.status == 422
    assert "Say in a few sentences what the group did" in convener.at.text
    assert CHANGED in convener.at.body
    convener.press("Send the answer", {"report": "It met four times."})
    assert "Waiting for staff" in convener.at.text
    convener.press("Withdraw the answer")
    assert found(site.world).renewal.answer.charge == CHANGED
    convener.press("Send the answer")
    assert "Waiting for staff" in convener.at.text


def test_what_was_typed_on_top_of_anothers_answer_is_there_to_be_copied(site: Site) -> None:
    convener = site.member("rowan", f"{AT}/renewal")
    site.world.do("noor", "renewal.save", SLUG, outcome="dissolved", report="We are done.")
    convener.press("Send the answer", {"outcome": "same", "report": "It met forty times."})
    assert convener.at.status == 409
    assert "Nothing was overwritten" in convener.at.text
    assert "It met forty times." in convener.at.text
    assert found(site.world).renewal.answer.report == "We are done."


def test_staff_put_an_answer_on_the_docket_or_return_it(site: Site) -> None:
    living.answer(site.world)
    staff = site.member("staff", f"{AT}/renewal")
    assert "It goes on the consent agenda of the meeting." in staff.at.text
    staff.press("Return it to its conveners")
    assert staff.at.status == 422
    assert "Say what should change" in staff.at.text
    staff.press("Return it to its conveners", {"comments": "Say who came."})
    convener = site.member("rowan", f"{AT}/renewal")
    assert "Returned: Say who came." in convener.at.text
    convener.press("Send the answer")
    staff.get(f"{AT}/renewal")
    # The number suggested is one of the consent agenda's own.
    staff.press("Put it on the docket")
    assert "Doc 4.1 of Board II" in staff.at.text
    member = site.member("director1", f"/board/meetings/{site.world.meeting_id}")
    assert "It is on the consent agenda." in member.at.text
    assert "Read it as the Board does" in member.get(f"{AT}/renewal").text
    assert "Send the answer" not in member.at.text


def test_a_wrong_number_is_said_and_nothing_else_is_lost(site: Site) -> None:
    living.answer(site.world)
    staff = site.member("staff", f"{AT}/renewal")
    staff.press("Put it on the docket", {"number": "3.0"})
    assert staff.at.status == 422
    assert "was used already" in staff.at.text
    assert found(site.world).renewal.stage == "submitted"


def test_the_charges_page_shows_each_change_word_by_word(site: Site) -> None:
    living.answer(site.world, outcome="changed", name="Open Textbook Care", charge=CHANGED)
    meeting = site.world.meeting_id
    site.world.do("staff", "renewal.schedule", SLUG, meeting=meeting, number="5.0")
    living.decide(site.world, meeting, "5.0")
    page = site.visitor().get(AT)
    assert CHANGED in page.text
    assert "The motion behind this charge" in page.text
    assert "Renewed with a changed charge" in page.text
    page = site.visitor().get(f"{AT}/charges")
    assert "added: find, adopt and" in page.text
    assert "as Open Textbooks" in page.text
    past = site.member("staff").get(f"{AT}/renewal")
    assert "It continues with a new name or charge" in past.text


def test_a_group_that_ended_stays_readable_and_leads_on(site: Site) -> None:
    living.member(site.world, "saskia")
    begin(site.world, "other", name="Open Pedagogy", conveners=("saskia",), since=date(2025, 3, 1))
    said = {"other": "other", "agreement": "By email, on May 3."}
    living.answer(site.world, outcome="succeeded", **said)
    meeting = site.world.meeting_id
    site.world.do("staff", "renewal.schedule", SLUG, meeting=meeting, number="5.0")
    living.decide(site.world, meeting, "5.0")
    page = site.visitor().get(AT)
    assert "Succeeded by another group" in page.text
    assert 'href="/groups/other"' in page.body
    assert f'href="{AT}"' in site.visitor().get("/groups/other").body
    assert "Another group carries on the work" in site.member("staff").get(f"{AT}/renewal").text


def test_conveners_are_invited_answer_and_go(site: Site) -> None:
    convener = site.member("rowan", f"{AT}/conveners")
    convener.press("Send the invitation", {"name": "Zoe", "email": "not an address"})
    assert convener.at.status == 422
    assert 'value="not an address"' in convener.at.body
    convener.press("Send the invitation", {"email": "zoe@example.org"})
    assert "Invited, has not answered" in convener.at.text
    assert "Zoe" not in site.visitor().get(AT).text
    asked = site.member("zoe", f"{AT}/conveners")
    asked.get(f"{AT}/conveners")
    assert "Do you want to convene Open Textbooks?" in asked.at.text
    assert "Rowan" not in asked.at.text.partition("Its charge")[0].replace("Rowan Ibarra", "")
    asked.press("Accept")
    assert "You are a convener of this group now." in asked.at.text
    asked.get(f"{AT}/conveners")
    asked.press("Step down")
    assert "You are no longer a convener of this group." in asked.at.text
    staff = site.member("staff", f"{AT}/conveners")
    staff.press("Remove")
    assert "Give the reason: they are notified" in staff.at.text


def test_the_check_in_is_filled_in_and_put_right(site: Site) -> None:
    early = site.member("rowan", f"{AT}/check-in")
    assert "opens on May 1, 2027" in early.at.text
    go_to(site.world, date(2027, 5, 3))
    convener = site.member("rowan", f"{AT}/check-in")
    convener.press("Send the check-in", {"meetings": "four", "participants": "20"})
    assert convener.at.status == 422
    assert "Enter a whole number." in convener.at.text
    assert 'value="four"' in convener.at.body
    convener.press("Send the check-in", {"meetings": "4", "for_board": "A session, please."})
    assert "Thank you. The check-in is on record" in convener.at.text
    page = convener.get(f"{AT}/check-in")
    assert "You can edit it until June 30, 2027" in page.text
    assert "A session, please." in page.text
    go_to(site.world, date(2028, 5, 3))
    page = site.member("noor", f"{AT}/check-in").at
    assert 'value="4"' in page.body
    assert "A session, please." not in page.text


def test_staff_name_a_liaison_and_conveners_say_how_it_meets(site: Site) -> None:
    staff = site.member("staff", f"{AT}/edit")
    person = site.world.person("director4").id
    staff.press("Name the liaison", {"person": person})
    assert "Priyanka Stoddard" in staff.at.text
    convener = site.member("noor", f"{AT}/edit")
    assert "Name the liaison" not in convener.at.text
    convener.press("Save", {"meets": "By video.", "discussion_url": "connect.example.org"})
    assert "begins with https://" in convener.at.text
    convener.press("Save", {"discussion_url": "https://connect.example.org/open"})
    assert 'href="https://connect.example.org/open"' in site.visitor().get(AT).body


def test_the_api_says_what_a_group_is_and_runs_its_commands(site: Site) -> None:
    answer = site.visitor().ask("GET", f"/api/v1/groups/{SLUG}")
    assert answer.json["charge"]["ends_on"] == "2027-01-25"
    assert answer.json["renewal"] == "open"
    assert "@" not in answer.body


def test_the_pages_have_no_barrier_and_fit_a_phone(site: Site, browser: Chromium) -> None:
    world = site.world
    world.do("rowan", "group.invite-convener", SLUG, name="Zoe", email="zoe@example.org")
    rowan, staff = site.member("rowan"), site.member("staff")
    shown = [rowan.get(f"{AT}{path}").body for path in ("", "/renewal", "/conveners", "/edit")]
    shown += [staff.get(f"{AT}{path}").body for path in ("/edit", "/conveners")]
    shown.append(site.member("zoe").get(f"{AT}/conveners").body)
    living.answer(world, outcome="changed", name="Open Textbook Care", charge=CHANGED)
    shown.append(staff.get(f"{AT}/renewal").body)
    world.do("staff", "renewal.schedule", SLUG, meeting=world.meeting_id, number="5.0")
    shown.append(site.member("director1").get(f"{AT}/renewal").body)
    living.decide(world, world.meeting_id, "5.0")
    shown += [site.visitor().get(f"{AT}{path}").body for path in ("", "/charges")]
    shown.append(staff.get(f"{AT}/renewal").body)
    go_to(world, date(2027, 5, 3))
    shown.append(site.member("rowan").get(f"{AT}/check-in").body)
    assert_no_barrier(site, browser, shown)


def upload(browser: Browser, content: bytes) -> Answer:
    """Sends a file by the form to bring in groups."""
    head = 'Content-Disposition: form-data; name="csrf_token"'
    file = (
        'Content-Disposition: form-data; name="file"; filename="groups.csv"\r\n'
        "Content-Type: text/csv"
    )
    body = (
        f"--x\r\n{head}\r\n\r\n{browser.csrf()}\r\n--x\r\n{file}\r\n\r\n".encode()
        + content
        + b"\r\n--x--\r\n"
    )
    given = {"Content_Type": "multipart/form-data; boundary=x"}
    browser.at = browser.ask("POST", "/staff/groups/import", body, **given)
    return browser.at


def test_staff_bring_in_groups_from_a_file(site: Site, browser: Chromium) -> None:
    staff = site.member("staff", "/staff/groups/import")
    shown = [staff.at.body]
    template = staff.ask("GET", "/staff/groups/import.csv")
    assert template["Content-Type"].startswith("text/csv")
    answer = upload(staff, template.body.encode())
    # The group of the example has the name of the one that is here.
    assert "Existing" in answer.text
    more = template.body.replace("Open Textbooks", "Open Maps") + "x,y,z,1,,,,,\n"
    answer = upload(staff, more.encode())
    assert "With errors" in answer.text
    assert "“1” is no day." in answer.text
    shown.append(answer.body)
    staff.press("Import", {"tell": "yes"})
    assert "1 group imported" in staff.at.text
    # The page says of the other rows as well what became of them.
    assert "“1” is no day." in staff.at.text
    old = more.replace("Open Maps", "Old Maps").replace("2024-01-26", "2015-01-26")
    answer = upload(staff, old.replace("Meets", "Shoe size").encode())
    assert "January 25, 2018 (past)" in answer.text
    assert "1 of these charges has ended already." in answer.text
    assert "Ada Fell (Fernwood College), Bo Grand (Lakeshore University)" in answer.text
    assert "Columns that are not used: Shoe size." in answer.text
    shown.append(answer.body)
    upload(staff, more.encode())
    shown.append(staff.at.body)
    assert "Open Maps" in site.visitor().get("/groups/open-maps").text
    refused = upload(staff, b"nothing")
    assert refused.status == 422
    assert "No column for Name, Kind, Charge, Effective on was found." in refused.text
    assert site.member("rowan").ask("GET", "/staff/groups/import").status == 403
    assert_no_barrier(site, browser, shown)


def test_a_petition_that_continues_a_group_says_so(site: Site) -> None:
    begin(site.world, "data", kind="interest-group", name="Data Curation")
    site.world.do("rowan", "renewal.open", "data")
    convener = site.member("rowan", "/groups/data/renewal")
    assert (
        "An interest group is renewed by a petition with 75 member signatures" in convener.at.text
    )
    convener.press("Start the petition")
    assert "Draft petition to continue an interest group" in convener.at.text
    assert convener.value("name") == "Data Curation"
    assert convener.value("charge") == CHARGE
    petition = found(site.world, "data").renewal.petition_id
    text = {
        "background": "It has met for years, and it is to go on.",
        "goal_area": "Student Learning",
    }
    site.world.do(
        "rowan",
        "petition.edit",
        petition,
        name="Data Curation",
        charge=CHARGE,
        lead_name="Rowan",
        **text,
    )
    site.world.do("rowan", "petition.publish", petition)
    page = site.visitor().get(f"/petitions/{petition}")
    assert "Petition to continue an interest group" in page.text
    assert 'href="/groups/data"' in page.body
    assert "0 of 75 verified signatures" in page.text
    assert "Collecting signatures" in convener.get("/groups/data/renewal").text
