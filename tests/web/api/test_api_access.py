"""Who may do and read what by the API: the role table, over every operation, with tokens."""

from typing import Any

import pytest

from chalicelib.domain.people.access_tokens import SCOPES, scope_of
from chalicelib.domain.people.people import Role
from chalicelib.domain.people.roles import TABLE
from chalicelib.services.commands import perform
from chalicelib.web.api import entrance
from chalicelib.web.api.operations import BASE, OPERATIONS, Operation
from tests.services.world import World
from tests.web.api.test_api_conditions import Program, kind, token_of
from tests.web.browser import Answer, Site
from tests.web.test_guard import filled

entrance.ready()
RUN = [one for one in OPERATIONS.values() if one.runs]
READ = [one for one in OPERATIONS.values() if one.method == "GET"]
# A field that no command knows: whoever may run it is told so, and nothing is ever done.
UNKNOWN = '{"nobody knows this": 1}'
ROLES = {
    "": {Role.ANYONE},
    "tariq-at-home": {Role.ANYONE, Role.MEMBER},
    "rowan": {Role.ANYONE, Role.MEMBER, Role.CONVENER},
    "executive": {Role.ANYONE, Role.MEMBER, Role.BOARD},
    "director1": {Role.ANYONE, Role.MEMBER, Role.BOARD, Role.VOTING},
    "president": {Role.ANYONE, Role.MEMBER, Role.BOARD, Role.VOTING, Role.PRESIDING},
    "staff2": {Role.ANYONE, Role.MEMBER, Role.STAFF},
    "staff": {Role.ANYONE, Role.MEMBER, Role.STAFF, Role.ADMIN},
}


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


def program(world: World, who: str, *scopes: str) -> Program:
    if not who:
        return Program()
    return token_of(world, "yael" if who == "tariq-at-home" else who, *scopes)


def kept(site: Site) -> dict[tuple[str, str], Any]:
    """The table but for the tokens themselves, which remember when they were used."""
    apart = ("TOKEN#", "OUTBOX#access-token")
    return {key: item for key, item in site.world.dump().items() if not key[0].startswith(apart)}


def everybody(site: Site) -> dict[str, Program]:
    site.member("yael")
    return {who: program(site.world, who) for who in ROLES}


def ask(site: Site, who: Program, operation: Operation) -> Answer:
    site.world.clock.forward(seconds=1)
    path = filled(f"{BASE}{operation.path}", site).removeprefix(BASE)
    return who.get(path) if operation.method == "GET" else who.send(path, UNKNOWN)


@pytest.mark.parametrize("step", ["collecting", "open"])
def test_a_command_is_for_those_whom_the_table_names(site: Site, step: str) -> None:
    site.world.at(step)
    programs = everybody(site)
    before = kept(site)
    tried = 0
    for operation in RUN:
        needed = TABLE[operation.command]
        for who, caller in programs.items():
            answer = ask(site, caller, operation)
            where = operation.path, who, answer.body
            if not needed & ROLES[who]:
                # What is not there for anybody is not there for them either.
                assert answer.status in {401, 403, 404}, where
            elif not scope_of(operation.command):
                # By a browser alone; a visitor's program has none.
                assert kind(answer) in {"out-of-scope", "csrf", "not-found"}, where
            elif who:
                assert answer.status in {404, 409, 422} or own(operation, who), where
            tried += 1
    assert kept(site) == before
    assert tried > 900


def own(operation: Operation, who: str) -> bool:
    """Roles that hang on the thing: nobody here convenes a group or is invited to anything."""
    needed = TABLE[operation.command]
    return (
        who == "rowan" and not operation.path.startswith("/petitions") and (Role.CONVENER in needed)
    )


