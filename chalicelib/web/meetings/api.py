"""Reading the Board's work: meetings, packets, minutes, motions, votes, actions and the record."""

from datetime import date, datetime
from typing import Any

from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.meetings.minutes import State as MinutesState
from chalicelib.domain.meetings.minutes import public
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.packets.packet import Face, Packet
from chalicelib.domain.people.roles import authorize, may
from chalicelib.services.inputs import Input, Line, read
from chalicelib.services.meetings import actions
from chalicelib.services.meetings.lookup import meeting as load_meeting
from chalicelib.services.motions.confirming import unconfirmed
from chalicelib.services.motions.motions import motion as load_motion
from chalicelib.services.motions.receipts import slip_for
from chalicelib.services.motions.virtual_votes import under_vote
from chalicelib.services.packets import packets
from chalicelib.web.api import present, shapes
from chalicelib.web.api.operations import Raw, Shape, posts, reads
from chalicelib.web.forms import whole_number
from chalicelib.web.motions.vote_view import announced
from chalicelib.web.petitions.api import History, in_words
from chalicelib.web.record.history import motion_steps
from chalicelib.web.request import Request

TAG = "board"
BOARD = "board.read"
MOST_DAYS = 3 * 366


class Meetings(Shape):
    """The Board's meetings, the latest first."""

    meetings: list[shapes.MeetingRow]


class Packets(Shape):
    """The versions of a meeting's packet, the newest first."""

    packets: list[shapes.Packet]


class MotionRow(Shape):
    """A motion in a list."""

    id: str
    title: str
    state: str
    document: str


class Motions(Shape):
    """The motions before a meeting, the oldest first."""

    motions: list[MotionRow]


class MinutesText(Shape):
    """A text of minutes: one that the record wrote (`generated`), or that people changed."""

    number: int
    at: datetime
    by: str
    why: str
    generated: bool
    sections: list[shapes.Section]


class MinutesTexts(Shape):
    """Every text of a meeting's minutes, the oldest first."""

    texts: list[MinutesText]


class CheckReceipt(Input):
    """The receipt of a secret ballot, as its voter has it."""

    receipt: Line = ""


class Slip(Shape):
    """What the ballot of a receipt says, and its number on the result."""

    number: str
    choice: str


class Elector(Shape):
    """Somebody who may vote, or voted. `choice` is there once the result is announced, and never
    for a secret vote.
    """

    name: str
    office: str
    voted: bool
    choice: str | None


class Vote(Shape):
    """A motion's vote as far as who asks may see it. `own` is one's own choice in a named vote, or
    `recused`.
    """

    motion: shapes.Motion
    electorate: list[Elector]
    own: str | None


class Votes(Shape):
    """The votes that are called, open or not announced, and results that no meeting confirmed."""

    under_vote: list[shapes.Motion]
    unconfirmed: list[shapes.Motion]


class Within(Input):
    """From which day through which."""

    since: date | None = None
    until: date | None = None


class Action(Shape):
    """What the Board did."""

    at: datetime
    meeting_id: str
    number: str
    title: str
    digest: str
    mover: str
    seconder: str
    tally: str
    goal_area: str
    closed: bool


class Actions(Shape):
    """What the Board did within a time."""

    actions: list[Action]


class Seal(Shape):
    """A night's seal of the whole record."""

    number: int
    at: datetime
    until: datetime
    things: int
    digest: str


class Seals(Shape):
    """The latest seals, the newest first."""

    seals: list[Seal]


def _meeting_row(row: dict[str, Any]) -> dict[str, Any]:
    given = {"state": "planned", **row}
    return {name: given[name] for name in shapes.MeetingRow.model_fields}


@reads("/meetings", Meetings, tag=TAG, command=BOARD)
def meetings_list(request: Request) -> dict[str, Any]:
    """The Board's meetings."""
    return {"meetings": [_meeting_row(row) for row in request.services.store.board.meetings()]}


