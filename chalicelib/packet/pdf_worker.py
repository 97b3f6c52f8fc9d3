"""Reads one uploaded PDF in a process of its own: a PDF can be made to need any amount of time and
memory.

`python -m chalicelib.packet.pdf_worker PAGES SECONDS BYTES`, with the file on standard input. The
answer is one line of JSON, and after it the file without its active content.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Stream

# What an action may do: lead to a place in this file, or to an address on the web.
_ACTIONS = {"/GoTo", "/GoToDp", "/Thread", "/Named", "/URI"}
_ADDRESSES = ("http://", "https://", "mailto:")
# Where a dictionary holds an action. `AA` holds those that happen by themselves.
_ACTION_KEYS = ("/A", "/PA", "/OpenAction", "/Next")
# Notes on a page that play, run or carry something.
_ANNOTATIONS = {"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"}
_NAME_TREES = {
    "/JavaScript": "JavaScript",
    "/EmbeddedFiles": "embedded files",
    "/Renditions": "media",
    "/AlternatePresentations": "media",
}


class Refused(Exception):  # noqa: N818
    """The file is not taken; the message says why and what to do."""


def check(content: bytes, most_pages: int) -> tuple[int, list[str], bytes]:
    """How many pages the PDF has, which active content it had, and the PDF without that.

    Raises Refused.
    """
    try:
        pdf = pikepdf.open(io.BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise Refused(
            "This file is encrypted. Save it without a password and send it again."
        ) from None
    except pikepdf.PdfError:
        raise Refused(
            "This is no PDF, or a damaged one. Save or print it as PDF anew and send that."
        ) from None
    with pdf:
        if pdf.is_encrypted:
            raise Refused(
                "This file is encrypted: it restricts what its readers may do. Save it without "
                "restrictions and send it again."
            )
        _refuse_xfa(pdf)
        pages = len(pdf.pages)
        if pages == 0:
            raise Refused("This file has no page.")
        if pages > most_pages:
            raise Refused(
                f"This file has {pages} pages; {most_pages} fit. Send what the Board has to read, "
                "and name where the rest is."
            )
        removed = sorted(set(_clean(pdf)))
        if not removed:
            return pages, [], content
        made = io.BytesIO()
        pdf.remove_unreferenced_resources()
        # The same upload gives the same bytes, and so the same digest.
        pdf.save(made, deterministic_id=True)
    return pages, removed, made.getvalue()


def _refuse_xfa(pdf: pikepdf.Pdf) -> None:
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/XFA" in form:
        raise Refused(
            "This is a form that a program draws as it is opened (XFA). Print it as PDF and send "
            "that."
        )


def _clean(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Takes out what a reader would run, open or unpack, and names it."""
    for name in ("/AF", "/Collection"):
        if name in pdf.Root:
            del pdf.Root[name]
            yield "embedded files"
    names = pdf.Root.get("/Names")
    if isinstance(names, Dictionary):
        for name, what in _NAME_TREES.items():
            if name in names:
                del names[name]
                yield what
    for page in pdf.pages:
        yield from _clean_notes(page.obj)
    for found in list(pdf.objects):
        yield from _clean_object(found)
    # The trailer is in no object of its own.
    yield from _clean_object(pdf.trailer)


def _clean_notes(page: Any) -> Iterator[str]:
    notes = page.get("/Annots")
    if not isinstance(notes, Array):
        return
    kept = [note for note in notes if not _is_active(note)]
    if len(kept) < len(notes):
        page["/Annots"] = Array(kept)
        yield "media and attachments on a page"


def _is_active(note: Any) -> bool:
    return isinstance(note, Dictionary) and str(note.get("/Subtype", "")) in _ANNOTATIONS


def _clean_object(found: Any) -> Iterator[str]:
    """One object with what stands in it directly; what it refers to has its own turn."""
    left = [found]
    while left:
        here = left.pop()
        if isinstance(here, Array):
            left += [item for item in here if _direct(item)]
            continue
        if isinstance(here, Stream):
            yield from _clean_stream(here)
        elif not isinstance(here, Dictionary):
            continue
        yield from _clean_dictionary(here)
        left += [here[key] for key in list(here.keys()) if _direct(here[key])]


def _direct(item: Any) -> bool:
    return isinstance(item, (Array, Dictionary)) and not item.is_indirect


def _clean_stream(stream: Any) -> Iterator[str]:
    # A stream may say that its content is in another file, or on the web.
    for key in ("/F", "/FFilter", "/FDecodeParms", "/Ref"):
        if key in stream:
            del stream[key]
            yield "content of other files"


def _clean_dictionary(here: Any) -> Iterator[str]:
    if "/AA" in here:
        del here["/AA"]
        yield "actions that happen by themselves"
    if "/JS" in here:
        del here["/JS"]
        yield "JavaScript"
    if "/EF" in here:
        del here["/EF"]
        yield "embedded files"
    if "/AF" in here:
        del here["/AF"]
        yield "embedded files"
    for key in _ACTION_KEYS:
        value = here.get(key)
        if isinstance(value, Dictionary) and (what := _forbidden(value)):
            del here[key]
            yield what
        elif key == "/Next" and isinstance(value, Array):
            kept = [one for one in value if not _forbidden(one)]
            if len(kept) < len(value):
                here[key] = Array(kept)
                yield "actions"


def _forbidden(action: Any) -> str:
    """What a forbidden action is called; empty for one that may stay, and for what is none."""
    if not isinstance(action, Dictionary) or "/S" not in action:
        return ""
    kind = str(action["/S"])
    if kind not in _ACTIONS:
        known = {"/JavaScript": "JavaScript", "/Launch": "actions that start a program"}
        return known.get(kind, "actions")
    if kind == "/URI" and not _on_the_web(action.get("/URI")):
        return "links to what is not on the web"
    return ""


def _on_the_web(address: Any) -> bool:
    text = str(address or "").strip().lower()
    # An address without a scheme leads to where the file itself is.
    return text.startswith(_ADDRESSES) or ":" not in text.partition("/")[0]


def main() -> None:
    """Answers for the file on standard input."""
    most_pages, seconds, size = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    answer: dict[str, Any]
    try:
        pages, removed, cleaned = check(sys.stdin.buffer.read(), most_pages)
    except Refused as refused:
        answer, cleaned = {"problem": str(refused)}, b""
    else:
        answer = {"pages": pages, "removed": removed}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + cleaned)


if __name__ == "__main__":
    main()