@pytest.mark.parametrize("step", ["draft", "open", "carried"])
def test_what_is_read_is_for_those_whom_the_table_names(site: Site, step: str) -> None:
    site.world.at(step)
    programs = everybody(site)
    before = kept(site)
    for operation in READ:
        if not operation.command:
            continue
        for who, caller in programs.items():
            answer = ask(site, caller, operation)
            where = operation.path, who, answer.body
            if TABLE[operation.command] & ROLES[who]:
                assert answer.status in {200, 303, 404}, where
            else:
                assert kind(answer) == "not-allowed", where
    assert kept(site) == before


def test_with_another_scope_nothing_is_read_or_done(site: Site) -> None:
    """An administrator's tokens for one scope each, over every operation that asks for another."""
    site.world.at("open")
    before = kept(site)
    for scope in SCOPES:
        caller = program(site.world, "staff", scope)
        for operation in OPERATIONS.values():
            if not operation.command or not TABLE[operation.command] & ROLES["staff"]:
                continue
            answer = ask(site, caller, operation)
            if scope_of(operation.command) != scope:
                assert kind(answer) in {"out-of-scope", "not-found"}, (operation.path, scope)
            else:
                assert answer.status not in {401, 403}, (operation.path, scope)
    assert kept(site) == before


def test_other_peoples_things_are_not_reached_by_swapping_ids(site: Site) -> None:
    world = site.world.at("draft")
    site.member("yael")
    stranger = token_of(world, "yael")
    petition = f"/petitions/{world.petition_id}"
    for path in ("", "/signatures", "/history", "/texts", "/progress", "/questions", "/doubtful"):
        assert stranger.get(f"{petition}{path}").status in {403, 404}, path
    made = perform(
        world.services,
        world.actor("rowan"),
        "token.create",
        data={"name": "Mine", "scopes": ["read"], "days": 5},
    )
    browser = site.member("yael")
    for path in (
        f"/account/tokens/{made.token.id}/revoke",
        f"/account/sessions/{made.token.key}/end",
    ):
        assert browser.send_json(f"{BASE}{path}", {}).status == 404
    assert Program(made.secret).get("/petitions").status == 200


def test_what_is_for_a_closed_session_is_for_the_board(site: Site) -> None:
    world = site.world.at("scheduled")
    item = {"title": "A matter of staff", "minutes": 10, "closed": True}
    world.do("staff", "docket.add", world.meeting_id, **item)
    site.member("yael")
    for who in ("", "tariq-at-home", "rowan"):
        caller = program(world, who)
        for path in (f"/meetings/{world.meeting_id}", "/meetings", f"/minutes/{world.meeting_id}"):
            answer = caller.get(path)
            assert answer.status in {403, 404}, (who, path)
            assert "A matter of staff" not in answer.body
    shown = program(world, "executive").get(f"/meetings/{world.meeting_id}").json
    assert "A matter of staff" in {row["title"] for row in shown["docket"]}


@pytest.mark.parametrize("file", ["board.pdf", "staff-annex-5.0.pdf", "board-roster-5.0.pdf"])
def test_a_packet_is_not_reached_by_guessing(site: Site, file: str) -> None:
    world = site.world.at("published")
    site.member("yael")
    path = f"/meetings/{world.meeting_id}/packets/1/files/{file}"
    answers = {who: program(world, who).get(path) for who in ("", "tariq-at-home", "rowan")}
    assert {kind(answer) for answer in answers.values()} == {"not-allowed"}
    # Whether or not there is one, the answer is the same.
    other = program(world, "rowan").get("/meetings/none/packets/9/files/board.pdf")
    assert other.json == answers["rowan"].json
    if "annex" in file:
        assert program(world, "executive").get(path).status in {403, 404}


def test_no_answer_of_the_api_shows_an_address_but_where_it_says_so(site: Site) -> None:
    """Addresses are told where the scope for personal data is asked for, and nowhere else."""
    world: Any = site.world.at("carried")
    caller = program(world, "staff")
    for operation in READ:
        answer = ask(site, caller, operation)
        if "@" in answer.body and "example.org" in answer.body:
            assert scope_of(operation.command or operation.asks) == "personal", operation.path
