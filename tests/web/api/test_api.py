"""The commands as JSON."""

from typing import Any

import pytest

from chalicelib.services.commands import COMMANDS
from chalicelib.web.request import FORM
from tests.services.world import TEXT, World
from tests.web.browser import Browser, Site

PROBLEM = "application/problem+json"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


def problem(answer: Any, status: int, kind: str = "") -> dict[str, Any]:
    """The problem that was answered (RFC 9457), checked."""
    assert (answer.status, answer["Content-Type"]) == (status, PROBLEM), answer.body
    told: dict[str, Any] = answer.json
    assert told["status"] == status
    assert told["type"].startswith("/problems/")
    assert told["title"]
    assert told["detail"]
    if kind:
        assert told["type"] == f"/problems/{kind}"
    return told


def test_a_petition_from_a_draft_to_its_withdrawal(site: Site) -> None:
    browser = site.member("rowan")
    begun = browser.send_json("/api/v1/petitions", {"kind": "discussion-group"})
    assert (begun.status, begun["Content-Type"]) == (201, "application/json")
    draft = begun.json
    assert (draft["state"], draft["version"]) == ("draft", 1)
    assert draft["missing"]
    path = f"/api/v1/petitions/{draft['id']}"
    edited = browser.send_json(f"{path}/edit", {**TEXT, "version": 1}).json
    assert edited["missing"] == {}
    assert edited["questions"] == TEXT["questions"]
    opened = browser.send_json(f"{path}/publish", {}).json
    assert opened["state"] == "collecting"
    read = site.visitor().ask("GET", path)
    assert read.json == opened
    assert "@" not in read.body
    ended = browser.send_json(f"{path}/withdraw", {"reason": "Another group."}).json
    assert ended["state"] == "withdrawn"


def test_a_motion_from_moved_to_voted(site: Site) -> None:
    site.world.at("scheduled")
    mover, other, chair = (site.member(who) for who in ("director1", "director2", "president"))
    data = {"document": "5.0"}
    moved = mover.send_json(f"/api/v1/meetings/{site.world.meeting_id}/move", data).json
    assert moved["state"] == "moved"
    assert moved["wording"].startswith("That the")
    path = f"/api/v1/motions/{moved['id']}"
    problem(mover.send_json(f"{path}/second", {}), 403, "not-allowed")
    assert other.send_json(f"{path}/second", {}).json["state"] == "seconded"
    assert chair.send_json(f"{path}/open", {}).json["state"] == "open"
    assert other.send_json(f"{path}/vote", {"choice": "no"}).json["choice"] == "no"
    told = problem(other.send_json(f"{path}/vote", {"choice": "maybe"}), 422, "invalid")
    assert set(told["errors"]) == {"choice"}
    told = problem(other.send_json(f"{path}/recuse", {}), 422, "invalid")
    assert set(told["errors"]) == {"reason"}


def test_somebody_signs(site: Site) -> None:
    site.world.at("collecting")
    path = f"/api/v1/petitions/{site.world.petition_id}/sign"
    browser = site.visitor()
    told = problem(browser.send_json(path, {}), 422, "invalid")
    assert set(told["errors"]) == {"name", "email", "institution"}
    data = {"name": "Zoë", "email": "zoe@example.org", "institution": "Northgate", "named": True}
    answer = browser.send_json(path, data)
    assert answer.status == 200
    assert "zoe" not in answer.body
    site.world.deliver_all()
    assert site.world.letters("signature-confirm", to="zoe")


def test_without_the_pages_token_nothing_is_done(site: Site) -> None:
    site.world.at("collecting")
    browser = site.member("rowan")
    path = f"/api/v1/petitions/{site.world.petition_id}/withdraw"
    for token in ("", "x", site.visitor().csrf()):
        problem(browser.send_json(path, {}, X_CSRF_Token=token), 403, "csrf")
    problem(browser.send_json(path, {}, Sec_Fetch_Site="cross-site"), 403, "csrf")
    assert site.world.petition.state == "collecting"


@pytest.mark.parametrize(
    "command", ["expire", "reach-threshold", "read-draft", "nothing", "edit.", "%"]
)
def test_what_is_no_command_for_people_is_not_there(site: Site, command: str) -> None:
    site.world.at("crossed")
    before = site.world.dump()
    for who in ("rowan", "staff"):
        browser = site.member(who)
        path = f"/api/v1/petitions/{site.world.petition_id}/{command}"
        assert problem(browser.send_json(path, {}), 404, "no-operation")["detail"]
    after = site.world.dump()
    assert {key: after[key] for key in before} == before


def test_a_command_of_another_kind_of_thing_is_not_there(site: Site) -> None:
    site.world.at("open")
    browser = site.member("president")
    ids = site.world.ids
    things = {
        "petitions": ("petition", ids["petition"], {"publish-packet", "vote", "plan", "end"}),
        "meetings": ("meeting", ids["meeting"], {"vote", "withdraw", "end", "render"}),
        "motions": ("motion", ids["motion"], {"publish", "sign", "settle", "edit"}),
    }
    for thing, (prefix, id_, commands) in things.items():
        for command in commands:
            assert f"{prefix}.{command}" not in COMMANDS
            problem(browser.send_json(f"/api/v1/{thing}/{id_}/{command}", {}), 404)


