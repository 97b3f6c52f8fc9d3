"""Which signatures wait for staff: entries and what they match, and the one decision."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.signing.abuse import (
    HOLDS,
    Effect,
    Entry,
    Kind,
    Sender,
    decide,
    in_force,
    lift,
    matches,
    network_name,
    read_pattern,
)

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
SIGNS = [code for code in HOLDS if code != "block"]


def entry(kind, pattern, effect=Effect.BLOCK, **more):
    return Entry(
        id="e1",
        kind=Kind(kind),
        pattern=pattern,
        effect=effect,
        reason="Because.",
        by="Imara Vesterholt",
        at=NOW,
        **more,
    )


BLOCK, ALLOW = entry("domain", "a.example"), entry("domain", "a.example", Effect.ALLOW)


@pytest.mark.parametrize(
    ("entries", "signs", "code"),
    [
        ([], [], ""),
        ([BLOCK], [], "block"),
        ([ALLOW], [], ""),
        ([ALLOW, BLOCK], [], "block"),
        ([BLOCK, ALLOW], SIGNS, "block"),
        ([ALLOW], SIGNS, ""),
        ([], ["petition-limit", "network-limit", "address-limit"], "address-limit"),
        ([], ["network-limit", "petition-limit"], "network-limit"),
        ([], ["fast", "trap", "disposable"], "disposable"),
        ([], ["fast", "trap"], "trap"),
        ([], ["fast", "network-limit"], "fast"),
        *[([], [sign], sign) for sign in SIGNS],
        *[([ALLOW], [sign], "") for sign in SIGNS],
    ],
)
def test_a_block_beats_an_allowance_and_an_allowance_everything_else(entries, signs, code):
    assert decide(entries, signs) == code


@given(st.lists(st.sampled_from([BLOCK, ALLOW])), st.sets(st.sampled_from(SIGNS)))
def test_an_allowance_never_lifts_a_block(entries, signs):
    assert (decide(entries, signs) == "block") is (BLOCK in entries)


@pytest.mark.parametrize(
    ("kind", "pattern", "sender", "found"),
    [
        ("address", "ab@gmail.com", Sender("A.B+lists@GoogleMail.com"), True),
        ("address", "A.B@gmail.com", Sender("ab@gmail.com"), True),
        ("address", "ab@gmail.com", Sender("abc@gmail.com"), False),
        ("address", "ab@example.org", Sender("a.b@example.org"), False),
        ("domain", "spam.example", Sender("x@SPAM.example"), True),
        ("domain", "spam.example", Sender("x@mail.spam.example"), False),
        ("domain", "*.spam.example", Sender("x@mail.spam.example"), True),
        ("domain", "*.spam.example", Sender("x@a.b.spam.example"), True),
        ("domain", "*.spam.example", Sender("x@spam.example"), True),
        ("domain", "*.spam.example", Sender("x@notspam.example"), False),
        ("domain", "spam.example", Sender("x@spam.example.org"), False),
        ("domain", "xn--bcher-kva.example", Sender("x@bücher.example"), True),
        ("network", "192.0.2.7", Sender("", "192.0.2.7"), True),
        ("network", "192.0.2.7", Sender("", "::ffff:192.0.2.7"), True),
        ("network", "192.0.2.7", Sender("", "192.0.2.8"), False),
        ("network", "192.0.2.0/24", Sender("", "192.0.2.255"), True),
        ("network", "192.0.2.0/24", Sender("", "192.0.3.0"), False),
        ("network", "2001:db8:1:2::/64", Sender("", "2001:db8:1:2:aaaa::1"), True),
        ("network", "2001:db8:1:2::/64", Sender("", "2001:db8:1:3::1"), False),
        ("network", "192.0.2.0/24", Sender("", "2001:db8::1"), False),
        ("network", "192.0.2.0/24", Sender("", ""), False),
        ("network", "192.0.2.0/24", Sender("", "unknown"), False),
        ("network", "0123456789abcdef", Sender("", "192.0.2.7", "0123456789abcdef"), True),
        ("network", "0123456789abcdef", Sender("", "192.0.2.7", "fedcba9876543210"), False),
        ("domain", "spam.example", Sender("", "192.0.2.7"), False),
    ],
)
def test_what_an_entry_is_about(kind, pattern, sender, found):
    assert matches(entry(kind, pattern), sender) is found


@pytest.mark.parametrize(
    ("until", "holds"),
    [(None, True), (DAY, True), (DAY + timedelta(days=1), True), (DAY - timedelta(days=1), False)],
)
def test_an_entry_holds_through_its_last_day(until, holds):
    one = entry("domain", "spam.example", until=until)
    assert in_force(one, DAY) is holds
    assert not in_force(lift(one, "Teodor Lindqvarn", NOW), DAY)


@pytest.mark.parametrize(
    ("ip", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", ""),
        ("192.0.2.7, 198.51.100.1", ""),
    ],
)
def test_a_network_is_an_ipv4_address_or_the_64_of_an_ipv6_address(ip, name):
    assert network_name(ip) == name


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_whoever_changes_the_lower_half_of_an_ipv6_address_stays_in_its_network(address, lower):
    packed = (int(address) >> 64 << 64) | lower
    other = type(address)(packed)
    # 4in6 addresses stand for IPv4 addresses, each of which is a network.
    if not address.ipv4_mapped and not other.ipv4_mapped:
        assert network_name(str(address)) == network_name(str(other)) != ""


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("domain", "Spam.Example", "spam.example"),
        ("domain", "@spam.example.", "spam.example"),
        ("domain", "*.Spam.example", "*.spam.example"),
        ("domain", "Bücher.example", "xn--bcher-kva.example"),
        ("network", "192.0.2.7", "192.0.2.7"),
        ("network", "192.0.2.7/24", "192.0.2.0/24"),
        ("network", "10.0.0.0/8", "10.0.0.0/8"),
        ("network", "2001:db8:1:2::5", "2001:db8:1:2::/64"),
        ("network", "2001:db8::/32", "2001:db8::/32"),
        ("network", "0123456789ABCDEF", "0123456789abcdef"),
    ],
)
def test_how_a_pattern_is_kept(kind, text, kept):
    assert read_pattern(Kind(kind), text, Effect.BLOCK) == kept


EVERYBODY = "everybody"


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("address", "", "Enter an address"),
        ("domain", "", "Enter an address"),
        ("domain", "*", EVERYBODY),
        ("domain", "*.", EVERYBODY),
        ("domain", "@", EVERYBODY),
        ("domain", "*.org", EVERYBODY),
        ("domain", "org", "like example.org"),
        ("domain", "spam example", "like example.org"),
        ("domain", "a..example", "like example.org"),
        ("domain", "someone@spam.example", "like example.org"),
        ("domain", "sp*m.example", "like example.org"),
        ("domain", "https://spam.example/", "like example.org"),
        ("domain", "gmail.com", "single addresses"),
        ("domain", "googlemail.com", "single addresses"),
        ("domain", "*.outlook.com", "single addresses"),
        ("network", "*", EVERYBODY),
        ("network", "0.0.0.0/0", EVERYBODY),
        ("network", "::/0", EVERYBODY),
        ("network", "10.0.0.0/7", EVERYBODY),
        ("network", "2001::/15", EVERYBODY),
        ("network", "192.0.2.300", "IP address"),
        ("network", "192.0.2.0/33", "IP address"),
        ("network", "example.org", "IP address"),
        ("network", "0123456789abcde", "IP address"),
    ],
)
def test_a_pattern_that_is_none_or_that_blocks_everybody_is_refused(kind, text, words):
    with pytest.raises(ValidationError) as refused:
        read_pattern(Kind(kind), text, Effect.BLOCK)
    assert set(refused.value.errors) == {"pattern"}
    assert words in refused.value.errors["pattern"]


def test_an_allowance_may_be_as_wide_as_a_top_level_domain_and_a_provider():
    assert read_pattern(Kind.DOMAIN, "*.edu", Effect.ALLOW) == "*.edu"
    assert read_pattern(Kind.DOMAIN, "gmail.com", Effect.ALLOW) == "gmail.com"
    assert matches(entry("domain", "*.edu", Effect.ALLOW), Sender("x@library.college.edu"))


@given(st.text(max_size=40))
def test_no_pattern_is_more_than_a_pattern_or_an_error(text):
    for kind in (Kind.DOMAIN, Kind.NETWORK):
        try:
            kept = read_pattern(kind, text.strip(), Effect.BLOCK)
        except ValidationError:
            continue
        matches(entry(kind, kept), Sender("x@example.org", "192.0.2.7", "0" * 16))
        assert read_pattern(kind, kept, Effect.BLOCK) == kept
