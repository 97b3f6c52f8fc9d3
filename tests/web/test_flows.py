"""What people do, through the forms of the pages, and what they are told by page and letter."""

import pytest

from local.demo.people import address
from tests.services.world import TEXT, World
from tests.web.browser import Browser, Site

REFUSED = "is-not-a-member@elsewhere.example"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


def problem(browser: Browser, status: int, *words: str) -> None:
    """The page shown is refused with this status, and says these words at its top."""
    assert browser.at.status == status
    assert "There is a problem" in browser.at.text
    for word in words:
        assert word in browser.at.text


# ------------------------------------------------------------------ Signing in


def test_the_link_of_the_letter_signs_in_once_it_is_pressed(site: Site) -> None:
    browser = site.asks("rowan")
    assert browser.at.heading == "Check your email"
    link = site.link("rowan")
    # Whoever fetches the link ahead, even in the same browser, signs nobody in.
    for _ in range(2):
        assert browser.get(link).heading == "Sign in as rowan@example.org"
        assert "gs_session" not in browser.cookies
    assert browser.get("/account").heading == "Sign in"
    browser.get(link)
    browser.press("Sign in", at=link)
    assert "Rowan Ibarra" in browser.at.text
    assert browser.get("/account").heading == "Your account"


def test_a_link_works_once(site: Site) -> None:
    browser = site.asks("rowan")
    link = site.link("rowan")
    browser.get(link)
    shown = browser.at
    browser.press("Sign in", at=link)
    stored = site.world.dump()
    # By the back button, with the form as it was, or from the letter: they are in already.
    browser.at = shown
    for again in (lambda: browser.press("Sign in", at=link), lambda: browser.get(link)):
        again()
        assert (browser.at.status, browser.at.heading) == (200, "Your account")
        assert "You are signed in already" in browser.at.text
    assert site.world.dump() == stored
    browser.press("Sign out")
    stored = site.world.dump()
    browser.get(link)
    assert (browser.at.status, browser.at.heading) == (409, "This link does not work")
    assert "was used before or has run out. Ask for a new one." in browser.at.text
    browser.post(link, {"csrf_token": browser.csrf()})
    assert browser.at.status == 409
    assert site.world.dump() == stored


def test_a_form_that_was_opened_before_signing_in_still_works(site: Site) -> None:
    site.world.at("collecting")
    browser = site.asks("thandiwe")
    form = browser.get(f"/petitions/{site.world.petition_id}/sign")
    browser.get(site.link("thandiwe"))
    browser.press("Sign in", at=browser.at.path)
    browser.at = form
    browser.press("Sign", {"name": "T", "email": address("thandiwe"), "institution": "I"})
    assert "check your email" in browser.at.heading


def test_a_link_works_in_the_browser_that_asked(site: Site) -> None:
    browser = site.asks("rowan")
    link = site.link("rowan")
    other = site.visitor()
    for _ in range(2):
        answer = other.get(link)
        assert (answer.status, answer.heading) == (409, "This link does not work")
        assert "works only in the browser in which you asked for it" in answer.text
        assert answer.page.forms == []
        answer = other.post(link, {"csrf_token": other.csrf()})
        assert answer.status == 409
        assert "gs_session" not in other.cookies
    # It is not used up by that.
    browser.get(link)
    browser.press("Sign in", at=link)
    assert browser.get("/account").heading == "Your account"


def test_a_link_runs_out(site: Site) -> None:
    browser = site.asks("rowan")
    browser.get(site.link("rowan"))
    site.world.clock.forward(minutes=31)
    browser.press("Sign in", at=browser.at.path)
    assert (browser.at.status, browser.at.heading) == (409, "This link does not work")
    browser.get("/sign-in/cut-off.in-the-mid")
    assert "Copy the full link from the email" in browser.at.text


def test_a_cookie_that_somebody_planted_is_not_signed_in(site: Site) -> None:
    """Session fixation: the attacker knows the browser's cookie and has set a session's."""
    victim = site.asks("rowan")
    attacker = site.visitor()
    attacker.cookies = {**victim.cookies, "gs_session": "planted"}
    victim.cookies["gs_session"] = "planted"
    victim.get(site.link("rowan"))
    victim.press("Sign in", at=victim.at.path)
    assert victim.cookies["gs_session"] != "planted"
    assert attacker.get("/account").heading == "Sign in"
    # Nor do the attacker's forms work in the victim's browser, which says where they came from.
    fields = {"csrf_token": attacker.csrf(), "name": "Mallory"}
    for sender in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
        victim.post("/account", fields, **sender)
        assert (victim.at.status, victim.at.heading) == (403, "This form is too old")
        assert "Mallory" not in victim.at.body
    assert site.world.person("rowan").name == "Rowan Ibarra"


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    browser = site.member("rowan")
    kept = dict(browser.cookies)
    browser.get("/account")
    browser.press("Sign out")
    assert "You are signed out." in browser.at.text
    assert "gs_session" not in browser.cookies
    thief = site.visitor()
    thief.cookies = kept
    assert thief.get("/account").heading == "Sign in"
    assert "Sign out" not in thief.get("/").text


