"""Patterns of addresses and names: what they fit, what they refuse, and that they stay quick."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.signing import patterns
from chalicelib.domain.signing.patterns import Pattern, fits_address, glob, matches, read
from chalicelib.domain.signing.signature import Signature

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
ANA = Signature(
    petition_id="p1",
    key="k",
    name="Zoë de la Peña",
    email="Ana.Diaz+lib@Example.org",
    institution="North",
    named=True,
    text_digest="d",
    edition=1,
    created_at=NOON,
    network="0123456789abcdef",
)


@pytest.mark.parametrize(
    ("pattern", "email", "fits"),
    [
        ("*@example.org", "ana@example.org", True),
        ("*@example.org", "ANA@EXAMPLE.ORG", True),
        ("*@EXAMPLE.org", "ana@example.org", True),
        ("*@example.org", "ana@mail.example.org", False),
        ("*@example.org", "ana@example.org.evil.example", False),
        ("*@*.example.org", "ana@mail.example.org", True),
        ("*@*.example.org", "ana@example.org", False),
        ("example.org", "ana@example.org", True),
        ("example.org", "ana@mail.example.org", False),
        ("*.example.org", "ana@example.org", True),
        ("*.example.org", "ana@deep.mail.example.org", True),
        ("*.example.org", "ana@badexample.org", False),
        ("john*@*", "John.Smith@elsewhere.example", True),
        ("john*@*", "bjohn@elsewhere.example", False),
        ("user?@example.org", "user7@example.org", True),
        ("user?@example.org", "user77@example.org", False),
        # A dot and a plus are what they are, and nothing else.
        ("a.b@example.org", "aXb@example.org", False),
        # The canonical form counts too: dots and tags that the provider ignores.
        ("johnsmith@gmail.com", "john.smith+petition@gmail.com", True),
        ("john.smith@gmail.com", "johnsmith@googlemail.com", True),
        ("johns*@gmail.com", "john.smith@gmail.com", True),
        # A domain in its own letters and in ASCII.
        ("*@bücher.example", "ana@xn--bcher-kva.example", True),
        ("*.bücher.example", "ana@mail.BÜCHER.example", True),
        ("*@example.org", "", False),
    ],
)
def test_which_addresses_a_pattern_fits(pattern, email, fits):
    assert fits_address(pattern, email) is fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("zoe *", True), ("ZOË*", True), ("*pena", True), ("zoe", False), ("Z?e de la *", True)],
)
def test_which_names_a_pattern_fits(pattern, fits):
    assert matches(Pattern(name=pattern), ANA) is fits


def test_every_part_that_is_given_has_to_fit():
    both = Pattern(address="*@example.org", name="zoe*", network=ANA.network)
    assert matches(both, ANA)
    assert not matches(replace(both, name="ana*"), ANA)
    assert not matches(replace(both, network="f" * 16), ANA)
    assert not matches(replace(both, address="*@example.com"), ANA)
    # Nothing asked for fits nobody, and neither does anything fit one whose data were erased.
    assert not matches(Pattern(), ANA)
    assert not matches(Pattern(name="*"), replace(ANA, name="", anonymised_at=NOON))


@pytest.mark.parametrize(
    "everybody", ["*", "*@*", "**@**", "?*@*", "*@*.*", "*.*", "@", ".", "* *"]
)
def test_a_pattern_that_everybody_fits_is_refused(everybody):
    with pytest.raises(ValidationError) as error:
        read(everybody, "", "")
    assert error.value.errors["address"] == patterns.EVERYTHING


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("", "", ""), "address"),
        (("someone", "", ""), "address"),
        (("*.org", "", ""), "address"),
        (("a@b@example.org", "", ""), "address"),
        (("a" * 300 + "@example.org", "", ""), "address"),
        (("", "*", ""), "name"),
        (("", "", "192.0.2.1"), "network"),
    ],
)
def test_what_is_no_pattern_is_refused_by_its_field(given, field):
    with pytest.raises(ValidationError) as error:
        read(*given)
    assert set(error.value.errors) == {field}


def test_a_pattern_is_kept_as_typed():
    found = read(" *@Example.org ", " J* ", " 0123456789ABCDEF ")
    assert found == Pattern(address="*@Example.org", name="J*", network="0123456789abcdef")
    assert patterns.words(found) == "address *@Example.org, name J*, network 0123456789abcdef"


LETTERS = st.text("ab*?", max_size=12)


@given(LETTERS, st.text("ab", max_size=12))
def test_a_glob_is_what_everybody_takes_it_for(pattern, text):
    assert glob(pattern, text) == fnmatchcase(text, pattern)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_read_or_refused(address, name):
    try:
        found = read(address, name, "")
    except ValidationError:
        return
    assert isinstance(matches(found, ANA), bool)


def test_no_pattern_takes_long():
    """Such a pattern takes a regular expression longer than anybody waits."""
    began = time.perf_counter()
    assert not glob("*a" * 120 + "b", "a" * 254)
    assert not glob("a*" * 120 + "b*c", "a" * 254)
    assert not glob("*" * 200 + "b", "a" * 254)
    assert time.perf_counter() - began < 1
