"""The CSV that staff take along: whole, in parts that fit, and nothing in it that computes."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import NotAllowedError, NotFoundError
from chalicelib.domain.signing.signature import State, signatory_key
from chalicelib.services.packets.content import packet_content
from chalicelib.services.signing import exports
from tests.services.world import SIGNERS

STRANGER = "late@elsewhere.example"


def rows(text):
    """The file as a program reads it: a mapping for each signature."""
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def part(world, after=""):
    return exports.csv_part(world.services, world.petition, after)


def test_each_signature_is_a_row_that_says_how_it_was_matched(world):
    world.at("confirmed").sign("late", "Lale Riser", email=STRANGER)
    world.deliver_all()
    world.confirm(STRANGER)
    key = signatory_key(STRANGER)
    reason = "Found under her old name; she wrote to us."
    world.do("staff", "signature.settle", f"{world.petition_id}/{key}", accept=True, reason=reason)
    found = {row["Email address"]: row for row in rows(part(world).text)}
    assert len(found) == 26
    assert found["zoe@example.org"] == {
        "Name": "Zoë Lindqvist",
        "Email address": "zoe@example.org",
        "Institution": "Northgate State University",
        "Member number": "",
        "State": "verified",
        "Matched by": "Email address on the roster",
        "Roster version": "1",
        "Decided by": "",
        "Reason": "",
        "Signed at": "2026-03-12T18:00:00Z",
        "Confirmed at": "2026-03-13T18:00:00Z",
        "Named publicly": "yes",
        "Edition": "1",
    }
    late = found[STRANGER]
    assert (late["Matched by"], late["Decided by"], late["Reason"]) == (
        "Decision of staff",
        "Imara Vesterholt",
        reason,
    )


def test_what_does_not_count_is_there_with_its_state(world):
    world.at("confirmed")
    target = f"{world.petition_id}/{world.signature('zoe').key}"
    world.do("staff", "signature.settle", target, accept=False, reason="Not a member.")
    world.sign("stranger", named=False)
    found = {row["Email address"]: row for row in rows(part(world).text)}
    zoe, stranger = found["zoe@example.org"], found["stranger@example.org"]
    assert (zoe["State"], zoe["Matched by"], zoe["Reason"]) == ("invalidated", "", "Not a member.")
    assert (stranger["State"], stranger["Confirmed at"]) == ("pending", "")
    assert stranger["Named publicly"] == "no"


def test_parts_follow_each_other_without_a_gap_and_without_a_repeat(world, monkeypatch):
    world.at("confirmed")
    whole = part(world)
    assert whole.after == ""
    monkeypatch.setattr(exports, "PART_ROWS", 5)
    monkeypatch.setattr(exports, "_READ_AT_ONCE", 3)
    seen, after = [], ""
    for number in range(5):
        one = part(world, after)
        assert len(rows(one.text)) == 5
        seen += rows(one.text)
        after = one.after
        # Twenty-five are five full parts: there is no empty sixth.
        assert bool(after) == (number < 4)
    assert seen == rows(whole.text)
    starts, further = exports.part_starts(world.services, world.petition, "", 3)
    assert (len(starts), starts[0], bool(further)) == (3, "", True)
    assert exports.part_starts(world.services, world.petition, further, 3)[1] == ""


def test_a_part_ends_before_it_is_too_large_for_one_answer(world, monkeypatch):
    world.at("confirmed")
    monkeypatch.setattr(exports, "ANSWER_BYTES", 1_000)
    one = part(world)
    assert 0 < len(rows(one.text)) < 25
    assert len(part(world, one.after).text) > len(",".join(exports.HEADS))


def test_a_part_reads_no_more_than_it_needs(world, requests, monkeypatch):
    world.at("confirmed")
    monkeypatch.setattr(exports, "PART_ROWS", 4)
    monkeypatch.setattr(exports, "_READ_AT_ONCE", 2)
    petition = world.petition
    requests.clear()
    exports.csv_part(world.services, petition, "")
    assert [name for name, _ in requests] == ["Query"] * 3


@pytest.mark.parametrize("after", ["~", "x" * 101, "a\x00", "é", "/", "\ud800"])
def test_a_part_that_cannot_be_is_not_looked_for(world, requests, after):
    world.at("collecting")
    petition = world.petition
    requests.clear()
    with pytest.raises(NotFoundError):
        exports.csv_part(world.services, petition, after)
    assert requests == []


@pytest.mark.parametrize("who", ["rowan", "zoe", "president", ""])
def test_only_staff_take_signatures_along(world, who):
    world.at("confirmed")
    someone = world.actor(who) if who not in {"zoe"} else world.actor("")
    with pytest.raises(NotAllowedError):
        exports.petition_for(world.services, someone, world.petition_id)


def test_not_even_staff_take_a_draft_along(world):
    world.at("draft")
    with pytest.raises(NotFoundError):
        exports.petition_for(world.services, world.actor("staff"), world.petition_id)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "﹣1",
        "−1",
        "\ttext",
        '=HYPERLINK("http://example.org","x")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_cell_that_would_compute_begins_with_an_apostrophe(cell):
    assert exports.defused(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("Ana; =1+1", "Ana;' =1+1"),
        ("Ana;-1", "Ana;'-1"),
        ("Ana\n=1", "Ana\n'=1"),
        ("Ana|@x", "Ana|'@x"),
    ],
)
def test_a_formula_behind_another_separator_is_defused_too(cell, safe):
    assert exports.defused(cell) == safe


@pytest.mark.parametrize(
    "cell",
    ["", "Zoë", "Jean-Luc", "a@example.org", "1+1=2", "'tis", "O’Neill; Ana", "2026-03-02", "محمد"],
)
def test_an_ordinary_cell_is_left_as_it_is(cell):
    assert exports.defused(cell) == cell


@given(st.text(max_size=40))
def test_no_text_whatever_is_a_formula_and_none_is_lost(text):
    safe = exports.defused(text)
    assert safe.lstrip()[:1] not in tuple("=+-@＝＋－＠")
    assert safe[:1] not in tuple("\t\r\n")
    assert safe.replace("'", "") == text.replace("'", "")
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow([safe, "next"])
    if "\x00" not in safe:
        read = list(csv.reader(io.StringIO(written.getvalue(), newline=""), strict=True))
        assert read == [[safe, "next"]]


def test_the_file_is_named_after_the_petition_in_plain_letters(world):
    world.at("collecting")
    then = datetime(2026, 3, 2, tzinfo=UTC)
    name = exports.file_name(world.petition, then, 0)
    assert name == "stewardship-of-open-textbooks-signatures-2026-03-02.csv"
    nasty = replace(world.petition, text=replace(world.petition.text, name='Ü"\r\nSet-Cookie: x'))
    assert exports.file_name(nasty, then, 2) == "u-set-cookie-x-signatures-2026-03-02-part-2.csv"


def test_the_roster_to_print_has_the_packets_numbers(world):
    world.at("published")
    printed = exports.roster(world.services, world.petition)
    content = packet_content(world.services, world.meeting, world.packets[-1])
    document = content["documents"][0]
    assert len(printed["rows"]) == len(SIGNERS)
    assert printed["more"] == 0
    assert printed["rows"] == [
        [str(row["number"]), row["name"], row["institution"]] for row in document["roster"]
    ]
    assert printed["statement"] == document["verification"]
    assert "@" not in str(printed)


def test_the_roster_to_print_says_how_many_it_has_no_room_for(world, monkeypatch):
    world.at("confirmed")
    monkeypatch.setattr(exports, "PRINT_ROWS", 20)
    printed = exports.roster(world.services, world.petition)
    assert (len(printed["rows"]), printed["more"]) == (20, 5)
    assert printed["statement"]["verified"] == 25


def test_the_roster_to_print_has_verified_signatures_of_this_text_alone(world):
    world.at("confirmed").sign_and_confirm("stranger")
    assert world.signature("stranger").state == State.CONFIRMED
    printed = exports.roster(world.services, world.petition)
    assert "Stranger" not in str(printed["rows"])
    assert printed["statement"]["not_counted"] == 1