def test_one_of_ones_sessions_is_ended_from_another_browser(site: Site) -> None:
    here, lost = site.member("rowan"), site.member("rowan")
    here.get("/account")
    here.press("End this session")
    assert "The session is ended." in here.at.text
    assert lost.get("/account").heading == "Sign in"
    # Somebody else's session is not there at all.
    noor = site.member("noor").get("/account")
    key = site.world.services.store.people.sessions_of(site.world.person("rowan").id)[0].key
    assert key not in noor.body
    stranger = site.member("noor")
    stranger.post(f"/account/sessions/{key}/end", {"csrf_token": stranger.csrf()})
    assert stranger.at.status == 404
    assert here.get("/account").heading == "Your account"


def test_a_session_runs_out(site: Site) -> None:
    browser = site.member("rowan")
    site.world.clock.forward(days=15)
    assert browser.get("/account").heading == "Sign in"


def test_asking_for_a_link_says_the_same_to_everybody(site: Site) -> None:
    known, unknown = site.asks("rowan").at, site.asks("nobody").at
    assert known.body.replace("rowan", "nobody") == unknown.body
    browser = site.visitor()
    browser.get("/sign-in?next=/board")
    browser.press("Send me a link", {"email": "not an address"})
    problem(browser, 422, "Email address: Enter an email address like name@example.org.")
    assert (browser.value("email"), browser.value("next")) == ("not an address", "/board")


# ------------------------------------------------------------------ Drafting

SHORT = {name: value for name, value in TEXT.items() if isinstance(value, str)}


def test_a_draft_from_the_first_click_to_open_for_signatures(site: Site) -> None:
    browser = site.member("rowan", "/petitions/new")
    browser.press("Start the draft", {"kind": "a-choir"})
    problem(browser, 422)
    browser.press("Start the draft", {"kind": "discussion-group"})
    assert browser.at.path.endswith("/edit")
    petition_id = browser.at.path.split("/")[2]
    site.world.ids["petition"] = petition_id
    assert browser.value("lead_name") == "Rowan Ibarra"
    browser.press("Save draft", SHORT | {"questions-1-value": "Who pays?"})
    assert "Your answers are saved." in browser.at.text
    assert browser.value("questions-0-value") == "Who pays?"
    browser.press(
        "Save and check",
        {"conveners-0-name": "Noor Castellan", "conveners-0-email": address("noor")},
    )
    assert browser.at.path == f"/petitions/{petition_id}/preview"
    browser.press("Open for signatures")
    assert "The petition is open for signatures." in browser.at.text
    assert browser.at.path == f"/petitions/{petition_id}?done=published"
    assert site.world.petition.state == "collecting"
    site.world.deliver_all()
    # Who was named is asked first, and told more once they agree.
    assert site.world.told("petition-published") == [("petition-published", "rowan")]
    assert site.world.told("convener-invitation") == [("convener-invitation", "noor")]
    assert "@" not in site.visitor().get(f"/petitions/{petition_id}").text


BAD = {
    "name": "n" * 500,
    "charge": "To keep <b>what</b> & \u201cwas\u201d typed.",
    "conveners-0-name": "",
    "conveners-0-email": "noor at example",
    "conveners-0-institution": "Fernwood College",
}


def test_a_form_that_is_refused_keeps_what_was_typed_and_names_what_is_wrong(site: Site) -> None:
    site.world.at("draft")
    before = site.world.petition
    browser = site.member("rowan", f"/petitions/{site.world.petition_id}/edit")
    browser.press("Save draft", BAD)
    problem(browser, 422, "Add this co-convener", "Enter an email address like name@example.org.")
    for name, value in BAD.items():
        assert browser.value(name) == value
        if name.startswith("conveners") and "institution" not in name:
            assert f'id="error-{name}"' in browser.at.body
            assert f'href="#field-{name}"' in browser.at.body
    assert browser.value("background") == TEXT["background"]
    assert site.world.petition == before
    browser.press("Save draft", {**BAD, "conveners-0-name": "N", "conveners-0-email": "n@x.org"})
    problem(browser, 422, "Name of the group: ")
    assert 'id="error-name"' in browser.at.body
    assert browser.value("name") == BAD["name"]
    assert site.world.petition == before


def flat(fields: dict[str, str]) -> dict[str, object]:
    """What the page's script sends for a form's fields."""
    row = {name.rpartition("-")[2]: v for name, v in fields.items() if "conveners-0" in name}
    plain = {name: v for name, v in fields.items() if "-" not in name}
    return {**plain, "conveners": [row] if row else [], "questions": TEXT["questions"]}


TRIES = {
    "no name and no address": BAD,
    "too long": {**BAD, "conveners-0-name": "Noor", "conveners-0-email": "noor@example.org"},
    "one's own address": {**BAD, "conveners-0-name": "R", "conveners-0-email": "ROWAN@example.org"},
    "a goal that is none": {"name": "Fine name", "goal_area": "World domination"},
    "invisible characters": {"name": "a\u202eb", "background": "x\x00y"},
}


@pytest.mark.parametrize("name", TRIES)
def test_autosave_and_the_form_find_the_same_wrong(site: Site, name: str) -> None:
    site.world.at("draft")
    path = f"/petitions/{site.world.petition_id}/edit"
    fields = {**{k: v for k, v in SHORT.items() if k != "goal_area"}, **TRIES[name]}
    browser = site.member("rowan", path)
    browser.press("Save draft", fields)
    assert browser.at.status == 422
    page = browser.at
    answer = browser.send_json(f"/api/v1{path}", flat(fields))
    assert (answer.status, answer["Content-Type"]) == (422, "application/problem+json")
    errors = answer.json["errors"]
    assert errors
    for field, message in errors.items():
        assert f'id="error-{field}"' in page.body
        assert message in page.text
    assert page.body.count('class="field-error"') == len(errors)


