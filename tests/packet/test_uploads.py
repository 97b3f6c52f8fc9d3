"""Uploaded files in a packet: their pages, links, outline and tags, on the packet's own paper."""

from io import BytesIO

import pikepdf
import pytest

from chalicelib.packet.placing import placed
from chalicelib.packet.render import RenderError, render_packet
from tests.packet.packet_parts import Kept, a_file, file_document, with_a_form
from tests.packet.packet_reading import page_texts
from tests.packet.packet_sample import packet, report_document

TWO_PAGES = (
    "<h1 id=one>Findings</h1><p>See <a href='https://example.org/data'>the data</a> and "
    "<a href='#two'>the end</a>."
    "<h1 id=two style='break-before:page'>Conclusion</h1><p>We agree."
)


def joined(content: bytes, page_size: str = "Letter"):
    """A packet of a report and this file."""
    context = packet()
    context["association"]["page_size"] = page_size
    context["documents"] = [report_document(), file_document()]
    context["docket"], context["inventory"] = [], []
    return render_packet(context, None, Kept(report=content))


@pytest.fixture(scope="module")
def untagged():
    return joined(with_a_form(a_file(TWO_PAGES)))


@pytest.fixture(scope="module")
def tagged():
    return joined(with_a_form(a_file(TWO_PAGES, tagged=True)))


@pytest.mark.parametrize("kind", ["untagged", "tagged"])
def test_its_pages_follow_with_the_header_and_numbers_of_the_packet(kind, request):
    made = request.getfixturevalue(kind)
    pages = page_texts(made.pdf)
    assert len(pages) == made.pages == 5
    assert "Findings" in pages[3]
    assert "Filled in" in pages[3], "what was typed into a form is on the page"
    assert "Conclusion" in pages[4]
    assert "We agree." in pages[4]
    for number in (4, 5):
        text = pages[number - 1]
        assert f"Doc 9.0 · p. {number - 2} of 3" in text
        assert f"Packet p. {number} of 5" in text
        assert "Report of the task force" in text
        assert "ACRL · Board I · ACRL MW 24" in text
    alone = page_texts(made.documents[1].pdf)
    assert "Doc 9.0 · p. 3 of 3" in alone[2]
    assert "Packet p." not in " ".join(alone)


@pytest.mark.parametrize("kind", ["untagged", "tagged"])
def test_its_links_and_its_outline_lead_where_they_led(kind, request):
    with pikepdf.open(BytesIO(request.getfixturevalue(kind).pdf)) as pdf:
        web, inner = pdf.pages[3].Annots
        assert str(web.A.URI) == "https://example.org/data"
        assert inner.Dest[0].objgen == pdf.pages[4].objgen
        left, low, right, high = (float(n) for n in web.Rect)
        assert 40 < left < right < 570
        assert 500 < low < high < 760
        with pdf.open_outline() as outline:
            document = outline.root[-1]
            assert document.title.startswith("Doc 9.0")
            targets = {mark.title: mark.destination[0].objgen for mark in document.children}
        assert targets["Findings"] == pdf.pages[3].objgen
        assert targets["Conclusion"] == pdf.pages[4].objgen
        # Both links are in the structure tree, and each note knows its place there.
        numbers = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
        for note in (web, inner):
            assert numbers[note.StructParent].S == "/Link"


def kinds(element):
    yield str(element.get("/S", ""))
    below = element.get("/K", [])
    for item in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield from kinds(item)


def test_its_own_tags_are_kept(tagged):
    with pikepdf.open(BytesIO(tagged.pdf)) as pdf:
        parts = list(pdf.Root.StructTreeRoot.K[0].K)
        assert [str(part.S) for part in parts] == ["/Part"] * 3
        assert list(kinds(parts[2])).count("/H1") == 1 + 2


def test_a_page_without_tags_is_tagged_as_a_whole(untagged):
    with pikepdf.open(BytesIO(untagged.pdf)) as pdf:
        numbers = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
        for page in list(pdf.pages)[3:]:
            (element,) = numbers[page.StructParents]
            assert element.S == "/P"
            assert element.Pg.objgen == page.objgen


