"""Every command that people may run, at its address: `POST /<things>/<id>/<command>`."""

from collections.abc import Callable
from typing import Any, get_type_hints

from chalicelib.domain.people.people import Role
from chalicelib.domain.people.roles import TABLE
from chalicelib.services.commands import COMMANDS
from chalicelib.services.motions.votes import close_if_complete
from chalicelib.services.privacy import privacy
from chalicelib.services.signing.signing import note_threshold
from chalicelib.web.api import present, shapes
from chalicelib.web.api.operations import Operation, add
from chalicelib.web.request import Request

# Where the commands on a thing stand, by the prefix of their names.
_PLACES = {
    "petition": "/petitions/{petition_id}",
    "meeting": "/meetings/{meeting_id}",
    "document": "/documents/{document_id}",
    "motion": "/motions/{motion_id}",
    "minutes": "/minutes/{meeting_id}",
    "group": "/groups/{slug}",
    "signature": "/petitions/{petition_id}/signatures/{key}",
    "block": "/blocks/{entry_id}",
    "mailbox": "/mailboxes/{key}",
    "seat": "/seats/{person_id}/{seat_id}",
    "staff": "/staff/{person_id}",
    "data": "/erasures/{person_id}",
    "webhook": "/webhooks/{webhook_id}",
}
# Those that stand elsewhere, or that begin something and have nothing to be about.
_APART = {
    "petition.draft": "/petitions",
    "meeting.plan": "/meetings",
    "group.import": "/groups",
    "seat.invite": "/seats",
    "staff.grant": "/staff",
    "block.add": "/blocks",
    "webhook.add": "/webhooks",
    "webhook.send-again": "/webhooks/{webhook_id}/deliveries/{delivery_id}/send-again",
    "signature.sign": "/petitions/{petition_id}/sign",
    "signature.confirm": "/signatures/{token}/confirm",
    "signature.withdraw": "/signatures/{token}/withdraw",
    "signature.correct": "/signatures/{token}/correct",
    "signature.bulk": "/bulk",
    "signature.bulk-undo": "/bulk/{bulk_id}/undo",
    "motion.move": "/meetings/{meeting_id}/move",
    "motion.move-confirmation": "/meetings/{meeting_id}/move-confirmation",
    "packet.publish": "/meetings/{meeting_id}/publish",
    "document.send": "/meetings/{meeting_id}/send",
    "docket.add": "/meetings/{meeting_id}/add-item",
    "docket.edit": "/meetings/{meeting_id}/edit-item",
    "docket.move": "/meetings/{meeting_id}/move-item",
    "docket.remove": "/meetings/{meeting_id}/remove-item",
    "docket.pull": "/meetings/{meeting_id}/pull-item",
    "docket.change-section": "/meetings/{meeting_id}/change-section",
    "consent.adopt": "/meetings/{meeting_id}/adopt-consent",
    "roster.import": "/rosters/{digest}/import",
    "account.edit": "/account/edit",
    "data.ask-erasure": "/account/ask-erasure",
    "session.end": "/account/sessions/{key}/end",
    "session.request": "/sign-in",
    "token.create": "/account/tokens",
    "token.revoke": "/account/tokens/{token_id}/revoke",
}
_MADE = frozenset(
    {
        "petition.draft",
        "meeting.plan",
        "group.import",
        "seat.invite",
        "staff.grant",
        "block.add",
        "webhook.add",
        "signature.bulk",
        "motion.move",
        "motion.move-confirmation",
        "packet.publish",
        "document.send",
        "token.create",
    }
)
# Under which heading a command stands, where that is not how its address begins.
_TAGS = {"rosters": "roster", "bulk": "signatures"}
# Jobs' commands have no address.
HIDDEN = frozenset(name for name, roles in TABLE.items() if roles == {Role.SYSTEM})


def path_of(command: str) -> str:
    """Where a command stands below `/api/v1`."""
    if command in _APART:
        return _APART[command]
    prefix, _, name = command.partition(".")
    if prefix == "renewal":
        return f"/groups/{{slug}}/renewal-{name}"
    return f"{_PLACES[prefix]}/{name}"


def _note_threshold(request: Request, told: dict[str, str], _result: Any) -> None:
    note_threshold(request.services, told["petition_id"])


def _note_threshold_of(request: Request, _told: dict[str, str], result: Any) -> None:
    note_threshold(request.services, result.petition.id)


def _close(request: Request, told: dict[str, str], _result: Any) -> None:
    close_if_complete(request.services, told["motion_id"])


def _carry_on(request: Request, told: dict[str, str], _result: Any) -> None:
    privacy.carry_on(request.services, told["person_id"])


_AFTER: dict[str, Callable[..., None]] = {
    "signature.settle": _note_threshold,
    "signature.undo": _note_threshold,
    "signature.confirm": _note_threshold_of,
    "motion.vote": _close,
    "data.erase": _carry_on,
}


def _own_token(request: Request, told: dict[str, str]) -> str:
    return f"{request.actor.id}/{told['token_id']}"


def _browser(request: Request, _told: dict[str, str]) -> str:
    return request.need_browser()


_TARGETS: dict[str, Callable[..., str]] = {
    "token.revoke": _own_token,
    "session.request": _browser,
}


def _operation(name: str) -> Operation:
    known, path = COMMANDS[name], path_of(name)
    shape, view = present.OF[get_type_hints(known.handle)["return"]]
    if name.startswith("staff."):
        shape, view = shapes.StaffMember, present.staff_member
    words = (known.handle.__doc__ or known.model.__doc__ or "").partition("Raises ")[0]
    return Operation(
        method="POST",
        path=path,
        name=name.replace(".", "_").replace("-", "_"),
        tag=_TAGS.get(path.split("/")[1], path.split("/")[1]),
        summary=" ".join(words.split()) or known.model.__doc__ or name,
        view=view,
        answers=shape,
        takes=known.model,
        command=name,
        made=name in _MADE,
        after=_AFTER.get(name),
        target=_TARGETS.get(name),
    )


def register() -> None:
    """Makes every command's operation known, once all commands are."""
    for name in sorted(COMMANDS):
        if name not in HIDDEN:
            add(_operation(name))