def test_autosave_saves_what_the_form_would(site: Site) -> None:
    site.world.at("draft")
    path = f"/petitions/{site.world.petition_id}/edit"
    browser = site.member("rowan", path)
    fields = {**SHORT, "name": "Typed just now", "charge": "  To   tidy\tblanks. "}
    version = int(browser.value("version"))
    answer = browser.send_json(f"/api/v1{path}", {**flat(fields), "version": version})
    assert answer.status == 200
    assert (answer.json["name"], answer.json["version"]) == ("Typed just now", version + 1)
    assert "conveners" not in answer.json["missing"]
    autosaved = site.world.petition
    # The form of the same answers, opened anew, changes nothing more.
    browser.get(path)
    browser.press("Save draft", {name: fields[name] for name in ("name", "charge")})
    assert browser.at.status == 200
    assert site.world.petition.text == autosaved.text
    assert autosaved.text.charge == "To tidy blanks."


@pytest.mark.parametrize("by", ["form", "script"])
def test_an_old_form_overwrites_nothing_and_loses_nothing(site: Site, by: str) -> None:
    site.world.at("draft")
    path = f"/petitions/{site.world.petition_id}/edit"
    mine, other = site.member("rowan", path), site.member("noor", path)
    other.press("Save draft", {"charge": "To save what Noor wrote."})
    if by == "script":
        old = {**SHORT, "charge": "To save mine.", "version": int(mine.value("version"))}
        answer = mine.send_json(f"/api/v1{path}", old)
        assert (answer.status, answer["Content-Type"]) == (409, "application/problem+json")
        assert "changed elsewhere" in answer.json["detail"]
    else:
        for _ in range(2):
            mine.press("Save draft", {"charge": "To save mine.", "questions-2-value": "Mine?"})
            problem(mine, 409, "This draft was changed elsewhere since you opened it.")
            assert mine.value("charge") == "To save mine."
            assert mine.value("questions-1-value") == "Mine?"
    assert site.world.petition.text.charge == "To save what Noor wrote."
    mine.get(path)
    mine.press("Save draft", {"charge": "To put both together."})
    assert mine.at.status == 200
    assert site.world.petition.text.charge == "To put both together."


def test_an_incomplete_petition_is_not_opened_and_names_its_gaps(site: Site) -> None:
    site.world.at("draft")
    site.world.do("rowan", "petition.edit", site.world.petition_id, name="Open", charge="Sharing.")
    browser = site.member("rowan", f"/petitions/{site.world.petition_id}/preview")
    assert [form.action for form in browser.at.page.forms] == ["/sign-out"]
    path = f"/petitions/{site.world.petition_id}/publish"
    browser.post(path, {"csrf_token": browser.csrf()})
    problem(browser, 422, "The petition is not complete yet, so it was not opened.")
    answer = browser.send_json(f"/api/v1{path}", {})
    assert answer.status == 422
    assert {"name", "charge", "background", "goal_area", "conveners"} <= set(answer.json["errors"])
    page = browser.post(path, {"csrf_token": browser.csrf()})
    for field, message in answer.json["errors"].items():
        assert message in page.text, field
    assert site.world.petition.state == "draft"


LONG = "One line\r\n\r\n<b>and</b> \u201canother\u201d."


def kept(browser: Browser, status: int, *texts: str) -> None:
    """The page shown could not take a form, and shows what was typed to be copied."""
    assert browser.at.status == status
    for text in texts:
        escaped = text.replace("<", "&lt;").replace(">", "&gt;")
        assert f"readonly>\n{escaped}</textarea>" in browser.at.body, text
    assert browser.at.body.count("csrf_token") <= 1  # Signing out has the only form.


def test_a_website_that_somebody_typed_is_kept_like_any_other_answer(site: Site) -> None:
    browser = site.member("rowan", "/account")
    fields = {"csrf_token": "an old one", "name": "Rowan", "website": "https://rowan.example.org"}
    browser.post("/account", fields)
    kept(browser, 403, "Rowan", "https://rowan.example.org")


def test_a_draft_is_kept_when_its_session_has_ended(site: Site) -> None:
    site.world.at("draft")
    path = f"/petitions/{site.world.petition_id}/edit"
    before = site.world.petition
    typed = {"background": LONG, "questions-0-value": "Who?", "questions-1-value": "Why?"}
    browser = site.member("rowan", path)
    form = browser.at
    site.world.clock.forward(days=15)
    browser.press("Save draft", typed)
    assert browser.at.heading == "You are signed out"
    kept(browser, 403, LONG, "Who?\nWhy?", before.text.charge)
    assert "Noor Castellan, noor@example.org, Fernwood College" in browser.at.text
    assert f'href="/sign-in?next={path}"' in browser.at.body
    assert site.world.petition == before
    # The page tells nobody which drafts there are.
    here = browser.at.body
    browser.at = form
    fields = dict(form.page.forms[-1].fields) | typed
    elsewhere = path.replace(site.world.petition_id, "0" * len(site.world.petition_id))
    assert browser.post(elsewhere, fields).status == 403
    browser.post(path, fields)
    assert here.count("readonly") == browser.at.body.count("readonly")


