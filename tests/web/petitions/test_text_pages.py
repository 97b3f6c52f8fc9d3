"""The pages that show how a text changed, and the one on which staff correct it."""

import re

import pytest

from tests.services.world import TEXT
from tests.web.browser import Site

TENSE = TEXT["background"].replace("run", "ran")
OTHER_CHARGE = "To share what it takes to write openly licensed textbooks, and to fund them."


def marked(body, tag):
    """What stands in every `ins` or `del` of a page, without the words for those who listen."""
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", body, re.S)
    assert all("visually-hidden" in one for one in found)
    return [re.sub(r"<span class=\"visually-hidden\">.*?</span>", "", one) for one in found]


@pytest.fixture
def site(world, monkeypatch):
    return Site(world, monkeypatch)


@pytest.fixture
def correcting(site, world):
    """Staff on the page to correct a petition that people have signed."""
    world.at("submitted")
    browser = site.member("staff")
    browser.get(f"/staff/petitions/{world.petition_id}")
    assert f"/staff/petitions/{world.petition_id}/correct" in browser.at.body
    browser.get(f"/staff/petitions/{world.petition_id}/correct")
    return browser


def test_staff_look_at_a_correction_before_they_save_it(correcting, world):
    assert correcting.value("background") == TEXT["background"]
    before = world.petition
    correcting.press("See what", {"background": TENSE, "reason": "The wrong tense."})
    assert correcting.at.status == 200
    assert "This would change 1 word" in correcting.at.text
    assert (marked(correcting.at.body, "del"), marked(correcting.at.body, "ins")) == (
        ["run"],
        ["ran"],
    )
    assert world.petition == before
    correcting.press("Save this correction")
    assert correcting.at.path == f"/staff/petitions/{world.petition_id}?done=corrected"
    assert "Corrected by staff" in correcting.at.text
    assert "The wrong tense." in correcting.at.text
    assert world.petition.text.background == TENSE
    assert world.petition.text.questions == tuple(TEXT["questions"])


def test_what_was_not_looked_at_is_not_saved(correcting, world):
    correcting.press("See what", {"background": TENSE, "reason": "The wrong tense."})
    later = TENSE.replace("budget", "budgets")
    correcting.press("Save this", {"background": later})
    assert "not the one that you looked at" in correcting.at.text
    assert correcting.value("background") == later
    assert world.petition.text.background == TEXT["background"]
    correcting.press("Save this")
    assert world.petition.text.background == later


def test_everything_typed_is_kept_when_a_correction_is_too_long(correcting, world):
    typed = {"charge": OTHER_CHARGE, "background": TENSE, "reason": "We like it better."}
    correcting.press("See what", typed)
    assert correcting.at.status == 422
    assert "Return the petition to its conveners instead." in correcting.at.text
    assert {name: correcting.value(name) for name in typed} == typed
    assert marked(correcting.at.body, "ins")
    assert not [b for form in correcting.at.page.forms for b in form.buttons if "Save" in b[0]]
    assert world.petition.text.charge == TEXT["charge"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"background": TENSE}, "Say why"),
        ({"reason": "None."}, "the same as before"),
        ({"name": "Closed Shelves", "reason": "No."}, "for the conveners to decide"),
        ({"charge": "", "reason": "No."}, "Write the charge"),
        ({"background": "\x00", "reason": "No."}, "control characters"),
    ],
)
def test_a_correction_that_cannot_be_made_says_why(correcting, world, typed, said):
    before = world.petition
    correcting.press("See what", typed)
    assert correcting.at.status == 422
    assert said in correcting.at.text
    assert world.petition == before


def test_what_was_typed_over_another_correction_is_there_to_copy(correcting, site, world):
    other = site.member("staff2")
    other.get(f"/staff/petitions/{world.petition_id}/correct")
    other.press("See what", {"background": TENSE, "reason": "The wrong tense."})
    other.press("Save this")
    mine = TEXT["background"].replace("Many", "Most")
    correcting.press("See what", {"background": mine, "reason": "Not all."})
    assert correcting.at.status == 409
    assert mine in correcting.at.text
    assert "Nothing was overwritten" in correcting.at.text


