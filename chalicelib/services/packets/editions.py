"""The files of a packet: renders its editions, keeps each under its digest, tells how far it is.

Pages that were set for one edition are kept for the next, so that the second costs little.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.packets.faces import public_face
from chalicelib.domain.packets.packet import Edition, Face, Packet, Part
from chalicelib.services.context import Services
from chalicelib.services.packets.annex import annexes
from chalicelib.services.packets.parts import Parts
from chalicelib.services.ports import Rendered, RenderedFile

Progress = Callable[[int, int, str], None]

# Of a hundred: where the progress of each run ends. The first sets nearly everything.
_BOARD, _PUBLIC, _ALL = 85, 93, 100
_ROSTER = ("number", "code", "title", "anchor", "kind", "revision", "roster", "verification")


@dataclass(frozen=True)
class _Run:
    """A rendering of its own: what it is called, its content, and where its progress ends."""

    name: str
    face: Face
    part: Part
    content: dict[str, Any]
    until: int
    petition_id: str = ""


def make_editions(
    services: Services,
    meeting: Meeting,
    packet: Packet,
    content: dict[str, Any],
    progress: Progress,
) -> tuple[Edition, ...]:
    """Every edition of a packet, rendered and kept as a file. The first is the Board's whole one.

    Raises RenderFailed, and what keeping a file raises.
    """
    parts, kept, begun = Parts(services), set[str](), 0
    editions: list[Edition] = []
    for run in _runs(services, meeting, content):
        stage = _Stage(progress, run, begun)
        # What only staff may see is kept nowhere else.
        keeping = None if run.face == Face.STAFF else parts
        rendered = services.renderer(run.content, stage, keeping)
        for edition, file in _editions(run, rendered):
            key = packet.file_of(edition)
            if key not in kept:
                services.files.put(key, file.pdf, "application/pdf")
                kept.add(key)
            editions.append(edition)
        begun = run.until
    return tuple(editions)


class _Stage:
    """The progress of one run as a stretch of the whole."""

    def __init__(self, progress: Progress, run: _Run, begun: int) -> None:
        self._progress, self._run, self._begun = progress, run, begun

    def __call__(self, done: int, total: int, what: str) -> None:
        share = (self._run.until - self._begun) * done // max(total, 1)
        self._progress(self._begun + share, _ALL, f"{self._run.name}: {what}")


def _runs(services: Services, meeting: Meeting, content: dict[str, Any]) -> Iterator[_Run]:
    public = public_face(content)
    yield _Run("Board edition", Face.BOARD, Part.WHOLE, content, _BOARD)
    yield _Run("Public edition", Face.PUBLIC, Part.WHOLE, public, _PUBLIC)
    rosters = [
        (face, document, made)
        for face, made in ((Face.BOARD, content), (Face.PUBLIC, public))
        for document in made["documents"]
        if document.get("roster")
    ]
    found = annexes(services, meeting, content)
    each = (_ALL - _PUBLIC) / max(len(rosters) + len(found), 1)
    for at, (face, document, made) in enumerate(rosters, 1):
        alone = {**_alone(made), "edition": "roster", "documents": [_roster(document)]}
        name = f"Roster of Doc {document['number']}"
        yield _Run(name, face, Part.ROSTER, alone, int(_PUBLIC + each * at))
    for at, (petition_id, made) in enumerate(found, len(rosters) + 1):
        until = int(_PUBLIC + each * at)
        yield _Run("Staff annex", Face.STAFF, Part.ANNEX, made, until, petition_id)


def _alone(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "inventory": [], "docket": [], "votes": [], "left_out": []}


def _roster(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in _ROSTER if name in document}


def _editions(run: _Run, rendered: Rendered) -> Iterator[tuple[Edition, RenderedFile]]:
    closed = {d["number"]: bool(d.get("closed")) for d in run.content["documents"]}
    if run.part != Part.WHOLE:
        (number,) = closed
        yield _edition(run, run.part, rendered, number, closed[number]), rendered
        return
    yield _edition(run, Part.WHOLE, rendered, "", any(closed.values())), rendered
    for alone in rendered.documents:
        yield _edition(run, Part.DOCUMENT, alone, alone.number, closed[alone.number]), alone


def _edition(run: _Run, part: Part, file: RenderedFile, number: str, closed: bool) -> Edition:
    return Edition(
        run.face,
        part,
        file.sha256,
        file.pages,
        len(file.pdf),
        number=number,
        closed=closed,
        claims=tuple(file.claims),
        petition_id=run.petition_id,
    )