def test_autosave_says_how_to_go_on_when_the_session_has_ended(site: Site) -> None:
    site.world.at("draft")
    path = f"/petitions/{site.world.petition_id}/edit"
    browser = site.member("rowan", path)
    browser.press("Sign out")
    for id_ in (site.world.petition_id, "none"):
        answer = browser.send_json(f"/api/v1/petitions/{id_}/edit", {"name": "Typed"})
        assert (answer.status, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer.json["title"] == "Not signed in"
        assert answer.json["detail"] == (
            "You are signed out. Sign in in another tab, then continue typing here: the draft "
            "will be saved."
        )


@pytest.mark.parametrize("end", ["publish", "withdraw"])
def test_a_draft_is_kept_when_it_became_a_petition_meanwhile(site: Site, end: str) -> None:
    site.world.at("draft")
    petition = f"/petitions/{site.world.petition_id}"
    browser = site.member("rowan", f"{petition}/edit")
    site.world.do("noor", f"petition.{end}", site.world.petition_id)
    browser.press("Save draft", {"background": LONG})
    assert browser.at.heading == "This petition is no longer a draft"
    kept(browser, 409, LONG)
    way_on = petition if end == "publish" else "/account"
    assert f'class="button primary" href="{way_on}"' in browser.at.body
    assert LONG not in site.world.petition.text.background


def test_a_form_without_its_cookie_keeps_what_was_typed(site: Site) -> None:
    site.world.at("collecting")
    path = f"/petitions/{site.world.petition_id}/sign"
    browser = site.visitor()
    browser.get(path)
    browser.cookies.clear()
    browser.press("Sign", {"name": "Zoë <Lindqvist>", "email": "z@x.org", "institution": "North"})
    assert browser.at.heading == "This form is too old"
    kept(browser, 403, "Zoë <Lindqvist>", "z@x.org", "North")
    assert f'class="button primary" href="{path}"' in browser.at.body
    answer = browser.post(
        "/account", {"csrf_token": "the-token", "api_token": "t", "password": "p"}
    )
    assert (answer.status, answer.body.count("<textarea")) == (403, 0)
    assert "the-token" not in answer.body


@pytest.mark.parametrize("part", ["edit", "preview", "withdraw"])
def test_a_convener_signs_in_on_the_way_to_a_private_page(site: Site, part: str) -> None:
    site.world.at("draft")
    for id_ in (site.world.petition_id, "none"):
        answer = site.visitor().ask("GET", f"/petitions/{id_}/{part}")
        assert (answer.status, answer["Location"]) == (
            303,
            f"/sign-in?next=/petitions/{id_}/{part}",
        )
    assert site.member("thandiwe").get(f"/petitions/{site.world.petition_id}/{part}").status == 404
    lost = site.visitor().get(f"/petitions/{site.world.petition_id}")
    assert "If you convene this petition, sign in first" in lost.text
    assert f'href="/sign-in?next=/petitions/{site.world.petition_id}"' in lost.body
    assert "sign in first" not in site.member("thandiwe").get("/petitions/none").text


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/sign-out", "/"),
        ("/petitions/{id}/publish", "/petitions/{id}"),
        ("/petitions/{id}/submit", "/petitions/{id}"),
        ("/staff/petitions/{id}/signatures/k", "/staff/petitions/{id}"),
        ("/account/sessions/k/end", "/account"),
        ("/signatures/t/withdraw", "/signatures/t"),
    ],
)
def test_the_address_of_a_button_leads_back_to_its_page(site: Site, path: str, page: str) -> None:
    site.world.at("collecting")
    id_ = site.world.petition_id
    browser = site.member("staff")
    before = site.world.dump()
    answer = browser.ask("GET", path.replace("{id}", id_))
    assert (answer.status, answer["Location"]) == (303, page.replace("{id}", id_))
    assert site.visitor().ask("GET", f"/api/v1/petitions/{id_}/publish").status == 405
    assert site.world.dump() == before


# ------------------------------------------------------------------ Ends and returns


def test_past_petitions_are_listed_once_they_ended(site: Site) -> None:
    site.world.at("submitted")
    name = site.world.petition.name
    browser = site.visitor()
    browser.get("/")
    assert 'href="/petitions/past"' in browser.at.body
    browser.get("/petitions/past")
    assert (browser.at.heading, name in browser.at.text) == ("Past petitions", False)
    site.world.do("staff", "petition.return", site.world.petition_id, comments="Shorter.")
    browser.get("/petitions/past")
    assert name in browser.at.text
    assert "Returned for changes" in browser.at.text
    assert f'href="/petitions/{site.world.petition_id}"' in browser.at.body


def test_staff_come_from_a_petition_to_their_page_of_it(site: Site) -> None:
    site.world.at("submitted")
    id_ = site.world.petition_id
    for who, linked in (("staff", True), ("rowan", False), ("president", False)):
        page = site.member(who).get(f"/petitions/{id_}")
        assert (f'href="/staff/petitions/{id_}"' in page.body) == linked


