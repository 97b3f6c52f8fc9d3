"""What a whole PDF says of itself, and what an archive forbids in it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pikepdf import Name, Pdf, Stream

from chalicelib.packet.metadata import PDF_A, PDF_UA
from chalicelib.pdfcheck.color import CMYK, GRAY, RGB
from chalicelib.pdfcheck.content import Contents
from chalicelib.pdfcheck.tree import LANGUAGE
from chalicelib.pdfcheck.words import Problem, mapping, several, text

_DC, _XMP = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/"
_PDF, _PDF_UA = "http://ns.adobe.com/pdf/1.3/", "http://www.aiim.org/pdfua/ns/id/"
_PDF_A = "http://www.aiim.org/pdfa/ns/id/"
# What needs no description in the file itself.
_KNOWN = {
    *(_DC, _XMP, _PDF, _PDF_A),
    "http://ns.adobe.com/xap/1.0/mm/",
    "http://ns.adobe.com/xap/1.0/rights/",
    "http://ns.adobe.com/xap/1.0/bj/",
    "http://ns.adobe.com/xap/1.0/t/pg/",
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "http://ns.adobe.com/photoshop/1.0/",
    "http://ns.adobe.com/tiff/1.0/",
    "http://ns.adobe.com/exif/1.0/",
    "http://www.aiim.org/pdfa/ns/extension/",
}
# What the information dictionary and the metadata both say.
_TWICE = {
    "Title": f"{{{_DC}}}title",
    "Author": f"{{{_DC}}}creator",
    "Subject": f"{{{_DC}}}description",
    "Keywords": f"{{{_PDF}}}Keywords",
    "Creator": f"{{{_XMP}}}CreatorTool",
    "Producer": f"{{{_PDF}}}Producer",
    "CreationDate": f"{{{_XMP}}}CreateDate",
    "ModDate": f"{{{_XMP}}}ModifyDate",
}
_MOMENT = re.compile(
    r"(?:D:)?(\d{4})-?(\d\d)?-?(\d\d)?T?(\d\d)?:?(\d\d)?:?(\d\d)?(?:\.\d+)?"
    r"(?:Z|([+-])(\d\d)[:']?(\d\d)?'?)?(?:00'00'?)?"
)
_CHANNELS = {1: {GRAY}, 3: {GRAY, RGB}, 4: {GRAY, CMYK}}


def catalogue(pdf: Pdf) -> Iterator[Problem]:
    """What the file's first dictionary says to those who read it aloud."""
    root = pdf.Root
    marks = mapping(root.get(Name.MarkInfo))
    shown = mapping(root.get(Name.ViewerPreferences)).get(Name.DisplayDocTitle)
    has_language = LANGUAGE.fullmatch(text(root.get(Name.Lang)))
    for clause, wrong, words in (
        ("6.2", marks.get(Name.Marked) is not True, "it does not say that it is tagged (Marked)"),
        ("7.1", marks.get(Name.Suspects) is True, "it says that its tags may be wrong (Suspects)"),
        ("7.2", not has_language, "its language is missing or no language code"),
        ("7.1", shown is not True, "a reader would not show its title (DisplayDocTitle)"),
        ("7.17", Name.First not in mapping(root.get(Name.Outlines)), "it has no outline"),
    ):
        if wrong:
            yield Problem(words, ua=clause)
    yield from _archived(pdf)


def _archived(pdf: Pdf) -> Iterator[Problem]:
    root = pdf.Root
    form = mapping(root.get(Name.AcroForm))
    if Name.XFA in form:
        yield Problem("it is a form that a program draws (XFA)", "7.15", "6.4.2")
    if form.get(Name.NeedAppearances):
        yield Problem("its fields are drawn by whoever opens it (NeedAppearances)", a="6.4.1")
    if pdf.is_encrypted and not pdf.allow.accessibility:
        yield Problem("it is locked against screen readers", ua="7.16")
    if pdf.is_encrypted:
        yield Problem("it is encrypted", a="6.1.3")
    if len(several(pdf.trailer.get(Name.ID))) != 2:
        yield Problem("its trailer has no ID", a="6.1.3")
    for name, words, clause in (
        (Name.Requirements, "it asks for abilities of its reader (Requirements)", "6.11"),
        (Name.NeedsRendering, "it is drawn by a program (NeedsRendering)", "6.4.2"),
        (Name.Perms, "it has rights of use (Perms)", "6.1.12"),
        (Name.AA, "it has actions that happen by themselves", "6.5.2"),
    ):
        if root.get(name):
            yield Problem(words, a=clause)
    if Name.AlternatePresentations in mapping(root.get(Name.Names)):
        yield Problem("it has alternate presentations", a="6.10")
    yield from _layers(mapping(root.get(Name.OCProperties)))


