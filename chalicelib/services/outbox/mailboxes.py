"""Letters go to no address that they do not reach; staff see which these are."""

import json
import logging
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import ConcurrentChangeError, ConflictError, NotFoundError
from chalicelib.domain.outbox import mailboxes as rules
from chalicelib.domain.outbox.mailboxes import Kind, Mailbox, Notice, Standing
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import SYSTEM
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services

log = logging.getLogger(__name__)


def _fresh(services: Services, key: str) -> Mailbox | None:
    return services.store.mailboxes.get(key)


@command("mailbox.note", inputs.NoteMailbox, _fresh)
def note(step: Step[Mailbox | None, inputs.NoteMailbox]) -> Mailbox:
    """What the mail service says of an address."""
    form = step.form
    notice = Notice(
        id=form.notice, kind=Kind(form.kind), email=form.email, at=form.at, why=form.why
    )
    new = rules.noted(step.subject, notice)
    if new != step.subject:
        step.services.store.mailboxes.save(step.unit, new, step.by.at)
    return new


def _known(services: Services, key: str) -> Mailbox:
    found = services.store.mailboxes.get(key)
    if found is None:
        raise NotFoundError("There is no longer a note about this address.")
    return found


@command("mailbox.try-again", load=_known)
def try_again(step: Step[Mailbox, inputs.Nothing]) -> Mailbox:
    """Letters to an address again. Raises ConflictError where they go there already."""
    if step.subject.standing == Standing.OPEN:
        raise ConflictError("Letters go to this address already.")
    new = rules.tried_again(step.subject, step.by.actor.name, step.by.at)
    step.services.store.mailboxes.save(step.unit, new, step.by.at)
    return new


def sent(services: Services, mailbox: Mailbox) -> None:
    """Notes that a letter went to an address, if it is a dead one whose owner asked for it."""
    if mailbox.standing != Standing.DEAD:
        return
    unit = services.store.transaction()
    services.store.mailboxes.save(unit, rules.asked(mailbox, services.today()), services.clock())
    try:
        unit.commit()
    except ConcurrentChangeError:
        log.info("an address changed while a letter went there")


def take(services: Services, body: str) -> None:
    """Notes what a message of the mail service says, once for each address that it names.

    It comes as SES wrote it, or within an envelope of SNS; as a notification of an identity or as
    an event of a configuration set. What speaks of something else is left alone.
    """
    for notice in notices(json.loads(body)):
        perform(
            services,
            SYSTEM,
            "mailbox.note",
            key_of(notice.email),
            {
                "email": notice.email,
                "kind": notice.kind.value,
                "notice": notice.id,
                "at": notice.at.isoformat(),
                "why": notice.why,
            },
        )


def notices(message: Any) -> list[Notice]:
    """The notices in a message of SES."""
    if isinstance(message, dict) and isinstance(message.get("Message"), str):
        message = json.loads(message["Message"])
    if not isinstance(message, dict):
        return []
    what = str(message.get("eventType") or message.get("notificationType") or "").lower()
    about = message.get(what)
    if what not in {"bounce", "complaint"} or not isinstance(about, dict):
        return []
    kind = _kind(what, about)
    addresses = about.get("bouncedRecipients") or about.get("complainedRecipients") or []
    return [
        Notice(
            id=str(about.get("feedbackId") or message.get("mail", {}).get("messageId", "")),
            kind=kind,
            email=one["emailAddress"].rpartition("<")[2].rstrip(">"),
            at=datetime.fromisoformat(about["timestamp"]),
            why=str(about.get("bounceSubType") or about.get("complaintFeedbackType") or ""),
        )
        for one in addresses
    ]


def _kind(what: str, about: dict[str, Any]) -> Kind:
    if what == "complaint":
        return Kind.COMPLAINT
    return Kind.PERMANENT if about.get("bounceType") == "Permanent" else Kind.TRANSIENT