@pytest.mark.parametrize("step", ["draft", "collecting", "submitted", "scheduled"])
def test_withdrawing(site: Site, step: str) -> None:
    site.world.at(step).forget_letters()
    site.world.clock.forward(hours=1)
    petition = f"/petitions/{site.world.petition_id}"
    browser = site.member("rowan", f"{petition}/withdraw")
    if step == "draft":
        assert browser.at.heading == "Give up this draft?"
        browser.press("Give up the draft")
        assert browser.at.heading == "Your account"
        assert "The draft was discarded." in browser.at.text
        assert "Discarded" in browser.at.text
        assert site.world.petition.name in browser.at.text
        assert petition not in browser.at.body
        assert site.world.petition.state == "withdrawn"
        return
    browser.press("Withdraw the petition", {"reason": "We joined another <group>."})
    assert "The petition is withdrawn. Its record stays readable." in browser.at.text
    assert site.world.petition.state == "withdrawn"
    site.world.deliver_all()
    told = {to for kind, to in site.world.told("petition-withdrawn", "staff-withdrawn")}
    assert {"rowan", "noor"} <= told
    assert ("staff" in told) == (step != "collecting")
    for reader in (browser, site.visitor()):
        assert "We joined another <group>." in reader.get(petition).text
        assert "Sign this petition" not in reader.at.text
    again = browser.post(f"{petition}/withdraw", {"csrf_token": browser.csrf()})
    assert again.status == 409


def test_nobody_else_is_asked_whether_to_withdraw(site: Site) -> None:
    site.world.at("collecting")
    path = f"/petitions/{site.world.petition_id}/withdraw"
    for browser in (site.visitor(), site.member("thandiwe"), site.member("staff")):
        signed_in = "gs_session" in browser.cookies
        shown = browser.get(path)
        assert shown.status == 404 if signed_in else shown.heading == "Sign in"
        assert browser.post(path, {"csrf_token": browser.csrf()}).status == 403
    assert site.world.petition.state == "collecting"


def test_returned_rewritten_and_opened_again(site: Site) -> None:
    site.world.at("submitted").forget_letters()
    petition = f"/petitions/{site.world.petition_id}"
    staff = site.member("staff", f"/staff{petition}")
    staff.press("Return the petition", {"comments": "  "})
    problem(staff, 422, "Say what should change")
    staff.press("Return the petition", {"comments": "Say who keeps the list.\n\n- Names"})
    assert "The petition is back with its conveners." in staff.at.text
    site.world.deliver_all()
    letter = site.world.letters("petition-returned", to="rowan")[-1]
    assert "Say who keeps the list." in letter.text
    browser = site.member("rowan", petition)
    assert "Returned to you for changes" in browser.at.text
    assert "Say who keeps the list." in browser.at.text
    browser.press("Change the petition")
    assert "The petition is a draft again." in browser.at.text
    browser.press("Save and check", {"charge": "To share, with a list that Noor keeps."})
    assert "25 signatures start from zero, and each signatory is asked again." in browser.at.text
    assert "<ins>" in browser.at.body
    assert 'data-confirm="Open it with the changed text?' in browser.at.body
    browser.press("Open for signatures")
    assert site.world.petition.state == "collecting"
    site.world.deliver_all()
    assert len(site.world.letters("ask-again")) == 25


def test_the_check_says_that_signatures_stay_with_the_same_text(site: Site) -> None:
    site.world.at("submitted").send_back()
    petition = f"/petitions/{site.world.petition_id}"
    browser = site.member("rowan", f"{petition}/preview")
    assert "The text is unchanged, so signatures stay valid." in browser.at.text
    assert "data-confirm" not in browser.at.body
    browser.get(f"{petition}/edit")
    browser.press("Save and check", {"fiscal_impact": "None at all."})
    assert "signatures stay" in browser.at.text


def test_the_check_of_a_first_draft_says_nothing_of_signatures(site: Site) -> None:
    site.world.at("draft")
    browser = site.member("rowan", f"/petitions/{site.world.petition_id}/preview")
    assert "was signed" not in browser.at.text
    assert "people signed" not in browser.at.text


@pytest.mark.parametrize("who", ["", "thandiwe", "staff"])
def test_while_it_is_rewritten_others_read_what_was_signed(site: Site, who: str) -> None:
    site.world.at("submitted").send_back()
    petition = f"/petitions/{site.world.petition_id}"
    signed = site.world.petition.text
    new = {"name": "Secret Plans", "charge": "To hush up.", "background": "Whispered."}
    site.member("rowan", f"{petition}/edit").press("Save and check", new)
    browser = site.member(who) if who else site.visitor()
    shown = browser.get(petition)
    assert (shown.status, shown.heading) == (200, signed.name)
    assert "The conveners are revising this petition." in shown.text
    assert signed.charge in shown.text
    assert signed.background.split("\n")[0] in shown.text
    # From here on the draft is its conveners' alone.
    for words in (*new.values(), "@example.org", "25", '/sign"'):
        assert words not in shown.body.partition("<main")[2].partition("</main>")[0]
    for part in ("/sign", "/signed", "/signatures", "/changes"):
        assert browser.get(petition + part).status == 404
    assert browser.get(f"/api/v1{petition}").status == 404
    conveners = site.member("noor", petition)
    assert conveners.at.path.endswith("/edit")