@pytest.mark.parametrize(
    ("command", "data", "field"),
    [
        ("edit", {"colour": "red"}, "colour"),
        ("edit", {"state": "approved"}, "state"),
        (
            "edit",
            {"conveners": [{"name": "N", "email": "n@x.org", "role": "x"}]},
            "conveners-0-role",
        ),
        ("edit", {"lead_email": "mallory@example.org"}, "lead_email"),
        ("edit", {"name": 7}, "name"),
        ("edit", {"name": None}, "name"),
        ("edit", {"name": ["a"]}, "name"),
        ("edit", {"name": "\ud800"}, "name"),
        ("edit", {"name": "a\u0000b"}, "name"),
        ("edit", {"questions": "one"}, "questions"),
        ("edit", {"questions": [{"value": "one"}]}, "questions-0"),
        ("edit", {"version": "soon"}, "version"),
        ("withdraw", {"why": "x"}, "why"),
        ("publish", {"force": True}, "force"),
    ],
)
def test_fields_that_do_not_fit_are_refused_by_name(
    site: Site, command: str, data: dict[str, Any], field: str
) -> None:
    site.world.at("draft")
    before = site.world.petition
    browser = site.member("rowan")
    answer = browser.send_json(f"/api/v1/petitions/{before.id}/{command}", data)
    told = problem(answer, 422, "invalid")
    assert set(told["errors"]) == {field}
    assert told["errors"][field]
    assert site.world.petition == before


BODIES = {
    "no JSON": b"name=x",
    "cut off": b'{"name": "x"',
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"7",
    "nothing": b"null",
    "no UTF-8": b'{"name": "\xff"}',
    "very deep": b"[" * 100_000,
    "a number too long": b"9" * 5000,
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_json_object(site: Site, name: str) -> None:
    site.world.at("draft")
    before = site.world.petition
    browser = site.member("rowan")
    answer = browser.send_json(f"/api/v1/petitions/{before.id}/edit", BODIES[name])
    told = problem(answer, 422, "invalid")
    assert told["errors"][""] == "Send a JSON object."
    assert site.world.petition == before


@pytest.mark.parametrize("kind", [FORM, "text/plain", "multipart/form-data; boundary=x"])
def test_what_a_form_of_another_site_can_send_is_not_read(site: Site, kind: str) -> None:
    """Only these types are sent across sites without asking first."""
    site.world.at("collecting")
    browser = site.member("rowan")
    path = f"/api/v1/petitions/{site.world.petition_id}/withdraw"
    assert browser.send_json(path, {}, Content_Type=kind).status == 415
    assert site.world.petition.state == "collecting"


def test_json_is_no_form(site: Site) -> None:
    browser = site.member("rowan")
    assert browser.send_json("/petitions/new", {"kind": "discussion-group"}).status == 415


def outcomes(browser: Browser, site: Site) -> list[tuple[int, str]]:
    petition = f"/api/v1/petitions/{site.world.petition_id}"
    calls = [(f"{petition}/verify", {}), (f"{petition}/submit", {}), (f"{petition}/no", {})]
    answers = [browser.send_json(path, data) for path, data in calls]
    return [(a.status, problem(a, a.status)["type"].rpartition("/")[2]) for a in answers]


def test_each_refusal_has_its_status_and_type(site: Site) -> None:
    site.world.at("submitted")
    late = (409, "illegal-transition")
    not_there = (404, "no-operation")
    assert outcomes(site.visitor(), site) == [(403, "not-allowed"), (403, "not-allowed"), not_there]
    assert outcomes(site.member("rowan"), site) == [(403, "not-allowed"), late, not_there]
    missing = site.member("rowan").send_json("/api/v1/petitions/none/submit", {})
    problem(missing, 404, "not-found")
    problem(site.visitor().ask("GET", "/api/v1/petitions/none"), 404, "not-found")


def test_a_draft_is_not_there_for_others(site: Site) -> None:
    site.world.at("draft")
    before = site.world.petition
    path = f"/api/v1/petitions/{before.id}"
    for who in ("", "thandiwe", "president", "staff"):
        browser = site.member(who) if who else site.visitor()
        problem(browser.ask("GET", path), 404, "not-found")
        for command in ("edit", "publish", "withdraw", "submit", "verify", "sign", "reject"):
            answer = browser.send_json(f"{path}/{command}", {})
            # Who was signed out while typing is told so, whatever the address.
            asked_in = not who and command == "edit"
            expected = (401, "signed-out") if asked_in else (404, "not-found")
            told = problem(answer, *expected)
            assert told["title"] == ("Not signed in" if asked_in else "Not found")
            assert before.text.name not in str(told)
    assert site.world.petition == before
