"""Reading petitions: lists, a petition, who signed it, its texts, and what its conveners see."""

from datetime import datetime
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.people.people import Role
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.petitions.petition import Petition, State
from chalicelib.services.commands import petition as load
from chalicelib.services.commands import roles_for
from chalicelib.services.documents.questions import asked_about
from chalicelib.services.inputs import Line
from chalicelib.services.petitions import texts
from chalicelib.services.petitions.petitions import petitions_of
from chalicelib.web.api import present, shapes
from chalicelib.web.api.operations import Listed, Listing, Shape, reads
from chalicelib.web.petitions.drafts import read_as
from chalicelib.web.record.history import petition_steps
from chalicelib.web.request import Request

TAG = "petitions"
NO_SUCH = "There is no petition at this address."


class InState(Listing):
    """The state in which petitions are: any but `draft`."""

    state: Line = State.COLLECTING.value


class Kind(Shape):
    """A kind of group that can be petitioned for."""

    kind: str
    label: str
    signatures: int


class Kinds(Shape):
    """The kinds of group that can be petitioned for today."""

    kinds: list[Kind]


class Own(Shape):
    """The petitions that one convenes or is invited to."""

    petitions: list[shapes.Petition]


class TextVersion(Shape):
    """A text that was open for signatures: when, its SHA-256, and what changed before it."""

    at: datetime
    digest: str
    changed: str
    correction: str
    words: int


class Texts(Shape):
    """Every text of a petition that was open for signatures, the oldest first."""

    texts: list[TextVersion]


class History(Shape):
    """How a thing came to where it is."""

    steps: list[shapes.HistoryStep]


class Progress(Shape):
    """How far the signing is, for its conveners."""

    verified: int
    confirmed: int
    needed: int
    opened_at: datetime | None
    closes_at: datetime | None
    reminded_at: list[datetime]


class Said(Shape):
    """An answer, or a follow-up question (`asked`)."""

    number: int
    author: str
    at: datetime
    text: str
    asked: bool


class Question(Shape):
    """A question that the Board or staff asked."""

    number: int
    author: str
    at: datetime
    text: str
    answered: bool
    steps: list[Said]


class AskedAbout(Shape):
    """The questions about one document of a petition; `open` where they can be answered."""

    document: str
    title: str
    open: bool
    questions: list[Question]


class Questions(Shape):
    """What the conveners were asked."""

    asked: list[AskedAbout]


@reads("/petitions", shapes.PetitionRow, tag=TAG, query=InState, paged=True)
def petitions_list(request: Request, state: str, limit: int, after: str) -> Listed:
    """The petitions in a state, the newest first."""
    store = request.services.store.petitions
    if state not in set(State) - {State.DRAFT}:
        raise NotFoundError("No list has petitions in this state.")
    page = store.in_state(state, limit=limit, after=after)
    names = shapes.PetitionRow.model_fields
    rows = [
        {name: row[name] for name in names if name in row} | {"verified": store.verified(row["id"])}
        for row in page.rows
    ]
    return Listed(rows, page.next)


@reads("/kinds", Kinds, tag=TAG)
def kinds(request: Request) -> dict[str, Any]:
    """The kinds of group that can be petitioned for."""
    return {"kinds": list(request.services.policy.kinds(request.services.today()))}


@reads("/account/petitions", Own, tag="account", command="data.read")
def own_petitions(request: Request) -> dict[str, Any]:
    """The petitions that one convenes or is invited to convene."""
    person = request.actor.person
    assert person is not None
    found = petitions_of(request.services, person)
    return {"petitions": [present.petition(request, one) for one in found]}


@reads("/petitions/{petition_id}", shapes.Petition, tag=TAG)
def petition_read(request: Request, petition_id: str) -> dict[str, Any]:
    """A petition as everybody may read it; a draft is its conveners' alone."""
    return present.petition(request, read_as(request, petition_id))


@reads("/petitions/{petition_id}/signatures", shapes.Named, tag=TAG, paged=True)
def petition_signatures(request: Request, petition_id: str, limit: int, after: str) -> Listed:
    """Those who signed and agreed to be named, the newest first."""
    found = read_as(request, petition_id)
    page = request.services.store.petitions.signed_publicly(found, limit, after)
    rows = [{"name": row["name"], "institution": row["institution"]} for row in page.rows]
    return Listed(rows, page.next)


def _with_events(request: Request, petition_id: str) -> tuple[Petition, list[Any]]:
    read_as(request, petition_id)
    found = request.services.store.petitions.read(petition_id, fresh=True)
    if found is None:
        raise NotFoundError(NO_SUCH)
    return found


@reads("/petitions/{petition_id}/history", History, tag=TAG)
def petition_history(request: Request, petition_id: str) -> dict[str, Any]:
    """How a petition came to where it is, the oldest step first."""
    _, events = _with_events(request, petition_id)
    return {"steps": in_words(petition_steps(events))}


def in_words(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of a page as the API tells them."""
    return [{"at": s["iso"], "title": s["title"], "detail": s["detail"]} for s in steps]


@reads("/petitions/{petition_id}/texts", Texts, tag=TAG)
def petition_texts(request: Request, petition_id: str) -> dict[str, Any]:
    """Every text that was open for signatures, with what changed from each to the next."""
    found, events = _with_events(request, petition_id)
    return {
        "texts": [
            {
                "at": version.at,
                "digest": version.digest,
                "changed": texts.in_words(version.changes),
                "correction": version.correction,
                "words": version.words,
            }
            for version in texts.versions(request.services, found, events)
        ]
    }


def _convened(request: Request, petition_id: str, command: str) -> Petition:
    """A petition, for one of its conveners. Raises NotFoundError to everybody else."""
    found = load(request.services, petition_id)
    roles = roles_for(request.actor, found)
    if Role.CONVENER not in roles:
        raise NotFoundError(NO_SUCH)
    authorize(request.actor.having(*roles), command)
    return found


@reads("/petitions/{petition_id}/progress", Progress, tag=TAG, asks="petition.read-draft")
def petition_progress(request: Request, petition_id: str) -> dict[str, Any]:
    """How far the signing is, for its conveners."""
    found = _convened(request, petition_id, "petition.read-draft")
    names = ("verified", "confirmed", "needed", "closes_at")
    shown = present.petition(request, found)
    return {name: shown[name] for name in names} | {
        "opened_at": found.opened_at,
        "reminded_at": list(found.reminded_at),
    }


@reads("/petitions/{petition_id}/questions", Questions, tag=TAG, asks="petition.read-draft")
def petition_questions(request: Request, petition_id: str) -> dict[str, Any]:
    """What the Board and staff asked the conveners, and what these answered."""
    found = _convened(request, petition_id, "petition.read-draft")
    return {
        "asked": [
            {
                "document": asked.document.id,
                "title": asked.document.title,
                "open": asked.open,
                "questions": list(asked.questions),
            }
            for asked in asked_about(request.services, found)
        ]
    }