def test_rejected(site: Site) -> None:
    site.world.at("submitted").forget_letters()
    petition = f"/petitions/{site.world.petition_id}"
    staff = site.member("staff", f"/staff{petition}")
    staff.press("Reject the petition", {"explanation": "A group does this."})
    problem(staff, 422, "Choose a reason.")
    assert staff.value("explanation") == "A group does this."
    staff.press("Reject the petition", {"code": "duplicate", "explanation": ""})
    problem(staff, 422, "Explain the reason")
    assert staff.value("code") == "duplicate"
    staff.press("Reject the petition", {"explanation": "A group does this."})
    assert "The petition was rejected, and its conveners are told why." in staff.at.text
    assert "A group does this." in site.visitor().get(petition).text
    site.world.deliver_all()
    assert site.world.told("petition-rejected") == [
        ("petition-rejected", "noor"),
        ("petition-rejected", "rowan"),
    ]
    assert "A group does this." in site.world.letters("petition-rejected")[0].text


def test_declined_by_the_board(site: Site) -> None:
    site.world.at("open").forget_letters()
    motion = f"/board/motions/{site.world.motion_id}"
    for who in ("director1", "director2", "director3", "director4", "budget", "councilor"):
        voter = site.member(who, motion)
        voter.press("Cast my ballot", {"choice": "no"})
        assert "Your ballot is recorded." in voter.at.text
        assert "You voted no" in voter.at.text
    chair = site.member("president", motion)
    chair.press("Cast my ballot", {"choice": "yes"})
    chair.press("Close the vote")
    assert "The vote is closed. Look at the count" in chair.at.text
    # The count is the chair's alone until it is announced.
    assert "The count, not announced yet" in chair.at.text
    assert "The count" not in site.member("director8", motion).at.text
    chair.press("Announce the result")
    assert "The motion was lost" in chair.at.text
    assert "Who voted how" in site.member("director8", motion).at.text
    assert site.world.petition.state == "declined"
    assert (
        "Declined by the Board" in site.visitor().get(f"/petitions/{site.world.petition_id}").text
    )
    site.world.deliver_all()
    assert len(site.world.letters("petition-declined")) == 2
    assert len(site.world.letters("signatory-petition-declined")) == 25


def test_postponed_and_moved_again(site: Site) -> None:
    site.world.at("seconded")
    meeting = f"/board/meetings/{site.world.meeting_id}"
    chair = site.member("president", f"/board/motions/{site.world.motion_id}")
    chair.press("Postpone the motion")
    assert "The motion is postponed. It can be moved again." in chair.at.text
    mover = site.member("director3", meeting)
    mover.press("Move this motion")
    assert "The motion is moved. It needs a second." in mover.at.text
    assert "so another voting member must second it" in mover.at.text
    mover.press("Withdraw the motion")
    assert "The motion is withdrawn." in mover.at.text
    assert site.world.petition.state == "scheduled"


# ------------------------------------------------------------------ Signatories


def test_a_signatory_signs_confirms_and_takes_it_back(site: Site) -> None:
    site.world.at("collecting").forget_letters()
    petition = f"/petitions/{site.world.petition_id}"
    browser = site.visitor()
    browser.get(f"{petition}/sign")
    browser.press("Sign", {"email": "zoe@", "name": "", "member_number": "7"})
    problem(browser, 422, "Your name: Enter your name.", "Email address: ", "Institution: ")
    assert (browser.value("email"), browser.value("member_number")) == ("zoe@", "7")
    assert browser.value("named") == "yes"
    answers = {"name": "Zoë Lindqvist", "email": address("zoe"), "institution": "Northgate"}
    browser.press("Sign", answers)
    assert "check your email" in browser.at.heading
    assert address("zoe") not in browser.at.body
    site.world.deliver_all()
    token = site.world.token("zoe")
    # A scanner that follows the link, as often as it likes.
    before = site.world.dump()
    scanner = site.visitor()
    for _ in range(3):
        assert scanner.get(f"/signatures/confirm/{token}").heading == "Confirm your signature"
    assert site.world.dump() == before
    assert site.world.counts == (0, 0)
    phone = site.visitor()
    shown = phone.get(f"/signatures/confirm/{token}")
    phone.press("Yes, count my signature")
    thanks = "Thank you, your signature counts"
    assert phone.at.heading == thanks
    assert site.world.counts == (0, 1)
    # Pressed twice, and the link once more: the same page, and nothing counted twice.
    phone.at = shown
    phone.press("Yes, count my signature")
    assert phone.at.heading == thanks
    assert phone.get(f"/signatures/confirm/{token}").heading == thanks
    assert site.world.counts == (0, 1)
    assert "Zoë Lindqvist" in site.visitor().get(petition).text
    site.world.deliver_all()
    assert len(site.world.letters("signature-confirm", to="zoe")) == 1
    phone.press("Withdraw my signature")
    assert "Withdrawn" in phone.at.text
    assert "Your signature is withdrawn." in phone.at.text
    assert f'href="{petition}/sign">Sign again' in phone.at.body
    assert site.world.counts == (0, 0)
    assert "Zoë Lindqvist" not in site.visitor().get(petition).text


def test_who_signs_has_seen_the_text_as_it_is(site: Site) -> None:
    site.world.at("collecting")
    path = f"/petitions/{site.world.petition_id}/sign"
    browser = site.visitor()
    browser.get(path)
    assert TEXT["background"] in browser.at.text
    assert TEXT["questions"][0] in browser.at.text
    assert "<details open" not in browser.at.body
    assert browser.value("edition") == "1"
    fields = {"name": "Zoë", "email": address("zoe"), "institution": "Northgate"}
    # As the form of another edition would send it.
    browser.press("Sign", {**fields, "edition": "2"})
    problem(browser, 409)
    assert browser.value("edition") == "1"
    assert {name: browser.value(name) for name in fields} == fields
    assert site.world.signature("zoe") is None
    browser.press("Sign")
    assert "check your email" in browser.at.heading


