"""The file itself: outline, tags, language, fonts, and the same bytes every time."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pikepdf

ROOT = Path(__file__).resolve().parents[2]


def test_the_outline_leads_to_every_document_and_part(pdf):
    with pdf.open_outline() as outline:
        tops = [item.title for item in outline.root]
        parts = {item.title: [child.title for child in item.children] for item in outline.root}
    assert tops[:4] == ["Cover", "Document inventory", "Docket", "Consent agenda"]
    assert [title.split()[:2] for title in tops[4:]] == [["Doc", n] for n in ("4.1", "5.0", "7.0")]
    assert parts[tops[5]] == [
        "Action form",
        "Petition",
        "Roster of signatories",
        "Verification statement",
    ]


def test_the_docket_links_lead_into_the_packet_and_nowhere_else(pdf, reading):
    links = [note for page in pdf.pages for note in page.get("/Annots", [])]
    # Three in the inventory, three in the docket (some on two lines), one in the consent agenda.
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    starts = [
        next(n for n, text in enumerate(reading.pages) if f"Doc {number} · p. 1 of" in text)
        for number in ("4.1", "5.0", "7.0")
    ]
    targets = [numbers[link.Dest[0].objgen] for link in links]
    assert targets[:3] == starts
    assert list(dict.fromkeys(targets[3:-1])) == starts
    assert targets[-1] == starts[0]
    words = "Doc 4.1, Confirmation of the virtual vote on the bylaws revision"
    assert str(links[0].Contents) == words
    assert all("/A" not in link for link in links), "no link leaves the file"


def test_the_file_says_that_it_is_accessible(pdf):
    root = pdf.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang) == "en-US"
    assert root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "ACRL Board of Directors, Board I (ACRL MW 24): Packet 1"
    assert str(pdf.docinfo.Title) == "ACRL Board of Directors, Board I (ACRL MW 24): Packet 1"
    assert "/EmbeddedFiles" not in root.get("/Names", {})


def kinds(element, found):
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        found.append(str(element.S))
    children = element.get("/K", []) if isinstance(element, pikepdf.Dictionary) else []
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            kinds(child, found)
    return found


def test_headings_tables_and_links_are_tagged_as_such(pdf):
    found = kinds(pdf.Root.StructTreeRoot.K[0], [])
    counts = {kind: found.count(kind) for kind in set(found)}
    # The cover and each document; the front's parts and the documents' own; their fields.
    assert counts["/H1"] == 1 + 3
    assert counts["/H2"] == 3 + 7
    assert counts["/H3"] == 5 + 7 + 3
    assert counts["/Link"] >= 7
    assert counts["/Table"] >= 8
    assert counts["/TH"] > 30
    assert counts["/LI"] >= 15


def test_every_font_is_embedded_and_is_one_of_ours(pdf):
    fonts = {}
    for page in pdf.pages:
        for font in page.Resources.Font.values():
            inner = font.DescendantFonts[0]
            assert "/ToUnicode" in font
            assert {"/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys())
            fonts[str(inner.BaseFont)] = inner
    assert fonts
    assert all("+Packet-" in name for name in fonts), sorted(fonts)


def test_the_same_facts_give_the_same_bytes_in_another_process(tmp_path):
    program = (
        "from packet_sample import packet\n"
        "from chalicelib.packet.render import render_packet\n"
        "made = render_packet(packet()); print(made.sha256, made.pages)\n"
    )
    said = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}",
            "PYTHONHASHSEED": seed,
            "TZ": zone,
        }
        said.append(
            subprocess.run(
                [sys.executable, "-c", program],
                env=environment,
                cwd=tmp_path,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
    assert said[0] == said[1]


def test_the_digest_is_that_of_the_bytes(reading):
    assert reading.rendered.sha256 == hashlib.sha256(reading.rendered.pdf).hexdigest()


def test_importing_the_module_does_not_load_the_renderer():
    program = "import sys, chalicelib.packet.render; print('weasyprint' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert said.stdout.strip() == "False"
