"""Motions by the forms of their pages: moved, amended, divided, postponed, read aloud."""

import re

import pytest

from tests.services.motions.test_motions import ACT, WAIT, place, vote
from tests.services.world import TEXT
from tests.web.browser import Site

CHARGE = "To share what open textbooks ask of libraries, and to report each year."


@pytest.fixture
def site(world, monkeypatch):
    return Site(world, monkeypatch)


def motion_id(browser):
    return re.match(r"/board/motions/(\w+)", browser.at.path)[1]


def test_a_motion_from_the_floor_keeps_what_was_typed_until_it_is_right(site, world):
    world.at("scheduled")
    member = site.member("director1")
    member.get(f"/board/meetings/{world.meeting_id}")
    assert f"/board/meetings/{world.meeting_id}/motions/new" in member.at.body
    member.get(f"/board/meetings/{world.meeting_id}/motions/new")
    member.press("Move this motion", {"title": "Thanks", "wording": "Thank the hosts."})
    assert member.at.status == 422
    assert "Begin the motion with “That”" in member.at.text
    assert (member.value("title"), member.value("wording")) == ("Thanks", "Thank the hosts.")
    member.press("Move this motion", {"wording": "That the Board thank its hosts."})
    assert member.at.path.endswith("?done=moved")
    assert member.at.heading == "Motion from the floor"
    assert "it is a decision of the Board" in member.at.text


def test_each_action_of_a_document_can_be_moved_also_in_other_words(site, world):
    place(world.at("scheduled"))
    member = site.member("director1")
    new = f"/board/meetings/{world.meeting_id}/motions/new"
    member.get(new)
    member.press("Move it in these words", {"wording": "Act on the above."})
    assert member.at.status == 422
    assert "Act on the above." in member.at.body
    member.get(new)
    member.press("Move Doc 6.0, action 2")
    assert (member.at.heading, WAIT in member.at.text) == ("Motion on Doc 6.0, action 2", True)
    member.get(new)
    assert "Doc 6.0, action 2 is already before the Board." in member.at.text
    assert "as one motion" not in member.at.text


def test_an_amendment_is_looked_at_before_it_is_moved_and_changes_the_group(site, world):
    world.at("seconded")
    member = site.member("director3")
    member.get(f"/board/motions/{world.motion_id}/amend")
    assert member.value("charge") == TEXT["charge"]
    member.press("Show what it would change", {"charge": "Report."})
    assert member.at.status == 422
    assert member.value("charge") == "Report."
    before = world.dump()
    typed = {"charge": CHARGE, "conditions": "Report each June.\n2. Name a co-convener."}
    member.press("Show what it would change", typed)
    assert "removed: " in member.at.body
    assert "That the motion on Doc 5.0 be amended so that the charge reads" in member.at.text
    assert world.dump() == before, "a look changes nothing"
    member.press("Move this amendment")
    amendment = motion_id(member)
    assert member.at.heading == "Amendment of the motion on Doc 5.0"
    assert "What it would change" in member.at.text

    president = site.member("president")
    president.get(f"/board/motions/{world.motion_id}")
    assert "An amendment is before the Board" in president.at.text
    assert "Open the vote" not in president.at.text
    for who in ("director1", "director2"):
        one = site.member(who)
        one.get(f"/board/motions/{amendment}")
        one.press("Accept without a vote")
    assert "so no vote was needed" in one.at.text
    assert "The result" not in one.at.text, "there is no count to be shown"
    one.get(f"/board/motions/{world.motion_id}")
    assert "Accepted by mover and seconder, moved by" in one.at.text
    vote(world, world.motion_id)
    visitor = site.visitor()
    visitor.get(f"/petitions/{world.petition_id}")
    for page in (f"/petitions/{world.petition_id}", f"/groups/{world.petition.group_slug}"):
        visitor.get(page)
        assert "What the Board changed" in visitor.at.text, page
        assert "The Board approved it on these conditions." in visitor.at.text
        assert "Name a co-convener." in visitor.at.text
        assert "2. Name" not in visitor.at.text.partition("motion behind it")[0]


