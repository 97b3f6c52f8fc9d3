"""Where set pages are kept in tests, and uploaded files to join."""

from io import BytesIO
from typing import Any

import pikepdf


class Kept:
    """Keeps set pages in memory, and counts what it had to keep anew."""

    def __init__(self, **uploads: bytes) -> None:
        self.kept: dict[str, bytes] = {}
        self.set: list[str] = []
        self._uploads = uploads

    def get(self, key: str) -> bytes | None:
        """What was kept."""
        return self.kept.get(key)

    def put(self, key: str, pdf: bytes) -> None:
        """Keeps it."""
        self.kept[key] = pdf
        self.set.append(key)

    def upload(self, key: str) -> bytes:
        """An uploaded file."""
        return self._uploads[key]


def a_file(
    html: str = "<h1>Report</h1><p>What we found.",
    tagged: bool = False,
    size: str = "A4",
    **boxes: Any,
) -> bytes:
    """A PDF as some program may make one; `boxes` are set on each page."""
    from weasyprint import HTML

    whole = f"<html lang=en><title>A report</title><style>@page{{size:{size}}}</style>{html}"
    made = HTML(string=whole).write_pdf(pdf_variant="pdf/ua-1" if tagged else None)
    with pikepdf.open(BytesIO(made)) as pdf:
        for page in pdf.pages:
            for name, value in boxes.items():
                page.obj[f"/{name}"] = value
        changed = BytesIO()
        pdf.save(changed)
    return changed.getvalue()


def with_a_form(content: bytes) -> bytes:
    """A PDF with a field on its first page, filled in as a reader's program does it."""
    with pikepdf.open(BytesIO(content)) as pdf:
        shown = pikepdf.Stream(pdf, b"BT /Helv 12 Tf 2 5 Td (Filled in) Tj ET")
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        shown.Type, shown.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        shown.BBox = pikepdf.Array([0, 0, 200, 20])
        shown.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font))
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("name"),
                V=pikepdf.String("Filled in"),
                Rect=pikepdf.Array([100, 500, 300, 520]),
                F=4,
                AP=pikepdf.Dictionary(N=pdf.make_indirect(shown)),
            )
        )
        page = pdf.pages[0].obj
        if "/Annots" not in page:
            page.Annots = pikepdf.Array()
        page.Annots.append(field)
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        changed = BytesIO()
        pdf.save(changed)
    return changed.getvalue()


def file_document(number: str = "9.0", key: str = "report") -> dict[str, Any]:
    """The document of an uploaded file."""
    return {
        "number": number,
        "code": f"ACRL MW 24 Doc {number}",
        "title": "Report of the task force",
        "anchor": f"doc-{number.replace('.', '-')}",
        "kind": "file",
        "file": {
            "key": key,
            "by": "Ines Belhadj",
            "name": "Report.pdf",
            "pages": 2,
            "size": "812 kB",
            "sha256": "ab12" * 16,
            "address": "https://groups.example.org/board/documents/d1",
            "removed": [],
            "original_sha256": "",
        },
    }
