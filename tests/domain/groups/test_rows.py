"""A group from a row of a file."""

from datetime import date

import pytest

from chalicelib.domain.groups import rows
from chalicelib.domain.groups.rows import Row
from tests.domain.builders import POLICY

TODAY = date(2026, 3, 2)
CELLS = {
    "name": "Open Maps",
    "kind": "Discussion group",
    "charge": "To share maps.",
    "effective_on": "2024-01-26",
    "conveners": "Ada Fell <ada@example.org>; bo@example.org",
}


def made(**changes: str):
    return rows.group_of(Row(2, {**CELLS, **changes}), TODAY, POLICY)


def test_a_row_becomes_a_group_with_terms_and_an_end_by_the_policy():
    group, wrong = made()
    assert wrong == []
    assert (group.id, group.kind, group.charge.ends_on) == (
        "open-maps",
        "discussion-group",
        date(2027, 1, 25),
    )
    assert [(c.id, c.name, c.email) for c in group.conveners] == [
        ("c1", "Ada Fell", "ada@example.org"),
        ("c2", "bo", "bo@example.org"),
    ]
    assert {c.until for c in group.conveners} == {date(2026, 6, 30)}


@pytest.mark.parametrize(
    ("heads", "found"),
    [
        (["Name", "Kind", "Charge", "Effective on"], {"name", "kind", "charge", "effective_on"}),
        (["GROUP NAME", "Type", "Purpose", "Start"], {"name", "kind", "charge", "effective_on"}),
        (
            ["Chairs", "End date", "Listserv", "URL"],
            {"conveners", "ends_on", "list_address", "discussion_url"},
        ),
        (["Shoe size", ""], set()),
    ],
)
def test_columns_are_known_by_their_usual_names(heads, found):
    assert set(rows.columns(heads)) == found


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024-01-26", date(2024, 1, 26)), ("1/26/2024", date(2024, 1, 26))],
)
def test_days_are_read_as_people_write_them(text, day):
    assert rows.day_of(text) == day


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Map"}, "Its name has to have from 5 to 120 characters."),
        ({"charge": ""}, "It has no charge."),
        ({"charge": "x" * 1201}, "longer than 1200 characters"),
        ({"kind": "Section"}, "Write one of: Discussion group, Interest group."),
        ({"effective_on": ""}, "Write it as 2024-01-26 or 1/26/2024."),
        ({"effective_on": "26.1.2024"}, "“26.1.2024” is no day."),
        ({"effective_on": "2024-02-30"}, "“2024-02-30” is no day."),
        ({"effective_on": "2026-03-03"}, "Its charge has not begun yet."),
        ({"ends_on": "2023-01-01"}, "ends before it begins"),
        ({"conveners": "Ada Fell"}, "Write them as Ada Fell <ada@example.org>"),
        ({"effective_on": "2024-W05-1"}, "Effective on: “2024-W05-1” is no day."),
        ({"ends_on": "soon"}, "Ends on: “soon” is no day."),
        ({"conveners": "ada@example.org; Ada Fell <ADA@example.org>"}, "is there twice"),
        ({"conveners": "A" * 201 + " <ada@example.org>"}, "Conveners: A name is longer than 200"),
        ({"institutions": "Fernwood"}, "Institutions: There are 1 for 2 conveners."),
        ({"institutions": "x" * 201 + ";"}, "Institutions: One is longer than 200 characters."),
        ({"conveners": "; ".join(f"a{n}@example.org" for n in range(6))}, "more than 5 conveners"),
    ],
)
def test_what_is_wrong_is_said(changes, said):
    group, wrong = made(**changes)
    assert group is None
    assert any(said in one for one in wrong), wrong


def test_all_that_is_wrong_is_said_at_once():
    _, wrong = made(name="", charge="", kind="", effective_on="")
    assert len(wrong) == 4


def test_each_day_that_is_none_is_said_and_nothing_is_made_up_about_it():
    _, wrong = made(effective_on="soon", ends_on="2020-01-01")
    assert len(wrong) == 1
    _, wrong = made(effective_on="soon", ends_on="later")
    assert [one.partition(":")[0] for one in wrong] == ["Effective on", "Ends on"]


def test_conveners_have_institutions_in_their_order():
    group, _ = made(institutions="Fernwood College; Lakeshore University")
    assert [c.institution for c in group.conveners] == ["Fernwood College", "Lakeshore University"]
    group, _ = made(institutions="; Lakeshore University")
    assert [c.institution for c in group.conveners] == ["", "Lakeshore University"]


def test_conveners_may_stand_on_lines_of_their_own():
    group, _ = made(conveners="Ada Fell <ada@example.org>\nBo <bo@example.org>")
    assert [c.name for c in group.conveners] == ["Ada Fell", "Bo"]


def test_an_end_that_is_given_stays_and_a_kind_may_be_a_code():
    group, _ = made(ends_on="12/31/2026", kind="interest-group")
    assert (group.charge.ends_on, group.kind) == (date(2026, 12, 31), "interest-group")
