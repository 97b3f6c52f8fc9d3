"""Finding a signatory on the roster: by address, by number, and by name as a suggestion."""

from dataclasses import replace

import pytest

from chalicelib.domain.roster.roster import Entry
from chalicelib.domain.signing.matching import at_mailbox, by_number, suggestions
from chalicelib.domain.signing.signature import signatory_key
from tests.domain.builders import collecting, new_signature

HOME = "lee@example.org"
ANN = Entry("Ann Lee", HOME, "Fell College", "1")
BOB = Entry("Bob Lee", HOME, "Grand University", "2")
BOTH = (replace(ANN, shared=True), replace(BOB, shared=True))


def by(name, number="", second=False, institution="Fell College"):
    """Somebody who signed from the address."""
    return new_signature(
        collecting(),
        HOME,
        name=name,
        member_number=number,
        institution=institution,
        key=signatory_key(HOME, number if second else ""),
    )


@pytest.mark.parametrize("number", ["", "1", "001", "0-1"])
@pytest.mark.parametrize("name", ["Ann Lee", "Anne Leigh", "A"])
def test_the_only_member_at_an_address_is_found_however_the_name_is_spelled(name, number):
    assert at_mailbox([ANN], by(name, number)) == ANN


def test_a_number_typed_wrong_does_not_lose_the_only_member_at_the_address():
    assert at_mailbox([ANN], by("Ann M. Lee", "99")) == ANN
    # With another name it may be somebody else, whom the roster does not know.
    assert at_mailbox([ANN], by("Bob Lee", "99")) is None
    assert at_mailbox([ANN], by("Cid Roe", "99")) is None


def test_the_second_person_at_an_address_is_not_taken_for_its_only_member():
    assert at_mailbox([ANN], by("Bob Lee", "2", second=True)) is None
    assert at_mailbox([ANN], by("Ann Lee", "2", second=True)) is None
    assert at_mailbox([ANN], by("Whoever", "01", second=True)) == ANN


@pytest.mark.parametrize(
    ("name", "number", "found"),
    [
        ("Whoever", "1", 0),
        ("Whoever", "002", 1),
        ("Ann Lee", "", 0),
        ("Bob T. Lee", "", 1),
        ("Lee", "", None),
        ("Cid Roe", "", None),
        ("Ann Lee", "77", 0),
    ],
)
def test_two_members_at_one_address_are_told_apart(name, number, found):
    expected = None if found is None else BOTH[found]
    assert at_mailbox(BOTH, by(name, number)) == expected


def test_nobody_is_found_at_an_address_that_no_member_has():
    assert at_mailbox([], by("Ann Lee", "1")) is None


@pytest.mark.parametrize(
    ("name", "found"), [("Ann Lee", True), ("Anne Lee", True), ("Cid Roe", False), ("A. L.", False)]
)
def test_a_number_alone_is_no_proof(name, found):
    assert (by_number(ANN, by(name, "1")) is not None) is found
    assert by_number(None, by(name, "1")) is None


def test_names_that_are_alike_are_suggested_the_likeliest_first():
    entries = [
        Entry("Ann Lee", "a@example.org", "Elsewhere"),
        Entry("Ann Lee", "b@example.org", "Fell College"),
        Entry("Ann Other", "c@example.org"),
        Entry("Cid Roe", "d@example.org", "Fell College"),
        Entry("Cid Roe", "e@example.org", member_number="7"),
    ]
    found = suggestions(by("Ann Lee", "7"), [*entries, entries[0]])
    assert [s.entry.email[0] for s in found] == ["b", "a", "e", "c"]
    assert [s.why for s in found] == [
        "same name, same institution",
        "same name",
        "same member number, another name",
        "similar name",
    ]
    assert [s.entry.email[0] for s in suggestions(by("Ann Lee"), entries, most=1)] == ["b"]


def test_members_who_share_an_address_have_seats_of_their_own():
    assert ANN.seat == ANN.mailbox == signatory_key(HOME)
    assert [e.seat for e in BOTH] == [signatory_key(HOME, "1"), signatory_key(HOME, "2")]
