"""The checker names what is broken, and nothing else: metadata, fonts, colours, the archive."""

import re
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from chalicelib.pdfcheck.check import kept, problems
from tests.packet.conformance_sample import composite, drawn, form, links, picture, said


def root(**entries):
    def act(pdf):
        for name, value in entries.items():
            if value is None:
                del pdf.Root[f"/{name}"]
            else:
                pdf.Root[f"/{name}"] = value

    return act


def info(**entries):
    def act(pdf):
        for name, value in entries.items():
            pdf.docinfo[f"/{name}"] = String(value)

    return act


def meta(old, new):
    return lambda pdf: said(pdf, old, new)


def no_id(pdf):
    del pdf.trailer["/ID"]


def undescribed(pdf):
    data = pdf.Root.Metadata.read_bytes()
    start, end = b"<pdfaExtension:schemas>", b"</pdfaExtension:schemas>"
    pdf.Root.Metadata.write(data[: data.index(start)] + data[data.index(end) + len(end) :])


def font(act):
    """Change a font of the last page."""
    return lambda pdf: act(composite(pdf))


def not_embedded(font):
    del font.DescendantFonts[0].FontDescriptor["/FontFile2"]


def no_unicode(font):
    del font["/ToUnicode"]


def unicode_of(text):
    def act(font):
        data = font.ToUnicode.read_bytes()
        font.ToUnicode.write(re.sub(rb"> <[0-9a-f]+>", b"> <" + text + b">", data))

    return act


def fewer_codes(font):
    data = font.ToUnicode.read_bytes()
    font.ToUnicode.write(re.sub(rb"\n<[0-9a-f]+> <[0-9a-f]+>", b"", data))


def widths(font):
    font.DescendantFonts[0].W = Array([0, Array([700] * 2000)])


def broken_program(font):
    font.DescendantFonts[0].FontDescriptor.FontFile2.write(b"no font")


def no_glyph_table(font):
    del font.DescendantFonts[0]["/CIDToGIDMap"]


def other_encoding(font):
    font.Encoding = Name("/UniGB-UCS2-H")


def shown(code):
    """A code of a font that has no such glyph."""

    def act(pdf):
        named = composite(pdf)
        drawn(pdf, b"BT /New 9 Tf <" + code + b"> Tj ET", Font={"/New": named})

    return act


def standard_font(pdf):
    made = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    made.Encoding = Name.WinAnsiEncoding
    drawn(pdf, b"BT /New 9 Tf (text) Tj ET", Font={"/New": made})


def invisible_font(pdf):
    made = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    made.Encoding = Name.WinAnsiEncoding
    drawn(pdf, b"BT 3 Tr /New 9 Tf (text) Tj ET", Font={"/New": made})


def pictured(**entries):
    def act(pdf):
        one = picture(pdf, **entries)
        drawn(pdf, b"/New Do", XObject={"/New": pdf.make_indirect(one)})

    return act


def formed(**entries):
    def act(pdf):
        one = form(pdf, b"", **entries)
        drawn(pdf, b"/New Do", XObject={"/New": pdf.make_indirect(one)})

    return act


def stated(**entries):
    return lambda pdf: drawn(pdf, b"/New gs", ExtGState={"/New": Dictionary(**entries)})


def draws(content):
    return lambda pdf: drawn(pdf, content)


def postscript(pdf):
    made = Stream(pdf, b"showpage", Type=Name.XObject, Subtype=Name.PS)
    drawn(pdf, b"/New Do", XObject={"/New": made})


def lzw(pdf):
    pdf.Root.Extra = Stream(pdf, b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", Filter=Name.LZWDecode)


def elsewhere(pdf):
    pdf.Root.Extra = Stream(pdf, b"", F=String("elsewhere.dat"))


def action(**entries):
    def act(pdf):
        pdf.Root.OpenAction = Dictionary(**entries)

    return act


def attached(**entries):
    def act(pdf):
        file = Stream(pdf, b"a,b", Type=Name.EmbeddedFile, Subtype=Name("/text/csv"))
        said = {"F": String("a.csv"), "UF": String("a.csv"), "AFRelationship": Name.Data}
        said |= {"EF": Dictionary(F=file)} | entries
        found = Dictionary({f"/{key}": value for key, value in said.items() if value})
        held = pdf.make_indirect(found)
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a"), held])))
        if "Loose" not in entries:
            pdf.Root.AF = Array([held])

    return act


def own_action(pdf):
    pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.GoTo, D=Array([])))


def launch(pdf):
    links(pdf)[0].A = Dictionary(S=Name.Launch, F=String("x.exe"))