def test_a_group_that_got_what_it_asked_for_says_nothing_of_changes(site, world):
    world.at("carried")
    visitor = site.visitor()
    for page in (f"/petitions/{world.petition_id}", f"/groups/{world.petition.group_slug}"):
        visitor.get(page)
        assert "What the Board changed" not in visitor.at.text
        assert "condition" not in visitor.at.text


def test_an_amendment_that_comes_too_late_can_be_copied(site, world):
    world.at("seconded")
    member = site.member("director3")
    member.get(f"/board/motions/{world.motion_id}/amend")
    world.do("president", "motion.open", world.motion_id)
    member.press("Move this amendment", {"charge": CHARGE})
    assert member.at.status == 409
    assert CHARGE in member.at.text


def test_a_motion_of_two_actions_is_divided_by_a_button(site, world):
    place(world.at("scheduled"))
    made = world.do("director1", "motion.move", world.meeting_id, document="6.0")
    member = site.member("director5")
    member.get(f"/board/motions/{made.id}")
    member.press("Divide into its actions")
    assert "Each of its actions is decided separately." in member.at.text
    for words in (ACT, WAIT):
        assert words in member.at.text
    assert member.at.text.index(ACT) < member.at.text.index(WAIT)


def test_a_motion_postponed_to_a_meeting_is_found_there_and_moved_again(site, world):
    world.at("seconded")
    later = world.plan_meeting(title="Board II")
    president = site.member("president")
    president.get(f"/board/motions/{world.motion_id}")
    president.press("Postpone the motion", {"meeting": later})
    assert "To Board II." in president.at.text
    president.get(f"/board/meetings/{later}")
    assert "Postponed to this meeting" in president.at.text
    thanks = {"title": "Thanks", "wording": "That the Board thank its hosts."}
    made = world.do("director1", "motion.move", world.meeting_id, **thanks)
    world.do("president", "motion.postpone", made.id, meeting=later)
    member = site.member("director4")
    member.get(f"/board/motions/{made.id}")
    member.press("Move it again")
    assert member.at.path.endswith("?done=moved")
    new = world.services.store.board.motion(motion_id(member))
    assert (new.meeting_id, new.mover, new.wording) == (
        later,
        world.person("director4").name,
        thanks["wording"],
    )


def test_a_motion_is_read_aloud_with_all_that_decides_on_it(site, world):
    world.at("seconded")
    member = site.member("executive")
    member.get(f"/board/motions/{world.motion_id}/read")
    for words in (
        world.motion.wording,
        world.motion.mover,
        world.motion.seconder,
        "the petition is approved and the group is chartered",
        "A quorum is 7 of 13 voting seats.",
    ):
        assert words in member.at.text


def test_who_has_no_vote_is_offered_no_form(site, world):
    world.at("seconded")
    for who in ("executive", "staff"):
        browser = site.member(who)
        for page in (
            f"/board/meetings/{world.meeting_id}/motions/new",
            f"/board/motions/{world.motion_id}/amend",
        ):
            browser.get(page)
            assert browser.at.status == 403
        browser.get(f"/board/motions/{world.motion_id}")
        assert "Propose an amendment" not in browser.at.text


def test_the_same_commands_as_json(site, world):
    place(world.at("seconded"))
    member = site.member("director3")
    at = f"/api/v1/motions/{world.motion_id}"
    wrong = member.send_json(f"{at}/amend", {"charge": "Report."})
    assert (wrong.status, set(wrong.json["errors"])) == (422, {"charge"})
    amendment = member.send_json(f"{at}/amend", {"conditions": "Report each June."}).json
    assert amendment["wording"].endswith("the conditions are: (1) Report each June.")
    again = member.send_json(f"{at}/amend", {"conditions": "Report."})
    assert again.status == 409
    move = f"/api/v1/meetings/{world.meeting_id}/move"
    whole = member.send_json(move, {"document": "6.0", "action": 0}).json
    assert whole["wording"] == f"1. {ACT}\n2. {WAIT}"
    divided = member.send_json(f"/api/v1/motions/{whole['id']}/divide", {})
    assert divided.json["state"] == "divided"
    for who, state in (("director1", "moved"), ("director2", "carried")):
        one = site.member(who)
        path = f"/api/v1/motions/{amendment['id']}/accept-amendment"
        assert one.send_json(path, {}).json["state"] == state
