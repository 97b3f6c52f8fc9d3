"""Checks beside the fields of a form: what they say, and what their buttons do."""

import re

import pytest

from tests.services.world import TEXT, World
from tests.web.browser import Browser, Site


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


@pytest.fixture
def draft(site: Site) -> Browser:
    site.world.at("draft")
    return site.member("rowan", f"/petitions/{site.world.petition_id}/edit")


def test_a_good_charge_is_left_in_peace(draft: Browser) -> None:
    assert 'class="finding"' not in draft.at.body
    # There is a place for what is found as one types, and a word on what is looked at.
    assert 'data-findings="charge"' in draft.at.body
    assert "data-check=" in draft.at.body


def test_a_fix_is_put_in_and_nothing_is_saved(site: Site, draft: Browser) -> None:
    answer = draft.press("Check what I wrote", {"charge": "Discussing textbooks."}, at="/edit")
    assert answer.status == 200
    assert "begin it with “To”" in answer.text
    assert draft.value("charge") == "Discussing textbooks."
    before = site.world.petition
    answer = draft.press("Use this wording", {"background": "Other words."}, at="/edit")
    assert answer.status == 200
    assert "corrected below. Nothing is saved yet." in answer.text
    assert draft.value("charge") == "To discuss textbooks."
    assert draft.value("background") == "Other words."
    assert re.search(r'<textarea id="field-charge"[^>]* autofocus', answer.body)
    assert "begin it with “To”" not in answer.text
    assert site.world.petition == before
    # Sent by its own button, it is saved.
    draft.press("Save draft", at="/edit")
    assert site.world.petition.text.charge == "To discuss textbooks."


def test_a_fix_never_writes_over_what_was_typed_since(draft: Browser) -> None:
    draft.press("Check what I wrote", {"charge": "Discussing textbooks."}, at="/edit")
    draft.press("Use this wording", {"charge": "Sharing textbooks and costs."}, at="/edit")
    assert draft.value("charge") == "Sharing textbooks and costs."
    assert "To share textbooks and costs." in draft.at.text


@pytest.mark.parametrize(
    "pressed", ["", "{", "[]", '{"field": "charge"}', '{"field": [], "was": 1}']
)
def test_a_button_that_is_none_of_ours_puts_nothing_in(draft: Browser, pressed: str) -> None:
    form = next(f for f in draft.at.page.forms if f.action.endswith("/edit"))
    answer = draft.post(form.action, [*form.fields, ("fix", pressed)])
    assert answer.status == 200
    assert draft.value("charge") == TEXT["charge"]


def test_a_finding_keeps_nobody_from_saving(site: Site, draft: Browser) -> None:
    draft.press("Save draft", {"charge": "Discussing textbooks."}, at="/edit")
    assert site.world.petition.text.charge == "Discussing textbooks."
    assert "To discuss textbooks." in draft.at.text


def test_the_day_of_a_meeting(site: Site) -> None:
    site.world.at("people")
    staff = site.member("staff", "/board/meetings/new")
    staff.press("Check what I wrote", {"day": "2025-06-01", "title": "Board I"}, at="/new")
    assert "Is the year right? June 1, 2026" in staff.at.text
    staff.press("Use June 1, 2026", at="/new")
    assert staff.value("day") == "2026-06-01"
    assert staff.value("title") == "Board I"
    assert site.world.services.store.board.meetings() == []


# ------------------------------------------------------------------ As one types


def asked(browser: Browser, kind: str, fields: list[str], values: dict, **given: str):
    check = {"kind": kind, "fields": fields, "given": given}
    return browser.send_json("/api/v1/checks", {"check": check, "values": values})


def test_what_is_wrong_as_json(site: Site) -> None:
    site.world.at("people")
    visitor = site.visitor()
    answer = asked(visitor, "charge", ["charge"], {"charge": "Discussing textbooks."})
    (found,) = answer.json["findings"]["charge"]
    assert found["fix"] == "To discuss textbooks."
    assert found["label"] == "Use this wording"
    assert asked(visitor, "charge", ["charge"], {"charge": "To share."}).json == {"findings": {}}


def test_several_fields_as_json(site: Site) -> None:
    site.world.at("people")
    visitor = site.visitor()
    days = {"voting_from": "2025-03-09", "voting_until": "2026-03-12"}
    found = asked(visitor, "period", list(days), days).json["findings"]
    assert found["voting_from"][0]["fix"] == "2026-03-09"
    days = {"voting_from": "2026-03-09", "voting_until": "2026-03-12"}
    found = asked(visitor, "period", list(days), days).json["findings"]
    assert found["voting_until"][0]["label"] == "Use March 15, 2026"
    rows = {"actions-0-wording": "That the Board thank Ana", "actions-1-wording": "Thank Bo."}
    found = asked(visitor, "actions", ["actions"], rows).json["findings"]
    assert set(found) == set(rows)
    charge = {"charge": "To share textbooks."}
    text = {"wording": "That the Board approve the group with the attached charge."}
    found = asked(visitor, "motion", ["wording"], text, **charge).json["findings"]
    assert "the charge “To share textbooks”" in found["wording"][0]["fix"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"check": {"kind": "none"}, "values": {}},
        {"check": "charge", "values": {}},
        {"check": []},
    ],
)
def test_what_is_no_check_is_refused(site: Site, sent: dict) -> None:
    site.world.at("people")
    answer = site.visitor().send_json("/api/v1/checks", sent)
    assert answer.status == 422
    assert "Name a kind of check" in answer.json["errors"]["check"]


def test_a_text_longer_than_any_form_is_refused(site: Site) -> None:
    site.world.at("people")
    assert asked(site.visitor(), "charge", ["c"], {"c": "a" * 500_001}).status == 422


def test_the_last_day_of_a_vote(site: Site) -> None:
    site.world.at("seconded")
    chair = site.member("president", f"/board/motions/{site.world.motion_id}/open")
    year = site.world.clock().year
    chair.press("Check what I wrote", {"closes_day": f"{year - 1}-06-01"}, at="/open")
    assert f"Is the year right? June 1, {year}" in chair.at.text
    chair.press(f"Use June 1, {year}", at="/open")
    assert chair.value("closes_day") == f"{year}-06-01"
    assert site.world.motion.state == "seconded"


def test_the_actions_of_a_document(site: Site) -> None:
    site.world.at("scheduled")
    member = site.member("director1")
    where = f"/board/meetings/{site.world.meeting_id}/documents/new"
    member.get(f"{where}?kind=action")
    typed = {
        "title": "Budget",
        "background": "The vote is open 4/19/2025 - 4/24/2025.",
        "actions-0-value": "Approve the budget.",
    }
    member.press("Check what I wrote", typed, at="/documents/new")
    assert "Begin with “That the ACRL Board of Directors …”" in member.at.text
    member.press("Use this wording", at="/documents/new")
    member.press("Use this wording", at="/documents/new")
    assert member.value("actions-0-value") == (
        "That the ACRL Board of Directors approves the budget."
    )
    assert member.value("background") == "The vote is open 4/19/2026 – 4/25/2026."
    assert member.value("title") == "Budget"
