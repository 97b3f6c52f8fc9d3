"""What a packet of many parts says on paper, to the Board and in public."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest

from chalicelib.domain.packets.faces import public_face
from chalicelib.packet.render import RenderedPacket, render_packet
from tests.packet.packet_full import changes, full, questions, vote
from tests.packet.packet_reading import page_texts

SECRETS = ("Doc 9.1", "Tallgrass", "Quillfeather", "Zebedee", "among the Board")


@pytest.fixture(scope="module")
def board() -> RenderedPacket:
    return render_packet(full())


@pytest.fixture(scope="module")
def public() -> RenderedPacket:
    context = public_face(full())
    context["association"]["page_size"] = "A4"
    return render_packet(context)


@pytest.fixture(scope="module")
def pages(board: RenderedPacket) -> list[str]:
    return page_texts(board.pdf)


def page_with(pages: list[str], *words: str) -> str:
    found = [page for page in pages if all(word in page for word in words)]
    assert len(found) == 1, words
    return found[0]


def plain(text: str) -> str:
    """Without spaces: where one font follows the other, none is read back."""
    return text.replace(" ", "")


def test_a_revised_document_begins_with_what_changed(pages: list[str]) -> None:
    page = page_with(pages, "What changed since rev. 1")
    assert page.index("ACRL MW 24 Doc 5.0 rev. 2") < page.index("What changed since rev. 1")
    page = plain(page)
    assert "of[removed:two][added:three]neighboring" in page
    assert "told[unchangedwordsleftout],andboth" in page
    assert "it[removed:warmly]." in page
    assert "Group[added:withthechargegiveninDoc5.0]." in page
    assert "Onlyblanksorlineendschanged." in page
    assert plain(changes()["steps"][0]["why"]) in page


def test_a_petition_says_what_was_corrected_and_what_changed_since_it_was_returned(
    pages: list[str],
) -> None:
    whole = plain(" ".join(pages))
    assert "returnedtoitsconvenersonJune24,2023" in whole
    assert "WhyitwasreturnedSaywhokeepsthelist." in whole
    assert "[added:Wekeepit.]" in whole
    assert "Charge[removed:recieve][added:receive]" in whole


def test_questions_are_printed_with_who_asked_and_who_answered(pages: list[str]) -> None:
    page = page_with(pages, "Questions and answers")
    order = [word["text"].split("\n")[0] for one in questions() for word in one["words"]]
    places = [page.index(text) for text in order[:-1]]
    assert places == sorted(places)
    assert "Hollis Marchetti-Quan, Director-at-Large, January 9, 2024" in page
    assert "Amara Oyelaran, convener, Lakeshore State University, January 12, 2024" in page
    assert "Question 2" in page


def test_the_docket_leads_to_the_vote_that_it_confirms(pages: list[str]) -> None:
    page = page_with(pages, "Votes to confirm", "Item 4.2")
    number = pages.index(page) + 1
    assert vote()["wording"] in page
    assert "Carried:8yes,2no,1abstaining;6yesneeded" in plain(page)
    assert "Vote from December 12, 2023 through December 18, 2023" in page
    assert "That is 6 or more of 11; 8 voted yes." in page
    assert "[removed:signs][added:endorses]" in plain(page)
    consent = page_with(pages, "Consent agenda Adopted").partition("Consent agenda Adopted")[2]
    assert f"A statement on open textbooks {number}" in consent


def test_what_was_left_out_stands_in_the_inventory_with_the_reason(pages: list[str]) -> None:
    page = page_with(pages, "Left out of this version")
    assert "7.1 Investment report Its file could not be read." in page
    assert "File, 12 pages" in page
    assert "Doc 9.1 · Closed session" in page


def test_closed_documents_are_named_as_such_wherever_they_are_named(pages: list[str]) -> None:
    first = page_with(pages, "ACRL MW 24 Doc 9.1", "Action form", "Quillfeather terms")
    assert "Closed session · Tallgrass settlement ACRL" in first, "the running header"
    assert "ACRL MW 24 Doc 9.1 Closed session" in first
    assert "Do not pass it on." in pages[0]
    docket = page_with(pages, "Presenter", "Adjournment")
    assert docket.count("Closed session") == 2


def decompressed(pdf: bytes) -> bytes:
    """Every string and stream of a file, opened, and the text of its pages."""
    found = [pdf]
    with pikepdf.open(BytesIO(pdf)) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Stream):
                found.append(item.read_bytes())
            found.append(repr(item).encode())
        # Strings of an outline or a structure tree may be UTF-16.
        found += [part.replace(b"\x00", b"") for part in found]
    return b"\n".join(found) + "\n".join(page_texts(pdf)).encode()


def test_no_trace_of_a_closed_session_is_in_the_public_bytes(
    public: RenderedPacket, board: RenderedPacket
) -> None:
    whole = decompressed(board.pdf)
    shown = decompressed(public.pdf)
    for secret in SECRETS:
        assert secret.encode() in whole, "the search can find it"
        assert secret.encode() not in shown
    assert b"Hollis Marchetti-Quan, Director" not in shown
    assert b"/board/documents" not in shown


def test_the_public_edition_says_that_it_is_one(public: RenderedPacket) -> None:
    pages = page_texts(public.pdf)
    assert "Edition Public edition" in pages[0]
    assert "Documents 4" in pages[0]
    assert "Board packet, public edition ACRL" in pages[1]
    docket = page_with(pages, "Presenter", "Adjournment")
    assert "2:35 p.m. 30 Closed session" in docket
    roster = page_with(pages, "Roster of signatories")
    assert "4 Name not shown November 5, 2023" in roster
    assert "Nguyễn" not in roster
    assert "Tomás Ibáñez Quiroga Universidad del Valle Alto" in roster


def figures(pdf: bytes) -> list[tuple[str, str]]:
    """The alternative of each figure, and the text that is drawn within its marked content."""
    found = []
    with pikepdf.open(BytesIO(pdf)) as opened:
        for page in opened.pages:
            marks: list[Any] = []
            drawn: dict[int, int] = {}
            for operands, operator in pikepdf.parse_content_stream(page):
                name = str(operator)
                if name in {"BDC", "BMC"}:
                    marks.append(operands)
                elif name == "EMC":
                    marks.pop()
                elif name in {"Tj", "TJ"}:
                    assert marks, "text outside of all marked content"
                    if str(marks[-1][0]) == "/Figure":
                        mark = int(marks[-1][1].MCID)
                        drawn[mark] = drawn.get(mark, 0) + 1
            found += [(page.objgen, mark, texts) for mark, texts in drawn.items()]
        alternatives = {
            (item.Pg.objgen, int(kid)): str(item.Alt)
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == pikepdf.Name.Figure
            for kid in item.K
        }
    return [(alternatives[(page, mark)], texts) for page, mark, texts in found]


def test_charts_are_figures_that_hold_their_own_text(board: RenderedPacket) -> None:
    found = figures(board.pdf)
    assert len(found) == 2
    (tally, tally_texts), (signatures, signature_texts) = found
    assert tally == vote()["chart"]["alt"]
    assert tally_texts >= 9
    assert signatures.startswith("25 verified signatures from November 2, 2023")
    assert signature_texts >= 8


def test_it_is_set_with_the_packets_own_fonts(board: RenderedPacket) -> None:
    with pikepdf.open(BytesIO(board.pdf)) as opened:
        fonts = {
            str(item.BaseFont).partition("+")[2]
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
    assert fonts == {
        "Packet-Serif",
        "Packet-Serif-Bold",
        "Packet-Serif-Italic",
        "Packet-Sans",
        "Packet-Sans-Bold",
    }
