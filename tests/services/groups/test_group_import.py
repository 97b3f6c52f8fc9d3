"""Groups brought in from a file: looked at first, each once, and again where it was wrong."""

from datetime import date

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.services.groups import group_import
from tests.services.living import begin, found, go_to, sweep
from tests.services.world import World

HEADS = "Name,Kind,Charge,Effective on,Ends on,Conveners,Meets,Discussion space,Mailing list"
MAPS = "Open Maps,Discussion group,To share maps.,2024-01-26,,Ada Fell <ada@example.org>,,,"
DATA = "Data at Work,interest-group,To share data.,1/1/2025,,,By video,https://d.example.org,"


def file(*lines: str, heads: str = HEADS) -> bytes:
    return "\n".join([heads, *lines]).encode()


def preview(world: World, content: bytes):
    return group_import.preview(world.services, world.actor("staff"), content)


def carry_out(world: World, content: bytes, tell: bool = False):
    return group_import.carry_out(world.services, world.actor("staff"), content, tell)


@pytest.fixture
def staff(world: World) -> World:
    return world.at("people")


def test_a_file_is_looked_at_and_nothing_is_changed(staff):
    before = staff.dump()
    begin(staff, "open-textbooks")
    after = staff.dump()
    old = "Open Textbooks,Discussion group,To share.,2024-01-26,,,,,"
    rows = preview(staff, file(MAPS, old, "X,Y,,,,,,,", MAPS))
    assert [bool(one.group) for one in rows] == [True, False, False, False]
    assert rows[1].here
    assert any("Write one of: Discussion group, Interest group." in one for one in rows[2].wrong)
    assert rows[2].row.line == 4
    assert rows[3].wrong == ("A group with this name is on an earlier line.",)
    assert staff.dump() == after != before


def test_groups_are_brought_in_once_with_their_record_and_what_is_due(staff):
    done, left = carry_out(staff, file(MAPS, DATA))
    assert ([one.slug for one in done], left) == (["open-maps", "data-at-work"], 0)
    group = found(staff, "open-maps")
    assert group.charge.ends_on == date(2027, 1, 25)
    assert staff.commands("group", "open-maps") == ["register"]
    staff.deliver_all()
    assert staff.told("group-imported") == []
    assert carry_out(staff, file(MAPS, DATA)) == ([], 0)
    assert found(staff, "data-at-work").meets == "By video"
    go_to(staff, date(2026, 7, 29))
    sweep(staff)
    assert [one.to for one in staff.letters("renewal-opened")] == ["ada@example.org"]


def test_their_conveners_are_told_if_that_is_wanted(staff):
    carry_out(staff, file(MAPS), tell=True)
    staff.deliver_all()
    (letter,) = staff.letters("group-imported")
    assert (letter.to, "/groups/open-maps" in letter.text) == ("ada@example.org", True)


def test_more_than_is_done_at_once_is_gone_on_with(staff):
    at_once = staff.services.policy.groups.import_at_once
    rest = "Discussion group,To meet.,2024-01-26,,,,,"
    lines = [f"Group number {n},{rest}" for n in range(at_once + 2)]
    done, left = carry_out(staff, file(*lines))
    assert (len(done), left) == (at_once, 2)
    done, left = carry_out(staff, file(*lines))
    assert (len(done), left) == (2, 0)
    assert len(staff.services.store.groups.listed()) == at_once + 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04", "Save it as CSV"),
        (file(MAPS, heads="Name,Kind"), "No column for Charge, Effective on was found."),
        (b"x" * 150_001, "larger than 150 kB"),
        (file(*["x"] * 501), "more than 500 groups"),
        (file(), "No group was found in the file."),
    ],
)
def test_what_is_no_such_file_is_refused_with_what_to_do(staff, content, said):
    with pytest.raises(ValidationError) as wrong:
        preview(staff, content)
    assert said in wrong.value.errors["file"]


def test_files_of_other_programs_are_read(staff):
    semicolons = file(MAPS.replace(",", ";"), heads=HEADS.replace(",", ";"))
    assert preview(staff, semicolons)[0].group
    latin = file(MAPS.replace("Ada Fell", "Zoë Fell")).decode().encode("cp1252")
    assert preview(staff, latin)[0].group.conveners[0].name == "Zoë Fell"
    quoted = file(MAPS.replace("To share maps.", '"To share maps, and charts."'))
    assert preview(staff, quoted)[0].group.charge.text == "To share maps, and charts."


