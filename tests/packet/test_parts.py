"""What is kept between packets, and each document alone."""

from io import BytesIO

import pikepdf
import pytest

from chalicelib.packet import documents
from chalicelib.packet.render import RenderError, render_packet
from tests.packet.packet_parts import Kept
from tests.packet.packet_reading import page_texts
from tests.packet.packet_sample import packet, report_document, roster


@pytest.fixture(scope="module")
def first():
    kept = Kept()
    return kept, render_packet(packet(), None, kept)


def test_a_packet_of_kept_pages_has_the_same_bytes_as_a_fresh_one(first, reading):
    kept, made = first
    kept.set.clear()
    again = render_packet(packet(), None, kept)
    assert again.sha256 == made.sha256
    assert [d.sha256 for d in again.documents] == [d.sha256 for d in made.documents]
    assert render_packet(packet()).sha256 == made.sha256


def test_only_what_changed_is_set_again(first):
    kept, made = first
    context = packet()
    context["documents"][2]["sections"][0]["paragraphs"] = ["All is well."]
    context["version"] = 2
    before = set(kept.kept)
    changed = render_packet(context, None, kept)
    # One document; the hint for the length of the front is written each time.
    assert len(set(kept.kept) - before) == 1
    pairs = zip(made.documents, changed.documents, strict=True)
    assert [a.sha256 == b.sha256 for a, b in pairs] == [True, True, False]
    assert "All is well." in page_texts(changed.pdf)[-1]


def test_the_place_in_the_packet_changes_no_document(first):
    kept, made = first
    context = packet()
    context["documents"] = context["documents"][1:]
    moved = render_packet(context, None, kept)
    assert [d.sha256 for d in moved.documents] == [d.sha256 for d in made.documents[1:]]


def test_what_is_kept_is_not_taken_for_another_release_of_the_renderer(first, monkeypatch):
    kept, _ = first
    monkeypatch.setattr(documents, "_fingerprint", lambda: "of another release")
    before = set(kept.kept)
    render_packet(packet(), None, kept)
    assert len(set(kept.kept) - before) >= 3


def test_a_document_alone_has_its_own_numbers_and_begins_with_its_title(first):
    _, made = first
    alone = next(d for d in made.documents if d.number == "5.0")
    pages = page_texts(alone.pdf)
    assert len(pages) == alone.pages
    assert "Doc 5.0 · p. 1 of" in pages[0]
    assert "Packet p." not in " ".join(pages)
    with pikepdf.open(BytesIO(alone.pdf)) as pdf:
        title = "ACRL MW 24 Doc 5.0: Training & Equity in Library Work Discussion Group"
        assert str(pdf.docinfo.Title) == title
        with pdf.open_outline() as outline:
            assert len(outline.root) == 1
            assert len(outline.root[0].children) == 4


def test_a_roster_alone_is_a_file_without_a_cover():
    context = packet()
    document = context["documents"][1]
    names = ("number", "code", "title", "anchor", "kind", "roster", "verification")
    context["documents"] = [{name: document[name] for name in names}]
    context["edition"] = "roster"
    made = render_packet(context)
    pages = page_texts(made.pdf)
    assert made.pages == len(pages) == 2
    assert "Roster of signatories" in pages[0]
    assert "25 Chloë Dessaint" in pages[0]
    assert "Verification statement" in pages[1]
    assert made.sha256 == made.documents[0].sha256


def test_the_front_names_the_right_pages_however_long_it_is():
    context = packet()
    document = report_document()
    numbers = range(10, 60)
    context["documents"] = [
        {**document, "number": f"{n}.0", "anchor": f"doc-{n}", "title": f"Report {n}"}
        for n in numbers
    ]
    context["docket"] = []
    context["inventory"] = [
        {"number": f"{n}.0", "code": f"Doc {n}.0", "title": "Report " * 9, "kind": "Report",
         "mark": "", "anchor": f"doc-{n}"}
        for n in numbers
    ]  # fmt: skip
    kept = Kept()
    for _ in range(2):
        made = render_packet(context, None, kept)
        pages = page_texts(made.pdf)
        first = next(n for n, text in enumerate(pages, 1) if "Doc 10.0 · p. 1 of" in text)
        assert first > 4, "its front is longer than the renderer guesses"
        text = " ".join(pages[: first - 1])
        for place, number in enumerate(numbers):
            assert f"Doc {number}.0 Report – {first + place} " in text


def test_a_long_roster_is_a_list_of_all_signatories_on_as_many_pages_as_it_needs():
    context = packet()
    rows = roster(1100)
    rows[700]["name"] = "A long name " * 20
    context["documents"] = [{**context["documents"][1], "roster": rows}]
    context["docket"], context["inventory"] = [], []
    kept = Kept()
    made = render_packet(context, None, kept)
    pages = page_texts(made.pdf)
    text = " ".join(pages)
    start = text.index("Roster of signatories")
    for row in rows:
        start = text.index(f"{row['number']}. {row['name'].split()[0]}", start)
    assert "1,100 signatures" in text
    # Every page but the last of the roster is full: no stretch leaves a gap behind it.
    listed = [page for page in pages if ", November" in page and "Harbor Point" in page]
    counts = [page.count(", November") for page in listed]
    assert min(counts[1:-1]) >= 38, counts
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        fonts = [page for page in pdf.pages if "/StructParents" in page]
        assert len(fonts) == made.pages


def test_after_a_failure_what_was_set_of_a_long_roster_is_not_set_again(monkeypatch):
    context = packet()
    context["documents"] = [{**context["documents"][1], "roster": roster(1100)}]
    context["docket"], context["inventory"] = [], []
    kept = Kept()

    def lost(done, total, what):
        if "page 2" in what and len(kept.kept) == 1:
            raise ConnectionError("the worker was stopped")

    with pytest.raises(ConnectionError):
        render_packet(context, lost, kept)
    (first,) = kept.kept
    made = render_packet(context, None, kept)
    assert kept.set.count(first) == 1
    assert made.sha256 == render_packet(context).sha256


def test_a_document_that_cannot_be_set_is_named_with_its_number():
    context = packet()
    del context["documents"][1]["petition"]["charge"]
    with pytest.raises(RenderError, match=r"Doc 5\.0: .*charge") as caught:
        render_packet(context)
    assert caught.value.document == "5.0"


def test_a_fault_of_the_front_is_nobodys(monkeypatch):
    context = packet()
    del context["docket"][0]["starts"]
    with pytest.raises(RenderError, match="The front of the packet: .*starts") as caught:
        render_packet(context)
    assert caught.value.document == ""


def test_a_store_that_does_not_answer_is_no_documents_fault():
    class Down(Kept):
        def get(self, key):
            raise ConnectionError("no bucket")

    with pytest.raises(ConnectionError):
        render_packet(packet(), None, Down())
