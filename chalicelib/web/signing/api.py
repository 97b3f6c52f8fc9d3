"""Reading what staff read of signatures: who signed, what waits, blocks, traffic, bulk actions."""

from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.policy.rules import TRAFFIC_SECONDS
from chalicelib.domain.signing import abuse
from chalicelib.domain.signing.signature import State
from chalicelib.services.commands import hide_drafts
from chalicelib.services.commands import petition as load
from chalicelib.services.documents import inputs as document_inputs
from chalicelib.services.documents import uploads
from chalicelib.services.inputs import Bulk as BulkInput
from chalicelib.services.inputs import Input
from chalicelib.services.roster import rosters
from chalicelib.services.signing import bulk as bulks
from chalicelib.services.signing import review_queue
from chalicelib.services.signing.screening import counter_of
from chalicelib.web.api import present, shapes
from chalicelib.web.api.operations import Listed, Shape, posts, reads
from chalicelib.web.request import Request

TAG = "signatures"
PRIVATE = "signature.read-private"
MAILBOXES_SHOWN = 100


class Decision(Shape):
    """A decision of staff on a signature."""

    at: datetime
    by: str
    what: str
    reason: str


class Signatory(Shape):
    """A signature with everything that staff are shown of it."""

    key: str
    name: str
    email: str
    institution: str
    member_number: str
    named: bool
    state: State
    version: int
    edition: int
    created_at: datetime
    confirmed_at: datetime | None
    reason: str
    hold: str
    question: str
    answer: str
    decisions: list[Decision]


class Blocks(Shape):
    """What is blocked or allowed now, and what no longer is; the newest first."""

    in_force: list[shapes.Block]
    over: list[shapes.Block]


class Span(Shape):
    """Ten minutes of a petition: how many forms came, and how many of them are held."""

    began: datetime
    begun: int
    held: int


class Traffic(Shape):
    """How a petition was signed lately."""

    spans: list[Span]


class Preview(Shape):
    """What a bulk action would hit now. Send `previewed_at` and `digest` with the command."""

    hit: int
    previewed_at: datetime
    digest: str


class RosterFile(Input):
    """A roster as CSV."""

    csv: str


class Uploaded(Shape):
    """A roster that was read and is not in force yet, by the SHA-256 under which it is imported."""

    digest: str
    entries: int
    problems: int
    changes: int


class Mailboxes(Shape):
    """The addresses that letters do not reach; `more` where there are others."""

    mailboxes: list[shapes.Mailbox]
    more: bool


class UploadedFile(Shape):
    """A PDF that was taken in. `upload` stands for it in the command that sends it."""

    upload: str
    name: str
    sha256: str
    pages: int
    size: int
    removed: list[str]


def _petition(request: Request, petition_id: str) -> Petition:
    found = load(request.services, petition_id)
    # Not even staff see a draft.
    hide_drafts(request.actor, found)
    return found


@reads("/petitions/{petition_id}/signatories", Signatory, tag=TAG, command=PRIVATE, paged=True)
def signatories(request: Request, petition_id: str, limit: int, after: str) -> Listed:
    """Every signature on a petition, with addresses, for staff."""
    found = _petition(request, petition_id)
    rows, further = request.services.store.petitions.signatures_page(found.id, after, limit)
    return Listed(rows, further)


@reads("/petitions/{petition_id}/doubtful", Signatory, tag=TAG, command=PRIVATE, paged=True)
def doubtful_list(request: Request, petition_id: str, limit: int, after: str) -> Listed:
    """The signatures on a petition that wait for staff, those first that waited longest."""
    found = _petition(request, petition_id)
    waiting, further = review_queue.read(request.services, found, after, limit)
    return Listed(waiting, further)


