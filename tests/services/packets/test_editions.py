"""The editions of a packet: for the Board, the public and staff, whole and in parts."""

import hashlib
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from chalicelib.bootstrap import render
from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError
from chalicelib.domain.meetings.documents import missing
from chalicelib.domain.packets.packet import PacketState
from chalicelib.domain.people.people import VISITOR
from chalicelib.services.packets import packets
from chalicelib.services.packets.packets import link
from chalicelib.services.privacy.retention import erase_signature
from tests.services.world import World


@pytest.fixture
def room(world: World) -> World:
    """The meeting with its petition, and a form for a closed session."""
    world.at("scheduled")
    form = {"kind": "action", "title": "A matter of staff", "actions": ["That the Board agree."]}
    made = world.do("staff", "document.send", world.meeting_id, **form, background="Secret.")
    world.do("staff", "document.acknowledge", made.id, complete="yes")
    world.do("staff", "document.number", made.id, number="6.0", closed="yes")
    world.ids["closed"] = made.id
    return world


def publish(room: World, **data: object) -> packets.Packet:
    asked = room.do("staff", "packet.publish", room.meeting_id, **data)
    room.deliver_all()
    made = room.services.store.board.packet(room.meeting_id, asked.number)
    assert made
    return made


def test_a_packet_has_an_edition_for_everybody(room: World) -> None:
    packet = publish(room)
    assert [edition.slug for edition in packet.editions] == [
        "board",
        "board-doc-5.0",
        "board-doc-6.0",
        "public",
        "public-doc-5.0",
        "board-roster-5.0",
        "public-roster-5.0",
        "staff-annex-5.0",
    ]
    for edition in packet.editions:
        content = room.services.files.get(packet.file_of(edition))
        assert hashlib.sha256(content).hexdigest() == edition.sha256
        assert len(content) == edition.size
    board = packet.editions[0]
    assert (packet.file, packet.sha256) == (packet.file_of(board), board.sha256)
    closed = [edition.slug for edition in packet.editions if edition.closed]
    assert closed == ["board", "board-doc-6.0"]


def test_the_public_edition_says_nothing_of_a_closed_session(room: World) -> None:
    packet = publish(room)
    for edition in packet.editions:
        if edition.face == "public":
            content = room.services.files.get(packet.file_of(edition)).decode()
            assert "matter of staff" not in content
            assert "6.0" not in content
            assert "Secret" not in content


def test_only_staffs_annex_holds_addresses(room: World) -> None:
    packet = publish(room)
    for edition in packet.editions:
        content = room.services.files.get(packet.file_of(edition))
        assert (b"@example.org" in content) == (edition.slug == "staff-annex-5.0")
    annex = next(run for run in room.press.runs if run.get("edition") == "annex")
    ((document,)) = annex["documents"]
    rows = document["annex"]["groups"][0]["rows"]
    assert [row["number"] for row in rows[:2]] == ["1.", "2."]
    assert "found by email address on roster version" in rows[0]["about"]


def test_the_record_has_the_digest_of_every_edition(room: World) -> None:
    packet = publish(room)
    events = room.services.store.record.thing(f"meeting/{room.meeting_id}").steps
    (said,) = [event.data for event in events if "editions" in event.data]
    assert said["editions"] == [[e.slug, e.sha256] for e in packet.editions]


@pytest.mark.parametrize(
    ("slug", "may"),
    [
        ("public", {"visitor", "rowan", "director1", "staff"}),
        ("public-doc-5.0", {"visitor", "rowan", "director1", "staff"}),
        ("public-roster-5.0", {"visitor", "rowan", "director1", "staff"}),
        ("board", {"director1", "staff"}),
        ("board-doc-6.0", {"director1", "staff"}),
        ("board-roster-5.0", {"director1", "staff"}),
        ("staff-annex-5.0", {"staff"}),
    ],
)
def test_who_may_open_an_edition(room: World, slug: str, may: set[str]) -> None:
    packet = publish(room)
    for who in ("visitor", "rowan", "director1", "staff"):
        actor = VISITOR if who == "visitor" else room.actor(who)
        if who in may:
            address = link(room.services, actor, room.meeting_id, packet.number, slug)
            assert packet.edition(slug).sha256 in address
        else:
            with pytest.raises(NotAllowedError):
                link(room.services, actor, room.meeting_id, packet.number, slug)


@pytest.mark.parametrize("slug", ["", "public-doc-6.0", "board-doc-9.0", "x/../board", "staff"])
def test_an_edition_that_is_not_there_is_not_found(room: World, slug: str) -> None:
    packet = publish(room)
    with pytest.raises(NotFoundError):
        link(room.services, room.actor("staff"), room.meeting_id, packet.number, slug)


