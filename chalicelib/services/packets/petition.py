"""What became of a petition's text before the Board reads it: corrections of staff, and what its
conveners wrote anew after it was returned to them.
"""

from datetime import datetime
from typing import Any

from chalicelib.domain.checks.diffs import short_changes, text_changes
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.record.events import Event
from chalicelib.domain.times import local_date, long_date
from chalicelib.services.context import Services
from chalicelib.services.packets.before import as_fields


def corrections(services: Services, petition: Petition) -> list[dict[str, Any]]:
    """What staff corrected in a text after it was first signed."""
    first = petition.corrected_from[0] if petition.corrected_from else petition.text_digest
    return _since(services, petition, first)


def since_returned(
    services: Services, petition: Petition, asked_at: datetime
) -> dict[str, Any] | None:
    """What reads otherwise than when the petition was last returned to its conveners, and why it
    was; None where it never was, or its text is the same.
    """
    read = services.store.petitions.read(petition.id, fresh=True)
    digest, returned, before = "", None, ""
    for event in read[1] if read else []:
        if event.at > asked_at:
            break
        if event.command in {"publish", "correct"}:
            digest = event.data["text"]
        elif event.command == "return":
            returned, before = event, digest
    fields = _since(services, petition, before) if returned else []
    return _told(services, returned, fields) if returned and fields else None


def _told(services: Services, returned: Event, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "on": long_date(local_date(returned.at, services.policy.association.zone)),
        "comments": returned.data.get("comments", ""),
        "fields": fields,
    }


def _since(services: Services, petition: Petition, digest: str) -> list[dict[str, Any]]:
    """The changes from a text that was once open for signatures, known by its digest."""
    if digest == petition.text_digest:
        return []
    old = services.store.petitions.text(petition.id, digest)
    return as_fields(short_changes(text_changes(old, petition.text))) if old else []
