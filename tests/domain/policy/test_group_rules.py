"""The policy's rules for living groups: they say where they are from, and mistakes are named."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.groups.group import Outcome
from chalicelib.domain.policy import rules as policies
from tests.domain.builders import POLICY

TEXT = (Path(policies.__file__).parents[2] / "policy.toml").read_text("utf-8")
TODAY = date(2024, 1, 26)
NOTICE = 'count_from = "lapse"\ndays = 30\nto = ["conveners", "staff", "liaison"]\n'


def test_each_kind_has_its_own_rule():
    discussion, interest = POLICY.kinds(TODAY)
    assert (discussion.signatures, discussion.conveners, discussion.continuance) == (
        25,
        1,
        "charge",
    )
    assert (interest.signatures, interest.conveners, interest.continuance) == (75, 3, "petition")
    assert (interest.continuance_signatures, interest.members, interest.meetings_a_year) == (
        75,
        75,
        1,
    )
    assert discussion.charge_years == interest.charge_years == 3


def test_a_kind_is_added_by_data_alone():
    entry = (
        '\n[[unit]]\nkind = "circle"\nlabel = "Circle"\nholds_from = 2020-01-01\nsignatures = 10\n'
        "collection_days = 30\nlate_confirm_hours = 24\n"
        'summary = "A small group."\nsource = "Invented for this test"\n'
    )
    circle = policies.parse(TEXT + entry).unit("circle", TODAY)
    assert (circle.charge_years, circle.continuance, circle.conveners) == (None, "charge", 1)
    assert (circle.members, circle.meetings_a_year) == (0, 0)


def test_every_rule_names_its_source():
    raw = tomllib.loads(TEXT)
    rules = [*raw["renewal"], *raw["renewal_reminder"]]
    rules += [raw["check_in"], raw["convener_terms"], raw["groups"]]
    assert [rule for rule in rules if len(rule.get("source", "")) < 20] == []


def test_the_reminders_are_those_that_the_association_wants():
    told = {reminder.name: reminder.to for reminder in POLICY.renewal_reminders}
    assert [name for name in told if name.startswith("end")] == [
        "end-180",
        "end-90",
        "end-30",
        "end-7",
        "end--1",
    ]
    assert told["end-180"] == ["conveners"]
    assert told["end-30"] == ["conveners", "staff"]
    assert told["end-7"] == ["conveners", "staff", "liaison"]


def test_the_first_reminder_comes_with_the_opening():
    first = max(r.days for r in POLICY.renewal_reminders if r.count_from == "end")
    assert first == POLICY.renewal(TODAY).opens_days


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        ("same", "consent"),
        ("changed", "action"),
        ("succeeded", "action"),
        ("merged", "action"),
        ("dissolved", "action"),
        ("lapsed", "consent"),
    ],
)
def test_each_outcome_has_its_step_of_the_board(outcome, step):
    assert POLICY.renewal(TODAY).step(Outcome(outcome)) == step


def test_the_rule_that_holds_on_a_day_counts():
    later = replace(POLICY.renewals[0], holds_from=date(2027, 7, 1), grace_days=30)
    policy = replace(POLICY, renewals=(later, *POLICY.renewals))
    assert policy.renewal(date(2027, 6, 30)).grace_days == 90
    assert policy.renewal(date(2027, 7, 1)).grace_days == 30


@pytest.mark.parametrize("continuance", ["charge", "petition"])
def test_each_way_of_continuance_is_known(continuance):
    text = TEXT.replace('continuance = "charge"', f'continuance = "{continuance}"')
    text = text.replace("conveners = 1\n", "conveners = 1\ncontinuance_signatures = 5\n")
    assert policies.parse(text).unit("discussion-group", TODAY).continuance == continuance


@pytest.mark.parametrize("step", ["none", "consent", "action"])
def test_each_step_is_known(step):
    text = TEXT.replace('same = "consent"', f'same = "{step}"')
    assert policies.parse(text).renewal(TODAY).step("same") == step


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('continuance = "charge"', 'continuance = "vote"', ["continuance", "vote", "petition"]),
        ("continuance_signatures = 75\n", "", ["interest-group", "continuance_signatures"]),
        ("continuance_signatures = 75", "continuance_signatures = 0", ["continuance_signatures"]),
        ('same = "consent"', 'same = "maybe"', ["renewal", "same", "maybe", "consent"]),
        ('lapsed = "consent"', 'lapsed = ""', ["renewal", "lapsed", "none"]),
        ("grace_days = 90\n", "", ["renewal", "grace_days"]),
        ('merged = "action"\n', "", ["renewal", "merged"]),
        ("opens_days = 180", 'opens_days = "180"', ["renewal", "opens_days"]),
        ('count_from = "end"', 'count_from = "start"', ["count_from", "start", "deadline"]),
        ('to = ["conveners"]', "to = []", ["renewal_reminder", "liaison"]),
        ('to = ["conveners"]', 'to = ["convener"]', ["renewal_reminder", "convener", "liaison"]),
        ('to = ["conveners"]', 'to = "conveners"', ["renewal_reminder", "to"]),
        (NOTICE, NOTICE.replace("lapse", "end"), ["lapse", "nobody would be told"]),
        (NOTICE, NOTICE.replace('"conveners", ', ""), ["notice", "conveners"]),
        (NOTICE, NOTICE.replace("30", "-5"), ["notice", "0 or more"]),
        ("settled_days = 120\n", "", ["check_in", "settled_days"]),
        ("remind_days = [7, -7, -21]", "remind_days = 7", ["check_in", "remind_days"]),
        ("vacancy_days = 60\n", "", ["convener_terms", "vacancy_days"]),
        ("import_rows = 500", "import_rows = true", ["groups", "import_rows"]),
        ("meets = 300", "meets = 300\nmoods = 1", ["groups", "moods"]),
    ],
)
def test_a_mistake_in_the_file_is_named(old, new, named):
    assert old in TEXT
    with pytest.raises(ValueError, match="policy.toml") as refused:
        policies.parse(TEXT.replace(old, new, 1))
    for word in named:
        assert word in str(refused.value)


@pytest.mark.parametrize("table", ["renewal", "check_in", "convener_terms", "groups"])
def test_a_missing_table_is_named(table):
    parts = TEXT.split("\n\n")
    heads = (f"[{table}]\n", f"[[{table}]]\n")
    without = "\n\n".join(part for part in parts if not any(head in part for head in heads))
    assert without != TEXT
    with pytest.raises(ValueError, match=table):
        policies.parse(without)
