"""The same commands as JSON: `POST /api/v1/<things>/<id>/<command>`."""

from dataclasses import fields, is_dataclass
from typing import Any

from chalicelib.domain import petition as rules
from chalicelib.domain.errors import NotFound
from chalicelib.domain.group import Group
from chalicelib.domain.people import Role
from chalicelib.domain.petition import Petition
from chalicelib.domain.petition_text import missing
from chalicelib.domain.roles import TABLE
from chalicelib.services.commands import COMMANDS
from chalicelib.services.groups import group as load_group
from chalicelib.web.drafts import read_as
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, as_json

pages = Pages(__name__)

# What a path may name, and the commands' prefix for it.
THINGS = {
    "petitions": "petition",
    "meetings": "meeting",
    "documents": "document",
    "motions": "motion",
    "groups": "group",
}
# These begin something and have no target: they are sent to the things' own address.
BEGINNINGS = {"petition.draft", "meeting.plan"}
# Commands on a meeting whose names begin otherwise, by the last part of their address.
OF_MEETINGS = {
    "move": "motion.move",
    "move-confirmation": "motion.move-confirmation",
    "publish": "packet.publish",
    "send": "document.send",
    "add-item": "docket.add",
    "edit-item": "docket.edit",
    "move-item": "docket.move",
    "remove-item": "docket.remove",
    "pull-item": "docket.pull",
    "change-section": "docket.change-section",
    "adopt-consent": "consent.adopt",
}
# Jobs' commands have no address.
HIDDEN = {name for name, roles in TABLE.items() if roles == {Role.SYSTEM}}


@pages.api("/api/v1/petitions", "POST")
def begin(request: Request) -> Answer:
    """Begins a draft."""
    return as_json(shown(request, request.perform("petition.draft", data=request.json())), 201)


@pages.api("/api/v1/petitions/{petition_id}")
def read(request: Request, petition_id: str) -> Answer:
    """A petition as everybody may read it."""
    return as_json(shown(request, read_as(request, petition_id)))


@pages.api("/api/v1/petitions/{petition_id}/{command}", "POST")
def petition_command(request: Request, petition_id: str, command: str) -> Answer:
    """A command on a petition; `sign` is the one on its signatures."""
    name = "signature.sign" if command == "sign" else f"petition.{command}"
    return _run(request, name, petition_id)


@pages.api("/api/v1/meetings", "POST")
def plan(request: Request) -> Answer:
    """Plans a meeting."""
    return as_json(shown(request, request.perform("meeting.plan", data=request.json())), 201)


@pages.api("/api/v1/meetings/{meeting_id}/{command}", "POST")
def meeting_command(request: Request, meeting_id: str, command: str) -> Answer:
    """A command on a meeting, its docket or its packets; `move` is the one of a motion."""
    return _run(request, OF_MEETINGS.get(command, f"meeting.{command}"), meeting_id)


@pages.api("/api/v1/documents/{document_id}/{command}", "POST")
def document_command(request: Request, document_id: str, command: str) -> Answer:
    """A command on a document, or on its discussion."""
    return _run(request, f"document.{command}", document_id)


@pages.api("/api/v1/motions/{motion_id}/{command}", "POST")
def motion_command(request: Request, motion_id: str, command: str) -> Answer:
    """A command on a motion."""
    return _run(request, f"motion.{command}", motion_id)


@pages.api("/api/v1/groups/{slug}")
def read_group(request: Request, slug: str) -> Answer:
    """A group as everybody may read it."""
    return as_json(shown(request, load_group(request.services, slug)))


@pages.api("/api/v1/groups/{slug}/{command}", "POST")
def group_command(request: Request, slug: str, command: str) -> Answer:
    """A command on a group, or on its renewal: `renewal-submit`."""
    head, _, rest = command.partition("-")
    return _run(request, f"renewal.{rest}" if head == "renewal" else f"group.{command}", slug)


@pages.api("/api/v1/minutes/{meeting_id}/{command}", "POST")
def minutes_command(request: Request, meeting_id: str, command: str) -> Answer:
    """A command on the minutes of a meeting."""
    return _run(request, f"minutes.{command}", meeting_id)


def _run(request: Request, name: str, target: str) -> Answer:
    if name not in COMMANDS or name in HIDDEN | BEGINNINGS:
        raise NotFound("There is no such command.")
    return as_json(shown(request, request.perform(name, target, request.json())))


def shown(request: Request, thing: Any) -> dict[str, Any]:
    """What a command's result shows: never an e-mail address."""
    if isinstance(thing, Petition):
        text = thing.text
        return {
            "id": thing.id,
            "kind": thing.kind,
            "state": thing.state.value,
            "version": thing.version,
            "name": text.name,
            "charge": text.charge,
            "background": text.background,
            "questions": list(text.questions),
            "goal_area": text.goal_area,
            "conveners": [{"name": c.name, "institution": c.institution} for c in thing.acting],
            "verified": thing.verified,
            "confirmed": thing.confirmed,
            "needed": rules.rule_of(thing, request.services.policy).signatures,
            "closes_at": thing.closes_at.isoformat() if thing.closes_at else None,
            "missing": missing(text, thing.conveners, request.services.policy)
            if thing.state == "draft"
            else {},
        }
    if isinstance(thing, Group):
        return _group(thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        known = {field.name for field in fields(thing)}
        keep = "id number sequence state version wording title choice receipt".split()
        return {name: getattr(thing, name) for name in keep if name in known}
    return {}


def _group(group: Group) -> dict[str, Any]:
    charge, renewal = group.charge, group.renewal
    return {
        "id": group.id,
        "kind": group.kind,
        "state": group.state.value,
        "version": group.version,
        "name": group.name,
        "charge": {
            "number": charge.number,
            "text": charge.text,
            "effective_on": charge.effective_on.isoformat(),
            "ends_on": charge.ends_on.isoformat() if charge.ends_on else None,
        },
        "conveners": [
            {
                "name": c.name,
                "institution": c.institution,
                "until": c.until.isoformat() if c.until else None,
            }
            for c in group.acting
        ],
        "meets": group.meets,
        "discussion_url": group.discussion_url,
        "list_address": group.list_address,
        "renewal": renewal.stage.value if renewal else None,
        "successor": group.successor or None,
    }