def test_what_looks_like_a_formula_stays_text(staff):
    carry_out(staff, file("=1+1 Maps,Discussion group,To share.,2024-01-26,,,,,"))
    (row,) = staff.services.store.groups.listed()
    assert row["name"] == "=1+1 Maps"


def test_an_address_that_is_taken_is_said(staff):
    begin(staff, "open-maps", name="Open, Maps!")
    (row,) = preview(staff, file(MAPS))
    assert row.wrong == ("Its address would be that of another group: /groups/open-maps.",)
    data = {"name": "Open Maps", "kind": "discussion-group", "charge": "To map."}
    with pytest.raises(ConflictError, match="already exists"):
        staff.do("staff", "group.import", effective_on="2025-01-26", **data)


def test_links_and_addresses_are_checked(staff):
    bad = "Open Maps,Discussion group,To share.,2024-01-26,,,,javascript:x,nobody"
    (row,) = preview(staff, file(bad))
    assert len(row.wrong) == 2


def test_a_file_that_is_shown_can_be_sent_back_by_the_page(staff):
    """A form sends UTF-8 with line ends of two characters, which is more than the file had."""
    most = staff.services.policy.groups.import_bytes
    rest = "Discussion group," + "é" * 150 + ",2024-01-26,,,,,"
    fits = file(*[f"Group number {n},{rest}" for n in range(350)]).decode()
    assert preview(staff, fits.encode("cp1252"))
    assert preview(staff, fits.replace("\n", "\r\n").encode())
    more = file(*[f"Group number {n},{rest}" for n in range(450)]).decode()
    assert len(more.encode("cp1252")) < most < len(more.replace("\n", "\r\n").encode())
    with pytest.raises(ValidationError):
        preview(staff, more.encode("cp1252"))


def test_cells_that_slipped_or_cannot_be_read_are_said_and_not_left_out(staff):
    heads = f"{HEADS},Liaison"
    slipped = "Open Maps,Discussion group,To share, and map.,2024-01-26,,,,,,,"
    odd = "Open Data,Discussion group,To share.,2024-01-26,,,By \x02 video,,"
    unseen = "Open Seas,Discussion group,\u3164,2024-01-26,,,,,"
    first, second, third = preview(staff, file(slipped + "x", odd, unseen, heads=heads))
    assert "needs quotation marks around it" in first.wrong[0]
    assert second.wrong == ("Meets: Remove the invisible control characters: retype this part.",)
    assert third.wrong == ("It has no charge.",)


def test_columns_that_are_not_used_are_known(staff):
    content = file(MAPS + ",Old", heads=HEADS + ",Shoe size")
    assert group_import.not_used(staff.services, content) == ["Shoe size"]
    assert preview(staff, content)[0].group


def test_a_member_of_the_board_is_named_as_liaison(staff):
    heads = f"{HEADS},Liaison"
    carry_out(staff, file(f"{MAPS},DIRECTOR1@example.org", heads=heads))
    group = found(staff, "open-maps")
    assert group.liaison == staff.person("director1").name
    assert group.liaison_id == staff.person("director1").id
    (row,) = preview(staff, file(f"{DATA},rowan@example.org", heads=heads))
    assert row.wrong == (
        "Liaison: “rowan@example.org” is not the address of anybody who holds a seat on the Board.",
    )


def test_a_charge_that_has_ended_is_marked(staff):
    old, going = preview(staff, file(MAPS.replace("2024-01-26", "2015-01-26"), DATA))
    today = staff.services.today()
    assert (old.ended_before(today), going.ended_before(today)) == (True, False)


def test_a_fault_half_way_is_made_good_by_doing_it_again(staff, monkeypatch):
    """Whoever was brought in before the fault is not written to a second time."""
    usual, calls = group_import.perform, []

    def broken(*args, **more):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the process died")
        return usual(*args, **more)

    with_convener = DATA.replace(",,,By video", ",,Bo <bo@example.org>,By video")
    monkeypatch.setattr(group_import, "perform", broken)
    with pytest.raises(RuntimeError):
        carry_out(staff, file(MAPS, with_convener), tell=True)
    done, left = carry_out(staff, file(MAPS, with_convener), tell=True)
    assert ([one.slug for one in done], left) == (["data-at-work"], 0)
    assert staff.commands("group", "open-maps") == ["register"]
    staff.deliver_all()
    assert staff.told("group-imported") == [("group-imported", "ada"), ("group-imported", "bo")]


def test_only_staff_look_at_a_file(staff):
    with pytest.raises(NotAllowedError):
        group_import.preview(staff.services, staff.actor("rowan"), file(MAPS))
