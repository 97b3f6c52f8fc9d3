"""Signing in by an emailed link."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.people.people import VISITOR, Role
from chalicelib.domain.people.sessions import LINK_MINUTES, SESSION_DAYS
from chalicelib.services.people import sign_in
from tests.services.aws import at_once


def ask(world, email="rowan@example.org", browser="browser", **more):
    """Asks for a link; the token in the letter."""
    sign_in.ask_for_link(world.services, browser, {"email": email, **more})
    world.deliver_all()
    return world.letters("sign-in")[-1].token


def enter(world, token, browser="browser"):
    return sign_in.sign_in(world.services, token, browser, "Firefox")


def test_a_link_signs_in_whoever_owns_the_address(world):
    signed = enter(world, ask(world))
    assert signed.person == world.person("rowan")
    actor, session = sign_in.actor_of(world.services, signed.cookie)
    assert actor.person.name == "Rowan Ibarra"
    assert session.agent == "Firefox"
    (letter,) = world.letters()
    assert letter.to == "rowan@example.org"


def test_neither_cookie_nor_token_is_kept(world):
    token = ask(world)
    assert token not in str(world.dump())
    signed = enter(world, token)
    assert signed.cookie not in str(world.dump())


def test_a_link_works_once(world):
    token = ask(world)
    enter(world, token)
    before = world.dump()
    with pytest.raises(NotFoundError, match="new one"):
        enter(world, token)
    assert world.dump() == before


def test_two_who_use_a_link_at_once_begin_one_session(world):
    token = ask(world)
    results = at_once(lambda: enter(world, token), lambda: enter(world, token))
    assert sum(isinstance(r, ConflictError) for r in results) == 1
    person = world.person("rowan")
    assert len(world.services.store.people.sessions_of(person.id)) == 1


def test_looking_at_a_link_does_not_use_it_up(world):
    token = ask(world)
    sign_in.find_link(world.services, token, "browser")
    assert enter(world, token).person.id == world.person("rowan").id


def test_another_browser_is_refused_and_the_link_still_works(world):
    token = ask(world)
    before = world.dump()
    with pytest.raises(ConflictError, match="browser"):
        enter(world, token, "another browser")
    assert world.dump() == before
    enter(world, token)


def test_a_link_runs_out(world):
    token = ask(world)
    world.clock.forward(minutes=LINK_MINUTES)
    sign_in.find_link(world.services, token, "browser")
    world.clock.forward(seconds=1)
    before = world.dump()
    with pytest.raises(NotFoundError, match="run out"):
        enter(world, token)
    assert world.dump() == before


@pytest.mark.parametrize("token", ["", "x", "ünï.x", "W10.abc", "a" * 3000])
def test_a_link_that_was_not_made_here_is_refused(world, token):
    with pytest.raises(NotFoundError):
        enter(world, token)


def test_somebody_new_is_made_a_person_once(world):
    first = enter(world, ask(world, "New@Example.org"))
    second = enter(world, ask(world, "new@example.org"))
    assert first.person.id == second.person.id
    assert first.person.name == ""
    actor, _ = sign_in.actor_of(world.services, second.cookie)
    assert actor.roles == {Role.ANYONE, Role.MEMBER}


def test_somebody_new_with_two_links_at_once_is_one_person(world):
    tokens = [ask(world, "new@example.org") for _ in range(2)]
    results = at_once(*[lambda t=t: enter(world, t) for t in tokens])
    people = {r.person.id for r in results if not isinstance(r, BaseException)}
    assert people == {world.person("new").id}
    for result, token in zip(results, tokens, strict=True):
        if isinstance(result, BaseException):
            assert isinstance(result, ConflictError)
            assert enter(world, token).person.id in people


def test_asking_says_nothing_about_who_is_known(world):
    asked = [
        sign_in.ask_for_link(world.services, "browser", {"email": email})
        for email in ("rowan@example.org", "nobody@example.org")
    ]
    assert asked == [None, None]
    world.deliver_all()
    known, unknown = world.letters("sign-in")
    assert known.message.subject == unknown.message.subject


@pytest.mark.parametrize(
    ("asked", "safe"),
    [
        ("/petitions/new", "/petitions/new"),
        ("/board?x=1#y", "/board?x=1#y"),
        ("https://example.com", "/"),
        ("//example.com", "/"),
        ("/\\example.com", "/"),
        ("\\\\example.com", "/"),
        ("/\t/example.com", "/"),
        ("/\n/example.com", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_link_never_leads_to_another_site(world, asked, safe):
    assert sign_in.safe_next(asked) == safe
    if asked.isprintable():
        assert enter(world, ask(world, next=asked)).next == safe


def test_a_session_ends_by_itself(world):
    signed = enter(world, ask(world))
    world.clock.forward(days=SESSION_DAYS)
    assert sign_in.actor_of(world.services, signed.cookie)[0] != VISITOR
    world.clock.forward(seconds=1)
    assert sign_in.actor_of(world.services, signed.cookie) == (VISITOR, None)


@pytest.mark.parametrize("cookie", ["", "x", "ü", "a" * 5000])
def test_a_cookie_that_was_not_made_here_is_a_visitors(world, cookie):
    assert sign_in.actor_of(world.services, cookie) == (VISITOR, None)


def test_ending_one_session_leaves_the_other(world):
    here, there = (enter(world, ask(world)) for _ in range(2))
    _, session = sign_in.actor_of(world.services, here.cookie)
    world.do("rowan", "session.end", session.key)
    assert sign_in.actor_of(world.services, here.cookie) == (VISITOR, None)
    assert sign_in.actor_of(world.services, there.cookie)[0].person.id == here.person.id


def test_sessions_are_listed_newest_first(world):
    for minutes in (0, 5, 9):
        world.clock.forward(minutes=minutes)
        enter(world, ask(world))
    listed = world.services.store.people.sessions_of(world.person("rowan").id)
    began = [session.began_at for session in listed]
    assert began == sorted(began, reverse=True)
    assert len(began) == 3


def test_a_new_name_is_kept_and_two_at_once_lose_none(world):
    world.do("rowan", "account.edit", name="Rowan I. Ibarra", institution="Elsewhere")
    assert world.person("rowan").name == "Rowan I. Ibarra"
    at_once(
        lambda: world.do("rowan", "account.edit", name="One"),
        lambda: world.do("rowan", "account.edit", name="Two"),
    )
    assert world.person("rowan").version == 4


def test_one_address_gets_so_many_letters_an_hour_and_others_are_not_touched(world):
    most = world.services.policy.limits.sign_in_letters_per_hour
    for spelling in ["rowan@example.org", "ROWAN@example.org"] * most:
        sign_in.ask_for_link(world.services, "browser", {"email": spelling})
    world.deliver_all()
    assert len(world.letters("sign-in")) == most
    # The letters that did come still work, and a neighbour gets theirs.
    assert enter(world, world.letters("sign-in")[-1].token).person == world.person("rowan")
    ask(world, "noor@example.org")
    world.clock.forward(hours=1)
    ask(world)
    assert len(world.letters("sign-in")) == most + 2


def test_the_address_in_the_settings_makes_the_first_administrator_and_only_the_first(world):
    people = world.services.store.people
    world.services = replace(world.services, administrator="Ada@example.org")

    def signs_in(email):
        return enter(world, ask(world, email)).person

    # There is an administrator: the setting does nothing.
    newcomer = signs_in("ada@example.org")
    assert not people.get(newcomer.id).admin

    unit, admin = world.services.store.transaction(), world.person("staff")
    people.save(unit, replace(admin, admin=False, version=admin.version + 1))
    unit.commit()
    signs_in("somebody@example.org")
    assert not any(person.admin for person in people.staff())
    signs_in("ada@example.org")
    assert [person.id for person in people.staff() if person.admin] == [newcomer.id]
    last = world.services.store.seats.history(0, 1)[0]
    assert (last.command, last.data["admin"]) == ("grant-staff", True)
    # Again, and by a second at the same moment, nothing more happens.
    signs_in("ada@example.org")
    assert world.services.store.seats.history(0, 1)[0] == last
