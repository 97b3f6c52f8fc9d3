"""What a PDF says of itself: title, dates, and the standards that it keeps."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

PRODUCER = "Groundswell"
PDF_UA = "PDF/UA-1"
PDF_A = "PDF/A-3u"


@dataclass(frozen=True)
class Facts:
    """What a file says of itself. `published` is its date in UTC as `2024-01-19T15:00:00Z`, or
    empty; `claims` are the standards that it keeps.
    """

    title: str
    author: str
    language: str
    published: str = ""
    claims: tuple[str, ...] = (PDF_UA, PDF_A)


def describe(pdf: Pdf, facts: Facts) -> None:
    """Write the facts where readers and archives look for them: twice, saying the same."""
    info = pdf.docinfo
    info[Name.Title] = String(facts.title)
    info[Name.Author] = String(facts.author)
    info[Name.Producer] = String(PRODUCER)
    if facts.published:
        day = "D:" + "".join(filter(str.isdigit, facts.published)) + "Z"
        info[Name.CreationDate] = info[Name.ModDate] = String(day)
    packet = Stream(pdf, _xmp(facts).encode())
    packet.Type, packet.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(packet)
    profile = Stream(pdf, _srgb())
    profile.N = 3
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB2014"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=pdf.make_indirect(profile),
            )
        ]
    )


@cache
def _srgb() -> bytes:
    """The International Color Consortium's free sRGB profile, which comes with WeasyPrint."""
    return (files("weasyprint") / "pdf" / "sRGB2014.icc").read_bytes()


def _xmp(facts: Facts) -> str:
    claims = ""
    if PDF_UA in facts.claims:
        claims += "<pdfuaid:part>1</pdfuaid:part>"
    if PDF_A in facts.claims:
        claims += "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
    if PDF_UA in facts.claims and PDF_A in facts.claims:
        claims += _EXTENSION
    dates = ""
    if facts.published:
        dates = (
            f"<xmp:CreateDate>{facts.published}</xmp:CreateDate>"
            f"<xmp:ModifyDate>{facts.published}</xmp:ModifyDate>"
        )
    return _PACKET.format(
        title=escape(facts.title),
        author=escape(facts.author),
        language=escape(facts.language),
        producer=PRODUCER,
        dates=dates,
        claims=claims,
    )


# PDF/A knows no property of PDF/UA: a file that keeps both describes it (ISO 19005-3, 6.6.2.3).
_EXTENSION = """<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of PDF/UA that the file keeps</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>"""

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
{dates}{claims}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