def _layers(layers: Any) -> Iterator[Problem]:
    for setting in several(layers.get(Name.D)) + several(layers.get(Name.Configs)):
        if not text(mapping(setting).get(Name.Name)):
            yield Problem("a setting of its layers has no name", "7.10", "6.9")
        if Name.AS in mapping(setting):
            yield Problem("its layers come and go by themselves (AS)", "7.10", "6.9")


def metadata(pdf: Pdf) -> Iterator[Problem]:
    """The metadata in XMP, and whether the information dictionary says the same."""
    stream = pdf.Root.get(Name.Metadata)
    if not isinstance(stream, Stream):
        yield Problem("it has no metadata", "5", "6.6.2.1")
        return
    try:
        said = dict(pdf.open_metadata(strict=True, set_pikepdf_as_editor=False))
    except Exception as error:  # noqa: BLE001 - whatever the reader of XML raises
        yield Problem(f"its metadata cannot be read ({error})", "5", "6.6.2.1")
        return
    if said.get(f"{{{_PDF_UA}}}part") != "1":
        yield Problem(f"its metadata does not say that it keeps {PDF_UA}", ua="5")
    if not text(said.get(f"{{{_DC}}}title")):
        yield Problem("its metadata has no title (dc:title)", ua="7.1")
    level = (said.get(f"{{{_PDF_A}}}part"), said.get(f"{{{_PDF_A}}}conformance"))
    if level != ("3", "U"):
        yield Problem(f"its metadata does not say that it keeps {PDF_A}", a="6.6.4")
    raw = stream.read_bytes()
    for space in sorted({name[1:].partition("}")[0] for name in said} - _KNOWN):
        if not re.search(rb"namespaceURI\s*[>=]\s*[\"']?\s*" + re.escape(space.encode()), raw):
            yield Problem(f"its metadata does not describe {space}", a="6.6.2.3.2")
    for name, other in _TWICE.items():
        here = text(pdf.docinfo.get(Name(f"/{name}"))) if Name.Info in pdf.trailer else ""
        there = said.get(other, "")
        there = ", ".join(there) if isinstance(there, list | set) else str(there).strip()
        moments = name.endswith("Date")
        same = _moment(here) == _moment(there) if moments else here == there
        if here and not same:
            words = f"it says {name} {here!r}, and its metadata {there or 'nothing'!r}"
            yield Problem(words, a="6.6.2")


def _moment(said: str) -> datetime | None:
    found = _MOMENT.fullmatch(said.strip())
    if not found:
        return None
    year, month, date, *clock = found.groups()[:6]
    sign, hours, minutes = found.groups()[6:]
    away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        hour, minute, second = (int(n or 0) for n in clock)
        day = datetime(int(year), int(month or 1), int(date or 1), tzinfo=UTC)
        at = day + timedelta(hours=hour, minutes=minute, seconds=second)
        return at + away if sign == "-" else at - away
    except (ValueError, OverflowError):
        return None


def colours(pdf: Pdf, contents: Contents) -> Iterator[Problem]:
    """Device colours need the profile of the device that is meant."""
    profiles = set()
    for intent in map(mapping, several(pdf.Root.get(Name.OutputIntents))):
        profile = intent.get(Name.DestOutputProfile)
        if intent.get(Name.S) == Name.GTS_PDFA1 and isinstance(profile, Stream):
            profiles.add(profile.objgen)
            given = _CHANNELS.get(int(profile.get(Name.N, 0)), set())
            if profile.read_bytes()[36:40] != b"acsp":
                yield Problem("the profile of its output intent is no ICC profile", a="6.2.3")
    if len(profiles) > 1:
        yield Problem("its output intents have different profiles", a="6.2.3")
    for name, page in sorted(contents.devices.items()):
        if not profiles or name not in given:
            words = f"{name} is used without an output intent that says how it looks"
            yield Problem(words, a="6.2.4.3", page=page)
    for state, page in contents.states.values():
        yield from _state(state, page)
        if not profiles and _is_clear(state):
            yield Problem("it is transparent without an output intent", a="6.2.10", page=page)


def _is_clear(state: Any) -> bool:
    alphas = [float(state.get(name, 1)) for name in (Name.ca, Name.CA)]
    return min(alphas) < 1 or state.get(Name.SMask, Name("/None")) != Name("/None")


def _state(state: Any, page: int) -> Iterator[Problem]:
    for name in (Name.TR, Name.HTP):
        if name in state:
            yield Problem(f"a graphics state has {name}", a="6.2.5", page=page)
    if state.get(Name.TR2, Name.Default) != Name.Default:
        yield Problem("a graphics state has TR2", a="6.2.5", page=page)
    modes = {str(mode) for mode in several(state.get(Name.BM, Name.Normal))}
    if modes - _BLENDS:
        yield Problem(f"it mixes colours by {sorted(modes)[0]}", a="6.2.10", page=page)


_BLENDS = {
    f"/{name}"
    for name in "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn "
    "HardLight SoftLight Difference Exclusion Hue Saturation Color Luminosity".split()
}