@reads("/petitions/{petition_id}/traffic", Traffic, tag=TAG, command=PRIVATE)
def traffic(request: Request, petition_id: str) -> dict[str, Any]:
    """How many forms to sign were sent in each ten minutes of the last hours."""
    services = request.services
    found = _petition(request, petition_id)
    now = services.clock()
    since = now - timedelta(hours=services.policy.abuse.hours_shown)
    name = counter_of("petition", found.id, TRAFFIC_SECONDS)
    counted = services.store.limits.windows(name, since, TRAFFIC_SECONDS)
    return {"spans": abuse.spans(counted, since, now, TRAFFIC_SECONDS)}


@reads("/blocks", Blocks, tag=TAG, command=PRIVATE)
def blocks(request: Request) -> dict[str, Any]:
    """What is blocked or allowed."""
    today: date = request.services.today()
    entries = sorted(request.services.store.blocks.all(), key=lambda one: one.at, reverse=True)
    return {
        "in_force": [one for one in entries if abuse.in_force(one, today)],
        "over": [one for one in entries if not abuse.in_force(one, today)],
    }


@reads("/bulk", shapes.Bulk, tag=TAG, command=PRIVATE, paged=True)
def bulk_list(request: Request, limit: int, after: str) -> Listed:
    """Bulk actions on signatures, the newest first."""
    page = request.services.store.bulks.listed(limit, after)
    found = [request.services.store.bulks.get(row["id"]) for row in page.rows]
    return Listed([present.bulk(request, one) for one in found if one], page.next)


@reads("/bulk/{bulk_id}", shapes.Bulk, tag=TAG, command=PRIVATE)
def bulk_read(request: Request, bulk_id: str) -> dict[str, Any]:
    """How far a bulk action is."""
    return present.bulk(request, bulks.by_bulk_id(request.services, bulk_id))


@posts("/bulk/preview", Preview, BulkInput, tag=TAG)
def bulk_preview(request: Request) -> dict[str, Any]:
    """What a bulk action would hit now. Nothing is done."""
    found = bulks.preview(request.services, request.actor, request.json())
    return {
        "hit": len(found.targets),
        "previewed_at": found.bulk.at,
        "digest": found.digest,
    }


@reads("/rosters", shapes.Roster, tag="roster", command="roster.read")
def roster_read(request: Request) -> Any:
    """The roster in force."""
    return request.services.store.rosters.current()


@reads("/rosters/import", shapes.ImportJob, tag="roster", command="roster.read")
def roster_import_state(request: Request) -> dict[str, Any]:
    """How far the last import is."""
    return present.import_job(request, request.services.store.rosters.last_import())


@posts("/rosters", Uploaded, RosterFile, tag="roster", made=True)
def roster_upload(request: Request) -> dict[str, Any]:
    """Reads a roster and says what is in it. Nothing is in force before it is imported."""
    sent = request.json()
    content = sent.get("csv")
    content = content.encode("utf-8", "replace") if isinstance(content, str) else b""
    digest = rosters.upload(request.services, request.actor, content)
    found = rosters.preview(request.services, request.actor, digest)
    return {
        "digest": digest,
        "entries": len(found.reading.entries),
        "problems": len(found.reading.problems),
        "changes": len(found.changes),
    }


@reads("/mailboxes", Mailboxes, tag="people", command=PRIVATE)
def mailboxes(request: Request) -> dict[str, Any]:
    """The addresses that letters do not reach, or whose owners complained."""
    found = request.services.store.mailboxes.without_letters(MAILBOXES_SHOWN + 1)
    return {"mailboxes": found[:MAILBOXES_SHOWN], "more": len(found) > MAILBOXES_SHOWN}


@posts("/uploads", UploadedFile, document_inputs.Upload, tag="documents", made=True)
def upload(request: Request) -> dict[str, Any]:
    """Takes in a PDF; what stands for it is good for the command that sends it."""
    token = uploads.take_json(request.services, request.actor, request.json())
    file = uploads.peek(request.services, request.actor, token)
    if file is None:
        raise NotFoundError("The file no longer exists. Upload it again.")
    return {
        "upload": token,
        "name": file.name,
        "sha256": file.sha256,
        "pages": file.pages,
        "size": file.size,
        "removed": list(file.removed),
    }
