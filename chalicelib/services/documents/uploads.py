"""Uploaded PDFs: checked, kept under their digest, and handed out by a link that runs out."""

import base64
import hashlib
from typing import Any

from chalicelib.domain.documents.document import File
from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.people.people import Actor
from chalicelib.domain.people.roles import authorize
from chalicelib.services import inputs
from chalicelib.services.context import Services
from chalicelib.services.documents import inputs as document_inputs
from chalicelib.services.ports import PdfRefused

# What was uploaded and not sent yet; the nightly job clears it away.
WAITING = "uploads/"
KEPT = "documents/"
LINK_SECONDS = 300
DAY_SECONDS = 24 * 3600
LONGEST_NAME = 120


def take(services: Services, actor: Actor, name: str, content: bytes) -> str:
    """Checks a PDF and keeps it for the command that sends it. The token that stands for it is
    good for this person alone.

    Raises NotAllowedError, ValidationError for a file that is refused, ConflictError after too many
    in a day.
    """
    authorize(actor, "document.send")
    rule, now = services.policy.documents, services.clock()
    if not content:
        raise ValidationError({"file": "Choose a PDF."})
    if len(content) > rule.bytes:
        size, most = len(content) / 1_000_000, rule.bytes // 1_000_000
        raise ValidationError(
            {"file": f"This file has {size:.1f} MB; {most} fit. Make its pictures smaller."}
        )
    if services.store.limits.count(f"uploads#{actor.id}", now, DAY_SECONDS) > rule.uploads_a_day:
        raise ConflictError(
            f"You uploaded {rule.uploads_a_day} files today, which is all that one person may. "
            "Go on tomorrow, or write to staff."
        )
    try:
        checked = services.pdf_checker(content, rule.pages)
    except PdfRefused as refused:
        raise ValidationError({"file": str(refused)}) from None
    shown, original = _digest(checked.content), _digest(content)
    for digest, part in {shown: checked.content, original: content}.items():
        services.files.put(f"{WAITING}{digest}.pdf", part, "application/pdf")
    facts = (shown, str(len(checked.content)), str(checked.pages), original, str(len(content)))
    name = _name(name)
    return services.tokens.make("upload", actor.id, name, *facts, *checked.removed)


def take_json(services: Services, actor: Actor, data: dict[str, Any]) -> str:
    """The same for a file that came as JSON. Raises ValidationError."""
    given: document_inputs.Upload = inputs.read(document_inputs.Upload, data)
    try:
        content = base64.b64decode(given.content, validate=True)
    except ValueError:
        # Not base64, or not even ASCII.
        raise ValidationError({"content": "Send the file's bytes in base64."}) from None
    try:
        return take(services, actor, given.name, content)
    except ValidationError as error:
        raise ValidationError({"content": error.errors["file"]}) from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _name(name: str) -> str:
    """A file's name without the folders that some browsers send with it."""
    plain = str(inputs.clean_line(name.replace("\\", "/").rpartition("/")[2]))
    return plain[:LONGEST_NAME] or "document.pdf"


def peek(services: Services, actor: Actor, token: str) -> File | None:
    """The file that a token stands for, or None for one that is nobody's here."""
    if not token:
        return None
    try:
        return _file(services, actor, token)
    except ValidationError:
        return None


def _file(services: Services, actor: Actor, token: str) -> File:
    gone = ValidationError({"file": "This upload has expired. Choose the file again."})
    try:
        owner, name, shown, size, pages, original, uploaded, *removed = services.tokens.read(
            "upload", token
        )
    except (NotFoundError, ValueError):
        raise gone from None
    if owner != actor.id:
        raise gone
    changed = shown != original
    return File(
        key=f"{KEPT}{shown}.pdf",
        name=name,
        sha256=shown,
        size=int(size),
        pages=int(pages),
        removed=tuple(removed),
        original_key=f"{KEPT}{original}.pdf" if changed else "",
        original_sha256=original if changed else "",
        original_size=int(uploaded) if changed else 0,
    )


def keep(services: Services, actor: Actor, token: str) -> File:
    """The file that a token stands for, put where it stays. Safe to repeat.

    Raises ValidationError when it was never uploaded by this person, or cleared away.
    """
    file = _file(services, actor, token)
    for key in filter(None, (file.key, file.original_key)):
        if services.files.has(key):
            continue
        content = services.files.get(WAITING + key.removeprefix(KEPT))
        if content is None:
            raise ValidationError({"file": "This upload has expired. Choose the file again."})
        services.files.put(key, content, "application/pdf")
    return file


def link(services: Services, file: File, name: str, *, original: bool = False) -> str:
    """A short-lived address of a document's file, or of what was uploaded. Raises NotFoundError."""
    key = (file.original_key or file.key) if original else file.key
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name).strip("-")
    return services.files.link(key, f"{plain or 'document'}.pdf", LINK_SECONDS)