def no_profile(pdf):
    del pdf.Root.OutputIntents


BOTH = "PDF/UA-1, {}; PDF/A-3u, {}: "
TEXT = BOTH.format("7.21.7", "6.2.11.7.2")
RULES = [
    (root(MarkInfo=None), ["UA-1, 6.2: .*does not say that it is tagged"]),
    (root(MarkInfo=Dictionary(Marked=True, Suspects=True)), ["UA-1, 7.1: .*Suspects"]),
    (root(Lang=None), ["UA-1, 7.2: .*its language is missing"]),
    (root(Lang=String("no language")), ["UA-1, 7.2: .*no language code"]),
    (root(ViewerPreferences=None), ["UA-1, 7.1: .*DisplayDocTitle"]),
    (root(Outlines=None), ["UA-1, 7.17: .*no outline"]),
    (root(Metadata=None), ["UA-1, 5; PDF/A-3u, 6.6.2.1: .*no metadata"]),
    (root(AcroForm=Dictionary(XFA=String("x"))), ["UA-1, 7.15; PDF/A-3u, 6.4.2: .*XFA"]),
    (root(AcroForm=Dictionary(NeedAppearances=True)), ["A-3u, 6.4.1: .*NeedAppearances"]),
    (root(Requirements=Array([1])), ["A-3u, 6.11: .*Requirements"]),
    (root(NeedsRendering=True), ["A-3u, 6.4.2: .*NeedsRendering"]),
    (root(OCProperties=Dictionary(D=Dictionary())), ["UA-1, 7.10; PDF/A-3u, 6.9: .*no name"]),
    (no_id, ["A-3u, 6.1.3: .*no ID"]),
    (meta(b"<pdfuaid:part>1</pdfuaid:part>", b""), ["UA-1, 5: .*keeps PDF/UA-1"]),
    (meta(b"<pdfaid:part>3", b"<pdfaid:part>2"), ["A-3u, 6.6.4: .*keeps PDF/A-3u"]),
    (meta(b">U</pdfaid", b">A</pdfaid"), ["A-3u, 6.6.4: .*keeps PDF/A-3u"]),
    (undescribed, ["A-3u, 6.6.2.3.2: .*does not describe http://www.aiim.org/pdfua/ns/id/"]),
    (meta(b"<dc:title>", b"<dc:oops>"), ["5; PDF/A-3u, 6.6.2.1: .*its metadata cannot be read"]),
    (info(Title="Another"), ["A-3u, 6.6.2: .*it says Title 'Another', and its metadata 'ACRL"]),
    (info(Author="Nobody"), ["A-3u, 6.6.2: .*it says Author"]),
    (info(Producer="Another"), ["A-3u, 6.6.2: .*it says Producer"]),
    (info(Subject="Board"), ["A-3u, 6.6.2: .*it says Subject 'Board', and its metadata 'nothing"]),
    (info(ModDate="D:20240119150001Z"), ["A-3u, 6.6.2: .*it says ModDate"]),
    (info(ModDate="D:20240119170000+02'00'"), []),
    (font(not_embedded), [BOTH.format("7.21.4.1", "6.2.11.4.1") + ".*it is not embedded"]),
    (font(no_unicode), [TEXT + ".*which text its codes mean"]),
    (font(unicode_of(b"0000")), [TEXT + r".*code \d+ means no text"]),
    (font(unicode_of(b"feff")), [TEXT + r".*code \d+ means no text"]),
    (font(unicode_of(b"fffe")), [TEXT + r".*code \d+ means no text"]),
    (font(fewer_codes), [TEXT + r".*code \d+ means no text"]),
    (font(widths), [BOTH.format("7.21.5", "6.2.11.5") + r".*code \d+ is 700 wide by the PDF"]),
    (font(broken_program), ["6.2.11.4.1: .*it cannot be read"]),
    (font(no_glyph_table), ["7.21.3.2; PDF/A-3u, 6.2.11.3.2: .*which glyph a number means"]),
    (font(other_encoding), ["6.2.11.4.1: .*UniGB-UCS2-H is none that this checker reads"]),
    (shown(b"0000"), ["7.21.8; PDF/A-3u, 6.2.11.8: .*code 0 shows no char", "code 0 means no"]),
    (shown(b"fff0"), ["7.21.4.1; .*it has no glyph for code 65520", "code 65520 means no text"]),
    (standard_font, ["7.21.4.1; PDF/A-3u, 6.2.11.4.1: .*font Helvetica: it is not embedded"]),
    (invisible_font, []),
    (no_profile, ["A-3u, 6.2.4.3: page 1: DeviceRGB is used without"]),
    (draws(b"0 0 0 1 k 0 0 1 1 re f"), [r"A-3u, 6.2.4.3: page \d: DeviceCMYK is used"]),
    (draws(b"0 0 0 1 k 0 g 0 0 1 1 re f"), []),
    (draws(b"/Mine cs 0 0 1 1 re f"), ["6.2.4.3: .*an unknown colour space is used"]),
    (draws(b"strange"), [r"A-3u, 6.2.2: page \d: it has an operator strange"]),
    (draws(b"/Nowhere Do"), [r"A-3u, 6.2.2: page \d: /Nowhere is not in its resources"]),
    (draws(b"Q Q Q"), [r"A-3u, 6.2.2: page \d: it restores its state"]),
    (draws(b"q " * 40 + b"Q " * 40), [r"A-3u, 6.1.13: page \d: .*28 times"]),
    (pictured(), []),
    (pictured(ColorSpace=Name.DeviceCMYK), [r"6.2.4.3: page \d: DeviceCMYK is used"]),
    (pictured(Interpolate=True), [r"A-3u, 6.2.8: picture \(object \d+\): .*Interpolate"]),
    (pictured(Alternates=Array([])), ["A-3u, 6.2.8: .*Alternates"]),
    (pictured(OPI=Dictionary()), ["A-3u, 6.2.9: .*OPI"]),
    (formed(Ref=Dictionary()), ["A-3u, 6.2.9.2: .*Ref"]),
    (formed(Subtype2=Name.PS), ["A-3u, 6.2.9.3: .*PostScript"]),
    (postscript, ["A-3u, 6.2.9.3: .*PostScript"]),
    (stated(TR=Name.Identity), ["A-3u, 6.2.5: .*TR"]),
    (stated(BM=Name.Strange), ["A-3u, 6.2.10: .*/Strange"]),
    (stated(BM=Name.Multiply, ca=0.5), []),
    (lzw, ["A-3u, 6.1.7.2: .*LZW"]),
    (elsewhere, ["A-3u, 6.1.7.1: .*in another file"]),
    (action(S=Name.JavaScript, JS=String("1")), ["A-3u, 6.5.1: .*/JavaScript is not allowed"]),
    (action(S=Name.Named, N=Name.Print), ["A-3u, 6.5.1: .*/Print is not allowed"]),
    (action(S=Name.Named, N=Name.NextPage), []),
    (
        action(S=Name.GoTo, Next=Array([Dictionary(S=Name.Sound)])),
        ["A-3u, 6.5.1: .*/Sound is not allowed"],
    ),
    (launch, ["A-3u, 6.5.1: .*/Launch is not allowed"]),
    (own_action, ["A-3u, 6.5.2: .*happen by themselves"]),
    (attached(), []),
    (attached(AFRelationship=None), ["A-3u, 6.8: embedded file a.csv .*what it is"]),
    (attached(UF=None), ["A-3u, 6.8: .*its name must be there twice"]),
    (attached(Loose=True), ["A-3u, 6.8: .*belongs to it"]),
]


