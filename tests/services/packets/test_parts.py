"""A packet made with the real renderer: uploaded files are in it, and what was set is kept."""

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from chalicelib.bootstrap import render
from chalicelib.services.documents import uploads
from chalicelib.services.packets.parts import PARTS
from tests.services.world import World


def blank_pages(count: int) -> bytes:
    with pikepdf.Pdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page(page_size=(612, 792))
        made = BytesIO()
        pdf.save(made)
    return made.getvalue()


@pytest.fixture
def room(world: World) -> World:
    """The meeting with its petition and an uploaded file, and the real renderer."""
    world.at("scheduled")
    world.services = replace(world.services, renderer=render)
    token = uploads.take(world.services, world.actor("staff"), "Figures.pdf", blank_pages(3))
    data = {"kind": "file", "title": "Figures of the year", "upload": token}
    made = world.do("staff", "document.send", world.meeting_id, **data)
    world.do("staff", "document.acknowledge", made.id, complete="yes")
    world.do("staff", "document.number", made.id, number="6.0")
    world.ids["file"] = made.id
    return world


def kept(room: World) -> set[str]:
    return set(room.services.files.old(PARTS))


def test_a_packet_has_the_pages_of_its_files_and_is_quickly_made_again(room: World) -> None:
    room.do("staff", "packet.publish", room.meeting_id)
    room.deliver_all()
    packet = room.services.store.board.packet(room.meeting_id, 1)
    content = room.services.files.get(packet.file)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert len(pdf.pages) == packet.pages
        with pdf.open_outline() as outline:
            last = outline.root[-1]
            assert last.title == "Doc 6.0 Figures of the year"
            start = [page.obj.objgen for page in pdf.pages].index(last.destination[0].objgen)
        # A page that names the file, and its three.
        assert packet.pages - start == 4
    before = kept(room)
    assert before
    room.do("staff", "packet.publish", room.meeting_id)
    room.deliver_all()
    again = room.services.store.board.packet(room.meeting_id, 2)
    assert again.pages == packet.pages
    assert kept(room) == before


def test_a_file_that_is_gone_fails_the_packet_with_its_number(room: World) -> None:
    file = room.services.store.documents.revision(room.ids["file"], 1).file
    room.services.files.delete(file.key)
    room.do("staff", "packet.publish", room.meeting_id)
    room.deliver_all()
    packet = room.services.store.board.packet(room.meeting_id, 1)
    assert packet.state == "failed"
    assert packet.problem == "Doc 6.0: the uploaded file is missing"