@reads("/meetings/{meeting_id}", shapes.Meeting, tag=TAG, command=BOARD)
def meeting_read(request: Request, meeting_id: str) -> Meeting:
    """A meeting with its docket and its documents."""
    return load_meeting(request.services, meeting_id)


@reads("/meetings/{meeting_id}/motions", Motions, tag=TAG, command=BOARD)
def meeting_motions(request: Request, meeting_id: str) -> dict[str, Any]:
    """The motions before a meeting."""
    load_meeting(request.services, meeting_id)
    rows = request.services.store.board.motions(meeting_id)
    names = MotionRow.model_fields
    return {"motions": [{name: row.get(name, "") for name in names} for row in rows]}


# ------------------------------------------------------------------ Packets


@reads("/packets", Meetings, tag="packets")
def packets_public(request: Request) -> dict[str, Any]:
    """The meetings that have a public packet, the latest first."""
    rows = [row for row in request.services.store.board.meetings() if row.get("public")]
    return {"meetings": [_meeting_row(row) for row in rows]}


def _readable(request: Request, packet: Packet) -> dict[str, Any]:
    """A packet with those editions that who asks may read."""
    shown = present.packet(request, packet)
    faces = {Face.PUBLIC}
    if may(request.actor, "packet.read"):
        faces.add(Face.BOARD)
    if may(request.actor, "packet.read-annex"):
        faces.add(Face.STAFF)
    shown["editions"] = [one for one in shown["editions"] if one["face"] in faces]
    return shown


@reads("/meetings/{meeting_id}/packets", Packets, tag="packets", command="packet.read")
def packets_list(request: Request, meeting_id: str) -> dict[str, Any]:
    """The versions of a meeting's packet."""
    load_meeting(request.services, meeting_id)
    made = request.services.store.board.packets(meeting_id)
    return {"packets": [_readable(request, one) for one in made]}


@reads(
    "/meetings/{meeting_id}/packets/{number}", shapes.Packet, tag="packets", command="packet.read"
)
def packet_read(request: Request, meeting_id: str, number: str) -> dict[str, Any]:
    """A version of a packet, and how far making it is."""
    found = request.services.store.board.packet(meeting_id, whole_number(number) or 0)
    if found is None:
        raise NotFoundError("This meeting has no packet with that number.")
    return _readable(request, found)


@reads("/meetings/{meeting_id}/packets/{number}/files/{file}", None, tag="packets")
def packet_file(request: Request, meeting_id: str, number: str, file: str) -> Raw:
    """Where an edition of a packet is, for five minutes: public ones for everybody."""
    slug = file.removesuffix(".pdf")
    if not slug.startswith("public"):
        # Whoever may read none is told the same, whether or not there is one.
        authorize(request.actor, "packet.read")
    services, version = request.services, whole_number(number) or 0
    return Raw(packets.link(services, request.actor, meeting_id, version, slug))


# ------------------------------------------------------------------ Minutes, motions, votes


@reads("/minutes/{meeting_id}", shapes.Minutes, tag=TAG)
def minutes_read(request: Request, meeting_id: str) -> dict[str, Any]:
    """A meeting's minutes: approved ones are everybody's, without the closed session."""
    services, actor = request.services, request.actor
    found, inside = services.store.minutes.get(meeting_id), may(actor, BOARD)
    if not inside and (found is None or found.state != MinutesState.APPROVED):
        authorize(actor, BOARD)
    draft = found is not None and found.state == MinutesState.DRAFT
    if found is None or (draft and not may(actor, "minutes.edit")):
        raise NotFoundError("No minutes of this meeting can be read yet.")
    sections = list(found.sections) if inside else public(found.sections)
    given = {"sections": sections}
    return {name: given.get(name, getattr(found, name)) for name in shapes.Minutes.model_fields}


