"""Small corrections by staff: how small, and that signatures stand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.checks.diffs import changed_words
from chalicelib.domain.errors import IllegalTransitionError, ValidationError
from chalicelib.domain.petitions import petition as petitions
from chalicelib.domain.petitions.corrections import correct, words_left
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.petitions.text import digest_of_text
from chalicelib.domain.signing.signature import counts, needs_confirming, stands_for
from tests.domain.builders import (
    POLICY,
    act,
    collecting,
    new_signature,
    petition_in,
    returned,
    staff,
)

RULE = POLICY.correction


def with_text(petition, **changes):
    return replace(petition.text, **changes)


def corrected(petition, **changes):
    new, _ = correct(petition, with_text(petition, **changes), "Misspelt.", POLICY, staff())
    return new


def errors_of(petition, reason="Misspelt.", **changes):
    with pytest.raises(ValidationError) as refused:
        correct(petition, with_text(petition, **changes), reason, POLICY, staff())
    return refused.value.errors


def other_words(text, count):
    """The text with so many of its words misspelt anew."""
    words = text.split(" ")
    return " ".join([f"{word}x" if n < count else word for n, word in enumerate(words)])


def test_a_correction_keeps_edition_counts_and_state_and_is_on_record():
    before = collecting(verified=7, confirmed=2)
    after, event = correct(
        before, with_text(before, charge=before.text.charge.replace("ways", "way")),
        " Misspelt.", POLICY, staff(),
    )  # fmt: skip
    same = ("state", "edition", "confirmed", "verified", "closes_at", "threshold_at")
    assert [getattr(after, n) for n in same] == [getattr(before, n) for n in same]
    assert after.text_digest == digest_of_text(after.kind, after.text) != before.text_digest
    assert after.corrected_from == (before.text_digest,)
    assert (event.command, event.actor_name) == ("correct", "Sam Ostrow")
    assert event.data == {
        "reason": " Misspelt.",
        "text_before": before.text_digest,
        "text": after.text_digest,
        "words": 1,
    }


def test_signatures_given_before_and_after_a_correction_stand_for_it():
    first = collecting()
    second = corrected(first, background=other_words(first.text.background, 2))
    third = corrected(second, background=other_words(second.text.background, 1))
    for text in (first, second, third):
        signature = new_signature(text, state="verified")
        assert stands_for(signature, third)
        assert not needs_confirming(signature, third)
        assert counts(signature, third) == (0, 1)


def test_a_correction_undone_leaves_every_signature_standing():
    first = collecting()
    second = corrected(first, background=other_words(first.text.background, 1))
    third = corrected(second, background=first.text.background)
    assert third.text_digest == first.text_digest
    assert all(stands_for(new_signature(text), third) for text in (first, second))


def test_a_changed_text_forgets_its_corrections_and_the_same_text_keeps_them():
    petition = corrected(returned_ready(), charge="To discuss and share way of opening records.")
    same, _ = petitions.publish(back(petition), POLICY, act())
    assert (same.corrected_from, same.corrected_words) == (
        petition.corrected_from,
        petition.corrected_words,
    )
    assert stands_for(new_signature(returned_ready()), same)
    draft = replace(back(petition), text=with_text(petition, charge="To do another thing."))
    changed, _ = petitions.publish(draft, POLICY, act())
    assert (changed.corrected_from, changed.corrected_words) == ((), 0)
    assert not stands_for(new_signature(petition), changed)


def test_who_signed_before_a_correction_is_asked_when_the_text_returns_to_what_they_signed():
    first = returned_ready()
    petition = corrected(first, charge="To discuss and share way of opening records.")
    draft = replace(back(petition), text=first.text)
    again, _ = petitions.publish(draft, POLICY, act())
    assert again.text_digest == first.text_digest
    assert not stands_for(new_signature(first), again)


def returned_ready():
    petition, _ = petitions.publish(returned(), POLICY, act())
    text = with_text(petition, charge="To discuss and share ways of opening records.")
    return replace(petition, text=text, text_digest=digest_of_text(petition.kind, text))


def back(petition):
    petition, _ = petitions.submit(petition, POLICY, act())
    petition, _ = petitions.send_back(petition, "Say who it is for.", POLICY, staff())
    petition, _ = petitions.revise(petition, act())
    return petition


def test_the_most_words_at_once_may_be_corrected_and_one_more_may_not():
    petition = collecting()
    background = petition.text.background
    most = corrected(petition, background=other_words(background, RULE.words_at_once))
    assert most.corrected_words == RULE.words_at_once
    said = errors_of(petition, background=other_words(background, RULE.words_at_once + 1))
    assert said[""].startswith(
        "This changes 7 words; at most 6 may be corrected without asking the signatories again"
    )
    # Nothing can be returned before it was submitted.
    assert "Return the petition" not in said[""]
    assert "it can be returned to them once they have submitted it." in said[""]


def test_many_corrections_cannot_add_up_to_another_text():
    petition = collecting()
    for _ in range(RULE.words_in_all // RULE.words_at_once):
        background = other_words(petition.text.background, RULE.words_at_once)
        petition = corrected(petition, background=background)
    assert words_left(petition, POLICY) == 0
    said = errors_of(petition, background=other_words(petition.text.background, 1))
    assert "none may be corrected" in said[""]
    assert "12 words corrected before" in said[""]


def test_blanks_alone_count_as_a_word():
    petition = collecting()
    assert corrected(petition, background=petition.text.background + "\n\nA").corrected_words == 1
    spaced = petition.text.background.replace(" ", "\n", 1)
    assert corrected(petition, background=spaced).corrected_words == 1


def test_of_the_name_one_word_and_its_capitals_may_be_corrected():
    petition = collecting()
    assert corrected(petition, name="Open Metdata").text.name == "Open Metdata"
    assert corrected(petition, name="OPEN METADATA").text.name == "OPEN METADATA"
    assert "name" in errors_of(petition, name="Closed Records")
    assert "name" in errors_of(petition, name="Open Metadata and Coffee")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, ""),
        ({"charge": ""}, "charge"),
        ({"name": "x" * 130}, "name"),
        ({"questions": ("q" * 301,)}, "questions-0"),
        ({"background": ""}, "background"),
    ],
)
def test_what_could_not_be_published_cannot_come_about_by_a_correction(changes, field):
    assert field in errors_of(collecting(), **changes)


def test_a_reason_is_needed_and_may_not_be_endless():
    petition = collecting()
    changes = {"background": other_words(petition.text.background, 1)}
    assert set(errors_of(petition, "", **changes)) == {"reason"}
    assert set(errors_of(petition, "x" * 2001, **changes)) == {"reason"}


@pytest.mark.parametrize("state", sorted(set(State) - {"collecting", "submitted", "verified"}))
def test_once_it_is_before_the_board_or_with_its_conveners_staff_correct_nothing(state):
    petition = petition_in(State(state))
    with pytest.raises(IllegalTransitionError):
        correct(petition, with_text(petition, charge="To x."), "Why.", POLICY, staff())


@given(st.lists(st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.booleans()))))
def test_no_series_of_corrections_goes_beyond_the_limit(tries):
    first = petition = collecting()
    for count, backwards in tries:
        words = petition.text.background.split(" ")
        for n in range(min(count, len(words))):
            words[-n - 1 if backwards else n] += "y"
        try:
            petition = corrected(petition, background=" ".join(words))
        except ValidationError:
            continue
    assert petition.corrected_words <= RULE.words_in_all
    changed = changed_words(first.text.background, petition.text.background)
    assert changed <= RULE.words_in_all
    assert stands_for(new_signature(first), petition)