def test_a_scanned_page_says_that_it_is_a_picture():
    made = joined(a_file("<svg width=300 height=300><circle cx=150 cy=150 r=99 /></svg>"))
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        numbers = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
        (element,) = numbers[pdf.pages[3].StructParents]
        assert element.S == "/Figure"
        assert str(element.Alt) == "Page 1 of 1 of Report.pdf: a picture"


def test_a_packet_with_an_untagged_file_claims_no_standard(untagged):
    assert untagged.claims == ()
    with pikepdf.open(BytesIO(untagged.pdf)) as pdf:
        said = pdf.Root.Metadata.read_bytes()
        assert b"pdfuaid:part>" not in said
        assert b"pdfaid:part>" not in said


@pytest.mark.parametrize(
    ("size", "boxes", "paper"),
    [
        ("A4", {}, (612, 792)),
        ("A4 landscape", {}, (792, 612)),
        ("A4", {"Rotate": 90}, (792, 612)),
        ("A4", {"Rotate": 270}, (792, 612)),
        ("A4", {"Rotate": 180}, (612, 792)),
        ("A0", {}, (612, 792)),
        ("A7", {}, (612, 792)),
        ("A4", {"CropBox": [100, 100, 400, 300]}, (792, 612)),
        ("A4", {"CropBox": [0, 0, 0, 0]}, (612, 792)),
        ("A4", {"UserUnit": 4}, (612, 792)),
        ("A4", {"MediaBox": [595, 842, 0, 0]}, (612, 792)),
    ],
)
def test_a_page_of_any_size_is_turned_upright_and_fits(size, boxes, paper):
    with pikepdf.open(BytesIO(a_file(size=size, **boxes))) as pdf:
        place = placed(pdf.pages[0], "Letter")
        assert (place.width, place.height) == paper
        left, low, right, high = place.rectangle(place.box)
        assert 18 - 0.01 <= left < right <= place.width - 18 + 0.01
        assert 48 - 0.01 <= low < high <= place.height - 54 + 0.01
        # Upright and whole: as wide to its height as the reader saw it.
        x0, y0, x1, y1 = place.box
        wide, tall = x1 - x0, y1 - y0
        if boxes.get("Rotate") in (90, 270):
            wide, tall = tall, wide
        assert (right - left) / (high - low) == pytest.approx(wide / tall, rel=1e-4)


def test_a_page_that_is_turned_a_quarter_stands_on_its_left_side():
    """`Rotate 90` is clockwise: what was at the top left comes to the top right."""
    with pikepdf.open(BytesIO(a_file(Rotate=90))) as pdf:
        place = placed(pdf.pages[0], "Letter")
        x0, _, _, y1 = place.box
        left, low, right, high = place.rectangle(place.box)
        assert place.point(x0, y1) == pytest.approx((right, high))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7\nnothing", "damaged"),
        (b"", "damaged"),
    ],
)
def test_a_file_that_cannot_be_joined_is_named(content, why):
    with pytest.raises(RenderError, match=f"Doc 9.0: .*{why}") as caught:
        joined(content)
    assert caught.value.document == "9.0"


def test_a_file_that_is_gone_is_named():
    context = packet()
    context["documents"] = [file_document()]
    with pytest.raises(RenderError, match="Doc 9.0: the uploaded file is missing") as caught:
        render_packet(context)
    assert caught.value.document == "9.0"


def test_an_encrypted_file_is_named():
    with pikepdf.open(BytesIO(a_file())) as pdf:
        locked = BytesIO()
        pdf.save(locked, encryption=pikepdf.Encryption(owner="x", user=""))
    with pytest.raises(RenderError, match="Doc 9.0: the file is encrypted"):
        joined(locked.getvalue())


def test_what_a_broken_page_leaves_open_does_not_reach_the_numbers():
    with pikepdf.open(BytesIO(a_file(tagged=True))) as pdf:
        pdf.pages[0].contents_add(b"q q 0.1 0 0 0.1 900 900 cm")
        broken = BytesIO()
        pdf.save(broken)
    text = page_texts(joined(broken.getvalue()).pdf)[3]
    assert "What we found." in text
    assert "Doc 9.0 · p. 2 of 2" in text


def test_the_same_file_gives_the_same_bytes():
    content = a_file(TWO_PAGES)
    assert joined(content).sha256 == joined(content).sha256
