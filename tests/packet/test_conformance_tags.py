"""The checker names what is broken, and nothing else: tags, headings, tables, lists, notes."""

import re
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from chalicelib.pdfcheck.check import problems
from tests.packet.conformance_sample import drawn, elements, form, links


def leaves(pdf):
    """Elements that hold content themselves."""
    return [one for one in elements(pdf, "Span") if isinstance(one.K[0], int)]


def a_new_kind(pdf):
    elements(pdf, "P")[0].S = Name.Paragraph


def mapped(kind, role):
    def act(pdf):
        elements(pdf, "P")[0].S = Name(kind)
        pdf.Root.StructTreeRoot.RoleMap = Dictionary(role)

    return act


def remap(pdf):
    pdf.Root.StructTreeRoot.RoleMap = Dictionary(P=Name.H1)


def no_tree(pdf):
    del pdf.Root.StructTreeRoot
    for page in pdf.pages:
        page.obj.Annots = Array()


def no_h1(pdf):
    for element in elements(pdf, "H1"):
        element.S = Name.P


def skip(pdf):
    elements(pdf, "H2")[0].S = Name.H4


def plain_heading(pdf):
    elements(pdf, "P")[0].S = Name.H


def no_words(pdf):
    del elements(pdf, "Figure")[0].Alt


def no_scope(pdf):
    del elements(pdf, "TH")[0].A.Scope


def not_in(kind, other):
    def act(pdf):
        elements(pdf, kind)[-1].S = Name(f"/{other}")

    return act


def short_row(pdf):
    row = elements(pdf, "TR")[-1]
    cell = row.K[-1]
    cell.P = row.P.P.P
    cell.S = Name.P
    row.P.P.P.K.append(cell)
    row.K = Array(list(row.K)[:-1])


def wide_cell(pdf):
    cell = elements(pdf, "TD")[-1]
    cell.A = Dictionary(O=Name.Table, ColSpan=3)


def high_cell(pdf):
    row = elements(pdf, "TR")[-2]
    row.K[0].A = Dictionary(O=Name.Table, RowSpan=2, Scope=Name.Row)


def a_note(pdf):
    elements(pdf, "P")[0].S = Name.Note


def language(pdf):
    elements(pdf, "P")[0].Lang = String("English, please")


def orphan(pdf):
    """An element that its parent does not know."""
    element = leaves(pdf)[0]
    kids = element.P.K
    element.P.K = Array([kid for kid in kids if kid.objgen != element.objgen])


def twice(pdf):
    element = elements(pdf, "H1")[0]
    element.P.K.append(element)


def stranger(pdf):
    first, second = elements(pdf, "P")[:2]
    first.P = second


def other_mark(pdf):
    element = leaves(pdf)[0]
    element.K[0] = 999


def parent_tree(pdf):
    page = pdf.pages[0].obj
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    for at in range(0, len(numbers), 2):
        if numbers[at] == page.StructParents:
            numbers[at + 1][0] = numbers[at + 1][-1]


def shared(pdf):
    first, second = leaves(pdf)[:2]
    second.K.append(Dictionary(Type=Name.MCR, MCID=first.K[0], Pg=first.Pg))


def add(content):
    def act(pdf):
        pdf.pages[0].contents_add(content)

    return act


def add_form(outside, inside, times=1):
    def act(pdf):
        page = pdf.pages[0]
        name = page.add_resource(form(pdf, inside), Name.XObject)
        page.contents_add(outside.replace(b"/X", str(name).encode()) * times)

    return act


def within(inner):
    """Something in the midst of tagged content."""

    def act(pdf):
        page = pdf.pages[0]
        page.contents_coalesce()
        data = page.obj.Contents.read_bytes()
        page.obj.Contents.write(re.sub(rb"(/MCID \d+\s*>>\s*BDC)", rb"\1 " + inner, data, count=1))

    return act


def tag_in_artifact(pdf):
    pdf.pages[0].contents_add(b"/Artifact BMC /Span <</MCID 0>> BDC EMC EMC")


def note(name, value=None, number=0):
    def act(pdf):
        one = links(pdf)[number]
        if value is None:
            del one[name]
        else:
            one[name] = value

    return act


def tabs(pdf):
    page = next(page for page in pdf.pages if page.obj.get(Name.Annots))
    del page.obj.Tabs


def not_a_link(pdf):
    elements(pdf, "Link")[0].S = Name.Span


def no_reference(pdf):
    link = elements(pdf, "Link")[0]
    link.K = Array([kid for kid in link.K if not isinstance(kid, Dictionary)])


