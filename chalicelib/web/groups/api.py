"""Reading groups: the directory, a group, its charges, its conveners and its renewal."""

from datetime import date, datetime
from typing import Any

from chalicelib.domain.groups.due import ENDS_WITHIN, What
from chalicelib.domain.groups.group import Stage, Why
from chalicelib.domain.people.roles import authorize
from chalicelib.services.commands import roles_for
from chalicelib.services.groups import directory
from chalicelib.services.groups.directory import STATES, Wanted
from chalicelib.services.groups.groups import group as load
from chalicelib.services.groups.groups import groups_of
from chalicelib.services.inputs import Line
from chalicelib.web.api import present, shapes
from chalicelib.web.api.operations import Listed, Listing, Shape, reads
from chalicelib.web.groups.groups import read as read_whole
from chalicelib.web.groups.history import group_steps
from chalicelib.web.petitions.api import History, in_words
from chalicelib.web.record.history import petition_steps
from chalicelib.web.request import Request

TAG = "groups"


class Search(Listing):
    """What groups are looked for: words in name and charge, a kind, a state, and when the charge
    ends.
    """

    q: Line = ""
    kind: Line = ""
    state: Line = ""
    due: Line = ""


class Charges(Shape):
    """Every charge that a group had, the oldest first."""

    charges: list[shapes.Charge]


class PrivateConvener(Shape):
    """Somebody who convenes a group, or is invited to."""

    id: str
    name: str
    email: str
    institution: str
    accepted: bool
    since: date | None
    until: date | None


class Conveners(Shape):
    """A group's conveners, with addresses."""

    conveners: list[PrivateConvener]


class RenewalAnswer(Shape):
    """What a group's conveners ask for."""

    outcome: str
    name: str
    charge: str
    report: str
    other: str
    agreement: str


class Renewal(Shape):
    """A renewal that is under way."""

    number: int
    why: Why
    stage: Stage
    opened_on: date
    ends_on: date | None
    lapses_on: date | None
    answer: RenewalAnswer
    saved_at: datetime | None
    submitted_at: datetime | None
    comments: str
    document_number: str


class Renewals(Shape):
    """The renewal that is under way, if any, and how the last one ended."""

    renewal: Renewal | None
    last: str | None


class CheckIn(Shape):
    """A yearly answer."""

    year_ends: date
    active: bool
    meetings: int
    participants: int
    for_board: str
    at: datetime | None


class CheckIns(Shape):
    """A group's yearly answers, the newest first."""

    check_ins: list[CheckIn]


class Due(Shape):
    """One thing that falls due for one group."""

    what: What
    day: date | None
    slug: str
    name: str
    kind: str
    overdue: bool


class DueList(Shape):
    """What is overdue or falls due for groups within twelve months."""

    due: list[Due]


class OwnGroups(Shape):
    """The groups that one convenes or is invited to."""

    groups: list[shapes.Group]


@reads("/groups", shapes.GroupRow, tag=TAG, query=Search, paged=True)
def groups_list(  # noqa: PLR0913 - one for each question
    request: Request, q: str, kind: str, state: str, due: str, limit: int, after: str
) -> Listed:
    """The groups of the directory: those that live, unless others are asked for."""
    known = {unit.kind for unit in request.services.policy.units}
    wanted = Wanted(
        words=q[:100],
        kind=kind if kind in known else "",
        state=state if state in STATES else "",
        due=due if due in ENDS_WITHIN else "",
    )
    rows = directory.found(request.services, wanted)
    slugs = [row["slug"] for row in rows]
    start = slugs.index(after) + 1 if after in slugs else 0
    here = rows[start : start + limit]
    names = shapes.GroupRow.model_fields
    further = here[-1]["slug"] if start + limit < len(rows) and here else ""
    return Listed([{name: row.get(name, "") for name in names} for row in here], further)


@reads("/account/groups", OwnGroups, tag="account", command="data.read")
def own_groups(request: Request) -> dict[str, Any]:
    """The groups that one convenes or is invited to convene."""
    person = request.actor.person
    assert person is not None
    found = groups_of(request.services, person.email)
    return {"groups": [present.group(request, one) for one in found]}


@reads("/groups/{slug}", shapes.Group, tag=TAG)
def group_read(request: Request, slug: str) -> dict[str, Any]:
    """A group as everybody may read it."""
    return present.group(request, load(request.services, slug))


@reads("/groups/{slug}/charges", Charges, tag=TAG)
def group_charges(request: Request, slug: str) -> dict[str, Any]:
    """Every charge that the group had."""
    return {"charges": list(read_whole(request, slug).charges)}


@reads("/groups/{slug}/history", History, tag=TAG)
def group_history(request: Request, slug: str) -> dict[str, Any]:
    """How the group came about and what became of it."""
    found, store = read_whole(request, slug), request.services.store
    group = found.group
    petition = store.petitions.read(group.petition_id, fresh=False) if group.petition_id else None
    motion = store.board.motion(group.charge.motion_id) if group.charge.motion_id else None
    before = petition_steps(petition[1]) if petition else []
    return {"steps": in_words(group_steps(found, before, motion))}


def _for(request: Request, slug: str, command: str) -> Any:
    """A group with all of it, for whoever may run a command on it. Raises NotAllowedError."""
    found = read_whole(request, slug)
    authorize(request.actor.having(*roles_for(request.actor, found.group)), command)
    return found


@reads("/groups/{slug}/conveners", Conveners, tag=TAG, asks="group.read-conveners")
def group_conveners(request: Request, slug: str) -> dict[str, Any]:
    """A group's conveners with their addresses, for themselves and for staff."""
    return {"conveners": list(_for(request, slug, "group.read-conveners").group.conveners)}


@reads("/groups/{slug}/renewal", Renewals, tag=TAG, asks="renewal.read")
def group_renewal(request: Request, slug: str) -> dict[str, Any]:
    """A group's renewal, for its conveners, staff and the Board."""
    group = _for(request, slug, "renewal.read").group
    last = group.last_renewal
    return {"renewal": group.renewal, "last": last.result if last else None}


@reads("/groups/{slug}/check-ins", CheckIns, tag=TAG, asks="renewal.read")
def group_check_ins(request: Request, slug: str) -> dict[str, Any]:
    """A group's yearly answers, for its conveners, staff and the Board."""
    return {"check_ins": _for(request, slug, "renewal.read").check_ins[::-1]}


@reads("/renewals", DueList, tag=TAG, command="staff.read")
def renewals_due(request: Request) -> dict[str, Any]:
    """What is overdue or falls due for groups in the next twelve months."""
    return {"due": directory.due(request.services)}
