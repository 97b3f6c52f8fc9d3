"""The policy file: it loads, says where each rule is from, and its mistakes are named."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.policy import rules as policies
from tests.domain.builders import POLICY

TEXT = (Path(policies.__file__).parents[2] / "policy.toml").read_text("utf-8")
TODAY = date(2024, 1, 26)


def test_the_rules_of_the_file_are_the_associations():
    assert [u.kind for u in POLICY.kinds(TODAY)] == ["discussion-group", "interest-group"]
    needed = {u.kind: u.signatures for u in POLICY.kinds(TODAY)}
    assert needed == {"discussion-group": 25, "interest-group": 75}
    board = POLICY.board(TODAY)
    assert (board.seats, board.majority_base, board.recused_count_in_quorum) == (
        13,
        "present",
        False,
    )
    assert POLICY.association.zone == "America/Chicago"
    assert POLICY.limits.letters_per_signature == 5


def test_every_rule_names_its_source():
    raw = tomllib.loads(TEXT)
    dated = [*raw["retention"], raw["privacy"]]
    dated += [*raw["unit"], *raw["board"], *raw["meeting"], raw["goal_areas"], raw["limits"]]
    dated += [*raw["window"], raw["abuse"], raw["terms"], *raw["office"]]
    assert len(dated) >= 6
    assert [rule for rule in dated if len(rule.get("source", "")) < 20] == []


def test_the_reasons_for_rejecting_have_codes_of_their_own():
    codes = [r.code for r in POLICY.rejections]
    assert len(set(codes)) == len(codes) >= 1
    assert all(r.title for r in POLICY.rejections)


def test_the_offices_that_vote_are_the_voting_seats_of_the_board():
    offices = POLICY.offices(TODAY)
    assert sum(o.seats for o in offices if o.voting) == POLICY.board(TODAY).seats == 13
    assert [o.name for o in offices if o.presiding] == ["President"]
    assert [o.name for o in offices if not o.voting] == ["Executive Director"]
    titles = [title for office in offices for title in office.titles]
    assert len(set(titles)) == 14
    assert titles[-3:] == ["Director-at-Large 7", "Director-at-Large 8", "Executive Director"]


def test_an_office_that_has_no_seats_any_more_is_not_listed():
    text = TEXT + (
        '[[office]]\nname = "Councilor"\nholds_from = 2025-07-01\nseats = 0\nvoting = true\n'
        'presiding = false\nyears = 1\nsource = "A decision invented for this test"\n'
    )
    policy = policies.parse(text)
    assert "Councilor" in {o.name for o in policy.offices(date(2025, 6, 30))}
    assert "Councilor" not in {o.name for o in policy.offices(date(2025, 7, 1))}


@pytest.mark.parametrize(
    ("day", "years", "first"),
    [
        (date(2026, 6, 30), 0, date(2025, 7, 1)),
        (date(2026, 7, 1), 0, date(2026, 7, 1)),
        (date(2026, 6, 30), 1, date(2026, 7, 1)),
        (date(2026, 12, 31), -2, date(2024, 7, 1)),
    ],
)
def test_the_associations_year_begins_in_july(day, years, first):
    assert POLICY.terms.year_begins(day, years) == first


# Mistakes in the file


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("signatures = 25", "signatures = 25\nsignitures = 25", ["unit", "signitures"]),
        ("seats = 13", "seats = 13\nseat = 1", ["board", "seat"]),
        ("posting_days = 7", "posting_days = 7\nextra = 1", ["meeting", "extra"]),
        ("comment = 2000", "comment = 2000\ntitle = 1", ["limits", "title"]),
        ('short = "ACRL"', 'short = "ACRL"\nlogo = "x"', ["association", "logo"]),
        ('code = "scope"', 'code = "scope"\nreason = "x"', ["rejection", "reason"]),
        ("signatures = 25\n", "", ["unit", "signatures"]),
        ("seats = 13\n", "", ["board", "seats"]),
        ("comment = 2000\n", "", ["limits", "comment"]),
        ('zone = "America/Chicago"\n', "", ["association", "zone"]),
        ("document_deadline_days = 18\n", "", ["meeting", "document_deadline_days"]),
        ("holds_from = 2012-06-01\n", "", ["unit", "holds_from"]),
        ('title = "Call to order"\n', "", ["docket", "title"]),
        ('what = "petition"', 'what = "planet"', ["window", "planet", "sign-in-network"]),
        ("most = 1000", "most = 0", ["window", "petition"]),
        ("seconds = 86400", "seconds = -1", ["window", "network"]),
        ("hours_shown = 48\n", "", ["abuse", "hours_shown"]),
        ('base = "present"', 'base = "everyone"', ["majority_base", "everyone", "all_members"]),
        ('base = "present"', 'base = "Present"', ["majority_base", "Present"]),
    ],
)
def test_a_mistake_in_the_file_is_named(old, new, named):
    assert old in TEXT
    with pytest.raises(ValueError, match="policy.toml") as refused:
        policies.parse(TEXT.replace(old, new, 1))
    for word in named:
        assert word in str(refused.value)


@pytest.mark.parametrize("table", ["association", "limits"])
def test_a_missing_table_is_named(table):
    lines = TEXT.split("\n\n")
    without = "\n\n".join(part for part in lines if f"[{table}]\n" not in part)
    assert without != TEXT
    with pytest.raises(ValueError, match=table):
        policies.parse(without)


@pytest.mark.parametrize("base", ["present", "cast", "all_members"])
def test_each_way_of_counting_is_known(base):
    text = TEXT.replace('majority_base = "present"', f'majority_base = "{base}"')
    assert policies.parse(text).board(TODAY).majority_base == base


def test_a_charge_without_an_end_is_said_by_leaving_the_years_out():
    parsed = policies.parse(TEXT.replace("charge_years = 3\n", ""))
    assert parsed.unit("discussion-group", TODAY).charge_years is None
    assert POLICY.unit("discussion-group", TODAY).charge_years == 3


# Dated rules


@pytest.mark.parametrize("kind", ["", "committee", "Discussion group", "discussion-Group"])
def test_an_unknown_kind_is_refused_at_its_field(kind):
    with pytest.raises(ValidationError) as refused:
        POLICY.unit(kind, TODAY)
    assert set(refused.value.errors) == {"kind"}


def test_a_kind_cannot_be_petitioned_for_before_its_rule_holds():
    first = date(2012, 6, 1)
    eve = date(2012, 5, 31)
    assert POLICY.unit("interest-group", first).signatures == 75
    with pytest.raises(ValidationError):
        POLICY.unit("interest-group", eve)
    assert len(POLICY.kinds(first)) == 2
    assert [u.kind for u in POLICY.kinds(eve)] == ["discussion-group"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_latest_rule_that_holds_counts_wherever_it_stands_in_the_file(newest_first):
    def entry(holds_from, signatures):
        return (
            f'[[unit]]\nkind = "circle"\nlabel = "Circle"\nholds_from = {holds_from}\n'
            f"signatures = {signatures}\ncollection_days = 30\nlate_confirm_hours = 24\n"
            'summary = "s"\nsource = "s"\n'
        )

    entries = [entry("2020-01-01", 10), entry("2024-02-01", 20), entry("2030-01-01", 30)]
    if newest_first:
        entries.reverse()
    policy = policies.parse(TEXT + "\n" + "\n".join(entries))
    held = {
        day: policy.unit("circle", date.fromisoformat(day)).signatures
        for day in ("2020-01-01", "2024-01-31", "2024-02-01", "2029-12-31", "2030-01-01")
    }
    assert list(held.values()) == [10, 10, 20, 20, 30]
    # Offered once, under the rule that holds, though it stands in the file three times.
    assert [u.signatures for u in policy.kinds(TODAY) if u.kind == "circle"] == [10]


@pytest.mark.parametrize("ask", ["board", "meeting"])
def test_a_day_before_every_rule_is_an_error_that_names_the_table(ask):
    with pytest.raises(LookupError, match=rf"\[\[{ask}\]\].*1999-12-31"):
        getattr(POLICY, ask)(date(1999, 12, 31))


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("signatures = 25", 'signatures = "25"', "signatures"),
        ("recused_count_in_quorum = false", "recused_count_in_quorum = 0", "recused"),
        ('quorum = "majority-of-seats"', 'quorum = "two-thirds"', "two-thirds"),
        ("[[board]]", "[[board_of_old]]", "board"),
        ('after_term = "no-ballot"', 'after_term = "all"', "after_term"),
        ("[[office]]", "[[desk]]", "office"),
        ("seats = 8", "seats = -8", "Director-at-Large"),
        ("seats = 8\nvoting = true\npresiding = false\nyears = 4", "seats = 8", "office"),
        ("year_month = 7", "year_month = 13", "year_month"),
        ("year_month = 7\nyear_day = 1", "year_month = 2\nyear_day = 29", "year_day"),
    ],
)
def test_a_rule_that_the_software_would_misread_is_refused(was, becomes, named):
    assert was in TEXT
    with pytest.raises(ValueError, match=named):
        policies.parse(TEXT.replace(was, becomes))