def test_who_is_recused_from_a_closed_document_gets_the_others_and_the_public_edition(
    room: World,
) -> None:
    packet = publish(room)
    room.clock.forward(days=40)
    motion = room.do("director1", "motion.move", room.meeting_id, document="6.0")
    room.do("director4", "motion.recuse", motion.id, reason="It is about my post.")
    member, services = room.actor("director4"), room.services
    for slug in ("board", "board-doc-6.0"):
        with pytest.raises(NotAllowedError, match=r"Doc 6\.0.*recused.*public edition"):
            link(services, member, room.meeting_id, packet.number, slug)
    for slug in ("board-doc-5.0", "public"):
        assert link(services, member, room.meeting_id, packet.number, slug)
    assert link(services, room.actor("director1"), room.meeting_id, packet.number, "board")


def test_progress_goes_forward_over_all_editions(room: World) -> None:
    seen = []
    found = room.services.store.board

    class Told:
        def __call__(self, done: int, total: int, what: str) -> None:
            seen.append((done, total, what))

    from chalicelib.services.packets.content import packet_content
    from chalicelib.services.packets.editions import make_editions

    packet = room.do("staff", "packet.publish", room.meeting_id)
    meeting = found.meeting(room.meeting_id)
    content = packet_content(room.services, meeting, packet)
    services = replace(room.services, renderer=render)
    make_editions(services, meeting, packet, content, Told())
    done = [step[0] for step in seen]
    assert done == sorted(done)
    assert seen[-1][:2] == (100, 100)
    assert any(step[2] == "Board edition: Setting Doc 5.0" for step in seen)
    assert any(step[2].startswith("Staff annex: ") for step in seen)


def test_a_document_that_cannot_be_set_is_named_and_the_rest_is_published_without_it(
    room: World,
) -> None:
    room.press.problem, room.press.at_fault = "Doc 5.0: its charge is missing", "5.0"
    failed = publish(room)
    assert failed.state == PacketState.FAILED
    assert (failed.at_fault, failed.problem) == ("5.0", "Doc 5.0: its charge is missing")
    room.press.problem = ""
    packet = publish(room, without="5.0")
    assert packet.state == PacketState.PUBLISHED
    assert (packet.documents, packet.without) == (("6.0",), ("5.0",))
    (row,) = room.press.printed[-1]["left_out"]
    assert row["number"] == "5.0"
    assert row["reason"] == "It could not be set. Doc 5.0: its charge is missing"
    # It is in no packet: a supplement with it is still to come.
    board = room.services.store.board
    late = missing(board.meeting(room.meeting_id), board.packets(room.meeting_id))
    assert [entry.number for entry in late] == ["5.0"]


def test_what_is_left_out_has_to_be_there_and_something_has_to_be_left(room: World) -> None:
    with pytest.raises(ConflictError, match="no Doc 9.0"):
        room.do("staff", "packet.publish", room.meeting_id, without=["9.0"])
    with pytest.raises(ConflictError, match="There is nothing left"):
        room.do("staff", "packet.publish", room.meeting_id, without="5.0, 6.0")


def test_a_worker_that_dies_on_the_way_leaves_nothing_half_made(room: World) -> None:
    """Killed after each number of files in turn: the repeat publishes once, whole, with one letter
    for each member.
    """

    class Killed(BaseException):
        pass

    for survived in range(0, 8, 3):
        asked = room.do("staff", "packet.publish", room.meeting_id)
        put, left = type(room.services.files).put, [survived]

        def dying(files, key, content, kind, put=put, left=left):  # type: ignore[no-untyped-def]
            if key.startswith(("packets/", "annexes/")):
                if not left[0]:
                    raise Killed
                left[0] -= 1
            put(files, key, content, kind)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(room.services.files), "put", dying)
            with pytest.raises(Killed):
                room.deliver_all()
        half = room.services.store.board.packet(room.meeting_id, asked.number)
        assert half.state == PacketState.RENDERING
        assert half.editions == ()
        room.clock.forward(minutes=5)
        before = len(room.post.sent)
        room.deliver_all()
        packet = room.services.store.board.packet(room.meeting_id, asked.number)
        assert packet.state == PacketState.PUBLISHED
        assert len(packet.editions) == 8
        told = [one.to for one in room.post.sent[before:] if one.kind == "packet-published"]
        assert len(told) == len(set(told)) > 8
        for edition in packet.editions:
            assert room.services.files.has(packet.file_of(edition))


def test_an_annex_goes_with_a_signatory_who_asks_for_it(room: World) -> None:
    packet = publish(room)
    annex = packet.edition("staff-annex-5.0")
    assert room.services.files.has(packet.file_of(annex))
    signature = next(iter(room.services.store.petitions.signatures(room.petition_id)))
    erase_signature(room.services, room.petition_id, signature.key)
    assert not room.services.files.has(packet.file_of(annex))
    with pytest.raises(NotFoundError, match="deleted"):
        link(room.services, room.actor("staff"), room.meeting_id, 1, "staff-annex-5.0")


def test_the_real_renderer_sets_every_edition(room: World) -> None:
    room.services = replace(room.services, renderer=render)
    packet = publish(room)
    for edition in packet.editions:
        content = room.services.files.get(packet.file_of(edition))
        with pikepdf.open(BytesIO(content)) as pdf:
            assert len(pdf.pages) == edition.pages
            assert edition.claims == ("PDF/UA-1", "PDF/A-3u")