@reads("/minutes/{meeting_id}/texts", MinutesTexts, tag=TAG, command=BOARD)
def minutes_texts(request: Request, meeting_id: str) -> dict[str, Any]:
    """Every text of a meeting's minutes; of a draft's, only for those who write it."""
    found = request.services.store.minutes.get(meeting_id)
    if found is None:
        raise NotFoundError("No minutes of this meeting can be read yet.")
    if found.state == MinutesState.DRAFT:
        authorize(request.actor, "minutes.edit")
    return {"texts": request.services.store.minutes.texts(meeting_id)}


@reads("/motions/{motion_id}", shapes.Motion, tag=TAG, command=BOARD)
def motion_read(request: Request, motion_id: str) -> dict[str, Any]:
    """A motion; its result once it is announced."""
    return present.motion(request, load_motion(request.services, motion_id))


@reads("/motions/{motion_id}/history", History, tag=TAG, command=BOARD)
def motion_history(request: Request, motion_id: str) -> dict[str, Any]:
    """What happened to a motion, and by whom."""
    load_motion(request.services, motion_id)
    found = request.services.store.board.read_motion(motion_id)
    return {"steps": in_words(motion_steps(found[1])) if found else []}


@reads("/motions/{motion_id}/vote", Vote, tag=TAG, command=BOARD)
def vote_read(request: Request, motion_id: str) -> dict[str, Any]:
    """A motion's vote: who may vote, who has, and once it is announced, how."""
    found: Motion = load_motion(request.services, motion_id)
    ballots = {b.person_id: b for b in request.services.store.board.ballots(motion_id)}
    told = announced(found) and not found.secret
    own = ballots.get(request.actor.id)
    return {
        "motion": present.motion(request, found),
        "electorate": [
            {
                "name": one.name,
                "office": one.office,
                "voted": one.person_id in ballots,
                "choice": ballots[one.person_id].choice
                if told and one.person_id in ballots
                else None,
            }
            for one in found.electorate
        ],
        "own": own.choice if own and not found.secret else None,
    }


@posts("/motions/{motion_id}/check-receipt", Slip, CheckReceipt, tag="motions", asks=BOARD)
def check_receipt(request: Request, motion_id: str) -> dict[str, str]:
    """What the ballot of a receipt says. Nothing is changed; a body keeps it out of the address."""
    authorize(request.actor, BOARD)
    asked: CheckReceipt = read(CheckReceipt, request.json())
    load_motion(request.services, motion_id)
    slip = slip_for(request.services, motion_id, asked.receipt)
    if slip is None:
        raise ValidationError(
            {"receipt": "No ballot of this vote has this receipt. Type it again."}
        )
    return {"number": slip.number, "choice": slip.choice}


@reads("/votes", Votes, tag=TAG, command=BOARD)
def votes_list(request: Request) -> dict[str, Any]:
    """The votes under way, and results that wait for a meeting to confirm them."""
    services = request.services
    return {
        "under_vote": [present.motion(request, one) for one in under_vote(services)],
        "unconfirmed": [present.motion(request, one) for one, _ in unconfirmed(services)],
    }


# ------------------------------------------------------------------ Actions and the record


@reads("/actions", Actions, tag=TAG, query=Within)
def actions_list(request: Request, asked: Within) -> dict[str, Any]:
    """What the Board did: this year so far unless days are asked for; of closed items, who is not
    of the Board or staff sees none.
    """
    first, last = actions.year_of(request.services)
    first, last = asked.since or first, asked.until or last
    if last < first or (last - first).days > MOST_DAYS:
        raise ValidationError(
            {"until": "Choose a last day that is not before the first, within 3 years."}
        )
    inside = may(request.actor, BOARD)
    found, _ = actions.between(request.services, first, last, inside)
    return {"actions": found}


@reads("/record/seals", Seals, tag=TAG, command=BOARD)
def seals(request: Request) -> dict[str, Any]:
    """The nightly seals of the record."""
    return {"seals": request.services.store.record.seals(limit=60, newest_first=True)}
