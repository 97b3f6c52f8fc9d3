"""What the Board sees: every part in order, right page numbers, and nothing private."""

import re
from io import BytesIO

import pikepdf
import pytest

from chalicelib.packet.render import RenderError, render_packet
from tests.packet.packet_reading import page_texts
from tests.packet.packet_sample import packet, report_document

RUNNING = re.compile(r"Doc (\S+) · p\. (\d+) of (\d+)")
PACKET_PAGE = re.compile(r"Packet p\. (\d+) of (\d+)")


def in_order(text, *pieces):
    position = 0
    for piece in pieces:
        found = text.find(piece, position)
        assert found >= 0, f"{piece!r} is missing after {text[max(0, position - 60) : position]!r}"
        position = found + len(piece)


def test_every_part_is_there_and_in_order(reading):
    in_order(
        reading.text,
        "Association of College and Research Libraries",
        "Board I",
        "Friday, January 26, 2024, 1:00 p.m. Central Time",
        "Version 1",
        "Document inventory",
        "Docket",
        "Consent agenda",
        "ACRL MW 24 Doc 4.1",
        "End of Doc 4.1",
        "ACRL MW 24 Doc 5.0",
        "Action form",
        "Petition",
        "Roster of signatories",
        "Verification statement",
        "End of Doc 5.0",
        "ACRL MW 24 Doc 7.0 rev",
        "Where we stand",
        "End of Doc 7.0",
    )


def test_the_action_form_reads_as_a_form(reading):
    form = reading.text[reading.text.index("ACRL MW 24 Doc 5.0 Training") :]
    in_order(
        form,
        "To ACRL Board of Directors",
        "Subject Request to establish",
        "Submitted by Amara Oyelaran",
        "Date submitted January 4, 2024",
        "Background People come into",
        "Stakeholders The conveners",
        "Fiscal and staffing impact None",
        "Action recommended That the ACRL Board of Directors approves",
        "Strategic goal area",
        "× New Roles and Changing Landscapes",
        "Motion Above recommendation moved No motion made Other",
        "Mover",
        "Seconder",
        "Action taken Motion approved Motion defeated Other",
        "Date",
    )
    assert reading.text.count("×") == 1, "exactly one goal area is ticked"


def test_the_petition_and_the_verification_say_what_was_signed_and_counted(reading):
    document = reading.context["documents"][1]
    petition = reading.text[reading.text.index("Proposed name") :]
    in_order(petition, "Discussion group", "Text signed", "Charge To provide a forum", "1. Who is")
    digits = re.sub(r"\s", "", petition)
    assert document["petition"]["text_digest"] in digits
    assert document["verification"]["roster_digest"] in digits
    in_order(
        petition,
        "The rule asks for 25",
        "by email address 23",
        "member number 0",
        "Settled by staff, one at a time 2",
        "Verified signatures 25",
        "not counted 3",
        "Morgan Achterberg",
        "version 3, of January 2, 2024",
    )


def test_every_signatory_is_printed_once_in_order_under_a_head_on_each_page(reading):
    rows = reading.context["documents"][1]["roster"]
    start = reading.text.index("Roster of signatories")
    roster = reading.text[start : reading.text.index("Verification statement")]
    in_order(roster, *(f"{r['number']} {r['name']} {r['institution']}" for r in rows))
    assert len(re.findall(r"November \d+, 2023", roster)) == len(rows)
    heads = [page.count("No. Name Institution Signed") for page in reading.pages]
    assert heads.count(1) == 2
    assert sum(heads) == 2


def test_pages_are_numbered_in_the_packet_and_in_their_document_at_once(reading):
    total = reading.rendered.pages
    assert total == len(reading.pages)
    runs: dict[str, list[tuple[int, int]]] = {}
    for number, page in enumerate(reading.pages, start=1):
        if number > 1:  # A cover bears no number.
            assert PACKET_PAGE.findall(page) == [(str(number), str(total))]
        for document, own, of in RUNNING.findall(page):
            runs.setdefault(document, []).append((int(own), int(of)))
    assert list(runs) == ["4.1", "5.0", "7.0"]
    for pages in runs.values():
        assert pages == [(own, len(pages)) for own in range(1, len(pages) + 1)]
    assert len(runs["5.0"]) > 3