def test_who_confirms_has_seen_what_they_confirm(site: Site) -> None:
    site.world.at("collecting").sign("zoe")
    site.world.deliver_all()
    token = site.world.token("zoe")
    browser = site.visitor()
    shown = browser.get(f"/signatures/confirm/{token}")
    assert site.world.signature("zoe").name in shown.text
    assert "Named on the petition’s pageYes" in shown.text
    assert TEXT["background"] in shown.text
    again = f'href="/petitions/{site.world.petition_id}/sign"'
    assert f"{again}>Is something wrong? Sign again with the right details" in shown.body
    # Somebody who knows the address signs with other details before they press the button.
    site.world.sign("zoe", "Mallory", named=False)
    browser.press("Yes, count my signature")
    assert (browser.at.status, browser.at.heading) == (409, "Confirm your signature")
    assert "Mallory" in browser.at.text
    assert "Named on the petition’s pageNo" in browser.at.text
    assert browser.at.page.forms[-1].fields != shown.page.forms[-1].fields
    assert site.world.counts == (0, 0)
    browser.press("Yes, count my signature")
    assert browser.at.heading == "Thank you, your signature counts"


@pytest.mark.parametrize(
    ("command", "who", "data", "words"),
    [
        ("withdraw", "rowan", {}, "The conveners withdrew this petition"),
        ("reject", "staff", {"code": "duplicate", "explanation": "Twice."}, "Staff rejected this"),
        ("return", "staff", {"comments": "Shorter."}, "The conveners are revising the petition"),
    ],
)
def test_a_signatory_reads_what_became_of_the_petition(
    site: Site, command: str, who: str, data: dict[str, str], words: str
) -> None:
    site.world.at("submitted")
    token = site.world.token("zoe")
    browser = site.visitor()
    browser.get(f"/signatures/{token}")
    assert browser.at.heading == "Thank you, your signature counts"
    site.world.do(who, f"petition.{command}", site.world.petition_id, **data)
    browser.get(f"/signatures/{token}")
    assert words in browser.at.text
    assert "your signature counts" not in browser.at.text
    if command == "return":
        browser.press("Withdraw my signature")
        assert "Withdrawn" in browser.at.text
    else:
        assert "so its signatures cannot change" in browser.at.text
        assert "has been submitted" not in browser.at.text


def test_signing_says_the_same_to_those_who_signed_before(site: Site) -> None:
    site.world.at("collecting")
    site.world.sign_and_confirm("zoe")
    pages = []
    for who in ("zoe", "jose"):
        browser = site.visitor()
        browser.get(f"/petitions/{site.world.petition_id}/sign")
        answers = {"name": "X", "email": address(who), "institution": "Y"}
        pages.append(browser.press("Sign", answers).body)
    assert pages[0] == pages[1]


def test_a_token_that_was_changed_opens_no_signature(site: Site) -> None:
    site.world.at("collecting").sign("zoe")
    site.world.deliver_all()
    token = site.world.token("zoe")
    browser = site.visitor()
    for bad in (token[:-3], token[1:], token.partition(".")[0], token.swapcase(), "x.y"):
        for path in (f"/signatures/{bad}", f"/signatures/confirm/{bad}"):
            assert browser.get(path).status == 404
        answer = browser.post(f"/signatures/confirm/{bad}", {"csrf_token": browser.csrf()})
        assert answer.status == 404
    assert site.world.counts == (0, 0)


def test_after_submission_signatures_stand(site: Site) -> None:
    site.world.at("submitted")
    browser = site.visitor()
    token = site.world.token("zoe")
    browser.get(f"/signatures/{token}")
    assert "so its signatures cannot change" in browser.at.text
    answer = browser.post(f"/signatures/{token}/withdraw", {"csrf_token": browser.csrf()})
    assert answer.status == 409
    assert "Nothing was changed." in answer.text
    answer = browser.get(f"/petitions/{site.world.petition_id}/sign")
    assert answer.page.forms == []
    path = f"/petitions/{site.world.petition_id}/sign"
    fields = {"name": "A", "email": "a@x.org", "institution": "B", "csrf_token": browser.csrf()}
    assert browser.post(path, fields).status == 409


# ------------------------------------------------------------------ Staff and the Board


def with_doubtful(site: Site) -> str:
    """A petition with a signature that staff have to decide on; their queue of it."""
    site.world.at("confirmed").sign("late", "Lale Riser", email=REFUSED)
    site.world.deliver_all()
    site.world.confirm(REFUSED)
    site.world.deliver_all()
    return f"/staff/signatures?petition={site.world.petition_id}"


@pytest.mark.parametrize("button", ["Accept", "Reject"])
def test_staff_decide_a_signature_with_a_reason(site: Site, button: str) -> None:
    staff = site.member("staff", with_doubtful(site))
    assert site.world.counts == (1, 25)
    staff.press(button, {"reason": "  "})
    problem(staff, 422, "Give the reason: it goes into the record.")
    assert site.world.counts == (1, 25)
    staff.press(button, {"reason": "a\u202eb"})
    problem(staff, 422, "invisible")
    # The bad text is there to be mended, in the form of this very signature.
    assert staff.value("reason") == "a\u202eb"
    staff.press(button, {"reason": "Found as <member> 7."})
    done = "accepted" if button == "Accept" else "rejected"
    assert f"Lale Riser: {done}." in staff.at.text
    assert site.world.counts == ((0, 26) if button == "Accept" else (0, 25))
    staff.get(f"/staff/petitions/{site.world.petition_id}")
    assert "Found as <member> 7." in staff.at.text


