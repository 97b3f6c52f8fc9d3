"""What an archive forbids in any object of a PDF: content elsewhere, actions, hidden pictures."""

from collections.abc import Iterator
from typing import Any

from pikepdf import Dictionary, Name, Pdf, Stream

from chalicelib.pdfcheck.words import Key, Problem, dictionaries, key_of, several, text, thing

_FORBIDDEN = set(
    "/Launch /Sound /Movie /ResetForm /ImportData /Hide /SetOCGState /Rendition /Trans /GoTo3DView "
    "/JavaScript /RichMediaExecute /SetState /NOP".split()
)
_NAMED = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
_RELATIONS = set("/Source /Data /Alternative /Supplement /Unspecified /EncryptedPayload".split())


def archive(pdf: Pdf) -> Iterator[Problem]:
    """What is in a file that must not be, or not so."""
    files: list[Any] = []
    associated: set[Key] = set()
    for item in dictionaries(pdf):
        if isinstance(item, Stream):
            yield from _stream(item)
        elif Name.EF in item:
            files.append(item)
        if Name.AF in item:
            associated |= {key_of(one) for one in several(item.AF)}
        if Name.AA in item:
            yield _of("dictionary", item, "it has actions that happen by themselves", "6.5.2")
        for name in (Name.A, Name.OpenAction, Name.Next, Name.PA):
            for action in several(item.get(name)):
                if isinstance(action, Dictionary):
                    yield from _action(action)
        if Name.PresSteps in item:
            yield _of("page", item, "it has steps of a presentation", "6.10")
    for file in files:
        yield from _file(file, associated)


def _of(kind: str, item: Any, words: str, clause: str) -> Problem:
    return Problem(words, a=clause, thing=thing(kind, item))


def _action(action: Any) -> Iterator[Problem]:
    kind = str(action.get(Name.S, ""))
    if kind in _FORBIDDEN:
        yield _of("action", action, f"{kind} is not allowed", "6.5.1")
    elif kind == "/Named" and str(action.get(Name.N, "")) not in _NAMED:
        yield _of("action", action, f"{action.get(Name.N)} is not allowed", "6.5.1")


def _stream(stream: Any) -> Iterator[Problem]:
    kind = str(stream.get(Name.Subtype, "")).removeprefix("/")
    name = {"Image": "picture", "Form": "form"}.get(kind, "stream")
    if any(key in stream for key in (Name.F, Name.FFilter, Name.FDecodeParms)):
        yield _of(name, stream, "its content is in another file", "6.1.7.1")
    for packing in map(str, several(stream.get(Name.Filter))):
        if packing in ("/LZWDecode", "/LZW"):
            yield _of(name, stream, "it is packed with LZW", "6.1.7.2")
        elif packing == "/Crypt":
            yield _of(name, stream, "it is encrypted", "6.1.7.2")
        elif packing == "/JPXDecode":
            yield _of(name, stream, "this checker does not read JPEG 2000", "6.2.8.3")
    if kind not in ("Image", "Form", "PS"):
        return
    if kind == "PS" or Name.PS in stream or stream.get(Name.Subtype2) == Name.PS:
        yield _of(name, stream, "it is PostScript", "6.2.9.3")
    if Name.OPI in stream:
        yield _of(name, stream, "it stands for a picture elsewhere (OPI)", "6.2.9")
    if Name.Ref in stream:
        yield _of(name, stream, "it stands for pages of another file (Ref)", "6.2.9.2")
    if Name.Alternates in stream:
        yield _of(name, stream, "it has other pictures behind it (Alternates)", "6.2.8")
    if stream.get(Name.Interpolate):
        yield _of(name, stream, "it is to be smoothed (Interpolate)", "6.2.8")


def _file(file: Any, associated: set[Key]) -> Iterator[Problem]:
    name = text(file.get(Name.UF)) or text(file.get(Name.F)) or "without a name"
    named = f"embedded file {name}"
    if not text(file.get(Name.F)) or not text(file.get(Name.UF)):
        yield _of(named, file, "its name must be there twice (F and UF)", "6.8")
    if str(file.get(Name.AFRelationship, "")) not in _RELATIONS:
        yield _of(named, file, "it does not say what it is to the document", "6.8")
    if key_of(file) not in associated:
        yield _of(named, file, "nothing in the document says that it belongs to it (AF)", "6.8")
    inner = file.EF.get(Name.F) if isinstance(file.EF, Dictionary) else None
    if not isinstance(inner, Stream) or Name.Subtype not in inner:
        yield _of(named, file, "its kind (MIME type) is missing", "6.8")
