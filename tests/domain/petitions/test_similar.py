"""Groups that resemble a draft are shown, nearest first, and nothing that is far off."""

import pytest

from chalicelib.domain.petitions.similar import Candidate, similar

METADATA = Candidate("Open Metadata", "To share catalogue records.", "/groups/open", "active")
MAPS = Candidate("Maps and GIS", "To discuss maps and geography.", "/groups/maps", "active")
TEACHING = Candidate(
    "First Year Teaching",
    "To share ways of teaching first year students information literacy.",
    "/groups/teaching",
    "active",
)
ALL = [MAPS, TEACHING, METADATA]


@pytest.mark.parametrize(
    ("name", "charge", "found"),
    [
        pytest.param("Open Metadata", "", ["Open Metadata"], id="same-name"),
        pytest.param("METADATA forum", "", ["Open Metadata"], id="letter-case"),
        pytest.param("Metadata-sharing", "", ["Open Metadata"], id="punctuation"),
        pytest.param("Something else", "", [], id="nothing-alike"),
        pytest.param("", "", [], id="empty"),
        pytest.param(
            "Library Discussion Group of the ACRL", "To discuss and share.", [], id="common-words"
        ),
        pytest.param("", "To share literacy skills.", [], id="one-word-of-a-charge"),
        pytest.param(
            "",
            "To bring information literacy to students in their first term.",
            ["First Year Teaching"],
            id="many-words-of-a-charge",
        ),
    ],
)
def test_what_resembles_a_draft(name, charge, found):
    assert [c.name for c in similar(name, charge, ALL)] == found


def test_the_nearest_comes_first():
    draft = ("Teaching metadata to first year students", "To teach records.")
    names = [c.name for c in similar(*draft, ALL)]
    assert names == ["First Year Teaching", "Open Metadata"]
    assert similar(*draft, reversed(ALL)) == similar(*draft, ALL)


def test_a_name_counts_more_than_a_charge():
    named = Candidate("Zines", "To read.", "/groups/z", "active")
    charged = Candidate("Paper", "To collect zines.", "/groups/a", "active")
    assert similar("Zines", "", [charged, named]) == [named]


def test_three_are_shown_and_equals_are_in_order_of_name():
    many = [Candidate(f"Metadata {letter}", "", f"/{letter}", "active") for letter in "dbeac"]
    assert [c.name[-1] for c in similar("Metadata", "", many)] == ["a", "b", "c"]


def test_a_word_that_is_repeated_counts_once():
    loud = Candidate("Paper", "Zines zines zines zines zines.", "/groups/a", "active")
    assert similar("", "zines zines zines zines zines", [loud]) == []


@pytest.mark.parametrize(
    ("name", "candidate"),
    [
        ("Cataloguing", "Catalogers"),
        ("Bibliothèques numériques", "BIBLIOTHÈQUES"),
        ("Книги", "книги"),
        ("Straße", "STRASSE"),
    ],
)
def test_endings_and_other_languages_are_compared_too(name, candidate):
    other = Candidate(candidate, "", "/groups/x", "active")
    assert similar(name, "", [other]) == [other]