def test_only_staff_correct_and_only_in_time(site, world):
    world.at("submitted")
    path = f"/staff/petitions/{world.petition_id}/correct"
    assert site.visitor().get(path).heading == "Sign in"
    for who in ("rowan", "president"):
        assert site.member(who).get(path).status == 403
    world.at("scheduled")
    answer = site.member("staff").get(path)
    assert (answer.status, "until it is scheduled" in answer.text) == (409, True)


def test_while_it_collects_a_larger_change_is_for_later(site, world):
    world.at("crossed")
    staff = site.member("staff")
    staff.get(f"/staff/petitions/{world.petition_id}/correct")
    later = "it can be returned to them once they have submitted it."
    assert later in staff.at.text
    staff.press("See what", {"charge": OTHER_CHARGE, "background": TENSE, "reason": "Better."})
    assert staff.at.text.count(later) == 2
    assert "eturn the petition to its conveners" not in staff.at.text


def test_a_draft_has_no_changes_for_others(site, world):
    world.at("draft")
    assert site.visitor().get(f"/petitions/{world.petition_id}/changes").status == 404
    assert site.visitor().get("/petitions/nothing/changes").status == 404


def test_everybody_sees_how_the_text_changed(site, world):
    world.at("submitted")
    visitor = site.visitor()
    changes = f"/petitions/{world.petition_id}/changes"
    assert changes not in visitor.get(f"/petitions/{world.petition_id}").body
    world.send_back()
    world.republish(charge=OTHER_CHARGE)
    world.do(
        "staff",
        "petition.correct",
        world.petition_id,
        name=TEXT["name"],
        charge=OTHER_CHARGE,
        background=TENSE,
        questions=TEXT["questions"],
        reason="The wrong tense.",
    )
    assert changes in visitor.get(f"/petitions/{world.petition_id}").body
    page = visitor.get(changes)
    order = ["First text", "Opened again with a changed text", "Corrected by staff"]
    places = [page.text.index(words) for words in order]
    assert places == sorted(places)
    assert marked(page.body, "ins") == ["write", ", and to fund them", "ran"]
    assert "The wrong tense." in page.text
    assert page.body.count(world.petition.text_digest) == 1


def test_who_is_asked_again_sees_what_changed_above_the_text(site, world):
    world.at("submitted").send_back()
    world.republish(charge=OTHER_CHARGE)
    world.deliver_all()
    visitor = site.visitor()
    visitor.get(f"/signatures/{world.token('zoe')}")
    assert visitor.at.heading == "Confirm your signature again"
    assert "StateNot confirmed for the new text" in visitor.at.text
    assert "does not count until you confirm it" in visitor.at.text
    assert f"/signatures/confirm/{world.token('zoe')}" in visitor.at.body
    page = visitor.get(f"/signatures/confirm/{world.token('zoe')}")
    assert page.text.index("What changed since you signed") < page.text.index("Read the whole text")
    assert marked(page.body, "del")
    visitor.press("Yes, count my signature")
    assert world.counts == (0, 1)
    assert "What changed since you signed" not in visitor.at.text


def test_who_signs_for_the_first_time_sees_no_changes(site, world):
    world.at("collecting").sign("zoe")
    world.deliver_all()
    page = site.visitor().get(f"/signatures/confirm/{world.token('zoe')}")
    assert page.status == 200
    assert "What changed" not in page.text


def test_a_text_made_to_break_the_page_stays_text(site, world):
    world.at("submitted").send_back()
    world.republish(background=TEXT["background"] + " <script>alert(1)</script></ins><del>")
    page = site.visitor().get(f"/petitions/{world.petition_id}/changes")
    assert "<script>alert" not in page.body
    assert "&lt;script&gt;" in page.body
