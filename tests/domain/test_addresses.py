"""Which spellings of an e-mail address are one person."""

import pytest

from chalicelib.domain.addresses import canonical, key_of


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("cy@example.org", "cy@example.org"),
        ("CY@Example.ORG", "cy@example.org"),
        ("  cy@example.org\n", "cy@example.org"),
        ("cy@bücher.example", "cy@xn--bcher-kva.example"),
        ("cy@BÜCHER.example", "cy@xn--bcher-kva.example"),
        ("cy@XN--BCHER-KVA.example", "cy@xn--bcher-kva.example"),
        ("JOSÉ@example.org", "josé@example.org"),
        ('"a@b"@example.org', '"a@b"@example.org'),  # the last @ divides
        ("cy@" + "x" * 70 + ".Example", "cy@" + "x" * 70 + ".example"),  # no IDNA form
    ],
)
def test_the_form_in_which_addresses_are_compared(typed, form):
    assert canonical(typed) == form
    assert canonical(form) == form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cy@example.org", "cy@example.com"),
        ("cy@example.org", "di@example.org"),
        ("cy@example.org", "cy@lib.example.org"),
        ("c.y@example.org", "cy@example.org"),  # dots count but with one provider
    ],
)
def test_different_people_have_different_keys(one, other):
    assert key_of(one) != key_of(other)


def test_a_key_is_the_same_for_each_spelling_and_tells_nothing():
    keys = {key_of(a) for a in ("cy@example.org", "CY@EXAMPLE.ORG", " cy@Example.org ")}
    assert len(keys) == 1
    key = keys.pop()
    assert "cy" not in key
    assert "@" not in key


def test_keys_do_not_change_between_releases():
    """They are stored: a changed key would let everybody sign again."""
    assert key_of("cy@example.org") == "cef73ab6ea35cb9e87465dc432aa0ba8"