@pytest.mark.parametrize(("act", "expected"), RULES)
def test_what_is_broken_is_named_and_nothing_else(small_packet, act, expected):
    with pikepdf.open(BytesIO(small_packet)) as pdf:
        act(pdf)
        found = problems(pdf)
    for words in expected:
        assert any(re.search(words, line) for line in found), (words, found)
    assert [line for line in found if not any(re.search(w, line) for w in expected)] == []
    assert bool(found) == bool(expected)


def test_an_encrypted_file_is_no_archive(small_packet):
    locked = BytesIO()
    with pikepdf.open(BytesIO(small_packet)) as pdf:
        allow = pikepdf.Permissions(accessibility=True)
        pdf.save(locked, encryption=pikepdf.Encryption(owner="x", user="", allow=allow))
    with pikepdf.open(locked) as pdf:
        assert problems(pdf) == ["PDF/A-3u, 6.1.3: the file: it is encrypted"]
        assert kept(pdf) == ("PDF/UA-1",)


def test_what_cannot_be_read_keeps_no_standard(small_packet):
    with pikepdf.open(BytesIO(small_packet)) as pdf:
        pdf.Root.StructTreeRoot.ParentTree.Nums[0] = Name.Oops
        (line,) = problems(pdf)
        assert line.startswith("PDF/UA-1, 7.1; PDF/A-3u, 6.1.1: the file: it cannot be checked")
        assert kept(pdf) == ()
