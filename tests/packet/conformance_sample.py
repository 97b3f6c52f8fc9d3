"""A small packet to break: headings, tables, a list, a chart, links and an outline."""

from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from tests.packet.packet_full import progress
from tests.packet.packet_sample import packet, petition_document, roster


def small() -> dict[str, Any]:
    """A petition with a front."""
    context = packet()
    document = petition_document() | {"charts": {"signatures": progress()}, "roster": roster(3)}
    del document["action_form"]
    context["documents"] = [document]
    context["inventory"] = context["inventory"][1:2]
    context["docket"] = context["docket"][5:6]
    return context


def elements(pdf: Pdf, kind: str) -> list[Any]:
    """The structure elements of a kind, in the order of the file's objects."""
    return [
        item
        for item in pdf.objects
        if isinstance(item, Dictionary)
        and item.get(Name.Type) == Name.StructElem
        and item.get(Name.S) == Name(f"/{kind}")
    ]


def links(pdf: Pdf) -> list[Any]:
    """The links on its pages."""
    return [note for page in pdf.pages for note in page.obj.get(Name.Annots, [])]


def composite(pdf: Pdf) -> Any:
    """A font of the last page."""
    fonts = pdf.pages[-1].obj.Resources.Font
    return fonts[sorted(name for name in dict(fonts) if "Margin" not in name)[0]]


def drawn(pdf: Pdf, content: bytes, **resources: Any) -> None:
    """Draw something on the last page as an artifact; `resources` are added to those it has."""
    page = pdf.pages[-1]
    own = Dictionary(page.obj.Resources)
    for kind, named in resources.items():
        own[f"/{kind}"] = Dictionary({**dict(own.get(f"/{kind}", {}).items()), **named})
    page.obj.Resources = own
    page.contents_add(b"/Artifact BMC q " + content + b" Q EMC")


def form(pdf: Pdf, content: bytes, **entries: Any) -> Any:
    """A form XObject that draws something."""
    made = pikepdf.Stream(pdf, content)
    made.Type, made.Subtype = Name.XObject, Name.Form
    made.BBox = Array([0, 0, 100, 100])
    made.Resources = Dictionary()
    for name, value in entries.items():
        made[f"/{name}"] = value
    return made


def picture(pdf: Pdf, **entries: Any) -> Any:
    """A picture of one grey dot."""
    made = pikepdf.Stream(pdf, b"\x80")
    made.Type, made.Subtype = Name.XObject, Name.Image
    made.Width = made.Height = 1
    made.BitsPerComponent, made.ColorSpace = 8, Name.DeviceGray
    for name, value in entries.items():
        made[f"/{name}"] = value
    return made


def said(pdf: Pdf, old: bytes, new: bytes) -> None:
    """Change what the metadata says."""
    data = pdf.Root.Metadata.read_bytes()
    assert old in data
    pdf.Root.Metadata.write(data.replace(old, new))


def objects(pdf: Pdf) -> Iterator[Any]:
    """The file's dictionaries."""
    return (item for item in pdf.objects if isinstance(item, Dictionary))
