"""Mends what WeasyPrint leaves undone for PDF/UA-1 and PDF/A-3, while the file is still objects in
memory: a walk over the finished file would cost many times more.

Written for WeasyPrint 70; `tests/packet/test_mend.py` says when one of these is no longer needed.
"""

from collections.abc import Iterator
from typing import Any

import pydyf

# PDF units in one CSS pixel.
POINTS = 0.75
_PRINT = 4  # The annotation flag that PDF/A asks for.


def mend(pdf: pydyf.PDF, page_height: float, raise_headings: bool, links: dict[str, str]) -> None:
    """Make headers and footers artifacts, give table heads their scope, and links their words.

    `links` has the words for each address that a link may have; `page_height` is in points.
    With `raise_headings`, h2 becomes H1 and so on: a document alone begins with its title.
    """
    elements = {
        item.reference: item for item in _dictionaries(pdf) if item.get("Type") == "/StructElem"
    }
    root = next(i for i in _dictionaries(pdf) if i.get("Type") == "/StructTreeRoot")
    kept = set(_reachable(root["K"][0], elements))
    _artifacts(pdf, root, elements, kept)
    for reference in kept:
        _element(elements[reference], elements, page_height, raise_headings)
    for item in _dictionaries(pdf):
        if item.get("Type") == "/Annot":
            item["F"] = _PRINT
            address = item["A"]["URI"].string if "A" in item else ""
            item["Contents"] = pydyf.String(links.get(address, address))


def _reachable(reference: bytes, elements: dict[bytes, Any]) -> Iterator[bytes]:
    left = [reference]
    while left:
        here = left.pop()
        yield here
        left += [kid for kid in elements[here]["K"] if kid in elements]


def _artifacts(pdf: pydyf.PDF, root: Any, elements: dict[bytes, Any], kept: set[bytes]) -> None:
    """Mark the text of the margins, whose elements hang in no tree, as no part of the content,
    and leave what is drawn with as it was.
    """
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    streams = {
        item["StructParents"]: _object(pdf, item["Contents"])
        for item in _dictionaries(pdf)
        if item.get("Type") == "/Page"
    }
    for stream in streams.values():
        # What is written onto the page later begins where the page begins.
        stream.stream.insert(0, b"q")
        stream.stream.append(b"Q")
    for page, owners in zip(numbers[::2], numbers[1::2], strict=True):
        if page not in streams:
            continue
        orphans = {mcid for mcid, owner in enumerate(owners) if owner not in kept}
        if not orphans:
            continue
        drawn = streams[page].stream
        for at, item in enumerate(drawn):
            if isinstance(item, dict) and item.get("MCID") in orphans:
                drawn[at - 1 : at + 2] = ["/Artifact", b"BMC", b""]
        for mcid in orphans:
            owners[mcid] = "null"
    for item in _dictionaries(pdf):
        # What is unused is written all the same; nothing may point at it as if it were used.
        if item.get("Type") == "/StructElem" and item.reference not in kept:
            item.clear()


def _element(item: Any, elements: dict[bytes, Any], page_height: float, raised: bool) -> None:
    kind = item["S"]
    if kind == "/TH":
        head = elements[elements[item["P"]]["P"]]["S"] == "/THead"
        item["A"]["Scope"] = "/Column" if head else "/Row"
        # Scopes are enough for regular tables, and ids would clash once files are joined.
        item.pop("ID", None)
    elif kind == "/TD":
        item["A"].pop("Headers", None)
        if len(item["A"]) == 1:
            del item["A"]
    elif kind == "/Figure":
        left, top, right, bottom = item["A"]["BBox"]
        item["A"]["BBox"] = pydyf.Array(
            (
                left * POINTS,
                page_height - bottom * POINTS,
                right * POINTS,
                page_height - top * POINTS,
            )
        )
    elif raised and kind[:2] == "/H" and kind[2:].isdigit():
        item["S"] = f"/H{max(int(kind[2:]) - 1, 1)}"


def _dictionaries(pdf: pydyf.PDF) -> Iterator[Any]:
    return (item for item in pdf.objects if isinstance(item, dict))


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
