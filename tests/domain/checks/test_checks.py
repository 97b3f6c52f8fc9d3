"""Checks as people write: a table of good and bad examples, some of them from real notices."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.checks.checks import (
    check_actions,
    check_charge,
    check_motion,
    check_pointing,
    check_quoted_charge,
    check_years,
)
from chalicelib.domain.checks.dates import Span, check_meeting_day, check_period, check_periods_in
from chalicelib.domain.checks.verb_forms import VERBS, gerund, third_person
from chalicelib.domain.petitions.form import recommended_motion
from chalicelib.domain.policy.rules import load
from tests.domain.builders import begun

POLICY = load()
ASSOCIATION = POLICY.association
RULE = POLICY.virtual_vote(date(2021, 1, 19))
TODAY = date(2021, 1, 19)
BOARD = "That the ACRL Board of Directors"


# ------------------------------------------------------------------ Charges


@pytest.mark.parametrize(
    "charge",
    [
        "To discuss and share ways of opening catalogue records to everyone.",
        "To share what it takes to find, adopt and keep up openly licensed textbooks.",
        "",
        "To maintain a share above 25 percent of all members.",
        "To meet in the following year as well.",
    ],
)
def test_a_charge_that_is_as_it_should_be(charge):
    assert check_charge(charge, "charge", TODAY) == []


@pytest.mark.parametrize(
    ("charge", "fix"),
    [
        ("to discuss records.", "To discuss records."),
        ("TO discuss records.", "To discuss records."),
        ("Discussing open records.", "To discuss open records."),
        ("Discussing and sharing open records.", "To discuss and share open records."),
        ("Sharing, discussing and promoting records", "To share, discuss and promote records"),
        ("Providing a place for newcomers", "To provide a place for newcomers"),
        ("Planning and running a forum", ""),  # nobody told us that "running" is a verb here
        ("Submitting reports", "To submit reports"),
        ("Discuss open records.", "To discuss open records."),
        ("Discusses open records.", "To discuss open records."),
        ("The group will explore open records.", "To explore open records."),
        ("This group aims to share records.", "To share records."),
        ("A forum for people who catalogue.", "To be a forum for people who catalogue."),
        ("Bibliographic instruction", "To bibliographic instruction"),
        ("MARC records", "To MARC records"),
        # Which of these are verbs of the charge is not for us to say.
        ("Discussing records and promoting them", ""),
        ("Zigzagging through metadata", ""),
        ("The members of the group", ""),
    ],
)
def test_a_charge_that_does_not_begin_with_to(charge, fix):
    (found,) = check_charge(charge, "charge", TODAY)
    assert found.field == "charge"
    assert "begin it with “To”" in found.message
    assert found.fix == fix
    if fix:
        assert check_charge(fix, "charge", TODAY) == []


def test_verbs_and_their_forms_lead_back_to_the_verb(record_property):
    for verb in VERBS:
        for form in (gerund(verb), third_person(verb), verb):
            (found,) = check_charge(f"{form.capitalize()} records.", "charge", TODAY)
            assert found.fix == f"To {verb} records.", form
    record_property("summary", f"{len(VERBS)} verbs in three forms each")


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("plan", "planning"),
        ("discuss", "discussing"),
        ("share", "sharing"),
        ("study", "studying"),
        ("submit", "submitting"),
        ("oversee", "overseeing"),
        ("review", "reviewing"),
        ("map", "mapping"),
        ("maintain", "maintaining"),
        ("train", "training"),
        ("offer", "offering"),
        ("draw", "drawing"),
        ("survey", "surveying"),
    ],
)
def test_gerunds(verb, form):
    assert gerund(verb) == form


# ------------------------------------------------------------------ Wording that points outside


@pytest.mark.parametrize(
    "words",
    [
        "the above factors",
        "The above",
        "the factors above",
        "as above",
        "the above-mentioned plan",
        "the aforementioned plan",
        "the foregoing",
        "the attached charge",
        "the included charge",
        "attached document",
        "see attachment",
        "the budget is attached",
        "see below",
        "the plan below",
        "listed below",
        "as follows",
        "as follows:",
        "the following",
        "the following three actions",
        "this document",
        "this Action Form",
        "this proposal",
        "as presented",
        "as amended",
        "herein",
        "this link",
    ],
)
def test_words_that_point_outside_their_text(words):
    text = f"{BOARD} approves {words}"
    (found,) = check_pointing(text, "wording")
    assert found.message.startswith("“")
    assert words.strip(":").split()[0].lower() in found.message.lower()
    # It says what to write instead.
    assert found.message.partition("outside this text. ")[2]


@pytest.mark.parametrize(
    "text",
    [
        "approves the following charge: “To share records.”",
        "approves the plan as follows: one meeting a year.",
        "approves the group for the following year.",
        "keeps the number above 25 members and the cost below $500.",
        "keeps the share above the average.",
        "approves Doc 5.1, as described in Doc 5.2.",
        "approves the plan as amended by the Board on January 26, 2021.",
        "thanks the group, above all its conveners.",
        "follows this group’s charge.",
        "approves the proposal of the Metadata group (Doc 5.1).",
    ],
)
def test_words_that_point_to_nothing_outside(text):
    assert check_pointing(text, "wording") == []


def test_a_real_motion_that_approves_the_above_factors():
    text = f"{BOARD} approves the above factors."
    (found,) = check_motion(text, "wording", ASSOCIATION, TODAY)
    assert "“the above factors” points to something outside" in found.message
    assert "Write out what you mean" in found.message
    assert found.fix == ""


def test_the_charge_is_quoted_where_it_is_known():
    text = f"{BOARD} approves the Open Metadata discussion group with the included charge."
    (found,) = check_motion(text, "wording", ASSOCIATION, TODAY, charge="To share records.")
    assert found.fix == text.replace("the included charge", "the charge “To share records”")
    assert check_motion(found.fix, "wording", ASSOCIATION, TODAY, charge="To share records.") == []


# ------------------------------------------------------------------ Motions


def test_the_motion_that_the_software_words_is_as_it_should_be():
    petition = begun()
    wording = recommended_motion(petition, POLICY)
    assert check_motion(wording, "w", ASSOCIATION, TODAY, charge=petition.text.charge) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{BOARD} approves the budget for 2022.",
        "That the Board thank the Metadata discussion group.",
        "That the ACRL Board receive the report (Doc 7.0).",
        "That the Board of Directors ask: “What does it cost?”",
        "",
    ],
)
def test_motions_that_are_as_they_should_be(text):
    assert check_motion(text, "wording", ASSOCIATION, TODAY) == []


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("The Board approves the budget.", f"{BOARD} approves the budget."),
        ("that the ACRL Board approve the budget.", f"{BOARD} approve the budget."),
        ("I move that the Board approves the budget.", f"{BOARD} approves the budget."),
        ("I move to approve the budget.", f"{BOARD} approves the budget."),
        ("Moved, that the Board approve the budget.", f"{BOARD} approve the budget."),
        ("RESOLVED, That the Board approve the budget.", f"{BOARD} approve the budget."),
        ("Approve the budget.", f"{BOARD} approves the budget."),
        ("Approving the budget.", f"{BOARD} approves the budget."),
        ("To approve the budget.", f"{BOARD} approves the budget."),
        ("That we approve the budget.", f"{BOARD} approves the budget."),
        # The subject is another one: only the writer knows how it should go.
        ("That the budget be approved.", ""),
        ("Budget for 2022.", ""),
    ],
)
def test_a_motion_that_begins_otherwise(text, fix):
    (found,) = check_motion(text, "wording", ASSOCIATION, TODAY)
    assert "Begin with “That the ACRL Board of Directors …”" in found.message
    assert found.fix == fix
    if fix:
        assert check_motion(fix, "wording", ASSOCIATION, TODAY) == []


@pytest.mark.parametrize(
    ("end", "fixed"),
    [
        ("the budget", "the budget."),
        ("the budget;", "the budget."),
        ("the charge “To share records”", "the charge “To share records.”"),
        ("the budget (Doc 7.0)", "the budget (Doc 7.0)."),
    ],
)
def test_a_motion_without_a_full_stop(end, fixed):
    (found,) = check_motion(f"{BOARD} approves {end}", "wording", ASSOCIATION, TODAY)
    assert found.message == "End the motion with a full stop."
    assert found.fix == f"{BOARD} approves {fixed}"
    assert check_motion(found.fix, "wording", ASSOCIATION, TODAY) == []


@pytest.mark.parametrize(
    "text",
    [
        "That the Board approve the plan; and that the Board approve the budget.",
        "That the Board approve the plan. That the Board approve the budget.",
        "That the Board approve the plan;\n\nThat the Board approve the budget",
        "That the Board approve the plan, and further, that the Board approve the budget.",
    ],
)
def test_several_actions_without_numbers(text):
    (found,) = check_motion(text, "wording", ASSOCIATION, TODAY)
    assert "2 actions without numbers" in found.message
    assert found.fix == "1. That the Board approve the plan.\n2. That the Board approve the budget."
    assert check_motion(found.fix, "wording", ASSOCIATION, TODAY) == [
        one
        for one in check_motion(found.fix, "wording", ASSOCIATION, TODAY)
        if "without numbers" not in one.message
    ]


def test_each_action_of_a_form_is_looked_at_by_itself():
    found = check_actions(
        {
            "actions-0-wording": f"{BOARD} approves the plan.",
            "actions-1-wording": f"2. {BOARD} approves the above",
            "actions-2-wording": f"{BOARD} approves A. {BOARD} approves B.",
            "actions-3-wording": "",
        },
        ASSOCIATION,
        TODAY,
    )
    assert [(one.field, one.message.split(":")[0][:40]) for one in found] == [
        ("actions-1-wording", "The form numbers its actions by itself"),
        ("actions-1-wording", "End the motion with a full stop."),
        ("actions-1-wording", "“the above” points to something outside "),
        ("actions-2-wording", "This holds 2 actions. Write each as an a"),
    ]
    assert found[0].fix == f"{BOARD} approves the above"


# ------------------------------------------------------------------ A quoted charge

CHARGE = "To discuss and share ways of opening catalogue records to everyone."


@pytest.mark.parametrize(
    "text",
    [
        f"{BOARD} establish the group with the charge: “{CHARGE}”",
        f"{BOARD} establish the group with the charge “{CHARGE.rstrip('.')}.”",
        f"{BOARD} establish the “Metadata and More” discussion group.",
        f"{BOARD} establish the group.",
    ],
)
def test_a_charge_that_is_quoted_as_it_is_given(text):
    assert check_quoted_charge(text, "wording", CHARGE) == []


def test_a_charge_that_is_quoted_in_other_words():
    charge = "To discuss and share ways of closing records."
    text = f"{BOARD} establish the group with the charge: “{charge}”"
    (found,) = check_quoted_charge(text, "wording", CHARGE)
    assert "“of closing records” here, “of opening catalogue records” there" in found.message
    assert found.fix == f"{BOARD} establish the group with the charge: “{CHARGE}”"
    assert check_quoted_charge(found.fix, "wording", CHARGE) == []
    assert check_quoted_charge(text, "wording", "") == []


# ------------------------------------------------------------------ Dates without a year


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("by January 26", "by January 26, 2021"),
        ("by January 18.", "by January 18, 2022."),
        ("by 26 January", "by 26 January 2021"),
        ("by the 3rd of March", "by the 3rd of March 2021"),
        ("by 1/26", "by 1/26/2021"),
        ("on Jan. 26 and on Feb 3", "on Jan. 26, 2021 and on Feb 3, 2021"),
        ("from January 26 to 28", "from January 26 to 28, 2021"),
        ("on February 29", "on February 29, 2024"),
    ],
)
def test_dates_without_a_year(text, fix):
    (found,) = check_years(text, "wording", TODAY)
    assert "lacks its year" in found.message
    assert found.fix == fix
    assert check_years(fix, "wording", TODAY) == []


@pytest.mark.parametrize(
    "text",
    [
        "by January 26, 2021",
        "by January 26 2021",
        "from January 26 to February 3, 2021",
        "on January 26 and 27, 2021",
        "in January 2021",
        "by 26 January 2021",
        "by 1/26/2021",
        "open 24/7, with 1/2 of the members",
        "terms begin July 1 of each year",
        "terms begin July 1 every year",
        "the report may 5 times",
        "January is cold",
    ],
)
def test_dates_that_have_their_year_or_are_none(text):
    assert check_years(text, "wording", TODAY) == []


# ------------------------------------------------------------------ The days of a vote


def span(first, last, what="voting"):
    return Span(first, last, (f"{what}_from", f"{what}_until"))


NONE = span(None, None, "discussion")


def period(voting, discussion=NONE, today=TODAY):
    return check_period(voting, discussion, today, RULE, POLICY)


def test_a_vote_that_is_as_the_policy_has_it():
    talk = span(date(2021, 1, 20), date(2021, 1, 26), "discussion")
    assert period(span(date(2021, 1, 27), date(2021, 2, 2)), talk) == []
    # Begun today, and over the turn of a year.
    assert period(span(TODAY, date(2021, 1, 25))) == []
    assert period(span(date(2021, 12, 29), date(2022, 1, 4)), today=date(2021, 12, 20)) == []
    assert period(span(None, None)) == []
    assert period(span(date(2021, 1, 27), None)) == []


def test_a_real_vote_with_the_wrong_year():
    """A notice posted on January 19, 2021, gave 1/19/2020 - 1/24/2020."""
    found = period(span(date(2020, 1, 19), date(2020, 1, 24)))
    assert [(one.field, one.fix) for one in found] == [
        ("voting_from", "2021-01-19"),
        ("voting_until", "2021-01-24"),
    ]
    assert "Is the year right? January 19, 2021" in found[0].message
    # With the year put right, it is a day shorter than the policy has it.
    (short,) = period(span(date(2021, 1, 19), date(2021, 1, 24)))
    assert (short.field, short.fix) == ("voting_until", "2021-01-25")
    assert "has 6 days, and the policy 7" in short.message


def test_the_same_notice_as_text():
    notice = "The vote is open 1/19/2020 - 1/24/2020, one poll for each action."
    (found,) = check_periods_in(notice, "background", TODAY, RULE, POLICY)
    assert "Is the year right?" in found.message
    assert "has 6 days, and the policy 7" in found.message
    assert found.fix == "The vote is open 1/19/2021 – 1/25/2021, one poll for each action."
    assert check_periods_in(found.fix, "background", TODAY, RULE, POLICY) == []
    # A period that is none of a vote's may have been in any year, and last a day.
    other = "The conference was held 1/19/2020 - 1/19/2020."
    assert check_periods_in(other, "background", TODAY, RULE, POLICY) == []
    (nonsense,) = check_periods_in("Vote: 2/30/2021 - 3/4/2021", "b", TODAY, RULE, POLICY)
    assert "does not have" in nonsense.message


def test_a_discussion_in_words():
    text = "Discussion: January 20, 2021 to January 24, 2021."
    (found,) = check_periods_in(text, "background", TODAY, RULE, POLICY)
    assert "The discussion has 5 days" in found.message
    assert found.fix == "Discussion: January 20, 2021 – January 26, 2021."


@pytest.mark.parametrize(
    ("voting", "discussion", "field", "words", "fix"),
    [
        (
            span(date(2021, 2, 2), date(2021, 1, 27)),
            NONE,
            "voting_until",
            "ends before it begins",
            "2021-02-08",
        ),
        (
            span(date(2021, 1, 26), date(2021, 2, 2)),
            span(date(2021, 1, 20), date(2021, 1, 26), "discussion"),
            "voting_from",
            "begins while the discussion goes on",
            "2021-01-27",
        ),
        (
            span(date(2021, 1, 27), date(2021, 2, 2)),
            span(date(2021, 1, 20), date(2021, 1, 24), "discussion"),
            "discussion_until",
            "The discussion has 5 days, and the policy 7",
            "2021-01-26",
        ),
        (span(date(2021, 1, 12), None), NONE, "voting_from", "Is the year right?", ""),
        (span(date(2022, 1, 27), None), NONE, "voting_from", "Is the year right?", "2021-01-27"),
        (span(date(2021, 12, 1), None), NONE, "voting_from", "far off", ""),
        (span(date(2020, 12, 1), None), NONE, "voting_from", "is past", ""),
    ],
)
def test_what_is_wrong_with_the_days_of_a_vote(voting, discussion, field, words, fix):
    found = period(voting, discussion)
    if voting.first == date(2021, 1, 12):
        # A week ago: nobody meant next January.
        (one,) = found
        assert "is past" in one.message
        return
    (one,) = found
    assert one.field == field
    assert words in one.message
    assert one.fix == fix


@given(
    first=st.dates(date(2019, 1, 1), date(2023, 12, 31)),
    days=st.integers(-40, 40),
    talk=st.integers(-40, 40),
)
def test_following_every_fix_ends_in_days_without_fixes(first, days, talk):
    fields = {
        "discussion_from": first,
        "discussion_until": first + timedelta(days=talk),
        "voting_from": first + timedelta(days=talk + 1),
        "voting_until": first + timedelta(days=talk + days),
    }
    for _ in range(12):
        found = period(
            span(fields["voting_from"], fields["voting_until"]),
            span(fields["discussion_from"], fields["discussion_until"], "discussion"),
        )
        fixes = [one for one in found if one.fix]
        if not fixes:
            return
        fields[fixes[0].field] = date.fromisoformat(fixes[0].fix)
    raise AssertionError(f"the fixes go in a circle: {fields}")


# ------------------------------------------------------------------ A meeting's day


@pytest.mark.parametrize(
    ("day", "words", "fix"),
    [
        (date(2021, 3, 19), "", ""),
        (date(2021, 1, 18), "is past", ""),
        (date(2020, 3, 19), "Is the year right?", "2021-03-19"),
        (date(2012, 3, 19), "Is the year right?", "2021-03-19"),
        (date(2031, 3, 19), "far off", "2021-03-19"),
        (date(2021, 1, 29), "deadline for its documents would have been January 11, 2021", ""),
    ],
)
def test_the_day_of_a_meeting(day, words, fix):
    found = check_meeting_day(day, "day", TODAY, POLICY)
    if not words:
        assert found == []
        return
    (one,) = found
    assert words in one.message
    assert one.fix == fix


# ------------------------------------------------------------------ Whatever is typed


@given(st.text(max_size=400))
def test_anything_can_be_looked_at_and_a_fix_is_another_text(text):
    found = [
        *check_charge(text, "f", TODAY),
        *check_motion(text, "f", ASSOCIATION, TODAY, CHARGE),
        *check_actions({"f": text}, ASSOCIATION, TODAY),
        *check_periods_in(text, "f", TODAY, RULE, POLICY),
    ]
    for one in found:
        assert one.message
        assert one.fix != text.strip()
