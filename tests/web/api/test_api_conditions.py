"""Access tokens, limits, tags, cursors and idempotency keys, as a program meets them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import OutOfScopeError
from chalicelib.domain.people.access_tokens import BY_BROWSER_ALONE, SCOPES, scope_of
from chalicelib.domain.people.roles import TABLE, authorize
from chalicelib.services.commands import COMMANDS, perform
from chalicelib.web.api.conditions import NOT_KEPT
from tests.services.world import TEXT, World
from tests.web.browser import Answer, Browser, Site
from tests.web.browser import browser as new_browser

JSON = {"Content_Type": "application/json"}


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


class Program:
    """A program with an access token, or with none. It has no cookies."""

    def __init__(self, secret: str = "") -> None:
        self._secret = secret

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        given = {"Authorization": f"Bearer {self._secret}"} if self._secret else {}
        browser: Browser = new_browser()
        return browser.ask(method, f"/api/v1{path}", body, **{**given, **headers})

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def send(self, path: str, body: str = "{}", **headers: str) -> Answer:
        return self.ask("POST", path, body.encode(), **{**JSON, **headers})


def token_of(world: World, who: str, *scopes: str, days: int = 30) -> Program:
    data = {"name": "Test", "scopes": list(scopes) or list(SCOPES), "days": days}
    return Program(perform(world.services, world.actor(who), "token.create", data=data).secret)


def kind(answer: Answer) -> str:
    assert answer["Content-Type"] == "application/problem+json", answer.body
    assert answer.json["status"] == answer.status
    return str(answer.json["type"]).removeprefix("/problems/")


# ------------------------------------------------------------------ Access tokens


def test_a_token_is_made_on_ones_account_and_shown_once(site: Site) -> None:
    browser = site.member("rowan")
    browser.get("/account/tokens")
    browser.press("Create the token", {"name": "", "days": "0"})
    assert browser.at.status == 422
    assert "Enter what it is for" in browser.at.text
    browser.press("Create the token", {"name": "Calendar", "days": "30"})
    (secret,) = re.findall(r"groundswell_pat_[\w-]{43}", browser.at.body)
    assert "Copy your new token now" in browser.at.text
    page = browser.get("/account/tokens")
    assert "Calendar" in page.text
    assert secret not in page.body
    # What is kept of it is no secret.
    assert secret not in str(site.world.dump())
    told = Program(secret).get("/petitions")
    assert told.status == 200
    assert Program(secret).get("/account").status == 403
    # Its owner is told, who may not be the one who made it.
    site.world.deliver_all()
    (letter,) = site.world.letters("access-token", to="rowan")
    assert "Calendar" in str(letter)
    browser.get("/account/tokens")
    browser.press("End", at="/revoke")
    assert "The access token is ended" in browser.at.text
    assert kind(Program(secret).get("/petitions")) == "bad-token"


def test_a_token_that_is_none_is_turned_away_and_says_how(site: Site) -> None:
    site.world.at("people")
    good = token_of(site.world, "rowan")
    for secret in ("x", "groundswell_pat_" + "A" * 43, "\u00e9"):
        answer = Program(secret).get("/petitions")
        assert kind(answer) == "bad-token"
        assert answer["WWW-Authenticate"].startswith("Bearer ")
    basic = good.ask("GET", "/petitions", Authorization="Basic eDp5")
    assert kind(basic) == "bad-token"
    assert good.get("/petitions").status == 200


def test_a_token_runs_out(site: Site) -> None:
    site.world.at("people")
    program = token_of(site.world, "rowan", days=10)
    site.world.clock.now += timedelta(days=9, hours=23)
    assert program.get("/account").status == 200
    site.world.clock.now += timedelta(hours=1)
    assert kind(program.get("/account")) == "bad-token"


def test_a_token_gives_no_more_than_its_owner_has_now(site: Site) -> None:
    site.world.at("people")
    staff = token_of(site.world, "staff2")
    assert staff.get("/staff").status == 200
    site.world.do("staff", "staff.revoke", site.world.person("staff2").id)
    assert kind(staff.get("/staff")) == "not-allowed"


def test_a_token_and_a_cookie_are_not_mixed(site: Site) -> None:
    """With a token, cookies say nothing: neither who asks nor that no CSRF token is needed."""
    browser = site.member("staff")
    assert browser.ask("GET", "/api/v1/staff").status == 200
    answer = browser.ask("GET", "/api/v1/staff", Authorization="Bearer groundswell_pat_x")
    assert kind(answer) == "bad-token"
    answer = browser.ask("POST", "/api/v1/petitions", b"{}", **JSON)
    assert kind(answer) == "csrf"


def test_each_command_needs_its_scope_and_no_other(site: Site) -> None:
    """Every command of the table, with a token for every scope but the one it needs, and with that
    one alone.
    """
    site.world.at("people")
    admin = site.world.person("staff")
    actor = site.world.actor("staff")
    assert admin.admin
    needs: dict[str, str] = {}
    for command in sorted(COMMANDS):
        if TABLE[command] & actor.roles:
            needs[command] = scope_of(command)
    assert set(needs.values()) == {*SCOPES, ""} - {"read", "personal"}
    for command, scope in needs.items():
        for given in (set(SCOPES) - {scope}, {scope} - {""}):
            by_token = replace(actor, scopes=frozenset(given))
            if scope and scope in given:
                authorize(by_token, command)
            else:
                with pytest.raises(OutOfScopeError):
                    authorize(by_token, command)
    assert {c for c, scope in needs.items() if not scope} <= BY_BROWSER_ALONE


def test_reading_needs_a_scope_as_well(site: Site) -> None:
    site.world.at("carried")
    votes = token_of(site.world, "staff", "votes")
    assert kind(votes.get("/meetings")) == "out-of-scope"
    # What is public is for everybody, whatever a token is for.
    assert votes.get("/groups").status == 200
    reader = token_of(site.world, "staff", "read")
    assert reader.get("/meetings").status == 200
    path = f"/petitions/{site.world.petition_id}/signatories"
    answer = reader.get(path)
    assert kind(answer) == "out-of-scope"
    assert "personal" in answer.json["detail"]
    assert token_of(site.world, "staff", "personal").get(path).status == 200


def test_no_token_makes_another_or_ends_a_session(site: Site) -> None:
    site.world.at("people")
    program = token_of(site.world, "rowan")
    data = '{"name": "More", "scopes": ["read"], "days": 366}'
    assert kind(program.send("/account/tokens", data)) == "out-of-scope"
    assert kind(program.send("/account/ask-erasure")) == "out-of-scope"


def test_somebody_elses_token_is_not_ended(site: Site) -> None:
    world = site.world.at("people")
    made = perform(
        world.services,
        world.actor("rowan"),
        "token.create",
        data={"name": "Mine", "scopes": ["read"], "days": 5},
    )
    browser = site.member("noor")
    answer = browser.post(f"/account/tokens/{made.token.id}/revoke", {"csrf_token": browser.csrf()})
    assert answer.status == 404
    assert Program(made.secret).get("/petitions").status == 200


def test_tokens_are_in_ones_data_and_end_with_it(site: Site) -> None:
    world = site.world.at("people")
    program = token_of(world, "noor")
    shown = program.get("/account/data").json["data"]
    assert [one["name"] for one in shown["access_tokens"]] == ["Test"]
    world.do("noor", "data.ask-erasure")
    site.member("staff").send_json(f"/api/v1/erasures/{world.person('noor').id}/erase", {})
    assert kind(program.get("/petitions")) == "bad-token"
    assert "TOKEN#" not in str(world.dump())


# ------------------------------------------------------------------ Limits


def test_beyond_the_limit_nothing_is_answered_until_the_window_is_over(site: Site) -> None:
    world = site.world.at("people")
    program, other = token_of(world, "rowan"), token_of(world, "noor")
    world.clock.now = world.clock.now.replace(second=0, microsecond=0)
    first = program.get("/kinds")
    assert first["RateLimit-Policy"] == '"default";q=600;w=60'
    assert first["RateLimit"] == '"default";r=599;t=60'
    limits = world.services.store.limits
    for _ in range(599):
        limits.count(f"api#{world.person('rowan').id}", world.clock.now, 60)
    world.clock.now += timedelta(seconds=20)
    answer = program.get("/kinds")
    assert kind(answer) == "too-many"
    assert (answer["Retry-After"], answer["RateLimit"]) == ("40", '"default";r=0;t=40')
    # It is one person's limit.
    assert other.get("/kinds").status == 200
    assert Program().get("/kinds")["RateLimit-Policy"] == '"default";q=120;w=60'
    world.clock.now += timedelta(seconds=40)
    assert program.get("/kinds").status == 200


# ------------------------------------------------------------------ Tags


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    world = site.world.at("collecting")
    path = f"/petitions/{world.petition_id}"
    program = Program()
    tag = program.get(path)["ETag"]
    again = program.get(path, If_None_Match=tag)
    assert (again.status, again.body, again["ETag"]) == (304, "", tag)
    assert program.get(path, If_None_Match=f'"other", W/{tag}').status == 304
    world.sign("zoe")
    world.deliver_all()
    world.confirm("zoe")
    counted = program.get(path, If_None_Match=tag)
    assert (counted.status, counted.json["verified"]) == (200, 1)
    assert counted["ETag"] != tag


def test_a_lost_update_is_refused(site: Site) -> None:
    world = site.world.at("draft")
    path = f"/petitions/{world.petition_id}"
    rowan, noor = token_of(world, "rowan"), token_of(world, "noor")
    seen = noor.get(path)["ETag"]
    mine = rowan.send(f"{path}/edit", edited("To compare notes."), If_Match=seen)
    assert mine.status == 200
    theirs = noor.send(f"{path}/edit", edited("To differ."), If_Match=seen)
    assert kind(theirs) == "changed"
    assert theirs.status == 412
    assert world.petition.text.charge == "To compare notes."
    newer = noor.get(path)["ETag"]
    assert newer.partition("-")[0] == mine["ETag"].partition("-")[0]
    assert noor.send(f"{path}/edit", edited("To agree."), If_Match=newer).status == 200


def test_a_signature_meanwhile_refuses_no_command(site: Site) -> None:
    world = site.world.at("confirmed")
    path = f"/petitions/{world.petition_id}"
    program = token_of(world, "rowan")
    seen = program.get(path)["ETag"]
    world.sign("late", email="late@elsewhere.example")
    world.deliver_all()
    world.confirm("late@elsewhere.example")
    assert program.get(path)["ETag"] != seen
    assert program.send(f"{path}/submit", If_Match=seen).status == 200


def edited(charge: str) -> str:
    return json.dumps({**TEXT, "charge": charge})


# ------------------------------------------------------------------ Lists


def test_a_list_comes_in_parts_without_a_gap(site: Site) -> None:
    world = site.world.at("confirmed")
    program = token_of(world, "staff")
    path = f"/petitions/{world.petition_id}/signatories"
    whole = [row["key"] for row in program.get(f"{path}?limit=100").json["items"]]
    assert len(whole) == 25
    found: list[str] = []
    answer = program.get(f"{path}?limit=10")
    while True:
        found += [row["key"] for row in answer.json["items"]]
        if not answer.json["next"]:
            break
        (link,) = re.findall(r'<(/api/v1[^>]+)>; rel="next"', answer["Link"])
        answer = program.get(link.removeprefix("/api/v1"))
    assert found == whole


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "more=1"])
def test_a_question_that_a_list_does_not_know_is_refused_by_name(site: Site, query: str) -> None:
    site.world.at("people")
    answer = Program().get(f"/petitions?{query}")
    assert kind(answer) == "invalid"
    assert set(answer.json["errors"]) == {query.partition("=")[0]}


def test_the_cursor_of_one_list_is_none_of_another(site: Site) -> None:
    world = site.world.at("confirmed")
    program = token_of(world, "staff")
    cursor = program.get(f"/petitions/{world.petition_id}/signatories?limit=5").json["next"]
    assert kind(program.get(f"/bulk?cursor={cursor}")) == "invalid"


# ------------------------------------------------------------------ Once


def test_a_request_that_names_itself_is_done_once(site: Site) -> None:
    world = site.world.at("people")
    program = token_of(world, "rowan")
    body = '{"kind": "discussion-group"}'
    first = program.send("/petitions", body, Idempotency_Key="k-1")
    again = program.send("/petitions", body, Idempotency_Key="k-1")
    assert first.status == again.status == 201
    assert (again.json, again["ETag"]) == (first.json, first["ETag"])
    assert again["Idempotency-Replayed"] == "true"
    assert len(world.services.store.petitions.convened_by("rowan@example.org")) == 1
    other = program.send("/petitions", '{"kind": "interest-group"}', Idempotency_Key="k-1")
    assert kind(other) == "key-reused"
    # The same key of somebody else is another one; and after a day it is forgotten.
    assert (
        token_of(world, "noor").send("/petitions", body, Idempotency_Key="k-1").json != first.json
    )
    world.clock.now += timedelta(hours=24, seconds=1)
    later = program.send("/petitions", body, Idempotency_Key="k-1")
    assert later.status == 201
    assert later.json["id"] != first.json["id"]


def test_what_was_refused_may_be_sent_again_under_its_key(site: Site) -> None:
    world = site.world.at("draft")
    program = token_of(world, "rowan")
    path = f"/petitions/{world.petition_id}/submit"
    assert kind(program.send(path, Idempotency_Key="k")) == "illegal-transition"
    world.do("rowan", "petition.publish", world.petition_id)
    assert kind(program.send(path, Idempotency_Key="k")) != "key-reused"


def test_two_at_once_under_one_key_are_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes while the first is decided: its answer is kept in the first's own write."""
    world = site.world.at("people")
    program = token_of(world, "rowan")
    body = '{"kind": "discussion-group"}'
    handle: Callable[..., Any] = COMMANDS["petition.draft"].handle
    inner: list[Answer] = []

    def slow(step: Any) -> Any:
        if not inner:
            inner.append(Answer(0, [], "", ""))
            inner[0] = program.send("/petitions", body, Idempotency_Key="k")
        return handle(step)

    known = COMMANDS["petition.draft"]
    monkeypatch.setitem(COMMANDS, "petition.draft", replace(known, handle=slow))
    outer = program.send("/petitions", body, Idempotency_Key="k")
    assert outer.json == inner[0].json
    assert len(world.services.store.petitions.convened_by("rowan@example.org")) == 1


def test_a_ballot_is_kept_in_no_answer(site: Site) -> None:
    """Whoever reads the table could tell from it who voted what."""
    world = site.world.at("open")
    program = token_of(world, "director2")
    path = f"/motions/{world.motion_id}/vote"
    first = program.send(path, '{"choice": "no"}', Idempotency_Key="k")
    again = program.send(path, '{"choice": "no"}', Idempotency_Key="k")
    assert (first.status, first.json["choice"]) == (200, "no")
    assert again.json == first.json
    assert "ANSWERED#" not in str(world.dump())
    assert frozenset({"motion.vote"}) == NOT_KEPT


@pytest.mark.parametrize("key", ["a b", "x" * 256, "\u00e9"])
def test_a_key_that_is_none_is_refused(site: Site, key: str) -> None:
    site.world.at("people")
    program = token_of(site.world, "rowan")
    answer = program.send("/petitions", '{"kind": "discussion-group"}', Idempotency_Key=key)
    assert kind(answer) == "invalid"
    assert set(answer.json["errors"]) == {"Idempotency-Key"}