def test_the_docket_names_the_page_on_which_each_document_starts(reading):
    docket = next(page for page in reading.pages if page.startswith("Docket"))
    for document, asked in (("4.1", "Action"), ("5.0", "Action"), ("7.0", "Information")):
        first = f"Doc {document} · p. 1 of"
        page = next(n for n, text in enumerate(reading.pages, 1) if first in text)
        assert re.search(rf" {document} .{{5,140}}? {asked} {page} ", docket)


def test_no_private_field_reaches_the_packet(reading):
    assert "@" not in reading.text
    assert "77001" not in reading.text
    assert b"example.org" not in reading.rendered.pdf


def test_progress_moves_forward_and_ends_complete(reading):
    done = [step[0] for step in reading.progress]
    assert done == sorted(done)
    assert reading.progress[-1][0] == reading.progress[-1][1]
    said = " ".join(step[2] for step in reading.progress)
    assert "Doc 5.0" in said
    pages = next(d.pages for d in reading.rendered.documents if d.number == "5.0")
    assert f"Doc 5.0, page {pages}" in said


def test_empty_lists_leave_no_empty_sections():
    context = packet()
    context.update(inventory=[], docket=[], supplement=True, documents=[report_document()])
    context["association"]["page_size"] = "A4"
    text = " ".join(page_texts(render_packet(context).pdf))
    for heading in ("Document inventory", "Docket", "Consent agenda", "Action form", "Roster"):
        assert heading not in text
    assert "Supplement to the Board packet" in text
    assert "Doc 7.0 · p. 1 of 1" in text


def test_a_packet_without_documents_is_a_cover_and_a_docket():
    context = packet()
    context.update(inventory=[], documents=[])
    pages = page_texts(render_packet(context).pdf)
    assert len(pages) == 2
    assert "Training & Equity" in pages[1]  # The item stands, though its document is not there.


def test_an_error_names_the_document_and_the_reason():
    context = packet()
    del context["documents"][1]["action_form"]["subject"]
    with pytest.raises(RenderError, match=r"Doc 5\.0: .*subject"):
        render_packet(context)
    context = packet()
    context["documents"][2]["anchor"] = "doc-5-0"
    with pytest.raises(RenderError, match=r"Doc 7\.0: .*another document's"):
        render_packet(context)


def test_a_failure_of_the_progress_report_is_not_blamed_on_a_document():
    def lost(done, total, what):
        if "page 1" in what:
            raise ConnectionError("no table")

    with pytest.raises(ConnectionError):
        render_packet(packet(), lost)


NAMES = "漢字 简体 繁體 かな カナ 김철수 Ελένη Оксана שירה محمد Nguyễn Ánh अनिता தமிழ் ไทย ქეთი Անի"


def test_a_name_in_any_script_is_set_in_a_font_of_the_packet():
    context = packet()
    document = context["documents"][0]
    document["title"] = f"Report by {NAMES}"
    document["action_form"]["background"] = [NAMES]
    document["action_form"]["subject"] = NAMES
    context["documents"], context["docket"], context["inventory"] = [document], [], []
    rendered = render_packet(context)
    text = " ".join(page_texts(rendered.pdf))
    for name in ("漢字", "简体", "繁體", "かな", "カナ", "김철수", "Ελένη", "Оксана", "Nguyễn"):
        assert text.count(name) >= 3, name
    with pikepdf.open(BytesIO(rendered.pdf)) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                assert "+Packet-" in str(font.BaseFont)
    # Of 3.5 MB it embeds what it uses.
    assert len(rendered.pdf) < 400_000
