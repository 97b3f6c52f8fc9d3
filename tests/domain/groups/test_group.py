"""A chartered group: its charge's dates and its address."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.groups import group as rules
from chalicelib.domain.groups.group import State
from chalicelib.domain.record.record import digest_of_row, row
from tests.domain.builders import NOW, POLICY, TEXT, convener, living, motion_in, petition_in, staff


def charter(at=NOW, policy=POLICY, kind="discussion-group"):
    """The group that a carried motion makes at that moment."""
    petition = replace(petition_in("scheduled"), kind=kind)
    return rules.charter("open-metadata", petition, motion_in("carried"), policy, staff(at))


@pytest.mark.parametrize(
    ("announced", "effective", "ends"),
    [
        (datetime(2024, 1, 26, 19, 0, tzinfo=UTC), date(2024, 1, 26), date(2027, 1, 25)),
        # 2 a.m. in London is the evening before in Chicago.
        (datetime(2024, 1, 27, 2, 0, tzinfo=UTC), date(2024, 1, 26), date(2027, 1, 25)),
        (datetime(2024, 7, 1, 4, 59, 59, tzinfo=UTC), date(2024, 6, 30), date(2027, 6, 29)),
        (datetime(2024, 7, 1, 5, 0, 0, tzinfo=UTC), date(2024, 7, 1), date(2027, 6, 30)),
        (datetime(2024, 2, 29, 19, 0, tzinfo=UTC), date(2024, 2, 29), date(2027, 2, 28)),
        (datetime(2025, 1, 1, 2, 0, tzinfo=UTC), date(2024, 12, 31), date(2027, 12, 30)),
    ],
)
def test_a_charge_begins_on_the_day_of_the_announcement_and_runs_three_years(
    announced, effective, ends
):
    group, event = charter(announced)
    assert (group.charge.effective_on, group.charge.ends_on) == (effective, ends)
    assert event.data["effective_on"] == effective.isoformat()
    assert event.data["ends_on"] == ends.isoformat()


def test_a_charge_has_no_end_where_the_policy_sets_none():
    endless = replace(POLICY, units=tuple(replace(u, charge_years=None) for u in POLICY.units))
    group, event = charter(policy=endless)
    assert group.charge.ends_on is None
    assert event.data["ends_on"] == ""


def test_the_group_is_what_its_petition_asked_for():
    group, event = charter()
    assert (group.name, group.charge.text) == (TEXT.name, TEXT.charge)
    (lead,) = group.conveners
    assert (lead.id, lead.name, lead.email, lead.institution) == (
        "c1",
        "Ada Fell",
        "ada@example.org",
        "Fell College",
    )
    # Chartered in January: the term ends with the association's year.
    assert (lead.accepted, lead.since, lead.until) == (True, date(2024, 1, 26), date(2024, 6, 30))
    assert (group.made_conveners, group.since) == (1, NOW)
    assert (group.renewal, group.renewals, group.told) == (None, 0, ())
    assert group.charge.name == TEXT.name
    assert (group.charge.motion_id, group.meeting_id, group.petition_id) == ("v1", "m1", "p1")
    assert (group.state, group.charge.number) == (State.ACTIVE, 1)
    assert (event.subject, event.after) == ("group/open-metadata", "active")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Open Metadata", "open-metadata"),
        ("  Open   Metadata  ", "open-metadata"),
        ("Égalité des bibliothèques", "egalite-des-bibliotheques"),
        ("E\u0301galite\u0301", "egalite"),
        ("Research & Data", "research-data"),
        ("R&D", "r-d"),
        ("Maps/GIS: a forum (2024)", "maps-gis-a-forum-2024"),
        ("--Maps--", "maps"),
        ("ﬁle Ⅳ", "file-iv"),
        ("図書館", "group"),
        ("Библиотека", "group"),
        ("図書館 Data", "data"),
        ("Łódź & Straße", "lodz-strasse"),
        ("Ægir Œuvre", "aegir-oeuvre"),
        ("!!!", "group"),
        ("", "group"),
        ("../../staff", "staff"),
        ("x" * 80, "x" * 60),
        # Cut where a hyphen would be left at the end.
        ("x" * 59 + " and more", "x" * 59),
    ],
)
def test_a_group_has_a_readable_address(name, slug):
    assert rules.slug_of(name) == slug


def test_a_group_from_before_this_software_enters_the_record():
    chartered, _ = charter()
    before = replace(chartered, version=0, head="", state=State.LAPSED)
    group, event = rules.register(before, staff())
    assert (group.version, group.head, group.state) == (1, event.digest, State.ACTIVE)
    vouched = {"charge/1": digest_of_row(row(group.charge))}
    said = {"effective_on": "2024-01-26", "kept": vouched}
    assert (event.command, event.data) == ("register", said)


def test_a_convener_who_was_invited_does_not_act_before_they_accept():
    group = living(conveners=(convener(1), convener(2, accepted=False)))
    assert [c.name for c in group.acting] == ["Ada Fell"]
    assert (group.convened_by("ADA@example.org"), group.convened_by("bo@example.org")) == (
        True,
        False,
    )
    assert (group.invites("bo@example.org"), group.invites("ada@example.org")) == (True, False)
    assert (group.convener("c2").name, group.convener("c9")) == ("Bo Grand", None)


def test_a_group_says_how_it_meets_and_where_it_talks():
    group, event = rules.edit(living(), "Each May", "https://example.org", "l@example.org", staff())
    assert (group.meets, group.discussion_url, group.list_address) == (
        "Each May",
        "https://example.org",
        "l@example.org",
    )
    # An address has no place in the record's events.
    assert event.data == {"meets": "Each May", "discussion_url": "https://example.org"}
    again = rules.edit(group, "Each May", "https://example.org", "l@example.org", staff())
    assert again == (group, None)


def test_a_member_of_the_board_looks_after_a_group():
    group, event = rules.name_liaison(living(), "b01", "Member 01", staff())
    assert (group.liaison_id, group.liaison) == ("b01", "Member 01")
    assert (event.command, event.data) == ("name-liaison", {"liaison": "Member 01"})
    assert rules.name_liaison(group, "", "", staff())[0].liaison == ""
