"""What holds a new signature for staff, counted on real counters, and what holds nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.policy.rules import load
from chalicelib.services.people import sign_in
from chalicelib.services.signing import screening
from chalicelib.storage import keys
from tests.services.aws import at_once, in_threads

FASTEST = load().abuse.fastest_seconds
CAMPUS, NEIGHBOUR = "198.51.100.7", "198.51.100.8"


def from_network(ip):
    return replace(VISITOR, network=ip)


def send(world, email, ip=CAMPUS, petition="p1", trap="", seconds=60.0, services=None):
    """Somebody sends the form to sign; why the signature is held."""
    services = services or world.services
    actor, now = from_network(ip), services.clock()
    return screening.hold_for(services, petition, email, actor, now, trap=trap, seconds=seconds)


def crowd(world, number, ip=CAMPUS, start=0, **more):
    """As many different people, one after the other; why each is held."""
    people = range(start, start + number)
    return [send(world, f"member{n}@library.example.org", ip, **more) for n in people]


def entry(world, kind, pattern, effect="block", **more):
    data = {"kind": kind, "pattern": pattern, "effect": effect, "reason": "Seen before.", **more}
    return world.do("staff", "block.add", **data)


def counted(world):
    return {
        pk.removeprefix("LIMIT#"): int(item.get("attempts", {}).get("N", 0))
        for (pk, _), item in world.dump().items()
        if pk.startswith("LIMIT#sign-")
    }


# Networks and floods


def test_forty_sign_within_ten_minutes_from_one_address_of_a_campus(world):
    held = []
    for n in range(40):
        held.append(send(world, f"member{n}@library.example.org"))
        world.clock.forward(seconds=14)
    assert held == [""] * 40


def test_a_network_is_held_beyond_its_limit_and_its_neighbour_is_not(world):
    assert crowd(world, 120) == [""] * 120
    assert crowd(world, 3, start=120) == ["network-limit"] * 3
    assert send(world, "neighbour@library.example.org", NEIGHBOUR) == ""
    # Another petition, and the next ten minutes, are counted anew.
    assert send(world, "other@library.example.org", petition="p2") == ""
    world.clock.forward(minutes=10)
    assert send(world, "later@library.example.org") == ""


def test_a_network_has_a_limit_for_the_day_as_well(world):
    assert [w.most for w in load().windows_of("network")] == [120, 500]
    services = fewer(world, 20, "network", 86400)
    for batch in range(2):
        assert crowd(world, 10, start=10 * batch, services=services) == [""] * 10
        world.clock.forward(minutes=10)
    assert crowd(world, 1, start=20, services=services) == ["network-limit"]
    assert crowd(world, 1, NEIGHBOUR, services=services) == [""]


def test_an_ipv6_network_is_its_64(world):
    few = fewer(world, 12, "network")
    for n in range(12):
        assert send(world, f"m{n}@example.org", f"2001:db8:1:2::{n:x}", services=few) == ""
    held = send(world, "x@example.org", "2001:db8:1:2:ffff::1", services=few)
    assert held == "network-limit"
    assert send(world, "y@example.org", "2001:db8:1:3::1", services=few) == ""


def test_an_address_is_limited_over_all_petitions(world):
    held = [send(world, "a.b@gmail.com", "192.0.2.1", f"p{n}") for n in range(9)]
    assert held == [""] * 9
    assert send(world, "ab+x@googlemail.com", "192.0.2.1", "p50") == ""
    assert send(world, "AB@gmail.com", "192.0.2.1", "p51") == "address-limit"
    # A stranger who sends forms with somebody's address does not use up their limit.
    assert send(world, "a.b@gmail.com", "192.0.2.51", "p52") == ""
    assert send(world, "abc@gmail.com", "192.0.2.51", "p51") == ""
    world.clock.forward(hours=1)
    assert send(world, "ab@gmail.com", "192.0.2.51", "p51") == ""


def fewer(world, most, what="petition", seconds=600):
    """The services under a policy by which so many are let through in a window."""
    policy = load()
    windows = [
        replace(w, most=most) if (w.what, w.seconds) == (what, seconds) else w
        for w in policy.windows
    ]
    return replace(world.services, policy=replace(policy, windows=tuple(windows)))


def test_a_flood_from_everywhere_is_held(world):
    services = fewer(world, 20)
    held = [
        send(world, f"m{n}@example.org", f"203.0.113.{n}", services=services) for n in range(22)
    ]
    assert held == [""] * 20 + ["petition-limit"] * 2
    other = send(world, "x@example.org", "203.0.113.9", petition="p2", services=services)
    assert other == ""


def test_what_is_held_already_does_not_use_up_the_petitions_limit(world):
    services = fewer(world, 20)
    for n in range(30):
        assert send(world, f"m{n}@example.org", trap="x", services=services) == "trap"
    entry(world, "network", CAMPUS)
    for n in range(30):
        assert send(world, f"m{n}@example.org", services=services) == "block"
    assert send(world, "honest@example.org", NEIGHBOUR, services=services) == ""


def test_each_form_is_counted_once_and_the_counts_run_out(world):
    send(world, "a@example.org")
    network = screening.network_of(world.services, from_network(CAMPUS))
    assert sorted(counted(world).values()) == [1] * 4
    assert f"sign-network#p1#{network}#600" in counted(world)
    now = world.clock().timestamp()
    for (pk, _), item in world.dump().items():
        if pk.startswith("LIMIT#sign-"):
            assert now < int(item["ttl"]["N"]) <= now + 4 * 86400


def test_counts_are_exact_on_sixteen_threads(world):
    calls = [lambda n=n: send(world, f"m{n}@example.org") for n in range(128)]
    held = in_threads(16, calls)
    assert sorted(held) == [""] * 120 + ["network-limit"] * 8
    network = screening.network_of(world.services, from_network(CAMPUS))
    counts = counted(world)
    assert counts[f"sign-network#p1#{network}#600"] == 128
    assert counts[f"sign-network#p1#{network}#86400"] == 128
    # Eight were held, and stand beside the others.
    assert counts["sign-petition#p1#600"] == 120
    limits, since = world.services.store.limits, world.clock() - timedelta(hours=1)
    [(_, attempts, held_ones)] = limits.windows("sign-petition#p1#600", since, 600)
    assert (attempts, held_ones) == (120, 8)


def test_no_address_of_a_machine_is_kept(world):
    crowd(world, 3)
    crowd(world, 3, "2001:db8:1:2::5")
    stored = str(world.dump())
    assert CAMPUS not in stored
    assert "2001:db8" not in stored
    assert CAMPUS not in repr(from_network(CAMPUS))
    one, other = (screening.network_of(world.services, from_network(i)) for i in (CAMPUS, "::1"))
    assert len(one) == 16
    assert one != other
    assert screening.network_of(world.services, VISITOR) == ""


def test_where_no_network_is_known_nobody_is_counted_by_it(world):
    assert crowd(world, 15, ip="", services=fewer(world, 12, "network")) == [""] * 15


# The form


@pytest.mark.parametrize(
    ("trap", "seconds", "code"),
    [
        ("", 60.0, ""),
        ("", FASTEST, ""),
        ("", FASTEST - 0.1, "fast"),
        ("", 0.0, "fast"),
        ("", None, ""),
        ("https://example.com", 60.0, "trap"),
        ("  ", 60.0, ""),
        ("x", 0.1, "trap"),
    ],
)
def test_the_hidden_field_and_the_time_that_the_form_was_open(world, trap, seconds, code):
    assert send(world, "a@example.org", trap=trap, seconds=seconds) == code


def test_how_long_a_form_was_open_is_told_by_its_token(world):
    services, shown = world.services, world.clock()
    token = screening.form_token(services, shown)
    later = shown + timedelta(seconds=2)
    assert screening.seconds_since(services, token, later) == 2
    for other in ("", "x", token[:-2], services.tokens.make("csrf", "a"), "é" * 300):
        assert screening.seconds_since(services, other, later) is None
    assert screening.seconds_since(services, token, shown - timedelta(seconds=9)) is None
    strange = services.tokens.make("sign-form", "yesterday")
    assert screening.seconds_since(services, strange, later) is None
    assert screening.seconds_since(services, services.tokens.make("sign-form"), later) is None


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("a@mailinator.com", "disposable"),
        ("a@MAILINATOR.com", "disposable"),
        ("a@box.mailinator.com", "disposable"),
        ("a@mailinator.com.example.org", ""),
        ("a@notmailinator.com.example", ""),
        ("a@gmail.com", ""),
        ("a@example.edu", ""),
    ],
)
def test_throw_away_addresses_are_held(world, email, code):
    assert send(world, email) == code


# Blocks and allowances


def test_a_blocked_domain_is_held_with_what_is_below_it_and_nobody_else(world):
    entry(world, "domain", "*.spam.example")
    for email in ("a@spam.example", "a@mail.spam.example", "A@SPAM.EXAMPLE"):
        assert send(world, email) == "block"
    assert send(world, "a@other.example") == ""


def test_a_blocked_address_is_held_in_every_spelling_and_its_domain_is_not(world):
    entry(world, "address", "a.b@gmail.com")
    for email in ("ab@gmail.com", "A.B+news@googlemail.com"):
        assert send(world, email) == "block"
    assert send(world, "abc@gmail.com") == ""


def test_a_blocked_network_is_held_by_address_by_range_and_by_what_staff_see_of_it(world):
    entry(world, "network", CAMPUS)
    entry(world, "network", "203.0.113.0/24")
    seen = screening.network_of(world.services, from_network("2001:db8::1"))
    entry(world, "network", seen)
    for ip in (CAMPUS, "203.0.113.77", "2001:db8::99"):
        assert send(world, "a@example.org", ip) == "block"
    assert send(world, "a@example.org", NEIGHBOUR) == ""


def test_an_allowed_domain_lifts_a_limit_and_never_a_block(world):
    entry(world, "domain", "library.example.org", "allow")
    few = fewer(world, 12, "network")
    assert crowd(world, 15, services=few) == [""] * 15
    assert send(world, "elsewhere@example.org", services=few) == "network-limit"
    assert send(world, "quick@library.example.org", trap="x", seconds=0) == ""
    entry(world, "address", "quick@library.example.org")
    assert send(world, "quick@library.example.org") == "block"
    assert send(world, "slow@library.example.org") == ""


def test_an_allowed_network_lifts_its_limit_for_everybody_in_it(world):
    entry(world, "network", CAMPUS, "allow")
    assert crowd(world, 15, services=fewer(world, 12, "network")) == [""] * 15
    entry(world, "domain", "mailinator.com", "allow")
    assert send(world, "a@mailinator.com", NEIGHBOUR) == ""


def test_a_block_that_has_run_out_or_was_lifted_holds_nobody(world):
    today = world.services.today()
    entry(world, "domain", "spam.example", until=today.isoformat())
    lifted = entry(world, "domain", "junk.example")
    assert send(world, "a@spam.example") == send(world, "a@junk.example") == "block"
    world.do("staff", "block.lift", lifted.id)
    world.clock.forward(days=1)
    assert send(world, "a@spam.example") == send(world, "a@junk.example") == ""


def test_what_was_lifted_or_ran_out_stays_readable(world):
    first = entry(world, "domain", "spam.example", until=world.services.today().isoformat())
    with pytest.raises(ValidationError) as refused:
        entry(world, "domain", "SPAM.example", "allow")
    assert "blocked already" in refused.value.errors["pattern"]
    world.clock.forward(days=1)
    again = entry(world, "domain", "spam.example")
    assert again.id == first.id
    world.clock.forward(hours=1)
    world.do("staff2", "block.lift", again.id)
    store = world.services.store.blocks
    assert store.in_force() == []
    ran_out, lifted = store.all()
    assert ran_out == first
    assert (lifted.reason, lifted.by, lifted.lifted_by) == (
        "Seen before.",
        "Imara Vesterholt",
        "Teodor Lindqvarn",
    )
    assert lifted.lifted_at == world.clock()
    with pytest.raises(NotFoundError, match="lifted already"):
        world.do("staff", "block.lift", again.id)


def test_two_who_lift_one_entry_at_once_lift_it_once(world):
    one = entry(world, "domain", "spam.example")
    results = at_once(*[lambda who=who: world.do(who, "block.lift", one.id) for who in STAFF])
    assert sum(isinstance(r, NotFoundError) for r in results) == 1
    assert len(world.services.store.blocks.all()) == 1


def test_two_who_add_one_entry_at_once_add_it_once(world):
    data = {"kind": "network", "pattern": CAMPUS, "effect": "block", "reason": "Bots."}
    results = at_once(*[lambda who=who: world.do(who, "block.add", **data) for who in STAFF])
    assert sum(isinstance(r, ValidationError) for r in results) == 1
    assert len(world.services.store.blocks.all()) == 1


STAFF = ("staff", "staff2")


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"kind", "effect", "reason"}),
        ({"kind": "planet", "effect": "maybe", "reason": "x"}, {"kind", "effect"}),
        ({"kind": "domain", "effect": "block", "reason": ""}, {"pattern", "reason"}),
        ({"kind": "domain", "effect": "block", "reason": "x", "pattern": "*"}, {"pattern"}),
        ({"kind": "address", "effect": "block", "reason": "x", "pattern": "ab"}, {"pattern"}),
        (
            {"kind": "network", "effect": "allow", "reason": "x", "pattern": "0.0.0.0/0"},
            {"pattern"},
        ),
        (
            {
                "kind": "network",
                "effect": "block",
                "pattern": CAMPUS,
                "reason": "x" * 2001,
                "until": "2026-03-01",
            },
            {"reason", "until"},
        ),
    ],
)
def test_an_entry_that_says_too_little_is_refused_at_its_fields(world, data, fields):
    before = world.dump()
    with pytest.raises(ValidationError) as refused:
        world.do("staff", "block.add", **data)
    assert set(refused.value.errors) == fields
    assert world.dump() == before


def test_signing_reads_the_entries_in_force_by_one_query_and_none_of_the_others(world, requests):
    for n in range(3):
        world.do("staff", "block.lift", entry(world, "domain", f"old{n}.example").id)
    requests.clear()
    send(world, "a@example.org")
    (query,) = [params for name, params in requests if name == "Query"]
    assert keys.BLOCK_IN_FORCE in str(query)
    assert [name for name, _ in requests if name not in {"Query", "UpdateItem"}] == []


# Sign-in letters


def ask(world, n, ip=CAMPUS):
    """Somebody asks for a letter, where no more than twelve an hour go to a network."""
    few = fewer(world, 12, "sign-in-network", 3600)
    data = {"email": f"member{n}@library.example.org"}
    sign_in.ask_for_link(few, "browser", data, from_network(ip))


def test_sign_in_letters_to_one_network_are_limited_and_to_its_neighbour_are_not(world):
    assert [w.most for w in load().windows_of("sign-in-network")] == [60]
    for n in range(14):
        ask(world, n)
    ask(world, 100, NEIGHBOUR)
    ask(world, 101, "")
    world.deliver_all()
    assert len(world.letters("sign-in")) == 14
    world.clock.forward(hours=1)
    ask(world, 63)
    world.deliver_all()
    assert len(world.letters("sign-in")) == 15


def test_an_allowed_network_is_sent_as_many_sign_in_letters_as_it_asks_for(world):
    entry(world, "network", CAMPUS, "allow")
    for n in range(14):
        ask(world, n)
    world.deliver_all()
    assert len(world.letters("sign-in")) == 14