def test_staff_schedule_under_a_good_number(site: Site) -> None:
    site.world.at("verified")
    site.world.ids["meeting"] = site.world.plan_meeting()
    staff = site.member("staff", f"/staff/petitions/{site.world.petition_id}")
    assert staff.value("meeting") == site.world.meeting_id
    suggested = staff.value("number")
    for number in ("", "five", "5", "5.0.1", "٥.٠", "5.0 <b>"):
        staff.press("Put it on the docket", {"number": number})
        problem(staff, 422, "Document number: ")
        assert staff.value("number") == number
    staff.press("Put it on the docket", {"meeting": "none", "number": "5.0"})
    problem(staff, 422, "Choose a meeting.")
    staff.press("Put it on the docket", {"meeting": site.world.meeting_id, "number": suggested})
    assert "The petition is on the docket." in staff.at.text
    assert site.world.petition.document_number == suggested


def test_staff_plan_a_meeting(site: Site) -> None:
    staff = site.member("staff", "/board/meetings/new")
    good = {
        "title": "Board II",
        "code": "ACRL 2",
        "day": "2026-09-01",
        "time": "13:00",
        "place": "Online",
    }
    for field, bad in {"day": "soon", "time": "25:00", "title": "", "place": "x" * 121}.items():
        staff.press("Plan the meeting", {**good, field: bad})
        problem(staff, 422)
        assert f'id="error-{field}"' in staff.at.body
        assert {name: staff.value(name) for name in good} == {**good, field: bad}
    staff.press("Plan the meeting", {**good, "day": "2020-01-01"})
    problem(staff, 422, "Choose a day that is still to come.")
    staff.press("Plan the meeting", good)
    assert "The meeting is planned, with the standing docket." in staff.at.text


def test_a_motion_is_moved_in_the_words_that_the_document_recommends(site: Site) -> None:
    site.world.at("scheduled")
    meeting = f"/board/meetings/{site.world.meeting_id}"
    mover = site.member("director1", meeting)
    fields = {"document": "5.0", "wording": "That it be.", "csrf_token": mover.csrf()}
    assert mover.post(f"{meeting}/motions", fields).status in {404, 422}
    mover.get(meeting)
    mover.press("Move this motion")
    assert "The motion is moved. It needs a second." in mover.at.text
    assert TEXT["charge"].removeprefix("To ").rstrip(".") in mover.at.text


def test_a_member_recuses_themselves_with_a_reason(site: Site) -> None:
    site.world.at("open")
    voter = site.member("director5", f"/board/motions/{site.world.motion_id}")
    voter.press("Cast my ballot")
    problem(voter, 422, "Choose yes, no or abstain.")
    voter.get(f"/board/motions/{site.world.motion_id}/recuse")
    voter.press("Recuse myself")
    problem(voter, 422, "State the conflict of interest")
    voter.press("Recuse myself", {"reason": "I convene it."})
    assert "You recused yourself" in voter.at.text
    assert "I convene it." in voter.at.text
    other = site.member("director6", f"/board/motions/{site.world.motion_id}")
    assert "I convene it." not in other.at.text
    assert "Recused" in other.at.text
    voter.press("Take part after all")
    voter.press("Cast my ballot", {"choice": "yes"})
    assert "You voted yes" in voter.at.text


@pytest.mark.parametrize("who", ["executive", "staff", "rowan"])
def test_without_a_seat_nobody_votes(site: Site, who: str) -> None:
    site.world.at("open")
    browser = site.member(who)
    path = f"/board/motions/{site.world.motion_id}"
    browser.get(path)
    assert "Cast my ballot" not in browser.at.text
    answer = browser.post(f"{path}/vote", {"choice": "yes", "csrf_token": browser.csrf()})
    assert answer.status == 403
    assert site.world.services.store.board.ballots(site.world.motion_id) == []


def test_the_packet_is_asked_for_and_its_notice_does_not_outlive_it(site: Site) -> None:
    site.world.at("scheduled")
    staff = site.member("staff", f"/board/meetings/{site.world.meeting_id}")
    staff.press("Publish the packet")
    assert "The packet is being made." in staff.at.text
    asked = staff.at.path
    state = f"/api/v1/meetings/{site.world.meeting_id}/packets/1"
    assert staff.ask("GET", state).json["state"] == "queued"
    site.world.deliver_all()
    assert staff.ask("GET", state).json["state"] == "published"
    assert "The packet is being made." not in staff.get(asked).text
    assert "Read packet 1" in staff.at.text


def test_a_command_that_came_too_late_says_what_is_possible(site: Site) -> None:
    site.world.at("submitted")
    browser = site.member("rowan")
    path = f"/petitions/{site.world.petition_id}"
    answer = browser.post(f"{path}/submit", {"csrf_token": browser.csrf()})
    assert (answer.status, answer.heading) == (409, "That is not possible now")
    assert "Nothing was changed." in answer.text
    assert browser.get(f"{path}/edit").status == 409
