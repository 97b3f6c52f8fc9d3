"""Staff's annex to a petition's document: what the packet does not print of its signatures."""

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.packets.packet import ANNEXES
from chalicelib.domain.signing.signature import Signature, State
from chalicelib.services.context import Services
from chalicelib.services.packets.content import given

PURPOSE = (
    "For staff alone, to answer questions about single signatures. It holds personal data: do not "
    "pass it on. It is deleted when they are."
)
_HOW = {"email": "found by email address", "number": "found by member number"}


def annexes(
    services: Services, meeting: Meeting, content: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """The id of each petition that a packet holds, with the content of its annex."""
    found = []
    for document in content["documents"]:
        entry = meeting.document(document["number"])
        petition = services.store.petitions.get(entry.petition_id) if entry else None
        if petition is None or petition.anonymised_at or "roster" not in document:
            continue
        names = ("number", "code", "title", "anchor", "kind", "revision", "closed")
        about = {name: document[name] for name in names if name in document}
        annex = {"purpose": PURPOSE, "groups": _groups(given(services, petition))}
        made = {
            **content,
            "edition": "annex",
            "inventory": [],
            "docket": [],
            "votes": [],
            "left_out": [],
            "documents": [{**about, "annex": annex}],
        }
        found.append((petition.id, made))
    return found


def delete_annexes(services: Services, petition_id: str) -> int:
    """Deletes every annex to a petition, in whatever packet; how many there were."""
    keys = services.files.old(f"{ANNEXES}{petition_id}/")
    for key in keys:
        services.files.delete(key)
    return len(keys)


def _groups(signed: list[Signature]) -> list[dict[str, Any]]:
    """Those that count, under the numbers of the packet's roster, and those that do not."""
    verified = [s for s in signed if s.state == State.VERIFIED]
    others = [s for s in signed if s.state != State.VERIFIED]
    groups = [
        {"heading": "Signatures that count", "rows": _rows(verified, numbered=True)},
        {"heading": "Signatures that do not count", "rows": _rows(others, numbered=False)},
    ]
    return [group for group in groups if group["rows"]]


def _rows(signed: Iterable[Signature], *, numbered: bool) -> list[dict[str, str]]:
    return [
        {
            "number": f"{number}." if numbered else "\u2013",
            "name": signature.name,
            "institution": signature.institution,
            "about": "; ".join(filter(None, _about(signature))),
        }
        for number, signature in enumerate(signed, 1)
    ]


def _about(signature: Signature) -> Iterable[str]:
    yield signature.email
    if signature.member_number:
        yield f"member number {signature.member_number}"
    if not signature.named:
        yield "asked not to be named in public"
    match = signature.match
    if match and match.how in _HOW:
        yield f"{_HOW[match.how]} on roster version {match.roster_version}"
    for decision in signature.decisions:
        reason = f": {decision.reason}" if decision.reason else ""
        yield f"{decision.by}, {decision.at:%Y-%m-%d}{reason}"
    if signature.state == State.CONFIRMED:
        yield "not found on the roster"
