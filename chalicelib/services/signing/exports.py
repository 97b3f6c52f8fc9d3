"""What staff take along: the signatures as CSV in parts, and the roster to print."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.groups.group import slug_of
from chalicelib.domain.people.people import Actor
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.privacy.retention import printed_roster
from chalicelib.domain.signing.signature import Signature, State
from chalicelib.services import commands
from chalicelib.services.context import Services
from chalicelib.services.packets import content as packet_content

PART_ROWS = 10_000
PRINT_ROWS = 20_000
# An answer of AWS Lambda holds 6 MB of JSON. Names of many scripts need more of it than of CSV.
ANSWER_BYTES = 5_000_000
_READ_AT_ONCE = 1_000
# What an `after` may look like: the last key of the part before.
_KEY = re.compile(r"[0-9A-Za-z._#-]{0,100}")

HEADS = (
    "Name",
    "Email address",
    "Institution",
    "Member number",
    "State",
    "Matched by",
    "Roster version",
    "Decided by",
    "Reason",
    "Signed at",
    "Confirmed at",
    "Named publicly",
    "Edition",
)
_MATCHED = {
    "email": "Email address on the roster",
    "number": "Member number on the roster",
    "staff": "Decision of staff",
}


@dataclass(frozen=True)
class Part:
    """Some of a petition's signatures as CSV. `after` is where the next part begins, empty after
    the last one.
    """

    text: str
    after: str


def petition_for(services: Services, actor: Actor, petition_id: str) -> Petition:
    """The petition whose signatories the actor may see in full. Raises NotAllowedError,
    NotFoundError.
    """
    authorize(actor, "signature.read-private")
    found = commands.petition(services, petition_id)
    # Not even staff see a draft.
    commands.hide_drafts(actor, found)
    return found


def csv_part(services: Services, petition: Petition, after: str) -> Part:
    """The signatures after a key: as many as fit, `PART_ROWS` at most.

    Every signature is there, whatever its state and edition, in the order of the keys. The text
    begins with a byte order mark, by which spreadsheets know UTF-8; lines end with CR LF. Raises
    NotFound for an `after` that is no key.
    """
    if not _KEY.fullmatch(after):
        raise NotFoundError("There is no such part. Go back to the petition and choose one there.")
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(HEADS)
    size, last = 0, ""
    for number, signature in enumerate(_signatures(services, petition.id, after)):
        row = [defused(cell) for cell in _cells(signature)]
        size += _carried(row)
        if number and (number == PART_ROWS or size > ANSWER_BYTES):
            return Part(buffer.getvalue(), last)
        writer.writerow(row)
        last = signature.key
    return Part(buffer.getvalue(), "")


def part_starts(
    services: Services, petition: Petition, after: str, most: int
) -> tuple[list[str], str]:
    """The keys after which the next `most` parts begin, and where the part after them does."""
    starts: list[str] = []
    while len(starts) < most:
        starts.append(after)
        after = csv_part(services, petition, after).after
        if not after:
            break
    return starts, after


def file_name(petition: Petition, now: datetime, part: int) -> str:
    """`open-textbooks-signatures-2026-03-02.csv`: ASCII letters, digits and hyphens.

    `part` is 0 where all is in one file.
    """
    several = f"-part-{part}" if part else ""
    return f"{slug_of(petition.name)}-signatures-{now:%Y-%m-%d}{several}.csv"


_SPREADSHEET = re.compile(r"(^|[;|\t\r\n])([\s\u200b-\u200f\u2060\ufeff]*)(\S)")


def defused(cell: str) -> str:
    """A cell in which no spreadsheet finds a formula.

    An apostrophe goes before =, +, -, @ (full-width ones too) and before a tab or a line end, at
    the beginning of the cell, also behind blanks. The same goes for what follows a semicolon or
    a line end, since a spreadsheet of some countries begins a new cell there.
    """
    if cell[:1] in {"\t", "\r", "\n"}:
        return f"'{cell}"
    return _SPREADSHEET.sub(_apostrophe, cell)


def _apostrophe(found: re.Match[str]) -> str:
    before, blanks, first = found.groups()
    dangerous = unicodedata.normalize("NFKC", first) in {"=", "+", "-", "@", "\u2212"}
    return f"{before}'{blanks}{first}" if dangerous else found[0]


def roster(services: Services, petition: Petition) -> dict[str, Any]:
    """The verified signatures for a page to print, and the statement on them.

    In the order of the packet's roster, so that a person has one number in both; no email
    address is among it. `more` says how many did not fit.
    """
    signed = packet_content.given(services, petition)
    verified = [s for s in signed if s.state == State.VERIFIED]
    rows: list[list[str]] = []
    size = 0
    zone = services.policy.association.zone
    for printed in printed_roster(verified[:PRINT_ROWS], zone):
        row = [str(printed["number"]), printed["name"], printed["institution"]]
        size += _carried(row)
        if size > ANSWER_BYTES // 2:  # The markup of a short row is as long as its words.
            break
        rows.append(row)
    return {
        "rows": rows,
        "more": len(verified) - len(rows),
        "statement": packet_content.verification(services, petition, verified, len(signed)),
    }


def _signatures(services: Services, petition_id: str, after: str) -> Iterator[Signature]:
    """Signatures after a key, read a thousand at a time, as far as somebody asks for more."""
    while True:
        found, after = services.store.petitions.signatures_page(petition_id, after, _READ_AT_ONCE)
        yield from found
        if not after:
            return


def _cells(signature: Signature) -> list[str]:
    match = signature.match
    decided_by = match.by if match else ""
    reason = match.reason if match else ""
    if not match and signature.state == State.INVALIDATED:
        decided_by = signature.decisions[-1].by if signature.decisions else ""
        reason = signature.reason
    return [
        signature.name,
        signature.email,
        signature.institution,
        signature.member_number,
        signature.state.value,
        _MATCHED.get(match.how, match.how) if match else "",
        str(match.roster_version) if match else "",
        decided_by,
        reason,
        _utc(signature.created_at),
        _utc(signature.confirmed_at) if signature.confirmed_at else "",
        "yes" if signature.named else "no",
        str(signature.edition),
    ]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _carried(cells: list[str]) -> int:
    """How many bytes the cells are in an answer's JSON, with their commas or tags."""
    return len(json.dumps(cells))
