"""What changed in a text: nothing lost, no letter torn apart, in any script, and quickly."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.checks.diffs import (
    Kind,
    changed_words,
    diff,
    readable,
    shortened,
    text_changes,
)
from chalicelib.domain.checks.words import tokens
from chalicelib.domain.petitions.text import Text

WORDS = [
    "To", "share", "the", "the", "costs", "cost", " ", " ", "\n", "\n\n", ",", ".", "don’t",
    "cafe", "cafe\u0301", "é", "गाँव", "गांव", "สวัสดี", "图书馆", "圖書館", "مكتبة", "مَكتبة", "ספר",
    "👩\u200d💻", "👩🏽", "🇫🇷", "한국", "q\u0307\u0323", "\u200c",
]  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(WORDS)).map("".join), st.text())


def old_of(segments):
    return "".join(s.text for s in segments if s.kind != Kind.ADDED)


def new_of(segments):
    return "".join(s.text for s in segments if s.kind != Kind.REMOVED)


def said(old, new):
    return [(s.kind.value, s.text) for s in diff(old, new)]


@given(texts, texts)
def test_both_texts_can_be_put_together_again(old, new):
    segments = diff(old, new)
    assert (old_of(segments), new_of(segments)) == (old, new)
    for other in (readable(segments), shortened(segments, 2), shortened(readable(segments), 1)):
        assert (old_of(other), new_of(other)) == (old, new)
        assert all(s.text for s in other)


@given(texts, texts)
def test_a_letter_keeps_its_marks(old, new):
    for whole, kinds in ((old, {Kind.SAME, Kind.REMOVED}), (new, {Kind.SAME, Kind.ADDED})):
        parts = [s.text for s in diff(old, new) if s.kind in kinds]
        begins = 0
        for part in parts:
            if begins:
                assert not unicodedata.category(part[0]).startswith("M"), (parts, whole)
                assert part[0] != "\u200d"
            begins += len(part)


@given(texts)
def test_the_same_text_has_no_changes(text):
    assert {s.kind for s in diff(text, text)} <= {Kind.SAME}
    assert changed_words(text, text) == 0


@given(texts, texts)
def test_words_are_counted_alike_in_both_directions_of_nothing_to_something(old, new):
    assert changed_words("", new) == (0 if not new.strip() else changed_words(new, ""))
    if "".join(old.split()) != "".join(new.split()):
        assert changed_words(old, new) >= 1


@given(texts)
def test_tokens_are_the_text(text):
    assert "".join(tokens(text)) == text


def test_a_changed_word_stands_whole_between_what_stayed():
    assert said("To share the cost of it.", "To share the costs of it.") == [
        ("same", "To share the "),
        ("removed", "cost"),
        ("added", "costs"),
        ("same", " of it."),
    ]


def test_words_changed_side_by_side_are_one_change():
    assert said("a big red dog", "a small blue dog") == [
        ("same", "a "),
        ("removed", "big red"),
        ("added", "small blue"),
        ("same", " dog"),
    ]


def test_many_small_changes_read_as_one():
    old, new = "To find, adopt and keep up openly licensed ones.", "To write open ones."
    assert [(s.kind.value, s.text) for s in readable(diff(old, new))] == [
        ("same", "To "),
        ("removed", "find, adopt and keep up openly licensed"),
        ("added", "write open"),
        ("same", " ones."),
    ]
    # Two misspelt words with a good one between them stay two.
    assert len(readable(diff("teh cost of", "the cost off"))) == 5


def test_a_new_sentence_is_marked_from_its_beginning_to_its_end():
    segments = readable(diff("One here. Two.", "Won here. New. Two."))
    assert [s.text for s in segments if s.kind == Kind.ADDED] == ["Won", " New."]


def test_a_word_that_is_added_or_removed_is_that_alone():
    assert said("One two.", "One and two.") == [
        ("same", "One "),
        ("added", "and "),
        ("same", "two."),
    ]
    assert [kind for kind, _ in said("One and two.", "One two.")] == ["same", "removed", "same"]


def test_a_script_without_blanks_is_compared_letter_by_letter():
    assert said("学生図書館員の会", "学生司書の会")[0] == ("same", "学生")
    assert changed_words("学生図書館員の会", "学生図書館の会") == 1
    assert changed_words("会", "学生図書館員の会合") == 8


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("the organisaton of it", "the organisation of it", 1),
        ("a b c", "a c", 1),
        ("a c", "a b b c", 2),
        ("them any", "the many", 2),
        ("one two three", "three two one", 4),
        ("Let us eat, friends", "Let us eat friends", 1),
        ("For 5%", "For 5‰", 1),
        ("one  two", "one two", 0),
        ("one\ntwo", "one\n\ntwo", 0),
        ("’tis so", "’twas so", 1),
        ("😀 yes", "😃😃 yes", 2),
        ("", "two words", 2),
    ],
)
def test_changed_words_are_counted(old, new, words):
    assert changed_words(old, new) == words


def test_a_long_word_without_end_is_more_than_one():
    assert changed_words("see x", f"see {'y' * 320}") == 10


def test_what_is_far_from_a_change_is_left_out():
    old = " ".join(f"w{n}" for n in range(200))
    short = shortened(diff(old, old.replace("w100 ", "x ")), 3)
    assert [s.kind.value for s in short] == [
        "left-out", "same", "removed", "added", "same", "left-out",
    ]  # fmt: skip
    assert [s.text.split() for s in short[1:5]] == [
        ["w97", "w98", "w99"],
        ["w100"],
        ["x"],
        ["w101", "w102", "w103"],
    ]


def test_a_short_text_is_shown_whole():
    segments = diff("To share the cost of it.", "To share the costs of it.")
    assert shortened(segments, 8) == segments


def slow_texts():
    yield " ".join(f"a x{n}" for n in range(700)), " ".join(f"a y{n}" for n in range(700))
    yield "a " * 2000, "b " + "a " * 1990 + "c"
    yield "." * 4000, "," + "." * 3998 + ","
    yield "ab" * 2000, "ba" * 2000
    yield "的一" * 2000, "一的了" * 1300
    words = [f"w{n * n % 37}" for n in range(1300)]
    yield " ".join(words), " ".join(reversed(words))


@pytest.mark.parametrize(("old", "new"), list(slow_texts()))
def test_no_text_within_the_limits_is_slow_to_compare(old, new):
    begun = time.process_time()
    segments = diff(old, new)
    assert time.process_time() - begun < 2
    assert (old_of(segments), new_of(segments)) == (old, new)


def test_the_changes_of_a_petition_name_their_part_in_the_order_of_its_page():
    old = Text(name="Open Metdata", charge="To share.", questions=("Who?", "How?"))
    new = Text(
        name="Open Metadata", charge="To share.", background="New.", questions=("Who?", "Why?")
    )
    found = text_changes(old, new)
    assert [(c.field, c.words) for c in found] == [("name", 1), ("background", 1), ("questions", 1)]
    assert all(c.label for c in found)


def test_what_nobody_signs_is_no_change():
    assert text_changes(Text(fiscal_impact="None."), Text(stakeholders="All.")) == []


def test_a_blank_line_after_a_change_is_no_change():
    was = "They pay for travel.\n\nThey should not."
    becomes = "They pay for travel, and lodging.\n\nThey should not have to."
    told = [(s.kind, s.text) for s in readable(diff(was, becomes)) if s.kind != Kind.SAME]
    assert told == [(Kind.ADDED, ", and lodging"), (Kind.ADDED, " have to")]
