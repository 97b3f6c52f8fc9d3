"""What sending, numbering and changing documents cost, measured beside the lifecycle.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from benchmarks.support.recorder import Recorder
from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.domain.people.people import SYSTEM
from chalicelib.services.documents import uploads
from chalicelib.services.packets import packets
from chalicelib.services.ports import CheckedPdf

SENDER, STAFF, DIRECTOR = "noor@example.org", "staff@example.org", "director1@example.org"
PDF = b"%PDF-1.7 of no pages"
FORM: dict[str, Any] = {
    "title": "A budget for the travel of conveners",
    "background": "Conveners pay for their own travel to the meetings of their groups. " * 10,
    "actions": ["That the ACRL Board of Directors set aside 5,000 dollars a year for travel."],
}


def run(do: Recorder, meeting: str) -> None:
    """Measures documents from their sending to a supplement, with every page about them."""
    sender, staff = do.actor(SENDER), do.actor(STAFF)
    show = "/board/documents/{document_id}"
    kind = {"kind": "action"}
    do.page(
        "document_new", "/board/meetings/{meeting_id}/documents/new", SENDER, meeting_id=meeting
    )
    made = do.command(sender, "document.send", meeting, {**FORM, **kind}).id
    do.page("staff_documents", "/staff/documents", STAFF)
    do.page("document_received", show, STAFF, document_id=made)
    do.command(staff, "document.acknowledge", made, {"complete": True})
    do.command(staff, "document.number", made, {"number": "20.0"})
    do.page("document_edit", f"{show}/edit", STAFF, document_id=made)
    edited = {**FORM, "background": "They pay for it themselves.", "reason": "Shorter."}
    do.command(staff, "document.edit", made, edited)
    revised = {**edited, "background": "They pay half of it.", "reason": "Corrected."}
    do.command(sender, "document.revise", made, revised)
    do.page("document", show, DIRECTOR, document_id=made)
    do.page("api_document", "/api/v1/documents/{document_id}", DIRECTOR, document_id=made)
    _file(do, meeting)
    _overdue(do, meeting)
    do.command(
        staff, "packet.publish", meeting, {"supplement": True}, called="packet.publish_supplement"
    )
    key = do.queue.take("0#PACKET#")
    packets.render(do.services, *key)
    other = do.run(sender, "document.send", meeting, {**FORM, **kind}).id
    do.command(sender, "document.withdraw", other, {"reason": "We found the money."})


def _file(do: Recorder, meeting: str) -> None:
    # What reading a PDF costs is time and no unit of the table.
    services = replace(do.services, pdf_checker=lambda content, _pages: CheckedPdf(content, 1))
    token = uploads.take(services, do.actor(SENDER), "Report.pdf", PDF)
    data = {"kind": "file", "title": "The report", "upload": token}
    made = do.command(do.actor(SENDER), "document.send", meeting, data, called="document.send_file")
    file = "/board/documents/{document_id}/file"
    do.page("document_file", file, SENDER, status=303, document_id=made.id)


def _overdue(do: Recorder, meeting: str) -> None:
    past = do.services.clock() - timedelta(days=9)
    then = replace(bootstrap.build(settings(), lambda: past), queue=do.queue)
    data = {**FORM, "kind": "action"}
    made = do.run(do.actor(SENDER), "document.send", meeting, data, services=then).id
    do.command(SYSTEM, "document.tell-late", made)
    number = {"number": "21.0"}
    do.run(do.actor(STAFF), "document.number", made, number)
    do.run(do.actor(STAFF), "packet.publish", meeting)
    key = do.queue.take("0#PACKET#")
    found = do.services.store.board.meeting(meeting)
    assert found is not None
    do.command(SYSTEM, "document.publish", made, {"packet": found.packets, "revision": 1})
    packets.render(do.services, *key)
    late = do.run(do.actor(SENDER), "document.send", meeting, data).id
    do.run(do.actor(STAFF), "document.number", late, {"number": "22.0"})
