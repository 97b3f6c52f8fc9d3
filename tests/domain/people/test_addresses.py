"""Which spellings of an email address are one person."""

import pytest

from chalicelib.domain.people.addresses import canonical, key_of, providers


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


@pytest.mark.parametrize(
    "spelling",
    [
        "a.b@gmail.com",
        "ab@gmail.com",
        "AB@googlemail.com",
        "ab+x@gmail.com",
        "a.b+library+list@googlemail.com",
    ],
)
def test_spellings_that_one_provider_delivers_to_one_mailbox(spelling):
    assert canonical(spelling) == "ab@gmail.com"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ab+x@outlook.com", "ab@outlook.com", True),
        ("a.b@outlook.com", "ab@outlook.com", False),
        ("ab@outlook.com", "ab@hotmail.com", False),
        ("ab@me.com", "ab+x@icloud.com", True),
        ("ab+x@proton.me", "ab@protonmail.com", True),
        # Nobody documents what a university's own server makes of a plus.
        ("ab+x@lib.example.edu", "ab@lib.example.edu", False),
        ("+x@gmail.com", "+y@gmail.com", False),
    ],
)
def test_nothing_is_ignored_that_a_provider_does_not_ignore(one, other, same):
    assert (key_of(one) == key_of(other)) is same


def test_each_rule_about_a_provider_has_a_source():
    assert all(provider.source for provider in providers().values())