LINK = r"page \d+, Link \(object \d+\): "
RULES = [
    (no_tree, ["7.1: .*it has no structure tree", "MCID .* leads to no element"]),
    (a_new_kind, ["7.1: .*/Paragraph is no standard type"]),
    (
        mapped("/Text", {"/Text": Name.Words}),
        ["7.1: .*leads /Text to no standard type", "7.1: .*/Text is no standard type"],
    ),
    (
        mapped("/A", {"/A": Name.B, "/B": Name.A}),
        [".*leads /A to no standard", ".*leads /B to no standard", ".*/A is no standard type"],
    ),
    (remap, ["7.1: .*role map gives /P another meaning"]),
    (no_h1, [r"7.4.2: page 2, H2 \(object \d+\): the first heading is not H1"]),
    (skip, [r"7.4.2: .*H4 \(object \d+\): it follows H\d, so it skips a level"]),
    (plain_heading, ["7.4.4: .*both H and numbered headings"]),
    (no_words, [r"7.3: page \d, Figure \(object \d+\): it has no alternative text"]),
    (no_scope, [r"7.5: page \d, TH \(object \d+\): it has no Scope"]),
    (not_in("TR", "Div"), ["7.2: .*it holds Div", "7.2: .*T[HD] .*it stands in Div"]),
    (not_in("TD", "P"), [r"7.2: .*TR \(object \d+\): it holds P"]),
    (not_in("LBody", "P"), [r"7.2: .*LI \(object \d+\): it holds P"]),
    (not_in("L", "Div"), ["7.2: .*LI .*it stands in Div"]),
    (short_row, ["7.2: .*TR .*it has 3 columns, and the first row of its table 4"]),
    (wide_cell, ["7.2: .*TR .*it has 6 columns, and the first row of its table 4"]),
    (high_cell, ["7.2: .*TR .*it has 5 columns, and the first row of its table 4"]),
    (a_note, ["7.9: .*its ID is missing"]),
    (language, ["7.2: .*its language is no language code"]),
    (orphan, ["7.1: page 1: MCID .* leads to no element"]),
    (twice, ["7.1: .*it stands twice in the structure tree"]),
    (stranger, ["7.1: .*it does not name the element above it"]),
    (other_mark, ["7.1: .*its MCID 999 is on no page", "7.1: .*Span .*it does not name MCID"]),
    (parent_tree, ["7.1: page 1, .*it does not name MCID 0 back"]),
    (shared, ["7.1: .*belongs to another element too"]),
    (add(b"0 0 m 1 1 l S"), ["7.1: page 1: a line or area is neither tagged nor an artifact"]),
    (add(b"0 0 1 1 re f"), ["7.1: page 1: a line or area is neither"]),
    (add(b"0 0 1 1 re n /P BMC EMC"), []),
    (add(b"BI /W 1 /H 1 /CS /G /BPC 8 ID x EI"), ["7.1: page 1: a picture is neither"]),
    (add(b"EMC"), ["7.1; PDF/A-3u, 6.2.2: page 1: it closes marked content that it did not"]),
    (add(b"/Artifact BMC"), ["7.1; PDF/A-3u, 6.2.2: page 1: it opens marked content that"]),
    (add(b"/P <</MCID 0>> BDC EMC"), ["7.1: page 1: MCID 0 is used twice"]),
    (add_form(b"/X Do ", b"0 0 1 1 re f"), ["7.1: page 1: a line or area is neither"]),
    (add_form(b"/Artifact BMC /X Do EMC ", b"0 0 1 1 re f", 2), []),
    (add_form(b"/X Do ", b"/Artifact BMC 0 0 1 1 re f EMC"), []),
    (
        add_form(b"/Artifact BMC /X Do EMC ", b"/P <</MCID 0>> BDC EMC"),
        ["7.1: .*tagged content stands inside an artifact", "MCID 0 leads to no element"],
    ),
    (within(b"/Artifact BMC EMC"), ["7.1: page 1: an artifact stands inside tagged content"]),
    (
        tag_in_artifact,
        ["page 1: tagged content stands inside an artifact", "MCID 0 is used twice"],
    ),
    (note("/Contents"), [f"7.18.5: {LINK}it has no words"]),
    (note("/StructParent"), [f"7.18.5: {LINK}it leads to no element"]),
    (note("/StructParent", 10**6), [f"7.18.5: {LINK}it leads to no element"]),
    (no_reference, [f"7.18.5: {LINK}Link .* does not name it back"]),
    (not_a_link, [f"7.18.5: {LINK}it stands in Span"]),
    (tabs, ["7.18.3: page 2: it has notes, and the tab key does not follow"]),
    (note("/F"), [f"A-3u, 6.3.2: {LINK}it is not printed"]),
    (note("/F", 6), [f"A-3u, 6.3.2: {LINK}it is hidden"]),
    (note("/F", 36), [f"A-3u, 6.3.2: {LINK}it is hidden"]),
    (
        note("/Subtype", Name.Screen),
        ["6.3.1: .*/Screen are not allowed", "6.3.3: .*how it looks", "7.18.1: .*stands in Link"],
    ),
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


def test_a_picture_of_text_without_tags_is_found_under_a_name(small_packet):
    with pikepdf.open(BytesIO(small_packet)) as pdf:
        drawn(pdf, b"0 0 m 1 1 l S")
        assert problems(pdf) == []
