"""Secret ballots, recusals and confirmations through the site's pages."""

import re

import pytest

from tests.services.world import World
from tests.web.browser import Site

RECEIPT = re.compile(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b")


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


@pytest.fixture
def secret(site: Site) -> str:
    """The page of an open secret vote."""
    site.world.at("seconded")
    site.world.do("president", "motion.open", site.world.motion_id, ballot="secret")
    return f"/board/motions/{site.world.motion_id}"


def test_a_receipt_is_shown_once_and_finds_the_slip(site: Site, secret: str) -> None:
    voter = site.member("director5", secret)
    answer = voter.press("Cast my ballot", {"choice": "no"})
    receipt = RECEIPT.search(voter.at.text)
    assert receipt
    assert answer.status == 200
    assert answer["Cache-Control"] == "no-store"
    assert not any(receipt[0] in str(header) for header in answer.headers)
    voter.get(secret)
    assert receipt[0] not in voter.at.text
    assert "You have voted" in voter.at.text
    voter.get(f"{secret}/receipt")
    voter.press("Check it", {"receipt": receipt[0].lower()})
    assert "No" in voter.at.text
    assert receipt[0] not in voter.at.text
    voter.press("Check it", {"receipt": "0000"})
    assert voter.at.status == 422
    assert "No ballot of this vote has this receipt" in voter.at.text
    voter.get(secret)
    voter.press("Change my vote", {"choice": "yes", "receipt": receipt[0]})
    assert "Your slip says: Yes" in voter.at.text


def test_the_list_of_votes_takes_a_ballot_and_comes_back_to_itself(site: Site) -> None:
    site.world.at("open")
    voter = site.member("director5", "/board/votes")
    assert "There is nothing for you to vote on" not in voter.at.text
    voter.press("Cast my ballot", {"choice": "yes"})
    assert voter.at.path.startswith("/board/votes")
    assert "You have voted" in voter.at.text
    assert "There is nothing for you to vote on" in voter.at.text


def test_an_unconfirmed_result_is_told_where_people_look(site: Site) -> None:
    site.world.at("seconded").carry_virtually()
    meeting = site.world.plan_meeting()
    staff = site.member("staff", "/board")
    assert "1 result of a vote without a meeting is not confirmed yet" in staff.at.text
    group = f"/groups/{site.world.group.id}"
    assert "Pending confirmation" in staff.get(group).text
    staff.get(f"/board/meetings/{meeting}/docket")
    title = site.world.motion.title
    staff.press(f"Put “{title}” on the consent agenda")
    found = site.world.services.store.board.meeting(meeting)
    assert [item.confirms for item in found.docket if item.confirms] == [site.world.motion_id]


def test_a_president_who_is_recused_is_offered_no_step_of_the_vote(site: Site) -> None:
    world = site.world.at("seconded")
    page = f"/board/motions/{world.motion_id}"
    president = site.member("president", page)
    assert "Open the vote" in president.at.text
    world.recuse("president")
    president.get(page)
    assert "You do not preside over its vote either" in president.at.text
    for offered in ("Open the vote", "Postpone the motion", "Propose an amendment"):
        assert offered not in president.at.text
    assert president.get(f"{page}/open").status == 403
    assert president.get(f"{page}/amend").status == 403
    world.do("staff", "motion.open", world.motion_id)
    world.do("staff", "motion.close", world.motion_id)
    president.get(page)
    assert "You are recused from it, so staff announce the result" in president.at.text
    assert "The count, not announced yet" not in president.at.text


def test_who_is_recused_is_not_asked_for_a_second_or_a_motion(site: Site) -> None:
    world = site.world.at("moved")
    meeting = f"/board/meetings/{world.meeting_id}"
    member = site.member("director3", meeting)
    assert "A motion needs a second" in member.at.text
    world.recuse("director3")
    member.get(meeting)
    assert "A motion needs a second" not in member.at.text
    member.get(f"/board/motions/{world.motion_id}")
    assert "Second the motion" not in member.at.text
    world.do("director1", "motion.withdraw", world.motion_id)
    assert "You recused yourself from a motion on this document" in member.get(meeting).text
    assert (
        "You recused yourself from a motion on Doc 5.0" in member.get(f"{meeting}/motions/new").text
    )
